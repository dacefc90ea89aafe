"""Under its null, each screen's p-values are uniform (or, where discrete, never too small)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from exitline.exits import screens

UNITS = np.repeat(np.arange(20), 15)
AREAS = np.repeat(np.arange(5), 60)
WINDOW = screens.Window(line=4000, width=100)
SIZES = np.random.default_rng(8).integers(60, 300, 120)


def smooth_incomes(random: np.random.Generator) -> float:
    """Incomes with a smooth density through the line."""
    counts = screens.bin_counts(random.lognormal(8.6, 0.6, 6000), WINDOW)
    return screens.heaping(counts, WINDOW).p_value


def lumpy_incomes(random: np.random.Generator) -> float:
    """Counts that vary more than Poisson ones around a smooth curve."""
    mean = 150 * np.exp(np.linspace(-0.3, 0.3, 40))
    return screens.heaping(random.negative_binomial(20, 20 / (20 + mean)), WINDOW).p_value


def even_digits(random: np.random.Generator) -> float:
    return screens.even_digits(screens.last_digits(np.floor(random.lognormal(8, 0.5, 400)))).p_value


def equal_rounding(random: np.random.Generator) -> float:
    """Everybody rounds alike: many zeros and fives for all."""
    shares = [0.28, *[0.06] * 4, 0.24, *[0.06] * 4]
    own, others = random.choice(10, 120, p=shares), random.choice(10, 2000, p=shares)
    return screens.same_digits(own, others).p_value


def differing_counties(random: np.random.Generator) -> float:
    """Error rates that differ between counties by as much as the null supposes."""
    a, b = 0.01 * 0.98 / 0.02, 0.99 * 0.98 / 0.02
    errors = random.binomial(SIZES, random.beta(a, b, len(SIZES)))
    return screens.perfect_units(SIZES, errors, icc=0.02, draws=199).p_value


def areas_differ(random: np.random.Generator) -> float:
    """Answers differ between areas, and not between the interviewers of one area."""
    values = random.normal(size=300) + 3 * np.arange(5)[AREAS]
    return screens.interviewer_effect(values, UNITS, strata=AREAS, draws=199).p_value


def one_of_many(random: np.random.Generator) -> float:
    """Changes that differ between units, measured with error."""
    se = random.uniform(0.02, 0.2, 30)
    return screens.speed(random.normal(0.1, 0.15, 30) + random.normal(0, se), se)[0].p_value


def live_alike(random: np.random.Generator) -> float:
    """Neighbours answer alike, whoever asks them."""
    common = random.integers(0, 3, (5, 12))[AREAS]
    answers = np.where(
        random.random(common.shape) < 0.35, random.integers(0, 3, common.shape), common
    )
    found = screens.screen_copies(answers, UNITS, strata=AREAS, share=0.75, draws=199)
    return next(f.p_value for f in found if f.unit == "7")


@pytest.mark.parametrize(
    "draw",
    [
        smooth_incomes,
        lumpy_incomes,
        even_digits,
        equal_rounding,
        differing_counties,
        areas_differ,
        one_of_many,
        live_alike,
    ],
)
def test_p_values_are_uniform_under_the_null(draw: Callable[[np.random.Generator], float]) -> None:
    random = np.random.default_rng(20)
    p = np.array([draw(random) for _ in range(300)])
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert np.mean(p < 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_discrete_tests_are_never_too_eager() -> None:
    random = np.random.default_rng(21)
    few = [screens.even_digits(random.integers(0, 10, 30), draws=499).p_value for _ in range(400)]
    alike = [
        screens.perfect_units(SIZES, random.binomial(SIZES, 0.01), draws=199).p_value
        for _ in range(300)
    ]
    for p in (np.array(few), np.array(alike)):
        for least in (0.01, 0.05, 0.2):
            assert np.mean(p <= least) <= least + 3 * np.sqrt(least * (1 - least) / len(p))
