"""The servers that are compared: what each is called and how it is started.

Fairness. Threads: the same number for those with a fixed pool; the others start one for each
connection. No server writes an access log (Gunicorn, waitress, Granian and bjoern write none by
default; ours runs with -q), except Django's runserver, which cannot be told so and writes it to
/dev/null.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from common import HERE, OURS, PYTHON, VENV, output

APPS = HERE / "apps"


@dataclass(frozen=True)
class App:
    """A WSGI application and what its first page must say."""

    directory: Path
    target: str
    body: bytes
    settings: str = ""
    """Django's settings module; empty for an application without Django."""


HELLO = App(APPS, "hello:application", b"Hello, world!\n")
SLEEPING = App(APPS, "sleeping:application", b"Awake.\n")
FILES = App(APPS, "files:application", b"Files.\n")
KINDS = App(APPS, "kinds:application", b"Kinds.\n")
DJANGO = App(APPS / "site", "site_wsgi:application", b"Hello from Django!\n", "site_settings")


@dataclass(frozen=True)
class Setup:
    """What a server is started with."""

    port: int
    app: App
    threads: int
    workers: int
    connections: int
    """So many must be possible; 0 for the server's own limit."""


@dataclass(frozen=True)
class Peer:
    """A server."""

    name: str
    command: Callable[[Setup], list]
    is_closing: bool = False
    """Measured with a connection for each request."""
    logs_accesses: bool = False
    """It cannot be told to write no access log; it goes to standard error."""


def scaffold(setup):
    """Return our command line."""
    options = ["--noreload", "-q", "--python", PYTHON]
    if setup.workers > 1:
        options += ["--workers", setup.workers]
    if setup.app.settings:
        return [OURS, "runserver", setup.port, *options, "--settings", setup.app.settings]
    return [OURS, "runserver", setup.port, *options, "--app", setup.app.target]


def has_workers():
    """Whether our program can run several worker processes."""
    return "--workers" in output([OURS, "runserver", "--help"])


def runserver(setup):
    """Return the command line of Django's runserver, or of its server class alone."""
    if setup.app.settings:
        return [PYTHON, "manage.py", "runserver", "--noreload", setup.port]
    return [PYTHON, APPS / "django_serve.py", setup.port, setup.app.target]


def werkzeug(setup):
    """Return the command line of Werkzeug's development server."""
    return [PYTHON, APPS / "werkzeug_serve.py", setup.port, setup.app.target]


def bjoern(setup):
    """Return the command line of bjoern, which has one thread."""
    return [PYTHON, APPS / "bjoern_serve.py", setup.port, setup.app.target]


def gunicorn(setup):
    """Return the command line of Gunicorn with threads."""
    options = ["--worker-class", "gthread", "--threads", setup.threads]
    options += ["--workers", setup.workers, "--log-level", "error", "--no-control-socket"]
    return [PYTHON, "-m", "gunicorn", "-b", f"127.0.0.1:{setup.port}", *options, setup.app.target]


def waitress(setup):
    """Return the command line of waitress, which by default refuses bodies of 1 GiB."""
    options = [f"--threads={setup.threads}", "--max-request-body-size=4294967296"]
    listen = f"--listen=127.0.0.1:{setup.port}"
    return [PYTHON, "-m", "waitress", listen, *options, setup.app.target]


def granian(setup):
    """Return the command line of Granian."""
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", setup.port]
    options += ["--workers", setup.workers, "--blocking-threads", setup.threads]
    if setup.connections:
        options += ["--backlog", setup.connections, "--backpressure", setup.connections]
    return [VENV / "bin/granian", *options, "--no-access-log", "--no-log", setup.app.target]


SCAFFOLD = Peer("scaffold", scaffold)
GRANIAN = Peer("Granian", granian)
BJOERN = Peer("bjoern", bjoern)
GUNICORN = Peer("Gunicorn (gthread)", gunicorn)
WAITRESS = Peer("waitress", waitress)
WERKZEUG = Peer("Werkzeug", werkzeug)
RUNSERVER = Peer("Django runserver", runserver, logs_accesses=True)

# On a connection that stays open, runserver waits 40 ms at each answer for an acknowledgement
# (head and body leave in two writes, and Nagle's algorithm holds the second back); this row is
# what it can do apart from that.
CLOSING = Peer("Django runserver, closing", runserver, is_closing=True, logs_accesses=True)


def among(some, options):
    """Return those of some peers that `--only` names."""
    names = [name.lower() for name in options.only or [""]]
    return [peer for peer in some if any(name in peer.name.lower() for name in names)]


def chosen(some, options, fail):
    """Return those of some peers that `--only` names; fail where there are none."""
    found = among(some, options)
    if not found:
        fail(f"no such peer; there are {', '.join(peer.name for peer in some)}")
    return found
