"""Scenes of one or two figures: a number that counts up, and a comparison."""

from __future__ import annotations

import math

from exitline.publish.film import theme
from exitline.publish.film.canvas import Ink
from exitline.publish.film.kinds import CompareScene, NumberScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.paint.base import Painter, PaintStage
from exitline.publish.film.paint.marks import MarkAt, draw_marks
from exitline.publish.film.parts import LabelledFigure

_HUGE = Style(280, bold=True, colour=theme.LETTERS["accent"], leading=1.05)
_LARGE = Style(120, bold=True, leading=1.05)
_LABEL = Style(54, leading=1.25)
_BESIDE = Style(48, colour=theme.MUTED)
_TRACK = "#E6E3DC"


class NumberPainter(Painter[NumberScene]):
    """One figure counts up once, and stays."""

    def still(self, ink: Ink) -> None:
        """Title, label, interval, sources."""
        box, u = self.frame(ink), ink.u
        label = self.say(self.scene.label)
        room = Box(box.x, 0, box.width, box.height * 0.4)
        self._style = ink.fitted(self._final(), _HUGE, Box(0, 0, box.width, 400 * u), "a number")
        small = ink.fitted(label, _LABEL, room, "the label")
        label = ink.phrased(label, small, box.width)
        width = ink.balanced(label, small, box.width)
        number = self._style.size * self._style.leading * u
        below = ink.height(label, small, width)
        band = 130 * u if self.scene.low is not None else 0.0
        low = 130 * u if band or self._is_share() else 0.0
        top = box.y + max(box.height - number - below - low - 46 * u, 0) * 0.4
        self._at = (box.x, top)
        ink.text(label, box.x, top + number + 40 * u, small, width=width)
        under = Box(box.x, top + number + below + 86 * u, box.width, 34 * u)
        self._bar = None if band or not self._is_share() else under
        self._band = under if band else None
        if self._bar is not None:
            ink.rectangle(self._bar, _TRACK, radius=6 * u)

    def moving(self, ink: Ink, p: float) -> None:
        """The number on its way, then its interval as it opens."""
        figure = self.stage.figure(self.scene.value)
        part = theme.stage(p, 0.0, 0.6 if self._band is not None else 1.0)
        shown = figure.value if part >= 1 else figure.value * part
        ink.text(figure.format.write(shown, ink.language), *self._at, self._style)
        if self._bar is not None:
            bar = Box(self._bar.x, self._bar.y, self._bar.width * shown, self._bar.height)
            ink.rectangle(bar, theme.MARKS["accent"], radius=6 * ink.u)
        if self._band is not None:
            self._interval(ink, self._band, theme.stage(p, 0.5, 1.0))

    def _is_share(self) -> bool:
        """Whether the figure is a part of a whole, which a bar can show."""
        figure = self.stage.figure(self.scene.value)
        return figure.format.name == "percent" and 0 <= figure.value <= 1

    def _final(self) -> str:
        return self.stage.written(self.scene.value)

    def _interval(self, ink: Ink, box: Box, part: float) -> None:
        """A thin bar that opens from a dot, and its ends in figures."""
        if self.scene.low is None or self.scene.high is None or part <= 0:
            return
        u = ink.u
        low, value, high = (
            self.stage.figure(name).value
            for name in (self.scene.low, self.scene.value, self.scene.high)
        )
        first, last = box.x + 10 * u, box.x + min(900 * u, box.width - 20 * u)
        y = box.y + 22 * u
        middle = first + (value - low) / (high - low or 1.0) * (last - first)
        left, right = middle + (first - middle) * part, middle + (last - middle) * part
        ink.line([(left, y), (right, y)], theme.MARKS["accent"], 6 * u)
        for x in (left, right):
            ink.line([(x, y - 14 * u), (x, y + 14 * u)], theme.MARKS["accent"], 6 * u)
        ink.disc(middle, y, 16 * u, theme.MARKS["accent"])
        ink.text(self.stage.written(self.scene.low), left, y + 26 * u, _BESIDE, alpha=part)
        ink.text(
            self.stage.written(self.scene.high),
            right,
            y + 26 * u,
            _BESIDE,
            align="right",
            alpha=part,
        )

    def content(self) -> list[str]:
        """The figure and its interval."""
        parts = [f"{self._final()} — {self.say(self.scene.label)}"]
        if self.scene.low is not None and self.scene.high is not None:
            ends = (self.stage.written(self.scene.low), self.stage.written(self.scene.high))
            parts.append(self.t("Interval: {what}", what="–".join(ends)))
        return parts


class ComparePainter(Painter[CompareScene]):
    """Two figures on one scale, as bars or as so many of a hundred; then their difference."""

    def __init__(self, scene: CompareScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self._rows = (scene.before, scene.after)

    def still(self, ink: Ink) -> None:
        """Titles and labels."""
        box, u = self.frame(ink), ink.u
        self._apart = None
        if self.scene.difference is not None:
            self._apart = Box(box.x, box.bottom - 150 * u, box.width, 150 * u)
            box = box.without(bottom=170 * u)
        self._box = box
        high = box.height / 2
        self._thick = min(self._thickest(ink) * u, high - 90 * u)
        labels = [self.say(row.label) for row in self._rows]
        room = Box(0, 0, box.width, 64 * u if not ink.size.is_upright else 130 * u)
        for i, label in enumerate(labels):
            style = ink.fitted(label, _LABEL, room, "a label")
            top = self._top(i, high, u)
            height = ink.height(label, style, box.width)
            ink.text(label, box.x, top - height - 10 * u, style, width=box.width)

    def _thickest(self, ink: Ink) -> float:
        """Height of a row at most, in pixels at 1080."""
        if self.scene.mark == "bar":
            return 180.0 if ink.size.is_upright else 110.0
        return 440.0 if ink.size.is_upright else 190.0

    def moving(self, ink: Ink, p: float) -> None:
        """One after the other, then what lies between them."""
        whole = 0.72 if self._apart is not None else 1.0
        self._widest = max(ink.width(self.stage.written(r.value), _LARGE) for r in self._rows)
        for i, row in enumerate(self._rows):
            part = theme.stage(p, i * whole / 2, (i + 1) * whole / 2)
            if self.scene.mark == "bar":
                self._grow(ink, i, row, part)
            else:
                self._fill(ink, i, row, part)
        if self._apart is not None:
            self._difference(ink, self._apart, theme.stage(p, whole, 1.0))

    def _grow(self, ink: Ink, i: int, row: LabelledFigure, part: float) -> None:
        """A bar, with its figure at its end."""
        if part <= 0:  # a figure that has not begun is not 0
            return
        u, box = ink.u, self._box
        most = max(self.stage.figure(one.value).value for one in self._rows)
        room = box.width - self._widest - 40 * u
        figure = self.stage.figure(row.value)
        shown = figure.value if part >= 1 else figure.value * part
        top = self._top(i, box.height / 2, u)
        length = max(room * shown / most, 4 * u) if most else 4 * u
        ink.rectangle(Box(box.x, top, length, self._thick), theme.MARKS[self._tone(row, i)])
        text = figure.format.write(shown, ink.language)
        ink.text(text, box.x + length + 24 * u, top + self._thick / 2 - 63 * u, _LARGE)

    def _fill(self, ink: Ink, i: int, row: LabelledFigure, part: float) -> None:
        """A hundred marks, of which so many take the row's tone."""
        u, box = ink.u, self._box
        room = box.width - self._widest - 50 * u
        lines = 10 if ink.size.is_upright else 2
        columns = 100 // lines
        cell = min(room / columns, self._thick / lines)
        figure = self.stage.figure(row.value)
        count = round(100 * figure.value)
        shown, top = math.floor(count * part + 1e-9), self._top(i, box.height / 2, u)
        tone = self._tone(row, i)
        marks = [
            MarkAt(box.x + (n // lines + 0.5) * cell, top + (n % lines + 0.5) * cell,
                   (tone if tone != "grey" else "dark") if n < shown else "")
            for n in range(100)
        ]  # fmt: skip
        draw_marks(ink, self.scene.mark, marks, cell * 0.86)
        if part <= 0:
            return
        value = figure.value if part >= 1 else figure.value * part
        ink.text(figure.format.write(value, ink.language), box.x + columns * cell + 30 * u,
                 top + cell * lines / 2 - 63 * u, _LARGE)  # fmt: skip

    def _difference(self, ink: Ink, box: Box, part: float) -> None:
        """The difference on a scale with zero, and its interval as it opens."""
        row = self.scene.difference
        if row is None or part <= 0:
            return
        u = ink.u
        figure = self.stage.figure(row.value)
        ends = [self.stage.figure(n).value if n else figure.value for n in (row.low, row.high)]
        words = f"{self.say(row.label)} {self._apart_written(row)}"
        style = ink.fitted(words, Style(50, bold=True, leading=1.1),
                           Box(0, 0, box.width, 120 * u), "the difference")  # fmt: skip
        ink.text(words, box.x, box.y, style, width=box.width, alpha=part)
        y = box.y + ink.height(words, style, box.width) + 30 * u
        low, high = min(0.0, *ends), max(0.0, *ends)
        scale = (min(box.width * 0.7, 1100 * u)) / ((high - low) or 1.0)
        zero = box.x + 30 * u - low * scale
        middle = zero + figure.value * scale * part
        ink.line([(zero, y - 24 * u), (zero, y + 24 * u)], theme.MARKS["dark"], 4 * u)
        tone = theme.MARKS[row.tone]
        left, right = (middle + (e - figure.value) * scale * part for e in ends)
        ink.line([(left, y), (right, y)], tone, 7 * u)
        for x in (left, right):
            ink.line([(x, y - 12 * u), (x, y + 12 * u)], tone, 6 * u)
        ink.disc(middle, y, 16 * u, tone)
        ink.text("0", zero, y + 22 * u, Style(40, colour=theme.MUTED), align="centre", alpha=part)

    def _apart_written(self, row: LabelledFigure) -> str:
        """The difference with its sign and its interval."""
        figure = self.stage.figure(row.value)
        sign = "+" if figure.value > 0 else ""
        text = sign + figure.written(self.stage.language)
        if row.low is None or row.high is None:
            return text
        ends = [self.stage.written(name) for name in (row.low, row.high)]
        return f"{text} ({ends[0]}–{ends[1]})"

    def _top(self, i: int, high: float, u: float) -> float:
        """Upper edge of a bar."""
        return self._box.y + high * i + (high - self._thick) * 0.5 + 36 * u

    def _tone(self, row: LabelledFigure, i: int) -> str:
        """The first one in grey unless told otherwise: the eye goes to the second."""
        return "grey" if i == 0 and row.tone == "accent" else row.tone

    def content(self) -> list[str]:
        """Both figures, and their difference."""
        parts = [f"{self.say(row.label)}: {self.stage.written(row.value)}" for row in self._rows]
        if self.scene.difference is not None:
            row = self.scene.difference
            parts.append(f"{self.say(row.label)} {self._apart_written(row)}")
        return parts
