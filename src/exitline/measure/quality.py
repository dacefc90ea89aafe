"""Queries for the data-quality report: a handful of passes, each with a small result.

One pass counts missing and odd values of every role and households around every line;
one lists the clusters; one counts repeated keys; one holds persons against households.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ibis

from exitline.data import checks
from exitline.data.design_checks import Clusters, design_findings, study_findings
from exitline.data.findings import (
    SEVERITIES,
    ColumnCounts,
    Duplicates,
    Finding,
    Matching,
    Totals,
)
from exitline.data.heaping import BIN, LineCounts
from exitline.data.money import StudyLine
from exitline.data.roles import bound_design, is_number
from exitline.data.study import Study

if TYPE_CHECKING:
    import pyarrow as pa

_LINE_PARTS = ("far_below", "just_below", "just_above", "far_above", "exactly")


@dataclass(frozen=True)
class Queries:
    """The queries of the report, unbound; those that a study has no use for are None.

    Parameters
    ----------
    totals : ibis.Table
        One row of counts.
    clusters : ibis.Table or None
        One row per stratum x PSU x areas.
    duplicates, matching : ibis.Table or None
        One row of counts each.
    """

    totals: Any
    clusters: Any | None
    duplicates: Any | None
    matching: Any | None


def inspect(
    bound: Any,
    study: Study,
    lines: Sequence[StudyLine],
    run: Callable[[Any], pa.Table],
    *,
    households: Any | None = None,
    persons: Any | None = None,
) -> tuple[Finding, ...]:
    """Everything that the checks find in a study's data.

    Parameters
    ----------
    bound : ibis.Table
        As `exitline.data.bind` returns it.
    study : Study
    lines : sequence of StudyLine
        For heaping around them.
    run : callable
        Executes an unbound expression and returns Arrow: an engine's `run`.
    households, persons : ibis.Table, optional
        The tables as they were read; needed where the study has persons.

    Returns
    -------
    tuple of Finding
        Errors first, then warnings, then notes.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.data import bind, open_source, parse_study
    >>> from exitline.engine import open_engine
    >>> study = parse_study("{study: a, data: {households: a.csv}, columns: {welfare: y}}")
    >>> engine = open_engine()
    >>> data = pd.DataFrame({"y": [1.0, None, float("inf")]})
    >>> table = engine.attach(open_source(data), "households")
    >>> for finding in inspect(bind(table, study), study, (), engine.run)[:2]:
    ...     print(finding.severity, finding.message)
    error 1 of 3 rows has no welfare
    error 1 of 3 rows has an infinite welfare
    """
    asked = queries(bound, study, lines, households=households, persons=persons)
    totals = _totals(run(asked.totals), study, bound.columns, lines)
    found = [*study_findings(study), *checks.value_findings(study, totals)]
    if asked.clusters is not None:
        found += design_findings(study, _clusters(run(asked.clusters), study))
    duplicates = Duplicates(**_row(run(asked.duplicates))) if asked.duplicates is not None else None
    matching = Matching(**_row(run(asked.matching))) if asked.matching is not None else None
    found += checks.key_findings(study, duplicates, matching)
    found += checks.size_findings(study, totals)
    found += checks.population_findings(study, totals)
    found += checks.heaping_findings(lines, totals)
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def queries(
    bound: Any,
    study: Study,
    lines: Sequence[StudyLine],
    *,
    households: Any | None = None,
    persons: Any | None = None,
) -> Queries:
    """The queries of the report.

    Parameters
    ----------
    bound : ibis.Table
    study : Study
    lines : sequence of StudyLine
    households, persons : ibis.Table, optional

    Returns
    -------
    Queries
    """
    return Queries(
        totals=totals_query(bound, study, lines),
        clusters=clusters_query(bound, study),
        duplicates=_duplicates_query(bound, study, households),
        matching=_matching_query(bound, study, households, persons),
    )


def totals_query(bound: Any, study: Study, lines: Sequence[StudyLine]) -> Any:
    """One row: counts of missing and odd values by role, of households around each line.

    Parameters
    ----------
    bound : ibis.Table
    study : Study
    lines : sequence of StudyLine
        Those with a value or a column; relative ones are passed over.

    Returns
    -------
    ibis.Table
    """
    wanted: dict[str, Any] = {"rows": bound.count()}
    for name in _checked(bound.columns, study):
        wanted |= {f"{name}__{part}": n for part, n in _column_counts(bound[name], name).items()}
    if "welfare" in bound.columns:
        for index, line in enumerate(_absolute(lines)):
            counts = _line_counts(bound, line)
            wanted |= {f"line{index}__{part}": n for part, n in counts.items()}
    return bound.aggregate(**wanted, **_population(bound, study))


def clusters_query(bound: Any, study: Study) -> Any | None:
    """One row for each stratum x PSU x areas, with its number of rows.

    Parameters
    ----------
    bound : ibis.Table
    study : Study

    Returns
    -------
    ibis.Table or None
        None for a full count, or where neither strata, PSUs nor areas are declared.
    """
    keys = _cluster_keys(study, bound.columns)
    if study.design.census or not keys:
        return None
    return bound.group_by([bound[key] for key in keys]).aggregate(rows=bound.count())


def _checked(columns: Sequence[str], study: Study) -> tuple[str, ...]:
    """The columns whose values are counted: roles and areas."""
    roles = ("household", "welfare", "village", "county", "area_class")
    design = bound_design(study).columns
    size = ("size",) if "size" in columns else ()
    areas = tuple(name for area in study.areas for name in area)
    wanted = dict.fromkeys((*roles, *design, *size, *areas))
    return tuple(name for name in wanted if name in columns)


def _column_counts(column: Any, name: str) -> dict[str, Any]:
    """Missing (NaN included), infinite, negative and zero values."""
    missing, infinite = column.isnull(), ibis.literal(False)
    if column.type().is_floating():
        missing = missing | column.isnan().fill_null(False)
        infinite = column.isinf().fill_null(False)
    counts = {"missing": _number_of(missing)}
    if is_number(name):
        counts["infinite"] = _number_of(infinite)
        counts["negative"] = _number_of((column < 0).fill_null(False) & ~infinite)
        counts["zero"] = _number_of((column == 0).fill_null(False))
    return counts


def _line_counts(bound: Any, line: StudyLine) -> dict[str, Any]:
    """Households in the four bins around a line, and exactly on it."""
    z = ibis.literal(line.value) if line.value is not None else (
        bound[line.column].cast("float64") * line.factor
    )  # fmt: skip
    ratio = bound["welfare"] / ibis.ifelse(z > 0, z, ibis.null("float64"))
    edges = (1 - 2 * BIN, 1 - BIN, 1.0, 1 + BIN, 1 + 2 * BIN)
    bins = {
        part: (ratio >= low) & (ratio < high)
        for part, low, high in zip(_LINE_PARTS, edges[:-1], edges[1:], strict=False)
    }
    bins["exactly"] = bound["welfare"] == z
    return {part: _number_of(inside.fill_null(False)) for part, inside in bins.items()}


def _population(bound: Any, study: Study) -> dict[str, Any]:
    """Sums of weights, and household sizes out of the ordinary."""
    weight = _finite(bound["weight"]) if "weight" in bound.columns else None
    size = _finite(bound["size"]) if "size" in bound.columns else None
    both = weight * size if weight is not None and size is not None else (
        size if weight is None else weight
    )  # fmt: skip
    rows = bound.count().cast("float64")
    wanted = {"households": rows if weight is None else weight.sum()}
    wanted["persons"] = wanted["households"]
    if study.unit == "household" and both is not None:
        wanted["persons"] = both.sum()
    if size is not None:
        wanted["fractional_sizes"] = _number_of((size != size.floor()).fill_null(False))
        wanted["large_sizes"] = _number_of((size > checks.LARGEST_SIZE).fill_null(False))
        wanted["largest_size"] = size.max()
    return wanted


def _duplicates_query(bound: Any, study: Study, households: Any | None) -> Any | None:
    """How many household keys occur more than once."""
    if study.unit == "household" and "household" in bound.columns:
        key = bound["household"]
    elif study.key is not None and households is not None:
        key = households[study.key.households]
    else:
        return None
    keyed = key.name("key").as_table()
    keyed = keyed.filter(keyed["key"].notnull())
    each = keyed.group_by("key").aggregate(n=keyed.count())
    repeated = each.filter(each["n"] > 1)
    return repeated.aggregate(keys=repeated.count(), rows=repeated["n"].sum().fill_null(0))


def _matching_query(
    bound: Any, study: Study, households: Any | None, persons: Any | None
) -> Any | None:
    """How households and persons fit together."""
    if study.key is None or households is None or persons is None:
        return None
    theirs = persons.group_by(persons_key=persons[study.key.persons]).aggregate(n=persons.count())
    ours = _sizes(bound, study, households)
    both = theirs.outer_join(ours, theirs["persons_key"] == ours["household_key"])
    differs = (both["n"] != both["declared"]).fill_null(False)
    return both.aggregate(
        persons_alone=_number_of(both["household_key"].isnull()),
        households_alone=_number_of(both["persons_key"].isnull()),
        other_size=_number_of(differs),
    )


def _sizes(bound: Any, study: Study, households: Any) -> Any:
    """Each household's key, once, and its declared size where there is one."""
    assert study.key is not None
    key = study.key.households
    if study.unit == "household" and "size" in bound.columns and key in bound.columns:
        return bound.group_by(household_key=bound[key]).aggregate(declared=bound["size"].max())
    return households.group_by(household_key=households[key]).aggregate(
        declared=ibis.null("float64").max()
    )


def _totals(
    table: pa.Table, study: Study, columns: Sequence[str], lines: Sequence[StudyLine]
) -> Totals:
    """The record of the totals query's one row."""
    row = _row(table)
    counted = {name: ColumnCounts(**_parts(row, name)) for name in _checked(columns, study)}
    around = [
        LineCounts(line.label, **_parts(row, f"line{index}"))
        for index, line in enumerate(_absolute(lines))
        if "welfare" in columns
    ]
    rest = ("households", "persons", "fractional_sizes", "large_sizes", "largest_size")
    return Totals(
        rows=row["rows"],
        columns=MappingProxyType(counted),
        lines=tuple(around),
        **{name: row[name] for name in rest if row.get(name) is not None},
    )


def _clusters(table: pa.Table, study: Study) -> Clusters:
    """The record of the clusters query."""
    named = {name: table[name].to_pylist() for name in table.column_names}
    areas = [
        [None if None in row else row for row in zip(*(named[c] for c in area), strict=True)]
        for area in study.areas
    ]
    design = bound_design(study)
    return Clusters(
        strata=named.get(design.strata or ""),
        psus=named.get(design.stages[0]) if design.stages else None,
        areas=areas,
        rows=named["rows"],
    )


def _cluster_keys(study: Study, columns: Sequence[str]) -> tuple[str, ...]:
    """Stratum, first-stage PSU and area columns, each once."""
    design = bound_design(study)
    areas = (name for area in study.areas for name in area)
    wanted = dict.fromkeys((design.strata, *design.stages[:1], *areas))
    return tuple(name for name in wanted if name is not None and name in columns)


def _absolute(lines: Sequence[StudyLine]) -> list[StudyLine]:
    return [line for line in lines if line.value is not None or line.column is not None]


def _finite(column: Any) -> Any:
    """The value, missing where it is NaN or infinite."""
    broken = column.isnan() | column.isinf()
    return ibis.ifelse(broken, ibis.null("float64"), column)


def _number_of(flag: Any) -> Any:
    """How many rows have the flag; 0 where there are no rows."""
    return flag.cast("int64").sum().fill_null(0)


def _parts(row: dict[str, Any], name: str) -> dict[str, Any]:
    """What a row has under name__part, by part."""
    return {
        key.removeprefix(f"{name}__"): value
        for key, value in row.items()
        if key.startswith(f"{name}__")
    }


def _row(table: pa.Table) -> dict[str, Any]:
    row: dict[str, Any] = table.to_pylist()[0]
    return row
