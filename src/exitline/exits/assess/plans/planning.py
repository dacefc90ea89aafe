"""How many households to visit, and how many errors still allow the statement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.decide.clusters import (
    Clusters,
    PlanError,
    at_least,
    at_most,
    check_confidence,
    check_rate,
    error_law,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exitline.exits.decide.decision import Comparison


@dataclass(frozen=True)
class Aim:
    """What a plan has to be able to show.

    Parameters
    ----------
    threshold : float
        Share that the rate is checked against, 0 .. 1.
    comparison : {"below", "at_most", "above", "at_least"}
        The criterion is met where the rate stands so to the threshold.
    confidence : float
        One-sided: at a rate that just fails, *met* is said in at most 1 - confidence of
        samples.
    true_rate : float
        A rate that satisfies the criterion and should be recognised as such.
    power : float
        Probability with which it should be.

    Raises
    ------
    PlanError
        When a number is out of range or the true rate does not satisfy the criterion.

    Examples
    --------
    >>> Aim(threshold=0.02, true_rate=0.01).rare_threshold
    0.02
    """

    threshold: float = 0.02
    comparison: Comparison = "below"
    confidence: float = 0.95
    true_rate: float = 0.01
    power: float = 0.8

    def __post_init__(self) -> None:
        check_rate(self.threshold, "threshold")
        check_confidence(self.confidence)
        if not 0.0 < self.power < 1.0:
            raise PlanError(
                "the power is out of range", expected="between 0 and 1; 0.8 or 0.9 is usual",
                got=str(self.power), remedy="divide percentages by 100",
            )  # fmt: skip
        if not 0.0 <= self.true_rate <= 1.0 or self.rare_rate >= self.rare_threshold:
            raise PlanError(
                "the true rate does not satisfy the criterion, so no sample can show it",
                expected=f"a rate {'above' if self.mirrored else 'below'} {self.threshold}",
                got=str(self.true_rate),
                remedy="plan for a rate at which the county should be found to meet it",
            )

    @property
    def mirrored(self) -> bool:
        """Whether a high rate is what is wanted (recognition): then its complement is counted."""
        return self.comparison in {"above", "at_least"}

    @property
    def rare_threshold(self) -> float:
        """The threshold for the rare event: errors, or households that do not approve."""
        return 1.0 - self.threshold if self.mirrored else self.threshold

    @property
    def rare_rate(self) -> float:
        """The true rate of the rare event."""
        return 1.0 - self.true_rate if self.mirrored else self.true_rate

    @property
    def tail(self) -> float:
        """1 - confidence."""
        return 1.0 - self.confidence


@dataclass(frozen=True)
class SamplePlan:
    """A sample of one size, its acceptance number and what it can do.

    Attributes
    ----------
    sample : Clusters
        Households and villages to visit, and the intra-village correlation assumed.
    aim : Aim
    accept : int
        *Met* where at most so many errors are found (-1: never). For a criterion such as
        "at least 90 % approve", errors are households that do not approve.
    reject : int
        *Not met* where at least so many are found; between the two, *cannot tell*.
    false_met : float
        Probability of *met* at the threshold itself, were the correlation `ICC_MARGIN` times
        the one assumed: what the acceptance number is judged by.
    power : float
        Probability of *met* at the true rate of the aim, under the correlation assumed.
    """

    sample: Clusters
    aim: Aim
    accept: int
    reject: int
    false_met: float
    power: float


@dataclass(frozen=True)
class CurvePoint:
    """The operating characteristic at one true rate: probabilities of the three outcomes."""

    rate: float
    met: float
    cannot_tell: float
    not_met: float


def acceptance_number(sample: Clusters, threshold: float, confidence: float = 0.95) -> int:
    """The most errors at which a rate below the threshold is asserted.

    Parameters
    ----------
    sample : Clusters
    threshold : float
        0 .. 1.
    confidence : float
        One-sided.

    Returns
    -------
    int
        -1 where not even a sample without errors is enough.

    Examples
    --------
    >>> [acceptance_number(Clusters(n, n), 0.02) for n in (148, 149, 500, 2000)]
    [-1, 0, 4, 29]

    With a design effect of 2 the same samples are worth 250 and 1,000 independent visits:

    >>> [acceptance_number(Clusters(n, n), 0.02) for n in (250, 1000)]
    [1, 12]
    """
    cumulative = np.cumsum(error_law(sample, threshold))
    return int(np.searchsorted(cumulative, 1.0 - confidence + 1e-12, side="right")) - 1


def rejection_number(sample: Clusters, threshold: float, confidence: float = 0.95) -> int:
    """The fewest errors at which a rate at or above the threshold is asserted.

    Returns
    -------
    int
        households + 1 where no number is enough.

    Examples
    --------
    >>> rejection_number(Clusters(500, 500), 0.02)
    16
    """
    tail = np.cumsum(error_law(sample, threshold)[::-1])
    allowed = int(np.searchsorted(tail, 1.0 - confidence + 1e-12, side="right"))
    return sample.households + 1 - allowed


def evaluate(sample: Clusters, aim: Aim) -> SamplePlan:
    """Acceptance and rejection numbers of a given sample, and its error probabilities.

    Examples
    --------
    >>> plan = evaluate(Clusters(500, 500), Aim(true_rate=0.005))
    >>> plan.accept, round(plan.false_met, 3), round(plan.power, 3)
    (4, 0.028, 0.892)
    """
    accept = acceptance_number(sample.judged, aim.rare_threshold, aim.confidence)
    reject = rejection_number(sample.judged, aim.rare_threshold, aim.confidence)
    return SamplePlan(
        sample, aim, accept, reject,
        false_met=at_most(sample.judged, aim.rare_threshold, accept),
        power=at_most(sample, aim.rare_rate, accept),
    )  # fmt: skip


def operating_curve(plan: SamplePlan, rates: Sequence[float]) -> tuple[CurvePoint, ...]:
    """Probabilities of the three outcomes at any true rates.

    Parameters
    ----------
    plan : SamplePlan
    rates : sequence of float
        True rates of the criterion's own quantity (recognition, not its complement).

    Returns
    -------
    tuple of CurvePoint

    Examples
    --------
    >>> plan = evaluate(Clusters(500, 500), Aim(true_rate=0.005))
    >>> [round(p.met, 3) for p in operating_curve(plan, [0.005, 0.02, 0.03])]
    [0.892, 0.028, 0.001]
    """
    points = []
    for rate in rates:
        rare = 1.0 - rate if plan.aim.mirrored else rate
        met = at_most(plan.sample, rare, plan.accept)
        not_met = at_least(plan.sample, rare, plan.reject)
        points.append(CurvePoint(float(rate), met, max(0.0, 1.0 - met - not_met), not_met))
    return tuple(points)


def point_rule_passes(sample: Clusters, rate: float, aim: Aim) -> float:
    """P(the bare estimate, compared with the threshold, satisfies the criterion).

    Parameters
    ----------
    sample : Clusters
    rate : float
        True rate.
    aim : Aim
        Threshold and comparison; confidence and power play no role.

    Examples
    --------
    >>> round(point_rule_passes(Clusters(500, 500), 0.03, Aim()), 3)
    0.067
    >>> round(point_rule_passes(Clusters(250, 250), 0.03, Aim()), 3)
    0.128
    """
    rare = 1.0 - rate if aim.mirrored else rate
    edge = aim.rare_threshold * sample.households
    strict = aim.comparison in {"below", "above"}
    most = math.ceil(edge - 1e-9) - 1 if strict else math.floor(edge + 1e-9)
    return at_most(sample, rare, most)
