"""Telling the front what is loaded: which files to watch, and what is worth keeping warm.

Imported when the front asks, or when the application could not be loaded.
"""

from __future__ import annotations

import os
from marshal import dumps

from . import wire
from .modules import Census, Libraries
from .report import OURS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .link import Link

FILES_LIMIT = 2048
NAMES_LIMIT = 4096
"""The most files and names in one frame; further ones go into the next. With the limits of their
lengths, a frame stays well within `wire.FRAME_LIMIT`."""

PATH_LIMIT = 4096
NAME_LIMIT = 1024
"""The most octets of a path, as the system has it, and of a name. What is longer is not told."""

CHAIN_LIMIT = 1000
"""The most exceptions of a chain, and frames of one, whose files are looked at."""


def tell(link: Link, error: BaseException | None = None) -> None:
    """Send LOADED for what is new; nothing where nothing is.

    `error` is why the application could not be loaded.
    """
    if link.inventory is None:
        link.inventory = Inventory(link)
    link.inventory.tell(error)


class Inventory:
    """What the front has been told of, so that each thing is told once."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._census = Census()
        self._libraries = Libraries(link.root)
        self._files: set[str] = set()

    def tell(self, error: BaseException | None = None) -> None:
        """Send what is new.

        The files that an error went through are no longer among the modules, and one that cannot
        be parsed never was; the edit that mends it will be in one of them.
        """
        names: list[str] = []
        files: list[str] = []
        for name, file in self._census.news():
            if file and not self._libraries.hold(file):
                files.append(file)
            elif len(name.encode("utf-8", "surrogatepass")) <= NAME_LIMIT:
                names.append(name)
        if error is not None:
            files.extend(file for file in mentioned(error) if not self._libraries.hold(file))
        paths = [os.fsencode(file) for file in self._new(files)]
        paths = [path for path in paths if len(path) <= PATH_LIMIT]
        while paths or names:
            part = (paths[:FILES_LIMIT], names[:NAMES_LIMIT])
            del paths[:FILES_LIMIT], names[:NAMES_LIMIT]
            self._link.control.send(wire.frame(wire.LOADED, 0, dumps(part, 2)))

    def _new(self, files: list[str]) -> Iterator[str]:
        for file in files:
            if file not in self._files:
                self._files.add(file)
                yield file


def is_misspelt(link: Link, error: BaseException | None) -> bool:
    """Say whether the reason is a file of the project's that is not Python.

    No other process would read it otherwise.
    """
    libraries = Libraries(link.root)
    for _ in range(CHAIN_LIMIT):
        if isinstance(error, SyntaxError) and isinstance(error.filename, str):
            return any(not libraries.hold(file) for file in _existing(error.filename))
        if error is None:
            break
        error = error.__cause__
    return False


def mentioned(error: BaseException) -> Iterator[str]:
    """Go through the files that the tracebacks of an exception and its causes lead through."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < CHAIN_LIMIT:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, SyntaxError) and isinstance(one.filename, str):
            yield from _existing(one.filename)
        traceback = one.__traceback__
        for _ in range(CHAIN_LIMIT):
            if traceback is None:
                break
            yield from _existing(traceback.tb_frame.f_code.co_filename)
            traceback = traceback.tb_next


def _existing(file: str) -> Iterator[str]:
    """Give the path of what is a file, and not our own nor something like `<string>`."""
    path = os.path.abspath(file)
    if not path.startswith(OURS) and os.path.isfile(path):
        yield path
