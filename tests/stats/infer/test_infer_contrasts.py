"""Contrasts, ratios, Wald tests and adjusted p-values as R's (reference/contrasts.R)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import MeasureError

HERE = Path(__file__).parent
FIGURES = pd.read_csv(HERE / "reference" / "contrasts.csv").set_index(["case", "what"])
DATA = HERE.parent / "estimate" / "reference"
DESIGNS = {
    "strat": xl.Design(weight="pw", strata="stype", fpc="fpc"),
    "clus1": xl.Design(weight="pw", psu="dnum", fpc="fpc"),
    "clus2": xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2")),
}
E, H, M = ({"stype": one} for one in "EHM")


@pytest.fixture(scope="module", params=DESIGNS)
def case(request):
    data = pd.read_csv(DATA / f"api{request.param}.csv")
    design = DESIGNS[request.param]
    found = xl.estimate(data, "mean", welfare="api00", design=design, by="stype")
    return request.param, found


def _agree(got, wanted):
    assert got.estimate == pytest.approx(wanted["estimate"], rel=1e-9)
    assert got.se == pytest.approx(wanted["se"], rel=1e-9)
    assert got.df == wanted["df"]
    assert got.p == pytest.approx(wanted["p"], rel=1e-9)


def test_contrasts_as_svycontrast(case):
    name, found = case
    _agree(found.contrast([(0.5, E), (0.5, H), (-1, M)]), FIGURES.loc[name, "contrast"])


def test_ratios_as_svycontrast_and_their_p_is_against_one(case):
    name, found = case
    _agree(found.ratio(E, H), FIGURES.loc[name, "ratio"])


@pytest.mark.parametrize("what", ["equal", "650"])
def test_wald_tests(case, what):
    name, found = case
    options = {"equal": True} if what == "equal" else {"values": 650}
    test = found.wald({"by": "stype"}, **options)
    one = found.wald([E, H, M], **options)
    assert one.chi2 == pytest.approx(test.chi2, rel=1e-12)
    for kind, value, df, p in (
        ("chi2", test.chi2, test.df, test.p_chi2),
        ("F", test.f, test.ddf, test.p),
        ("adjusted", test.f_adjusted, test.ddf_adjusted, test.p_adjusted),
    ):
        wanted = FIGURES.loc[name, f"{what} {kind}"]
        assert value == pytest.approx(wanted["estimate"], rel=1e-9)
        assert df == wanted["df"]
        assert p == pytest.approx(wanted["p"], rel=1e-9)


def test_wald_tests_of_contrasts_are_those_of_equality(case):
    _, found = case
    by_hand = found.wald([[(-1, E), (1, H)], [(1, M), (-1, E)]])
    assert by_hand.chi2 == pytest.approx(found.wald([E, H, M], equal=True).chi2, rel=1e-10)


@pytest.mark.parametrize(("method", "name"), [("holm", "holm"), ("bh", "BH")])
def test_adjusted_p_values_as_p_adjust(method, name):
    wanted = FIGURES.loc[name]
    got = xl.adjust_p(wanted["p"].to_list(), method)
    np.testing.assert_allclose(got, wanted["estimate"], rtol=1e-14)


def test_a_ratio_at_relative_lines_carries_the_lines_own_error():
    """As the difference of logarithms by hand from the covariance of both figures."""
    homes = pd.DataFrame(
        {"y": np.arange(1.0, 61) ** 1.3 % 17 + 1, "r": list("ab") * 30, "p": np.arange(60) // 3}
    )
    found = xl.estimate(homes, "poverty_gap", welfare="y", line=xl.relative_line(0.9),
                        design=xl.Design(psu="p"), by="r")  # fmt: skip
    a, b = found.find(r="a"), found.find(r="b")
    ratio = found.ratio({"r": "a"}, {"r": "b"})
    gap = found.difference({"r": "a"}, {"r": "b"})
    covariance = (a.se**2 + b.se**2 - gap.se**2) / 2
    relative = (a.se / a.estimate) ** 2 + (b.se / b.estimate) ** 2
    relative -= 2 * covariance / (a.estimate * b.estimate)
    assert ratio.se == pytest.approx(ratio.estimate * relative**0.5, rel=1e-9)


def test_the_table_of_differences_is_made_of_differences(case):
    _, found = case
    table = found.differences(E, {"by": "stype"}, adjust="bh").set_index("domain")
    assert list(table.index) == ["H", "M"]
    for domain, row in table.iterrows():
        one = found.difference({"stype": domain}, E)
        for name in ("estimate", "se", "df", "p", "ci_low", "ci_high"):
            assert row[name] == pytest.approx(getattr(one, name), rel=1e-9)
    assert list(table["p_adjusted"]) == list(xl.adjust_p(table["p"], "bh"))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda f: f.wald([E]  , equal=True), "too few"),
        (lambda f: f.wald([E, H, E]), "follows from the others"),
        (lambda f: f.wald([E, {"stype": "X"}]), "no single estimate"),
        (lambda f: f.contrast([]), "no contrast"),
        (lambda f: f.contrast([(float("nan"), E)]), "no contrast"),
        (lambda f: f.differences(E, {"stype": "X"}), "no single estimate"),
        (lambda f: f.differences(E, {}), "several measures"),
        (lambda f: f.differences(E, {"by": "stype"}, adjust="fdr"), "no adjustment"),
        (lambda _: xl.adjust_p([0.1, 1.2]), "no p-values"),
        (lambda _: xl.adjust_p("p"), "no p-values"),
    ],
)  # fmt: skip
def test_what_cannot_be_tested_says_why(case, call, said):
    with pytest.raises(MeasureError, match=said):
        call(case[1])


def test_no_ratio_to_zero_and_no_test_of_a_full_count():
    homes = pd.DataFrame({"y": [0.0, 0.0, 3.0, 9.0], "r": list("aabb")})
    found = xl.estimate(homes, "mean", welfare="y", design=xl.Design(census=True), by="r")
    assert found.ratio({"r": "a"}, {"r": "b"}).se == 0
    with pytest.raises(MeasureError, match="zero has no value"):
        found.ratio({"r": "b"}, {"r": "a"})
    with pytest.raises(MeasureError, match="full count"):
        found.wald({"by": "r"}, equal=True)
