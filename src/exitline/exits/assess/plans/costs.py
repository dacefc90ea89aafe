"""The cheapest two-stage sample: few villages with many households, or many with few."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exitline.exits.assess.plans.fewest import fewest_villages
from exitline.exits.assess.plans.planning import Aim, SamplePlan, evaluate
from exitline.exits.decide.clusters import DEFAULT_ICC, Clusters, PlanError, check_icc


@dataclass(frozen=True)
class Costs:
    """What visits cost, in any one currency or in assessor days.

    Parameters
    ----------
    village : float
        For going to a village at all, at least 0.
    household : float
        For one household visited there, above 0.

    Raises
    ------
    PlanError
        For costs that are negative or not finite.

    Examples
    --------
    >>> Costs(village=300, household=15).of(villages=40, per_village=20)
    24000.0
    """

    village: float
    household: float

    def __post_init__(self) -> None:
        usable = math.isfinite(self.village) and math.isfinite(self.household)
        if not usable or self.village < 0 or self.household <= 0:
            raise PlanError(
                "the costs cannot be used",
                expected="a cost per household above 0 and a cost per village of at least 0",
                got=f"{self.household} per household, {self.village} per village",
                remedy="give both in the same unit",
            )

    def of(self, villages: int, per_village: int) -> float:
        """Cost of so many villages with so many households each."""
        return float(villages * (self.village + per_village * self.household))


@dataclass(frozen=True)
class Considered:
    """The fewest villages for one number of households in each, and what they cost."""

    per_village: int
    villages: int
    cost: float


@dataclass(frozen=True)
class TwoStage:
    """The cheapest design and what it was chosen from.

    Attributes
    ----------
    plan : SamplePlan
    cost : float
    considered : tuple of Considered
        Every number of households per village with its fewest villages.
    rule_of_thumb : float
        sqrt(cost per village / cost per household x (1 - icc) / icc), for comparison.
    """

    plan: SamplePlan
    cost: float
    considered: tuple[Considered, ...]
    rule_of_thumb: float


def cheapest_two_stage(
    aim: Aim,
    costs: Costs,
    *,
    icc: float = DEFAULT_ICC,
    max_per_village: int = 60,
    max_villages: int | None = None,
) -> TwoStage:
    """The cheapest number of villages and households per village that reaches the aim.

    Exact: for every number of households per village the fewest villages with exact error
    probabilities are found, and the costs compared. The well-known square-root rule
    (Cochran 1977, Sampling Techniques, equation 10.22) is given beside it; it minimises
    the variance and knows nothing of whole acceptance numbers.

    Parameters
    ----------
    aim : Aim
    costs : Costs
    icc : float
        Intra-village correlation.
    max_per_village : int
        Households in a village that could be visited.
    max_villages : int, optional
        Villages there are.

    Returns
    -------
    TwoStage

    Raises
    ------
    PlanError
        When no design within the limits reaches the aim.

    Examples
    --------
    >>> best = cheapest_two_stage(Aim(true_rate=0.01), Costs(village=300, household=15), icc=0.05)
    >>> best.plan.sample.villages, best.plan.sample.households, best.cost
    (131, 1965, 68775.0)
    """
    check_icc(icc)
    considered = []
    for per_village in range(1, max_per_village + 1):
        villages = fewest_villages(aim, per_village, icc, max_villages)
        if villages is not None:
            cost = costs.of(villages, per_village)
            considered.append(Considered(per_village, villages, cost))
    if not considered:
        raise PlanError(
            "no two-stage sample within the limits reaches the aim",
            expected=f"at most {max_villages or 'any number of'} villages with at most "
            f"{max_per_village} households each",
            got=f"power {aim.power:g} at a true rate of {aim.true_rate:g}, ICC {icc:g}",
            remedy="allow more villages or households, count in full, or ask for less power",
        )
    best = min(considered, key=lambda design: (design.cost, design.villages))
    thumb = math.sqrt(costs.village / costs.household * (1 - icc) / icc) if icc > 0 else math.inf
    plan = evaluate(Clusters.equal(best.villages, best.per_village, icc), aim)
    return TwoStage(plan, best.cost, tuple(considered), thumb)
