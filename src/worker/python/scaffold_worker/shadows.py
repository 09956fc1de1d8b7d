"""Names by which the project could give libraries other modules than they got here.

The warm parent imports without the project's directories on `sys.path`. In a fresh worker these
come first: a `token.py` of the project takes the place of the standard library's, for libraries
too, and a module that a library would use if it were there may be there.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import all_suffixes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any, Iterable

    from .modules import Libraries


class Missing:
    """A finder, the last one, that finds nothing and notes what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Note a name without a package; what is in packages of libraries is theirs."""
        if path is None:
            self.names.add(name)
        return None


class Shadows:
    """The project's directories on `sys.path`, and what can be imported from them."""

    def __init__(self, first: list[str], path: list[str], libraries: Libraries) -> None:
        """Take the directories that a worker puts first, and the path behind them."""
        self._before = [os.path.abspath(entry) for entry in first]
        self._after: list[str] = []
        before = True
        for entry in path:
            if libraries.hold_directory(entry):
                before = False
            else:
                (self._before if before else self._after).append(os.path.abspath(entry))
        self.missing = Missing()
        self._suffixes = frozenset(all_suffixes())

    def among(self, loaded: Iterable[str]) -> str:
        """Return one of these modules that the project shadows, or nothing.

        Then the names that were looked for here in vain, and that the project has.
        """
        loaded = set(loaded)
        missing = self.missing.names.difference(sys.modules)
        for directory in self._before:
            modules, folders = self._names(directory)
            for name in loaded & modules:
                return name
            for name in loaded & folders:
                # Without this file, a folder counts only where nothing else is found.
                if self._is_package(os.path.join(directory, name)):
                    return name
        for directory in [*self._before, *self._after]:
            modules, folders = self._names(directory)
            for name in missing & (modules | folders):
                return name
        return ""

    def _names(self, directory: str) -> tuple[set[str], set[str]]:
        """Return the names that may be modules and those that may be packages."""
        modules: set[str] = set()
        folders: set[str] = set()
        try:
            entries = os.listdir(directory)
        except OSError:
            return modules, folders
        for entry in entries:
            name, _, rest = entry.partition(".")
            if not rest:
                folders.add(name)
            elif "." + rest in self._suffixes:
                modules.add(name)
        return modules, folders

    def _is_package(self, folder: str) -> bool:
        return any(
            os.path.exists(os.path.join(folder, "__init__" + suffix)) for suffix in self._suffixes
        )
