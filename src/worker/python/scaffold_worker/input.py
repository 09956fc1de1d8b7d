"""`wsgi.input` for a body that did not come with its request.

Shared by the thread that runs the request and the control thread.
"""

from __future__ import annotations

import os
from io import BufferedReader, BytesIO, RawIOBase
from threading import Condition, Lock

from . import wire
from .client import Client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .link import Link

BUFFER = 64 * 1024
"""How much is read ahead where the application reads less at a time."""

PIECE = 1024 * 1024
"""How much is read at once where the application wants all. The length that a client claims must
not cost memory before its octets have come."""

OVER = "the request is over"


class StreamedInput(BufferedReader):
    """The file object that the application reads.

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


class Spooled:
    """A file that holds a body and nothing else."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self, view: memoryview, _received: int, _left: int) -> int:
        """Fill a buffer with what is there. OSError says why no more comes."""
        count = os.readv(self._descriptor, [view])
        if not count:
            raise OSError("the body has ended early")
        return count

    def close(self) -> None:
        """Close it."""
        os.close(self._descriptor)

    def replace(self, descriptor: int) -> None:
        """Do nothing: who has it too takes nothing away."""


class Source(RawIOBase):
    """The octets of a request body: first those that the front has read already, then those of the
    file or the client's socket that it gives the worker.

    What follows the body on the socket is the front's, so not an octet more than the body's is
    read.
    """

    def __init__(self, link: Link, request: int, length: int) -> None:
        self._link = link
        self._request = request
        self._length = length
        self._left = length
        self._ahead = memoryview(b"")
        # Held by whoever reads: a descriptor must not be closed while it is being read.
        self._reading = Lock()
        # Shared with the control thread, under the condition:
        self._condition = Condition(Lock())
        self._begun = False
        self._origin: Client | Spooled | None = None
        self._failure: str | None = None

    # What the control thread calls.

    def begin(self, payload: bytes, descriptor: int | None) -> None:
        """Take what BODY says, and the descriptor that came with it."""
        origin: Client | Spooled | None = None
        if payload:
            _, stall, rate = wire.SOCKET_BODY.unpack_from(payload)
            if descriptor is not None:
                origin = Client(descriptor, stall / 1000, rate)
        elif descriptor is not None:
            origin = Spooled(descriptor)
        with self._condition:
            if self._failure is None:
                self._origin, origin = origin, None
                self._ahead = memoryview(payload)[wire.SOCKET_BODY.size :]
                self._begun = True
                self._condition.notify_all()
        if origin is not None:
            origin.close()

    def fail(self, reason: str) -> None:
        """Note that no more is coming, and why; let go of the descriptor.

        A thread that waits for the client keeps it until the front shuts the socket down.
        """
        with self._condition:
            if self._failure is None:
                self._failure = reason
            self._condition.notify_all()
        self._let_go()

    def replace(self, descriptor: int) -> None:
        """Put another file in the place of a socket, in a process that was forked."""
        if self._origin is not None:
            self._origin.replace(descriptor)

    # What the thread that runs the request calls.

    def release(self) -> None:
        """Let go of what is left: the request is over."""
        self.fail(OVER)

    # What the application calls, through the buffer.

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill a buffer with what is there, waiting only if there is nothing."""
        try:
            with self._reading:
                view = memoryview(target).cast("B")[: self._left]
                return self._read(view) if view else 0
        finally:
            # Whoever noted a failure meanwhile has left this to the reader.
            if self._failure is not None:
                self._let_go()

    def readall(self) -> bytes:
        """Return all that is left."""
        octets = BytesIO()
        piece = memoryview(bytearray(min(self._left, PIECE)))
        while self._left:
            # 0 where another thread has read the rest.
            octets.write(piece[: self.readinto(piece)])
        # Not a copy: to join pieces would take the memory twice.
        return octets.getvalue()

    # The rest is done by whoever reads.

    def _read(self, view: memoryview) -> int:
        if self._failure is not None or not self._begun:
            self._open()
        if self._ahead:
            count = min(len(view), len(self._ahead))
            view[:count] = self._ahead[:count]
            self._ahead = self._ahead[count:]
        else:
            assert self._origin is not None
            try:
                count = self._origin.receive(view, self._length - self._left, self._left)
            except OSError as error:
                raise self._ended(error) from None
        self._left -= count
        if not self._left:
            self._complete()
        return count

    def _open(self) -> None:
        """Ask for the body at the first time, and wait until it can be read."""
        with self._condition:
            if self._failure is None and not self._begun:
                self._link.inputs[self._request] = self
                self._link.control.send(wire.frame(wire.WANT, self._request))
            while self._failure is None and not self._begun:
                self._condition.wait()
            if self._failure is not None:
                raise OSError(self._failure)

    def _ended(self, error: OSError) -> OSError:
        """Note that no more is coming; return what says so."""
        with self._condition:
            if self._failure is None:
                self._failure = str(error)
                return error
            return OSError(self._failure)

    def _complete(self) -> None:
        """Let go of a body of which all has been read."""
        lent = isinstance(self._origin, Client)
        self._close()
        if lent and self._failure is None:
            # Another request may follow on the socket, which is the front's again.
            self._link.data.put(wire.frame(wire.RECEIVED, self._request))

    def _let_go(self) -> None:
        """Close what is read, unless somebody reads, who then does it."""
        if self._reading.acquire(False):
            self._close()
            self._reading.release()

    def _close(self) -> None:
        origin, self._origin = self._origin, None
        if origin is not None:
            origin.close()
