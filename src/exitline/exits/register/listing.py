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

    text, day = pa.string(), pa.date32()
    return pa.table(
        {
            "household": pa.array([e.household for e in events], text),
            "on": pa.array([e.on for e in events], day),
            "state": pa.array([e.state for e in events], text),
            "number": pa.array([e.number for e in events], pa.int64()),
            "step": pa.array([e.step for e in events], text),
            "category": pa.array([e.category for e in events], text),
            "listed": pa.array([e.listed for e in events], pa.bool_()),
        }
    )


def write_events(events: Sequence[Event], path: str | Path) -> int:
    """Write events into one Parquet file, whole, and count them."""
    import pyarrow.parquet as pq

    with whole_file(path) as partial:
        pq.write_table(events_table(events), partial, compression="zstd")
    return len(events)
