"""Which kinds of values the columns of a condition must have: numbers, texts, true or false."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from exitline.rules.condition import nodes as n

Wanted = Literal["number", "truth", "text"]


def wanted(node: n.Node, kind: Wanted | None = None) -> Iterator[tuple[str, Wanted]]:
    """Each name of a condition or formula with the kind of value that stands for it.

    Parameters
    ----------
    node : Node
        The tree of a `Condition`.
    kind : {"number", "truth", "text"}, optional
        What the whole gives, where that is known.

    Yields
    ------
    tuple of str and str
        A name that is merely compared with another is not among them: its values decide.

    Examples
    --------
    >>> from exitline.rules.condition import parse
    >>> sorted(wanted(parse("reg = '010' AND y / size < 3 AND NOT water").tree))
    [('reg', 'text'), ('size', 'number'), ('water', 'truth'), ('y', 'number')]
    """
    if isinstance(node, n.Name):
        if kind is not None:
            yield node.name, kind
        return
    for part, needed in _needs(node, kind):
        yield from wanted(part, needed)


def _needs(node: n.Node, kind: Wanted | None) -> Iterator[tuple[n.Node, Wanted | None]]:
    """The parts of a node, each with the kind that it must have."""
    if isinstance(node, n.Choice):
        yield from ((branch.when, "truth") for branch in node.branches)
        results = [branch.then for branch in node.branches]
        yield from _alike(results + ([node.otherwise] if node.otherwise else []), kind)
    elif isinstance(node, n.Call) and node.function in ("coalesce", "nullif"):
        yield from _alike(list(node.arguments), kind)
    elif isinstance(node, n.Among) or _compares_any(node):
        yield from _alike(list(node.parts()), None)
    elif isinstance(node, n.IsMissing):
        yield node.of, None
    else:
        truths = isinstance(node, n.IsTruth | n.Not | n.Both | n.Either)
        yield from ((part, "truth" if truths else "number") for part in node.parts())


def _compares_any(node: n.Node) -> bool:
    """Whether values of any one kind are compared."""
    return isinstance(node, n.Comparison) and node.operator in ("=", "<>")


def _alike(parts: list[n.Node], kind: Wanted | None) -> Iterator[tuple[n.Node, Wanted | None]]:
    """Parts of one kind: where one of them shows it, the others have it."""
    shown = kind or next((found for part in parts if (found := _gives(part))), None)
    yield from ((part, shown) for part in parts)


def _gives(node: n.Node) -> Wanted | None:
    """The kind that a node shows by itself."""
    if isinstance(node, n.Text):
        return "text"
    if isinstance(node, n.Number | n.LineReference | n.Score | n.Negative | n.Arithmetic):
        return "number"
    if isinstance(node, n.Call) and node.function not in ("coalesce", "nullif"):
        return "number"
    truths = (n.Deprived, n.Comparison, n.Among, n.Between, n.IsMissing, n.IsTruth, n.Not)
    if isinstance(node, (*truths, n.Both, n.Either)):
        return "truth"
    return None
