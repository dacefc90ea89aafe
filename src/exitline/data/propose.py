"""A proposal for a study, from the names of its columns and a few facts about their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from exitline.data.recognise import CERTAIN, rank

Kind = Literal["number", "text", "truth", "other"]
MOST_AREAS = 400


@dataclass(frozen=True)
class ColumnProfile:
    """A column at a glance.

    Parameters
    ----------
    name : str
    kind : {"number", "text", "truth", "other"}
    rows, missing, distinct : int
        `distinct` may be a few percent off.
    low, high : float or None
        For numbers.
    fractional : int
        Values that are not whole numbers.
    """

    name: str
    kind: Kind
    rows: int
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    fractional: int = 0


@dataclass(frozen=True)
class Guess:
    """A column for a role, and why.

    Parameters
    ----------
    role, column : str
    reason : str
        What speaks for it.
    others : tuple of str
        Columns that could play the role as well.
    """

    role: str
    column: str
    reason: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What was recognised.

    Parameters
    ----------
    guesses : mapping of str to Guess
        By role: household, welfare, size, weight, strata, psu.
    areas : tuple of str
    rows : int
    year : int or None
    nest : bool
        PSU ids start anew in each stratum.
    nesting : tuple of str
        Where no stratum was recognised: areas of which each PSU lies in one alone.
    repeats : str or None
        A household key that occurs on several rows: the table may hold persons.
    """

    guesses: Mapping[str, Guess]
    areas: tuple[str, ...]
    rows: int
    year: int | None = None
    nest: bool = False
    nesting: tuple[str, ...] = ()
    repeats: str | None = None


@dataclass(frozen=True)
class Ask:
    """Exact answers about a few columns, which profiles cannot give.

    Parameters
    ----------
    distinct : callable
        From column names to the number of distinct combinations of their values.
    """

    distinct: Callable[[Sequence[str]], int]


def propose(profiles: Sequence[ColumnProfile], ask: Ask) -> Proposal:
    """Recognise the likely columns of a survey file.

    Parameters
    ----------
    profiles : sequence of ColumnProfile
        In file order.
    ask : Ask

    Returns
    -------
    Proposal

    Examples
    --------
    >>> columns = [ColumnProfile("hhid", "number", 9, 0, 9, 1, 9),
    ...            ColumnProfile("poids", "number", 9, 0, 9, 1.5, 80.25, 9)]
    >>> found = propose(columns, Ask(lambda names: 9))
    >>> {role: guess.column for role, guess in found.guesses.items()}
    {'household': 'hhid', 'weight': 'poids'}
    """
    by_name = {p.name: p for p in profiles}
    rows = profiles[0].rows if profiles else 0
    guesses: dict[str, Guess] = {}
    household, repeats = _household(by_name, ask, rows)
    found = (household, *(_guess(role, by_name) for role in ("welfare", "size", "weight")))
    guesses |= {guess.role: guess for guess in found if guess is not None}
    strata, psu, nest = _design(by_name, ask)
    guesses |= {guess.role: guess for guess in (strata, psu) if guess is not None}
    taken = {guess.column for guess in guesses.values()}
    areas = _areas(by_name, taken)
    nesting = _nesting(areas, psu, ask) if strata is None and psu is not None else ()
    return Proposal(guesses, areas, rows, _year(by_name), nest, nesting, repeats)


def _household(
    by_name: Mapping[str, ColumnProfile], ask: Ask, rows: int
) -> tuple[Guess | None, str | None]:
    """A key that occurs once on each row; else the likely key that repeats."""
    likely = [m.column for m in rank("household", tuple(by_name))]
    for name in likely:
        if by_name[name].missing == 0 and ask.distinct([name]) == rows:
            return Guess("household", name, "every value occurs once"), None
    certain = [m.column for m in rank("household", tuple(by_name)) if m.score == CERTAIN]
    persons = any(m.score == CERTAIN for m in rank("person", tuple(by_name)))
    return None, certain[0] if certain and persons else None


def _guess(role: str, by_name: Mapping[str, ColumnProfile]) -> Guess | None:
    """The best-named column whose values allow the role."""
    allows = {"welfare": _is_welfare, "size": _is_size, "weight": _is_weight}[role]
    fitting = [m for m in rank(role, tuple(by_name)) if allows(by_name[m.column])]
    if not fitting:
        return None
    best = by_name[fitting[0].column]
    others = tuple(m.column for m in fitting[1:4])
    return Guess(role, best.name, _reason(role, best), others)


def _is_welfare(column: ColumnProfile) -> bool:
    """Many different numbers, not all below one."""
    return (
        column.kind == "number"
        and column.distinct > min(30, column.rows // 4)
        and column.high is not None
        and column.high > 1
    )


def _is_size(column: ColumnProfile) -> bool:
    """Whole numbers from 1 to a few dozen."""
    low, high = column.low, column.high
    whole = column.kind == "number" and column.fractional == 0
    return whole and low is not None and high is not None and low >= 0 and 1 < high <= 100


def _is_weight(column: ColumnProfile) -> bool:
    """Numbers above zero, not all the same."""
    positive = column.kind == "number" and column.low is not None and column.low >= 0
    return positive and column.high is not None and column.high > 0


def _reason(role: str, column: ColumnProfile) -> str:
    """What its values say, in a few words."""
    span = f"{column.low:,.6g} to {column.high:,.6g}"
    missing = f", {column.missing:,} missing" if column.missing else ""
    if role == "weight":
        zero = ", with zeros" if column.low == 0 else ", all above zero"
        return f"{span}{zero}{', not whole numbers' if column.fractional else ''}{missing}"
    return f"{span}{missing}"


def _design(
    by_name: Mapping[str, ColumnProfile], ask: Ask
) -> tuple[Guess | None, Guess | None, bool]:
    """Stratum and PSU, with whether PSUs lie within strata."""
    strata = _grouping("strata", by_name, ask)
    psu = _grouping("psu", by_name, ask)
    if strata is None or psu is None or strata.column == psu.column:
        return strata, psu if strata is None or psu != strata else None, False
    clusters = ask.distinct([psu.column])
    pairs = ask.distinct([strata.column, psu.column])
    if pairs == clusters:
        within = Guess("psu", psu.column, f"{psu.reason}, each within one stratum", psu.others)
        return strata, within, False
    again = f"{psu.reason}; ids start anew in each stratum ({pairs:,} together)"
    return strata, Guess("psu", psu.column, again, psu.others), True


def _grouping(role: str, by_name: Mapping[str, ColumnProfile], ask: Ask) -> Guess | None:
    """The best-named column that groups rows."""
    fitting = [
        m
        for m in rank(role, tuple(by_name))
        if 1 < by_name[m.column].distinct < 0.9 * by_name[m.column].rows
    ]
    if not fitting:
        return None
    name = fitting[0].column
    others = tuple(m.column for m in fitting[1:4])
    return Guess(role, name, f"{ask.distinct([name]):,} values", others)


def _nesting(areas: tuple[str, ...], psu: Guess, ask: Ask) -> tuple[str, ...]:
    """Areas of which each PSU lies in one alone: strata are often made of them."""
    clusters = ask.distinct([psu.column])
    return tuple(name for name in areas if ask.distinct([name, psu.column]) == clusters)


def _areas(by_name: Mapping[str, ColumnProfile], taken: set[str]) -> tuple[str, ...]:
    """Urban and regional columns with few enough values, in file order."""
    named = {m.column for role in ("urban", "region") for m in rank(role, tuple(by_name))}
    return tuple(
        name
        for name, column in by_name.items()
        if name in named
        and name not in taken
        and 1 < column.distinct <= min(MOST_AREAS, column.rows // 2)
        and column.fractional == 0
    )


def _year(by_name: Mapping[str, ColumnProfile]) -> int | None:
    """A year that all rows share."""
    for match in rank("year", tuple(by_name)):
        column = by_name[match.column]
        if column.kind == "number" and column.low == column.high and column.low is not None:
            return int(column.low) if 1900 <= column.low <= 2100 else None
    return None
