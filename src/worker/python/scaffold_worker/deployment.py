"""What would go wrong in production, for `scaffold check --deploy`: settings that are for
development, and requirements that this interpreter does not have.

Django's own checks for deployment are Django's to run (`django_checks`); these are about what they
leave out or only warn of.
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module

from . import hints, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .resolve import Loaded
    from .where import Places

    Pairs = list[tuple[str, str]]

KIND = "deploy"

INSECURE = "django-insecure-"
"""What the key begins with that `startproject` makes, Django's and ours."""

INCLUDE = re.compile(r"(?:-r|--requirement)[ =]\s*(\S+)")
"""A line of a file of requirements that names another."""

FILES_LIMIT = 20
"""The most files of requirements that are read: they may name one another."""


def findings(loaded: Loaded, root: str, places: Places) -> Pairs:
    """Return problems and remarks, as READY tells them."""
    found: Pairs = []
    conf = sys.modules.get("django.conf")
    try:
        if conf is not None and conf.settings.configured:
            found += _of_settings(conf.settings, loaded.settings, places)
    except Exception as error:
        found += report.problem(
            KIND, report.summary(error), loaded.settings, "", report.traceback_text(error)
        )
    return found + _of_requirements(root)


def _of_settings(settings: Any, module: str, places: Places) -> Pairs:
    found: Pairs = []

    def problem(setting: str, what: str, hint: str) -> None:
        where = places.of_setting(module, setting) or module
        found.extend(report.problem(KIND, what, where, hint))

    if settings.DEBUG:
        problem(
            "DEBUG",
            "DEBUG is on: whoever meets an error sees code and settings",
            "set DEBUG = False for the server; `--settings` names the settings that it has",
        )
    hosts = list(settings.ALLOWED_HOSTS)
    if not hosts:
        problem(
            "ALLOWED_HOSTS",
            "ALLOWED_HOSTS is empty: without DEBUG, Django answers nobody",
            'name the hosts that the site has: ALLOWED_HOSTS = ["www.example.com"]',
        )
    elif "*" in hosts:
        found += [
            ("remark", "ALLOWED_HOSTS has '*': links can be made to lead to any host"),
            ("remark_hint", "name the hosts, unless the server in front of it checks them"),
        ]
    try:
        # Django raises where it is empty.
        is_insecure = str(settings.SECRET_KEY).startswith(INSECURE)
        what = "SECRET_KEY is the one that was generated for development"
    except Exception as error:
        is_insecure, what = True, report.summary(error)
    if is_insecure:
        hint = "take another from the environment: sessions and password links depend on it"
        problem("SECRET_KEY", what, hint)
    found += _of_static_files(settings, problem)
    return found


def _of_static_files(settings: Any, problem: Any) -> Pairs:
    """Complain where `collectstatic` has no place to go to; remark where it has not been there."""
    finds_by_itself = getattr(settings, "WHITENOISE_USE_FINDERS", False)
    if "django.contrib.staticfiles" not in settings.INSTALLED_APPS or finds_by_itself:
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


def _of_requirements(root: str) -> Pairs:
    """Complain of what the project asks for and this interpreter does not have."""
    found: Pairs = []
    for file, requirement in _requirements(root):
        what = _lacking(requirement)
        if what:
            name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
            found += report.problem(
                KIND,
                report.printable(f"{sys.executable} {what}"),
                report.printable(file),
                f"install it: {hints.install(name, root)}",
            )
    return found


def _requirements(root: str) -> Iterator[tuple[str, str]]:
    """Go through what the project asks for, each with the file that says so."""
    for requirement in hints.declared(os.path.join(root, "pyproject.toml")):
        yield "pyproject.toml", requirement
    files, seen = ["requirements.txt"], 0
    while files and seen < FILES_LIMIT:
        file, seen = files.pop(0), seen + 1
        for line in hints.required(os.path.join(root, file)):
            included = INCLUDE.match(line)
            requirement = line.partition(" --")[0].rstrip("\\ ")
            if included is not None:
                files.append(os.path.join(os.path.dirname(file), included[1]))
            elif re.match(r"[A-Za-z0-9][^/\\:]*(?:@|;|$)", requirement):
                # Anything else is an option, a path or an address.
                yield file, requirement


def _lacking(text: str) -> str:
    """Say what is wrong with a requirement here, or nothing."""
    from importlib.metadata import PackageNotFoundError, version

    requirement = _parsed(text)
    if requirement is None:
        # Nothing here understands conditions and versions.
        if ";" in text:
            return ""
        name = re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]
    elif requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return ""
    else:
        name = requirement.name
    try:
        installed = version(name)
    except PackageNotFoundError:
        return f"does not have {text}"
    if requirement is None or requirement.specifier.contains(installed, prereleases=True):
        return ""
    return f"has {name} {installed}, and the project asks for {text}"


def _parsed(text: str) -> Any:
    """Return a requirement taken apart, by whoever can; None where nobody can."""
    for module in ("packaging.requirements", "pip._vendor.packaging.requirements"):
        try:
            return import_module(module).Requirement(text)
        except Exception:
            # It is not installed, or the text means nothing to it.
            continue
    return None
