"""The queries of the data-quality report, unbound: a handful of passes, each with a small result.

One pass counts missing and odd values of every role and households around every line;
one lists the clusters; one counts repeated keys; one holds persons against households.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from exitline.stats.data.checking.checks import LARGEST_SIZE
from exitline.stats.data.checking.heaping import BIN
from exitline.stats.data.keys import alike, match_row, written
from exitline.stats.data.money import StudyLine
from exitline.stats.data.roles import bound_design, declared, is_number
from exitline.stats.data.studies.study import Study
from exitline.stats.measure import portable

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
    roles = declared(study)
    for index, name in enumerate(checked(bound.columns, study)):
        counted = _column_counts(bound[name], name in roles and is_number(name))
        wanted |= {f"column{index}__{part}": n for part, n in counted.items()}
    if "welfare" in roles:
        for index, line in enumerate(absolute(lines)):
            counts = line_counts(bound, line)
            wanted |= {f"line{index}__{part}": n for part, n in counts.items()}
    return bound.aggregate(**wanted, **_population(bound, study))


def clusters_query(bound: Any, study: Study) -> Any | None:
    """One row for each stratum x PSU x areas: ``key0`` ... (`cluster_keys`) and ``rows``.

    Parameters
    ----------
    bound : ibis.Table
    study : Study

    Returns
    -------
    ibis.Table or None
        None for a census, or where neither strata, PSUs nor areas are declared.
    """
    keys = cluster_keys(study, bound.columns)
    if study.design.exact or not keys:
        return None
    named = bound.select(**{f"key{i}": bound[key] for i, key in enumerate(keys)})
    return named.group_by(list(named.columns)).aggregate(rows=named.count())


def checked(columns: Sequence[str], study: Study) -> tuple[str, ...]:
    """The columns whose values are counted: roles and areas."""
    roles = ("household", "welfare", "village", "county", "area_class", "size")
    areas = tuple(name for area in study.areas for name in area)
    known = declared(study)
    own = [name for name in (*roles, *bound_design(study).columns) if name in known]
    return tuple(name for name in dict.fromkeys((*own, *areas)) if name in columns)


def _column_counts(column: Any, is_a_number: bool) -> dict[str, Any]:
    """Missing (NaN included), infinite, negative and zero values."""
    missing = column.isnull()
    infinite = missing & False
    if column.type().is_floating():
        missing = missing | portable.nan(column)
        infinite = portable.infinite(column).fill_null(False)
    counts = {"missing": portable.number_of(missing)}
    if is_a_number:
        counts["infinite"] = portable.number_of(infinite)
        counts["negative"] = portable.number_of((column < 0).fill_null(False) & ~infinite)
        counts["zero"] = portable.number_of((column == 0).fill_null(False))
    return counts


def line_counts(bound: Any, line: StudyLine) -> dict[str, Any]:
    """Households in the four bins around a line, and exactly on it.

    Parameters
    ----------
    bound : ibis.Table
    line : StudyLine
    """
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
    return {part: portable.number_of(inside.fill_null(False)) for part, inside in bins.items()}


def _population(bound: Any, study: Study) -> dict[str, Any]:
    """Sums of weights, and household sizes out of the ordinary."""
    roles = declared(study)
    weight = portable.finite_or_missing(bound["weight"]) if "weight" in roles else None
    size = portable.finite_or_missing(bound["size"]) if "size" in roles else None
    both = weight * size if weight is not None and size is not None else (
        size if weight is None else weight
    )  # fmt: skip
    rows = bound.count().cast("float64")
    wanted = {"households": rows if weight is None else weight.sum()}
    wanted["persons"] = wanted["households"]
    if study.unit == "household" and both is not None:
        wanted["persons"] = both.sum()
    if size is not None:
        wanted["fractional_sizes"] = portable.number_of(portable.fractional(size).fill_null(False))
        wanted["large_sizes"] = portable.number_of((size > LARGEST_SIZE).fill_null(False))
        wanted["largest_size"] = size.max()
    for name in bound_design(study).replicates:
        if name in bound.columns:
            found = portable.finite_or_missing(bound[name]).sum()
            wanted[f"replicated__{name}"] = found.fill_null(0.0)
    return wanted


def _duplicates_query(bound: Any, study: Study, households: Any | None) -> Any | None:
    """How many household keys occur more than once."""
    if study.unit == "household" and "household" in declared(study):
        key = bound["household"]
    elif study.key is not None and households is not None:
        key = households[study.key.households]
    else:
        return None
    keyed = (key if key.type().is_integer() else written(key)).name("key").as_table()
    keyed = keyed.filter(keyed["key"].notnull())
    each = keyed.group_by("key").aggregate(n=keyed.count())
    repeated = each.filter(each["n"] > 1)
    return repeated.aggregate(keys=repeated.count(), rows=repeated["n"].sum().fill_null(0))


def _matching_query(
    bound: Any, study: Study, households: Any | None, persons: Any | None
) -> Any | None:
    """How households and persons fit together: `match_row` of both, and two counts."""
    if study.key is None or households is None or persons is None:
        return None
    table, key, size = _sizes(bound, study, households)
    ours, theirs = alike(table[key], persons[study.key.persons])
    sized = table.select(our_key=ours, size=size)
    counted = persons.select(their_key=theirs)
    left = sized.group_by("our_key").aggregate(declared=sized["size"].max())
    right = counted.group_by("their_key").aggregate(n=counted.count())
    both = left.outer_join(right, left["our_key"] == right["their_key"])
    nobody = both["our_key"].isnull() & both["their_key"].isnull()
    return both.aggregate(
        **match_row(both),
        other_size=portable.number_of((both["n"] != both["declared"]).fill_null(False)),
        persons_without_key=ibis.ifelse(nobody, both["n"], 0).sum().fill_null(0),
    )


def _sizes(bound: Any, study: Study, households: Any) -> tuple[Any, str, Any]:
    """The table of households, its key, and the declared size (missing where there is none)."""
    assert study.key is not None
    key = study.key.households
    if study.unit == "household" and "size" in declared(study) and key in bound.columns:
        return bound, key, bound["size"]
    return households, key, ibis.null("float64")


def cluster_keys(study: Study, columns: Sequence[str]) -> tuple[str, ...]:
    """Stratum, first-stage PSU and area columns, each once: ``key0`` ... of `clusters_query`."""
    design = bound_design(study)
    areas = (name for area in study.areas for name in area)
    wanted = dict.fromkeys((design.stratum, *design.stages[:1], *areas))
    return tuple(name for name in wanted if name is not None and name in columns)


def absolute(lines: Sequence[StudyLine]) -> list[StudyLine]:
    """The lines that are a number or a column."""
    return [line for line in lines if line.value is not None or line.column is not None]
