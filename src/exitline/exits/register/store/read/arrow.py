"""Whole tables of the register as Arrow, by ADBC: a million rows without a row in Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import install_extra
from exitline.exits.register.store.addresses import sqlite_file
from exitline.exits.register.store.errors import StoreError, StoreGoneError
from exitline.exits.register.store.opening import Store
from exitline.files import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

_PATH = re.compile(r"[0-9A-Za-z_/~-]*")


@contextmanager
def reading(store: Store, query: str, schema: pa.Schema) -> Iterator[pa.RecordBatchReader]:
    """The rows of a query in pieces, as far as the scope.

    Parameters
    ----------
    store : Store
        Opened by its address.
    query : str
        A SELECT without parameters: see `day` and `within`.
    schema : pyarrow.Schema
        What its columns are: SQLite has neither days nor truth.

    Raises
    ------
    StoreError
        When the database cannot be reached.
    """
    import pyarrow as pa

    adbc, target = _driver(store)
    try:
        with adbc.connect(target) as connection, connection.cursor() as cursor:
            if store.postgres:
                low, high = (literal(bound) for bound in store.scope.bounds)
                cursor.execute(
                    f"SELECT set_config('exitline.area_from', {low}, true),"
                    f" set_config('exitline.area_to', {high}, true)"
                )
            for setting in settings(store):
                cursor.execute(setting)
            cursor.execute(query)
            reader = cursor.fetch_record_batch()
            pieces = (_as(batch, schema) for batch in reader)
            yield pa.RecordBatchReader.from_batches(schema, pieces)
    except adbc.Error as reason:
        raise StoreGoneError(
            "the database cannot be reached, or gave up",
            where=store.address,
            expected="a database that answers",
            got=str(reason).strip().partition("\n")[0][:200],
            remedy="start the database, then try again",
        ) from reason


def settings(store: Store) -> tuple[str, ...]:
    """What PostgreSQL's planner is told before a question to a whole area.

    Row-level security looks like a narrow range of paths to it: it would compare every household
    with every card (of 300,000 each, for hours), and, for the whole register, walk an index over
    all rows (25 s instead of 2.5 s for ten million).

    Parameters
    ----------
    store : Store
    """
    if not store.postgres:
        return ()
    ways = ("nestloop",) if store.scope.path else ("nestloop", "indexscan", "bitmapscan")
    return tuple(f"SET LOCAL enable_{way} = off" for way in ways)


def table(store: Store, query: str, schema: pa.Schema) -> pa.Table:
    """The rows of a query as one table."""
    with reading(store, query, schema) as reader:
        return reader.read_all()


def write(store: Store, query: str, schema: pa.Schema, path: str | Path) -> int:
    """Write the rows of a query into one Parquet file, whole, in constant memory; how many."""
    import pyarrow.parquet as pq

    rows = 0
    with (
        whole_file(path) as partial,
        reading(store, query, schema) as reader,
        pq.ParquetWriter(partial, schema, compression="zstd") as writer,
    ):
        for batch in reader:
            rows += batch.num_rows
            writer.write_batch(batch)
    return rows


def day(value: date) -> str:
    """A day as a literal of SQL.

    Examples
    --------
    >>> day(date(2016, 5, 1))
    "'2016-05-01'"
    """
    return f"'{value.isoformat()}'"


def literal(path: str) -> str:
    """A path as a literal of SQL.

    Raises
    ------
    StoreError
        For characters that no path has.
    """
    if not _PATH.fullmatch(path):
        raise StoreError("this is not the path of an area", got=repr(path[:40]))
    return f"'{path}'"


def within(store: Store, name: str) -> str:
    """The condition that rows of a table lie in the scope."""
    if not store.scope.path:
        return "1 = 1"
    low, high = (literal(bound) for bound in store.scope.bounds)
    return f"{name}.path >= {low} AND {name}.path < {high}"


def _driver(store: Store) -> tuple[Any, str]:
    """The driver, and what it connects to."""
    file = sqlite_file(store.url)
    name = "adbc-driver-sqlite" if file is not None else "adbc-driver-postgresql"
    try:
        if file is not None:
            import adbc_driver_sqlite.dbapi as adbc

            return adbc, f"{file.resolve().as_uri()}?mode=ro"
        import adbc_driver_postgresql.dbapi as adbc_postgres
    except ImportError as reason:
        raise StoreError(
            f"this needs {name}", got="not installed", remedy=install_extra("register")
        ) from reason
    return adbc_postgres, store.url


def _as(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A piece with the columns that were said."""
    import pyarrow as pa

    columns = [
        pa.nulls(len(column), f.type)  # SQLite says of what, only where something is
        if column.null_count == len(column)
        else column.cast(f.type)
        for column, f in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
