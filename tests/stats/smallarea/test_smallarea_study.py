"""The section `small_areas` of a study, its command, and what it says of bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from exitline.api.area_models.kinds import RUNNERS, small_areas
from exitline.cli import exitline
from exitline.errors import ExitlineError
from exitline.stats.data.studies.loader import load_study, parse_study
from exitline.stats.data.studies.small_area_keys import KINDS

STUDY = Path("examples/imaginary-country/small-areas.yaml")


def changed(**changes):
    text = STUDY.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return parse_study(text, STUDY)


def test_every_kind_has_keys_and_a_function():
    assert set(KINDS) == set(RUNNERS)


def test_the_command_shows_what_the_study_asks_for(tmp_path):
    out = tmp_path / "areas.csv"
    ran = CliRunner().invoke(exitline, ["smallarea", str(STUDY), "--out", str(out), "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.output)[0]
    assert found["title"] == "Fay-Herriot model (REML adjusted by Yoshimori and Lahiri)"
    written = pd.read_csv(out)
    assert len(written) == 23
    assert set(written["evidence"]) == {"model"}
    truth = pd.read_csv(STUDY.parent / "districts.csv").set_index("geo2")["census_headcount"]
    away = (written.set_index("area")["estimate"] - truth).abs().mean()
    against = found["against the truth"][0]
    assert against["model_error"] == pytest.approx(away)
    assert against["model_error"] < against["direct_error"]
    assert against["covered"] >= 0.85
    shown = CliRunner().invoke(exitline, ["smallarea", str(STUDY)])
    assert "model figures, beside the survey's own" in shown.output
    assert "not in the" in shown.output


def test_benchmarked_figures_add_up_to_the_survey():
    found = small_areas(STUDY)[0]
    persons = pd.read_csv(STUDY.parent / "districts.csv").set_index("geo2")["persons"]
    table = found.to_pandas().set_index("area")
    whole = (table["estimate"] * persons).sum() / persons.sum()
    assert found.notes[0] == f"benchmarked by ratio to {whole:.6g}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind: fay_herriot": "kind: fay_heriot"}, "fay_heriot"),
        ({"smooth: pooled": "smoot: pooled"}, "smoot"),
        ({"    covariates: districts.csv": ""}, "covariates"),
        ({"method: amrl_yl": "method: best"}, "best"),
    ],
)
def test_faults_of_the_section_are_named(changes, said):
    with pytest.raises(ExitlineError) as found:
        changed(**changes)
    assert said in str(found.value)
    assert "small-areas.yaml:" in str(found.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"smooth: pooled": "smooth: none"}, "sampling variance is zero or missing"),
        ({"toilet + rooms": "toilets"}, "the data have no column 'toilets'"),
        ({"headcount ~": "headcont ~"}, "headcont"),
        ({"districts.csv": "villages.csv"}, "the covariates have no column 'geo2'"),
        ({"    population: persons": ""}, "a benchmark needs the population of areas"),
        ({"area: geo2": "area: geo2\n    line: rich"}, "the study has no line 'rich'"),
    ],
)
def test_what_a_model_cannot_be_fitted_to_is_said_with_its_place(changes, said):
    with pytest.raises(ExitlineError) as found:
        small_areas(changed(**changes))
    assert said in str(found.value)
    assert "small-areas.yaml:" in str(found.value)


def test_a_study_without_the_section_is_told_so():
    with pytest.raises(ExitlineError, match="the study asks for no model of small areas"):
        small_areas("examples/imaginary-country/sample.yaml")


def test_the_tables_of_models_are_among_the_files_of_a_study():
    assert load_study(STUDY).files["small_areas 1, covariates"].name == "districts.csv"
