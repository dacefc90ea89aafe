"""Bounds, synthetic controls and matched comparisons against published figures and other ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import optimize

import exitline as xl
from exitline.cli import exitline
from exitline.errors import ExitlineError
from exitline.stats.effect.honest import EventStudy, _Affine, _Conditional, _steps, honest_bounds
from exitline.stats.effect.matched import matched_comparison
from exitline.stats.effect.synthetic import simplex_weights

HERE = Path(__file__).parent / "reference"


def study(name, before, first=True):
    """An event study of the package's README; the effect in the first period, or the mean."""
    table = pd.read_csv(HERE / f"{name}.csv").to_numpy()
    after = len(table) - before
    weights = np.eye(after)[0] if first else np.full(after, 1 / after)
    return EventStudy(before, after, table[:, 0], table[:, 1:], weights)


def test_smooth_bounds_are_those_of_the_package():
    found = honest_bounds(study("honest_control", 5), "smooth", np.arange(0, 0.051, 0.01))
    low = [0.0264, 0.0128, 0.00186, -0.00814, -0.0181, -0.0281]
    high = [0.0607, 0.0788, 0.0908, 0.101, 0.111, 0.121]
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=2e-4)
    assert found.holds_to == 0.02


@pytest.mark.parametrize(("name", "before", "said"), [
    ("honest_sunab", 10, [(0.0097974, 0.0751891), (-0.0199188, 0.1013389)]),
    ("honest_cs", 4, [(0.031576, 0.058974), (0.0236026, 0.0618484)]),
])  # fmt: skip
def test_relative_bounds_are_those_of_the_package_up_to_its_grid(name, before, said):
    own = study(name, before)
    found = honest_bounds(own, "relative", np.array([0.5, 1.0]))
    step = 40 * own.se / 99
    for (low, high), mine_low, mine_high in zip(said, found.low, found.high, strict=True):
        assert -0.1 * step < low - mine_low < 1.4 * step
        assert -0.1 * step < mine_high - high < 1.4 * step


def test_the_worst_bias_is_that_of_a_linear_programme():
    own = study("honest_control", 5, first=False)
    affine = _Affine(own)
    w = affine.solved(0.3)
    whole = np.concatenate([affine.to_before @ w, own.weights])
    size = own.before + own.after + 1  # with the period that is zero
    second = np.zeros((size - 2, size))
    for i in range(size - 2):
        second[i, i : i + 3] = 1, -2, 1
    second = np.delete(second, own.before, axis=1)
    worst = optimize.linprog(-whole, A_ub=np.vstack([second, -second]),
                             b_ub=np.ones(2 * len(second)), bounds=(None, None))  # fmt: skip
    assert -worst.fun == pytest.approx(affine.bias(w), rel=1e-8)


@pytest.mark.parametrize("first", [True, False])
def test_the_vertices_are_those_of_the_whole_dual_programme(first):
    own, bound = study("honest_cs", 4, first=first), 0.8
    step = _steps(own)[1]
    test = _Conditional(own, bound, step, 0.05)
    rows = np.zeros((own.after, own.before + own.after))
    for t in range(own.after):
        rows[t, own.before + t] = 1
        if t:
            rows[t, own.before + t - 1] = -1
    a = np.vstack([rows - bound * step, -rows - bound * step])
    sd = np.sqrt(np.einsum("ij,jk,ik->i", a, own.covariance, a))
    after = a[:, own.before :]
    free = np.linalg.svd(own.weights[None, :])[2][1:].T  # effects that leave the asked one as it is
    for effect in (-0.02, 0.01, 0.05, 0.2):
        tau = own.weights * effect / (own.weights @ own.weights)
        y = a @ own.estimate - after @ tau
        whole = optimize.linprog(
            np.append(1.0, np.zeros(free.shape[1])), A_ub=-np.column_stack([sd, after @ free]),
            b_ub=-y, bounds=(None, None),
        )  # fmt: skip
        assert (test.level + test.slope * effect).max() == pytest.approx(whole.fun, abs=1e-9)


def test_bounds_hold_when_groups_move_apart_a_little():
    """The truth lies inside in at least 95 of 100 samples; the plain interval misses it."""
    random, inside, plain = np.random.default_rng(4), 0, 0
    trend = np.array([-0.3, -0.2, -0.1, 0.1, 0.2])  # a straight line: one step is the largest
    covariance = 0.0016 * (0.5 + 0.5 * np.eye(5))
    for _ in range(60):
        estimate = trend + random.multivariate_normal(np.zeros(5), covariance)
        one = EventStudy(3, 2, estimate, covariance, np.array([0.5, 0.5]))
        found = honest_bounds(one, "relative", np.array([1.0]))
        inside += found.low[0] <= 0 <= found.high[0]
        plain += abs(one.value) < 1.96 * one.se
    assert inside >= 56
    assert plain < 10


def test_bounds_from_a_panel_and_what_they_need():
    panel = "examples/works-imaginary/panel.csv"
    given = {"unit": "village", "time": "year", "first": "first"}
    found = xl.effect.difference_in_differences(panel, "hours", base="universal", **given)
    table = found.aggregate("event").honest("relative", (0.0, 1.0)).to_pandas()
    assert table["tells"].tolist() == ["yes", "yes"]
    assert table["ci_low"].is_monotonic_decreasing
    varying = xl.effect.difference_in_differences(panel, "hours", **given)
    with pytest.raises(ExitlineError, match="period by period"):
        varying.aggregate("event").honest()
    result = CliRunner().invoke(exitline, [
        "works", "effect", panel, "--outcome", "hours", "--unit", "village", "--time", "year",
        "--first", "first", "--honest", "smooth", "--bound", "0.1", "--json"])  # fmt: skip
    assert result.exit_code == 0, result.output
    assert '"honest"' in result.output


def smoking():
    table = pd.read_csv(HERE / "california_prop99.csv", sep=";")
    return table.rename(columns={"State": "state", "Year": "year", "PacksPerCapita": "packs"})


def test_california_is_as_published():
    found = xl.effect.synthetic_control(
        smoking(), "packs", unit="state", time="year", treated="treated"
    )
    assert found.effect == pytest.approx(-19.6, abs=0.15)  # Arkhangelsky et al. (2021): a ridge
    assert found.shares()["donor"].tolist()[:4] == ["Utah", "Montana", "Nevada", "Connecticut"]
    assert found.p == pytest.approx(3 / 39)
    assert found.verdict == "cannot tell yet"


def test_weights_are_those_of_another_solver():
    random = np.random.default_rng(8)
    for _ in range(10):
        target, donors = random.normal(size=6), random.normal(size=(6, 9))
        own = simplex_weights(target, donors)
        value = lambda w, a=donors, b=target: float(((a @ w - b) ** 2).sum())  # noqa: E731
        other = optimize.minimize(value, np.full(9, 1 / 9), bounds=[(0, 1)] * 9, method="SLSQP",
                                  constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
                                  options={"ftol": 1e-14, "maxiter": 500})  # fmt: skip
        assert own.sum() == pytest.approx(1)
        assert own.min() >= 0
        assert value(own) <= other.fun + 1e-8


def round_of(random, n=400, effect=-2.0):
    """One round in which treatment went where it was worse."""
    remote, people = random.normal(size=n), random.normal(size=n)
    treated = random.random(n) < 1 / (1 + np.exp(1 - remote))
    outcome = 3 * remote + 0.3 * remote**2 + people + effect * treated + random.normal(size=n)
    return pd.DataFrame({"remote": remote, "people": people, "road": treated.astype(int),
                         "hours": outcome, "cluster": np.arange(n) // 2})  # fmt: skip


def test_matching_finds_the_truth_where_levels_do_not():
    random, found = np.random.default_rng(12), []
    for _ in range(150):
        table = round_of(random)
        own = np.arange(len(table))
        found.append(matched_comparison(
            table["hours"].to_numpy(), table["road"].to_numpy() == 1,
            table[["remote", "people"]].to_numpy(), ("remote", "people"),
            weight=np.ones(len(own)), psu=own, stratum=np.zeros_like(own),
        ))  # fmt: skip
    effects = np.array([one.effect for one in found])
    assert abs(effects.mean() + 2) < 0.1
    assert np.mean([one.plain for one in found]) > 0  # of the wrong sign
    covered = np.mean([one.interval[0] <= -2 <= one.interval[1] for one in found])
    assert covered >= 0.9
    assert np.mean([one.se for one in found]) == pytest.approx(effects.std(), rel=0.25)
    balance = found[0].balance.set_index("covariate")
    assert abs(balance.loc["remote", "after"]) < 0.1 < abs(balance.loc["remote", "before"])


def test_matches_are_the_nearest_of_all():
    table = round_of(np.random.default_rng(3), 80)
    found = xl.effect.matched_comparison(
        table, "hours", treated="road", covariates="remote + people", matches=1,
        design=xl.Design(psu="cluster"),
    )  # fmt: skip
    x = table[["remote", "people"]].to_numpy()
    inverse = np.linalg.inv(np.cov(x, rowvar=False))
    ones, others = (np.flatnonzero(table["road"] == k) for k in (1, 0))
    apart = x[ones][:, None] - x[others][None]
    near = others[np.einsum("ijk,kl,ijl->ij", apart, inverse, apart).argmin(axis=1)]
    rows = np.column_stack([np.ones(len(x)), x])
    root = np.sqrt(np.bincount(near, minlength=len(x)))[:, None]
    hours = table["hours"].to_numpy()[:, None]
    left = (hours - rows @ np.linalg.lstsq(rows * root, hours * root, rcond=None)[0]).ravel()
    assert found.effect == pytest.approx(np.mean(left[ones] - left[near]))
    assert found.used == len(set(near))
    assert found.df == 39


@pytest.mark.parametrize(("arguments", "said"), [
    (["synthetic", "{smoking}", "--outcome", "packs", "--unit", "state", "--time", "year",
      "--treated", "treated"], "cannot tell yet"),
    (["matched", "{round}", "--outcome", "hours", "--treated", "road", "--covariates",
      "remote + people", "--matters", "0.5"], "would be told from none"),
])  # fmt: skip
def test_the_commands_say_the_same(arguments, said, tmp_path):
    smoking().to_csv(tmp_path / "smoking.csv", index=False)
    round_of(np.random.default_rng(1)).to_csv(tmp_path / "round.csv", index=False)
    filled = [one.format(smoking=tmp_path / "smoking.csv", round=tmp_path / "round.csv")
              for one in arguments]  # fmt: skip
    result = CliRunner().invoke(exitline, ["works", *filled])
    assert result.exit_code == 0, result.output
    assert said in " ".join(result.output.lower().split())
