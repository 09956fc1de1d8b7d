"""One debugger at a time at a terminal.

A project that is reloaded has several processes at the terminal: one may stand at a debugger's
prompt, on code from before the change, when a request comes to a breakpoint in the next one. Two
prompts would share what is typed letter by letter. So a debugger has the terminal to itself until
the code goes on by itself again, and the next one waits.
"""

from __future__ import annotations

import os
import sys
from threading import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any, Callable

WAITS = "A debugger is at work in another request; the prompt of this one comes after it.\n"

NOBODY = (
    "Nothing can be typed here, so the debugger ends at once. To use it, serve this project alone, "
    "at a terminal: `scaffold runserver` in its directory.\n"
)

ON_ITS_OWN = -1
"""The line at which `bdb.Bdb` stops next where it does not stop, as `continue` sets it."""

_turns: dict[int, _Turn] = {}
"""The turns of the threads that have one."""


def take_turns() -> None:
    """Let the debuggers that build on `pdb` take turns, once that is imported."""
    if _Finder.is_known:
        # In a forked worker, its parent has done so.
        return
    _Finder.is_known = True
    if "pdb" in sys.modules:
        _prepare(sys.modules["pdb"])
    else:
        sys.meta_path.insert(0, _Finder)


def is_at_work() -> bool:
    """Return whether a thread is at the prompt, waits for it, or is stepped through."""
    return bool(_turns)


class _Finder:
    """Finds `pdb` as always, and has it prepared when it is loaded."""

    is_known = False

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "pdb":
            return None
        sys.meta_path.remove(cls)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        loader: Any = spec.loader
        execute: Callable[[Any], None] = loader.exec_module

        def execute_and_prepare(module: Any) -> None:
            execute(module)
            _prepare(module)

        loader.exec_module = execute_and_prepare
        return spec


def _prepare(pdb: Any) -> None:
    debugger: Any = getattr(pdb, "Pdb", None)
    interact: Callable[..., None] | None = getattr(debugger, "interaction", None)
    if interact is None:
        # A module of the project's of that name.
        return

    def interaction(self: Any, frame: Any, *arguments: Any) -> None:
        if self.stdin is not sys.stdin:
            # It is used from elsewhere.
            return interact(self, frame, *arguments)
        thread = get_ident()
        turn = _turns.get(thread)
        if turn is None:
            if _is_nobody():
                sys.stderr.write(NOBODY)
            turn = _turns[thread] = _Turn()
        turn.depth += 1
        is_over = True
        try:
            interact(self, frame, *arguments)
            # Between two steps nobody else comes in; after the fact there are no steps.
            is_over = frame is None or self.quitting or self.stoplineno == ON_ITS_OWN
        finally:
            turn.depth -= 1
            if is_over and turn.depth == 0:
                del _turns[thread]
                turn.end()

    debugger.interaction = interaction


class _Turn:
    """The terminal is for this thread's debuggers alone. The end of the process ends it, too."""

    def __init__(self) -> None:
        self.depth = 0
        """How many prompts of the thread stand within each other."""
        self._terminal = _terminal()
        if self._terminal is not None:
            try:
                _lock(self._terminal)
            except BaseException:
                self.end()
                raise

    def end(self) -> None:
        if self._terminal is not None:
            os.close(self._terminal)


def _is_nobody() -> bool:
    """Return whether standard input is nothing at all, as where several sites are served."""
    try:
        return os.path.samestat(os.fstat(0), os.stat(os.devnull))
    except OSError:
        return False


def _terminal() -> int | None:
    """Open the terminal anew: processes share what they inherited, and locks on it."""
    try:
        return os.open(os.ttyname(0), os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return None


def _lock(terminal: int) -> None:
    """Wait until nobody else has it locked; where it cannot be locked, do nothing."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock

        try:
            flock(terminal, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(WAITS)
            flock(terminal, LOCK_EX)
    except (ImportError, OSError):
        pass
