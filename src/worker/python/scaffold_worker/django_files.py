"""Django's templates and translations: where they are, and taking changes of them in.

A change of one needs no new process where Django knows how to forget what it keeps of it, as its
own runserver does.
"""

from __future__ import annotations

import os
import sys
from marshal import loads

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .link import Link


def template_directories() -> list[str]:
    """Return the directories that the settings name as those of templates."""
    if not _is_set_up():
        return []
    from django.conf import settings

    try:
        directories = [entry for engine in settings.TEMPLATES for entry in engine.get("DIRS", ())]
        return [os.path.abspath(directory) for directory in directories]
    except (AttributeError, TypeError):
        # Django itself says what is wrong with them.
        return []


def upload_directories() -> list[str]:
    """Return where uploads are written to, unless there is more in it that people edit."""
    if not _is_set_up():
        return []
    from django.conf import settings

    try:
        if not settings.MEDIA_ROOT:
            return []
        media = os.path.abspath(settings.MEDIA_ROOT)
        # With a prefix, an entry is a pair.
        static = [
            os.path.abspath(entry[1] if isinstance(entry, (list, tuple)) else entry)
            for entry in settings.STATICFILES_DIRS
        ]
        for directory in static + template_directories():
            if os.path.join(directory, "").startswith(os.path.join(media, "")):
                return []
    except (AttributeError, IndexError, TypeError):
        return []
    return [media]


def take(link: Link, number: int, payload: bytes) -> None:
    """Answer CHANGED: say whether what this process serves from now on is as the files are."""
    try:
        taken = _is_set_up() and _take([os.fsdecode(path) for path in loads(payload)])
    except Exception:
        # What the project has connected may do anything. A new process is always right.
        taken = False
    link.control.send(wire.frame(wire.TAKEN, number, b"\1" if taken else b"\0"))


def _is_set_up() -> bool:
    if "django.template" not in sys.modules:
        return False
    from django.apps import apps

    return bool(apps.ready)


def _take(files: list[str]) -> bool:
    from pathlib import Path

    from django.utils.autoreload import BaseReloader, file_changed

    directories = _emptied_directories()
    reloader = BaseReloader()
    for file in files:
        # Whoever takes a change in says so, as Django's reloader wants it.
        told = file_changed.send(sender=reloader, file_path=Path(file))
        if not (any(answer for _, answer in told) or file.startswith(directories)):
            return False
    return not _keeps_templates()


def _engines() -> list[Any]:
    from django.forms.renderers import get_default_renderer
    from django.template import engines

    return [*engines.all(), getattr(get_default_renderer(), "engine", None)]


def _emptied_directories() -> tuple[str, ...]:
    """Have Jinja engines forget their templates; return the directories that these come from."""
    backend = sys.modules.get("django.template.backends.jinja2")
    if backend is None:
        return ()
    directories: list[str] = []
    for engine in _engines():
        if isinstance(engine, backend.Jinja2):
            if engine.env.cache is not None:
                engine.env.cache.clear()
            directories += [os.path.join(entry, "") for entry in engine.template_dirs]
    return tuple(directories)


def _keeps_templates() -> bool:
    """Say whether a loader may keep what nothing makes it forget: one of the project's own."""
    from django.template.backends.django import DjangoTemplates
    from django.template.loaders.base import Loader

    waiting: list[Any] = []
    for engine in _engines():
        if isinstance(engine, DjangoTemplates):
            waiting += engine.engine.template_loaders
    while waiting:
        loader = waiting.pop()
        waiting += getattr(loader, "loaders", ())
        kind = type(loader)
        is_djangos = kind.__module__.startswith("django.template.loaders.")
        if not is_djangos and kind.reset is Loader.reset:
            return True
    return False
