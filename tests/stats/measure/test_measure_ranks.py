"""Measures that rest on ranks: their definition written out, and their SE by differences.

Standard errors are checked against numerical derivatives: with replicate weights in which the
weight of one PSU is a little larger or smaller, the sum of squared differences is the variance
under linearisation. The two sides share neither the query nor the arithmetic.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exitline as xl
from exitline.errors import DesignError, MeasureError
from exitline.stats.engine.duckdb import DuckDB

AT_LINE = [
    "sen", "sst", "takayama", "rich_headcount", "richness(0.5)", "richness_concave(0.5)",
    "richness_convex(2)", "fgt(1.5)", "watts",
]  # fmt: skip
OTHERS = [
    "gini", "concentration(x)", "kakwani(x)", "reynolds_smolensky(x)", "kolm(0.5)", "zenga",
    "pay_gap(x, g)", "prosperity_gap(25)", "ge(-1)", "mld", "ge(0.5)", "theil", "ge(2)",
    "atkinson(0.5)", "atkinson(1)", "atkinson(2)", "j_divergence", "variance(x)",
    "standard_deviation",
]  # fmt: skip
STEP = 1e-4
QUICK = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def duck():
    opened = DuckDB(threads=1)
    yield opened
    opened.close()


def _homes(seed: int = 1, n: int = 120) -> pd.DataFrame:
    """Households with ties in welfare, in 12 PSUs and two regions."""
    rng = np.random.default_rng(seed)
    homes = pd.DataFrame({"psu": np.arange(n) % 12, "y": rng.lognormal(0, 0.8, n)})
    homes["y"] = (homes.y + 0.1).round(1)  # some exactly on the line of 1.2
    homes["w"] = rng.uniform(1, 5, n)
    homes["size"] = rng.integers(1, 6, n)
    homes["x"] = homes.y * rng.uniform(0.2, 1.0, n)
    homes["g"] = rng.integers(0, 2, n)
    homes["region"] = np.where(homes.psu % 2 == 0, "north", "south")
    return homes


def _by_differences(homes: pd.DataFrame, duck, measures, **options) -> pd.DataFrame:
    """Standard errors from weights that differ by a small step in one PSU, up and down."""
    homes, psus = homes.copy(), sorted(homes.psu.unique())
    for psu in psus:
        for sign in (1, -1):
            factor = np.where(homes.psu == psu, 1 + sign * STEP, 1.0)
            homes[f"r{psu}_{sign}"] = homes.w * factor
    names = [f"r{psu}_{sign}" for psu in psus for sign in (1, -1)]
    count = len(psus)
    design = xl.Design(
        weight="w", size="size", replicates=names, kind="other",
        scale=count / (count - 1) / (2 * STEP**2), mse=True,
    )  # fmt: skip
    return xl.estimate(homes, measures, design=design, engine=duck, **options).to_pandas()


@pytest.mark.parametrize("line", [1.2, xl.relative_line(0.8, "mean")], ids=["fixed", "of mean"])
def test_standard_errors_are_those_of_numerical_derivatives(duck, line):
    measures = AT_LINE + OTHERS
    if not isinstance(line, float):  # a share of those below a line that moves jumps
        measures = ["sst", "takayama", "richness(0.5)", "richness_convex(2)", "fgt(1.5)", "watts"]
    options = {"welfare": "y", "line": line, "by": "region", "engine": duck}
    homes = _homes()
    linear = xl.estimate(
        homes, measures, design=xl.Design(weight="w", size="size", psu="psu"), **options
    ).to_pandas()
    options.pop("engine")
    numeric = _by_differences(homes, duck, measures, **options)
    assert len(linear) == 3 * len(measures)
    np.testing.assert_allclose(numeric.estimate, linear.estimate, rtol=1e-10)
    np.testing.assert_allclose(numeric.se, linear.se, rtol=1e-5)


def _gini(y, w):
    apart = np.abs(y[:, None] - y[None, :])
    return (w[:, None] * w[None, :] * apart).sum() / (2 * w.sum() * (w * y).sum())


def _median(y, w):
    order = np.argsort(y, kind="stable")
    return y[order][np.searchsorted(np.cumsum(w[order]), w.sum() / 2)]


def _zenga(y, w):
    """One step for each distinct value: Barabesi, Diana and Perri (2016) where one household
    has it, Langel and Tillé (2012), section 3, where several share it."""
    values, place, rows = np.unique(y, return_inverse=True, return_counts=True)
    d = np.bincount(place, w)
    N, Y = d.sum(), (d * values).sum()
    upto, sums = np.cumsum(d), np.cumsum(d * values)
    found = 0.0
    for k, v in enumerate(values):
        before, lower = upto[k] - d[k], sums[k] - d[k] * v
        if rows[k] == 1:
            found += d[k] / N * (1 - (N - upto[k]) * lower / (upto[k] * (Y - lower)))
            continue
        A = before * v - lower
        if k > 0:
            found += A / (Y + A) * np.log(upto[k] / before)
        if k < len(values) - 1:
            found += (Y / (N * v) - Y / (Y + A)) * np.log((Y - lower) / (Y - sums[k]))
    return found


def _definitions(homes: pd.DataFrame, z: float) -> dict[str, float]:
    """Each measure as its paper defines it, pair by pair."""
    y, x, g = (homes[c].to_numpy(float) for c in ("y", "x", "g"))
    w = (homes.w * homes["size"]).to_numpy()
    N, mean = w.sum(), np.average(y, weights=w)
    poor, rich = y < z, y > z
    gap = np.where(poor, (z - y) / z, 0.0)
    H, short = w[poor].sum() / N, np.average(gap[poor], weights=w[poor])
    rank = ((y[None, :] < y[:, None]) @ w + 0.5 * (y[None, :] == y[:, None]) @ w) / N
    covariance = np.average((x - np.average(x, weights=w)) * (rank - 0.5), weights=w)
    C = 2 * covariance / np.average(x, weights=w)
    G = _gini(y, w)
    order, median = np.argsort(y, kind="stable"), _median(y, w)
    upto = np.append(0.0, np.cumsum(w[order])) / N
    half = np.interp(0.5, upto, np.append(0.0, np.cumsum((w * y)[order])) / (w * y).sum())
    over = np.where(rich, y - z, 0.0)
    return {
        "gini": G,
        "concentration(x)": C,
        "kakwani(x)": C - G,
        "reynolds_smolensky(x)": G - C,
        "kolm(0.5)": np.log(np.average(np.exp(0.5 * (mean - y)), weights=w)) / 0.5,
        "zenga": _zenga(y, w),
        "wolfson": 2 * mean / median * (1 - 2 * half - G),
        "pay_gap(x, g)": 1 - np.average(x[g == 1], weights=w[g == 1])
        / np.average(x[g == 0], weights=w[g == 0]),
        "variance(x)": np.cov(x, aweights=w, ddof=0) * len(x) / (len(x) - 1),  # R's svyvar
        "standard_deviation": (np.cov(y, aweights=w, ddof=0) * len(y) / (len(y) - 1)) ** 0.5,
        "median_ratio(g)": _median(y[g == 1], w[g == 1]) / _median(y[g == 0], w[g == 0]),
        "prosperity_gap(25)": np.average(25 / y, weights=w),
        "sen": H * (short + (1 - short) * _gini(y[poor], w[poor])),
        "sst": H * short * (1 + _gini(gap, w)),
        "takayama": _gini(np.minimum(y, z), w),
        "rich_headcount": w[rich].sum() / N,
        "richness(0.5)": np.average(np.where(rich, 1 - (z / y) ** 0.5, 0), weights=w),
        "richness_concave(0.5)": np.average(np.where(rich, 1 - z / y, 0) ** 0.5, weights=w),
        "richness_convex(2)": np.average((over / z) ** 2, weights=w),
    }  # fmt: skip


def test_every_measure_is_what_its_definition_says(duck):
    homes = _homes(seed=7)
    wanted = _definitions(homes, 1.2)
    found = xl.estimate(
        homes, list(wanted), welfare="y", line=1.2, engine=duck,
        design=xl.Design(weight="w", size="size", psu="psu"),
    )  # fmt: skip
    for name, value in wanted.items():
        assert found.find(measure=name).estimate == pytest.approx(value, rel=1e-12), name


def test_the_ratio_of_medians_moves_as_convey_says(duck):
    """svyrmir's linearisation written out: densities within each group, the bandwidth of all."""
    homes = _homes(seed=3)
    y, g, w = homes.y.to_numpy(), homes.g.to_numpy(), (homes.w * homes["size"]).to_numpy()
    width = np.sqrt(np.cov(y, aweights=w, ddof=0)) / w.sum() ** 0.2
    medians, moves = [], []
    for inside in (g == 1.0, g == 0.0):
        m = _median(y[inside], w[inside])
        near = np.exp(-(((m - y) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
        moves.append(inside * (0.5 - (y <= m)) / (w * near * inside).sum())
        medians.append(m)
    influence = w * (moves[0] - medians[0] / medians[1] * moves[1]) / medians[1]
    totals = np.bincount(homes.psu, influence)
    found = xl.estimate(homes, "median_ratio(g)", welfare="y", engine=duck,
                        design=xl.Design(weight="w", size="size", psu="psu")).find()  # fmt: skip
    assert found.estimate == pytest.approx(medians[0] / medians[1], rel=1e-12)
    assert found.se == pytest.approx(np.sqrt(12 * totals.var(ddof=1)), rel=1e-10)
    one = xl.estimate(homes.assign(g=1), "median_ratio(g)", welfare="y", engine=duck,
                      design=xl.Design(weight="w", psu="psu")).find()  # fmt: skip
    assert np.isnan(one.estimate)
    assert "one of the two groups is empty" in one.reason


EVERY = [
    "sen", "sst", "takayama", "rich_headcount", "richness(0.5)", "gini", "concentration(x)",
    "theil", "mld", "kolm(0.5)", "zenga", "wolfson", "amato", "clark(0.4)",
    "bourguignon_chakravarty(y < 1.2 + x < 1, 2, 3)",
]  # fmt: skip


def _figures(homes: pd.DataFrame, duck, **options) -> pd.DataFrame:
    design = xl.Design(weight="w", size="size", psu="psu")
    found = xl.estimate(
        homes, EVERY, welfare="y", line=1.2, design=design, engine=duck, **options
    ).to_pandas()
    return found[["estimate", "se", "df", "n"]].astype(float)


@given(st.integers(0, 1000), st.floats(0.01, 1000))
@QUICK
def test_neither_order_nor_scale_of_weights_nor_split_rows_matter(duck, seed, factor):
    homes = _homes(seed, n=48)
    plain = _figures(homes, duck)
    changed = homes.sample(frac=1, random_state=seed)
    halves = [changed.assign(w=changed.w * factor * share) for share in (0.25, 0.75)]
    other = _figures(pd.concat(halves), duck)
    steady = [m not in ("wolfson", "zenga") for m in EVERY]  # densities' bandwidth: R's trap 2
    whole = [m != "zenga" for m in EVERY]  # R's estimator: a household alone is one step
    shuffled = _figures(changed, duck)
    np.testing.assert_allclose(plain, shuffled, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(plain.estimate[whole], other.estimate[whole], rtol=1e-9)
    np.testing.assert_allclose(plain.se[steady], other.se[steady], rtol=1e-7, atol=1e-12)


@given(st.integers(0, 1000), st.floats(30, 1e5))
@QUICK
def test_one_more_rich_person(duck, seed, riches):
    homes = _homes(seed, n=48)
    more = pd.concat([homes, homes.iloc[[0]].assign(y=riches)], ignore_index=True)
    before, after = (_figures(t, duck).estimate.to_numpy() for t in (homes, more))
    falls = {"sen", "sst"}
    rises = {"gini", "theil", "mld", "zenga", "rich_headcount", "richness(0.5)"}
    for name, old, new in zip(EVERY, before, after, strict=True):
        assert name not in falls or new <= old + 1e-12, name
        assert name not in rises or new >= old - 1e-12, name


def test_all_equal_and_a_single_household(duck):
    equal = _homes().assign(y=2.0)
    found = xl.estimate(equal, ["gini", "zenga", "theil", "kolm(1)", "sen", "sst", "takayama"],
                        welfare="y", line=1.0, engine=duck,
                        design=xl.Design(weight="w", psu="psu"))  # fmt: skip
    for one in found:
        assert one.estimate == pytest.approx(0.0, abs=1e-12), one.measure
        assert one.se == pytest.approx(0.0, abs=1e-12), one.measure
    with pytest.raises(DesignError, match="single PSU"):
        xl.estimate(equal.head(1), ["gini", "zenga"], welfare="y", engine=duck)
    homes = _homes().assign(region=lambda t: np.where(t.index == 0, "alone", "rest"))
    alone = xl.estimate(homes, ["gini", "zenga", "sen"], welfare="y", line=1.0, engine=duck,
                        by="region", design=xl.Design(weight="w", psu="psu"))  # fmt: skip
    of_one = [one for one in alone if one.domain == "alone"]
    assert [one.estimate for one in of_one[:2]] == pytest.approx([0, 0], abs=1e-12)
    assert all(np.isnan(one.se) and "one PSU" in one.reason for one in of_one)


def test_where_there_is_no_figure_the_reason_is_said(duck):
    homes = _homes().assign(y=lambda t: np.where(t.region == "north", -1.0, t.y), g=1)
    found = xl.estimate(
        homes, ["gini", "wolfson", "pay_gap(x, g)", "zenga", "theil", "takayama"], welfare="y",
        line=1.0, by="region", engine=duck, design=xl.Design(weight="w", psu="psu"),
    )  # fmt: skip
    north = {one.measure: one for one in found if one.domain == "north"}
    for name in ("gini", "wolfson", "zenga", "theil", "takayama"):
        assert np.isnan(north[name].estimate), name
        assert north[name].reason, name
    assert "mean is not above zero" in north["gini"].reason
    assert "one of the two groups is empty" in north["pay_gap(x, g)"].reason
    assert found.find(measure="gini", region="south").estimate > 0
    assert any("welfare < 0 left out of theil" in note for note in found.notes)
    assert any("welfare <= 0 left out of zenga" in note for note in found.notes)


def test_zero_takes_part_where_the_index_exists_there(duck):
    homes = pd.DataFrame({"y": [0.0, 1.0, 3.0]})
    found = xl.estimate(homes, ["theil", "ge(0.5)", "atkinson(0.5)", "mld"], welfare="y",
                        engine=duck)  # fmt: skip
    shares = np.array([0.0, 0.25, 0.75])
    theil = sum(s * np.log(3 * s) for s in shares if s > 0)
    assert found.find(measure="theil").estimate == pytest.approx(theil, rel=1e-12)
    root = np.mean(np.sqrt([0, 1, 3])) / np.sqrt(4 / 3)
    assert found.find(measure="ge(0.5)").estimate == pytest.approx((root - 1) / -0.25, rel=1e-12)
    assert found.find(measure="atkinson(0.5)").estimate == pytest.approx(1 - root**2, rel=1e-12)
    assert found.find(measure="theil").n == 3
    assert found.find(measure="mld").n == 2


@pytest.mark.parametrize(
    "name", ["kolm(0)", "prosperity_gap(-1)", "richness(0)", "richness_concave(1.5)",
             "richness_convex(1)", "kolm(inf)"],
)  # fmt: skip
def test_parameters_out_of_range_are_refused(name):
    with pytest.raises(MeasureError, match=r"not defined|must be above zero"):
        xl.measure.named(name)


def test_replicates_need_no_derivative_at_a_relative_line(duck):
    homes, line = _homes(), xl.relative_line(0.8)
    with pytest.raises(MeasureError, match="or replicate weights"):
        xl.estimate(homes, "fgt(0.5)", welfare="y", line=line, engine=duck,
                    design=xl.Design(weight="w", psu="psu"))  # fmt: skip
    found = _by_differences(homes, duck, ["fgt(0.5)", "richness_concave(0.5)"], welfare="y",
                            line=line)  # fmt: skip
    assert (found.se > 0).all()


@pytest.mark.parametrize("floor", [0.5, 5.0], ids=["above", "at the floor"])
def test_a_societal_line_is_the_larger_of_two_and_carries_its_error(duck, floor):
    """1 + 0.5 x mean and a floor: overall and by area, linearised as by differences."""
    homes = _homes()
    measures = ["sst", "poverty_gap"]
    mean = np.average(homes.y, weights=homes.w * homes["size"])
    money = max(1 + 0.5 * mean, floor)
    design = xl.Design(weight="w", size="size", psu="psu")
    for within in (False, True):
        line = xl.relative_line(0.5, "mean", plus=1, floor=floor, within=within)
        options = {"welfare": "y", "line": line, "by": "region"}
        linear = xl.estimate(homes, measures, design=design, engine=duck, **options).to_pandas()
        numeric = _by_differences(homes, duck, measures, **options)
        np.testing.assert_allclose(numeric.estimate, linear.estimate, rtol=1e-10)
        np.testing.assert_allclose(numeric.se, linear.se, rtol=1e-5)
        fixed = xl.estimate(homes, measures, welfare="y", line=money, design=design, engine=duck)
        assert linear.estimate[0] == pytest.approx(fixed.find(measure="sst").estimate, rel=1e-12)
        if floor == 5.0:
            assert linear.se[0] == pytest.approx(fixed.find(measure="sst").se, rel=1e-9)
    assert xl.relative_line(0.5, plus=1, floor=2).label == "1 + 0.5 of the median, at least 2"
    with pytest.raises(MeasureError, match="0 or above"):
        xl.relative_line(0.5, plus=-1)
