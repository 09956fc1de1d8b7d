"""The worker's life: read CONFIGURE, load the application, say so, serve."""

from __future__ import annotations

import os
import sys
from _signal import SIG_DFL, SIGINT, SIGTERM, default_int_handler, getsignal, signal
from marshal import loads
from mmap import mmap
from threading import Thread
from time import monotonic, strftime

from . import bytecode, control, debugger, handler, resolve, wire
from .errors import stream as errors
from .failure import Failure
from .link import Link
from .runner import Runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXIT_FAILED = 3
"""The exit status after FAILED."""

SAME = 0.05
"""For how long after SIGTERM, in seconds, a further one is the same: some send it to the processes
of a group twice (`timeout`)."""


def main(data: int, control_descriptor: int, files: int, begun: int) -> None:
    """Serve the connections. Never returns."""
    leave_termination()
    parent = os.getppid()
    link = Link(data, control_descriptor, files)
    _keep_to_ourselves(link, data, control_descriptor, files)
    begun_requests = _shared_number(begun)
    inbox = wire.Inbox(control_descriptor)
    frames = inbox.receive()
    kind, _, payload = frames.pop(0)
    if kind != wire.CONFIGURE:
        wire.hang_up(70)
    config: dict[str, Any] = loads(payload)
    link.root = config["root"]
    threads = config["threads"]
    runner = Runner(link, wire.Inbox(data), threads, begun_requests)
    listener = Thread(
        target=control.listen,
        args=(inbox, frames, link, runner, parent),
        name="control",
        daemon=True,
    )
    # Debuggers that stop all threads leave this one alone: it says that the process lives.
    listener.pydev_do_not_trace = True  # type: ignore[attr-defined]
    listener.is_pydev_daemon_thread = True  # type: ignore[attr-defined]
    listener.start()

    if config["open_files"]:
        limit_open_files(config["open_files"])
    bytecode.spare_fresh_sources()
    debugger.take_turns()
    sys.argv[:] = config["argv"]
    sys.path[:0] = [*config["pythonpath"], config["root"]]
    began = monotonic()
    examination = None
    if config["probe"]:
        from .examination import Examination

        examination = Examination(link, config)
    try:
        if os.path.exists(os.path.join(config["root"], "manage.py")):
            from . import prologue

            prologue.run(config)
        loaded = resolve.load(config)
    except Failure as reason:
        if examination is not None:
            examination.end()
        _give_up(link, reason)
    link.check = loaded.check
    link.let_go = loaded.let_go
    handle = handler.handler(link, loaded.application, threads > 0, bool(config["multiprocess"]))
    report = [
        ("application", loaded.name),
        ("application_rule", loaded.rule),
        ("settings", loaded.settings),
        ("settings_rule", loaded.settings_rule),
        ("framework", loaded.framework()),
        ("loading", f"{(monotonic() - began) * 1000:.1f}"),
        # The project's time zone may be another one than the front's.
        ("started", strftime("%B %d, %Y - %X")),
        *(("allowed_host", host) for host in loaded.allowed_hosts()),
        *loaded.pairs,
    ]
    if examination is not None:
        report = examination.examine(loaded, report)
    if config["describe"]:
        from . import facts

        report += facts.describe(loaded, config["root"])
    link.report(wire.READY, report)
    runner.serve(handle)


def leave_termination() -> None:
    """Leave SIGTERM to the front, which lets requests come to their end: it reaches every process
    of a group. A further one ends this process.
    """
    first = 0.0

    def heed(*_: object) -> None:
        nonlocal first
        now = monotonic()
        if first and now - first > SAME:
            signal(SIGTERM, SIG_DFL)
            os.kill(os.getpid(), SIGTERM)
        first = first or now

    signal(SIGTERM, heed)


def limit_open_files(count: int) -> None:
    """Give the project back the limit that the front raised for itself."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, most))


def _shared_number(descriptor: int) -> memoryview:
    """Return the memory behind a descriptor as one number of 64 bits, and close the descriptor."""
    number = memoryview(mmap(descriptor, 8)).cast("Q")
    os.close(descriptor)
    return number


def _give_up(link: Link, reason: Failure) -> None:
    from . import failure, loaded

    loaded.tell(link, reason.cause)
    failure.send(link, reason)
    errors.flush()
    # Threads that the project started before it failed must not keep the process.
    os._exit(EXIT_FAILED)


def _keep_to_ourselves(link: Link, *descriptors: int) -> None:
    """Keep the connections and our signal handlers out of the processes that the project starts."""
    ours = getsignal(SIGTERM)
    for descriptor in descriptors:
        os.set_blocking(descriptor, True)
        os.set_inheritable(descriptor, False)

    def silence() -> None:
        # A forked child would hold the connections open, or speak on them. Its copies are
        # replaced rather than closed, so that their numbers do not come to mean other files.
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in descriptors:
            os.dup2(nothing, descriptor, inheritable=False)
        # A client's connection could not be closed as long as the child has it.
        for body in link.inputs.values():
            body.replace(nothing)
        os.close(nothing)
        # Ctrl-C ends a forked child as it ends any other program.
        signal(SIGINT, default_int_handler)
        if getsignal(SIGTERM) is ours:
            signal(SIGTERM, SIG_DFL)

    os.register_at_fork(after_in_child=silence)
