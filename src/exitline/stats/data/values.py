"""The one rule for the types of values, whatever file or table they come from.

A value is text as it was written, unless its column is used as a number (welfare, weight,
size, finite population correction, replicate weight, line, or in a formula), or all values
of the column are plain decimal numbers without leading zeros. Dates, true/false,
hexadecimal and exponent forms are never guessed from texts. Texts are compared in one
Unicode normal form (NFC) and without blanks around; nothing but blanks is missing.

Codes (ids, PSUs, strata, areas, keys, waves) stay apart whenever they were written apart:
they become numbers only where every number is written in one way alone ("7", never also
"07" or "7.0"), so that comparing the numbers is comparing the texts. Integers that do not
fit into 64 bits stay text.

How to use it. **A reader converts nothing**: it hands over text as text and numbers as
numbers in an Arrow table (a column in which a sheet mixes both is brought to text with
`written`). `Engine.attach` applies the rule, in SQL, to the text columns of every source
alike: CSV, spreadsheet, Stata, SPSS, database, Parquet, memory (where a table knows texts
from numbers, a text that nothing uses stays text). What a column is used for
goes along with the source: ``source.using(Uses(numeric={"rcons"}, code={"ea"}))``; what
the user has declared (`text:` and `number:` beside a path) comes before every use.
`type_of` says which type a column of texts gets, and `value_of` what one text becomes: they are
the rule in Python, for small tables and as the measure of the SQL.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal

Use = Literal["text", "number", "code", "truth", "any"]
Type = Literal["integer", "number", "truth", "text"]

PLAIN = r"-?(0|[1-9][0-9]{0,14})([.][0-9]+)?|(?i:[-+]?inf(inity)?|nan)"
"""A plain decimal number without leading zeros that a double holds, as a regular expression; or
what programs write for a number that is infinite or none."""
WHOLE = r"(0|-?[1-9][0-9]*)([.]0+)?"
"""A whole number, also as programs write it that know decimals alone: 17.0."""
NUMERIC = r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
"""What a column used as a number may hold beside missing and infinite values."""
BLANKS = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
BLANKS += "\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
"""Blanks around a value that are no part of it."""

_PLAIN = re.compile(PLAIN, re.ASCII)
_NUMERIC = re.compile(NUMERIC, re.ASCII)
_INTEGER = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_WHOLE = re.compile(WHOLE, re.ASCII)
_INFINITE = {
    sign + word: float(f"{sign}inf") for sign in ("", "+", "-") for word in ("inf", "infinity")
}
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class Uses:
    """What the columns of one table are used for, by name.

    Parameters
    ----------
    text, number : frozenset of str
        Declared so by the user (`text:`, `number:`, --text, --number).
    numeric : frozenset of str
        Used as numbers: welfare, weight, size, in a formula.
    code : frozenset of str
        Ids, PSUs, strata, areas, keys, waves, and what is compared with texts.
    truth : frozenset of str
        Used as true or false ("NOT water").
    many : frozenset of str
        Replicate weights: numbers, so many that doubles of the file are taken as they are, and
        looked at when they are used.
    columns : frozenset of str, optional
        All that may be used; None: every column of the table.

    Examples
    --------
    >>> uses = Uses(numeric={"y", "z"}, code={"ea"}) | Uses(text={"y"})
    >>> uses.of("y"), uses.of("z"), uses.of("ea"), uses.of("other")
    ('text', 'number', 'code', 'any')
    """

    text: frozenset[str] = frozenset()
    number: frozenset[str] = frozenset()
    numeric: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()
    truth: frozenset[str] = frozenset()
    many: frozenset[str] = frozenset()
    columns: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Take any set or sequence of names."""
        for field in fields(self):
            given = getattr(self, field.name)
            if given is not None:
                object.__setattr__(self, field.name, frozenset(given))

    def __or__(self, other: Uses) -> Uses:
        """Both; every column where one of them does not say which."""
        known = self.columns is not None and other.columns is not None
        return Uses(
            self.text | other.text,
            self.number | other.number,
            self.numeric | other.numeric,
            self.code | other.code,
            self.truth | other.truth,
            self.many | other.many,
            (self.columns or frozenset()) | (other.columns or frozenset()) if known else None,
        )

    def of(self, name: str) -> Use:
        """The use that decides a column's type: as declared, else as it is used.

        A code that a formula takes as a number, too, has no single use: its values decide.
        """
        if name in self.text or name in self.number:
            return "text" if name in self.text else "number"
        found: list[Use] = []
        found += ["number"] if name in self.numeric or name in self.many else []
        found += ["code"] if name in self.code else []
        found += ["truth"] if name in self.truth else []
        return found[0] if len(found) == 1 else "any"

    def reads(self, name: str) -> bool:
        """Whether a column may be used at all."""
        return self.columns is None or name in self.columns


def written(value: Any) -> str | None:
    """A value as text: as it was written, in NFC, without blanks around.

    Parameters
    ----------
    value : str, number, date or None

    Returns
    -------
    str or None
        None for what is missing: nothing but blanks, NaN, None.

    Examples
    --------
    >>> written(" 010 "), written(17.0), written(0.5), written("e\\u0301") == "\\u00e9"
    ('010', '17', '0.5', True)
    >>> written(float("nan")), written("  "), written(10**20)
    (None, None, '100000000000000000000')
    """
    if isinstance(value, str) and value.isascii() and value[:1] > " " < value[-1:]:
        return value  # most are so
    if value is None or value != value:
        return None
    if isinstance(value, float) and math.isfinite(value):
        value = int(value) if value.is_integer() and abs(value) < 1e22 else repr(value)
    return unicodedata.normalize("NFC", str(value)).strip(BLANKS) or None


def type_of(values: Iterable[str | None], use: Use = "any") -> Type:
    """The type of a column of texts.

    Parameters
    ----------
    values : iterable of str or None
        All its values.
    use : {"text", "number", "code", "truth", "any"}

    Returns
    -------
    {"integer", "number", "truth", "text"}
        For "number" and "truth" as used, whether or not every value fits: what does not
        is an error that names the line.

    Examples
    --------
    >>> type_of(["1", "2", None]), type_of(["0", "0.5", "-3"]), type_of(["010", "10"])
    ('integer', 'number', 'text')
    >>> type_of(["1.1", "1.10"], "code"), type_of(["17.0", "3.0"], "code")
    ('text', 'integer')
    >>> type_of(["1E2"]), type_of(["1E2"], "number"), type_of(["1.5", "inf", "NaN"])
    ('text', 'number', 'number')
    """
    if use != "any" and use != "code":
        return use
    there = [text for value in values if (text := written(value)) is not None]
    if not there:
        return "integer"
    if all(_INTEGER.fullmatch(text) for text in there):
        return "integer" if all(_fits(text) for text in there) else "text"
    if use == "any":
        return "number" if all(_PLAIN.fullmatch(text) for text in there) else "text"
    decimals = {len(text.partition(".")[2]) for text in there}
    whole = all(_WHOLE.fullmatch(t) and _fits(t.partition(".")[0]) for t in there)
    return "integer" if whole and len(decimals) == 1 else "text"


def value_of(text: str | None, as_type: Type) -> int | float | bool | str | None:
    """What a text becomes in a column of some type.

    Raises
    ------
    ValueError
        Where the text is no value of this type.

    Examples
    --------
    >>> value_of(" 010", "text"), value_of("010", "number"), value_of("Inf", "number")
    ('010', 10.0, inf)
    >>> value_of("NaN", "number") is None, value_of("True", "truth")
    (True, True)
    """
    there = written(text)
    if there is None or as_type == "text":
        return there
    low = there.lower()
    if as_type == "integer" and _WHOLE.fullmatch(there):
        return int(there.partition(".")[0])
    if as_type == "number" and low == "nan":
        return None
    if as_type == "number" and (low in _INFINITE or _NUMERIC.fullmatch(there)):
        return _INFINITE.get(low) or float(there)
    if as_type == "truth" and low in _TRUTHS:
        return _TRUTHS[low]
    raise ValueError(f"no value of type {as_type}")


def _fits(text: str) -> bool:
    return len(text) <= 20 and -(2**63) <= int(text) < 2**63
