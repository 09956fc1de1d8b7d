"""What is loaded: modules, their files, and which of them are the user's own.

The user's own are those outside the standard library and `site-packages`: the project, and what is
installed for editing.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")

OURS = __name__.partition(".")[0]
"""This package's name."""


class Libraries:
    """Tells the files of libraries from the user's own."""

    def __init__(self, root: str) -> None:
        self._root = os.path.join(root, "")
        # Some builds keep their extension modules elsewhere.
        compiled = [entry for entry in sys.path if os.path.basename(entry) == "lib-dynload"]
        standard = [os.path.dirname(os.path.abspath(os.__file__)), *compiled]
        self._standard = tuple(os.path.join(directory, "") for directory in standard)

    def hold(self, path: str) -> bool:
        """Say whether an absolute path is in the standard library, or was installed."""
        if path.startswith(self._standard):
            return True
        # A virtual environment may be inside the root, and the root inside another one.
        inside = path[len(self._root) - 1 :] if path.startswith(self._root) else path
        return any(part in inside for part in _INSTALLED)

    def hold_directory(self, path: str) -> bool:
        """Say the same of a directory, such as an entry of `sys.path`."""
        return self.hold(os.path.join(os.path.abspath(path), ""))


class Census:
    """Finds what has been loaded since it was last asked."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def news(self) -> Iterator[tuple[str, str]]:
        """Go through names and files of new modules, in the order of `sys.modules`.

        The file of a module that is part of the interpreter is empty. Modules of which neither is
        certain (namespace packages, aliases, objects that stand for modules), `__main__` and this
        package are left out.
        """
        seen = self._seen
        for name, module in list(sys.modules.items()):
            if name in seen or type(name) is not str:
                continue
            seen.add(name)
            if name == "__main__" or name.partition(".")[0] == OURS:
                continue
            file = _file(name, module)
            if file is not None:
                yield name, file


def _file(name: str, module: object) -> str | None:
    """Return the file of the module that has this name, if it is one."""
    try:
        # Asking the object itself would make a lazy module load.
        contents = object.__getattribute__(module, "__dict__")
        spec = contents.get("__spec__")
        if spec is None or spec.name != name:
            return None
        file = contents.get("__file__") or ("" if spec.origin in ("built-in", "frozen") else None)
    except Exception:
        return None
    if not isinstance(file, str):
        return None
    return os.path.abspath(file) if file else ""
