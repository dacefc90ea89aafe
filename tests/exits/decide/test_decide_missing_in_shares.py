"""The standard error of a share of which some values are missing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from exitline.exits.assess.shares import Members, estimate_share
from exitline.exits.decide.chain import _share_evidence


def _share(case: list[float], weight: list[float]):
    villages = np.repeat(np.arange(4), 2)
    return estimate_share(
        Members(np.array(case), np.array(weight), villages, np.zeros(4, dtype=np.int64)), icc=0.05
    )


def test_the_share_and_its_error_are_those_of_the_verified_households():
    """By hand: svymean(~case, subset(design, !is.na(case))) over four villages of one stratum.

    Five verified households with weights 1, 2, 3, 1, 1, of which 2 + 1 are cases: 3/8. Villages
    without a verified household count as zeros.
    """
    nan = float("nan")
    share = _share([0, 1, 0, nan, 1, 0, nan, nan], [1, 2, 3, 5, 1, 1, 4, 2])
    p = 3 / 8
    influence = np.array([1 * -p + 2 * (1 - p), 3 * -p, 1 * (1 - p) + 1 * -p, 0.0]) / 8
    assert share.estimate == p
    assert share.se == pytest.approx(np.sqrt(4 * influence.var(ddof=1)), rel=1e-14)
    assert (share.low_case, share.high_case) == (3 / 19, 14 / 19)
    assert (share.n, share.cases, share.unverified) == (8, 2, 3)


def test_missing_values_leave_the_error_of_the_others_alone():
    """Unverified households in villages that have verified ones as well: nothing moves."""
    some = _share([0, 1, 1, 1, 1, 0, 0, 0], [1, 2, 3, 1, 2, 1, 1, 1])
    twice = np.repeat(np.arange(4), 3)
    nan = float("nan")
    case = np.array([0, 1, nan, 1, 1, nan, 1, 0, nan, 0, 0, nan])
    weight = np.array([1, 2, 7, 3, 1, 7, 2, 1, 7, 1, 1, 7.0])
    more = estimate_share(Members(case, weight, twice, np.zeros(4, dtype=np.int64)), icc=0.05)
    assert more.estimate == some.estimate
    assert more.se == pytest.approx(some.se, rel=1e-14)


def _blocks(**se: float) -> dict[str, SimpleNamespace]:
    """The three figures of a village criterion, with what evidence reads of them."""
    return {
        f"{part}_village_poor": SimpleNamespace(
            measure=f"{part}_village_poor", estimate=np.array([value]),
            se=np.array([se.get(part, 0.0)]), df=np.array([9.0]), n=np.array([40]),
            population=np.array([400.0]),
        )
        for part, value in {"low": 0.1, "high": 0.2, "gap": 4.0}.items()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "wide"), [(0.03, 0.05, 0.05), (0.05, 0.03, 0.05), (0.03, float("nan"), 0.03)]
)
def test_a_share_with_missing_values_takes_the_wider_error(low, high, wide):
    """Of the two shares between which the truth lies: all that is missing a case, and none."""
    criterion = SimpleNamespace(name="poor")
    found = _share_evidence(_blocks(low=low, high=high), {}, criterion, "village", census=True)
    assert found.se.tolist() == [wide]
    assert (found.low[0], found.high[0], found.missing[0]) == (0.1, 0.2, 4.0)


@pytest.mark.parametrize(("shown", "deff"), [(3.5, 3.5), (0.4, 1.0), (None, 1.0)])
def test_an_area_assumes_the_design_effect_of_the_whole_sample(shown, deff):
    overall = {"low_village_poor": None if shown is None else np.array([shown])}
    criterion = SimpleNamespace(name="poor")
    found = _share_evidence(_blocks(), overall, criterion, "village", census=True)
    assert found.deff == deff
