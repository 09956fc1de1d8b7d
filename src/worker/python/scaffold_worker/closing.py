"""Who has not passed `close()` on of those that a request went through (PEP 3333, "Specification
Details").

Whoever takes the iterable of an inner application and returns another one owes the inner one a
`close()`, whatever happens. To find out who forgets it, nothing is put between the callables, which
could change what they do: the one request is watched by the interpreter's profiling hook, and
judged when it is over. What cannot be told is no fault.
"""

from __future__ import annotations

import gc
import sys
from functools import partial
from inspect import CO_GENERATOR, CO_VARARGS
from types import BuiltinMethodType, FunctionType, MethodType
from wsgiref import validate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

EVENTS_LIMIT = 1_000_000
"""The most calls and returns that are watched, which takes about a second."""

CALLS_LIMIT = 200
"""The most calls of WSGI applications that are looked at: a request goes through some ten."""

DEPTH_LIMIT = 32
"""The most layers around a function that are looked behind."""


class Call:
    """One call with an environ and a `start_response`."""

    def __init__(self, frame: FrameType, above: Call | None) -> None:
        self.code = frame.f_code
        self.module = str(frame.f_globals.get("__name__", ""))
        self.above = above
        """The call that it was made in."""
        self.result: object = None
        self.closer: tuple[CodeType | None, object] | None = None
        """The code that closes the result, and the object that this is done to."""
        self.has_started = False
        """The response was begun while it ran: it is an application, and no helper."""

    def name(self) -> str:
        """Return the module and the qualified name of what was called."""
        name = getattr(self.code, "co_qualname", None)
        if name is None:
            # Before Python 3.11 only functions knew it.
            functions = [it for it in gc.get_referrers(self.code) if type(it) is FunctionType]
            name = functions[0].__qualname__ if functions else self.code.co_name
        return f"{self.module}.{name}"


class Watch:
    """Watches the calls of one request in this thread, from `start` to `stop`."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._running: dict[FrameType, Call] = {}
        self._generators: dict[FrameType, Call] = {}
        """Calls of generators, each of which runs in parts."""
        self._starts: set[CodeType] = set()
        """The code of each `start_response` that was handed on."""
        self._closers: set[CodeType] = set()
        self._closed: list[tuple[CodeType | None, object]] = []
        self._left = EVENTS_LIMIT
        self._hook = self._event
        self._saw_all = False

    def start(self) -> None:
        """Begin, unless somebody else watches: there can be only one."""
        if sys.getprofile() is None:
            self._saw_all = True
            sys.setprofile(self._hook)

    def stop(self) -> None:
        """End. What was seen counts only if nobody took the hook away meanwhile."""
        if sys.getprofile() is self._hook:
            sys.setprofile(None)
        else:
            self._saw_all = False
        self._running.clear()
        self._generators.clear()

    def dropped(self) -> list[tuple[Call, Call]]:
        """Return who has not passed `close()` on, each once, and whose iterable it had."""
        found: dict[CodeType, tuple[Call, Call]] = {}
        for inner in self._calls if self._saw_all else ():
            if inner.closer is None or not inner.has_started or self._is_closed(inner):
                continue
            outer = inner.above
            # Who returns what it got leaves that to its caller.
            while outer is not None and outer.result is inner.result:
                outer = outer.above
            if outer is not None:
                found.setdefault(outer.code, (outer, inner))
        return list(found.values())

    def _event(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            code = frame.f_code
            if code in self._starts:
                for call in self._running.values():
                    call.has_started = True
            if code.co_name == "close" or code in self._closers:
                owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
                self._closed.append((code, owner))
            if code.co_argcount in (2, 3) or (code.co_argcount < 2 and code.co_flags & CO_VARARGS):
                self._called(frame, code)
        elif event == "return":
            ended = self._running.get(frame)
            if ended is not None:
                del self._running[frame]
                if frame not in self._generators:
                    self._returned(ended, frame, argument)
        elif event == "c_call" and argument.__name__ == "close":
            self._closed.append((None, getattr(argument, "__self__", None)))
        self._left -= 1
        if not self._left:
            self._saw_all = False
            sys.setprofile(None)

    def _called(self, frame: FrameType, code: CodeType) -> None:
        """Take note of a call, where it is with an environ and a `start_response`."""
        if frame in self._generators:
            self._running[frame] = self._generators[frame]
            return
        count = code.co_argcount
        values = [frame.f_locals.get(name) for name in code.co_varnames[:count]]
        if code.co_flags & CO_VARARGS:
            values += frame.f_locals.get(code.co_varnames[count + code.co_kwonlyargcount], ())
        for environ, start in zip(values, values[1:]):
            if type(environ) is dict and "wsgi.version" in environ and callable(start):
                break
        else:
            return
        if code.co_filename == validate.__file__ or len(self._calls) >= CALLS_LIMIT:
            return
        outer = frame.f_back
        while outer is not None and outer not in self._running:
            outer = outer.f_back
        call = Call(frame, self._running[outer] if outer else None)
        self._calls.append(call)
        self._running[frame] = call
        if code.co_flags & CO_GENERATOR:
            self._generators[frame] = call
        begins = _code(start)
        if begins is None:
            call.has_started = True
        else:
            self._starts.add(begins)

    def _returned(self, call: Call, frame: FrameType, result: object) -> None:
        if call.code.co_name == "__init__":
            # An application that is a class: its instance is what it returns.
            result = frame.f_locals.get(call.code.co_varnames[0])
        call.result = result
        try:
            close = getattr(result, "close", None)
            if hasattr(result, "__iter__"):
                call.closer = _closer(close)
        except Exception:
            # The project's objects may raise anything when they are looked at.
            return
        if call.closer is not None and call.closer[0] is not None:
            self._closers.add(call.closer[0])

    def _is_closed(self, call: Call) -> bool:
        code, owner = call.closer or (None, None)
        for closed, of in self._closed:
            if of is owner if owner is not None else closed is code:
                return True
        # C code closes without a call of Python's; what has run to its end needs no closing.
        result: Any = call.result
        try:
            return result.closed is True if hasattr(result, "closed") else result.gi_frame is None
        except Exception:
            return False


def _closer(close: object) -> tuple[CodeType | None, object] | None:
    """Return how it can be told that a `close` was called: its code, and the object that it is
    called on. None where it cannot be told."""
    for _ in range(DEPTH_LIMIT):
        if not isinstance(close, partial):
            break
        close = close.func
    if isinstance(close, MethodType):
        return _code(close), close.__self__
    if isinstance(close, BuiltinMethodType):
        return None, close.__self__
    code = _code(close) if callable(close) else None
    return None if code is None else (code, None)


def _code(value: object) -> CodeType | None:
    """Return the code that runs when something is called, if that is Python's."""
    for _ in range(DEPTH_LIMIT):
        code = getattr(value, "__code__", None)
        if code is not None:
            found: CodeType = code
            return found
        if isinstance(value, partial):
            value = value.func
        elif isinstance(value, MethodType):
            value = value.__func__
        else:
            value = type(value).__call__ if callable(value) else None
    return None
