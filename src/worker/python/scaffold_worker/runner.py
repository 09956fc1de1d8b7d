"""Which thread runs the application: one runner, and stand-ins for when it is stuck.

Threads of a process share the interpreter lock, so threads that compute only slow each other
down; yet a thread that waits must not hold up the requests behind it. So exactly one thread at a
time, the runner, reads the data connection and runs one request after another. The front, which
sees that nothing completes, sends WAKE; then a stand-in takes the right to run from the runner,
which finishes its request and stands by itself.

**The right to run** is the entry in `_inside`. A runner puts its own key there just before it
enters the application and takes it out right after; a stand-in that wants to take over takes out
whatever entry there is. Taking an entry out of a dict is atomic, so exactly one of the two gets
it: either the runner goes on, or the stand-in is the runner now. While the entry is not there
(the runner reads, writes or keeps its books) nobody can take over. There is never more than one
entry, so there is never more than one runner, and only the runner touches queue and inbox.
"""

from __future__ import annotations

from _thread import allocate_lock
from threading import Thread
from time import monotonic

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

    from .handler import Handle
    from .link import Link

BATCH_LIMIT = 64 * 1024
"""Octets of answers that may wait to be written together; more would make writing slow."""

BATCH_TIME = 0.0005
"""How long, in seconds, an answer may wait for others to be written with: shorter than anyone
notices, longer than dozens of small requests take."""


class Runner:
    """The threads that run requests."""

    def __init__(self, link: Link, inbox: wire.Inbox, threads: int, begun: memoryview) -> None:
        self._link = link
        self._inbox = inbox
        self._handle: Handle | None = None
        self._inside: dict[int, bool] = {}
        self._threads = threads
        # How many requests have been begun, in memory that the front reads when we are gone.
        self._begun = begun
        self._count = 0
        self._started = 0
        self._starting = allocate_lock()
        # Stand-ins that sleep, each behind a lock of its own; the last to come goes first.
        self._standing_by: list[LockType] = []
        # How many stand-ins the front asked for that nobody has woken yet.
        self._permits = 0

    def serve(self, handle: Handle) -> None:
        """Run requests in this thread, the first runner. Never returns."""
        self._handle = handle
        self._guard(0, True)

    def wake(self, count: int) -> None:
        """Send what is finished, and let up to `count` stand-ins take over one after another.

        Called by the control thread. Harmless when nobody is stuck.
        """
        self._link.data.flush()
        if count > 0 and self._inside:
            self._permits = count - 1
            self._rouse()

    def _rouse(self) -> None:
        """Wake a stand-in, or start one."""
        try:
            gate = self._standing_by.pop()
        except IndexError:
            with self._starting:
                if self._started >= self._threads:
                    return
                self._started += 1
                key = self._started
            Thread(
                target=self._guard, args=(key, False), name=f"stand-in-{key}", daemon=True
            ).start()
        else:
            gate.release()

    def _guard(self, key: int, runs: bool) -> None:
        """Be a thread of the worker, as runner or standing by.

        What the application raises never comes here. If our own code fails, requests would be
        lost in silence; the front can restart a process, but not repair one.
        """
        try:
            gate = allocate_lock()
            gate.acquire()
            while True:
                if runs or self._take_over():
                    self._run(key)
                runs = False
                self._standing_by.append(gate)
                gate.acquire()
        except BaseException as error:
            wire.complain(error)
        finally:
            wire.hang_up(70)

    def _take_over(self) -> bool:
        """Take the right to run from the runner, if it is inside the application."""
        try:
            self._inside.popitem()
        except KeyError:
            return False
        return True

    def _run(self, key: int) -> None:
        """Run requests until a stand-in has taken over."""
        handle = self._handle
        assert handle is not None
        link = self._link
        queue = link.queue
        flush = link.data.flush
        inside = self._inside
        begun = self._begun
        flush()
        size = 0
        flushed = monotonic()
        while True:
            while queue:
                kind, request, payload = queue.popleft()
                if kind != wire.REQUEST:
                    wire.hang_up(70)
                inside[key] = True
                if self._permits:
                    # More were asked for: should this request be slow too, the next stand-in
                    # is already there.
                    self._permits -= 1
                    self._rouse()
                self._count = begun[0] = self._count + 1
                size += handle(request, payload)
                if inside.pop(key, None) is None:
                    flush()
                    return
                if size > BATCH_LIMIT or monotonic() - flushed > BATCH_TIME:
                    flush()
                    size = 0
                    flushed = monotonic()
            flush()
            size = 0
            self._permits = 0
            queue.extend(self._inbox.receive())
            flushed = monotonic()
