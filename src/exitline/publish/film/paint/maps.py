"""Maps: a place in its surroundings, and places in turn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from exitline.publish.film import theme
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import JourneyScene, MapScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.paint.base import SMALL, Painter, PaintStage
from exitline.publish.film.paint.ground import LAND, GroundLayers, View
from exitline.publish.film.parts import MapGround
from exitline.publish.film.theme import PAPER

_STOP = Style(44, bold=True, leading=1.15)
_YEAR = Style(130, bold=True, leading=1.05)
_COUNT = Style(84, bold=True, colour=theme.LETTERS["accent"], leading=1.1)
_REST = Style(84, bold=True, colour=theme.MUTED, leading=1.1)
NEAR = 0.3
"""By when, as a share of the movement, the place is near."""
ONLY = 0.8
"""The same, where nothing else is shown."""
_SPAN = 10
"""Degrees shown around a single spot, to each side, unless told otherwise."""


def map_foot(painter: Painter[Any], foot: str, ground: MapGround | None) -> str:
    """What stands beneath a map: note, sources, and whose map it is."""
    if ground is None:
        return foot
    return painter.t.joined((foot, painter.t("Map: {what}", what=painter.say(ground.credit))), ". ")


@dataclass(frozen=True)
class _MapDot:
    """A place on a map, and when it changes."""

    longitude: float
    latitude: float
    time: float


class MapPainter(Painter[MapScene]):
    """From afar to near; then dots come, or change year by year beside a counter."""

    def __init__(self, scene: MapScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self._ground = GroundLayers(scene.ground)
        rows = stage.points(scene.points).points if scene.points else ()
        if any(not 2 <= len(p.keys) <= 3 or isinstance(p.keys[0], str) for p in rows):
            raise StoryError(
                "a map needs longitude and latitude", where=scene.where,
                expected="by: [longitude, latitude], and a third key for the time",
                got=f"{len(rows[0].keys)} keys", remedy="correct 'by'",
            )  # fmt: skip
        self._dots = sorted(
            (_MapDot(float(p.keys[0]), float(p.keys[1]), float(p.keys[2]) if p.keys[2:] else 0.0)
             for p in rows),
            key=lambda dot: (dot.time, dot.longitude),
        )  # fmt: skip
        counted = stage.points(scene.counter).points if scene.counter else ()
        self._counts = [(float(p.key), p.value) for p in counted]
        self._times = sorted({time for time, _ in self._counts} or {d.time for d in self._dots})

    def still(self, ink: Ink) -> None:
        """Titles; the two views between which the picture moves."""
        box, u = self.frame(ink), ink.u
        self._beside = None
        if self._counts:
            if ink.size.is_upright:
                self._beside = Box(box.x, box.y, box.width, 250 * u)
                box = box.below(270 * u)
            else:
                self._beside = Box(box.right - 430 * u, box.y, 430 * u, box.height)
                box = box.without(right=470 * u)
        self._box = box
        self._spots = [
            (self.stage.figure(s.longitude).value, self.stage.figure(s.latitude).value)
            for s in self.scene.spots
        ]
        places = [(d.longitude, d.latitude) for d in self._dots] + self._spots
        places = self._ground.shapes or places
        if len(places) == 1:
            ((lon, lat),) = places
            span = self.scene.around or _SPAN
            places = [(lon - span, lat - span), (lon + span, lat + span)]
        inner = box.without(left=50 * u, right=50 * u, top=50 * u, bottom=50 * u)
        self._near = View.fitting(places, inner)
        self._far = View.covering(self._ground.corners, box, self._near)

    def moving(self, ink: Ink, p: float) -> None:
        """The ground on its way, then what is on it."""
        until = NEAR if self._dots else ONLY
        near = theme.stage(p, 0.0, until)
        view = self._far.towards(self._near, near)
        self._ground.draw(ink, self._box, view)
        after = max((p - until) / (1 - until), 0.0)
        if self._counts:
            self._changing(ink, view, after)
        else:
            self._coming(ink, view, after)
        for spot, place in zip(self.scene.spots, self._spots, strict=True):
            self._spot(ink, view(*place), self.say(spot.label), theme.stage(p, until * 0.5, until))

    def _coming(self, ink: Ink, view: View, after: float) -> None:
        """Dots that come, from west to east."""
        shown = self._dots[: math.floor(theme.ease(after) * len(self._dots) + 1e-9)]
        ink.discs([view(d.longitude, d.latitude) for d in shown], 7 * ink.u, theme.MARKS["accent"])

    def _changing(self, ink: Ink, view: View, after: float) -> None:
        """Dots that change, year by year, and the counter."""
        u, total = ink.u, len(self._times)
        passed = after * total
        step = min(int(passed), total - 1)
        part = theme.ease(min((passed - step) / 0.85, 1.0))
        year = self._times[step]
        waiting, gone = [], []
        for time in self._times:
            here = [view(d.longitude, d.latitude) for d in self._dots if d.time == time]
            share = 1.0 if time < year else part if time == year else 0.0
            cut = math.floor(share * len(here) + 1e-9)
            gone += here[:cut]
            waiting += here[cut:]
        ink.discs(waiting, 8 * u, theme.MARKS["other"])
        for x, y in gone:
            ink.ring(x, y, 6 * u, theme.MARKS["accent"], 3 * u)
        done = sum(n for time, n in self._counts if time < year)
        done += part * sum(n for time, n in self._counts if time == year)
        self._counter(ink, year, round(done), round(sum(n for _, n in self._counts)))

    def _counter(self, ink: Ink, year: float, done: int, total: int) -> None:
        """The year, how many have changed, and how many have not."""
        if self._beside is None:
            return
        u, box, form = ink.u, self._beside, Format("number", 0)
        ink.text(Format("year", 0).write(year, ink.language), box.x, box.y - 10 * u, _YEAR)
        upright = ink.size.is_upright
        x, y = (box.x + 420 * u, box.y) if upright else (box.x, box.y + 160 * u)
        rows = ((done, _COUNT, self.scene.legend), (total - done, _REST, self.scene.rest))
        for count, style, words in rows:
            ink.text(form.write(count, ink.language), x, y, style)
            left, top = (x + 190 * u, y + 28 * u) if upright else (x, y + 96 * u)
            width = box.right - left
            drawn = ink.text(self.say(words), left, top, SMALL, width=width)
            y += 120 * u if upright else 96 * u + drawn.height + 24 * u

    def _spot(self, ink: Ink, at: tuple[float, float], label: str, alpha: float) -> None:
        """A named place."""
        u, (x, y) = ink.u, at
        if alpha <= 0:
            return
        ink.ring(x, y, (18 + 80 * (1 - alpha)) * u, theme.MARKS["accent"], 6 * u)
        ink.disc(x, y, 9 * u, theme.MARKS["accent"])
        wide = ink.width(label, _STOP)
        left = x + 34 * u if x + 34 * u + wide < self._box.right else x - 34 * u - wide
        ink.text(label, left, y - 26 * u, _STOP, alpha=alpha, on=LAND)

    def foot(self) -> str:
        """Note, sources, and whose map it is."""
        return map_foot(self, super().foot(), self.scene.ground)

    def content(self) -> list[str]:
        """The named places, and the counter at each step."""
        form, year = Format("number", 0), Format("year", 0)
        language = self.stage.language
        steps = [f"{year.write(t, language)}: {form.write(n, language)}" for t, n in self._counts]
        names = [self.say(spot.label) for spot in self.scene.spots]
        words = self.say(self.scene.legend)
        return [*names, f"{words} — {', '.join(steps)}" if steps else ""]


class JourneyPainter(Painter[JourneyScene]):
    """Places in turn, each with its date; a line joins them only where they are one route."""

    def __init__(self, scene: JourneyScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self._ground = GroundLayers(scene.ground) if scene.ground is not None else None

    def still(self, ink: Ink) -> None:
        """Titles, what lies around, and where the stops are."""
        box, u = self.frame(ink), ink.u
        stops = [
            (self.stage.figure(s.longitude).value, self.stage.figure(s.latitude).value)
            for s in self.scene.stops
        ]
        edge = min(200 * u, box.width * 0.16)
        self._project = View.fitting(
            stops, box.without(left=edge, right=edge, top=70 * u, bottom=70 * u)
        )
        if self._ground is not None:
            self._ground.draw(ink, box, self._project)
        self._stops = [self._project(*stop) for stop in stops]
        self._labels = self._place_labels(ink, box)
        self._around(ink, box)
        for x, y in self._stops:
            ink.ring(x, y, 14 * u, theme.HOLLOW, 4 * u)

    def moving(self, ink: Ink, p: float) -> None:
        """Each place in turn: a ring that closes on it, then its dot, its name and its date."""
        u, count = ink.u, len(self._stops)
        if self.scene.route:
            self._route(ink, p)
        for i, (x, y) in enumerate(self._stops):
            part = theme.stage(p, i / count, (i + 0.8) / count)
            if part <= 0:
                continue
            if part < 1:
                ink.ring(x, y, (18 + 110 * (1 - part)) * u, theme.MARKS["accent"], 5 * u)
            ink.disc(x, y, 18 * u * part, theme.MARKS["accent"])
            text, box = self._labels[i]
            ink.text(text, box.x, box.y, _STOP, alpha=part, on=self._paper)

    def _route(self, ink: Ink, p: float) -> None:
        """The way so far."""
        passed = min(p * len(self._stops), len(self._stops) - 1)
        reached = int(passed)
        route = self._stops[: reached + 1]
        if reached < len(self._stops) - 1:
            (ax, ay), (bx, by) = self._stops[reached], self._stops[reached + 1]
            part = theme.ease(passed - reached)
            route = [*route, (ax + part * (bx - ax), ay + part * (by - ay))]
        ink.line(route, theme.MARKS["accent"], 6 * ink.u)

    @property
    def _paper(self) -> str:
        """What lies under the names."""
        return PAPER if self._ground is None else LAND

    def foot(self) -> str:
        """Note, sources, and whose map it is."""
        return map_foot(self, super().foot(), self.scene.ground)

    def _around(self, ink: Ink, box: Box) -> None:
        """Other places as light dots, where they fall into the picture."""
        if self.scene.around is None:
            return
        u, labels = ink.u, [label for _, label in self._labels]
        for point in self.stage.points(self.scene.around).points:
            x, y = self._project(float(point.keys[0]), float(point.keys[1]))
            dot = Box(x - 5 * u, y - 5 * u, 10 * u, 10 * u)
            if box.holds(dot) and not any(label.meets(dot) for label in labels):
                ink.disc(x, y, 5 * u, "#C9C4B8")

    def _place_labels(self, ink: Ink, box: Box) -> list[tuple[str, Box]]:
        """A free place for each name: beside, above or below its stop, off the route."""
        u = ink.u
        taken = [Box(x - 20 * u, y - 20 * u, 40 * u, 40 * u) for x, y in self._stops]
        if self.scene.route:
            taken += _along(self._stops, 8 * u)
        texts, options = [], []
        for stop, (x, y) in zip(self.scene.stops, self._stops, strict=True):
            text = f"{self.say(stop.label)}\n{self.stage.written(stop.date)}"
            wide = max(ink.width(line, _STOP) for line in text.split("\n")) + 4 * u
            high = 2 * _STOP.size * _STOP.leading * u
            every = [o for o in _around_stop(x, y, wide, high, u) if box.holds(o)]
            texts.append(text)
            options.append([o for o in every if not any(o.meets(t) for t in taken)] or every)
        return list(zip(texts, _apart(options, []), strict=True))

    def content(self) -> list[str]:
        """The stops with their dates."""
        stops = self.scene.stops
        return [", ".join(f"{self.say(s.label)} {self.stage.written(s.date)}" for s in stops)]


def _around_stop(x: float, y: float, wide: float, high: float, u: float) -> list[Box]:
    """Where a label may stand beside its stop, best first."""
    near, far, off = 30 * u, 16 * u, 70 * u
    return [
        Box(x + near, y - high / 2, wide, high),
        Box(x - near - wide, y - high / 2, wide, high),
        Box(x + near, y - high - far, wide, high),
        Box(x - near - wide, y - high - far, wide, high),
        Box(x + near, y + far, wide, high),
        Box(x - near - wide, y + far, wide, high),
        Box(x - wide / 2, y - near - high, wide, high),
        Box(x - wide / 2, y + near, wide, high),
        Box(x - wide * 0.2, y - near - high, wide, high),
        Box(x - wide * 0.8, y - near - high, wide, high),
        Box(x - wide * 0.2, y + near, wide, high),
        Box(x - wide * 0.8, y + near, wide, high),
        Box(x - wide / 2, y - off - high, wide, high),
        Box(x - wide / 2, y + off, wide, high),
    ]


def _apart(options: list[list[Box]], chosen: list[Box]) -> list[Box]:
    """One place for each label so that none overlaps; the best first where all do."""
    if len(chosen) == len(options):
        return chosen
    free = [o for o in options[len(chosen)] if not any(o.meets(other) for other in chosen)]
    for option in free:
        found = _apart(options, [*chosen, option])
        if found:
            return found
    return [] if chosen else [places[0] for places in options]


def _along(places: list[tuple[float, float]], half: float) -> list[Box]:
    """Small boxes along a route, so that nothing is written over it."""
    made = []
    for (ax, ay), (bx, by) in pairwise(places):
        steps = max(int(math.hypot(bx - ax, by - ay) / (2 * half)), 1)
        for i in range(steps + 1):
            x, y = ax + (bx - ax) * i / steps, ay + (by - ay) * i / steps
            made.append(Box(x - half, y - half, 2 * half, 2 * half))
    return made
