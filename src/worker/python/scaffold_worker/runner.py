"""Which thread runs the application: one runner, and stand-ins for when it is stuck.

Threads of a process share the interpreter lock, so threads that compute only slow each other
down; yet a thread that waits must not hold up the requests behind it. So exactly one thread at a
time, the runner, reads the data connection and runs one request after another. The front, which
sees that none is begun, sends WAKE; then a stand-in takes the right to run from the runner, which
finishes its request and stands by itself.

**Foresight.** Views that wait come in crowds, and a WAKE for each would be slow. So from a WAKE on,
the runner calls a stand-in just before it enters the application. That one sleeps on the
interpreter lock, and is there at the moment in which the application waits; then it is the runner,
and calls the next one in the same way. Where the application does not wait, it comes for nothing,
which costs two switches of threads; after `FORESIGHT` requests in a row that did not wait, this
ends.

**The right to run** is the entry in `_inside`. A runner puts its own key there just before it
enters the application and takes it out right after; a stand-in that wants to take over takes out
whatever entry there is. Taking an entry out of a dict is atomic, so exactly one of the two gets
it: either the runner goes on, or the stand-in is the runner now. While the entry is not there
(the runner reads, writes or keeps its books) nobody can take over. There is never more than one
entry, so there is never more than one runner, and only the runner touches queue, inbox and count.
"""

from __future__ import annotations

from _thread import allocate_lock
from threading import Thread
from time import monotonic, thread_time

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

    from .handler import Handle
    from .link import Link

BATCH_LIMIT = 64 * 1024
"""Octets of answers that may wait to be written together; more would make writing slow."""

FORESIGHT = 32
"""How many requests in a row that did not wait make the runner no longer expect it of the next.

A stand-in that is called for nothing costs about a hundredth of the time that passes until the
front notices that one is missing."""

ROWS = 3
"""How many stand-ins more are started on a WAKE while requests queue up. A thread that is started
waits for a processor, and the runner that starts it waits with it; a stand-in from elsewhere can
take over meanwhile and start the next."""

LONG = 0.001
"""How long, in seconds, a request must have taken for the next ones to be expected to wait, and at
most have computed: those that only read a small file, or wait for each other's interpreter lock,
are quicker in one thread."""

IDLE = 10.0
"""After how many seconds without work a stand-in lets go of what is kept for its thread. A crowd
may have made dozens of them, each with connections to the databases, of which a server has a
limited number; most pages come sooner than that after each other."""

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
        # Before how many requests more a stand-in is called.
        self._foresight = 0
        # One has been called and has not come yet: a second would come for nothing.
        self._coming = False
        # One was called when all were busy: the first that is free comes.
        self._missing = False

    def serve(self, handle: Handle) -> None:
        """Run requests in this thread, the first runner. Never returns."""
        self._handle = handle
        self._guard(0, True)

    def wake(self, begun: int) -> None:
        """Send what is finished; if no request was begun since the front looked, be replaced.

        Called by the control thread. Harmless when nobody is stuck.
        """
        self._link.data.flush()
        if self._threads and self._inside and self._count & 0xFFFFFFFF == begun:
            self._foresight = FORESIGHT
            self._call()
            for _ in range(min(ROWS, len(self._link.queue))):
                if self._standing_by or not self._start():
                    break

    def _learn(self, waited: bool) -> None:
        """Note whether a request waited before which a stand-in was called."""
        self._foresight = FORESIGHT if waited else max(self._foresight - 1, 0)

    def _call(self) -> None:
        """Have a stand-in come: wake it, or start one."""
        if self._coming:
            return
        self._coming = True
        if self._release():
            return
        self._coming = False
        if not self._start():
            self._missing = True
            # One may have become free before it could see that.
            self._release()

    def _start(self) -> bool:
        """Start a stand-in, unless there are as many as there may be."""
        with self._starting:
            if self._started >= self._threads:
                return False
            self._started += 1
            key = self._started
        Thread(target=self._guard, args=(key, False), name=f"stand-in-{key}", daemon=True).start()
        return True

    def _release(self) -> bool:
        """Wake a stand-in, if there is one that sleeps."""
        try:
            gate = self._standing_by.pop()
        except IndexError:
            return False
        self._missing = False
        gate.release()
        return True

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
                if self._missing:
                    self._release()
                if not gate.acquire(True, IDLE):
                    self._let_go()
                    gate.acquire()
        except BaseException as error:
            wire.complain(error)
        finally:
            wire.hang_up(70)

    def _let_go(self) -> None:
        """Have the framework let go of what it keeps for this thread, such as connections."""
        if self._link.let_go is not None:
            try:
                self._link.let_go()
            except Exception as error:
                # Nobody waits for it.
                wire.complain(error)

    def _take_over(self) -> bool:
        """Take the right to run from the runner, if it is inside the application."""
        # First of all: a runner that enters it from now on calls another one.
        self._coming = False
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
                self._count = begun[0] = self._count + 1
                inside[key] = True
                foresight = self._foresight
                if foresight:
                    entered, computed = monotonic(), thread_time()
                    if not self._coming:
                        self._call()
                size += handle(request, payload)
                if inside.pop(key, None) is None:
                    flush()
                    if foresight:
                        took, computed = monotonic() - entered, thread_time() - computed
                        self._learn(took > LONG > computed)
                    return
                if foresight:
                    self._learn(False)
                if size > BATCH_LIMIT or monotonic() - flushed > BATCH_TIME:
                    flush()
                    size = 0
                    flushed = monotonic()
            flush()
            size = 0
            queue.extend(self._inbox.receive())
            flushed = monotonic()
