"""The smallest sample of villages that reaches an aim."""

from __future__ import annotations

from functools import lru_cache

from exitline.exits.assess.plans.planning import Aim, SamplePlan, evaluate
from exitline.exits.decide.clusters import (
    DEFAULT_ICC,
    LARGEST,
    Clusters,
    PlanError,
    at_most,
    check_icc,
)
from exitline.stats.data.readers.declaring import choose


def plan_sample(
    aim: Aim,
    *,
    icc: float = DEFAULT_ICC,
    per_village: int = 20,
    design_effect: float | None = None,
    max_villages: int | None = None,
) -> SamplePlan:
    """The smallest sample that reaches the aim, with so many households in each village.

    Parameters
    ----------
    aim : Aim
    icc : float
        Intra-village correlation of errors. The power is found under it; the confidence is
        kept under `ICC_MARGIN` times as much, as the assessment will be judged.
    per_village : int
        Households visited in a village. With 1 and icc 0: a simple random sample.
    design_effect : float, optional
        Instead of `icc`: the correlation that gives it, (deff - 1) / (per_village - 1).
    max_villages : int, optional
        Villages there are.

    Returns
    -------
    SamplePlan
        The smallest number of villages whose exact error probabilities keep both the
        confidence and the power. (A slightly larger sample can fall short again, because
        acceptance numbers are whole.)

    Raises
    ------
    PlanError
        When no number of villages reaches the aim.

    Examples
    --------
    >>> plan = plan_sample(Aim(true_rate=0.01, power=0.8), icc=0.0, per_village=1)
    >>> plan.sample.households, plan.accept, round(plan.power, 2)
    (969, 12, 0.82)
    >>> plan_sample(Aim(true_rate=0.01, power=0.8), icc=0.05, per_village=20).sample.households
    2380
    """
    if design_effect is not None:
        icc = icc_of(design_effect, per_village)
    check_icc(icc)
    villages = fewest_villages(aim, per_village, icc, max_villages)
    if villages is None:
        raise _out_of_reach(aim, per_village, icc, max_villages)
    return evaluate(Clusters.equal(villages, per_village, icc), aim)


def icc_of(design_effect: float, per_village: float) -> float:
    """The intra-village correlation behind a design effect: (deff - 1) / (m - 1).

    Kish (1965), Survey Sampling, equation 5.6.5, solved for the correlation.

    Examples
    --------
    >>> icc_of(2.0, 20) == 1 / 19
    True
    """
    if design_effect < 1.0 or (design_effect > 1.0 and per_village <= 1.0):
        raise PlanError(
            "this design effect cannot come from villages alone",
            expected="1 with one household a village; at least 1 with more",
            got=f"{design_effect} with {per_village:g} households a village",
            remedy="give "
            + choose("per_village=", "--per-village")
            + ", the number of households visited in a village",
        )
    return 0.0 if design_effect == 1.0 else (design_effect - 1.0) / (per_village - 1.0)


@lru_cache(maxsize=65536)
def fewest_villages(
    aim: Aim, per_village: int, icc: float, max_villages: int | None = None
) -> int | None:
    """The smallest number of villages that reaches the aim, or None.

    The search is exact. For each number c of errors allowed, P(X <= c) at the threshold
    falls with every village, so the fewest villages that keep the confidence are found by
    bisection; the power at c falls with every village too, so no larger sample with the
    same c does better. The first c whose smallest sample has the power is the answer.

    Examples
    --------
    >>> fewest_villages(Aim(true_rate=0.01, power=0.8), 20, 0.05)
    119
    """
    if per_village < 1:
        raise PlanError(
            "the number of households visited in a village is out of range",
            expected="at least 1", got=str(per_village), remedy="give a whole number",
        )  # fmt: skip
    largest = LARGEST // per_village
    if max_villages is not None:
        largest = min(largest, max_villages)
    villages: int | None = 0
    for accept in range(largest * per_village):
        villages = _fewest_for(aim, accept, per_village, icc, villages or 0, largest)
        if villages is None:
            return None
        sample = Clusters.equal(villages, per_village, icc)
        if at_most(sample, aim.rare_rate, accept) >= aim.power:
            return villages
    return None


def _fewest_for(
    aim: Aim, accept: int, per_village: int, icc: float, above: int, largest: int
) -> int | None:
    """The fewest villages, at least `above`, with which `accept` errors keep the confidence."""

    def enough(villages: int) -> bool:
        sample = Clusters.equal(villages, per_village, icc).judged
        return at_most(sample, aim.rare_threshold, accept) <= aim.tail + 1e-12

    low, step = max(above - 1, 0), max(above // 8, 1)
    high = low + step
    while high < largest and not enough(high):
        low, step = high, step * 2
        high = low + step
    high = min(high, largest)
    if high <= low or not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _out_of_reach(aim: Aim, per_village: int, icc: float, max_villages: int | None) -> PlanError:
    """Why no plan exists, and what would help."""
    limit = f"{max_villages:,} villages" if max_villages else f"{LARGEST:,} households"
    return PlanError(
        "no sample within the limits reaches the aim",
        expected=f"power {aim.power:g} at a true rate of {aim.true_rate:g}, confidence "
        f"{aim.confidence:g}",
        got=f"at most {limit}, {per_village} households a village, ICC {icc:g}",
        remedy="visit more villages with fewer households each, count in full, or ask for less "
        "power",
    )  # fmt: skip
