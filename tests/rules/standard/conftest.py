"""What a condition means, written down a second time in plain Python: the tests' oracle.

It shares no code with the builder.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from exitline.rules.condition import nodes as n


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _and(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _half_away(value: float) -> float:
    if abs(value) >= 2**53:
        return value
    return math.copysign(math.floor(abs(value) + 0.5), value)


def _arithmetic(operator: str, a: float, b: float) -> float | None:
    try:
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[
            operator
        ]()
    except ZeroDivisionError:
        return None


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


def _exp(value: float) -> float | None:
    try:
        return math.exp(value)
    except OverflowError:
        return None


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": lambda v: math.ceil(v) if abs(v) < 2**53 else v,
    "floor": lambda v: math.floor(v) if abs(v) < 2**53 else v,
    "round": _half_away,
    "exp": _exp,
    "ln": lambda v: math.log(v) if v > 0 else None,
    "sqrt": lambda v: math.sqrt(v) if v >= 0 else None,
    "greatest": max,
    "least": min,
}


class Reference:
    """A condition on one row."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row

    def value(self, node: n.Node) -> Any:
        found = self._value(node)
        return _finite(found) if isinstance(found, float) else found

    def _value(self, node: n.Node) -> Any:  # noqa: C901
        match node:
            case n.Number(value=value) | n.Text(value=value) | n.Truth(value=value):
                return value
            case n.Name(name=name):
                return self.row[name]
            case n.Negative(of=of):
                inner = self.value(of)
                return None if inner is None else -inner
            case n.Arithmetic(operator=operator, left=left, right=right):
                a, b = self.value(left), self.value(right)
                return None if a is None or b is None else _arithmetic(operator, a, b)
            case n.Comparison(operator=operator, left=left, right=right):
                a, b = self.value(left), self.value(right)
                return None if a is None or b is None else _COMPARE[operator](a, b)
            case n.Between(of=of, low=low, high=high):
                x, a, b = self.value(of), self.value(low), self.value(high)
                above = None if x is None or a is None else x >= a
                return _and(above, None if x is None or b is None else x <= b)
            case n.Among(of=of, values=values):
                x = self.value(of)
                return None if x is None else x in [self.value(value) for value in values]
            case n.IsMissing(of=of):
                return self.value(of) is None
            case n.IsTruth(of=of, value=value):
                return self.value(of) is value
            case n.Not(of=of):
                inner = self.value(of)
                return None if inner is None else not inner
            case n.Both(all_of=parts):
                return self._all([self.value(part) for part in parts])
            case n.Either(any_of=parts):
                denied = [None if v is None else not v for v in map(self.value, parts)]
                found = self._all(denied)
                return None if found is None else not found
            case n.Choice(branches=branches, otherwise=otherwise):
                return self._choice(branches, otherwise)
            case n.Call(function=function, arguments=arguments):
                return self._call(function, [self.value(a) for a in arguments])
        raise AssertionError(node)

    @staticmethod
    def _all(values: list[bool | None]) -> bool | None:
        return False if False in values else None if None in values else True

    def _choice(self, branches: tuple[n.Branch, ...], otherwise: n.Node | None) -> Any:
        for branch in branches:
            when = self.value(branch.when)
            if when is None:
                return None
            if when:
                return self.value(branch.then)
        return None if otherwise is None else self.value(otherwise)

    @staticmethod
    def _call(function: str, values: list[Any]) -> Any:
        if function == "coalesce":
            return next((value for value in values if value is not None), None)
        if function == "nullif":
            return None if values[0] is None or values[0] == values[1] else values[0]
        return None if None in values else _FUNCTIONS[function](*values)


@pytest.fixture(scope="session")
def meaning() -> Callable[[Mapping[str, Any], n.Node], Any]:
    """What a condition's tree gives on a row."""
    return lambda row, tree: Reference(row).value(tree)
