"""The warm parent of workers: it has imported what they will need, and forks them.

docs/worker-protocol.md, "Forkserver", is the contract. A fork is to be as good as a new process,
only sooner; where that is in doubt, it is refused, and the front starts a new process. So this one
has one thread, loads nothing of the user's own, and looks before each fork whether what it has
loaded is still on the disk.
"""

from __future__ import annotations

import gc
import os
import sys
from _signal import SIG_DFL, SIGCHLD, SIGKILL, set_wakeup_fd, siginterrupt, signal
from marshal import dumps, loads
from select import select
from struct import Struct

# What a worker imports late is warm, too.
from . import bytecode, control, debugger, django_project, loaded, main, wire  # noqa: F401
from .freshness import Freshness
from .guard import SETTINGS, Guard
from .modules import Libraries
from .parcels import Connection
from .preloading import Preloading
from .shadows import Shadows
from .silence import Silence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXIT = Struct("<Ii")
"""The payload of EXITED."""

CONNECTIONS = 4
"""How many descriptors a worker is started with."""


def serve(descriptor: int) -> list[int]:
    """Serve the front. Returns in each worker, and there only: with its descriptors."""
    main.leave_termination()
    control.die_with(os.getppid())
    connection = Connection(descriptor)
    try:
        return Forkserver(connection).run()
    except BaseException as error:
        from .report import summary

        # Not where a worker that is being forked fails: it has left this connection behind.
        connection.send(wire.UNFIT, 0, dumps([("", summary(error))], 2))
        os._exit(70)


class Forkserver:
    """The parent. Whatever it holds open is left behind in its children."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pid = os.getpid()
        # A child that ends makes `select` return. The handler itself has nothing to do.
        self._wakeup, self._wakeup_end = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(self._wakeup_end, False)
        set_wakeup_fd(self._wakeup_end, warn_on_full_buffer=False)
        signal(SIGCHLD, lambda *_: None)
        siginterrupt(SIGCHLD, False)
        self._silence = Silence()
        self._workers: set[int] = set()
        self._trials: set[int] = set()
        self._unfit = ""
        self._last_preload = 0

        config = connection.configuration()
        if config["open_files"]:
            main.limit_open_files(config["open_files"])
        sys.argv[:] = config["argv"]
        bytecode.spare_fresh_sources()
        debugger.take_turns()
        # What is loaded stays; in the children, collections need not look at it.
        gc.disable()
        self._settings = {name: os.environ.pop(name) for name in SETTINGS if name in os.environ}
        self._path = list(sys.path)
        libraries = Libraries(config["root"])
        sys.path[:] = [entry for entry in sys.path if libraries.hold_directory(entry)]
        # What the interpreter has seen in the user's directories at its start; a worker looks anew.
        for entry in list(sys.path_importer_cache):
            if not libraries.hold_directory(entry):
                del sys.path_importer_cache[entry]
        first = [*config["pythonpath"], config["root"]]
        self._shadows = Shadows(first, self._path, libraries)
        sys.meta_path.append(self._shadows.missing)
        self._freshness = Freshness(sys.path, libraries)
        self._guard = Guard(libraries, self._shadows, self._freshness)
        self._preloading = Preloading(self._guard, self._leave_parent)
        if sys.implementation.name != "cpython":
            self._give_up("", "only CPython is known to fork well")
        else:
            # Something in `.pth` files or `sitecustomize` may have been busy already.
            self._give_up("", self._guard.process())

    def run(self) -> list[int]:
        """Do what the front asks for. Returns in each worker, and there only."""
        connection, preloading = self._connection, self._preloading
        frames, connection.early = connection.early, []
        while True:
            for frame in frames:
                descriptors = self._act(*frame)
                if descriptors:
                    return descriptors
            if not self._unfit and not preloading.is_done:
                self._preload()
            trial = preloading.trial
            sources = [connection.descriptor, self._wakeup, *([trial.pipe] if trial else ())]
            ready, _, _ = select(sources, [], [], None if self._unfit else preloading.patience())
            if self._wakeup in ready:
                self._reap()
            frames = connection.receive() if connection.descriptor in ready else []

    def _act(self, kind: int, number: int, payload: bytes) -> list[int] | None:
        if kind == wire.PRELOAD:
            self._preloading.add(loads(payload))
            self._last_preload = number
        elif kind == wire.FORK:
            return self._fork(number)
        elif kind == wire.KILL:
            pid = wire.NUMBER.unpack(payload)[0]
            # Only we wait for it, so the number still means it.
            if pid in self._workers:
                os.kill(pid, SIGKILL)
        else:
            raise ValueError(f"unknown frame {kind}")
        return None

    def _preload(self) -> None:
        preloading = self._preloading
        before = preloading.trial
        fault = preloading.step()
        if preloading.trial and preloading.trial is not before:
            self._trials.add(preloading.trial.pid)
        if fault:
            self._give_up(*fault)
        elif preloading.is_done:
            gc.collect()
            gc.freeze()
            self._connection.send(wire.WARM, self._last_preload, dumps(preloading.refused, 2))

    def _give_up(self, name: str, reason: str) -> None:
        """Fork no more; only look after the workers that there are."""
        if reason and not self._unfit:
            self._unfit = f"{name}: {reason}" if name else reason
            self._connection.send(wire.UNFIT, 0, dumps([(name, reason)], 2))

    def _fork(self, number: int) -> list[int] | None:
        """Fork a worker, unless it would not be as good as a new one. Returns in it."""
        descriptors = self._connection.take_descriptors(CONNECTIONS)
        reason = self._doubt(descriptors)
        pid = 0
        if not reason:
            gc.freeze()
            try:
                pid = os.fork()
            except OSError as error:
                reason = f"the system does not fork: {error}"
            else:
                if not pid:
                    self._become_worker()
                    return descriptors
        for descriptor in descriptors:
            os.close(descriptor)
        if reason:
            self._connection.send(wire.COLD, number, reason.encode("utf-8", "backslashreplace"))
        else:
            self._workers.add(pid)
            self._connection.send(wire.FORKED, number, wire.NUMBER.pack(pid))
        return None

    def _doubt(self, descriptors: list[int]) -> str:
        """Say why a fork would not be as good as a new process, or nothing."""
        trial = self._preloading.trial
        more = [*descriptors, *([trial.pipe] if trial else ())]
        if self._unfit:
            return self._unfit
        reason = self._guard.process(more) or self._guard.shadowed()
        if reason:
            return reason
        changed = self._freshness.changed()
        return f"{changed} has changed" if changed else ""

    def _reap(self) -> None:
        try:
            while os.read(self._wakeup, 4096):
                pass
        except BlockingIOError:
            pass
        # By their numbers: a module may have started, and wait for, a process of its own.
        for pid in [*self._workers, *self._trials]:
            try:
                ended, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                # A module waited for whatever child there was.
                ended, status = pid, 0
            if not ended:
                continue
            self._trials.discard(pid)
            if pid in self._workers:
                self._workers.remove(pid)
                self._connection.send(wire.EXITED, 0, EXIT.pack(pid, status))

    def _leave_parent(self) -> None:
        """In a child: let go of what is the parent's."""
        control.die_with(self._pid)
        set_wakeup_fd(-1)
        signal(SIGCHLD, SIG_DFL)
        self._connection.close()
        os.close(self._wakeup)
        os.close(self._wakeup_end)
        if self._preloading.trial:
            os.close(self._preloading.trial.pipe)
        for descriptor in self._silence.descriptors():
            os.close(descriptor)

    def _become_worker(self) -> None:
        """In a child: be as a new process is."""
        try:
            self._silence.lift()
            self._leave_parent()
            os.environ.update(self._settings)
            sys.path[:] = self._path
            sys.meta_path.remove(self._shadows.missing)
            _reseed()
            gc.enable()
        except BaseException as error:
            wire.complain(error)
            os._exit(70)


def _reseed() -> None:
    """Let each worker have random numbers of its own; `random` sees to that by itself."""
    numpy: Any = sys.modules.get("numpy.random")
    seed = getattr(numpy, "seed", None)
    if seed is not None:
        seed()
