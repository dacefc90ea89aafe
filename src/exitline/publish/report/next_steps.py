"""What to do next: where the poor are, where one cannot tell and what would settle it, checks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.content.direction import isolated
from exitline.publish.content.standing import AreaStanding, standing
from exitline.publish.report import blocks as b
from exitline.words.numbers import about

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.publish.report.decided import DecidedLevel
    from exitline.publish.report.rules import Rules
    from exitline.stats.infer.blocks import Block
    from exitline.words.catalogue import Language

MOST_AREAS = 100
"""Sets of more areas are for tables, not for a sentence."""
FEW = 3
"""So many areas are named."""
MOST_TIMES = 10
"""A sample would have to be no more than so many times as large."""

_COUNTS = {"headcount": "poor_count", "household_headcount": "poor_households"}


@dataclass(frozen=True)
class NextStep:
    """Something to do next, and where on the page it is told."""

    text: str
    href: str


def next_steps(
    content: ReportInput, levels: tuple[DecidedLevel, ...], rules: Rules | None
) -> tuple[NextStep, ...]:
    """What to do next: faults of the data, then where to go, then what to check.

    Parameters
    ----------
    content : ReportInput
    levels : tuple of DecidedLevel
    rules : Rules or None

    Returns
    -------
    tuple of NextStep
    """
    t = content.t
    steps = [*_data_steps(content), *_area_steps(content), *_decision_steps(levels, t)]
    if rules is not None and rules.unverified:
        said = t.plural(
            "Confirm {n} figure or rule of the standard not read at the source.",
            "Confirm {n} figures or rules of the standard not read at the source.",
            rules.unverified,
        )
        steps.append(NextStep(said, "#standard"))
    if content.study.outside_folder:
        steps.append(NextStep(t("Note that the study reads files outside its folder."), "#study"))
    steps.append(NextStep(t("Check the figures: recompute them with one command."), "#recompute"))
    return tuple(steps)


def _area_steps(content: ReportInput) -> list[NextStep]:
    """Where the poor are most, and where one cannot tell, in the finest set of areas."""
    sets = b.sets(content.estimates)
    leads = [(i, b.leads(content, b.of_set(content.estimates, by))[0])
             for i, by in enumerate(sets, start=1)]  # fmt: skip
    leads = [
        (i, block) for i, block in leads
        if block.measure in b.LEADS and 1 < block.rows.size <= MOST_AREAS
    ]  # fmt: skip
    if not leads:
        return []
    number, block = max(leads, key=lambda pair: pair[1].rows.size)
    of = standing(content.estimates, block)
    said = (
        _clearly_higher(content, block, of), _most_poor(content, block),
        _undecided(content, block, of),
    )  # fmt: skip
    return [NextStep(text, f"#area{number}") for text in said if text]


def _name(content: ReportInput, block: Block, i: int) -> str:
    return isolated(content.area_label(b.columns_of(block), b.keys_of(block)[i]))


def _clearly_higher(content: ReportInput, block: Block, of: AreaStanding) -> str:
    """The areas that lie above the figure of all together."""
    place = {label: i for i, label in enumerate(block.rows.labels)}
    names = [_name(content, block, place[label]) for label in of.above.areas[:FEW]]
    if not names:
        return ""
    if of.above.n > len(names):
        rest = content.t("{n} more", n=of.above.n - len(names))
        names.append(rest)
    words = b.naming(content, block.measure)
    return content.t("Go first where {subject} is clearly higher: {areas}.",
                     subject=words.subject, areas=content.t.listed(names))  # fmt: skip


def _most_poor(content: ReportInput, block: Block) -> str:
    """The area in which most of the poor live: often another than that of the highest share."""
    if block.measure not in _COUNTS:
        return ""
    poor = [float(e) * float(n) for e, n in zip(block.estimate, block.population, strict=True)]
    known = {i: value for i, value in enumerate(poor) if math.isfinite(value)}
    if len(known) < len(poor) or not sum(known.values()):  # something is hidden, or nobody is poor
        return ""
    top, t = max(known, key=lambda i: known[i]), content.t
    share = t.figure(f"{100 * known[top] / sum(known.values()):.0f}\N{NO-BREAK SPACE}%")
    counted = b.beside(b.of_set(content.estimates, block.by), block, _COUNTS[block.measure])
    figure = about(known[top], content.sampled, t)
    if counted is not None:
        figure = str(b.written(content, counted, top, "persons"))
    said = {"area": _name(content, block, top), "figure": figure, "share": share}
    if b.people_of(content) == "persons" and block.measure != "household_headcount":
        return t("By the estimates {area} has most poor persons: {figure}, {share} of all.", **said)
    return t("By the estimates {area} has most poor households: {figure}, {share} of all.", **said)


def _undecided(content: ReportInput, block: Block, of: AreaStanding) -> str:
    """How many areas cannot be told from all together, and what would settle the nearest."""
    from exitline.stats.infer.comparing.apart import apart

    t = content.t
    if of.exact or not of.alike:
        return ""
    said = t("In {n} of {m} areas one cannot tell whether it is more or less than overall",
             n=of.alike, m=of.shown)  # fmt: skip
    settled = apart(content.estimates, block).nearest
    if settled is None or settled[1] > MOST_TIMES:
        return t("{sentence}.", sentence=said)
    area, times = settled
    rest = t("in {area} it takes a sample at least {n} times as large, if the figure stays",
             area=_name(content, block, area), n=t.number(times, 1))  # fmt: skip
    return t("{sentence}.", sentence=t.joined((said, rest)))


def _data_steps(content: ReportInput) -> list[NextStep]:
    """Errors and warnings in the data come first."""
    errors = sum(f.severity == "error" for f in content.findings)
    warnings = sum(f.severity == "warning" for f in content.findings)
    steps, t = [], content.t
    if errors:
        said = t.plural(
            "Correct {n} error in the data before using these figures.",
                        "Correct {n} errors in the data before using these figures.", errors,
        )  # fmt: skip
        steps.append(NextStep(said, "#data"))
    if warnings:
        said = t.plural(
            "Read {n} warning about the data before publishing.",
                        "Read {n} warnings about the data before publishing.", warnings,
        )  # fmt: skip
        steps.append(NextStep(said, "#data"))
    return steps


def _decision_steps(levels: tuple[DecidedLevel, ...], t: Language) -> list[NextStep]:
    """Units that are open, then units that do not meet the rule."""
    steps = []
    for level in levels:
        if level.table is None:
            continue
        href = f"#decisions-{level.key}"
        if level.counts["cannot tell"]:
            told = _open_words(level.key, level.counts["cannot tell"], t)
            rest = t("see what would settle it")
            if level.easiest:
                rest = t("least effort to settle one: {unit}", unit=level.easiest)
            steps.append(NextStep(t("{sentence}.", sentence=t.joined((told, rest))), href))
        if level.counts["not met"]:
            steps.append(NextStep(_not_met_words(level.key, level.counts["not met"], t), href))
    return steps


def _open_words(level: str, n: int, t: Language) -> str:
    """How many units are open."""
    if level == "village":
        return t.plural("For {n} village one cannot tell yet",
                        "For {n} villages one cannot tell yet", n)  # fmt: skip
    return t.plural("For {n} county one cannot tell yet", "For {n} counties one cannot tell yet", n)


def _not_met_words(level: str, n: int, t: Language) -> str:
    """How many units have not met the rule."""
    if level == "village":
        return t.plural("See why {n} village has not met the rule.",
                        "See why {n} villages have not met the rule.", n)  # fmt: skip
    return t.plural(
        "See why {n} county has not met the rule.", "See why {n} counties have not met the rule.", n
    )
