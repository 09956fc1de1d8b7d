"""Telling the front what is loaded: which files to watch, and what is worth keeping warm.

Imported when the front asks, or when the application could not be loaded.
"""

from __future__ import annotations

import os
from marshal import dumps

from . import django_files, wire
from .modules import Census, Libraries
from .report import OURS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .link import Link

FILES_LIMIT = 2048
NAMES_LIMIT = 4096
"""The most files (or directories) and names in one frame; further ones go into the next. With the
limits of their lengths, a frame stays well within `wire.FRAME_LIMIT`."""

PATH_LIMIT = 4096
NAME_LIMIT = 1024
"""The most octets of a path, as the system has it, and of a name. What is longer is not told."""

CHAIN_LIMIT = 100
"""The most exceptions of a chain whose files are looked at."""

FRAMES_LIMIT = 2000
"""The most frames of an exception whose files are looked at: more than endless recursion has."""


def tell(link: Link, error: BaseException | None = None) -> None:
    """Send LOADED for what is new; nothing where nothing is.

    `error` is why the application could not be loaded.
    """
    try:
        if link.inventory is None:
            link.inventory = Inventory(link)
        link.inventory.tell(error)
    except Exception:
        # The project's objects may do anything when they are looked at; it is served without.
        pass


class Inventory:
    """What the front has been told of, so that each thing is told once."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._census = Census()
        self._libraries = Libraries(link.root)
        self._told: set[str] = set()

    def tell(self, error: BaseException | None = None) -> None:
        """Send what is new of files, modules, and directories of templates and uploads.

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
        paths = self._encoded(files)
        templates = django_files.template_directories()
        directories = self._encoded(
            [directory for directory in templates if not self._libraries.hold_directory(directory)]
        )
        uploads = self._encoded(django_files.upload_directories())
        while paths or names or directories or uploads:
            part = (paths[:FILES_LIMIT], names[:NAMES_LIMIT], directories[:FILES_LIMIT], uploads)
            uploads = []
            del paths[:FILES_LIMIT], names[:NAMES_LIMIT], directories[:FILES_LIMIT]
            self._link.control.send(wire.frame(wire.LOADED, 0, dumps(part, 2)))

    def _encoded(self, paths: list[str]) -> list[bytes]:
        """Return the paths that are new, as the system has them."""
        new = [path for path in dict.fromkeys(paths) if path not in self._told]
        self._told.update(new)
        encoded = map(os.fsencode, new)
        return [path for path in encoded if len(path) <= PATH_LIMIT]


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
    waiting: list[object] = [error]
    seen: list[object] = []
    while waiting and len(seen) < CHAIN_LIMIT:
        one = waiting.pop()
        if not isinstance(one, BaseException) or any(one is other for other in seen):
            continue
        seen.append(one)
        members = getattr(one, "exceptions", None)
        waiting += [one.__cause__, one.__context__]
        waiting += members if isinstance(members, (list, tuple)) else []
        if isinstance(one, SyntaxError) and isinstance(one.filename, str):
            yield from _existing(one.filename)
        traceback = one.__traceback__
        files: dict[str, None] = {}
        for _ in range(FRAMES_LIMIT):
            if traceback is None:
                break
            files[traceback.tb_frame.f_code.co_filename] = None
            traceback = traceback.tb_next
        for file in files:
            yield from _existing(file)


def _existing(file: str) -> Iterator[str]:
    """Give the path of what is a file, and not our own nor something like `<string>`."""
    path = os.path.abspath(file)
    if not path.startswith(OURS) and os.path.isfile(path):
        yield path
