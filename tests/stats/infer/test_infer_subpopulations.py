"""Tests and models of a subpopulation, standardised figures, correlations (subpopulations.R)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.errors import ExitlineError

HERE = Path(__file__).parent
FIGURES = pd.read_csv(HERE / "reference" / "subpopulations.csv").set_index(["what", "name"])
DESIGNS = {
    "strat": xl.Design(weight="pw", strata="stype", fpc="fpc"),
    "clus2": xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2")),
}
SCHOOLS = {one: pd.read_csv(HERE / "cases" / f"api_models_{one}.csv") for one in DESIGNS}
SOME = {"data": SCHOOLS["clus2"], "design": DESIGNS["clus2"], "where": "meals > 30"}


def test_a_regression_of_a_subpopulation(engine):
    fit = xl.glm("api00 ~ ell + stype", **SOME, engine=engine)
    wanted = FIGURES.loc["glm"]
    assert fit.df == wanted["df"].iloc[0]
    assert fit.n == (SCHOOLS["clus2"]["meals"] > 30).sum()
    assert fit.notes == ()
    assert fit.estimate == pytest.approx(wanted["estimate"].to_list(), rel=1e-9)
    assert fit.se == pytest.approx(wanted["se"].to_list(), rel=1e-9)


def test_a_table_of_a_subpopulation():
    table = xl.tabulate(row="stype", column="sch.wide", **SOME)
    for statistic in ("F", "Wald"):
        wanted, got = FIGURES.loc[("chisq", statistic)], table.test(statistic)
        assert got.value == pytest.approx(wanted["estimate"], rel=1e-9)
        assert got.ddf == pytest.approx(wanted["df"], rel=1e-9)
        assert got.p == pytest.approx(wanted["p"], rel=1e-9)


def test_a_t_test_of_a_subpopulation():
    wanted, got = FIGURES.loc[("ttest", "two")], xl.t_test(column="api00", by="sch.wide", **SOME)
    assert (got.estimate, got.df) == (pytest.approx(wanted["estimate"], rel=1e-9), wanted["df"])
    assert got.p == pytest.approx(wanted["p"], rel=1e-8)


@pytest.mark.parametrize("case", DESIGNS)
def test_correlations_as_svycontrast(case, engine):
    wanted = FIGURES.loc[("correlation", case)]
    got = xl.estimate(
        SCHOOLS[case], "correlation(api00, meals)", design=DESIGNS[case], engine=engine
    ).find()
    assert got.estimate == pytest.approx(wanted["estimate"], rel=1e-9)
    assert got.se == pytest.approx(wanted["se"], rel=1e-9)


@pytest.mark.parametrize("case", DESIGNS)
def test_variances_as_svyvar(case, engine):
    wanted = FIGURES.loc["variance"]
    schools, design = SCHOOLS[case].assign(y=SCHOOLS[case]["api00"]), DESIGNS[case]
    asked = ["variance", "variance(api00)", "standard_deviation"]
    got = xl.estimate(schools, asked, welfare="y", design=design, engine=engine)
    own, column, root = got
    value, se = wanted.loc[f"{case} linearised", ["estimate", "se"]]
    assert [own.estimate, column.estimate, root.estimate**2] == pytest.approx([value] * 3, rel=1e-9)
    assert [own.se, column.se] == pytest.approx([se] * 2, rel=1e-9)
    assert root.se == pytest.approx(se / (2 * value**0.5), rel=1e-9)
    if case == "strat":  # R drops what comes after the first stage from replicates
        made = xl.replicate_weights(schools, design, "JKn")
        found = xl.estimate(made.to_pandas(), "variance", welfare="y", design=made.design,
                            engine=engine).find()  # fmt: skip
        assert found.se == pytest.approx(wanted.loc[f"{case} JKn", "se"], rel=1e-9)
    one = xl.estimate(schools.head(1), "variance", welfare="y", engine=engine,
                      design=xl.Design(census=True)).find()  # fmt: skip
    assert pd.isna(one.estimate)
    assert one.reason == "one household has no variance"


def test_a_column_that_does_not_vary_has_no_correlation():
    homes = pd.DataFrame({"a": [0.1, 0.1, 0.1], "b": [1.0, 2.0, 5.0]})
    got = xl.estimate(homes, "correlation(a, b)").find()
    assert pd.isna(got.estimate)
    assert "does not vary" in got.reason


@pytest.mark.parametrize("case", DESIGNS)
def test_standardised_figures_as_svystandardize(case):
    found = xl.estimate(
        SCHOOLS[case], "mean", welfare="api00", design=DESIGNS[case],
        by=["stype", ("stype", "sch.wide")],
    )  # fmt: skip
    table = found.standardised("stype", {"E": 50, "H": 20, "M": 30}).set_index("domain")
    assert list(table["by"]) == ["", "sch.wide", "sch.wide"]
    for group in ("No", "Yes"):
        wanted = FIGURES.loc[("standardised", f"{case} {group}")]
        assert table.loc[group, "estimate"] == pytest.approx(wanted["estimate"], rel=1e-9)
        assert table.loc[group, "se"] == pytest.approx(wanted["se"], rel=1e-9)
    by_hand = found.contrast([(s, {"stype": g}) for g, s in (("E", 0.5), ("H", 0.2), ("M", 0.3))])
    assert table.loc["", "se"] == pytest.approx(by_hand.se, rel=1e-12)


def test_standardised_at_a_relative_line_carries_the_lines_error():
    homes = SCHOOLS["strat"]
    found = xl.estimate(
        homes, "poverty_gap", welfare="api00", line=xl.relative_line(0.9), by="stype",
        design=DESIGNS["strat"],
    )  # fmt: skip
    got = found.standardised("stype", {"E": 1, "M": 1})
    by_hand = found.contrast([(0.5, {"stype": "E"}), (0.5, {"stype": "M"})])
    assert got["se"][0] == pytest.approx(by_hand.se, rel=1e-10)


def test_an_area_without_a_group_has_no_standardised_figure():
    homes = pd.DataFrame({"y": [1.0, 2, 3, 4, 5, 6], "g": list("abaabb"), "r": list("xxxyyy")})
    homes.loc[3:, "g"] = "a"
    found = xl.estimate(homes, "mean", welfare="y", by=[("r", "g"), "g"])
    table = found.standardised("g", {"a": 1, "b": 1}).set_index("domain")
    assert pd.isna(table.loc["y", "estimate"])
    assert "no figure there" in table.loc["y", "reason"]


@pytest.mark.parametrize(
    ("by", "population", "said"),
    [
        ("nosuch", {"a": 1}, "no figure is by"),
        ("g", {"a": 1, "z": 1}, "groups that 'g' has not"),
        ("g", {"a": -1}, "no standard population"),
        ("g", ["a"], "no standard population"),
        ("g", {}, "no standard population"),
    ],
)
def test_what_cannot_be_standardised_says_why(by, population, said):
    homes = pd.DataFrame({"y": [1.0, 2, 3, 4], "g": list("aabb")})
    with pytest.raises(ExitlineError, match=said):
        xl.estimate(homes, "mean", welfare="y", by="g").standardised(by, population)


def test_twins_that_nobody_names_are_in_no_subpopulations_way():
    """Columns that differ in case alone: only what is named is read, with a condition too."""
    rows = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0], "g": list("abab"), "n": 1, "N": 2})
    assert xl.t_test(rows, "y", "g", where="y < 5").n == 3
    assert len(xl.tabulate(rows, "g", where="y < 5").to_pandas())
