"""The live table of a register as the file that a study names: measured, claimed and verified."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.errors import DataError

if TYPE_CHECKING:
    from exitline.stats.data.studies.study import Study

_MARK = b"exitline.register"


def take_snapshot(study: Study, register: str, day: date | None = None, *, area: str = "") -> int:
    """Write the households of a register into the Parquet file that a study names.

    Claims of the run are bound to this file, so that anybody who has it can verify them.

    Parameters
    ----------
    study : Study
    register : str
        The address.
    day : date, optional
        Today when not given.
    area : str
        Only the households of this area.

    Returns
    -------
    int
        Households written.

    Raises
    ------
    DataError
        When the study names no Parquet file, or one that is not such a snapshot.
    """
    path = study.households.path
    if path is None or path.suffix != ".parquet" or study.persons is not None:
        raise DataError(
            "the study names no file that a register can be written to",
            where=study.households.where or "data",
            expected="households: a Parquet file of its own, and no persons",
            got=study.households.name,
            remedy="write data: {households: register.parquet}",
        )
    _refuse_other_file(path)
    return _written(register, path, day, area)


def _written(register: str, path: Path, day: date | None, area: str) -> int:
    """The live table in a file that says where it is from."""
    import pyarrow.parquet as pq

    from exitline.exits.register.store import opening
    from exitline.files import whole_file

    store = opening.open_store(register)
    from exitline.exits.register.store.read.live import live_table

    table = live_table(store.within(area) if area else store, day)
    if not table.num_rows:
        raise DataError(
            "the register has no household", where=store.address,
            expected="at least one household", remedy="record or import households first",
        )  # fmt: skip
    said = {_MARK: (day or date.today()).isoformat().encode()}
    with whole_file(path) as partial:
        pq.write_table(table.replace_schema_metadata(said), partial, compression="zstd")
    return int(table.num_rows)


def _refuse_other_file(path: Path) -> None:
    """Never put a snapshot in the place of somebody's data."""
    if not path.exists():
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        marked = _MARK in (pq.read_schema(path).metadata or {})
    except (pa.ArrowInvalid, OSError):
        marked = False
    if not marked:
        raise DataError(
            "the file that the study names contains other data", where=path.name,
            expected="no file, or an earlier snapshot of a register", got="another file",
            remedy="name another file in the study",
        )  # fmt: skip
