"""The finding of a chart, as its title: only what the comparison of areas bears out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.publish.content.direction import isolated
from exitline.publish.content.phrases import Words, beside_overall, finding, sentence
from exitline.publish.content.standing import standing
from exitline.publish.report import blocks as b

if TYPE_CHECKING:
    from exitline.publish.report.blocks import Naming
    from exitline.publish.report.content import ReportInput
    from exitline.stats.infer.blocks import Block


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
    columns, keys = b.columns_of(block), b.keys_of(block)
    place = {label: i for i, label in enumerate(block.rows.labels)}
    whole = b.of_set(content.estimates, "")
    overall = next((o for o in whole if (o.measure, o.line) == (block.measure, block.line)), None)
    known = overall is not None and overall.rows.size and overall.estimate[0] == overall.estimate[0]
    return Words(
        words.subject,
        lambda area: isolated(content.area_label(columns, keys[place[area]])),
        lambda area: b.written(content, block, place[area], words.unit).text,
        b.written(content, overall, 0, words.unit).text if overall is not None and known else "",
    )
