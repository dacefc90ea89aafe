"""Small tables beside an explorer file, read through the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def read_table(path: Path) -> list[dict[str, Any]]:
    """All rows of a small table: CSV, Parquet or anything else that a study may read.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of dict

    Raises
    ------
    DataError
        When there is no such file, or it is of no known kind.

    Examples
    --------
    >>> len(read_table(Path("examples/series-out-of-poverty/data/china-832/counties.csv")))
    832
    """
    from exitline.data.source import open_source
    from exitline.engine.session import session

    with session() as engine:
        table = engine.attach(open_source(path), f"table_{abs(hash(path)):x}")
        rows: list[dict[str, Any]] = engine.run(table).to_pylist()
    return rows
