"""Where in a settings file the line goes that sets WSGI_APPLICATION, and how it looks there."""

from __future__ import annotations

import ast
import tokenize
from io import BytesIO

from .assigned import imports_all, opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .sources import Source

SETTING = "WSGI_APPLICATION"

ANCHORS = ("MIDDLEWARE", "MIDDLEWARE_CLASSES", "ROOT_URLCONF", "TEMPLATES")
"""The settings that WSGI_APPLICATION follows in Django's own template, of whatever version."""


def anchored(source: Source) -> bool:
    """Say whether the file has one of the settings that the line goes behind."""
    return any(map(_is_anchor, _own(source.tree.body)))


def inserted(source: Source, application: str) -> bytes:
    """Return the file with the line in it."""
    lines, after = source.lines, _line_after(source)
    quote = _quote(source)
    line = f"{SETTING} = {quote}{application}{quote}".encode(source.encoding.replace("-sig", ""))
    end = _line_end(lines, after)
    if after == len(lines):
        if not lines:
            line += end
        elif not lines[-1].endswith((b"\n", b"\r")):
            # There was no line end at the end of the file, and there is none now.
            line = end + end + line
        else:
            line = (end if lines[-1].strip() else b"") + line + end
    elif lines[after].strip():
        # The settings stand close together.
        line = line + end
    else:
        line = end + line + end
    return b"".join([*lines[:after], line, *lines[after:]])


def _own(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements before those that let other settings, such as local ones, take the
    place of these. What is imported at the beginning is what these build on."""
    sets = False
    for number, statement in enumerate(statements):
        if sets and (imports_all(statement) or opaque(statement)):
            return statements[:number]
        sets = sets or any(name.isupper() for name in _assigned(statement))
    return statements


def _line_after(source: Source) -> int:
    """Return the number of the line that the new one goes behind; 0 for none."""
    body = source.tree.body
    own = _own(body)
    anchors = [number for number, statement in enumerate(own) if _is_anchor(statement)]
    if not anchors and len(own) == len(body):
        return len(source.lines)
    last = anchors[-1] if anchors else len(own) - 1
    end = body[last].end_lineno or 0
    for statement in body[last + 1 :]:
        # Behind a semicolon a statement may begin that goes on below.
        if statement.lineno > end:
            break
        end = statement.end_lineno or 0
    return end


def _is_anchor(statement: ast.stmt) -> bool:
    return any(name in ANCHORS for name in _assigned(statement))


def _assigned(statement: ast.stmt) -> list[str]:
    """Return the names that a statement plainly assigns to."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value:
        targets = [statement.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _line_end(lines: list[bytes], after: int) -> bytes:
    """Return how the lines end, there or else anywhere in the file."""
    near = lines[max(after - 1, 0) : after + 1]
    for line in [*near, *lines]:
        for end in (b"\r\n", b"\n", b"\r"):
            if line.endswith(end):
                return end
    return b"\n"


def _quote(source: Source) -> str:
    """Return the quotes that most strings of the file have."""
    single = double = 0
    try:
        for token in tokenize.tokenize(BytesIO(source.octets).readline):
            text = token.string.lstrip("rRbBuUfF")
            if token.type == tokenize.STRING and text[:3] not in ("'''", '"""'):
                single += text[:1] == "'"
                double += text[:1] == '"'
    except (tokenize.TokenError, SyntaxError):
        # The parser has taken it; this only counts.
        pass
    return "'" if single > double else '"'
