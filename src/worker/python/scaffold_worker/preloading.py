"""Importing modules ahead of the worker that will need them: first for trial, then for good."""

from __future__ import annotations

import sys
from collections import deque

from .trial import Trial, attempt, parents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from .guard import Guard

TRIALS = 16
"""The most trials of one set of modules. Each but the last ends at a module that nothing can be
done with; where there are so many, the rest is left to the worker."""


class Preloading:
    """The modules that are to be kept warm, on their way."""

    def __init__(self, guard: Guard, prepare: Callable[[], None]) -> None:
        """Take what judges imports, and what lets a child let go of what is its parent's."""
        self._guard = guard
        self._prepare = prepare
        self._untried: list[str] = []
        self._good: deque[str] = deque()
        self._trials = 0
        self.trial: Trial | None = None
        self.refused: list[tuple[str, str]] = []
        """The modules that cannot be imported here, and why."""
        self.is_done = True

    def add(self, names: list[str]) -> None:
        """Note modules, in an order in which they can be imported."""
        refused = {name for name, _ in self.refused}
        self._untried += [name for name in names if refused.isdisjoint([*parents(name), name])]
        self._trials = 0
        self.is_done = False

    def patience(self) -> float | None:
        """Return how many seconds there is nothing to do; None until something is added."""
        if self.is_done:
            return None
        return self.trial.seconds_left() if self.trial else 0

    def step(self) -> tuple[str, str] | None:
        """Do one thing, such as importing one module.

        Returns a module that had been found good and is not, and why: then nothing that was
        loaded here can be trusted.
        """
        trial = self.trial
        if self._good:
            return self._import(self._good.popleft())
        if trial and trial.is_over():
            self._good.extend(trial.good)
            self.refused += trial.refused
            self._untried = [*trial.untried, *self._untried]
            self.trial = None
        elif not trial and self._untried and self._trials < TRIALS:
            self._trials += 1
            names, self._untried = self._untried, []
            self.trial = Trial(names, self._guard, self._prepare)
        elif not trial:
            self.refused += [(name, "too many others cannot be") for name in self._untried]
            self._untried = []
            self.is_done = True
        return None

    def _import(self, name: str) -> tuple[str, str] | None:
        if name in sys.modules:
            return None
        raised, wrong = attempt(name, self._guard)
        return (name, wrong or raised) if wrong or raised else None
