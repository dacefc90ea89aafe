"""False *met* over 500 stratified two-stage samples from a census that knows the truth.

Thresholds stand exactly at each area's true share: the worst case. The rate may pass its
nominal 5 % by chance alone, by three binomial standard errors of 500 samples at most.
"""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.false_met import false_met

SAMPLES = 500
ALLOWED = 0.05 + 3 * np.sqrt(0.05 * 0.95 / SAMPLES)


@pytest.mark.parametrize("line", [1500.0, 2500.0])
def test_false_met_stays_nominal(line):
    rates = false_met(line, SAMPLES, 8, 12, pps=True)
    ours = {key: rate for key, rate in rates.items() if key[0] == "exitline"}
    assert len(ours) == 6
    for rate in ours.values():
        assert rate.max() <= ALLOWED
        assert rate.mean() <= 0.05


def test_the_usual_logit_bound_would_not():
    """Why the decision rule pools the design effect: the check above can fail."""
    rates = false_met(1500.0, SAMPLES, 4, 25, pps=True)
    assert rates["logit", "geo1", "below"].max() > ALLOWED
