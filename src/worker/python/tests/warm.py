"""A front's side of the forkserver, for tests: warm up, fork workers, see how they end."""

from __future__ import annotations

import marshal
import os
import shutil
import socket
import struct
import sys
import tempfile
import threading
from queue import Empty, Queue
from typing import Any

from tests.front import CONFIGURE, HEADER, MAIN, TIMEOUT, Front, configuration, start, write_files

PRELOAD, FORK, KILL = 64, 65, 66
FORKED, COLD, EXITED, WARM, UNFIT = 80, 81, 82, 83, 84


class Child:
    """A forked process, as far as tests treat it like one that was started."""

    def __init__(self, parent: Parent, pid: int) -> None:
        self.pid = pid
        self._parent = parent
        self._status: int | None = None

    def wait(self, timeout: float = TIMEOUT) -> int:
        while self._status is None:
            pid, status = self._parent.expect(EXITED)
            if pid == self.pid:
                self._status = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else status >> 8
        return self._status

    def kill(self) -> None:
        try:
            self._parent.send(KILL, 0, struct.pack("<I", self.pid))
        except OSError:
            pass  # the parent is gone, and its children with it

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


class Parent:
    """One forkserver, a project, and a directory that stands for `site-packages`.

    `root` is the project's directory, where it is there already.
    """

    def __init__(
        self,
        files: dict[str, str],
        libraries: dict[str, str] | None = None,
        executable: str = sys.executable,
        environ: dict[str, str] | None = None,
        terminal: int | None = None,
        output: int | None = None,
        root: str = "",
        **config: Any,
    ) -> None:
        self.directory = os.path.realpath(tempfile.mkdtemp())
        self.root = root or os.path.join(self.directory, "project")
        self.libraries = os.path.join(self.directory, "site-packages")
        os.makedirs(self.root, exist_ok=True)
        write_files(self.root, files)
        os.makedirs(self.libraries)
        write_files(self.libraries, libraries or {})
        self.config = configuration(self.root, **config)
        self._socket, theirs = socket.socketpair()
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = start(
            [executable, "-u", MAIN, "forkserver", str(theirs.fileno())],
            self.root,
            [theirs.fileno()],
            self.errors,
            {"PYTHONPATH": self.libraries, **(environ or {})},
            terminal,
            output,
        )
        theirs.close()
        self.frames: Queue[Any] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._number = 0
        self.send(CONFIGURE, 0, marshal.dumps(self.config, 2))

    def __enter__(self) -> Parent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        try:
            self.process.wait(TIMEOUT)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(TIMEOUT)
            self._socket.close()
            self.errors.close()
            shutil.rmtree(self.directory)

    def close(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def stderr(self) -> str:
        return os.pread(self.errors.fileno(), 1 << 20, 0).decode("utf-8", "replace")

    def send(self, kind: int, number: int, payload: bytes = b"") -> None:
        self._socket.sendall(HEADER.pack(len(payload), kind, number) + payload)

    def expect(self, kind: int) -> Any:
        """The payload of the next frame, which is of this kind."""
        try:
            frame = self.frames.get(timeout=TIMEOUT)
        except Empty:
            raise AssertionError(f"nothing came: {self.stderr()}") from None
        assert frame is not None, f"it ended: {self.stderr()}"
        assert frame[0] == kind, (frame, self.stderr())
        return frame[2]

    def send_preload(self, *names: str) -> None:
        self.send(PRELOAD, 0, marshal.dumps(list(names), 2))

    def preload(self, *names: str) -> dict[str, str]:
        """Have modules imported; return those that were refused, and why."""
        self.send_preload(*names)
        return dict(self.expect(WARM))

    def _send_fork(self, descriptors: list[int]) -> None:
        self._number += 1
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("@4i", *descriptors))
        self._socket.sendmsg([HEADER.pack(0, FORK, self._number)], [rights])

    def fork(self, **config: Any) -> Front:
        """Fork a worker."""

        def begin(descriptors: list[int]) -> Child:
            self._send_fork(descriptors)
            return Child(self, self.expect(FORKED))

        return Front({}, begin=begin, **{**self.config, **config})

    def refusal(self) -> str:
        """Ask for a worker and return why there is none."""
        pairs = [socket.socketpair() for _ in range(4)]
        self._send_fork([one.fileno() for one, _ in pairs])
        for pair in pairs:
            for end in pair:
                end.close()
        reason: str = self.expect(COLD)
        return reason

    def _read(self) -> None:
        file = self._socket.makefile("rb")
        try:
            while True:
                header = file.read(9)
                if len(header) < 9:
                    break
                length, kind, number = HEADER.unpack(header)
                octets = file.read(length)
                payload: Any = octets
                if kind in (WARM, UNFIT):
                    payload = marshal.loads(octets)
                elif kind == FORKED:
                    [payload] = struct.unpack("<I", octets)
                elif kind == EXITED:
                    payload = struct.unpack("<Ii", octets)
                elif kind == COLD:
                    payload = octets.decode()
                self.frames.put((kind, number, payload))
        except OSError:
            pass
        self.frames.put(None)
