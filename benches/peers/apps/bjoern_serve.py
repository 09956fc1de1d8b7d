"""Serves MODULE:CALLABLE with bjoern: `bjoern_serve.py PORT MODULE:NAME`."""

import importlib
import os
import sys

import bjoern

if __name__ == "__main__":
    port, target = sys.argv[1:]
    module, name = target.split(":")
    sys.path.insert(0, os.getcwd())
    bjoern.run(getattr(importlib.import_module(module), name), "127.0.0.1", int(port))
