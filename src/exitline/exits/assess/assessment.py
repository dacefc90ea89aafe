"""A county's assessment: three rates and one degree, each met, not met, or cannot tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from exitline.exits.assess.evidence import (
    AssessmentError,
    Assumptions,
    County,
    EvidenceReading,
    RateCriterion,
    Visits,
)
from exitline.exits.assess.rates import find
from exitline.exits.assess.threshold import ThresholdTest
from exitline.exits.decide.decision import (
    CANNOT_TELL,
    MET,
    NOT_MET,
    Comparison,
    Outcome,
)
from exitline.exits.decide.settling import EvidenceKind
from exitline.words.said import say


@dataclass(frozen=True)
class CriterionResult:
    """One criterion in one county.

    Attributes
    ----------
    criterion : RateCriterion
    comparison : {"below", "at_most", "above", "at_least"}
        As the reading has it.
    outcome : {"met", "not met", "cannot tell"}
    value, se, low, high : float
        The rate, its design-based standard error, and one-sided bounds, each at the
        confidence.
    confidence : float
    evidence : {"full count", "sample", "none"}
    n, cases, unverified, villages : int
        Households the rate rests on, cases among them (errors; for recognition households
        that do not approve), those that could not be verified, and their villages.
    effective : float
        Independent visits that would say as much.
    icc, icc_observed : float
        Intra-village correlation that was used, and the one the data show.
    guarded : bool
        Whether the observed one replaced the declared one.
    holds_to_icc : float
        The largest correlation under which the outcome would be the same; NaN where the
        outcome is *cannot tell* or no sample is involved.
    error_probability : float
        P(evidence at least this much on its side) if the rate were at the threshold.
    needed : float
        Households more, drawn in the same way, that would settle it at the observed rate;
        NaN where it is settled or no practicable number would.
    reason : str
    """

    criterion: RateCriterion
    comparison: Comparison
    outcome: Outcome
    value: float
    se: float
    low: float
    high: float
    confidence: float
    evidence: EvidenceKind
    n: int
    cases: int
    unverified: int
    villages: int
    effective: float
    icc: float
    icc_observed: float
    guarded: bool
    holds_to_icc: float
    error_probability: float
    needed: float
    reason: str


@dataclass(frozen=True)
class Assessment:
    """All criteria of one county under one reading.

    Attributes
    ----------
    county : County
    reading : EvidenceReading
    outcome : {"met", "not met", "cannot tell"}
        Not met if any criterion with a veto is not met; met if all of them are.
    judgements : tuple of CriterionResult
    """

    county: County
    reading: EvidenceReading
    outcome: Outcome
    judgements: tuple[CriterionResult, ...]

    def judgement(self, rate: str) -> CriterionResult:
        """The judgement of one rate.

        Raises
        ------
        AssessmentError
            When the rule has no such rate.
        """
        for judgement in self.judgements:
            if judgement.criterion.rate == rate:
                return judgement
        raise AssessmentError(
            f"the rule does not ask for the rate '{rate}'",
            expected="one of " + ", ".join(j.criterion.rate for j in self.judgements),
            got=repr(rate),
            remedy="choose one of these",
        )


def assess(
    visits: Visits,
    county: County,
    criteria: Sequence[RateCriterion],
    reading: EvidenceReading | None = None,
    assumptions: Assumptions | None = None,
    *,
    detail: bool = True,
) -> Assessment:
    """Judge a county by its assessment.

    A criterion is *met* only if the one-sided bound lies beyond the threshold, *not met*
    only if the other bound does. All criteria with a veto have to be met, each at the
    full confidence, so a county is wrongly said to meet the rule with at most the same
    probability (an intersection-union test: Berger 1982, Technometrics 24, 295-300). One
    that meets every criterion, all of them exactly at the threshold, could be said not to
    with up to as many times that probability as there are criteria.

    Parameters
    ----------
    visits : Visits
    county : County
    criteria : sequence of RateCriterion
        At least one.
    reading : EvidenceReading, optional
        How open points are read; by default as declared.
    assumptions : Assumptions, optional
        Confidence and intra-village correlation.
    detail : bool
        Also compute `holds_to_icc`, `needed` and `error_probability`, which take longer.

    Returns
    -------
    Assessment

    Raises
    ------
    AssessmentError
        When there are no criteria, or the reading needs columns that are not there.

    Examples
    --------
    >>> import numpy as np
    >>> n = 1200
    >>> case = np.zeros(n)
    >>> visits = Visits(
    ...     group=np.repeat([1, 2], 600), village=np.arange(n) % 60,
    ...     stratum=np.zeros(n, dtype=int), weight=np.ones(n), size=np.full(n, 4.0),
    ...     error=case, approves=np.ones(n))
    >>> county = County("A", rural_population=90_000, registered=500, exited=9_000)
    >>> rule = [RateCriterion("wrong exits", "wrong", "below", 0.02)]
    >>> result = assess(visits, county, rule, assumptions=Assumptions(icc=0.05))
    >>> result.outcome, result.judgements[0].reason
    ('met', 'at most 0.8 % with 95 % confidence, below 2 %')
    """
    reading = reading or EvidenceReading()
    assumptions = assumptions or Assumptions()
    if not criteria:
        raise AssessmentError(
            "there is no criterion to assess",
            where=f"county {county.name}",
            expected="at least one rate with its threshold",
            got="none",
            remedy="take them from a standard's county rule",
        )
    judgements = tuple(
        _judge(criterion, visits, county, reading, assumptions, detail=detail)
        for criterion in criteria
    )
    return Assessment(county, reading, _overall(judgements), judgements)


def _judge(
    criterion: RateCriterion,
    visits: Visits,
    county: County,
    reading: EvidenceReading,
    assumptions: Assumptions,
    *,
    detail: bool,
) -> CriterionResult:
    """One criterion."""
    comparison = reading.comparison(criterion.comparison)
    finding = find(criterion, visits, county, reading, assumptions)
    if finding is None:
        return _no_evidence(criterion, comparison, assumptions.confidence)
    court = ThresholdTest(comparison, criterion.threshold, reading.rule, assumptions)
    outcome = court.outcome(finding)
    low, high = court.bounds(finding)
    sampled = bool(finding.shares) and not assumptions.full_count
    settled = detail and sampled and outcome != CANNOT_TELL
    open_case = detail and sampled and outcome == CANNOT_TELL
    more = court.needed(finding) if open_case else math.nan
    shares = finding.shares
    one = shares[0].sample if len(shares) == 1 else None
    return CriterionResult(
        criterion=criterion, comparison=comparison, outcome=outcome, value=finding.estimate,
        se=finding.se if sampled else 0.0, low=low, high=high, confidence=assumptions.confidence,
        evidence="sample" if sampled else "full count",
        n=sum(s.n for s in shares), cases=sum(s.cases for s in shares),
        unverified=sum(s.unverified for s in shares),
        villages=max((s.villages for s in shares), default=0),
        effective=one.effective if one else math.nan,
        icc=max((s.sample.icc for s in shares), default=math.nan) if sampled else math.nan,
        icc_observed=shares[0].icc_observed if one else math.nan,
        guarded=any(s.guarded for s in shares),
        holds_to_icc=court.holds_to(finding, outcome) if settled else math.nan,
        error_probability=court.chance(finding, outcome) if detail and sampled else math.nan,
        needed=more,
        reason=court.reason(finding, outcome, more),
    )  # fmt: skip


def _no_evidence(
    criterion: RateCriterion, comparison: Comparison, confidence: float
) -> CriterionResult:
    """A criterion about which nobody was visited is never counted as met."""
    none = math.nan
    return CriterionResult(
        criterion=criterion, comparison=comparison, outcome="cannot tell", value=none, se=none,
        low=0.0, high=1.0, confidence=confidence, evidence="none", n=0, cases=0, unverified=0,
        villages=0, effective=0.0, icc=none, icc_observed=none, guarded=False, holds_to_icc=none,
        error_probability=none, needed=none,
        reason=say("no household visited tells about this rate"),
    )  # fmt: skip


def _overall(judgements: Sequence[CriterionResult]) -> Outcome:
    """Vetoes first, then whether all that can veto are met."""
    outcomes = [j.outcome for j in judgements if j.criterion.veto]
    if NOT_MET in outcomes:
        return "not met"
    return "met" if outcomes and all(o == MET for o in outcomes) else "cannot tell"
