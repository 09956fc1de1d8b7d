"""Bodies that do not fit into one frame: the request's (`wsgi.input`) and the response's window.

Both are shared by the thread that runs the request and the control thread.
"""

from __future__ import annotations

import os
from io import BufferedReader, RawIOBase
from threading import Condition, Lock

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .link import Link

BUFFER = 64 * 1024
"""How much is read ahead where the application reads less at a time."""

PIECE = 1024 * 1024
"""How much is asked for at once where the application wants all."""

PATIENCE = 1.0
"""How long, in seconds, is waited for the reason why a body has ended early: it was sent before."""


class ClientGone(ConnectionError):
    """Raised by `write()` when nobody takes the response any more."""


class StreamedInput(BufferedReader):
    """`wsgi.input` for a body that did not come with its request.

    Nothing is asked for before the first read. Reading past the end gives `b""`, as if the body
    were a file; any mix of methods sees each octet exactly once.
    """

    def __init__(self, link: Link, request: int, length: int) -> None:
        self.source = Source(link, request, length)
        super().__init__(self.source, BUFFER)

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        """Return the lines, stopping once they hold `hint` octets: as `BytesIO`, so that long
        bodies and short ones are read alike."""
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def close(self) -> None:
        """Do nothing: the rest of the body is the server's business."""


class Source(RawIOBase):
    """The octets of a request body: of a pipe or a file whose descriptor the front sends."""

    def __init__(self, link: Link, request: int, length: int) -> None:
        self._link = link
        self._request = request
        self._left = length
        # Held by whoever reads: a descriptor must not be closed while it is being read.
        self._reading = Lock()
        # Shared with the control thread, under the condition:
        self._condition = Condition(Lock())
        self._descriptor: int | None = None
        self._failure: str | None = None

    # What the control thread calls.

    def begin(self, descriptor: int) -> None:
        """Take the descriptor that the body is read from."""
        with self._condition:
            if self._failure is None:
                self._descriptor = descriptor
                self._condition.notify_all()
            else:
                os.close(descriptor)

    def fail(self, reason: str) -> None:
        """Note that no more is coming, and why."""
        with self._condition:
            if self._failure is None:
                self._failure = reason
            self._condition.notify_all()

    # What the thread that runs the request calls.

    def release(self) -> None:
        """Let go of what is left: the request is over."""
        self.fail("the request is over")
        if self._reading.acquire(False):
            self._close_descriptor()
            self._reading.release()
        # Else a thread of the application reads still, and closes it afterwards.

    # What the application calls, through the buffer.

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill a buffer with what is there, waiting only if there is nothing."""
        view = memoryview(target).cast("B")[: self._left]
        if not view:
            return 0
        with self._reading:
            count = os.readv(self._open(), [view])
            self._took(count)
            return count

    def readall(self) -> bytes:
        """Return all that is left."""
        parts = []
        while self._left:
            with self._reading:
                part = os.read(self._open(), min(self._left, PIECE))
                self._took(len(part))
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _open(self) -> int:
        """Return the descriptor, which is asked for at the first time."""
        with self._condition:
            if self._failure is not None:
                raise OSError(self._failure)
            if self._descriptor is None:
                self._link.inputs[self._request] = self
                self._link.control.send(wire.frame(wire.WANT, self._request))
            while self._descriptor is None and self._failure is None:
                self._condition.wait()
            if self._descriptor is None:
                raise OSError(self._failure)
            return self._descriptor

    def _took(self, count: int) -> None:
        """Note what was read; none before the end means that no more will come."""
        self._left -= count
        if not count:
            with self._condition:
                self._condition.wait_for(lambda: self._failure is not None, PATIENCE)
            self.fail("the body has ended early")
        if not self._left or self._failure is not None:
            self._close_descriptor()
        if not count:
            raise OSError(self._failure)

    def _close_descriptor(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class Window:
    """How much of one response may still be sent before the client takes some."""

    def __init__(self) -> None:
        self.cancelled = False
        self._condition = Condition(Lock())
        self._credit = wire.WINDOW

    def give(self, count: int) -> None:
        """Add octets that the client took."""
        with self._condition:
            self._credit += count
            self._condition.notify_all()

    def cancel(self) -> None:
        """Note that nobody wants the rest."""
        with self._condition:
            self.cancelled = True
            self._condition.notify_all()

    def take(self, count: int) -> None:
        """Wait until `count` octets may be sent; `ClientGone` when they never will."""
        with self._condition:
            while self._credit < count and not self.cancelled:
                self._condition.wait()
            if self.cancelled:
                raise ClientGone("the client has gone away")
            self._credit -= count
