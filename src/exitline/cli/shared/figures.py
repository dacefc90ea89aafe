"""Figures on a terminal: as everywhere, in plain signs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import (
    DASH,
    MINUS,
    SPACE,
    decimals,
    line_name,
    rounded,
    write,
)

if TYPE_CHECKING:
    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.measure.model import Measure


def figure(
    value: float, unit: str, se: float = 0.0, reason: str = "", t: Language = ENGLISH
) -> str:
    """One figure with no more digits than its standard error carries.

    Parameters
    ----------
    value : float
    unit : str
        As in the catalogue: "share" is shown in percent, counts without decimals.
    se : float
    reason : str
        Why it is missing; one that begins with "suppressed" hides it.
    t : Language
        The reader's.

    Examples
    --------
    >>> figure(0.14273886, "share"), figure(410027.4, "persons", 24_600)
    ('14.3 %', '410,000')
    >>> figure(0.0295, "index", 0.0028)
    '0.0295'
    """
    return plain(write(value, math.nan, math.nan, se, unit, reason, t).text)


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
    estimates: Iterable[Estimate],
    people: str = "persons",
    unit: str = "household",
    t: Language = ENGLISH,
    named: Mapping[str, Measure] = MappingProxyType({}),
) -> list[tuple[str, ...]]:
    """Rows for a table: measure, line, estimate, standard error, interval, rows of the data.

    Parameters
    ----------
    estimates : iterable of Estimate
    people : {"persons", "households"}
        Whom the figures refer to.
    unit : {"person", "household"}
        What a row of the data is.
    t : Language
        The reader's.
    named : mapping of str to Measure
        Measures that have other words than their name's.
    """
    from exitline.api.runs.telling import counting

    rows: list[tuple[str, ...]] = []
    for e in estimates:
        measure = counting(named.get(e.measure, e.measure), people, f"{unit}s")
        said = write(e.estimate, e.ci_low, e.ci_high, e.se, measure.unit, e.reason, t)
        exact = math.isinf(e.df) and e.se == 0
        ends = t("full count") if exact else plain(said.interval) or t("none")
        n = said.text if said.suppressed else plain(t.number(e.n))
        se = "-" if said.suppressed or exact else spread(e.se, measure.unit, t)
        rows.append((t.of(measure.label), line_name(e.line, t), plain(said.text), se, ends, n))
    return rows


def figure_heads(t: Language, level: float, unit: str, n: str = "") -> tuple[str, ...]:
    """Headings of figures: estimate, standard error, interval, rows of the data.

    Parameters
    ----------
    t : Language
    level : float
        Of confidence.
    unit : {"person", "household"}
        What a row of the data is.
    n : str
        Over the number of rows, instead of their name.

    Examples
    --------
    >>> figure_heads(ENGLISH, 0.95, "household")
    ('estimate', 'SE', '95 % interval', 'households')
    """
    rows = t("persons") if unit == "person" else t("households")
    return (t("estimate"), t("SE"), interval_head(t, level), n or rows)


def interval_head(t: Language, level: float) -> str:
    """What stands over intervals.

    Examples
    --------
    >>> interval_head(ENGLISH, 0.95)
    '95 % interval'
    """
    return plain(t("{sure} interval", sure=t.figure(f"{100 * level:g} %")))


def outcome_row(words: str, of: Estimate | None, t: Language = ENGLISH) -> tuple[str, ...]:
    """How many households have an outcome: its words, the number, the interval."""
    if of is None:
        return (words, "0", "-")
    said = write(of.estimate, of.ci_low, of.ci_high, of.se, "households", of.reason, t)
    exact = math.isinf(of.df) and of.se == 0
    ends = t("full count") if exact and not said.suppressed else plain(said.interval) or "-"
    return (words, plain(said.text), ends)


def coefficient(cv: float, t: Language = ENGLISH) -> str:
    """A coefficient of variation in percent.

    Examples
    --------
    >>> coefficient(0.0634), coefficient(float("nan"))
    ('6.3 %', '-')
    """
    return "-" if math.isnan(cv) else t.figure(f"{100 * cv:.1f} %")


def spread(se: float, unit: str, t: Language = ENGLISH) -> str:
    """A standard error with two digits that count, in the scale of its figure.

    Examples
    --------
    >>> spread(0.00905, "share"), spread(24_612.0, "persons"), spread(float("nan"), "index")
    ('0.9', '25,000', '-')
    """
    if math.isnan(se):
        return "-"
    return plain(rounded(se, decimals(se, unit, se), percent=unit == "share", t=t))


class Heard(str):
    """A text, such as a figure, that is in the form of the reader's language already."""

    __slots__ = ()


def heard(said: str) -> Heard:
    """A text that was said in the reader's language, in signs of a terminal.

    Examples
    --------
    >>> heard("53,2\\N{NO-BREAK SPACE}%")
    '53,2 %'
    """
    return Heard(plain(said))


def plain(said: str) -> str:
    """A text without signs that a terminal may lack.

    Examples
    --------
    >>> plain("3\\N{NO-BREAK SPACE}%")
    '3 %'
    """
    return said.replace(SPACE, " ").replace("\u202f", " ").replace(DASH, "-").replace(MINUS, "-")
