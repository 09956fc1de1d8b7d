"""How long a client is waited for with the body of a request.

A limit for each wait alone would let a client that sends an octet now and then keep a thread of
the application for as long as it likes; so the waits count together too. Only waiting counts: an
application may take its time to read. The front does the same for bodies that it reads
(`serve::patience`).
"""

from __future__ import annotations

from select import POLLIN, poll
from time import monotonic


class Patience:
    """What is left of the patience with the client at the other end of a socket."""

    def __init__(self, descriptor: int, stall: float, rate: int) -> None:
        """`stall` is the longest single wait, in seconds, and what all waits together may take
        before any octet has come; for each `rate` octets they may take a second more."""
        self._stall = stall
        self._rate = rate
        self._waited = 0.0
        self._poll = poll()
        self._poll.register(descriptor, POLLIN)

    def wait(self, received: int) -> bool:
        """Wait until there is something to read; False where that takes too long.

        `received` is how many octets have come so far.
        """
        left = self._stall + received / self._rate - self._waited
        began = monotonic()
        ready = self._poll.poll(max(min(left, self._stall), 0) * 1000)
        self._waited += monotonic() - began
        return bool(ready)
