"""Findings: which works and assets do not pass which numbered check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exitline.exits.register.checks import checks_in, read_checks
from exitline.exits.works.covered import holds
from exitline.exits.works.errors import WorksError
from exitline.exits.works.live import live_assets, live_works
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from exitline.exits.register.checks import CrossCheck
    from exitline.exits.works.covered import VillageCoverage
    from exitline.exits.works.records.folder import WorksRecords

SHIPPED_CHECKS = Path(str(files("exitline.exits.works"))) / "checks.yaml"
_UNITS = ("work", "asset")


@dataclass(frozen=True)
class WorksFindings(ShownResult):
    """What checks found.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a finding: number, text, unit (work or asset), id, reason, due.
    counted : pandas.DataFrame
        A row a check: number, text, unit, looked_at, findings, not_known (it could not be told).
    notes : tuple of str
    """

    table: pd.DataFrame
    counted: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """A row a finding."""
        return self.table


def findings_of(
    records: WorksRecords, found: VillageCoverage, checks: Path | None = None
) -> WorksFindings:
    """Hold every work and asset against numbered checks.

    Parameters
    ----------
    records : WorksRecords
    found : VillageCoverage
    checks : Path, optional
        A file of checks; that which the works file names, or the shipped one.

    Returns
    -------
    WorksFindings
        A check whose condition cannot be told of a work says nothing of it.

    Raises
    ------
    WorksError
        For checks of units that are not here.
    """
    file = str(records.keys.checks or SHIPPED_CHECKS.name) if checks is None else checks.name
    live = {"work": live_works(records, found), "asset": live_assets(records, found)}
    if checks is None and records.checks:
        asked = checks_in(records.checks, file)
    else:
        asked = read_checks(checks or SHIPPED_CHECKS)
    for check in asked:
        if check.unit not in live:
            raise WorksError(
                f"check {check.number} is of a {check.unit}", where=file,
                expected="unit: work or unit: asset", got=check.unit, remedy="say which",
            )  # fmt: skip
    states = {
        unit: holds(table, {
            f"{file}, {c.number}": c.fails.text for c in asked if c.unit == unit
        }) for unit, table in live.items() if len(table)
    }  # fmt: skip
    rows, counted = [], []
    for check in asked:
        table = live[check.unit]
        if table.empty:
            counted.append((check.number, check.text, check.unit, 0, 0, 0))
            continue
        state = states[check.unit][f"{file}, {check.number}"]
        failing = table[np.array([one is True or one == 1 for one in state])]
        unknown = int(state.isna().sum())
        counted.append((check.number, check.text, check.unit, len(table), len(failing), unknown))
        rows += _rows(records, check, failing[check.unit].tolist())
    return WorksFindings(
        pd.DataFrame(rows, columns=["number", "text", "unit", "id", "reason", "due"]),
        pd.DataFrame(counted, columns=["number", "text", "unit", "looked_at", "findings",
                                       "not_known"]), found.notes,
    )  # fmt: skip


def _rows(records: WorksRecords, check: CrossCheck, ids: list[str]) -> list[tuple[object, ...]]:
    """The findings of one check."""
    due = records.as_of + timedelta(days=check.days)
    reasons: dict[str, str] = {}
    if check.number == "W12":
        for work, step, reason in records.steps.refused:
            reasons.setdefault(work, f"{step}: {reason.what}")
    return [(check.number, check.text, check.unit, i, reasons.get(i, ""), due) for i in ids]
