"""Keeping what imports print out of the terminal, and imports from reading it.

Each module that is kept warm was imported, and heard, in the worker already. The streams are
replaced below Python, so that `sys.stdout` and its like stay the objects that libraries remember,
and C code is silent too. Where a stream is a terminal, a terminal of nobody takes its place:
libraries decide on colours while they are imported.
"""

from __future__ import annotations

import os

STREAMS = (0, 1, 2)


class Silence:
    """The streams of this process, put aside until `lift` brings them back."""

    def __init__(self) -> None:
        self._saved = {stream: saved for stream in STREAMS if (saved := _copy(stream)) is not None}
        self._kept: list[int] = []
        nothing = os.open(os.devnull, os.O_RDWR)
        nobody = None
        for stream, saved in self._saved.items():
            if os.isatty(saved):
                nobody = nobody or self._terminal(saved)
            stand_in = nobody[1] if nobody and os.isatty(saved) else nothing
            os.dup2(stand_in, stream, inheritable=True)
        os.close(nothing)
        if nobody:
            os.close(nobody[1])

    def descriptors(self) -> list[int]:
        """Return the descriptors that this keeps open, beside the streams."""
        return [*self._saved.values(), *self._kept]

    def lift(self) -> None:
        """Bring the streams back, in a child."""
        for stream, saved in self._saved.items():
            os.dup2(saved, stream, inheritable=True)

    def _terminal(self, model: int) -> tuple[int, int] | None:
        """Make a terminal as large as another one; what is written to it is lost."""
        try:
            import fcntl
            import termios

            ours, theirs = os.openpty()
            size = fcntl.ioctl(model, termios.TIOCGWINSZ, bytes(8))
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
        except (ImportError, OSError):
            return None
        # It holds a few thousand octets; who writes more must not wait for somebody to read them.
        os.set_blocking(theirs, False)
        self._kept.append(ours)
        return ours, theirs


def _copy(stream: int) -> int | None:
    try:
        return os.dup(stream)
    except OSError:
        return None
