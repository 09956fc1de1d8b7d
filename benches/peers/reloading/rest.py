"""Servers that nobody asks and whose projects nobody edits: what watching costs."""

import contextlib
import time
from dataclasses import dataclass

import process
from report import progress
from serving import Failed

from reloading.servers import serving

# What is still going on after the start: Python's and the reloaders' first looks around.
SETTLING = 5.0


@dataclass
class Rest:
    """What all processes of a server did."""

    seconds: float
    """Of processor time."""
    percent: float
    """The same, of one processor."""
    wakes: float
    """How often a thread gave the processor up by itself, each second."""
    processes: int


def measure(some, project, duration):
    """Return what some servers do, all at the same time: none of them should do anything."""
    results = {}
    with contextlib.ExitStack() as stack:
        servers = {}
        for peer in some:
            try:
                servers[peer.name] = stack.enter_context(serving(peer, project, settling=0))
            except Failed as failure:
                progress(f"  {peer.name}: {failure}")
                results[peer.name] = None
        time.sleep(SETTLING)
        began = time.perf_counter()
        before = {name: look(server) for name, server in servers.items()}
        time.sleep(duration)
        took = time.perf_counter() - began
        for name, server in servers.items():
            results[name] = spent(before[name], look(server), took)
    return results


def look(server):
    """Return what each process has used, what each of its threads has, and their wake-ups."""
    seen = {}
    for pid in server.processes():
        with contextlib.suppress(OSError):
            seen[pid] = process.ticks(pid), process.runtimes(pid), process.waits(pid)
    return seen


def spent(before, after, took):
    """Return what was used between two looks."""
    seconds, wakes = 0.0, 0
    nothing = (0, {}, {})
    for pid, (ticks, runtimes, waits) in after.items():
        old_ticks, old_runtimes, old_waits = before.get(pid, nothing)
        finely = sum(value - old_runtimes.get(thread, 0) for thread, value in runtimes.items())
        # The system counts threads that have ended in ticks alone.
        seconds += max(finely / 1e9, (ticks - old_ticks - 1) * process.TICK)
        wakes += sum(value - old_waits.get(thread, 0) for thread, value in waits.items())
    return Rest(seconds, 100 * seconds / took, wakes / took, len(after))
