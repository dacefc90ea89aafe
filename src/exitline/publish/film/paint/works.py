"""Villages before works and after them: who has it, who got it, who lost it again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from exitline.publish.film import theme
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import WorksScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.model import StoryText
from exitline.publish.film.paint.base import SMALL, Painter, PaintStage
from exitline.publish.film.paint.ground import View
from exitline.publish.film.paint.marks import MarkAt, draw_marks

Place = tuple[float, float]
_COUNT = Style(84, bold=True, leading=1.1)
_KEPT, _GAINED, _LOST, _REST = "dark", "accent", "other", ""


class WorksPainter(Painter[WorksScene]):
    """A mark for each village where it lies; those that change do so from west to east."""

    def __init__(self, scene: WorksScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        before, after = self._states(scene.before), self._states(scene.after)
        if set(before) != set(after) or not before:
            raise StoryError(
                "before and after are not of the same places", where=scene.where,
                expected="points by: [longitude, latitude], the same in both",
                got=f"{len(before)} and {len(after)} places",
                remedy="make both of one file, or of two with the same places",
            )  # fmt: skip
        self._tone = {place: _tone(before[place], after[place]) for place in before}
        self._first = {place: _KEPT if has else _REST for place, has in before.items()}
        order = sorted(place for place in before if before[place] != after[place])
        self._turn = {place: i for i, place in enumerate(order)}

    def _states(self, name: str) -> dict[Place, bool]:
        """Whether each place has it: a share of a half or more."""
        rows = self.stage.points(name).points
        if any(len(row.keys) != 2 for row in rows):
            raise StoryError(
                "places need two keys: longitude and latitude", where=self.scene.where,
                expected="by: [longitude, latitude]", got=name,
                remedy="write by: [longitude, latitude]",
            )  # fmt: skip
        return {(float(r.keys[0]), float(r.keys[1])): r.value >= 0.5 for r in rows}

    def still(self, ink: Ink) -> None:
        """Titles, and room for the marks and the counts."""
        box, u = self.frame(ink), ink.u
        if ink.size.is_upright:
            self._side, field = Box(box.x, box.y, box.width, 420 * u), box.below(450 * u)
        else:
            side = 520 * u
            self._side = Box(box.right - side, box.y, side, box.height)
            field = box.without(right=side + 40 * u)
        many = max(len(self._tone), 1)
        self._size = min(math.sqrt(field.width * field.height / many) * 0.55, 44 * u)
        inner = Box(field.x + self._size, field.y + self._size, field.width - 2 * self._size,
                    field.height - 2 * self._size)  # fmt: skip
        view = View.fitting(list(self._tone), inner)
        self._at = {place: view(*place) for place in self._tone}

    def moving(self, ink: Ink, p: float) -> None:
        """Marks that have changed so far, and how many there are of each kind."""
        turned = round(p * len(self._turn))
        tones = {place: self._tone[place] if self._turn.get(place, 0) < turned
                 else self._first[place] for place in self._tone}  # fmt: skip
        marks = [MarkAt(*self._at[place], tone) for place, tone in tones.items()]
        draw_marks(ink, "dot", marks, self._size)
        self._counts(ink, list(tones.values()))

    def _counts(self, ink: Ink, tones: Sequence[str]) -> None:
        """How many villages of each kind, in the colour of their marks."""
        u, form, y = ink.u, Format("number", 0), self._side.y
        wide = self._side.width - 190 * u
        for tone, words in self._rows():
            number = form.write(tones.count(tone), ink.language)
            colour = theme.LETTERS[tone] if tone else theme.MUTED
            ink.text(
                number, self._side.x + 160 * u, y, replace(_COUNT, colour=colour), align="right"
            )
            drawn = ink.text(self.say(words), self._side.x + 190 * u, y + 22 * u, SMALL, width=wide)
            y += max(100 * u, drawn.height + 44 * u)

    def _rows(self) -> list[tuple[str, StoryText]]:
        scene = self.scene
        return [(_KEPT, scene.legend), (_GAINED, scene.gained), (_LOST, scene.lost),
                (_REST, scene.rest)]  # fmt: skip

    def content(self) -> list[str]:
        """How many villages of each kind after the works."""
        tones, form = list(self._tone.values()), Format("number", 0)
        return [f"{self.say(words)}: {form.write(tones.count(tone), self.stage.language)}"
                for tone, words in self._rows()]  # fmt: skip


def _tone(before: bool, after: bool) -> str:
    """What became of a village."""
    if before:
        return _KEPT if after else _LOST
    return _GAINED if after else _REST
