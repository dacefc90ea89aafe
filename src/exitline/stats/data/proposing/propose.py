"""A proposal for a study, from the names of its columns and a few facts about their values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exitline.stats.data.proposing import propose_money
from exitline.stats.data.proposing.guesses import Ask, ColumnProfile, Guess, Proposal
from exitline.stats.data.proposing.programmes import MEMBERS, PAIRS, PERSONS
from exitline.stats.data.proposing.recognise import CERTAIN, POSSIBLE, rank, score
from exitline.words.said import say, say_plural, together

MOST_AREAS = 400
LEAST_REPLICATES = 8
_REPLICATE = re.compile(
    r"(.*_)?(rep(l(icate)?)?s?|rep(l(icate)?)?_?w\w*|\w*w(t|gt|eight)?_?rep\w*|brr\w*|fay\w*|jk\w*|boot\w*|bsr?w\w*|"
    r"[bjr]w(t|gt|eight)?s?|p?wgtp|mrb\w*)_?",
    re.IGNORECASE,
)
"""What replicate weights are called before their number: repwt, brr, jkw, bsw, rw, pwgtp ..."""


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
    household, repeats = _household(by_name, ask, rows)
    waves = _waves(by_name) if repeats else None
    persons = _holds_persons(by_name, household, repeats)
    size = None if persons else _size(by_name)
    strata, psu, nest = _design(by_name, ask)
    if psu is None and persons and repeats is not None:
        psu = Guess("psu", repeats, say("persons of a household are drawn together"))
        nest = False
    found = (
        household if not persons else None,
        propose_money.welfare(by_name, size.column if size else None, persons=persons),
        size, propose_money.weight(by_name, persons=persons), strata, psu,
    )  # fmt: skip
    guesses = {guess.role: guess for guess in found if guess is not None}
    pair, member = _pair(by_name, ask, rows) if household is None else ((), None)
    areas = _areas(by_name, {guess.column for guess in guesses.values()})
    return Proposal(
        guesses, areas, rows, _year(by_name), nest,
        _nesting(areas, psu, ask) if strata is None and psu is not None else (),
        repeats, persons, propose_money.refused(by_name),
        pair, waves, _lonely(strata, psu, ask), _fpc(by_name), member,
        replicates(by_name),
    )  # fmt: skip


def _household(
    by_name: Mapping[str, ColumnProfile], ask: Ask, rows: int
) -> tuple[Guess | None, str | None]:
    """A key that occurs once on each row; else the likely key that repeats."""
    likely = [m.column for m in rank("household", tuple(by_name))]
    for name in likely:
        if by_name[name].missing == 0 and ask.distinct([name]) == rows:
            return Guess("household", name, say("every value occurs once")), None
    certain = [m.column for m in rank("household", tuple(by_name)) if m.score == CERTAIN]
    told = [name for name in certain if ask.distinct([name]) > 1]
    return None, told[0] if told else None


def _holds_persons(
    by_name: Mapping[str, ColumnProfile], household: Guess | None, repeats: str | None
) -> bool:
    """Whether rows are persons: by columns that only persons have, where no household is alone."""
    lower = {name.lower() for name in by_name}
    if household is not None or lower & PERSONS:
        return bool(lower & PERSONS)
    named = any(m.score == CERTAIN for m in rank("person", tuple(by_name)))
    return repeats is not None and (named or "age" in lower)


def _waves(by_name: Mapping[str, ColumnProfile]) -> str | None:
    """A column of years, rounds or waves with a few values."""
    likely = [m.column for m in rank("year", tuple(by_name))]
    likely += [n for n in by_name if n.lower() in ("wave", "round", "t", "vague", "ronda")]
    few = (name for name in likely if 1 < by_name[name].distinct <= 30)
    return next(few, None)


def _pair(
    by_name: Mapping[str, ColumnProfile], ask: Ask, rows: int
) -> tuple[tuple[str, ...], str | None]:
    """Two columns that are the household's key together: cluster, and number within it.

    In a table of persons also the third, which tells the persons of a household apart.
    """
    named = {name.lower(): name for name in by_name}
    for first, second in PAIRS:
        if first in named and second in named:
            pair = (named[first], named[second])
            if ask.distinct(pair) == rows:
                return pair, None
            for third in (named[name] for name in MEMBERS if name in named):
                if ask.distinct((*pair, third)) == rows:
                    return pair, third
    return (), None


def replicates(by_name: Mapping[str, ColumnProfile]) -> tuple[str, int] | None:
    """Columns of numbers that are called like replicate weights and counted through.

    Parameters
    ----------
    by_name : mapping of str to ColumnProfile

    Examples
    --------
    >>> columns = {f"repwt{i}": ColumnProfile(f"repwt{i}", "number", 9, 0, 9, 1, 9)
    ...            for i in range(1, 41)}
    >>> replicates(columns), replicates({"repwt1": columns["repwt1"]})
    (('repwt*', 40), None)
    """
    found: dict[str, list[str]] = {}
    for name, column in by_name.items():
        stem = name.rstrip("0123456789")
        if stem != name and column.kind == "number" and _REPLICATE.fullmatch(stem):
            found.setdefault(stem, []).append(name)
    stem, names = max(found.items(), key=lambda one: len(one[1]), default=("", []))
    if len(names) < LEAST_REPLICATES:
        return None
    others = [n for n in by_name if n.startswith(stem) and n not in names and n != stem]
    return f"{names[0]}, ..., {names[-1]}" if others else f"{stem}*", len(names)


def _lonely(strata: Guess | None, psu: Guess | None, ask: Ask) -> int:
    """Strata with one PSU alone: `check` refuses them unless the study says what to do."""
    if strata is None or psu is None:
        return 0
    return ask.alone(strata.column, [psu.column])


def _fpc(by_name: Mapping[str, ColumnProfile]) -> str | None:
    """A column that is called like the finite population correction."""
    named = (name for name in by_name if name.lower() in ("fpc", "fpc1", "npop", "psu_pop_size"))
    return next(named, None)


def _size(by_name: Mapping[str, ColumnProfile]) -> Guess | None:
    """The best-named column whose values allow a number of persons."""
    fitting = [m for m in rank("size", tuple(by_name)) if _is_size(by_name[m.column])]
    if not fitting:
        return None
    best = by_name[fitting[0].column]
    others = tuple(m.column for m in fitting[1:4])
    return Guess("size", best.name, propose_money.span(best), others)


def _is_size(column: ColumnProfile) -> bool:
    """Whole numbers from 1 to a few dozen."""
    low, high = column.low, column.high
    whole = column.kind == "number" and column.fractional == 0
    return whole and low is not None and high is not None and low >= 0 and 1 < high <= 100


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
        reason = say("{what}, each within one stratum", what=psu.reason)
        return strata, Guess("psu", psu.column, reason, psu.others), False
    if score("strata", strata.column) == POSSIBLE:
        return None, psu, False
    again = say("ids start anew in each stratum ({n} together)", n=pairs)
    reason = together(psu.reason, again, sign="; ")
    return strata, Guess("psu", psu.column, reason, psu.others), True


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
    return Guess(role, name, say_plural("{n} value", "{n} values", ask.distinct([name])), others)


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
