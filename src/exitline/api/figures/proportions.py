"""Shares of each value of a column: one measure becomes as many as there are values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, MeasureError, nearest
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.measures.counts import proportion, ratio_of
from exitline.stats.measure.model import Measure, Term

if TYPE_CHECKING:
    import pyarrow as pa


def by_value(
    table: Any,
    measures: str | Measure | Sequence[str | Measure],
    run: Callable[[Any], pa.Table],
    labels: Callable[[str], Mapping[Any, str]],
) -> tuple[Any, Sequence[str | Measure]]:
    """The table with an indicator for each value, and the measures with one for each.

    Parameters
    ----------
    table : ibis.Table
    measures : str, Measure or sequence of them
        ``proportion(column)`` is replaced; all others stay as they are.
    run : callable
        From a query to its result, as `Engine.run`.
    labels : callable
        From a column to what its values mean.

    Returns
    -------
    (ibis.Table, sequence of str or Measure)
    """
    wanted = [measures] if isinstance(measures, str | Measure) else list(measures)
    found: list[str | Measure] = []
    for position, one in enumerate(wanted):
        term = _category(one)
        if term is None or term.column is None:
            found.append(one)
            continue
        prefix = f"exitline__is{position}_"
        table, made = _each(table, term.column, prefix, run, labels(term.column))
        found += made if term.value is None else [_only(made, term.column, term.value)]
    return table, found


def _category(measure: str | Measure) -> Term | None:
    """The term of a measure that takes the values of a column; None for all other measures."""
    if isinstance(measure, str) and "proportion" not in measure:
        return None
    first = named(measure).terms[0]
    return first if first.kind == "category" else None


def _only(made: list[Measure], column: str, value: str) -> Measure:
    """The share of one value."""
    name = proportion(column, value).name
    for measure in made:
        if measure.name == name:
            return measure
    known = [one.name for one in made]
    raise MeasureError(
        f"the column '{column}' has no value '{value}'",
        where=name,
        expected="one of " + ", ".join(known[:30]),
        got=repr(value),
        remedy=nearest(name, known) or "name a value as results show it",
    )


def _each(
    table: Any,
    column: str,
    prefix: str,
    run: Callable[[Any], pa.Table],
    labels: Mapping[Any, str],
) -> tuple[Any, list[Measure]]:
    """Indicators of the values of one column, and a share of each."""
    from exitline.stats.infer.intake.levels import levels_of
    from exitline.stats.measure import portable
    from exitline.stats.measure.categories import values_query, with_indicators
    from exitline.stats.measure.passes.plan import require_usable

    require_usable([column], table)
    values = run(values_query(table, portable.key(table[column])))
    levels = levels_of(values, labels, column, f"proportion({column})")
    if not levels:
        raise DataError(
            f"the column '{column}' is empty",
            where=f"proportion({column})",
            expected="values on some rows",
            got="none",
            remedy="name a column of categories that is filled in",
        )
    table, names, known = with_indicators(table, column, [value for value, _ in levels], prefix)
    bottom = Term("flag", column=known)
    return table, [
        ratio_of(
            proportion(column, shown).name, Term("flag", column=name), bottom, "share",
            proportion(column, shown).label,
        )
        for name, (_, shown) in zip(names, levels, strict=True)
    ]  # fmt: skip
