"""Figures on a terminal: as everywhere, in plain signs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from exitline.words.numbers import (
    DASH,
    MINUS,
    SPACE,
    SUPPRESSED,
    decimals,
    rounded,
    write,
)

if TYPE_CHECKING:
    from exitline.stats.infer.blocks import Estimate


def figure(value: float, unit: str, se: float = 0.0, reason: str = "") -> str:
    """One figure with no more digits than its standard error carries.

    Parameters
    ----------
    value : float
    unit : str
        As in the catalogue: "share" is shown in percent, counts without decimals.
    se : float
    reason : str
        Why it is missing; one that begins with "suppressed" hides it.

    Examples
    --------
    >>> figure(0.14273886, "share"), figure(410027.4, "persons", 24_600)
    ('14.3 %', '410,000')
    >>> figure(0.0295, "index", 0.0028)
    '0.0295'
    """
    return plain(write(value, math.nan, math.nan, se, unit, reason).text)


def interval(low: float, high: float, unit: str, se: float = 0.0, value: float = 0.0) -> str:
    """An interval, without repeating the unit.

    Examples
    --------
    >>> interval(0.1259, 0.1614, "share")
    '12.6-16.1'
    """
    spread = se if se > 0 else math.nan
    return plain(write(value, low, high, spread, unit).interval) or "none"


def estimate_rows(
    estimates: Iterable[Estimate], people: str = "persons", unit: str = "household"
) -> list[tuple[str, ...]]:
    """Rows for a table: measure, line, estimate, standard error, interval, rows of the data.

    Parameters
    ----------
    estimates : iterable of Estimate
    people : {"persons", "households"}
        Whom the figures speak of.
    unit : {"person", "household"}
        What a row of the data is.
    """
    from exitline.api.runs.telling import counting

    rows: list[tuple[str, ...]] = []
    for e in estimates:
        measure = counting(e.measure, people, f"{unit}s")
        said = write(e.estimate, e.ci_low, e.ci_high, e.se, measure.unit, e.reason)
        exact = math.isinf(e.df) and e.se == 0
        ends = "full count" if exact else plain(said.interval) or "none"
        n = SUPPRESSED if said.text == SUPPRESSED else f"{e.n:,}"
        se = "-" if said.text == SUPPRESSED or exact else spread(e.se, measure.unit)
        rows.append((measure.label, e.line, plain(said.text), se, ends, n))
    return rows


def spread(se: float, unit: str) -> str:
    """A standard error with two digits that count, in the scale of its figure.

    Examples
    --------
    >>> spread(0.00905, "share"), spread(24_612.0, "persons"), spread(float("nan"), "index")
    ('0.9', '25,000', '-')
    """
    if math.isnan(se):
        return "-"
    return plain(rounded(se, decimals(se, unit, se), percent=unit == "share"))


def plain(said: str) -> str:
    """A text without signs that a terminal may lack.

    Examples
    --------
    >>> plain("3\\N{NO-BREAK SPACE}%")
    '3 %'
    """
    return said.replace(SPACE, " ").replace(DASH, "-").replace(MINUS, "-")
