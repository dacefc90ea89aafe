"""The order of time among waves, read from how they are called.

R1, R2, R10 are rounds, 9/2020 and 10/2020 are months, and baseline comes before endline.
Sorting such names as text puts R10 before R2 and makes a fall of what was a rise. Here names
have an order only where it can be defended; else the caller has to say it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

Key: TypeAlias = tuple[float, ...]

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = {name[:n]: i for i, name in enumerate(_MONTHS, 1) for n in (3, len(name))} | {"sept": 9}
_STAGES = (
    ("baseline", "base line", "base"),
    ("midline", "mid line", "mid"),
    ("endline", "end line", "end"),
)
_PAIRS = (("before", "after"), ("pre", "post"), ("first", "last"), ("old", "new"))
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = {w: i for words in (_ORDINALS, _CARDINALS) for i, w in enumerate(words, 1)}
_NUMBER = re.compile(r"\d+")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_ROMAN = re.compile(r"(?=[ivxl])(xl|l?x{0,3})(ix|iv|v?i{0,3})")
_VALUE = {"i": 1, "v": 5, "x": 10, "l": 50}
_YEARS = range(1900, 2101)


def natural_order(names: Sequence[str]) -> tuple[str, ...] | None:
    """Names of waves in the order of time, or None where their names do not tell it.

    Parameters
    ----------
    names : sequence of str
        Each once.

    Returns
    -------
    tuple of str or None

    Examples
    --------
    >>> natural_order(["R1", "R10", "R2"]), natural_order(["10/2020", "9/2020"])
    (('R1', 'R2', 'R10'), ('9/2020', '10/2020'))
    >>> natural_order(["Dec", "Feb", "Jan"]), natural_order(["endline", "baseline"])
    (('Jan', 'Feb', 'Dec'), ('baseline', 'endline'))
    >>> natural_order(["control", "treated"]) is None
    True
    """
    if len(names) < 2:
        return tuple(names)
    texts = [unicodedata.normalize("NFKC", name).strip().casefold() for name in names]
    for rule in _RULES:
        keys = rule(texts)
        if keys is not None:
            order = sorted(range(len(names)), key=keys.__getitem__)
            return tuple(names[i] for i in order) if len(set(keys)) == len(keys) else None
    return None


def _plain(texts: list[str]) -> list[Key] | None:
    """Numbers, with or without decimals."""
    if not all(re.fullmatch(r"[-+]?\d+(\.\d+)?", text) for text in texts):
        return None
    return [(float(text),) for text in texts]


def _one_pattern(texts: list[str]) -> list[Key] | None:
    """One text with other numbers in it: R1 and R10, 9/2020, 2020-09-30, Sep 2020."""
    numbered = [_with_numbers(text) for text in texts]
    if len({skeleton for skeleton, _, _ in numbered}) > 1 or not numbered[0][1]:
        return None
    months = numbered[0][2]
    columns = list(zip(*(numbers for _, numbers, _ in numbered), strict=True))
    varying = [i for i, column in enumerate(columns) if len(set(column)) > 1]
    order = _significance(columns, varying, months)
    return None if order is None else [tuple(columns[i][row] for i in order)
                                       for row in range(len(texts))]  # fmt: skip


def _with_numbers(text: str) -> tuple[str, tuple[float, ...], frozenset[int]]:
    """A text with # for each number and month, the numbers, and which of them are months."""
    numbers: list[float] = []
    months: set[int] = set()

    def cut(found: re.Match[str]) -> str:
        token = found.group()
        if token.isdecimal():
            numbers.append(float(token))
            return "#"
        if token in _MONTH:
            months.add(len(numbers))
            numbers.append(float(_MONTH[token]))
            return "@"
        if token in _WORDS:
            numbers.append(float(_WORDS[token]))
            return "#"
        return token

    plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text)
    return _TOKEN.sub(cut, plain), tuple(numbers), frozenset(months)


def _significance(
    columns: list[tuple[float, ...]], varying: list[int], months: frozenset[int]
) -> list[int] | None:
    """Positions of numbers from the one that counts most; None where that is not clear."""
    if len(varying) < 2:
        return varying
    years = [i for i in varying if all(n in _YEARS for n in columns[i])]
    if months and len(varying) == 2:
        return sorted(varying, key=lambda i: i in months)
    if len(years) != 1:
        return varying if len(years) == 2 and len(varying) == 2 else None
    rest = [i for i in varying if i not in years]
    if len(rest) == 1:
        return [*years, *rest]
    if len(rest) != 2:
        return None
    if months:
        return [*years, *sorted(rest, key=lambda i: i not in months)]
    if years[0] < rest[0]:
        return [*years, *rest]
    return _day_and_month(columns, years[0], rest)


def _day_and_month(
    columns: list[tuple[float, ...]], year: int, rest: list[int]
) -> list[int] | None:
    """31/12/2020 and 12/31/2020: which is which shows only where a day is beyond 12."""
    first, second = rest
    if max(columns[first]) > 12 >= max(columns[second]):
        return [year, second, first]
    if max(columns[second]) > 12 >= max(columns[first]):
        return [year, first, second]
    return None


def _stages(texts: list[str]) -> list[Key] | None:
    """Baseline, midline, endline; before and after."""
    words = [re.sub(r"[\s_-]+", " ", text) for text in texts]
    places = {word: float(i) for i, stage in enumerate(_STAGES) for word in stage}
    if all(word in places for word in words):
        return [(places[word],) for word in words]
    for pair in _PAIRS:
        if sorted(words) == sorted(pair):
            return [(float(pair.index(word)),) for word in words]
    return None


def _roman(texts: list[str]) -> list[Key] | None:
    """I, II, IV, with the same words around them."""
    split = [re.fullmatch(r"(.*?\b)([ivxl]+)", text) for text in texts]
    if not all(found and _ROMAN.fullmatch(found[2]) for found in split):
        return None
    found = [match for match in split if match]
    if len({match[1] for match in found}) > 1 or not any(match[2] == "i" for match in found):
        return None
    return [(_roman_value(match[2]),) for match in found]


def _roman_value(text: str) -> float:
    values = [_VALUE[c] for c in text]
    return float(
        sum(-v if any(w > v for w in values[i + 1 :][:1]) else v for i, v in enumerate(values))
    )


def _letters(texts: list[str]) -> list[Key] | None:
    """A, B, C, with the same words around them."""
    split = [re.fullmatch(r"(.*?\b)([a-z])", text) for text in texts]
    if not all(split) or len({found[1] for found in split if found}) > 1:
        return None
    return [(float(ord(found[2])),) for found in split if found]


_RULES: tuple[Callable[[list[str]], list[Key] | None], ...] = (
    _plain, _one_pattern, _stages, _roman, _letters,
)  # fmt: skip
