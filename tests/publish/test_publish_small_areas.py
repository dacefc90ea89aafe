"""Model figures in a run's report and folder: apart from what was measured, and marked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.publish.report import ReportInput
from exitline.publish.report.page import view


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("areas") / "out"
    return xl.run("examples/imaginary-country/small-areas.yaml", folder)


def test_the_report_has_a_section_of_model_figures(done):
    section = view(ReportInput.from_run(done.published)).models[0]
    figure = section.figures[0]
    assert "model figures, not measurements; 4 of 23 areas are not in the sample" in figure.title
    assert len(figure.table.rows) == 23
    assert figure.shrinkage is not None
    assert len(figure.shrinkage.points) == 19
    assert "percentage points" in figure.against
    html = (done.folder / "report.html").read_text(encoding="utf-8")
    assert '<section id="models"' in html
    assert "not in the sample" in html


def test_the_folder_holds_the_figures_marked_as_a_models(done):
    table = pd.read_parquet(done.folder / "small_areas.parquet")
    assert set(table["evidence"]) == {"model"}
    shown = done.models[0].figures[0].estimate
    assert table["estimate"].to_numpy() == pytest.approx(shown)
    names = [one["name"] for one in done.provenance["inputs"]]
    assert "districts.csv" in names


def test_a_run_without_models_has_neither(tmp_path):
    done = xl.run("examples/imaginary-country/sample.yaml", tmp_path / "out")
    assert view(ReportInput.from_run(done.published)).models == ()
    assert not (done.folder / "small_areas.parquet").exists()


def test_the_report_shows_the_choice_and_the_comparison_of_covariates(tmp_path):
    folder = Path("examples/imaginary-country").resolve()
    text = (folder / "poverty-map.yaml").read_text(encoding="utf-8")
    text = text.replace("hld_", f"{folder}/hld_").replace(
        "size: hhsize\n    truth: pc_exp",
        "size: hhsize\n    mse: none\n    select: bic\n    truth: pc_exp",
    )
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    done = xl.run(tmp_path / "study.yaml", tmp_path / "out")
    section = view(ReportInput.from_run(done.published)).models[0]
    rows = {row[0].text: row for row in section.compared.rows}
    # more of the sample has electricity than of the census
    power = rows["electricity[T.Yes]"]
    assert power[3].sort > power[4].sort
    assert power[9].sort > 0.1
    assert power[10].text == "far apart: look at the question"
    assert rows["toilet[T.Other]"][10].text == ""
    # no and yes, above in the survey and below in the census, as shares of the longest bar
    above, below = ([h for _, _, h in side] for side in (power[1].pair.above, power[1].pair.below))
    assert above[1] == 100.0
    assert above[0] / sum(above) == pytest.approx(1 - power[3].sort, abs=1e-4)
    assert below[0] / sum(below) == pytest.approx(1 - power[4].sort, abs=1e-4)
    assert 1 - power[2].sort == pytest.approx(power[3].sort - power[4].sort, abs=1e-6)
    assert section.chosen.rows[0][1].text.startswith("log(hhsize) + ")
    html = (done.folder / "report.html").read_text(encoding="utf-8")
    assert "How the covariates were chosen" in html
    assert "The covariates in the survey and beside it" in html
