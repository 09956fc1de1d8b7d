"""How much of a response body may be under way.

Shared by the thread that runs the request and the control thread.
"""

from __future__ import annotations

from threading import Condition, Lock

from . import wire


class ClientGone(ConnectionError):
    """Raised by `write()` when nobody takes the response any more."""


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
