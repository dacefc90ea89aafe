"""People and houses that cross a line, step by step, each on its own way."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exitline.publish.film import theme
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import CrossingScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.paint.base import SMALL, Painter, PaintStage
from exitline.publish.film.paint.marks import ASPECT, MarkAt, draw_marks
from exitline.publish.film.paint.people import whole_marks

_STEP = Style(100, bold=True, leading=1.05)
_SIDE = Style(84, bold=True, leading=1.05)
_LINE = Style(42, bold=True, leading=1.1)
_HUNDRED = 100
_MANY = 6
"""From so many steps on, they follow each other without a rest."""


@dataclass(frozen=True)
class _Way:
    """Where one mark is at each step, and in which tone."""

    below: tuple[bool, ...]
    tone: str


class CrossingPainter(Painter[CrossingScene]):
    """A line; beneath it those who are below, above it those who are not."""

    def __init__(self, scene: CrossingScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        given = [bool(scene.points), any(s.value for s in scene.steps), bool(scene.groups)]
        if sum(given) != 1:
            raise StoryError(
                "a crossing needs one account of who is below the line", where=scene.where,
                expected="points, or steps with a value each, or groups with their ways",
                got=f"{sum(given)} of them", remedy="keep one",
            )  # fmt: skip
        self._steps, self._ways = self._of_groups() if scene.groups else self._of_counts()

    def still(self, ink: Ink) -> None:
        """Titles, the line and its name, what stands on either side of it."""
        box, u = self.frame(ink), ink.u
        upright = ink.size.is_upright
        side = Box(box.right - 430 * u, box.y, 430 * u, box.height)
        field = box.without(right=470 * u)
        if upright:
            words = (self.say(scene) for scene in (self.scene.above, self.scene.below))
            deep = max(ink.height(word, SMALL, box.width / 2 - 20 * u) for word in words)
            side = Box(box.x, box.y, box.width, 250 * u + deep)
            field = box.below(280 * u + deep)
        self._beside = side
        label = self.say(self.scene.line)
        most_above, most_below = self._most(below=False), self._most(below=True)
        label_high = 54 * u
        room = field.height - label_high - 16 * u
        slim = ASPECT[self.scene.mark]
        rows, self._cell = self._grid(field.width / slim, room, most_above, most_below)
        self._rows, rows_above = rows, (rows if most_above else 0)
        self._line_y = field.y + rows_above * self._cell + 8 * u
        ink.text(label, field.x, self._line_y + 8 * u, _LINE)
        self._field = field
        start = self._line_y + label_high + 8 * u
        self._above, self._below = [], []
        for i in range(len(self._ways)):
            column, row = i // self._rows, i % self._rows
            x = field.x + (column + 0.5) * self._cell * slim
            self._below.append((x, start + (row + 0.5) * self._cell))
            self._above.append((x, self._line_y - 10 * u - (row + 0.5) * self._cell))
        self._side_words(ink)

    def _grid(self, width: float, height: float, above: int, below: int) -> tuple[int, float]:
        """Rows on each side, and height of a cell: each mark keeps its column."""
        total, sides = len(self._ways), max((above > 0) + (below > 0), 1)
        best, even = (1, 0.0), (1, 0.0)
        for rows in range(1, total + 1):
            side = min(width / math.ceil(total / rows), height / (rows * sides))
            best = max(best, (rows, side), key=lambda option: option[1])
            if total % rows == 0:
                even = max(even, (rows, side), key=lambda option: option[1])
        return even if even[1] >= 0.9 * best[1] else best

    def _most(self, *, below: bool) -> int:
        """How many are on a side at most."""
        return max(
            sum(way.below[k] == below for way in self._ways) for k in range(len(self._steps))
        )

    def moving(self, ink: Ink, p: float) -> None:
        """Marks on their side of the line, and on the way across it."""
        ink.line([(self._field.x, self._line_y), (self._field.right, self._line_y)],
                 theme.MARKS["dark"], 6 * ink.u)  # fmt: skip
        step, part = self._at(p)
        after = min(step + 1, len(self._steps) - 1)
        crossing = [i for i, way in enumerate(self._ways) if way.below[step] != way.below[after]]
        order = {i: n for n, i in enumerate(crossing)}
        marks = []
        for i, way in enumerate(self._ways):
            down, up = self._below[i], self._above[i]
            a, b = (down if way.below[step] else up), (down if way.below[after] else up)
            t = theme.staggered(part, order[i], len(crossing), 0.6) if i in order else 0.0
            y = a[1] + t * (b[1] - a[1])
            under = way.below[step] if t < 0.5 else way.below[after]
            walked = abs(y - a[1]) if 0 < t < 1 else 0.0
            marks.append(MarkAt(a[0], y, self._tone(way, below=under), walked))
        draw_marks(ink, self.scene.mark, marks, self._cell * 0.84)
        self._count(ink, step, after, marks, part)

    def _tone(self, way: _Way, *, below: bool) -> str:
        """Below the line in the tone that is looked at; above it in the group's, or grey."""
        return "other" if below else way.tone

    def _at(self, p: float) -> tuple[int, float]:
        """The step that is left, and how far the way to the next one is.

        A step takes the longer the more cross in it: nobody waits for nothing.
        """
        passes = len(self._steps) - 1
        if passes < 1 or p >= 1:
            return max(passes, 0), 0.0
        crossing = [
            sum(way.below[k] != way.below[k + 1] for way in self._ways) for k in range(passes)
        ]
        weights = [0.3 + math.sqrt(n) for n in crossing]
        passed, step = p * sum(weights), 0
        while step < passes - 1 and passed >= weights[step]:
            passed -= weights[step]
            step += 1
        busy = 1.0 if passes >= _MANY or step == passes - 1 else 0.85
        return step, min(passed / weights[step] / busy, 1.0)

    def _side_words(self, ink: Ink) -> None:
        """What the two numbers beside the picture count."""
        u, box = ink.u, self._beside
        top = box.y + 150 * u
        self._rows_at = []
        for i, words in enumerate((self.scene.above, self.scene.below)):
            if ink.size.is_upright:
                x, y, width = box.x + i * box.width / 2, top, box.width / 2 - 20 * u
            else:
                x, y, width = box.x, top, box.width
            drawn = ink.text(self.say(words), x, y + 92 * u, SMALL, width=width)
            self._rows_at.append((x, y))
            if not ink.size.is_upright:
                top = y + 92 * u + drawn.height + 30 * u

    def _count(self, ink: Ink, step: int, after: int, marks: list[MarkAt], part: float) -> None:
        """The step's name, and how many are on either side now."""
        u = ink.u
        label = self._steps[after if part >= 0.5 else step]
        box = self._beside
        style = ink.fitted(label, _STEP, Box(0, 0, box.width, 130 * u), "the name of a step")
        ink.text(label, box.x, box.y, style, width=box.width)
        below = sum(mark.tone == "other" for mark in marks)
        form = Format("number", 0)
        for (x, y), n, tone in zip(
            self._rows_at, (len(marks) - below, below), ("accent", "other"), strict=True
        ):
            look = Style(_SIDE.size, True, theme.LETTERS[tone], _SIDE.leading)
            ink.text(form.write(n, ink.language), x, y, look)

    def _of_counts(self) -> tuple[list[str], list[_Way]]:
        """Ways of a hundred people, from how many are below at each step."""
        scene, stage = self.scene, self.stage
        if scene.points is not None:
            row = stage.points(scene.points)
            names = [
                Format("year", 0).write(p.key, stage.language)
                if isinstance(p.key, float) else str(p.key) for p in row.points
            ]  # fmt: skip
            shares = [p.value for p in row.points]
        else:
            names = [self.say(step.label) for step in scene.steps]
            shares = [stage.figure(s.value).value if s.value else math.nan for s in scene.steps]
        if not all(0 <= share <= 1 for share in shares):
            raise StoryError(
                "a crossing shows shares of a hundred people", where=scene.where,
                expected="a share from 0 to 1 at every step", got=", ".join(map(str, shares[:5])),
                remedy="divide by the whole, or describe groups with their ways",
            )  # fmt: skip
        counts = [round(share * _HUNDRED) for share in shares]
        ways = [_Way(tuple(i < n for n in counts), "accent") for i in range(_HUNDRED)]
        return names, ways

    def _of_groups(self) -> tuple[list[str], list[_Way]]:
        """Ways of groups, one mark for each of their members."""
        scene = self.scene
        names = [self.say(step.label) for step in scene.steps]
        ways: list[_Way] = []
        for group in scene.groups:
            if len(group.way) != len(names):
                raise StoryError(
                    "a group's way has another number of steps", where=scene.where,
                    expected=f"{len(names)} sides, one for each step", got=str(len(group.way)),
                    remedy="write below or above for each step",
                )  # fmt: skip
            side = tuple(place == "below" for place in group.way)
            count = whole_marks(self.stage, group.value, scene.where)
            ways += [_Way(side, group.tone)] * count
        return names, ways

    def content(self) -> list[str]:
        """How many were below the line at the first step and at the last, and each group."""
        form, language = Format("number", 0), self.stage.language
        parts = [
            f"{name}: {form.write(sum(w.below[k] for w in self._ways), language)} "
            f"{self.say(self.scene.below)}"
            for k, name in enumerate(self._steps)
            if k in (0, len(self._steps) - 1) or len(self._steps) < _MANY
        ]
        groups = [f"{self.say(g.label)}: {self.stage.written(g.value)}" for g in self.scene.groups]
        return [self.say(self.scene.line), *parts, *groups]
