"""Aggregates over a household's persons: any(), all(), sum(), count(), min(), max(), mean().

They stand inside an expression of the condition language. Here they are cut out of its
text, built over the persons table, and joined to the households under a name that takes
their place.

Missing values: any() and all() follow Kleene's logic (any() is true if one person's
answer is, missing if none is true and one is missing). sum(), mean() and count() of a
condition are missing when an answer is missing; min() and max() pass over missing
answers. A household without persons has every aggregate missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.errors import ConditionError
from exitline.stats.data.readers.names import OWN

if TYPE_CHECKING:
    import ibis

FUNCTIONS = ("any", "all", "sum", "count", "min", "max", "mean")
_PIECES = re.compile(r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | [^\W\d]\w* | [()] """, re.VERBOSE)
_CALL = re.compile(rf"(?P<name>{'|'.join(FUNCTIONS)})\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Aggregate:
    """One aggregate in an expression.

    Parameters
    ----------
    function : str
        One of FUNCTIONS.
    text : str
        The expression over one person; empty for count().
    where : str
        File, line and key.
    """

    function: str
    text: str
    where: str = ""


@dataclass(frozen=True)
class Split:
    """An expression whose aggregates were cut out.

    Parameters
    ----------
    text : str
        The expression with a name in the place of each aggregate.
    aggregates : tuple of Aggregate
        In the order of their names.
    """

    text: str
    aggregates: tuple[Aggregate, ...]


def split(text: str, first: int = 1, where: str = "") -> Split:
    """Cut the aggregates out of an expression.

    Parameters
    ----------
    text : str
    first : int
        Number of the first name that may be used.
    where : str
        File, line and key, for messages.

    Returns
    -------
    Split

    Raises
    ------
    ConditionError
        For an aggregate within an aggregate, or a bracket that is not closed.

    Examples
    --------
    >>> split("sum(income) / size + count()").text
    'exitline__persons_1 / size + exitline__persons_2'
    >>> split("'sum(x)' = name").aggregates
    ()
    """
    out: list[str] = []
    found: list[Aggregate] = []
    at = 0
    while opening := _next_call(text, at):
        end = _closing(text, opening.end(), where)
        inner = text[opening.end() : end].strip()
        if _next_call(inner, 0):
            raise _nested(text, where)
        out.append(text[at : opening.start()] + name_of(first + len(found)))
        found.append(Aggregate(opening.group("name").lower(), inner, where))
        at = end + 1
    return Split("".join(out) + text[at:], tuple(found))


def name_of(number: int) -> str:
    """The name that takes the place of an aggregate."""
    return f"{OWN}persons_{number}"


def per_household(
    persons: ibis.Table, key: ibis.Value, aggregates: Sequence[Aggregate], key_name: str
) -> ibis.Table:
    """One row for each household with its aggregates.

    Parameters
    ----------
    persons : ibis.Table
    key : ibis.Value
        The household's key, in the form in which it is joined.
    aggregates : sequence of Aggregate
        They are named exitline__persons_1 and so on.
    key_name : str
        What to call the key in the result.

    Returns
    -------
    ibis.Table

    Raises
    ------
    ConditionError
        For a column that the persons table has not, or values of a kind that does not fit.
    """
    values = {
        name_of(i): _value(persons, one) for i, one in enumerate(aggregates, start=1) if one.text
    }
    rows = persons.select(**values, **{key_name: key})
    columns = {name_of(i): _aggregate(rows, one, i) for i, one in enumerate(aggregates, start=1)}
    return rows.group_by(key_name).aggregate(**columns)


def _value(persons: ibis.Table, aggregate: Aggregate) -> ibis.Value:
    """What is aggregated, for one person."""
    from exitline.rules.condition import parse

    value = parse(aggregate.text, where=aggregate.where).build(persons)
    wants_truth = aggregate.function in ("any", "all", "count")
    if wants_truth != value.type().is_boolean() or not (wants_truth or value.type().is_numeric()):
        raise _wrong_kind(aggregate, str(value.type()))
    return value


def _aggregate(rows: ibis.Table, aggregate: Aggregate, number: int) -> ibis.Value:
    """One aggregate as an Ibis expression over the column that holds its values."""
    if not aggregate.text:
        if aggregate.function != "count":
            raise _wrong_kind(aggregate, "nothing")
        return rows.count().cast("float64")
    value = rows[name_of(number)]
    truth = value.type().is_boolean()
    return _truth(aggregate.function, value) if truth else _number(aggregate.function, value)


def _truth(function: str, value: ibis.Value) -> ibis.Value:
    """any(), all() and count() of a condition."""
    import ibis

    true = ibis.ifelse(value, 1, 0).sum()
    false = ibis.ifelse(value, 0, 1).sum() - ibis.ifelse(value.isnull(), 1, 0).sum()
    missing = ibis.ifelse(value.isnull(), 1, 0).sum()
    unknown = ibis.null("boolean")
    if function == "any":
        return ibis.ifelse(true > 0, True, ibis.ifelse(missing > 0, unknown, False))
    if function == "all":
        return ibis.ifelse(false > 0, False, ibis.ifelse(missing > 0, unknown, True))
    return ibis.ifelse(missing > 0, ibis.null("float64"), true.cast("float64"))


def _number(function: str, value: ibis.Value) -> ibis.Value:
    """sum(), mean(), min() and max() of a number."""
    import ibis

    if function == "min":
        return value.min()
    if function == "max":
        return value.max()
    result = value.sum() if function == "sum" else value.mean()
    missing = ibis.ifelse(value.isnull(), 1, 0).sum()
    return ibis.ifelse(missing > 0, ibis.null("float64"), result)


def _next_call(text: str, start: int) -> re.Match[str] | None:
    """The next aggregate's name and opening bracket, quoted text passed over."""
    for piece in _PIECES.finditer(text, start):
        opening = _CALL.match(text, piece.start())
        if opening and piece.group().lower() in FUNCTIONS:
            return opening
    return None


def _closing(text: str, start: int, where: str) -> int:
    """Where the bracket that was opened before `start` closes."""
    depth = 1
    for piece in _PIECES.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(piece.group(), 0)
        if depth == 0:
            return piece.start()
    raise ConditionError(
        "a bracket is not closed",
        where=where or None,
        expected="as many ) as (",
        got=f'"{text}"',
        remedy="close the bracket",
    )


def _nested(text: str, where: str) -> ConditionError:
    return ConditionError(
        "an aggregate is within an aggregate",
        where=where or None,
        expected="an expression over one person inside " + "(), ".join(FUNCTIONS) + "()",
        got=f'"{text}"',
        remedy="aggregate once; persons know nothing of other persons",
    )


def _wrong_kind(aggregate: Aggregate, got: str) -> ConditionError:
    wants = "a condition (true/false)" if aggregate.function in ("any", "all", "count") else (
        "a number"
    )  # fmt: skip
    return ConditionError(
        f"{aggregate.function}() does not fit what is inside it",
        where=aggregate.where or None,
        expected=wants,
        got=f"{got} in {aggregate.function}({aggregate.text})",
        remedy="compare a code with its value, for instance any(literate = 1)",
    )
