"""What was planted is found."""

from __future__ import annotations

import numpy as np
import pytest

from exitline.exits import screens

UNITS = np.repeat(np.arange(20), 15)
AREAS = np.repeat(np.arange(5), 60)
RANDOM_DRAWS = 40


def found(p_values: list[float]) -> float:
    """Share of draws found at the 5 % level."""
    return float(np.mean(np.array(p_values) < 0.05))


def test_households_lifted_just_above_the_line_are_found() -> None:
    random, window, p = np.random.default_rng(1), screens.Window(4000, 100), []
    for _ in range(RANDOM_DRAWS):
        income = random.lognormal(8.6, 0.6, 6000)
        lifted = (income > 3800) & (income < 4000) & (random.random(6000) < 0.3)
        income[lifted] = 4000 + 100 * random.random(lifted.sum())
        p.append(screens.heaping(screens.bin_counts(income, window), window).p_value)
    assert found(p) > 0.9


def test_a_round_line_is_not_flagged_when_every_bin_holds_one_round_number() -> None:
    random, window, p = np.random.default_rng(2), screens.Window(4000, 100), []
    for _ in range(RANDOM_DRAWS):
        income = np.round(random.lognormal(8.6, 0.6, 6000), -2)
        p.append(screens.heaping(screens.bin_counts(income, window), window).p_value)
    assert found(p) < 0.2


def test_counties_whose_errors_were_taken_away_are_found() -> None:
    random, p = np.random.default_rng(3), []
    sizes = random.integers(60, 300, 200)
    for _ in range(RANDOM_DRAWS):
        errors = random.binomial(sizes, 0.012)
        errors[random.random(200) < 0.35] = 0
        p.append(screens.perfect_units(sizes, errors, draws=199).p_value)
    assert found(p) > 0.9


def test_rounding_is_found_and_one_who_rounds_more_is_named() -> None:
    random = np.random.default_rng(4)
    values = np.floor(random.lognormal(8, 0.5, 3000))
    who = np.repeat(np.arange(30), 100)
    values[who == 12] = np.round(values[who == 12], -1)
    everyone = screens.screen_digits(values, who, against="others")
    assert everyone[0].unit == "12"
    assert everyone[0].q_value < 0.001
    assert sum(f.q_value < 0.05 for f in everyone) <= 3


@pytest.mark.parametrize("share", [0.75, 1.0])
def test_copied_records_are_found(share: float) -> None:
    random, hits = np.random.default_rng(5), 0
    for _ in range(10):
        answers = random.integers(0, 3, (300, 12))
        rows = np.flatnonzero(UNITS == 7)
        answers[rows[1:6]] = answers[rows[0]]
        if share < 1:
            answers[rows[1:6], 0] = random.integers(0, 3, 5)
        first = screens.screen_copies(answers, UNITS, strata=AREAS, share=share, draws=199)[0]
        hits += first.unit == "7" and first.q_value <= 0.1
    assert hits >= 9


def test_an_interviewer_effect_is_found() -> None:
    random, p = np.random.default_rng(6), []
    for _ in range(RANDOM_DRAWS):
        values = random.normal(size=300) + 0.6 * random.normal(size=20)[UNITS]
        p.append(screens.interviewer_effect(values, UNITS, strata=AREAS, draws=199).p_value)
    assert found(p) > 0.8


def test_one_county_that_runs_ahead_is_found_and_does_not_hide_itself() -> None:
    random = np.random.default_rng(7)
    se = random.uniform(0.02, 0.05, 30)
    change = random.normal(0.1, 0.05, 30) + random.normal(0, se)
    change[4] = 0.9
    ranked = screens.screen_speed(change, se, np.array([f"c{i}" for i in range(30)]))
    assert ranked[0].unit == "c4"
    assert ranked[0].q_value < 1e-6
    assert all(f.q_value > 0.05 for f in ranked[1:])
