"""What `exitline init` says of welfare and weights: never more than names and values can carry."""

from __future__ import annotations

import re
from collections.abc import Mapping

from exitline.stats.data.proposing.guesses import ColumnProfile, Guess
from exitline.stats.data.proposing.programmes import EU_SILC, IN_MILLIONS, OF_PERSONS, no_welfare
from exitline.stats.data.proposing.recognise import rank, sounds_like_money, whose, words
from exitline.words.said import Numeral, say, together

MILLION = 1_000_000
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)


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
