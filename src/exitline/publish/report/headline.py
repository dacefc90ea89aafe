"""The first screen: what was asked, the answer, how sure, what to do next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.content.households import household_words
from exitline.publish.report import blocks as b
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.table import Bar, Reference, bar_of
from exitline.words.numbers import DASH, Written, about, plural

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.publish.report.decided import DecidedLevel
    from exitline.publish.report.rules import Rules
    from exitline.stats.infer.blocks import Block


@dataclass(frozen=True)
class NextStep:
    """Something to do next, and where on the page it is told."""

    text: str
    href: str


@dataclass(frozen=True)
class Small:
    """A further figure beside the answer."""

    label: str
    figure: Written


@dataclass(frozen=True)
class Headline:
    """The first screen.

    Attributes
    ----------
    question : str
    figure : Written
        The answer's number and interval.
    interval : str
        The interval in words, with its confidence.
    meaning : str
        What the number is a share of.
    people : str
        The same in persons.
    bar, axis
        The interval, drawn; None where there is none.
    smaller : tuple of Small
        The same at the other lines.
    sure, steps
        Sentences; things to do.
    """

    question: str
    figure: Written
    interval: str
    meaning: str
    people: str
    bar: Bar | None
    axis: Axis | None
    references: tuple[Reference, ...]
    smaller: tuple[Small, ...]
    sure: tuple[str, ...]
    steps: tuple[NextStep, ...]


def headline(
    content: ReportInput, levels: tuple[DecidedLevel, ...], rules: Rules | None
) -> Headline:
    """What the first screen says.

    Parameters
    ----------
    content : ReportInput
    levels : tuple of DecidedLevel
        Decisions, households first.
    rules : Rules or None

    Returns
    -------
    Headline
    """
    whole = b.of_set(content.estimates, "")
    lead = b.leads(content, whole)
    steps = tuple(_steps(content, levels, rules))
    if not lead:
        return _without_estimates(content, levels, steps)
    first = lead[0]
    words = b.naming(content, first.measure)
    figure = b.written(content, first, 0, words.unit)
    axis = shared_axis(first.estimate.tolist(), first.bounds.high.tolist(), words.unit)
    low, high = b.reach(first, 0)
    value = float(first.estimate[0])
    return Headline(
        _question(content, first, levels), figure, _interval(content, figure, words.unit),
        _meaning(content, first, words), _people(content, whole, first),
        bar_of(axis, value, low, high) if axis is not None and content.sampled else None,
        axis, (), _smaller(content, lead[1:], words.unit), _sure(content, first, figure), steps,
    )  # fmt: skip


def _without_estimates(
    content: ReportInput, levels: tuple[DecidedLevel, ...], steps: tuple[NextStep, ...]
) -> Headline:
    """Where nothing was estimated, the outcomes of the exit rule are the answer."""
    figure, meaning = Written("No estimate"), "The study asks for none."
    title = "Who meets the exit rule"
    if levels:
        met = levels[0].overall.segments[0]
        figure = Written(met.share)
        meaning = f"of {levels[0].title.lower()} meet the exit rule ({met.count})."
        if levels[0].key == "household":
            words = household_words(content.study, content.standard)
            meaning = f"{words.share} ({met.count})."
            title = words.title
    question = f"{title} in {content.study.title}?"
    sure = (_count_words(content),) if not content.sampled else ()
    return Headline(question, figure, "", meaning, "", None, None, (), (), sure, steps)


def _question(content: ReportInput, lead: Block, levels: tuple[DecidedLevel, ...]) -> str:
    """What was asked, in a sentence."""
    words = b.naming(content, lead.measure)
    line = b.line_words(content, lead.line)
    year = f" in {content.study.year}" if content.study.year is not None else ""
    if content.study.subpopulation:
        year += f", of the part where {content.study.subpopulation}"
    at = f" ({line})" if line else ""
    where = ", where" if b.sets(content.estimates) else ""
    followed = household_words(content.study, content.standard).followed
    areas = [lv.title.lower() for lv in levels if followed or lv.key != "household"]
    exits = f" And how many {_listed(areas)} meet the exit rule?" if areas else ""
    return f"What is {words.subject}{at}{year}{where}, and how sure are we?{exits}"


def _listed(names: list[str]) -> str:
    """Names as a sentence lists them."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _meaning(content: ReportInput, lead: Block, words: b.Naming) -> str:
    """What the large number is."""
    line = b.line_of(content, lead.line)
    boundary = line.boundary if line is not None else "<"
    below = "below" if boundary == "<" else "at or below"
    people = b.people_of(content)
    if lead.measure == "headcount":
        live = "live in households" if people == "persons" else "are"
        return f"of {people} {live} {below} the poverty line."
    if lead.measure == "household_headcount":
        return f"of households are {below} the poverty line."
    return f"is {words.subject}."


def _people(content: ReportInput, whole: list[Block], lead: Block) -> str:
    """The number of poor, beside the population it is a part of."""
    if lead.measure != "headcount":
        return ""
    population = float(lead.population[0])
    if math.isnan(population):
        return ""
    people = b.people_of(content)
    total = f"{about(population, content.sampled)} {people}"
    counted = b.beside(whole, lead, "poor_count")
    if counted is not None:
        return f"{b.written(content, counted, 0, 'persons')} of {total}."
    value = float(lead.estimate[0]) * population
    if math.isnan(value):
        return ""
    said = about(value, content.sampled)
    return f"About {said} of {total}." if content.sampled else f"{said} of {total}."


def _interval(content: ReportInput, figure: Written, unit: str) -> str:
    """The interval as a line of its own."""
    sign = "\N{NO-BREAK SPACE}%" if unit == "share" else ""
    return f"{100 * content.estimates.level:g} % interval: {figure.interval}{sign}"


def _smaller(content: ReportInput, others: list[Block], unit: str) -> tuple[Small, ...]:
    """The same measure at the other lines."""
    return tuple(
        Small(b.line_words(content, block.line), b.written(content, block, 0, unit))
        for block in others
    )


def _sure(content: ReportInput, lead: Block, figure: Written) -> tuple[str, ...]:
    """How sure the answer is, in plain words."""
    if not content.sampled:
        return (_count_words(content),)
    if not figure.interval:
        return (figure.reason or "No interval can be given for this figure.",)
    n = int(lead.n[0])
    unit = "person" if content.study.unit == "person" else "household"
    first = _interval_words(content, figure, b.naming(content, lead.measure).unit)
    return (
        first,
        f"It rests on {plural(n, unit)}{_clusters(content)} "
        f"({float(lead.df[0]):,.0f} degrees of freedom).",
        "It covers sampling error alone, not errors of measurement or of coverage.",
    )


def _interval_words(content: ReportInput, figure: Written, unit: str) -> str:
    """The interval, and what its confidence means."""
    level = 100 * content.estimates.level
    sign = "\N{NO-BREAK SPACE}%" if unit == "share" else ""
    low, _, high = figure.interval.replace(" to ", DASH).partition(DASH)
    return (
        f"Between {low}{sign} and {high}{sign}, with {level:g} % confidence: of 100 samples drawn "
        f"in the same way, about {level:g} would give an interval that holds the true figure."
    )


def _clusters(content: ReportInput) -> str:
    """Clusters and strata of the sample, where it has them."""
    from exitline.stats.data.roles import design_columns

    sampled = content.estimates.variance.clusters
    if sampled is None or "psu" not in design_columns(content.study):
        return ""
    strata = len(sampled)
    clusters = f" in {plural(int(sampled.sum()), 'cluster')}"
    return clusters + (f" of {strata:,} strata" if strata > 1 else "")


def _count_words(content: ReportInput) -> str:
    unit = "person" if content.study.unit == "person" else "household"
    whole = b.of_set(content.estimates, "")
    n = f" of {plural(int(whole[0].n[0]), unit)}" if whole else ""
    return (
        f"The data are a full count{n}: there is no sampling error. Errors of measurement "
        f"and of coverage remain."
    )


def _steps(
    content: ReportInput, levels: tuple[DecidedLevel, ...], rules: Rules | None
) -> list[NextStep]:
    """What to do next, most pressing first."""
    steps = [*_data_steps(content), *_decision_steps(levels)]
    if rules is not None and rules.unverified:
        said = plural(rules.unverified, "figure or rule", "figures or rules")
        steps.append(
            NextStep(f"Confirm {said} of the standard not read at the source.", "#standard")
        )
    if content.study.outside_folder:
        steps.append(NextStep("Note that the study reads files outside its folder.", "#study"))
    steps.append(NextStep("Check the figures: recompute them with one command.", "#recompute"))
    return steps


def _data_steps(content: ReportInput) -> list[NextStep]:
    """Errors and warnings in the data come first."""
    errors = sum(f.severity == "error" for f in content.findings)
    warnings = sum(f.severity == "warning" for f in content.findings)
    steps = []
    if errors:
        said = plural(errors, "error")
        steps.append(NextStep(f"Mend {said} in the data before using these figures.", "#data"))
    if warnings:
        said = plural(warnings, "warning")
        steps.append(NextStep(f"Read {said} about the data before publishing.", "#data"))
    return steps


def _decision_steps(levels: tuple[DecidedLevel, ...]) -> list[NextStep]:
    """Units that are open, then units that do not meet the rule."""
    steps = []
    for level in levels:
        if level.table is None:
            continue
        units = (level.title.lower()[:-3] + "y" if level.title.endswith("ies")
                 else level.title.lower()[:-1], level.title.lower())  # fmt: skip
        href = f"#decisions-{level.key}"
        if level.counts["cannot tell"]:
            told = f"For {plural(level.counts['cannot tell'], *units)} one cannot tell yet"
            least = f"least effort to settle one: {level.easiest}"
            rest = least if level.easiest else "see what would settle it"
            steps.append(NextStep(f"{told}; {rest}.", href))
        if level.counts["not met"]:
            number = level.counts["not met"]
            has = "has" if number == 1 else "have"
            steps.append(
                NextStep(f"See why {plural(number, *units)} {has} not met the rule.", href)
            )
    return steps
