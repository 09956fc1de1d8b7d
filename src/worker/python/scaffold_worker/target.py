"""Importing what a dotted path names, and saying what is wrong with it."""

from __future__ import annotations

import sys

from .failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def import_module(name: str) -> ModuleType:
    """Import a module. Unlike importlib's, this leaves no frames of its own in tracebacks."""
    __import__(name)
    return sys.modules[name]


def failure(kind: str, error: BaseException, root: str, message: str = "") -> Failure:
    """Return the `Failure` for an exception that the project raised while being loaded."""
    from . import hints, report

    if isinstance(error, SystemExit):
        message = f"the project called sys.exit({'' if error.code is None else repr(error.code)})"
        return Failure(kind, message + " while it was loaded", "", error)
    missing = isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0]
    if missing == "django" and "django" not in sys.modules:
        kind = "framework"
    return Failure(kind, message or report.summary(error), hints.for_error(error, root), error)


def load_setting(path: object, root: str) -> tuple[Any, str]:
    """Load what WSGI_APPLICATION names; the wording of a failure is Django's."""
    if not isinstance(path, str) or not path:
        raise Failure(
            "application",
            f"WSGI_APPLICATION must be a dotted path such as 'mysite.wsgi.application', "
            f"not {path!r}",
        )
    wording = f"WSGI application '{path}' could not be loaded; Error importing module."
    return load(path, root, ("application",), wording)


def load(path: str, root: str, defaults: tuple[str, ...], wording: str = "") -> tuple[Any, str]:
    """Load a WSGI application and return it with its dotted name.

    `path` is `module:attribute`, where the attribute may be a function to call, as in
    `module:create_app()`; or a dotted path to a module (which has one of `defaults`) or, for
    WSGI_APPLICATION, to an attribute. `wording` replaces the message of an ImportError.
    """
    try:
        if ":" in path or not wording:
            module, _, attribute = path.partition(":")
            application, name = _from_module(module, attribute, defaults)
        else:
            application, name = _from_dotted(path, defaults)
    except Failure as missing:
        missing.message = wording or missing.message
        missing.application = path
        raise
    except BaseException as error:
        message = wording if isinstance(error, ImportError) else ""
        reason = failure("application", error, root, message)
        reason.application = path
        raise reason from None
    if not callable(application):
        reason = Failure(
            "application",
            f"{name} is not callable: it is {_describe(application)}",
            "a WSGI application is a callable taking (environ, start_response)",
        )
        reason.application = path
        raise reason
    if _makes_applications(application):
        module, _, attribute = name.rpartition(".")
        reason = Failure(
            "application",
            f"{name} does not take (environ, start_response)",
            f"where it is a function that makes the application: --app '{module}:{attribute}()'",
        )
        reason.application = path
        raise reason
    return application, name


def _from_module(module: str, path: str, defaults: tuple[str, ...]) -> tuple[Any, str]:
    found: Any = import_module(module)
    if not path:
        for default in defaults:
            if hasattr(found, default):
                return getattr(found, default), f"{module}.{default}"
        raise _missing(found, module, defaults[0])
    name = module
    is_called = path.endswith("()")
    for attribute in (path[:-2] if is_called else path).split("."):
        if not hasattr(found, attribute):
            raise _missing(found, name, attribute)
        found = getattr(found, attribute)
        name = f"{name}.{attribute}"
    return (found(), f"{name}()") if is_called else (found, name)


def _from_dotted(path: str, defaults: tuple[str, ...]) -> tuple[Any, str]:
    parent, _, attribute = path.rpartition(".")
    if not parent:
        return _from_module(path, "", defaults)
    module = import_module(parent)
    found = getattr(module, attribute, None)
    if found is None or isinstance(found, type(sys)):
        # Perhaps it is a module of the package.
        try:
            import_module(path)
        except ModuleNotFoundError as error:
            if error.name != path:
                raise
        else:
            return _from_module(path, "", defaults)
    if not hasattr(module, attribute):
        raise _missing(module, parent, attribute)
    return found, path


def _missing(owner: object, name: str, attribute: str) -> Failure | ImportError:
    """Return the complaint that something has no such attribute."""
    from . import hints

    near = hints.similar(attribute, dir(owner))
    error = ImportError(f'Module "{name}" does not define a "{attribute}" attribute/class')
    return Failure(
        "application", str(error), f"did you mean `{name}.{near}`?" if near else "", error
    )


def _makes_applications(value: object) -> bool:
    """Say whether a function can be called without arguments, and not with an application's two."""
    code = getattr(value, "__code__", None)
    if type(value) is not type(_describe) or code is None:
        return False
    takes_any = code.co_flags & 4
    required = code.co_argcount - len(value.__defaults__ or ())
    return not takes_any and code.co_argcount < 2 and required == 0


def _describe(value: object) -> str:
    if isinstance(value, type(sys)):
        return "a module"
    return f"of type {type(value).__name__}"
