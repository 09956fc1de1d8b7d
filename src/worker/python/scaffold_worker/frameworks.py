"""Recognising the framework that an application was made with, by the classes and functions it is
made of. Nothing is imported but what tells a version.
"""

from __future__ import annotations

import sys
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

DISTRIBUTIONS = {
    "django": "Django",
    "flask": "Flask",
    "bottle": "Bottle",
    "pyramid": "Pyramid",
    "cherrypy": "CherryPy",
    "falcon": "Falcon",
    "werkzeug": "Werkzeug",
}
"""The package of each framework, and the name that people and the package index know it by. One
that builds on another stands before it."""

INSIDE = ("app", "application", "wsgi_app", "wsgi_application", "_app", "__wrapped__")
"""The attributes under which middleware usually keeps the application that it wraps."""

LAYERS = 16
"""The most layers of middleware that are looked through."""


def recognise(application: object) -> str:
    """Return the framework and its version, as `Flask 3.1.3`; the name alone where it does not
    tell its version, and nothing where none is recognised."""
    try:
        package = _package(application)
        return f"{DISTRIBUTIONS[package]} {_version(package)}".rstrip() if package else ""
    except Exception:
        # The project's objects may raise anything when they are looked at.
        return ""


def _package(application: object) -> str:
    layers = list(_layers(application))
    found = {_made_with(layer) for layer in layers} - {""}
    if not found:
        # A function or a class of the project's own: what does it use?
        found = {_made_with(value) for layer in layers for value in _used(layer)}
    # What an application is made with goes before the middleware around it.
    return next((package for package in DISTRIBUTIONS if package in found), "")


def _layers(application: object) -> Iterator[object]:
    """Go through the application and those that it wraps."""
    for _ in range(LAYERS):
        yield application
        if isinstance(application, partial):
            application = application.func
            continue
        held = getattr(application, "__dict__", None) or {}
        owner = getattr(application, "__self__", None)
        inside = next((held[name] for name in INSIDE if callable(held.get(name))), owner)
        if inside is None or isinstance(inside, type(sys)):
            return
        application = inside


def _made_with(value: object) -> str:
    """Return the framework whose class or function a value is, or an instance of one."""
    names: list[object] = []
    if isinstance(value, type(sys)):
        names.append(value.__name__)
    else:
        kind = value if isinstance(value, type) else type(value)
        names.extend(getattr(base, "__module__", "") for base in kind.__mro__)
        # Of a function that was decorated, its globals know best where it comes from.
        names.append((getattr(value, "__globals__", None) or {}).get("__name__"))
    for name in names:
        package = name.partition(".")[0] if isinstance(name, str) else ""
        if package in DISTRIBUTIONS:
            return package
    return ""


def _used(value: object) -> Iterator[object]:
    """Go through the globals that the code of a function or of a class's methods mentions."""
    kind = value if isinstance(value, type) else type(value)
    for part in (value, *vars(kind).values()):
        part = getattr(part, "__func__", part)
        code = getattr(part, "__code__", None)
        known: Any = getattr(part, "__globals__", None)
        if code is not None and isinstance(known, dict):
            yield from (known[name] for name in code.co_names if name in known)


def _version(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(DISTRIBUTIONS[package])
    except metadata.PackageNotFoundError:
        # A copy of one file, as Bottle may be.
        version = getattr(sys.modules.get(package), "__version__", "")
        return version if isinstance(version, str) else ""
