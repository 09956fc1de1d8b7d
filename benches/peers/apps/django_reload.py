"""Serves MODULE:CALLABLE as Django's runserver does with its reloader, without a Django project.

`django_reload.py PORT MODULE:NAME [APP...]`; the APPs are installed. All is as in `runserver`:
Django is set up in both processes, and the application is loaded only in the one that serves it;
the reloader imports the application before it looks for the first time which modules there are, as
it imports a project's URLs; and it is told of the end of each request, after which it looks again.
"""

import importlib
import os
import sys

import django
from django.conf import settings
from django.core.servers.basehttp import run
from django.core.signals import request_finished
from django.utils import autoreload


def serve(port, target):
    """Load the application and serve it."""
    module, name = target.split(":")
    application = getattr(importlib.import_module(module), name)

    def telling(environ, start_response):
        body = application(environ, start_response)
        request_finished.send(sender=serve)
        return body

    run("127.0.0.1", int(port), telling, threading=True)


if __name__ == "__main__":
    port, target, *apps = sys.argv[1:]
    sys.path.insert(0, os.getcwd())
    settings.configure(
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=apps,
        ROOT_URLCONF=target.split(":")[0],
    )
    django.setup()
    autoreload.run_with_reloader(serve, port, target)
