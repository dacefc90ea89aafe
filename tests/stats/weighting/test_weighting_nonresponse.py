"""Errors of weights that were passed on from those who did not respond."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import root
from scipy.special import expit
from tests.stats.weighting.conftest import REFERENCE

import exitline as xl
from exitline.cli import call

STEP = 1e-5
DESIGN = xl.Design(weight="w", size="n", strata="s", psu="ea")


@pytest.fixture(scope="module")
def homes() -> pd.DataFrame:
    """Homes of which some did not answer; what they would have said is missing."""
    rng = np.random.default_rng(7)
    size = 240
    table = pd.DataFrame({
        "ea": np.arange(size) // 8, "zone": rng.choice(["a", "b"], size),
        "urban": rng.choice([0, 1], size), "w": rng.uniform(1, 4, size),
        "n": rng.integers(1, 6, size).astype(float), "r": rng.choice(["x", "z"], size),
        "y": rng.gamma(2, 3, size).round(2),
    })  # fmt: skip
    table["s"] = table["ea"] % 3
    table["here"] = rng.random(size) < np.where(table["zone"] == "a", 0.8, 0.5)
    return table.assign(y=table["y"].where(table["here"]))


def _adjusted(table: pd.DataFrame, weight: pd.Series, how: str = "classes") -> pd.Series:
    """The weights by hand; those of a logit from its equations, by SciPy's solver."""
    there = weight.where(table["here"], 0.0)
    if how == "logit":
        a, urban = table["zone"] == "a", table["urban"]
        x = np.column_stack([np.ones(len(table)), a, urban, a & (urban == 1), table["n"]])
        found = root(lambda b: x.T @ (weight * (table["here"] - expit(x @ b))), np.zeros(5),
                     tol=1e-14)  # fmt: skip
        return there / expit(x @ found.x)
    classes = [table["zone"], table["urban"]]
    whole, answered = (v.groupby(classes).transform("sum") for v in (weight, there))
    return there * whole / answered


def _figures(table: pd.DataFrame, weight: pd.Series, how: str = "classes") -> np.ndarray:
    w = _adjusted(table, weight, how)[table["here"]] * table["n"][table["here"]]
    own = table[table["here"]]
    part = own["r"] == "x"
    poor = own["y"] < 4
    return np.array([
        (w * own["y"]).sum(), (w * own["y"]).sum() / w.sum(), (w * poor).sum() / w.sum(),
        (w * poor)[part].sum() / w[part].sum(),
    ])  # fmt: skip


def _by_derivatives(table: pd.DataFrame, how: str = "classes") -> np.ndarray:
    """Standard errors from the derivative of each figure by the weight of each PSU."""
    moved = []
    for ea in range(table["ea"].max() + 1):
        own = table["ea"] == ea
        up, down = (_figures(table, table["w"] * (1 + h * own), how) for h in (STEP, -STEP))
        moved.append((up - down) / (2 * STEP))
    z = pd.DataFrame(moved).groupby(np.arange(len(moved)) % 3)
    return np.sqrt((z.count() * z.var()).sum().to_numpy())


HOW = {
    "classes": {"classes": ["zone", "urban"]},
    "logit": {"predictors": {"zone": {}, ("zone", "urban"): {}, "n": None}},
}


@pytest.mark.parametrize(("how", "engine"), [("classes", "duckdb"), ("logit", "duckdb"),
                         pytest.param("logit", "spark", marks=pytest.mark.spark)])  # fmt: skip
def test_errors_take_in_that_factors_are_estimated(homes, how, engine):
    found = xl.adjust_nonresponse(homes, DESIGN, "here", **HOW[how], engine=engine)
    made = found.to_pandas()
    adjusted = _adjusted(homes, homes["w"], how)
    assert made["adjusted_weight"].to_numpy() == pytest.approx(adjusted, rel=1e-9)
    asked = {"welfare": "y", "line": 4.0, "design": found.design, "by": "r", "engine": engine}
    got = xl.estimate(made, ["total", "mean", "headcount"], **asked)
    ours = [got.find(measure=m, domain=d) for m, d in (
        ("total", ""), ("mean", ""), ("headcount", ""), ("headcount", "x"))]  # fmt: skip
    values, errors = _figures(homes, homes["w"], how), _by_derivatives(homes, how)
    assert [one.estimate for one in ours] == pytest.approx(values, rel=1e-10)
    assert [one.se for one in ours] == pytest.approx(errors, rel=1e-7)
    assert got.find(measure="mean", domain="").n == homes["here"].sum()


def test_weights_taken_as_given_have_other_errors(homes):
    """What was done before: the classes unknown to the design. The total is too uncertain."""
    found = xl.adjust_nonresponse(homes, DESIGN, "here", ["zone", "urban"])
    made = found.to_pandas()
    plain = xl.Design(weight="adjusted_weight", size="n", strata="s", psu="ea")
    ours, bare = (
        xl.estimate(made, "total", welfare="y", design=d).find().se for d in (found.design, plain)
    )
    assert ours == pytest.approx(_by_derivatives(homes)[0], rel=1e-7)
    assert abs(bare / ours - 1) > 0.02


@pytest.mark.parametrize("how", HOW)
def test_replicates_are_adjusted_each(homes, how):
    """The jackknife, whose factors are found anew in each replicate, is near to it."""
    base = xl.replicate_weights(homes, DESIGN, "JKn", mse=True)
    found = xl.adjust_nonresponse(base.to_pandas(), base.design, "here", **HOW[how])
    made = found.to_pandas()
    assert found.design.replicates == tuple(f"adjusted_weight_{i + 1}" for i in range(30))
    for i in (0, 17):
        want = _adjusted(homes, base.to_pandas()[f"rw{i + 1}"], how)
        assert made[f"adjusted_weight_{i + 1}"].to_numpy() == pytest.approx(want)
    again = xl.estimate(made, ["total", "mean"], welfare="y", design=found.design)
    for measure, se in zip(("total", "mean"), _by_derivatives(homes, how)[:2], strict=True):
        assert again.find(measure=measure).se == pytest.approx(se, rel=0.05)


def test_adjusted_weights_can_be_calibrated(homes):
    found = xl.adjust_nonresponse(homes, DESIGN, "here", "zone")
    there = found.to_pandas().query("here")
    given = xl.calibrate(there, found.design, {"urban": {0: 300, 1: 320}})
    assert given.design.calibration.weight == "adjusted_weight"
    with pytest.raises(xl.ExitlineError, match="calibrated weights are not passed on"):
        xl.adjust_nonresponse(given.to_pandas(), given.design, "here", "zone")


R_OF_LOGIT = {
    ("total", ""): (3984557.280622, 896486.563346686), ("mean", ""): (643.280407141345,
    22.8522341372212), ("mean", "E"): (648.267216692445, 22.8692189536724),
    ("mean", "H"): (604.148267214611, 46.8152688002223),
}  # fmt: skip
"""R 4.2 with survey 4.1.1, apiclus1, here = snum %% 3 != 0, p from ``svyglm(here ~ stype + api99,
design, family = quasibinomial())``; the influence z = here y/p - (here - p) x'B by R's matrices,
its error by ``svytotal(~z, svydesign(~dnum, weights = ~pw, fpc = ~fpc))``."""


def test_propensities_of_a_logit_have_the_errors_that_r_gives_their_influence():
    schools = pd.read_csv(REFERENCE / "apiclus1.csv")
    schools["here"] = schools["snum"] % 3 != 0
    design = xl.Design(weight="pw", psu="dnum", fpc="fpc")
    asked = {"stype": {}, "api99": None, ("stype",): {}}
    with pytest.raises(xl.ExitlineError, match="twice"):
        xl.adjust_nonresponse(schools, design, "here", predictors=asked)
    found = xl.adjust_nonresponse(schools, design, "here", predictors={"stype": {}, "api99": None})
    assert found.propensities == pytest.approx((0.555868981352666, 0.684593763982176), rel=1e-10)
    made = found.to_pandas()
    made["api00"] = made["api00"].where(made["here"])
    got = xl.estimate(made, ["total", "mean"], welfare="api00", by="stype", design=found.design)
    for (measure, domain), figure in R_OF_LOGIT.items():
        one = got.find(measure=measure, domain=domain)
        assert (one.estimate, one.se) == pytest.approx(figure, rel=1e-9)
    with pytest.raises(xl.ExitlineError, match="not those of this adjustment"):
        xl.estimate(made[made["here"]], "mean", welfare="api00", design=found.design)


@pytest.mark.parametrize("how", HOW)
def test_commands_and_a_study_take_respondents_weights(homes, how, tmp_path, capsys):
    """Three ways to the same figure and error; a cluster's rows that did not respond count."""
    found = xl.adjust_nonresponse(homes, DESIGN, "here", **HOW[how])
    want = xl.estimate(found.to_pandas(), "mean", welfare="y", design=found.design).find()
    data, out = str(tmp_path / "homes.csv"), str(tmp_path / "out.parquet")
    homes.to_csv(data, index=False)
    flags = {"classes": "--classes zone --classes urban",
             "logit": "--levels zone --levels zone,urban --numeric n"}[how]  # fmt: skip
    start = ["nonresponse", data, "--responded", "here", "--weight", "w", "--out", out]
    assert call([*start, *flags.split()]) == 0
    printed = capsys.readouterr()
    told = " ".join((printed.out + printed.err).split()).partition("exitline estimate: ")[2]
    told = told.partition(" 240 rows")[0]
    asked = "--measure mean(y) --size n --strata s --psu ea --missing exclude --json"
    assert call(["estimate", out, *told.split(), *asked.split()]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["estimate"], row["se"]) == pytest.approx((want.estimate, want.se), rel=1e-11)
    keys = {"classes": "classes: [zone, urban]",
            "logit": "levels: [zone, [zone, urban]], numeric: n"}[how]  # fmt: skip
    study = tmp_path / "study.yaml"
    study.write_text(
        "study: a\ndata: {households: homes.csv}\ncolumns: {welfare: y}\nmissing: exclude\n"
        "measures: mean\ndesign: {weight: w, size: n, strata: s, psu: ea, "
        f"nonresponse: {{responded: here, {keys}}}}}\n"
    )
    ran = xl.run(study, out=tmp_path / "run").estimates.find(measure="mean")
    assert (ran.estimate, ran.se) == pytest.approx((want.estimate, want.se), rel=1e-11)
    assert xl.verify(tmp_path / "run/claims.json", data=[data]).match


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"predictors": {"zone": 5}}, "has a total"),
        ({"predictors": {"zone": {}, "y": None}}, "finite number"),
        ({"predictors": {"w": None, "alone": {}}}, "only respondents"),
        ({"predictors": {"tells": None}}, "without a finite solution"),
        ({"predictors": {"n": {}}, "classes": "zone"}, "got: +both"),
        ({}, "got: +neither"),
        ({"classes": "zone", "responded": "n"}, "(?s)neither yes nor no.*other numbers"),
        ({"classes": "zone", "responded": "r"}, "(?s)neither yes nor no.*text"),
    ],
)
def test_responses_that_no_weights_follow_from_are_refused(homes, given, words):
    answered = homes["here"].astype(float)
    table = homes.assign(
        tells=answered * 2 + homes["w"] / 10, alone=np.where(homes.index == answered.idxmax(), 1, 0)
    )
    with pytest.raises(xl.ExitlineError, match=words):
        xl.adjust_nonresponse(table, DESIGN, **{"responded": "here"} | given)
