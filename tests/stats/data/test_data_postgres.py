"""A query on a PostgreSQL server that the test starts for itself, where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from exitline.errors import DataError
from exitline.stats.data import open_source
from exitline.stats.data.readers.sql import read_sql
from exitline.stats.engine.duckdb import DuckDB


def _program(name: str) -> str | None:
    """A server program, also where Debian keeps it."""
    found = shutil.which(name)
    others = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(others[-1]) if others else None)


def _as_postgres() -> list[str]:
    """The server refuses to run as root: run it as the user postgres then."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server with one table, on a socket of its own."""
    initdb, pg_ctl, psql = (_program(name) for name in ("initdb", "pg_ctl", "psql"))
    if not (initdb and pg_ctl and psql):
        pytest.skip("PostgreSQL's initdb, pg_ctl or psql is not installed")
    root = os.geteuid() == 0
    if root and (
        not shutil.which("setpriv") or "postgres" not in {u.pw_name for u in pwd.getpwall()}
    ):
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    lead = _as_postgres() if root else []
    if root:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    run = {"check": True, "capture_output": True, "timeout": 60, "cwd": folder}
    try:
        subprocess.run([*lead, initdb, "-D", str(data), "-A", "trust", "-U", "reader", "-N"], **run)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        log = str(folder / "log")
        subprocess.run(
            [*lead, pg_ctl, "-D", str(data), "-w", "-l", log, "-o", options, "start"], **run
        )
        table = (
            "CREATE TABLE h (hhid text, y double precision, n integer); "
            "INSERT INTO h VALUES ('a', 1.5, 3), ('b', NULL, 4); CREATE SEQUENCE counter"
        )
        subprocess.run(
            [psql, "-h", str(folder), "-U", "reader", "-d", "postgres", "-c", table], **run
        )
        yield f"postgresql://reader@/postgres?host={folder}"
    finally:
        subprocess.run([*lead, pg_ctl, "-D", str(data), "-m", "immediate", "stop"],
                       check=False, capture_output=True, timeout=60, cwd=folder)  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)


def test_rows_come_as_arrow(server: str, engine: DuckDB) -> None:
    source = read_sql("SELECT hhid, y * 2 AS y, n FROM h ORDER BY hhid", server)
    rows = engine.run(engine.attach(open_source(source), "h")).to_pylist()
    assert sorted(rows, key=lambda row: row["hhid"]) == [
        {"hhid": "a", "y": 3.0, "n": 3},
        {"hhid": "b", "y": None, "n": 4},
    ]


def test_a_function_that_writes_meets_a_transaction_that_cannot(server: str) -> None:
    """nextval() writes although it stands in a SELECT; the server refuses it."""
    with pytest.raises(DataError) as raised:
        read_sql("SELECT nextval('counter') AS x", server)
    assert "read-only" in str(raised.value.got)


def test_an_unknown_table_is_told_without_the_address_s_user(server: str) -> None:
    with pytest.raises(DataError) as raised:
        read_sql("SELECT * FROM nothing", server)
    assert raised.value.what == "the database did not answer the query"
    assert "reader@" not in str(raised.value)
