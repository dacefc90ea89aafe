"""Reading the figures of a plain sentence, and the relations between them that need no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from exitline import inputs
from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.published import Published, published
from exitline.proof.claim.relation_file import Consistency
from exitline.proof.claim.relations import (
    Finding,
    Range,
    check_at_most,
    check_ratio,
    check_share,
    check_sum,
)

_DIGITS = (
    r"[0-9]{1,3}(?:[,\u202f\u00a0][0-9]{3}){1,9}(?:\.[0-9]{1,20})?"
    r"|[0-9]{1,30}(?:\.[0-9]{1,20})?"
)
_UNITS = {
    "percent": r"%|percent|per cent|个百分点",
    "households": r"households?|families|户",
    "persons": r"persons?|people|individuals|人(?!民)",
    "villages": r"(?:poor |administrative )?villages?|个?(?:贫困)?村",
    "counties": r"(?:poor )?count(?:y|ies)|个?(?:贫困)?县",
}
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items())
_FIGURE = re.compile(
    rf"(?P<about>(?:about|around|some|nearly|roughly|over|more than|约|近|超过)\s*)?"
    rf"(?<![0-9A-Za-z_.])(?P<number>{_DIGITS})\s*(?P<scale>thousand|million|billion|万|亿)?"
    rf"(?:\s*(?:{_UNIT})(?![a-z]))?",
    re.IGNORECASE,
)
_SUM = re.compile(rf"((?:{_DIGITS})(?:\s*\+\s*(?:{_DIGITS}))+)\s*=\s*({_DIGITS})")
_OF = re.compile(r"\s*(?:of|out of|among)(?: the| all)?\s*", re.IGNORECASE)
_LONGEST = 2000  # characters of a sentence; sums in longer ones take too long to find
_NEAR = 40  # characters within which a percentage belongs to the counts beside it


@dataclass(frozen=True)
class _Found:
    """A figure and where it stands in the sentence."""

    figure: Published
    start: int
    end: int


def check_sentence(text: str, household_size: Range | None = None) -> Consistency:
    """Check the figures of a plain sentence with each other.

    Understood are sums written out ("28 + 125 = 153"), counts with their percentage
    ("10 of 2,076 households (0.48 %)"), and households, persons, villages and counties
    that stand once each. For anything else write a file of relations.

    Parameters
    ----------
    text : str
        The sentence, in English or Chinese.
    household_size : Range, optional
        Persons per household that are plausible, such as the range of a census.

    Returns
    -------
    Consistency

    Examples
    --------
    >>> found = check_sentence("2,567 households of 12,933 people in 45 villages")
    >>> [(finding.arithmetic, finding.outcome) for finding in found.findings]
    [('12,933 / 2,567 = 5.04', 'cannot tell'), ('2,567 <= 12,933', 'consistent'),
     ('45 <= 2,567', 'consistent')]
    """
    if len(text) > _LONGEST:
        raise ClaimError(
            "this is longer than a sentence",
            expected=f"at most {_LONGEST:,} characters",
            got=f"{len(text):,} characters",
            remedy="check each sentence by itself, or write a file of relations",
        )
    sums = list(_sums(text))
    spans = [match.span() for match in _SUM.finditer(text)]
    figures = [one for one in _figures(text) if not _inside(one, spans)]
    findings = [*sums, *_shares(figures, text), *_counts(figures, household_size)]
    if findings:
        return Consistency(text, tuple(findings))
    note = "no relation between figures was found; write a file of relations"
    return Consistency(text, (), notes=(note,))


def read_sentence(path: Path) -> str:
    """The sentence in a text file, on one line.

    Raises
    ------
    ClaimError
        When the file cannot be read as UTF-8 text, or is empty.
    """
    content = inputs.text(path, most=4 * _LONGEST, error=ClaimError)
    text = " ".join(content.split())
    if not text:
        raise ClaimError(
            "there is no sentence",
            where=str(path),
            expected="a sentence",
            got="an empty file",
            remedy="write the sentence into the file",
        )
    return text


def _figures(text: str) -> Iterator[_Found]:
    """Every figure of the sentence with a unit, in order; bare years are passed over."""
    for match in _FIGURE.finditer(text):
        unit = next((name for name in _UNITS if match[name]), "")
        number, scale = match["number"], (match["scale"] or "").lower()
        if not unit and not scale and re.fullmatch(r"(19|20)[0-9]{2}", number):
            continue
        figure = published(
            unit or "a count", f"{number} {scale}".strip(), unit=unit, about=bool(match["about"])
        )
        yield _Found(figure, match.start(), match.end())


def _sums(text: str) -> Iterator[Finding]:
    """Sums that are written out."""
    for match in _SUM.finditer(text):
        parts = [published(part.strip(), part.strip()) for part in match[1].split("+")]
        yield check_sum(parts, published("the total", match[2]))


def _shares(figures: Sequence[_Found], text: str) -> Iterator[Finding]:
    """Counts "a of b" of one unit with the percentage that stands beside them."""
    rates = [one for one in figures if one.figure.unit == "percent"]
    counts = [one for one in figures if one.figure.unit != "percent"]
    for part, whole in pairwise(counts):
        if not _OF.fullmatch(text[part.end : whole.start]) or not _same_kind(part, whole):
            continue
        near = [rate for rate in rates if _gap(rate, part, whole) <= _NEAR]
        if near:
            rate = min(near, key=lambda one: _gap(one, part, whole))
            yield check_share(
                part.figure.named(f"{part.figure}"),
                whole.figure.named(f"{whole.figure} {whole.figure.unit}".strip()),
                rate.figure.named(f"{rate.figure}"),
            )


def _counts(figures: Sequence[_Found], size: Range | None) -> Iterator[Finding]:
    """Households, persons, villages and counties that the sentence counts once each."""
    once: dict[str, Published] = {}
    for unit in ("households", "persons", "villages", "counties"):
        found = [one.figure for one in figures if one.figure.unit == unit]
        if len(found) == 1:
            once[unit] = found[0]
    if "households" in once and "persons" in once:
        yield check_ratio(once["persons"], once["households"], size)
        yield check_at_most(once["households"], once["persons"])
    nested = [unit for unit in ("counties", "villages", "households") if unit in once]
    for small, large in pairwise(nested):
        yield check_at_most(once[small], once[large])


def _same_kind(part: _Found, whole: _Found) -> bool:
    """Whether one count is a part of the other: the same unit, or one of them bare."""
    return part.figure.unit == whole.figure.unit or "" in (part.figure.unit, whole.figure.unit)


def _gap(rate: _Found, part: _Found, whole: _Found) -> int:
    """Characters between a percentage and a pair of counts."""
    return max(rate.start - whole.end, part.start - rate.end)


def _inside(one: _Found, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= one.start < end for start, end in spans)
