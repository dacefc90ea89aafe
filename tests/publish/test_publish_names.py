"""Codes of columns, values and currencies do not reach a reader."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from exitline.api import run
from exitline.api.exploring import build
from exitline.publish.content.lines import of_line
from exitline.publish.report import ReportInput
from exitline.publish.report.page import view
from exitline.rules.standard import load
from exitline.stats.data import parse_study
from exitline.stats.data.money import study_lines
from exitline.words.catalogue import language
from exitline.words.money import amount

STUDY = """
study: Two groups
standard: albania-2012
year: 2012
period: month
data: {households: homes.csv}
columns: {welfare: y, size: n}
design: {census: true}
areas: [grp, {crossing}]
labels:
  grp: {title: Group of the trial, values: {0: Control, 1: Treated}}
  urb: {values: {1: Town}}
measures: [headcount, mean]
""".replace("{crossing}", "[grp, urb]")


def test_labels_of_a_study_stand_in_every_place(tmp_path):
    homes = pd.DataFrame({"y": [4000.0, 9000.0] * 60, "n": 4, "grp": [0, 0, 1] * 40,
                          "urb": [1, 2] * 60})  # fmt: skip
    homes.to_csv(tmp_path / "homes.csv", index=False)
    (tmp_path / "study.yaml").write_text(STUDY)
    found = run(tmp_path / "study.yaml", tmp_path / "out")
    table = pd.read_parquet(tmp_path / "out" / "estimates.parquet")
    assert set(table[table.by == "grp"].domain) == {"Control", "Treated"}
    assert set(table[table.by == "grp"].code) == {"0", "1"}
    assert {"Control, Town", "Treated, 2"} <= set(table.domain)
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    seen = re.sub("<[^>]+>", " ", report.split("The study and its design")[0].split("<body>")[1])
    assert "Group of the trial" in seen
    assert "4,891 lek per person per month, in prices of 2002" in seen
    assert "lek per person per month, in prices of 2002" in seen.split("Mean welfare")[1]
    for code in (" ALL ", " grp", " urb "):
        assert code not in seen, code
    about = json.loads((tmp_path / "out" / "run.json").read_text())["about"]
    assert about["areas"]["grp"] == "Group of the trial"
    page = build([tmp_path / "out"])
    assert str(page.levels[0].title) == "Group of the trial"
    assert "列克" in language("zh").shown(page.series[0].line)
    assert found.estimates.find(by="grp", domain="Control", measure="mean").estimate > 0


@pytest.mark.parametrize(
    ("code", "value", "currency", "said"),
    [
        ("en", 4891.0, "ALL", "4,891 lek"), ("en", 2.15, "PPP", "2.15 international dollars"),
        ("en", 60.0, "USD", "$60"), ("en", 1500.0, "XXX", "1,500 units of currency"),
        ("en", 2300.0, "CNY", "2,300 yuan"), ("en", 900.0, "XOF", "900 CFA francs"),
        ("zh", 2300.0, "CNY", "¥2,300"), ("en", 12.0, "", "12"),
    ],
)  # fmt: skip
def test_an_amount_has_a_sign_or_a_name(code, value, currency, said):
    assert amount(value, currency, language(code)) == said


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "Absolute poverty line: 4,891 lek per person per month, in prices of 2002"),
        (
            "period: year",
            "Absolute poverty line: 58,692 lek per person per year, in prices of 2002",
        ),
        ("lines: {relative: 0.6}", "line: 60 % of the median"),
        ("lines: [{relative: 0.6, label: Ours}]", "Ours: 60 % of the median"),
        ("lines: [{value: 50, label: Ours}]", "Ours: 50"),
    ],
)
def test_a_line_in_words_follows_the_study(keys, said):
    study = parse_study(
        f"study: A\nstandard: albania-2012\ndata: {{households: a.csv}}\nyear: 2012\n{keys}\n"
    )
    assert of_line(study_lines(study, load("albania-2012"), [])[0], study)() == said


def test_what_to_do_next_says_where_and_what_would_settle_it(tmp_path):
    homes = pd.DataFrame({
        "y": [1.0] * 60 + [9.0] * 40 + [1.0] * 45 + [9.0] * 55 + [1.0] * 12 + [9.0] * 88,
        "place": ["A"] * 100 + ["B"] * 100 + ["C"] * 100, "n": [1] * 100 + [1] * 100 + [8] * 100,
    })  # fmt: skip
    homes.to_csv(tmp_path / "homes.csv", index=False)
    study = "study: S\ndata: {households: homes.csv}\ncolumns: {welfare: y, size: n}\nlines: 2\n"
    (tmp_path / "s.yaml").write_text(study + "areas: place\nmeasures: [headcount, poor_count]\n")
    page = view(ReportInput.from_run(run(tmp_path / "s.yaml")))
    steps = [step.text for step in page.headline.steps]
    assert steps[0] == "Go first where the share of poor persons is clearly higher: A and B."
    assert steps[1].startswith("By the estimates C has most poor persons: 96 (")
    assert steps[1].endswith("48\N{NO-BREAK SPACE}% of all.")  # 96 of 60 + 45 + 96 poor persons
