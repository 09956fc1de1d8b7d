"""Serves MODULE:CALLABLE with Werkzeug: `werkzeug_serve.py PORT MODULE:NAME [RELOADER]`."""

import importlib
import logging
import os
import sys

from werkzeug.serving import run_simple

if __name__ == "__main__":
    port, target, *reloader = sys.argv[1:]
    module, name = target.split(":")
    sys.path.insert(0, os.getcwd())
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = getattr(importlib.import_module(module), name)
    reloading = {"use_reloader": True, "reloader_type": reloader[0]} if reloader else {}
    run_simple("127.0.0.1", int(port), application, threaded=True, **reloading)
