"""Three rates and one degree: figures by hand, by other estimators and by simulation."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.errors import DataError
from exitline.exits.assess.assessment import assess
from exitline.exits.assess.assessment_table import (
    Roles,
    counties_from,
    decision_rows,
    roles_in,
    visits_by_county,
)
from exitline.exits.assess.evidence import (
    AssessmentError,
    Assumptions,
    County,
    EvidenceReading,
    RateCriterion,
    Visits,
)
from exitline.exits.assess.plans.fewest import plan_sample
from exitline.exits.assess.plans.planning import Aim
from exitline.exits.assess.rate_rules import criteria_of
from exitline.exits.assess.readings import (
    differences,
    usable,
    variants_of_reading,
    variants_of_rule,
    what_if,
)
from exitline.exits.assess.shares import Members, estimate_share
from exitline.exits.assess.threshold import percent
from exitline.exits.decide.clusters import ICC_MARGIN, PlanError
from exitline.rules.standard import load

RULE = (
    RateCriterion("missed", "missed", "below", 0.02),
    RateCriterion("wrong", "wrong", "below", 0.02),
    RateCriterion("comprehensive", "comprehensive", "below", 0.02),
    RateCriterion("recognition", "recognition", "at_least", 0.9),
)
COUNTY = County("A", rural_population=100_000, registered=500, exited=9_500)


def make_visits(
    villages: int = 40,
    per_group: int = 10,
    *,
    wrong: float = 0.01,
    missed: float = 0.01,
    icc: float = 0.05,
    seed: int = 0,
    sizes: bool = False,
    weights: bool = False,
) -> Visits:
    """A simulated assessment: in each village so many exited and unregistered households."""
    generator = np.random.default_rng(seed)
    scale = 1 / icc - 1
    n = villages * per_group
    village = np.tile(np.repeat(np.arange(villages), per_group), 2)
    rates = np.concatenate(
        [
            generator.beta(p * scale, (1 - p) * scale, villages).repeat(per_group)
            for p in (wrong, missed)
        ]
    )
    weight = np.ones(2 * n)
    if weights:
        weight = np.where(village < villages // 2, 1.0, 3.0)
    return Visits(
        group=np.repeat([1, 2], n),
        village=village,
        stratum=(village >= villages // 2).astype(np.int64),
        weight=weight,
        size=generator.integers(1, 8, 2 * n).astype(float) if sizes else np.ones(2 * n),
        error=(generator.random(2 * n) < rates).astype(float),
        approves=(generator.random(2 * n) < 0.96).astype(float),
    )


class TestFiguresByHand:
    def visits(self) -> Visits:
        """Two strata, five villages, weights and sizes that differ."""
        return Visits(
            group=np.array([0, 1, 1, 2, 2, 0, 1, 2, 2, 1, 2, 1, 2]),
            village=np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 4]),
            stratum=np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]),
            weight=np.array([2.0, 3, 3, 9, 9, 2, 4, 8, 7, 5, 6, 2, 10]),
            size=np.array([3.0, 4, 2, 5, 1, 2, 6, 3, 4, 2, 3, 1, 2]),
            error=np.array([np.nan, 1, 0, 1, 0, np.nan, 0, 0, 0, 0, 1, 1, 0]),
            approves=np.array([1.0, 1, 0, 1, 1, np.nan, 1, 1, 0, 1, 1, 1, 1]),
        )

    def test_rates(self) -> None:
        a = assess(self.visits(), COUNTY, RULE, assumptions=Assumptions(guard=False))
        wrong = (3 * 4 + 2 * 1) / (3 * 4 + 3 * 2 + 4 * 6 + 5 * 2 + 2 * 1)
        missed = (9 * 5 + 6 * 3) / (9 * 5 + 9 * 1 + 8 * 3 + 7 * 4 + 6 * 3 + 10 * 2)
        approve = 1 - (3 + 7) / (2 + 3 + 3 + 9 + 9 + 4 + 8 + 7 + 5 + 6 + 2 + 10)
        assert a.judgement("wrong").value == pytest.approx(wrong)
        assert a.judgement("missed").value == pytest.approx(missed)
        assert a.judgement("recognition").value == pytest.approx(approve)
        composite = (500 + 90_000 * missed + 9_500 * wrong) / 100_000
        assert a.judgement("comprehensive").value == pytest.approx(composite)

    def test_households_as_units(self) -> None:
        a = assess(self.visits(), COUNTY, RULE, EvidenceReading(unit="households"))
        assert a.judgement("wrong").value == pytest.approx((3 + 2) / (3 + 3 + 4 + 5 + 2))
        same = assess(self.visits(), COUNTY, RULE)
        assert a.judgement("comprehensive").value == same.judgement("comprehensive").value

    def test_composite_standard_error_from_first_principles(self) -> None:
        v = self.visits()
        a = assess(v, COUNTY, RULE, assumptions=Assumptions(guard=False))
        z = np.zeros(v.n)
        for group, population in ((1, 9_500), (2, 90_000)):
            inside = v.group == group
            w = v.weight * v.size
            rate = (w * np.nan_to_num(v.error))[inside].sum() / w[inside].sum()
            z += (
                np.where(inside, population / 100_000 * w * (np.nan_to_num(v.error) - rate), 0)
                / w[inside].sum()
            )
        variance = 0.0
        for stratum, villages in ((0, [0, 1, 2]), (1, [3, 4])):
            totals = np.array(
                [z[(v.village == k) & (v.stratum == stratum)].sum() for k in villages]
            )
            n = len(villages)
            variance += n / (n - 1) * ((totals - totals.mean()) ** 2).sum()
        assert a.judgement("comprehensive").se == pytest.approx(math.sqrt(variance), rel=1e-12)

    def test_no_answer_against(self) -> None:
        v = self.visits()
        a = assess(v, COUNTY, RULE, EvidenceReading(no_answer="against"))
        assert a.judgement("recognition").value == pytest.approx(1 - 12 / v.weight.sum())


class TestReadings:
    def visits(self) -> Visits:
        v = make_visits(60, 20, seed=4, wrong=0.004, missed=0.012)
        ones = np.ones(v.n)
        return replace(v, village_weight=3 * ones, village_unregistered=100 * ones)

    def test_villages_divides_by_everyone_there(self) -> None:
        v = self.visits()
        of_villages = assess(v, COUNTY, RULE, EvidenceReading(denominator="villages"))
        found = v.error[v.group == 2].sum()
        assert of_villages.judgement("missed").value == pytest.approx(found / (60 * 100))
        surveyed = assess(v, COUNTY, RULE)
        assert surveyed.judgement("missed").value == pytest.approx(found / (60 * 20))

    def test_the_two_agree_where_villages_are_canvassed(self) -> None:
        v = replace(self.visits(), village_unregistered=np.full(2400, 20.0))
        one, other = (
            assess(v, COUNTY, RULE, EvidenceReading(denominator=d))
            for d in ("surveyed", "villages")
        )
        for rate in ("missed", "comprehensive"):
            a, b = one.judgement(rate), other.judgement(rate)
            assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high))

    def test_what_if_shows_where_the_outcome_turns(self) -> None:
        v = self.visits()
        answers = what_if(v, COUNTY, variants_of_reading(RULE))
        turned = {answer.variant.label for answer in differences(answers)}
        assert answers[0].assessment.judgement("missed").outcome == "cannot tell"
        assert "missed rate over all unregistered people of the sampled villages" in turned
        assert "the bare estimate is compared" in turned

    def test_boundary_matters_where_a_rate_equals_its_threshold(self) -> None:
        v = replace(make_visits(50, 2), error=np.repeat([1.0, 0.0], [2, 198]))
        county = County("A", 100, registered=0, exited=50)
        rule = [RateCriterion("wrong", "wrong", "below", 0.02)]
        everyone = Assumptions(full_count=True)
        below = assess(v, county, rule, assumptions=everyone)
        at_most = assess(v, county, rule, EvidenceReading(boundary="inclusive"), everyone)
        assert (below.outcome, at_most.outcome) == ("not met", "met")
        assert below.judgements[0].evidence == "full count"

    def test_standard_gives_criteria_and_options(self) -> None:
        rule = load("china-2011-2020").county
        assert rule is not None
        criteria = {c.rate: c for c in criteria_of(rule, "west")}
        assert criteria["comprehensive"].threshold == 0.03
        assert criteria["missed"].denominator == "villages"
        assert criteria["recognition"].comparison == "at_least"
        variants = variants_of_rule(rule, "other")
        labels = [v.label for v in variants]
        assert labels[0] == "as declared"
        assert "a rate above the threshold fails" in labels
        assert "the bare estimate is compared" in labels
        assert "rates may equal their thresholds" not in labels  # the option says so already
        assert "rates must be strictly beyond their thresholds" in labels  # for recognition
        assert len(set(labels)) == len(labels)

    def test_variants_need_columns(self) -> None:
        plain = make_visits(5, 2)
        variants = variants_of_reading(RULE)
        kept = [v for v in variants if usable(v, plain)]
        assert len(kept) == len(variants) - 1
        with pytest.raises(AssessmentError, match="villages"):
            assess(plain, COUNTY, RULE, EvidenceReading(denominator="villages"))


class TestOutcomes:
    def test_any_veto_fails_the_county(self) -> None:
        v = make_visits(80, 20, wrong=0.09, missed=0.001, seed=1)
        a = assess(v, COUNTY, RULE)
        assert a.judgement("wrong").outcome == "not met"
        assert a.judgement("missed").outcome == "met"
        assert a.outcome == "not met"

    def test_without_veto_it_is_only_reported(self) -> None:
        v = make_visits(80, 20, wrong=0.09, missed=0.001, seed=1)
        county = replace(COUNTY, exited=100.0, unregistered=99_000.0)
        rule = [replace(c, veto=c.rate != "wrong") for c in RULE]
        a = assess(v, county, rule)
        assert a.judgement("wrong").outcome == "not met"
        assert a.outcome == "met"

    def test_nobody_visited_is_never_met(self) -> None:
        v = make_visits(40, 10)
        only_exited = replace(
            v, **{k: x[v.group == 1] for k, x in vars(v).items() if x is not None}
        )
        a = assess(only_exited, COUNTY, RULE)
        assert a.judgement("missed").outcome == "cannot tell"
        assert a.judgement("missed").evidence == "none"
        assert a.judgement("comprehensive").evidence == "none"

    def test_a_group_without_people_is_met_without_a_sample(self) -> None:
        v = make_visits(80, 20, missed=0.001, seed=1)
        a = assess(v, replace(COUNTY, exited=0), RULE)
        assert a.judgement("wrong").outcome == "met"
        assert a.judgement("wrong").evidence == "full count"

    def test_registered_poor_alone_can_fail_it(self) -> None:
        v = make_visits(80, 20, wrong=0.001, missed=0.001)
        a = assess(v, replace(COUNTY, registered=2_500.0), RULE)
        assert a.judgement("comprehensive").outcome == "not met"

    def test_unverified_households_count_at_their_worst(self) -> None:
        v = make_visits(60, 20, wrong=1e-9, missed=1e-9)
        clean = assess(v, COUNTY, RULE).judgement("wrong")
        error = v.error.copy()
        error[:60] = np.nan
        a = assess(replace(v, error=error), COUNTY, RULE).judgement("wrong")
        assert (clean.outcome, a.outcome) == ("met", "cannot tell")
        assert a.value == 0.0
        assert a.unverified == 60
        assert "not verified" in a.reason

    def test_needed_settles_it(self) -> None:
        v = make_visits(30, 10, wrong=0.012, missed=0.01, seed=3)
        a = assess(v, COUNTY, RULE).judgement("wrong")
        assert a.outcome == "cannot tell"
        times = math.ceil((300 + a.needed) / 300)
        grown = Visits(
            **{
                name: np.concatenate([values + 30 * k * (name == "village") for k in range(times)])
                for name, values in vars(v).items()
                if values is not None
            }
        )
        assert assess(grown, COUNTY, RULE).judgement("wrong").outcome == "met"

    def test_holds_to_icc_is_where_the_outcome_ends(self) -> None:
        v = make_visits(60, 20, wrong=0.002, missed=0.002, seed=9)
        plain = Assumptions(guard=False)
        judged = assess(v, COUNTY, RULE, assumptions=plain).judgement("wrong")
        assert judged.outcome == "met"
        edge = judged.holds_to_icc
        assert 0.05 <= edge < 0.99
        for icc, outcome in ((edge, "met"), (edge + 0.005, "cannot tell")):
            declared = icc / ICC_MARGIN
            again = assess(v, COUNTY, RULE, assumptions=replace(plain, icc=declared))
            assert again.judgement("wrong").outcome == outcome

    def test_error_probability_is_the_tail_at_the_threshold(self) -> None:
        v = replace(make_visits(500, 1), error=np.zeros(1000))
        rule = [RateCriterion("wrong", "wrong", "below", 0.02)]
        a = assess(v, COUNTY, rule, assumptions=Assumptions(icc=0.0)).judgements[0]
        assert a.error_probability == pytest.approx(0.98**500)
        assert a.high == pytest.approx(1 - 0.05 ** (1 / 500))

    def test_crowded_errors_are_noticed(self) -> None:
        v = make_visits(60, 20, missed=0.001)
        error = np.zeros(v.n)
        error[:14] = 1.0
        crowded = assess(replace(v, error=error), COUNTY, RULE).judgement("wrong")
        spread = np.zeros(v.n)
        spread[: 14 * 20 : 20] = 1.0
        even = assess(replace(v, error=spread), COUNTY, RULE).judgement("wrong")
        assert crowded.guarded
        assert crowded.icc > 0.1
        assert crowded.high > even.high
        assert not even.guarded

    @pytest.mark.parametrize(
        ("aim", "icc", "per_village"),
        [
            (Aim(), 0.05, 20),
            (Aim(comparison="at_most", true_rate=0.008), 0.1, 10),
            (Aim(), 0.0, 1),
            (Aim(threshold=0.9, comparison="at_least", true_rate=0.95), 0.05, 20),
        ],
    )
    def test_a_plan_s_numbers_are_where_the_judgement_turns(
        self, aim: Aim, icc: float, per_village: int
    ) -> None:
        plan = plan_sample(aim, icc=icc, per_village=per_village)
        n, villages = plan.sample.households, plan.sample.villages
        rate: Literal["recognition", "wrong"] = "recognition" if aim.mirrored else "wrong"
        rule = [RateCriterion(rate, rate, aim.comparison, aim.threshold)]

        def outcome(errors: int) -> str:
            """With so many errors, as evenly spread over the villages as they can be."""
            found = (np.arange(n) < errors).astype(float)
            ones = np.ones(n)
            v = Visits(
                group=np.ones(n, dtype=np.int64), village=np.arange(n) % villages,
                stratum=np.zeros(n, dtype=np.int64), weight=ones, size=ones,
                error=0.0 * ones if aim.mirrored else found,
                approves=1.0 - found if aim.mirrored else ones,
            )  # fmt: skip
            return assess(v, COUNTY, rule, assumptions=Assumptions(icc=icc), detail=False).outcome

        assert [outcome(plan.accept), outcome(plan.accept + 1)] == ["met", "cannot tell"]
        assert [outcome(plan.reject - 1), outcome(plan.reject)] == ["cannot tell", "not met"]

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), factor=st.floats(0.1, 50.0))
    def test_only_relative_weights_and_labels_matter(self, seed: int, factor: float) -> None:
        v = make_visits(20, 6, wrong=0.05, missed=0.03, seed=seed, sizes=True, weights=True)
        shuffled = np.random.default_rng(seed).permutation(v.n)
        other = Visits(**{name: x[shuffled] for name, x in vars(v).items() if x is not None})
        other = replace(
            other, weight=other.weight * factor, village=1000 - other.village,
            stratum=5 - other.stratum,
        )  # fmt: skip
        one = assess(v, COUNTY, RULE, detail=False)
        two = assess(other, COUNTY, RULE, detail=False)
        for a, b in zip(one.judgements, two.judgements, strict=True):
            assert a.outcome == b.outcome
            assert (a.value, a.se, a.low, a.high) == pytest.approx(
                (b.value, b.se, b.low, b.high), rel=1e-6, abs=1e-9
            )


class TestErrorRates:
    """Small seeded versions of benchmarks/assessment.py."""

    def rates(self, runs: int, **truth: float) -> dict[str, np.ndarray]:
        """Shares of met and not met by rate."""
        found: dict[str, list[tuple[bool, bool]]] = {c.rate: [] for c in RULE[:3]}
        county = County("A", 100_000, registered=500, exited=40_000)
        for seed in range(runs):
            v = make_visits(60, 20, seed=seed, **truth)
            for judged in assess(v, county, RULE[:3], detail=False).judgements:
                found[judged.criterion.rate].append(
                    (judged.outcome == "met", judged.outcome == "not met")
                )
        return {rate: np.mean(pairs, axis=0) for rate, pairs in found.items()}

    def test_false_met_and_false_not_met_at_the_threshold(self) -> None:
        allowed = 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5
        at_rates = self.rates(300, wrong=0.02, missed=0.02)
        assert (at_rates["wrong"] <= allowed).all()
        assert (at_rates["missed"] <= allowed).all()
        level = 0.015 / 0.995
        at_composite = self.rates(300, wrong=level, missed=level)
        assert (at_composite["comprehensive"] <= allowed).all()

    def test_power_is_the_plan_s(self) -> None:
        plan = plan_sample(Aim(true_rate=0.008, power=0.8), icc=0.05, per_village=20)
        rule = [RULE[1]]
        met = []
        for seed in range(400):
            v = make_visits(plan.sample.villages, 20, wrong=0.008, seed=seed)
            met.append(assess(v, COUNTY, rule, detail=False).outcome == "met")
        assert np.mean(met) == pytest.approx(plan.power, abs=0.02 + 3 * (0.16 / 400) ** 0.5)

    def test_standard_error_of_the_composite_by_simulation(self) -> None:
        county = County("A", 100_000, registered=500, exited=40_000)
        values, errors = [], []
        for seed in range(150):
            v = make_visits(40, 20, wrong=0.04, missed=0.03, seed=seed, sizes=True, weights=True)
            judged = assess(v, county, [RULE[2]], detail=False).judgements[0]
            values.append(judged.value)
            errors.append(judged.se**2)
        truth = 0.005 + 0.4 * 0.04 + 0.595 * 0.03
        assert np.mean(values) == pytest.approx(truth, rel=0.03)
        assert np.mean(errors) ** 0.5 == pytest.approx(np.std(values), rel=0.2)


class TestShares:
    def test_observed_correlation_is_found_on_average(self) -> None:
        generator = np.random.default_rng(2)
        found = []
        for _ in range(300):
            rates = generator.beta(0.3 * 4, 0.7 * 4, 60)  # icc 1 / 5
            case = (generator.random((60, 15)) < rates[:, None]).ravel().astype(float)
            members = Members(
                case, np.ones(900), np.repeat(np.arange(60), 15), np.zeros(60, dtype=np.int64)
            )
            found.append(estimate_share(members, 0.5).icc_observed)
        assert np.mean(found) == pytest.approx(0.2, abs=0.015)

    def test_unequal_weights_cost_what_kish_says(self) -> None:
        weight = np.repeat([1.0, 4.0], 300)
        village = np.arange(600)
        members = Members(np.zeros(600), weight, village, np.zeros(600, dtype=np.int64))
        sample = estimate_share(members, 0.0).sample
        assert sample.households == math.floor(weight.sum() ** 2 / (weight**2).sum())


class TestInput:
    def test_counts_that_contradict(self) -> None:
        with pytest.raises(AssessmentError, match="contradict"):
            County("A", 1000, registered=900, exited=200)
        with pytest.raises(AssessmentError, match="contradict"):
            County("A", math.nan, registered=9, exited=2)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("weight", 0.0),
            ("weight", math.inf),
            ("weight", math.nan),
            ("size", 0.0),
            ("error", 0.5),
            ("approves", 2.0),
        ],
    )
    def test_values_out_of_range(self, column: str, value: float) -> None:
        v = make_visits(4, 3)
        bad = getattr(v, column).copy()
        bad[5] = value
        with pytest.raises(DataError, match=column) as caught:
            replace(v, **{column: bad})
        assert "1 of 24 households" in str(caught.value)

    def test_village_in_two_strata_and_lengths(self) -> None:
        v = make_visits(4, 3)
        stratum = v.stratum.copy()
        stratum[0] = 1 - stratum[0]
        with pytest.raises(DataError, match="more than one stratum"):
            replace(v, stratum=stratum)
        with pytest.raises(DataError, match="cannot be used together"):
            replace(v, size=np.ones(3))

    def test_rules_and_assumptions(self) -> None:
        v = make_visits(4, 3)
        with pytest.raises(AssessmentError, match="no criterion"):
            assess(v, COUNTY, [])
        with pytest.raises(AssessmentError, match="no rate"):
            RateCriterion("x", "mised", "below", 0.02)  # type: ignore[arg-type]
        with pytest.raises(PlanError):
            Assumptions(icc=1.5)
        with pytest.raises(AssessmentError, match="does not ask"):
            assess(v, COUNTY, RULE[:1]).judgement("wrong")
        rule = load("china-2011-2020").village
        assert rule is not None
        with pytest.raises(AssessmentError, match="asks for no assessment"):
            criteria_of(rule, "west")


class TestTables:
    def table(self) -> pa.Table:
        return pa.table(
            {
                "county": ["B", "A", "A"],
                "status": ["exited", "unregistered", "registered"],
                "village": [7, 3, 3],
                "stratum": ["poor", "poor", "poor"],
                "weight": [1, 2, 2],
                "size": [4, 5, 2],
                "error": [False, True, None],
                "approves": [True, None, False],
            }
        )

    def test_one_set_of_visits_for_each_county(self) -> None:
        table = self.table()
        found = visits_by_county(table, roles_in(table.column_names))
        assert list(found) == ["A", "B"]
        assert found["A"].group.tolist() == [2, 0]
        assert found["A"].error[0] == 1.0
        assert np.isnan(found["A"].approves[0])

    def test_missing_column_is_named_with_the_nearest(self) -> None:
        table = self.table().rename_columns(
            ["county", "status", "village", "stratum", "wieght", "size", "error", "approves"]
        )
        with pytest.raises(DataError, match="lack the column 'weight'") as caught:
            visits_by_county(table, roles_in(table.column_names))
        assert "wieght" in str(caught.value)

    def test_unknown_group_and_missing_village(self) -> None:
        table = self.table()
        bad = table.set_column(1, "status", pa.array(["exited", "left", "registered"]))
        with pytest.raises(DataError, match="no group of an assessment"):
            visits_by_county(bad, roles_in(bad.column_names))
        bad = table.set_column(2, "village", pa.array([7, None, 3]))
        with pytest.raises(DataError, match="'village' is missing"):
            visits_by_county(bad, roles_in(bad.column_names))
        bad = table.set_column(6, "error", pa.array(["no", "yes", None]))
        with pytest.raises(DataError, match="not a number"):
            visits_by_county(bad, roles_in(bad.column_names))

    def test_counts(self) -> None:
        counts = pa.table({"rural_population": [10], "registered": [1], "exited": [2]})
        assert counties_from(counts)[""].others == 7
        twice = pa.table(
            {"county": ["A", "A"], "rural_population": [9, 9], "registered": [1, 1],
             "exited": [2, 2]}
        )  # fmt: skip
        with pytest.raises(DataError, match="more than one row"):
            counties_from(twice)
        text = pa.table({"rural_population": ["10k"], "registered": ["1"], "exited": ["2"]})
        with pytest.raises(DataError, match="not a number"):
            counties_from(text)
        empty = pa.table({"rural_population": [None], "registered": [1], "exited": [2]})
        with pytest.raises(AssessmentError):
            counties_from(empty)

    def test_rows_of_decisions(self) -> None:
        rows = decision_rows([assess(make_visits(60, 20, seed=2), COUNTY, RULE)])
        assert [row["criterion"] for row in rows] == ["", *(c.name for c in RULE)]
        assert list(rows[0]) == list(rows[1])
        assert rows[0]["outcome"] in {"met", "not met", "cannot tell"}

    def test_columns_that_are_needed(self) -> None:
        assert Roles().columns() == (
            "county", "status", "village", "weight", "size", "error", "approves"
        )  # fmt: skip


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.02, "2 %"), (0.0194, "1.9 %"), (0.9, "90 %"), (1.0, "100 %")],
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_bounds_in_sentences_stay_on_their_side() -> None:
    v = replace(make_visits(152, 1), error=np.zeros(304))
    rule = [RateCriterion("wrong", "wrong", "below", 0.02)]
    judged = assess(v, COUNTY, rule, assumptions=Assumptions(icc=0.0)).judgements[0]
    assert judged.outcome == "met"
    assert judged.reason == "at most 1.96 % with 95 % confidence, below 2 %"
