"""Serves MODULE:CALLABLE as Django's runserver serves a project, for applications without Django.

`runserver` is this class of Django around the application; only the checks before it differ.
"""

import importlib
import os
import sys

from django.conf import settings
from django.core.servers.basehttp import run

if __name__ == "__main__":
    port, target = sys.argv[1:]
    module, name = target.split(":")
    sys.path.insert(0, os.getcwd())
    settings.configure(DEBUG=False, ALLOWED_HOSTS=["127.0.0.1"])
    application = getattr(importlib.import_module(module), name)
    run("127.0.0.1", int(port), application, threading=True)
