"""Benchmarks meet their total, within bounds, and their errors are those of benchmarked figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import exitline as xl
from exitline.stats.smallarea.benchmarking import BenchmarkRule, benchmarked
from exitline.stats.smallarea.errors import SmallAreaError

DISTRICTS = pd.read_csv(Path(__file__).parent / "cases" / "districts.csv")
SAMPLED = DISTRICTS.dropna().reset_index(drop=True)


def fitted(data=SAMPLED, **options):
    return xl.small_area.fay_herriot(
        "direct ~ toilet + urban", data, area="geo2", variance="var_smooth", **options
    )


@pytest.mark.parametrize("how", ["ratio", "difference", "mse"])
def test_the_three_ways_are_those_of_emdi(how):
    """emdi 2.2.2, benchmark(type = "ratio", "raking", "MSE_adj"), written out."""
    found = fitted()
    weights = np.arange(1.0, 20.0)
    share, mse = weights / weights.sum(), found.figures.mse
    estimate, target = found.figures.estimate, 0.3
    gap = target - share @ estimate
    phi = {"ratio": share / estimate, "mse": share / mse, "difference": share}[how]
    expected = estimate + gap * (share / phi) / np.sum(share**2 / phi)
    moved = found.benchmark(list(weights), target, how=how, replicates=20).figures.estimate
    assert moved == pytest.approx(expected, rel=1e-12)


def test_the_error_of_figures_that_meet_their_own_direct_total():
    """Steorts and Ghosh (2013), theorem 1: "difference" adds g4 to every MSE."""
    found = fitted()
    weights = 1.0 + np.arange(19.0) / 10.0
    moved = found.benchmark(list(weights), how="difference", bounds=(-9, 9), replicates=12_000)
    fit, share = found.fit, weights / weights.sum()
    total = fit.variance + fit.direct.psi
    pull = share * fit.direct.psi / total
    spread = pull @ fit.direct.x
    g4 = np.sum(pull**2 * total) - spread @ fit.covariance @ spread
    boot = fitted(mse="bootstrap", replicates=12_000)
    more = moved.figures.mse - boot.figures.mse
    assert more.mean() == pytest.approx(g4, rel=0.25)
    assert np.sum(share * moved.figures.estimate) == pytest.approx(share @ SAMPLED["direct"])


@given(
    st.lists(st.floats(0.0, 1.0).map(lambda v: round(v, 6)), min_size=2, max_size=30),
    st.floats(0.01, 0.99),
    st.sampled_from(["ratio", "difference", "mse"]),
)
def test_shares_stay_within_bounds_and_meet_the_total(values, target, how):
    estimate = np.array(values)
    rule = BenchmarkRule(how, np.full(len(values), 1.0 / len(values)), 0.0, 1.0)
    if how == "ratio" and (estimate > 0).mean() < target:
        return  # zeros stay zeros in proportion
    found = benchmarked(estimate, np.full(len(values), 0.01), target, rule)
    assert found.mean() == pytest.approx(target, abs=1e-9)
    assert found.min() >= 0.0
    assert found.max() <= 1.0


def test_two_stages_meet_the_target_and_keep_groups_in_proportion():
    estimate = np.array([0.2, 0.4, 0.1, 0.5])
    rule = BenchmarkRule("ratio", np.array([0.1, 0.4, 0.3, 0.2]), groups=np.array([0, 0, 1, 1]))
    found = benchmarked(estimate, np.full(4, 0.01), 0.5, rule)
    assert rule.shares @ found == pytest.approx(0.5)
    groups = [(rule.shares * v)[:2].sum() / (rule.shares * v)[2:].sum() for v in (estimate, found)]
    assert groups[0] == pytest.approx(groups[1])


@pytest.mark.parametrize(
    ("weights", "options", "said"),
    [
        ([1.0] * 19, {"target": 1.5}, "no figures meet this benchmark"),
        ([1.0] * 18, {"target": 0.3}, "values that do not fit the areas"),
        ({"elsewhere": 1.0}, {"target": 0.3}, "none of the model's areas has a value here"),
        ([-1.0] * 19, {"target": 0.3}, "weights of areas that are missing or negative"),
        ([1.0] * 19, {"target": 0.3, "how": "raking"}, "figures cannot be benchmarked 'raking'"),
    ],
)
def test_impossible_benchmarks_are_refused(weights, options, said):
    with pytest.raises(SmallAreaError) as found:
        fitted().benchmark(weights, bounds=(0.0, 1.0), replicates=10, **options)
    assert found.value.what == said


def test_the_model_chosen_is_the_best_of_all():
    """Four covariates: the way down against all sixteen models."""
    found = xl.small_area.fay_herriot(
        "direct ~ elec + water + toilet + urban", SAMPLED, area="geo2", variance="var_smooth"
    )
    from itertools import chain, combinations

    from exitline.stats.smallarea.area.fit import Direct, fit

    names = ["elec", "water", "toilet", "urban"]
    every = chain.from_iterable(combinations(names, k) for k in range(1, 5))
    best = {}
    for some in every:
        x = np.column_stack([np.ones(19), SAMPLED[list(some)]])
        direct = Direct(
            SAMPLED["direct"].to_numpy(), SAMPLED["var_smooth"].to_numpy(), x, x[:0], ["1", *some]
        )
        best[some] = fit(direct, "ml").criteria.bic
    chosen = found.select("bic")
    assert chosen.steps[-1].value == pytest.approx(min(best.values()))
    assert set(chosen.terms) == set(min(best, key=best.__getitem__))


def test_cross_validation_is_that_of_refits():
    from exitline.stats.smallarea.area.fit import Direct, fit
    from exitline.stats.smallarea.area.selection import cross_validated

    direct = fitted().fit.direct
    total = 0.0
    for left in range(direct.size):
        keep = np.arange(direct.size) != left
        part = Direct(
            direct.y[keep], direct.psi[keep], direct.x[keep], direct.x[[left]], direct.names
        )
        one = fit(part)
        row = direct.x[left]
        spread = one.variance + direct.psi[left] + row @ one.covariance @ row
        away = direct.y[left] - float(one.outside[0])
        total += 0.5 * np.log(2 * np.pi * spread) + 0.5 * away**2 / spread
    assert cross_validated(direct, "reml") == pytest.approx(total / direct.size, rel=1e-9)


def test_cooks_distance_is_that_of_refits():
    from exitline.stats.smallarea.area.fit import Direct, fit

    found = fitted()
    seen, direct = found.diagnostics(), found.fit.direct
    keep = np.arange(direct.size) != 4
    one = fit(Direct(direct.y[keep], direct.psi[keep], direct.x[keep], direct.out, direct.names))
    away = one.beta - found.fit.beta
    cook = away @ np.linalg.inv(found.fit.covariance) @ away / 3
    assert seen.cook[4] == pytest.approx(cook, rel=1e-8)
    assert seen.variance_without[4] == pytest.approx(one.variance, rel=1e-8)


def test_browns_test_is_that_of_emdi():
    """emdi 2.2.2, compare(): the sum of squared differences over variances and errors."""
    found = fitted()
    test = found.diagnostics().find("Brown")
    value = np.sum(
        (SAMPLED["direct"] - found.figures.estimate) ** 2
        / (SAMPLED["var_smooth"] + found.figures.mse)
    )
    assert (test.statistic, test.df) == (pytest.approx(value), 19.0)
