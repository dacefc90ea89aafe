"""Arithmetic on Ibis values that means the same on every engine.

Engines differ in what x/0, ln(0), overflow and rounding give; here what is not defined is
missing on all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

INFINITE = float("inf")
_EXACT = 2.0**53  # from here on every double is a whole number


def finite_or_missing(value: Any) -> Any:
    """The value where it is a finite number, missing elsewhere.

    DuckDB and Spark both order NaN after infinity, so that one comparison finds the two.
    """
    return defined(value.abs() < INFINITE, value)


def missing(kind: str) -> Any:
    """A missing value in the hands of arithmetic and comparisons.

    Ibis turns x = NULL into x IS NULL where it meets a bare NULL; inside COALESCE it is a value
    like any other.
    """
    import ibis

    return ibis.coalesce(ibis.null(kind), ibis.null(kind))


def boxed(value: Any) -> Any:
    """The value in a function's brackets, where SQL would bind what follows more tightly.

    Ibis writes (NOT a) IS NULL without the brackets, which means NOT (a IS NULL), and the
    like for IN, BETWEEN and IS NULL. COALESCE with one more NULL changes no value.
    """
    import ibis

    loose = ("Not", "InValues", "Between", "IsNull", "NotNull")
    if type(value.op()).__name__ not in loose:
        return value
    return ibis.coalesce(value, ibis.null("boolean"))


def denied(value: Any) -> Any:
    """NOT value, written as value = FALSE: the same in three-valued logic.

    Ibis keeps the brackets around a comparison, so that it needs no box of its own.
    """
    import ibis

    return boxed(value) == ibis.literal(False)


def joined(parts: list[Any], join: Callable[[Any, Any], Any]) -> Any:
    """Parts joined as a balanced tree, so that long chains stay shallow."""
    while len(parts) > 1:
        pairs = [join(*parts[i : i + 2]) for i in range(0, len(parts) - 1, 2)]
        parts = pairs + (parts[-1:] if len(parts) % 2 else [])
    return parts[0]


def _round(value: Any, digits: Any = None) -> Any:
    """Half away from zero, on every engine."""
    if digits is None:
        return _whole(value, lambda v: v.round())
    power = 10.0 ** int(digits.op().value)
    return _whole(value * power, lambda v: v.round()) / power


def _whole(value: Any, function: Callable[[Any], Any]) -> Any:
    """A rounding function that cannot overflow an engine's integers."""
    import ibis

    small = value.abs() < _EXACT
    return ibis.ifelse(small, function(value).cast("float64"), value)


def defined(test: Any, value: Any) -> Any:
    """The value where the test holds, missing elsewhere."""
    import ibis

    return ibis.ifelse(test, value, ibis.null("float64"))


def _extreme(which: str) -> Callable[..., Any]:
    """greatest or least: missing when any argument is (engines would skip it)."""

    def extreme(*arguments: Any) -> Any:
        import ibis

        missing = joined([a.isnull() for a in arguments], lambda x, y: x | y)
        return defined(~missing, getattr(ibis, which)(*arguments))

    return extreme


CARRYING = frozenset(["abs", "ceil", "floor", "ln", "round", "sqrt"])
"""Functions that may be handed NaN or an infinity, and pass it on."""
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda v: v.abs(),
    "ceil": lambda v: _whole(v, lambda x: x.ceil()),
    "exp": lambda v: finite_or_missing(v.exp()),
    "floor": lambda v: _whole(v, lambda x: x.floor()),
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
    "ln": lambda v: defined(v > 0, v).log(),
    "round": _round,
    "sqrt": lambda v: defined(v >= 0, v).sqrt(),
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
