"""Edits while a server runs: how long each takes to show, and what goes wrong meanwhile."""

import functools
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from clients import Clients
from serving import Failed

from reloading.client import Tally, ask, follow
from reloading.projects import WAYS
from reloading.servers import serving

# Before an edit, in seconds: a whole period of those that look once a second, so that an edit
# comes at any time between two looks.
REST = (0.1, 1.1)
# After so many missed edits one after another, a server does not reload at all.
GIVE_UP = 3
# A series of edits ends after so many seconds for each that was asked for, with fewer of them:
# those that need more than a second for each would take hours.
BUDGET = 1.0
LEAST = 5
CROWD = 20
# Seconds from a save to the next one; none for as soon as something shows.
MOMENTS = {
    "at the first answer": None,
    "as soon as the last shows": None,
    "the same size": None,
    "5 ms after another": 0.005,
    "20 ms after another": 0.02,
    "50 ms after another": 0.05,
}
FRESH = "at the first answer"
SAME_SIZE = "the same size"
# Requests in flight when a file is saved; how long before it they begin, in seconds; and what
# passes between two that begin after it.
FLYING = 4
HEAD_START = (0.05, 0.4)
LATER = 0.1
MOST_FLYING = 64


@dataclass
class Series:
    """What came of a series of edits."""

    seconds: list = field(default_factory=list)
    """For each edit that showed, from the end of saving to the complete answer."""
    missed: int = 0
    in_a_row: int = 0
    """How many of the last edits were missed."""
    tally: Tally = field(default_factory=Tally)
    """The requests of the client that asked for the edits."""
    crowd: Tally = field(default_factory=Tally)
    """Those of the other clients."""
    longest: float = 0.0
    """What one of the others waited at the most, in seconds."""
    failures: list = field(default_factory=list)
    """Why the series ended too early."""

    @property
    def edits(self):
        """Return how many edits there were."""
        return len(self.seconds) + self.missed

    @property
    def failed(self):
        """Return how many requests failed."""
        return sum((self.tally.failed + self.crowd.failed).values())

    @property
    def stale(self):
        """Return how many requests were answered with what was older than a save before them."""
        return self.tally.stale + self.crowd.stale

    def add(self, server, seconds):
        """Note an edit; fail where another one makes no sense."""
        if seconds is not None:
            self.seconds.append(seconds)
            self.in_a_row = 0
            return
        self.missed += 1
        self.in_a_row += 1
        server.check()
        if self.in_a_row == GIVE_UP:
            raise Failed(f"missed {GIVE_UP} edits one after another")

    def merge(self, other):
        """Add those of another series."""
        self.seconds += other.seconds
        self.missed += other.missed
        self.tally.merge(other.tally)
        self.crowd.merge(other.crowd)
        self.longest = max(self.longest, other.longest)
        self.failures += other.failures


@dataclass
class Flight(Series):
    """The same, and what came of requests of half a second."""

    before: Counter = field(default_factory=Counter)
    """Those that had begun when a file was saved: how many ended how."""
    after: Counter = field(default_factory=Counter)
    """Those that began after it, until the new content showed."""

    def merge(self, other):
        """Add those of another series."""
        super().merge(other)
        self.before += other.before
        self.after += other.after


def on_a_server(edit):
    """Let a function have a server that runs while it edits; what fails is noted in the series."""

    @functools.wraps(edit)
    def run(series, peer, project, *more):
        try:
            with serving(peer, project) as server:
                edit(series, server, *more)
                server.check()
        except Failed as failure:
            series.failures.append(str(failure))

    return run


@on_a_server
def spaced(series, server, count, chance):
    """Edit again and again, with rests between, in one way and the other in turns."""
    until = time.perf_counter() + BUDGET * count
    for number in range(count):
        time.sleep(chance.uniform(*REST))
        saved = server.project.save(WAYS[number % 2])
        series.add(server, follow(server.port, *saved, series.tally))
        if time.perf_counter() > until and series.edits >= LEAST:
            return


@on_a_server
def beside_crowd(series, server, count, chance):
    """Edit while clients ask all the time."""
    with Clients("crowd", server.port, CROWD, server.project.counter) as clients:
        try:
            spaced.__wrapped__(series, server, count, chance)
        finally:
            said = clients.end()
            if said:
                tally = Tally(said["asked"], said["stale"], Counter(said["failed"]))
                series.crowd.merge(tally)
                series.longest = said["longest"]
    if not said:
        raise Failed("the clients did not end")


@on_a_server
def hurried(series, server, count, chance, moment):
    """Edit at awkward moments."""
    until = time.perf_counter() + BUDGET * count
    gap, keeps_size = MOMENTS[moment], moment == SAME_SIZE
    try:
        for number in range(count):
            if gap is not None:
                time.sleep(chance.uniform(*REST))
                server.project.save(WAYS[(number // 2) % 2])
                time.sleep(gap)
            saved = server.project.save(WAYS[number % 2], keeps_size)
            series.add(server, follow(server.port, *saved, series.tally))
            if time.perf_counter() > until and series.edits >= LEAST:
                return
    finally:
        if keeps_size:
            # Another server would take what was compiled from what is older, as this one may have.
            server.project.save()


def fresh(series, peer, project, count, _, __):
    """Start servers, and edit as soon as each answers."""
    try:
        for number in range(count):
            with serving(peer, project, settling=0) as server:
                saved = project.save(WAYS[number % 2])
                series.add(server, follow(server.port, *saved, series.tally))
    except Failed as failure:
        series.failures.append(str(failure))


@on_a_server
def in_flight(flight, server, count, chance):
    """Edit while slow requests are in flight, and begin more until the edit shows."""
    with ThreadPoolExecutor(MOST_FLYING) as pool:
        for number in range(count):
            time.sleep(chance.uniform(*REST))
            before = [pool.submit(ask, server.port, "/slow") for _ in range(FLYING)]
            time.sleep(chance.uniform(*HEAD_START))
            edit, saved = server.project.save(WAYS[number % 2])
            after = []
            seen = pool.submit(follow, server.port, edit, saved, flight.tally)
            while not seen.done() and len(after) < MOST_FLYING - FLYING:
                after.append(pool.submit(ask, server.port, "/slow"))
                time.sleep(LATER)
            for futures, counter in ((before, flight.before), (after, flight.after)):
                counter.update(future.result().failure or "complete" for future in futures)
            flight.add(server, seen.result())
