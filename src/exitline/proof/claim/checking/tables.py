"""Reading one cell of a run's result tables, by the words of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exitline.errors import nearest
from exitline.proof.claim.errors import ClaimError

Row = Mapping[str, Any]
_RELEASE, _SHOWN, _LEFT_OUT = "release", "shown", "left out"  # see exitline.proof.disclose.hidden


@dataclass(frozen=True)
class RowPick:
    """Which row of the estimates is meant; None where only one value is there to choose.

    Parameters
    ----------
    measure : str
        As in the column "measure".
    line, indicator : str, optional
        As in the columns of the same names.
    by, domain : str
        The domain, as the results show it, or by its code; "" for all together.

    Examples
    --------
    >>> RowPick("headcount", by="region", domain="Coast").domain
    'Coast'
    """

    measure: str
    line: str | None = None
    by: str = ""
    domain: str = ""
    indicator: str | None = None


def read_rows(folder: str | Path, name: str) -> list[dict[str, Any]]:
    """The rows of a run's table, missing text as "".

    Parameters
    ----------
    folder : str or Path
        A run's folder.
    name : {"estimates", "decisions"}
        Which table.

    Raises
    ------
    ClaimError
        When the run has no such table.
    """
    import pyarrow as pa
    import pyarrow.parquet

    path = Path(folder) / f"{name}.parquet"
    try:
        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, pa.ArrowException) as reason:
        raise ClaimError(
            f"the run has no {name}",
            where=str(path),
            expected="a table that exitline run has written",
            got=type(reason).__name__,
            remedy="check the path, or run the study again",
        ) from reason
    return rows


def pick_estimate(rows: Sequence[Row], pick: RowPick) -> Row:
    """The one row of the estimates that is meant.

    Parameters
    ----------
    rows : sequence of mappings
        The estimates, with the contract's columns.
    pick : RowPick
        Which row.

    Raises
    ------
    ClaimError
        When no row fits (with the nearest name), or several do (with what tells them
        apart).

    Examples
    --------
    >>> rows = [{"measure": "headcount", "line": "4891", "by": "", "domain": "", "estimate": 0.1}]
    >>> pick_estimate(rows, RowPick("headcount"))["estimate"]
    0.1
    """
    left = _nameable(rows)
    for column in ("measure", "line", "by", "domain", "indicator"):
        wanted = getattr(pick, column)
        if wanted is None:
            left = _only_choice(left, column)
            continue
        fitting = _fitting(left, column, wanted, "code" if column == "domain" else "")
        if not fitting:
            raise _not_there(column, wanted, [_text(row.get(column)) for row in left])
        left = fitting
    if len(left) > 1:
        raise _refused("several estimates fit", "one row", f"{len(left)} rows", "name more columns")
    return _published(left[0])


def count_decisions(rows: Sequence[Row], level: str, outcome: str, criterion: str = "") -> int:
    """How many units of a level have an outcome.

    Parameters
    ----------
    rows : sequence of mappings
        The decisions, with the contract's columns.
    level, outcome, criterion : str
        As in the columns of the same names; criterion "" is the overall decision.

    Raises
    ------
    ClaimError
        When the run has decided nothing at this level or on this criterion.

    Examples
    --------
    >>> rows = [{"level": "village", "unit": "7", "criterion": "", "outcome": "met"}]
    >>> count_decisions(rows, "village", "not met")
    0
    """
    decided = _decided(rows, level, criterion)
    return sum(1 for row in decided if row["outcome"] == outcome)


def evidence_of(rows: Sequence[Row], level: str, criterion: str = "") -> str:
    """ "model" where figures of a model decide some units of a level, else "".

    Examples
    --------
    >>> rows = [{"level": "county", "criterion": "rate", "outcome": "met", "evidence": "model"}]
    >>> evidence_of(rows, "county", "rate")
    'model'
    """
    own = [r for r in rows if r["level"] == level and _text(r["criterion"]) == criterion]
    return "model" if any(row.get("evidence") == "model" for row in own) else ""


def pick_decision(
    rows: Sequence[Row], level: str, unit: str, criterion: str = "", parent: str = ""
) -> Row:
    """The decision on one unit.

    Parameters
    ----------
    rows : sequence of mappings
        The decisions, with the contract's columns.
    level, unit, criterion, parent : str
        As in the columns of the same names, unit and parent as shown or by their codes; parent
        "" where the unit's name is enough.

    Raises
    ------
    ClaimError
        When the run has none, or more than one.

    Examples
    --------
    >>> rows = [{"level": "village", "unit": "7", "criterion": "", "outcome": "met"}]
    >>> pick_decision(rows, "village", "7")["outcome"]
    'met'
    """
    decided = _decided(_nameable(rows), level, criterion)
    found = _fitting(decided, "unit", unit, "unit_code")
    if parent:
        found = _fitting(found, "parent", parent, "parent_code")
    if not found:
        raise _not_there("unit", unit, [_text(row["unit"]) for row in decided])
    if len(found) > 1:
        raise _refused("several units have this id", "one", str(len(found)), "add --parent")
    return _published(found[0])


def _fitting(rows: Sequence[Row], column: str, wanted: str, code: str = "") -> list[Row]:
    """The rows with a value: as it is shown, or else by the code that the data hold."""
    shown = [row for row in rows if _text(row.get(column)) == wanted]
    if shown or not code:
        return shown
    return [row for row in rows if _text(row.get(code)) == wanted]


def _nameable(rows: Sequence[Row]) -> list[Row]:
    """The rows whose areas and units may be named: no areas of one household."""
    return [row for row in rows if row.get(_RELEASE) != _LEFT_OUT]


def _published(row: Row) -> Row:
    """The row, unless the run found that its figure would give a small count away."""
    if row.get(_RELEASE, _SHOWN) == _SHOWN:
        return row
    raise _refused(
        "this figure is not published: it would give a small count away",
        "a figure that the run's report shows",
        _text(row[_RELEASE]),
        "claim a larger area, or lower min_count where the law allows it",
    )


def _decided(rows: Sequence[Row], level: str, criterion: str) -> list[Row]:
    """The decisions of a level on a criterion."""
    left = list(rows)
    for column, wanted in (("level", level), ("criterion", criterion)):
        fitting = [row for row in left if _text(row[column]) == wanted]
        if not fitting:
            raise _not_there(column, wanted, [_text(row[column]) for row in left])
        left = fitting
    return left


def _only_choice(rows: list[Row], column: str) -> list[Row]:
    """The rows, when the column leaves no choice; the user names a value otherwise."""
    values = sorted({_text(row.get(column)) for row in rows})
    if len(values) > 1:
        raise _refused(
            f"several values of '{column}' fit",
            "one of " + _listed(values),
            "no choice",
            f"choose one with --{column}",
        )
    return rows


def _not_there(column: str, wanted: str, values: Sequence[str]) -> ClaimError:
    known = sorted(set(values))
    return _refused(
        f"the run has no row with this '{column}'",
        "one of " + _listed(known) if known else "a run with such rows",
        repr(wanted),
        nearest(wanted, known) or f"choose one with --{column}",
    )


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(repr(value) for value in values[:12])
    return shown + (f" and {len(values) - 12} more" if len(values) > 12 else "")


def _text(value: Any) -> str:
    """A cell as text; missing is ""."""
    return "" if value is None or value != value else str(value)


def _refused(what: str, expected: str, got: str, remedy: str) -> ClaimError:
    return ClaimError(what, expected=expected, got=got, remedy=remedy)
