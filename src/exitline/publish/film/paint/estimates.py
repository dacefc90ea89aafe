"""Estimates with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

from exitline.publish.film import theme
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import DotsScene
from exitline.publish.film.lettering import Box, Style
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
        self._values = (box.right, at - y, value)

    def _figure(self, ink: Ink, row: _Row, y: float, alpha: float) -> None:
        """The figure at the right, once its bar is open."""
        right, off, style = self._values
        ink.text(self._written(row), right, y + off, style, align="right", alpha=alpha)

    def moving(self, ink: Ink, p: float) -> None:
        """Dots that leave the figure to compare with (or zero) for their own; bars that open."""
        u, count = ink.u, len(self._rows)
        start = self._scale(0.0)
        if self.scene.reference is not None:
            start = self._scale(self.stage.figure(self.scene.reference.value).value)
        for i, (row, top) in enumerate(zip(self._rows, self._tops, strict=True)):
            y = top + (self._high * 0.74 if ink.size.is_upright else self._high / 2)
            part = theme.staggered(p, i, count, 0.45)
            go, opened = theme.stage(part, 0.0, 0.6), theme.stage(part, 0.55, 1.0)
            middle = start + (self._scale(row.value) - start) * go
            left = middle + (self._scale(row.low) - middle) * opened
            right = middle + (self._scale(row.high) - middle) * opened
            colour = theme.MARKS[row.tone]
            ink.line([(left, y), (right, y)], colour, 6 * u)
            if opened >= 1:
                for x in (left, right):
                    ink.line([(x, y - 10 * u), (x, y + 10 * u)], colour, 5 * u)
            ink.disc(middle, y, 14 * u, colour)
            self._figure(ink, row, top, opened)

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
