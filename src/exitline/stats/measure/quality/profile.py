"""Queries for `exitline init`: every column at a glance in one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from exitline.stats.data.proposing.guesses import Ask, ColumnProfile, Kind, Proposal
from exitline.stats.data.proposing.propose import propose
from exitline.stats.measure import portable

if TYPE_CHECKING:
    import pyarrow as pa


def look(table: Any, run: Callable[[Any], pa.Table]) -> Proposal:
    """Look at a table's columns and propose their roles.

    Parameters
    ----------
    table : ibis.Table
    run : callable
        Executes an unbound expression and returns Arrow: an engine's `run`.

    Returns
    -------
    Proposal

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.data import open_source
    >>> from exitline.stats.engine import open_engine
    >>> engine = open_engine()
    >>> data = pd.DataFrame({"hid": range(60), "poids": [i + 0.5 for i in range(60)]})
    >>> table = engine.attach(open_source(data), "households")
    >>> sorted(look(table, engine.run).guesses)
    ['household', 'weight']
    """
    answers = run(profile_query(table)).to_pylist()[0]

    def distinct(names: Sequence[str]) -> int:
        return int(run(distinct_query(table, names))["n"][0].as_py())

    def alone(name: str, ids: Sequence[str]) -> int:
        return int(run(alone_query(table, name, ids))["n"][0].as_py())

    return propose(_profiles(table, answers), Ask(distinct, alone))


def profile_query(table: Any) -> Any:
    """One row: for each column its missing values, distinct values, range and fractions.

    Parameters
    ----------
    table : ibis.Table

    Returns
    -------
    ibis.Table
        Columns ``<position>__<part>``, so that no column name is part of a name.
    """
    wanted: dict[str, Any] = {"rows": table.count()}
    for position, name in enumerate(table.columns):
        column = table[name]
        wanted[f"{position}__missing"] = column.isnull().cast("int64").sum()
        wanted[f"{position}__distinct"] = column.approx_nunique()
        if column.type().is_numeric():
            number = portable.finite_or_missing(column.cast("float64"))
            wanted[f"{position}__low"] = number.min()
            wanted[f"{position}__high"] = number.max()
            fractional = portable.fractional(number).fill_null(False)
            wanted[f"{position}__fractional"] = fractional.cast("int64").sum()
    return table.aggregate(**wanted)


def distinct_query(table: Any, names: Sequence[str]) -> Any:
    """One row: the number of distinct combinations of some columns.

    Parameters
    ----------
    table : ibis.Table
    names : sequence of str

    Returns
    -------
    ibis.Table
    """
    combinations = table.select(*names).distinct()
    return combinations.aggregate(n=combinations.count())


def alone_query(table: Any, name: str, ids: Sequence[str]) -> Any:
    """One row: values of a column on whose rows one combination of ids stands alone.

    Parameters
    ----------
    table : ibis.Table
    name : str
    ids : sequence of str

    Returns
    -------
    ibis.Table
    """
    pairs = table.select(name, *ids).distinct()
    known = pairs.filter(pairs[name].notnull())
    each = known.group_by(name).aggregate(_n=known.count())
    one = each.filter(each["_n"] == 1)
    return one.aggregate(n=one.count())


def _profiles(table: Any, answers: dict[str, Any]) -> tuple[ColumnProfile, ...]:
    """The records of the profile query's one row."""
    return tuple(
        ColumnProfile(
            name=name,
            kind=_kind(table[name].type()),
            rows=answers["rows"],
            missing=answers[f"{position}__missing"] or 0,
            distinct=answers[f"{position}__distinct"] or 0,
            low=answers.get(f"{position}__low"),
            high=answers.get(f"{position}__high"),
            fractional=answers.get(f"{position}__fractional") or 0,
        )
        for position, name in enumerate(table.columns)
    )


def _kind(dtype: Any) -> Kind:
    if dtype.is_boolean():
        return "truth"
    if dtype.is_numeric():
        return "number"
    return "text" if dtype.is_string() else "other"
