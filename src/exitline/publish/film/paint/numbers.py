"""Scenes of one or two figures: a number that counts up, and a comparison."""

from __future__ import annotations

from exitline.publish.film import theme
from exitline.publish.film.canvas import Box, Ink, Style
from exitline.publish.film.kinds import CompareScene, LabelledFigure, NumberScene
from exitline.publish.film.paint.base import Painter, PaintStage

_HUGE = Style(280, bold=True, colour=theme.LETTERS["accent"], leading=1.05)
_LARGE = Style(120, bold=True, leading=1.05)
_LABEL = Style(54, leading=1.25)
_BESIDE = Style(48, colour=theme.MUTED)
_TRACK = "#E6E3DC"


class NumberPainter(Painter[NumberScene]):
    """One figure counts up once, and stays."""

    move_seconds = 1.3

    def still(self, ink: Ink) -> None:
        """Title, label, interval, sources."""
        box, u = self.frame(ink), ink.u
        label = self.say(self.scene.label)
        room = Box(box.x, 0, box.width, box.height * 0.4)
        self._style = ink.fitted(self._final(), _HUGE, Box(0, 0, box.width, 400 * u), "a number")
        small = ink.fitted(label, _LABEL, room, "the label")
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
        if band:
            self._interval(ink, under)
        if self._bar is not None:
            ink.rectangle(self._bar, _TRACK, radius=6 * u)

    def moving(self, ink: Ink, p: float) -> None:
        """The number on its way."""
        figure = self.stage.figure(self.scene.value)
        shown = figure.value if p >= 1 else figure.value * theme.ease(p)
        ink.text(figure.format.write(shown, ink.language), *self._at, self._style)
        if self._bar is not None:
            part = Box(self._bar.x, self._bar.y, self._bar.width * shown, self._bar.height)
            ink.rectangle(part, theme.MARKS["accent"], radius=6 * ink.u)

    def _is_share(self) -> bool:
        """Whether the figure is a part of a whole, which a bar can show."""
        figure = self.stage.figure(self.scene.value)
        return figure.format.name == "percent" and 0 <= figure.value <= 1

    def _final(self) -> str:
        return self.stage.written(self.scene.value)

    def _interval(self, ink: Ink, box: Box) -> None:
        """A thin bar with a dot, and its ends in figures."""
        if self.scene.low is None or self.scene.high is None:
            return
        u = ink.u
        low, value, high = (
            self.stage.figure(name).value
            for name in (self.scene.low, self.scene.value, self.scene.high)
        )
        left, right, y = box.x + 10 * u, box.x + 620 * u, box.y + 22 * u
        middle = left + (value - low) / (high - low) * (right - left)
        ink.line([(left, y), (right, y)], theme.MARKS["accent"], 6 * u)
        for x in (left, right):
            ink.line([(x, y - 14 * u), (x, y + 14 * u)], theme.MARKS["accent"], 6 * u)
        ink.disc(middle, y, 16 * u, theme.MARKS["accent"])
        ink.text(self.stage.written(self.scene.low), left, y + 26 * u, _BESIDE)
        ink.text(self.stage.written(self.scene.high), right, y + 26 * u, _BESIDE, align="right")

    def content(self) -> list[str]:
        """The figure and its interval."""
        parts = [f"{self._final()} — {self.say(self.scene.label)}"]
        if self.scene.low is not None and self.scene.high is not None:
            ends = (self.stage.written(self.scene.low), self.stage.written(self.scene.high))
            parts.append(self.t("Interval: {what}", what="–".join(ends)))
        return parts


class ComparePainter(Painter[CompareScene]):
    """Two bars on one scale, their figures at their ends."""

    move_seconds = 1.2

    def __init__(self, scene: CompareScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self._rows = (scene.before, scene.after)

    def still(self, ink: Ink) -> None:
        """Titles and labels."""
        box, u = self.frame(ink), ink.u
        self._box = box
        high = box.height / 2
        labels = [self.say(row.label) for row in self._rows]
        room = Box(0, 0, box.width, 64 * u if not ink.size.is_upright else 200 * u)
        for i, label in enumerate(labels):
            style = ink.fitted(label, _LABEL, room, "a label")
            top = self._top(i, high, u)
            height = ink.height(label, style, box.width)
            ink.text(label, box.x, top - height - 14 * u, style, width=box.width)

    def moving(self, ink: Ink, p: float) -> None:
        """Bars that grow, with their figures."""
        u, box = ink.u, self._box
        most = max(self.stage.figure(row.value).value for row in self._rows)
        widest = max(ink.width(self.stage.written(row.value), _LARGE) for row in self._rows)
        room = box.width - widest - 40 * u
        for i, row in enumerate(self._rows):
            figure = self.stage.figure(row.value)
            shown = figure.value if p >= 1 else figure.value * theme.ease(p)
            top = self._top(i, box.height / 2, u)
            length = max(room * shown / most, 4 * u) if most else 4 * u
            ink.rectangle(Box(box.x, top, length, 110 * u), theme.MARKS[self._tone(row, i)])
            text = figure.format.write(shown, ink.language)
            ink.text(text, box.x + length + 24 * u, top - 8 * u, _LARGE)

    def _top(self, i: int, high: float, u: float) -> float:
        """Upper edge of a bar."""
        return self._box.y + high * i + (high - 110 * u) * 0.5 + 40 * u

    def _tone(self, row: LabelledFigure, i: int) -> str:
        """The first one in grey unless told otherwise: the eye goes to the second."""
        return "grey" if i == 0 and row.tone == "accent" else row.tone

    def content(self) -> list[str]:
        """Both figures."""
        return [f"{self.say(row.label)}: {self.stage.written(row.value)}" for row in self._rows]
