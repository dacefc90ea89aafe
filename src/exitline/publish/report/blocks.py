"""Which estimates the page leads with, and how measures and lines are named.

The finding of a chart, as its title: only what the comparison of areas bears out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.publish.content.direction import isolated
from exitline.publish.content.lines import of_line, unit_of
from exitline.publish.content.phrases import Words, beside_overall, finding, sentence
from exitline.publish.content.standing import standing
from exitline.words.money import LineWords
from exitline.words.numbers import Written, write

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.stats.data.money import StudyLine
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates


LEADS = ("headcount", "household_headcount", "at_risk_rate", "H")
_SUBJECTS = {
    "headcount": "the share of poor {people}",
    "household_headcount": "the share of poor households",
    "poor_count": "the number of poor {people}",
    "at_risk_rate": "the share of {people} at risk of poverty",
    "mean": "mean welfare",
    "H": "the share of {people} who are multidimensionally poor",
}


@dataclass(frozen=True)
class Naming:
    """A measure's words: `label` for headings, `subject` for sentences, and its unit."""

    label: str
    subject: str
    unit: str
    interval: str


def naming(content: ReportInput, name: str) -> Naming:
    """Words and unit of a measure, known to the catalogue or to the input."""
    from exitline.errors import MeasureError
    from exitline.stats.measure.catalogue import counting

    people = people_of(content)
    try:
        rows = f"{content.study.unit}s"
        measure = counting(content.measures.get(name) or name, people, rows)
    except MeasureError:
        plain = name.replace("_", " ")
        return Naming(plain, plain, "number", "plain")
    label = content.t.of(measure.label)
    subject = _SUBJECTS.get(name, "the " + label).format(people=people)
    if content.t.code != "en":  # where an article would have to agree with the label
        subject = label
    return Naming(label[0].upper() + label[1:], subject, measure.unit, measure.interval)


def confidence(content: ReportInput) -> str:
    """The confidence of the intervals, in percent."""
    return content.t.figure(f"{100 * content.estimates.level:g} %")


def interval_words(content: ReportInput) -> str:
    """What stands over intervals: their confidence, or that there is no sampling error."""
    if not content.sampled:
        return content.t("full count")
    return content.t("{sure} interval", sure=confidence(content))


def people_of(content: ReportInput) -> str:
    """ "persons" or "households": whom the figures refer to."""
    from exitline.stats.data.roles import people_of

    return people_of(content.study)


def columns_of(block: Block) -> tuple[str, ...]:
    """The area columns of a block."""
    parts = tuple(block.by.split(", "))
    keys = block.rows.keys
    return parts if keys and len(parts) == len(keys[0]) else (block.by,)


def keys_of(block: Block) -> list[tuple[str, ...]]:
    """The areas' values, one tuple for each area."""
    width = len(columns_of(block))
    pairs = zip(block.rows.keys, block.rows.labels, strict=True)
    return [key if len(key) == width else (label,) for key, label in pairs]


def of_set(estimates: Estimates, by: str) -> list[Block]:
    """The blocks of one set of areas ("" for all together)."""
    return [block for block in estimates.blocks if block.by == by]


def sets(estimates: Estimates) -> list[str]:
    """Sets of areas in the order they were asked for, without all together."""
    return list(dict.fromkeys(block.by for block in estimates.blocks if block.by))


def leads(content: ReportInput, blocks: list[Block]) -> list[Block]:
    """The blocks of the measure that the page leads with, one for each line."""
    names = [block.measure for block in blocks]
    shares = (n for n in names if naming(content, n).interval == "share")
    first = next((n for n in LEADS if n in names), None) or next(shares, None)
    lead = first or next(iter(names), None)
    return [block for block in blocks if block.measure == lead]


def beside(blocks: list[Block], lead: Block, measure: str) -> Block | None:
    """Another measure of the same areas at the same line."""
    found = (b for b in blocks if b.measure == measure and b.line == lead.line)
    return next((b for b in found if b.rows.labels == lead.rows.labels), None)


def written(content: ReportInput, block: Block, i: int, unit: str) -> Written:
    """The figure of an area with its interval."""
    return write(
        float(block.estimate[i]), float(block.bounds.low[i]), float(block.bounds.high[i]),
        float(block.se[i]), unit, block.reason[i], content.t,
    )  # fmt: skip


def reach(block: Block, i: int) -> tuple[float, float]:
    """Ends of an interval for comparing: the point itself without sampling error, and all
    numbers where no interval can be given."""
    value, se = float(block.estimate[i]), float(block.se[i])
    low, high = float(block.bounds.low[i]), float(block.bounds.high[i])
    if se == 0 and low == high:
        return value, value
    known = math.isfinite(low) and math.isfinite(high)
    return (low, high) if known else (-math.inf, math.inf)


def line_of(content: ReportInput, label: str) -> StudyLine | None:
    """The study's line of this label."""
    return next((line for line in content.lines if line.label == label), None)


def line_said(content: ReportInput, label: str) -> LineWords:
    """A line of the estimates as people say it; without a title where it is its figure.

    Parameters
    ----------
    content : ReportInput
    label : str
        As results name it.
    """
    line = line_of(content, label)
    return LineWords(title=label) if line is None else of_line(line, content.study)


def line_name(content: ReportInput, label: str) -> str:
    """What a line is called in headings; "" where there is none."""
    return line_said(content, label).name(content.t) if label else ""


def line_words(content: ReportInput, label: str) -> str:
    """A line with its figure and unit, for a note under a chart."""
    if not label:
        return ""
    said, t = line_said(content, label), content.t
    if line_of(content, label) is None:
        return t("line {label}", label=label)
    return said(t)


def money_words(content: ReportInput) -> str:
    """The unit of amounts of welfare, where every line has the same; "" where it is not known."""
    return unit_of((of_line(line, content.study) for line in content.lines), content.t)


def said_of(content: ReportInput, block: Block, words: Naming) -> tuple[str, str]:
    """What a chart of one measure by area shows, as a sentence; and who is beside the overall.

    An area is called highest or lowest only where it differs from all others, above or below
    the overall figure only where it differs from that (see `exitline.stats.infer.comparing.apart`).

    Parameters
    ----------
    content : ReportInput
    block : Block
    words : Naming

    Returns
    -------
    title : str
    beside : str
        How many areas lie clearly above or below the overall figure; "" where there is nothing
        to compare with.
    """
    of, naming = standing(content.estimates, block), _words(content, block, words)
    beside = beside_overall(of, naming)
    t = content.t
    return sentence(finding(of, naming), t), "" if beside is None else sentence(beside, t)


def _words(content: ReportInput, block: Block, words: Naming) -> Words:
    """Areas and their figures, in words."""
    columns, keys = columns_of(block), keys_of(block)
    place = {label: i for i, label in enumerate(block.rows.labels)}
    whole = of_set(content.estimates, "")
    overall = next((o for o in whole if (o.measure, o.line) == (block.measure, block.line)), None)
    known = overall is not None and overall.rows.size and overall.estimate[0] == overall.estimate[0]
    return Words(
        words.subject,
        lambda area: isolated(content.area_label(columns, keys[place[area]])),
        lambda area: written(content, block, place[area], words.unit).text,
        written(content, overall, 0, words.unit).text if overall is not None and known else "",
    )
