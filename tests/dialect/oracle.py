"""Answers what Django makes of a template.

One request a line on standard input, one answer a line on standard output, both JSON. The requests:

``{"template": text, "variables": {...}}``
    What ``startproject`` writes for a file with this text: ``{"output": text}``, or
    ``{"error": {"type": ..., "message": ..., "line": ...}}``.
``{"startproject": directory, "template": text, "variables": {...}}``
    The same, asked of the command itself, which uses the directory.
``{"admin": [...], "directory": ..., "umask": ..., "environment": {...}}``
    What ``django-admin`` with these arguments does there: ``{"code": ..., "stderr": text}``.
``{"builtins": true}``
    The names of Django's tags and filters: ``{"tags": [...], "filters": [...]}``.

Each request gets an engine, a context and variables of its own, so that none changes the next.
"""

import io
import json
import os
import shutil
import sys
import tempfile
import traceback
from typing import Any, NoReturn

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.management.commands.startproject import Command
from django.template import Context, Engine, defaultfilters, defaulttags, loader_tags
from django.template.exceptions import TemplateSyntaxError

Json = dict[str, Any]


def main() -> None:
    """Answer until the input ends."""
    settings.configure()
    django.setup()
    for line in sys.stdin.buffer:
        answer = json.dumps(respond(json.loads(line)))
        sys.stdout.buffer.write(answer.encode() + b"\n")
        sys.stdout.buffer.flush()


def respond(request: Json) -> Json:
    """Answer one request."""
    match request:
        case {"builtins": _}:
            return builtins()
        case {"admin": list(arguments), **surroundings}:
            return admin(arguments, surroundings)
        case {"startproject": directory, "template": text, "variables": variables}:
            return {"output": startproject(directory, text, variables)}
        case {"template": text, "variables": variables}:
            return rendered(text, variables)
        case _:
            return {"error": {"type": "Request", "message": f"not a request: {request}"}}


def builtins() -> Json:
    """Return the names of all tags and filters that need no ``{% load %}``."""
    return {
        "tags": sorted({*defaulttags.register.tags, *loader_tags.register.tags}),
        "filters": sorted(defaultfilters.register.filters),
    }


def admin(arguments: list[str], surroundings: Json) -> Json:
    """Run ``django-admin`` in a copy of this process: starting one takes ten times as long."""
    with tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if child == 0:
            become_admin(arguments, surroundings, stderr.fileno())
        _, status = os.waitpid(child, 0)
        stderr.seek(0)
        text = stderr.read().decode(errors="replace")
    return {"code": os.waitstatus_to_exitcode(status), "stderr": text}


def become_admin(arguments: list[str], surroundings: Json, stderr: int) -> NoReturn:
    """Do what the script ``django-admin`` does, and end."""
    code = 1
    try:
        os.dup2(stderr, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.chdir(surroundings["directory"])
        os.umask(int(surroundings["umask"], 8))
        os.environ.clear()
        os.environ.update(surroundings["environment"])
        execute_from_command_line(["django-admin", *arguments])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def rendered(text: str, variables: Json) -> Json:
    """Render as ``startproject`` does, which reads its files with universal newlines."""
    text = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8").read()
    try:
        output = Engine().from_string(text).render(Context({**variables}, autoescape=False))
    except Exception as error:
        kind = TemplateSyntaxError if isinstance(error, TemplateSyntaxError) else type(error)
        line = line_of_failure(text, variables)
        return {"error": {"type": kind.__name__, "message": str(error), "line": line}}
    return {"output": output}


def line_of_failure(text: str, variables: Json) -> int | None:
    """Ask Django's debugging engine, which notes where an error happened."""
    try:
        Engine(debug=True).from_string(text).render(Context({**variables}, autoescape=False))
    except Exception as error:
        place = getattr(error, "template_debug", None)
        return place["line"] if place else None
    return None


def startproject(directory: str, text: str, variables: Json) -> str:
    """Let the command make a project of one file, and return what it wrote."""
    template, target = os.path.join(directory, "template"), os.path.join(directory, "project")
    for path in (template, target):
        shutil.rmtree(path, ignore_errors=True)
        os.mkdir(path)
    with open(os.path.join(template, "case.py"), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    options = {"extensions": ["py"], "files": [], "verbosity": 0, "template": template}
    Command().handle(**{**variables, **options, "name": "mysite", "directory": target})
    with open(os.path.join(target, "case.py"), encoding="utf-8", newline="") as file:
        return file.read()


if __name__ == "__main__":
    main()
