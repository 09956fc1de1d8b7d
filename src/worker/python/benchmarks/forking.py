"""How soon a worker is ready, forked and started: `python -m benchmarks.forking PYTHON PROJECT`.

PYTHON is the interpreter of the project's environment. To be run in the directory above this one,
on a machine that does nothing else. Times are in milliseconds, medians of `RUNS`.
"""

from __future__ import annotations

import sys
import time
from queue import Empty
from statistics import median

from tests.front import LIST, LOADED, Front
from tests.warm import Parent

RUNS = 15

QUIET = 0.5
"""Seconds after which a worker is taken to have said all."""


def loaded(front: Front) -> list[str]:
    """Return the names of the modules that a worker has loaded."""
    front.tell(LIST, 0)
    names: list[str] = []
    try:
        while True:
            kind, _, payload = front.control.get(timeout=QUIET)
            assert kind == LOADED
            names += payload[1]
    except Empty:
        return names


def measure(name: str, starts: list[tuple[float, float, float]]) -> None:
    """Print one line of the table."""
    ready, first, loading = (median(times) for times in zip(*starts))
    print(f"{name:8} ready {ready:6.1f}   first answer {first:6.1f}   of it loading {loading:6.1f}")


def run(front: Front, began: float) -> tuple[float, float, float]:
    """Return when a worker was ready, when its first answer came, and how long it loaded."""
    report = front.ready()
    ready = time.perf_counter()
    front.get()
    first = time.perf_counter()
    return (ready - began) * 1000, (first - began) * 1000, float(report["loading"])


def main(executable: str, root: str) -> None:
    """Measure both ways."""
    starts = []
    for _ in range(RUNS):
        began = time.perf_counter()
        with Front({}, executable, root=root) as front:
            starts.append(run(front, began))
            names = loaded(front) if len(starts) == RUNS else []
    measure("started", starts)
    with Parent({}, executable=executable, root=root) as parent:
        began = time.perf_counter()
        refused = parent.preload(*names)
        seconds = time.perf_counter() - began
        print(f"warm after {seconds * 1000:.0f}: {len(names)} modules, {len(refused)} of them not")
        forks = []
        for _ in range(RUNS):
            began = time.perf_counter()
            with parent.fork() as front:
                forks.append(run(front, began))
        measure("forked", forks)


if __name__ == "__main__":
    main(*sys.argv[1:])
