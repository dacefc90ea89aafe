"""The third gate: numbers, texts and true/false values are not mixed up.

Run twice: when a rule file is read, with the kinds its columns are declared to have,
and when a condition is built, with the kinds that the data have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exitline.errors import ConditionError
from exitline.rules.condition import nodes as n
from exitline.rules.condition.spelling import refuse

Kind = n.Kind
Known = Kind | None  # None: not known until there are data
KindOf = Callable[[str], Known]


def kind_of(node: n.Node, text: str, names: KindOf = lambda _: None, *, where: str = "") -> Known:
    """What a node gives: a number, true/false or text (None where only data can tell).

    Parameters
    ----------
    node : Node
        The tree of the condition.
    text, where : str
        For messages.
    names : callable
        The kind of a column, by its name; None when it is not known yet.

    Raises
    ------
    ConditionError
        Where a text is used as a number, and the like.
    """
    return _Checker(text, names, where).kind(node)


@dataclass(frozen=True)
class _Checker:
    text: str
    names: KindOf
    where: str

    def kind(self, node: n.Node) -> Known:
        """The kind of a node, after checking everything below it."""
        fixed = _FIXED.get(type(node))
        if fixed is not None:
            return fixed
        return _RULES[type(node)](self, node)

    def want(self, node: n.Node, kind: Kind, use: str) -> None:
        """Check that a node gives this kind."""
        found = self.kind(node)
        if found not in (kind, "missing", None):
            what = f"{n.KIND_WORDS[found]} stands where {n.KIND_WORDS[kind]} is needed ({use})"
            raise self._refuse(node, what, kind, found)

    def same(self, parts: tuple[n.Node, ...], use: str) -> Known:
        """Check that all nodes give one kind, and say which."""
        found: Known = None
        missing = True
        for part in parts:
            kind = self.kind(part)
            missing = missing and kind == "missing"
            if kind in (None, "missing"):
                continue
            if found is not None and kind != found:
                what = f"{n.KIND_WORDS[found]} meets {n.KIND_WORDS[kind]} ({use})"
                raise self._refuse(part, what, found, kind)
            found = kind
        return "missing" if missing else found

    def _refuse(self, node: n.Node, what: str, wanted: Kind, found: Kind) -> ConditionError:
        """The error for a value of the wrong kind."""
        return refuse(
            self.text,
            node.at,
            what,
            where=self.where,
            expected=n.KIND_WORDS[wanted],
            got=n.KIND_WORDS[found],
            remedy=_remedy(wanted, found, node),
        )


def _remedy(wanted: Kind, found: Kind, node: n.Node) -> str:
    """How to turn one kind into another."""
    name = node.name if isinstance(node, n.Name) else "x"
    if (wanted, found) == ("truth", "number") and isinstance(node, n.Number):
        return "write a true/false column alone, or NOT before it; it is no number"
    if (wanted, found) == ("truth", "number"):
        return f"say which value means true, for instance {name} = 1"
    if (wanted, found) == ("number", "truth"):
        if isinstance(node, n.Comparison):
            return "write a < x AND x < b, or x BETWEEN a AND b"
        return f"write {name} alone or NOT {name}; to count it, IF({name}, 1, 0)"
    if (wanted, found) == ("text", "number"):
        return "write the value without quotation marks"
    if (wanted, found) == ("number", "text"):
        return "texts are compared with = and <> only; read the column as a number to order it"
    return "compare values of one kind"


def _numbers(use: str, gives: Kind = "number") -> Callable[[_Checker, n.Node], Known]:
    def check(c: _Checker, node: n.Node) -> Known:
        for part in node.parts():
            c.want(part, "number", use)
        return gives

    return check


def _truths(use: str) -> Callable[[_Checker, n.Node], Known]:
    def check(c: _Checker, node: n.Node) -> Known:
        for part in node.parts():
            c.want(part, "truth", use)
        return "truth"

    return check


def _name(c: _Checker, node: n.Node) -> Known:
    assert isinstance(node, n.Name)
    return c.names(node.name)


def _constant(_: _Checker, node: n.Node) -> Known:
    assert isinstance(node, n.Truth)
    return "missing" if node.value is None else "truth"


def _comparison(c: _Checker, node: n.Node) -> Known:
    assert isinstance(node, n.Comparison)
    if node.operator in ("=", "<>"):
        c.same((node.left, node.right), f"comparison with {node.operator}")
    else:
        c.want(node.left, "number", f"comparison with {node.operator}")
        c.want(node.right, "number", f"comparison with {node.operator}")
    return "truth"


def _among(c: _Checker, node: n.Node) -> Known:
    assert isinstance(node, n.Among)
    c.same((node.of, *node.values), "IN")
    return "truth"


def _is_missing(c: _Checker, node: n.Node) -> Known:
    assert isinstance(node, n.IsMissing)
    c.kind(node.of)
    return "truth"


def _choice(c: _Checker, node: n.Node) -> Known:
    assert isinstance(node, n.Choice)
    for branch in node.branches:
        c.want(branch.when, "truth", "CASE WHEN or IF")
    results = tuple(branch.then for branch in node.branches)
    otherwise = () if node.otherwise is None else (node.otherwise,)
    return c.same((*results, *otherwise), "results of CASE or IF")


def _call(c: _Checker, node: n.Node) -> Known:
    assert isinstance(node, n.Call)
    if node.function in ("coalesce", "nullif"):
        return c.same(node.arguments, node.function)
    for argument in node.arguments:
        c.want(argument, "number", node.function)
    return "number"


_FIXED: dict[type[n.Node], Kind] = {
    n.Number: "number",
    n.Text: "text",
    n.LineReference: "number",
    n.Deprived: "truth",
    n.Score: "number",
}
_RULES: dict[type[n.Node], Callable[[_Checker, n.Node], Known]] = {
    n.Truth: _constant,
    n.Name: _name,
    n.Negative: _numbers("minus"),
    n.Arithmetic: _numbers("arithmetic"),
    n.Between: _numbers("BETWEEN", "truth"),
    n.Comparison: _comparison,
    n.Among: _among,
    n.IsMissing: _is_missing,
    n.IsTruth: _truths("IS TRUE"),
    n.Not: _truths("NOT"),
    n.Both: _truths("AND"),
    n.Either: _truths("OR"),
    n.Choice: _choice,
    n.Call: _call,
}
