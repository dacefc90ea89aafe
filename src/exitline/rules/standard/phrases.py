"""The words of a standard's parts: figures, bands, columns, sources, and what is not verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from exitline.rules.condition.spoken import in_words
from exitline.rules.standard.bands import Band
from exitline.rules.standard.lines import StandardFigure
from exitline.rules.standard.model import (
    COMPARISON_WORDS,
    EVERYWHERE,
    Column,
    Criterion,
    ExitRule,
    SourceRef,
)
from exitline.words.said import Numeral, Told, collected, say, together

UNVERIFIED = "[unverified]"
_UNITS = {
    "number": collected("a number"),
    "truth": collected("true or false"),
    "text": collected("text"),
}
_OF = {"village": collected("of the village"), "county": collected("of the county")}


def marked(text: str, verified: bool) -> str:
    """A text with the mark of what was not read at its source.

    Examples
    --------
    >>> marked("4,891", False)
    '4,891 [unverified]'
    """
    return text if verified else say("{text} [unverified]", text=text)


def sentence(text: str) -> str:
    """A text with a full stop.

    Examples
    --------
    >>> sentence("In use")
    'In use.'
    """
    return say("{text}.", text=text)


def how_decided(rule: ExitRule) -> str:
    """How shares are decided on samples."""
    if rule.rule == "point":
        return say("On a sample the estimate itself is compared with the threshold.")
    return say(
        "On a sample a share meets its threshold only if its one-sided bound at {sure} confidence "
        "does; a full count is compared exactly.",
        sure=Numeral(f"{100 * rule.confidence:.6g} %"),
    )


def thresholds(criterion: Criterion, classes: Mapping[str, str]) -> str:
    """The comparison and its thresholds."""
    word = COMPARISON_WORDS[criterion.comparison or "below"]
    shown = []
    for name, figure in criterion.thresholds.items():
        share = Numeral(f"{100 * figure.value:.6g} %")
        text = marked(
            say("{comparison} {share}", comparison=Told(word), share=share), figure.verified
        )
        if name != EVERYWHERE:
            text = say("{text} ({what})", text=text, what=classes.get(name, name))
        shown.append(text)
    return together(*shown, sign=", ")


def band(one: Band) -> str:
    """One band."""
    ends = _ends(one.low, one.high)
    text = say("{label}, {ends}", label=one.label, ends=ends)
    if one.figure is not None:
        text = say("{what}: {figure}", what=text, figure=figure(one.figure))
    return sentence(text)


def _ends(low: float | None, high: float | None) -> str:
    """Where a band begins and ends."""
    ends = {
        name: Numeral(f"{end:g}") for name, end in (("low", low), ("high", high)) if end is not None
    }
    if len(ends) == 2:
        return say("from {low} to {high}", **ends)
    if "low" in ends:
        return say("from {low}", **ends)
    return say("to {high}", **ends) if ends else say("everywhere")


def column(one: Column) -> Iterator[str]:
    """One column, and what it can be derived from."""
    kind: str = Told(_UNITS[one.kind])
    if one.values:
        kind = say("{text} ({what})", text=kind, what=", ".join(one.values))
    kind = together(kind, one.unit, Told(_OF.get(one.level, "")), sign=", ")
    what = together(one.meaning, kind, sign="; ")
    yield sentence(say("{name}: {what}", name=one.name, what=what))
    if one.derived is not None:
        can = marked(say("{name} can be derived", name=one.name), one.derived.verified)
        how = say("{what}: {formula}", what=can, formula=in_words(one.derived.formula))
        yield together(sentence(how), one.derived.note)


def source(one: SourceRef) -> str:
    """One source in full."""
    parts = [one.title, one.publisher, one.date, one.url, one.note]
    ended = (part.rstrip(".") if part.endswith(".") else part for part in parts if part)
    text = sentence(together(*ended, sign=", "))
    return marked(text, one.verified)


def figure(one: StandardFigure) -> str:
    """A number, marked where it is not verified."""
    text = marked(Numeral(f"{one.value:,.10g}"), one.verified)
    return say("{text} ({what})", text=text, what=one.note) if one.note else text


def span(first: date | None, last: date | None) -> str:
    """Two dates, of which either may be open.

    Examples
    --------
    >>> span(date(2011, 1, 1), None)
    'from 2011-01-01'
    """
    if first is not None and last is not None:
        return say("from {first} to {last}", first=first, last=last)
    if first is not None:
        return say("from {first}", first=first)
    return "" if last is None else say("to {last}", last=last)
