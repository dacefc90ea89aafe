"""Weights as exact numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import Any, cast

from exitline.errors import MeasureError

_NEAR = 1e-15
_SIMPLE = 10**6
_LARGEST = 2**62


def exact(value: Any, what: str, where: str) -> Fraction:
    """A number as the fraction it stands for: 1/6 for the double that is nearest to it.

    Parameters
    ----------
    value : str, Fraction, int, Decimal or float
    what, where : str
        For messages.

    Raises
    ------
    MeasureError

    Examples
    --------
    >>> exact(1 / 6, "weight", ""), exact("0.25", "weight", ""), exact(0.33, "k", "")
    (Fraction(1, 6), Fraction(1, 4), Fraction(33, 100))
    """
    found = _fraction(value)
    if found is None:
        raise MeasureError(
            f"this is no {what}", where=where, expected="a number above 0, such as 0.25 or \"1/6\"",
            got=repr(value)[:60], remedy='write it as a number, or as a fraction in quotes: "1/6"',
        )  # fmt: skip
    return found


def _fraction(value: Any) -> Fraction | None:
    """The fraction that a number or text stands for; None where it is neither."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, str | Decimal | Rational):
            return Fraction(value.strip() if isinstance(value, str) else cast(Any, value))
        if isinstance(value, Real):
            number = float(value)
            simple = Fraction(number).limit_denominator(_SIMPLE)
            near = abs(float(simple) - number) <= _NEAR * abs(number)
            return simple if near else Fraction(repr(number))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return None


def _unlike(where: str, got: str) -> MeasureError:
    return MeasureError(
        "these are no indicators", where=where,
        expected='names with weights, such as {"water": "1/3", "school": "2/3"}, or (condition, '
        "weight, dimension) for each, or the name of a rule file",
        got=got, remedy="see docs/multidimensional.md",
    )  # fmt: skip
