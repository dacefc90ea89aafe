"""Bad input at the command line: a clear message, status 1, nothing half-written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exitline.cli import main

STUDY = """
study: Bad input
standard: albania-2012
year: 2012
period: month
data: {households: homes.parquet}
columns: {welfare: y, size: n}
design: {weight: w, strata: s, psu: p}
areas: [region]
lines: [absolute]
"""


def homes() -> pd.DataFrame:
    """Eight strata x 3 PSUs x 4 households."""
    rng = np.random.default_rng(0)
    rows = 96
    return pd.DataFrame({
        "y": rng.lognormal(9, 0.5, rows), "n": rng.integers(1, 7, rows), "w": 10.0,
        "s": np.repeat(np.arange(8), 12), "p": np.repeat(np.arange(24), 4),
        "region": np.where(np.arange(rows) < 48, "north", "south"),
    })  # fmt: skip


@pytest.fixture
def attempt(tmp_path, capsys) -> Callable[..., tuple[int, str]]:
    """Run a study over changed data; give back the status and what was said."""

    def run(change=lambda table: table, study: str = STUDY) -> tuple[int, str]:
        change(homes()).to_parquet(tmp_path / "homes.parquet")
        (tmp_path / "study.yaml").write_text(study)
        with pytest.raises(SystemExit) as end:
            main(["run", str(tmp_path / "study.yaml")])
        said = capsys.readouterr()
        leftovers = [p.name for p in tmp_path.iterdir() if "partial" in p.name]
        assert not leftovers
        assert "Traceback" not in said.err
        if end.value.code:
            assert not (tmp_path / "out").exists()
        return int(end.value.code or 0), " ".join((said.err + said.out).split())

    return run


def test_good_input_runs(attempt):
    assert attempt()[0] == 0


def _set(column: str, value: object, rows: slice = slice(3, 4)):
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table = table.copy()
        table[column] = table[column].astype(object if isinstance(value, str) else float)
        table.loc[table.index[rows], column] = value
        return table

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("y", np.nan), ["1 of 96 rows has no welfare", "missing: exclude"]),
        (_set("y", np.inf), ["1 of 96 rows has", "infinite", "welfare"]),
        (_set("w", -1.0), ["1 of 96 rows has a negative weight", "weight = w"]),
        (_set("w", np.nan), ["1 of 96 rows has no weight", "weight = w"]),
        (_set("w", np.inf), ["1 of 96 rows has an infinite weight", "complete the column"]),
        (_set("n", 0.0), ["1 of 96 rows has a size of zero", "correct the size"]),
        (_set("w", 0.0, slice(None)), ["no household can be used"]),
    ],
)
def test_values_that_cannot_be_used(attempt, change, words):
    status, said = attempt(change)
    assert status == 1
    for word in words:
        assert word in said


def test_zero_weights_are_left_out_and_said(attempt):
    status, said = attempt(_set("w", 0.0))
    assert status == 0
    assert "1 household left out: weight zero" in said


def test_text_in_a_number(attempt):
    status, said = attempt(lambda t: t.assign(y=["many"] + ["9000"] * 95))
    assert status == 1
    assert "expected" in said
    assert "y" in said


def test_a_column_that_is_not_there_names_the_nearest(attempt):
    status, said = attempt(lambda t: t.rename(columns={"region": "regions"}))
    assert status == 1
    assert "did you mean 'regions'?" in said


def test_a_single_psu_stratum_names_the_remedies(attempt):
    status, said = attempt(lambda t: t[(t.s != 2) | (t.p == t[t.s == 2].p.min())])
    assert status == 1
    for remedy in ("adjust", "average", "certainty", "remove"):
        assert remedy in said


def test_reused_psu_ids_ask_for_nest(attempt):
    status, said = attempt(lambda t: t.assign(p=t.p % 3))
    assert status == 1
    assert "nest: true" in said
    nested = STUDY.replace("psu: p}", "psu: p, nest: true}")
    assert attempt(lambda t: t.assign(p=t.p % 3), nested)[0] == 0


def test_domains_with_no_poor_all_poor_and_one_psu(attempt, tmp_path):
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table["region"] = np.select(
            [table.s < 3, table.s < 6, table.p == 18], ["rich", "poor", "alone"], "rest"
        )
        table["y"] = table.y.where(table.s >= 3, 9e4).where(~table.s.between(3, 5), 100.0)
        return table

    status, _ = attempt(change)
    assert status == 0
    found = pd.read_parquet(tmp_path / "out" / "estimates.parquet")
    by = found[(found.measure == "headcount") & (found.by == "region")].set_index("domain")
    assert by.estimate["rich"] == 0
    assert 0 < by.ci_high["rich"] < 0.5
    assert by.estimate["poor"] == 1
    assert 0.5 < by.ci_low["poor"] < 1
    assert np.isnan(by.se["alone"])
    assert "one PSU" in by.reason["alone"]


def test_no_file(capsys):
    with pytest.raises(SystemExit) as end:
        main(["run", "nowhere/study.yaml"])
    assert end.value.code == 1
    assert "nowhere/study.yaml" in capsys.readouterr().err


def test_an_unwritable_folder(attempt, tmp_path, capsys):
    attempt()
    (tmp_path / "file").write_text("here")
    with pytest.raises(SystemExit) as end:
        main(["run", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "file" / "out")])
    assert end.value.code == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_folder_that_holds_something_else_is_left_alone(attempt, tmp_path, capsys):
    attempt()
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(SystemExit) as end:
        main(["run", str(tmp_path / "study.yaml"), "--out", str(other)])
    assert end.value.code == 1
    assert "thesis.txt" in capsys.readouterr().err
    assert (other / "thesis.txt").read_text() == "years of work"


def test_data_outside_the_folder_are_allowed_and_shown(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    homes().to_parquet(tmp_path / "elsewhere.parquet")
    (inside / "study.yaml").write_text(STUDY.replace("homes.parquet", "../elsewhere.parquet"))
    with pytest.raises(SystemExit) as end:
        main(["run", str(inside / "study.yaml")])
    assert not end.value.code
    assert "../elsewhere.parquet" in (inside / "out" / "report.html").read_text()


def test_a_run_again_replaces_the_folder_as_a_whole(attempt, tmp_path):
    attempt()
    first = (tmp_path / "out" / "run.json").stat().st_mtime_ns
    attempt()
    assert (tmp_path / "out" / "run.json").stat().st_mtime_ns > first


@pytest.mark.parametrize("after", [0.3, 0.8, 1.2, 1.6])
def test_interrupted_runs_leave_nothing_half_written(tmp_path, after):
    shutil.copytree("examples/albania-2012", tmp_path / "a", ignore=shutil.ignore_patterns("out"))
    process = subprocess.Popen(
        [sys.executable, "-c", "from exitline.cli import main; main()", "run",
         str(tmp_path / "a" / "study.yaml")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
    )  # fmt: skip
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    out = tmp_path / "a" / "out"
    if process.returncode == 0:
        assert (out / "report.html").exists()
        return
    assert process.returncode in (130, -signal.SIGINT, 1), said
    assert not out.exists()
    assert not list(Path(tmp_path / "a").glob(".*partial*"))


def test_help_is_quick_to_import_and_names_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    for name in ("init", "check", "run", "estimate", "standards", "verify"):
        assert name in said
    heavy = ("ibis", "duckdb", "pandas", "numpy", "scipy", "pyarrow", "rich")
    code = f"import sys, exitline.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_wrong_usage_is_status_2(capsys):
    with pytest.raises(SystemExit) as end:
        main(["run"])
    assert end.value.code == 2
    with pytest.raises(SystemExit) as end:
        main(["rnu"])
    assert end.value.code == 2
    assert "did you mean 'run'?" in capsys.readouterr().err
