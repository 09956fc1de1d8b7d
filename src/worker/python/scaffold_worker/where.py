"""Where something is wrong, as people would write it: `mysite/urls.py:12`.

Imported when something has gone wrong, not before.
"""

from __future__ import annotations

import os
import re
import sys
from functools import partial

from .modules import Libraries
from .report import OURS, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType
    from typing import Iterable

CHAIN_LIMIT = 100
"""The most exceptions of a chain that are looked at."""

UNWRAP_LIMIT = 32
"""The most wrappers around a function that are looked behind."""


class Places:
    """Finds the places of one project."""

    def __init__(self, root: str) -> None:
        self._root = os.path.join(root, "")
        self._libraries = Libraries(root)

    def of_error(self, error: BaseException | None, otherwise: str = "") -> str:
        """Return the innermost place in the user's own code that led to an exception, or to what
        caused it. Where there is none, it is `otherwise`, and else where it was raised."""
        elsewhere = ""
        for _ in range(CHAIN_LIMIT):
            if error is None:
                break
            if isinstance(error, SyntaxError) and error.filename and error.lineno:
                return self.place(error.filename, error.lineno)
            steps = list(_steps(error.__traceback__))
            own = self._innermost_own(steps)
            if own:
                return own
            if steps and not elsewhere:
                elsewhere = self.place(*steps[-1])
            error = error.__cause__ or error.__context__
        return otherwise or elsewhere

    def of_frame(self, frame: FrameType | None) -> str:
        """Return the innermost place in the user's own code of a stack, else the innermost."""
        steps = []
        while frame is not None:
            if not frame.f_code.co_filename.startswith(OURS):
                steps.append((frame.f_code.co_filename, frame.f_lineno or 0))
            frame = frame.f_back
        steps.reverse()
        return self._innermost_own(steps) or (self.place(*steps[-1]) if steps else "")

    def of_callable(self, value: object) -> str:
        """Return where a function, or what makes an object callable, is defined."""
        code = _code(value)
        return self.place(code.co_filename, code.co_firstlineno) if code is not None else ""

    def of_setting(self, module: str, name: str) -> str:
        """Return where a module that is loaded sets a name."""
        file = getattr(sys.modules.get(module), "__file__", None)
        if not isinstance(file, str):
            return ""
        try:
            with open(file, "rb") as source:
                lines = source.read().splitlines()
        except OSError:
            return self.place(file, 0)
        assignment = re.compile(rb"\s*%s\b[^=]*=(?!=)" % re.escape(name.encode()))
        numbers = [number for number, line in enumerate(lines, 1) if assignment.match(line)]
        return self.place(file, numbers[-1] if numbers else 0)

    def leads_through_own(self, error: BaseException) -> bool:
        """Say whether the user's own code is among what an exception went through."""
        return any(self._is_own(file) for file, _ in _steps(error.__traceback__))

    def _is_own(self, file: str) -> bool:
        """Say whether a file is the user's own."""
        return not file.startswith("<") and not self._libraries.hold(os.path.abspath(file))

    def place(self, file: str, line: int) -> str:
        """Return file and line, from the root where it is below."""
        if file.startswith(self._root):
            file = file[len(self._root) :]
        return printable(f"{file}:{line}" if line else file)

    def _innermost_own(self, steps: Iterable[tuple[str, int]]) -> str:
        own = [step for step in steps if self._is_own(step[0])]
        return self.place(*own[-1]) if own else ""


def _steps(traceback: TracebackType | None) -> Iterable[tuple[str, int]]:
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(OURS):
            yield file, traceback.tb_lineno or 0
        traceback = traceback.tb_next


def _code(value: object) -> CodeType | None:
    """Return the code that runs when something is called."""
    for _ in range(UNWRAP_LIMIT):
        code = getattr(value, "__code__", None)
        if code is not None and hasattr(code, "co_firstlineno"):
            found: CodeType = code
            return found
        if isinstance(value, partial):
            value = value.func
        elif hasattr(value, "__func__"):
            value = value.__func__
        elif isinstance(value, type):
            value = getattr(value, "__init__", None)
        else:
            value = type(value).__call__ if callable(value) else None
    return None
