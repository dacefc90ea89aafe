"""DuckDB, in this process."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt

from exitline.data.values import BLANKS
from exitline.engine import faults
from exitline.engine.columns import NOT_READ, quoted, text, typed_csv
from exitline.engine.metadata import add_metadata
from exitline.engine.settings import FIXED, settings
from exitline.engine.types import typed
from exitline.engine.written import as_written, function, zones
from exitline.files import whole_file
from exitline.scratch import Scratch

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.data.held import HeldFile
    from exitline.data.source import Source

_TIDY = (
    "CREATE OR REPLACE TEMPORARY MACRO exitline_tidy(written) AS "
    f"nullif(trim(nfc_normalize(written), '{BLANKS}'), '')"
)
"""What `exitline.data.keys.written` does to text."""


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
        self._backend = ibis.duckdb.connect(**settings(threads, memory))
        for said in (_TIDY, *FIXED):
            self._backend.raw_sql(said).fetchall()
        self._bound: Any = None
        self.rows: dict[str, int] = {}
        self._held: dict[str, list[HeldFile]] = {}
        self._scratch: Scratch | None = None

    def attach(self, source: Source, name: str) -> Any:
        """Make a source known under a name; see `Engine.attach`."""
        if source.kind == "ibis":
            self._bound = source.table
            assert source.table is not None
            backend = source.table.get_backend()
            if backend.name == self.name:
                backend.raw_sql(_TIDY).fetchall()
            return as_written(source.table)
        self._held[name] = [source.held] if source.held is not None else []
        with faults.reading(source):
            bound = (
                self._read_csv(source, name) if source.kind == "csv" else self._view(source, name)
            )
        return ibis.table(bound.schema(), name=name)

    def _view(self, source: Source, name: str) -> Any:
        """A view of the rows, in the one form of values."""
        read = self._read(source, f"{name}_as_read")
        local = _local_times(read, zones(source))
        marks = source.options.get("missing", ())
        columns = typed(as_written(local, marks, text=_text), source, self._backend.to_pyarrow)
        columns = as_written(columns, marks, text=_text) if marks else columns
        return self._backend.create_view(name, columns, overwrite=True)

    def _read(self, source: Source, name: str) -> Any:
        """The source's table as it is; a path is never expanded."""
        if source.kind == "parquet":
            file = source.held.name_for_engine if source.held is not None else str(source.path)
            return self._backend.read_parquet(file, table_name=name)
        self._backend.con.register(name, source.table)
        return self._backend.table(name)

    def _read_csv(self, source: Source, name: str) -> Any:
        """A view of the typed columns; what was not read fails when it is asked for."""
        found = typed_csv(self._backend.con, source, self._folder())
        columns = (
            f"CAST({quoted(n)} AS {found.types[n]}) AS {quoted(n)}"
            if n in found.types
            else f"error({text(NOT_READ)})::VARCHAR AS {quoted(n)}"
            for n in found.names
        )
        self._backend.raw_sql(
            f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT {', '.join(columns)} "
            f"FROM read_parquet({text(found.file.name_for_engine)})"
        )
        self._held[name].append(found.file)
        self.rows[name] = found.rows
        return self._backend.table(name)

    def _folder(self) -> Path:
        """A new private folder, which goes when the engine is closed or its process ends."""
        self._scratch = self._scratch or Scratch()
        return self._scratch.new()

    def run(self, expression: Any) -> pa.Table:
        """Execute an expression and return its rows as Arrow."""
        with faults.running():
            backend = self._backend if self._bound is None else self._bound.get_backend()
            found = backend.to_pyarrow(expression)
        self._check(expression)
        return found

    def write(self, expression: Any, path: Path, about: Mapping[str, str] | None = None) -> int:
        """Execute an expression into one Parquet file without passing rows through Python."""
        with whole_file(path) as partial, faults.running():
            query = self._backend.compile(expression)
            copied = self._backend.con.execute(
                f"COPY ({query}) TO {text(str(partial))} "
                "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
            ).fetchone()
            if about:
                add_metadata(partial, about)
        self._check(expression)
        return int(copied[0]) if copied else 0

    def close(self) -> None:
        """Close the connection and remove the typed columns."""
        self._backend.disconnect()
        self._held.clear()
        if self._scratch is not None:
            self._scratch.close()

    def _check(self, expression: Any) -> None:
        """Refuse what was computed from a file that has changed since it was opened."""
        for name in faults.tables(expression):
            for file in self._held.get(name, ()):
                file.check()


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
