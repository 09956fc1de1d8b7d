"""An exception taken apart for the front's page: docs/worker-protocol.md, "Exceptions".

Imported when something has gone wrong, not before. The front shows what is sent here as it is, so
everything is bounded, and nothing of it is trusted: the project's objects may raise anything.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from itertools import islice
from marshal import dumps

from .report import OURS, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType
    from typing import Any, List, Tuple

    Mark = Tuple[int, int]
    # Place, file, line, function, whether it is the project's, the first line shown, the lines,
    # and what is marked of the line.
    Frame = Tuple[str, str, int, str, int, int, List[str], int, int]
    # Type, text, notes, relation, to which one, frames, how many are left out.
    Told = Tuple[str, str, List[str], int, int, List[Frame], int]

RAISED, CAUSE, CONTEXT, MEMBER = range(4)
"""What an exception is to an earlier one: none, its `__cause__`, its `__context__`, one of a
group."""

EXCEPTIONS = 32
"""Most exceptions of one chain. Nobody reads more; groups can have thousands."""

FRAMES = 64
"""Most frames of an exception, half from either end: endless recursion has a thousand alike."""

AROUND = 6
"""Lines of source before and after the one that matters: what fits beside it on a screen."""

LINE = 400
"""Most characters of a source line; longer ones are data."""

TEXT = 8 * 1024
"""Most characters of an exception's text, and of a note: some quote a whole document."""

BRIEF = 200
"""Most characters of them once there is much else already."""

NOTES = 8
"""Most notes of an exception."""

NAME = 1000
"""Most characters of a path or a name."""

BUDGET = 512 * 1024
"""Most characters of source and of texts in all. A page that is longer helps nobody."""

MOST = 2**31 - 1
"""The largest number that travels."""

_LIBRARY = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep


def encoded(error: BaseException, root: str) -> bytes:
    """Return the exception with all that belong to it, as marshal; nothing where that fails."""
    try:
        return dumps(Teller(root).tell(error), 2)
    except BaseException:
        # The traceback as text says enough, and is made in another way.
        return b""


class Teller:
    """Takes one exception apart."""

    def __init__(self, root: str) -> None:
        self._root = os.path.join(root, "")
        self._left = BUDGET
        self._files: dict[str, list[str]] = {}

    def tell(self, error: BaseException) -> list[Told]:
        """Return the exception and all that belong to it, each after the one it belongs to."""
        told: list[Told] = []
        seen: set[int] = set()
        waiting: list[tuple[BaseException, int, int]] = [(error, RAISED, 0)]
        # Those that were taken apart stay alive, so that no other one gets the same id.
        alive = []
        while waiting and len(told) < EXCEPTIONS:
            error, relation, of = waiting.pop()
            if id(error) in seen:
                continue
            seen.add(id(error))
            alive.append(error)
            own = len(told)
            told.append(self._one(error, relation, of))
            # The last one in is the next one out: members of a group come before its cause.
            if error.__cause__ is not None:
                waiting.append((error.__cause__, CAUSE, own))
            elif error.__context__ is not None and not error.__suppress_context__:
                waiting.append((error.__context__, CONTEXT, own))
            waiting.extend((member, MEMBER, own) for member in reversed(_members(error)))
        return told

    def _one(self, error: BaseException, relation: int, of: int) -> Told:
        frames, omitted = self._frames(error.__traceback__)
        text = error.msg if isinstance(error, SyntaxError) else _text(error)
        if isinstance(error, SyntaxError):
            frames.extend(self._syntax_error(error))
        notes = getattr(error, "__notes__", None)
        if not isinstance(notes, (list, tuple)):
            notes = ()
        return (
            _kind(type(error)),
            self._cut(text if isinstance(text, str) else _text(error)),
            [self._cut(_text(note)) for note in islice(notes, NOTES)],
            relation,
            of,
            frames,
            min(omitted, MOST),
        )

    def _cut(self, text: str) -> str:
        """Return what there is room for of a text."""
        text = _short(text, TEXT if self._left > 0 else BRIEF)
        self._left -= len(text)
        return text

    def _frames(self, traceback: TracebackType | None) -> tuple[list[Frame], int]:
        """Return the frames, outermost first, and how many in the middle are left out."""
        first: list[TracebackType] = []
        last: deque[TracebackType] = deque(maxlen=FRAMES // 2)
        count = 0
        while traceback is not None:
            if not traceback.tb_frame.f_code.co_filename.startswith(OURS):
                count += 1
                if len(first) < FRAMES // 2:
                    first.append(traceback)
                else:
                    last.append(traceback)
            traceback = traceback.tb_next
        chosen = [*first, *last]
        # Those nearest to the fault first, as long as there is room for their source.
        told = [self._frame(each) for each in reversed(chosen)]
        return told[::-1], count - len(chosen)

    def _frame(self, traceback: TracebackType) -> Frame:
        code = traceback.tb_frame.f_code
        # None for code that has no line of its own.
        line = traceback.tb_lineno or 0
        source = self._source(code.co_filename, traceback.tb_frame.f_globals)
        text = source[line - 1] if 0 < line <= len(source) else ""
        mark = _marked(code, traceback.tb_lasti, line, text)
        name = getattr(code, "co_qualname", code.co_name)
        return self._told(code.co_filename, line, name, source, mark)

    def _syntax_error(self, error: SyntaxError) -> list[Frame]:
        """Return where the error is, as if it were a frame: no code of that file has run."""
        file, line, column = error.filename, error.lineno, error.offset
        if not isinstance(file, str) or not isinstance(line, int):
            return []
        source = self._source(file, {})
        if not 0 < line <= len(source) and isinstance(error.text, str):
            # Not from a file: the line is all there is.
            source = [""] * (min(line, MOST) - 1) if 0 < line < LINE else []
            source.append(error.text.rstrip("\n"))
            line = len(source)
        mark = (0, 0)
        if isinstance(column, int) and column > 0 and 0 < line <= len(source):
            length = len(source[line - 1])
            start = min(column - 1, length)
            end = getattr(error, "end_offset", None)
            if (getattr(error, "end_lineno", None) or line) > line:
                end = length + 1
            end = min(end - 1, length) if isinstance(end, int) else 0
            # A caret behind the line's last character marks the place where something is missing.
            mark = (start, max(end, start + 1))
        return [self._told(file, line, "", source, mark)]

    def _told(self, file: str, line: int, name: str, source: list[str], mark: Mark) -> Frame:
        first = max(line - AROUND, 1)
        lines = [text[:LINE] for text in source[first - 1 : line + AROUND]] if line > 0 else []
        self._left -= sum(map(len, lines))
        if self._left < 0:
            lines = []
        start, end = mark
        if not lines or end > LINE:
            start = end = 0
        return (
            _short(self._place(file), NAME),
            _short(file, NAME),
            min(max(line, 0), MOST),
            _short(name, NAME),
            int(self._is_project(file)),
            min(first, MOST),
            [printable(text) for text in lines],
            start,
            end,
        )

    def _source(self, file: str, module: dict[str, Any]) -> list[str]:
        """Return the lines of a file, without their ends."""
        if file not in self._files:
            import linecache

            try:
                linecache.checkcache(file)
                lines = linecache.getlines(file, module)
                self._files[file] = [text.rstrip("\r\n") for text in lines]
            except Exception:
                # A loader of the project's own, or a file without an encoding.
                self._files[file] = []
        return self._files[file]

    def _place(self, file: str) -> str:
        """Return a path as people would write it: from the root, or as it is imported."""
        if file.startswith(self._root):
            return file[len(self._root) :]
        entries = [os.path.join(entry, "") for entry in sys.path if isinstance(entry, str)]
        fitting = [entry for entry in entries if len(entry) > 1 and file.startswith(entry)]
        return file[len(max(fitting, key=len)) :] if fitting else file

    def _is_project(self, file: str) -> bool:
        """Say whether the code is the user's own, rather than a library's."""
        if file.startswith(("<", _STDLIB)):
            return False
        # A virtual environment may be inside the root, and the root inside another one.
        inside = file[len(self._root) - 1 :] if file.startswith(self._root) else file
        return not any(part in inside for part in _LIBRARY)


def _members(error: BaseException) -> list[BaseException]:
    """Return the exceptions of a group, of the builtin kind or of another."""
    members = getattr(error, "exceptions", None)
    if not isinstance(members, (tuple, list)):
        return []
    return [one for one in islice(members, EXCEPTIONS) if isinstance(one, BaseException)]


def _kind(kind: type) -> str:
    module = str(kind.__module__)
    name = str(kind.__qualname__)
    return _short(name if module in ("builtins", "__main__") else f"{module}.{name}", NAME)


def _text(value: object) -> str:
    try:
        return str(value)
    except BaseException:
        return "<unprintable>"


def _short(text: str, limit: int) -> str:
    # Of a subclass nothing is taken but the text.
    text = str.__str__(text)
    return printable(text if len(text) <= limit else text[:limit] + " […]")


def _marked(code: CodeType, instruction: int, line: int, text: str) -> Mark:
    """Return which part of its line was being evaluated, in characters, where that is known."""
    positions = getattr(code, "co_positions", None)
    if positions is None or instruction < 0:
        return 0, 0
    found = next(islice(positions(), instruction // 2, None), None)
    if found is None or found[0] != line or found[2] is None or found[3] is None:
        return 0, 0
    _, last, start, end = found
    # They are counted in octets of UTF-8.
    octets = text.encode("utf-8", "surrogatepass")
    start = len(octets[:start].decode("utf-8", "replace"))
    end = len(octets[:end].decode("utf-8", "replace")) if last == line else len(text)
    # All of the line is no part of it.
    return (start, end) if text[start:end].strip() != text.strip() else (0, 0)
