"""CSV files that once were read as something else, through the commands and the library."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from exitline.api import estimate
from exitline.cli import main
from exitline.errors import DataError
from exitline.scratch import PREFIX, Scratch, clear_leftovers
from exitline.stats.data.held import HeldFile
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.source import open_source
from exitline.stats.engine.duckdb import DuckDB

CASES = Path(__file__).parent / "cases"


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def _estimate(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> list[Any]:
    fixed = ("--measure", "headcount", "--welfare", "y", "--json")
    assert _run("estimate", str(file), *fixed, *options) == 0
    found: list[Any] = json.loads(capsys.readouterr().out)
    return found


def _refusal(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> str:
    fixed = ("--measure", "headcount", "--welfare", "y", "--line", "20")
    assert _run("estimate", str(file), *fixed, *options) == 1
    return " ".join(capsys.readouterr().err.split())


def test_no_sign_stands_for_a_comment_unless_it_is_declared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (one,) = _estimate(capsys, CASES / "hash-rows-dropped/d.csv", "--line", "20")
    assert (one["n"], one["estimate"]) == (40, 0.475)
    assert _run("check", str(CASES / "hash-rows-dropped/study.yaml")) == 0
    capsys.readouterr()
    file = CASES / "hash-rows-dropped/d.csv"
    (fewer,) = _estimate(capsys, file, "--line", "20", "--comment", "#")
    assert fewer["n"] == 36


@pytest.mark.parametrize(
    ("name", "areas"),
    [
        ("merge", ["", "01-02-03", "1-02-03"]),
        ("dates", ["", "01.02.03", "02.01.03"]),
        ("exp", ["", "10E1", "1E2", "20E0", "2E1"]),
        ("tf", ["", "F", "T"]),
    ],
)
def test_codes_are_codes(capsys: pytest.CaptureFixture[str], name: str, areas: list[str]) -> None:
    file = CASES / f"codes-read-as-dates/{name}.csv"
    rows = _estimate(capsys, file, "--line", "20", "--by", "reg")
    assert [row["domain"] for row in rows] == areas
    assert rows[0]["n"] == 40


@pytest.mark.parametrize(
    ("name", "line", "what"),
    [
        ("footer", 33, "a row has 1 field, the header has 3"),
        ("short", 22, "a row has 2 fields, the header has 3"),
        ("wider", 12, "a row has 3 fields, the header has 2"),
    ],
)
def test_a_broken_row_is_named_by_its_line(
    capsys: pytest.CaptureFixture[str], name: str, line: int, what: str
) -> None:
    said = _refusal(capsys, CASES / f"csv-broken-row-unnamed/{name}.csv")
    assert what in said
    assert f"{name}.csv, line {line}" in said


def test_a_wider_header_further_down_is_an_error_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = ["hhid,y"] + [f"{i},{i % 40}" for i in range(1000)]
    rows += ["hhid,y,zone"] + [f"{i},{i % 40},3" for i in range(2000)]
    (tmp_path / "d.csv").write_text("\n".join(rows) + "\n")
    assert "d.csv, line 1002" in _refusal(capsys, tmp_path / "d.csv")


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b'hhid,y\n1,2\n"2,3\n3,4\n', 3, "a quotation mark is not closed"),
        (b'hhid,y\n1,2\n"2"x,3\n', 3, "a quotation mark is out of place"),
        (b"hhid,y\n1,2\n2,NA\n", 3, "--missing-code NA"),
        (b"hhid,y\n1,2\n2,secret\n", 3, "contains text"),
        (b"hhid,y\n1,2\nM\xfcller,3\n", 3, "--encoding cp1252"),
    ],
)
def test_file_line_and_cause_and_no_value(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, line: int, what: str
) -> None:
    (tmp_path / "d.csv").write_bytes(content)
    said = _refusal(capsys, tmp_path / "d.csv")
    assert what in said
    assert f"d.csv, line {line}" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "content",
    [
        b"hhid,y\n1,2\r\n2,30\n3,4\r\n4,50\n",
        b"hhid,y\r\n1,2\r\n2,30\r\n3,4\r\n4,50\r\n\x1a",
        b"hhid,y\n1,2\n2,30\n3,4\n4,50\x1a\n",
        b"hhid,y\r1,2\r2,30\r3,4\r4,50\r",
        b"\xef\xbb\xbf\n\nhhid , y\n1,2\n\n2,30\n3,4\n4,50",
        b"hhid\ty\n1\t2\n2\t30\n3\t4\n4\t50\n",
        "hhid,y\n1,2\n2,30\n3,4\n4,50\n".encode("utf-16"),
        gzip.compress(b"hhid,y\n1,2\n2,30\n3,4\n4,50\n", mtime=0),
    ],
)
def test_line_ends_end_marks_and_encodings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / ("d.csv.gz" if content[:2] == b"\x1f\x8b" else "d.csv")
    file.write_bytes(content)
    options = ("--encoding", "utf-16") if content[:2] == b"\xff\xfe" else ()
    (one,) = _estimate(capsys, file, "--line", "20", *options)
    assert (one["n"], one["estimate"]) == (4, 0.5)


def test_a_cut_gzip_file_is_damaged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = "".join(f"{i},{i}\n" for i in range(100_000))
    whole = gzip.compress(f"hhid,y\n{rows}".encode())
    (tmp_path / "d.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert "the gzip file is damaged" in _refusal(capsys, tmp_path / "d.csv.gz")


def test_an_infinite_welfare_is_refused_as_in_other_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("hhid,y\n1,2\n2,Inf\n3,30\n")
    assert "infinite" in _refusal(capsys, tmp_path / "d.csv")
    (one,) = _estimate(capsys, tmp_path / "d.csv", "--line", "20", "--missing", "exclude")
    assert (one["n"], one["estimate"]) == (2, 0.5)


@pytest.mark.parametrize("study", ["plain", "missing", "encoding"])
def test_leading_zeros_whatever_is_declared(study: str, tmp_path: Path) -> None:
    from exitline.api import run

    done = run(CASES / f"leading-zeros-missing/{study}.yaml", tmp_path / "out")
    found = done.estimates.find(measure="headcount", by="")
    assert (round(found.se, 4), found.df) == (0.0856, 23)


def test_keys_written_alike_join_and_long_ids_stay_apart() -> None:
    assert _run("check", str(CASES / "leading-zeros-missing/persons.yaml")) == 0
    assert _run("check", str(CASES / "leading-zeros-missing/big.yaml")) == 0


def test_rows_that_begin_with_a_hash_are_households(tmp_path: Path) -> None:
    study = CASES / "comment-rows/study.yaml"
    assert _run("run", str(study), "--out", str(tmp_path / "out")) == 0
    record = json.loads((tmp_path / "out/run.json").read_text())
    (read,) = record["csv"]
    assert (read["rows"], read["comment"], read["quote"], read["delimiter"]) == (
        100,
        None,
        '"',
        ",",
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_path_is_a_path(ending: str) -> None:
    file = CASES / f"glob-path/d[!2].{ending}"
    assert estimate(file, "headcount", welfare="y", line=2500).find().estimate == 1.0
    of_folder = estimate(CASES / "glob-path/y[1]/a.csv", "mean", welfare="y")
    assert of_folder.find().estimate == 2000.0


@pytest.mark.spark
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_path_is_a_path_on_spark(ending: str, spark: Any) -> None:
    file = CASES / f"glob-path/d[!2].{ending}"
    found = estimate(file, "headcount", welfare="y", line=2500, engine=spark)
    assert found.find().estimate == 1.0


@pytest.mark.parametrize("name", ["d[1].csv", "d*.csv", "d?.csv", "d{1}.csv", "d!.csv", "d'\".csv"])
def test_what_is_digested_is_what_is_read(tmp_path: Path, name: str) -> None:
    from exitline.api import run

    (tmp_path / "d1.csv").write_text("y\n" + "9000\n" * 20)
    (tmp_path / name).write_text("y\n" + "2000\n" * 20)
    study: dict[str, Any] = {
        "study": "T",
        "data": {"households": name},
        "columns": {"welfare": "y"},
    }
    study |= {"design": {"census": True}, "measures": ["headcount"], "lines": [2500]}
    (tmp_path / "study.yaml").write_text(json.dumps(study))
    done = run(tmp_path / "study.yaml", tmp_path / "out")
    assert done.estimates.find(measure="headcount").estimate == 1.0
    (one,) = done.provenance["inputs"]
    assert one["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, ending: str) -> None:
    import pandas as pd

    file = tmp_path / f"d.{ending}"
    frame = pd.DataFrame({"y": [1.0, 2.0]})
    frame.to_csv(file, index=False) if ending == "csv" else frame.to_parquet(file)
    source = open_source(file)
    engine = DuckDB(threads=1)
    table = engine.attach(source, "t")
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    other.replace(file)
    with pytest.raises(DataError, match="changed while it was being read"):
        engine.run(table.count().as_table())
    engine.close()
    assert source.held is not None
    with pytest.raises(DataError, match="changed while it was being read"):
        source.held.check()


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "d.csv")
    with pytest.raises(DataError, match="not a regular file"):
        HeldFile(tmp_path / "d.csv")


def test_working_copies_go_with_their_engine_and_after_a_kill(tmp_path: Path) -> None:
    kept = Scratch(tmp_path)
    code = (
        "import sys, time; from pathlib import Path; from exitline.scratch import Scratch; "
        f"s = Scratch(Path({str(tmp_path)!r})); (s.path / 'rows').write_text('x'); "
        "print(s.path, flush=True); time.sleep(60)"
    )
    killed = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    assert clear_leftovers(tmp_path) == 0
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert left.is_dir()
    deadline = time.monotonic() + 10
    while clear_leftovers(tmp_path) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [p.name for p in tmp_path.iterdir()] == [kept.path.name]
    kept.close()
    assert not list(tmp_path.glob(f"{PREFIX}*"))


def test_a_number_declared_of_codes_with_zeros(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("reg,y\n010,1\n10,30\n7,1\n")
    by = ("--line", "20", "--by", "reg")
    areas = [row["domain"] for row in _estimate(capsys, tmp_path / "d.csv", *by)]
    assert areas == ["", "010", "10", "7"]
    areas = [r["domain"] for r in _estimate(capsys, tmp_path / "d.csv", *by, "--number", "reg")]
    assert areas == ["", "7", "10"]
    (tmp_path / "d.csv").write_text("reg,y\n1,1\n2,30\n10,1\n")
    areas = [r["domain"] for r in _estimate(capsys, tmp_path / "d.csv", *by)]
    assert areas == ["", "1", "2", "10"]


def test_a_study_declares_text_and_number(tmp_path: Path) -> None:
    from exitline.api import run

    (tmp_path / "d.csv").write_text("reg,y\n010,1\n10,30\n7,1\n07,2\n")
    text = """
    study: a
    data: {households: {path: d.csv, number: [reg]}}
    columns: {welfare: y}
    areas: [reg]
    lines: [20]
    measures: [headcount]
    """
    (tmp_path / "study.yaml").write_text(text)
    found = run(tmp_path / "study.yaml", tmp_path / "out").estimates
    assert [e.domain for e in found if e.by == "reg"] == ["7", "10"]
    (tmp_path / "study.yaml").write_text(text.replace("number: [reg]", "text: [reg]"))
    found = run(tmp_path / "study.yaml", tmp_path / "out").estimates
    assert [e.domain for e in found if e.by == "reg"] == ["010", "07", "10", "7"]


def test_strata_of_codes_are_apart_in_a_design(tmp_path: Path) -> None:
    rows = "".join(f"{s},{p},{y}\n" for s in ("1.1", "1.10") for p in range(3) for y in (1, 30))
    (tmp_path / "d.csv").write_text("st,psu,y\n" + rows)
    design = Design(strata="st", psu="psu", nest=True)
    found = estimate(tmp_path / "d.csv", "headcount", welfare="y", line=20, design=design)
    assert found.find().df == 4


def test_a_long_last_line_is_no_row_that_vanishes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The engine leaves out a last line that does not fit into its buffer of 32 MB."""
    rows = "hhid,t,y\n" + "".join(f"{i},a,{i}\n" for i in range(40))
    for length in (3_000_000, 36_000_000):
        (tmp_path / "d.csv").write_text(rows + "40," + "x" * length + ",5")
        said = _refusal(capsys, tmp_path / "d.csv")
        assert "a row is too long" in said
        assert "d.csv, line 42" in said
        assert len(said) < 1000


def test_a_mark_left_open_in_the_header_shows_no_values(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = "".join(f'{i},"secret{i}",{i}\n' for i in range(40))
    for header, told in (('hhid,"t,y\n', rows), ('hhid,"t,y\n', rows.replace('"', ""))):
        (tmp_path / "d.csv").write_text(header + told)
        said = _refusal(capsys, tmp_path / "d.csv")
        assert "d.csv, line 1" in said
        assert "secret" not in said


def test_text_of_two_bytes_a_character_without_its_mark(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        (tmp_path / "d.csv").write_bytes("hhid,y\n1,2\n2,30\n3,4\n4,50\n".encode(encoding))
        assert f"--encoding {encoding}" in _refusal(capsys, tmp_path / "d.csv")
        (one,) = _estimate(capsys, tmp_path / "d.csv", "--line", "20", "--encoding", encoding)
        assert (one["n"], one["estimate"]) == (4, 0.5)


def test_blanks_without_width_are_no_part_of_a_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = ["N", "\u200bN", "N\u2060", "\ufeffN"] * 2
    rows = "".join(f"{i},{name},{i}\n" for i, name in enumerate(names))
    (tmp_path / "d.csv").write_text("hhid,reg,y\n" + rows, encoding="utf-8")
    found = _estimate(capsys, tmp_path / "d.csv", "--line", "20", "--by", "reg")
    assert [(one["domain"], one["n"]) for one in found] == [("", 8), ("N", 8)]
