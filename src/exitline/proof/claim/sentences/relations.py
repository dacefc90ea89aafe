"""A file of printed figures, public facts and relations: what `exitline check-claim` checks.

A printed figure stands for a span of numbers. A relation is consistent when some numbers in
these spans fulfil it, not consistent when none do, and cannot be told when a figure is missing
or the span reaches across an edge. Neither outcome says that a figure is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from exitline.errors import nearest
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.exact import Rounding, grouped, text_of
from exitline.proof.claim.sentences.published import Published, Span, published
from exitline.rules.yamlfile.declared import LIST, NAMED, Record, Text, Truth, choice, reads
from exitline.rules.yamlfile.tree import Tree, read_file
from exitline.words.said import Numeral, Said, collected, say, together
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

Given = Mapping[str, Any]
Answer = tuple[str, str, str]
"""The outcome, its calculation, and what else a reader should know."""


class RelationResult(NamedTuple):
    """What comes of a relation: its words, consistent or not or cannot tell, and why."""

    relation: str
    outcome: str
    arithmetic: str
    note: str = ""


@dataclass(frozen=True)
class Consistency(ShownResult):
    """What comes of checking a published sentence: one finding for each relation of the file.

    `confirmed` says whether an independent source confirms the figures; None when not said.
    """

    statement: str
    findings: tuple[RelationResult, ...]
    source: str = ""
    confirmed: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def consistent(self) -> bool:
        """Whether no relation is broken (some may be open)."""
        return all(finding.outcome != "not consistent" for finding in self.findings)

    def to_pandas(self) -> pd.DataFrame:
        """One row for each relation."""
        import pandas as pd

        return pd.DataFrame(list(self.findings), columns=list(RelationResult._fields)).astype(str)


def _sum(given: Given) -> Answer:
    parts, total = given["parts"], given["total"]
    found = reduce(add, parts)
    text = shown(found.middle, digits=9) + (" %" if total.unit == "percent" else "")
    return _compared(" + ".join(map(str, parts)) + f" = {text}", found, total)


def _difference(given: Given) -> Answer:
    found = given["from"] - given["less"]
    return _compared(f"{given['from']} - {given['less']} = {shown(found.middle)}", found,
                     given["is"])  # fmt: skip


def _ratio(given: Given) -> Answer:
    found, fact = given["of"] / given["per"], given.get("within")
    arithmetic = f"{given['of']} / {given['per']} = {shown(found.middle)}"
    if "is" in given:
        return _compared(arithmetic, found, given["is"])
    if fact is None:
        return "cannot tell", Numeral(arithmetic), say("no public range to compare it with")
    outside = found.high < fact.low or found.low > fact.high
    inside = fact.low <= found.low and found.high <= fact.high
    outcome = "not consistent" if outside else "consistent" if inside else "cannot tell"
    return outcome, Numeral(arithmetic), say("range {what}", what=fact.words)


def _share(given: Given) -> Answer:
    """A part of an exact whole is a whole number, so that few percentages are possible: the
    granularity test of Brown and Heathers (2017, Soc. Psychol. Personal. Sci. 8(4)), for shares.
    """
    part, whole, stated = given.get("part"), given.get("whole"), given["is"]
    low, high = stated.low / 100, stated.high / 100
    if whole is None:
        if part is None or low <= 0:
            return "cannot tell", "", say("the whole is not stated")
        implied = say("{low} to {high}", low=ceil(part.low / high), high=floor(part.high / low))
        told = say("{n} is {share} of {what}", n=_number(part), share=_number(stated), what=implied)
        return "cannot tell", told, say("the whole is not stated")
    if part is not None:
        rate = part / whole
        hundredfold = Span(100 * rate.low, rate.middle, 100 * rate.high)
        told = _share_said(_number(part), _number(whole), _percent(rate.middle, stated))
        return _compared(told, hundredfold, stated)
    if whole.low != whole.high:
        told = say("{share} of {n}", share=_number(stated), n=_number(whole))
        return "cannot tell", told, say("{what} is not exact", what=whole.name)
    name, first, last = shown(whole.low), ceil(whole.low * low), floor(whole.low * high)
    first, last = max(first, 0), min(last, floor(whole.low))
    if first <= last:
        counts: str = Numeral(f"{first:,}")
        if first != last:
            counts = say("{low} to {high}", low=first, high=last)
        return "consistent", _share_said(counts, Numeral(name), _number(stated)), ""
    below = floor(whole.low * (low + high) / 2)
    near = [
        _share_said(Numeral(f"{n:,}"), Numeral(name), _percent(n / whole.low, stated))
        for n in (below, below + 1)
    ]
    return "not consistent", _beside(together(*near, sign=", "), stated), ""


def _change(given: Given) -> Answer:
    ratio, stated = given["to"] / given["from"], given["is"]
    found = Span(100 * (ratio.low - 1), ratio.middle - 1, 100 * (ratio.high - 1))
    said = f"{given['to']} / {given['from']} - 1 = {_percent(found.middle, stated)}"
    return _compared(said, found, stated)


def _at_most(given: Given) -> Answer:
    smaller, larger = given["smaller"], given["larger"]
    if smaller.low > larger.high:
        return "not consistent", Numeral(f"{smaller} > {larger}"), ""
    if smaller.high <= larger.low:
        return "consistent", Numeral(f"{smaller} <= {larger}"), ""
    return "cannot tell", Numeral(f"{smaller} <= {larger}"), say("rounding leaves it open")


def _compared(arithmetic: str, found: Span, stated: Published) -> Answer:
    """Consistent when the computed and the stated span have a number in common."""
    fits = found.low <= stated.high and stated.low <= found.high
    return "consistent" if fits else "not consistent", _beside(arithmetic, stated), ""


def _beside(arithmetic: str, stated: Published) -> Said:
    """A calculation beside what the sentence says."""
    whole = Numeral(arithmetic) if type(arithmetic) is str else arithmetic
    return say("{what}, stated {figure}", what=whole, figure=_number(stated))


def _share_said(part: str, whole: str, share: str) -> Said:
    """A share of a whole, as a sentence."""
    return say("{what} of {name} is {figure}", what=part, name=whole, figure=share)


def _number(figure: Published) -> Numeral:
    """A figure as it is printed, in the form of the reader's language."""
    return Numeral(str(figure))


class Kind(NamedTuple):
    """A kind of relation: its keys, its words, its answer; keys that may be missing, or not 0."""

    keys: tuple[str, ...]
    words: str
    answer: Callable[[Given], Answer]
    optional: tuple[str, ...] = ()
    divisor: str = ""


KINDS: dict[str, Kind] = {
    "sum": Kind(("parts", "total"), collected("{parts} add up to {total}"), _sum),
    "difference": Kind(
        ("from", "less", "is"), collected("{from} less {less} is {is}"), _difference
    ),
    "ratio": Kind(
        ("of", "per", "is", "within"), collected("{of} per {per}"), _ratio, ("is", "within"), "per"
    ),
    "share": Kind(
        ("part", "whole", "is"),
        collected("{part} of {whole} is {is}"),
        _share,
        ("part", "whole"),
        "whole",
    ),
    "change": Kind(
        ("from", "to", "is"), collected("from {from} to {to} is {is}"), _change, (), "from"
    ),
    "at_most": Kind(("smaller", "larger"), collected("{smaller} are at most {larger}"), _at_most),
}
"""Every kind of relation by the word that a file uses."""


def check(kind: str, given: Given) -> RelationResult:
    """What comes of one relation between figures by key; a figure not stated is None."""
    rule = KINDS[kind]
    every = {key: one if key == "parts" else (one,) for key, one in given.items()}
    unstated = {"part": say("a count"), "whole": say("an unstated whole")}
    names = {key: ", ".join(getattr(f, "name", "") for f in some) for key, some in every.items()}
    words = say(rule.words, **(unstated | names))
    below = given.get(rule.divisor)
    if below is not None and below.low <= 0:
        return RelationResult(words, "cannot tell", "", say("{what} may be zero", what=below.name))
    return RelationResult(words, *rule.answer(given))


def shown(value: Fraction, digits: int = 3) -> str:
    """A computed number with a few significant digits, whole numbers in full.

    Examples
    --------
    >>> shown(Fraction(12933, 2567)), shown(Fraction(832)), shown(Fraction(10, 2076))
    ('5.04', '832', '0.00482')
    """
    if value.denominator == 1:
        return grouped(str(value.numerator))
    decimals = 0
    while decimals < 12 and abs(value) * 10**decimals < 10 ** (digits - 1):
        decimals += 1
    return grouped(Rounding(decimals).apply(value))


def _percent(value: Fraction, like: Published) -> Numeral:
    """A share in percent, with one digit more than a stated percentage."""
    return Numeral(f"{Rounding(len(like.text.partition('.')[2]) + 1).apply(value * 100)} %")


def _exactly(tree: Tree) -> Fraction:
    return published("", tree.text(), where=tree.where).middle


class _Figure(Record):
    short: ClassVar[Any] = "value"
    value: Text | None = None
    label: Text | None = None
    unit: Text = ""
    about: Truth = False
    to: Annotated[Any, reads(_exactly)] = None
    rounded: Annotated[Any, *choice("nearest", "down", "up")] = "nearest"


class _Fact(Record):
    low: Annotated[Any, reads(_exactly)]
    high: Annotated[Any, reads(_exactly)]
    unit: Text = ""
    source: Text
    verified: Truth = True

    def check(self) -> None:
        if self.low > self.high:
            raise self.tree.fault("the range is the wrong way round", expected="low at most high")

    @property
    def words(self) -> str:
        ends = f"{grouped(text_of(self.low))} to {grouped(text_of(self.high))} {self.unit}".strip()
        return f"{ends}, {self.source}" + ("" if self.verified else " (unverified)")


def _relation(tree: Tree) -> tuple[str, dict[str, Tree]]:
    """A mapping with the kind of relation as its only key."""
    named = tree.items()
    said = ", ".join(name for name, _ in named)
    if said not in KINDS:
        raise tree.fault(
            "there is no such relation", expected="one of " + ", ".join(KINDS),
            got=said or "nothing", remedy=nearest(said, KINDS) or "choose one of these",
        )  # fmt: skip
    keys, optional, below = KINDS[said].keys, KINDS[said].optional, named[0][1]
    found = below.fields(keys, [key for key in keys if key not in optional])
    if {"is", "within"} <= set(found):
        raise below.fault("a ratio is checked against one thing", expected="is or within")
    return said, found


def _stated(tree: Tree) -> Tree | None:
    return None if tree.is_empty else tree


class _File(Record):
    statement: Text
    source: Text = ""
    confirmed: Truth | None = None
    note: Text | None = None
    figures: Annotated[dict[str, Annotated[_Figure | None, reads(_stated)]], NAMED]
    facts: Annotated[dict[str, _Fact], NAMED] | None = None
    relations: Annotated[tuple[Annotated[Any, reads(_relation)], ...], LIST]


def check_file(path: str | Path) -> Consistency:
    """Check the relations of a file, as docs/commands/check-claim.md describes it.

    Raises
    ------
    ClaimError
        When the file cannot be read as such: all its faults, with file, line and key.

    Examples
    --------
    >>> check_file("examples/claims/dongxiang-2020.yaml").consistent
    True
    """
    file = _File.read(read_file(path, ClaimError))
    figures = {name: _figure(name, keys) for name, keys in file.figures.items()}
    findings = tuple(_finding(kind, keys, figures, file.facts or {})
                     for kind, keys in file.relations)  # fmt: skip
    unsaid = [one.name for one in figures.values() if one and one.text not in file.statement]
    notes = [file.note] if file.note else []
    if unsaid:
        notes.append(say("not in the sentence as written: {names}", names=", ".join(unsaid)))
    return Consistency(file.statement, findings, file.source, file.confirmed, tuple(notes))


def _figure(name: str, keys: _Figure | None) -> Published | None:
    """A figure: a number as printed, or one with unit and rounding; None when left empty."""
    if keys is None or keys.value is None:
        return None
    options = {"unit": keys.unit, "about": keys.about, "step": keys.to, "rounded": keys.rounded}
    return published(keys.label or name, keys.value, where=keys.tree.where, **options)


def _finding(
    kind: str, keys: Mapping[str, Tree], figures: Mapping[str, Published | None],
    facts: Mapping[str, _Fact],
) -> RelationResult:  # fmt: skip
    """What comes of one relation, whose figures need not all be stated."""
    given: dict[str, Any] = {}
    asked: dict[str, list[str]] = {}
    for key, tree in keys.items():
        if key == "within":
            given[key] = facts[tree.known(facts, "fact")]
            continue
        members = tree.sequence() if key == "parts" else (tree,)
        found = [figures[member.known(figures, "figure")] for member in members]
        asked[key] = [member.text() for member in members]
        if None not in found:
            given[key] = tuple(found) if key == "parts" else found[0]
    if given.keys() == keys.keys() or (kind == "share" and "is" in given):
        return check(kind, given)
    names = [name for some in asked.values() for name in some]
    absent = [name for name in names if figures[name] is None]
    said = " and ".join(absent) + (" is" if len(absent) == 1 else " are") + " not stated"
    return RelationResult(f"{kind} of {', '.join(names)}", "cannot tell", "", said)
