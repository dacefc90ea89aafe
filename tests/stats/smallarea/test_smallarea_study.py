"""The section `small_areas` of a study, its command, and what it says of bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.api.area_models.kinds import RUNNERS, small_areas
from exitline.api.area_models.study import direct_estimates
from exitline.api.runs.prepare import ready
from exitline.cli import call, exitline
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


def means_study(tmp_path, **options):
    """A study of district means from households; the truth stands in the same table."""
    homes = pd.read_parquet(STUDY.parent / "hld_sample_wb_2023.parquet")
    homes.to_parquet(tmp_path / "homes.parquet")
    census = pd.read_parquet(STUDY.parent / "hld_pop_wb_2023.parquet")
    by = census.groupby("geo2")
    table = by[["hhsize", "rooms", "pc_exp"]].mean().assign(homes=by.size())
    table.rename(columns={"pc_exp": "so"}).to_csv(tmp_path / "means.csv")
    text = """study: Means
year: 2023
data: {households: homes.parquet}
columns: {household: hid, welfare: pc_exp, size: hhsize}
design: {weight: hhweight, psu: ea}
lines: [2500]
small_areas:
  kind: eblup
  area: geo2
  formula: pc_exp ~ hhsize + rooms
  means: means.csv
  population: homes
  truth: so
  replicates: 20
"""
    text += "".join(f"  {key}: {value}\n" for key, value in options.items())
    return parse_study(text, tmp_path / "study.yaml"), homes, table


def test_means_of_a_study_are_those_of_the_function(tmp_path):
    study, homes, table = means_study(tmp_path, select="bic")
    found = small_areas(study)[0]
    assert found.title == "Means of areas by households (Battese, Harter and Fuller) (REML)"
    assert found.formula == "pc_exp ~ hhsize + rooms"
    one = xl.small_area.eblup(
        found.formula, homes, table.reset_index(), area="geo2", population="homes"
    )
    mine = found.figures[0]
    assert mine.estimate == pytest.approx(one.to_pandas()["estimate"], rel=1e-12)
    assert (mine.rmse > 0).all()
    assert found.against[0].areas == 23
    assert found.notes[0] == "BIC keeps all covariates"
    assert [step.change for step in found.chosen.steps] == ["all terms"]
    # survey and population side by side, each weighed by what it stands for
    row = found.compared.set_index("column").loc["hhsize"]
    census = pd.read_parquet(STUDY.parent / "hld_pop_wb_2023.parquet", columns=["hhsize"])
    assert row["census_mean"] == pytest.approx(census["hhsize"].mean())
    weighted = (homes["hhsize"] * homes["hhweight"]).sum() / homes["hhweight"].sum()
    assert row["sample_mean"] == pytest.approx(weighted)


def test_covariates_are_chosen_before_the_model_is_fitted():
    found = small_areas(changed(**{"    area: geo2": "    area: geo2\n    select: aic"}))[0]
    assert found.formula == "headcount ~ toilet"
    assert found.coefficients["term"].tolist() == ["Intercept", "toilet"]
    assert "AIC leaves out rooms" in found.notes[0]
    assert [step.terms for step in found.chosen.steps] == [("toilet", "rooms"), ("toilet",)]
    assert found.chosen.steps[1].value < found.chosen.steps[0].value


@pytest.mark.parametrize(
    ("code", "fact"),
    [("es", "varianza de los efectos de zona"), ("fr", "variance des effets de zone"),
     ("zh", "地区效应的方差")],
)  # fmt: skip
def test_a_model_is_told_in_the_readers_language(code, fact, capsys):
    assert call(["smallarea", str(STUDY), "--language", code]) == 0
    said = capsys.readouterr().out
    assert fact in (said.replace("\n", "") if code == "zh" else " ".join(said.split()))
    for english in ("variance of area", "areas with a direct", "Beside the truth", "model and"):
        assert english not in said


def neighbours(tmp_path):
    """A table of proximity: districts of one province are neighbours, rows adding up to 1."""
    areas = pd.read_csv(STUDY.parent / "districts.csv")
    near = (areas["province"].to_numpy()[:, None] == areas["province"].to_numpy()) * 1.0
    for i in range(len(near)):
        near[i, i] = 0.0
    near /= near.sum(axis=1, keepdims=True)
    table = pd.DataFrame(near, columns=areas["geo2"])
    table.insert(0, "geo2", areas["geo2"])
    table.to_csv(tmp_path / "near.csv", index=False)
    return table


def plain_model(study=None, **options):
    """The function, as the study of the example asks for it."""
    with ready(study or changed(), "duckdb") as made:
        direct = direct_estimates(made, made.study.small_areas[0], "headcount")
    asked = {"smooth": "pooled", "method": "reml", "covariates": STUDY.parent / "districts.csv"}
    return xl.small_area.fay_herriot(
        "headcount ~ toilet + rooms", direct, area="geo2", **asked | options
    )


BARE = {
    "    mse: bootstrap\n": "", "    population: persons\n": "", "  psu: ea\n": "",
    "    benchmark: ratio            # districts": "    # districts",
}  # fmt: skip


def test_variants_of_a_study_are_those_of_the_function(tmp_path):
    near = neighbours(tmp_path)
    areas = pd.read_csv(STUDY.parent / "districts.csv")
    areas["toilet_variance"] = 0.002
    areas.to_csv(tmp_path / "areas.csv", index=False)
    kinds = {
        f"proximity: {tmp_path}/near.csv\n    method: reml": ({"proximity": near}, "Spatial"),
        "errors: {toilet: toilet_variance}\n    method: reml\n    mse: jackknife": (
            {"errors": {"toilet": "toilet_variance"}, "mse": "jackknife",
             "covariates": areas}, "measured covariates"),
        "robust: true\n    k: 1.1\n    method: reml": ({"robust": True, "k": 1.1}, "k = 1.1"),
    }  # fmt: skip
    for text, (options, title) in kinds.items():
        found = small_areas(changed(**BARE, **{
            "method: amrl_yl": text, "districts.csv": f"{tmp_path}/areas.csv"}))[0]  # fmt: skip
        one = plain_model(changed(**{"  psu: ea\n": ""}), **options)
        assert title in found.title
        assert found.figures[0].estimate == pytest.approx(one.figures.estimate, rel=1e-9)
        assert found.figures[0].mse == pytest.approx(one.figures.mse, rel=1e-9, nan_ok=True)


def test_a_benchmark_of_a_study_has_groups_bounds_and_a_target():
    found = small_areas(changed(**{
        "benchmark: ratio": "benchmark: difference\n    target: [0.4, 0.01]\n    groups: province\n"
        "    bounds: [0.3, 0.6]\n    replicates: 20"}))[0]  # fmt: skip
    areas = pd.read_csv(STUDY.parent / "districts.csv").set_index("geo2")
    one = plain_model(method="amrl_yl", mse="bootstrap", replicates=20).benchmark(
        areas["persons"], 0.4, target_se=0.01, how="difference", groups=areas["province"],
        bounds=(0.3, 0.6), replicates=20,
    )  # fmt: skip
    table = found.to_pandas().set_index("area")
    assert table["estimate"].to_numpy() == pytest.approx(one.figures.estimate, rel=1e-9)
    assert (table["rmse"] ** 2).to_numpy() == pytest.approx(one.figures.mse, rel=1e-9)
    assert table["estimate"].between(0.3, 0.6).all()
    persons = areas["persons"].reindex(table.index)
    assert (table["estimate"] * persons).sum() / persons.sum() == pytest.approx(0.4)


def test_keys_of_a_study_that_say_nothing_or_do_not_fit_are_refused():
    for changes, said in (
        ({"mse: bootstrap": "k: 2"}, "'k' says nothing without 'robust'"),
        ({"mse: bootstrap": "bounds: [0.6, 0.3]"}, "two numbers, the lower one first"),
        ({"mse: bootstrap": "target: [0.3]"}, "a figure, or a figure and its standard error"),
    ):
        with pytest.raises(ExitlineError) as found:
            changed(**changes)
        assert said in str(found.value)
        assert "small-areas.yaml:" in str(found.value)
    with pytest.raises(ExitlineError, match="the data have no column 'regions'"):
        small_areas(changed(**{"mse: bootstrap": "groups: regions"}))
    near = pd.read_csv(STUDY.parent / "districts.csv")["geo2"]
    chain = pd.DataFrame(np.eye(len(near), k=1) + np.eye(len(near), k=-1), near, near)
    with pytest.raises(ExitlineError, match="no peak of its likelihood"):  # a variance of zero
        plain_model(proximity=chain, method="reml")
