"""What a module gives a name, by its text: the effective value, or each that it may have.

Modules are read as they would run, from top to bottom and through `from x import *`; of an `if`,
both ways count. Nothing is imported or evaluated.
"""

from __future__ import annotations

import ast

from .sources import Source, Sources, resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List, Optional

    from .sources import Place

    State = List[Optional["Assignment"]]

DEPTH = 20
"""The most modules that import one another with `*`, and names that are made of one another."""

SHOWN = 60
"""The most characters of an expression that are shown."""

OPAQUE = ("exec", "execfile", "globals", "include", "locals", "vars")
"""Functions by which a module's names are set in ways that its text does not tell; `include` is
that of django-split-settings."""

UNSET: State = [None]
"""The name has no value, and can have none."""


class Assignment:
    """One value of a name, and where it is given."""

    def __init__(self, place: Place, shown: str, text: str | None = None) -> None:
        self.place = place
        self.shown = shown
        """What is assigned, as it is written."""
        self.text = text
        """The value, where it is a text that can be told."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assignment) and vars(self.place) == vars(other.place)

    __hash__ = None  # type: ignore[assignment]


class Reading:
    """Reads modules for one name."""

    def __init__(self, sources: Sources, name: str, depth: int = 0) -> None:
        self._sources = sources
        self._name = name
        self._depth = depth
        self._seen: list[str] = []

    def module(self, source: Source, state: State = UNSET) -> State:
        """Return the values that the name may have when the module has run, each once. None among
        them says that it may have none."""
        if source.module in self._seen or len(self._seen) >= DEPTH:
            return state
        self._seen.append(source.module)
        state = self._block(source, source.tree.body, state)
        self._seen.pop()
        return state

    def _block(self, source: Source, statements: list[ast.stmt], state: State) -> State:
        for statement in statements:
            state = self._statement(source, statement, state)
        return state

    def _statement(self, source: Source, node: ast.stmt, state: State) -> State:
        if isinstance(node, ast.If):
            return _joined(
                self._block(source, node.body, state), self._block(source, node.orelse, state)
            )
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            before = state
            if not isinstance(node, ast.While):
                before = self._simple(source, node, state, [node.target], None)
            inside = self._block(source, node.body, before)
            return self._block(source, node.orelse, _joined(state, inside))
        if isinstance(node, (ast.With, ast.AsyncWith)):
            targets = [item.optional_vars for item in node.items if item.optional_vars]
            return self._block(source, node.body, self._simple(source, node, state, targets, None))
        if isinstance(node, ast.ImportFrom):
            return self._import(source, node, state)
        if isinstance(node, ast.Raise):
            return []
        if hasattr(node, "handlers"):
            return self._try(source, node, state)
        if hasattr(node, "cases"):
            ways = [self._block(source, case.body, state) for case in node.cases]
            return _joined(state, *ways)
        targets, value = _targets(node)
        return self._simple(source, node, state, targets, value)

    def _simple(
        self,
        source: Source,
        node: ast.stmt,
        state: State,
        targets: list[ast.expr],
        value: ast.expr | None,
    ) -> State:
        """Return the state after a statement that assigns a value to targets."""
        name = self._name
        if isinstance(node, ast.Delete) and any(_is_name(it, name) for it in node.targets):
            return UNSET
        if any(_is_name(target, name) for target in targets):
            if isinstance(node, ast.AugAssign) or value is None:
                return [Assignment(source.place(node), _shown(source, node))]
            text = self._text(source, value)
            return [Assignment(source.place(node), _shown(source, value), text)]
        # In a tuple, by another name, or in the middle of an expression.
        if any(name in _bound(target) for target in targets) or name in _named(node):
            return [Assignment(source.place(node), _shown(source, node))]
        return state

    def _try(self, source: Source, node: ast.stmt, state: State) -> State:
        attempt: ast.Try = node  # type: ignore[assignment]
        imports = [it for it in attempt.body if isinstance(it, (ast.Import, ast.ImportFrom))]
        are_there = [self._is_there(source, it) for it in imports]
        done = self._block(source, attempt.orelse, self._block(source, attempt.body, state))
        if all(are_there) and len(imports) == len(attempt.body):
            ways = [done]
        else:
            # What fails to be imported has no effect; else it may have stopped anywhere.
            is_missing = not all(are_there)
            before = state if is_missing else _joined(state, done)
            handled = [self._block(source, it.body, before) for it in attempt.handlers]
            ways = handled if is_missing else [done, *handled]
        return self._block(source, attempt.finalbody, _joined(*ways))

    def _is_there(self, source: Source, node: ast.Import | ast.ImportFrom) -> bool:
        if isinstance(node, ast.ImportFrom):
            return self._sources.exists(resolved(source, node))
        return all(self._sources.exists(alias.name) for alias in node.names)

    def _import(self, source: Source, node: ast.ImportFrom, state: State) -> State:
        for alias in node.names:
            if alias.name == "*":
                state = self._import_all(source, node, state)
            elif (alias.asname or alias.name) == self._name:
                other = self._sources.find(resolved(source, node))
                found = UNSET
                if other is not None and self._depth < DEPTH:
                    reading = Reading(self._sources, alias.name, self._depth + 1)
                    found = reading.module(other)
                here = Assignment(source.place(node), _shown(source, node))
                state = [it or here for it in found]
        return state

    def _import_all(self, source: Source, node: ast.ImportFrom, state: State) -> State:
        other = self._sources.find(resolved(source, node))
        if other is None:
            return state
        exported = self._exported(other)
        if exported is False:
            return state
        found = self.module(other)
        values: State = [it for it in found if it is not None]
        if not values or (None not in found and exported):
            return found if values else state
        return _joined(state, values)

    def _exported(self, source: Source) -> bool | None:
        """Say whether `*` takes the name along; None where that cannot be told."""
        lists = [
            node.value
            for node in source.tree.body
            if isinstance(node, ast.Assign) and any(_is_name(it, "__all__") for it in node.targets)
        ]
        mentions = sum(_is_name(node, "__all__") for node in ast.walk(source.tree))
        if not mentions:
            return not self._name.startswith("_")
        if mentions > 1 or len(lists) != 1 or not isinstance(lists[0], (ast.List, ast.Tuple)):
            return None
        return any(getattr(it, "value", None) == self._name for it in lists[0].elts)

    def _text(self, source: Source, node: ast.expr) -> str | None:
        """Return the text that an expression is, where only texts are put together in it."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name) and self._depth < DEPTH:
            found = Reading(self._sources, node.id, self._depth + 1).module(source)
            return found[0].text if len(found) == 1 and found[0] else None
        if isinstance(node, ast.FormattedValue):
            is_plain = node.conversion == -1 and node.format_spec is None
            return self._text(source, node.value) if is_plain else None
        if isinstance(node, ast.JoinedStr):
            parts = [self._text(source, part) for part in node.values]
            known = [part for part in parts if part is not None]
            return "".join(known) if len(known) == len(parts) else None
        if isinstance(node, ast.BinOp):
            left, right = self._text(source, node.left), self._text(source, node.right)
            if left is None or right is None:
                return None
            if isinstance(node.op, ast.Add):
                return left + right
            if isinstance(node.op, ast.Mod):
                return left.replace("%s", right) if left.count("%") == 1 else None
        return None


def opaque(node: ast.AST) -> ast.Call | None:
    """Return a call in a statement that may set names of the module."""
    for inner in _running(node):
        if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") in OPAQUE:
            return inner
    return None


def imports_all(node: ast.AST) -> bool:
    """Say whether a statement takes all names of another module."""
    return any(
        isinstance(inner, ast.ImportFrom) and any(alias.name == "*" for alias in inner.names)
        for inner in _running(node)
    )


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Go through what runs with a statement, without functions and classes."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _running(child)


def _joined(*states: State) -> State:
    """Return all values of several states, each place once."""
    joined: State = []
    for state in states:
        joined += [it for it in state if it not in joined]
    return joined


def _targets(node: ast.stmt) -> tuple[list[ast.expr], ast.expr | None]:
    """Return what a statement assigns to, and what it assigns."""
    if isinstance(node, ast.Assign):
        return node.targets, node.value
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and node.value):
        return [node.target], node.value
    return [], None


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _bound(target: ast.expr) -> set[str]:
    """Return the names that an assignment to a target gives a value."""
    return {
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _named(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value other than by assigning."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return {it.target.id for it in _running(node) if isinstance(it, ast.NamedExpr)}


def _shown(source: Source, node: ast.AST) -> str:
    """Return the text of a node in one line."""
    text = ast.get_source_segment(source.text, node) or type(node).__name__
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
