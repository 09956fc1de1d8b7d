"""The client's socket, as far as the body of a request is read from it.

The front lends it: it does not read from it meanwhile, and it goes on writing to it. The socket is
one for both processes, so whatever is set here is set there: what is changed for the time of
reading is put back.
"""

from __future__ import annotations

import os

# Both before the project, which may put others in their place.
from _socket import SO_RCVLOWAT, SOL_SOCKET, socket
from select import POLLIN, poll
from time import monotonic

from .patience import Patience

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GATHERED = 256 * 1024
"""For how many octets a client is waited for that sends quickly, whatever was asked for: to sleep
and wake for each packet costs both sides more than to copy it. Measured on one machine, 1 GiB takes
a quarter less time than without, and no less with more."""

GATHERING = 0.002
"""How long, in seconds, they may take: a network's own pauses are longer. A client that sends less
is not waited for like this again until it has sent much at once."""

MUCH = 64 * 1024
"""So many octets at once come from a client that sends quickly."""

CLOSED = "the client closed the connection"
STALLED = "the client stopped sending"


class ClientReset(ConnectionResetError):
    """Raised where the client has broken the connection off: nobody waits for an answer."""


class Client:
    """What is left of a body on a socket. For one thread at a time."""

    def __init__(self, descriptor: int, stall: float, rate: int) -> None:
        """See `Patience` for how long is waited."""
        self._socket = socket(fileno=descriptor)
        # It is so already, but a default of the project's must not matter.
        self._socket.settimeout(0)
        self._patience = Patience(stall, rate)
        self._poll = poll()
        self._poll.register(descriptor, POLLIN)
        self._is_dry = False
        self._is_quick = True
        self._low_water = 1

    def receive(self, view: Any, received: int, left: int) -> int:
        """Fill a buffer with what is there, waiting only if there is nothing.

        `received` octets of the body have come and `left` are to come. OSError says why no more
        comes.
        """
        while True:
            # After a read that brought less than there was room for, another would be for nothing.
            if self._is_dry and not self._wait(received, left):
                raise OSError(STALLED)
            try:
                count = self._socket.recv_into(view)
            except BlockingIOError:
                self._is_dry = True
                continue
            except ConnectionError:
                raise ClientReset(CLOSED) from None
            except OSError:
                count = 0
            if not count:
                raise OSError(CLOSED)
            self._is_dry = count < len(view)
            if count >= MUCH:
                self._is_quick = True
            return count

    def _wait(self, received: int, left: int) -> bool:
        """Wait until there is something to read; False where that takes too long."""
        limit = self._patience.limit(received)
        began = monotonic()
        ready: Any = None
        if self._is_quick:
            self._set_low_water(min(left, GATHERED))
            ready = self._poll.poll(min(limit, GATHERING) * 1000)
        if not ready:
            self._is_quick = False
            self._set_low_water(1)
            ready = self._poll.poll(limit * 1000)
        self._patience.spend(monotonic() - began)
        self._is_dry = False
        return bool(ready)

    def _set_low_water(self, octets: int) -> None:
        """Have the system say that there is something to read only once there is so much, or the
        end."""
        if self._low_water != octets:
            self._socket.setsockopt(SOL_SOCKET, SO_RCVLOWAT, octets)
            self._low_water = octets

    def close(self) -> None:
        """Give the socket back."""
        try:
            self._set_low_water(1)
        except OSError:
            pass
        self._socket.close()

    def replace(self, descriptor: int) -> None:
        """Put another file in its place."""
        os.dup2(descriptor, self._socket.fileno(), inheritable=False)
