"""Plans against exact binomial figures, brute force and published facts."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, betabinom, binom

from exitline.exits.assess.bounds import largest_icc, lower_bound, upper_bound
from exitline.exits.assess.plans.costs import Costs, cheapest_two_stage
from exitline.exits.assess.plans.fewest import fewest_villages, icc_of, plan_sample
from exitline.exits.assess.plans.planning import (
    Aim,
    acceptance_number,
    evaluate,
    operating_curve,
    point_rule_passes,
    rejection_number,
)
from exitline.exits.decide.clusters import (
    Clusters,
    PlanError,
    at_least,
    at_most,
    error_law,
    village_law,
)


def simple(n: int) -> Clusters:
    """Independent visits."""
    return Clusters(n, n)


class TestPublishedFigures:
    @pytest.mark.parametrize(("n", "most"), [(148, -1), (149, 0), (500, 4), (2000, 29)])
    def test_errors_allowed_to_assert_below_two_percent(self, n: int, most: int) -> None:
        assert acceptance_number(simple(n), 0.02) == most

    @pytest.mark.parametrize(("n", "most"), [(500, 1), (2000, 12)])
    def test_errors_allowed_with_design_effect_two(self, n: int, most: int) -> None:
        assert acceptance_number(simple(n // 2), 0.02) == most

    def test_point_rule_passes_a_county_with_three_percent(self) -> None:
        assert round(point_rule_passes(simple(500), 0.03, Aim()), 3) == 0.067
        assert round(point_rule_passes(simple(250), 0.03, Aim()), 3) == 0.128

    def test_zero_errors_needs_ninety_five_percent(self) -> None:
        assert 0.98**149 <= 0.05 < 0.98**148
        assert at_most(simple(149), 0.02, 0) == pytest.approx(0.98**149, abs=1e-12)


class TestLaw:
    @pytest.mark.parametrize("icc", [0.0, 0.02, 0.3, 0.9])
    def test_one_village_is_beta_binomial(self, icc: float) -> None:
        law = village_law(17, 0.03, icc)
        k = np.arange(18)
        scale = 1.0 / icc - 1.0 if icc else math.inf
        expected = (
            betabinom.pmf(k, 17, 0.03 * scale, 0.97 * scale) if icc else binom.pmf(k, 17, 0.03)
        )
        np.testing.assert_allclose(law, expected, atol=1e-12)

    def test_sum_over_villages_by_brute_force(self) -> None:
        sample = Clusters(households=8, villages=3, icc=0.2)
        assert sample.sizes() == ((3, 2), (2, 1))
        expected = np.zeros(9)
        laws = [village_law(size, 0.1, 0.2) for size in (3, 3, 2)]
        for found in itertools.product(range(4), range(4), range(3)):
            expected[sum(found)] += math.prod(law[k] for law, k in zip(laws, found, strict=True))
        np.testing.assert_allclose(error_law(sample, 0.1), expected, atol=1e-14)

    def test_variance_is_the_design_effect_times_binomial(self) -> None:
        sample = Clusters(households=430, villages=40, icc=0.07)
        law = error_law(sample, 0.03)
        k = np.arange(len(law))
        variance = law @ k**2 - (law @ k) ** 2
        assert variance == pytest.approx(430 * 0.03 * 0.97 * sample.design_effect, rel=1e-9)

    @settings(max_examples=60, deadline=None)
    @given(
        villages=st.integers(1, 60),
        per_village=st.integers(1, 40),
        icc=st.sampled_from([0.0, 0.01, 0.1, 0.5, 0.9]),
        rate=st.sampled_from([0.0, 1e-5, 0.02, 0.3, 0.97, 1.0]),
        part=st.floats(0, 1),
    )
    def test_short_window_equals_full_law(
        self, villages: int, per_village: int, icc: float, rate: float, part: float
    ) -> None:
        sample = Clusters.equal(villages, per_village, icc)
        errors = int(part * sample.households)
        full = min(1.0, float(error_law(sample, rate)[: errors + 1].sum()))
        assert at_most(sample, rate, errors) == pytest.approx(full, abs=1e-11)
        assert at_least(sample, rate, errors + 1) == pytest.approx(1 - full, abs=1e-11)


class TestBounds:
    @pytest.mark.parametrize(("x", "n"), [(0, 149), (4, 500), (29, 2000), (250, 500), (500, 500)])
    def test_without_villages_they_are_clopper_pearson(self, x: int, n: int) -> None:
        high = 1.0 if x == n else beta.ppf(0.95, x + 1, n - x)
        low = 0.0 if x == 0 else beta.ppf(0.05, x, n - x + 1)
        assert upper_bound(x, simple(n)) == pytest.approx(high, abs=1e-8)
        assert lower_bound(x, simple(n)) == pytest.approx(low, abs=1e-8)

    @settings(max_examples=40, deadline=None)
    @given(x=st.floats(0, 30), icc=st.sampled_from([0.0, 0.05, 0.3]))
    def test_order_and_growth(self, x: float, icc: float) -> None:
        sample = Clusters(600, 30, icc)
        assert lower_bound(x, sample) <= x / 600 <= upper_bound(x, sample)
        assert upper_bound(x, sample) <= upper_bound(x + 0.5, sample) + 1e-12
        assert upper_bound(x, sample, 0.9) <= upper_bound(x, sample, 0.99)

    def test_coverage_is_exact_at_every_rate(self) -> None:
        sample = Clusters(400, 20, 0.1)
        for rate in (0.005, 0.02, 0.05):
            law = error_law(sample, rate)
            bounds = np.array([upper_bound(x, sample) for x in range(60)])
            missed = law[:60][bounds < rate].sum()
            assert missed <= 0.05 + 1e-9

    def test_largest_icc_is_the_turning_point(self) -> None:
        def holds(icc: float) -> bool:
            return upper_bound(3, Clusters(1000, 50, icc)) < 0.02

        turn = largest_icc(holds)
        assert holds(turn)
        assert not holds(turn + 0.005)
        assert math.isnan(largest_icc(lambda _: False))
        assert largest_icc(lambda _: True) == 0.99


class TestPlan:
    @pytest.mark.parametrize(("per_village", "icc"), [(1, 0.0), (10, 0.05), (20, 0.1)])
    def test_smallest_by_brute_force(self, per_village: int, icc: float) -> None:
        aim = Aim(threshold=0.05, true_rate=0.02, power=0.8)
        found = fewest_villages(aim, per_village, icc)
        for villages in range(1, 2000):
            plan = evaluate(Clusters.equal(villages, per_village, icc), aim)
            if plan.power >= 0.8:
                break
        assert villages == found
        assert plan.false_met <= 0.05

    def test_acceptance_and_rejection_are_extreme(self) -> None:
        sample = Clusters(900, 45, 0.04)
        c, r = acceptance_number(sample, 0.02), rejection_number(sample, 0.02)
        assert at_most(sample, 0.02, c) <= 0.05 < at_most(sample, 0.02, c + 1)
        assert at_least(sample, 0.02, r) <= 0.05 < at_least(sample, 0.02, r - 1)

    def test_recognition_is_the_mirror_image(self) -> None:
        high = Aim(threshold=0.9, comparison="at_least", true_rate=0.95, power=0.9)
        low = Aim(threshold=0.1, comparison="below", true_rate=0.05, power=0.9)
        first, second = plan_sample(high, icc=0.05), plan_sample(low, icc=0.05)
        assert (first.sample, first.accept) == (second.sample, second.accept)
        curve = operating_curve(first, [0.95])[0]
        assert curve.met == pytest.approx(first.power)

    def test_curve_adds_up_and_falls(self) -> None:
        plan = plan_sample(Aim(true_rate=0.01, power=0.9))
        points = operating_curve(plan, np.linspace(0.0, 0.06, 13).tolist())
        assert [p.met + p.cannot_tell + p.not_met for p in points] == pytest.approx([1] * 13)
        assert all(a.met >= b.met - 1e-12 for a, b in itertools.pairwise(points))
        assert all(a.not_met <= b.not_met for a, b in itertools.pairwise(points))

    def test_power_and_false_met_by_simulation(self) -> None:
        plan = plan_sample(Aim(true_rate=0.01, power=0.8), icc=0.08, per_village=15)
        generator = np.random.default_rng(7)
        for rate, icc, expected in ((0.02, 0.16, plan.false_met), (0.01, 0.08, plan.power)):
            scale = 1 / icc - 1
            rates = generator.beta(rate * scale, (1 - rate) * scale, (20_000, plan.sample.villages))
            met = (generator.binomial(15, rates).sum(axis=1) <= plan.accept).mean()
            assert met == pytest.approx(expected, abs=4 * (0.25 / 20_000) ** 0.5)

    def test_design_effect_instead_of_icc(self) -> None:
        aim = Aim(true_rate=0.01, power=0.8)
        plan = plan_sample(aim, design_effect=2.0, per_village=20)
        assert plan.sample.design_effect == pytest.approx(2.0)
        assert icc_of(1.0, 1) == 0.0

    @pytest.mark.parametrize(
        "build",
        [
            lambda: Aim(threshold=2.0),
            lambda: Aim(true_rate=0.02),
            lambda: Aim(threshold=0.9, comparison="at_least", true_rate=0.85),
            lambda: Aim(power=1.0),
            lambda: Aim(confidence=0.3),
            lambda: Clusters(10, 11),
            lambda: Clusters(0, 0),
            lambda: Clusters(10, 5, 1.0),
            lambda: Clusters(10**9, 5),
            lambda: icc_of(0.5, 10),
            lambda: icc_of(2.0, 1),
            lambda: plan_sample(Aim(true_rate=0.0199), max_villages=20),
            lambda: plan_sample(Aim(), per_village=0),
            lambda: Costs(village=-1, household=1),
            lambda: Costs(village=1, household=0),
            lambda: cheapest_two_stage(Aim(), Costs(1, 1), max_villages=3),
        ],
    )
    def test_refusals_say_what_to_do(self, build: object) -> None:
        with pytest.raises(PlanError) as caught:
            build()  # type: ignore[operator]
        assert {"expected", "got", "remedy"} <= set(caught.value.parts())


class TestCosts:
    def test_cheapest_by_brute_force(self) -> None:
        aim, costs = Aim(threshold=0.05, true_rate=0.02, power=0.8), Costs(200, 10)
        best = cheapest_two_stage(aim, costs, icc=0.05, max_per_village=12)
        brute = math.inf
        for size in range(1, 13):
            for villages in range(1, 600):
                if villages * (200 + 10 * size) >= brute:
                    break
                if evaluate(Clusters.equal(villages, size, 0.05), aim).power >= 0.8:
                    brute = villages * (200 + 10 * size)
        assert best.cost == brute

    def test_dear_villages_mean_more_households_in_each(self) -> None:
        aim = Aim(true_rate=0.01)
        near = cheapest_two_stage(aim, Costs(50, 15), icc=0.05, max_per_village=30)
        far = cheapest_two_stage(aim, Costs(1500, 15), icc=0.05, max_per_village=50)
        assert far.plan.sample.per_village > near.plan.sample.per_village
        assert far.plan.sample.villages < near.plan.sample.villages
        assert 0.3 < near.plan.sample.per_village / near.rule_of_thumb < 3
