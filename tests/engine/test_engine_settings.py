"""What the environment may ask of an engine, and what an engine may not do."""

from __future__ import annotations

import pandas as pd
import pytest

from exitline.cli import call
from exitline.engine.duckdb import DuckDB
from exitline.engine.settings import settings
from exitline.errors import ExitlineError

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


def test_an_engine_loads_no_code_and_sees_no_table_of_python():
    engine = DuckDB(threads=1)
    frame = pd.DataFrame({"y": [1.0]})
    assert len(frame) == 1
    for query in (
        "SELECT * FROM frame", "SET memory_limit = '1GB'", "INSTALL httpfs FROM community",
        "SELECT * FROM 'http://x/y.parquet'",
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"frame|locked|disabled|httpfs|HTTP|xtension"):
            engine._backend.con.execute(query).fetchall()
    engine.close()
