"""`wsgi.file_wrapper`: an iterable over anything with a `read` method.

Where it stands for a regular file, the front is given that and sends it by itself.
"""

from __future__ import annotations

import os
import stat
import sys
from io import BufferedRandom, BufferedReader, FileIO

from .wire import BLOCK_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Optional, Tuple

    Part = Optional[Tuple[int, int, int]]


class FileWrapper:
    """Blocks of a file from where it stands now; `length` octets of it where that is given."""

    close: Callable[[], object]

    def __init__(self, filelike: Any, blksize: int = 8192, length: int | None = None) -> None:
        self.filelike = filelike
        self.blksize = blksize
        self._size = 0
        self._left = length
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
        if self._left is None:
            block: bytes = self.filelike.read(self._size)
        else:
            block = self.filelike.read(min(self._size, self._left))
            self._left -= len(block)
        if block:
            return block
        raise StopIteration

    def part(self) -> Part:
        """Return descriptor, offset and length of what is left; None where that is not a file.

        Only what is certain to give the octets of the file as they are: `fileno()` of a
        `GzipFile` is that of the compressed file.
        """
        filelike = self.filelike
        temporary = sys.modules.get("tempfile")
        if temporary and type(filelike) is getattr(temporary, "_TemporaryFileWrapper", None):
            filelike = filelike.file
        # Django's `File` and its like give the methods of the file that they stand for.
        filelike = getattr(getattr(filelike, "read", None), "__self__", filelike)
        kind = type(filelike)
        if kind is BufferedReader or kind is BufferedRandom:
            if type(filelike.raw) is not FileIO:
                return None
        elif kind is not FileIO:
            return None
        try:
            if kind is BufferedRandom:
                filelike.flush()
            descriptor = filelike.fileno()
            status = os.fstat(descriptor)
            offset = filelike.tell()
        except (OSError, ValueError):
            return None
        length = status.st_size - offset
        if self._left is not None:
            length = min(length, self._left)
        # Files of `/proc` say that they are empty, and are not.
        if length <= 0 or not stat.S_ISREG(status.st_mode):
            return None
        return descriptor, offset, length

    def _is_regular(self) -> bool:
        try:
            return stat.S_ISREG(os.fstat(self.filelike.fileno()).st_mode)
        except (AttributeError, OSError, TypeError, ValueError):
            return False
