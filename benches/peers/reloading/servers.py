"""The servers with their reloaders, and running one of them on a project.

Fairness. Each has one worker process and 32 threads where it has a pool, writes no access log, and
otherwise has the defaults of its reloader; only Granian is told to go on where a worker does not
start, as the others do. Django's runserver serves its own project by `manage.py`; applications
without Django get the same server and reloader without a project around (`apps/django_reload.py`).
Its reloader is the one named: StatReloader is kept from finding a watchman, and watchman runs
before Django starts and has seen the directories.
"""

import contextlib
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import peers
import process
from common import OURS, PYTHON, VENV, notes
from peers import APPS, Peer, Setup
from serving import Failed, free_port, running

from reloading.client import ask
from reloading.projects import Project

THREADS = 32
READY_DEADLINE = 60.0
PAUSE = 0.001
# After its first answer a server may still be starting to watch; edits during start-up are no part
# of the comparison, except where it is told so.
SETTLING = 1.0
# Its first look at the directories, and what Django waits for it at the most.
WATCHMAN_DEADLINE = 120
WATCHMAN = shutil.which("watchman")


@dataclass
class Server:
    """A server that runs, and watches a project."""

    peer: Peer
    project: Project
    port: int
    pid: int
    poll: Callable[[], "int | None"]
    helper: "int | None"
    """The process that watches for it."""
    start_up: float
    """The seconds from its start to its first answer."""

    def processes(self):
        """Return all its processes."""
        return process.tree(self.pid) + (process.tree(self.helper) if self.helper else [])

    def check(self):
        """Fail if it has ended."""
        if self.poll() is not None:
            raise Failed(f"ended with {self.poll()}")


@contextlib.contextmanager
def serving(peer, project, settling=SETTLING):
    """Run a server; it and all its processes are killed at the end."""
    port = free_port()
    command = peer.command(Setup(port, project.app, THREADS, 1, 0))
    slug = "reload-" + re.sub(r"\W+", "-", f"{peer.name}-{project.name}".lower()).strip("-")
    directory = project.app.directory
    with contextlib.ExitStack() as stack:
        helper, variables = None, {"WATCHMAN_SOCK": "/nonexistent"}
        if peer is DJANGO_WATCHMAN:
            helper, variables = stack.enter_context(watchman(directory))
        began = time.perf_counter()
        quiet = peer.logs_accesses
        pid, poll, log = stack.enter_context(
            running(command, slug, directory, quiet=quiet, **variables)
        )
        first = wait_answer(port, poll, log, project.number)
        server = Server(peer, project, port, pid, poll, helper, first - began)
        time.sleep(settling)
        yield server


def wait_answer(port, poll, log, number):
    """Wait for the first answer, and return when it was complete."""
    deadline = time.perf_counter() + READY_DEADLINE
    while True:
        outcome = ask(port, patience=READY_DEADLINE)
        now = time.perf_counter()
        if outcome.number == number:
            return now
        if poll() is not None:
            text = log.read_text(errors="replace")[-2000:]
            raise Failed(f"ended with {poll()} before it answered: {text}")
        if now > deadline:
            raise Failed(f"did not answer rightly in {READY_DEADLINE:.0f} s: {outcome}")
        time.sleep(PAUSE)


@contextlib.contextmanager
def watchman(directory):
    """Run watchman, not as a daemon, and let it look at what Django will ask of it."""
    with tempfile.TemporaryDirectory(prefix="watchman-") as home:
        files = {name: Path(home, name) for name in ("sockname", "statefile", "logfile", "pidfile")}
        options = [f"--{name}={path}" for name, path in files.items()]
        command = [WATCHMAN, "--foreground", *options]
        with running(command, "reload-watchman", home) as (pid, _, _):
            deadline = time.monotonic() + WATCHMAN_DEADLINE
            while not files["sockname"].exists() and time.monotonic() < deadline:
                time.sleep(PAUSE)
            for watched in (directory, VENV, APPS, base_prefix()):
                ask_watchman(files["sockname"], "watch-project", watched)
            yield (
                pid,
                {
                    "WATCHMAN_SOCK": files["sockname"],
                    "DJANGO_WATCHMAN_TIMEOUT": WATCHMAN_DEADLINE,
                },
            )


def ask_watchman(socket, *words):
    """Let watchman do something."""
    command = [WATCHMAN, f"--sockname={socket}", "--no-spawn", *map(str, words)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WATCHMAN_DEADLINE, check=False)
    except subprocess.TimeoutExpired as expired:
        raise Failed(f"watchman: {expired}") from expired
    if done.returncode:
        raise Failed(f"watchman: {done.stdout.decode()}{done.stderr.decode()}")


def base_prefix():
    """Return where the standard library lies."""
    done = subprocess.run(
        [PYTHON, "-c", "import os; print(os.path.dirname(os.__file__))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def scaffold(setup):
    """Return our command line: the project says what to serve."""
    return [OURS, "runserver", setup.port, "-q", "--python", PYTHON]


def runserver(setup):
    """Return the command line of Django's runserver."""
    if setup.app.settings:
        return [PYTHON, "manage.py", "runserver", setup.port]
    return [PYTHON, APPS / "django_reload.py", setup.port, setup.app.target]


def watchfiles(setup):
    """Return the command line of Django's runserver with django-watchfiles."""
    if setup.app.settings:
        settings = ["--settings", "watchfiles_settings", "--pythonpath", APPS]
        return [*runserver(setup), *settings]
    return [*runserver(setup), "django_watchfiles"]


def werkzeug(kind):
    """Return what makes the command line of Werkzeug with a kind of reloader."""
    return lambda setup: [*peers.werkzeug(setup), kind]


def gunicorn(engine):
    """Return what makes the command line of Gunicorn with an engine of its reloader."""
    return lambda setup: [*peers.gunicorn(setup), "--reload", "--reload-engine", engine]


def granian(setup):
    """Return the command line of Granian."""
    return [*peers.granian(setup), "--reload", "--reload-ignore-worker-failure"]


SCAFFOLD = Peer("scaffold", scaffold)
GRANIAN = Peer("Granian", granian)
DJANGO = Peer("Django runserver (stat)", runserver, logs_accesses=True)
DJANGO_WATCHMAN = Peer("Django runserver (watchman)", runserver, logs_accesses=True)
PEERS = (
    SCAFFOLD,
    GRANIAN,
    Peer("Gunicorn (poll)", gunicorn("poll")),
    Peer("Gunicorn (inotify)", gunicorn("inotify")),
    Peer("Werkzeug (stat)", werkzeug("stat")),
    Peer("Werkzeug (watchdog)", werkzeug("watchdog")),
    DJANGO,
    DJANGO_WATCHMAN,
    Peer("Django runserver (watchfiles)", watchfiles, logs_accesses=True),
)


def available(chosen):
    """Return those of some peers that can run here, and note which cannot."""
    if DJANGO_WATCHMAN in chosen and not WATCHMAN:
        notes.append("Django with watchman is left out: apt-get install watchman.")
        return [peer for peer in chosen if peer is not DJANGO_WATCHMAN]
    return chosen
