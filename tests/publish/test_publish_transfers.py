"""A study's transfers in its report and folder."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.publish.content.published import effects_shown
from exitline.publish.report import ReportInput
from exitline.publish.report.page import view

STUDY = Path("examples/imaginary-country/scenario.yaml")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return xl.run(STUDY, tmp_path_factory.mktemp("transfers") / "out")


def test_the_report_shows_what_every_transfer_does_and_costs(done):
    effects = xl.target.study_scenario(STUDY)
    sections = view(ReportInput.from_run(done.published)).transfers
    assert [one.title for one in sections] == ["everyone", "rural", "poorest"]
    rows = sections[2].table.rows
    found = effects.find("poorest", "headcount")
    assert rows[0][0].text == "Poor persons, share"
    assert rows[0][2].text.startswith(f"{100 * found.after:.1f}")
    change = f"\N{MINUS SIGN}{abs(100 * found.change.estimate):.1f} ("
    assert rows[0][3].text.startswith(change)
    assert rows[0][3].sort == pytest.approx(found.change.estimate, rel=1e-12)
    assert [row[4].sort for row in rows] == pytest.approx(
        [effects.find("poorest", f).change.se for f in xl.target.COMPARED], rel=1e-12
    )
    assert "of the 30 % with the lowest rooms - hhsize" in sections[2].who.replace("\xa0", " ")
    assert sections[2].costs[0].startswith("It costs ")
    html = (done.folder / "report.html").read_text(encoding="utf-8")
    assert '<section id="transfers"' in html
    assert re.search("Each unit of the poverty gap that it closes costs [0-9.]+", html)


def test_the_folder_has_the_figures(done):
    table = pd.read_parquet(done.folder / "scenario.parquet")
    own = xl.target.study_scenario(STUDY).to_pandas()
    assert table["estimate"].to_numpy() == pytest.approx(own["estimate"].to_numpy(), rel=1e-12)


def test_a_census_does_not_give_few_away():
    homes = pd.DataFrame({"y": [1.0, 1.0, 9.0] + [20.0] * 97})
    effects = xl.target.transfer(
        homes, {"all": {"amount": 8}, "few": {"amount": 0.5}}, welfare="y", line=10
    )

    class Fewer:
        min_count = 10

    shown = effects_shown(effects, Fewer())
    kept = {f for s, f in shown.names if s == "all"}
    # a sample tells no count; a census of a hundred with three poor hides them
    assert kept == {f for s, f in effects.names if s == "all"}
    census = xl.target.transfer(
        homes, {"all": {"amount": 8}}, welfare="y", line=10, design=xl.Design(census=True)
    )
    assert {f for _, f in effects_shown(census, Fewer()).names} == {"gini", "cost"}
