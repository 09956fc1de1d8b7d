"""The results: tables in Markdown, and what the bars say of them."""

import json
import sys
from dataclasses import asdict, is_dataclass

from common import WORK, notes


def progress(text):
    """Tell what is being measured."""
    print(text, file=sys.stderr, flush=True)


def table(title, columns, rows):
    """Return a table; the first column is the rows' names, the others are right-aligned."""
    lines = ["| " + " | ".join([title, *columns]) + " |", "|---" + "|---:" * len(columns) + "|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def failed(name, columns):
    """Return the row of what failed."""
    return [name, "failed", *[""] * (len(columns) - 1)]


def beside(ours, theirs):
    """Return how many times `theirs` is `ours`."""
    return f"{ours / theirs:.2f}x" if ours and theirs else "-"


def ms(value):
    """Return a time as text."""
    return f"{value:.2f} ms"


def mib(octets):
    """Return an amount of memory as text."""
    return f"{octets / 1024 / 1024:.1f} MiB"


class Bars:
    """What is to be reached, and what is."""

    def __init__(self):
        """Begin with none."""
        self.lines = []

    def least(self, what, value, limit, unit=""):
        """Note a value that is to be at least so much; None where it was not measured."""
        self._add(what, value, f"at least {limit:g}{unit}", unit, value and value >= limit)

    def most(self, what, value, limit, unit=""):
        """Note a value that is to be at most so much; None where it was not measured."""
        is_met = value is not None and value <= limit
        self._add(what, value, f"at most {limit:g}{unit}", unit, is_met)

    def _add(self, what, value, limit, unit, is_met):
        if value is None:
            return
        verdict = "met" if is_met else "MISSED"
        self.lines.append(f"- {what}: {value:,.2f}{unit} ({limit}): {verdict}")


def publish(name, head, tables, bars, rows):
    """Print the results, and keep them as Markdown and as JSON."""
    parts = [head, *tables]
    if bars.lines:
        parts.append("\n".join(bars.lines))
    if notes:
        parts.append("\n".join(notes))
    text = "\n\n".join(parts) + "\n"
    plain = {"about": head, "notes": notes, "bars": bars.lines, "rows": rows}
    (WORK / f"{name}.md").write_text(text)
    (WORK / f"{name}.json").write_text(json.dumps(plain, indent=2, default=_plain) + "\n")
    print(text)


def _plain(value):
    return asdict(value) if is_dataclass(value) else str(value)
