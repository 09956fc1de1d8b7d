"""The `runserver` command of a Django project: whose it is, and what its options come to.

An app can have a `runserver` of its own (`whitenoise.runserver_nostatic`, daphne, a project with
other defaults). What it says of static files, of the handler and of checks is heeded. What it does
to serve is not: that is our work.
"""

from __future__ import annotations

import os

from . import target
from .failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CORE = "django.core"
STATICFILES = "django.contrib.staticfiles"

ASGI_SERVERS = ("channels", "daphne", "uvicorn", "hypercorn")
"""Apps whose `runserver` serves the ASGI application."""

SERVING = ("execute", "handle", "run", "inner_run")
"""Methods of Django's command that we do not call: what an app adds to them does not happen."""


class Runserver:
    """Which command `manage.py runserver` would run, and with which options."""

    def __init__(self, owner: str, argv: list[str]) -> None:
        self.owner = owner
        self.skips_checks = "--skip-checks" in argv
        self.serves_static_files = owner == STATICFILES and "--nostatic" not in argv
        self.serves_insecurely = "--insecure" in argv
        self.options: dict[str, Any] = {}
        self._command: Any = None
        if owner not in (CORE, STATICFILES):
            self._read(argv)

    def command(self) -> Any:
        """Return the command, which is Django's or the app's."""
        if self._command is None:
            from django.core.management import load_command_class

            self._command = load_command_class(self.owner, "runserver")
        return self._command

    def own_handler(self) -> Any:
        """Return the handler of a command that makes another than Django's would, else None."""
        if not self.options or not _overrides(self.command(), "get_handler"):
            return None
        return self.command().get_handler(**self.options)

    def remarks(self) -> list[tuple[str, str]]:
        """Return what the user should know about another owner, as pairs for READY."""
        if self.owner in (CORE, STATICFILES):
            return []
        command = self.command()
        return [*self._remarks_on_serving(command), *self._remarks_on_address(command)]

    def _remarks_on_serving(self, command: Any) -> list[tuple[str, str]]:
        kinds = [kind.__module__.partition(".")[0] for kind in type(command).__mro__]
        server = next((kind for kind in kinds if kind in ASGI_SERVERS), "")
        if server:
            return [
                ("remark", f"the runserver of `{server}` serves ASGI, this one serves WSGI"),
                (
                    "remark_hint",
                    "WebSockets and whatever else is for ASGI alone need "
                    "`python manage.py runserver`",
                ),
            ]
        if any(_overrides(command, method) for method in SERVING):
            return [
                (
                    "remark",
                    f"`{self.owner}` has a runserver of its own, of which only the "
                    "options, the handler and the checks count here",
                ),
                ("remark_hint", "`python manage.py runserver` runs all of it"),
            ]
        return []

    def _remarks_on_address(self, command: Any) -> list[tuple[str, str]]:
        """Say so where the command would listen elsewhere: the front listens already."""
        from django.core.management.commands.runserver import Command

        names = ("default_addr", "default_port")
        address, ours = (
            ":".join(str(getattr(one, name, "")) for name in names) for one in (command, Command)
        )
        if address == ours or self.options.get("addrport"):
            return []
        return [
            ("remark", f"the runserver of `{self.owner}` would listen on {address}"),
            ("remark_hint", f"`scaffold runserver {address}` does so"),
        ]

    def _read(self, argv: list[str]) -> None:
        """Let the app's command read the command line, with its own options and defaults."""
        parser = self.command().create_parser("manage.py", "runserver")
        try:
            options, _ = parser.parse_known_args(argv[2:])
        except SystemExit:
            raise Failure(
                "guard", f"the runserver of `{self.owner}` does not take these options"
            ) from None
        self.options = vars(options)
        self.skips_checks = bool(self.options.get("skip_checks"))
        self.serves_static_files = bool(self.options.get("use_static_handler"))
        self.serves_insecurely = bool(self.options.get("insecure_serving"))


def find(argv: list[str], root: str) -> Runserver:
    """Return the command that Django would run: the first app's that has one, else its own."""
    from django.apps import apps

    owner = CORE
    for config in apps.get_app_configs():
        # As `django.core.management.find_commands`, without importing it.
        if os.path.isfile(os.path.join(config.path, "management", "commands", "runserver.py")):
            owner = config.name
            break
    try:
        return Runserver(owner, argv)
    except Failure:
        raise
    except BaseException as error:
        raise target.failure("application", error, root) from None


def _overrides(command: Any, method: str) -> bool:
    """Say whether an app's class, not one of Django's, defines a method."""
    for kind in type(command).__mro__:
        if method in vars(kind):
            return not kind.__module__.startswith("django.")
    return False
