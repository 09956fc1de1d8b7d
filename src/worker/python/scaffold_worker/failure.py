"""Why the application could not be loaded, and how the front is told."""

from __future__ import annotations

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .link import Link


CERTAIN = ("ambiguous", "guard", "nothing", "python")
"""Kinds of failures that no other process would see otherwise."""


class Failure(Exception):
    """What is wrong, in the words of FAILED. `cause` is the exception behind it, if any."""

    def __init__(
        self,
        kind: str,
        message: str,
        hint: str = "",
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hint = hint
        self.cause = cause
        self.settings = ""


def send(link: Link, failure: Failure) -> None:
    """Send FAILED."""
    from . import exceptions, loaded, report

    cause = failure.cause
    certain = failure.kind in CERTAIN or loaded.is_misspelt(link, cause)
    link.report(
        wire.FAILED,
        [
            ("kind", failure.kind),
            ("message", failure.message),
            ("traceback", "" if cause is None else report.traceback_text(cause)),
            ("hint", failure.hint),
            ("settings", failure.settings),
            ("doubtful", "" if certain else "yes"),
        ],
        b"" if cause is None else exceptions.encoded(cause, link.root),
    )
