"""Conditions in words, for people who read no formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exitline.rules.condition import Condition
from exitline.rules.condition import nodes as n

_NONE: Mapping[str, str] = MappingProxyType({})
_COMPARED = {
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "=": "is",
    "<>": "is not",
}


def in_words(
    condition: Condition,
    *,
    lines: Mapping[str, str] = _NONE,
    indicators: Mapping[str, str] = _NONE,
) -> str:
    """A condition as a plain sentence without capital or full stop.

    Parameters
    ----------
    condition : Condition
    lines, indicators : mapping of str to str
        Labels to use instead of names.

    Examples
    --------
    >>> from exitline.rules.condition import parse
    >>> in_words(parse("welfare < line('food') OR NOT safe_water"), lines={"food": "food line"})
    'welfare is below the line "food line", or not safe water'
    """
    return _Speaker(lines, indicators).say(condition.tree)


@dataclass(frozen=True)
class _Speaker:
    lines: Mapping[str, str]
    indicators: Mapping[str, str]

    def say(self, node: n.Node) -> str:
        """The words of a node."""
        return _WORDS[type(node)](self, node)

    def inner(self, node: n.Node) -> str:
        """The words of a node, in brackets where they would be misread without."""
        words = self.say(node)
        return f"({words})" if isinstance(node, n.Both | n.Either | n.Arithmetic) else words


def _negated(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Not)
    if isinstance(node.of, n.IsMissing):
        return f"{s.inner(node.of.of)} is not missing"
    words = s.say(node.of)
    simple = isinstance(node.of, n.Name | n.Deprived)
    return f"not {words}" if simple else f"not ({words})"


def _comparison(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Comparison)
    return f"{s.say(node.left)} {_COMPARED[node.operator]} {s.say(node.right)}"


def _joined(word: str) -> Callable[[_Speaker, n.Node], str]:
    def join(s: _Speaker, node: n.Node) -> str:
        parts = [s.inner(part) for part in node.parts()]
        return ", ".join(parts[:-1]) + f", {word} {parts[-1]}"

    return join


def _arithmetic(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Arithmetic)
    left, right = node.left, node.right
    if node.operator == "/" and isinstance(left, n.Number) and isinstance(right, n.Number):
        return f"{left.written}/{right.written}"
    words = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
    return f"{s.inner(left)} {words[node.operator]} {s.inner(right)}"


def _choice(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Choice)
    parts = [f"{s.say(b.then)} if {s.say(b.when)}" for b in node.branches]
    otherwise = "unknown" if node.otherwise is None else s.say(node.otherwise)
    return "(" + ", ".join(parts) + f", otherwise {otherwise})"


def _call(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Call)
    arguments = ", ".join(s.say(argument) for argument in node.arguments)
    return f"{node.function}({arguments})"


def _among(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Among)
    return f"{s.say(node.of)} is one of " + ", ".join(s.say(value) for value in node.values)


def _between(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Between)
    return f"{s.say(node.of)} is from {s.say(node.low)} to {s.say(node.high)}"


def _truth(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Truth)
    return "unknown" if node.value is None else str(node.value).lower()


def _is_truth(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.IsTruth)
    return f"{s.inner(node.of)} is known to be {'true' if node.value else 'false'}"


def _name(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Name)
    return node.name.replace("_", " ")


def _line(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.LineReference)
    return f'the line "{s.lines.get(node.name, node.name)}"'


def _deprived(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Deprived)
    return f'deprived in "{s.indicators.get(node.name, node.name)}"'


def _score(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Score)
    return "the deprivation score" if node.weighted else "the number of deprivations"


def _number(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Number)
    return f"{node.value:,.10g}"


def _text(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Text)
    return f'"{node.value}"'


def _negative(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Negative)
    return f"-{s.inner(node.of)}"


def _is_missing(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.IsMissing)
    return f"{s.inner(node.of)} is missing"


_WORDS: dict[type[n.Node], Callable[[_Speaker, n.Node], str]] = {
    n.Number: _number,
    n.Text: _text,
    n.Truth: _truth,
    n.Name: _name,
    n.LineReference: _line,
    n.Deprived: _deprived,
    n.Score: _score,
    n.Negative: _negative,
    n.Arithmetic: _arithmetic,
    n.Comparison: _comparison,
    n.Between: _between,
    n.Among: _among,
    n.IsMissing: _is_missing,
    n.IsTruth: _is_truth,
    n.Not: _negated,
    n.Both: _joined("and"),
    n.Either: _joined("or"),
    n.Choice: _choice,
    n.Call: _call,
}
