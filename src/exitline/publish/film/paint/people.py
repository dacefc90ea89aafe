"""Estimates with their intervals, and households one by one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exitline.publish.film import theme
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Box, Ink, Style
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import DotsScene, LabelledFigure, WaffleScene
from exitline.publish.film.paint.axes import TICK, AxisScale, round_ticks, tick_label
from exitline.publish.film.paint.base import Painter, PaintStage

_NAME = Style(42, leading=1.1)
_VALUE = Style(42, bold=True, leading=1.1)
_ROW = 44.0
"""Pixels at 1080 that a row needs."""


@dataclass(frozen=True)
class _Row:
    """One estimate as it is drawn."""

    label: str
    value: float
    low: float
    high: float
    tone: str


class DotsPainter(Painter[DotsScene]):
    """A dot for each estimate, a thin bar for its interval, sorted by value."""

    move_seconds = 1.0

    def __init__(self, scene: DotsScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self._rows, self._form = self._read()

    def still(self, ink: Ink) -> None:
        """Titles, names, figures, and a light scale."""
        box, u = self.frame(ink), ink.u
        above = 56 * u if self.scene.reference is not None else 0.0
        box = box.without(bottom=52 * u, top=above)
        if box.height / len(self._rows) < _ROW * u:
            raise StoryError(
                "a dot plot has too many rows to be read",
                where=self.scene.where,
                expected=f"at most {box.height / (_ROW * u):.0f} rows",
                got=f"{len(self._rows)} rows, {self.stage.size.name}",
                remedy="leave the reference out, or make two scenes",
            )
        self._high = min(box.height / len(self._rows), (240 if ink.size.is_upright else 170) * u)
        top = box.y + (box.height - self._high * len(self._rows)) * 0.3
        names = max(ink.width(row.label, _NAME) for row in self._rows)
        names = min(names, box.width * 0.3) + 30 * u
        figures = max(ink.width(self._written(row), _VALUE) for row in self._rows) + 30 * u
        stacked = ink.size.is_upright
        left, right = (
            (box.x + 44 * u, box.right - 10 * u)
            if stacked
            else (box.x + names, box.right - figures)
        )
        most = max(row.high for row in self._rows)
        ticks = round_ticks(most, 3 if stacked else 4)
        self._scale = AxisScale(0.0, ticks[-1], left + 10 * u, right - 40 * u)
        lower = top + self._high * len(self._rows)
        self._reference(ink, top)
        for tick in ticks:
            x = self._scale(tick)
            self._upright(ink, x, top, theme.RULE, 2 * u)
            ink.text(tick_label(tick, self._form, ink.language), x, lower + 6 * u, TICK,
                     align="centre")  # fmt: skip
        self._tops = [top + i * self._high for i in range(len(self._rows))]
        for row, y in zip(self._rows, self._tops, strict=True):
            self._name(ink, box, row, y, names, stacked=stacked)

    def _name(
        self, ink: Ink, box: Box, row: _Row, y: float, names: float, *, stacked: bool
    ) -> None:
        """Name at the left, figure at the right: beside the bar, or above it."""
        u = ink.u
        dense = self._high < 50 * u
        name, value = (s.smaller(40 / 42) if dense else s for s in (_NAME, _VALUE))
        label = ink.shortened(row.label, name, box.width * 0.5 if stacked else names - 20 * u)
        at = y + 2 * u if stacked else y + self._high / 2 - 24 * u
        ink.text(label, box.x, at, name)
        ink.text(self._written(row), box.right, at, value, align="right")

    def moving(self, ink: Ink, p: float) -> None:
        """Bars that open from their dots."""
        u, part = ink.u, theme.ease(p)
        for row, top in zip(self._rows, self._tops, strict=True):
            y = top + (self._high * 0.74 if ink.size.is_upright else self._high / 2)
            middle = self._scale(row.value)
            left = middle + (self._scale(row.low) - middle) * part
            right = middle + (self._scale(row.high) - middle) * part
            colour = theme.MARKS[row.tone]
            ink.line([(left, y), (right, y)], colour, 6 * u)
            if p >= 1:
                for x in (left, right):
                    ink.line([(x, y - 10 * u), (x, y + 10 * u)], colour, 5 * u)
            ink.disc(middle, y, 14 * u, colour)

    def _upright(
        self, ink: Ink, x: float, top: float, colour: str, width: float, *dash: float
    ) -> None:
        """A line through all bars; where figures stand above the bars, it leaves them out."""
        lower = top + self._high * len(self._rows)
        if not ink.size.is_upright:
            ink.line([(x, top), (x, lower)], colour, width, dash)
            return
        for i in range(len(self._rows)):
            start = top + i * self._high
            ink.line([(x, start + 60 * ink.u), (x, start + self._high)], colour, width, dash)

    def _reference(self, ink: Ink, top: float) -> None:
        """A dashed line at a figure to compare with."""
        if self.scene.reference is None:
            return
        u, x = ink.u, self._scale(self.stage.figure(self.scene.reference.value).value)
        self._upright(ink, x, top, theme.MARKS["dark"], 3 * u, 12 * u, 8 * u)
        label = self.say(self.scene.reference.label)
        text = f"{label} {self.stage.written(self.scene.reference.value)}"
        ink.text(text, x, top - 54 * u, TICK, align="centre")

    def _read(self) -> tuple[list[_Row], Format]:
        """The rows, the greatest first."""
        scene, stage = self.scene, self.stage
        rows: list[_Row] = []
        form = Format("percent", 1)
        names = {place.key: self.say(place.label) for place in scene.places}
        if scene.points is not None:
            points = stage.points(scene.points)
            form = points.format
            for p in points.points:
                low = p.value if p.low is None else p.low
                high = p.value if p.high is None else p.high
                name = names.get(str(p.key), str(p.key))
                rows.append(_Row(name, p.value, low, high, "accent"))
        for row in scene.rows:
            figure = stage.figure(row.value)
            form = figure.format
            ends = [stage.figure(n).value if n else figure.value for n in (row.low, row.high)]
            rows.append(_Row(self.say(row.label), figure.value, ends[0], ends[1], row.tone))
        if not rows:
            raise StoryError(
                "a dot plot without figures", where=scene.where, expected="points or rows",
                got="neither", remedy="add one of them",
            )  # fmt: skip
        return sorted(rows, key=lambda row: -row.value), form

    def _written(self, row: _Row) -> str:
        """Estimate and interval."""
        plain = (
            Format("points", self._form.decimals) if self._form.name == "percent" else self._form
        )
        low, high = (plain.write(end, self.stage.language) for end in (row.low, row.high))
        return f"{self._form.write(row.value, self.stage.language)} ({low}–{high})"

    def content(self) -> list[str]:
        """Every estimate with its interval."""
        return [f"{row.label} {self._written(row)}" for row in self._rows]


class WafflePainter(Painter[WaffleScene]):
    """One mark for each household, filled group by group."""

    def __init__(self, scene: WaffleScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self.move_seconds = 1.6
        self._counts = [self._count(group) for group in scene.groups]

    def still(self, ink: Ink) -> None:
        """Titles, all marks hollow, and the counts beside."""
        box, u = self.frame(ink), ink.u
        if ink.size.is_upright:
            side = 120 * u * len(self.scene.groups)
            field = box.without(bottom=side + 30 * u)
            legend = Box(box.x, field.bottom + 30 * u, box.width, side)
        else:
            side = box.width * 0.33
            field = box.without(right=side + 60 * u)
            legend = Box(box.right - side, box.y, side, box.height)
        total = sum(self._counts)
        columns, self._cell = _grid(total, field)
        rows = math.ceil(total / columns)
        top = field.y + (field.height - rows * self._cell) * 0.3
        self._marks = [
            (field.x + (i % columns + 0.5) * self._cell, top + (i // columns + 0.5) * self._cell)
            for i in range(total)
        ]
        for x, y in self._marks:
            self._hollow(ink, x, y)
        self._legend(ink, legend)

    def moving(self, ink: Ink, p: float) -> None:
        """Marks that fill, in the order of the groups."""
        shown = math.floor(theme.ease(p) * len(self._marks) + 1e-9)
        start = 0
        for group, count in zip(self.scene.groups, self._counts, strict=True):
            for x, y in self._marks[start : min(start + count, shown)]:
                self._filled(ink, x, y, group.tone)
            start += count

    def _filled(self, ink: Ink, x: float, y: float, tone: str) -> None:
        """A mark of a group: full, or full with a light middle, so that shape tells too."""
        side = self._cell * 0.78
        colour = theme.MARKS[tone]
        if tone == "grey":
            return
        self._shape(ink, x, y, side, colour)
        if tone == "other":
            self._shape(ink, x, y + side * 0.06, side * 0.42, theme.PAPER)

    def _hollow(self, ink: Ink, x: float, y: float) -> None:
        """A mark that is in no group yet."""
        if self.scene.mark == "person":
            self._shape(ink, x, y, self._cell * 0.78, "#DAD7D0")
            return
        self._shape(ink, x, y, self._cell * 0.78, "#CFCCC5")
        self._shape(ink, x, y + self._cell * 0.02, self._cell * 0.56, theme.PAPER)

    def _shape(self, ink: Ink, x: float, y: float, side: float, colour: str) -> None:
        """A house, a dot or a person."""
        half = side / 2
        if self.scene.mark == "dot":
            ink.disc(x, y, half, colour)
        elif self.scene.mark == "person":
            ink.disc(x, y - half * 0.5, half * 0.42, colour)
            ink.rectangle(Box(x - half * 0.6, y, half * 1.2, half), colour, radius=half * 0.35)
        else:
            ink.area(
                [(x - half, y - half * 0.1), (x, y - half), (x + half, y - half * 0.1),
                 (x + half, y + half), (x - half, y + half)], colour,
            )  # fmt: skip

    def _legend(self, ink: Ink, box: Box) -> None:
        """Counts in the groups' tones, with their names and marks."""
        u, y = ink.u, box.y
        for group in self.scene.groups:
            colour = theme.LETTERS[group.tone]
            style = Style(76, bold=True, colour=colour, leading=1.05)
            size, self._cell = self._cell, 52 * u
            x = box.x + 26 * u
            middle = y + 42 * u
            self._hollow(ink, x, middle)
            self._filled(ink, x, middle, group.tone)
            self._cell = size
            number = ink.text(self.stage.written(group.value), box.x + 70 * u, y, style)
            label = self.say(group.label)
            if ink.size.is_upright:
                left = max(number.right, box.x + 210 * u) + 24 * u
                room = Box(left, 0, box.right - left, 110 * u)
                small = ink.fitted(label, _NAME, room, "a label")
                ink.text(label, left, y + 16 * u, small, width=room.width)
                y += 120 * u
            else:
                drawn = ink.text(label, box.x + 70 * u, y + 84 * u, _NAME,
                                 width=box.width - 70 * u)  # fmt: skip
                y += 84 * u + drawn.height + 30 * u

    def _count(self, group: LabelledFigure) -> int:
        """A whole number of marks."""
        value = self.stage.figure(group.value).value
        shown = value * 100 if self.stage.figure(group.value).format.name == "hundred" else value
        count = round(shown)
        if not 0 <= count <= 5000 or (value == shown and abs(count - shown) > 1e-9):
            raise StoryError(
                "a waffle cannot show this figure",
                where=self.scene.where,
                expected="whole numbers of households, at most 5,000, or the format 'hundred'",
                got=f"{value:g}",
                remedy="count households, or use the format 'hundred'",
            )
        return count

    def content(self) -> list[str]:
        """Each group's count."""
        return [f"{self.say(g.label)}: {self.stage.written(g.value)}" for g in self.scene.groups]


def _grid(total: int, box: Box) -> tuple[int, float]:
    """Columns and side of the largest square cells with which so many fit a box."""
    best = (1, 0.0)
    for columns in range(1, total + 1):
        rows = math.ceil(total / columns)
        side = min(box.width / columns, box.height / rows)
        if side > best[1]:
            best = (columns, side)
    return best
