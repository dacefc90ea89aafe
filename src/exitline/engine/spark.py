"""Spark, where one machine is too small: local mode, or the cluster of the environment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt

from exitline.data.values import BLANKS
from exitline.engine import faults
from exitline.engine.metadata import add_metadata
from exitline.engine.written import as_written, function
from exitline.errors import ExitlineError
from exitline.files import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.data.source import Source


_trim = function("btrim", [dt.string, dt.string], dt.string)


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
        self._backend = ibis.pyspark.connect(self._session)
        self._bound: Any = None

    def attach(self, source: Source, name: str) -> Any:
        """Make a source known under a name; see `Engine.attach`."""
        if source.kind == "ibis":
            self._bound = source.table
            return as_written(source.table)
        with faults.reading(source):
            if source.kind == "parquet":
                frame = self._session.read.parquet(str(source.path))
            elif source.kind == "csv":
                frame = self._session.read.csv(
                    str(source.path), header=True, inferSchema=True, mode="FAILFAST"
                )
            else:
                assert source.table is not None
                frame = self._session.createDataFrame(source.table)
            frame.createOrReplaceTempView(f"{name}_as_read")
            read = self._backend.table(f"{name}_as_read")
            clean = as_written(read, source.options.get("missing", ()), text=_text)
            self._session.sql(self._backend.compile(clean)).createOrReplaceTempView(name)
            self._attached |= {name, f"{name}_as_read"}
        return ibis.table(clean.schema(), name=name)

    def run(self, expression: Any) -> pa.Table:
        """Execute an expression and return its rows as Arrow."""
        with faults.running():
            if self._bound is not None:
                return self._bound.get_backend().to_pyarrow(expression)
            return self._backend.to_pyarrow(expression)

    def write(self, expression: Any, path: Path, about: Mapping[str, str] | None = None) -> int:
        """Execute an expression into one Parquet file, written by one Spark task."""
        import pyarrow.parquet as pq

        with whole_file(path) as partial, faults.running():
            folder = partial.with_name(partial.name + ".parts")
            try:
                frame = self._session.sql(self._backend.compile(expression))
                frame.coalesce(1).write.parquet(str(folder), compression="zstd")
                (part,) = folder.glob("part-*.parquet")
                part.replace(partial)
                if about:
                    add_metadata(partial, about)
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


def _text(column: Any) -> Any:
    """The one form of a text."""
    return _trim(column, BLANKS)


def _new_session() -> Any:
    """A session in UTC with ANSI arithmetic, quiet, on this machine unless told otherwise."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as reason:
        raise ExitlineError(
            "Spark is not installed",
            expected="PySpark and Java 17 or later",
            got="no PySpark",
            remedy="pip install 'exitline[spark]', and install a Java runtime",
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
