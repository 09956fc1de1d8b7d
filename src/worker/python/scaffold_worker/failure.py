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
        self.settings_rule = ""
        self.application = ""
        self.application_rule = ""
        """What was to be loaded, as far as it was known, and by which rule."""
        self.where = ""
        """Where it is wrong, if not where the exception says."""
        self.traceback = ""
        """What is shown in place of the exception's."""


def send(link: Link, failure: Failure) -> None:
    """Send FAILED."""
    from . import exceptions, loaded, report

    cause = failure.cause
    where = failure.where
    if cause is not None:
        from .where import Places

        where = Places(link.root).of_error(cause, where)
    certain = failure.kind in CERTAIN or loaded.is_misspelt(link, cause)
    link.report(
        wire.FAILED,
        [
            ("kind", failure.kind),
            ("message", failure.message),
            ("traceback", failure.traceback or (cause and report.traceback_text(cause)) or ""),
            ("hint", failure.hint),
            ("where", where),
            ("settings", failure.settings),
            ("settings_rule", failure.settings_rule),
            ("application", failure.application),
            ("application_rule", failure.application_rule),
            ("doubtful", "" if certain else "yes"),
        ],
        b"" if cause is None else exceptions.encoded(cause, link.root),
    )
