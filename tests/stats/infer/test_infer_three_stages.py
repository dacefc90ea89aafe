"""Three stages with fpc, strata taken whole, offsets and overlapping conditions, against R.

Data: cases/three_stages.csv, made for this test (two strata, five PSUs each, three SSUs of each,
three units of each). Figures of R 4.2.2, survey 4.1.1, on

    svydesign(id = ~p + q + k, strata = ~s, fpc = ~N1 + N2 + N3, weights = ~w, nest = TRUE)

"sure": N1 = 5 in stratum a, whose PSUs are all there, w accordingly. "own": of stratum a only PSU
1, with N1 = 1. svymean, svytotal and svyratio(~y, ~x), those of "u" on subset(design, g == "u");
svyglm(y ~ g + offset(x)), svyglm(I(y > 55) ~ g + offset(x/20), family = quasibinomial).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl

DATA = pd.read_csv(Path(__file__).parent / "cases" / "three_stages.csv")
R = {
    "three": {
        ("mean", ""): (60.19329256169879, 1.379811799943956),
        ("total", ""): (54362.56895555555, 2927.114186606444),
        ("mean", "u"): (60.34545205580572, 1.492381394406936),
        ("total", "u"): (18166.66308888889, 1672.774549912816),
        ("ratio(y, x)", ""): (3.01290874445585, 0.07802044509977549),
    },
    "sure": {
        ("mean", ""): (59.69079507342209, 1.483764507954755),
        ("total", ""): (44533.31251111111, 2572.618780381072),
        ("mean", "u"): (59.87299892770977, 1.577988977458618),
        ("total", "u"): (14889.74957777778, 1499.987920263871),
        ("ratio(y, x)", ""): (2.989247932687594, 0.08597480395978764),
    },
    "own": {
        ("mean", ""): (58.58336972376526, 1.87572432178437),
        ("total", ""): (34450.92695555555, 2549.525220524104),
    },
}
PERSONS = {
    "poor_count": (751.0888888888888, 143.3527290925135),
    "poor_households": (360.1777777777778, 68.71433800098474),
    "count": (1806.266666666666, 92.31150163080075),
    "households": (903.1333333333331, 42.12320553382001),
    "household_headcount": (0.3988090844221354, 0.07234730576606882),
    "headcount": (0.4158239216554712, 0.07498504716568825),
    "fgt(1.5)": (0.009519923805689494, 0.003704197191920316),
    "total_shortfall": (3005.15711111111, 1018.290346747405),
    "shortfall": (4.001067191337021, 0.8362913784878617),
    "ratio(y, x)": (3.027234760838767, 0.09656016166466955),
}
"""The line is 58, k the persons of a household: R's svymean, svytotal and svyratio of ~I(y < 58),
~I(pmax(1 - y/58, 0)^1.5) and ~I(pmax(58 - y, 0)), weights w k, or w for figures of households."""
QUANTILES = {
    "math": ((56.834, 52.559, 59.068), (59.092, 56.858, 63.835)),
    "hf7": ((56.84637619047619, 52.52761941207935, 59.02873027899891),
            (59.09995691609977, 56.85871234519608, 63.46882413592459)),
    "hf8": ((56.84053928571429, 52.30232516137743, 59.05446025432169),
            (59.09090625, 56.85656290503942, 62.78482802025642)),
}  # fmt: skip
"""By qrule: svyquantile(~y, design, c(.3, .5), interval.type = "mean") with weights w k."""
DF = {"three": 8, "sure": 8, "own": 4}
OFFSETS = {
    "linear": (("y ~ g", "x"), (40.09481958716827, 1.992853322200823),
               (-0.5587856313108708, 1.654389027775566)),
    "logit": (("I(y > 55) ~ g", "I(x / 20)"), (0.7356457412477201, 0.6365681843929517),
              (-0.9293809817066253, 0.5275808772169963)),
}  # fmt: skip


def _design(lonely="fail", size=None) -> xl.Design:
    return xl.Design(weight="w", size=size, strata="s", psu=("p", "q", "k"),
                     fpc=("N1", "N2", "N3"), nest=True, lonely=lonely)  # fmt: skip


def _sample(case: str) -> pd.DataFrame:
    table, a = DATA, DATA["s"] == "a"
    taken = {"three": 5, "sure": 5, "own": 1}[case]
    if case != "three":
        table = table.assign(N1=np.where(a, taken, table["N1"]))[~a | (table["p"] <= taken)]
    sampled = np.where(table["s"] == "a", taken, 5)
    return table.assign(w=table["N1"] / sampled * table["N2"] / 3 * table["N3"] / 3)


@pytest.mark.parametrize("case", R)
def test_three_stages_are_those_of_r(case):
    """Where every PSU of a stratum is there, the second and third stage still vary."""
    found = xl.estimate(
        _sample(case), ["mean", "total", "ratio(y, x)"], welfare="y", design=_design(), by="g"
    )
    for (measure, domain), figure in R[case].items():
        one = found.find(measure=measure, domain=domain)
        assert (one.estimate, one.se) == pytest.approx(figure, rel=1e-12)
        assert one.df == DF[case]


@pytest.mark.parametrize("lonely", ["certainty", "adjust", "remove"])
def test_a_psu_that_is_its_whole_stratum_is_no_single_one(lonely):
    """R gives one error under each survey.lonely.psu, "fail" as well: its fpc is 1."""
    got = xl.estimate(_sample("own"), ["mean", "total"], welfare="y", design=_design(lonely))
    for measure in ("mean", "total"):
        assert got.find(measure=measure).se == pytest.approx(R["own"][measure, ""][1], rel=1e-12)


@pytest.mark.parametrize("family", OFFSETS)
def test_offsets_of_every_family_are_those_of_r(family):
    (formula, offset), *figures = OFFSETS[family]
    made = xl.glm(formula, _sample("sure"), _design(), family=family, offset=offset)
    got = list(zip(made.estimate, np.sqrt(np.diag(made.covariance)), strict=True))
    assert np.array(got) == pytest.approx(np.array(figures), rel=1e-9)


def test_conditions_that_overlap_covary_at_every_stage():
    """R: svycontrast of svytotal(~I(y * (g == "u")) + I(1 * (g == "u")) + I(y * (x > 20)) ...)."""
    table = DATA.assign(big=(DATA["x"] > 20).astype(int))
    found = xl.estimate(table, "mean", welfare="y", design=_design(), by=["g", "big"])
    pair = {"by": "g", "domain": "u"}, {"by": "big", "domain": "1"}
    apart, times = found.difference(*pair), found.ratio(*pair)
    assert (apart.estimate, apart.se) == pytest.approx((0.1416999954343439, 1.182033095942228))
    assert (times.estimate, times.se) == pytest.approx((1.002353673825715, 0.01966007322869643))


def test_numbers_of_the_poor_and_their_shortfall_are_those_of_r():
    found = xl.estimate(
        _sample("three"), [*PERSONS], welfare="y", line=58.0, design=_design(size="k")
    )
    for measure, figure in PERSONS.items():
        one = found.find(measure=measure)
        assert (one.estimate, one.se) == pytest.approx(figure, rel=1e-12), measure


@pytest.mark.parametrize("rule", QUANTILES)
def test_quantiles_by_rules_of_r_with_three_stages(rule):
    asked = [f"quantile({p}, rule='{rule}')" for p in (0.3, 0.5)]
    found = xl.estimate(
        _sample("three"), asked, welfare="y", design=_design(size="k"), quantile_interval="mean"
    )
    got = found.to_pandas()[["estimate", "ci_low", "ci_high"]].to_numpy()
    assert got == pytest.approx(np.array(QUANTILES[rule]), rel=1e-9)
