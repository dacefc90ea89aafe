"""Arithmetic that means the same on every engine.

DuckDB gives inf for x/0 and -inf for ln(0); Spark raises or gives NULL. Here what is
not defined is missing, on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.operations as ops

LARGEST = 1e20
"""Largest number that anything is computed from: beyond it products and squares overflow."""


def divide(numerator: Any, denominator: Any) -> Any:
    """numerator / denominator; missing where the denominator is zero."""
    if isinstance(denominator, float) and denominator:
        return numerator / denominator
    return numerator / denominator.nullif(0.0)


def times(weight: Any, amount: Any) -> Any:
    """weight x amount; without a product where the amount is 1, or 1 or 0 by a condition.

    Examples
    --------
    >>> row = ibis.table({"w": "float64", "y": "float64"}, name="t")
    >>> times(row.w, 1.0).equals(row.w)
    True
    >>> poor = ibis.ifelse(row.y < 3, 1.0, 0.0)
    >>> times(row.w, poor).equals(ibis.ifelse(row.y < 3, row.w, 0.0))
    True
    """
    if isinstance(amount, float):
        return weight if amount == 1.0 else weight * amount
    found = amount.op()
    if isinstance(found, ops.IfElse) and _is(found.false_null_expr, 0.0):
        chosen = found.true_expr
        inner = weight if _is(chosen, 1.0) else weight * chosen.to_expr()
        return ibis.ifelse(found.bool_expr.to_expr(), inner, 0.0)
    return weight * amount


def _is(found: Any, value: float) -> bool:
    """Whether an operation is a number as it is written."""
    return isinstance(found, ops.Literal) and found.value == value


def log(value: Any) -> Any:
    """Natural logarithm; missing where the value is not above zero."""
    return ibis.ifelse(value > 0, value, ibis.null("float64")).log()


def infinite(value: Any) -> Any:
    """Whether a number is infinite or beyond `LARGEST`; false for NaN, missing for missing.

    Ibis 12 renders ``isinf()`` as FALSE on Spark, so that magnitudes are compared; both
    engines hold NaN to be larger than any number, infinity included.
    """
    size = value.abs()
    return (size > LARGEST) & (size <= float("inf"))


def finite(value: Any) -> Any:
    """Whether a number is there and neither NaN nor infinite.

    DuckDB takes ``isnan()`` for false wherever the statistics of a Parquet file, which leave
    NaN out, say that the largest value is a number. What is left of ``x - x`` it computes.
    """
    return (value - value == 0).fill_null(False)


def finite_or_missing(value: Any) -> Any:
    """The number where it is finite, missing elsewhere."""
    return ibis.ifelse(finite(value), value, ibis.null("float64"))


def nan(value: Any) -> Any:
    """Whether a number is NaN; missing where it is missing (see `finite`).

    Both engines hold NaN to differ from zero. Where statistics of a file say that all values are
    one number, DuckDB takes ``x - x <> 0`` for false, too; ``x - x = 0`` it computes, but not in
    a filter.
    """
    return ibis.ifelse(value - value == 0, False, ~infinite(value))


def number_of(flag: Any) -> Any:
    """How many rows have a flag; a missing one counts as false.

    A sum would come back as a decimal, and a count with a filter takes longer.
    """
    return ibis.ifelse(flag, 1, ibis.null("int64")).count()


def double(value: float) -> Any:
    """A number that engines hold as a double.

    Written as text: to an engine a number with a point is a decimal, and the product of two
    such can be out of its range.

    Parameters
    ----------
    value : float
    """
    return ibis.literal(repr(float(value))).cast("float64")


def number(value: Any) -> Any:
    """The column as a double, so that integer arithmetic cannot overflow or round."""
    return value.cast("float64")


def key(value: Any) -> Any:
    """The column as a stratum, a cluster or an area.

    NaN, infinite and empty values are missing, and so are dates that no calendar writes.
    """
    of = value.type()
    if of.is_floating():
        return ibis.ifelse(finite(value), value, ibis.null(of))
    if of.is_date() or (of.is_timestamp() and of.scale != 9):  # 64 bits of ns end in 2262
        written = (value >= ibis.literal("0001-01-01").cast(of)) & (
            value <= ibis.literal("9999-12-31").cast(of)
        )
        return ibis.ifelse(written, value, ibis.null(of))
    return value.nullif("") if of.is_string() else value


EXACT = 2.0**53
"""Up to here a double holds every whole number."""


def whole(value: Any) -> Any:
    """Whether a double is a whole number that it holds exactly.

    Ibis takes the floor as a 64-bit integer, which larger values and infinities do not fit.
    """
    near = ibis.ifelse(value.abs() < EXACT, value, 0.5)
    return near == near.floor()


def fractional(value: Any) -> Any:
    """Whether a double has digits after the point."""
    near = ibis.ifelse(value.abs() < EXACT, value, 0.0)
    return near != near.floor()


def crossed(values: Sequence[Any]) -> Any:
    """One key of several columns; a single one stays as it is.

    Each part but the last is preceded by its length, so that no two crossings have one key.
    """
    if len(values) == 1:
        return key(values[0])
    parts = [text(key(value)) for value in values]
    joined = parts[-1]
    for part in reversed(parts[:-1]):
        joined = part.length().cast("string") + ":" + part + joined
    return joined


def text(value: Any) -> Any:
    """The value as it is written: whole numbers without a point."""
    of = value.type()
    if not of.is_floating():
        return value.cast("string")
    held = ibis.ifelse(whole(value), value, 0.0)
    return ibis.ifelse(whole(value), held.cast("int64").cast("string"), value.cast("string"))


def usable(kind: Any) -> bool:
    """Whether values of this kind can be a key or a number: one text, number, truth or moment."""
    return not (kind.is_nested() or kind.is_binary() or kind.is_unknown() or kind.is_interval())
