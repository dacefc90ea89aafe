"""Screens over files, and exitline screen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from exitline.cli.screen import command
from exitline.errors import DataError
from exitline.exits.screens.run import ScreenPlan, run_screens


@pytest.fixture(scope="module")
def visits() -> pd.DataFrame:
    """600 visits by 20 interviewers in 5 areas; one interviewer sends a record five times."""
    random = np.random.default_rng(11)
    rows = 600
    table = pd.DataFrame({"who": [f"i{k:02d}" for k in np.arange(rows) % 20]})
    table["area"] = [f"a{k}" for k in (np.arange(rows) % 20) // 4]
    table["county"] = [f"c{k}" for k in np.arange(rows) % 10]
    table["income"] = np.floor(random.lognormal(8.3, 0.5, rows))
    table["income_before"] = np.floor(table["income"] * random.lognormal(-0.1, 0.1, rows))
    for question in range(8):
        table[f"q{question}"] = random.choice(["yes", "no", "often"], rows)
    mine = table.index[table["who"] == "i07"]
    for question in range(8):
        table.loc[mine[1:5], f"q{question}"] = table.loc[mine[0], f"q{question}"]
    table.loc[mine[7:9], "q1"] = None
    return table


def plan(**changes: object) -> ScreenPlan:
    answers = tuple(f"q{k}" for k in range(8))
    given = {"value": "income", "line": 4000.0, "bin": 200.0, "before": "income_before",
             "unit": "county", "interviewer": "who", "area": "area", "answers": answers,
             "draws": 199}  # fmt: skip
    return ScreenPlan(**(given | changes))  # type: ignore[arg-type]


def test_every_screen_that_the_columns_allow_is_made(visits: pd.DataFrame) -> None:
    found = run_screens(visits, plan(unit=None, before=None, draws=999))
    assert {f.screen for f in found} == {
        "digit preference",
        "heaping above the line",
        "interviewer effect",
        "records that agree",
    }
    copies = [f for f in found if f.screen == "records that agree"]
    assert copies[0].unit == "i07"
    assert copies[0].q_value < 0.1
    assert sum(f.q_value < 0.1 for f in copies) == 1


def test_speed_of_change_by_county(visits: pd.DataFrame) -> None:
    ahead = visits.copy()
    ahead.loc[ahead["county"] == "c3", "income"] *= 2
    found = run_screens(ahead, ScreenPlan(value="income", before="income_before", unit="county"))
    first = next(f for f in found if f.screen == "speed of change")
    assert first.unit == "c3"
    assert first.statistic == pytest.approx(first.expected + np.log(2), abs=0.05)


def test_counties_of_an_assessment(tmp_path: Path) -> None:
    random = np.random.default_rng(12)
    counties = pd.DataFrame({"n": random.integers(100, 300, 150)})
    counties["wrong"] = random.binomial(counties["n"], 0.01)
    counties.loc[random.random(150) < 0.4, "wrong"] = 0
    counties.to_csv(tmp_path / "counties.csv", index=False)
    result = CliRunner().invoke(
        command, [str(tmp_path / "counties.csv"), "--sampled", "n", "--errors", "wrong", "--json"],
        catch_exceptions=False,
    )  # fmt: skip
    finding = json.loads(result.output)[0]
    assert finding["statistic"] == int((counties["wrong"] == 0).sum())
    assert finding["p_value"] <= 0.001
    assert "would be enough" in finding["detail"]


def test_the_table_names_null_and_ordinary_causes(visits: pd.DataFrame, tmp_path: Path) -> None:
    visits.to_parquet(tmp_path / "visits.parquet")
    output = CliRunner().invoke(
        command,
        [str(tmp_path / "visits.parquet"), "--value", "income", "--interviewer", "who",
         "--area", "area", "--answer", "q1", "--answer", "q2", "--answer", "q3",
         "--draws", "99", "--top", "3"],
        catch_exceptions=False,
    ).output  # fmt: skip
    for words in ("Digit preference:", "Interviewer effect:", "Null:", "adjusted p", "usual cause"):
        assert words in output


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"value": "incom"}, "no column 'incom'"),
        ({"value": "who"}, "does not hold numbers"),
        ({"sampled": "income", "errors": "income_before", "value": None}, "do not fit"),
        ({"value": None, "answers": ()}, "too few for any screen"),
        ({"bin": -1.0}, "no density can be fitted"),
    ],
)
def test_what_cannot_be_screened_is_told(
    visits: pd.DataFrame, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(DataError) as caught:
        run_screens(visits, plan(**changes))
    assert says in caught.value.what


@pytest.mark.parametrize("value", [1e302, np.inf])
def test_numbers_without_digits_are_refused(visits, value):
    """Beyond 10^20 a floating-point number has no last digit; it was a fault of status 70."""
    with pytest.raises(DataError, match="beyond 10"):
        run_screens(visits.assign(income=visits.income.where(visits.index > 0, value)), plan())
