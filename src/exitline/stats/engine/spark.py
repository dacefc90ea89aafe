"""Spark, where one machine is too small: local mode, or the cluster of the environment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt

from exitline.errors import ExitlineError, install_extra
from exitline.files import whole_file
from exitline.scratch import Scratch
from exitline.stats.data.values import BLANKS
from exitline.stats.engine import faults
from exitline.stats.engine.columns import NOT_READ, typed_csv
from exitline.stats.engine.types import typed
from exitline.stats.engine.written import as_written, function

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.scannable import Source

_TIDY = (
    "CREATE OR REPLACE TEMPORARY FUNCTION exitline_tidy(written STRING) RETURNS STRING "
    "RETURN CASE WHEN written IS NULL THEN NULL ELSE nullif(btrim(reflect("
    f"'com.ibm.icu.text.Normalizer', 'compose', coalesce(written, ''), false), '{BLANKS}'), '') END"
)
"""What `exitline.stats.data.keys.written` does to text: Spark has no function for normal forms."""


_tidy = function("exitline_tidy", [dt.string], dt.string)
_octets = function("octet_length", [dt.string], dt.int64)


class Spark:
    """A Spark session that runs the same expressions as DuckDB.

    Parameters
    ----------
    session : pyspark.sql.SparkSession, optional
        An existing session; otherwise one is made (SPARK_MASTER or local cores).

    Raises
    ------
    ExitlineError
        Where PySpark or Java is not installed.
    """

    name = "spark"

    def __init__(self, session: Any = None) -> None:
        self._attached: set[str] = set()
        self._session = session if session is not None else _new_session()
        self._session.sql(_TIDY)
        self._backend = ibis.pyspark.connect(self._session)
        self._bound: Any = None
        self.rows: dict[str, int] = {}
        self._held: dict[str, list[HeldFile]] = {}
        self._scratch: Scratch | None = None

    def attach(self, source: Source, name: str) -> Any:
        """Make a source known under a name; see `Engine.attach`."""
        if source.kind == "ibis":
            self._bound = source.table
            return as_written(source.table)
        self._held[name] = [source.held] if source.held is not None else []
        with faults.reading(source):
            view = (
                self._read_csv(source, name) if source.kind == "csv" else self._typed(source, name)
            )
            view.createOrReplaceTempView(name)
            self._attached.add(name)
            schema = self._backend.table(name).schema()
        return ibis.table(schema, name=name)

    def _typed(self, source: Source, name: str) -> Any:
        """The rows of a Parquet file or a table, in the one form of values."""
        if source.kind == "parquet":
            frame = self._parquet(str(source.path))
        else:
            assert source.table is not None
            frame = self._session.createDataFrame(source.table)
        if (kept := source.kept()) is not None:
            places = [f"c{i}" for i in range(len(frame.columns))]
            chosen = [f"c{i} AS {_quoted(name)}" for name, i in kept.items()]
            frame = frame.toDF(*places).selectExpr(*chosen)
        frame.createOrReplaceTempView(f"{name}_as_read")
        self._attached.add(f"{name}_as_read")
        read = self._backend.table(f"{name}_as_read")
        marks = source.options.get("missing", ())
        clean = as_written(read, marks, text=_text, uses=source.uses)
        columns = typed(clean, source, self._backend.to_pyarrow)
        columns = as_written(columns, marks, text=_text, uses=source.uses) if marks else columns
        return self._session.sql(self._backend.compile(columns))

    def _read_csv(self, source: Source, name: str) -> Any:
        """The typed columns; what was not read fails when it is asked for."""
        from exitline.stats.engine.duckdb import connected

        assert source.held is not None
        self._scratch = self._scratch or Scratch()
        duckdb = connected(self._scratch.path, [source.held.name_for_engine])
        try:
            found = typed_csv(duckdb.con, source, self._scratch.new(), version="V1")
        finally:
            duckdb.disconnect()
        self._held[name].append(found.file)
        self.rows[name] = found.rows
        columns = (
            f"CAST({_quoted(n)} AS {_SPARK.get(found.types[n], found.types[n])}) AS {_quoted(n)}"
            if n in found.types
            else f"CAST(raise_error('{NOT_READ}') AS STRING) AS {_quoted(n)}"
            for n in found.names
        )
        return self._parquet(str(found.file.path)).selectExpr(*columns)

    def _parquet(self, path: str) -> Any:
        """A Parquet file; the path is never expanded."""
        return self._session.read.option("__globPaths__", "false").parquet(path)

    def run(self, expression: Any) -> pa.Table:
        """Execute an expression and return its rows as Arrow."""
        with faults.unchanged(self._held, expression), faults.running():
            backend = self._backend if self._bound is None else self._bound.get_backend()
            return backend.to_pyarrow(expression)

    def batches(self, expression: Any, rows: int) -> Iterator[pa.Table]:
        """Execute an expression and hand its rows back a number at a time, held by the driver."""
        import pyarrow as pa

        for batch in self.run(expression).to_batches(max_chunksize=rows):
            yield pa.Table.from_batches([batch])

    def write(self, expression: Any, path: Path, about: Mapping[str, str] | None = None) -> int:
        """Execute an expression into one Parquet file, written by one Spark task."""
        import pyarrow.parquet as pq

        with (
            whole_file(path) as partial,
            faults.unchanged(self._held, expression),
            faults.running(),
        ):
            folder = partial.with_name(partial.name + ".parts")
            try:
                frame = self._session.sql(self._backend.compile(expression))
                frame.coalesce(1).write.parquet(str(folder), compression="zstd")
                (part,) = folder.glob("part-*.parquet")
                part.replace(partial)
                if about:
                    _add_metadata(partial, about)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            return int(pq.read_metadata(partial).num_rows)

    def close(self) -> None:
        """Forget the sources; the session goes on for others and ends with the process.

        Spark allows one session in a process and is slow to start: stopping it would take
        it from everyone else who holds it.
        """
        for name in self._attached:
            self._session.catalog.dropTempView(name)
        self._held.clear()
        if self._scratch is not None:
            self._scratch.close()


_SPARK = {"VARCHAR": "STRING"}


def _quoted(name: str) -> str:
    """A column's name in Spark's SQL."""
    return "`" + name.replace("`", "``") + "`"


def _text(column: Any) -> Any:
    """The one form of a text; few are changed, so that most are only looked at."""
    first_or_last = (column < "!") | (column.right(1) < "!")
    return ibis.ifelse(first_or_last | (_octets(column) != column.length()), _tidy(column), column)


def _new_session() -> Any:
    """A session in UTC with ANSI arithmetic, quiet, on this machine unless told otherwise."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as reason:
        raise ExitlineError(
            "Spark is not installed",
            expected="PySpark and Java 17 or later",
            got="no PySpark",
            remedy=install_extra("spark") + ", and install a Java runtime",
        ) from reason
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise ExitlineError(
            "Spark needs Java",
            expected="a Java runtime, version 17 or later",
            got="no java on the path",
            remedy="install one (Debian: default-jre-headless), or use the engine duckdb",
        )
    builder = (
        SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local[*]"))
        .appName("exitline")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .config("spark.sql.shuffle.partitions", os.environ.get("SPARK_PARTITIONS", "8"))
        .config("spark.log.level", "ERROR")
    )
    return builder.getOrCreate()


def _add_metadata(path: Path, about: Mapping[str, str]) -> None:
    """Write more key-value metadata into a Parquet file, one row group at a time.

    Parameters
    ----------
    path : Path
        Rewritten beside itself and renamed; nobody else may have it open.
    about : mapping of str to str
    """
    import pyarrow.parquet as pq

    beside = path.with_name(path.name + ".about")
    try:
        with pq.ParquetFile(path) as file:
            known = file.schema_arrow.metadata or {}
            added = {key.encode(): text.encode() for key, text in about.items()}
            schema = file.schema_arrow.with_metadata({**known, **added})
            with pq.ParquetWriter(beside, schema, compression="zstd") as writer:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group).cast(schema))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
