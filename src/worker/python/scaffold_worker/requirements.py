"""What a project asks for, by its own files, and what of it this interpreter does not have; for
`scaffold check --deploy`.
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module

from . import hints, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Pairs = list[tuple[str, str]]

KIND = "deploy"
"""What a problem is of that only `check --deploy` tells."""

INCLUDE = re.compile(r"(?:-r|--requirement)[ =]?\s*(.+)")
"""A line of a file of requirements that names another."""

EGG = re.compile(r"(?:-e|--editable|\w+\+\w+:).*#(?:.*&)?egg=([A-Za-z0-9][\w.-]*)")
"""A line that names where a distribution is, and which one that is."""

NAMED = re.compile(r"[A-Za-z0-9][^/\\:]*(?:@|;|$)")
"""A line that begins with the name of a distribution."""

FILES = ("requirements.txt", "requirements/production.txt", "requirements/prod.txt")
"""The files of requirements that are looked for; the first that is there counts."""

CONDITIONS = ("markers", "optional", "platform", "python", "sys_platform")
"""What says in the tables of Poetry and Pipenv that something is not always asked for."""

FILES_LIMIT = 20
"""The most files of requirements that are read: they may name one another."""

DEPTH = 3
"""How far extras are followed: one of a distribution may ask for one of another."""


def findings(root: str) -> Pairs:
    """Complain of what the project asks for and this interpreter does not have."""
    found: Pairs = []

    def complain(file: str, what: str, hint: str) -> None:
        what, file = report.printable(what), report.printable(file)
        found.extend(report.problem(KIND, what, file, hint))

    for file, requirement in _requirements(root):
        if not requirement:
            complain(file, f"{file} is not there", "another file of requirements names it")
            continue
        for what in _lacking(requirement):
            name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
            complain(file, f"{sys.executable} {what}", f"install it: {hints.install(name, root)}")
    return found


def _requirements(root: str) -> Iterator[tuple[str, str]]:
    """Go through what the project asks for, each with the file that says so; nothing is asked for
    in a file that is named and not there."""
    for requirement in hints.declared(os.path.join(root, "pyproject.toml")):
        yield "pyproject.toml", requirement
    for file, keys in (
        ("pyproject.toml", ("tool", "poetry", "dependencies")),
        ("Pipfile", ("packages",)),
    ):
        for name in _names(os.path.join(root, file), keys):
            yield file, name
    files = [file for file in FILES if os.path.exists(os.path.join(root, file))][:1]
    seen = 0
    while files and seen < FILES_LIMIT:
        file, seen = files.pop(0), seen + 1
        if not os.path.exists(os.path.join(root, file)):
            yield file, ""
        for line in hints.required(os.path.join(root, file)):
            included, egg = INCLUDE.match(line), EGG.match(line)
            # Options of one requirement follow it, such as --hash.
            requirement = line.partition(" --")[0].rstrip()
            if included is not None and "://" not in line:
                files.append(os.path.join(os.path.dirname(file), included[1].strip("\"'")))
            elif egg is not None:
                yield file, egg[1]
            elif NAMED.match(requirement) and "${" not in requirement:
                # Anything else is an option, a path or an address.
                yield file, requirement


def _names(path: str, keys: tuple[str, ...]) -> Iterator[str]:
    """Go through the distributions that a table asks for under all conditions. Its versions have
    a syntax of their own."""
    table: Any = hints.read_toml(path)
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    for name, value in table.items() if isinstance(table, dict) else ():
        is_table = isinstance(value, dict)
        is_certain = is_table and not any(key in value for key in CONDITIONS)
        if name != "python" and (is_certain or isinstance(value, str)):
            yield name


def _lacking(text: str, depth: int = 0) -> Iterator[str]:
    """Say what is wrong with a requirement here, if anything is."""
    from importlib.metadata import PackageNotFoundError, distribution

    requirement = _parsed(text)
    if requirement is None:
        # Nothing here understands conditions and versions.
        if ";" in text:
            return
        name = re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]
    elif requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return
    else:
        name = requirement.name
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        yield f"does not have {text}"
        return
    if requirement is None:
        return
    if not requirement.specifier.contains(installed.version, prereleases=True):
        yield f"has {name} {installed.version}, and the project asks for {text}"
    for extra in sorted(requirement.extras) if depth < DEPTH else ():
        for wanted in _of_extra(installed, extra):
            for what in _lacking(wanted, depth + 1):
                yield f"{what}, which {name}[{extra}] needs"


def _of_extra(installed: Any, extra: str) -> Iterator[str]:
    """Go through what an extra of a distribution adds to its requirements."""
    for text in installed.requires or ():
        requirement = _parsed(text)
        marker = requirement and requirement.marker
        if marker and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""}):
            requirement.marker = None
            yield str(requirement)


def _parsed(text: str) -> Any:
    """Return a requirement taken apart, by whoever can; None where nobody can."""
    for module in ("packaging.requirements", "pip._vendor.packaging.requirements"):
        try:
            return import_module(module).Requirement(text)
        except Exception:
            # It is not installed, or the text means nothing to it.
            continue
    return None
