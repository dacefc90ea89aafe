"""Model figures in a run's report and folder: apart from what was measured, and marked."""

from __future__ import annotations

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
