"""Finding the application: from CONFIGURE to a callable (docs/worker-protocol.md, "Starting").

The order: `--app`; then a settings module from `--settings`, DJANGO_SETTINGS_MODULE,
SETTINGS_MODULE, `pyproject.toml` (where `app` comes before `settings`), `manage.py`, or the only
candidate; then what its WSGI_APPLICATION names, or the framework's own handler.

A settings module is Django's if DJANGO_SETTINGS_MODULE or a `manage.py` with that variable names
it, and framework-free if SETTINGS_MODULE does. Where neither variable says (`--settings`,
`pyproject.toml`, a candidate), `manage.py` decides by the variable it uses, and without one the
module itself: INSTALLED_APPS or ROOT_URLCONF make it Django's.
"""

from __future__ import annotations

import os
import sys

from . import target
from .failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Sequence

    from .link import Link

DJANGO = "DJANGO_SETTINGS_MODULE"
PLAIN = "SETTINGS_MODULE"


class Loaded:
    """An application, and what is said about it in READY."""

    def __init__(
        self,
        application: Any,
        name: str,
        settings: str = "",
        pairs: Sequence[tuple[str, str]] = (),
        check: Callable[[Link], None] | None = None,
    ) -> None:
        self.application = application
        self.own = application
        """The application as the project made it, without what is put around it to serve it."""
        self.name = name
        self.rule = ""
        self.settings = settings
        self.settings_rule = ""
        """By which rules they were found: docs/worker-protocol.md, "Starting"."""
        self.pairs = pairs
        """What the framework adds to READY."""
        self.check = check
        """Answers CHECK, where the framework has checks."""
        self.let_go: Callable[[], None] | None = None
        """Closes what the framework keeps open for the thread that calls it."""

    def framework(self) -> str:
        """Return the framework and its version, or nothing."""
        django = sys.modules.get("django")
        if django is None or not (self.settings or os.environ.get(DJANGO)):
            return ""
        version = getattr(django, "get_version", None)
        return f"Django {version()}" if callable(version) else ""

    def allowed_hosts(self) -> list[str]:
        """Return what Django's ALLOWED_HOSTS accepts, as patterns."""
        conf = sys.modules.get("django.conf")
        try:
            if conf is None or not conf.settings.configured:
                return []
            # Without entries and with DEBUG, Django takes names of this machine, and so do we.
            return [str(pattern) for pattern in conf.settings.ALLOWED_HOSTS]
        except Exception:
            # Django will complain of it with each request.
            return []


class Choice:
    """What is to be loaded, and which rules say so."""

    def __init__(
        self, rule: str, settings: str, variable: str = "", app: str = "", app_rule: str = ""
    ) -> None:
        self.settings_rule = rule if settings else ""
        self.settings = settings
        self.variable = variable
        """The variable that named the settings module, if one did."""
        self.app = app
        self.app_rule = app_rule


def load(config: dict[str, Any]) -> Loaded:
    """Load the application. Raises only `Failure`, whatever the project does."""
    choice = Choice("", "")
    before = os.environ.get(DJANGO)
    try:
        choice = choose(config)
        if choice.app:
            loaded = _load_app(config, choice)
        else:
            loaded = _load_by_settings(config, choice.settings, choice.variable)
    except Failure as failure:
        _note_choice(failure, choice, config["root"])
        raise
    loaded.rule = loaded.rule or choice.app_rule or "WSGI_APPLICATION"
    if loaded.settings == choice.settings:
        loaded.settings_rule = choice.settings_rule
    elif loaded.settings:
        loaded.settings_rule = DJANGO if before else "application"
    return loaded


def _note_choice(failure: Failure, choice: Choice, root: str) -> None:
    """Say in a failure what was to be loaded, and where that was said."""
    failure.settings = choice.settings
    failure.settings_rule = choice.settings_rule
    failure.application = failure.application or choice.app
    if failure.application:
        failure.application_rule = choice.app_rule or "WSGI_APPLICATION"
    setting = {"application": "WSGI_APPLICATION", "guard": "DEBUG"}.get(failure.kind)
    if setting and not choice.app:
        from .where import Places

        failure.where = failure.where or Places(root).of_setting(choice.settings, setting)
    if failure.kind == "framework":
        failure.where = sys.executable
    failure.where = failure.where or failure.application_rule or choice.settings_rule or root


def _load_app(config: dict[str, Any], choice: Choice) -> Loaded:
    settings = choice.settings
    if settings:
        os.environ[choice.variable or _variable_of(config, settings)] = settings
    application, name = target.load(choice.app, config["root"], ("application", "app"))
    return Loaded(application, name, os.environ.get(DJANGO) or settings)


def choose(config: dict[str, Any]) -> Choice:
    """Return what is to be loaded."""
    if config["app"]:
        return Choice("--settings", config["settings"], "", config["app"], "--app")
    if config["settings"]:
        return Choice("--settings", config["settings"])
    for variable in (DJANGO, PLAIN):
        if os.environ.get(variable):
            return Choice(variable, os.environ[variable], variable)
    rule = "pyproject.toml"
    if config["configured_app"]:
        return Choice(rule, config["configured_settings"], "", config["configured_app"], rule)
    if config["configured_settings"]:
        return Choice(rule, config["configured_settings"])
    variable, module = read_manage(config["root"])
    if module:
        return Choice("manage.py", module, variable)
    candidates = config["candidates"]
    if len(candidates) == 1:
        return Choice("candidate", candidates[0])
    if candidates:
        raise Failure(
            "ambiguous",
            "more than one settings module: " + ", ".join(candidates),
            f"choose one: --settings {candidates[0]}",
        )
    raise Failure(
        "nothing",
        f"no settings module and no application found in {config['root']}",
        "name one: --settings mysite.settings, or --app module:callable",
    )


def read_manage(root: str) -> tuple[str, str]:
    """Return the variable and the settings module that `manage.py` names, or nothing."""
    try:
        with open(os.path.join(root, "manage.py"), "rb") as file:
            source = file.read()
    except OSError:
        return "", ""
    if b"SETTINGS_MODULE" not in source:
        return "", ""
    from . import manage

    return manage.default_settings(source)


def _variable_of(config: dict[str, Any], settings: str) -> str:
    """Decide which variable a settings module that no variable named belongs to."""
    variable, _ = read_manage(config["root"])
    if variable:
        return variable
    module = _import_settings(config, settings)
    return DJANGO if _is_django(module) else PLAIN


def _load_by_settings(config: dict[str, Any], settings: str, variable: str) -> Loaded:
    variable = variable or _variable_of(config, settings)
    os.environ[variable] = settings
    if variable == DJANGO:
        from . import django_project

        return django_project.load(config, settings)
    module = _import_settings(config, settings)
    path = getattr(module, "WSGI_APPLICATION", None)
    if path is not None:
        application, name = target.load_setting(path, config["root"])
        return Loaded(application, name, settings)
    if _is_django(module):
        from . import django_project

        os.environ[DJANGO] = settings
        return django_project.load(config, settings)
    package = settings.partition(".")[0]
    raise Failure(
        "application",
        f"{settings} does not set WSGI_APPLICATION",
        f'add to it, for example: WSGI_APPLICATION = "{package}.wsgi.application"',
    )


def _import_settings(config: dict[str, Any], settings: str) -> ModuleType:
    try:
        return target.import_module(settings)
    except BaseException as error:
        raise target.failure("settings", error, config["root"]) from None


def _is_django(module: ModuleType) -> bool:
    return hasattr(module, "INSTALLED_APPS") or hasattr(module, "ROOT_URLCONF")
