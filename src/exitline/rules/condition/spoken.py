"""Conditions in words, for people who read no formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exitline.rules.condition import Condition
from exitline.rules.condition import nodes as n
from exitline.words.said import Numeral, Told, collected, say, together

_NONE: Mapping[str, str] = MappingProxyType({})
_COMPARED = {
    "<": collected("{one} is below {other}"),
    "<=": collected("{one} is at most {other}"),
    ">": collected("{one} is above {other}"),
    ">=": collected("{one} is at least {other}"),
    "=": collected("{one} is {other}"),
    "<>": collected("{one} is not {other}"),
}
_COUNTED = {
    "+": collected("{one} plus {other}"),
    "-": collected("{one} minus {other}"),
    "*": collected("{one} times {other}"),
    "/": collected("{one} divided by {other}"),
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
        compound = isinstance(node, n.Both | n.Either | n.Arithmetic)
        return say("({text})", text=words) if compound else words


def _negated(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Not)
    if isinstance(node.of, n.IsMissing):
        return say("{one} is not missing", one=s.inner(node.of.of))
    words = s.say(node.of)
    simple = isinstance(node.of, n.Name | n.Deprived)
    return say("not {text}", text=words if simple else say("({text})", text=words))


def _comparison(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Comparison)
    return say(_COMPARED[node.operator], one=s.say(node.left), other=s.say(node.right))


def _joined(message: str) -> Callable[[_Speaker, n.Node], str]:
    def join(s: _Speaker, node: n.Node) -> str:
        *parts, last = [s.inner(part) for part in node.parts()]
        return say(message, first=together(*parts, sign=", "), last=last)

    return join


def _arithmetic(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Arithmetic)
    left, right = node.left, node.right
    if node.operator == "/" and isinstance(left, n.Number) and isinstance(right, n.Number):
        return f"{left.written}/{right.written}"
    return say(_COUNTED[node.operator], one=s.inner(left), other=s.inner(right))


def _choice(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Choice)
    parts = [say("{one} if {other}", one=s.say(b.then), other=s.say(b.when)) for b in node.branches]
    otherwise = say("unknown") if node.otherwise is None else s.say(node.otherwise)
    parts.append(say("otherwise {text}", text=otherwise))
    return say("({text})", text=together(*parts, sign=", "))


def _call(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Call)
    arguments = ", ".join(s.say(argument) for argument in node.arguments)
    return f"{node.function}({arguments})"


def _among(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Among)
    values = together(*(s.say(value) for value in node.values), sign=", ")
    return say("{one} is one of {values}", one=s.say(node.of), values=values)


def _between(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Between)
    return say("{one} is from {first} to {last}", one=s.say(node.of), first=s.say(node.low),
               last=s.say(node.high))  # fmt: skip


def _truth(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Truth)
    return {True: say("true"), False: say("false"), None: say("unknown")}[node.value]


def _is_truth(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.IsTruth)
    of = s.inner(node.of)
    if node.value:
        return say("{one} is known to be true", one=of)
    return say("{one} is known to be false", one=of)


def _name(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Name)
    return Told(node.name.replace("_", " "))


def _line(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.LineReference)
    return say('the line "{name}"', name=s.lines.get(node.name, node.name))


def _deprived(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Deprived)
    return say('deprived in "{name}"', name=s.indicators.get(node.name, node.name))


def _score(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Score)
    return say("the deprivation score") if node.weighted else say("the number of deprivations")


def _number(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Number)
    return Numeral(f"{node.value:,.10g}")


def _text(_: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Text)
    return f'"{node.value}"'


def _negative(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.Negative)
    return f"-{s.inner(node.of)}"


def _is_missing(s: _Speaker, node: n.Node) -> str:
    assert isinstance(node, n.IsMissing)
    return say("{one} is missing", one=s.inner(node.of))


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
    n.Both: _joined(collected("{first}, and {last}")),
    n.Either: _joined(collected("{first}, or {last}")),
    n.Choice: _choice,
    n.Call: _call,
}
