"""Small tables beside an explorer file, read through the engine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any


def read_table(path: Path, code: Iterable[str] = ()) -> list[dict[str, Any]]:
    """All rows of a small table: CSV, Parquet or anything else that a study may read.

    Parameters
    ----------
    path : Path
    code : iterable of str
        Columns of keys and names: they are compared as they are written.

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
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session

    with session() as engine:
        source = open_source(path).using(role_uses(code=code))
        table = engine.attach(source, f"table_{abs(hash(path)):x}")
        rows: list[dict[str, Any]] = engine.run(table).to_pylist()
    return rows
