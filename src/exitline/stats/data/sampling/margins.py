"""Known totals of a population, by name: what a sample's weights are calibrated to."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

from exitline.errors import DataError, Faults

ALL = "(all)"
"""The margin of everyone: how many the population has."""
COLUMNS = ("margin", "level", "total")
"""Columns of a table of totals."""

Level = tuple[Any, ...]
SOME: Mapping[Level, float] = {("",): 0.0}
"""Levels that are not known yet: those of the data."""


@dataclass(frozen=True)
class Margin:
    """One margin: how many there are at each level of a column, or the total of a column.

    Attributes
    ----------
    columns : tuple of str
        Columns of the data; several are crossed. None for everyone.
    levels : mapping of tuple to float
        Totals by level, one value for each column; empty for the total of a number.
    total : float
        The total of the number, or of everyone; the sum over levels.

    Examples
    --------
    >>> margins_of({"zone": {"rural": 10, "urban": 20}})[0].total
    30.0
    """

    columns: tuple[str, ...]
    levels: Mapping[Level, float]
    total: float

    @property
    def kind(self) -> Literal["all", "levels", "number"]:
        """What is known: how many in all, how many at each level, or a sum."""
        if self.levels:
            return "levels"
        return "number" if self.columns else "all"

    @property
    def name(self) -> str:
        """As messages and tables name it.

        Examples
        --------
        >>> Margin(("zone", "size"), {}, 3.0).name, Margin((), {}, 3.0).name
        ('zone,size', '(all)')
        """
        return ",".join(self.columns) or ALL


def margins_of(totals: Mapping[Any, Any]) -> tuple[Margin, ...]:
    """Margins as a user gives them.

    Parameters
    ----------
    totals : mapping
        From a column to its levels' totals, ``{"zone": {"rural": 10, "urban": 20}}``; from
        several columns to those of their crossing, ``{("zone", "sex"): {("rural", "f"): 5}}``;
        from a column of numbers to its total, ``{"children": 12}``; from ``"(all)"`` to how
        many there are.

    Returns
    -------
    tuple of Margin

    Raises
    ------
    DataError
        For totals that are no finite numbers, not above zero for a level, or given by
        position; all of them at once.

    Examples
    --------
    >>> [m.name for m in margins_of({"(all)": 30, ("zone", "sex"): {("rural", "f"): 5}})]
    ['(all)', 'zone,sex']
    """
    if not isinstance(totals, Mapping) or not totals:
        raise DataError(
            "the totals have no names",
            where="totals", expected="each column with its total, or with a total for each level",
            got=f"{type(totals).__name__}" if totals else "no total",
            remedy='for instance {"zone": {"rural": 19174, "urban": 22116}, "children": 39344}',
        )  # fmt: skip
    faults = Faults()
    found: list[Margin] = []
    for columns, value in totals.items():
        with faults.kept():
            found.append(_margin(columns, value))
    faults.raise_all()
    refuse_twice(found)
    return tuple(found)


def margins_named(
    levels: Iterable[Sequence[str]], numeric: Iterable[str]
) -> dict[tuple[str, ...], dict[str, float] | None]:
    """Margins by name alone, whose totals the data tell.

    Parameters
    ----------
    levels : iterable of sequence of str
        Columns of categories; several are crossed.
    numeric : iterable of str
        Columns of numbers, or "(all)" for everyone.

    Examples
    --------
    >>> margins_named([["zone"], ["zone", "sex"]], ["children"])
    {('zone',): {}, ('zone', 'sex'): {}, ('children',): None}
    """
    found: dict[tuple[str, ...], dict[str, float] | None] = {tuple(one): {} for one in levels}
    return found | {(one,): None for one in numeric}


def margins_from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Margin, ...]:
    """Margins from a table with the columns ``margin``, ``level``, ``total``.

    Parameters
    ----------
    rows : iterable of mapping
        Several columns that are crossed, and their levels, are separated by commas; a part with
        a comma in it stands in double quotes, as in CSV. No level: the total of a number, or
        of everyone where the margin is ``(all)``.

    Returns
    -------
    tuple of Margin

    Examples
    --------
    >>> rows = [{"margin": "zone,sex", "level": "rural,f", "total": 5},
    ...         {"margin": "zone,sex", "level": "rural,m", "total": 6},
    ...         {"margin": "children", "level": None, "total": 12}]
    >>> [(m.name, m.total) for m in margins_from_rows(rows)]
    [('zone,sex', 11.0), ('children', 12.0)]
    """
    totals: dict[Any, Any] = {}
    for number, row in enumerate(rows, start=1):
        name, level, total = (row.get(column) for column in COLUMNS)
        if name is None:
            raise DataError(
                "a total has no margin", where=f"totals, row {number}",
                expected=f"a column of the data, or {ALL}", got="nothing",
                remedy="complete the column 'margin'",
            )  # fmt: skip
        columns = parts_of(str(name))
        if level is None or level == "":
            _refuse_second(totals, columns, number)
            totals[columns] = total
            continue
        parts = parts_of(str(level)) if len(columns) > 1 else (level,)
        levels = totals.setdefault(columns, {})
        if not isinstance(levels, dict) or parts in levels:
            _refuse_second({columns: None}, columns, number)
        levels[parts] = total
    return margins_of(totals)


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a crossing, separated by commas.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> parts_of('zone, "a, b"')
    ('zone', 'a, b')
    """
    return tuple(part.strip() for part in next(csv.reader([text], skipinitialspace=True), [""]))


def _refuse_second(totals: Mapping[Any, Any], columns: tuple[str, ...], number: int) -> None:
    """Refuse a total that was there already."""
    if columns in totals:
        raise DataError(
            f"the margin '{','.join(columns)}' has two totals for one level",
            where=f"totals, row {number}", expected="each level of a margin once",
            got="the same again", remedy="remove one of them",
        )  # fmt: skip


def _margin(columns: Any, value: Any) -> Margin:
    """One margin."""
    names = (columns,) if isinstance(columns, str) else tuple(columns)
    if not names or not all(isinstance(name, str) and name for name in names):
        raise DataError(
            "a margin is not named by columns", where="totals",
            expected="the name of a column, or a tuple of names", got=repr(columns),
            remedy='for instance {"zone": {...}}, {("zone", "sex"): {...}}',
        )  # fmt: skip
    names = () if names == (ALL,) else names
    shown = ",".join(names) or ALL
    if not hasattr(value, "items"):
        if len(names) > 1:
            raise _no_total(shown, type(value).__name__, "a total for each level of the crossing")
        return Margin(names, {}, _number(value, shown))
    if not names or not len(value):
        raise _no_total(shown, "levels" if len(value) else "no level", "one number")
    levels = {_level(key, names): _positive(total, shown, key) for key, total in value.items()}
    if len(levels) < len(value):
        raise _no_total(shown, "two levels of one name", "each level once")
    return Margin(names, levels, math.fsum(levels.values()))


def _level(key: Any, names: tuple[str, ...]) -> Level:
    """A level as one value for each column."""
    parts = tuple(key) if isinstance(key, tuple | list) else (key,)
    if len(parts) != len(names):
        raise _no_total(
            ",".join(names), f"a level of {len(parts)} values", f"levels of {len(names)} values"
        )
    return parts


def _number(value: Any, name: str) -> float:
    """A finite number."""
    if isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if hasattr(value, "is_finite") and value.is_finite():  # Decimal
        return float(value)
    raise _no_total(name, "no number" if value is not None else "nothing", "a finite number")


def _positive(value: Any, name: str, key: Any) -> float:
    """A total of a level: above zero."""
    number = _number(value, name)
    if number > 0:
        return number
    raise DataError(
        f"the margin '{name}' has a total that is not above zero",
        where=f"totals: {name}, level {key!r}", expected="a number above zero", got=f"{number:g}",
        remedy="leave the level out, and its rows out of the data; or merge it with another level",
    )  # fmt: skip


def _no_total(name: str, got: str, expected: str) -> DataError:
    """The error for a total that cannot be read."""
    return DataError(
        f"the total of the margin '{name}' cannot be used", where=f"totals: {name}",
        expected=expected, got=got,
        remedy='for instance {"zone": {"rural": 19174, "urban": 22116}, "children": 39344}',
    )  # fmt: skip


def refuse_twice(margins: list[Margin]) -> None:
    """Refuse two margins of the same columns in another order.

    Parameters
    ----------
    margins : list of Margin
    """
    seen: set[frozenset[str]] = set()
    for margin in margins:
        if frozenset(margin.columns) in seen:
            raise DataError(
                f"the margin '{margin.name}' is given twice", where="totals",
                expected="each set of columns once", got="the same columns again",
                remedy="remove one of them",
            )  # fmt: skip
        seen.add(frozenset(margin.columns))
