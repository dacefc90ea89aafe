"""Tables and logs into a register and out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exitline.errors import ExitlineError


def export_county(database: str, folder: Path, *, county: str = "") -> int:
    """A county's chain as a log that `exitline lifecycle check` reads.

    Parameters
    ----------
    database : str
    folder : Path
    county : str
        Its path; of the only one when not given.

    Returns
    -------
    int
        Steps written.

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or no such county in it.
    OutputError
        When the folder cannot be written.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.audit.export import export_log

    return export_log(store, county, folder)


def bring_in(
    database: str, source: Path, *, kind: str = "households", area: str = "",
    dry_run: bool = False, partly: bool = False, by: str = "",
    reading: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A table of households, members or areas, or a log: looked at first, then taken whole.

    Parameters
    ----------
    database : str
    source : Path
        CSV, Excel, Stata, Parquet; or the folder of a log.
    kind : {"households", "members", "areas"}
        What the rows of a table are.
    area : str
        For a log: the county, or a village of it.
    dry_run : bool
        Only say what would be taken.
    partly : bool
        Take the good rows although others are refused.
    by : str
        Who is answerable.
    reading : dict, optional
        Options of the table's reader.

    Returns
    -------
    dict
        rows, taken, refused (what, rows, first), batch: the number by which it is undone.

    Raises
    ------
    StoreError
        When rows are refused and `partly` is not set: nothing was taken.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.audit.export import import_log
    from exitline.exits.register.store.intake import tables

    if source.is_dir():
        if dry_run or partly:
            raise ExitlineError(
                "a log is taken whole or not at all", where=str(source),
                expected="a table for --dry-run and --partly", remedy="leave the option out",
            )  # fmt: skip
        steps = import_log(store, source, area)
        return {"rows": steps, "taken": steps, "refused": [], "batch": None}
    found = tables.preview(store, source, kind, **(reading or {}))
    refused = [
        {"what": what, "rows": many, "first": first}
        for what, many, first in found.refusals.by_kind()
    ]
    said = {"rows": found.rows, "taken": len(found.good), "refused": refused, "batch": None}
    if dry_run:
        return said
    batch = tables.take(store, found, source.name, by or "office", partly=partly)
    return {**said, "batch": batch.pk}


def take_back(database: str, batch: int, *, by: str = "") -> int:
    """Undo an import whose households nobody has changed since.

    Parameters
    ----------
    database : str
    batch : int
        Its number.
    by : str
        Who is answerable.

    Returns
    -------
    int
        Households or members taken back.

    Raises
    ------
    StoreError
        When there is no register of this release at the address, no such import in it, or one
        whose households were changed.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.intake.tables import undo

    return undo(store, batch, by or "office")
