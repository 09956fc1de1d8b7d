"""The control thread: acts on what the front says about requests under way, at any moment."""

from __future__ import annotations

import os
import sys
from threading import Thread

from . import debugger, wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Tuple

    from .link import Link
    from .runner import Runner

    Frame = Tuple[int, int, bytes]

PR_SET_PDEATHSIG = 1
SIGKILL = 9


def listen(inbox: wire.Inbox, frames: list[Frame], link: Link, runner: Runner, parent: int) -> None:
    """Read the control connection until it closes, which ends the process.

    `frames` were read already. `parent` is the process that this one is to end with.
    """
    try:
        if sys.platform.startswith("linux"):
            die_with(parent)
        while True:
            for kind, request, payload in frames:
                _act(kind, request, payload, link, runner)
            frames = inbox.receive()
    except BaseException as error:
        wire.complain(error)
    finally:
        wire.hang_up(70)


def _act(kind: int, request: int, payload: bytes, link: Link, runner: Runner) -> None:
    if kind == wire.WAKE:
        runner.wake(wire.NUMBER.unpack(payload)[0])
    elif kind == wire.BODY:
        _begin_body(request, payload, link)
    elif kind == wire.BODY_FAIL:
        body = link.inputs.get(request)
        if body is not None:
            body.fail(payload.decode("utf-8", "replace"))
    elif kind in (wire.CREDIT, wire.CANCEL):
        window = link.windows.get(request)
        if window is None:
            return
        if kind == wire.CREDIT:
            window.give(wire.NUMBER.unpack(payload)[0])
        else:
            window.cancel()
    elif kind == wire.PING:
        link.control.send(wire.frame(wire.PONG, 0, b"\1" if _is_debugged() else b""))
    elif kind == wire.LIST:
        from . import loaded

        loaded.tell(link)
    elif kind == wire.CHANGED:
        from . import django_files

        # What the project has connected to such changes may take its time.
        Thread(target=django_files.take, args=(link, request, payload), daemon=True).start()
    elif kind == wire.CHECK:
        if link.check is not None:
            Thread(target=link.check, args=(link,), name="checks", daemon=True).start()
    else:
        raise ValueError(f"unknown control frame {kind}")


def _begin_body(request: int, payload: bytes, link: Link) -> None:
    # Where all of the body is in the frame, there is nothing more to read.
    has_more = not payload or wire.SOCKET_BODY.unpack_from(payload)[0]
    descriptor = link.receive_file(request) if has_more else None
    body = link.inputs.get(request)
    if body is None:
        if descriptor is not None:
            os.close(descriptor)
    elif has_more and descriptor is None:
        body.fail("the application has too many open files")
    else:
        body.begin(payload, descriptor)


def _is_debugged() -> bool:
    """Return whether a thread is stepped through, or stands at the prompt of a debugger."""
    if debugger.is_at_work():
        return True
    if "bdb" not in sys.modules:
        return False
    for innermost in sys._current_frames().values():
        frame: FrameType | None = innermost
        while frame is not None:
            # All debuggers that build on the standard library's go through these. Not all of them
            # have turns, such as those that are used from elsewhere.
            if frame.f_globals.get("__name__") in ("bdb", "pdb"):
                return True
            frame = frame.f_back
    return False


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies: the front, or a forkserver.

    The control connection says so too, but a thread inside C code that keeps the interpreter
    lock would not let anyone hear it. Done in a thread that does not end, since the setting ends
    with its thread; in a worker that is the control thread, so that the import of ctypes goes on
    beside the project's.
    """
    try:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    except Exception:
        return
    if os.getppid() != parent:
        wire.hang_up()
