"""What each job does. It tells how far it is, and gives what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from exitline.exits.register.store.intake import tables
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.quality.duplicates import find_pairs
from exitline.exits.register.store.read import arrow

Progress = Callable[[int, "int | None"], None]
Job = Callable[[Store, "dict[str, Any]", Path, Progress], "dict[str, Any]"]
ENDINGS = ("csv", "parquet")
_ROWS = """
SELECT h.key, h.path, h.state, h.category, h.listed, h.state_since, c.as_of, CAST(c.facts AS TEXT)
FROM register_household h
LEFT JOIN (
  SELECT household_id, as_of, facts,
         row_number() OVER (PARTITION BY household_id ORDER BY as_of DESC, id DESC) AS latest
  FROM register_card WHERE as_of <= {day}
) c ON c.household_id = h.id AND c.latest = 1
WHERE h.gone = '' AND {within}
"""


def export(store: Store, given: dict[str, Any], folder: Path, told: Progress) -> dict[str, Any]:
    """Every household with where it stands and the facts of its card, into one file.

    Rows are read and written in pieces: a million take no more memory than a thousand.
    """
    ending = str(given.get("ending", "csv"))
    file = folder / f"households.{ending}"
    return {"file": file.name, "rows": export_households(store, file, told)}


def export_households(store: Store, file: Path, told: Progress) -> int:
    """Write the households of the scope into a CSV or Parquet file; how many.

    Parameters
    ----------
    file : Path
        By its ending; whole, or not there.
    told : callable
        Is told rows written, and how many there will be.
    """
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    from exitline.files import whole_file

    text = pa.string()
    schema = pa.schema([
        ("household", text), ("path", text), ("state", text), ("category", text),
        ("listed", pa.bool_()), ("state_since", pa.date32()), ("as_of", pa.date32()),
        ("facts", text),
    ])  # fmt: skip
    total, rows = _many(store), 0
    told(0, total)
    query = _ROWS.format(day=arrow.day(date.today()), within=arrow.within(store, "h"))
    with whole_file(file) as partial, arrow.reading(store, query, schema) as reader:
        make = pq.ParquetWriter if file.suffix == ".parquet" else pc.CSVWriter
        with make(str(partial), schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
                rows += batch.num_rows
                told(rows, total)
    return rows


def _many(store: Store) -> int:
    """Households inside the scope."""
    within, bounds = store.scope.sql("h")
    with store.transaction() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM register_household h WHERE h.gone = '' AND {within}", bounds
        )
        return int(cursor.fetchone()[0])


def bring_in(store: Store, given: dict[str, Any], folder: Path, told: Progress) -> dict[str, Any]:
    """A table of households, members or areas that lies in the job's folder."""
    found = tables.preview(store, folder / str(given["file"]), str(given["kind"]))
    told(0, found.rows)
    batch = tables.take(
        store, found, str(given["name"]), str(given["by"]), partly=bool(given.get("partly"))
    )
    return {"batch": batch.pk, "rows": batch.rows}


def look_for_pairs(store: Store, given: dict[str, Any], folder: Path, told: Progress) -> Any:
    """Pairs that may be one household, in every village of the scope."""
    del given, folder
    told(0, None)
    return {"pairs": find_pairs(store)}


KINDS: dict[str, Job] = {"export": export, "import": bring_in, "pairs": look_for_pairs}
"""Every job by its name."""
