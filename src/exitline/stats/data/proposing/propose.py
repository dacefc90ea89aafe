"""A proposal for a study, from the names of its columns and a few facts about their values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exitline.stats.data.proposing.guesses import Ask, ColumnProfile, Guess, Proposal
from exitline.stats.data.proposing.programmes import (
    EU_SILC,
    IN_MILLIONS,
    MEMBERS,
    OF_PERSONS,
    PAIRS,
    PERSONS,
    no_welfare,
)
from exitline.stats.data.proposing.recognise import (
    CERTAIN,
    POSSIBLE,
    rank,
    score,
    sounds_like_money,
    whose,
    words,
)
from exitline.words.said import Numeral, say, say_plural, together

MILLION = 1_000_000
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
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
        welfare(by_name, size.column if size else None, persons=persons),
        size, weight(by_name, persons=persons), strata, psu,
    )  # fmt: skip
    guesses = {guess.role: guess for guess in found if guess is not None}
    pair, member = _pair(by_name, ask, rows) if household is None else ((), None)
    areas = _areas(by_name, {guess.column for guess in guesses.values()})
    return Proposal(
        guesses, areas, rows, _year(by_name), nest,
        _nesting(areas, psu, ask) if strata is None and psu is not None else (),
        repeats, persons, refused(by_name),
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
    return Guess("size", best.name, span(best), others)


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


def welfare(
    by_name: Mapping[str, ColumnProfile], size: str | None, *, persons: bool
) -> Guess | None:
    """The best-named column that may be welfare, with how it becomes that of one person.

    Parameters
    ----------
    by_name : mapping of str to ColumnProfile
    size : str or None
        Column of household sizes.
    persons : bool
        Rows are persons.

    Returns
    -------
    Guess or None
        Not `sure` where the name says a total and not of whom, or what it must be divided by
        is not there.
    """
    fitting = [m.column for m in rank("welfare", tuple(by_name)) if _is_amount(by_name[m.column])]
    if not fitting:
        return None
    if whose(fitting[0]) != "person" and (made := _of_eu_silc(by_name)) is not None:
        return made
    column, others = fitting[0], tuple(fitting[1:4])
    reason, of = span(by_name[column]), whose(column)
    divided = f"{column} / {size}" if size and not persons and _plain(column, size) else None
    if of == "person":
        return Guess("welfare", column, reason, others)
    if of == "household":
        if divided:
            said = say("a total of the household, by its name, per person")
            return Guess("welfare", column, together(reason, said, sign="; "), others, divided)
        said = say("a total of the household, by its name: divide it by its size")
        return Guess("welfare", column, said, others, sure=False)
    to_do = divided or say("divide it by its size")
    if of == "total":
        said = say("a total: if it is of the household, {what}", what=to_do)
        return Guess("welfare", column, said, others, sure=False)
    said = say("its name does not say whose: if it is the household's, {what}", what=to_do)
    return Guess("welfare", column, together(reason, said, sign="; "), others)


def weight(by_name: Mapping[str, ColumnProfile], *, persons: bool) -> Guess | None:
    """The best-named weight, of persons or of households as the rows are."""
    fitting = [m for m in rank("weight", tuple(by_name)) if _is_weight(by_name[m.column])]
    if not fitting:
        return None
    fitting.sort(key=lambda m: (-m.score, (m.column.lower() in OF_PERSONS) != persons))
    best, others = by_name[fitting[0].column], tuple(m.column for m in fitting[1:4])
    reason = together(
        _range(best), say("with zeros") if best.low == 0 else say("all above zero"),
        say("not whole numbers") if best.fractional else "", _gaps(best), sign=", ",
    )  # fmt: skip
    in_millions = best.name.lower() in IN_MILLIONS and not best.fractional
    if in_millions and best.high is not None and best.high > MILLION / 100:
        text = f"{best.name} / {MILLION}"
        return Guess(
            "weight", best.name, together(reason, say("DHS weights have six decimals"), sign="; "),
            others, text,
        )  # fmt: skip
    return Guess("weight", best.name, reason, others)


def refused(by_name: Mapping[str, ColumnProfile]) -> tuple[tuple[str, str], ...]:
    """Numbers that refer to wealth, income or consumption and are no welfare, and what they are."""
    found = []
    for name, column in by_name.items():
        what = no_welfare(name, words(name)) if sounds_like_money(name) else None
        if what is None and rank("welfare", (name,)) and _looks_percent(column):
            what = say("0 to 100, as percentages are")
        if what is not None and column.kind == "number":
            found.append((name, what))
    return tuple(found[:6])


def span(column: ColumnProfile) -> str:
    """What a column's values say, in a few words."""
    return together(_range(column), _gaps(column), sign=", ")


def _range(column: ColumnProfile) -> str:
    low, high = (Numeral(f"{end:,.6g}") for end in (column.low, column.high))
    return say("{low} to {high}", low=low, high=high)


def _gaps(column: ColumnProfile) -> str:
    return say("{n} missing", n=column.missing) if column.missing else ""


def _of_eu_silc(by_name: Mapping[str, ColumnProfile]) -> Guess | None:
    """Equivalised income from the household's, where no column has it."""
    named = {name.lower(): name for name in by_name}
    if not all(name in named and by_name[named[name]].kind == "number" for name in EU_SILC):
        return None
    income, inflation, scale = (named[name] for name in EU_SILC)
    text = f"{income} * {inflation} / {scale}"
    return Guess("welfare", income, say("equivalised disposable income of EU-SILC"), (), text)


def _plain(*names: str) -> bool:
    """Whether names can stand in a formula as they are."""
    return all(_NAME.fullmatch(name) for name in names)


def _is_amount(column: ColumnProfile) -> bool:
    """Many different numbers that cannot all be shares or percentages."""
    return (
        column.kind == "number"
        and column.distinct > min(30, column.rows // 4)
        and column.high is not None
        and column.high > 1
        and not _looks_percent(column)
    )


def _looks_percent(column: ColumnProfile) -> bool:
    """All between 0 and 100."""
    low, high = column.low, column.high
    return column.kind == "number" and low is not None and low >= 0 and (high or 0) <= 100


def _is_weight(column: ColumnProfile) -> bool:
    """Numbers, none below zero, not all zero."""
    positive = column.kind == "number" and column.low is not None and column.low >= 0
    return positive and column.high is not None and column.high > 0
