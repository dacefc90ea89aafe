"""The page of a plan: what to visit, what it then says, or who gets what of a budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from exitline.publish.report.axis import shared_axis
from exitline.publish.report.findings.drawings import OperatingCurve, operating
from exitline.publish.report.findings.sections import FoundPage, PageSection, table_of
from exitline.publish.report.table import TableCell, TableColumn, bar_of
from exitline.words.numbers import SPACE, rounded

if TYPE_CHECKING:
    from exitline.exits.assess.plans.budget import BudgetPlan
    from exitline.exits.assess.plans.planning import SamplePlan
    from exitline.exits.assess.plans.stages import StagedPlan
    from exitline.words.catalogue import Language

POINTS = 61
"""True rates at which a curve is drawn."""


def percent(share: float, t: Language) -> str:
    """A probability in percent; one that is small, but not nothing, is never shown as nothing."""
    if 0 < share < 0.0005:
        return t("under {figure}", figure=t.figure(f"0.1{SPACE}%"))
    if 0.9995 < share < 1:
        return t("over {figure}", figure=t.figure(f"99.9{SPACE}%"))
    return t.figure(f"{rounded(share, 1, percent=True)}{SPACE}%")


def declared(share: float, t: Language) -> str:
    """A share as it was declared: 2 %, 0.5 %."""
    return t.figure(f"{100 * share:g}{SPACE}%")


def plan_page(
    plan: SamplePlan, curve: Sequence[Any], drawn: Callable[[Sequence[float]], Sequence[Any]],
    t: Language, *, staged: StagedPlan | None = None, cost: float | None = None, title: str = "",
) -> FoundPage:  # fmt: skip
    """One county's plan.

    Parameters
    ----------
    plan : SamplePlan
    curve : sequence of CurvePoint or StagedPoint
        What the plan says, at the rates asked for.
    drawn : callable
        The same at any rates.
    t : Language
    staged : StagedPlan, optional
    cost : float, optional
    title : str
    """
    aim, sample = plan.aim, plan.sample
    households = staged.looks[-1].households if staged else sample.households
    villages = staged.looks[-1].villages if staged else sample.villages
    visited = {
        "households": t.plural("{n} household", "{n} households", households),
        "villages": t.plural("{n} village", "{n} villages", villages),
    }
    answer = t("Visit {households} in {villages}", **visited)
    if staged:
        answer = t("Visit up to {households} in {villages}", **visited)
    per = staged.per_village if staged else sample.per_village
    meaning = [
        t.plural(
            "{n} household in each village.",
            "{n} households in each village.",
            per,
            n=t.figure(f"{per:g}"),
        )
    ]
    if cost is not None:
        meaning.append(t("Cost: {figure}.", figure=rounded(cost, 0, t=t)))
    limit, wrong = declared(aim.threshold, t), staged.false_met if staged else plan.false_met
    power = staged.power if staged else plan.power
    sure = (
        t("If the true rate is {rate}, the visits show that the criterion is met with a "
          "probability of {power}.", rate=declared(aim.true_rate, t), power=percent(power, t)),
        t("If it is only at the threshold of {limit}, they wrongly say met with a probability of "
          "at most {wrong}, even where neighbours resemble each other more than assumed.",
          limit=limit, wrong=percent(wrong, t)),
        t("Between the two, the honest answer may be: cannot tell yet."),
    )  # fmt: skip
    return FoundPage(
        t("Plan of an assessment"),
        title or t("How many households to visit so that one can tell"),
        question=t("Is the rate {comparison} {limit}, at {sure} confidence?", limit=limit,
                   comparison=t.of(aim.comparison.replace("_", " ")),
                   sure=declared(aim.confidence, t)),
        answer=answer, meaning=t.sentences(*meaning), sure=sure, steps=_steps(plan, staged, t),
        sections=tuple(s for s in (_drawn(plan, drawn, t), _curve(curve, t), _looks(staged, t))
                       if s is not None),
        notes=_assumed(plan, t),
    )  # fmt: skip


def _steps(plan: SamplePlan, staged: StagedPlan | None, t: Language) -> tuple[str, ...]:
    """What to do with the plan."""
    draw = t("Draw the villages and households so that anyone can draw them again: exitline draw.")
    judge = t("Judge the visits by the same rule: exitline assess.")
    if staged is not None:
        return (draw, t("After each stage count the errors and stop where the table below says."),
                judge)  # fmt: skip
    if plan.aim.mirrored:
        count = t.plural("Met with at most {n} household that does not approve, not met from "
                         "{m} on.",
                         "Met with at most {n} households that do not approve, not met from "
                         "{m} on.",
                         plan.accept, m=plan.reject)  # fmt: skip
    else:
        count = t.plural("Met with at most {n} error, not met from {m} on.",
                         "Met with at most {n} errors, not met from {m} on.", plan.accept,
                         m=plan.reject)  # fmt: skip
    return (draw, count, judge)


def _drawn(
    plan: SamplePlan, drawn: Callable[[Sequence[float]], Sequence[Any]], t: Language
) -> PageSection:
    """The operating characteristic."""
    aim = plan.aim
    far = min(1.0, 2.0 * aim.rare_threshold)
    rare = [far * i / (POINTS - 1) for i in range(POINTS)]
    rates = sorted(1.0 - r for r in rare) if aim.mirrored else rare
    points = drawn(rates)
    limit = t("threshold {limit}", limit=declared(aim.threshold, t))
    wanted = t("planned for {rate}", rate=declared(aim.true_rate, t))
    curve = OperatingCurve(
        rates, [p.met for p in points], [p.not_met for p in points], aim.threshold, aim.true_rate,
        limit, wanted, mirrored=aim.mirrored,
    )  # fmt: skip
    heading = t("What the plan says, by the true rate")
    return PageSection(
        heading, t("Upwards: the probability of each answer (the operating characteristic)."),
        drawing=operating(curve, heading, t), key="curve",
        source=t("Exact for households in villages (beta-binomial law)."),
    )  # fmt: skip


def _curve(curve: Sequence[Any], t: Language) -> PageSection:
    """The same as a table."""
    staged = hasattr(curve[0], "expected")
    columns = [
        TableColumn("name", t("True rate")), TableColumn("number", t("Met")),
        TableColumn("number", t("Cannot tell yet")), TableColumn("number", t("Not met")),
    ]  # fmt: skip
    columns += [TableColumn("number", t("Households on average"))] if staged else []
    rows = []
    for p in curve:
        cells = [TableCell(percent(x, t), x) for x in (p.rate, p.met, p.cannot_tell, p.not_met)]
        cells += [TableCell(rounded(p.expected, 0, t=t), p.expected)] if staged else []
        rows.append(tuple(cells))
    heading = t("The same in figures")
    return PageSection(heading, table=table_of("curve-table", heading, tuple(columns), tuple(rows)),
                       key="figures")  # fmt: skip


def _looks(staged: StagedPlan | None, t: Language) -> PageSection | None:
    """When to stop."""
    if staged is None:
        return None
    heading = (
        t("When to stop, by households that do not approve so far")
        if staged.aim.mirrored else t("When to stop, by errors so far")
    )  # fmt: skip
    columns = tuple(
        TableColumn("name" if not i else "number", name)
        for i, name in enumerate((t("Households"), t("Villages"), t("Met at most"), t("Stop from"),
                                  t("Not met from")))
    )  # fmt: skip
    rows = []
    for look in staged.looks:
        accept = look.accept if look.accept >= 0 else None
        reject = look.reject if look.reject <= look.households else None
        numbers = (look.households, look.villages, accept, look.stop_from, reject)
        rows.append(tuple(TableCell("–" if n is None else t.number(n), n) for n in numbers))
    return PageSection(heading, table=table_of("looks", heading, columns, tuple(rows)), key="looks")


def _assumed(plan: SamplePlan, t: Language) -> tuple[str, ...]:
    """What the figures rest on."""
    sample, judged = plan.sample, plan.sample.judged.icc
    notes = [
        t("Errors within a village resemble each other with an intra-village correlation of {n} "
          "(design effect {m}).", n=t.figure(f"{sample.icc:.3g}"),
          m=t.figure(f"{sample.design_effect:.2f}")),
    ]  # fmt: skip
    if judged and judged != sample.icc:
        notes.append(
            t("Met and not met are judged at a larger correlation, {n}, in case the declared one "
              "is too small.", n=t.figure(f"{judged:.3g}"))
        )  # fmt: skip
    return tuple(notes)


def budget_page(
    plan: BudgetPlan, explained: Sequence[str], t: Language, *, title: str = ""
) -> FoundPage:
    """One budget for many counties.

    Parameters
    ----------
    plan : BudgetPlan
    explained : sequence of str
        The optimum in sentences.
    t : Language
    title : str
    """
    axis = shared_axis([0.0, 1.0], [], "share", t=t)
    shares = sorted(plan.shares, key=lambda s: -s.settled)
    rows = tuple(
        (
            TableCell(s.county), TableCell(percent(s.settled, t), s.settled),
            TableCell(bar=bar_of(axis, s.settled, s.settled, s.settled) if axis else None),
            TableCell(t.number(s.villages) if s.villages else t("none"), s.villages),
            TableCell(t.number(s.per_village) if s.villages else "–", s.per_village),
            TableCell(rounded(s.cost, 0, t=t), s.cost),
        )
        for s in shares
    )  # fmt: skip
    columns = (
        TableColumn("name", t("County")), TableColumn("figure", t("Settled rightly")),
        TableColumn("bar", t("Probability"), sortable=False),
        TableColumn("number", t("Villages")), TableColumn("number", t("Households in each")),
        TableColumn("number", t("Cost")),
    )  # fmt: skip
    seen = sum(s.villages > 0 for s in plan.shares)
    heading = t("Who gets what")
    return FoundPage(
        t("Plan of assessments"), title or t("One budget for the assessments of many counties"),
        question=t("Where do visits for {figure} settle most?",
                   figure=rounded(plan.budget, 0, t=t)),
        answer=t("{n} of {m} counties settled rightly, as expected",
                 n=t.figure(rounded(plan.settled, 1)), m=len(plan.shares)),
        meaning=t("{n} of {m} counties are visited for {figure}.", n=seen, m=len(plan.shares),
                  figure=rounded(plan.cost, 0, t=t)),
        sure=tuple(t.of(line) for line in explained[1:]),
        sections=(PageSection(
            heading, t("The probability that the visits give the right answer, met or not met."),
            table_of("budget", heading, columns, rows, axis, sorted_by=1), key="shares"),),
    )  # fmt: skip
