"""Figures as exact text, and the rule by which a computed number becomes one."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from exitline.errors import nearest
from exitline.proof.claim.errors import ClaimError

RoundingMode = Literal["half even", "half up", "down", "up", "exact"]
"""How a number becomes a figure; "exact" means that it is not rounded."""

NOISE = Fraction(1, 10**9)
"""Relative size of what the order of additions may change in a floating-point result."""

_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_RATIONAL = re.compile(r"-?[0-9]{1,40}/[0-9]{1,40}")
_MOST_DECIMALS = 30


@dataclass(frozen=True)
class Rounding:
    """The rule that turns a computed number into a published figure.

    Parameters
    ----------
    decimals : int
        Digits kept after the point, -30 to 30; -2 rounds to hundreds.
    mode : {"half even", "half up", "down", "up", "exact"}
        What happens at the edge. "down" is towards zero, "up" away from it; "exact"
        keeps the number as it is (decimals then has no effect).
    scale : str
        What the computed number is multiplied by first, as exact text: "100" for a
        share in percent, "1/1000000" for a number in millions.

    Raises
    ------
    ClaimError
        For another mode, or decimals or a scale out of range.

    Examples
    --------
    >>> Rounding(decimals=1, scale="100").apply(0.14337)
    '14.3'
    """

    decimals: int = 0
    mode: RoundingMode = "half even"
    scale: str = "1"

    def __post_init__(self) -> None:
        if self.mode not in get_args(RoundingMode):
            raise ClaimError(
                "unknown rounding rule",
                expected="one of " + ", ".join(get_args(RoundingMode)),
                got=repr(self.mode),
                remedy=nearest(str(self.mode), get_args(RoundingMode)) or "choose one of these",
            )
        if isinstance(self.decimals, bool) or not isinstance(self.decimals, int):
            raise _bad_decimals(self.decimals)
        if not -_MOST_DECIMALS <= self.decimals <= _MOST_DECIMALS:
            raise _bad_decimals(self.decimals)
        if exact(self.scale) <= 0:
            raise ClaimError(
                "the scale of a rounding rule must be positive",
                expected="exact text such as 100 or 1/1000000",
                got=self.scale,
                remedy="correct the scale",
            )

    def apply(self, number: float | int | Decimal | Fraction) -> str:
        """The figure that this rule makes of a computed number.

        Parameters
        ----------
        number : float, int, Decimal or Fraction
            Finite. A float is taken at the value that its shortest text names.

        Returns
        -------
        str
            Decimal text ("14.3", "-0.5", "12900"), or rational text for an exact
            number whose decimals do not end.

        Raises
        ------
        ClaimError
            For NaN or an infinity: a figure that does not exist is never published.

        Examples
        --------
        >>> Rounding(decimals=-2).apply(12933), Rounding(mode="exact").apply(Fraction(1, 3))
        ('12900', '1/3')
        """
        return self._of(as_fraction(number) * exact(self.scale))

    def candidates(self, number: float | int | Decimal | Fraction) -> tuple[str, ...]:
        """The figures that a number may become within floating-point noise.

        A sum over many rows differs in its last digits between engines and runs. Where
        the number lies within one part in 10^9 of a rounding edge, both neighbours are
        named; everywhere else there is exactly one. Integers and fractions carry no
        noise.

        Examples
        --------
        >>> Rounding(decimals=1).candidates(0.25000000000001)
        ('0.3', '0.2')
        >>> Rounding(decimals=1).candidates(0.26)
        ('0.3',)
        """
        best = self.apply(number)
        if not isinstance(number, float) or self.mode == "exact":
            return (best,)
        value = as_fraction(number) * exact(self.scale)
        noise = abs(value) * NOISE
        return tuple(dict.fromkeys([best, self._of(value - noise), self._of(value + noise)]))

    def _of(self, value: Fraction) -> str:
        """The figure of a scaled exact number."""
        if self.mode == "exact":
            return text_of(value)
        unit = Fraction(10) ** -self.decimals
        steps = _whole(value / unit, self.mode)
        return _fixed(steps, self.decimals)


def exact(text: str) -> Fraction:
    """The number that decimal or rational text names, exactly.

    Parameters
    ----------
    text : str
        "2567", "-0.41", "4/832"; no exponent, no thousands separator, no sign "+".

    Returns
    -------
    Fraction

    Raises
    ------
    ClaimError
        For any other text, and for a zero denominator.

    Examples
    --------
    >>> exact("14.3"), exact("4/832")
    (Fraction(143, 10), Fraction(1, 208))
    """
    if not isinstance(text, str) or not (_DECIMAL.fullmatch(text) or _RATIONAL.fullmatch(text)):
        raise _not_exact(text)
    try:
        return Fraction(text)
    except ZeroDivisionError as reason:
        raise _not_exact(text) from reason


def text_of(value: Fraction) -> str:
    """The shortest exact text of a number: decimal where its digits end, else rational.

    Examples
    --------
    >>> text_of(Fraction(143, 10)), text_of(Fraction(1, 3)), text_of(Fraction(5))
    ('14.3', '1/3', '5')
    """
    rest, digits = value.denominator, 0
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    digits = max(twos, fives)
    if rest != 1 or digits > _MOST_DECIMALS:
        return f"{value.numerator}/{value.denominator}"
    return _fixed(int(value * 10**digits), digits)


def as_fraction(number: float | int | Decimal | Fraction) -> Fraction:
    """A finite number exactly; a float at the value that its shortest text names.

    Raises
    ------
    ClaimError
        For NaN or an infinity.

    Examples
    --------
    >>> as_fraction(0.1)
    Fraction(1, 10)
    """
    if isinstance(number, float):
        if not math.isfinite(number):
            raise _no_value(number)
        return Fraction(repr(float(number)))
    if isinstance(number, Decimal) and not number.is_finite():
        raise _no_value(number)
    return Fraction(number)


def grouped(text: str) -> str:
    """A figure with thousands separators, for reading.

    Examples
    --------
    >>> grouped("12933"), grouped("-1234.5"), grouped("1/3")
    ('12,933', '-1,234.5', '1/3')
    """
    if not _DECIMAL.fullmatch(text):
        return text
    whole, point, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{rest}"


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


def _whole(value: Fraction, mode: str) -> int:
    """The whole number of rounding steps, by the rule's mode."""
    floor, rest = divmod(abs(value.numerator), value.denominator)
    twice = 2 * rest
    if mode == "up":
        more = rest > 0
    elif mode == "down":
        more = False
    elif mode == "half up":
        more = twice >= value.denominator
    else:
        more = twice > value.denominator or (twice == value.denominator and floor % 2 == 1)
    size = floor + (1 if more else 0)
    return -size if value < 0 else size


def _fixed(steps: int, decimals: int) -> str:
    """Decimal text of steps x 10^-decimals; zero has no sign."""
    if decimals <= 0:
        return str(steps * 10**-decimals)
    sign, digits = ("-" if steps < 0 else ""), str(abs(steps)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def _bad_decimals(value: object) -> ClaimError:
    return ClaimError(
        "the number of decimals is out of range",
        expected=f"a whole number from -{_MOST_DECIMALS} to {_MOST_DECIMALS}",
        got=repr(value),
        remedy="correct the rounding rule",
    )


def _not_exact(text: object) -> ClaimError:
    return ClaimError(
        "not an exact number",
        expected="decimal text such as 14.3, or rational text such as 4/832",
        got=repr(text)[:60],
        remedy="write the figure without exponent, separators or units",
    )


def _no_value(number: object) -> ClaimError:
    return ClaimError(
        "a figure without a value cannot be claimed",
        expected="a finite number",
        got=str(number),
        remedy="claim another figure, or find out why this one has no value",
    )
