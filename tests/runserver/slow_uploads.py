"""Reads bodies, and says how that ended."""

import threading

GO = threading.Event()


def application(environ, start_response):
    """Do as the path says."""
    name = environ["PATH_INFO"][1:]
    source = environ["wsgi.input"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if name == "late":
        return late(source)
    if name == "wait":
        size = len(source.read(5))
        GO.wait(60)
        return [read(source, size)]
    if name == "read":
        return [read(source, 0)]
    if name == "go":
        GO.set()
    return [b"done"]


def read(source, size):
    """Read the rest and say how much that was, or what went wrong."""
    try:
        return b"%d" % (size + len(source.read()))
    except OSError as error:
        return str(error).encode()


def late(source):
    """Read when the answer has begun."""
    yield b"before "
    yield read(source, 0)
