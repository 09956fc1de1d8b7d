"""A limit to how long loading and one request may take: afterwards the front is told where the
main thread is, and the process ends.
"""

from __future__ import annotations

import os
import sys
import threading

from . import failure, wire
from .errors import stream as errors
from .failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .link import Link

    Pairs = list[tuple[str, str]]


class Deadline:
    """Runs until `cancel` is called, in a thread of its own."""

    def __init__(self, link: Link, seconds: int) -> None:
        self._link = link
        self._seconds = seconds
        self._limit = "1 second" if seconds == 1 else f"{seconds} seconds"
        self._main = threading.get_ident()
        self._over = threading.Event()
        self._telling = threading.Lock()
        self.loaded: Pairs | None = None
        """What READY says, once the application is loaded."""
        threading.Thread(target=self._watch, name="deadline", daemon=True).start()

    def cancel(self) -> None:
        """Let the main thread tell by itself. Does not return once the time is up."""
        self._telling.acquire()
        self._over.set()
        self._telling.release()

    def _watch(self) -> None:
        if self._over.wait(self._seconds):
            return
        with self._telling:
            if self._over.is_set():
                return
            try:
                self._tell()
            finally:
                errors.flush()
                os._exit(3)

    def _tell(self) -> None:
        import traceback

        from .report import OURS, printable, problem
        from .where import Places

        frame = sys._current_frames().get(self._main)
        where = Places(self._link.root).of_frame(frame)
        steps = traceback.extract_stack(frame)
        steps[:] = [step for step in steps if not step.filename.startswith(OURS)]
        lines = ["Stack (most recent call last):\n", *traceback.format_list(steps)]
        stack = printable("".join(lines))
        hint = "the place says what it waits for or computes; `--timeout` gives it more time"
        if self.loaded is None:
            reason = Failure(
                "deadline",
                f"loading the application takes longer than {self._limit}",
                hint,
            )
            reason.where = where
            reason.traceback = stack
            failure.send(self._link, reason)
            return
        what = f"GET / takes longer than {self._limit}"
        found = problem("deadline", what, where, hint, stack)
        self._link.report(wire.READY, [*self.loaded, *found])
