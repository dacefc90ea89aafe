"""One criterion: exact on counts, by exact binomial bounds on samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, t

from exitline.exits.decide.clusters import DEFAULT_ICC
from exitline.exits.decide.decision import judge, overall
from exitline.exits.decide.settling import Evidence, effective_size
from exitline.stats.infer.spread import Spread

ONE = np.array([1.0])


def sample(share: float, n: int, *, deff: float = 1.0, df: float = 1e9) -> Evidence:
    """A simple random sample of n households, optionally with a design effect."""
    se = np.sqrt(share * (1 - share) * deff / n)
    return Evidence(
        "sample", share * ONE, share * ONE, se * ONE, df * ONE, n * ONE, 1e6 * ONE, 0 * ONE, deff
    )


def count(cases: int, missing: int, n: int) -> Evidence:
    return Evidence(
        "full count", cases / n * ONE, (cases + missing) / n * ONE, 0 * ONE, 0 * ONE, n * ONE,
        n * ONE, missing * ONE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cases", "n", "deff", "met"),
    [
        # to assert < 2 % at one-sided 95 %: 0 errors at n = 149, at most 4 at 500, 29 at 2,000;
        # with design effect 2 at most 1 in 250 and 12 in 1,000 effective households
        (0, 149, 1, True), (0, 148, 1, False), (4, 500, 1, True), (5, 500, 1, False),
        (29, 2000, 1, True), (30, 2000, 1, False), (2, 500, 2, True), (4, 500, 2, False),
        (24, 2000, 2, True), (26, 2000, 2, False),
        # without a case the sample shows no effect of its own: the assumed one counts
        (0, 298, 2, True), (0, 296, 2, False),
    ],
)  # fmt: skip
def test_a_sample_as_the_exact_binomial_test(cases, n, deff, met):
    verdict = judge(sample(cases / n, n, deff=deff), 0.02 * ONE, "below", 0.95)
    assert (verdict.outcome[0] == "met") == met


@pytest.mark.parametrize("cases", [0, 3, 9, 20])
def test_the_error_probability_is_the_binomial_tail(cases):
    verdict = judge(sample(cases / 500, 500), 0.02 * ONE, "below", rule="point")
    assert verdict.error_probability[0] == pytest.approx(binom.cdf(cases, 500, 0.02), rel=1e-6)


def test_the_point_rule_passes_what_the_test_cannot_tell():
    nine = sample(9 / 500, 500)
    assert judge(nine, 0.02 * ONE, "below", rule="point").outcome[0] == "met"
    assert judge(nine, 0.02 * ONE, "below").outcome[0] == "cannot tell"


@given(st.integers(0, 120), st.integers(0, 20), st.sampled_from([0.0, 0.02, 0.05, 0.5]))
def test_a_count_is_met_exactly_when_no_completion_could_fail_it(cases, missing, threshold):
    n = 160
    outcome = judge(count(cases, missing, n), threshold * ONE, "below").outcome[0]
    possible = {(cases + k) / n < threshold for k in range(missing + 1)}
    wanted = {frozenset({True}): "met", frozenset({False}): "not met"}
    assert outcome == wanted.get(frozenset(possible), "cannot tell")


@given(
    st.floats(0.001, 0.2), st.integers(100, 5000), st.floats(1.0, 6.0), st.integers(5, 400),
    st.floats(0.01, 0.1),
)  # fmt: skip
def test_the_households_that_would_settle_it_do_settle_it(share, n, deff, df, threshold):
    verdict = judge(sample(share, n, deff=deff, df=df), threshold * ONE, "below")
    if verdict.outcome[0] != "cannot tell" or np.isnan(verdict.needed[0]):
        return
    grown = int(n + verdict.needed[0])
    for size, settled in ((grown * 1.001, True), (grown * 0.97 - 2, False)):
        if size <= n:
            continue
        factor = size / n
        again = sample(share, int(size), deff=deff, df=df * factor)
        outcome = judge(again, threshold * ONE, "below").outcome[0]
        assert (outcome != "cannot tell") == settled


def test_at_the_threshold_itself_no_sample_settles_it():
    assert np.isnan(judge(sample(0.02, 500), 0.02 * ONE, "below").needed[0])


def test_one_psu_cannot_tell_and_says_what_would():
    alone = sample(0.0, 25, df=0)
    verdict = judge(alone, 0.02 * ONE, "below")
    assert verdict.outcome[0] == "cannot tell"
    assert verdict.low[0] == 0
    assert verdict.high[0] == 1
    assert verdict.needed[0] > 100


@given(st.lists(st.sampled_from(["met", "not met", "cannot tell"]), min_size=1, max_size=5))
def test_overall_is_kleenes_and(outcomes):
    found = overall([np.array([o]) for o in outcomes])[0]
    if "not met" in outcomes:
        assert found == "not met"
    else:
        assert found == ("met" if set(outcomes) == {"met"} else "cannot tell")


def test_without_evidence_nothing_is_met():
    none = Evidence("none", *(ONE * np.nan for _ in range(7)))
    assert judge(none, 0.02 * ONE, "below").outcome[0] == "cannot tell"


def test_clusters_that_look_unlike_still_count_as_alike_by_the_default():
    """n / (1 + (m - 1) icc) x (t of households / t of clusters)^2 (Korn and Graubard 1998)."""
    many = np.array([1000.0])
    spread = Spread(many, many, many, 10 * ONE, 0 * ONE, 0 * ONE)
    e = replace(sample(0.5, 400, deff=0.04, df=20.0), deff=1.0, spread=spread)
    least = replace(e, spread=replace(spread, clusters=0 * ONE))
    found = effective_size(least, least.low, 0.95, upper=True)
    quantiles = t.ppf(0.95, 399) / t.ppf(0.95, 20)
    assert found == pytest.approx(400 / (1 + 9 * DEFAULT_ICC) * quantiles**2, rel=1e-12)
