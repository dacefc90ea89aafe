"""False *met*, nominal 5 %, with thresholds exactly at the true share: the worst case.

Stratified two-stage samples from a census that knows the truth, and samples from eight made-up
populations. The rate may pass its nominal 5 % by chance alone, by three binomial standard errors
of the samples at most.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from benchmarks.false_met import false_met, false_met_synthetic
from benchmarks.synthetic import DESIGNS

SAMPLES = 500
MADE_UP = 4000


def allowed(samples):
    return 0.05 + 3 * np.sqrt(0.05 * 0.95 / samples)


@pytest.mark.parametrize("line", [1500.0, 2500.0])
def test_false_met_stays_nominal(line):
    rates = false_met(line, SAMPLES, 8, 12, pps=True, rules=("now",))
    ours = [found.false_met for found in rates.values()]
    assert len(ours) == 6
    for rate in ours:
        assert rate.max() <= allowed(SAMPLES)
        assert rate.mean() <= 0.05


def test_the_usual_logit_bound_would_not():
    """Why the decision rule pools the design effect: the check above can fail."""
    rates = false_met(1500.0, SAMPLES, 4, 25, pps=True, rules=("logit",))
    assert rates["logit", "geo1", "below"].false_met.max() > allowed(SAMPLES)


@cache
def made_up(design):
    return false_met_synthetic(design, MADE_UP, seed=8, rules=("before", "now"))


@pytest.mark.parametrize("design", DESIGNS, ids=lambda d: d.name)
@pytest.mark.parametrize("side", ["below", "above"])
def test_false_met_stays_nominal_in_made_up_populations(design, side):
    found = made_up(design)["now", "all", side]
    assert found.false_met[0] <= allowed(MADE_UP)
    assert found.false_met[0] <= found.decided[0]


def test_the_bound_without_the_spread_over_clusters_would_not():
    """Why the spread over clusters counts: few of them hold the cases in these populations."""
    before = [made_up(d)["before", "all", "below"].false_met[0] for d in DESIGNS]
    assert sum(rate > 2 * allowed(MADE_UP) for rate in before) >= 2


def test_far_from_the_threshold_outcomes_are_still_found():
    """No rule keeps its promise by never deciding."""
    found = [made_up(d)["now", "all", side].met[0] for d in DESIGNS for side in ("below", "above")]
    assert np.mean(found) > 0.15


def test_the_eight_populations_differ_as_announced():
    assert len(DESIGNS) == 8
    assert {min(d.clusters for d in DESIGNS), max(d.clusters for d in DESIGNS)} == {4, 60}
    assert {min(d.rate for d in DESIGNS), max(d.rate for d in DESIGNS)} == {0.005, 0.4}
    assert {min(d.icc for d in DESIGNS), max(d.icc for d in DESIGNS)} == {0.02, 0.4}
    assert {d.law for d in DESIGNS} == {"beta", "two-point"}
    assert {d.sizes for d in DESIGNS} == {"equal", "weights", "households"}
