"""Places over time, without a map: dots in rows, and tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exitline.publish.film import theme
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import TilesScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.paint.base import SMALL, Painter, PaintStage
from exitline.publish.film.parts import TilePlace

_YEAR = Style(150, bold=True, leading=1.05)
_COUNT = Style(72, bold=True, colour=theme.LETTERS["accent"], leading=1.1)
_REST = Style(72, bold=True, colour=theme.MUTED, leading=1.1)
_NAME = Style(40, leading=1.1)


@dataclass(frozen=True)
class _TilesMoment:
    """A time between two steps: how many of each place have changed, and the year shown."""

    done: dict[str, float]
    year: float


class TilesPainter(Painter[TilesScene]):
    """Each place as a row of dots or as a tile that fills; a counter beside."""

    def __init__(self, scene: TilesScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        rows = stage.points(scene.points).points
        self._steps = sorted({float(p.keys[1]) for p in rows if len(p.keys) == 2})
        known = {place.key for place in scene.places}
        unplaced = sorted({str(p.key) for p in rows} - known)
        if unplaced or not self._steps:
            raise StoryError(
                "a place has no tile" if unplaced else "tiles need two keys: place and time",
                where=scene.where,
                expected=", ".join(sorted(known)[:8]),
                got=", ".join(unplaced[:8]) or "one key",
                remedy="add it under 'places'" if unplaced else "write by: [place, year]",
            )
        self._counts = {(str(p.key), float(p.keys[1])): p.value for p in rows}
        self._totals = {
            place.key: self._until(place.key, len(self._steps)) for place in scene.places
        }

    def still(self, ink: Ink) -> None:
        """Titles, names, and everything as it was before the first step."""
        box, u = self.frame(ink), ink.u
        if ink.size.is_upright:
            self._side, self._field = Box(box.x, box.y, box.width, 220 * u), box.below(250 * u)
        else:
            side = 440 * u
            self._side = Box(box.right - side, box.y, side, box.height)
            self._field = box.without(right=side + 40 * u)
        self._cells = self._lay(ink)
        for place in self.scene.places:
            self._ground(ink, place)

    def moving(self, ink: Ink, p: float) -> None:
        """What has changed so far, and the counter."""
        moment = self._moment(p)
        for place in self.scene.places:
            self._fill(ink, place, moment.done[place.key])
        self._counter(ink, moment)

    def _lay(self, ink: Ink) -> dict[str, Box]:
        """The box of each place."""
        if self.scene.marks == "dots":
            return self._lay_rows(ink)
        return self._lay_grid(ink)

    def _lay_rows(self, ink: Ink) -> dict[str, Box]:
        """Rows in one or two columns, the largest first."""
        order = sorted(self.scene.places, key=lambda p: -self._totals[p.key])
        columns = 1 if ink.size.is_upright else 2
        per = math.ceil(len(order) / columns)
        high = self._field.height / per
        wide = self._field.width / columns
        boxes = {
            place.key: Box(
                self._field.x + i // per * wide, self._field.y + i % per * high,
                wide - 24 * ink.u, high,
            )
            for i, place in enumerate(order)
        }  # fmt: skip
        self._names = max(ink.width(self.say(p.label), _NAME) for p in order) + 20 * ink.u
        self._names = min(self._names, wide * 0.55)
        room = wide - 24 * ink.u - self._names
        most = max(self._totals.values())
        self._lines, self._pitch = max(
            ((k, min(high * 0.82 / k, room / math.ceil(most / k))) for k in range(1, 7)),
            key=lambda option: option[1],
        )
        return boxes

    def _lay_grid(self, ink: Ink) -> dict[str, Box]:
        """Tiles by column and row."""
        columns = max(place.column for place in self.scene.places) + 1
        rows = max(place.row for place in self.scene.places) + 1
        high = self._field.height / rows
        wide = min(self._field.width / columns, high * 1.9)
        high = min(high, wide)
        gap = 7 * ink.u
        left, top = self._field.x, self._field.y + (self._field.height - high * rows) * 0.3
        return {
            place.key: Box(
                left + place.column * wide, top + place.row * high, wide - gap, high - gap
            )
            for place in self.scene.places
        }

    def _ground(self, ink: Ink, place: TilePlace) -> None:
        """A place before anything has changed: hollow marks."""
        box, u = self._cells[place.key], ink.u
        label = self.say(place.label)
        if self.scene.marks == "dots":
            text = ink.shortened(label, _NAME, self._names - 16 * u)
            ink.text(text, box.x, box.y + (box.height - 44 * u) / 2, _NAME)
            for x, y in self._dots(place):
                ink.ring(x, y, self._pitch * 0.33, theme.HOLLOW, max(self._pitch * 0.1, 1))
        else:
            ink.rectangle(box, "#ECE9E2", radius=6 * u)

    def _fill(self, ink: Ink, place: TilePlace, done: float) -> None:
        """What has changed in a place."""
        box = self._cells[place.key]
        if self.scene.marks == "dots":
            dots = self._dots(place)[: math.floor(done + 1e-9)]
            ink.discs(dots, self._pitch * 0.4, theme.MARKS["accent"])
            return
        share = done / self._totals[place.key] if self._totals[place.key] else 0.0
        height = box.height * share
        level = Box(box.x, box.bottom - height, box.width, height)
        ink.rectangle(level, "#8CC0E0", radius=6 * ink.u)
        label = self.say(place.label)
        style = Style(max(min(box.height / ink.u * 0.5, 64), 40), bold=True, leading=1.1)
        text_height = ink.height(label, style, 10_000)
        x, y = box.x + box.width / 2, box.y + (box.height - text_height) / 2
        ink.text(label, x, y, style, align="centre", on="#8CC0E0" if share > 0.5 else "#ECE9E2")

    def _dots(self, place: TilePlace) -> list[tuple[float, float]]:
        """Middles of a place's dots: a few lines, filled column by column."""
        box, pitch, lines = self._cells[place.key], self._pitch, self._lines
        top = box.y + (box.height - (lines - 1) * pitch) / 2
        start = box.x + self._names + pitch / 2
        count = round(self._totals[place.key])
        return [(start + i // lines * pitch, top + i % lines * pitch) for i in range(count)]

    def _until(self, key: str, steps: int) -> float:
        """How many of a place have changed by the end of some steps."""
        return sum(self._counts.get((key, step), 0.0) for step in self._steps[:steps])

    def _moment(self, p: float) -> _TilesMoment:
        """How far each place is."""
        passed = p * len(self._steps)
        whole = min(int(passed), len(self._steps) - 1)
        part = theme.ease(min((passed - whole) / 0.75, 1.0))
        year = self._steps[whole]
        done = {
            place.key: self._until(place.key, whole)
            + part * self._counts.get((place.key, year), 0.0)
            for place in self.scene.places
        }
        return _TilesMoment(done, year)

    def _counter(self, ink: Ink, moment: _TilesMoment) -> None:
        """The year, how many have changed, and how many have not."""
        u, box = ink.u, self._side
        total = round(sum(self._totals.values()))
        done = round(sum(moment.done.values()))
        form = Format("number", 0)
        year = Format("year", 0).write(moment.year, ink.language)
        ink.text(year, box.x, box.y - 10 * u, _YEAR)
        x, y = (box.x + 440 * u, box.y) if ink.size.is_upright else (box.x, box.y + 180 * u)
        wide = box.right - x
        rows = ((done, _COUNT, self.scene.legend), (total - done, _REST, self.scene.rest))
        for count, style, words in rows:
            number = form.write(count, ink.language)
            text = self.say(words)
            if ink.size.is_upright:
                ink.text(number, x + 150 * u, y, style, align="right")
                ink.text(text, x + 170 * u, y + 22 * u, SMALL, width=wide - 170 * u)
                y += 100 * u
            else:
                ink.text(number, x, y, style)
                drawn = ink.text(text, x, y + 82 * u, SMALL, width=wide)
                y += 82 * u + drawn.height + 36 * u

    def content(self) -> list[str]:
        """How many changed at each step, and the largest places."""
        form = Format("number", 0)
        steps = [
            f"{step:.0f}: "
            + form.write(sum(v for (_, s), v in self._counts.items() if s == step), "en")
            for step in self._steps
        ]
        places = sorted(self.scene.places, key=lambda p: -self._totals[p.key])
        counts = [f"{self.say(p.label)} {form.write(self._totals[p.key], 'en')}" for p in places]
        return [f"{self.say(self.scene.legend)} — " + ", ".join(steps), ", ".join(counts)]
