"""DuckDB, in this process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from exitline import late
from exitline.files import whole_file
from exitline.scratch import Scratch
from exitline.stats.data.values import BLANKS
from exitline.stats.engine import faults
from exitline.stats.engine.columns import NOT_READ, typed_csv
from exitline.stats.engine.kept import Connection, compiled_once, given_back, taken
from exitline.stats.engine.settings import CLOSED, FIXED, closed, settings
from exitline.stats.engine.sql import quoted, text
from exitline.stats.engine.types import typed
from exitline.stats.engine.written import as_written, function, zones

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.scannable import Source

_TIDY = (
    "CREATE OR REPLACE TEMPORARY MACRO exitline_tidy(written) AS "
    f"nullif(trim(nfc_normalize(written), '{BLANKS}'), '')"
)
"""What `exitline.stats.data.keys.written` does to text."""


_AS_READ = "_as_read"
"""Behind the name of a table: its rows before their values have one form."""

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
    >>> from exitline.stats.data.source import open_source
    >>> engine = DuckDB(threads=1)
    >>> table = engine.attach(open_source(pd.DataFrame({"y": [1.0, 3.0]})), "t")
    >>> engine.run(table.aggregate(total=table.y.sum()))["total"][0].as_py()
    4.0
    """

    name = "duckdb"

    def __init__(self, threads: int | None = None, memory: str | None = None) -> None:
        self._settings = settings(threads, memory)
        self._own: Scratch | None = None
        self._connection: Connection | None = None
        self._sound = True
        self._named: list[str] = []
        self._made_of: dict[str, str | pa.Table] = {}
        self._made: set[str] = set()
        self._bound: Any = None
        self.rows: dict[str, int] = {}
        self._held: dict[str, list[HeldFile]] = {}

    @property
    def _backend(self) -> Any:
        """The connection, opened when it is first needed: it can open the files named so far."""
        if self._connection is None:
            self._connection = (None if self._named else taken(self._settings)) or self._opened()
            self._made.clear()
        return self._connection.backend

    def _opened(self) -> Connection:
        """A new connection: with files, its folder is the engine's own and goes with it."""
        folder = self._scratch if self._named else Scratch()
        backend = connected(folder.path, self._named, self._settings)
        return Connection(backend, folder, self._settings)

    @property
    def _scratch(self) -> Scratch:
        """The folder for the typed columns of files."""
        if self._own is None:
            self._own = Scratch()
        return self._own

    def _name(self, file: str) -> None:
        """Allow one more file. A connection that is closed to it gives way to a new one."""
        real = os.path.realpath(file)
        if real not in self._named:
            self._leave()
            self._named.append(real)

    def _leave(self) -> None:
        """Give the connection back where another may use it, else close it."""
        left, self._connection = self._connection, None
        if left is None:
            return
        if self._named:
            left.backend.disconnect()
        elif not self._sound:
            left.close()
        else:
            rows = {name for name in self._made if not isinstance(self._made_of[name], str)}
            given_back(left, self._made - rows, rows)

    @contextmanager
    def _running(self) -> Iterator[None]:
        """A connection on which something failed or was broken off is used no more."""
        before, self._sound = self._sound, False
        yield
        self._sound = before

    def _make(self, name: str, of: str | pa.Table) -> None:
        """Make a table of rows or of SQL; a later connection has to do it again."""
        if isinstance(of, str):
            self._backend.raw_sql(f"CREATE OR REPLACE VIEW {quoted(name)} AS {of}").fetchall()
        else:
            self._backend.con.register(name, of)
        self._made_of[name] = of
        self._made.add(name)

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
        with faults.reading(source), self._running():
            if source.kind == "csv":
                self._read_csv(source, name)
            else:
                self._view(source, name)
            schema = self._backend.table(name).schema()
        return ibis.table(schema, name=name)

    def _view(self, source: Source, name: str) -> None:
        """A view of the rows, in the one form of values."""
        read = self._read(source, f"{name}{_AS_READ}")
        local = _local_times(read, zones(source))
        marks = source.options.get("missing", ())
        columns = typed(as_written(local, marks, text=_text, uses=source.uses), source, self._rows)
        columns = as_written(columns, marks, text=_text, uses=source.uses) if marks else columns
        self._make(name, self._backend.compile(columns))

    def _read(self, source: Source, name: str) -> Any:
        """The source's table as it is; a path is never expanded."""
        if source.kind == "parquet":
            file = source.held.name_for_engine if source.held is not None else str(source.path)
            self._name(file)
            self._make(name, _columns_of(source, f"read_parquet({text(file)})"))
        else:
            assert source.table is not None
            kept = source.kept()
            self._make(name, source.table if kept is None else source.table.select(list(kept)))
        return self._backend.table(name)

    def _read_csv(self, source: Source, name: str) -> None:
        """A view of the typed columns; what was not read fails when it is asked for."""
        assert source.held is not None
        self._name(source.held.name_for_engine)
        found = typed_csv(self._backend.con, source, self._scratch.new())
        columns = (
            f"CAST({quoted(n)} AS {found.types[n]}) AS {quoted(n)}"
            if n in found.types
            else f"error({text(NOT_READ)})::VARCHAR AS {quoted(n)}"
            for n in found.names
        )
        self._held[name].append(found.file)
        self.rows[name] = found.rows
        self._make(
            name,
            f"SELECT {', '.join(columns)} FROM read_parquet({text(found.file.name_for_engine)})",
        )

    def run(self, expression: Any) -> pa.Table:
        """Execute an expression and return its rows as Arrow."""
        with faults.unchanged(self._held, expression), faults.running(), self._running():
            if self._bound is not None:
                return self._bound.get_backend().to_pyarrow(expression)
            self._ready(expression)
            return self._rows(expression)

    def batches(self, expression: Any, rows: int) -> Iterator[pa.Table]:
        """Execute an expression and hand its rows back a number at a time, never all held.

        Tables of a backend that the user holds, and those in memory, come as one.
        """
        import pyarrow as pa

        if self._bound is not None or expression.op().find(ops.InMemoryTable):
            yield self.run(expression)
            return
        with faults.unchanged(self._held, expression), faults.running(), self._running():
            backend = self._ready(expression)
            found = backend.con.sql(backend.compile(expression.as_table()))
            for batch in found.fetch_record_batch(rows):
                yield pa.Table.from_batches([batch])

    def _rows(self, expression: Any) -> Any:
        """As Ibis's own `to_pyarrow`, which loads pandas: a third of a second for nothing."""
        import pyarrow as pa

        if expression.op().find(ops.InMemoryTable):
            return self._backend.to_pyarrow(expression)
        said = self._backend.compile(expression.as_table())
        found = self._backend.con.sql(said).to_arrow_table()
        types = expression.as_table().schema().to_pyarrow()
        columns = [
            pa.nulls(len(found)) if pa.types.is_null(field.type) else column.cast(field.type)
            for column, field in zip(found.columns, types, strict=True)
        ]
        if isinstance(expression, ibis.expr.types.Scalar):
            return columns[0][0]
        if isinstance(expression, ibis.expr.types.Column):
            return columns[0]
        return pa.table(columns, schema=types)

    def write(self, expression: Any, path: Path, about: Mapping[str, str] | None = None) -> int:
        """Execute an expression into one Parquet file without passing rows through Python."""
        with (
            whole_file(path) as partial,
            faults.unchanged(self._held, expression),
            faults.running(),
            self._running(),
        ):
            self._name(str(partial))
            backend = self._ready(expression)
            copied = backend.con.execute(
                f"COPY ({backend.compile(expression)}) TO {text(str(partial.absolute()))} "
                f"(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false{_metadata(about or {})})"
            ).fetchone()
        return int(copied[0]) if copied else 0

    def close(self) -> None:
        """Close the connection and remove the typed columns."""
        self._leave()
        self._held.clear()
        if self._own is not None:
            self._own.close()

    def _ready(self, expression: Any) -> Any:
        """The connection, with all that an expression reads."""
        backend = self._backend
        for name in faults.tables(expression):
            for part in (f"{name}{_AS_READ}", name):
                if part in self._made_of and part not in self._made:
                    self._make(part, self._made_of[part])
        return backend


def connected(folder: Path, files: Iterable[str] = (), options: Mapping[str, Any] = CLOSED) -> Any:
    """A DuckDB in memory that can open nothing but a private folder and some files.

    Parameters
    ----------
    folder : Path
    files : iterable of str
    options : mapping
        Threads and memory; see `exitline.stats.engine.settings`.

    Returns
    -------
    ibis.backends.duckdb.Backend

    Examples
    --------
    >>> backend = connected(Scratch().path, ["README.md"])
    >>> backend.con.sql("SELECT size > 0 FROM read_text('README.md')").fetchall()
    [(True,)]
    >>> backend.con.sql("SELECT * FROM read_text('pyproject.toml')")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    _duckdb.PermissionException: Permission Error: Cannot access file ...
    """
    late.package("ibis.backends.sql.compilers")
    import_module("ibis.backends.sql.compilers.duckdb")
    backend = compiled_once(ibis.duckdb.connect(**options))
    for said in (_TIDY, *FIXED, *closed(folder, files)):
        backend.raw_sql(said).fetchall()
    return backend


def _columns_of(source: Source, table: str) -> str:
    """A query of a file's columns, without twins in upper and lower case that nobody reads."""
    kept = source.kept()
    if kept is None:
        return f"SELECT * FROM {table}"
    names = ", ".join(f"c{i}" for i in range(len(source.names or ())))
    chosen = ", ".join(f"c{i} AS {quoted(name)}" for name, i in kept.items())
    return f"SELECT {chosen} FROM {table} AS t({names})"


@contextmanager
def opened(**options: Any) -> Iterator[DuckDB]:
    """A DuckDB engine that is closed at the end of the block."""
    engine = DuckDB(**options)
    try:
        yield engine
    finally:
        engine.close()


def _metadata(about: Mapping[str, str]) -> str:
    """Key-value metadata as an option of COPY; nothing where there is none."""
    said = ", ".join(f"{quoted(key)}: {text(value)}" for key, value in about.items())
    return f", KV_METADATA {{{said}}}" if said else ""


def _text(column: Any) -> Any:
    """The one form of a text; few are changed, so that most are only looked at."""
    first_or_last = (column < "!") | (column.right(1) < "!")
    odd = first_or_last | (_octets(column) != column.length())
    return ibis.ifelse(odd, _trim(_nfc(column), BLANKS), column)


def _local_times(table: Any, zones: Mapping[str, str]) -> Any:
    """The table with moments as the clocks of their own zone show them."""
    return table.mutate(**{name: _local(zone, table[name]) for name, zone in zones.items()})
