"""What may not be published leaves by no exit; what leaves does as it says."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from exitline.api import run
from exitline.api.exploring import build
from exitline.cli import main
from exitline.errors import ExitlineError
from exitline.proof.claim import ClaimError, RowPick, claim_estimate
from exitline.publish.explorer.page import render
from exitline.publish.notices import Notice
from exitline.publish.notices.page import as_csv
from exitline.publish.report import ReportInput
from exitline.publish.report.page import view
from exitline.publish.web.figures.answering import as_csv as answered
from exitline.stats.data import parse_study

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\uff1d1", " =1"]


def homes(folder: Path, *, twice: bool = False) -> Path:
    """A study whose areas are its households, each once or in two rows."""
    rng = np.random.default_rng(3)
    n = 60
    table = pd.DataFrame({
        "hhid": [f"SECRET-{i}" for i in range(n)], "y": rng.lognormal(4.6, 0.5, n),
        "village": [f"v{i // 20}" for i in range(n)],
    })  # fmt: skip
    if twice:
        table = pd.concat([table, table.assign(y=table["y"] * 1.1)])
    table.to_parquet(folder / "homes.parquet")
    (folder / "study.yaml").write_text(
        "study: Homes\ndata: {households: homes.parquet}\ncolumns: {household: hhid, welfare: y}\n"
        "areas: [hhid, [village, hhid]]\nlines: [100]\n"
    )
    return folder / "study.yaml"


@pytest.mark.parametrize("design", ["", "design: {census: true}\n"])
def test_no_household_is_named_by_an_area(tmp_path, capsys, design):
    study = homes(tmp_path)
    study.write_text(study.read_text() + design)
    found = run(study, tmp_path / "out")
    for name in ("report.html", "claims.json", "run.json"):
        assert "SECRET" not in (tmp_path / "out" / name).read_text()
    assert "SECRET" not in render(build([tmp_path / "out"]).payload())
    from exitline.cli.run import _plain, _show

    _show(found.published)
    assert "SECRET" not in capsys.readouterr().out
    assert "SECRET" not in json.dumps(_plain(found.published), default=str)
    assert any("are not shown: they name households" in n for n in found.published.estimates.notes)
    with pytest.raises(ClaimError):
        claim_estimate(tmp_path / "out", RowPick("headcount", by="hhid", domain="SECRET-1"))


def test_tables_of_the_analyst_are_marked_and_others_are_not_written(tmp_path):
    run("examples/imaginary-country/census.yaml", tmp_path / "out")
    record = json.loads((tmp_path / "out" / "run.json").read_text())["release"]
    for name in record["not for release"]:
        metadata = pq.read_schema(tmp_path / "out" / name).metadata
        assert metadata[b"exitline.release"].startswith(b"not for release")
    assert record["min_count"] == 10
    rows = pd.read_parquet(tmp_path / "out" / "estimates.parquet")
    (gone, *_) = rows.loc[rows["release"] == "suppressed", "domain"]
    with pytest.raises(ClaimError, match="small count"):
        claim_estimate(tmp_path / "out", RowPick("headcount", by="geo2", domain=gone))


def test_few_households_of_one_outcome_are_told_nowhere(tmp_path, capsys):
    cases = Path(__file__).parent / "cases"
    table = pd.read_csv(cases / "census-of-small-villages.csv", dtype={"hhid": str})
    table["y"], table["water"] = np.where(table.index < 7, 900.0, 9000.0), True
    table.to_csv(tmp_path / "census-of-small-villages.csv", index=False)
    for name in ("census-of-small-villages.yaml", "small-villages-standard.yaml"):
        (tmp_path / name).write_text((cases / name).read_text())
    found = run(tmp_path / "census-of-small-villages.yaml", tmp_path / "out")
    assert found.households["not met"] == 7
    assert found.hidden.outcomes
    from exitline.cli.run import _plain, _show

    _show(found.published)
    printed = capsys.readouterr().out
    assert "776" not in printed
    assert "outcome are suppressed" in " ".join(printed.split())
    assert "776" not in (tmp_path / "out" / "report.html").read_text()
    assert "776" not in (tmp_path / "out" / "claims.json").read_text().split('"claims"')[1][:2000]
    assert all(value != value for value in _plain(found.published)["households"].values())


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "-inf"])
@pytest.mark.parametrize("command", ["run", "explore", "serve", "table"])
def test_a_threshold_is_a_finite_number(command, value, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "x.yaml", "--min-count", value])
    assert end.value.code == 2
    assert "--min-count" in capsys.readouterr().err


@pytest.mark.parametrize("value", [".nan", ".inf", "-1", "'10'"])
def test_the_key_of_a_study_is_a_finite_number(value):
    with pytest.raises(ExitlineError) as caught:
        parse_study(f"{{study: a, data: {{households: h.csv}}, min_count: {value}}}")
    assert "min_count" in str(caught.value)


def test_the_study_sets_the_threshold_and_the_option_goes_before_it(tmp_path):
    text = Path("examples/albania-2012/study.yaml").read_text()
    here = Path("examples/albania-2012").absolute()
    (tmp_path / "study.yaml").write_text(
        re.sub("lival.parquet|prefectures.geojson", lambda m: str(here / m[0]), text)
        + "\nmin_count: 700\n"
    )
    found = run(tmp_path / "study.yaml", tmp_path / "a")
    assert found.hidden.min_count == 700
    assert found.hidden.areas
    assert not run(tmp_path / "study.yaml", tmp_path / "b", min_count=5).hidden.areas


def test_the_commands_of_a_report_work_as_printed(tmp_path):
    folder = tmp_path / "my study"
    folder.mkdir()
    table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0] * 30, "id": range(120)})
    (folder / "data").mkdir()
    table.to_csv(folder / "data" / "h 1.csv", index=False)
    text = (
        "study: 'Homes'   # as written\ndata:\n  households: data/h 1.csv\n"
        "columns: {welfare: y}\nlines: [2.5]\n"
    )
    (folder / "study.yaml").write_text(text)
    found = run(folder / "study.yaml", tmp_path / "results" / "one", min_count=7)
    content = ReportInput.from_run(found.published)
    shown = view(content).method
    assert shown.study == text
    assert all(text not in value for part in shown.record for _, value in part.rows)
    again, verify = shown.commands
    for line in (verify, again):
        words = shlex.split(line)
        assert words[0] == "exitline"
        code = "import sys; from exitline.cli import main; main(sys.argv[1:])"
        done = subprocess.run(
            [sys.executable, "-c", code, *words[1:]], cwd=folder, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "results/one/run.json").read_text())["release"]["min_count"] == 7


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    served = answered(["a", "b"], [{"a": text, "b": -1.5}]).decode()
    notice = Notice("t", ((text, ((text,),)),), ("reference",), date(2024, 1, 1), 7, "here")
    for sheet in (served, as_csv(notice)):
        cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
        assert f"'{text}" in cells
        assert text not in cells
    assert "-1.5" in served
