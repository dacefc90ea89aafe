"""Arithmetic that means the same on every engine.

DuckDB gives inf for x/0 and -inf for ln(0); Spark raises or gives NULL. Here what is
not defined is missing, on both.
"""

from __future__ import annotations

import sys
from typing import Any

import ibis

LARGEST = sys.float_info.max


def divide(numerator: Any, denominator: Any) -> Any:
    """numerator / denominator; missing where the denominator is zero."""
    return numerator / ibis.ifelse(denominator == 0, ibis.null("float64"), denominator)


def log(value: Any) -> Any:
    """Natural logarithm; missing where the value is not above zero."""
    return ibis.ifelse(value > 0, value, ibis.null("float64")).log()


def infinite(value: Any) -> Any:
    """Whether a number is plus or minus infinity; false for NaN, missing for missing.

    Ibis 12 renders ``isinf()`` as FALSE on Spark, so that magnitudes are compared; both
    engines hold NaN to be larger than any number.
    """
    return (value.abs() > LARGEST) & ~value.isnan()


def finite(value: Any) -> Any:
    """Whether a number is there and neither NaN nor infinite."""
    return value.notnull() & ~value.isnan() & ~infinite(value)


def number(value: Any) -> Any:
    """The column as a double, so that integer arithmetic cannot overflow or round."""
    return value.cast("float64")
