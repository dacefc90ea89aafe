"""How a figure is written, in each language."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from exitline.errors import nearest
from exitline.publish.film.errors import StoryError
from exitline.words.catalogue import Language, closest

FORMATS = (
    "number", "percent", "points", "hundred", "millions", "people", "dollar", "year", "words",
)  # fmt: skip

_FORM = re.compile(r"([a-z]+)(?:\.(\d))?")
_SPACE = "\N{NO-BREAK SPACE}"
_MILLION = 1_000_000
_MYRIAD = 10_000


@dataclass(frozen=True)
class Format:
    """A way of writing a number.

    Parameters
    ----------
    name : str
        number, percent (0.143 is 14.3 %), points (percentage points), hundred (out of a
        hundred, without sign), millions, people (1,450,000 is "1.5 million", 145万 in
        Chinese), dollar, year, words (one to twenty).
    decimals : int
        Digits after the point, 0-9.

    Examples
    --------
    >>> Format("percent", 1).write(0.1427, "en")
    '14.3\\xa0%'
    >>> Format("number", 0).write(6671, "en"), Format("words", 0).write(7.006, "zh")
    ('6,671', '七')
    """

    name: str
    decimals: int

    def write(self, value: float, language: str) -> str:
        """The number as text.

        Parameters
        ----------
        value : float
            Finite.
        language : str
            A code such as "en"; one without a catalogue is written as in English.

        Raises
        ------
        StoryError
            For a number that is not finite, or that has no word here.
        """
        if not math.isfinite(value):
            raise StoryError("a figure is not a number", got=str(value), remedy="correct its query")
        t = closest(language)
        if self.name == "words":
            return _word(value, t)
        if self.name == "year":
            return str(round(value))
        if self.name == "people":
            return _people(value, self.decimals, t)
        return t.figure(self._signed(value))

    def _signed(self, value: float) -> str:
        """Digits with their separators and their sign, in English."""
        factor = {"percent": 100, "points": 100, "hundred": 100}.get(self.name, 1)
        scaled = Decimal(repr(float(value))) * factor
        if self.name == "millions":
            scaled /= _MILLION
        rounded = scaled.quantize(Decimal(1).scaleb(-self.decimals), rounding=ROUND_HALF_EVEN)
        digits = f"{abs(rounded):,f}"
        minus = "\N{MINUS SIGN}" if rounded < 0 else ""
        before = "$" if self.name == "dollar" else ""
        after = f"{_SPACE}%" if self.name == "percent" else ""
        return f"{minus}{before}{digits}{after}"


def read_format(text: str, where: str = "") -> Format:
    """A format from its name: ``percent.1``, ``number``, ``words``.

    Raises
    ------
    StoryError
        For a name that does not exist.

    Examples
    --------
    >>> read_format("percent.1")
    Format(name='percent', decimals=1)
    """
    found = _FORM.fullmatch(text)
    if not found or found.group(1) not in FORMATS:
        raise StoryError(
            f"there is no format '{text}'",
            where=where or None,
            expected=", ".join(FORMATS) + ", with .0 to .9 for decimals",
            got=text,
            remedy=nearest(text.partition(".")[0], FORMATS) or "choose one of these",
        )
    default = 1 if found.group(1) == "percent" else 0
    return Format(found.group(1), int(found.group(2)) if found.group(2) else default)


def _people(value: float, decimals: int, t: Language) -> str:
    """A number of people with its scale in words."""
    if int(t.in_context("number", "1000000")) == _MYRIAD:
        from babel.numbers import format_compact_decimal

        digits = 2 if value >= _MYRIAD**2 else 0
        return format_compact_decimal(value, locale=t.code, fraction_digits=digits)
    if value < _MILLION:
        return Format("number", 0).write(value, t.code)
    n = Format("millions", decimals).write(value, t.code)
    said = t.plural("{n} million", "{n} million", round(value / _MILLION, decimals), n=n)
    return said.replace(" ", _SPACE)


def _word(value: float, t: Language) -> str:
    """A small whole number in words."""
    words = t.in_context(
        "number",
        "none, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, "
        "thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty",
    ).split(", ")
    whole = round(value)
    if not 0 <= whole < len(words):
        raise StoryError(
            "a number has no word in this format",
            expected=f"0 to {len(words) - 1}",
            got=str(whole),
            remedy="use the format number",
        )
    return words[whole]
