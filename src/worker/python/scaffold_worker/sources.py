"""The source files of a project's modules, found and parsed without importing any of them."""

from __future__ import annotations

import ast
import os
import re
import sys
import tokenize
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from importlib.machinery import ModuleSpec
from io import BytesIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""A line as Python counts them: a form feed ends none."""

SYNTAX_HINT = (
    "correct it; where it is written for another Python, name that with `--python` (this is "
    f"{sys.version_info[0]}.{sys.version_info[1]})"
)


class Unreadable(Exception):
    """A file that is no Python, or cannot be read; where and why."""

    def __init__(
        self, path: str, message: str, line: int = 1, column: int = 1, hint: str = ""
    ) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint or SYNTAX_HINT


class Place:
    """Where something stands: a file, and line and column from 1."""

    def __init__(self, path: str, line: int, column: int) -> None:
        self.path = path
        self.line = line
        self.column = column


class Source:
    """One file."""

    def __init__(self, module: str, path: str, octets: bytes, is_package: bool) -> None:
        self.module = module
        self.path = path
        self.octets = octets
        self.is_package = is_package
        self.lines: list[bytes] = LINE.findall(octets)
        if octets.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            message = "the file is in UTF-16, which Python does not read"
            raise Unreadable(path, message, hint="save it in UTF-8")
        if b"\0" in octets:
            line, column = self._position(octets.index(b"\0"))
            raise Unreadable(path, "a null byte, which no source file has", line, column)
        try:
            self.encoding, _ = tokenize.detect_encoding(BytesIO(octets).readline)
            self.text = octets.decode(self.encoding)
            self.tree = ast.parse(octets, path)
        except UnicodeDecodeError as error:
            line, column = self._position(error.start)
            reason = f"not {error.encoding}: {error.reason}"
            raise Unreadable(path, reason, line, column) from None
        except SyntaxError as error:
            # The line is not known where it is the encoding that is wrong.
            message = f"{type(error).__name__}: {error.msg}"
            raise Unreadable(path, message, error.lineno or 1, error.offset or 1) from None
        except (RecursionError, MemoryError):
            raise Unreadable(path, "nested too deeply to be parsed") from None

    def place(self, node: Any) -> Place:
        """Return where a node of the tree begins."""
        # The parser counts octets of UTF-8, whatever the file is written in.
        line = self.lines[node.lineno - 1].decode(self.encoding, "replace")
        before = line.encode("utf-8", "replace")[: node.col_offset]
        return Place(self.path, node.lineno, len(before.decode("utf-8", "replace")) + 1)

    def package(self) -> str:
        """Return the package that relative imports of the file start from."""
        return self.module if self.is_package else self.module.rpartition(".")[0]

    def _position(self, offset: int) -> tuple[int, int]:
        """Return line and column of an octet of a file that may be in any encoding."""
        before = LINE.findall(self.octets[: offset + 1])
        return max(len(before), 1), len(before[-1]) if before else 1


class Sources:
    """Finds modules as the interpreter would, and keeps what it has read."""

    def __init__(self) -> None:
        self._found: dict[str, Source | None] = {}
        self._changed: dict[str, bytes] = {}

    def change(self, path: str, octets: bytes) -> Sources:
        """Return other sources, in which a file contains something else."""
        other = Sources()
        other._changed = {**self._changed, path: octets}
        return other

    def find(self, module: str) -> Source | None:
        """Return the source of a module; None where there is none in Python.

        Raises `Unreadable`.
        """
        if module not in self._found:
            self._found[module] = self._read(module)
        return self._found[module]

    def locations(self, package: str) -> list[str]:
        """Return the directories of a package; none where there is no such package."""
        if not package:
            return list(sys.path)
        spec = _spec(package)
        path = getattr(spec, "submodule_search_locations", None)
        return list(getattr(path, "_path", path) or ())

    def exists(self, module: str) -> bool:
        """Say whether a module of this name can be found, in whatever language it is."""
        return _spec(module) is not None

    def _read(self, module: str) -> Source | None:
        spec = _spec(module)
        path = getattr(spec, "origin", None)
        if not getattr(spec, "has_location", False) or not isinstance(path, str):
            return None
        if not path.endswith(".py"):
            return None
        octets = self._changed.get(path)
        if octets is None:
            try:
                with open(path, "rb") as file:
                    octets = file.read()
            except OSError as error:
                raise Unreadable(path, error.strerror or str(error)) from None
        is_package = spec.submodule_search_locations is not None
        return Source(module, path, octets, is_package)


def resolved(source: Source, node: ast.ImportFrom) -> str:
    """Return the full name of the module that names are imported from, or nothing."""
    if not node.level:
        return node.module or ""
    parts = source.package().split(".") if source.package() else []
    if node.level > len(parts):
        return ""
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)


def _spec(module: str) -> Any:
    """Find a module by the finders of this interpreter; packages above it are not imported."""
    path: Sequence[str] | None = None
    found: Any = None
    name = ""
    for part in module.split("."):
        if found is not None:
            path = found.submodule_search_locations
            if path is None:
                return None
            # That of a package without `__init__.py` looks at what is imported.
            path = list(getattr(path, "_path", path))
        name = f"{name}.{part}" if name else part
        found = _find(name, path)
        if found is None:
            return None
    return found


def _find(name: str, path: Sequence[str] | None) -> Any:
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        try:
            spec = find and find(name, path)
        except Exception:
            # Such as a finder of an editable install whose files are gone.
            continue
        if spec is not None:
            return spec
    # A package without `__init__.py` in another package: the finder needs that to be imported.
    last = name.rpartition(".")[2]
    directories = [os.path.join(entry, last) for entry in path or ()]
    directories = list(filter(os.path.isdir, directories))
    if not directories:
        return None
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = directories
    return spec
