"""What the threads of the worker share: the connections, and which requests are streaming."""

from __future__ import annotations

import os
import sys
from collections import deque
from marshal import dumps
from struct import Struct

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .body import StreamedInput, Window


DESCRIPTOR = Struct("@i")


class Link:
    """The way to the front. A frame about a request that is in no table is late, and ignored."""

    def __init__(self, data: int, control: int, files: int) -> None:
        self.data = wire.Outbox(data)
        self.control = wire.Outbox(control)
        self._files = files
        self.queue: deque[tuple[int, int, bytes]] = deque()
        """Requests that were read but not begun; only the runner touches it."""
        self.inputs: dict[int, StreamedInput] = {}
        """Requests whose body is being read."""
        self.windows: dict[int, Window] = {}
        """Requests whose response is being streamed."""

    def send_file(self, request: int, descriptor: int) -> bool:
        """Give the front a file that it is to send; False where that is not possible now."""
        # The C module: `socket` itself imports much that a worker has no use for.
        import _socket

        connection = _socket.socket(fileno=os.dup(self._files))
        rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, DESCRIPTOR.pack(descriptor))
        try:
            # Not waiting: the front takes descriptors only with the frames that follow them.
            sent = connection.sendmsg([wire.NUMBER.pack(request)], [rights], _socket.MSG_DONTWAIT)
        except OSError:
            return False
        finally:
            connection.close()
        return sent == wire.NUMBER.size

    def report(self, kind: int, pairs: list[tuple[str, str]]) -> None:
        """Send READY or FAILED: the pairs, and what every such report says of this Python."""
        pairs = [*pairs, ("python", python_version()), ("executable", sys.executable or "")]
        # Paths may have lone surrogates, which have no encoding.
        clean = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in pairs]
        self.control.send(wire.frame(kind, 0, dumps(clean, 2)))


def python_version() -> str:
    """Return which Python this is, such as `CPython 3.12.1`."""
    version = ".".join(map(str, sys.version_info[:3]))
    names = {"cpython": "CPython", "pypy": "PyPy"}
    return f"{names.get(sys.implementation.name, sys.implementation.name)} {version}"
