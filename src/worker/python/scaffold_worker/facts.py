"""What a server in production has to know of a project, for `scaffold deploy`: how it imports the
application, which settings these are, which files a web server may send by itself, and where the
project writes to (docs/worker-protocol.md, "What deploying needs").
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from urllib.parse import urlsplit

from . import frameworks, report
from .resolve import DJANGO, PLAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .resolve import Loaded

    Pairs = list[tuple[str, str]]

FACTORY = "django.core.wsgi:get_wsgi_application()"
"""What a server is told where WSGI_APPLICATION names nothing: it calls the function."""

LOCAL = ("localhost", "testserver")
"""Hosts that are names of no site."""

SQLITE = ("sqlite3", "spatialite")
"""Engines of Django whose database is a file."""

INSTALLERS = (("uv.lock", "uv"), ("poetry.lock", "poetry"), ("Pipfile", "pipenv"))
"""Files that say who keeps a project's requirements, and who that is."""


def describe(loaded: Loaded, root: str) -> Pairs:
    """Return what READY is to say."""
    pairs: Pairs = []

    def note(name: str, value: object) -> None:
        if value:
            pairs.append((name, report.printable(str(value))))

    target, file = _target(loaded)
    note("deploy_application", target)
    note("deploy_application_file", file)
    variables = (name for name in (DJANGO, PLAIN) if os.environ.get(name) == loaded.settings)
    note("deploy_settings_variable", next(variables, "") if loaded.settings else "")
    framework = loaded.framework() or frameworks.recognise(loaded.own)
    note("deploy_framework", framework.partition(" ")[0])
    note("deploy_python", "{}.{}".format(*sys.version_info))
    note("deploy_prefix", sys.prefix if sys.prefix != sys.base_prefix else "")
    note("deploy_installer", _installer(root))
    settings = _Settings(loaded)
    note("deploy_script_name", settings.script_name())
    for kind in ("static", "media"):
        url, directory = settings.address(kind), settings.directory(kind)
        if url and directory:
            note(f"deploy_{kind}_url", url)
            note(f"deploy_{kind}_root", directory)
    note("deploy_database", settings.database())
    for host in settings.hosts():
        note("deploy_host", host)
    for host in settings.hosts_with_subdomains():
        note("deploy_subdomains", host)
    for directory in settings.written():
        note("deploy_writes", directory)
    for file in settings.sqlite_files():
        note("deploy_sqlite_file", file)
    return pairs


def _target(loaded: Loaded) -> tuple[str, str]:
    """Return the application as `module:attribute`, and the file of the module."""
    if loaded.rule == "framework":
        return FACTORY, ""
    is_called = loaded.name.endswith("()")
    parts = (loaded.name[:-2] if is_called else loaded.name).split(".")
    for count in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:count])
        module = found = sys.modules.get(name)
        for attribute in parts[count:]:
            found = getattr(found, attribute, None)
        if module is not None and (callable(found) if is_called else found is loaded.own):
            file = getattr(module, "__file__", None) or ""
            attribute = ".".join(parts[count:]) + "()" * is_called
            return f"{name}:{attribute}", os.path.abspath(file) if file else ""
    return "", ""


def _installer(root: str) -> str:
    """Return who adds a requirement to the project: `pip`, where no file of it says another."""
    for file, installer in INSTALLERS:
        if os.path.exists(os.path.join(root, file)):
            return installer
    # uv makes environments without pip.
    return "pip" if find_spec("pip") else "uv pip"


def are_local(kind: str) -> bool:
    """Say whether Django keeps static files or uploads in a directory; or nobody can tell."""
    try:
        from django.core.files.storage import FileSystemStorage, default_storage

        if kind == "media":
            return isinstance(default_storage, FileSystemStorage)
        from django.contrib.staticfiles.storage import staticfiles_storage

        return isinstance(staticfiles_storage, FileSystemStorage)
    except Exception:
        return True


class _Settings:
    """What settings say, whoever's they are: what is not there, or not as it should be, is None."""

    def __init__(self, loaded: Loaded) -> None:
        conf = sys.modules.get("django.conf")
        configured: Any = conf and conf.settings.configured and conf.settings
        self._settings: Any = configured or sys.modules.get(loaded.settings)
        self._application = loaded.own

    def get(self, name: str) -> Any:
        try:
            return getattr(self._settings, name, None)
        except Exception:
            # Django computes some; a server is told nothing of what it cannot.
            return None

    def address(self, kind: str) -> str:
        """Return the path at which a web server can send files of a kind, between slashes; empty
        where there is none."""
        url = self.get(f"{kind.upper()}_URL")
        # Where it begins with no slash, Django puts the script name before it while it answers.
        written = getattr(getattr(self._settings, "_wrapped", None), f"{kind.upper()}_URL", url)
        if self._is_flasks(kind):
            url = written = getattr(self._application, "static_url_path", None)
        if not isinstance(url, str):
            return ""
        try:
            if isinstance(written, str) and not urlsplit(written).netloc and written[:1] != "/":
                url = f"{self.script_name()}/{written}"
            # A network that delivers files under its own name fetches them at the same path here.
            path = urlsplit(url).path.strip("/")
        except ValueError:
            return ""
        return f"/{path}/" if path else ""

    def directory(self, kind: str) -> str:
        """Return where files of a kind are, unless that is on other machines."""
        root = self.get(f"{kind.upper()}_ROOT")
        if self._is_flasks(kind):
            root = getattr(self._application, "static_folder", None)
        path = os.fspath(root) if isinstance(root, (str, os.PathLike)) else ""
        is_known = isinstance(path, str) and path and self._are_local(kind)
        return os.path.abspath(path) if is_known else ""

    def _is_flasks(self, kind: str) -> bool:
        """Say whether it is the application itself that knows of files of a kind."""
        is_told = kind != "static" or bool(self.get("STATIC_ROOT"))
        return not is_told and frameworks.recognise(self._application)[:5] == "Flask"

    def _are_local(self, kind: str) -> bool:
        """Say whether files of a kind are in a directory, and not on other machines."""
        conf = sys.modules.get("django.conf")
        return conf is None or self._settings is not conf.settings or are_local(kind)

    def script_name(self) -> str:
        """Return the path below which Django takes itself to be, if it is not the root."""
        name = self.get("FORCE_SCRIPT_NAME")
        path = name.strip("/") if isinstance(name, str) else ""
        return f"/{path}" if path else ""

    def hosts(self) -> Iterator[str]:
        """Yield the names of the site that are known, without patterns and addresses."""
        yield from dict.fromkeys(host.lstrip(".") for host in self._host_patterns())

    def hosts_with_subdomains(self) -> Iterator[str]:
        """Yield those of the names that all names below them belong to, too."""
        yield from dict.fromkeys(it[1:] for it in self._host_patterns() if it.startswith("."))

    def _host_patterns(self) -> Iterator[str]:
        hosts = self.get("ALLOWED_HOSTS") or self.get("TRUSTED_HOSTS") or ()
        for host in hosts if isinstance(hosts, (list, tuple, set)) else ():
            if isinstance(host, str) and "*" not in host and host.strip("."):
                name = host.lstrip(".")
                if name not in LOCAL and not name.replace(".", "").isdigit() and ":" not in name:
                    yield host

    def database(self) -> str:
        """Return what Django calls the engine of the default database, such as `postgresql`."""
        databases = self.get("DATABASES")
        database = databases.get("default") if isinstance(databases, dict) else None
        engine = database.get("ENGINE") if isinstance(database, dict) else None
        kind = engine.rpartition(".")[2] if isinstance(engine, str) else ""
        return "sqlite3" if kind in SQLITE else kind

    def written(self) -> Iterator[str]:
        """Yield the directories that the project writes to: uploads, and databases of SQLite."""
        uploads = self.directory("media")
        databases = map(os.path.dirname, self.sqlite_files())
        yield from dict.fromkeys([uploads, *databases] if uploads else databases)

    def sqlite_files(self) -> Iterator[str]:
        """Yield the databases of SQLite."""
        databases = self.get("DATABASES")
        for database in databases.values() if isinstance(databases, dict) else ():
            engine = str(database.get("ENGINE")) if isinstance(database, dict) else ""
            if engine.rpartition(".")[2] in SQLITE:
                name = str(database.get("NAME") or "")
                if name and not name.startswith((":", "file:")):
                    yield os.path.abspath(name)
