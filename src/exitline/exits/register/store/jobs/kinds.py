"""What each job does. It tells how far it is, and gives what came of it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.field.pulled import SERVER_URL, known_server, pulled
from exitline.exits.register.store.intake import tables
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.quality.bulk import find_pairs_in_bulk
from exitline.exits.register.store.quality.duplicates import find_pairs
from exitline.exits.register.store.read import arrow
from exitline.stats.data.readers.declaring import as_upload
from exitline.words.said import say

Progress = Callable[[int, "int | None"], None]
Job = Callable[[Store, "dict[str, Any]", Path, Progress], "dict[str, Any]"]
ENDINGS = ("csv", "parquet")
UPLOADS = "uploads"
"""The folder beside those of jobs in which uploaded tables wait."""
SHOWN = 200
"""Refusals that are kept row by row."""
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


@as_upload()
def look(store: Store, given: dict[str, Any], folder: Path, told: Progress) -> dict[str, Any]:
    """What an import of a table would take, and what is wrong with every other row."""
    found = tables.preview(store, _file(folder, given), str(given["kind"]), told=told)
    return looked(found)


def looked(found: tables.Preview) -> dict[str, Any]:
    """A preview as it is kept and shown."""
    return {
        "rows": found.rows, "good": len(found.good), "refused": len(found.refusals.rows),
        "by_kind": [[what, many] for what, many, _ in found.refusals.by_kind()],
        "refusals": [list(one) for one in found.refusals.rows[:SHOWN]],
    }  # fmt: skip


@as_upload()
def bring_in(store: Store, given: dict[str, Any], folder: Path, told: Progress) -> dict[str, Any]:
    """A table of households, members or areas that was uploaded, or lies in the job's folder."""
    file = _file(folder, given)
    found = tables.preview(store, file, str(given["kind"]), told=told)
    batch = tables.take(
        store, found, str(given["name"]), str(given["by"]), partly=bool(given.get("partly")),
        told=told,
    )  # fmt: skip
    file.unlink(missing_ok=True)
    return {"batch": batch.pk, "rows": batch.rows}


def _file(folder: Path, given: dict[str, Any]) -> Path:
    """The table of a job: in its folder, or where uploads wait beside it."""
    name = Path(str(given["file"])).name
    places = (folder / name, folder.parent / UPLOADS / name)
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise StoreError(
            say("the file has gone"), expected=say("a file that was uploaded"),
            remedy=say("upload it again"),
        )  # fmt: skip
    return found


def figures_folder(store: Store) -> Path:
    """The folder of the figures of the scope's area: beside the key, readable by its owner."""
    key = store.key_file
    above = key.parent if key is not None else Path(tempfile.gettempdir()) / "exitline-register"
    above = above / "figures"
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    return above / ("area-" + re.sub(r"[^0-9A-Za-z_-]", "+", store.scope.path))


def look_for_pairs(store: Store, given: dict[str, Any], folder: Path, told: Progress) -> Any:
    """Pairs that may be one household: in every village of the scope, or all over it."""
    del folder
    if given.get("bulk"):
        return {"pairs": find_pairs_in_bulk(store, told=told)}
    told(0, None)
    return {"pairs": find_pairs(store)}


def fetch_submissions(
    store: Store, given: dict[str, Any], folder: Path, told: Progress
) -> dict[str, Any]:
    """New submissions of a form, from the server of forms that the worker knows."""
    server = known_server()
    if server is None:
        raise StoreError(
            say("no server of forms is named for the worker"), expected=SERVER_URL,
            remedy=say("begin it with the server's address in the environment"),
        )  # fmt: skip
    form, step, by = (str(given[name]) for name in ("form", "step", "by"))
    return pulled(store, server, form, step, by, folder, told)


KINDS: dict[str, Job] = {
    "export": export, "look": look, "import": bring_in, "pairs": look_for_pairs,
    "pull": fetch_submissions,
}  # fmt: skip
"""Every job by its name; what higher rooms can do is added by those who begin workers."""
