"""Between tables and assessments: visits and counts in, rows of decisions out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError, nearest
from exitline.exits.assess.evidence import GROUPS, County, Visits
from exitline.stats.data.values import written

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.exits.assess.assessment import Assessment, CriterionResult

    Floats = NDArray[np.float64]

ALL = ""
"""The county's name where the tables have no column of counties."""


@dataclass(frozen=True)
class Roles:
    """Which column of the visits plays which role.

    Parameters
    ----------
    county : str or None
        Without it all visits are of one county.
    group : str
        "registered", "exited" or "unregistered".
    village, weight, size, error, approves : str
    stratum, village_weight, village_unregistered : str or None
        Optional; a column that is named must exist.
    """

    county: str | None = "county"
    group: str = "status"
    village: str = "village"
    weight: str = "weight"
    size: str = "size"
    error: str = "error"
    approves: str = "approves"
    stratum: str | None = None
    village_weight: str | None = None
    village_unregistered: str | None = None

    def columns(self) -> tuple[str, ...]:
        """The columns that are needed."""
        return tuple(str(name) for name in vars(self).values() if name)


def roles_in(columns: Sequence[str], roles: Roles | None = None) -> Roles:
    """Roles with the optional columns that are there.

    Parameters
    ----------
    columns : sequence of str
        Of the visits.
    roles : Roles, optional
        Explicit ones are kept.

    Examples
    --------
    >>> roles_in(["status", "village", "stratum"]).stratum
    'stratum'
    """
    given = roles or Roles()
    found = {
        name: name
        for name in ("stratum", "village_weight", "village_unregistered")
        if getattr(given, name) is None and name in columns
    }
    if given.county == "county" and "county" not in columns:
        return replace(given, county=None, **found)
    return replace(given, **found)


def visits_by_county(table: pa.Table, roles: Roles) -> dict[str, Visits]:
    """Visits of every county.

    Parameters
    ----------
    table : pyarrow.Table
        One row for each household visited.
    roles : Roles

    Returns
    -------
    dict of county name to Visits
        In the order of the names.

    Raises
    ------
    DataError
        When a column is missing or a value cannot be.

    Examples
    --------
    >>> import pyarrow as pa
    >>> visited = pa.table({"status": ["exited", "unregistered"], "village": ["a", "b"],
    ...     "weight": [1.0, 9.0], "size": [3, 4], "error": [0, None], "approves": [True, None]})
    >>> visits_by_county(visited, roles_in(visited.column_names))[""].group.tolist()
    [1, 2]
    """
    _refuse_missing(table, roles.columns(), "the assessment's visits")
    columns = {name: _cells(table, name) for name in roles.columns()}
    counties = _texts(columns[roles.county], "county") if roles.county else None
    arrays = _Arrays(columns, roles)
    if counties is None:
        return {ALL: arrays.visits(np.ones(table.num_rows, dtype=bool))}
    return {str(name): arrays.visits(counties == name) for name in np.unique(counties)}


def counties_from(table: pa.Table) -> dict[str, County]:
    """Counts of every county.

    Parameters
    ----------
    table : pyarrow.Table
        Columns rural_population, registered, exited (persons); optionally county,
        unregistered, area_class.

    Returns
    -------
    dict of county name to County

    Raises
    ------
    DataError, AssessmentError
        When a column is missing, a county is there twice, or counts contradict.

    Examples
    --------
    >>> import pyarrow as pa
    >>> counts = pa.table({"county": ["A"], "rural_population": [9000], "registered": [20],
    ...     "exited": [700], "area_class": ["west"]})
    >>> counties_from(counts)["A"].others
    8280.0
    """
    _refuse_missing(table, ("rural_population", "registered", "exited"), "the counts")
    found: dict[str, County] = {}
    for row in table.to_pylist():
        name = written(row.get("county")) or ALL
        if name in found:
            raise DataError(
                "a county has more than one row of counts",
                where=f"county {name or '(no name)'}",
                expected="one row for each county",
                got="several",
                remedy="add them up, or give them different names",
            )
        unregistered = _count(row, "unregistered")
        found[name] = County(
            name,
            _count(row, "rural_population"),
            _count(row, "registered"),
            _count(row, "exited"),
            None if math.isnan(unregistered) else unregistered,
            written(row.get("area_class")) or "",
        )
    return found


def decision_rows(assessments: Iterable[Assessment]) -> list[dict[str, Any]]:
    """Assessments as rows of the decisions table; the county as a whole has criterion "".

    Parameters
    ----------
    assessments : iterable of Assessment

    Returns
    -------
    list of dict
        level, unit, criterion, outcome, value, low, high, threshold, comparison,
        confidence, evidence, n, population, needed, error_probability, reason.
    """
    rows: list[dict[str, Any]] = []
    for assessment in assessments:
        rows.append(_overall_row(assessment))
        rows += [_row(assessment.county, j) for j in assessment.judgements]
    return rows


def _row(county: County, judged: CriterionResult) -> dict[str, Any]:
    """One criterion."""
    return {
        "level": "county",
        "unit": county.name,
        "criterion": judged.criterion.name,
        "outcome": judged.outcome,
        "value": judged.value,
        "low": judged.low,
        "high": judged.high,
        "threshold": judged.criterion.threshold,
        "comparison": judged.comparison,
        "confidence": judged.confidence,
        "evidence": judged.evidence,
        "n": judged.n,
        "population": county.rural_population,
        "needed": judged.needed,
        "error_probability": judged.error_probability,
        "reason": judged.reason,
    }


def _overall_row(assessment: Assessment) -> dict[str, Any]:
    """The county: its outcome, and which criteria made it."""
    nan = math.nan
    names = [
        j.criterion.name
        for j in assessment.judgements
        if j.outcome == assessment.outcome and j.criterion.veto
    ]
    every = "all criteria" if assessment.outcome == "met" else ", ".join(names)
    return {
        "level": "county", "unit": assessment.county.name, "criterion": "",
        "outcome": assessment.outcome, "value": nan, "low": nan, "high": nan, "threshold": nan,
        "comparison": "", "confidence": nan, "evidence": "", "n": 0,
        "population": assessment.county.rural_population, "needed": nan,
        "error_probability": nan, "reason": f"{assessment.outcome}: {every}",
    }  # fmt: skip


@dataclass(frozen=True)
class _Arrays:
    """Columns of all counties, cut by county on demand."""

    columns: Mapping[str, NDArray[np.object_]]
    roles: Roles

    def visits(self, rows: NDArray[np.bool_]) -> Visits:
        """The visits of one county."""
        r, c = self.roles, self.columns
        village = np.unique(_texts(c[r.village][rows], "village"), return_inverse=True)[1]
        stratum = (
            np.unique(_texts(c[r.stratum][rows], "stratum"), return_inverse=True)[1]
            if r.stratum
            else np.zeros(len(village))
        )
        both = r.village_weight and r.village_unregistered
        return Visits(
            group=_groups(c[r.group][rows], r.group),
            village=village.astype(np.int64),
            stratum=stratum.astype(np.int64),
            weight=_numbers(c[r.weight][rows], r.weight),
            size=_numbers(c[r.size][rows], r.size),
            error=_numbers(c[r.error][rows], r.error),
            approves=_numbers(c[r.approves][rows], r.approves),
            village_weight=_numbers(c[str(r.village_weight)][rows], "") if both else None,
            village_unregistered=_numbers(c[str(r.village_unregistered)][rows], "")
            if both
            else None,
        )


def _refuse_missing(table: pa.Table, wanted: Iterable[str], what: str) -> None:
    """Every column that is needed is there."""
    for name in wanted:
        if name not in table.column_names:
            raise DataError(
                f"{what} lack the column '{name}'",
                where=f"column {name}",
                expected=", ".join(wanted),
                got=", ".join(table.column_names[:20]),
                remedy=nearest(name, table.column_names) or "add it, or say which column it is",
            )


def _cells(table: pa.Table, name: str) -> NDArray[np.object_]:
    """A column as Python objects."""
    return np.array([*table.column(name).to_pylist(), None], dtype=object)[:-1]


def _texts(cells: NDArray[np.object_], name: str) -> NDArray[np.str_]:
    """Names as text; none may be missing."""
    texts = [written(cell) for cell in cells]
    missing = sum(text is None for text in texts)
    if missing:
        raise DataError(
            f"'{name}' is missing for some households",
            where=f"column {name}",
            expected="a value on every row",
            got=f"{missing} of {len(cells)} missing",
            remedy="complete it from the drawn sample",
        )
    return np.array([text or "" for text in texts])


def _groups(cells: NDArray[np.object_], name: str) -> NDArray[np.int64]:
    """Codes of registered, exited, unregistered."""
    codes = {word: code for code, word in enumerate(GROUPS)}
    unknown = sorted({str(cell) for cell in cells if cell not in codes})
    if unknown:
        raise DataError(
            f"'{name}' has a value that is no group of an assessment",
            where=f"column {name}",
            expected=", ".join(GROUPS),
            got=", ".join(unknown[:5]),
            remedy=nearest(unknown[0], GROUPS) or "recode it",
        )
    return np.array([codes[cell] for cell in cells], dtype=np.int64)


def _numbers(cells: NDArray[np.object_], name: str) -> Floats:
    """Numbers and truth values; missing ones become NaN."""
    try:
        return np.array([math.nan if c is None else float(c) for c in cells], dtype=np.float64)
    except (TypeError, ValueError) as reason:
        raise DataError(
            f"'{name}' is not a number everywhere",
            where=f"column {name}",
            expected="numbers, true/false, or missing",
            got="text",
            remedy="write 1 and 0, and leave cells without an answer empty",
        ) from reason


def _count(row: Mapping[str, Any], name: str) -> float:
    """A count; NaN where it is missing."""
    value = row.get(name)
    try:
        return math.nan if value is None else float(value)
    except (TypeError, ValueError) as reason:
        raise DataError(
            f"'{name}' is not a number everywhere",
            where=f"column {name} of the counts",
            expected="numbers of persons",
            got="text",
            remedy="write plain numbers, without separators or units",
        ) from reason
