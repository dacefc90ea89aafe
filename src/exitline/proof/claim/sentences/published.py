"""Published figures: the exact numbers that a printed one may stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from exitline.proof.claim.errors import ClaimError

_SPACES = ",\u202f\u00a0 "
_PRINTED = re.compile(
    rf"\s*(-?[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+(?:\.[0-9]{{1,20}})?"
    r"|-?[0-9]{1,30}(?:\.[0-9]{1,20})?)\s*([a-z]*|[万亿])\s*"
)
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


def published(
    name: str, text: str, *, unit: str = "", about: bool = False, step: Fraction | None = None,
    rounded: Literal["nearest", "down", "up"] = "nearest", where: str = "",
) -> Published:  # fmt: skip
    """Read a printed figure.

    Parameters
    ----------
    name, text, unit : str
        Name in relations; "2,567", "0.41", "8.07 million" or "12.9万"; "percent" or a noun.
    about : bool
        "About": trailing zeros of a whole number then carry no information.
    step : Fraction, optional
        What it was rounded to; otherwise the place of its last digit. A whole number
        without scale word is exact.
    rounded : {"nearest", "down", "up"}
        Both ends count as printed so: authors round halves in different ways.
    where : str
        For messages.

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
    digits = re.sub(f"[{_SPACES}]", "", match[1])
    value = Fraction(digits) * _SCALES[match[2]]
    place = _place(digits, _SCALES[match[2]], about or unit == "percent", about)
    place = place if step is None else step
    low = value - {"nearest": place / 2, "down": Fraction(), "up": place}[rounded]
    return Published(low, low + place / 2, low + place, name, text.strip(), unit)


def _place(digits: str, scale: int, rounded: bool, about: bool) -> Fraction:
    """The value of one step in the last printed digit; 0 for an exact count."""
    whole, point, rest = digits.partition(".")
    if point:
        return Fraction(scale, 10 ** len(rest))
    zeros = len(whole) - len(whole.rstrip("0")) if about else 0
    return Fraction(scale * 10**zeros if rounded or scale > 1 else 0)
