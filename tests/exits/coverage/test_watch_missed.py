"""Households that no list holds: known answers, coverage by simulation, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from exitline.errors import DataError, DesignError
from exitline.exits.coverage import missed

HOUSEHOLDS = 2000


def lists_of(on_first: np.ndarray, on_second: np.ndarray) -> missed.TwoLists:
    both = int((on_first & on_second).sum())
    return missed.TwoLists(both, int(on_first.sum()) - both, int(on_second.sum()) - both)


def test_chapman_on_a_textbook_example() -> None:
    """10 marked, 15 caught, 5 of them marked: (11)(16)/6 - 1, variance (11)(16)(5)(10)/(36)(7)."""
    found = missed.chapman(missed.TwoLists(both=5, first_only=5, second_only=10))
    assert found.estimate == pytest.approx(28 + 1 / 3)
    assert found.se == pytest.approx(np.sqrt(11 * 16 * 5 * 10 / (36 * 7)))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_the_estimate_and_its_interval_are_never_below_what_was_seen(
    both: int, first: int, second: int
) -> None:
    if both + first == 0 or both + second == 0:
        return
    found = missed.chapman(missed.TwoLists(both, first, second))
    assert found.seen <= found.low <= found.estimate + 1e-9 <= found.high + 2e-9
    assert 0 < found.coverage <= 1 + 1e-12


def test_chapman_covers_at_the_nominal_rate() -> None:
    random, inside, estimates = np.random.default_rng(1), [], []
    for _ in range(2000):
        lists = lists_of(random.random(HOUSEHOLDS) < 0.7, random.random(HOUSEHOLDS) < 0.2)
        found = missed.chapman(lists)
        inside.append(found.low <= HOUSEHOLDS <= found.high)
        estimates.append(found.estimate)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)
    assert np.mean(estimates) == pytest.approx(HOUSEHOLDS, rel=0.005)


def heterogeneous(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lists that hang together only through a covariate."""
    x = random.normal(size=(HOUSEHOLDS, 2))
    first = 1 / (1 + np.exp(-(0.6 + 1.0 * x[:, 0])))
    second = 1 / (1 + np.exp(-(-1 + 0.8 * x[:, 0] - 0.5 * x[:, 1])))
    return x, random.random(HOUSEHOLDS) < first, random.random(HOUSEHOLDS) < second


def test_covariates_take_the_bias_away_and_the_interval_covers() -> None:
    random, inside, estimates, plain = np.random.default_rng(2), [], [], []
    for _ in range(400):
        x, a, b = heterogeneous(random)
        listed = a | b
        found = missed.huggins_alho(a[listed], b[listed], x[listed]).population
        inside.append(found.low <= HOUSEHOLDS <= found.high)
        estimates.append(found.estimate)
        plain.append(missed.chapman(lists_of(a, b)).estimate)
    assert np.mean(plain) < 0.9 * HOUSEHOLDS
    assert np.mean(estimates) == pytest.approx(HOUSEHOLDS, rel=0.01)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.035)


def test_without_covariates_it_is_lincoln_petersen() -> None:
    a = np.r_[np.ones(200), np.zeros(40)]
    b = np.r_[np.ones(60), np.zeros(140), np.ones(40)]
    found = missed.huggins_alho(a, b, np.empty((240, 0))).population
    assert found.estimate == pytest.approx(200 * 100 / 60)


def test_the_likelihood_is_maximal_and_its_slopes_are_those_of_statsmodels() -> None:
    """Given that b = 1, a is an unconditional logit: with one common x both agree closely."""
    x, a, b = heterogeneous(np.random.default_rng(3))
    listed = a | b
    model = missed.huggins_alho(a[listed], b[listed], x[listed])
    logit = sm.Logit(a[b].astype(float), sm.add_constant(x[b])).fit(disp=0)
    se = np.sqrt(np.diag(model.covariance)[:3])
    assert np.all(np.abs(model.first - logit.params) < 3 * np.hypot(se, logit.bse))
    for place in range(3):
        moved = model.first.copy()
        moved[place] += 0.05
        assert likelihood(model, moved, a[listed], b[listed], x[listed]) < model.log_likelihood


def likelihood(
    model: missed.ListModel, first: np.ndarray, a: np.ndarray, b: np.ndarray, x: np.ndarray
) -> float:
    """The conditional log likelihood, written out anew."""
    design = np.column_stack([np.ones(len(x)), x])
    p1, p2 = (1 / (1 + np.exp(-design @ beta)) for beta in (first, model.second))
    each = np.where(a, p1, 1 - p1) * np.where(b, p2, 1 - p2) / (1 - (1 - p1) * (1 - p2))
    return float(np.log(each).sum())


def test_dependence_moves_the_number_missed_in_proportion() -> None:
    lists = missed.TwoLists(both=60, first_only=140, second_only=40)
    plain, twice = missed.chapman(lists), missed.if_dependent(lists, 2.0)
    assert twice.estimate - lists.seen == pytest.approx(2 * (plain.estimate - lists.seen))
    assert missed.if_dependent(lists, 1.0).estimate == pytest.approx(plain.estimate)
    assert "odds ratio of 2" in twice.assumption


def test_the_assessment_sample_covers() -> None:
    random = np.random.default_rng(4)
    village = np.repeat(np.arange(300), 80)
    stratum = village // 60
    poor = random.random(24_000) < random.beta(2, 8, 300)[village]
    registered = poor & (random.random(24_000) < random.uniform(0.6, 0.95, 300)[village])
    missing, held = (poor & ~registered).sum(), registered.sum() / poor.sum()
    inside = []
    for _ in range(400):
        drawn = [random.choice(np.arange(s * 60, s * 60 + 60), 8, replace=False) for s in range(5)]
        k = np.isin(village, np.concatenate(drawn))
        sample = missed.AssessmentSample(
            registered[k], poor[k], np.full(k.sum(), 60 / 8), village[k], stratum[k]
        )
        total, share = missed.missed_in_sample(sample), missed.coverage_in_sample(sample)
        inside.append([total.low <= missing <= total.high, share.low <= held <= share.high])
    assert np.all(np.abs(np.mean(inside, axis=0) - 0.95) < 0.035)


def test_none_missed_still_has_an_upper_bound() -> None:
    village = np.repeat(np.arange(10), 30)
    poor = np.arange(300) % 10 == 0
    found = missed.missed_in_sample(
        missed.AssessmentSample(poor, poor, np.full(300, 20.0), village)
    )
    assert found.estimate == found.low == 0
    assert found.high == pytest.approx(3.689 * 20, rel=1e-3)  # 97.5 % Poisson bound on 0


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: missed.TwoLists(-1, 2, 3), DataError),
        (lambda: missed.TwoLists(0, 0, 3), DataError),
        (lambda: missed.two_lists(np.array([1, 1]), np.array([1])), DataError),
        (lambda: missed.if_dependent(missed.TwoLists(1, 2, 3), 0.0), DataError),
        (lambda: missed.huggins_alho([1, 0], [0, 0], np.empty((2, 0))), DataError),
        (lambda: missed.huggins_alho([1, 0], [0, 1], np.empty((2, 0))), DataError),
        (
            lambda: missed.huggins_alho([1, 1, 0], [1, 0, 1], np.array([[1.0], [np.nan], [0]])),
            DataError,
        ),
        (
            lambda: missed.huggins_alho(
                np.r_[np.ones(50), np.zeros(50), 1], np.r_[np.zeros(50), np.ones(50), 1],
                np.r_[np.ones(50), np.zeros(50), 1][:, None],
            ),
            DataError,
        ),
        (
            lambda: missed.missed_in_sample(
                missed.AssessmentSample([0, 1], [1, 1], [1.0, 1.0], [1, 2], [1, 2])
            ),
            DesignError,
        ),
        (lambda: missed.AssessmentSample([0, 1], [1, 1], [1.0, 0.0], [1, 2]), DataError),
        (
            lambda: missed.coverage_in_sample(
                missed.AssessmentSample([0, 1], [0, 0], [1.0, 1.0], [1, 2])
            ),
            DataError,
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_is_refused(call: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()  # type: ignore[operator]
