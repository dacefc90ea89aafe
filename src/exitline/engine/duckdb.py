"""DuckDB, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from exitline.engine import faults
from exitline.engine.settings import FIXED, settings
from exitline.errors import DataError
from exitline.files import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.data.source import Source


class DuckDB:
    """An in-memory DuckDB that scans files where they lie.

    Parameters
    ----------
    threads : int, optional
        As many as there are cores, unless told otherwise (or by EXITLINE_THREADS).
    memory : str, optional
        Memory limit such as ``"3GB"`` (or by EXITLINE_MEMORY); beyond it DuckDB spills
        to disk.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.data.source import open_source
    >>> engine = DuckDB(threads=1)
    >>> table = engine.attach(open_source(pd.DataFrame({"y": [1.0, 3.0]})), "t")
    >>> engine.run(table.aggregate(total=table.y.sum()))["total"][0].as_py()
    4.0
    """

    name = "duckdb"

    def __init__(self, threads: int | None = None, memory: str | None = None) -> None:
        self._backend = ibis.duckdb.connect(**settings(threads, memory))
        for said in FIXED:
            self._backend.raw_sql(said).fetchall()
        self._bound: Any = None

    def attach(self, source: Source, name: str) -> Any:
        """Make a source known under a name; see `Engine.attach`."""
        if source.kind == "ibis":
            self._bound = source.table
            return source.table
        with faults.reading(source):
            if source.kind == "parquet":
                bound = self._backend.read_parquet(str(source.path), table_name=name)
            elif source.kind == "csv":
                bound = self._backend.read_csv(
                    str(source.path), table_name=name, **_csv_options(source)
                )
            else:
                self._backend.con.register(name, source.table)
                bound = self._backend.table(name)
        return ibis.table(bound.schema(), name=name)

    def run(self, expression: Any) -> pa.Table:
        """Execute an expression and return its rows as Arrow."""
        with faults.running():
            if self._bound is not None:
                return self._bound.get_backend().to_pyarrow(expression)
            return self._backend.to_pyarrow(expression)

    def write(self, expression: Any, path: Path) -> int:
        """Execute an expression into one Parquet file without passing rows through Python."""
        with whole_file(path) as partial, faults.running():
            query = self._backend.compile(expression)
            copied = self._backend.con.execute(
                f"COPY ({query}) TO '{_quoted(partial)}' (FORMAT parquet, COMPRESSION zstd)"
            ).fetchone()
        return int(copied[0]) if copied else 0

    def close(self) -> None:
        """Close the connection."""
        self._backend.disconnect()


@contextmanager
def opened(**options: Any) -> Iterator[DuckDB]:
    """A DuckDB engine that is closed at the end of the block."""
    engine = DuckDB(**options)
    try:
        yield engine
    finally:
        engine.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _csv_options(source: Source) -> dict[str, Any]:
    """Options of the scan: strict, so that a broken row is an error and not a NULL."""
    known = {"delimiter": "delim", "encoding": "encoding", "decimal": "decimal_separator"}
    options = {known[k]: v for k, v in source.options.items() if k in known}
    if source.path is None:
        raise DataError("a CSV source without a file", remedy="give the path of the file")
    return {"header": True, "sample_size": -1, "null_padding": False, **options}
