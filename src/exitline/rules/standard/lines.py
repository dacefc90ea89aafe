"""Poverty lines: figures dated by year or period, uprated, or relative to a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from exitline.errors import RuleFileError
from exitline.words.said import Numeral, collected, say


@dataclass(frozen=True)
class StandardFigure:
    """One number of a standard, with where it was read.

    Parameters
    ----------
    value : float
        Finite.
    source : str
        Name of a source.
    verified : bool
        False where it was not read at its source; it is shown as unverified then.
    note : str
        What a reader should know.
    """

    value: float
    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True)
class Relative:
    """A line that is a share of a statistic of the distribution.

    Parameters
    ----------
    share : StandardFigure
        Such as 0.6.
    of : {"median", "mean"}
        The statistic.
    """

    share: StandardFigure
    of: Literal["median", "mean"]


@dataclass(frozen=True)
class Uprating:
    """A price index that carries a line from its base year to another.

    Parameters
    ----------
    name, label : str
    index : mapping of int to float
        By year; only ratios matter.
    source : str
        Name of a source.
    verified : bool
    """

    name: str
    label: str
    index: Mapping[int, float]
    source: str
    verified: bool = True

    def factor(self, base: int, year: int) -> float:
        """How much prices grew from `base` to `year`.

        Parameters
        ----------
        base, year : int
            Years that the index holds.

        Raises
        ------
        RuleFileError
            For a year the index does not hold.

        Examples
        --------
        >>> Uprating("cpi", "Prices", {2010: 100.0, 2011: 105.0}, "office").factor(2010, 2011)
        1.05
        """
        for wanted in (base, year):
            if wanted not in self.index:
                raise RuleFileError(
                    f"the index '{self.name}' has no value for {wanted}",
                    where=f"uprating {self.name}",
                    expected=f"one of the years held: {years_in_words(self.index)}",
                    got=str(wanted),
                    remedy="choose one of these years, or add the value with its source",
                )
        return self.index[year] / self.index[base]


@dataclass(frozen=True)
class Period:
    """A span of days, both ends included (None: open).

    Examples
    --------
    >>> Period(date(2025, 6, 1), None).holds(date(2025, 6, 1))
    True
    """

    first: date | None
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        if self.first is not None and (self.first, self.last) == _ends_of(self.first.year):
            return str(self.first.year)
        first = "" if self.first is None else f"from {self.first.isoformat()}"
        last = "" if self.last is None else f"to {self.last.isoformat()}"
        return " ".join(part for part in (first, last) if part) or collected("all years")


ALWAYS = Period(None, None)


@dataclass(frozen=True)
class Line:
    """A poverty line.

    Parameters
    ----------
    name, label : str
        Name in conditions; label for people.
    unit : str
        Such as "CNY per person per year".
    currency : str
        ISO 4217 code, or "PPP" for international dollars.
    per : {"person", "adult equivalent", "household"}
        What the figure is for.
    period : {"day", "month", "year"}
        What span of time the figure is for.
    price_base : int or None
        Year of the constant prices the figures are in; None for current prices.
    boundary : {"<", "<="}
        "<": who is below is poor. "<=": who is exactly at the line is poor, too.
    values : mapping of Period to StandardFigure
        In order of time; ALWAYS for a figure that holds at all times.
    relative : Relative or None
        For a line that depends on the distribution; then `values` is empty.
    jurisdiction : str
        Where it applies.
    source : str
        Name of a source.
    verified : bool
        False where the line was not read at its source.
    uprating : Uprating or None
        Carries the figure at `price_base` prices to the prices of a year.
    decimals : int or None
        Uprated figures are rounded to this many decimals (None: not rounded).
    in_use : Period
        When the line was in official use, where that is known.
    note : str
        What a reader should know.
    """

    name: str
    label: str
    unit: str
    currency: str
    period: Literal["day", "month", "year"]
    price_base: int | None
    boundary: Literal["<", "<="]
    values: Mapping[Period, StandardFigure]
    relative: Relative | None = None
    jurisdiction: str = ""
    source: str = ""
    verified: bool = True
    per: Literal["person", "adult equivalent", "household"] = "person"
    uprating: Uprating | None = None
    decimals: int | None = None
    in_use: Period = ALWAYS
    note: str = ""

    def figure(self, when: int | date) -> StandardFigure:
        """The line's figure for a year or a day.

        Parameters
        ----------
        when : int or date
            A year; or a day, for a line that changes within a year.

        Returns
        -------
        StandardFigure
            In prices of `price_base`; for an uprated line in prices of the year asked for.

        Raises
        ------
        RuleFileError
            For a year that is not held (names those that are), a year within which the
            line changes, or a relative line, which has no figure of its own.

        Examples
        --------
        >>> held = Period(date(2016, 1, 1), date(2016, 12, 31))
        >>> line = Line("national", "National line", "CNY per person per year", "CNY", "year",
        ...             None, "<", {held: StandardFigure(2952.0, "yearbook", True)})
        >>> line.figure(2016).value
        2952.0
        """
        if self.relative is not None:
            raise self._refuse(
                "a relative line has no figure of its own",
                got=str(when),
                remedy=f"estimate the {self.relative.of} first; the line is a share of it",
            )
        if self.uprating is not None:
            return self._uprated(self.uprating, when if isinstance(when, int) else when.year)
        return self._dated(when)

    def _dated(self, when: int | date) -> StandardFigure:
        """The figure whose period holds the year or day."""
        first, last = (when, when) if isinstance(when, date) else _ends_of(when)
        found = [
            figure
            for period, figure in self.values.items()
            if (period.first is None or period.first <= last)
            and (period.last is None or period.last >= first)
        ]
        if not found:
            raise self._refuse(
                f"the line '{self.name}' has no figure for {when}",
                got=str(when),
                remedy="choose one of these, or add the figure with its source",
            )
        if len(found) > 1:
            raise self._refuse(
                f"the line '{self.name}' changes within {when}", got=str(when), remedy="give a day"
            )
        return found[0]

    def _uprated(self, uprating: Uprating, year: int) -> StandardFigure:
        """The base figure, carried to the prices of a year."""
        base = next(iter(self.values.values()))
        assert self.price_base is not None
        value = base.value * uprating.factor(self.price_base, year)
        value = value if self.decimals is None else round(value, self.decimals)
        note = say(
            "{figure} at {year} prices, uprated by {what}", figure=Numeral(f"{base.value:,g}"),
            year=Numeral(self.price_base), what=uprating.label,
        )  # fmt: skip
        return StandardFigure(value, base.source, base.verified and uprating.verified, note)

    def _refuse(self, what: str, *, got: str, remedy: str) -> RuleFileError:
        """The error for a figure that the line does not have."""
        held = "; ".join(str(period) for period in self.values)
        return RuleFileError(
            what,
            where=f"line {self.name}",
            expected=f"one of the years held: {held}" if held else None,
            got=got,
            remedy=remedy,
        )


def _ends_of(year: int) -> tuple[date, date]:
    """First and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def years_in_words(years: Mapping[int, Any]) -> str:
    """Years as runs: "2010-2013, 2016".

    Examples
    --------
    >>> years_in_words({2010: 1, 2011: 1, 2013: 1})
    '2010-2011, 2013'
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
