"""From the tree of a condition to an Ibis expression that means the same on every engine.

The rules (docs/condition-language.md has the truth tables):

- every number is a double; a value that is not finite (NaN, infinities) is missing;
- what is not defined is missing: x/0, ln of 0 or less, sqrt of less than 0, overflow;
- AND, OR, NOT follow Kleene's strong three-valued logic; any comparison, any function and
  any choice that would need a missing value is missing; only IS NULL, IS TRUE, IS FALSE
  and coalesce turn missing into something else.

The size of what is written out is counted first: parts that are tested repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import ConditionError, nearest
from exitline.rules.condition import arithmetic as p
from exitline.rules.condition import nodes as n
from exitline.rules.condition.arithmetic import CARRYING
from exitline.rules.condition.kinds import Known, kind_of
from exitline.rules.condition.spelling import refuse

if TYPE_CHECKING:
    import ibis


MAX_COST = 5_000
OURS = "exitline__"
"""Columns that begin so were added to the table, and are in nobody's data."""
_TYPES: dict[n.Kind, str] = {
    "number": "float64",
    "truth": "boolean",
    "text": "string",
    "missing": "float64",
}


@dataclass(frozen=True)
class Scope:
    """What a condition is built upon: a table, and what its names and functions stand for."""

    table: ibis.Table
    names: Mapping[str, ibis.Value]
    lines: Mapping[str, float | ibis.Value]
    indicators: Mapping[str, ibis.Value]
    scores: Mapping[str, ibis.Value]


def build(node: n.Node, text: str, given: Scope, *, where: str = "") -> ibis.Value:
    """The Ibis expression of a condition.

    Parameters
    ----------
    node : Node
        The tree.
    text, where : str
        For messages.
    given : Scope
        The table and what names stand for.

    Raises
    ------
    ConditionError
        For a column, line or indicator that is not given, or a column of another kind.
    """
    builder = _Builder(text, given, where)
    kind = kind_of(node, text, builder.kind_of_name, where=where)
    if kind == "missing":
        raise refuse(text, node.at, "the condition is always missing", where=where)
    if cost(node) > MAX_COST:
        raise refuse(
            text,
            node.at,
            "the condition is too large once it is written out",
            where=where,
            remedy="compute its parts as columns of the study first",
        )
    return p.boxed(builder.value(node, kind or "truth"))


@dataclass(frozen=True)
class _Builder:
    text: str
    given: Scope
    where: str

    def kind_of_name(self, name: str) -> Known:
        """The kind of what a name stands for."""
        value = self._resolve(name)
        if value is None:
            raise self._unknown(name)
        kind = _kind_of_type(value.type())
        if kind is None:
            raise ConditionError(
                f"the column '{name}' cannot be used in a condition",
                where=self.where or None,
                expected="numbers, text or true/false",
                got=str(value.type()),
                remedy="turn it into one of these when the data are read",
            )
        return kind

    def _resolve(self, name: str) -> Any:
        """What a name stands for: first the names given, then the table's columns."""
        if name in self.given.names:
            return self.given.names[name]
        return self.given.table[name] if name in self.given.table.columns else None

    def _unknown(self, name: str) -> ConditionError:
        """The error for a name that stands for nothing."""
        columns = [c for c in self.given.table.columns if not c.startswith(OURS)]
        known = [*self.given.names, *columns]
        return ConditionError(
            f"there is no column '{name}'",
            where=f'{self.where}, in "{self.text}"' if self.where else f'in "{self.text}"',
            expected="one of " + ", ".join(sorted(known)[:30]),
            got=name,
            remedy=nearest(name, known) or "write a column's name as it stands in the data",
        )

    def value(self, node: n.Node, kind: n.Kind) -> Any:
        """The expression of a node, which is known to give this kind (or to be missing)."""
        return _BUILDERS[type(node)](self, node, kind)

    def number(self, node: n.Node) -> Any:
        """The expression of a node that gives a number; never NaN or infinite."""
        return self.value(node, "number")

    def unbounded(self, node: n.Node) -> Any:
        """The same, but a number that overflowed may still be NaN or infinite.

        Arithmetic carries such a value through to where it is made missing once, so that
        long formulas stay short.
        """
        if isinstance(node, n.Negative):
            return -self.unbounded(node.of)
        if isinstance(node, n.Call) and node.function in p.CARRYING:
            return p.FUNCTIONS[node.function](*[self.unbounded(part) for part in node.arguments])
        if not isinstance(node, n.Arithmetic):
            return self.number(node)
        left = self.unbounded(node.left)
        if node.operator == "/":
            below = self.unbounded(node.right)
            return left / p.defined((below != 0) & (below.abs() < p.INFINITE), below)
        return p.ARITHMETIC[node.operator](left, self.unbounded(node.right))

    def truth(self, node: n.Node) -> Any:
        """The expression of a node that gives true or false."""
        return self.value(node, "truth")

    def boxed(self, node: n.Node, kind: n.Kind) -> Any:
        """The same for a node that stands beside a comparison, IN or IS NULL."""
        return p.boxed(self.value(node, kind))

    def kind(self, node: n.Node) -> n.Kind:
        """The kind of a node; everything is known by now."""
        return kind_of(node, self.text, self.kind_of_name, where=self.where) or "number"

    def given_for(self, values: Mapping[str, Any], name: str, what: str) -> Any:
        """What line('name'), deprived('name') or a score stands for."""
        if name in values:
            return values[name]
        raise ConditionError(
            f"there is no {what} '{name}'",
            where=f'{self.where}, in "{self.text}"' if self.where else f'in "{self.text}"',
            expected="one of " + ", ".join(sorted(values))
            if values
            else f"a rule file with {what}s",
            got=name,
            remedy=nearest(name, values) or f"declare the {what} in the rule file",
        )


def _kind_of_type(dtype: Any) -> Known:
    """The kind that an Ibis type belongs to (None: a type conditions do not know)."""
    if dtype.is_boolean():
        return "truth"
    if dtype.is_numeric():
        return "number"
    if dtype.is_string():
        return "text"
    return "missing" if dtype.is_null() else None


def _leaf(value: Any, kind: n.Kind) -> Any:
    """A column or given value as its kind; a number that is not finite is missing."""
    dtype = value.type()
    if dtype.is_null():
        return value.cast(_TYPES[kind])
    if not dtype.is_numeric() or dtype.is_boolean():
        return value
    number = value if dtype.is_float64() else value.cast("float64")
    return p.finite_or_missing(number) if dtype.is_floating() else number


def _name(b: _Builder, node: n.Node, kind: n.Kind) -> Any:
    assert isinstance(node, n.Name)
    return _leaf(b._resolve(node.name), kind)


def _number(_: _Builder, node: n.Node, __: n.Kind) -> Any:
    import ibis

    assert isinstance(node, n.Number)
    return ibis.literal(node.value, type="float64")


def _text(_: _Builder, node: n.Node, __: n.Kind) -> Any:
    import ibis

    assert isinstance(node, n.Text)
    return ibis.literal(node.value, type="string")


def _constant(_: _Builder, node: n.Node, kind: n.Kind) -> Any:
    import ibis

    assert isinstance(node, n.Truth)
    return p.missing(_TYPES[kind]) if node.value is None else ibis.literal(node.value)


def _line(b: _Builder, node: n.Node, kind: n.Kind) -> Any:
    import ibis

    assert isinstance(node, n.LineReference)
    value = b.given_for(b.given.lines, node.name, "line")
    return _leaf(ibis.literal(float(value)) if isinstance(value, int | float) else value, kind)


def _deprived(b: _Builder, node: n.Node, kind: n.Kind) -> Any:
    assert isinstance(node, n.Deprived)
    return _leaf(b.given_for(b.given.indicators, node.name, "indicator"), kind)


def _score(b: _Builder, node: n.Node, kind: n.Kind) -> Any:
    assert isinstance(node, n.Score)
    name = "score" if node.weighted else "deprivations"
    return _leaf(b.given_for(b.given.scores, name, "score"), kind)


def _carried(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    """Arithmetic and functions of it, made missing once where they overflowed."""
    value = b.unbounded(node)
    return p.finite_or_missing(value) if may_overflow(node) else value


def _comparison(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.Comparison)
    kind = b.kind(node.left)
    kind = b.kind(node.right) if kind == "missing" else kind
    return p.COMPARE[node.operator](b.boxed(node.left, kind), b.boxed(node.right, kind))


def _between(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.Between)
    return b.number(node.of).between(b.number(node.low), b.number(node.high))


def _among(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.Among)
    kind = b.kind(node.values[0])
    return b.boxed(node.of, kind).isin([b.value(value, kind) for value in node.values])


def _is_missing(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.IsMissing)
    return b.boxed(node.of, b.kind(node.of)).isnull()


def _is_truth(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.IsTruth)
    of = b.truth(node.of)
    return (of if node.value else p.denied(of)).fill_null(False)


def _not(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.Not)
    return p.denied(b.truth(node.of))


def _both(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.Both)
    return p.joined([b.truth(part) for part in node.all_of], lambda x, y: x & y)


def _either(b: _Builder, node: n.Node, _: n.Kind) -> Any:
    assert isinstance(node, n.Either)
    return p.joined([b.truth(part) for part in node.any_of], lambda x, y: x | y)


def _choice(b: _Builder, node: n.Node, kind: n.Kind) -> Any:
    """CASE and IF; a missing condition makes the choice missing, as nobody can tell."""
    import ibis

    assert isinstance(node, n.Choice)
    missing = ibis.null(_TYPES[kind])
    cases: list[tuple[Any, Any]] = []
    for branch in node.branches:
        when = b.truth(branch.when)
        cases.append((when, b.value(branch.then, kind)))
        if not _never_missing(branch.when):
            cases.append((p.boxed(when).isnull(), missing))
    otherwise = missing if node.otherwise is None else b.value(node.otherwise, kind)
    return ibis.cases(*cases, else_=otherwise)


def _never_missing(node: n.Node) -> bool:
    """Whether a condition is true or false whatever the data hold."""
    if isinstance(node, n.Not | n.Both | n.Either):
        return all(_never_missing(part) for part in node.parts())
    return isinstance(node, n.IsMissing | n.IsTruth)


def _call(b: _Builder, node: n.Node, kind: n.Kind) -> Any:
    """A function. All but coalesce and nullif need every argument."""
    import ibis

    assert isinstance(node, n.Call)
    if node.function in p.CARRYING:
        return _carried(b, node, kind)
    arguments = [b.value(argument, kind) for argument in node.arguments]
    if node.function == "coalesce":
        return ibis.coalesce(*arguments)
    if node.function == "nullif":
        return arguments[0].nullif(arguments[1])
    return p.FUNCTIONS[node.function](*arguments)


_BUILDERS: dict[type[n.Node], Callable[[_Builder, n.Node, n.Kind], Any]] = {
    n.Number: _number,
    n.Text: _text,
    n.Truth: _constant,
    n.Name: _name,
    n.LineReference: _line,
    n.Deprived: _deprived,
    n.Score: _score,
    n.Negative: _carried,
    n.Arithmetic: _carried,
    n.Comparison: _comparison,
    n.Between: _between,
    n.Among: _among,
    n.IsMissing: _is_missing,
    n.IsTruth: _is_truth,
    n.Not: _not,
    n.Both: _both,
    n.Either: _either,
    n.Choice: _choice,
    n.Call: _call,
}


_REPEATS = {
    "ceil": 3,
    "floor": 3,
    "greatest": 2,
    "least": 2,
    "ln": 2,
    "nullif": 2,
    "round": 3,
    "sqrt": 2,
}


def cost(node: n.Node) -> int:
    """How many pieces the expression has once written out; tests for missing repeat theirs."""
    if isinstance(node, n.Negative | n.Arithmetic):
        return (2 if may_overflow(node) else 1) * _unbounded(node)
    if isinstance(node, n.Call) and node.function in CARRYING:
        return (2 if may_overflow(node) else 1) * _unbounded(node)
    if isinstance(node, n.Branch):
        return 2 * cost(node.when) + cost(node.then)
    repeats = _REPEATS.get(node.function, 1) if isinstance(node, n.Call) else 1
    return 1 + repeats * sum(cost(part) for part in node.parts())


def _unbounded(node: n.Node) -> int:
    """The same for a number that may still be NaN or infinite."""
    if isinstance(node, n.Arithmetic):
        repeats = 3 if node.operator == "/" else 1
        return 1 + _unbounded(node.left) + repeats * _unbounded(node.right)
    if isinstance(node, n.Negative):
        return 1 + _unbounded(node.of)
    if isinstance(node, n.Call) and node.function in CARRYING:
        return 1 + _REPEATS.get(node.function, 1) * _unbounded(node.arguments[0])
    return cost(node)


def may_overflow(node: n.Node) -> bool:
    """Whether a number can come out NaN or infinite before it is made missing."""
    if isinstance(node, n.Negative) or (isinstance(node, n.Call) and node.function in CARRYING):
        with_digits = isinstance(node, n.Call) and len(node.arguments) == 2
        return with_digits or any(may_overflow(part) for part in node.parts())
    return isinstance(node, n.Arithmetic)
