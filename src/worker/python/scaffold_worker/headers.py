"""What `start_response` accepts: the rules of PEP 3333 for a status and a list of headers.

Applications send the same few headers again and again, so what was found right once is
remembered, in sets of bounded size, and costs one look-up afterwards.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    Header = Tuple[str, str]

HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    )
)

TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

MEMORY = 1024
"""How many statuses, names or headers are remembered before all are forgotten: more than a
project has of constant ones, and little memory when every value is new."""

REMEMBERED_LENGTH = 256
"""Longer headers (policies, cookies) are checked each time rather than kept."""

known_headers: set[Header] = set()
"""Headers found right. `Content-Length` is never here, since its number is needed."""
known_statuses: set[str] = set()
_known_names: set[str] = set()
_lengths: dict[Header, int] = {}


def check_status(status: object) -> str:
    """Return the status as exactly `str`, or raise what is wrong with it."""
    if not isinstance(status, str):
        raise TypeError(f"the status must be a str such as '200 OK', not {_name(status)}")
    status = _exact(status)
    if len(status) < 4 or not (status[:3].isascii() and status[:3].isdigit()) or status[3] != " ":
        raise ValueError(f"the status must look like '200 OK', not {status!r}")
    if status[0] in "01":
        raise ValueError(f"an application cannot send the status {status!r}: it is not final")
    _check_text(status, "the status")
    if len(known_statuses) >= MEMORY:
        known_statuses.clear()
    known_statuses.add(status)
    return status


def check_headers(headers: list[Header]) -> tuple[list[Header], int | None]:
    """Return the headers as exact lists, tuples and strings, and the Content-Length if any."""
    if not isinstance(headers, list):
        raise TypeError(f"the headers must be a list of (name, value), not {_name(headers)}")
    checked = []
    length = None
    for header in headers:
        if type(header) is tuple and len(header) == 2:
            name, value = header
            if type(name) is not str or type(value) is not str:
                name, value = _strings(header)
                header = (name, value)
        else:
            header = name, value = _strings(header)
        if header not in known_headers:
            declared = _lengths.get(header)
            if declared is None:
                declared = _check_header(name, value)
            if declared is not None:
                if length is not None:
                    raise ValueError("Content-Length is given twice")
                length = declared
        checked.append(header)
    return checked, length


def _check_header(name: str, value: str) -> int | None:
    """Check one header that was not met before; return its number if it is Content-Length."""
    if name not in _known_names:
        if not name or not TOKEN.issuperset(name):
            raise ValueError(f"illegal header name {name!r}")
        if name.lower() in HOP_BY_HOP:
            raise ValueError(f"{name!r} is the server's business, an application cannot set it")
        if len(_known_names) >= MEMORY:
            _known_names.clear()
        if len(name) <= REMEMBERED_LENGTH:
            _known_names.add(name)
    if name.lower() == "content-length":
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise ValueError(f"Content-Length must be a number, not {value!r}")
        if len(_lengths) >= MEMORY:
            _lengths.clear()
        return _lengths.setdefault((name, value), int(value))
    _check_text(value, f"the value of {name!r}")
    if len(value) <= REMEMBERED_LENGTH:
        if len(known_headers) >= MEMORY:
            known_headers.clear()
        known_headers.add((name, value))
    return None


def _check_text(text: str, what: str) -> None:
    """Refuse control characters, which could end the header, and what latin-1 does not have."""
    if text.isascii() and text.isprintable():
        return
    for character in text:
        if character < " " or character == "\x7f":
            raise ValueError(f"{what} has a control character: {text!r}")
        if character > "\xff":
            raise ValueError(f"{what} has a character outside latin-1: {text!r}")


def _strings(header: Any) -> Header:
    """Return the pair as exactly `(str, str)`: marshal refuses subclasses such as SafeString."""
    if not isinstance(header, tuple) or len(header) != 2:
        raise TypeError(f"a header must be a tuple (name, value), not {header!r}")
    name, value = header
    for part in header:
        if not isinstance(part, str):
            raise TypeError(
                f"name and value of a header must be str, not {_name(part)}: {header!r}"
            )
    return _exact(name), _exact(value)


def _exact(text: str) -> str:
    return text if type(text) is str else str.__str__(text)


def _name(value: object) -> str:
    return type(value).__name__
