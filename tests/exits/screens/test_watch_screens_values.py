"""Single values against other software or a count by hand; input that cannot be used."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from exitline.errors import DataError
from exitline.exits import screens


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_is_statsmodels(p: list[float]) -> None:
    expected = multipletests(p, method="fdr_bh")[1]
    assert np.allclose(screens.benjamini_hochberg(p), expected, atol=1e-12)


def test_benjamini_hochberg_leaves_out_what_was_not_tested() -> None:
    q = screens.benjamini_hochberg([0.01, np.nan, 0.02])
    assert q[0] == pytest.approx(0.02)
    assert np.isnan(q[1])


def test_even_digits_is_scipys_chisquare() -> None:
    digits = np.random.default_rng(1).choice(10, 500)
    expected = stats.chisquare(np.bincount(digits, minlength=10))
    test = screens.even_digits(digits)
    assert test.chi_square == pytest.approx(expected.statistic)
    assert test.p_value == pytest.approx(expected.pvalue)


def test_same_digits_is_scipys_contingency_test() -> None:
    random = np.random.default_rng(2)
    own, others = random.choice(10, 90), random.choice(10, 400)
    table = [np.bincount(own, minlength=10), np.bincount(others, minlength=10)]
    expected = stats.chi2_contingency(table, correction=False)
    test = screens.same_digits(own, others)
    assert test.chi_square == pytest.approx(expected.statistic)
    assert test.p_value == pytest.approx(expected.pvalue)


@pytest.mark.parametrize(("place", "digits"), [(0, [5, 8, 0]), (1, [0, 9, 3]), (-1, [2, 0, 0])])
def test_last_digits_at_a_place(place: int, digits: list[int]) -> None:
    assert screens.last_digits(np.array([105.2, -98.0, 30.0]), place).tolist() == digits


@pytest.mark.parametrize("icc", [0.01, 0.2])
def test_zero_probability_is_scipys_beta_binomial(icc: float) -> None:
    n, rate = np.array([1, 20, 300]), 0.03
    a, b = rate * (1 - icc) / icc, (1 - rate) * (1 - icc) / icc
    assert np.allclose(screens.zero_probability(n, rate, icc), stats.betabinom(n, a, b).pmf(0))


def test_perfect_at_rate_is_the_binomial_tail_when_samples_are_equal() -> None:
    test = screens.perfect_at_rate(np.full(40, 100), 20, 0.01)
    assert test.p_value == pytest.approx(stats.binom(40, 0.99**100).sf(19))


def test_published_share_of_perfect_counties_at_two_percent_true_errors() -> None:
    """86.57 % of 283 counties without a wrong exit (People's Daily, 2019-07-03)."""
    test = screens.perfect_at_rate(np.full(283, 150), round(0.8657 * 283), 0.02)
    assert test.perfect == 245
    assert test.expected == pytest.approx(283 * 0.98**150)
    assert test.p_value < 1e-100
    # at 0.1 % true errors the same number is ordinary
    assert screens.perfect_at_rate(np.full(283, 150), 245, 0.001).p_value > 0.3


def test_a_correlation_that_is_enough_is_enough() -> None:
    sizes = np.full(200, 150)
    test = screens.perfect_at_rate(sizes, 120, 0.005)
    assert 0 < test.icc_enough < 0.5
    again = screens.perfect_at_rate(sizes, 120, 0.005, icc=test.icc_enough)
    assert again.p_value == pytest.approx(0.05, abs=1e-3)


def test_anova_icc_is_the_one_way_layout_of_scipy() -> None:
    random = np.random.default_rng(3)
    labels = np.repeat(np.arange(6), 9)
    values = random.normal(size=54) + random.normal(size=6)[labels]
    f = stats.f_oneway(*(values[labels == k] for k in range(6))).statistic
    assert screens.anova_icc(values, labels) == pytest.approx((f - 1) / (f - 1 + 9))


def test_agreeing_pairs_is_the_plain_double_loop() -> None:
    answers = np.random.default_rng(4).integers(-1, 3, (60, 7))
    areas = np.arange(60) % 4
    pairs = screens.agreeing_pairs(answers, share=0.5, strata=areas)
    expected = {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if areas[i] == areas[j] and sum(answers[i, q] == answers[j, q] >= 0 for q in range(7)) >= 4
    }
    assert set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == expected


def test_a_household_on_the_line_is_above_it() -> None:
    counts = screens.bin_counts(np.array([4000.0, 3999.99, 4099.99]), screens.Window(4000, 100))
    assert counts[19:21].tolist() == [1, 2]


def test_a_change_among_exact_ones_is_the_prediction_interval_of_a_mean() -> None:
    """With full counts the test is that of a new observation from a normal sample."""
    change = np.array([0.1, 0.2, 0.15, 0.05, 0.4])
    others = change[:4]
    t = (0.4 - others.mean()) / (others.std(ddof=1) * np.sqrt(1 + 1 / 4))
    test = screens.speed(change, np.zeros(5))[4]
    assert test.t == pytest.approx(t)
    assert test.p_value == pytest.approx(2 * stats.t.sf(t, 3))


@pytest.mark.parametrize(
    "call",
    [
        lambda: screens.screen_digits(np.array([1.0, np.nan])),
        lambda: screens.Window(4000, 100, bins=3),
        lambda: screens.heaping(np.zeros(40, int), screens.Window(4000, 100)),
        lambda: screens.perfect_units(np.full(6, 10), np.full(6, 11)),
        lambda: screens.perfect_units(np.full(6, 10), np.zeros(6, int)),
        lambda: screens.perfect_at_rate(np.full(6, 10), 2, 0.0),
        lambda: screens.screen_copies(np.zeros((4, 2), int), np.zeros(4)),
        lambda: screens.agreeing_pairs(np.zeros((20_001, 1), int)),
        lambda: screens.interviewer_effect(np.arange(12.0), np.arange(12)),
        lambda: screens.speed(np.array([1, 2, 3, 4, np.nan]), np.zeros(5)),
    ],
)
def test_too_little_or_wrong_input_is_refused_with_a_remedy(call: object) -> None:
    with pytest.raises(DataError) as caught:
        call()  # type: ignore[operator]
    assert caught.value.expected


def test_no_screen_accuses() -> None:
    random = np.random.default_rng(9)
    units, answers = np.arange(60) % 6, random.integers(0, 3, (60, 5))
    numbers = np.floor(random.lognormal(8, 0.5, 60))
    window = screens.Window(3000, 300, bins=12)
    findings = [
        *screens.screen_digits(numbers, units, against="others"),
        *screens.screen_copies(answers, units, draws=19),
        *screens.screen_interviewers({"income": numbers}, units, draws=19),
        *screens.screen_speed(random.normal(size=6), np.full(6, 0.1), np.arange(6)),
        *screens.screen_perfect(np.full(6, 50), np.array([0, 0, 1, 0, 2, 0])),
        *screens.screen_heaping(random.lognormal(8, 0.5, 3000), window),
    ]
    assert {f.screen for f in findings} == set(screens.SCREENS)
    accusing = ("fraud", "fabricat", "fake", "cheat", "manipul", "guilt", "suspect", "false")
    for finding in findings:
        words = f"{finding.screen} {finding.measure} {finding.null} {finding.reading}".lower()
        assert not [word for word in accusing if word in words]
        assert finding.null
        assert 0 < finding.p_value <= 1
