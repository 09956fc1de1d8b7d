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


class Freshness:
    """The state of files and directories when they were read."""

    def __init__(self, path: list[str], libraries: Libraries) -> None:
        self._stamps: dict[str, Stamp] = {}
        for directory in path:
            if libraries.hold_directory(directory):
                # Installing, upgrading and removing a distribution changes this directory.
                self._note(directory)
                self._note_path_files(directory)
        self._note(sys.executable)
        # What says where the environment's base is.
        self._note(os.path.join(sys.prefix, "pyvenv.cfg"))

    def note(self, file: str, began: int) -> str:
        """Note a module's file, whose import began at a time; say what is wrong, or nothing.

        `began` is in nanoseconds since 1970; 0 where it is not known.
        """
        stamp = self._note(file)
        if began and stamp is not None and stamp[0] > began - COARSE:
            return f"{file} was changed while it was imported"
        return ""

    def changed(self) -> str:
        """Return the path of something that is not as it was, or nothing."""
        stat = os.stat
        for path, stamp in self._stamps.items():
            try:
                status = stat(path)
            except OSError:
                if stamp is not None:
                    return path
                continue
            if (status.st_mtime_ns, status.st_size, status.st_ino) != stamp:
                return path
        return ""

    def _note(self, path: str) -> Stamp:
        try:
            status = os.stat(path)
        except OSError:
            stamp = None
        else:
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        self._stamps[path] = stamp
        return stamp

    def _note_path_files(self, directory: str) -> None:
        """Note the `.pth` files, which add to `sys.path` and may run code."""
        try:
            entries = os.listdir(directory)
        except OSError:
            return
        for entry in entries:
            if entry.endswith(".pth"):
                self._note(os.path.join(directory, entry))
