"""Design effects: against draws with and without replacement; what is assumed at 0 and 1."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, t

import exitline as xl
from exitline.stats.infer import intervals
from exitline.stats.measure.catalogue import share_of

REFERENCE = Path(__file__).parents[1] / "estimate" / "reference"
DESIGNS = {
    "strat": ("apistrat", {"strata": "stype", "fpc": "fpc"}),
    "clus1": ("apiclus1", {"psu": "dnum", "fpc": "fpc"}),
    "clus2": ("apiclus2", {"psu": ("dnum", "snum"), "fpc": ("fpc1", "fpc2")}),
}

WITH_REPLACEMENT = {  # survey 4.5 (R 4.2.2): svymean(~api00 or ~enroll, design, deff = "replace")
    ("strat", "api00"): 1.1655661714535266, ("strat", "enroll"): 0.35032880609553407,
    ("clus1", "api00"): 9.0697483624530602, ("clus1", "enroll"): 2.7394941009653015,
    ("clus2", "api00"): 6.0969527027661963, ("clus2", "enroll"): 5.995716397049943,
}  # fmt: skip


def _schools(name: str, scale: str) -> tuple[pd.DataFrame, xl.Design]:
    sample, options = DESIGNS[name]
    schools = pd.read_csv(REFERENCE / f"{sample}.csv")
    times = {"population": 1.0, "sample size": len(schools) / schools.pw.sum(), "small": 1e-6}
    return schools.assign(pw=schools.pw * times[scale]), xl.Design(weight="pw", **options)


@pytest.mark.parametrize(("name", "welfare"), WITH_REPLACEMENT)
@pytest.mark.parametrize("scale", ["sample size", "small"])
def test_weights_that_count_no_population_have_the_effect_with_replacement(name, welfare, scale):
    """Weights that sum to the sample size or less; this form does not depend on their scale."""
    schools, design = _schools(name, scale)
    found = xl.estimate(schools, "mean", welfare=welfare, design=design, deff=True,
                        missing="exclude").find()  # fmt: skip
    assert found.deff == pytest.approx(WITH_REPLACEMENT[name, welfare], rel=1e-9)


def test_without_weights_the_effect_is_finite():
    """svymean(deff = TRUE) says Inf for weights of 1: (N - n)/N is 0."""
    homes = pd.DataFrame({"p": [0, 0, 1, 1, 2, 2], "y": [1.0, 2.0, 4.0, 4.0, 7.0, 9.0]})
    found = xl.estimate(homes, "mean", welfare="y", design=xl.Design(psu="p"), deff=True).find()
    simple = homes.y.var(ddof=1) / 6
    assert found.deff == pytest.approx(found.se**2 / simple, rel=1e-14)


def test_equal_values_have_no_variance_to_compare_with():
    """As R: a mean of equal values has no design effect, a total an infinite one."""
    homes = pd.DataFrame({"p": [0, 0, 1, 2], "y": 3.1, "w": [10.0, 20, 30, 41]})
    found = xl.estimate(homes, ["mean", "total"], welfare="y", deff=True,
                        design=xl.Design(psu="p", weight="w"))  # fmt: skip
    assert math.isnan(found.find(measure="mean").deff)
    assert found.find(measure="total").deff == math.inf


def _no_case_in_a(scale: float) -> xl.Estimates:
    """Twelve PSUs of ten; all cases lie in three PSUs of area b."""
    psu = np.repeat(np.arange(12), 10)
    homes = pd.DataFrame({"p": psu, "area": np.where(psu < 4, "a", "b"), "w": scale * (1.0 + psu)})
    homes["case"] = ((psu > 8) & (np.arange(120) % 10 < 6)).astype(float)
    return xl.estimate(homes, [share_of("case")], design=xl.Design(weight="w", psu="p"), by="area")


def test_an_area_without_cases_takes_the_design_effect_of_all():
    """Korn and Graubard's limit at n / deff households, not at n (by hand, with SciPy)."""
    found = _no_case_in_a(scale=1.0)
    area, everyone = found.find(domain="a"), found.find(by="")
    p, n = everyone.estimate, 120
    w = np.repeat(1.0 + np.arange(12), 10)
    spread = p * (1 - p) * n / (n - 1)
    effect = everyone.se**2 / (spread / n)
    assert effect > 5
    assert w.sum() > n
    ratio = t.ppf(0.975, 39) / t.ppf(0.975, 3)
    effective = 40 / effect * ratio**2
    assert area.estimate == 0.0
    assert area.ci_high == pytest.approx(beta.ppf(0.975, 1, effective), rel=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1 / 6.5, 1.0, 1000.0])
def test_the_scale_of_weights_moves_no_interval(scale):
    """Weights of 1 / 6.5 sum to the sample size."""
    one, other = _no_case_in_a(1.0), _no_case_in_a(scale)
    for area in ("a", "b"):
        for limit in ("ci_low", "ci_high"):
            wanted = getattr(one.find(domain=area), limit)
            assert getattr(other.find(domain=area), limit) == pytest.approx(wanted, rel=1e-12)


def test_an_assumed_design_effect_below_one_widens_nothing():
    none = np.zeros(1)
    n, df = np.array([50.0]), np.array([np.inf])
    whole = intervals.effective_size(none, none, n, df, floor=0.5)
    assert whole == pytest.approx(intervals.effective_size(none, none, n, df, floor=1.0))
    half = intervals.effective_size(none, none, n, df, floor=2.0)
    assert half == pytest.approx(whole / 2)
