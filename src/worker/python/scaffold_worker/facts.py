"""What a server in production has to know of a project, for `scaffold deploy`: how it imports the
application, which settings these are, which files a web server may send by itself, and where the
project writes to (docs/worker-protocol.md, "What deploying needs").
"""

from __future__ import annotations

import os
import sys

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


def describe(loaded: Loaded) -> Pairs:
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
    settings = _Settings(loaded)
    for kind in ("static", "media"):
        url, root = settings.files(kind)
        # Files under an address with a host are on another server.
        if url and root and "//" not in url:
            note(f"deploy_{kind}_url", f"/{url.strip('/')}/")
            note(f"deploy_{kind}_root", root)
    note("deploy_database", settings.database())
    for host in settings.hosts():
        note("deploy_host", host)
    for directory in settings.written():
        note("deploy_writes", directory)
    return pairs


def _target(loaded: Loaded) -> tuple[str, str]:
    """Return the application as `module:attribute`, and the file of the module."""
    if loaded.rule == "framework":
        return FACTORY, ""
    parts = loaded.name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:count])
        module = found = sys.modules.get(name)
        for attribute in parts[count:]:
            found = getattr(found, attribute, None)
        if module is not None and found is loaded.own:
            file = getattr(module, "__file__", None) or ""
            return f"{name}:{'.'.join(parts[count:])}", os.path.abspath(file) if file else ""
    return "", ""


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

    def files(self, kind: str) -> tuple[str, str]:
        """Return the address and the directory of files of a kind."""
        url, root = self.get(f"{kind.upper()}_URL"), self.get(f"{kind.upper()}_ROOT")
        if kind == "static" and not root and frameworks.recognise(self._application)[:5] == "Flask":
            url = getattr(self._application, "static_url_path", None)
            root = getattr(self._application, "static_folder", None)
        if not isinstance(url, str) or not isinstance(root, (str, os.PathLike)):
            return "", ""
        path = os.fspath(root)
        return url, os.path.abspath(path) if isinstance(path, str) and path else ""

    def hosts(self) -> Iterator[str]:
        """Yield the names of the site that are known, without patterns and addresses."""
        hosts = self.get("ALLOWED_HOSTS") or self.get("TRUSTED_HOSTS") or ()
        for host in hosts if isinstance(hosts, (list, tuple, set)) else ():
            if isinstance(host, str) and "*" not in host and host.strip("."):
                name = host.lstrip(".")
                if name not in LOCAL and not name.replace(".", "").isdigit() and ":" not in name:
                    yield name

    def database(self) -> str:
        """Return what Django calls the engine of the default database, such as `postgresql`."""
        databases = self.get("DATABASES")
        database = databases.get("default") if isinstance(databases, dict) else None
        engine = database.get("ENGINE") if isinstance(database, dict) else None
        return engine.rpartition(".")[2] if isinstance(engine, str) else ""

    def written(self) -> Iterator[str]:
        """Yield the directories that the project writes to: uploads, and databases of SQLite."""
        _, uploads = self.files("media")
        if uploads:
            yield uploads
        databases = self.get("DATABASES")
        for database in databases.values() if isinstance(databases, dict) else ():
            if isinstance(database, dict) and str(database.get("ENGINE")).endswith("sqlite3"):
                name = str(database.get("NAME") or "")
                if name and not name.startswith((":", "file:")):
                    yield os.path.dirname(os.path.abspath(name))
