"""What a request wants of a file: all of it, a part, or nothing because it has it already.

Conditional and range requests as RFC 9110 has them, in sections 13 and 14.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os

RECENT = 3_000_000_000
"""Nanoseconds after a change during which another one could leave a file with the same times: some
file systems count them in steps of two seconds, the kernel in steps of up to 10 ms."""

_opaque_tag = re.compile('"[\x21\x23-\x7e\x80-\xff]*"').findall
# More digits than any file has octets, and fewer than Python refuses to read.
_one_range = re.compile(r"bytes=[ \t]*([0-9]{0,40})-([0-9]{0,40})[ \t]*", re.IGNORECASE).fullmatch


def entity_tag(status: os.stat_result, now: int) -> str:
    """Return the `ETag` of a file; `now` is the time, in nanoseconds since the epoch.

    Unlike a date it tells edits within one second apart, and a file that was replaced with an
    older one. As long as it could not, because the file has only just been changed, the tag is
    weak and never comes again: nobody is told that such a file is the one that they have.
    """
    tag = f"{status.st_ctime_ns:x}-{status.st_size:x}-{status.st_ino:x}"
    if now - status.st_ctime_ns < RECENT:
        return f'W/"{tag}-{now:x}"'
    return f'"{tag}"'


def is_among(tag: str, header: str) -> bool:
    """Say whether `If-None-Match` names the tag, by the weak comparison."""
    if header.strip() == "*":
        return True
    return (tag[2:] if tag.startswith("W/") else tag) in _opaque_tag(header)


def is_same(tag: str, last_modified: str, header: str) -> bool:
    """Say whether `If-Range` names exactly this state of the file, by the strong comparison."""
    return not tag.startswith("W/") and header.strip() in (tag, last_modified)


def byte_range(header: str, size: int) -> range | None:
    """Return the octets that `Range` asks for, none of them where there are no such octets.

    None where the header is to be ignored: it is no range of octets, or it is several. Answering
    those with all of the file is always right.
    """
    found = _one_range(header)
    if found is None:
        return None
    first, last = found.groups()
    if first:
        if last and int(last) < int(first):
            return None
        stop = min(int(last) + 1, size) if last else size
        return range(int(first), stop) if int(first) < size else range(0)
    if not last:
        return None
    if not size:
        # The end of an empty file exists, but a `Content-Range` cannot say so.
        return None if int(last) else range(0)
    return range(max(0, size - int(last)), size)
