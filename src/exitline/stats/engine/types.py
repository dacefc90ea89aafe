"""The rule for types (`exitline.stats.data.values`) on a table that an engine already reads.

Spreadsheets, Stata, SPSS, databases, Parquet and tables in memory know numbers from texts,
so that only texts with a use of their own are looked at, in one query: what is used as a number
becomes one, and codes that are integers sort as such. Text that nothing uses stays text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.data.keys import written
from exitline.stats.data.values import NUMERIC, PLAIN, WHOLE, Use
from exitline.stats.engine.columns import not_numbers
from exitline.stats.measure import portable

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.scannable import Source


def typed(table: Any, source: Source, run: Callable[[Any], pa.Table]) -> Any:
    """The table with each column in the type that the rule gives it.

    Parameters
    ----------
    table : ibis.Table
        Texts without blanks around, missing values as NULL.
    source : Source
        For what its columns are used for.
    run : callable
        Executes an expression.

    Returns
    -------
    ibis.Table
        The same columns in the same order.

    Raises
    ------
    DataError
        For text in a column that is used as a number.
    """
    uses = source.uses
    looked = {n: uses.of(n) for n in table.columns if uses.reads(n)}
    asked = {n: use for n, use in looked.items() if _is_open(table[n], use)}
    each = {name: _facts(table[name], use) for name, use in asked.items()}
    facts = {
        f"{i} {fact}": value for i, one in enumerate(each.values()) for fact, value in one.items()
    }
    found = run(table.aggregate(_rows=table.count(), **facts)).to_pylist()[0] if facts else {}
    new = {name: _declared_text(table[name]) for name, use in looked.items() if use == "text"}
    for i, (name, use) in enumerate(asked.items()):
        mine = {fact: found[f"{i} {fact}"] for fact in each[name]}
        if use == "number" and mine["unfit"]:
            raise not_numbers(
                name, f"{source.name}, column '{name}'", mine["first"], mine["unfit"],
                found["_rows"],
            )  # fmt: skip
        new[name] = _value(table[name], use, mine)
    changed = {name: value for name, value in new.items() if value is not None}
    return table.mutate(**changed) if changed else table


def _is_open(column: Any, use: Use) -> bool:
    """Whether the values decide the type."""
    if use in ("text", "any"):
        return False
    return bool(column.type().is_string() or (column.type().is_floating() and use == "code"))


def _facts(column: Any, use: Use) -> dict[str, Any]:
    """Aggregates over all values, for the rule to decide by."""
    if column.type().is_floating():
        return {"whole": portable.whole(column).all()}
    if use == "number":
        wrong = ~column.re_search(f"^(?i:{NUMERIC}|[-+]?inf(inity)?|nan)$")
        return {"unfit": wrong.cast("int64").sum(), "first": column.min(where=wrong)}
    decimals = ibis.ifelse(column.contains("."), column.length() - column.find("."), 0)
    return {
        "integer": (column.try_cast("int64").cast("string") == column)
        .fill_null(False)
        .all(where=column.notnull()),
        "whole": (column.re_search(f"^({WHOLE})$") & (column.length() < 18)).all(
            where=column.notnull()
        ),
        "plain": column.re_search(f"^({PLAIN})$").all(),
        "fewest": decimals.min(where=column.notnull()),
        "most": decimals.max(where=column.notnull()),
        "truth": column.lower().isin(["true", "false"]).all(),
        "there": column.count(),
    }


def _value(column: Any, use: Use, facts: dict[str, Any]) -> Any | None:
    """The column in its type; None where it stays as it is."""
    if column.type().is_floating():
        return column.cast("int64") if facts["whole"] else None
    if use == "number":
        number = column.try_cast("float64")
        return ibis.ifelse(number.isnan(), ibis.null("float64"), number)
    if not facts["there"]:
        return None
    if use == "truth" and facts["truth"]:
        return column.lower() == "true"
    if facts["integer"]:
        return column.try_cast("int64")
    if use == "code":
        same = facts["whole"] and facts["fewest"] == facts["most"]
        return column.try_cast("float64").cast("int64") if same else None
    return column.try_cast("float64") if facts["plain"] else None


def _declared_text(column: Any) -> Any | None:
    """A column that was declared text, as it is written; whole numbers without a point."""
    of = column.type()
    if of.is_string():
        return None
    if not of.is_floating():
        return column.cast("string")
    return written(column)
