"""Bodies that do not fit into one frame: the request's (`wsgi.input`) and the response's window.

Both are shared by the thread that runs the request and the control thread, and bounded: neither
side ever holds more than a window of octets.
"""

from __future__ import annotations

from threading import Condition, Lock

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .link import Link

HALF = wire.WINDOW // 2


class ClientGone(ConnectionError):
    """Raised by `write()` when nobody takes the response any more."""


class StreamedInput:
    """`wsgi.input` for a body that arrives while the application reads it.

    Nothing is asked for before the first read. Reading past the end gives `b""`, as if the body
    were a file; any mix of methods sees each octet exactly once.
    """

    def __init__(self, link: Link, request: int) -> None:
        self._link = link
        self._request = request
        self._condition = Condition(Lock())
        # Shared with the control thread, under the condition:
        self._arrived: list[bytes] = []
        self._ended = False
        self._failure: str | None = None
        # The reader's own:
        self._asked = False
        self._buffer = b""
        self._position = 0
        self._consumed = 0

    # What the control thread calls.

    def feed(self, octets: bytes) -> None:
        """Take octets that the client sent."""
        if not octets:
            return  # it would look like the end
        with self._condition:
            self._arrived.append(octets)
            self._condition.notify()

    def end(self) -> None:
        """Note that the body is complete."""
        with self._condition:
            self._ended = True
            self._condition.notify_all()

    def fail(self, reason: str) -> None:
        """Note that no more is coming, and why."""
        with self._condition:
            if self._failure is None:
                self._failure = reason
            self._condition.notify_all()

    # What the application calls.

    def read(self, size: int | None = -1, /) -> bytes:
        """Return `size` octets, fewer at the end; all that is left if it is negative or None."""
        if size is None or size < 0:
            parts = []
            while self._refill():
                parts.append(self._take(len(self._buffer)))
            return b"".join(parts)
        parts = []
        while size > 0 and self._refill():
            part = self._take(self._position + size)
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read1(self, size: int | None = -1, /) -> bytes:
        """Return what is at hand, at most `size` octets, waiting only if there is nothing."""
        if size == 0 or not self._refill():
            return b""
        if size is None or size < 0:
            return self._take(len(self._buffer))
        return self._take(self._position + size)

    def readinto(self, target: bytearray | memoryview, /) -> int:
        """Fill a buffer, less at the end; this makes `io.BufferedReader` possible."""
        view = memoryview(target).cast("B")
        octets = self.read(len(view))
        view[: len(octets)] = octets
        return len(octets)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return one line with its end, at most `size` octets of it."""
        limit = -1 if size is None or size < 0 else size
        parts = []
        while limit != 0 and self._refill():
            newline = self._buffer.find(b"\n", self._position)
            end = len(self._buffer) if newline < 0 else newline + 1
            if limit > 0:
                end = min(end, self._position + limit)
            part = self._take(end)
            parts.append(part)
            if part.endswith(b"\n"):
                break
            if limit > 0:
                limit -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        """Return the lines, stopping once they hold `hint` octets."""
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the lines."""
        return self

    def __next__(self) -> bytes:
        """Return the next line."""
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def close(self) -> None:
        """Do nothing: the rest of the body is the server's business."""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def _take(self, end: int) -> bytes:
        """Give the reader what is buffered up to `end`, and ask for more when half is used."""
        part = self._buffer[self._position : end]
        self._position += len(part)
        self._consumed += len(part)
        if self._consumed >= HALF:
            consumed, self._consumed = self._consumed, 0
            if not self._ended:
                self._want(consumed)
        return part

    def _refill(self) -> bool:
        """Make sure that an octet is buffered; False at the end of the body."""
        if self._failure is None and self._position < len(self._buffer):
            return True
        if not self._asked:
            self._asked = True
            self._link.inputs[self._request] = self
            self._want(wire.WINDOW)
        with self._condition:
            while self._failure is None and not self._arrived and not self._ended:
                self._condition.wait()
            if self._failure is not None:
                raise OSError(self._failure)
            arrived, self._arrived = self._arrived, []
        self._buffer = arrived[0] if len(arrived) == 1 else b"".join(arrived)
        self._position = 0
        return bool(self._buffer)

    def _want(self, count: int) -> None:
        self._link.control.send(wire.number_frame(wire.WANT, self._request, count))


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
