"""What the environment may ask of an engine, and what an engine may not do."""

from __future__ import annotations

import duckdb
import ibis
import pandas as pd
import pyarrow.parquet as pq
import pytest

from exitline.cli import call
from exitline.errors import DataError, ExitlineError
from exitline.scratch import Scratch
from exitline.stats.data.source import open_source
from exitline.stats.engine.duckdb import DuckDB, connected, opened
from exitline.stats.engine.settings import settings

BAD_THREADS = ("abc", "-1", "1.5", "9" * 30, "1e3", "nan", "2000", "٣", "1;2")
BAD_MEMORY = (
    "abc",
    "-1GB",
    "3",
    "GB",
    "1e3GB",
    "nanGB",
    "0GB",
    "3GB; DROP",
    "٣GB",
    "9" * 99 + "GB",
)


@pytest.mark.parametrize("text", BAD_THREADS)
def test_threads_that_are_none(monkeypatch, capsys, text):
    monkeypatch.setenv("EXITLINE_THREADS", text)
    data = ["examples/albania-2012/lival.parquet", "--welfare", "rcons", "--line", "4891"]
    assert call(["estimate", *data]) == 1
    assert "EXITLINE_THREADS" in capsys.readouterr().err


@pytest.mark.parametrize("text", BAD_MEMORY)
def test_memory_that_is_none(monkeypatch, text):
    monkeypatch.setenv("EXITLINE_MEMORY", text)
    with pytest.raises(ExitlineError, match="size of memory"):
        settings()


@pytest.mark.parametrize("text", ["500MB", "3 GB", "1.5GiB", "2tb", " 1GB "])
def test_memory_as_people_write_it(monkeypatch, text):
    monkeypatch.setenv("EXITLINE_MEMORY", text)
    DuckDB().close()


REFUSED = (
    "SELECT * FROM frame",
    "SET memory_limit = '1GB'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET temp_directory = '/tmp'",
    "INSTALL httpfs",
    "INSTALL httpfs FROM community",
    "LOAD httpfs",
    "SELECT * FROM 'http://x/y.parquet'",
    "SELECT * FROM 's3://x/y.parquet'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_csv('{folder}/other.csv')",
    "SELECT * FROM '{folder}/other.parquet'",
    "SELECT * FROM '{folder}/*.parquet'",
    "SELECT * FROM '{folder}/down/../other.parquet'",
    "SELECT * FROM '{folder}/link.parquet'",
    "COPY (SELECT 1) TO '{folder}/new.csv'",
    "COPY (SELECT 1) TO '{folder}/other.parquet' (FORMAT parquet)",
    "EXPORT DATABASE '{folder}/all'",
    "IMPORT DATABASE '{folder}/all'",
    "ATTACH '{folder}/new.db'",
    "ATTACH '{folder}/there.db' (READ_ONLY)",
)
"""What a connection that reads one file may not do."""


@pytest.fixture
def named(tmp_path):
    """A folder with a file that is named to an engine, and others that are not."""
    for name in ("named.parquet", "other.parquet"):
        pd.DataFrame({"y": [1.0, 3.0]}).to_parquet(tmp_path / name)
    (tmp_path / "named.csv").write_text("y\n1.5\n2.5\n")
    (tmp_path / "other.csv").write_text("y\n1.5\n")
    (tmp_path / "down").mkdir()
    (tmp_path / "link.parquet").symlink_to(tmp_path / "other.parquet")
    duckdb.connect(str(tmp_path / "there.db")).close()
    return tmp_path


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_connection_opens_nothing_but_the_files_named(named, kind):
    before = sorted(named.iterdir())
    with opened(threads=1) as engine:
        table = engine.attach(open_source(named / f"named.{kind}"), "t")
        frame = pd.DataFrame({"y": [1.0]})
        assert len(frame) == 1
        for query in REFUSED:
            with pytest.raises(duckdb.Error, match=r"frame|locked|disabled|access|httpfs|install"):
                engine._backend.con.execute(query.format(folder=named)).fetchall()
        assert engine.run(table.aggregate(s=table.y.sum()))["s"][0].as_py() == 4
    assert sorted(named.iterdir()) == before


def test_the_connection_that_types_for_spark_opens_nothing_else(named):
    backend = connected(Scratch().path, [str(named / "named.csv")])
    for query in REFUSED:
        with pytest.raises(duckdb.Error, match=r"frame|locked|disabled|access|httpfs|install"):
            backend.con.execute(query.format(folder=named)).fetchall()


def test_files_named_later_and_files_written_are_open_too(named):
    with opened(threads=1) as engine:
        one = engine.attach(open_source(named / "named.parquet"), "one")
        rows = engine.attach(open_source(pd.DataFrame({"y": [1.0, 1.5], "z": [5.0, 6.0]})), "rows")
        assert engine.run(one.count()).as_py() == 2
        two = engine.attach(open_source(named / "other.csv"), "two")
        all_of_it = one.union(two).join(rows, "y").select("y", "z").order_by("z")
        assert engine.run(all_of_it)["z"].to_pylist() == [5.0, 6.0]
        assert engine.write(all_of_it, named / "out 'x[1].parquet") == 2
        assert engine.run(all_of_it.count()).as_py() == 2
        with pytest.raises(duckdb.Error, match="disabled"):
            engine._backend.con.execute(f"SELECT * FROM '{named / 'other.parquet'}'")


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_file_that_goes_is_said_to_have_changed(named, kind, how):
    path = named / f"named.{kind}"
    with opened(threads=1) as engine:
        source = open_source(path)
        if how == "removed":
            path.unlink()
        else:
            (named / f"other.{kind}").rename(path)
        with pytest.raises(DataError, match="changed while it was being read"):
            engine.attach(source, "t")


def test_what_does_not_fit_in_memory_lies_in_the_private_folder():
    with opened(threads=1) as engine:
        (at,) = engine._backend.con.execute("SELECT current_setting('temp_directory')").fetchone()
        assert str(engine._connection.scratch.path) in at


def test_a_connection_that_waited_knows_no_table_of_before_and_none_waits_after_a_fault(named):
    rows = open_source(pd.DataFrame({"y": [1.0, 2.0]}))
    with opened(threads=7) as first:
        first.run(first.attach(rows, "t").count())
        used = first._connection
    with opened(threads=7) as second, opened(threads=6) as other:
        assert second._backend is used.backend
        assert other._backend is not used.backend
        assert (
            second._backend.con.execute("FROM duckdb_views() WHERE NOT internal").fetchall() == []
        )
        for name in ("t", "t_as_read"):
            with pytest.raises(duckdb.Error, match="does not exist"):
                second._backend.con.execute(f"FROM {name}")
        again = second.attach(rows, "t")
        with pytest.raises(DataError, match="Catalog Error"):
            second.run(again.mutate(z=ibis.table({"y": "float64"}, name="no").y.sum()).count())
    with opened(threads=7) as third:
        assert third._backend is not used.backend
        third.attach(open_source(named / "named.parquet"), "file")
        held = third._connection
    with opened(threads=7) as fourth:
        assert fourth._backend is not held.backend


def test_what_a_written_file_says_of_itself(tmp_path):
    about = {'it\'s "a" key': "x 'y' \u4e34\n{z}", "other": '{"a": [1]}'}
    with opened(threads=1) as engine:
        table = engine.attach(open_source(pd.DataFrame({"y": [1.0, 2.0]})), "t")
        assert engine.write(table, tmp_path / "a.parquet", about) == 2
    found = pq.read_metadata(tmp_path / "a.parquet").metadata
    assert {key: found[key.encode()].decode() for key in about} == about
