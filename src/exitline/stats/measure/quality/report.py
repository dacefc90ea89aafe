"""The data-quality report: asks the queries, reads their counts, collects the findings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.data.checking import checks
from exitline.stats.data.checking.design_checks import (
    DesignCells,
    design_findings,
    paired,
    study_findings,
)
from exitline.stats.data.checking.findings import (
    SEVERITIES,
    ColumnCounts,
    Duplicates,
    Finding,
    Totals,
)
from exitline.stats.data.checking.heaping import LineCounts
from exitline.stats.data.keys import Matching, how_much, joined_from
from exitline.stats.data.money import StudyLine
from exitline.stats.data.roles import bound_design, declared
from exitline.stats.data.studies.study import Study
from exitline.stats.measure.quality.queries import absolute, checked, cluster_keys, queries

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Ints


def inspect(
    bound: Any,
    study: Study,
    lines: Sequence[StudyLine],
    run: Callable[[Any], pa.Table],
    *,
    households: Any | None = None,
    persons: Any | None = None,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Finding, ...]:
    """Everything that the checks find in a study's data.

    Parameters
    ----------
    bound : ibis.Table
        As `exitline.stats.data.bind` returns it.
    study : Study
    lines : sequence of StudyLine
        For heaping around them.
    run : callable
        Executes an unbound expression and returns Arrow: an engine's `run`.
    households, persons : ibis.Table, optional
        The tables as they were read; needed where the study has persons.
    facts : mapping of str to ibis.Table, optional
        Tables of villages and counties as `exitline.stats.data.bind_facts` returns them, by level.

    Returns
    -------
    tuple of Finding
        Errors first, then warnings, then notes.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.data import bind, open_source, parse_study
    >>> from exitline.stats.engine import open_engine
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
        found += design_findings(study, _clusters(run(asked.clusters), study, bound.columns))
    duplicates = Duplicates(**_row(run(asked.duplicates))) if asked.duplicates is not None else None
    matching = None
    if asked.matching is not None:
        matching = _matching(_row(run(asked.matching)), study, households, persons)
    found += checks.key_findings(study, duplicates, matching)
    found += _facts(run, bound, study, facts or {})
    found += checks.size_findings(study, totals)
    found += checks.population_findings(study, totals)
    found += checks.replicate_findings(study, totals)
    found += checks.heaping_findings(lines, totals, unit=study.unit)
    return by_severity(found)


def by_severity(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then notes."""
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _totals(
    table: pa.Table, study: Study, columns: Sequence[str], lines: Sequence[StudyLine]
) -> Totals:
    """The record of the totals query's one row."""
    row = _row(table)
    counted = {
        name: ColumnCounts(**_parts(row, f"column{index}"))
        for index, name in enumerate(checked(columns, study))
    }
    around = [
        LineCounts(line.label, **_parts(row, f"line{index}"))
        for index, line in enumerate(absolute(lines))
        if "welfare" in declared(study)
    ]
    rest = ("households", "persons", "fractional_sizes", "large_sizes", "largest_size")
    return Totals(
        rows=row["rows"],
        columns=MappingProxyType(counted),
        lines=tuple(around),
        replicated=tuple(_parts(row, "replicated").values()),
        **{name: row[name] for name in rest if row.get(name) is not None},
    )


def _clusters(table: pa.Table, study: Study, columns: Sequence[str]) -> DesignCells:
    """The record of the clusters query."""
    found = {name: _coded(table[f"key{i}"])
             for i, name in enumerate(cluster_keys(study, columns))}  # fmt: skip
    codes = {name: code for name, (code, _) in found.items()}
    design = bound_design(study)
    strata = found.get(design.stratum or "")
    return DesignCells(
        strata=codes.get(design.stratum or ""),
        psus=codes.get(design.stages[0]) if design.stages else None,
        areas=[_areas([codes[column] for column in area]) for area in study.areas],
        rows=table["rows"].to_numpy(),
        names=[str(name) for name in strata[1].to_pylist()] if strata is not None else (),
    )


def _coded(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Codes of a column from 0, -1 where it is missing; and its values."""
    encoded = column.combine_chunks().dictionary_encode()
    if hasattr(encoded, "chunks"):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, encoded.dictionary


def _areas(codes: Sequence[Ints]) -> Ints:
    """Codes of the crossing of area columns, from 0 without gaps."""
    code = functools.reduce(paired, codes).copy()
    known = code >= 0
    code[known] = np.unique(code[known], return_inverse=True)[1]
    return code


def _matching(row: dict[str, Any], study: Study, households: Any, persons: Any) -> Matching:
    """The record of the matching query."""
    key = study.key
    assert key is not None
    kinds = (households[key.households].type(), persons[key.persons].type())
    what = ("households", "households of the persons table")
    return Matching(
        joined_from(row, kinds, what), int(row["other_size"]), int(row["persons_without_key"])
    )


def _facts(
    run: Callable[[Any], pa.Table], bound: Any, study: Study, facts: Mapping[str, Any]
) -> list[Finding]:
    """How much the tables of facts about villages and counties matched."""
    found = []
    for level, table in facts.items():
        if level not in declared(study):
            continue
        many = {"village": "villages", "county": "counties"}[level]
        what = (f"{many} of the data", f"{many} of the table of facts")
        joined = how_much(run, bound[level], table[level], what)
        found.append(joined.finding("facts", study.where(f"{many}.on")))
    return [finding for finding in found if finding is not None]


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
