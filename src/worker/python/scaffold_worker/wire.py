"""Frames: their types, their header, and reading and writing them on a descriptor.

docs/worker-protocol.md is the contract. This file knows octets and descriptors only; what a
frame means is known to `exchange`, `input`, `window` and `control`.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from struct import Struct

REQUEST = 1
RESPONSE = 16
HEAD = 17
BLOCK = 18
END = 19
ERROR = 20
FILE = 21
RECEIVED = 22
FOUND = 23
CONFIGURE = 32
WAKE = 33
BODY = 34
BODY_FAIL = 36
CREDIT = 37
CANCEL = 38
PING = 39
LIST = 40
CHANGED = 41
CHECK = 42
READY = 48
FAILED = 49
WANT = 50
PONG = 51
LOADED = 52
TAKEN = 53
CHECKED = 54
PRELOAD = 64
FORK = 65
KILL = 66
FORKED = 80
COLD = 81
EXITED = 82
WARM = 83
UNFIT = 84

HEADER = Struct("<IBI")
NUMBER = Struct("<I")
FILE_PART = Struct("<QQ")
SOCKET_BODY = Struct("<QII")
pack_header = HEADER.pack
unpack_header = HEADER.unpack_from

FRAME_LIMIT = 16 * 1024 * 1024
"""No payload is longer; a longer one means the two halves no longer understand each other."""

BLOCK_LIMIT = 64 * 1024
"""The most octets of a body in one frame, so that requests share the connection fairly."""

ANSWER_LIMIT = 1024 * 1024
"""The most octets of a head, with a body that fits into its frame: no client reads longer ones,
and a frame beyond `FRAME_LIMIT` would cost the process."""

WINDOW = 256 * 1024
"""Octets of one response body that may be under way: enough to keep a fast client busy, and a
bound on what a slow one costs in memory."""

EXIT_TIME = 0.3
"""How long, in seconds, the project's exit handlers may run: the front waits a little longer."""

READ_SIZE = 64 * 1024
"""How much one read asks for: about a hundred requests."""


def frame(kind: int, request: int, payload: bytes = b"") -> bytes:
    """One whole frame."""
    return pack_header(len(payload), kind, request) + payload


def hang_up(code: int = 0) -> None:
    """End the process now: without the front there is nobody to work for.

    Not `sys.exit`: other threads may be anywhere inside the application.
    """
    os._exit(code)


_leaving = allocate_lock()


def leave() -> None:
    """End the process in order: a connection has closed, so the front is done with it.

    What the project registered with `atexit` runs (coverage data, process pools), as it does when
    Django's server ends, but no longer than `EXIT_TIME`. The first thread that notices does it;
    others only wait for the end.
    """
    _leaving.acquire()
    import atexit
    from threading import Thread

    last = Thread(target=atexit._run_exitfuncs, daemon=True)
    last.start()
    last.join(EXIT_TIME)
    hang_up()


def complain(error: BaseException) -> None:
    """Say in the terminal that our own code failed, even where the rest of it is gone."""
    from .errors import stream

    try:
        from . import report

        stream.write(report.fault(error))
    except Exception:
        stream.write(f"scaffold: internal error in the worker: {error!r}\n")


class Outbox:
    """Frames on their way out of one connection. Any thread may use it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = allocate_lock()
        self._waiting: list[bytes] = []
        # Appending to a list is atomic, so a frame is queued without taking the lock.
        self.put = self._waiting.append

    def flush(self) -> None:
        """Write what is waiting."""
        if self._waiting:
            self._write_waiting()

    def send(self, octets: bytes) -> None:
        """Write a frame, after those that are waiting, before returning."""
        self.put(octets)
        self._write_waiting()

    def _write_waiting(self) -> None:
        waiting = self._waiting
        with self._lock:
            # Others only append, so the first `count` entries are ours to take.
            count = len(waiting)
            if not count:
                return
            octets = waiting[0] if count == 1 else b"".join(waiting[:count])
            del waiting[:count]
            try:
                written = os.write(self._descriptor, octets)
                if written < len(octets):
                    rest = memoryview(octets)[written:]
                    while rest:
                        rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                leave()


class Inbox:
    """Frames coming in on one connection. One thread at a time may read it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def receive(self) -> list[tuple[int, int, bytes]]:
        """Wait for at least one whole frame; return all that came, as (type, id, payload)."""
        frames: list[tuple[int, int, bytes]] = []
        octets = self._rest
        wanted = READ_SIZE
        while not frames:
            try:
                more = os.read(self._descriptor, wanted)
            except OSError:
                more = b""
            if not more:
                leave()
            octets = octets + more if octets else more
            position = 0
            total = len(octets)
            while total - position >= 9:
                length, kind, request = unpack_header(octets, position)
                if length > FRAME_LIMIT:
                    hang_up(70)
                start = position + 9
                end = start + length
                if end > total:
                    # Ask for the rest of a long frame at once.
                    wanted = max(READ_SIZE, end - total)
                    break
                frames.append((kind, request, octets[start:end]))
                position = end
            octets = octets[position:]
        self._rest = octets
        return frames
