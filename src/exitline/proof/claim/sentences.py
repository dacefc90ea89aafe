"""Whether the figures of a published sentence fit together: what `exitline check-claim` checks.

A printed figure stands for a span of numbers. A relation is consistent when some numbers in
these spans fulfil it, not consistent when none do, and cannot be told when a figure is missing
or the span reaches across an edge. Neither outcome says that a figure is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from exitline.errors import nearest
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.exact import Rounding, grouped, shown, text_of
from exitline.rules.yamlfile.declared import LIST, NAMED, Record, Text, Truth, choice, reads
from exitline.rules.yamlfile.tree import Tree, read_file
from exitline.words.said import Numeral, Said, collected, say, together
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

_SPACES = ",\u202f\u00a0 "
_PRINTED = re.compile(
    rf"\s*(-?[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+(?:\.[0-9]{{1,20}})?"
    r"|-?[0-9]{1,30}(?:\.[0-9]{1,20})?)\s*([a-z]*|[万亿])\s*"
)
_BELOW = {"nearest": Fraction(1, 2), "down": Fraction(0), "up": Fraction(1)}
_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8}


@dataclass(frozen=True)
class Span:
    """The numbers that something may be, both ends included, and the one in their middle."""

    low: Fraction
    middle: Fraction
    high: Fraction

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.middle + other.middle, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.low - other.high, self.middle - other.middle, self.high - other.low)

    def __truediv__(self, other: Span) -> Span:
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(min(ends), self.middle / other.middle, max(ends))


@dataclass(frozen=True)
class Published(Span):
    """A figure as printed: its name in relations, its text, and what it counts."""

    name: str = ""
    text: str = ""
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.text} %" if self.unit == "percent" else self.text

    @property
    def shown(self) -> Numeral:
        """As it is printed, in the form of the reader's language."""
        return Numeral(str(self))


def published(
    name: str, text: str, *, unit: str = "", about: bool = False, step: Fraction | None = None,
    rounded: Literal["nearest", "down", "up"] = "nearest", where: str = "",
) -> Published:  # fmt: skip
    """Read a printed figure: "2,567", "0.41", "8.07 million" or "12.9万".

    It was rounded to `step`, or to the place of its last digit; a whole number without a word of
    scale is exact, unless it is `about`: its trailing zeros then carry no information. Both ends
    count as printed so, for authors round halves in different ways.

    Raises
    ------
    ClaimError
        When the text is no number.

    Examples
    --------
    >>> figure = published("poor", "8.07 million")
    >>> int(figure.low), int(figure.high)
    (8065000, 8075000)
    """
    match = _PRINTED.fullmatch(text)
    if match is None or match[2] not in _SCALES:
        raise ClaimError(
            "not a printed figure", where=where or name or None,
            expected="a number such as 2,567 or 8.07 million", got=repr(text)[:60],
            remedy="write digits, with the unit as a key of its own",
        )  # fmt: skip
    digits, scale = re.sub(f"[{_SPACES}]", "", match[1]), _SCALES[match[2]]
    whole, point, rest = digits.partition(".")
    exact = not (point or about or unit == "percent" or scale > 1)
    zeros = len(whole) - len(whole.rstrip("0")) if about and not point else 0
    last = Fraction(0 if exact else scale * 10**zeros, 10 ** len(rest))
    place = last if step is None else step
    low = Fraction(digits) * scale - place * _BELOW[rounded]
    return Published(low, low + place / 2, low + place, name, text.strip(), unit)


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
    """What comes of checking a published sentence: one finding for each relation of the file."""

    statement: str
    findings: tuple[RelationResult, ...]
    source: str = ""
    confirmed: bool | None = None  # by an independent source; None when not said
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
    start, less = given["from"], given["less"]
    told = f"{start} - {less} = {shown((start - less).middle)}"
    return _compared(told, start - less, given["is"])


def _ratio(given: Given) -> Answer:
    found = given["of"] / given["per"]
    arithmetic = f"{given['of']} / {given['per']} = {shown(found.middle)}"
    if "is" in given:
        return _compared(arithmetic, found, given["is"])
    if "within" not in given:
        return "cannot tell", Numeral(arithmetic), say("no public range to compare it with")
    fact = given["within"]
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
        told = say("{n} is {share} of {what}", n=part.shown, share=stated.shown, what=implied)
        return "cannot tell", told, say("the whole is not stated")
    if part is not None:
        rate = part / whole
        told = _share_said(part.shown, whole.shown, _percent(rate.middle, stated))
        return _compared(told, Span(100 * rate.low, rate.middle, 100 * rate.high), stated)
    if whole.low != whole.high:
        told = say("{share} of {n}", share=stated.shown, n=whole.shown)
        return "cannot tell", told, say("{what} is not exact", what=whole.name)
    name, most = Numeral(shown(whole.low)), floor(whole.low)
    first, last = max(ceil(whole.low * low), 0), min(floor(whole.low * high), most)
    if first <= last:
        one = Numeral(f"{first:,}")
        counts = one if first == last else say("{low} to {high}", low=first, high=last)
        return "consistent", _share_said(counts, name, stated.shown), ""
    below = floor(whole.low * (low + high) / 2)
    near = [_share_said(Numeral(f"{n:,}"), name, _percent(n / whole.low, stated))
            for n in (below, below + 1)]  # fmt: skip
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
    return say("{what}, stated {figure}", what=whole, figure=stated.shown)


def _share_said(part: str, whole: str, share: str) -> Said:
    """A share of a whole, as a sentence."""
    return say("{what} of {name} is {figure}", what=part, name=whole, figure=share)


class Kind(NamedTuple):
    """A kind of relation: its keys, its words, its answer; keys that may be missing, or not 0."""

    keys: tuple[str, ...]
    words: str
    answer: Callable[[Given], Answer]
    optional: tuple[str, ...] = ()
    divisor: str = ""


KINDS: dict[str, Kind] = {
    "sum": Kind(("parts", "total"), collected("{parts} add up to {total}"), _sum),
    "difference": Kind(("from", "less", "is"), collected("{from} less {less} is {is}"),
                       _difference),
    "ratio": Kind(("of", "per", "is", "within"), collected("{of} per {per}"), _ratio,
                  ("is", "within"), "per"),
    "share": Kind(("part", "whole", "is"), collected("{part} of {whole} is {is}"), _share,
                  ("part", "whole"), "whole"),
    "change": Kind(("from", "to", "is"), collected("from {from} to {to} is {is}"), _change,
                   (), "from"),
    "at_most": Kind(("smaller", "larger"), collected("{smaller} are at most {larger}"), _at_most),
}  # fmt: skip
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


def _percent(value: Fraction, like: Published) -> Numeral:
    """A share in percent, with one digit more than a stated percentage."""
    return Numeral(f"{Rounding(len(like.text.partition('.')[2]) + 1).apply(value * 100)} %")


_EXACTLY = reads(lambda tree: published("", tree.text(), where=tree.where).middle)


class _Figure(Record):
    short: ClassVar[Any] = "value"
    value: Text | None = None
    label: Text | None = None
    unit: Text = ""
    about: Truth = False
    to: Annotated[Any, _EXACTLY] = None
    rounded: Annotated[Any, *choice("nearest", "down", "up")] = "nearest"

    def figure(self, name: str) -> Published | None:
        """A figure as printed, or None when its value is left empty."""
        return None if self.value is None else published(
            self.label or name, self.value, unit=self.unit, about=self.about, step=self.to,
            rounded=self.rounded, where=self.tree.where,
        )  # fmt: skip


class _Fact(Record):
    low: Annotated[Any, _EXACTLY]
    high: Annotated[Any, _EXACTLY]
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


_STATED = reads(lambda tree: None if tree.is_empty else tree)


class _File(Record):
    statement: Text
    source: Text = ""
    confirmed: Truth | None = None
    note: Text | None = None
    figures: Annotated[dict[str, Annotated[_Figure | None, _STATED]], NAMED]
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
    figures = {name: keys.figure(name) if keys else None for name, keys in file.figures.items()}
    findings = tuple(_finding(kind, keys, figures, file.facts or {})
                     for kind, keys in file.relations)  # fmt: skip
    unsaid = [one.name for one in figures.values() if one and one.text not in file.statement]
    notes = [file.note] if file.note else []
    if unsaid:
        notes.append(say("not in the sentence as written: {names}", names=", ".join(unsaid)))
    return Consistency(file.statement, findings, file.source, file.confirmed, tuple(notes))


def _finding(
    kind: str, keys: Mapping[str, Tree], figures: Mapping[str, Published | None],
    facts: Mapping[str, _Fact],
) -> RelationResult:  # fmt: skip
    """What comes of one relation, whose figures need not all be stated."""
    given: dict[str, Any] = {}
    names: list[str] = []
    for key, tree in keys.items():
        if key == "within":
            given[key] = facts[tree.known(facts, "fact")]
            continue
        members = tree.sequence() if key == "parts" else (tree,)
        found = [figures[member.known(figures, "figure")] for member in members]
        names += [member.text() for member in members]
        if None not in found:
            given[key] = tuple(found) if key == "parts" else found[0]
    if given.keys() == keys.keys() or (kind == "share" and "is" in given):
        return check(kind, given)
    absent = [name for name in names if figures[name] is None]
    said = " and ".join(absent) + (" is" if len(absent) == 1 else " are") + " not stated"
    return RelationResult(f"{kind} of {', '.join(names)}", "cannot tell", "", said)
