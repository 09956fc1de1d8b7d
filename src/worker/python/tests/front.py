"""A front for tests: starts a worker on real socket pairs and speaks the protocol with it."""

from __future__ import annotations

import marshal
import os
import socket
import struct
import subprocess
import sys
import tempfile
import textwrap
import threading
from queue import Queue
from typing import Any, Callable

PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAIN = os.path.join(PACKAGE, "scaffold_worker", "__main__.py")
HEADER = struct.Struct("<IBI")
SOCKET_BODY = struct.Struct("<QII")
TIMEOUT = 30
WINDOW = 256 * 1024

REQUEST, RESPONSE, HEAD, BLOCK, END, ERROR, FILE, RECEIVED = 1, 16, 17, 18, 19, 20, 21, 22
CONFIGURE, WAKE, BODY, BODY_FAIL, CREDIT, CANCEL, PING, LIST = 32, 33, 34, 36, 37, 38, 39, 40
CHANGED = 41
READY, FAILED, WANT, PONG, LOADED, TAKEN = 48, 49, 50, 51, 52, 53

Frame = Any


def read_frames(connection: socket.socket, into: Queue[Frame]) -> None:
    """Put every frame into a queue, decoded, and None at the end."""
    file = connection.makefile("rb")
    try:
        while True:
            header = file.read(9)
            if len(header) < 9:
                break
            length, kind, request = HEADER.unpack(header)
            payload: Any = file.read(length)
            if kind in (RESPONSE, HEAD, ERROR, READY, FAILED, LOADED):
                payload = marshal.loads(payload)
            elif kind == FILE:
                payload = struct.unpack("<QQ", payload)
            into.put((kind, request, payload))
    except OSError:
        pass
    into.put(None)


def write_files(root: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))


def configuration(root: str, **config: Any) -> dict[str, Any]:
    """What CONFIGURE says."""
    return {
        "root": root,
        "app": "",
        "settings": "",
        "configured_app": "",
        "configured_settings": "",
        "candidates": [],
        "pythonpath": [],
        "argv": ["manage.py", "runserver", "8000"],
        "threads": 4,
        "multiprocess": 0,
        "open_files": 0,
        "probe": 0,
        "describe": 0,
        "deploy": 0,
        **config,
    }


def start(
    arguments: list[str],
    root: str,
    descriptors: list[int],
    errors: Any,
    environ: dict[str, str] | None = None,
    terminal: int | None = None,
    output: int | None = None,
) -> Any:
    """Start an interpreter as the front does; `terminal` takes the place of all its streams."""
    variables = {k: v for k, v in os.environ.items() if "SETTINGS_MODULE" not in k}
    return subprocess.Popen(
        arguments,
        cwd=root,
        env={**variables, "PYTHONIOENCODING": "utf-8", **(environ or {})},
        stdin=subprocess.DEVNULL if terminal is None else terminal,
        stdout=output if terminal is None else terminal,
        stderr=errors if terminal is None else terminal,
        pass_fds=descriptors,
    )


class Front:
    """One worker process, the files of its project, and both connections.

    `begin` starts the process in another way, given the descriptors of the worker's ends. `root`
    is the directory of the files, where it is there already.
    """

    def __init__(
        self,
        files: dict[str, str],
        executable: str = sys.executable,
        environ: dict[str, str] | None = None,
        root: str = "",
        begin: Callable[[list[int]], Any] | None = None,
        **config: Any,
    ) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.root = root or os.path.realpath(self.directory.name)
        write_files(self.root, files)
        self.config = configuration(self.root, **config)
        self._data, data = socket.socketpair()
        self._control, control = socket.socketpair()
        self.files, their_files = socket.socketpair()
        self._begun = tempfile.TemporaryFile()  # noqa: SIM115
        self._begun.truncate(8)
        halves = [data, control, their_files]
        theirs = [*(half.fileno() for half in halves), self._begun.fileno()]
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115
        if begin is None:
            arguments = [executable, "-u", MAIN, *map(str, theirs)]
            self.process = start(arguments, self.root, theirs, self.errors, environ)
        else:
            self.process = begin(theirs)
        for half in halves:
            half.close()
        self.data: Queue[Frame] = Queue()
        self.control: Queue[Frame] = Queue()
        self._readers = []
        for connection, queue in ((self._data, self.data), (self._control, self.control)):
            reader = threading.Thread(target=read_frames, args=(connection, queue), daemon=True)
            reader.start()
            self._readers.append(reader)
        self.ids = 0
        self.tell(CONFIGURE, 0, marshal.dumps(self.config, 2))

    def __enter__(self) -> Front:
        return self

    def __exit__(self, *_: object) -> None:
        self.close_control()
        try:
            self.process.wait(TIMEOUT)
        finally:
            self.process.kill()
            self.process.wait()
            self._data.close()
            self._control.close()
            self.files.close()
            self._begun.close()
            for reader in self._readers:
                reader.join(TIMEOUT)
            self.errors.close()
            self.directory.cleanup()

    def close_control(self) -> None:
        try:
            self._control.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def close_data(self) -> None:
        self._data.shutdown(socket.SHUT_RDWR)

    def stderr(self) -> str:
        # Not by seeking: the worker writes through the same file offset.
        return os.pread(self.errors.fileno(), 1 << 20, 0).decode("utf-8", "replace")

    def ready(self) -> dict[str, str]:
        return dict(self.ready_pairs())

    def ready_pairs(self) -> list[tuple[str, str]]:
        frame: Frame = self.control.get(timeout=TIMEOUT)
        assert frame is not None, self.stderr()
        kind, _, pairs = frame
        assert kind == READY, pairs
        return list(pairs)

    def failed(self) -> dict[str, str]:
        frame: Frame = self.control.get(timeout=TIMEOUT)
        if frame is not None and frame[0] == LOADED:
            frame = self.control.get(timeout=TIMEOUT)
        assert frame is not None, self.stderr()
        kind, _, pairs = frame
        assert kind == FAILED, pairs
        assert self.process.wait(TIMEOUT) == 3
        return dict(pairs)

    def tell(self, kind: int, request: int, payload: bytes = b"") -> None:
        """Send a control frame."""
        self._control.sendall(HEADER.pack(len(payload), kind, request) + payload)

    def tell_number(self, kind: int, request: int, number: int) -> None:
        self.tell(kind, request, struct.pack("<I", number))

    def encode(self, path: str = "/", body: bytes | None = b"", **extra: str) -> bytes:
        """One REQUEST frame with the next id."""
        self.ids += 1
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            **extra,
        }
        if body:
            environ.setdefault("CONTENT_LENGTH", str(len(body)))
        payload = marshal.dumps((environ, body), 2)
        return HEADER.pack(len(payload), REQUEST, self.ids) + payload

    def send(self, path: str = "/", body: bytes | None = b"", **extra: str) -> int:
        """Send one REQUEST; return its id."""
        self._data.sendall(self.encode(path, body, **extra))
        return self.ids

    def send_octets(self, octets: bytes) -> None:
        self._data.sendall(octets)

    def begun_descriptor(self) -> int:
        return self._begun.fileno()

    def begun(self) -> int:
        """How many requests the worker says that it has begun."""
        number: int = struct.unpack("=Q", os.pread(self._begun.fileno(), 8, 0))[0]
        return number

    def send_file(self, request: int, descriptor: int, payload: bytes = b"") -> None:
        """Answer a WANT with a descriptor that the body can be read from."""
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("@i", descriptor))
        self.files.sendmsg([struct.pack("<I", request)], [rights])
        self.tell(BODY, request, payload)

    def give_body(self, request: int, octets: bytes) -> None:
        """Answer a WANT with all of the body."""
        with tempfile.TemporaryFile() as file:
            file.write(octets)
            file.seek(0)
            self.send_file(request, file.fileno())

    def file(self) -> tuple[int, bytes]:
        """The request and the contents of the next file that the worker has sent."""
        octets, ancillary, _, _ = self.files.recvmsg(4, socket.CMSG_SPACE(4))
        [(_, _, rights)] = ancillary
        with os.fdopen(struct.unpack("@i", rights)[0], "rb", closefd=True) as file:
            file.seek(0)
            return struct.unpack("<I", octets)[0], file.read()

    def next(self) -> Frame:
        """The next frame of the data connection."""
        frame = self.data.get(timeout=TIMEOUT)
        assert frame is not None, self.stderr()
        return frame

    def get(self, path: str = "/", body: bytes | None = b"", **extra: str) -> list[Frame]:
        """Send a request; return its frames as (type, payload), giving credit as they come."""
        number = self.send(path, body, **extra)
        frames = []
        while True:
            kind, request, payload = self.next()
            assert request == number, (request, number)
            frames.append((kind, payload))
            if kind in (RESPONSE, FILE, END, ERROR):
                return frames
            if kind == BLOCK:
                self.tell_number(CREDIT, request, len(payload))
