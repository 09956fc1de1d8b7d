"""Telling the front what went wrong, without our own frames in the traceback.

Imported when something has gone wrong, not before: a start that succeeds does not pay for it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from traceback import TracebackException

OURS = os.path.dirname(__file__) + os.sep

TEXT_LIMIT = 256 * 1024
"""A traceback longer than this is cut in the middle; nobody reads it whole."""


def traceback_text(error: BaseException) -> str:
    """Return the traceback of the whole chain, less the frames of this package."""
    try:
        import traceback

        told = traceback.TracebackException(type(error), error, error.__traceback__)
        _drop_our_frames(told, set())
        text = "".join(told.format())
    except BaseException as trouble:
        # The exception's own methods may raise anything.
        text = f"{summary(error)}\n(the traceback cannot be shown: {type(trouble).__name__})\n"
    text = printable(text)
    if len(text) > TEXT_LIMIT:
        half = TEXT_LIMIT // 2
        text = f"{text[:half]}\n[…]\n{text[-half:]}"
    return text


def problem(
    kind: str, what: str, where: str, hint: str, traceback: str = ""
) -> list[tuple[str, str]]:
    """Return something that is wrong as READY tells it (docs/worker-protocol.md, "One request for
    trial")."""
    return [
        ("problem", what),
        ("problem_kind", kind),
        ("problem_where", where),
        ("problem_hint", hint),
        ("problem_traceback", traceback),
    ]


def fault(error: BaseException) -> str:
    """Return what to print about a fault of our own, our frames included."""
    import traceback

    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return printable("scaffold: fault in the worker\n" + "".join(lines))


def _drop_our_frames(told: TracebackException | None, seen: set[int]) -> None:
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    if told.stack:
        told.stack[:] = [frame for frame in told.stack if not frame.filename.startswith(OURS)]
    _drop_our_frames(told.__cause__, seen)
    _drop_our_frames(told.__context__, seen)
    for member in getattr(told, "exceptions", None) or ():
        _drop_our_frames(member, seen)


def summary(error: BaseException) -> str:
    """Return the type and text of an exception in one line."""
    kind = type(error).__qualname__
    try:
        lines = str(error).strip().splitlines()
    except BaseException:
        lines = ["<unprintable>"]
    return printable(f"{kind}: {lines[0]}" if lines else kind)[:1000]


_CONTROLS = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"
}


def printable(text: str) -> str:
    """Escape lone surrogates, which have no encoding, and what could steer a terminal.

    What a client sent is often a part of an exception's text.
    """
    return text.encode("utf-8", "backslashreplace").decode().translate(_CONTROLS)
