"""`wsgi.file_wrapper`: an iterable over anything with a `read` method."""

from __future__ import annotations

import os
import stat

from .wire import BLOCK_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator


class FileWrapper:
    """Blocks of a file from where it stands now."""

    close: Callable[[], object]

    def __init__(self, filelike: Any, blksize: int = 8192) -> None:
        self.filelike = filelike
        self.blksize = blksize
        self._size = 0
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the blocks."""
        return self

    def __next__(self) -> bytes:
        """Return the next block."""
        if not self._size:
            # The block size is a suggestion. A regular file never makes a reader wait, so it
            # is read in the largest blocks that a frame carries.
            self._size = max(self.blksize, BLOCK_LIMIT) if self._is_regular() else self.blksize
        block: bytes = self.filelike.read(self._size)
        if block:
            return block
        raise StopIteration

    def _is_regular(self) -> bool:
        try:
            return stat.S_ISREG(os.fstat(self.filelike.fileno()).st_mode)
        except (AttributeError, OSError, TypeError, ValueError):
            return False
