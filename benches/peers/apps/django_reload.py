"""Serves MODULE:CALLABLE as Django's runserver does with its reloader, without a Django project.

`django_reload.py PORT MODULE:NAME [APP...]`; the APPs are installed. As in `runserver`, Django is
set up in both processes, and the application is loaded only in the one that serves it.
"""

import importlib
import os
import sys

import django
from django.conf import settings
from django.core.servers.basehttp import run
from django.utils import autoreload


def serve(port, target):
    """Load the application and serve it."""
    module, name = target.split(":")
    application = getattr(importlib.import_module(module), name)
    run("127.0.0.1", int(port), application, threading=True)


if __name__ == "__main__":
    port, target, *apps = sys.argv[1:]
    sys.path.insert(0, os.getcwd())
    settings.configure(DEBUG=False, ALLOWED_HOSTS=["127.0.0.1"], INSTALLED_APPS=apps)
    django.setup()
    autoreload.run_with_reloader(serve, port, target)
