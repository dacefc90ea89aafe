"""All rows of a small table, read by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.engine.base import Engine


def read_whole(
    data: Any, code: Sequence[str | None] = (), engine: str | Engine = "duckdb"
) -> pa.Table:
    """All rows of a small table; names and ids as they are written.

    Parameters
    ----------
    data : path, table or Source
    code : sequence of str or None
        Columns that hold names or ids.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    pyarrow.Table

    Examples
    --------
    >>> read_whole("examples/assessment/counts.csv", ["county"]).column_names[0]
    'county'
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session

    source = open_source(data).using(role_uses(code=code))
    with session(engine) as running:
        return running.run(running.attach(source, "rows"))
