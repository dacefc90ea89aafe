"""Each way a sample or a count can decide, or not, in its own sentence."""

from __future__ import annotations

import numpy as np
import pytest

from exitline.exits.decide.decision import Comparison, judge
from exitline.exits.decide.reasons import Wording, reasons
from exitline.exits.decide.settling import Evidence

NAN = float("nan")


def sentence(
    share: float, se: float, n: float, *, df: float = 20, population: float = 9000,
    threshold: float = 0.02, comparison: Comparison = "below", rule: str = "test",
    high: float | None = None, kind: str = "sample", missing: float = 0, units: str = "households",
) -> str:  # fmt: skip
    """What is said of one unit."""
    one = np.array([1.0])
    most = share if high is None else high
    e = Evidence(
        kind, share * one, most * one, se * one, df * one, n * one, population * one, missing * one
    )
    verdicts = judge(e, threshold * one, comparison, rule=rule)
    wording = Wording("poor", comparison, 0.95, rule, units)
    (said,) = reasons(e, verdicts, [threshold], wording)
    return said


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        # share, standard error, households
        ((0.001, 0.001, 4000), ["0.1 % in a sample of 4,000 households, at most", "95 % conf"]),
        ((0.08, 0.005, 4000), ["8.0 % in a sample of 4,000 households, at least", "below 2 %"]),
        ((0.015, 0.006, 400), ["more households would settle it at this rate", "required: below"]),
        ((0.02, 0.007, 400), ["the observed share is at the threshold"]),
        ((0.0199, 0.007, 400), ["only a full count of about 9,000 households would settle it"]),
    ],
)
def test_samples(given, parts):
    said = sentence(*given)
    assert said.startswith("poor: ")
    assert all(part in said for part in parts), said


def test_more_households_than_there_are_is_a_full_count():
    said = sentence(0.015, 0.006, 400, population=1e6)
    more = int(said.split("about ")[1].split(" more")[0].replace(",", ""))
    near = sentence(0.015, 0.006, 400, population=more + 100)  # 400 of them are in the sample
    assert f"only a full count of about {more + 100:,} households" in near


def test_one_psu_has_no_standard_error():
    said = sentence(0.01, NAN, 400, df=0)
    assert "too few PSUs for a standard error" in said


def test_the_point_rule_says_what_chance_would_do():
    said = sentence(0.015, 0.006, 400, rule="point")
    assert "by the point rule, required: below 2 %" in said
    assert "would come up with probability 0.327" in said


def test_counts():
    exact = sentence(0.01, 0.0, 120, kind="full count", population=120)
    assert exact == "poor: 1.0 % in a full count of 120 households; required: below 2 %"
    open_ = sentence(0.01, 0.0, 120, high=0.03, kind="full count", population=120, missing=2)
    assert "(up to 3.0 %: 2 not known); those not known decide whether it is below 2 %" in open_
    villages = sentence(
        0.01, 0.0, 120, high=0.015, kind="full count", population=120, missing=2, units="villages"
    )
    assert "in a full count of 120 villages (up to 1.5 %: 2 not known); required" in villages


@pytest.mark.parametrize("kind", ["sample", "full count"])
def test_without_a_threshold_or_evidence(kind):
    said = sentence(0.01, 0.003, 400, threshold=NAN, kind=kind)
    assert said == "the standard has no threshold for this unit's area class"
    assert sentence(0.01, 0.003, 400, kind="none") == "no evidence was given for this criterion"
