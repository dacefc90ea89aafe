"""One panel of a map: shapes laid out, coloured, hatched and named.

Names on a map: in the middle of each shape, none over another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from exitline.foreign import visible
from exitline.publish.maps.classes import MapClasses
from exitline.publish.maps.legend import MARGIN, WIDE, class_colour, legend
from exitline.publish.maps.model import MapFigure, MapText
from exitline.publish.maps.projection import projected, simplified
from exitline.words.numbers import SUPPRESSED, Written, write

TALLEST = 560.0


@dataclass(frozen=True)
class MapPanel:
    """Shapes laid out in a picture."""

    paths: tuple[str, ...]
    labels: tuple[tuple[float, float] | None, ...]
    height: float


def laid_out(shapes: list[Any], names: list[str]) -> MapPanel:
    """Paths in pixels: projected, simplified, in the middle of the panel.

    Parameters
    ----------
    shapes : list of shapely geometry
    names : list of str
        "" where nothing is written.
    """
    import shapely

    plane = projected(shapes)
    bounds = np.array([shapely.bounds(shape) for shape in plane])
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    across, up = max(east - west, 1e-9), max(north - south, 1e-9)
    scale = min((WIDE - 2 * MARGIN) / across, TALLEST / up)
    plane = simplified(plane, 1.0 / scale)
    left = (WIDE - across * scale) / 2

    def at(points: Any) -> Any:
        return np.column_stack(
            [left + (points[:, 0] - west) * scale, MARGIN + (north - points[:, 1]) * scale]
        )

    spots = places(plane, names, scale)
    labels = tuple(None if one is None else tuple(at(np.array([one]))[0]) for one in spots)
    return MapPanel(tuple(_path(shape, at) for shape in plane), labels, up * scale + 2 * MARGIN)


def _path(shape: Any, at: Any) -> str:
    """The rings of a shape as an SVG path."""
    found = []
    for part in getattr(shape, "geoms", [shape]):
        for ring in (part.exterior, *part.interiors):
            points = at(np.asarray(ring.coords)[:, :2])
            found.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points[:-1]) + "Z")
    return "".join(found)


def estimates_panel(
    shown: Sequence[MapFigure | None],
    panel: MapPanel,
    cut: MapClasses,
    unit: str,
    text: MapText,
    pivot: float | None,
) -> str:
    """The panel of figures.

    Parameters
    ----------
    shown : sequence of MapFigure or None
        Of each shape.
    panel : MapPanel
    cut : MapClasses
    unit : str
    text : MapText
    pivot : float or None
    """
    drawn = []
    for one, path in zip(shown, panel.paths, strict=True):
        if one is None or math.isnan(one.value):
            drawn.append(_area(path, "", _said(one, unit), "e"))
        else:
            drawn.append(_area(path, class_colour(cut.of(one.value), cut), _said(one, unit)))
        if one is not None and one.undecided:
            drawn.append(f'<path class="h" fill="url(#hatch)" d="{path}"/>')
    names = ["" if one is None else one.name for one in shown]
    below = [text.pivot] if pivot is not None and text.pivot else []
    if any(one is not None and one.undecided for one in shown):
        below.append(text.undecided)
    return legend(cut, unit, "; ".join(below), text.subtitle) + _moved(drawn, names, panel)


def widths_panel(
    shown: Sequence[MapFigure | None], panel: MapPanel, cut: MapClasses, unit: str, text: MapText
) -> str:
    """The panel of how wide the intervals are.

    Parameters
    ----------
    shown, panel, cut, unit, text
        As in `estimates_panel`.
    """
    drawn = []
    for one, path in zip(shown, panel.paths, strict=True):
        sure = one is not None and one.high > one.low
        colour = class_colour(cut.of(one.high - one.low), cut) if sure and one is not None else ""
        drawn.append(_area(path, colour, _said(one, unit), "a" if sure else "e"))
        if one is not None and one.undecided and math.isnan(one.se):
            drawn.append(f'<path class="h" fill="url(#hatch)" d="{path}"/>')
    return legend(cut, unit, "", text.width) + _moved(drawn, [], panel)


def _said(one: MapFigure | None, unit: str) -> str:
    """The name of an area and its figure, for who points at it or listens."""
    if one is None:
        return ""
    figure: Written = write(one.value, one.low, one.high, one.se, unit, one.reason)
    return visible(f"{one.name}: {SUPPRESSED if figure.text == SUPPRESSED else figure}")


def _area(path: str, colour: str, said: str, kind: str = "a") -> str:
    fill = f' fill="{colour}"' if colour else ""
    title = f"<title>{escape(said)}</title>" if said else ""
    return f'<path class="{kind}"{fill} d="{path}">{title}</path>'


def _moved(drawn: list[str], names: Sequence[str], panel: MapPanel) -> str:
    """The shapes below the legend, with the names that fit."""
    labels = [
        _label(name, at)
        for name, at in zip(names, panel.labels, strict=False)
        if at is not None and name
    ]
    return f'<g transform="translate(0,64)">{"".join(drawn)}{"".join(labels)}</g>'


def _label(name: str, at: tuple[float, float]) -> str:
    """The name of an area, in its middle."""
    place = f'x="{at[0]:.1f}" y="{at[1] + 4:.1f}"'
    return f'<text class="l" {place} text-anchor="middle">{escape(visible(name))}</text>'


LETTER_WIDE, LETTER_TALL = 6.4, 13.0
"""Size of a letter of 11 px; East Asian ones are twice as wide."""


def places(
    shapes: Sequence[Any], names: Sequence[str], scale: float
) -> list[tuple[float, float] | None]:
    """Where each name stands, on the plane; None where it would cover another or not fit.

    Parameters
    ----------
    shapes : sequence of shapely geometry
    names : sequence of str
    scale : float
        Pixels for one unit of the plane.

    Returns
    -------
    list of (float, float) or None
        The larger shapes first.
    """
    import shapely

    order = sorted(range(len(shapes)), key=lambda i: -shapes[i].area)
    found: list[tuple[float, float] | None] = [None] * len(shapes)
    taken: list[tuple[float, float, float, float]] = []
    for i in order:
        largest = max(getattr(shapes[i], "geoms", [shapes[i]]), key=lambda g: g.area)
        line = shapely.maximum_inscribed_circle(largest, tolerance=max(largest.length / 200, 1e-9))
        x, y = line.coords[0]
        half = width(names[i]) / scale / 2
        box = (x - half, y - LETTER_TALL / scale / 2, x + half, y + LETTER_TALL / scale / 2)
        free = all(box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in taken)
        room = line.length * 2 * scale >= min(LETTER_TALL, width(names[i]) / 2)
        if free and room:
            found[i] = (x, y)
            taken.append(box)
    return found


def width(name: str) -> float:
    """How many pixels a name takes.

    Examples
    --------
    >>> width("Tirana") < width("地拉那地拉那")
    True
    """
    return sum(2 * LETTER_WIDE if ord(c) > 0x2E80 else LETTER_WIDE for c in name)
