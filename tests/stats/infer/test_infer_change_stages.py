"""Change between waves that share units of later stages, against R and against one joint run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl

SCHOOLS = Path(__file__).parents[1] / "estimate" / "reference" / "apiclus2.csv"
# R 4.2.2, survey 4.1.1; d <- svydesign(ids=~dnum+snum, fpc=~fpc1+fpc2, weights=~pw, data=apiclus2),
# of "half" with fpc=~half1+half2, both 0.5, and options(survey.lonely.psu="remove");
# m <- svymean(~api99+api00, d); svycontrast(m, quote(api00 - api99)), quote(api00/api99 - 1);
# "E": the same of subset(d, stype == "E"); the change and the relative change, each with its SE;
# degf(d) is 39
R = {
    "all": (25.777859778597758, 2.8419889620485019, 0.03996357066935463, 0.004620534123386975),
    "half": (25.777859778597758, 2.6525662861418002, 0.03996357066935463, 0.00430600828628728),
    "E": (34.390032502708664, 2.6180745405043262, 0.05223111883394060, 0.00529486599959250),
}  # fmt: skip
# svyby(~api00, ~stype, subset(d, stype %in% c("E", "H")), svymean, covmat = TRUE), quote(H - E)
GROUPS = (-94.469741526079702, 28.402329619230237)


def _design(half: bool) -> xl.Design:
    fpc = ("half1", "half2") if half else ("fpc1", "fpc2")
    return xl.Design(weight="pw", psu=("dnum", "snum"), fpc=fpc, lonely="remove")


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    return pd.read_csv(SCHOOLS).assign(half1=0.5, half2=0.5)


@pytest.mark.parametrize("case", R)
def test_two_scores_of_the_same_schools_as_svycontrast(schools, case):
    design = _design(case != "all")
    waves = [
        xl.estimate(schools, "mean", welfare=y, design=design, by="stype")
        for y in ("api99", "api00")
    ]
    domain = {"by": "stype", "domain": "E"} if case == "E" else {"by": ""}
    found = xl.change(*waves)
    value, se, relative, relative_se = R[case]
    one = found.find(kind="absolute", **domain)
    assert (one.estimate, one.se) == pytest.approx((value, se), rel=1e-9)
    one = found.find(kind="relative", **domain)
    assert (one.estimate, one.se) == pytest.approx((relative, relative_se), rel=1e-9)
    assert found.find(kind="absolute", by="").df == 39


def test_two_conditions_of_one_sample_as_svycontrast(schools):
    """Schools of either kind share districts, and are units of the other's districts, too."""
    waves = [
        xl.estimate(schools, "mean", welfare="api00", design=_design(True),
                    where=f"stype = '{kind}'")
        for kind in ("E", "H")
    ]  # fmt: skip
    one = xl.change(*waves).find(kind="absolute")
    assert (one.estimate, one.se) == pytest.approx(GROUPS, rel=1e-9)


def test_a_part_of_the_units_shared_written_out():
    """By stage: c / (c - 1) x products of what is shared, times what the samples leave out."""
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"psu": np.repeat(range(8), 10), "home": np.tile(range(10), 8)})
    rows["y"] = rng.normal(10, 3, 80) + rows["psu"] + rows["home"] / 2
    first, second = rows[rows["home"] < 7], rows[rows["home"] >= 3]
    second = second.assign(y=second["y"] + rng.normal(0, 1, len(second)))
    first, second = first.assign(f1=0.4, f2=0.5), second.assign(f1=0.4, f2=0.25)
    design = xl.Design(psu=("psu", "home"), fpc=("f1", "f2"))
    waves = [xl.estimate(d, "total", welfare="y", design=design) for d in (first, second)]
    one, two = (d.set_index(["psu", "home"])["y"] for d in (first, second))
    psus = pd.concat({"a": one.groupby("psu").sum(), "b": two.groupby("psu").sum()}, axis=1)
    covariance = 0.6 * 8 * np.cov(psus["a"], psus["b"])[0, 1]
    both = pd.concat({"a": one, "b": two}, axis=1).dropna()
    assert len(both) == 32
    for _, part in both.groupby("psu"):
        left = 0.4 * np.sqrt(0.5 * 0.75)
        covariance += left * len(part) * np.cov(part["a"], part["b"])[0, 1]
    variance = sum(w.find().se ** 2 for w in waves) - 2 * covariance
    assert xl.change(*waves).find(kind="absolute").se == pytest.approx(variance**0.5, rel=1e-12)


def test_the_same_sample_twice_has_not_changed_and_waves_agree_with_one_run(schools):
    """Stacked rows of two waves in one run: `difference` knows every stage of both."""
    design = _design(True)
    stacked = pd.concat([
        schools.assign(wave="a", y=schools["api99"]), schools.assign(wave="b", y=schools["api00"])
    ])  # fmt: skip
    measures = ["mean", "gini", "at_risk_rate(0.9)"]
    one_run = xl.estimate(stacked, measures[:2], welfare="y", design=design, by="wave")
    waves = [
        xl.estimate(part, measures, welfare="y", design=design)
        for _, part in stacked.groupby("wave")
    ]
    found = xl.change(*waves)
    for name in measures[:2]:
        joint = one_run.difference(
            {"measure": name, "domain": "b"}, {"measure": name, "domain": "a"}
        )
        assert found.find(measure=name, kind="absolute").se == pytest.approx(joint.se, rel=1e-9)
    for one in xl.change(waves[0], waves[0]):
        assert one.se == pytest.approx(0, abs=1e-9)
