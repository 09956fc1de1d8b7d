"""Django's system checks and its warning about migrations, in Django's words.

Its own `runserver` does both before it serves. Here the front asks for them when it wants them:
before it serves for the first time, and beside the worker that serves after a reload.
"""

from __future__ import annotations

from . import exceptions, hints, report, wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from .django_runserver import Runserver
    from .link import Link

    Pairs = List[Tuple[str, str]]

HINT = "mend what is named above and save, or start with --skip-checks"


def answer(link: Link, runserver: Runserver, for_deployment: bool) -> None:
    """Answer CHECK: what Django's command would print, and why it would not serve, if it would not.
    With the checks that are for deployment, where these are wanted.

    The texts are coloured as Django colours them for a terminal.
    """
    pairs: Pairs = []
    encoded = b""
    try:
        failed = _check(runserver, pairs, for_deployment)
        if failed:
            pairs += _refusal(failed)
    except BaseException as error:
        pairs += [
            ("message", report.summary(error)),
            ("traceback", report.traceback_text(error)),
            ("hint", hints.for_error(error, link.root) or HINT),
        ]
        encoded = exceptions.encoded(error, link.root)
    link.report(wire.CHECKED, pairs, encoded)


def _check(runserver: Runserver, pairs: Pairs, for_deployment: bool) -> str:
    """Add what is printed to the pairs; return what the system checks refuse to serve for."""
    from django.core.management.base import OutputWrapper, SystemCheckError
    from django.core.management.color import color_style
    from django.db import connections

    command = runserver.command()
    # As `BaseCommand.execute` does. That the output is no terminal is the front's business.
    command.stdout = OutputWrapper(_Part("stdout", pairs))
    command.stderr = OutputWrapper(_Part("stderr", pairs))
    command.style = color_style(force_color=True)
    if not runserver.skips_checks:
        command.stdout.write("Performing system checks...\n\n")
        try:
            options = _check_options(command, runserver.options)
            if for_deployment:
                options = {**options, "include_deployment_checks": True}
            command.check(display_num_errors=True, **options)
        except SystemCheckError as error:
            return str(error)
    try:
        command.check_migrations()
    finally:
        # They belong to this thread, which ends.
        connections.close_all()
    return ""


def _check_options(command: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with which Django's own command calls its checks since 5.2."""
    from django.core.management.base import BaseCommand

    get_options = getattr(BaseCommand, "get_check_kwargs", None)
    if get_options is None:
        return {}
    chosen: dict[str, Any] = get_options(command, options)
    return chosen


def _refusal(failed: str) -> Pairs:
    """Return what is said of checks that found errors."""
    # Of the last line, which counts them.
    count = failed.rstrip().rpartition("\n")[2]
    return [("message", count.rstrip(".")), ("terminal", failed), ("hint", HINT)]


class _Part:
    """A stream of the command's: what is written becomes a pair, or goes on with the last one."""

    def __init__(self, stream: str, pairs: Pairs) -> None:
        self._stream = stream
        self._pairs = pairs

    def write(self, text: str) -> None:
        if self._pairs and self._pairs[-1][0] == self._stream:
            text = self._pairs.pop()[1] + text
        self._pairs.append((self._stream, text))

    def flush(self) -> None:
        """Do nothing: what is written is there."""

    def isatty(self) -> bool:
        """Say no: the command styles what it wants styled itself."""
        return False
