"""How a figure is written, in each language."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from exitline.errors import nearest
from exitline.publish.film.errors import StoryError

FORMATS = (
    "number", "percent", "points", "hundred", "millions", "people", "dollar", "year", "words",
)  # fmt: skip

_FORM = re.compile(r"([a-z]+)(?:\.(\d))?")
_SPACE = "\N{NO-BREAK SPACE}"
_WORDS = {
    "en": (
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
        "eighteen", "nineteen", "twenty",
    ),
    "zh": (
        "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三",
        "十四", "十五", "十六", "十七", "十八", "十九", "二十",
    ),
}  # fmt: skip


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
            "en", "zh" or another code.

        Raises
        ------
        StoryError
            For a number that is not finite, or that has no word here.
        """
        if not math.isfinite(value):
            raise StoryError("a figure is not a number", got=str(value), remedy="correct its query")
        if self.name == "words":
            return _word(value, language)
        if self.name == "year":
            return str(round(value))
        if self.name == "people":
            return _people(value, self.decimals, language)
        return self._signed(value, language)

    def _signed(self, value: float, language: str) -> str:
        """Digits with their separators and their sign."""
        factor = {"percent": 100, "points": 100, "hundred": 100}.get(self.name, 1)
        scaled = Decimal(repr(float(value))) * factor
        if self.name == "millions":
            scaled /= 1_000_000
        rounded = scaled.quantize(Decimal(1).scaleb(-self.decimals), rounding=ROUND_HALF_EVEN)
        digits = f"{abs(rounded):,f}"
        minus = "\N{MINUS SIGN}" if rounded < 0 else ""
        before = "$" if self.name == "dollar" else ""
        after = ("%" if is_chinese(language) else f"{_SPACE}%") if self.name == "percent" else ""
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


def is_chinese(language: str) -> bool:
    """Whether a code means Chinese.

    Examples
    --------
    >>> is_chinese("zh-Hant")
    True
    """
    return language.partition("-")[0] == "zh"


def _people(value: float, decimals: int, language: str) -> str:
    """A number of people with its scale in words."""
    if not is_chinese(language):
        if value < 1_000_000:
            return Format("number", 0).write(value, language)
        return f"{Format('millions', decimals).write(value, language)}{_SPACE}million"
    if value >= 100_000_000:
        return f"{Format('number', 2).write(value / 100_000_000, language)}亿"
    return f"{Format('number', 0).write(value / 10_000, language)}万"


def _word(value: float, language: str) -> str:
    """A small whole number in words."""
    words = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    whole = round(value)
    if not 0 <= whole < len(words):
        raise StoryError(
            "a number has no word in this format",
            expected=f"0 to {len(words) - 1}",
            got=str(whole),
            remedy="use the format number",
        )
    return words[whole]
