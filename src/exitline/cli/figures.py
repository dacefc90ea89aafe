"""Figures as people read them: percent with one decimal, intervals beside."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exitline.infer.estimates import Estimate


def figure(value: float, unit: str, se: float = 0.0) -> str:
    """One figure with no more digits than its standard error carries.

    Parameters
    ----------
    value : float
    unit : str
        As in the catalogue: "share" is shown in percent, counts without decimals.
    se : float

    Examples
    --------
    >>> figure(0.14273886, "share"), figure(410027.4, "persons"), figure(0.0295, "index", 0.0028)
    ('14.3 %', '410,027', '0.0295')
    """
    if math.isnan(value):
        return "-"
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit in {"persons", "households"} or abs(value) >= 1000:
        return f"{value:,.0f}"
    if not se or math.isnan(se):
        return f"{value:,.4g}"
    decimals = max(0, 1 - math.floor(math.log10(se)))
    return f"{value:,.{decimals}f}"


def interval(low: float, high: float, unit: str, se: float = 0.0) -> str:
    """An interval, without repeating the unit.

    Examples
    --------
    >>> interval(0.1259, 0.1614, "share")
    '12.6-16.1'
    """
    if math.isnan(low) or math.isnan(high):
        return "none"
    ends = [figure(x, unit, se).removesuffix(" %") for x in (low, high)]
    return "-".join(ends)


def estimate_rows(estimates: Iterable[Estimate]) -> list[tuple[str, ...]]:
    """Rows for a table: measure, line, estimate, interval, households."""
    from exitline.measure.catalogue import named

    rows: list[tuple[str, ...]] = []
    for e in estimates:
        measure = named(e.measure)
        exact = math.isinf(e.df) and e.se == 0
        ends = interval(e.ci_low, e.ci_high, measure.unit, e.se)
        shown = (figure(e.estimate, measure.unit, e.se), "full count" if exact else ends)
        rows.append((measure.label, e.line, *shown, f"{e.n:,}"))
    return rows
