"""The result of one SELECT on DuckDB, SQLite or PostgreSQL, fetched as Arrow, read-only.

The query is written by the owner of the study, in the database's own SQL. It must be a
single SELECT, and the connection cannot write: a study file from somebody else can read
the database that it names, and nothing more.

This is reading, not computing: the rows are fetched once, as they would be from a file, and enter
an engine like any other table; no figure is made here. sqlglot, which comes with Ibis, is asked
only whether a text is one SELECT, before any database sees it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from exitline.errors import DataError, install_extra
from exitline.stats.data.readers import magic
from exitline.stats.data.readers.columns import plain
from exitline.stats.data.readers.names import check_names

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.held import HeldFile
    from exitline.stats.data.scannable import Source

_POSTGRES = ("postgresql://", "postgres://")


def read_sql(query: str, connection: str | Path, missing: Sequence[str] = ()) -> Source:
    """Fetch the rows of a query.

    Parameters
    ----------
    query : str
        One SELECT (WITH ... SELECT included) in the database's dialect.
    connection : str or Path
        A DuckDB or SQLite file, or ``postgresql://user@host/database``; the password is
        best left to ~/.pgpass or PGPASSWORD.
    missing : sequence of str
        Values that stand for a missing one, as written.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        When the query is not one SELECT, the database cannot be reached, or the query
        fails or returns no rows.
    """
    if str(connection).startswith(_POSTGRES):
        check_query(query, "postgres")
        rows = _from_postgres(query, str(connection))
        return _source(rows, shown(connection), None, missing)
    return _rows_of(Path(connection), query, missing)


def read_database(
    held: HeldFile, *, query: str | None = None, missing: Sequence[str] = ()
) -> Source:
    """Fetch the rows of a query on a DuckDB or SQLite file, opened read-only.

    Parameters
    ----------
    held : HeldFile
    query : str, optional
        None is an error that asks for the query.
    missing : sequence of str
        Values that stand for a missing one, as written.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        As `read_sql`.
    """
    path = held.path
    if query is None:
        raise DataError(
            "a database needs a query",
            where=path.name,
            expected="{sql: SELECT ..., connection: " + path.name + "}",
            got="the path alone",
            remedy="say which rows to read with a SELECT",
        )
    return _rows_of(path, query, missing)


def _rows_of(path: Path, query: str, missing: Sequence[str]) -> Source:
    """The rows of a query on a DuckDB or SQLite file."""
    sqlite = _is_sqlite(path)
    check_query(query, "sqlite" if sqlite else "duckdb")
    table = _from_sqlite(query, path) if sqlite else _from_duckdb(query, path)
    return _source(table, path.name, path, missing)


def check_query(query: str, dialect: str) -> None:
    """Refuse anything but one SELECT.

    Parameters
    ----------
    query : str
    dialect : {"duckdb", "sqlite", "postgres"}

    Raises
    ------
    DataError

    Examples
    --------
    >>> check_query("WITH a AS (SELECT 1 AS x) SELECT x FROM a", "duckdb")
    >>> check_query("DROP TABLE households", "duckdb")
    Traceback (most recent call last):
    ...
    exitline.errors.DataError: the query is not a single SELECT
      where:    data, sql
      expected: one SELECT statement
      got:      DROP
      remedy:   write a query that only reads
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = [s for s in sqlglot.parse(query, dialect=dialect) if s is not None]
    except SqlglotError as reason:
        raise _refused("text that is not SQL") from reason
    if len(statements) != 1:
        raise _refused(f"{len(statements)} statements")
    if not isinstance(statements[0], exp.Query):
        raise _refused(statements[0].key.upper())
    writes = (exp.Into, exp.DML, exp.DDL, exp.Command)
    found = [node for node in statements[0].walk() if isinstance(node, writes)]
    inside = [node for node in found if not isinstance(node, exp.Query)]
    if inside:
        raise _refused(f"a SELECT with {inside[0].key.upper()} inside")


def shown(connection: str | Path) -> str:
    """A connection as it may be shown: without user name and password.

    Parameters
    ----------
    connection : str or Path

    Examples
    --------
    >>> shown("postgresql://ana:secret@db.example.org/registry?sslmode=require")
    'postgresql://db.example.org/registry'
    """
    if not str(connection).startswith(_POSTGRES):
        return Path(connection).name
    return re.sub(r"\?.*$", "", re.sub(r"//[^/]*@", "//", str(connection)))


def _from_duckdb(query: str, path: Path) -> pa.Table:
    """Rows of a query on a DuckDB file that can be neither written nor left."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoload_known_extensions": "false",
    }
    try:
        with duckdb.connect(str(path), read_only=True, config=settings) as connection:
            return connection.execute(query).to_arrow_table()
    except duckdb.Error as reason:
        raise _failed(path.name, reason) from reason


def _from_sqlite(query: str, path: Path) -> pa.Table:
    """Rows of a query on an SQLite file opened read-only."""
    try:
        import adbc_driver_sqlite.dbapi as adbc
    except ImportError as reason:
        raise _not_installed("adbc-driver-sqlite") from reason
    try:
        with adbc.connect(f"{path.resolve().as_uri()}?mode=ro") as connection:
            return _fetch(connection, query)
    except adbc.Error as reason:
        raise _failed(path.name, reason) from reason


def _from_postgres(query: str, connection: str) -> pa.Table:
    """Rows of a query on PostgreSQL, in a transaction that cannot write."""
    try:
        import adbc_driver_postgresql.dbapi as adbc
    except ImportError as reason:
        raise _not_installed("adbc-driver-postgresql") from reason
    try:
        with adbc.connect(connection) as opened:
            with opened.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            return _fetch(opened, query)
    except adbc.Error as reason:
        raise _failed(shown(connection), reason, secret=connection) from reason


def _fetch(connection: object, query: str) -> pa.Table:
    """All rows of a query as one Arrow table."""
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(query)
        return cursor.fetch_arrow_table()


def _source(table: pa.Table, where: str, path: Path | None, missing: Sequence[str]) -> Source:
    """The fetched rows, checked for names and emptiness."""
    from exitline.stats.data.scannable import Source

    check_names(table.column_names, where)
    if table.num_rows == 0:
        raise DataError(
            "the query returns no rows",
            where=where,
            expected="at least one household",
            got="0 rows",
            remedy="run the query in the database's own client and correct its conditions",
        )
    options = MappingProxyType({"missing": tuple(missing)} if missing else {})
    return Source(kind="arrow", path=path, table=plain(table), options=options)


def _is_sqlite(path: Path) -> bool:
    magic.kind_of(path)
    with path.open("rb") as handle:
        return handle.read(16).startswith(b"SQLite format 3")


def _refused(got: str) -> DataError:
    return DataError(
        "the query is not a single SELECT",
        where="data, sql",
        expected="one SELECT statement",
        got=got,
        remedy="write a query that only reads",
    )


def _failed(where: str, reason: Exception, secret: str = "") -> DataError:
    """What the database said, in its first line, without the connection's secrets."""
    said = (str(reason).strip().splitlines() or [type(reason).__name__])[0][:200]
    password = re.search(r"//[^/@]*:([^@]*)@", secret)
    if password and password.group(1):
        said = said.replace(password.group(1), "***")
    return DataError(
        "the database did not answer the query",
        where=where,
        expected="a database that can be reached and a query that it understands",
        got=said,
        remedy="try the query in the database's own client; check host, user and table names",
    )


def _not_installed(package: str) -> DataError:
    return DataError(
        "the driver for this database is not installed",
        expected=package,
        got="nothing",
        remedy=install_extra("sql"),
    )
