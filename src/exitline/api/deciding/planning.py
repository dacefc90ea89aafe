"""How many households to visit so that an assessment can tell, and what the numbers then allow.

Counties that are planned together come from a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from exitline.errors import ArgumentError, nearest
from exitline.exits.assess.plans.budget import CountyTask
from exitline.exits.assess.plans.costs import Costs
from exitline.exits.decide.clusters import DEFAULT_ICC, PlanError
from exitline.stats.data.values import written
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.exits.assess.plans.budget import BudgetPlan
    from exitline.exits.assess.plans.costs import TwoStage
    from exitline.exits.assess.plans.planning import Aim, SamplePlan
    from exitline.exits.assess.plans.stages import StagedPlan
    from exitline.exits.decide.decision import Comparison
    from exitline.rules.standard import Standard


RATES = (0.0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04)
"""True rates of the curve, for a threshold of 2 %; scaled to another."""


@dataclass(frozen=True)
class Planned(ShownResult):
    """A plan for one county.

    Attributes
    ----------
    plan : SamplePlan
        One sample: households, villages, and from where on it is met or not met.
    cheapest : TwoStage or None
        The design it was chosen among, where costs were given.
    staged : StagedPlan or None
        In stages, where asked for.
    curve, staged_curve : tuple
        What the plan says, by the true rate.
    """

    plan: SamplePlan
    cheapest: TwoStage | None
    staged: StagedPlan | None
    curve: tuple[Any, ...]
    staged_curve: tuple[Any, ...]

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain values."""
        found: dict[str, Any] = {
            "plan": asdict(self.plan) | {"design_effect": self.plan.sample.design_effect},
            "curve": [asdict(point) for point in self.curve],
        }
        if self.cheapest is not None:
            found["cost"] = self.cheapest.cost
            found["considered"] = [asdict(one) for one in self.cheapest.considered]
        if self.staged is not None:
            found["staged"] = asdict(self.staged) | {"saving": self.staged.saving}
            found["staged_curve"] = [asdict(point) for point in self.staged_curve]
        return found

    def to_pandas(self) -> pd.DataFrame:
        """What the plan says, by the true rate."""
        import pandas as pd

        return pd.DataFrame([asdict(point) for point in self.staged_curve or self.curve])


def plan(
    *,
    standard: Standard | str | None = None,
    rate: Literal["missed", "wrong", "comprehensive", "recognition"] = "wrong",
    area_class: str = "",
    threshold: float | None = None,
    comparison: Comparison | None = None,
    true_rate: float = 0.01,
    confidence: float | None = None,
    power: float = 0.8,
    icc: float = 0.05,
    design_effect: float | None = None,
    per_village: int = 20,
    max_villages: int | None = None,
    cost_village: float | None = None,
    cost_household: float | None = None,
    kind: Literal["fixed", "double", "sequential", "curtailed"] = "fixed",
    every: int | None = None,
    stop_high: Literal["futility", "not met"] = "futility",
    curve: Sequence[float] | None = None,
) -> Planned:
    """How many households to visit so that the assessment of a county can tell.

    Error probabilities are exact for households in villages (beta-binomial law).

    Parameters
    ----------
    standard : Standard, or name or path of a rule file, optional
        Gives threshold, comparison and confidence.
    rate : {"missed", "wrong", "comprehensive", "recognition"}
        Which rate of the standard.
    area_class : str
        Such as "west", where thresholds differ.
    threshold, comparison, confidence : optional
        A share (0.02), how the rate must stand to it ("below"), one-sided confidence (0.95):
        those of the standard unless given.
    true_rate, power : float
        A rate that should be recognised as meeting it, and with which probability.
    icc : float
        Intra-village correlation.
    design_effect : float, optional
        Instead of `icc`.
    per_village, max_villages : int
        Households visited in a village; villages there are.
    cost_village, cost_household : float, optional
        Both: the cheapest design.
    kind : {"fixed", "double", "sequential", "curtailed"}
        All visits at once, or in stages.
    every : int, optional
        Villages between looks of a sequential plan.
    stop_high : {"futility", "not met"}
        Also stop when "met" is unlikely, or not.
    curve : sequence of float, optional
        True rates of the curve.

    Returns
    -------
    Planned

    Raises
    ------
    ArgumentError, PlanError, RuleFileError
        When the list of counties cannot be used, or no plan fits the budget.
        When no plan fits: numbers outside their range, or a standard without such a rule.

    Examples
    --------
    >>> import exitline as xl
    >>> found = xl.plan(true_rate=0.005, icc=0.02)
    >>> found.plan.sample.households == found.plan.sample.villages * 20
    True
    """
    from exitline.exits.assess.plans.fewest import icc_of, plan_sample
    from exitline.exits.assess.plans.planning import operating_curve
    from exitline.exits.assess.plans.stages import staged_point

    _refuse_half("cost_village", cost_village, "cost_household", cost_household)
    given = {"threshold": threshold, "comparison": comparison, "confidence": confidence}
    aim = _aim(standard, rate, area_class, given, true_rate, power)
    if design_effect is not None:
        icc = icc_of(design_effect, per_village)
    cheapest = None
    if cost_village is not None and cost_household is not None:
        cheapest = _cheapest(aim, cost_village, cost_household, icc, max_villages)
        per_village = round(cheapest.plan.sample.per_village)
        made = cheapest.plan
    else:
        made = plan_sample(aim, icc=icc, per_village=per_village, max_villages=max_villages)
    options = {"per_village": per_village, "max_villages": max_villages, "stop_high": stop_high}
    staged = None if kind == "fixed" else _staged(made, kind, every, options)
    rates = _scaled(aim) if curve is None else list(curve)
    return Planned(
        made, cheapest, staged, tuple(operating_curve(made, rates)),
        () if staged is None else tuple(staged_point(staged, one) for one in rates),
    )  # fmt: skip


def plan_counties(
    counties: Any,
    *,
    budget: float,
    goal: Literal["most settled", "equal power"] = "most settled",
    confidence: float | None = None,
    icc: float | None = None,
    threshold: float | None = None,
) -> BudgetPlan:
    """One budget for the assessments of many counties.

    Parameters
    ----------
    counties : path or table
        One row for each county: county, expected_rate, villages, cost_village,
        cost_household; optionally households_per_village, icc, threshold, weight.
    budget : float
        What there is to spend.
    goal : {"most settled", "equal power"}
    confidence : float, optional
        One-sided; 0.95 unless given.
    icc, threshold : float, optional
        For every county, where the table has no such column.

    Returns
    -------
    BudgetPlan

    Raises
    ------
    PlanError
        When the list of counties cannot be used, or no plan fits the budget.

    Examples
    --------
    >>> import exitline as xl
    >>> found = xl.plan_counties("examples/assessment/counties.csv", budget=60000)
    >>> sum(share.cost for share in found.shares) <= 60000
    True
    """
    from exitline.api.runs.opening import read_rows
    from exitline.exits.assess.plans.budget import plan_budget

    said = {"icc": icc, "threshold": threshold}
    tasks = tasks_from(
        read_rows(counties, ["county"]), {k: v for k, v in said.items() if v is not None}
    )
    return plan_budget(tasks, budget, confidence=confidence or 0.95, goal=goal)


def budget_in_words(found: BudgetPlan) -> list[str]:
    """Why each county gets what it gets, in sentences.

    Parameters
    ----------
    found : BudgetPlan

    Returns
    -------
    list of str
    """
    from exitline.exits.assess.plans.budget import explain

    return list(explain(found))


def _refuse_half(one: str, first: Any, other: str, second: Any) -> None:
    """Two arguments that mean something together alone."""
    if (first is None) != (second is None):
        raise ArgumentError(
            f"{one} and {other} go together", expected="both or neither",
            got=other if first is None else one, remedy="give both",
        )  # fmt: skip


def _aim(
    standard: Any, rate: str, area_class: str, given: dict[str, Any], true_rate: float, power: float
) -> Aim:
    """The aim, from the arguments and the standard."""
    from exitline.exits.assess.plans.planning import Aim
    from exitline.exits.assess.rate_rules import rate_criterion
    from exitline.rules.standard import load

    base: dict[str, Any] = {"threshold": 0.02, "comparison": "below", "confidence": 0.95}
    if standard is not None:
        loaded = load(standard) if isinstance(standard, str) else standard
        criterion = rate_criterion(loaded, rate, area_class)
        base = {
            "threshold": criterion.threshold,
            "comparison": criterion.comparison,
            "confidence": loaded.county.confidence if loaded.county else 0.95,
        }
    chosen = {name: base[name] if value is None else value for name, value in given.items()}
    return Aim(**chosen, true_rate=true_rate, power=power)


def _cheapest(
    aim: Aim, village: float, household: float, icc: float, max_villages: int | None
) -> TwoStage:
    """The cheapest design."""
    from exitline.exits.assess.plans.costs import cheapest_two_stage

    return cheapest_two_stage(aim, Costs(village, household), icc=icc, max_villages=max_villages)


def _staged(made: SamplePlan, kind: str, every: int | None, options: dict[str, Any]) -> StagedPlan:
    """A plan in stages for the same aim."""
    from exitline.exits.assess.plans.sequential import curtailed_plan, double_plan, sequential_plan

    if kind == "curtailed":
        return curtailed_plan(made, every=every or 1, stop_high=options["stop_high"])
    if kind == "double":
        return double_plan(made.aim, icc=made.sample.icc, **options)
    return sequential_plan(made.aim, every=every, icc=made.sample.icc, **options)


def _scaled(aim: Aim) -> list[float]:
    """The true rates of the curve; for recognition, what is missing to everyone."""
    scale = aim.rare_threshold / 0.02
    rates = [min(1.0, rate * scale) for rate in RATES]
    return [1.0 - rate for rate in rates] if aim.mirrored else rates


NEEDED = ("county", "expected_rate", "villages", "cost_village", "cost_household")
OPTIONAL: Mapping[str, float] = {
    "households_per_village": 60,
    "icc": DEFAULT_ICC,
    "threshold": 0.02,
    "weight": 1.0,
}
"""Columns that may be left out, and what then holds for every county."""


def tasks_from(table: pa.Table, defaults: Mapping[str, float] | None = None) -> list[CountyTask]:
    """One task for each row.

    Parameters
    ----------
    table : pyarrow.Table
        Columns county, expected_rate, villages, cost_village, cost_household; optionally
        households_per_village, icc, threshold, weight.
    defaults : mapping, optional
        For optional columns that are not there.

    Returns
    -------
    list of CountyTask

    Raises
    ------
    PlanError
        When a column or a value is missing, or a value cannot be.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.table({"county": ["A"], "expected_rate": [0.01], "villages": [120],
    ...     "cost_village": [300], "cost_household": [15]})
    >>> tasks_from(rows, {"icc": 0.08})[0].icc
    0.08
    """
    for name in NEEDED:
        if name not in table.column_names:
            raise PlanError(
                f"the counties lack the column '{name}'",
                where=f"column {name}",
                expected=", ".join(NEEDED),
                got=", ".join(table.column_names[:20]),
                remedy=nearest(name, table.column_names) or "add it",
            )
    given = {**OPTIONAL, **(defaults or {})}
    return [_task({**given, **row}, place) for place, row in enumerate(table.to_pylist(), 1)]


def _task(row: Mapping[str, Any], place: int) -> CountyTask:
    """One county."""
    try:
        return CountyTask(
            name=written(row["county"]) or "",
            expected_rate=float(row["expected_rate"]),
            costs=Costs(float(row["cost_village"]), float(row["cost_household"])),
            villages=int(row["villages"]),
            households_per_village=int(row["households_per_village"]),
            icc=float(row["icc"]),
            threshold=float(row["threshold"]),
            weight=float(row["weight"]),
        )
    except (TypeError, ValueError) as reason:
        raise PlanError(
            "a county's row has a value that is missing or not a number",
            where=f"row {place} of the counties",
            expected="numbers in " + ", ".join(NEEDED[1:]),
            got="something else",
            remedy="complete the row",
        ) from reason
