"""What to do next, for an application that could not be loaded. Imported only then."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from shlex import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

DISTRIBUTIONS = {
    "PIL": "Pillow",
    "bs4": "beautifulsoup4",
    "corsheaders": "django-cors-headers",
    "crispy_forms": "django-crispy-forms",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "debug_toolbar": "django-debug-toolbar",
    "decouple": "python-decouple",
    "django": "Django",
    "dotenv": "python-dotenv",
    "environ": "django-environ",
    "flask": "Flask",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "MySQLdb": "mysqlclient",
    "rest_framework": "djangorestframework",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
"""Modules whose distribution has another name."""


def for_error(error: BaseException, root: str) -> str:
    """Return a hint for an exception of the project, or nothing."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            return for_module(cause.name, root)
        cause = cause.__cause__ or cause.__context__
    return ""


def for_module(name: str, root: str) -> str:
    """Return a hint for a module that was not found."""
    top = name.partition(".")[0]
    if "." in name and _exists(top):
        return _similar_submodule(name)
    near = similar(top, _modules_in(root))
    if near:
        return f"did you mean `{near}`?"
    if top in getattr(sys, "stdlib_module_names", ()):
        return ""
    return f"install it: {install(top, root)}"


def install(module: str, root: str) -> str:
    """Return the command that installs what the project needs for `module` to be there.

    That is what the project asks for, as long as something of it is missing: a module is often
    called otherwise than what it is installed from. Else it is the module's own distribution.
    """
    python = quote(sys.executable or "python3")
    has_pip = _exists("pip")
    installer = f"{python} -m pip install" if has_pip else f"uv pip install --python {python}"
    distribution = quote(DISTRIBUTIONS.get(module, module))
    wanted = declared(os.path.join(root, "pyproject.toml"))
    if os.path.exists(os.path.join(root, "uv.lock")):
        return "uv sync" if _is_missing(wanted) else f"uv add {distribution}"
    requirements = os.path.join(root, "requirements.txt")
    if os.path.exists(requirements):
        if _is_missing(required(requirements)):
            return f"{installer} -r {quote(_relative(requirements))}"
    elif wanted and _is_missing(wanted):
        return f"{installer} {' '.join(map(quote, wanted))}"
    return f"{installer} {distribution}"


def similar(name: str, names: Iterable[str]) -> str:
    """Return the one of `names` that was probably meant, or nothing."""
    import difflib

    near = difflib.get_close_matches(name, names, 1, 0.75)
    return near[0] if near and near[0] != name else ""


def declared(pyproject: str) -> list[str]:
    """Return the dependencies in `pyproject.toml`, where there is something here to read it."""
    try:
        wanted = read_toml(pyproject)["project"]["dependencies"]
        return [text for text in wanted if isinstance(text, str)]
    except (KeyError, TypeError):
        return []


def read_toml(path: str) -> Any:
    """Return what is in a file, or an empty table where nothing here can read it."""
    for module in ("tomllib", "tomli", "pip._vendor.tomli"):
        try:
            toml = import_module(module)
            with open(path, "rb") as file:
                return toml.load(file)
        except ImportError:
            continue
        except (OSError, ValueError):
            break
    return {}


def required(file: str) -> list[str]:
    """Return the lines of a file of requirements; what a backslash continues is one line."""
    try:
        with open(file, encoding="utf-8-sig") as opened:
            lines = re.sub(r"\\\n", "", opened.read()).splitlines()
        stripped = [line.partition(" #")[0].strip() for line in lines]
    except (OSError, ValueError):
        return []
    return [line for line in stripped if line and not line.startswith("#")]


def _is_missing(wanted: list[str]) -> bool:
    """Say whether something of what is asked for may be missing; also where that cannot be told."""
    from importlib.metadata import PackageNotFoundError, version

    for requirement in wanted or ["-"]:
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
        if name is None:
            # An option, such as another file, or a path.
            return True
        try:
            version(name[0])
        except PackageNotFoundError:
            return True
    return False


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def _similar_submodule(name: str) -> str:
    parent, _, last = name.rpartition(".")
    module = sys.modules.get(parent)
    near = ""
    for directory in getattr(module, "__path__", ()):
        near = near or similar(last, _modules_in(directory))
    return f"did you mean `{parent}.{near}`?" if near else ""


def _modules_in(directory: str) -> list[str]:
    """Return the names that can be imported from a directory."""
    names = []
    try:
        for entry in os.scandir(directory):
            name, extension = os.path.splitext(entry.name)
            if name.isidentifier() and (extension == ".py" or (not extension and entry.is_dir())):
                names.append(name)
    except OSError:
        pass
    return names


def _relative(path: str) -> str:
    """Return the path as one would type it in the project's root."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
