"""What an import must leave as it was, for a fork to be as good as a fresh process.

A thread does not survive a fork, but the locks it held do; a socket would be shared; a signal
handler of the wrong process would be called. And no code of the user's own may have been loaded.
"""

from __future__ import annotations

import os
import sys
from _signal import SIGCHLD, getsignal

from .modules import Census, Libraries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .freshness import Freshness
    from .shadows import Shadows

SETTINGS = ("DJANGO_SETTINGS_MODULE", "SETTINGS_MODULE")
"""Variables that say whose settings to load. Nobody's are, here."""


class Guard:
    """The state of this process, and of what is loaded, as it has to be."""

    def __init__(self, libraries: Libraries, shadows: Shadows, freshness: Freshness) -> None:
        """Take it as it is now."""
        self._libraries = libraries
        self._shadows = shadows
        self._freshness = freshness
        self._census = Census()
        # What the interpreter and we have loaded is loaded in a fresh worker too, before anything
        # of the project can be.
        for _, file in self._census.news():
            freshness.note(file, 0)
        self._loaded: set[str] = set()
        self._path = list(sys.path)
        self._directory = os.getcwd()
        self._descriptors: set[int] = set()
        self._child_handler: Any = None
        self.settle()

    def settle(self) -> None:
        """Take the descriptors and the handler of SIGCHLD as they are now."""
        self._descriptors = descriptors()
        self._child_handler = getsignal(SIGCHLD)

    def imported(self, began: int) -> str:
        """Say what is wrong after an import that began at a time, or nothing."""
        complaint = self.process()
        for name, file in self._census.news():
            self._loaded.add(name.partition(".")[0])
            if file:
                if not self._libraries.hold(file):
                    complaint = complaint or f"it loads {file}"
                complaint = complaint or self._freshness.note(file, began)
        return complaint or self.shadowed()

    def process(self, more: Iterable[int] = ()) -> str:
        """Say what is wrong with this process, or nothing. It may have `more` descriptors open."""
        if len(os.listdir("/proc/self/task")) > 1:
            return "it starts a thread"
        if not descriptors() <= self._descriptors.union(more):
            return "it keeps a file or socket open"
        if getsignal(SIGCHLD) is not self._child_handler:
            return "it handles SIGCHLD"
        if sys.path != self._path:
            return "it changes sys.path"
        if os.getcwd() != self._directory:
            return "it changes the working directory"
        if any(name in os.environ for name in SETTINGS):
            return "it chooses a settings module"
        return ""

    def shadowed(self) -> str:
        """Say what the project has a module of its own for, or nothing."""
        name = self._shadows.among(self._loaded)
        return f"the project has a module `{name}`" if name else ""


def descriptors() -> set[int]:
    """Return the descriptors that are open."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        try:
            os.fstat(descriptor)
        except OSError:
            # It was for reading the directory.
            continue
        found.add(descriptor)
    return found
