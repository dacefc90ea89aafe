"""Published figures: the exact numbers that a printed one may stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.exact import Rounding, grouped

Rounded = Literal["nearest", "down", "up"]
_NUMBER = re.compile(
    r"-?[0-9]{1,3}(?:[,\u202f\u00a0 ][0-9]{3})+(?:\.[0-9]{1,20})?|-?[0-9]{1,30}(?:\.[0-9]{1,20})?"
)
_SCALES = {
    "": 1,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "万": 10**4,
    "亿": 10**8,
}


@dataclass(frozen=True)
class Published:
    """A figure as printed, and the range of numbers that are printed so.

    Parameters
    ----------
    name : str
        What it is called in relations.
    text : str
        As printed, with separators and scale word.
    low, high : Fraction
        The smallest and largest number that is printed so. The ends count as printed so:
        authors round halves in different ways. Equal for an exact count.
    unit : str
        What it counts; "percent" for a percentage.

    Examples
    --------
    >>> published("rate", "0.41", unit="percent").low
    Fraction(81, 200)
    """

    name: str
    text: str
    low: Fraction
    high: Fraction
    unit: str = ""

    @property
    def exact(self) -> bool:
        """Whether it stands for one number only."""
        return self.low == self.high

    @property
    def middle(self) -> Fraction:
        """The number as printed, or the middle of what it may stand for."""
        return (self.low + self.high) / 2

    def __str__(self) -> str:
        return f"{self.text} %" if self.unit == "percent" else self.text


def published(
    name: str,
    text: str,
    *,
    unit: str = "",
    about: bool = False,
    step: Fraction | None = None,
    rounded: Rounded = "nearest",
) -> Published:
    """Read a printed figure.

    Parameters
    ----------
    name : str
        What relations call it.
    text : str
        "2,567", "0.41", "8.07 million", "12.9万".
    unit : str
        "percent", "households", ...
    about : bool
        "About": trailing zeros of a whole number then carry no information.
    step : Fraction, optional
        What it was rounded to (1000 for thousands); otherwise the place of its last
        digit. A whole number without scale word is exact.
    rounded : {"nearest", "down", "up"}
        How it was rounded.

    Raises
    ------
    ClaimError
        When the text is no number.

    Examples
    --------
    >>> figure = published("poor", "8.07 million")
    >>> int(figure.low), int(figure.high)
    (8065000, 8075000)
    >>> published("villages", "45").exact
    True
    """
    match = re.fullmatch(rf"\s*({_NUMBER.pattern})\s*([a-z]*|[万亿])\s*", text)
    if match is None or match[2] not in _SCALES:
        raise ClaimError(
            "not a printed figure",
            where=name or None,
            expected="a number such as 2,567 or 8.07 million",
            got=repr(text)[:60],
            remedy="write digits, with the unit as a key of its own",
        )
    digits = re.sub(r"[,\u202f\u00a0 ]", "", match[1])
    scale = _SCALES[match[2]]
    value = Fraction(digits) * scale
    place = step if step is not None else _place(digits, scale, about=about, unit=unit)
    low, high = _range(value, place, rounded)
    return Published(name, text.strip(), low, high, unit)


def shown(value: Fraction, digits: int = 3) -> str:
    """A computed number with a few significant digits, whole numbers in full.

    Examples
    --------
    >>> shown(Fraction(12933, 2567)), shown(Fraction(832)), shown(Fraction(10, 2076))
    ('5.04', '832', '0.00482')
    """
    if value.denominator == 1:
        return grouped(str(value.numerator))
    size = abs(value)
    decimals = digits - 1
    while decimals > 0 and size >= 10 ** (digits - decimals):
        decimals -= 1
    while decimals < 12 and size * 10 ** (decimals - digits + 1) < 1:
        decimals += 1
    return grouped(Rounding(decimals).apply(value))


def percent(value: Fraction, like: Published) -> str:
    """A share in percent, with one digit more than a stated percentage.

    Examples
    --------
    >>> percent(Fraction(10, 2076), published("rate", "0.41", unit="percent"))
    '0.482 %'
    """
    decimals = len(like.text.partition(".")[2])
    text = Rounding(decimals + 1).apply(value * 100)
    return f"{text} %"


def _place(digits: str, scale: int, *, about: bool, unit: str) -> Fraction:
    """The value of one step in the last printed digit; 0 for an exact count."""
    whole, point, rest = digits.partition(".")
    if point:
        return Fraction(scale, 10 ** len(rest))
    if about:
        zeros = len(whole) - len(whole.rstrip("0"))
        return Fraction(scale * 10**zeros)
    return Fraction(scale if scale > 1 or unit == "percent" else 0)


def _range(value: Fraction, step: Fraction, rounded: Rounded) -> tuple[Fraction, Fraction]:
    """The numbers that round to a value in steps."""
    if rounded == "down":
        return value, value + step
    if rounded == "up":
        return value - step, value
    return value - step / 2, value + step / 2
