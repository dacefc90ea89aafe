"""Which message a text in English is: for texts that come out of files.

Reasons, notes and findings are kept in files in English, as `exitline.words.catalogue.say` made
them. Whoever reads the file can say them in another language all the same: the messages of the
catalogue are patterns, and what stood in their places is found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from exitline.words.said import Numeral, Said

NUMERIC = frozenset({"n", "m", "share", "most", "low", "high", "sure", "figure", "year"})
"""Places that hold a number, and nothing else, wherever they stand."""
NUMBER_FORM = r"(?:[−+-]?\d[\d,]*(?:\.\d+)?|\{\d+\})(?:[ \u00a0]%)?"
"""A number as English writes it, or the place of one that was taken out."""
COLUMNS = frozenset({"column", "by"})
"""Places that hold the name of a column, which is one word."""
LISTS = frozenset({"names"})
"""Places that hold names with commas between them."""
_PLACE = re.compile(r"\{(\w+)\}")
_WORD, _WORDS, _LIST = r"[^\s;:,]+", r"(?:(?!; ).)+?", r"[^\s;:,]+(?:, [^;:,]+)*"
_LEAST_SURE, _LEAST_NUMERIC, _LEAST = 2, 4, 8
"""Letters that a message needs beside its places to be told from any other text: where all of
them, some of them and none of them are numbers or columns."""


class Recogniser:
    """Texts in English, told by the messages they are of.

    Parameters
    ----------
    messages : iterable of str
        Messages with places.
    least : int, optional
        Letters that a message needs beside its places, where these alone are looked for.

    Examples
    --------
    >>> found = Recogniser(["{share} in a full count of {n} households"])
    >>> found.said("2.4 % in a full count of 1,521 households").parts
    {'share': '2.4 %', 'n': '1,521'}
    >>> found.said("Tirana") is None
    True
    """

    def __init__(self, messages: Iterable[str], *, least: int | None = None) -> None:
        patterns = [_pattern(message) for message in messages if _telling(message, least)]
        self._patterns = sorted(patterns, key=lambda p: (-len(p.literal), p.message))
        self.said = lru_cache(maxsize=4096)(self._said)

    def _said(self, text: str) -> Said | None:
        """The text with its message; None where it is of none."""
        for pattern in self._patterns:
            if pattern.chunk in text and (found := pattern.form.fullmatch(text)):
                return Said(text, pattern.message, found.groupdict())
        return None


class _Pattern:
    """A message as a pattern: `literal` is all of it but the places, `chunk` the longest part."""

    def __init__(self, message: str, form: re.Pattern[str], pieces: list[str]) -> None:
        self.message, self.form = message, form
        self.literal, self.chunk = "".join(pieces), max(pieces, key=len)


def _pattern(message: str) -> _Pattern:
    pieces = _PLACE.split(message)
    pieces[::2] = [piece.replace("{{", "{").replace("}}", "}") for piece in pieces[::2]]
    seen: set[str] = set()
    form = "".join(_place(x, seen) if i % 2 else re.escape(x) for i, x in enumerate(pieces))
    return _Pattern(message, re.compile(form, re.DOTALL), pieces[::2])


def _place(name: str, seen: set[str]) -> str:
    """What may stand in a place; in a second one of the same name, the same."""
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    if name in NUMERIC:
        return f"(?P<{name}>{NUMBER_FORM}|unknown)"
    form = _WORD if name in COLUMNS else _LIST if name in LISTS else _WORDS
    return f"(?P<{name}>{form})"


def _telling(message: str, least: int | None = None) -> bool:
    """Whether a message has places, and enough beside them."""
    places = _PLACE.findall(message)
    letters = sum(sign.isalpha() for sign in _PLACE.sub("", message))
    if not places or any(place.isdigit() for place in places):  # those of scripts
        return False
    if least is not None:
        return letters >= least
    sure, all_ = (NUMERIC | COLUMNS | LISTS) & set(places), set(places)
    return letters >= (_LEAST_SURE if sure == all_ else _LEAST_NUMERIC if sure else _LEAST)


def as_part(text: str) -> str:
    """What stood in a sentence, as a part of it: a figure where it is one.

    Examples
    --------
    >>> type(as_part("1,200 %")).__name__, type(as_part("Tirana")).__name__
    ('Numeral', 'str')
    """
    return Numeral(text) if re.fullmatch(NUMBER_FORM, text) else text
