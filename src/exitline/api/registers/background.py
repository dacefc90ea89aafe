"""Work of a register in the background, and what it writes."""

from __future__ import annotations

import getpass
from pathlib import Path

from exitline.errors import ExitlineError

ENDINGS = (".csv", ".parquet")


def work(
    database: str, *, key: Path | None = None, until_empty: bool = False, study: Path | None = None
) -> None:
    """Run the jobs of a register on PostgreSQL.

    Parameters
    ----------
    database : str
    key : Path, optional
        The key of identifiers; files of jobs lie beside it.
    until_empty : bool
        End when nothing waits any more.
    study : Path, optional
        The study that the page of figures runs on the live tables.

    Raises
    ------
    ExitlineError
        For SQLite: the server does its jobs itself.
    """
    from exitline.exits.register.store.opening import open_store

    store = open_store(database, key_file=key)
    if not store.postgres:
        raise ExitlineError(
            "a register on SQLite has no workers", where=store.address,
            expected="a register on PostgreSQL", got="SQLite",
            remedy="serve it: exitline register serve does its jobs itself",
        )  # fmt: skip
    from exitline.exits.register.store.jobs.kinds import KINDS
    from exitline.exits.register.store.jobs.queue import work as run
    from exitline.publish.web.register.programme.table import DONORS, write_table

    KINDS[DONORS] = write_table
    if study is not None:
        from exitline.api.registers.measuring import jobs_of_figures

        KINDS.update(jobs_of_figures(study, database))

    run(store, until_empty=until_empty)


def write_households(database: str, out: Path, *, area: str = "") -> int:
    """Write every household with the facts of its card, in constant memory.

    Parameters
    ----------
    database : str
    out : Path
        ``.csv`` or ``.parquet``.
    area : str
        Path of an area; everything by default.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    StoreError
        When there is no register of this release at the address.
    ExitlineError
        When the file has another ending, or cannot be written.
    """
    from exitline.exits.register.store.opening import open_store

    if out.suffix not in ENDINGS:
        raise ExitlineError(
            "households cannot be written in this form", where=str(out),
            expected="a file with the ending .csv or .parquet", got=out.suffix or "no ending",
            remedy="name another file",
        )  # fmt: skip
    store = open_store(database)
    from exitline.exits.register.store.jobs.kinds import export_households

    seen = store.within(area) if area else store
    rows = export_households(seen, out, lambda *_: None)
    from exitline.exits.register.store.write.looks import taken_away
    from exitline.words.said import say

    taken_away(seen, getpass.getuser(), "command", str(say("file of all households")), rows)
    return rows
