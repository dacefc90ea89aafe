"""The audit as a file for the producer: never for publication."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.proof.disclose.system import TableError
from exitline.publish.tables.content import TOTAL
from exitline.words.sheets import safe_cell

if TYPE_CHECKING:
    import pandas as pd

    from exitline.proof.disclose.audit import CellInterval
    from exitline.publish.tables.build import Protected

WARNING = (
    "NOT FOR PUBLICATION. This file says which cells are small and how well each is protected; "
    "with it the suppressed counts can be narrowed down."
)


def audit_rows(protected: Protected) -> pd.DataFrame:
    """One row for each suppressed cell and figure.

    Parameters
    ----------
    protected : Protected

    Returns
    -------
    pandas.DataFrame
        The labels of the cell, ``figure``, ``reason`` ("small" or "protects another"),
        ``inferred_low``, ``inferred_high`` (what an attacker can infer; infinite where
        nothing bounds it), ``protected_low``, ``protected_high``, ``verdict``
        (nothing is guaranteed for a cell that only protects another).
    """
    import numpy as np
    import pandas as pd

    sides = protected.table.sides
    rows: list[dict[str, Any]] = []
    for figure, done in protected.audits.items():
        for found in done.audit.bounds:
            where = np.unravel_index(found.cell, done.table.shape)
            labels = {
                name: side.nodes[i][depth] if depth < len(side.nodes[i]) else TOTAL
                for side, i in zip(sides, where, strict=True)
                for depth, name in enumerate(side.names)
            }
            rows.append(
                labels
                | {
                    "figure": figure,
                    "reason": "small" if found.primary else "protects another",
                    "inferred_low": found.low, "inferred_high": found.high,
                    "protected_low": found.wanted_low, "protected_high": found.wanted_high,
                    "verdict": _verdict(found),
                }
            )  # fmt: skip
    columns = [
        *protected.table.names, "figure", "reason", "inferred_low", "inferred_high",
        "protected_low", "protected_high", "verdict",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _verdict(found: CellInterval) -> str:
    """Whether a cell keeps its protection interval."""
    if found.safe:
        return "protected"
    return "NOT protected" if found.primary else "narrower, not guaranteed"


def audit_file(protected: Protected, path: str | Path) -> dict[Path, bytes]:
    """The audit as .json or .csv, for its owner alone.

    Parameters
    ----------
    protected : Protected
    path : path
        Its ending says which; the first line or key is the warning.

    Returns
    -------
    dict of Path to bytes
        The one file and its content.
    """
    rows = audit_rows(protected)
    if Path(path).suffix.lower() == ".csv":
        safe = rows.map(safe_cell)
        text = f"# {WARNING}\n" + safe.to_csv(index=False, lineterminator="\n")
    else:
        cells = [
            {k: None if isinstance(v, float) and math.isinf(v) else v for k, v in row.items()}
            for row in rows.to_dict("records")
        ]
        record = {
            "classification": WARNING,
            "title": protected.table.facts.title,
            "rule": protected.table.facts.rule,
            "cells": protected.table.cells,
            "suppressed": protected.table.suppressed,
            "no_upper_bound": "inferred_high is null",
            "audit": cells,
        }
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    return {Path(path): text.encode()}


def check_audit_name(audit: str | Path | None, outputs: Sequence[str | Path]) -> None:
    """Refuse an audit of another kind, or under the name of a table.

    Raises
    ------
    TableError
    """
    if audit is None:
        return
    taken = str(audit) in {str(path) for path in outputs}
    if Path(audit).suffix.lower() not in (".json", ".csv") or taken:
        raise TableError(
            "the audit needs a file of its own", where=str(audit),
            expected="a .json or .csv file",
            got="the name of a table" if taken else Path(audit).suffix or "no ending",
            remedy="for instance audit.json, in a folder that is not published",
        )  # fmt: skip
