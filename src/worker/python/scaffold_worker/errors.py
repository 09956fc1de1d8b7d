"""`wsgi.errors`: a text stream to the terminal that takes any text whatever.

It looks up `sys.stderr` at each call, so that a project which replaces it (pytest, colorama)
is respected, and it never fails: an application must not break because its log line cannot be
encoded.
"""

from __future__ import annotations

import io
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable


class ErrorStream(io.TextIOBase):
    """The one `wsgi.errors` of the process."""

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Write text, escaping what the terminal's encoding does not have."""
        if not isinstance(text, str):
            raise TypeError(f"wsgi.errors takes str, not {type(text).__name__}")
        stream = sys.stderr
        if stream is not None:
            try:
                try:
                    stream.write(text)
                except UnicodeError:
                    encoding = getattr(stream, "encoding", None) or "ascii"
                    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            except Exception:
                pass  # the terminal is gone, or what the project put in its place is broken
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Write the lines as they are, at once, so that nobody else's come between them."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Bring what was written to the terminal."""
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
        except Exception:
            pass

    def fileno(self) -> int:
        """Return the terminal's descriptor."""
        return sys.stderr.fileno()

    def isatty(self) -> bool:
        """Say whether a person is likely to read along."""
        return sys.stderr is not None and sys.stderr.isatty()

    def close(self) -> None:
        """Do nothing: the stream belongs to the server, not to one request."""


stream = ErrorStream()
