"""Assessors and their visits, between tables and assignments."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.errors import nearest
from exitline.exits.draw.assign import Assessor, Assignment, Visit, field_list
from exitline.exits.draw.sample import DrawnHousehold
from exitline.exits.draw.seed import DrawError, Seed
from exitline.folders import whole_folder
from exitline.stats.data.values import written

if TYPE_CHECKING:
    import pyarrow as pa


def assessors_from(table: pa.Table) -> list[Assessor]:
    """Assessors from a table; several rows of one name add townships.

    Parameters
    ----------
    table : pyarrow.Table
        Columns assessor, township (own; may be empty), and optionally capacity.

    Returns
    -------
    list of Assessor

    Raises
    ------
    DrawError
        When a column is missing or a capacity is no count.

    Examples
    --------
    >>> import pyarrow as pa
    >>> assessors_from(pa.table({"assessor": ["Ana", "Ana"], "township": ["T1", "T2"]}))
    [Assessor(name='Ana', townships=frozenset({...}), capacity=None)]
    """
    for name in ("assessor", "township"):
        if name not in table.column_names:
            raise DrawError(
                f"the assessors lack the column '{name}'",
                where=f"column {name}",
                expected="assessor, township",
                got=", ".join(table.column_names[:20]),
                remedy=nearest(name, table.column_names) or "add it",
            )
    townships: dict[str, set[str]] = defaultdict(set)
    capacity: dict[str, int | None] = {}
    for row in table.to_pylist():
        name = written(row["assessor"]) or ""
        own = written(row["township"])
        if own is not None:
            townships[name].add(own)
        capacity[name] = _capacity(row.get("capacity"))
    if "" in capacity:
        raise DrawError(
            "an assessor has no name", where="column assessor", expected="a name on every row",
            got="an empty one", remedy="complete the list",
        )  # fmt: skip
    return [Assessor(name, frozenset(townships[name]), n) for name, n in capacity.items()]


def visits_from(
    selected: Sequence[DrawnHousehold], township: str, identified_by: Sequence[str]
) -> list[Visit]:
    """Visits to drawn households.

    Parameters
    ----------
    selected : sequence of DrawnHousehold
        Drawn with these columns kept.
    township : str
        Column of the township.
    identified_by : sequence of str
        Columns with the names of those who identified or reviewed the household.

    Returns
    -------
    list of Visit

    Raises
    ------
    DrawError
        When the township of a drawn household is not known.
    """
    unknown = sum(written(one.kept.get(township)) is None for one in selected)
    if unknown:
        raise DrawError(
            "the township of some drawn households is not known",
            where=f"column {township}",
            expected="a township for each, to keep assessors away from their own",
            got=f"{unknown} of {len(selected)} missing",
            remedy="complete it in the frame",
        )
    return [
        Visit(
            one.household,
            written(one.kept[township]) or "",
            frozenset(name for column in identified_by if (name := written(one.kept.get(column)))),
        )
        for one in selected
    ]


def write_assignments(
    assignments: Sequence[Assignment],
    selected: Sequence[DrawnHousehold],
    seed: Seed,
    folder: str | Path,
) -> int:
    """Write who visits whom: one list for each assessor, and the key for the office.

    The lists (``visits/<number>.csv``) name the assessor, the household and its village,
    and do not tell first interviews from second ones. ``office.csv`` does, and stays there.

    Parameters
    ----------
    assignments : sequence of Assignment
    selected : sequence of DrawnHousehold
    seed : Seed
    folder : str or Path
        Replaced as a whole.

    Returns
    -------
    int
        Number of lists.

    Raises
    ------
    OutputError
        When the folder cannot be written.
    """
    place = {one.household: one for one in selected}
    names = sorted({name for a in assignments for name in (a.assessor, a.again) if name})
    with whole_folder(folder) as partial:
        (partial / "visits").mkdir()
        _write(
            partial / "office.csv",
            ["household", "first", "again"],
            [[a.unit, a.assessor, a.again] for a in assignments],
        )
        for number, name in enumerate(names, 1):
            units = field_list(assignments, name, seed)
            rows = [[name, unit, place[unit].village] for unit in units]
            _write(
                partial / "visits" / f"{number:03d}.csv", ["assessor", "household", "village"], rows
            )
    return len(names)


def _write(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _capacity(value: object) -> int | None:
    """Visits at most; none given means no limit."""
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if number < 0:
        raise DrawError(
            "a capacity is no count", where="column capacity", expected="a whole number of visits",
            got="something else", remedy="leave it empty where there is no limit",
        )  # fmt: skip
    return number
