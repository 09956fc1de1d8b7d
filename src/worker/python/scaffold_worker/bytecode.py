"""Keep Python from serving a stale file: its bytecode cache cannot tell two edits of one second.

A cache file notes the source's size and modification time, in whole seconds. A source that is
edited twice within a second, to the same size, would be run as it was before the second edit. So
no cache file is written for a source that has only just been changed; the next start writes it.
"""

from __future__ import annotations

import importlib.machinery
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

SETTLED = 2.0
"""Seconds after which a change of a file has a modification time of its own."""


def spare_fresh_sources() -> None:
    """Write no cache files for sources that were changed within `SETTLED` seconds.

    Uses the hook by which importlib's own loader writes them; where an interpreter has none,
    nothing changes.
    """
    loader: Any = importlib.machinery.SourceFileLoader
    write: Callable[..., None] | None = getattr(loader, "_cache_bytecode", None)
    # In a forked worker, its parent has done so.
    if write is None or getattr(write, "spares_fresh_sources", False):
        return

    def write_if_settled(self: Any, source_path: str, *arguments: Any) -> None:
        try:
            status = os.stat(source_path)
        except OSError:
            return
        # What was unpacked or put back only now may have any modification time.
        changed = max(status.st_mtime, status.st_ctime)
        if time.time() - changed >= SETTLED:
            write(self, source_path, *arguments)

    write_if_settled.spares_fresh_sources = True  # type: ignore[attr-defined]
    loader._cache_bytecode = write_if_settled
