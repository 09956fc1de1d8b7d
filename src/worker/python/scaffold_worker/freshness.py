"""Whether what is loaded is still what is on the disk.

A package that was upgraded, an edit in a library, another virtual environment in the same place:
a worker that is forked from modules loaded before would not be what a new one is.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Tuple

    from .modules import Libraries

    Stamp = Optional[Tuple[int, int, int]]

COARSE = 20_000_000
"""By how many nanoseconds the clock of file systems may be behind ours: some tick 100 times a
second."""

CACHE = "__pycache__"
"""A directory that comes into being when a module is imported, and says nothing."""


class Freshness:
    """The state of files and directories when they were read."""

    def __init__(self, path: list[str], libraries: Libraries) -> None:
        """Take the directories of libraries on this path, and what else an interpreter reads."""
        self._files: dict[str, Stamp] = {}
        self._directories: dict[str, tuple[Stamp, set[str]]] = {}
        for directory in path:
            if libraries.hold_directory(directory):
                # Whatever is installed, upgraded or removed changes the names in here.
                stamp, names = _stamp(directory), _names(directory)
                self._directories[directory] = stamp, names
                for name in names:
                    # They add to `sys.path`, and may run code.
                    if name.endswith(".pth"):
                        self.note(os.path.join(directory, name), 0)
        self.note(sys.executable, 0)
        # What says where the environment's base is.
        self.note(os.path.join(sys.prefix, "pyvenv.cfg"), 0)

    def note(self, file: str, began: int) -> str:
        """Note a module's file, whose import began at a time; say what is wrong, or nothing.

        `began` is in nanoseconds since 1970; 0 where it is not known.
        """
        stamp = self._files[file] = _stamp(file)
        if began and stamp is not None and stamp[0] > began - COARSE:
            return f"{file} was changed while it was imported"
        return ""

    def changed(self) -> str:
        """Return the path of something that is not as it was, or nothing."""
        for directory, (stamp, names) in self._directories.items():
            now = _stamp(directory)
            if now != stamp:
                if _names(directory) != names:
                    return directory
                self._directories[directory] = now, names
        stat = os.stat
        for path, stamp in self._files.items():
            try:
                status = stat(path)
            except OSError:
                if stamp is not None:
                    return path
                continue
            if (status.st_mtime_ns, status.st_size, status.st_ino) != stamp:
                return path
        return ""


def _stamp(path: str) -> Stamp:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _names(directory: str) -> set[str]:
    try:
        return {name for name in os.listdir(directory) if name != CACHE}
    except OSError:
        return set()
