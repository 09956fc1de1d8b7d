"""How long a client is waited for with the body of a request. Pure.

A limit for each wait alone would let a client that sends an octet now and then keep a thread of
the application for as long as it likes; so the waits count together too. Only waiting counts: an
application may take its time to read. The front does the same for bodies that it reads
(`serve::patience`).
"""

from __future__ import annotations


class Patience:
    """What is left of the patience with one body."""

    def __init__(self, stall: float, rate: int) -> None:
        """`stall` is the longest single wait, in seconds, and what all waits together may take
        before any octet has come; for each `rate` octets they may take a second more."""
        self._stall = stall
        self._rate = rate
        self._waited = 0.0

    def limit(self, received: int) -> float:
        """Return how many seconds the next wait may take when so many octets have come."""
        left = self._stall + received / self._rate - self._waited
        return max(min(left, self._stall), 0.0)

    def spend(self, seconds: float) -> None:
        """Count a wait."""
        self._waited += seconds
