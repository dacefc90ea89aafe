"""DuckDB, in this process."""

from __future__ import annotations

import functools
import operator
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt

from exitline.data.values import BLANKS
from exitline.engine import faults
from exitline.engine.metadata import add_metadata
from exitline.engine.written import as_written, function, zones
from exitline.errors import DataError
from exitline.files import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.data.source import Source


_nfc = function("nfc_normalize", [dt.string], dt.string)
_octets = function("strlen", [dt.string], dt.int64)
_trim = function("trim", [dt.string, dt.string], dt.string)
_local = function("timezone", [dt.string, dt.Timestamp(timezone="UTC")], dt.Timestamp())


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
        options: dict[str, Any] = {}
        threads = threads or int(os.environ.get("EXITLINE_THREADS", "0"))
        memory = memory or os.environ.get("EXITLINE_MEMORY")
        if threads:
            options["threads"] = threads
        if memory:
            options["memory_limit"] = memory
        self._backend = ibis.duckdb.connect(**options)
        self._backend.raw_sql("SET enable_progress_bar = false").fetchall()
        self._backend.raw_sql("SET TimeZone = 'UTC'").fetchall()
        self._backend.raw_sql("SET preserve_insertion_order = false").fetchall()
        self._bound: Any = None

    def attach(self, source: Source, name: str) -> Any:
        """Make a source known under a name; see `Engine.attach`."""
        if source.kind == "ibis":
            self._bound = source.table
            return as_written(source.table)
        with faults.reading(source):
            read = self._read(source, f"{name}_as_read")
            local = _local_times(read, zones(source))
            clean = as_written(local, source.options.get("missing", ()), text=_text)
            bound = self._backend.create_view(name, clean, overwrite=True)
        return ibis.table(bound.schema(), name=name)

    def _read(self, source: Source, name: str) -> Any:
        """The source's table as the file has it."""
        if source.kind == "parquet":
            return self._backend.read_parquet(str(source.path), table_name=name)
        if source.kind == "csv":
            options = _csv_options(source)
            return self._backend.read_csv(str(source.path), table_name=name, **options)
        self._backend.con.register(name, source.table)
        return self._backend.table(name)

    def run(self, expression: Any) -> pa.Table:
        """Execute an expression and return its rows as Arrow."""
        with faults.running():
            if self._bound is not None:
                return self._bound.get_backend().to_pyarrow(expression)
            return self._backend.to_pyarrow(expression)

    def write(self, expression: Any, path: Path, about: Mapping[str, str] | None = None) -> int:
        """Execute an expression into one Parquet file without passing rows through Python."""
        with whole_file(path) as partial, faults.running():
            query = self._backend.compile(expression)
            copied = self._backend.con.execute(
                f"COPY ({query}) TO '{_quoted(partial)}' (FORMAT parquet, COMPRESSION zstd)"
            ).fetchone()
            if about:
                add_metadata(partial, about)
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


def _text(column: Any) -> Any:
    """The one form of a text; few are changed, so that most are only looked at."""
    first_or_last = (column < "!") | _or(column.endswith(blank) for blank in " \t\r\n")
    odd = first_or_last | (_octets(column) != column.length())
    return ibis.ifelse(odd, _trim(_nfc(column), BLANKS), column)


def _or(flags: Iterator[Any]) -> Any:
    return functools.reduce(operator.or_, flags)


def _local_times(table: Any, zones: Mapping[str, str]) -> Any:
    """The table with moments as the clocks of their own zone show them."""
    return table.mutate(**{name: _local(zone, table[name]) for name, zone in zones.items()})


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _csv_options(source: Source) -> dict[str, Any]:
    """Options of the scan: strict, so that a broken row is an error and not a NULL."""
    known = {"delimiter": "delim", "encoding": "encoding", "decimal": "decimal_separator"}
    options = {known[k]: v for k, v in source.options.items() if k in known}
    if source.path is None:
        raise DataError("a CSV source without a file", remedy="give the path of the file")
    return {"header": True, "sample_size": -1, "null_padding": False, **options}
