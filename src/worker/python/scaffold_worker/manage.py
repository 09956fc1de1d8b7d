"""Reading the default settings module out of a project's `manage.py`, without running it.

Imported only for a project that has such a file: `ast` takes a millisecond to load.
"""

from __future__ import annotations

import ast
from functools import lru_cache

VARIABLES = ("DJANGO_SETTINGS_MODULE", "SETTINGS_MODULE")

chosen = ""
"""The settings module that Django's variable named when the file had been run (`prologue`)."""


def default_settings(source: bytes) -> tuple[str, str]:
    """Return the variable and the module of `os.environ.setdefault(variable, module)`.

    A plain assignment counts too. What cannot be parsed names nothing.
    """
    if chosen:
        return VARIABLES[0], chosen
    parsed = tree(source)
    if parsed is None:
        return "", ""
    return next(filter(any, map(_named, ast.walk(parsed))), ("", ""))


@lru_cache(1)
def tree(source: bytes) -> ast.Module | None:
    """Return the syntax tree of the file; None where it is not Python.

    Several questions are asked of it at each start.
    """
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def names_settings(statement: ast.Assign | ast.Expr) -> bool:
    """Say whether a statement does nothing but give one of the variables a value."""
    return any(_named(statement.value if isinstance(statement, ast.Expr) else statement))


def _named(node: ast.AST) -> tuple[str, str]:
    """Return the variable and the module that a node of the tree names, or nothing."""
    key: ast.AST | None = None
    value: ast.AST | None = None
    if isinstance(node, ast.Call):
        function = node.func
        if (
            isinstance(function, ast.Attribute)
            and function.attr == "setdefault"
            and _is_environ(function.value)
            and len(node.args) == 2
        ):
            key, value = node.args
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        subscript = node.targets[0]
        if isinstance(subscript, ast.Subscript) and _is_environ(subscript.value):
            # Python 3.8 wraps the index.
            key = getattr(subscript.slice, "value", None)
            key = key if isinstance(key, ast.AST) else subscript.slice
            value = node.value
    if (
        isinstance(key, ast.Constant)
        and isinstance(value, ast.Constant)
        and key.value in VARIABLES
        and isinstance(value.value, str)
    ):
        return str(key.value), value.value
    return "", ""


def _is_environ(node: ast.AST) -> bool:
    """Say whether an expression is `os.environ` or `environ`."""
    name = getattr(node, "attr", None) or getattr(node, "id", None)
    return name == "environ"
