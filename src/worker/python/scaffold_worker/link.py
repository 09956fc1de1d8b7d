"""What the threads of the worker share: the connections, and which requests are streaming."""

from __future__ import annotations

import sys
from collections import deque
from marshal import dumps

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .body import StreamedInput, Window


class Link:
    """The way to the front. A frame about a request that is in no table is late, and ignored."""

    def __init__(self, data: int, control: int) -> None:
        self.data = wire.Outbox(data)
        self.control = wire.Outbox(control)
        self.queue: deque[tuple[int, int, bytes]] = deque()
        """Requests that were read but not begun; only the runner touches it."""
        self.inputs: dict[int, StreamedInput] = {}
        """Requests whose body is being read."""
        self.windows: dict[int, Window] = {}
        """Requests whose response is being streamed."""

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
