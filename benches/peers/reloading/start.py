"""Starting: how long until the first answer, and what a large tree adds to it."""

import contextlib
import os

from report import progress
from serving import Failed

from reloading import projects
from reloading.client import Tally, follow
from reloading.servers import serving

DIRECTORIES, FILES = 50_000, 500_000
# Of each ten directories one is not ignored.
KEPT_EACH = 10
TREE = projects.HOME / "tree"


def start(peer, project):
    """Return the seconds from the start of a server to its first answer; none where it failed."""
    try:
        with serving(peer, project, settling=0) as server:
            return server.start_up
    except Failed as failure:
        progress(f"  {peer.name}: {failure}")
        return None


def measure(some, project, count):
    """Return the seconds of each start of some servers, which take turns."""
    results = {peer.name: [] for peer in some}
    for number in range(-1, count):
        for peer in some:
            took = start(peer, project)
            if number >= 0:  # The first one leaves everything in the system's caches.
                results[peer.name].append(took)
    return results


def start_and_edit(peer, project):
    """Return the same, and the seconds after which an edit showed that came at once."""
    try:
        with serving(peer, project, settling=0) as server:
            return server.start_up, follow(server.port, *project.save(), Tally())
    except Failed as failure:
        progress(f"  {peer.name}: {failure}")
        return None, None


def measure_tree(some, count):
    """Return both, in a project without a large tree and with it, in turns."""
    tree()
    project = projects.make("django")
    results = {(peer.name, has_tree): [] for has_tree in (False, True) for peer in some}
    for number in range(-1, count):
        for has_tree in (False, True):
            with inside(project) if has_tree else contextlib.nullcontext():
                for peer in some:
                    took = start_and_edit(peer, project)
                    if number >= 0:
                        results[peer.name, has_tree].append(took)
    return results


@contextlib.contextmanager
def inside(project):
    """Let the tree lie in a project for a while; it is moved, which takes no time."""
    moved = []
    try:
        for name in ("ignored", "data"):
            (TREE / name).rename(project.app.directory / name)
            moved.append(name)
        yield
    finally:
        for name in moved:
            (project.app.directory / name).rename(TREE / name)


def tree():
    """Make the tree once: empty files, of which git ignores nine of ten."""
    marker = TREE / "made"
    if marker.exists():
        return
    progress(f"making {FILES:,} files")
    for number in range(DIRECTORIES):
        top = "data" if number % KEPT_EACH == 0 else "ignored"
        directory = TREE / top / f"a{number // 1000}" / f"b{number % 1000 // 50}" / f"c{number}"
        os.makedirs(directory, exist_ok=True)
        for file in range(FILES // DIRECTORIES):
            with open(directory / f"f{file}.txt", "wb"):
                pass
    marker.touch()
