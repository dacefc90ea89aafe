"""Events as a table without personal evidence: what leaves the office for a count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.exits.register.event import Event
from exitline.files import whole_file

if TYPE_CHECKING:
    import pyarrow as pa


def events_table(events: Sequence[Event]) -> pa.Table:
    """Events as an Arrow table, in the order of the log.

    Parameters
    ----------
    events : sequence of Event

    Returns
    -------
    pyarrow.Table
        household, on, state, number, step, category, listed. No evidence, no names.
    """
    import pyarrow as pa

    schema = events_schema()
    columns = [[getattr(e, name) for e in events] for name in schema.names]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)


def events_schema() -> pa.Schema:
    """The columns of a table of events."""
    import pyarrow as pa

    text, day = pa.string(), pa.date32()
    return pa.schema(
        [
            ("household", text), ("on", day), ("state", text), ("number", pa.int64()),
            ("step", text), ("category", text), ("listed", pa.bool_()),
        ]
    )  # fmt: skip


def write_events(events: Sequence[Event], path: str | Path) -> int:
    """Write events into one Parquet file, whole, and count them."""
    import pyarrow.parquet as pq

    with whole_file(path) as partial:
        pq.write_table(events_table(events), partial, compression="zstd")
    return len(events)
