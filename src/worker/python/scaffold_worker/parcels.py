"""The forkserver's connection, on which descriptors come with frames."""

from __future__ import annotations

import _socket
import os
from marshal import loads
from struct import Struct

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DESCRIPTOR = Struct("@i")

MOST_DESCRIPTORS = 16
"""The most descriptors that one read may bring; a frame brings 4, and the system lets no two
messages with descriptors come with one read."""


class Connection:
    """The connection to the front. When it closes, the process ends."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._socket = _socket.socket(fileno=descriptor)
        self.descriptor = descriptor
        self._octets = b""
        self._descriptors: list[int] = []
        self.early: list[tuple[int, int, bytes]] = []
        """Frames that came with CONFIGURE."""

    def configuration(self) -> dict[str, Any]:
        """Wait for CONFIGURE, which comes first."""
        while not self.early:
            self.early = self.receive()
        kind, _, payload = self.early.pop(0)
        if kind != wire.CONFIGURE:
            raise ValueError(f"frame {kind} in place of CONFIGURE")
        configuration: dict[str, Any] = loads(payload)
        return configuration

    def receive(self) -> list[tuple[int, int, bytes]]:
        """Wait until something comes; return the frames that are whole, as (type, id, payload)."""
        space = _socket.CMSG_SPACE(DESCRIPTOR.size * MOST_DESCRIPTORS)
        flags = getattr(_socket, "MSG_CMSG_CLOEXEC", 0)
        try:
            octets, ancillary, _, _ = self._socket.recvmsg(wire.READ_SIZE, space, flags)
        except OSError:
            octets, ancillary = b"", []
        if not octets:
            wire.hang_up()
        for _, _, rights in ancillary:
            whole = len(rights) - len(rights) % DESCRIPTOR.size
            self._descriptors += [one for (one,) in DESCRIPTOR.iter_unpack(rights[:whole])]
        self._octets += octets
        frames = []
        while len(self._octets) >= wire.HEADER.size:
            length, kind, number = wire.unpack_header(self._octets)
            end = wire.HEADER.size + length
            if length > wire.FRAME_LIMIT:
                wire.hang_up(70)
            if end > len(self._octets):
                break
            frames.append((kind, number, self._octets[wire.HEADER.size : end]))
            self._octets = self._octets[end:]
        return frames

    def take_descriptors(self, count: int) -> list[int]:
        """Return the descriptors that belong to the next frame that has some."""
        taken, self._descriptors = self._descriptors[:count], self._descriptors[count:]
        if len(taken) < count:
            raise ValueError("a frame without its descriptors")
        return taken

    def send(self, kind: int, number: int, payload: bytes) -> None:
        """Send a frame."""
        try:
            self._socket.sendall(wire.frame(kind, number, payload))
        except OSError:
            wire.hang_up()

    def close(self) -> None:
        """Let go of it, in a child."""
        self._socket.close()
