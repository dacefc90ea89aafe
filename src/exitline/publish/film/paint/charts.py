"""Line charts and area charts: drawn from left to right, labelled where they end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import TypeVar

import skia

from exitline.publish.film import theme
from exitline.publish.film.bound.figures import StoryPoint, StoryPoints
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.kinds import AreaScene, LineScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.paint.axes import (
    TICK,
    AxisScale,
    draw_axes,
    spread,
    year_ticks,
)
from exitline.publish.film.paint.base import Painter
from exitline.publish.film.parts import LabelledPoints, Mark

_LABEL = Style(42, bold=True, leading=1.12)
_DASHES: dict[str, tuple[float, ...]] = {
    "accent": (), "other": (26.0, 14.0), "dark": (6.0, 10.0), "grey": (),
}  # fmt: skip
_WIDTHS = {"accent": 9.0, "other": 8.0, "dark": 8.0, "grey": 6.0}

_ENDS = 0.9
"""From this share of the movement on, the rows' own labels come."""

C = TypeVar("C", LineScene, AreaScene)


class ChartPainter(Painter[C]):
    """What lines and areas share: axes, marks, labels at the right, a curtain that opens."""

    def rows(self) -> tuple[LabelledPoints, ...]:
        """The rows of figures, in the order of drawing."""
        raise NotImplementedError

    def draw(self, ink: Ink) -> None:
        """Draw the rows on their scales."""
        raise NotImplementedError

    def still(self, ink: Ink) -> None:
        """Titles, axes and marks."""
        box = self.frame(ink)
        rows = [self.stage.points(row.points) for row in self.rows()]
        self._labels = [self._label(row, ink) for row in self.rows()]
        every = [point for row in rows for point in row.points]
        years = _years(every)
        room = self._label_room(ink, box)
        upright = ink.size.is_upright
        if upright:
            box = box.without(bottom=max(box.height - 1.15 * box.width, 0))
        ticks = year_ticks(years[0], years[-1], 4 if upright else 7)
        high = max(point.value for point in every)
        self._inner, self._across, self._upright = draw_axes(
            ink, box.without(right=room), ticks, high, rows[0].format, 5 if upright else 4
        )
        self._marked: list[Box] = []
        for mark in self.scene.marks:
            self._mark(ink, mark)

    def moving(self, ink: Ink, p: float) -> None:
        """The rows up to where the curtain is; labels when it is open."""
        if p <= 0:
            return
        edge = self._inner.x + self._inner.width * theme.steady(p) + 14 * ink.u
        ink.canvas.save()
        ink.canvas.clipRect(skia.Rect.MakeLTRB(0, 0, edge, ink.size.height))
        self.draw(ink)
        ink.canvas.restore()
        if p < _ENDS:
            self._tips(ink, edge - 14 * ink.u)
            self._passed(ink, edge)
        self._ends(ink, min(max((p - _ENDS) / (1 - _ENDS), 0.0), 1.0))

    def _tips(self, ink: Ink, x: float) -> None:
        """A dot at the end of each line as it is drawn; none where a row has a break."""
        for row in self.rows():
            for one, other in pairwise(self.stage.points(row.points).points):
                left, right = self._across(float(one.key)), self._across(float(other.key))
                if not left <= x < right or one.segment != other.segment:
                    continue
                ends = self._upright(one.value), self._upright(other.value)
                y = ends[0] + (ends[1] - ends[0]) * (x - left) / (right - left)
                ink.disc(x, y, 15 * ink.u, theme.MARKS[row.tone])

    def _passed(self, ink: Ink, edge: float) -> None:
        """The last figure that the curtain has passed, of the most important row."""
        u, row = ink.u, self.stage.points(self.rows()[-1].points)
        passed = [p for p in row.points if self._across(float(p.key)) <= edge]
        if not passed:
            return
        point = passed[-1]
        x, y = self._across(float(point.key)), self._upright(point.value)
        tone = self.rows()[-1].tone
        year = Format("year", 0).write(float(point.key), ink.language)
        text = f"{year}\n{row.format.write(point.value, ink.language)}"
        style = Style(_LABEL.size, True, theme.LETTERS[tone], _LABEL.leading)
        ink.ring(x, y, 20 * u, theme.MARKS[tone], 5 * u)
        ink.text(text, min(x + 30 * u, self._inner.right + 20 * u),
                 max(y - 110 * u, self._inner.y - 20 * u), style, alpha=0.99)  # fmt: skip

    def _ends(self, ink: Ink, alpha: float) -> None:
        """Labels beside the last points."""
        u, x = ink.u, self._inner.right + 22 * ink.u
        room = self._room - 22 * u
        heights = [ink.height(text, _LABEL, room) for text in self._labels]
        height = max(heights) + 6 * u
        wanted = [self._end(self.stage.points(row.points)) for row in self.rows()]
        tops = spread(wanted, height, self._inner.y - 30 * u, self._inner.bottom + 2 * u)
        for row, text, top in zip(self.rows(), self._labels, tops, strict=True):
            style = Style(_LABEL.size, True, theme.LETTERS[row.tone], _LABEL.leading)
            ink.text(text, x, top, style, width=room, alpha=alpha)

    def _end(self, points: StoryPoints) -> float:
        """Height at which a row ends."""
        return self._upright(points.last.value)

    def _label(self, row: LabelledPoints, ink: Ink) -> str:
        """A row's name with its last figure."""
        points = self.stage.points(row.points)
        return f"{self.say(row.label)}\n{points.format.write(points.last.value, ink.language)}"

    def _label_room(self, ink: Ink, box: Box) -> float:
        """Room at the right for the labels: as wide as needed, at most a third."""
        lines = [line for text in self._labels for line in text.split("\n")]
        widest = max(ink.width(line, _LABEL) for line in lines)
        self._room = min(widest + 30 * ink.u, box.width * (0.34 if ink.size.is_upright else 0.3))
        return self._room - ink.width("2000", TICK) / 2

    def _mark(self, ink: Ink, mark: Mark) -> None:
        """An upright line with its explanation at the top."""
        u, x = ink.u, self._across(self.stage.figure(mark.at).value)
        text = self.say(mark.label)
        ink.line(
            [(x, self._inner.y), (x, self._inner.bottom)], theme.HOLLOW, 2.5 * u, (8 * u, 8 * u)
        )
        width = min(ink.width(text, TICK), self._inner.width * 0.6) + 4 * u
        left = x + width + 16 * u <= self._inner.right
        place = Box(x + 16 * u if left else x - 16 * u - width, self._inner.y - 8 * u, width,
                    ink.height(text, TICK, width))  # fmt: skip
        while any(place.meets(other) for other in self._marked):
            place = Box(place.x, place.y + 25 * u, place.width, place.height)
        self._marked.append(place)
        at = place.x if left else place.right
        ink.text(text, at, place.y, TICK, width=width, align="left" if left else "right")

    def content(self) -> list[str]:
        """First and last figure of each row, and the marks."""
        parts = []
        for row in self.rows():
            points = self.stage.points(row.points)
            ends = [
                f"{point.key:.0f}: {points.format.write(point.value, self.stage.language)}"
                if isinstance(point.key, float) else str(point.key)
                for point in (points.first, points.last)
            ]  # fmt: skip
            parts.append(f"{self.say(row.label)} — {', '.join(ends)}")
        return parts + [self.say(mark.label) for mark in self.scene.marks]


class LinePainter(ChartPainter[LineScene]):
    """Rows as lines; a change of segment leaves a gap."""

    def rows(self) -> tuple[LabelledPoints, ...]:
        """The lines, the most important one last."""
        return self.scene.lines

    def draw(self, ink: Ink) -> None:
        """Lines with a dot at each figure."""
        u = ink.u
        for row in self.rows():
            width, dash = _WIDTHS[row.tone] * u, tuple(d * u for d in _DASHES[row.tone])
            for part in segments(self.stage.points(row.points).points):
                places = _places(part, self._across, self._upright)
                ink.line(places, theme.MARKS[row.tone], width, dash)
                for x, y in places:
                    ink.disc(x, y, width * 1.05, theme.MARKS[row.tone])


class AreaPainter(ChartPainter[AreaScene]):
    """A part as a filled area, before its whole if there is one."""

    def rows(self) -> tuple[LabelledPoints, ...]:
        """Whole and part."""
        return (self.scene.part,) if self.scene.whole is None else (
            self.scene.whole, self.scene.part)  # fmt: skip

    def draw(self, ink: Ink) -> None:
        """Areas with their upper edges."""
        for row in self.rows():
            for part in segments(self.stage.points(row.points).points):
                places = _places(part, self._across, self._upright)
                if self.scene.shape == "steps":
                    places = _steps(places)
                floor = self._upright(0.0)
                ground = [(places[0][0], floor), *places, (places[-1][0], floor)]
                ink.area(ground, theme.MARKS[row.tone], 0.85 if row.tone != "grey" else 0.45)
                ink.line(places, theme.MARKS[row.tone], 6 * ink.u)


def segments(points: Sequence[StoryPoint]) -> list[list[StoryPoint]]:
    """Runs of points of the same segment.

    Examples
    --------
    >>> rows = [StoryPoint((1987.0,), 0.7, segment="0"), StoryPoint((1990.0,), 0.8, segment="1")]
    >>> [len(part) for part in segments(rows)]
    [1, 1]
    """
    return [list(part) for _, part in groupby(points, key=lambda point: point.segment)]


def _places(
    points: Sequence[StoryPoint], across: AxisScale, upright: AxisScale
) -> list[tuple[float, float]]:
    """Points in pixels."""
    return [(across(float(point.key)), upright(point.value)) for point in points]


def _steps(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Each value stands until the next one."""
    made = [places[0]]
    for before, after in pairwise(places):
        made += [(after[0], before[1]), after]
    return made


def _years(points: Sequence[StoryPoint]) -> list[float]:
    """First and last key."""
    keys = sorted(float(point.key) for point in points)
    return [keys[0], keys[-1]]
