"""Whom figures refer to: persons, or households; and of exits, only those who were poor."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from exitline.api import run
from exitline.cli import main
from exitline.stats.measure.catalogue import counting

CASES = Path(__file__).parents[1] / "data/cases"
RULE = """
standard: simple
title: Simple
jurisdiction: here
valid: {from: 2000-01-01, to: 2099-12-31}
sources: {own: {title: Written for this test, publisher: exitline, date: "2026"}}
columns:
  welfare: {meaning: consumption, unit: USD per person per year, type: number}
lines:
  basic: {label: Basic, unit: USD per person per year, boundary: "<", value: 5, source: own}
household:
  source: own
  poor: welfare < line('basic')
  exits:
    village: {label: Not poor, condition: NOT poor}
    poor: {label: Fed, condition: welfare > 2}
"""


def ran(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def survey(folder: Path, columns: str = "", times: int = 12) -> Path:
    """A study of 4 x times households in two villages, under a rule whose criteria are called
    like columns."""
    homes = pd.DataFrame(
        {
            "hid": range(4 * times),
            "y": [1.0, 3.0, 6.0, 7.0] * times,
            "vid": [101] * 2 * times + [102] * 2 * times,
            "reg": [1, 1, 1, 0] * times,
            "size": [9] * 4 * times,
            "flag_met": [0.5] * 4 * times,
        }
    )
    homes.to_csv(folder / "homes.csv", index=False)
    (folder / "rule.yaml").write_text(RULE)
    (folder / "study.yaml").write_text(
        "study: Homes\nstandard: rule.yaml\ndata: {households: homes.csv}\n"
        f"period: year\ncolumns: {{household: hid, welfare: y{columns}}}\n"
        "levels: {village: vid}\ndesign: {census: true}\n"
        "lines: [basic]\nmeasures: [headcount, poor_count]\n"
    )
    return folder / "study.yaml"


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
@pytest.mark.parametrize(
    ("name", "rows", "people"),
    [("person.yaml", 48, "persons"), ("persons-no-size.yaml", 24, "households")],
)
def test_persons_without_a_size_run(
    name: str, rows: int, people: str, engine: str, tmp_path: Path
) -> None:
    done = run(CASES / name, tmp_path / "out", engine=engine)
    found = done.estimates.find(measure="headcount", by="")
    assert (found.n, found.population) == (rows, rows)
    about = json.loads((tmp_path / "out/run.json").read_text())["about"]
    assert about["counted"] == people
    assert about["measures"]["headcount"]["label"] == f"Poor {people}, share"


@pytest.mark.parametrize(
    ("name", "people"), [("person", "persons"), ("persons-no-size", "households")]
)
def test_every_command_takes_them_and_says_whom_it_counts(
    name: str, people: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study, out = str(CASES / f"{name}.yaml"), str(tmp_path / "out")
    other = {"persons": "households", "households": "persons"}[people]
    assert ran("check", study) == 0
    assert "can be run" in capsys.readouterr().out
    assert ran("run", study, "--out", out) == 0
    said = capsys.readouterr().out
    assert f"poor {people}, share" in said
    assert other not in said
    assert ran("explore", out, "--out", str(tmp_path / "page.html")) == 0
    page = (tmp_path / "page.html").read_text()
    assert f"Poor {people}, share" in page
    assert f"{{0}} {people} looked at" in page
    assert f"{{0}} {other} looked at" not in page
    capsys.readouterr()
    file, unit = ("p.dta", "person") if people == "persons" else ("h.dta", "household")
    data = str(CASES / file)
    if people == "households":
        assert ran("estimate", data, "--welfare", "y", "--line", "5", "--census") == 0
        assert "poor households, share" in capsys.readouterr().out
    asked = ["--measure", "count", "--unit", unit, "--census"]
    assert ran("estimate", data, *asked) == 0
    said = capsys.readouterr().out
    assert people in said
    assert other not in said


def test_the_words_of_a_measure_follow_what_is_counted() -> None:
    assert counting("poor_count", "households").label == "poor households"
    assert counting("headcount", "persons").label == "poor persons, share"
    assert counting("household_headcount", "persons", "persons").label == "poor persons, share"


def test_criteria_called_like_columns_leave_them_alone(tmp_path: Path) -> None:
    done = run(survey(tmp_path), tmp_path / "out")
    homes = pd.read_parquet(done.folder / "household_decisions.parquet").sort_values("household")
    assert homes["village"].tolist() == [101] * 24 + [102] * 24
    assert homes["poor"].tolist() == [True, True, False, False] * 12
    assert homes["criterion_village"].tolist() == [False, False, True, True] * 12
    assert homes["criterion_poor"].tolist() == [False, True, True, True] * 12
    assert homes["outcome"].tolist() == ["not met", "not met", "met", "met"] * 12
    assert done.households == {"met": 24.0, "not met": 24.0, "cannot tell": 0.0}


def test_a_table_by_village_keeps_the_villages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = str(survey(tmp_path))
    shown = ["--rows", "village", "--columns", "criterion_village"]
    assert ran("table", study, *shown) == 0
    said = capsys.readouterr().out
    assert "101" in said
    assert "102" in said


def test_nobody_exits_where_nobody_was_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("run", str(survey(tmp_path)), "--out", str(tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert "above the line" in said
    assert "meets the exit rule" not in said
    page = (tmp_path / "out/report.html").read_text()
    assert "Where households stand" in page
    assert "Who meets the exit rule" not in page


def test_with_a_before_only_those_who_were_poor_meet_the_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = survey(tmp_path, ", was_poor: reg")
    assert ran("run", str(study), "--out", str(tmp_path / "out")) == 0
    assert "Who meets the exit rule" in capsys.readouterr().out
    homes = pd.read_parquet(tmp_path / "out/household_decisions.parquet").sort_values("household")
    assert homes["outcome"].fillna("none").tolist() == ["not met", "not met", "met", "none"] * 12
    assert "that were poor or registered before" in (tmp_path / "out/report.html").read_text()


def test_outcomes_of_few_households_are_hidden_not_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("run", str(survey(tmp_path, times=3)), "--out", str(tmp_path / "out")) == 0
    assert "suppressed" in capsys.readouterr().out
    assert "suppressed" in (tmp_path / "out/report.html").read_text()


def test_a_study_of_persons_says_where_persons_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = survey(tmp_path)
    pd.DataFrame({"hid": [*range(48), *range(48)]}).to_csv(tmp_path / "people.csv", index=False)
    text = path.read_text().replace(
        "homes.csv", "homes.csv, persons: people.csv, on: hid, unit: person"
    )
    path.write_text(text)
    assert ran("run", str(path), "--out", str(tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert "Where persons stand" in said
    assert "ouseholds" not in said
    page = (tmp_path / "out/report.html").read_text()
    assert "Persons: 48 above the line, 48 below the line" in " ".join(page.split())
