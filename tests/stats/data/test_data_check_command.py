"""exitline check: what it prints, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from exitline.api import check, run
from exitline.cli import main

STUDY = """
study: Small survey
data: {households: small.parquet}
columns: {household: hid, welfare: y, size: n}
design: {weight: w, strata: s, psu: p}
areas: [region]
lines: [100]
"""


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture
def study(tmp_path: Path, small: pd.DataFrame) -> Path:
    """A study without fault in a folder of its own."""
    small.to_parquet(tmp_path / "small.parquet")
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path / "study.yaml"


def test_a_study_that_can_be_run(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("check", str(study)) == 0
    out = capsys.readouterr().out
    assert out == "Small survey: 0 errors, 0 warnings. The study can be run.\n"


def test_errors_come_first_and_end_with_status_1(
    study: Path, small: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    small.loc[3, "y"] = None
    small.loc[4, "y"] = -1.0
    small["p"] = [0] * 4 + [1] * 4 + [9] * 8
    small.to_parquet(study.parent / "small.parquet")
    assert _run("check", str(study)) == 1
    out = capsys.readouterr().out
    assert out.index("Errors") < out.index("Warnings")
    assert "2 errors, 2 warnings. The study cannot be run as it stands." in out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "KX-" not in out


def test_json_holds_every_finding(
    study: Path, small: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    small.loc[3, "w"] = -2.0
    small.to_parquet(study.parent / "small.parquet")
    assert _run("check", str(study), "--json") == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert finding == {
        "severity": "error",
        "check": "zero or negative",
        "message": "1 of 16 rows has a negative weight",
        "where": "weight = w",
        "count": 1,
        "remedy": "use the design weight",
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("small.parquet", "smal.parquet", ["no such file", "did you mean 'small.parquet'"]),
        ("welfare: y", "welfare: yy", ["there is no column 'yy'", "study.yaml:4"]),
        ("welfare: y", "welfare: region", ["contains text, not numbers", "columns.welfare"]),
        ("lines: [100]", "lines: [poor]", ["there is no line 'poor'", "study.yaml:7"]),
        ("weight: w", "wieght: w", ["there is no key 'wieght'", "did you mean 'weight'"]),
        ("size: n", "size: 'read_csv(n)'", ["'read_csv' is not allowed", "columns.size"]),
        ("study: Small", "standard: no-such\nstudy: Small", ["no-such"]),
    ],
)  # fmt: skip
def test_a_study_that_cannot_be_read(
    study: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: list[str]
) -> None:
    study.write_text(STUDY.replace(old, new))
    assert _run("check", str(study), "--json") == 1
    captured = capsys.readouterr()
    found = json.loads(captured.out) if captured.out else []
    words = " ".join([captured.err, *(str(v) for f in found for v in f.values())])
    assert all(text in " ".join(words.split()) for text in said), words
    assert "Traceback" not in words
    assert bool(captured.out) != bool(captured.err)


def test_text_in_a_number_of_a_csv_is_found_wherever_it_stands(
    study: Path, small: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    big = pd.concat([small] * 3000, ignore_index=True).astype({"y": "object"})
    big.loc[len(big) - 1, "y"] = "not asked"
    big.to_csv(study.parent / "small.csv", index=False)
    study.write_text(STUDY.replace("small.parquet", "small.csv"))
    assert _run("check", str(study), "--json") == 1
    (fault,) = json.loads(capsys.readouterr().out)
    assert "the column 'y' is used as a number and contains text" in fault["message"]
    assert "small.csv, line 48001" in fault["where"]
    assert "text in 1 of 48,000 rows" in fault["message"]
    assert "not asked" not in str(fault)
    study.write_text(STUDY.replace("small.parquet", "{path: small.csv, missing: not asked}"))
    assert _run("check", str(study), "--json") == 1
    found = {f["check"]: f["message"] for f in json.loads(capsys.readouterr().out)}
    assert found["missing"] == "1 of 48,000 rows has no welfare"


UNDECLARED = pd.DataFrame(
    {"y": [1.0, 3.0, 6.0, 7.0] * 5, "size": [900] * 20, "weight": [2.0] * 20, "psu": ["a"] * 20}
)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_a_column_that_happens_to_be_called_like_a_role_plays_none(
    engine: str, tmp_path: Path
) -> None:
    UNDECLARED.to_parquet(tmp_path / "homes.parquet")
    (tmp_path / "study.yaml").write_text(
        "study: T\ndata: {households: homes.parquet}\ncolumns: {welfare: y}\n"
        "design: {weight: weight}\nareas: [psu]\nlines: [5]\n"
    )
    found = check(tmp_path / "study.yaml", engine=engine)
    assert not [f for f in found if f.severity == "error" or "size" in f.check]
    done = run(tmp_path / "study.yaml", tmp_path / "out", engine=engine)
    whole = done.estimates.find(measure="headcount", by="")
    assert (whole.estimate, whole.population) == (0.5, 40.0)


def test_areas_and_columns_may_be_called_like_anything(tmp_path: Path) -> None:
    """Names of table methods, of our own columns, of parts of queries."""
    names = ["count", "schema", "rows", "size", "line0", "domain1", "stratum", "_use", "key0"]
    data = pd.DataFrame({name: ["x", "y"] * 10 for name in names} | {"y": [1.0, 9.0] * 10})
    data.to_parquet(tmp_path / "homes.parquet")
    (tmp_path / "study.yaml").write_text(
        "study: T\ndata: {households: homes.parquet}\ncolumns: {welfare: y}\n"
        f"areas: [{', '.join(names)}]\nlines: [5]\n"
    )
    done = run(tmp_path / "study.yaml", tmp_path / "out")
    for name in names:
        found = done.estimates.find(measure="headcount", by=name, domain="x")
        assert (found.estimate, found.n) == (1.0, 10)
