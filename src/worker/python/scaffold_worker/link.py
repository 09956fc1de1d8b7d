"""What the threads of the worker share: the connections, and which requests are streaming."""

from __future__ import annotations

# The C module: `socket` itself imports much that a worker has no use for.
import _socket
import sys
from _thread import allocate_lock
from collections import deque
from marshal import dumps
from struct import Struct

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from .input import Source
    from .loaded import Inventory
    from .window import Window


DESCRIPTOR = Struct("@i")


class Link:
    """The way to the front. A frame about a request that is in no table is late, and ignored."""

    def __init__(self, data: int, control: int, files: int) -> None:
        self.data = wire.Outbox(data)
        self.control = wire.Outbox(control)
        self._files = files
        self._connection: _socket.socket | None = None
        self._connecting = allocate_lock()
        self.root = ""
        """The project's root, once it is known."""
        self.check: Callable[[Link], None] | None = None
        """Answers CHECK, where the framework has checks."""
        self.let_go: Callable[[], None] | None = None
        """Closes what the framework keeps open for the thread that calls it."""
        self.inventory: Inventory | None = None
        """What the front has been told of, once it has asked."""
        self.queue: deque[tuple[int, int, bytes]] = deque()
        """Requests that were read but not begun; only the runner touches it."""
        self.inputs: dict[int, Source] = {}
        """Requests whose body is being read."""
        self.windows: dict[int, Window] = {}
        """Requests whose response is being streamed."""

    def send_file(self, request: int, descriptor: int) -> bool:
        """Give the front a file that it is to send; False where that is not possible now."""
        rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, DESCRIPTOR.pack(descriptor))
        message = [wire.NUMBER.pack(request)]
        try:
            # Not waiting: the front takes descriptors only with the frames that follow them.
            sent = self._files_socket().sendmsg(message, [rights], _socket.MSG_DONTWAIT)
        except OSError:
            return False
        return sent == wire.NUMBER.size

    def receive_file(self, request: int) -> int | None:
        """Return the descriptor that the front has sent for a request; None where this process may
        have no more."""
        space = _socket.CMSG_SPACE(DESCRIPTOR.size)
        flags = _socket.MSG_DONTWAIT | getattr(_socket, "MSG_CMSG_CLOEXEC", 0)
        received = self._files_socket().recvmsg(wire.NUMBER.size, space, flags)
        number, ancillary = received[:2]
        if wire.NUMBER.unpack(number)[0] != request:
            raise ValueError("a descriptor came for another request")
        for _, _, rights in ancillary:
            descriptor: int = DESCRIPTOR.unpack(rights)[0]
            return descriptor
        # The system has closed it.
        return None

    def _files_socket(self) -> _socket.socket:
        """Return the files connection as a socket."""
        with self._connecting:
            if self._connection is None:
                self._connection = _socket.socket(fileno=self._files)
            return self._connection

    def report(self, kind: int, pairs: list[tuple[str, str]], exceptions: bytes = b"") -> None:
        """Send READY or FAILED: the pairs, and what every such report says of this Python.

        `exceptions` is what FAILED has behind them, encoded.
        """
        pairs = [*pairs, ("python", python_version()), ("executable", sys.executable or "")]
        # Paths may have lone surrogates, which have no encoding.
        clean = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in pairs]
        self.control.send(wire.frame(kind, 0, dumps(clean, 2) + exceptions))


def python_version() -> str:
    """Return which Python this is, such as `CPython 3.12.1`."""
    version = ".".join(map(str, sys.version_info[:3]))
    names = {"cpython": "CPython", "pypy": "PyPy"}
    return f"{names.get(sys.implementation.name, sys.implementation.name)} {version}"
