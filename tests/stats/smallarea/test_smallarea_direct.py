"""Direct estimates of areas in one call, against R's sae and emdi (see cases/README.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.smallarea.errors import SmallAreaError

CASES = Path(__file__).parent / "cases"
FOLDER = Path("examples/imaginary-country")
HOMES = pd.read_parquet(FOLDER / "hld_sample_wb_2023.parquet")
SAE = pd.read_csv(CASES / "sae_direct.csv").set_index("geo2").sort_index()
SIZES = (
    pd.read_parquet(FOLDER / "hld_pop_wb_2023.parquet", columns=["geo2"])
    .groupby("geo2").size().rename("homes").reset_index()
)  # fmt: skip
DESIGN = xl.Design(weight="hhweight")
ASKED = {"area": "geo2", "welfare": "pc_exp"}


def known(**options):
    given = {**ASKED, "measures": "mean", "areas": SIZES, "population": "homes", **options}
    return xl.small_area.direct(HOMES, **given)


@pytest.mark.parametrize(
    ("columns", "options"),
    [
        (("ht", "ht_sd"), {"design": DESIGN}),
        (("poor", "poor_sd"), {"design": DESIGN, "measures": "headcount", "line": 2500}),
        (("srs", "srs_sd"), {}),
        (("srs", "replaced_sd"), {"replacement": True}),
    ],
)
def test_known_populations_give_the_figures_of_sae(columns, options):
    table = known(**options).to_pandas().set_index("area")
    assert list(table.index) == list(SAE.index)
    assert table["n"].tolist() == SAE["n"].tolist()
    there = SAE["n"] > 0
    for mine, name in zip(("estimate", "se"), columns, strict=True):
        assert table[mine][there].to_numpy() == pytest.approx(SAE[name][there], rel=1e-12)
    assert set(table["reason"][~there]) == {"not in the sample"}
    assert int((~there).sum()) == 4


def test_draws_with_replacement_have_the_variance_of_their_mean():
    # written out; sae divides the squares by n alone, which is n - 1 times this
    table = known(design=DESIGN, replacement=True).to_pandas().set_index("area")
    part = HOMES[HOMES["geo2"] == "geo_01_02"]
    size = int(SIZES.set_index("geo2").loc["geo_01_02", "homes"])
    each = len(part) * part["hhweight"] * part["pc_exp"] / size
    assert table.loc["geo_01_02", "estimate"] == pytest.approx(each.mean(), rel=1e-12)
    assert table.loc["geo_01_02", "se"] == pytest.approx(each.std() / len(part) ** 0.5, rel=1e-10)


def test_one_call_gives_the_figures_of_emdi_with_linearised_errors():
    found = xl.small_area.direct(HOMES, line=2500, design=DESIGN, areas=SIZES, **ASKED)
    table = found.to_pandas()
    theirs = pd.read_csv(CASES / "emdi_direct.csv").set_index("geo2")
    names = list(dict.fromkeys(table["measure"]))
    assert len(names) == theirs.shape[1] == 10
    for measure, column in zip(names, theirs.columns, strict=True):
        mine = table[table["measure"] == measure].set_index("area")
        assert mine.loc[theirs.index, "estimate"].to_numpy() == pytest.approx(
            theirs[column], rel=1e-12
        )
        assert set(mine["reason"].drop(theirs.index)) == {"not in the sample"}
        assert mine.loc["geo_03_05", "se"] > 0
    # the variances are those of the declared design, and the table goes into a model
    poor = found.areas("headcount")
    same = xl.estimate(HOMES, "headcount", welfare="pc_exp", line=2500, design=DESIGN, by="geo2")
    assert poor["variance"].iloc[0] == pytest.approx(same.find(domain="geo_01_02").se ** 2)
    covered = poor[poor["variance"] > 0].merge(pd.read_csv(FOLDER / "districts.csv"), on="geo2")
    model = xl.small_area.fay_herriot(
        "headcount ~ toilet", covered, area="geo2", variance="variance"
    )
    assert np.isfinite(model.to_pandas()["estimate"]).all()


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"areas": SIZES.iloc[3:]}, "an area of the sample has no population"),
        ({"areas": None}, "populations of areas without a table of them"),
        ({"areas": SIZES.assign(homes=3)}, "an area has fewer households than the sample has"),
        ({"measures": "gini"}, "'gini' is no mean over households"),
        ({"measures": "headcount"}, "'headcount' needs a poverty line"),
        ({"welfare": "pc_exq"}, "pc_exq"),
        ({"population": "home"}, "the data have no column 'home'"),
    ],
)
def test_what_does_not_fit_is_refused(options, what):
    with pytest.raises((SmallAreaError, xl.ExitlineError), match=what):
        known(**options)


def test_missing_welfare_is_refused_or_left_out():
    holes = HOMES.assign(pc_exp=HOMES["pc_exp"].where(HOMES.index % 50 != 0))
    given = {**ASKED, "measures": "mean", "areas": SIZES, "population": "homes"}
    with pytest.raises(SmallAreaError, match="households without welfare"):
        xl.small_area.direct(holes, **given)
    found = xl.small_area.direct(holes, missing="exclude", **given).to_pandas()
    assert found["n"].sum() == holes["pc_exp"].notna().sum()


def test_a_column_that_differs_in_case_alone_stands_in_nobodys_way():
    # emdi's own tables: Cash is the direct estimate, cash the register's
    survey = pd.DataFrame(
        {"area": list("abcde"), "Cash": [1.0, 3.0, 2.0, 4.0, 3.5], "var": [0.1] * 5}
    )
    register = pd.DataFrame({"area": list("abcdef"), "cash": [0.9, 2.6, 2.1, 4.2, 3.0, 1.0]})
    with pytest.raises(xl.ExitlineError, match="two columns have the same name"):
        xl.small_area.fay_herriot(
            "Cash ~ cash", survey, area="area", variance="var", covariates=register
        )
    other = survey.assign(poor=survey["Cash"] / 10)
    found = xl.small_area.fay_herriot(
        "poor ~ cash", other, area="area", variance="var", covariates=register
    )
    assert len(found.to_pandas()) == 6
    test = xl.target.fit("poor ~ var", other.assign(Var=1.0, var=[1, 2, 3, 4, 6]), folds=0)
    assert len(test.coefficients) == 2
