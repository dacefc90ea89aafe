"""Why a figure is missing is said in every language."""

from __future__ import annotations

import pytest

from exitline.stats.infer import build
from exitline.stats.infer.designs import pps, two_phase, variances
from exitline.stats.measure.catalogue import MEASURES, named, usage
from exitline.stats.measure.pages import example
from exitline.words.catalogue import language

REASONS = {
    reason
    for name in MEASURES
    for made in [named(name if "(" not in usage(name) or "[" in usage(name) else example(name))]
    for reason in (made.undefined, made.nobody)
    if reason
} | {
    build.ONE_PSU, build.NO_DF, build.FEW_REPLICATES, build.NO_DENSITY, build.NO_CASES,
    variances.NO_AVERAGE, variances.NO_REPLICATES, pps.NEGATIVE, two_phase.NEGATIVE,
}  # fmt: skip


@pytest.mark.parametrize("code", ["es", "fr", "zh"])
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_each_reason_has_its_text(code, reason):
    """As it comes out of a table: a plain text that its words are known by."""
    assert language(code).of(str(reason)) != str(reason)


def test_there_are_reasons():
    assert len(REASONS) > 25
