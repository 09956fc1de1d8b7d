"""What would go wrong in production, for `scaffold check --deploy`: settings that are for
development, and (`requirements`) what this interpreter does not have.

Django's own checks for deployment are Django's to run (`django_checks`); these are about what they
leave out or only warn of.
"""

from __future__ import annotations

import os
import sys

from . import facts, frameworks, report, requirements
from .requirements import KIND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

    from .resolve import Loaded
    from .where import Places

    Pairs = list[tuple[str, str]]

INSECURE = ("django-insecure-", "insecure-")
"""What the key begins with that `startproject` makes, Django's and ours."""

LOCAL = ("localhost", "127.0.0.1", "[::1]", "testserver")
"""Hosts that only this machine asks for."""

HOSTS = ("ALLOWED_HOSTS", "TRUSTED_HOSTS")
"""Settings that name the hosts: Django's and ours, and Flask's."""


DEBUG_IS_ON = "DEBUG is on: whoever meets an error sees code and settings"
DEBUG_HINT = "set DEBUG = False for the server; `--settings` names the settings that it has"
KEY_IS_INSECURE = "SECRET_KEY is the one that was generated for development"
KEY_HINT = "take another from the environment: sessions and password links depend on it"


def findings(loaded: Loaded, root: str, places: Places) -> Pairs:
    """Return problems and remarks, as READY tells them."""
    found: Pairs = []
    conf = sys.modules.get("django.conf")
    try:
        if conf is not None and conf.settings.configured:
            found += _of_settings(conf.settings, loaded.settings, places)
        elif loaded.settings:
            found += _of_plain_settings(sys.modules.get(loaded.settings), loaded.settings, places)
    except Exception as error:
        found += report.problem(
            KIND, report.summary(error), loaded.settings, "", report.traceback_text(error)
        )
    is_told = ("problem", DEBUG_IS_ON) in found
    is_flask = frameworks.recognise(loaded.own)[:5] == "Flask"
    if is_flask and not is_told and getattr(loaded.own, "debug", None) is True:
        what = "the application's `debug` is on: whoever meets an error sees code"
        hint = "leave it to `flask run --debug` and to `scaffold runserver`"
        found += report.problem(KIND, what, loaded.name, hint)
    return found + requirements.findings(root)


def _of_settings(settings: Any, module: str, places: Places) -> Pairs:
    """Return what is wrong with Django's."""
    found: Pairs = []
    problem = _complaining(found, module, places)
    if settings.DEBUG:
        problem("DEBUG", DEBUG_IS_ON, DEBUG_HINT)
    hosts = list(settings.ALLOWED_HOSTS)
    if not hosts:
        problem(
            "ALLOWED_HOSTS",
            "ALLOWED_HOSTS is empty: without DEBUG, Django answers nobody",
            'name the hosts that the site has: ALLOWED_HOSTS = ["www.example.com"]',
        )
    found += _of_hosts("ALLOWED_HOSTS", hosts)
    try:
        # Django raises where it is empty.
        is_insecure = str(settings.SECRET_KEY).startswith(INSECURE)
        what = KEY_IS_INSECURE
    except Exception as error:
        is_insecure, what = True, report.summary(error)
    if is_insecure:
        problem("SECRET_KEY", what, KEY_HINT)
    found += _of_static_files(settings, problem)
    return found


def _of_plain_settings(settings: Any, module: str, places: Places) -> Pairs:
    """Return what is wrong with those of a project without Django, as far as they have such."""
    found: Pairs = []
    problem = _complaining(found, module, places)
    if getattr(settings, "DEBUG", None) is True:
        problem("DEBUG", DEBUG_IS_ON, DEBUG_HINT)
    key = getattr(settings, "SECRET_KEY", None)
    if isinstance(key, str) and key.startswith(INSECURE):
        problem("SECRET_KEY", KEY_IS_INSECURE, KEY_HINT)
    for name in HOSTS:
        hosts = getattr(settings, name, None)
        found += _of_hosts(name, hosts if isinstance(hosts, (list, tuple)) else [])
    return found


def _complaining(found: Pairs, module: str, places: Places) -> Callable[[str, str, str], None]:
    """Return a function that adds a problem with a setting."""

    def problem(setting: str, what: str, hint: str) -> None:
        where = places.of_setting(module, setting) or module
        found.extend(report.problem(KIND, what, where, hint))

    return problem


def _of_hosts(setting: str, hosts: Sequence[object]) -> Pairs:
    """Remark on hosts that may be meant so, and rarely are."""
    if "*" in hosts:
        return [
            ("remark", f"{setting} has '*': links can be made to lead to any host"),
            ("remark_hint", "name the hosts, unless the server in front of it checks them"),
        ]
    if hosts and all(host in LOCAL for host in hosts):
        return [
            ("remark", f"{setting} has names of this machine alone"),
            ("remark_hint", "name the hosts that visitors ask for"),
        ]
    return []


def _of_static_files(settings: Any, problem: Any) -> Pairs:
    """Complain where `collectstatic` has no place to go to; remark where it has not been there."""
    finds_by_itself = getattr(settings, "WHITENOISE_USE_FINDERS", False)
    if "django.contrib.staticfiles" not in settings.INSTALLED_APPS or finds_by_itself:
        return []
    if not facts.are_local("static"):
        # `collectstatic` sends them to another machine.
        return []
    root = settings.STATIC_ROOT
    if not root:
        problem(
            "STATIC_ROOT",
            "STATIC_ROOT is not set: `manage.py collectstatic` has no place for static files",
            'name a directory that the web server sees: STATIC_ROOT = BASE_DIR / "staticfiles"',
        )
    elif not os.path.isdir(root):
        return [
            ("remark", report.printable(f"STATIC_ROOT, {root}, is not there")),
            ("remark_hint", "`manage.py collectstatic` fills it, where the project is deployed"),
        ]
    return []
