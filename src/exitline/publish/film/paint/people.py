"""People, houses and other single things: they come, are told apart, and go to their group."""

from __future__ import annotations

import math

from exitline.publish.film import theme
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import WaffleScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.paint.axes import spread
from exitline.publish.film.paint.base import Painter, PaintStage
from exitline.publish.film.paint.marks import ASPECT, MarkAt, draw_marks

_NAME = Style(42, leading=1.1)
_ROW = 12
"""So many or fewer stand in one row."""
_GOLDEN = (math.sqrt(5) - 1) / 2
COME, TOLD = 0.3, 0.55
"""By when, as shares of the movement, all have come and all have their tone."""


class WafflePainter(Painter[WaffleScene]):
    """One mark for each: they come in, show which group they are in, and walk to it."""

    def __init__(self, scene: WaffleScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self._counts = [whole_marks(stage, group.value, scene.where) for group in scene.groups]
        self._tones = [
            group.tone
            for group, count in zip(scene.groups, self._counts, strict=True)
            for _ in range(count)
        ]

    def still(self, ink: Ink) -> None:
        """Titles; where each mark begins and ends."""
        box, u = self.frame(ink), ink.u
        if ink.size.is_upright:
            side = 130 * u * len(self.scene.groups)
            field = box.without(bottom=side + 40 * u)
            self._legend = Box(box.x, field.bottom + 40 * u, box.width, side)
        else:
            side = box.width * 0.3
            field = box.without(right=side + 60 * u)
            self._legend = Box(box.right - side, box.y, side, box.height)
        self._side = 0.0
        if len(self._tones) <= _ROW:
            self._one_row(field, 2 if ink.size.is_upright else 1)
        else:
            self._blocks(field)
        self._door = field.x - self._side

    def _one_row(self, field: Box, lines: int) -> None:
        """All in one row (two where it is upright); those that count step forward."""
        total = len(self._tones)
        per = math.ceil(total / lines)
        wide = field.width / per
        slim = 1.05 * ASPECT[self.scene.mark]
        self._side = min(wide / slim, field.height * 0.72 / lines)
        wide = min(wide, self._side * slim)
        left = field.x + (field.width - wide * per) / 2
        high = self._side * 1.1
        top = field.y + (field.height - high * lines) * 0.3
        places = [
            (left + (i % per + 0.5) * wide, top + (i // per + 0.5) * high) for i in range(total)
        ]
        order = sorted(range(total), key=lambda i: abs(i - (total - 1) / 2 - 0.75))
        self._from = [places[i] for i in order]
        step = self._side * 0.22
        self._to = [
            (x, y + (step if tone not in ("grey", "") else 0.0))
            for (x, y), tone in zip(self._from, self._tones, strict=True)
        ]

    def _blocks(self, field: Box) -> None:
        """First all mixed in one block, in the end each group in a block of its own."""
        slim = ASPECT[self.scene.mark]
        columns, cell = grouped_grid(self._counts, field, slim)
        self._side = cell * 0.86
        self._to, at = [], field.y
        for count in self._counts:
            self._to += [
                (field.x + (i % columns + 0.5) * cell * slim, at + (i // columns + 0.5) * cell)
                for i in range(count)
            ]
            at += math.ceil(count / columns) * cell + (GAP * cell if count else 0.0)
        total = len(self._tones)
        places = [
            (field.x + (i % columns + 0.5) * cell * slim, field.y + (i // columns + 0.5) * cell)
            for i in range(total)
        ]
        mixed = sorted(range(total), key=lambda i: (i * _GOLDEN) % 1)
        self._from = [places[i] for i in mixed]

    def moving(self, ink: Ink, p: float) -> None:
        """They come from the left, take their tones, and walk to their groups."""
        marks, total = [], len(self._tones)
        start, told = 0, []
        walk = theme.stage(p, TOLD, 1.0)
        for group, count in zip(self.scene.groups, self._counts, strict=True):
            known = theme.stage(p, COME, TOLD)
            told.append(math.floor(known * count + 1e-9))
            for i in range(start, start + count):
                (ax, ay), (bx, by) = self._from[i], self._to[i]
                come = theme.staggered(p / COME, i, total, 0.5)
                if come <= 0:
                    continue
                x, y = self._door + come * (ax - self._door), ay
                x, y = x + walk * (bx - ax), y + walk * (by - ay)
                walked = come * (ax - self._door) + walk * math.hypot(bx - ax, by - ay)
                on_way = come < 1 or 0 < walk < 1
                tone = group.tone if i - start < told[-1] else ""
                marks.append(MarkAt(x, y, tone, walked if on_way else 0.0))
            start += count
        draw_marks(ink, self.scene.mark, marks, self._side)
        self._counted(ink, told)

    def _counted(self, ink: Ink, told: list[int]) -> None:
        """Counts in the groups' tones, beside their blocks, with their names."""
        u, box = ink.u, self._legend
        style = Style(88, bold=True, leading=1.05)
        tops, start = [], 0
        for count in self._counts:
            block = [y for _, y in self._to[start : start + count]] or [box.y]
            tops.append(sum(block) / len(block))
            start += count
        width = box.width - 80 * u
        names = [ink.height(self.say(g.label), _NAME, width) for g in self.scene.groups]
        high = max(names) + 100 * u
        if len(self._tones) <= _ROW and not ink.size.is_upright:
            tops = [box.y + 60 * u + i * (high + 30 * u) for i in range(len(tops))]
        elif ink.size.is_upright:
            tops = [box.y + i * 130 * u for i in range(len(tops))]
        else:
            tops = spread(tops, high + 16 * u, box.y, box.bottom)
        for group, top, known, count in zip(
            self.scene.groups, tops, told, self._counts, strict=True
        ):
            if known < count or (not count and not sum(told)):
                continue
            look = Style(88, True, theme.LETTERS[group.tone], style.leading)
            number = self.stage.written(group.value)
            draw_marks(
                ink, self.scene.mark, [MarkAt(box.x + 30 * u, top + 50 * u, group.tone)], 64 * u
            )
            drawn = ink.text(number, box.x + 80 * u, top, look)
            label = self.say(group.label)
            if ink.size.is_upright:
                left = max(drawn.right, box.x + 230 * u) + 24 * u
                room = Box(left, 0, box.right - left, 110 * u)
                small = ink.fitted(label, _NAME, room, "a label")
                ink.text(label, left, top + 22 * u, small, width=room.width)
            else:
                ink.text(label, box.x + 80 * u, top + 92 * u, _NAME, width=width)

    def content(self) -> list[str]:
        """Each group's count."""
        return [f"{self.say(g.label)}: {self.stage.written(g.value)}" for g in self.scene.groups]


def whole_marks(stage: PaintStage, name: str, where: str) -> int:
    """A whole number of marks for a figure: as it is, out of a hundred, or one in so many.

    Raises
    ------
    StoryError
        When the figure is no whole number, or there would be too many.
    """
    figure = stage.figure(name)
    value = figure.value
    shown = value * 100 if figure.format.name == "hundred" else value
    count = round(shown)
    rounded = figure.format.name in ("hundred", "words")
    if not 0 <= count <= 5000 or (not rounded and abs(count - shown) > 1e-9):
        raise StoryError(
            "single marks cannot show this figure",
            where=where,
            expected="whole numbers, at most 5,000, or the format 'hundred' or 'words'",
            got=f"{value:g}",
            remedy="count them, or use the format 'hundred'",
        )
    return count


GAP = 0.5
"""Between two groups, as a share of a mark's cell."""


def grouped_grid(counts: list[int], box: Box, slim: float = 1.0) -> tuple[int, float]:
    """Columns and height of the largest cells in which groups fit a box, each on rows of its own.

    Rows of ten, where a hundred things are shown and that costs little.

    Examples
    --------
    >>> grouped_grid([14, 86], Box(0, 0, 1000, 500))[0]
    15
    >>> grouped_grid([14, 86], Box(0, 0, 1000, 1100))[0]
    10
    """
    total = sum(counts)
    gaps = GAP * (sum(c > 0 for c in counts) - 1)
    best, tens = (1, 0.0), (1, 0.0)
    for columns in range(1, total + 1):
        rows = sum(math.ceil(count / columns) for count in counts) + gaps
        side = min(box.width / columns / slim, box.height / rows)
        if side > best[1]:
            best = (columns, side)
        if columns % 10 == 0 and side > tens[1]:
            tens = (columns, side)
    return tens if tens[1] >= 0.85 * best[1] else best
