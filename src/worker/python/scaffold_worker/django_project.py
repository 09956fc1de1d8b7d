"""Loading a Django project's application as its own runserver does."""

from __future__ import annotations

import os

from . import django_runserver, target
from .failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .django_runserver import Runserver
    from .link import Link
    from .resolve import Loaded


def load(config: dict[str, Any], settings_module: str) -> Loaded:
    """Set Django up and return the application that WSGI_APPLICATION names, or Django's own."""
    from .resolve import Loaded

    root = config["root"]
    try:
        django = target.import_module("django")
    except BaseException as error:
        failure = target.failure("framework", error, root)
        if isinstance(error, ModuleNotFoundError) and error.name == "django":
            failure.message = "Django is not installed in this Python"
        raise failure from None
    try:
        from django.conf import settings

        path = settings.WSGI_APPLICATION
        # What is wrong for production is told together (`deployment`).
        is_open = bool(settings.DEBUG or settings.ALLOWED_HOSTS or config["deploy"])
    except BaseException as error:
        raise target.failure("settings", error, root) from None
    if not is_open:
        raise Failure("guard", *guard(settings_module))
    try:
        # Before the application, which may import models without setting Django up itself.
        django.setup(set_prefix=False)
    except BaseException as error:
        raise target.failure("application", error, root) from None
    if path is None:
        application, name = _own_handler(root), "django.core.wsgi.get_wsgi_application()"
    else:
        application, name = target.load_setting(path, root)
    try:
        _load_urls(settings)
    except BaseException as error:
        raise target.failure("application", error, root) from None
    runserver = django_runserver.find(config["argv"], root)
    try:
        served = runserver.own_handler()
        if served is None:
            served = _with_static_files(application, settings, runserver, root)
        remarks = runserver.remarks()
    except BaseException as error:
        raise target.failure("settings", error, root) from None
    loaded = Loaded(
        served,
        name,
        settings_module,
        pairs=[("checks", "yes"), *remarks, *_production_warning()],
        check=lambda link: _check(link, runserver, bool(config["deploy"])),
    )
    loaded.let_go = _close_connections
    loaded.own = application
    loaded.rule = "framework" if path is None else "WSGI_APPLICATION"
    return loaded


def guard(settings_module: str) -> tuple[str, str]:
    """Return what Django's runserver says where it refuses to start, and what to do."""
    return (
        "You must set settings.ALLOWED_HOSTS if DEBUG is False.",
        f"set DEBUG = True in {settings_module} for development",
    )


def _check(link: Link, runserver: Runserver, for_deployment: bool) -> None:
    from . import django_checks

    django_checks.answer(link, runserver, for_deployment)


def _close_connections() -> None:
    """Close this thread's connections to the databases, which CONN_MAX_AGE lets it keep.

    Under Django's own server a thread ends with its client's connection, and they with it.
    """
    from django.db import connections

    connections.close_all()


def _production_warning() -> list[tuple[str, str]]:
    """Return the warning that Django's runserver ends with, unless the user hides it."""
    from django.utils.version import get_docs_version

    if os.environ.get("DJANGO_RUNSERVER_HIDE_WARNING") == "true":
        return []
    return [
        (
            "production_warning",
            "WARNING: This is a development server. Do not use it in a production setting. "
            "Use a production WSGI or ASGI server instead.\n"
            "For more information on production servers see: "
            f"https://docs.djangoproject.com/en/{get_docs_version()}/howto/deployment/",
        )
    ]


def _own_handler(root: str) -> Any:
    try:
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    except BaseException as error:
        raise target.failure("application", error, root) from None


def _load_urls(settings: Any) -> None:
    """Import the URL configuration and the views, which the first request would.

    What is wrong there shows at once, as Django's runserver finds it by its checks.
    """
    if getattr(settings, "ROOT_URLCONF", None):
        from django.urls import get_resolver

        get_resolver().url_patterns  # noqa: B018


def _with_static_files(application: Any, settings: Any, runserver: Runserver, root: str) -> Any:
    """Serve the apps' static files during development, before any middleware."""
    if not (runserver.serves_static_files and (settings.DEBUG or runserver.serves_insecurely)):
        return application
    from .static_files import with_static_files

    return with_static_files(application, root)
