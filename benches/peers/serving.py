"""Running a server for a while: started on a free port, checked, and killed at the end."""

import contextlib
import os
import random
import re
import resource
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import process
from common import WORK, environment
from peers import Setup

READY_DEADLINE = 30
PORTS = 10_000


class Failed(Exception):
    """A server did not do its part."""


class Server:
    """A server that runs."""

    def __init__(self, peer, app, port, pid):
        """Note what runs where."""
        self.peer = peer
        self.app = app
        self.port = port
        self.pid = pid

    def workers(self):
        """Return the processes that the server has started."""
        return [pid for pid in process.tree(self.pid) if pid != self.pid]

    def check(self):
        """Ask for the right answer, before and after measuring: a fast wrong one is worthless."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=30) as response:
                status, actual = response.status, response.read()
        except OSError as error:
            raise Failed(f"wrong answer: {error}") from error
        if (status, actual) != (200, self.app.body):
            raise Failed(f"wrong answer: {status} {actual[:200]!r}")


@contextlib.contextmanager
def serving(peer, app, threads=32, workers=1, connections=0, **variables):
    """Run a server; it and all its processes are killed at the end."""
    port = free_port()
    command = peer.command(Setup(port, app, threads, workers, connections))
    slug = re.sub(r"\W+", "-", f"{peer.name}-{app.target}".lower()).strip("-")
    quiet = peer.logs_accesses
    with running(command, slug, app.directory, quiet=quiet, **variables) as (pid, poll, log):
        wait_ready(port, poll, log)
        server = Server(peer, app, port, pid)
        server.check()
        yield server


@contextlib.contextmanager
def running(command, slug, directory, quiet=False, **variables):
    """Run a program in a session of its own, its standard error in a file under WORK."""
    log_path = WORK / f"{slug}.log"
    with open(log_path, "wb") as log:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=directory,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if quiet else log,
            start_new_session=True,
        )
    try:
        yield child.pid, child.poll, log_path
    finally:
        # Those that have left the session are found by their parents.
        family = process.tree(child.pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        kill(family)
        child.wait()
        # One may have begun while the others were looked for.
        kill(process.tree(child.pid))


def kill(pids):
    """Kill those of some processes that still live."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_ready(port, poll, log_path):
    """Wait until somebody listens."""
    deadline = time.monotonic() + READY_DEADLINE
    while True:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        if poll() is not None:
            log = log_path.read_text(errors="replace")[-2000:]
            raise Failed(f"ended with {poll()} before it listened: {log}")
        if time.monotonic() > deadline:
            raise Failed(f"does not listen after {READY_DEADLINE} s")
        time.sleep(0.02)


def free_port():
    """Return a port that nobody listens on, and that no connection to elsewhere is given.

    A client that asks again and again while nobody listens would else be connected to itself one
    day, and a server that binds its port anew would find it taken.
    """
    with contextlib.suppress(OSError, ValueError):
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
        for _ in range(PORTS):
            port = random.randrange(max(1024, first - PORTS), first)
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
                return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def allow_files(count):
    """Let this process and those it starts have so many open files; whether that succeeded."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        wanted = count if hard == resource.RLIM_INFINITY else max(count, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, wanted))
        except (ValueError, OSError):
            return False
    return True
