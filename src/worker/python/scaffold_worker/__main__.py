"""Where the worker starts: `python -u .../scaffold_worker/__main__.py DATA CONTROL FILES BEGUN`.

The arguments are descriptors, which docs/worker-protocol.md describes. With `forkserver` and one
descriptor in their place, this is the parent of workers instead; each of them returns here. With
`add-wsgi` and a JSON document it reads a project's settings, answers, and is no worker at all.

Every Python must be able to read this file, 2.7 included, in order to say that it is too old.
It then imports the rest of the package at once and takes the package's directory off `sys.path`
again: a project never finds our modules there, and cannot put its own in their place.
"""

# Python 2 writes its own kind of str in a way that the front does not read.
from __future__ import unicode_literals

try:
    import _signal as signal  # `signal` itself imports enum, for milliseconds
except ImportError:
    import signal

# Before anything else: Ctrl-C reaches every process of the terminal, and the front decides what
# it means. Not SIG_IGN, which the project's own child processes would inherit.
signal.signal(signal.SIGINT, lambda *_: None)

import os  # noqa: E402
import sys  # noqa: E402

OLDEST = (3, 8)
VERSION = ".".join("%d" % part for part in sys.version_info[:3])
TOO_OLD = "Python %s is too old: scaffold needs 3.8 or newer" % VERSION
TOO_OLD_HINT = "choose another interpreter with --python"


def refuse(control):
    # type: (int) -> None
    """Answer FAILED and exit, in the words of docs/worker-protocol.md."""
    import marshal
    import struct

    def read(count):
        # type: (int) -> bytes
        octets = b""
        while len(octets) < count:
            more = os.read(control, count - len(octets))
            if not more:
                os._exit(0)
            octets += more
        return octets

    # The configuration is read, although it does not matter, so that closing the connection
    # does not look like an error on the other side.
    read(struct.unpack("<IBI", read(9))[0])
    executable = sys.executable or ""
    if isinstance(executable, bytes):
        executable = executable.decode("utf-8", "replace")
    pairs = [
        ("kind", "python"),
        ("message", TOO_OLD),
        ("traceback", ""),
        ("hint", TOO_OLD_HINT),
        ("settings", ""),
        ("python", "Python %s" % VERSION),
        ("executable", executable),
    ]
    payload = marshal.dumps(pairs, 2)
    os.write(control, struct.pack("<IBI", len(payload), 49, 0) + payload)
    os._exit(3)


def start():
    # type: () -> None
    """Import the package from beside this file, and run it."""
    role = sys.argv[1]
    if role == "add-wsgi":
        read_settings(sys.argv[2])
        return
    is_forkserver = role == "forkserver"
    descriptors = [int(argument) for argument in sys.argv[2 if is_forkserver else 1 :]]
    if sys.version_info < OLDEST:
        refuse(descriptors[1])
    parent = put_on_path()
    from scaffold_worker import main

    if is_forkserver:
        from scaffold_worker import forkserver
    sys.path.remove(parent)
    if is_forkserver:
        descriptors = forkserver.serve(*descriptors)
    main.main(*descriptors)


def read_settings(document):
    # type: (str) -> None
    """Answer the front, which wants to know what a project lacks (`add_wsgi`)."""
    if sys.version_info < OLDEST:
        import json

        refusal = {"kind": "python", "message": TOO_OLD, "hint": TOO_OLD_HINT}
        os.write(1, json.dumps({"refusal": refusal}).encode("ascii"))
        return
    parent = put_on_path()
    from scaffold_worker import add_wsgi

    sys.path.remove(parent)
    add_wsgi.serve(document)


def put_on_path():
    # type: () -> str
    """Let our package be found, and nothing in it by itself; return what was put on `sys.path`."""
    package = os.path.dirname(os.path.abspath(__file__))
    # With PYTHONSAFEPATH, Python does not put the script's directory there.
    if sys.path and os.path.abspath(sys.path[0]) == package:
        del sys.path[0]
    parent = os.path.dirname(package)
    sys.path.insert(0, parent)
    return parent


if __name__ == "__main__":
    start()
