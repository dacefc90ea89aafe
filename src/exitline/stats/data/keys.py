"""Keys that are joined: one written form for all, and a record of how much was matched.

The same household is 17 in a Stata file, 17.0 in one that pandas wrote and "17 " in a
spreadsheet. Here a key has one written form, whatever holds it, and each join says how many
keys of each side it found on the other, with the form of keys that it did not find, never with
the keys themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.data.checking.findings import Finding
from exitline.words.said import say

if TYPE_CHECKING:
    import pyarrow as pa

FEW = 0.5
"""Below this share of matched keys a join is warned of."""
_LONG = 12
_WHOLE = 2.0**63


@ibis.udf.scalar.builtin(name="exitline_tidy")  # type: ignore[untyped-decorator]
def _tidy(text: str) -> str:  # type: ignore[empty-body]
    """Text in Unicode normal form C without blanks around; missing where nothing is left.

    Each engine defines it when it is opened.
    """


def written(value: Any) -> Any:
    """A key as people write it: 17 for 17, 17.0 and "17 "; "0017" stays what it is.

    Parameters
    ----------
    value : ibis column
        Text, whole numbers, doubles or anything else that an engine turns into text.

    Returns
    -------
    ibis.Value
        As `exitline.stats.data.values.written` gives it in Python: text in Unicode normal form C
        without blanks around. Blank text and NaN are missing.
        To be selected before it is grouped or joined on: Spark does not take it there.
    """
    kind = value.type()
    if kind.is_string():
        return _tidy(value)
    if kind.is_boolean():
        return ibis.ifelse(value, "True", "False")
    if not (kind.is_floating() or kind.is_decimal()):
        return value.cast("string")
    number = value.cast("float64")
    nothing = ibis.null("string")
    near = ibis.ifelse(number.abs() < _WHOLE, value, ibis.null(kind))
    whole = (near.floor() == near).fill_null(False)
    as_whole = ibis.ifelse(whole, near, ibis.null(kind)).cast("int64").cast("string")
    text = ibis.ifelse(number.isnan(), nothing, value.cast("string"))
    return ibis.ifelse(whole, as_whole, text)


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two keys in the form in which they may be compared.

    Parameters
    ----------
    left, right : ibis columns

    Returns
    -------
    tuple of two ibis.Value
        Whole numbers as they are, where both are; else both as `written`.
    """
    if left.type().is_integer() and right.type().is_integer():
        return left, right
    return written(left), written(right)


def form(value: object) -> str:
    """What a key looks like, without what it says: 9 for a digit, A or a for a letter.

    Zeros in front stay, as they are what most often keeps two keys apart.

    Examples
    --------
    >>> form("0017"), form("17"), form("HH-3b"), form("唐河")
    ('0099', '99', 'AA-9a', 'xx')
    """
    text = str(value)
    zeros = len(text) - len(text.lstrip("0")) if text.isdigit() else 0
    said = "0" * zeros + "".join(_class(c) for c in text[zeros:])
    return said if len(said) <= _LONG else said[: _LONG - 1] + "…"


def _class(character: str) -> str:
    """What stands for one character."""
    if character.isdigit():
        return "9"
    if not character.isalpha():
        return character if character.isascii() and character.isprintable() else "?"
    return "A" if character.isupper() else "a" if character.islower() else "x"


@dataclass(frozen=True)
class Side:
    """One side of a join.

    Parameters
    ----------
    what : str
        What its keys are keys of: "households of the persons table".
    keys : int
        Distinct keys.
    kind : str
        "text" or "numbers".
    unmatched : str or None
        The form of a key that was not found on the other side.
    """

    what: str
    keys: int
    kind: str = "text"
    unmatched: str | None = None

    @property
    def example(self) -> str:
        """Such as "text like 0099 in the table of facts"."""
        like = f" like {self.unmatched}" if self.unmatched else ""
        return f"{self.kind}{like}"


@dataclass(frozen=True)
class Joined:
    """How much a lookup or join matched.

    Parameters
    ----------
    left, right : Side
        The left is the side that is looked up.
    matched : int
        Distinct keys that both sides have.

    Examples
    --------
    >>> found = Joined(Side("villages of the data", 4, "text", "099"),
    ...                Side("villages of the table of facts", 3, "numbers", "99"), 0)
    >>> found.problem
    'none of the 4 villages of the data is among the villages of the table of facts'
    """

    left: Side
    right: Side
    matched: int

    @property
    def none(self) -> bool:
        """Whether nothing matched, though both sides have keys."""
        return self.matched == 0 and self.left.keys > 0

    @property
    def few(self) -> bool:
        """Whether less than half of the left side's keys matched."""
        return not self.none and self.matched < FEW * self.left.keys

    @property
    def problem(self) -> str:
        """In words, how little matched."""
        if self.none:
            said = f"none of the {self.left.keys:,} {self.left.what} is"
        else:
            said = f"only {self.matched:,} of the {self.left.keys:,} {self.left.what} are"
        return f"{said} among the {self.right.what}"

    @property
    def forms(self) -> str:
        """The forms of keys that did not match, side by side."""
        return f"{self.left.example} ({self.left.what}), {self.right.example} ({self.right.what})"

    @property
    def remedy(self) -> str:
        """What to do."""
        return say(
            "write the keys in one form on both sides, zeros in front included, and look "
            "whether both are of one round and one edition"
        )

    def finding(self, check: str, where: str = "") -> Finding | None:
        """The finding of a quality report: an error for none, a warning for few."""
        if not (self.none or self.few):
            return None
        return Finding(
            "error" if self.none else "warning", check, f"{self.problem}; {self.forms}", where,
            self.left.keys - self.matched, self.remedy,
        )  # fmt: skip


def match_query(left: Any, right: Any) -> Any:
    """One row: the distinct keys of two columns, those in both, and one unmatched of each side.

    Parameters
    ----------
    left, right : ibis columns
        Of two tables; missing keys are passed over.

    Returns
    -------
    ibis.Table
        ``left``, ``right``, ``matched``; ``left_alone`` and ``right_alone`` are keys for
        `form`, never to be shown.
    """
    ours, theirs = alike(left, right)
    ours, theirs = _distinct(ours, "our_key"), _distinct(theirs, "their_key")
    both = ours.outer_join(theirs, ours["our_key"] == theirs["their_key"])
    return both.aggregate(**match_row(both))


def match_row(both: Any) -> dict[str, Any]:
    """The aggregates of a `match_query`, over two outer-joined tables of distinct keys.

    Parameters
    ----------
    both : ibis.Table
        With ``our_key`` and ``their_key``.

    Returns
    -------
    dict of str to ibis.Value
    """
    here, there = both["our_key"], both["their_key"]
    ours = ibis.ifelse(there.isnull(), here, ibis.null(here.type()))
    theirs = ibis.ifelse(here.isnull(), there, ibis.null(there.type()))
    return {
        "left": here.count(),
        "right": there.count(),
        "matched": (here.notnull() & there.notnull()).cast("int64").sum().fill_null(0),
        "left_alone": ours.max().cast("string"),
        "right_alone": theirs.max().cast("string"),
    }


def _distinct(key: Any, name: str) -> Any:
    """Each key once, as a table of one column."""
    table = key.name(name).as_table()
    return table.filter(table[name].notnull()).distinct()


def how_much(
    run: Callable[[Any], pa.Table], left: Any, right: Any, what: tuple[str, str]
) -> Joined:
    """The record of a join, from one query.

    Parameters
    ----------
    run : callable
        Executes an expression: an engine's `run`.
    left, right : ibis columns
    what : tuple of str
        What the keys of each side are keys of.

    Returns
    -------
    Joined
    """
    row = run(match_query(left, right)).to_pylist()[0]
    return joined_from(row, (left.type(), right.type()), what)


def joined_from(row: Mapping[str, Any], kinds: tuple[Any, Any], what: tuple[str, str]) -> Joined:
    """The record of a join from the row of a `match_query`.

    Parameters
    ----------
    row : mapping
    kinds : tuple of two Ibis types
        Of the keys as they were read.
    what : tuple of str
    """
    sides = [
        Side(words, int(row[name]), kind_of(kind), _form_of(row[f"{name}_alone"]))
        for words, name, kind in zip(what, ("left", "right"), kinds, strict=True)
    ]
    return Joined(sides[0], sides[1], int(row["matched"]))


def matched_texts(
    left: dict[str, Any] | set[str], right: dict[str, Any] | set[str], what: tuple[str, str]
) -> Joined:
    """The record of a lookup among keys that are at hand.

    Parameters
    ----------
    left, right : collections of written keys
    what : tuple of str

    Returns
    -------
    Joined

    Examples
    --------
    >>> matched_texts({"01", "02"}, {"1", "2"}, ("areas", "places")).forms
    'text like 09 (areas), text like 9 (places)'
    """
    ours, theirs = set(left), set(right)
    alone = [_form_of(max(a - b, default=None)) for a, b in ((ours, theirs), (theirs, ours))]
    return Joined(
        Side(what[0], len(ours), "text", alone[0]), Side(what[1], len(theirs), "text", alone[1]),
        len(ours & theirs),
    )  # fmt: skip


def kind_of(dtype: Any) -> str:
    """What a column of keys holds, in one word.

    Examples
    --------
    >>> kind_of(ibis.dtype("string")), kind_of(ibis.dtype("float64"))
    ('text', 'numbers')
    """
    if dtype.is_string():
        return "text"
    return "numbers" if dtype.is_numeric() else str(dtype)


def _form_of(key: str | None) -> str | None:
    return None if key is None else form(key)


@dataclass(frozen=True)
class Matching:
    """How households and persons fit together.

    Parameters
    ----------
    joined : Joined
        Households on the left, those of the persons table on the right.
    other_size : int
        Households whose declared size differs from the number of their persons.
    persons_without_key : int
        Persons who name no household.
    """

    joined: Joined
    other_size: int = 0
    persons_without_key: int = 0
