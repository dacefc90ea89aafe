"""The measures of a study by name: those it names, or those that its standard suggests.

The share of each value of a column is one name for as many measures as there are values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, MeasureError, nearest
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.measures.counts import proportion, ratio_of
from exitline.stats.measure.model import Measure, Term

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.rules.standard import Standard
    from exitline.stats.data.studies.study import Study


def measures_of(study: Study, standard: Standard | None) -> tuple[str, ...]:
    """The measures that a study asks for, by name.

    Parameters
    ----------
    study : Study
    standard : Standard, optional
        The one that the study names.

    Returns
    -------
    tuple of str
        As the study names them. Where it names none, those at its lines, if it has welfare, and
        H, A and M0 of a standard with indicators and cut-offs, with H of each further cut-off.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> from exitline.rules.standard import load
    >>> study = parse_study("{study: a, standard: global-mpi, data: {households: a.csv}}")
    >>> measures_of(study, load("global-mpi"))
    ('H', 'A', 'M0', 'H(severe)')
    """
    from exitline.stats.data.studies.study import DEFAULT_MEASURES
    from exitline.stats.measure.deprivation.deprivations import of_standard
    from exitline.stats.measure.deprivation.multidimensional import HEADLINE, asked

    named = "measures" in study.places or study.measures != DEFAULT_MEASURES
    if named or standard is None or not (standard.indicators and standard.cutoffs):
        return study.measures
    money = "welfare" in study.columns and (study.lines or standard.lines)
    further = [asked("H", "", cut.label) for cut in of_standard(standard).spec.cuts[1:]]
    return (*(study.measures if money else ()), *HEADLINE, *further)


def own_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of amounts that measures name themselves: `mean(a)`, `ratio(a, b)`.

    Examples
    --------
    >>> own_columns(["headcount", "ratio(a, b)", "mean(a)", "no_such_measure"])
    ('a', 'b')
    """
    found: dict[str, None] = {}
    for name in names:
        try:
            measure = named(name)
        except MeasureError:  # refused, with all others, where the plan is made
            continue
        parts = [part for term in (*measure.terms, measure.about) for part in term.parts]
        found |= dict.fromkeys(p.column for p in parts if p.kind == "amount" and p.column)
    return tuple(found)


def of_indicators(names: Sequence[str]) -> dict[str, str]:
    """The measures that are made of weighted indicators, as asked for, and as written plainly."""
    from exitline.stats.measure.deprivation.multidimensional import needs_indicators

    found = {}
    for name in names:
        try:
            measure = named(name)
        except MeasureError:  # refused, with all others, where the plan is made
            continue
        if needs_indicators(measure):
            found[name] = measure.name
    return found


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
