"""Chronic poverty, mobility, vulnerability, lasting exits, error bounds, synthetic panels."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

import exitline as xl
from exitline.errors import DataError, MeasureError
from exitline.stats.data.sampling.design import Design
from exitline.stats.measure.over_time.dynamics import lasting_state
from exitline.stats.panel import (
    CrossSection,
    cohort_rho,
    duration_adjusted,
    jalan_ravallion,
    lasting_exits,
    misclassification_bounds,
    mobility,
    panel_spec,
    persistent_risk,
    read_panel,
    reliability_bounds,
    synthetic_panel,
    transitions,
    vulnerability,
)
from exitline.stats.panel.durations.lasting import lasting_states
from exitline.stats.panel.modelled.binormal import binormal_cdf


def wide(seed: int = 0, homes: int = 200, waves: str = "abc") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    level = rng.normal(size=homes)
    data = {f"y_{w}": np.exp(0.8 * level + 0.5 * rng.normal(size=homes)) * 2 for w in waves}
    extra = {"w": 1.0 + np.arange(homes) % 3, "village": np.arange(homes) // 5}
    return pd.DataFrame({"id": np.arange(homes), **data, **extra, "arm": np.arange(homes) % 2})


def spec(waves: str = "abc", **more: Any) -> Any:
    design = Design(weight="w", psu="village")
    given = {"line": 2.0, "design": design, "by": "arm"} | more
    return panel_spec(household="id", welfare="y_{wave}", waves=tuple(waves), **given)


def test_jalan_ravallion_by_hand() -> None:
    # three households, line 2, two waves: shortfalls (1/2, 0), (1/4, 1/4), none
    data = pd.DataFrame({"id": [1, 2, 3], "y_a": [1.0, 1.5, 5.0], "y_b": [4.0, 1.5, 5.0]})
    panel = read_panel(
        data, panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    )
    found = jalan_ravallion(panel)
    total = (0.25 / 2 + 0.0625 + 0) / 3
    chronic = (0.0 + 0.0625 + 0) / 3  # the first household's average, 2.5, is above the line
    assert found.find(measure="total_poverty").estimate == pytest.approx(total)
    assert found.find(measure="chronic_poverty").estimate == pytest.approx(chronic)
    assert found.find(measure="transient_poverty").estimate == pytest.approx(total - chronic)
    assert found.find(measure="chronic_share").estimate == pytest.approx(chronic / total)


def test_chronic_poverty_weighted_by_domain_and_with_a_line_for_each_wave() -> None:
    data = wide()
    line = {"a": 2.0, "b": 2.2, "c": 1.9}
    found = jalan_ravallion(read_panel(data, spec(line=line)))
    x = np.column_stack([data[f"y_{w}"] / z for w, z in line.items()])
    gap = np.clip(1 - x, 0, None) ** 2
    arm = (data.arm == 1).to_numpy()
    expected = np.average(gap.mean(axis=1)[arm], weights=data.w[arm])
    assert found.find(measure="total_poverty", domain="1").estimate == pytest.approx(expected)
    assert found.find(measure="total_poverty", domain="1").n == int(arm.sum())


def test_foster_duration_adjusted_headcount_is_h_times_d() -> None:
    data = wide()
    found = duration_adjusted(read_panel(data, spec()), cutoff=2 / 3)
    poor = np.column_stack([data[f"y_{w}"] < 2 for w in "abc"])
    chronic = poor.sum(axis=1) >= 2
    H = np.average(chronic, weights=data.w)
    D = np.average(poor.mean(axis=1)[chronic], weights=data.w[chronic])
    assert found.find(measure="chronic_headcount", domain="").estimate == pytest.approx(H)
    assert found.find(measure="average_duration", domain="").estimate == pytest.approx(D)
    K = found.find(measure="duration_adjusted_fgt(0)", domain="").estimate
    assert pytest.approx(H * D) == K
    with pytest.raises(MeasureError, match="cut-off"):
        duration_adjusted(read_panel(data, spec()), cutoff=0)


def test_growth_of_the_initially_poor_against_pandas() -> None:
    data = wide(homes=600)
    found = mobility(read_panel(data, spec()), "a", "c", groups=4)
    order = data.sort_values("y_a")
    middle = (order.w.cumsum() - order.w / 2) / order.w.sum()
    group = np.minimum((middle * 4).astype(int), 3)
    for k in range(4):
        mine = order[group == k]
        expected = (mine.w * mine.y_c).sum() / (mine.w * mine.y_a).sum() - 1
        got = found.find(measure=f"growth({k + 1}/4)", domain="")
        assert got.estimate == pytest.approx(expected)
        assert got.n == len(mine)
    everyone = found.find(measure="growth(all)", domain="").estimate
    assert everyone == pytest.approx((data.w * data.y_c).sum() / (data.w * data.y_a).sum() - 1)


def test_grouping_by_the_average_weakens_regression_to_the_mean() -> None:
    panel = read_panel(wide(homes=2000), spec(by=()))
    before = mobility(panel, "a", "b").find(measure="growth(1/5)").estimate
    average = mobility(panel, "a", "b", rank_by="average").find(measure="growth(1/5)").estimate
    assert before > average  # nothing grew: the first is an artefact of error


def test_equal_welfare_stays_in_one_group() -> None:
    data = pd.DataFrame({"id": range(8), "y_a": [1.0] * 6 + [5.0] * 2, "y_b": [2.0] * 8})
    panel = read_panel(
        data, panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    )
    found = mobility(panel, "a", "b", groups=4)
    sizes = [found.find(measure=f"growth({k}/4)").n for k in (1, 2, 3, 4)]
    assert sorted(sizes) == [0, 0, 2, 6]


def test_vulnerability_finds_the_model_it_was_made_from() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(20_000, 2))
    deviation = np.sqrt(0.3 + 0.1 * (x[:, 1] > 0))
    y = np.exp(1.0 + 0.5 * x[:, 0] + deviation * rng.normal(size=20_000))
    predictors = np.column_stack([x[:, 0], x[:, 1] > 0])
    found = vulnerability(y, predictors, 2.0)
    np.testing.assert_allclose(found.mean_coefficients, [1.0, 0.5, 0.0], atol=0.02)
    np.testing.assert_allclose(found.variance_coefficients, [0.3, 0.0, 0.1], atol=0.02)
    truth = norm.cdf((np.log(2.0) - 1.0 - 0.5 * x[:, 0]) / deviation)
    assert np.abs(found.probability - truth).max() < 0.05
    assert found.rate == pytest.approx(np.mean(truth >= 0.5), abs=0.02)
    assert found.floored == 0
    with pytest.raises(MeasureError, match="1 household without a positive welfare"):
        vulnerability(np.r_[0.0, y[1:]], predictors, 2.0)
    with pytest.raises(MeasureError, match="cannot be told apart"):
        vulnerability(y, np.column_stack([x[:, 0], x[:, 0]]), 2.0)


@settings(max_examples=40, deadline=None)
@given(
    welfare=st.lists(
        st.lists(st.sampled_from([1.0, 2.1, 3.0]), min_size=5, max_size=5), min_size=2, max_size=6
    ),
    k=st.integers(1, 3),
)
def test_lasting_states_by_loop_by_arrays_and_by_query(welfare: list[list[float]], k: int) -> None:
    y = np.array(welfare)
    poor, above = (y < 2).astype(float), (y >= 2.5).astype(float)
    expected = np.empty_like(poor)
    for i in range(len(y)):
        state, run = poor[i, 0], int(above[i, 0])
        expected[i, 0] = state
        for t in range(1, y.shape[1]):
            run = run + 1 if above[i, t] else 0
            state = 1.0 if poor[i, t] else 0.0 if run >= k else state
            expected[i, t] = state
    np.testing.assert_array_equal(lasting_states(poor, above, k), expected)
    frame = pd.DataFrame(
        {f"p{t}": y[:, t] < 2 for t in range(5)} | {f"a{t}": y[:, t] >= 2.5 for t in range(5)}
    )
    table = ibis.memtable(frame.assign(i=range(len(y))))
    last = lasting_state([table[f"p{t}"] for t in range(5)], [table[f"a{t}"] for t in range(5)], k)
    got = table.select("i", last=last).order_by("i").execute()["last"]
    np.testing.assert_array_equal(got.astype(float), expected[:, -1])


def test_one_wave_without_a_buffer_is_the_plain_line() -> None:
    panel = read_panel(wide(), spec())
    found = lasting_exits(panel, k=1, buffer=0.0)
    np.testing.assert_array_equal(found.poor, panel.poor)
    strict = lasting_exits(panel, k=2, buffer=0.5)
    assert (strict.poor >= panel.poor).all()
    assert any("cannot be confirmed yet" in note for note in strict.notes)


def test_bounds_under_misclassification_hold_whatever_the_errors_are() -> None:
    rng = np.random.default_rng(7)
    homes, share = 2000, 0.06
    truth = pd.DataFrame({"a": rng.random(homes) < 0.3, "b": rng.random(homes) < 0.25})
    for _ in range(8):
        seen = truth.copy()
        wrong = rng.choice(homes, int(share * homes), replace=False)
        for column in "ab":
            flip = wrong[rng.random(len(wrong)) < rng.random()]
            seen.loc[flip, column] = ~seen.loc[flip, column]
        data = pd.DataFrame({"id": range(homes), "s_a": seen.a, "s_b": seen.b})
        found = transitions(
            data, panel_spec(household="id", state="s_{wave}", waves=("a", "b"))
        ).estimates
        (exit_,) = misclassification_bounds(found, "a", "b", share=share)
        (entry,) = misclassification_bounds(found, "a", "b", share=share, measure="entry_rate")
        assert exit_.low <= (~truth.b[truth.a]).mean() <= exit_.high
        assert entry.low <= truth.b[~truth.a].mean() <= entry.high
        assert exit_.ci_low <= exit_.low <= exit_.observed <= exit_.high <= exit_.ci_high


def test_without_errors_the_bounds_are_the_usual_interval() -> None:
    found = transitions(wide(), spec(by=())).estimates
    (bound,) = misclassification_bounds(found, "a", "b", share=0.0)
    plain = found.find(measure="exit_rate(a>b)")
    assert (bound.low, bound.high) == (pytest.approx(plain.estimate), pytest.approx(plain.estimate))
    t = norm.ppf(0.975)  # the interval is symmetric here: 1.96 standard errors, scaled to t
    half = (bound.ci_high - bound.ci_low) / 2
    assert half == pytest.approx(plain.se * t, rel=0.05)


def test_reliability_takes_the_error_out_again() -> None:
    rng = np.random.default_rng(3)
    n, real = 40_000, 0.8
    true = rng.multivariate_normal([0.5, 0.6], [[1, 0.6], [0.6, 1]], size=n)
    seen = true + rng.normal(size=(n, 2)) * np.sqrt((1 - real) / real)
    data = pd.DataFrame({"id": range(n), "y_a": np.exp(seen[:, 0]), "y_b": np.exp(seen[:, 1])})
    panel = read_panel(
        data, panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=1.0)
    )
    found = reliability_bounds(panel, "a", "b", reliability=(1.0, real))
    truth = np.mean(true[true[:, 0] < 0, 1] >= 0)
    naive, corrected = found.rates
    assert naive.exit_rate == pytest.approx(found.observed_exit, abs=4 * naive.exit_se)
    assert corrected.exit_rate == pytest.approx(truth, abs=4 * corrected.exit_se)
    assert naive.exit_rate - truth > 0.03  # error inflates exits
    with pytest.raises(MeasureError, match="above the observed correlation"):
        reliability_bounds(panel, "a", "b", reliability=(0.3,))


@settings(max_examples=60, deadline=None)
@given(st.floats(-4, 4), st.floats(-4, 4), st.floats(-0.99, 0.99))
def test_the_bivariate_normal_is_exact(h: float, k: float, rho: float) -> None:
    other = multivariate_normal.cdf([h, k], cov=[[1, rho], [rho, 1]], abseps=1e-12)
    assert float(binormal_cdf(h, k, rho)) == pytest.approx(other, abs=1e-9)
    assert float(binormal_cdf(0, 0, rho)) == pytest.approx(
        0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-14
    )


def two_rounds(rho: float, n: int = 20_000) -> tuple[CrossSection, CrossSection, Any, Any]:
    """Two samples from one population, and the truth that a panel would show."""
    rng = np.random.default_rng(11)
    x = np.column_stack([rng.normal(size=n), rng.random(n) < 0.4])
    e = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=n)
    y1 = np.exp(x @ [0.5, 0.3] + 0.6 * e[:, 0])
    y2 = np.exp(0.1 + x @ [0.45, 0.35] + 0.7 * e[:, 1])
    half = n // 2
    truth = np.array([[np.mean((y1 < 1) & (y2 < 1)), np.mean((y1 < 1) & (y2 >= 1))],
                      [np.mean((y1 >= 1) & (y2 < 1)), np.mean((y1 >= 1) & (y2 >= 1))]])  # fmt: skip
    first = CrossSection(y1[:half], x[:half], 1.0)
    return first, CrossSection(y2[half:], x[half:], 1.0), truth, x


@pytest.mark.parametrize("rho", [0.3, 0.6, 0.9])
def test_synthetic_panels_hold_the_truth_of_the_panel(rho: float) -> None:
    first, second, truth, _ = two_rounds(rho)
    found = synthetic_panel(first, second, rho=rho)
    assert found.point is not None
    got = np.array([[found.point.poor_poor, found.point.poor_out],
                    [found.point.out_poor, found.point.out_out]])  # fmt: skip
    np.testing.assert_allclose(got, truth, atol=0.015)
    for low, high in ((found.least, found.most), (found.least_free, found.most_free)):
        assert low.poor_out < truth[0, 1] < high.poor_out
        assert low.out_poor < truth[1, 0] < high.out_poor
    for joint in (found.least, found.most, found.point):
        cells = (joint.poor_poor, joint.poor_out, joint.out_poor, joint.out_out)
        assert sum(cells) == pytest.approx(1.0)


def test_synthetic_errors_by_bootstrap_are_of_the_right_size() -> None:
    first, second, _, _ = two_rounds(0.6, n=800)
    found = synthetic_panel(first, second, rho=0.6, replicates=100, seed=1)
    again = synthetic_panel(first, second, rho=0.6, replicates=100, seed=1)
    assert found.point is not None
    assert again.point is not None
    assert found.point.se == again.point.se
    estimates = []
    rng = np.random.default_rng(2)
    pool_first, pool_second, _, _ = two_rounds(0.6, n=40_000)
    for _ in range(60):
        parts = []
        for pool in (pool_first, pool_second):
            i = rng.choice(len(pool.welfare), 400, replace=False)
            parts.append(CrossSection(pool.welfare[i], pool.fixed[i], 1.0))
        point = synthetic_panel(*parts, rho=0.6).point
        assert point is not None
        estimates.append(point.poor_out)
    assert found.point.se[1] == pytest.approx(np.std(estimates), rel=0.35)


def test_rho_from_cohorts_and_what_cannot_be_used() -> None:
    rng = np.random.default_rng(0)
    n, cohorts = 60_000, 200
    cohort = rng.integers(0, cohorts, n)
    both = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=cohorts)
    x = rng.normal(size=(n, 1))
    e = both[cohort] * 0.6 + rng.multivariate_normal(
        [0, 0], [[1, 0.7], [0.7, 1]], size=n
    ) * 0.8  # fmt: skip
    y = np.exp(x @ [[0.3, 0.3]] + e)
    half = n // 2
    first, second = (
        CrossSection(y[:half, 0], x[:half], 1.0),
        CrossSection(y[half:, 1], x[half:], 1.0),
    )
    rho = cohort_rho(first, second, cohort[:half], cohort[half:])
    # ln y = 0.3 x + e with Var(e) = 1: 1.09 rho_y - 0.09, rho_y the correlation of cohorts
    assert rho == pytest.approx(1.09 * np.corrcoef(both.T)[0, 1] - 0.09, abs=0.05)
    with pytest.raises(MeasureError, match="too few birth cohorts"):
        cohort_rho(first, second, cohort[:half] * 0, cohort[half:] * 0)
    with pytest.raises(MeasureError, match="out of range"):
        synthetic_panel(first, second, rho=1.2)
    with pytest.raises(MeasureError, match="cannot be used together"):
        synthetic_panel(first, CrossSection(y[half:, 1], np.c_[x, x][half:], 1.0))


def test_measures_of_depth_refuse_a_panel_of_states() -> None:
    data = pd.DataFrame({"id": [1, 2, 3], "s_a": [1, 0, 1], "s_b": [0, 0, 1]})
    panel = read_panel(data, panel_spec(household="id", state="s_{wave}", waves=("a", "b")))
    for call in (
        lambda: jalan_ravallion(panel),
        lambda: mobility(panel, "a", "b", groups=2),
        lambda: lasting_exits(panel),
        lambda: reliability_bounds(panel, "a", "b"),
    ):
        with pytest.raises(DataError, match="this panel contains states, not welfare"):
            call()
    assert duration_adjusted(panel).find(measure="chronic_headcount").n == 3


def test_persistent_risk_by_hand_and_its_error_by_a_bootstrap() -> None:
    """Eurostat's: poor now and in two of the three waves before; thresholds carry their error."""
    rng = np.random.default_rng(5)
    n = 1600
    level = rng.normal(0, 0.5, n) + rng.normal(0, 0.3, 80)[np.arange(n) // 20]
    data = pd.DataFrame({f"y_{w}": np.exp(level + rng.normal(0, 0.25, n)) for w in "abcd"})
    data = data.assign(id=np.arange(n), w=rng.uniform(1, 3, n), village=np.arange(n) // 20,
                       arm=np.arange(n) // 20 % 2)  # fmt: skip

    def by_hand(table: pd.DataFrame, some: np.ndarray, w: np.ndarray) -> tuple[float, float]:
        states = []
        for wave in "abcd":
            y = table[f"y_{wave}"].to_numpy()
            order = np.argsort(y)
            median = y[order][np.searchsorted(np.cumsum(w[order]), w.sum() / 2)]
            states.append(y < 0.6 * median)
        now, then = states[3], sum(s.astype(int) for s in states[:3])
        own = w * some
        return (own * (now & (then >= 2))).sum() / own.sum(), (own * now).sum() / own.sum()

    panel = read_panel(data, spec("abcd"))
    found = persistent_risk(panel)
    (section,) = xl.dynamics(
        data, household="id", welfare="y_{wave}", waves="abcd", line=2.0, by="arm",
        design=Design(weight="w", psu="village"), parts=["persistent"],
    )  # fmt: skip
    assert [r["se"] for r in section.records] == [e.se for e in found]
    w = data.w.to_numpy()
    spread = []
    for _ in range(300):
        times = np.bincount(rng.integers(0, 80, 79), minlength=80) * 80 / 79  # Rao and Wu
        again = w * times[np.arange(n) // 20]
        spread.append([*by_hand(data, np.ones(n), again), *by_hand(data, data.arm == 1, again)])
    errors = np.std(spread, axis=0)
    exact = [*by_hand(data, np.ones(n), w), *by_hand(data, data.arm == 1, w)]
    for i, domain in enumerate(("", "1")):
        for j, name in enumerate(("persistent_risk", "current_risk")):
            one = found.find(measure=name, domain=domain)
            assert one.estimate == pytest.approx(exact[2 * i + j], rel=1e-12)
            assert one.se == pytest.approx(errors[2 * i + j], rel=0.15)
            assert one.df == (79 if not domain else 39)
    # the last wave alone is the rate at 60 % of the median, whose error is convey's
    rate = xl.estimate(data, "at_risk_rate", welfare="y_d", by="arm",
                       design=Design(weight="w", psu="village"))  # fmt: skip
    for domain in ("", "1"):
        wanted = rate.find(domain=domain)
        got = found.find(measure="current_risk", domain=domain)
        assert got.estimate == pytest.approx(wanted.estimate, rel=1e-12)
        # convey takes the density in a domain with the domain's own bandwidth
        assert got.se == pytest.approx(wanted.se, rel=0.01 if domain else 1e-9)
    fixed = persistent_risk(read_panel(data, spec("abcd", line=0.7)), share=None)
    lines = np.column_stack([data[f"y_{w}"] < 0.7 for w in "abcd"])
    held = lines[:, 3] & (lines[:, :3].sum(axis=1) >= 2)
    assert fixed.find(measure="persistent_risk", domain="").estimate == pytest.approx(
        np.average(held, weights=w)
    )
    with pytest.raises(DataError, match="too few waves"):
        persistent_risk(read_panel(data, spec("abc")))
    with pytest.raises(MeasureError, match="look back"):
        persistent_risk(panel, least=4)
