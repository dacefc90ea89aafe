"""n, df, population and the guard against one PSU refer to a measure's denominator."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.errors import DesignError

HERE = Path(__file__).parent
ALBANIA = HERE.parents[2] / "examples" / "albania-2012" / "lival.parquet"
SHORTFALL = pd.read_csv(HERE / "reference" / "albania_shortfall.csv", keep_default_na=False)
DESIGN = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def albania(request: pytest.FixtureRequest) -> xl.Estimates:
    homes = pd.read_parquet(ALBANIA)
    homes = homes.assign(capita=(0.07527689 * homes.totcons / homes.rcons).round())
    return xl.estimate(
        homes, ["shortfall", "headcount", "watts"], welfare="rcons", line=4891, design=DESIGN,
        by=["region", "prefectu"], engine=request.param,
    )  # fmt: skip


def test_the_average_shortfall_speaks_of_the_poor(albania):
    """R: svymean(~I(4891 - rcons), subset(design, rcons < 4891)), degf(subset)."""
    for figure in SHORTFALL.to_dict("records"):
        got = albania.find(measure="shortfall", by=figure["by"], domain=figure["domain"])
        for name, of in (("estimate",) * 2, ("se",) * 2, ("ci_low", "low"), ("ci_high", "high")):
            assert getattr(got, name) == pytest.approx(float(figure[of]), rel=1e-9), figure
        assert (got.df, got.n) == (figure["df"], figure["n"])
        assert got.population == pytest.approx(figure["population"], rel=1e-12)
    assert len(SHORTFALL) == 17
    everyone = albania.find(measure="headcount", by="")
    assert everyone.n == 6671
    assert everyone.df == 810


def test_three_poor_households_in_one_psu_of_ten_give_no_standard_error():
    homes = pd.DataFrame({"p": [i // 5 for i in range(50)], "y": [9.0] * 50})
    homes.loc[:2, "y"] = [1.0, 2.0, 3.0]
    found = xl.estimate(homes, "shortfall", welfare="y", line=5, design=xl.Design(psu="p")).find()
    assert found.estimate == 3.0
    assert (found.n, found.df) == (3, 0)
    assert math.isnan(found.se)
    assert math.isnan(found.ci_low)
    assert "one PSU" in found.reason


def test_measures_with_a_logarithm_count_psus_with_welfare_above_zero():
    """R: degf(subset(design, y > 0)): a PSU whose households all have nothing leaves."""
    homes = pd.DataFrame({"p": [i // 4 for i in range(24)], "s": [i // 12 for i in range(24)]})
    homes["y"] = [0.0 if p == 0 else 1.0 + i % 7 for i, p in enumerate(homes.p)]
    design = xl.Design(psu="p", strata="s")
    found = xl.estimate(
        homes, ["mld", "mean", "watts", "theil"], welfare="y", line=3, design=design
    )
    assert found.find(measure="mean").df == 4
    assert found.find(measure="mld").df == found.find(measure="watts").df == 3
    assert found.find(measure="mld").n == 20
    assert found.find(measure="theil").df == 4  # y ln y is 0 at 0: there it takes part


def test_no_degrees_of_freedom_but_several_psus_have_a_standard_error_and_no_interval():
    """One PSU of the area in each of two strata of three: R has a standard error and df 0."""
    homes = pd.DataFrame({"s": [0] * 6 + [1] * 6, "p": [i // 2 for i in range(12)],
                          "y": [1.0, 4, 2, 5, 3, 6, 1, 1, 2, 2, 7, 8]})  # fmt: skip
    homes["area"] = ["a" if p in (0, 3) else "b" for p in homes.p]
    found = xl.estimate(
        homes, "mean", welfare="y", design=xl.Design(strata="s", psu="p"), by="area"
    )
    row = found.find(domain="a")
    assert row.df == 0
    assert row.se == pytest.approx(0.5303300858899106, rel=1e-12)  # svyby(~y, ~area, svymean)
    assert math.isnan(row.ci_low)
    assert "no degrees of freedom" in row.reason
    from exitline.stats.infer.comparing.apart import apart

    assert 0 in apart(found, found.blocks[1]).left_out


TWO_STAGE = {"remove": 0.078650332646105742, "certainty": 0.078650332646105742,
             "adjust": 0.078650332646105742}  # fmt: skip


@pytest.mark.parametrize("lonely", ["fail", "remove", "certainty", "adjust", "average"])
def test_a_single_unit_at_the_second_stage(lonely):
    """survey 4.1.1: svydesign(~ea+hh, strata=~st, fpc=~f1+f2, weights=~w), svymean(y < 20).

    Under "adjust" survey 4.5 centres within the cluster, where one unit adds nothing (4.1.1 does
    not centre it); under "average" R gives NaN, under "fail" it stops, both at stage 2.
    """
    design = xl.Design(weight="w", strata="st", psu=("ea", "hh"), fpc=("f1", "f2"), lonely=lonely)
    asked = {"welfare": "y", "line": 20, "design": design}
    if lonely == "fail":
        with pytest.raises(DesignError, match="stage 2"):
            xl.estimate(HERE / "cases" / "lonely_second_stage.csv", "headcount", **asked)
        return
    found = xl.estimate(HERE / "cases" / "lonely_second_stage.csv", "headcount", **asked).find()
    if lonely == "average":
        assert math.isnan(found.se)
        assert "average" in found.reason
    else:
        assert found.se == pytest.approx(TWO_STAGE[lonely], rel=1e-9)


def test_adjust_centres_domain_totals_at_the_strata_they_have_members_in():
    """A total of 3, 4 and 8 PSUs' worth: by hand, as survey 4.5 on subset(design)."""
    homes = pd.DataFrame(
        {"s": [0, 0, 1, 2, 3, 3], "p": range(6), "y": [3.0, 5.0, 10.0, 7.0, 1.0, 2.0],
         "area": list("aaabbb")}
    )  # fmt: skip
    design = xl.Design(strata="s", psu="p", lonely="adjust")
    found = xl.estimate(homes, "total", welfare="y", design=design, by="area")
    mean = (3 + 5 + 10) / 3  # strata 0 and 1 have members of area a: three PSUs
    variance = 2 * ((3 - 4) ** 2 + (5 - 4) ** 2) + (10 - mean) ** 2
    assert found.find(domain="a").se == pytest.approx(variance**0.5, rel=1e-12)


def _figures_of_parts() -> list[tuple[str, str]]:
    """A measure, and the condition that its denominator fulfils."""
    return [
        ("inclusion_error(got)", "got > 0"),
        ("inclusion_error(score, 0.25)", "score <= 30"),
        ("nonpoor_coverage(got)", "y >= 40"),
        ("poor_coverage(got)", "y < 40"),
        ("quantile_coverage(got, 0, 0.25)", "y <= 30"),
        ("quantile_coverage(got, 0.25, 0.75)", "y > 30 AND y <= 90"),
        ("quantile_coverage(got, 0.75, 1)", "y > 90"),
        ("generosity(got, 0.25, 0.75)", "got > 0 AND y > 30 AND y <= 90"),
        ("average_transfer(got, 0, 0.25)", "got > 0 AND y <= 30"),
        ("growth_elasticity(1)", "y < 40"),
        ("median_of_poor", "y > 0"),  # R's degf of the area: docs/measures/median_of_poor.md
        ("relative_median_gap", "y > 0"),
    ]


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_each_figure_of_a_part_of_the_people_counts_that_part(engine):
    """n, population and df by hand: rows, their weights and their PSUs less one."""
    homes = pd.DataFrame({"y": [float(i) for i in range(1, 121)]})
    homes["p"] = [i // 6 for i in range(120)]
    homes["w"] = 2.0
    homes["got"] = [1.0 if i % 3 == 0 else 0.0 for i in range(120)]
    homes["score"] = homes.y
    found = xl.estimate(
        homes, [name for name, _ in _figures_of_parts()], welfare="y", line=40,
        design=xl.Design(weight="w", psu="p"), engine=engine,
    )  # fmt: skip
    for figure, (name, condition) in zip(found, _figures_of_parts(), strict=True):
        part = homes.query(condition.replace("AND", "and"))
        assert (figure.n, figure.df) == (len(part), part.p.nunique() - 1), name
        assert figure.population == part.w.sum(), name
