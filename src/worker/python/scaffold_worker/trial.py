"""Importing modules for trial, in a process that nothing is lost with.

What a module does when it is imported is known only afterwards, and cannot be undone: one may
raise after it has registered something, start a thread, end the process, or never return. So a
child of the warm parent imports each first, and tells which can be imported there.
"""

from __future__ import annotations

import os
import sys
from select import select
from time import monotonic, time_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from .guard import Guard

PATIENCE = 10.0
"""Seconds after which an import for trial is given up: far longer than any that is of use."""

NICENESS = 10
"""How far the trial stands back behind the application, which has just become ready."""

REASON_LIMIT = 500
"""The most characters that are told of why a module is refused."""

READ_SIZE = 64 * 1024

GOOD, RAISES, WRONG = "+", "-", "!"
"""What a line of the child begins with. After the last it ends."""


def attempt(name: str, guard: Guard) -> tuple[str, str]:
    """Import a module; return what it raised, and what is wrong afterwards."""
    began = time_ns()
    raised = ""
    try:
        __import__(name)
    except BaseException as error:
        from .report import summary

        raised = f"it raises {summary(error)}"[:REASON_LIMIT]
    return raised, guard.imported(began)


class Trial:
    """A child that imports modules one after another, as its parent sees it.

    It goes on after an exception, of which nothing remains but what the module had done before;
    anything else that is wrong ends it.
    """

    def __init__(self, names: list[str], guard: Guard, prepare: Callable[[], None]) -> None:
        """Start the child, which lets go of what is its parent's by `prepare`."""
        self.good: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.untried = names
        self._rest = b""
        self._over = False
        self._deadline = monotonic() + PATIENCE
        self.pipe, theirs = os.pipe()
        try:
            self.pid = os.fork()
        except BaseException:
            os.close(self.pipe)
            os.close(theirs)
            raise
        if not self.pid:
            try:
                os.close(self.pipe)
                prepare()
                guard.settle()
                os.nice(NICENESS)
                _try(names, guard, theirs)
            finally:
                os._exit(0)
        os.close(theirs)

    def seconds_left(self) -> float:
        """Return how long the child may go on without a word."""
        return max(self._deadline - monotonic(), 0.0)

    def is_over(self) -> bool:
        """Take what the child has said, without waiting; return whether it is done with."""
        if select([self.pipe], [], [], 0)[0]:
            more = os.read(self.pipe, READ_SIZE)
            if more:
                self._deadline = monotonic() + PATIENCE
                *lines, self._rest = (self._rest + more).split(b"\n")
                for line in lines:
                    self._judge(line.decode("utf-8", "replace"))
                return False
            reason = "it ends the process"
        elif self.seconds_left():
            return False
        else:
            os.kill(self.pid, 9)
            reason = f"it takes longer than {PATIENCE:.0f} s to import"
        if self.untried and not self._over:
            self._judge(WRONG + reason)
        os.close(self.pipe)
        return True

    def _judge(self, line: str) -> None:
        name, *self.untried = self.untried
        if line == GOOD:
            self.good.append(name)
            return
        self.refused.append((name, line[1:]))
        if line[0] == WRONG:
            self._over = True
            self.untried = [other for other in self.untried if name not in parents(other)]


def _try(names: list[str], guard: Guard, out: int) -> None:
    """Import the modules, and write a line for each."""
    told: list[str] = []
    failed: dict[str, str] = {}
    for name in names:
        line = next((failed[above] for above in parents(name) if above in failed), GOOD)
        if line == GOOD and name not in sys.modules:
            # What is known is told before anything can end the process.
            _say(out, told)
            raised, wrong = attempt(name, guard)
            wrong = wrong or ("it starts a process" if _has_children() else "")
            if wrong:
                _say(out, [WRONG + wrong])
                return
            if raised:
                line = failed[name] = RAISES + raised
        told.append(line)
    _say(out, told)


def _say(out: int, told: list[str]) -> None:
    """Write the lines, and forget them."""
    lines = [line.replace("\n", " ") + "\n" for line in told]
    del told[:]
    octets = "".join(lines).encode("utf-8", "backslashreplace")
    while octets:
        octets = octets[os.write(out, octets) :]


def _has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def parents(name: str) -> list[str]:
    """Return the packages that a module is in, the outermost first."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
