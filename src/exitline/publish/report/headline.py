"""The first screen: what was asked, the answer, how sure, what to do next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.content.households import household_words
from exitline.publish.report import blocks as b
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.next_steps import NextStep, next_steps
from exitline.publish.report.table import Bar, Reference, bar_of
from exitline.words.labels import inside
from exitline.words.numbers import Written, about

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.publish.report.decided import DecidedLevel
    from exitline.publish.report.rules import Rules
    from exitline.stats.infer.blocks import Block


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
    steps = next_steps(content, levels, rules)
    if not lead:
        return _without_estimates(content, levels, steps)
    first = lead[0]
    words = b.naming(content, first.measure)
    figure = b.written(content, first, 0, words.unit)
    highs = first.bounds.high.tolist()
    axis = shared_axis(first.estimate.tolist(), highs, words.unit, t=content.t)
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
    t = content.t
    figure, meaning = Written(t("No estimate")), t("The study asks for none.")
    title = t("Who meets the exit rule")
    if levels:
        met = levels[0].overall.segments[0]
        figure = Written(met.share)
        said = t("of {units} meet the exit rule", units=levels[0].title.lower())
        if levels[0].key == "household":
            words = household_words(content.study, content.standard, t)
            said, title = words.share, words.title
        said = t("{name} ({figure})", name=said, figure=met.count)
        meaning = t("{sentence}.", sentence=said)
    question = t("{title} in {place}?", title=title, place=content.study.title)
    sure = (_count_words(content),) if not content.sampled else ()
    return Headline(question, figure, "", meaning, "", None, None, (), (), sure, steps)


def _question(content: ReportInput, lead: Block, levels: tuple[DecidedLevel, ...]) -> str:
    """What was asked, in a sentence."""
    t, study = content.t, content.study
    words = b.naming(content, lead.measure)
    line = b.line_words(content, lead.line)
    what = words.subject
    if line:
        what = t("{name} ({figure})", name=what, figure=inside(line))
    if study.year is not None:
        what = t("{subject} in {when}", subject=what, when=str(study.year))
    if study.subpopulation:
        what = t("{subject}, of the part where {condition}", subject=what,
                 condition=study.subpopulation)  # fmt: skip
    if b.sets(content.estimates):
        asked = t("What is {subject}, where, and how sure are we?", subject=what)
    else:
        asked = t("What is {subject}, and how sure are we?", subject=what)
    asked = asked[:1].upper() + asked[1:]
    followed = household_words(study, content.standard).followed
    areas = [lv.title.lower() for lv in levels if followed or lv.key != "household"]
    if not areas:
        return asked
    return t.sentences(asked, t("And how many {units} meet the exit rule?", units=t.listed(areas)))


def _meaning(content: ReportInput, lead: Block, words: b.Naming) -> str:
    """What the large number is."""
    line = b.line_of(content, lead.line)
    boundary = line.boundary if line is not None else "<"
    t, below = content.t, boundary == "<"
    if lead.measure == "headcount" and b.people_of(content) == "persons":
        if below:
            return t("of persons live in households below the poverty line.")
        return t("of persons live in households at or below the poverty line.")
    if lead.measure in ("headcount", "household_headcount"):
        if below:
            return t("of households are below the poverty line.")
        return t("of households are at or below the poverty line.")
    return t("is {subject}.", subject=words.subject)


def _people(content: ReportInput, whole: list[Block], lead: Block) -> str:
    """The number of poor, beside the population it is a part of."""
    if lead.measure != "headcount":
        return ""
    population = float(lead.population[0])
    if math.isnan(population):
        return ""
    t, number = content.t, about(population, content.sampled, content.t)
    persons = b.people_of(content) == "persons"
    total = (
        t("{figure} persons", figure=number) if persons else t("{figure} households", figure=number)
    )
    counted = b.beside(whole, lead, "poor_count")
    if counted is not None:
        return t("{figure} of {total}.", figure=str(b.written(content, counted, 0, "persons")),
                 total=total)  # fmt: skip
    value = float(lead.estimate[0]) * population
    if math.isnan(value):
        return ""
    said = about(value, content.sampled, t)
    if content.sampled:
        return t("About {figure} of {total}.", figure=said, total=total)
    return t("{figure} of {total}.", figure=said, total=total)


def _interval(content: ReportInput, figure: Written, unit: str) -> str:
    """The interval as a line of its own."""
    sign = content.t.signs[" %"] if unit == "share" else ""
    return b.interval_words(content) + content.t.in_context("sign", ": ") + figure.interval + sign


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
        return (figure.reason or content.t("No interval can be given for this figure."),)
    t = content.t
    return (
        _interval_words(content, figure, b.naming(content, lead.measure).unit),
        t.plural("It rests on {sample} ({n} degree of freedom).",
                 "It rests on {sample} ({n} degrees of freedom).", round(float(lead.df[0])),
                 sample=_clusters(content, _rows_words(content, int(lead.n[0]))),
                 n=t.number(float(lead.df[0]), 0)),
        t("It covers sampling error alone, not errors of measurement or of coverage."),
    )  # fmt: skip


def _rows_words(content: ReportInput, n: int) -> str:
    """A number of rows of the data."""
    if content.study.unit == "person":
        return content.t.plural("{n} person", "{n} persons", n)
    return content.t.plural("{n} household", "{n} households", n)


def _interval_words(content: ReportInput, figure: Written, unit: str) -> str:
    """The interval, and what its confidence means."""
    level, t = 100 * content.estimates.level, content.t
    sign = t.signs[" %"] if unit == "share" else ""
    low, high = (end + sign for end in figure.ends)
    return t(
        "Between {low} and {high}, with {sure} confidence: of 100 samples drawn in the same way, "
        "about {n} would give an interval that contains the true figure.",
        low=low, high=high, sure=b.confidence(content), n=t.figure(f"{level:g}"),
    )  # fmt: skip


def _clusters(content: ReportInput, rows: str) -> str:
    """A sample with its clusters and strata, where it has them."""
    from exitline.stats.data.roles import design_columns

    sampled = content.estimates.variance.clusters
    if sampled is None or "psu" not in design_columns(content.study):
        return rows
    strata, t = len(sampled), content.t
    clusters = t.plural("{n} cluster", "{n} clusters", int(sampled.sum()))
    if strata > 1:
        return t("{rows} in {clusters} of {n} strata", rows=rows, clusters=clusters, n=strata)
    return t("{rows} in {clusters}", rows=rows, clusters=clusters)


def _count_words(content: ReportInput) -> str:
    whole, t = b.of_set(content.estimates, ""), content.t
    rest = t("Errors of measurement and of coverage remain.")
    if not whole:
        return t.sentences(t("The data are a full count: there is no sampling error."), rest)
    rows = _rows_words(content, int(whole[0].n[0]))
    said = t("The data are a full count of {rows}: there is no sampling error.", rows=rows)
    return t.sentences(said, rest)
