"""A poverty map as a study asks for it: the kind `ebp` of the section `small_areas`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.api.area_models.kinds import small_areas
from exitline.errors import ExitlineError
from exitline.stats.data.studies.loader import parse_study

STUDY = Path("examples/imaginary-country/poverty-map.yaml")


def changed(**changes):
    text = STUDY.read_text()
    for old, new in {"size: hhsize\n    truth": "size: hhsize\n    replicates: 10\n    truth",
                     **changes}.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    return parse_study(text, STUDY)


def test_the_map_is_nearer_the_truth_than_the_sample_where_there_is_one():
    found = small_areas(changed())[0]
    assert found.title == "Empirical best predictor with effects of districts (REML, log scale)"
    headcount, gap = found.against
    assert (headcount.areas, headcount.sampled) == (133, 33)
    assert headcount.model_error_sampled < 0.75 * headcount.direct_error
    assert gap.model_error_sampled < 0.75 * gap.direct_error
    assert headcount.covered > 0.75
    table = found.to_pandas()
    assert set(table["evidence"]) == {"model"}
    truth = pd.read_csv(STUDY.parent / "villages.csv").set_index("ea")["census_headcount"]
    one = table[table["measure"] == "headcount"].set_index("area")["estimate"]
    one.index = one.index.astype(int)
    assert headcount.model_error == pytest.approx((one - truth).abs().mean(), abs=1e-6)


def test_what_a_study_may_have_wrong():
    for changes, says in (
        ({"lines: [2500]": "lines: [2500, 2000]"}, "one poverty line"),
        ({"ea                    #": "village  #"}, "no column 'village'"),
    ):
        with pytest.raises(ExitlineError, match=says) as caught:
            small_areas(changed(**changes))
        assert "small_areas" in str(caught.value)


def test_models_of_categories_alone_have_errors(unit_sample, unit_census):
    found = xl.small_area.ebp(
        "pc_exp ~ electricity + urbrur", unit_sample, unit_census, area="geo2", line=2500,
        measures="headcount", mse="parametric", replicates=5,
    )  # fmt: skip
    assert (found.levels[0].figures[0].rmse > 0).all()


def test_levels_of_a_study_meet_the_surveys_own_figure():
    given = {"size: hhsize\n    replicates: 10": "size: hhsize\n    mse: none\n    "
             "by: geo2\n    benchmark: ratio"}  # fmt: skip
    found = small_areas(changed(**given))[0]
    table = found.to_pandas()
    assert set(table["by"]) == {"ea", "geo2"}
    assert len(found.against) == 2
    homes = pd.read_parquet(STUDY.parent / "hld_sample_wb_2023.parquet")
    weight = homes["hhweight"] * homes["hhsize"]
    survey = (weight * (homes["pc_exp"] < 2500)).sum() / weight.sum()
    census = pd.read_parquet(
        STUDY.parent / "hld_pop_wb_2023.parquet", columns=["geo2", "ea", "hhsize"]
    )
    for by in ("ea", "geo2"):
        one = table[(table["by"] == by) & (table["measure"] == "headcount")]
        people = census.groupby(census[by].astype(str))["hhsize"].sum()
        share = one["area"].map(people) / people.sum()
        assert (share * one["estimate"]).sum() == pytest.approx(survey, rel=1e-10)
    assert any(note.startswith("benchmarked by ratio to headcount") for note in found.notes)


def test_two_stages_meet_the_provinces_own_figures_and_their_errors(unit_sample, unit_census):
    design = xl.Design(weight="hhweight", size="hhsize", psu="ea")
    homes = unit_sample[unit_sample["geo1"] != "geo_04"]  # a province without a sample
    found = xl.small_area.ebp(
        "pc_exp ~ log(hhsize) + rooms", homes, unit_census, area="geo2", by=["geo1", "ea"],
        line=2500, size="hhsize", measures="headcount", design=design, benchmark="ratio",
        within="geo1", mse="parametric", replicates=100,
    )  # fmt: skip
    table = found.to_pandas()
    provinces = table[table["by"] == "geo1"].set_index("area")
    people = unit_census.groupby("geo1")["hhsize"].sum()
    survey = xl.estimate(
        homes, "headcount", welfare="pc_exp", line=2500, design=design
    ).find(measure="headcount").estimate  # fmt: skip
    assert (provinces["estimate"] * people / people.sum()).sum() == pytest.approx(survey)
    # each is its own figure times one factor, and about as sure as that
    sampled = provinces[provinces["direct"].notna()]
    assert len(sampled) == 3
    factor = sampled["estimate"] / sampled["direct"]
    assert factor.to_numpy() == pytest.approx(factor.iloc[0], rel=1e-9)
    assert sampled["rmse"].to_numpy() == pytest.approx(sampled["direct_se"].to_numpy(), rel=0.35)
    for by in ("geo2", "ea"):
        part = table[table["by"] == by].set_index("area")
        of = unit_census.assign(code=unit_census[by].astype(str)).groupby("code")
        weighed = part["estimate"] * of["hhsize"].sum()
        inside = weighed.groupby(of["geo1"].first()).sum() / people
        assert inside.to_numpy() == pytest.approx(provinces["estimate"].to_numpy(), rel=1e-9)
    assert "3 of 4 groups of 'geo1'" in found.notes[-1]
    with pytest.raises(ExitlineError, match="two stages need a benchmark"):
        xl.small_area.ebp(
            "pc_exp ~ rooms", homes, unit_census, area="geo2", measures="mean", within="geo1",
            benchmark="ratio",
        )  # fmt: skip


def test_a_study_reaches_what_the_function_can_do(tmp_path):
    """ELL, own households, targets, crossed levels, a parameter that is given."""
    homes = pd.read_parquet(STUDY.parent / "hld_sample_wb_2023.parquet")
    census = pd.read_parquet(STUDY.parent / "hld_pop_wb_2023.parquet")
    rest = census[~census["hid"].isin(homes["hid"])]
    rest.to_parquet(tmp_path / "rest.parquet")
    formula = "pc_exp ~ log(hhsize) + I(rooms / hhsize) + electricity + toilet + urbrur"
    common = {"area": "ea", "line": 2500, "size": "hhsize"}
    kinds = {
        "predictor: ell\n    mse: none": ({"predictor": "ell"}, census, "Elbers"),
        "own_values: true\n    by: [geo2, [geo1, urbrur]]\n    mse: none": (
            {"own_values": True, "by": ["geo2", ["geo1", "urbrur"]]}, rest, "best predictor"),
        "transform: box-cox\n    parameter: 0.2\n    shift: auto\n    mse: none\n    benchmark: "
        "difference\n    targets: {headcount: [0.3, 0.01], poverty_gap: 0.1}": (
            {"transform": "box-cox", "parameter": 0.2, "shift": "auto", "benchmark": "difference",
             "targets": {"headcount": (0.3, 0.01), "poverty_gap": 0.1}}, census, "box-cox scale"),
    }  # fmt: skip
    for text, (options, table, title) in kinds.items():
        found = small_areas(changed(**{
            "replicates: 10": text, "    district: geo2": "    #", "hld_pop_wb_2023.parquet":
            f"{tmp_path}/rest.parquet" if table is rest else "hld_pop_wb_2023.parquet",
            "    truth: pc_exp": "    #"}))[0]  # fmt: skip
        one = xl.small_area.ebp(formula, homes, table, **common, **options)
        assert title in found.title
        assert ("ELL is kept for reference" in " ".join(found.notes)) == ("ell" in text)
        mine, theirs = found.to_pandas(), one.to_pandas()
        assert mine["estimate"].to_numpy() == pytest.approx(theirs["estimate"], rel=1e-9)
        assert list(mine["by"]) == list(theirs["by"])
        assert [note for note in one.notes if note not in found.notes] == []
    assert any("headcount 0.3" in note for note in found.notes)
