"""Loading a Django project's application as its own runserver does."""

from __future__ import annotations

from . import target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
    except BaseException as error:
        raise target.failure("settings", error, root) from None
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
    try:
        served = _with_static_files(application, settings)
    except BaseException as error:
        raise target.failure("settings", error, root) from None
    loaded = Loaded(served, name, settings_module)
    loaded.own = application
    loaded.rule = "framework" if path is None else "WSGI_APPLICATION"
    return loaded


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


def _with_static_files(application: Any, settings: Any) -> Any:
    """Serve the apps' static files during development, before any middleware."""
    from django.apps import apps

    if not (settings.DEBUG and apps.is_installed("django.contrib.staticfiles")):
        return application
    from urllib.parse import urlparse

    if urlparse(settings.STATIC_URL or "").netloc:
        return application
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    return StaticFilesHandler(application)
