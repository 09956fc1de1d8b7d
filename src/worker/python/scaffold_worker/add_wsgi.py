"""What `scaffold add wsgi` has to write: found by reading the project's settings, not by importing
them.

The front starts this with a JSON document as the argument, and reads one from standard output
(docs/worker-protocol.md, "Reading settings").
"""

from __future__ import annotations

import ast
import json
import os
import sys
from base64 import b64encode
from difflib import get_close_matches
from glob import escape, glob

from . import insertion, prologue, resolve
from .assigned import Reading, opaque
from .failure import Failure
from .insertion import SETTING
from .modules import Libraries
from .sources import Place, Sources, Unreadable, resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .assigned import Assignment
    from .sources import Source

    Answer = dict[str, Any]

DJANGOS = ("INSTALLED_APPS", "ROOT_URLCONF")
"""One of these makes a settings module Django's (`resolve`)."""


class Refusal(Exception):
    """Why nothing is to be written: what is wrong, where, and what to do."""

    def __init__(self, kind: str, message: str, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hint = hint
        self.place = place


def serve(argument: str) -> None:
    """Answer on standard output."""
    # Whatever the project prints does not get among the answer.
    out = os.dup(1)
    os.dup2(2, 1)
    config = json.loads(argument)
    sys.argv[:] = config["argv"]
    sys.path[:0] = [*config["pythonpath"], config["root"]]
    os.write(out, json.dumps(answer(config)).encode())
    os.close(out)


def answer(config: dict[str, Any]) -> Answer:
    """Return what is to be written, or why nothing is, as far as it was found out."""
    answer: Answer = {}
    try:
        prologue.run(config)
        _find(config, answer)
    except Refusal as refusal:
        place = vars(refusal.place) if refusal.place else {}
        answer["refusal"] = {
            "kind": refusal.kind,
            "message": refusal.message,
            "hint": refusal.hint,
            **place,
        }
    except Unreadable as error:
        answer["refusal"] = {"kind": "syntax", **vars(error)}
    except Failure as failure:
        answer["refusal"] = {
            "kind": failure.kind,
            "message": failure.message,
            "hint": failure.hint,
        }
    return answer


def _find(config: dict[str, Any], answer: Answer) -> None:
    choice = resolve.choose(config)
    answer["settings"], answer["settings_rule"] = choice.settings, choice.settings_rule
    sources = Sources()
    settings = sources.find(choice.settings)
    if settings is None:
        raise Refusal(
            "settings",
            f"there is no settings module `{choice.settings}`, which {choice.settings_rule} names",
            _meant(choice.settings, config["root"], sources),
        )
    answer["settings_file"] = settings.path
    libraries = Libraries(config["root"])
    if libraries.hold(settings.path):
        raise Refusal(
            "settings",
            f"the settings module `{choice.settings}` belongs to an installed package",
            "name one of the project's own with `--settings`",
        )
    _check_django(config, choice, sources, settings)
    answer["django"] = _django_version()
    found = Reading(sources, SETTING).module(settings)
    package, directory = _home(settings)
    application = f"{package}.wsgi.application" if package else "wsgi.application"
    if found == [None]:
        module, is_there = os.path.join(directory, "wsgi.py"), False
        existing = sources.find(application.rpartition(".")[0])
        # An installed module of this name is found only as long as the project has none.
        if existing is not None and not libraries.hold(existing.path):
            module, is_there = existing.path, True
            _check_application(sources, existing)
        else:
            _check_directory(os.path.join(directory, "wsgi"))
        edited, octets = _edit(sources, settings, application, libraries)
        answer["edit"] = {
            "path": edited.path,
            "before": b64encode(edited.octets).decode(),
            "after": b64encode(octets).decode(),
        }
        _note_opaque(settings, answer)
    else:
        set_once = _only(found)
        application, module, is_there = _named(sources, set_once, libraries)
        answer["found"] = {**vars(set_once.place), "value": application}
    answer["application"] = application
    answer["module"] = {"path": module, "is_there": is_there}


def _check_django(
    config: dict[str, Any], choice: resolve.Choice, sources: Sources, settings: Source
) -> None:
    """Refuse settings that are not Django's, or that no line of text can be added to."""
    variable = choice.variable or resolve.read_manage(config["root"])[0]
    for node in settings.tree.body:
        if isinstance(node, ast.ClassDef) and any(
            getattr(target, "id", "") in DJANGOS
            for inner in node.body
            if isinstance(inner, ast.Assign)
            for target in inner.targets
        ):
            raise Refusal(
                "settings",
                f"the settings are in the class `{node.name}`, and only those of a module can be "
                "added to",
                f'add to the class: {SETTING} = "mysite.wsgi.application"',
                settings.place(node),
            )
    is_django = any(Reading(sources, name).module(settings) != [None] for name in DJANGOS) or (
        # The text need not tell; but a package by mistake says nothing at all.
        variable == resolve.DJANGO
        and (choice.settings_rule != "--settings" or bool(settings.tree.body))
    )
    if variable == resolve.PLAIN:
        raise Refusal(
            "framework",
            f"the project chooses its settings by {resolve.PLAIN}: it is no Django project",
            "`scaffold check` tells which application this project has",
        )
    if not is_django:
        raise Refusal(
            "framework",
            f"`{choice.settings}` are not the settings of a Django project: they set neither "
            "INSTALLED_APPS nor ROOT_URLCONF",
            "`scaffold check` tells which application this project has"
            if variable != resolve.DJANGO
            else _meant(choice.settings, config["root"], sources),
        )


def _home(settings: Source) -> tuple[str, str]:
    """Return the package that the WSGI module belongs to, which may have no name, and its
    directory: the one that holds the settings, be they a module or a package of several."""
    *package, name = settings.module.split(".")
    directory = os.path.dirname(settings.path)
    if settings.is_package:
        directory = os.path.dirname(directory)
    if name != "settings":
        while "settings" in package:
            package.pop()
            directory = os.path.dirname(directory)
    return ".".join(package), directory


def _only(found: list[Assignment | None]) -> Assignment:
    """Return the one value that the setting has in any case."""
    values = [it for it in found if it is not None]
    if len(found) == 1 or (len({it.text for it in values}) == 1 and None not in found):
        if values[0].text:
            return values[-1]
        raise Refusal(
            "setting",
            f"{SETTING} is set to something else already: {values[0].shown}",
            "`scaffold check` tells which application that comes to; to have another one, remove "
            "the line",
            values[0].place,
        )
    ways = ", or ".join(
        f"{it.shown} (line {it.place.line} of {os.path.basename(it.place.path)})" for it in values
    )
    otherwise = ", or nothing" if None in found else ""
    raise Refusal(
        "setting",
        f"{SETTING} depends on a condition: it is {ways}{otherwise}",
        "set it once, in any case, and run this again",
        values[0].place,
    )


def _named(sources: Sources, found: Assignment, libraries: Libraries) -> tuple[str, str, bool]:
    """Return the application that a value names, the file of its module, and whether that is
    there."""
    text = (found.text or "").replace(":", ".")
    module, _, attribute = text.rpartition(".")
    existing = sources.find(module) if module else None
    if text and not (existing and _has(sources, existing, attribute)):
        # Perhaps it names the module alone.
        alone = sources.find(text)
        existing, attribute = (alone, "application") if alone else (existing, attribute)
    if existing is not None:
        if attribute == "application":
            _check_application(sources, existing)
        elif not _has(sources, existing, attribute):
            raise Refusal(
                "setting",
                f"{SETTING} is {found.shown}, and `{existing.module}` has no `{attribute}`",
                f"did you mean `{existing.module}.application`?"
                if _has(sources, existing, "application")
                else "correct the line, or remove it and run this again",
                found.place,
            )
        return text, existing.path, True
    package, _, name = module.rpartition(".")
    directories = sources.locations(package) if package else [os.path.dirname(found.place.path)]
    directory = next(iter(directories), "")
    if attribute != "application" or not name.isidentifier() or not directory:
        raise Refusal(
            "setting",
            f"{SETTING} is set to something else already: {found.shown}, which is not there",
            "correct the line, or remove it and run this again",
            found.place,
        )
    if libraries.hold_directory(directory):
        raise Refusal(
            "setting",
            f"{SETTING} names a module of the installed package `{package}`, which does not have "
            "it",
            "remove the line and run this again",
            found.place,
        )
    _check_directory(os.path.join(directory, name))
    return text, os.path.join(directory, f"{name}.py"), False


def _has(sources: Sources, module: Source, name: str) -> bool:
    """Say whether a module has a name, as far as its text tells."""
    found = Reading(sources, name).module(module)
    return found != [None] or any(map(opaque, module.tree.body))


def _check_application(sources: Sources, module: Source) -> None:
    """Refuse a module that is there and has no application."""
    if not _has(sources, module, "application"):
        raise Refusal(
            "module",
            "this module is there and has no `application`",
            "give it one, as in `application = get_wsgi_application()`, or move it away",
            Place(module.path, 1, 1),
        )


def _check_directory(path: str) -> None:
    """Refuse a package without `__init__.py` that a module of its name would hide."""
    try:
        modules = sorted(it for it in os.listdir(path) if it.endswith(".py"))
    except OSError:
        return
    if modules:
        name = os.path.basename(path)
        raise Refusal(
            "module",
            f"a `{name}.py` beside the directory `{name}` would hide what is in that, such as "
            f"`{modules[0]}`",
            "give the directory an `__init__.py` that has `application`, or another name",
            Place(os.path.join(path, modules[0]), 1, 1),
        )


def _meant(name: str, root: str, sources: Sources) -> str:
    """Return a hint for who has named settings that are not there."""
    as_module = name[:-3] if name.endswith(".py") else name
    as_module = os.path.normpath(as_module).replace(os.sep, ".")
    if as_module != name and sources.find(as_module) is not None:
        return f"did you mean the module `{as_module}`?"
    if sources.find(f"{name}.settings") is not None:
        return f"did you mean `{name}.settings`?"
    close = get_close_matches(name, list(_settings_modules(root)), 1)
    return f"did you mean `{close[0]}`?" if close else "name it with `--settings`"


def _settings_modules(root: str) -> Iterator[str]:
    """Go through the modules that may be settings, by where they usually lie."""
    for pattern in ("", "*/", "*/*/"):
        for path in glob(os.path.join(escape(root), f"{pattern}*.py")):
            module = os.path.relpath(path, root)[:-3].replace(os.sep, ".")
            if "settings" in module.split("."):
                yield module.replace(".__init__", "")


def _edit(
    sources: Sources, settings: Source, application: str, libraries: Libraries
) -> tuple[Source, bytes]:
    """Return the file to change and what it is to contain: the settings module, or the one that it
    takes its URL configuration and the like from, so that its other variants have the setting too.
    """
    for source in [*_bases(sources, settings, libraries, []), settings]:
        if source is not settings and not insertion.anchored(source):
            continue
        octets = insertion.inserted(source, application)
        if _is_right(sources, settings, source, octets, application):
            return source, octets
    raise Refusal(
        "settings",
        f"there is no place in the settings where a line would set {SETTING}",
        f'add it yourself: {SETTING} = "{application}"',
        settings.place(settings.tree.body[0]) if settings.tree.body else None,
    )


def _bases(sources: Sources, source: Source, libraries: Libraries, seen: list[str]) -> list[Source]:
    """Return the project's modules whose names the settings take before they set their own, the
    first of all first."""
    bases: list[Source] = []
    seen.append(source.module)
    for node in source.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.names[0].name != "*":
            if isinstance(node, ast.Assign):
                break
            continue
        base = sources.find(resolved(source, node))
        if base is not None and base.module not in seen and not libraries.hold(base.path):
            bases += [*_bases(sources, base, libraries, seen), base]
    return bases


def _is_right(
    sources: Sources, settings: Source, changed: Source, octets: bytes, application: str
) -> bool:
    """Say whether the setting has its value with the changed file, and all else is as it was."""
    sources = sources.change(changed.path, octets)
    try:
        new, top = sources.find(changed.module), sources.find(settings.module)
    except Unreadable:
        return False
    if new is None or top is None:
        return False
    found = Reading(sources, SETTING).module(top)
    before = [ast.dump(node) for node in changed.tree.body]
    after = [ast.dump(node) for node in new.tree.body]
    others = list(after)
    for node in before:
        if node not in others:
            return False
        others.remove(node)
    return len(others) == 1 and [it and it.text for it in found] == [application]


def _note_opaque(settings: Source, answer: Answer) -> None:
    """Tell of calls that may set the name as well, and of a function that says it does."""
    for node in settings.tree.body:
        call = opaque(node)
        if call is not None:
            name = getattr(call.func, "id", "")
        elif isinstance(node, ast.FunctionDef) and any(
            isinstance(inner, ast.Global) and SETTING in inner.names for inner in ast.walk(node)
        ):
            name = node.name
        else:
            continue
        answer["opaque"] = {**vars(settings.place(call or node)), "function": name}
        return


def _django_version() -> str:
    """Return the version of the Django that is installed, or nothing."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("Django")
    except PackageNotFoundError:
        return ""
