"""The page of an assessment: each county's outcome, its rates, and what if the rule were read
another way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exitline.exits.assess.threshold import percent
from exitline.exits.decide.reasons import percent as beside
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.content import OutcomeCounts, as_mapping
from exitline.publish.report.findings import planned
from exitline.publish.report.findings.sections import (
    MARKS,
    FoundPage,
    PageSection,
    outcome_cell,
    sentence,
    table_of,
)
from exitline.publish.report.stacks import stack_of
from exitline.publish.report.table import Table, TableCell, TableColumn, bar_of
from exitline.words.said import Told, collected

if TYPE_CHECKING:
    from exitline.exits.assess.assessment import Assessment, CriterionResult
    from exitline.exits.assess.evidence import County
    from exitline.exits.assess.readings import Answer
    from exitline.words.catalogue import Language

_RATES: Mapping[str, str] = {
    "missed": collected("the poor who were missed"),
    "wrong": collected("wrong exits"),
    "comprehensive": collected("all who are still poor (comprehensive rate)"),
    "recognition": collected("approval (recognition)"),
}
"""Rate of an assessment: what it counts."""
MOST = 20
"""Counties that have sections of their own."""


def assessment_page(
    found: Sequence[Assessment], answers: Sequence[tuple[County, Sequence[Answer]]], standard: str,
    t: Language, *, title: str = "",
) -> FoundPage:  # fmt: skip
    """All counties of an assessment.

    Parameters
    ----------
    found : sequence of Assessment
    answers : sequence of (County, answers)
        What if the rule were read another way; empty where nobody asked.
    standard : str
        In words.
    t : Language
    title : str
    """
    counts = {o: sum(one.outcome == o for one in found) for o in MARKS}
    alone = found[0] if len(found) == 1 else None
    answer = (
        t.of(Told("cannot tell yet" if alone.outcome == "cannot tell" else alone.outcome))
        if alone
        else t("{n} of {m} counties meet the rule", n=counts["met"], m=len(found))
    )
    sections = []
    if alone is None:
        sections.append(_all(found, t))
    asked = {county.name: given for county, given in answers if given}
    for i, one in enumerate(found[:MOST], start=1):
        sections.append(_county(one, f"county-{i}", t))
        if one.county.name in asked:
            sections.append(_what_if(one.county, asked[one.county.name], f"what-if-{i}", t))
    stack = stack_of(t("Counties"), as_mapping(OutcomeCounts.of(counts)), "", False, t)
    return FoundPage(
        t("Assessment"), title or t("Does the county meet the exit rule?") if alone
        else title or t("Which counties meet the exit rule?"),
        t("By the standard: {title}", title=t.of(standard)),
        question=t("Is every rate on the right side of its threshold, beyond what chance in the "
                   "sample explains?"),
        answer=answer, mark=MARKS[alone.outcome] if alone else "",
        meaning=_deciding(alone, t) if alone else "",
        stacks=() if alone else (stack,), sure=_sure(found, t), steps=_steps(found, t),
        sections=tuple(sections), notes=_notes(found, t),
    )  # fmt: skip


def rate_words(j: CriterionResult) -> str:
    """What the rate of a criterion counts, in English.

    Parameters
    ----------
    j : CriterionResult

    Returns
    -------
    str
        The criterion's own name where its rate is none of ours.
    """
    return _RATES.get(j.criterion.rate, j.criterion.name)


def criterion_said(j: CriterionResult, t: Language) -> str:
    """A criterion as people say it.

    Parameters
    ----------
    j : CriterionResult
    t : Language
    """
    return t.of(Told(rate_words(j)))


def _deciding(one: Assessment, t: Language) -> str:
    """Which criteria decided."""
    names = [criterion_said(j, t) for j in one.judgements if j.outcome == one.outcome]
    return "" if one.outcome == "met" else t("because of: {names}", names=t.listed(names))


def _sure(found: Sequence[Assessment], t: Language) -> tuple[str, ...]:
    """How surely it was judged."""
    judged = [j for one in found for j in one.judgements]
    sampled = [j for j in judged if j.evidence == "sample"]
    if not sampled:
        return (t("Everyone was visited: no sampling error."),)
    sure = percent(sampled[0].confidence)
    said = [
        t("Met and not met are each said with {sure} confidence: at the threshold itself, a wrong "
          "answer comes up with a probability of at most {wrong}.", sure=t.figure(sure),
          wrong=t.figure(percent(1.0 - sampled[0].confidence))),
    ]  # fmt: skip
    settled = [j.error_probability for j in sampled if j.outcome != "cannot tell"]
    settled = [p for p in settled if not math.isnan(p)]
    if settled:
        said.append(
            t("The least sure of the answers given rests on evidence that comes up with a "
              "probability of {wrong} where the rate is at its threshold.",
              wrong=planned.percent(max(settled), t))
        )  # fmt: skip
    if any(j.outcome == "cannot tell" for j in sampled):
        said.append(t("Where one cannot tell, the threshold lies between the two bounds."))
    return tuple(said)


def _steps(found: Sequence[Assessment], t: Language) -> tuple[str, ...]:
    """What would settle what is open, and what to do where the rule is not met."""
    steps: list[str] = []
    for one in found:
        name = one.county.name or t("the county")
        for j in one.judgements:
            if math.isfinite(j.needed):
                what = criterion_said(j, t)
                steps.append(t.plural(
                    "{name}, {what}: visit about {n} household more, drawn in the same way, to "
                    "settle it.",
                    "{name}, {what}: visit about {n} households more, drawn in the same way, to "
                    "settle it.", j.needed, name=name, what=what,
                ))  # fmt: skip
    failed = [one.county.name or t("the county") for one in found if one.outcome == "not met"]
    if failed:
        steps.insert(0, t("Go back to {names}: a criterion is not met there.",
                          names=t.listed(failed[:5])))  # fmt: skip
    if not steps:
        steps.append(t("Nothing is open."))
    return tuple(steps[:4])


def _all(found: Sequence[Assessment], t: Language) -> PageSection:
    """All counties: outcome and what decided."""
    heading = t("County by county")
    rank = {"not met": 0, "cannot tell": 1, "met": 2}
    rows = tuple(
        (TableCell(one.county.name or t("the county")), outcome_cell(one.outcome, t),
         TableCell(lines=tuple(_line(j, t) for j in one.judgements)))
        for one in sorted(found, key=lambda one: rank[one.outcome])
    )  # fmt: skip
    columns = (
        TableColumn("name", t("County")), TableColumn("outcome", t("Outcome")),
        TableColumn("text", t("Criteria"), sortable=False),
    )  # fmt: skip
    table = table_of("counties", heading, columns, rows, outcomes=True)
    return PageSection(heading, table=table, key="counties")


def _line(j: CriterionResult, t: Language) -> str:
    """A criterion and its outcome in one line."""
    said = t("cannot tell yet") if j.outcome == "cannot tell" else t.of(Told(j.outcome))
    return t("{name}: {reason}", name=criterion_said(j, t), reason=said)


def _county(one: Assessment, key: str, t: Language) -> PageSection:
    """One county, rate by rate."""
    said = t("cannot tell yet") if one.outcome == "cannot tell" else t.of(Told(one.outcome))
    heading = t("{name}: {what}", name=one.county.name or t("the county"), what=said)
    points = tuple(
        t("{name}: {reason}", name=sentence(criterion_said(j, t)), reason=t.of(j.reason))
        for j in one.judgements
    )
    return PageSection(
        heading, t("{n} people in the countryside, {m} registered as poor, {most} left the list.",
                   n=one.county.rural_population, m=one.county.registered, most=one.county.exited),
        _rates(one, key, t), points=points, key=key,
        source=t("Mark: the rate found, in the shape of its outcome. Bar: from the lower to the "
                 "upper bound. Upright line: the threshold."),
    )  # fmt: skip


def _rates(one: Assessment, key: str, t: Language) -> Table:
    """The rates of a county beside their thresholds; each kind of rate has its own axis."""
    axis = _rates_axis(one, t)
    columns = (
        TableColumn("name", t("Criterion")), TableColumn("outcome", t("Outcome")),
        TableColumn("figure", t("Rate"), t("bounds, each with {sure} confidence",
                    sure=t.figure(percent(one.judgements[0].confidence)))),
        TableColumn("bar", t("Rate, bounds and threshold"), sortable=False),
        TableColumn("number", t("Asked for")),
        TableColumn("number", t("If the rate were at the threshold"),
                    t("probability of such evidence")),
        TableColumn("number", t("Households")), TableColumn("number", t("Cases")),
    )  # fmt: skip
    rows = tuple(_rate(j, axis, t) for j in one.judgements)
    return table_of(f"{key}-rates", t("Rates"), columns, rows, axis)


def _distance(value: float, j: CriterionResult) -> float:
    """A rate as how much is lacking: recognition of 96 % as 4 %, so that all fit one axis."""
    return 1.0 - value if j.criterion.rate == "recognition" else value


def _rates_axis(one: Assessment, t: Language) -> Axis | None:
    """One axis for all rates of the county; recognition stands on it as what is lacking."""
    known = [j for j in one.judgements if j.n]
    values = [_distance(j.value, j) for j in known]
    highs = [max(_distance(j.low, j), _distance(j.high, j)) for j in known]
    marks = [_distance(j.criterion.threshold, j) for j in one.judgements]
    return shared_axis(values, highs, "share", marks, t=t)


def _rate(j: CriterionResult, axis: Axis | None, t: Language) -> tuple[TableCell, ...]:
    """One rate."""
    asked = t.of(f"{j.comparison.replace('_', ' ')} {percent(j.criterion.threshold)}")
    ends = sorted((_distance(j.low, j), _distance(j.high, j)))
    mark = {"met": "met", "not met": "not-met", "cannot tell": "cannot-tell"}[j.outcome]
    bar = None
    if axis is not None and j.n:
        bar = bar_of(axis, _distance(j.value, j), ends[0], ends[1],
                     threshold=_distance(j.criterion.threshold, j), mark=mark)  # type: ignore[arg-type]  # fmt: skip
    name = sentence(criterion_said(j, t))
    lacking = t("drawn: who does not approve") if j.criterion.rate == "recognition" else ""
    rate = t("cannot tell yet")
    if j.n:
        z = j.criterion.threshold
        ends_said = f"{beside(j.low, z)}–{beside(j.high, z)}".replace(" %", "")
        rate = t.figure(f"{beside(j.value, z)} ({ends_said})")
    wrong = j.error_probability
    return (
        TableCell(name, small=lacking), outcome_cell(j.outcome, t), TableCell(rate, j.value),
        TableCell(bar=bar), TableCell(asked),
        TableCell("–" if math.isnan(wrong) else planned.percent(wrong, t), wrong),
        TableCell(t.number(j.n), j.n), TableCell(t.number(j.cases), j.cases),
    )  # fmt: skip


def _what_if(county: County, answers: Sequence[Answer], key: str, t: Language) -> PageSection:
    """The same evidence under every reading."""
    first = answers[0]
    heading = t("{name}: what if the rule were read another way?",
                name=county.name or t("the county"))  # fmt: skip
    other = sum(a.assessment.outcome != first.assessment.outcome for a in answers[1:])
    lead = (
        t.plural("{n} of {m} other reading changes the county's outcome.",
                 "{n} of {m} other readings change the county's outcome.", other,
                 m=len(answers) - 1)
        if other else t("No other reading changes the county's outcome.")
    )  # fmt: skip
    rows = tuple(
        (TableCell(t.of(a.variant.label)), outcome_cell(a.assessment.outcome, t),
         TableCell(_changes(first, a, t) if a is not first else ""))
        for a in answers
    )  # fmt: skip
    columns = (
        TableColumn("name", t("Reading")), TableColumn("outcome", t("County")),
        TableColumn("name", t("What differs")),
    )  # fmt: skip
    return PageSection(heading, lead, table_of(key, heading, columns, rows), key=key)


def _changes(first: Answer, other: Answer, t: Language) -> str:
    """The criteria whose outcome is another one."""
    same = {(j.criterion.name, j.outcome) for j in first.assessment.judgements}
    changed = [j for j in other.assessment.judgements if (j.criterion.name, j.outcome) not in same]
    return t.joined(_line(j, t) for j in changed) or t("nothing")


def _notes(found: Sequence[Assessment], t: Language) -> tuple[str, ...]:
    """What the outcomes rest on."""
    notes = []
    sampled = [j for one in found for j in one.judgements if j.evidence == "sample"]
    if sampled:
        most = max(j.icc for j in sampled if not math.isnan(j.icc))
        notes.append(
            t("Households of a village resemble each other: rates are judged at intra-village "
              "correlations of up to {n}.", n=t.figure(f"{most:.3g}"))
        )  # fmt: skip
    if len(found) > MOST:
        notes.append(t("Details are shown of the first {n} counties.", n=MOST))
    return tuple(notes)
