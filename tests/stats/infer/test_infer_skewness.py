"""Intervals corrected for skewness: exact moments, a simulation, and what cannot have them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import ExitlineError
from exitline.stats.infer.designs.frame import Stage
from exitline.stats.infer.designs.moments import moments_of, shape_of
from exitline.stats.infer.intake.cells import Rows
from exitline.stats.infer.intervals import t_quantile


def _moments(values, sampled, left=1.0):
    """Moments of a total over one stratum, of which some PSUs have no members."""
    z = np.array(values, dtype=float)
    code = np.arange(len(z))
    rows = Rows(code * 0, ((),), code * 0, (code,), code * 0 + 1, code[:, None], z[:, None])
    stage = Stage(np.array([sampled]), np.array([left]), np.ones(1))
    return moments_of(rows, z, z[:, None] ** 2, stage)


@pytest.mark.parametrize("absent", [0, 2])
def test_moments_are_those_of_exact_arithmetic(absent):
    """n m3 and n m2 by fractions, PSUs without members counting as zeros."""
    values = [3, 1, 4, 1, 5, 9]
    every = [Fraction(v) for v in values] + [Fraction(0)] * absent
    n = len(every)
    mean = sum(every) / n
    two = Fraction(n, n - 1) * sum((v - mean) ** 2 for v in every)
    three = Fraction(n**2, (n - 1) * (n - 2)) * sum((v - mean) ** 3 for v in every)
    square = sum(v**2 for v in every) / n
    both = Fraction(n, n - 1) * sum((v - mean) * (v**2 - square) for v in every)
    found = _moments(values, n)
    assert found.covariance[0, 0, 0] == pytest.approx(float(two), rel=1e-12)
    assert found.third[0] == pytest.approx(float(three), rel=1e-12)
    assert found.covariance[0, 0, 1] == pytest.approx(float(both), rel=1e-12)
    assert found.df[0] == pytest.approx(n - 1)
    part = _moments(values, n, left=0.75)  # (1 - f) and (1 - f)(1 - 2 f) of simple sampling
    assert part.covariance[0, 0, 0] == pytest.approx(0.75 * float(two), rel=1e-12)
    assert part.third[0] == pytest.approx(0.75 * 0.5 * float(three), rel=1e-12)


def test_a_square_bends_as_its_second_derivative_says():
    """f(t) = t^2: d'H d / se^3 = 2 d^2 / se^3 with d = cov(t, f), and trace 2 var(t) / (2 se)."""
    z = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])
    code = np.arange(6)
    rows = Rows(code * 0, ((),), code * 0, (code,), code * 0 + 1, code[:, None], z[:, None])
    total = z.sum()
    moments = moments_of(rows, 2 * total * z, z[:, None], Stage(np.array([6]), *np.ones((2, 1))))
    variance = 6 / 5 * ((z - z.mean()) ** 2).sum()
    se = np.array([2 * total * np.sqrt(variance)])
    shape = shape_of(moments, se, np.array([[total]]), lambda t: t[:, 0] ** 2)
    assert shape.bend[0] == pytest.approx(2 * (2 * total * variance) ** 2 / se[0] ** 3, rel=1e-9)
    assert shape.bias[0] == pytest.approx(variance / se[0], rel=1e-9)


def test_means_of_skewed_values_are_covered():
    """2,000 samples of 40 exponential values, whose mean is 1: t misses above, the other covers."""
    rng = np.random.default_rng(7)
    many, n = 2000, 40
    homes = pd.DataFrame({"y": rng.exponential(1.0, many * n), "sample": np.repeat(range(many), n)})
    homes["unit"] = np.arange(len(homes))
    design = xl.Design(strata="sample", psu="unit")
    covered = {}
    for how in ("t", "skewness"):
        found = xl.estimate(homes, "mean", welfare="y", by="sample", design=design,
                            figure_interval=how).to_pandas()  # fmt: skip
        own = found[found["by"] == "sample"]
        covered[how] = ((own["ci_low"] <= 1) & (own["ci_high"] >= 1)).mean()
        low, high = (own["ci_high"] < 1).mean(), (own["ci_low"] > 1).mean()
        assert low > 3 * high if how == "t" else low < 2 * high + 0.02
    assert covered["t"] < 0.935
    assert 0.94 <= covered["skewness"] <= 0.96


HOMES = pd.DataFrame(
    {"y": np.random.default_rng(3).lognormal(0, 1, 240), "psu": np.arange(240) // 6,
     "s": np.arange(240) // 60, "g": np.arange(240) % 2}
)  # fmt: skip


def test_it_is_symmetric_without_skewness_and_leaves_shares_and_quantiles():
    """A column that is the same on either side of its mean in every stratum."""
    even = HOMES.assign(y=1.0 + HOMES["psu"] % 10 / 10)
    design = xl.Design(strata="s", psu="psu")
    asked = {"welfare": "y", "design": design, "line": 1.5}
    how = {"figure_interval": "skewness"}
    one = xl.estimate(even, "total", **asked, **how).find()
    half = float(t_quantile(0.975, one.df)) * one.se
    assert (one.ci_low, one.ci_high) == pytest.approx((one.estimate - half, one.estimate + half))
    asked["welfare"], names = "y", ["headcount", "median", "gini", "ge(2)"]
    ours, plain = (xl.estimate(HOMES, names, **asked, **more) for more in (how, {}))
    ends = [
        [(x.ci_low, x.ci_high) for x in some] == [(x.ci_low, x.ci_high) for x in plain]
        for some in (ours, plain)
    ]
    assert ends == [False, True]
    for name in ("headcount", "median"):
        a, b = ours.find(measure=name), plain.find(measure=name)
        assert (a.ci_low, a.ci_high) == (b.ci_low, b.ci_high)
    for name in ("gini", "ge(2)"):
        a, b = ours.find(measure=name), plain.find(measure=name)
        assert (a.estimate, a.se) == (b.estimate, b.se)
        assert a.ci_high > b.ci_high  # to the right, where its tail is
        assert a.ci_low > b.ci_low


def test_strata_that_vary_alone_have_the_degrees_of_freedom():
    """All variance in one of four strata of ten PSUs: Satterthwaite's 9 instead of 36."""
    only = HOMES.assign(y=np.where(HOMES["s"] == 0, HOMES["psu"] % 10, 1.0))
    design = xl.Design(strata="s", psu="psu")
    one = xl.estimate(only, "total", welfare="y", design=design, figure_interval="skewness").find()
    half = float(t_quantile(0.975, 9)) * one.se
    assert (one.ci_low, one.ci_high) == pytest.approx((one.estimate - half, one.estimate + half))
    assert one.df == 36


def test_replicates_and_unknown_kinds_are_refused():
    made = HOMES.assign(**{f"r{i}": np.where(HOMES["psu"] % 4 == i, 0, 4 / 3) for i in range(4)})
    design = xl.Design(replicates=("r0", "r1", "r2", "r3"), kind="JK1")
    with pytest.raises(ExitlineError, match="skewness of figures is not known"):
        xl.estimate(made, "mean", welfare="y", design=design, figure_interval="skewness")
    with pytest.raises(ExitlineError, match="there is no interval 'skew'"):
        xl.estimate(HOMES, "mean", welfare="y", figure_interval="skew")


def test_households_that_the_engine_sums_up_are_refused_and_named_as_psus_are_not(monkeypatch):
    """Covariances are all that is left of them then; limits were next to each other."""
    alone = HOMES.assign(number=range(len(HOMES)))
    named = xl.Design(psu="number")
    one = xl.estimate(alone, "ge(2)", welfare="y", figure_interval="skewness").find()
    monkeypatch.setattr("exitline.stats.measure.passes.totals.ONE_BY_ONE", 10)
    other = xl.estimate(
        alone, "ge(2)", welfare="y", design=named, figure_interval="skewness"
    ).find()
    assert (other.ci_low, other.ci_high) == pytest.approx((one.ci_low, one.ci_high), rel=1e-9)
    with pytest.raises(ExitlineError, match="too many households without PSUs"):
        xl.estimate(alone, "ge(2)", welfare="y", figure_interval="skewness")
    plain = xl.estimate(alone, "ge(2)", welfare="y").find()
    assert plain.se == pytest.approx(one.se, rel=1e-9)
