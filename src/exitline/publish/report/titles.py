"""The finding of a chart, as its title: only what the intervals bear out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from exitline.publish.direction import isolated
from exitline.publish.report import blocks as b
from exitline.words.numbers import plural

if TYPE_CHECKING:
    from exitline.infer.estimates import Block
    from exitline.publish.report.blocks import Naming
    from exitline.publish.report.content import ReportInput


def title(content: ReportInput, block: Block, words: Naming) -> str:
    """What a chart of one measure by area shows, as a sentence.

    An area is called highest or lowest only where its interval lies apart from all
    others; where all intervals overlap, the title says that no clear difference shows.

    Parameters
    ----------
    content : ReportInput
    block : Block
    words : Naming

    Returns
    -------
    str
    """
    known = [i for i in range(block.rows.size) if not math.isnan(float(block.estimate[i]))]
    if not known:
        return f"No figure can be given for {words.subject} in these areas"
    order = sorted(known, key=lambda i: float(block.estimate[i]))
    said = _Names(content, block, words.unit)
    if len(order) == 1:
        return f"{_start(words.subject)} is {said.figure(order[0])} in {said.name(order[0])}"
    low, high = order[0], order[-1]
    if len(order) == 2:
        return _of_two(block, words, said, low, high)
    reaches = {i: b.reach(block, i) for i in order}
    if max(r[0] for r in reaches.values()) <= min(r[1] for r in reaches.values()):
        return (
            f"No clear differences in {words.subject} between the {len(order)} areas: "
            f"their intervals overlap"
        )
    apart_high = reaches[high][0] > max(r[1] for i, r in reaches.items() if i != high)
    apart_low = reaches[low][1] < min(r[0] for i, r in reaches.items() if i != low)
    return _of_many(words, said, (low, apart_low), (high, apart_high))


def _of_many(
    words: Naming, said: _Names, low: tuple[int, bool], high: tuple[int, bool]
) -> str:  # fmt: skip
    """Highest, lowest, both, or the range only, as far as the intervals bear it out."""
    top, bottom = f"{said.both(high[0])}", f"{said.both(low[0])}"
    subject = _start(words.subject)
    if high[1] and low[1]:
        return f"{subject} is highest in {top} and lowest in {bottom}"
    if high[1]:
        return f"{subject} is highest in {top}"
    if low[1]:
        return f"{subject} is lowest in {bottom}"
    return (
        f"{subject} ranges from {said.figure(low[0])} in {said.name(low[0])} "
        f"to {said.figure(high[0])} in {said.name(high[0])}"
    )


def _of_two(block: Block, words: Naming, said: _Names, low: int, high: int) -> str:
    """Which of two areas is higher, if their intervals lie apart."""
    if b.reach(block, low)[1] < b.reach(block, high)[0]:
        return f"{_start(words.subject)} is higher in {said.both(high)} than in {said.both(low)}"
    return f"No clear difference in {words.subject} between {said.both(high)} and {said.both(low)}"


class _Names:
    """Areas and their figures, in words."""

    def __init__(self, content: ReportInput, block: Block, unit: str) -> None:
        self._content, self._block, self._unit = content, block, unit
        self._columns, self._keys = b.columns_of(block), b.keys_of(block)

    def name(self, i: int) -> str:
        """The area's name."""
        return isolated(self._content.area_label(self._columns, self._keys[i]))

    def figure(self, i: int) -> str:
        """The area's figure, without interval."""
        return b.written(self._block, i, self._unit).text

    def both(self, i: int) -> str:
        """Name and figure."""
        return f"{self.name(i)} ({self.figure(i)})"


def standing(block: Block, overall: Block | None, unit: str) -> str:
    """How many areas lie clearly above or below the overall figure.

    Parameters
    ----------
    block, overall : Block
    unit : str

    Returns
    -------
    str
        "" where there is nothing to compare with.
    """
    if overall is None or not overall.rows.size or math.isnan(float(overall.estimate[0])):
        return ""
    value = float(overall.estimate[0])
    reaches = [b.reach(block, i) for i in range(block.rows.size)]
    above = sum(low > value for low, _ in reaches)
    below = sum(high < value for _, high in reaches)
    rest = len(reaches) - above - below
    figure = b.written(overall, 0, unit).text
    clearly = "clearly " if any(high > low for low, high in reaches) else ""
    if not above and not below:
        return f"No area can be told apart from the overall {figure}."
    text = (
        f"{plural(above, 'area lies', 'areas lie')} {clearly}above the overall {figure}, "
        f"{below:,} {clearly}below"
    )
    return f"{text}; {rest:,} cannot be told apart from it." if rest and clearly else f"{text}."


def _start(subject: str) -> str:
    """A subject at the start of a sentence."""
    return subject[:1].upper() + subject[1:]
