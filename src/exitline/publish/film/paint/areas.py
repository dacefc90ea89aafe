"""Areas in boundaries of the user's own: by class, hatched where one cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exitline.publish.film import theme
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import ChoroplethScene
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.model import StoryText
from exitline.publish.film.paint.base import Painter, PaintStage
from exitline.publish.film.paint.ground import GroundLayers, View
from exitline.publish.film.paint.maps import map_foot
from exitline.publish.maps.boundaries import boundaries_of
from exitline.publish.maps.classes import classes
from exitline.publish.maps.errors import MapError
from exitline.publish.maps.joined import joined
from exitline.publish.maps.legend import class_colour

_NAME = Style(40, bold=True, leading=1.1)
_CLASS = Style(40, leading=1.15)
NEAR = 0.2
"""By when, as a share of the movement, the place is near."""
_MOST = 4
"""Classes at the most: a film leaves little time to look at a legend."""

Rings = list[list[tuple[float, float]]]


@dataclass(frozen=True)
class _ClassedArea:
    """An area with its figure.

    Attributes
    ----------
    name : str
        As it is shown.
    shape : shapely geometry
    value : float
    cls : int
        Its class.
    undecided : bool
        Whether its interval holds the pivot.
    """

    name: str
    shape: Any
    value: float
    cls: int
    undecided: bool


class ChoroplethPainter(Painter[ChoroplethScene]):
    """From afar to near; then areas come, the highest first, each in the colour of its class."""

    def __init__(self, scene: ChoroplethScene, stage: PaintStage) -> None:
        super().__init__(scene, stage)
        self._points = stage.points(scene.points)
        self._pivot = None if scene.pivot is None else stage.figure(scene.pivot.value).value
        self._cut = classes([p.value for p in self._points.points], self._pivot, _MOST)
        self._ground = GroundLayers(scene.ground)
        self._areas = sorted(self._read(), key=lambda one: -one.value)

    def _read(self) -> list[_ClassedArea]:
        """Each area with its shape."""
        names = {place.key: self.say(place.label) for place in self.scene.places}
        keys = [str(p.key) for p in self._points.points]
        try:
            if self.scene.ground.shapes is None:
                raise MapError(
                    "these areas have no shapes", expected="'shapes' below ground: their polygons",
                    got="none", remedy="name the file of boundaries",
                )  # fmt: skip
            shapes = boundaries_of(self.scene.ground.shapes, self.scene.key).shapes
            match = joined(keys, shapes, where=self.scene.ground.shapes)
            if match.areas:
                raise MapError(
                    "an area has no shape", expected="a shape of the same name for each area",
                    got="; ".join(match.notes[:3]), remedy="name another property as 'key'",
                )  # fmt: skip
        except MapError as reason:
            raise StoryError(
                reason.what, where=self.scene.where, expected=reason.expected, got=reason.got,
                remedy=reason.remedy,
            ) from reason  # fmt: skip
        return [
            _ClassedArea(
                names.get(key, key), shapes[match.shape[key]], p.value, self._cut.of(p.value),
                self._undecided(p.low, p.high),
            )
            for key, p in zip(keys, self._points.points, strict=True)
        ]  # fmt: skip

    def _undecided(self, low: float | None, high: float | None) -> bool:
        """Whether an interval holds the pivot."""
        if self._pivot is None or low is None or high is None:
            return False
        return low <= self._pivot <= high

    def still(self, ink: Ink) -> None:
        """Titles, the legend, and the two views between which the picture moves."""
        box, u = self.frame(ink), ink.u
        rows = self._legend_rows()
        if ink.size.is_upright:
            high = 66 * u * len(rows)
            self._box = box.without(bottom=high + 24 * u)
            side = Box(box.x, box.bottom - high, box.width, high)
        else:
            wide = 60 * u + max(ink.width(text, _CLASS) for _, text, _ in rows) + 50 * u
            wide = min(wide, box.width * 0.42)
            self._box = box.without(right=wide + 30 * u)
            side = Box(box.right - wide, box.y, wide, box.height)
        self._legend(ink, side, rows)
        inner = self._box.without(left=30 * u, right=30 * u, top=30 * u, bottom=30 * u)
        self._near = View.fitting(self._ground.shapes, inner)
        self._far = View.covering(self._ground.corners, self._box, self._near)
        self._drawn = [self._rings(one.shape) for one in self._areas]
        self._names = self._placed(ink)

    def _legend_rows(self) -> list[tuple[str, str, bool]]:
        """Colour, words and whether hatched: the highest class first, the pivot between."""
        write, cut = self._points.format.write, self._cut
        rows = []
        for at in reversed(range(cut.count)):
            low, high = (write(edge, self.stage.language) for edge in cut.edges[at : at + 2])
            rows.append((class_colour(at, cut), f"{low}–{high}", False))
            if self.scene.pivot is not None and cut.edges[at] == cut.pivot:
                rows.append(("", self.say(self.scene.pivot.label), False))
        if self.scene.undecided is not None and any(one.undecided for one in self._areas):
            rows.append(("#DAD7CF", self.say(self.scene.undecided), True))
        return rows

    def _legend(self, ink: Ink, box: Box, rows: Sequence[tuple[str, str, bool]]) -> None:
        """A swatch and its words in each row; a line at the pivot."""
        u, y = ink.u, box.y
        for colour, text, hatched in rows:
            if colour:
                swatch = [(box.x, y), (box.x + 46 * u, y), (box.x + 46 * u, y + 46 * u),
                          (box.x, y + 46 * u)]  # fmt: skip
                ink.shape([swatch], colour, hatch=theme.INK if hatched else "")
            else:
                ink.line(
                    [(box.x - 8 * u, y + 24 * u), (box.x + 54 * u, y + 24 * u)], theme.INK, 6 * u
                )
            style = _CLASS if colour else _NAME
            drawn = ink.text(text, box.x + 68 * u, y, style, width=box.right - box.x - 68 * u)
            y += max(66 * u, drawn.height + 18 * u)

    def _rings(self, shape: Any) -> Rings:
        """A shape's rings in the near view, without corners that no pixel shows."""
        rough = shape.simplify(0.4 / self._near.scale)
        parts = [part for part in getattr(rough, "geoms", [rough]) if not part.is_empty]
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        return [[self._near(lon, lat) for lon, lat, *_ in ring.coords] for ring in rings]

    def _placed(self, ink: Ink) -> list[Box | None]:
        """Where the names of areas that can be told stand; none over another."""
        taken: list[Box] = []
        found: list[Box | None] = []
        for one in self._areas:
            spot = one.shape.representative_point()
            x, y = self._near(spot.x, spot.y)
            wide, high = ink.width(one.name, _NAME), 46 * ink.u
            box = Box(x - wide / 2, y - high / 2, wide, high)
            free = not one.undecided and not any(box.meets(other) for other in taken)
            found.append(box if free and self._box.holds(box) else None)
            taken += [box] if found[-1] is not None else []
        return found

    def moving(self, ink: Ink, p: float) -> None:
        """The ground on its way, then area by area."""
        near = theme.stage(p, 0.0, NEAR)
        view = self._far.towards(self._near, near)
        self._ground.draw(ink, self._box, view)
        if near < 1:
            return
        after, count = (p - NEAR) / (1 - NEAR), len(self._areas)
        for i, (one, rings) in enumerate(zip(self._areas, self._drawn, strict=True)):
            part = theme.stage(after, i / count, (i + 0.9) / count)
            if part <= 0:
                break
            colour = class_colour(one.cls, self._cut)
            ink.shape(rings, colour, part, hatch="#4A4A4A" if one.undecided else "")
            for ring in rings:
                ink.line([*ring, ring[0]], theme.PAPER, 3 * ink.u)
        self._write(ink, after)

    def _write(self, ink: Ink, after: float) -> None:
        """Names over the areas that have come."""
        count = len(self._areas)
        for i, (one, box) in enumerate(zip(self._areas, self._names, strict=True)):
            part = theme.stage(after, (i + 0.3) / count, (i + 1) / count)
            if box is None or part <= 0:
                continue
            paper = class_colour(one.cls, self._cut)
            ink.text(one.name, box.x, box.y, _on(paper), alpha=part, on=paper)

    def foot(self) -> str:
        """Note, sources, and whose map it is."""
        return map_foot(self, super().foot(), self.scene.ground)

    def content(self) -> list[str]:
        """Every area with its figure, and which of them cannot be told."""
        write, language = self._points.format.write, self.stage.language
        told = [f"{one.name} {write(one.value, language)}" for one in self._areas]
        open_ones = [one.name for one in self._areas if one.undecided]
        words: StoryText | None = self.scene.undecided
        listed = f"{self.say(words)}: {', '.join(open_ones)}" if words and open_ones else ""
        return [", ".join(told), listed]


def _on(paper: str) -> Style:
    """Letters that can be read on a colour."""
    best = max((theme.INK, "#FFFFFF"), key=lambda ink: theme.contrast(ink, paper))
    return Style(_NAME.size, bold=True, leading=_NAME.leading, colour=best)
