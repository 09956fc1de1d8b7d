"""What a project's `manage.py` does before its command: reading `.env`, adding to `sys.path`,
choosing settings.

Most files do what Django's template does, and are only read (`manage`). One that does more is run
up to the point where it hands over to Django, as its authors expect of whatever serves the project.
"""

from __future__ import annotations

import ast
import os

from . import manage, target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COMMAND = "execute_from_command_line"
"""The function of Django's that a `manage.py` ends with."""


class _Reached(BaseException):
    """The command would be executed now. No `except Exception` of the project stops it."""


def run(config: dict[str, Any]) -> None:
    """Run the project's `manage.py` up to its command, unless it is Django's own.

    Raises `Failure` for what it raises: with Django's own command, that would be the end of it.
    """
    root = config["root"]
    path = os.path.join(root, "manage.py")
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError:
        return
    if config["app"] or COMMAND.encode() not in source or _is_plain(source):
        return
    try:
        from django.core import management
    except Exception:
        return  # whoever needs Django will say that it is missing
    named = os.environ.get(manage.VARIABLES[0])
    _run_to_command(compile(source, path, "exec"), path, root, management)
    if named is None and b"SETTINGS_MODULE" in source:
        # What it chose comes after `pyproject.toml`, as what can be read in it does.
        manage.chosen = os.environ.pop(manage.VARIABLES[0], "")


def _run_to_command(code: Any, path: str, root: str, management: Any) -> None:
    def reached(*_: object, **__: object) -> None:
        raise _Reached

    function, method = management.execute_from_command_line, management.ManagementUtility.execute
    management.execute_from_command_line = management.ManagementUtility.execute = reached
    try:
        exec(code, {"__name__": "__main__", "__file__": path})
    except _Reached:
        pass
    except BaseException as error:
        raise target.failure("settings", error, root) from None
    finally:
        management.execute_from_command_line = function
        management.ManagementUtility.execute = method


def _is_plain(source: bytes) -> bool:
    """Say whether there is nothing in the file but what Django's template has.

    A file that is not Python is left to whoever reads it next.
    """
    tree = manage.tree(source)
    return tree is None or _all_plain(tree.body)


def _all_plain(statements: list[ast.stmt]) -> bool:
    return all(map(_is_plain_statement, statements))


def _is_plain_statement(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import):
        return all(name.name in ("os", "sys") for name in statement.names)
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__" or (
            statement.module == "django.core.management"
            and [name.name for name in statement.names] == [COMMAND]
        )
    if isinstance(statement, ast.FunctionDef):
        return not statement.decorator_list and _all_plain(statement.body)
    if isinstance(statement, ast.If):
        test = statement.test
        is_main = isinstance(test, ast.Compare) and getattr(test.left, "id", "") == "__name__"
        return is_main and _all_plain(statement.body) and not statement.orelse
    if isinstance(statement, ast.Try):
        # What it says where Django is missing is for people who run it.
        return _all_plain(statement.body + statement.orelse + statement.finalbody)
    if isinstance(statement, (ast.Assign, ast.Expr)):
        value = statement.value
        if isinstance(statement, ast.Expr) and isinstance(value, ast.Constant):
            return True  # a docstring
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return value.func.id in (COMMAND, "main")
        return manage.names_settings(statement)
    return isinstance(statement, ast.Pass)
