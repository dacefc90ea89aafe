"""How the figures of a sentence hang together, checked on what each may stand for.

A printed figure stands for a range of numbers. A relation is consistent when some numbers in
these ranges fulfil it, not consistent when none do, and cannot be told when a figure is missing
or the range reaches across an edge. Neither outcome says that a figure is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from exitline.proof.claim.exact import grouped, text_of
from exitline.proof.claim.sentences.published import Published, percent, shown

ConsistencyOutcome = Literal["consistent", "not consistent", "cannot tell"]


@dataclass(frozen=True)
class RelationResult:
    """What comes of one relation.

    Parameters
    ----------
    relation : str
        What was checked against what, in words.
    outcome : {"consistent", "not consistent", "cannot tell"}
        The answer.
    arithmetic : str
        The calculation that shows it.
    note : str
        What else a reader should know ("" otherwise).
    """

    relation: str
    outcome: ConsistencyOutcome
    arithmetic: str
    note: str = ""


@dataclass(frozen=True)
class Range:
    """A public fact: between which values a quantity lies, and who says so.

    Parameters
    ----------
    name : str
        What it is called in relations.
    low, high : Fraction
        Its ends, both included.
    source : str
        Where it was read.
    unit : str
        Such as "persons per household".
    verified : bool
        Whether it was read at its source.
    """

    name: str
    low: Fraction
    high: Fraction
    source: str
    unit: str = ""
    verified: bool = True

    @property
    def words(self) -> str:
        """The range with its source."""
        mark = "" if self.verified else " (unverified)"
        ends = f"{grouped(text_of(self.low))} to {grouped(text_of(self.high))}"
        return f"{ends} {self.unit}".strip() + f", {self.source}{mark}"


def check_sum(parts: Sequence[Published], total: Published) -> RelationResult:
    """Whether parts add up to a total, within what rounding allows.

    Examples
    --------
    >>> from exitline.proof.claim.sentences.published import published
    >>> years = [published(n, n) for n in ("28", "125", "283", "344", "52")]
    >>> check_sum(years, published("counties", "832")).arithmetic
    '28 + 125 + 283 + 344 + 52 = 832, stated 832'
    """
    low, high = sum(p.low for p in parts), sum(p.high for p in parts)
    middle = sum((p.middle for p in parts), Fraction())
    arithmetic = f"{' + '.join(str(p) for p in parts)} = {_sum_text(middle, total)}, stated {total}"
    words = f"{_names(parts)} add up to {total.name}"
    return RelationResult(words, _overlap(Fraction(low), Fraction(high), total), arithmetic)


def check_difference(start: Published, less: Published, result: Published) -> RelationResult:
    """Whether a difference is as stated, within what rounding allows.

    Examples
    --------
    >>> from exitline.proof.claim.sentences.published import published
    >>> a, b, c = (published(n, n) for n in ("128,000", "26,000", "102,000"))
    >>> check_difference(a, b, c).outcome
    'consistent'
    """
    low, high = start.low - less.high, start.high - less.low
    arithmetic = f"{start} - {less} = {shown(start.middle - less.middle)}, stated {result}"
    words = f"{start.name} less {less.name} is {result.name}"
    return RelationResult(words, _overlap(low, high, result), arithmetic)


def check_ratio(of: Published, per: Published, against: Published | Range | None) -> RelationResult:
    """Whether one figure per another is as stated, or lies in a public range.

    Parameters
    ----------
    of, per : Published
        Numerator and denominator.
    against : Published, Range or None
        The ratio as stated; or a public range; or nothing to hold it against.

    Examples
    --------
    >>> from exitline.proof.claim.sentences.published import published
    >>> size = Range("household_size", Fraction(3), Fraction(6), "an example")
    >>> check_ratio(published("persons", "12,933"), published("households", "2,567"), size).outcome
    'consistent'
    """
    words = f"{of.name} per {per.name}"
    if per.low <= 0:
        return RelationResult(words, "cannot tell", f"{of} / {per}", f"{per.name} may be zero")
    ends = [a / b for a in (of.low, of.high) for b in (per.low, per.high)]
    low, high = min(ends), max(ends)
    arithmetic = f"{of} / {per} = {shown(of.middle / per.middle)}"
    if against is None:
        return RelationResult(
            words, "cannot tell", arithmetic, "no public range to hold it against"
        )
    if isinstance(against, Published):
        return RelationResult(
            words, _overlap(low, high, against), f"{arithmetic}, stated {against}"
        )
    return RelationResult(words, _within(low, high, against), arithmetic, f"range {against.words}")


def check_share(
    part: Published | None, whole: Published | None, stated: Published
) -> RelationResult:
    """Whether a percentage fits its counts: some whole number of the whole must give it.

    Parameters
    ----------
    part, whole : Published, optional
        Counts, as far as they are stated.
    stated : Published
        The percentage.

    Notes
    -----
    With whole numbers only, few percentages are possible for a small whole: the
    granularity test of Brown and Heathers (2017, Social Psychological and Personality
    Science 8(4)), here for shares.

    Examples
    --------
    >>> from exitline.proof.claim.sentences.published import published
    >>> rate = published("rate", "0.41", unit="percent")
    >>> check_share(None, published("households", "2,076"), rate).outcome
    'not consistent'
    """
    if whole is None:
        return _share_of_unknown(part, stated)
    words = f"{part.name if part else 'a count'} of {whole.name} is {stated.name}"
    if whole.low <= 0:
        return RelationResult(
            words, "cannot tell", f"{stated} of {whole}", f"{whole.name} may be zero"
        )
    low, high = stated.low / 100, stated.high / 100
    if part is not None:
        given = (
            f"{part} of {whole} is {percent(part.middle / whole.middle, stated)}, stated {stated}"
        )
        fits = part.high / whole.low >= low and part.low / whole.high <= high
        return RelationResult(words, "consistent" if fits else "not consistent", given)
    if not whole.exact:
        reason = f"{whole.name} is not exact"
        return RelationResult(words, "cannot tell", f"{stated} of {whole}", reason)
    return _granularity(words, whole.low, low, high, stated)


def check_change(start: Published, end: Published, stated: Published) -> RelationResult:
    """Whether a relative change is as stated, within what rounding allows.

    Examples
    --------
    >>> from exitline.proof.claim.sentences.published import published
    >>> a, b = published("2012", "98.99 million"), published("2019", "5.51 million")
    >>> check_change(a, b, published("fall", "-94.4", unit="percent")).outcome
    'consistent'
    """
    words = f"from {start.name} to {end.name} is {stated.name}"
    if start.low <= 0:
        return RelationResult(
            words, "cannot tell", f"{start} to {end}", f"{start.name} may be zero"
        )
    ends = [100 * (b / a - 1) for a in (start.low, start.high) for b in (end.low, end.high)]
    middle = percent(end.middle / start.middle - 1, stated)
    arithmetic = f"{end} / {start} - 1 = {middle}, stated {stated}"
    return RelationResult(words, _overlap(min(ends), max(ends), stated), arithmetic)


def check_at_most(smaller: Published, larger: Published) -> RelationResult:
    """Whether one figure is at most another.

    Examples
    --------
    >>> from exitline.proof.claim.sentences.published import published
    >>> check_at_most(published("villages", "45"), published("households", "2,567")).outcome
    'consistent'
    """
    words = f"{smaller.name} are at most {larger.name}"
    arithmetic = f"{smaller} <= {larger}"
    if smaller.high <= larger.low:
        return RelationResult(words, "consistent", arithmetic)
    if smaller.low > larger.high:
        return RelationResult(words, "not consistent", f"{smaller} > {larger}")
    return RelationResult(words, "cannot tell", arithmetic, "rounding leaves it open")


def missing(relation: str, names: Sequence[str]) -> RelationResult:
    """The finding on a relation whose figures are not all stated.

    Examples
    --------
    >>> missing("persons per households", ["households"]).note
    'households is not stated'
    """
    said = " and ".join(names) + (" is" if len(names) == 1 else " are") + " not stated"
    return RelationResult(relation, "cannot tell", "", said)


def _share_of_unknown(part: Published | None, stated: Published) -> RelationResult:
    """What a percentage says about a whole that is not stated."""
    words = f"{part.name if part else 'a count'} of an unstated whole is {stated.name}"
    if part is None or stated.low <= 0:
        return RelationResult(words, "cannot tell", "", "the whole is not stated")
    low, high = ceil(part.low / stated.high * 100), floor(part.high / stated.low * 100)
    arithmetic = f"{part} is {stated} of {low:,} to {high:,}"
    return RelationResult(words, "cannot tell", arithmetic, "the whole is not stated")


def _granularity(
    words: str, whole: Fraction, low: Fraction, high: Fraction, stated: Published
) -> RelationResult:
    """Whether a whole number of an exact whole gives the percentage."""
    first, last = ceil(whole * low), floor(whole * high)
    name = shown(whole)
    if first <= last and first <= whole and last >= 0:
        first, last = max(first, 0), min(last, floor(whole))
        counts = f"{first:,}" if first == last else f"{first:,} to {last:,}"
        return RelationResult(words, "consistent", f"{counts} of {name} is {stated}")
    below = floor(whole * (low + high) / 2)
    near = ", ".join(
        f"{n:,} of {name} is {percent(Fraction(n) / whole, stated)}" for n in (below, below + 1)
    )
    return RelationResult(words, "not consistent", f"{near}; stated {stated}")


def _overlap(low: Fraction, high: Fraction, stated: Published) -> ConsistencyOutcome:
    """Consistent when the computed and the stated range have a number in common."""
    return "consistent" if low <= stated.high and stated.low <= high else "not consistent"


def _within(low: Fraction, high: Fraction, fact: Range) -> ConsistencyOutcome:
    """Consistent inside the range, not consistent outside, else not to be told."""
    if fact.low <= low and high <= fact.high:
        return "consistent"
    return "not consistent" if high < fact.low or low > fact.high else "cannot tell"


def _sum_text(middle: Fraction, total: Published) -> str:
    """A sum in the words of its total: with its percent sign, in full."""
    text = shown(middle, digits=9)
    return f"{text} %" if total.unit == "percent" else text


def _names(parts: Sequence[Published]) -> str:
    return ", ".join(part.name for part in parts)
