"""A map of points: where people are served, where not, what works, what is chosen."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.foreign import visible
from exitline.publish.maps.draw import MapDrawing
from exitline.publish.maps.errors import MapError
from exitline.publish.maps.projection import equal_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.publish.maps.boundaries import Boundaries

    Floats = NDArray[np.float64]

WIDE, TALLEST, MARGIN = 520.0, 560.0, 12.0
"""So wide that letters can be read where the picture is as wide as a phone."""
LETTERS = ('class="{name}" font-family="system-ui, Noto Sans, Noto Sans CJK SC, sans-serif" '
           'font-size="{size}" fill="{colour}"')  # fmt: skip
"""As attributes: a page may refuse styles that stand inside of a picture. The class is for the
style of the page, which beats attributes (`report/templates/found.css`)."""
TITLE = LETTERS.format(name="p-title", size=17, colour="#1a1f24") + ' font-weight="bold"'
NAMES, UNDER = (LETTERS.format(name=name, size=size, colour=colour) for name, size, colour in
                (("p-name", 15, "#1a1f24"), ("p-under", 13, "#56616b")))  # fmt: skip
LINE, LONG = 27.0, 52
"""Height of a line under the map, and its letters: so large that a phone can show them."""
EDGE = 'fill="#f7f8f9" stroke="#aab3ba" stroke-width="0.8"'
DOTS = 'fill="none" stroke-linecap="round"'


@dataclass(frozen=True)
class PointLayer:
    """Points of one kind.

    Attributes
    ----------
    label : str
        As the legend has it.
    at : float array, shape (points, 2)
        Latitude and longitude; rows without are left out.
    colour : str
    size : float
        In pixels.
    """

    label: str
    at: Floats
    colour: str
    size: float

    @property
    def known(self) -> Floats:
        """Those with coordinates, as longitude and latitude."""
        at = np.asarray(self.at, dtype=np.float64).reshape(-1, 2)
        return at[~np.isnan(at).any(axis=1)][:, ::-1]


def point_map(
    layers: Sequence[PointLayer], title: str, boundaries: Boundaries | None = None,
    source: str = "",
) -> MapDrawing:  # fmt: skip
    """Points of several kinds on one's own boundaries, or on nothing.

    Parameters
    ----------
    layers : sequence of PointLayer
        The later ones lie above.
    title : str
    boundaries : Boundaries, optional
    source : str
        Under the map.

    Returns
    -------
    MapDrawing

    Raises
    ------
    MapError
        Where no point has coordinates.
    """
    points = [layer.known for layer in layers]
    every = np.concatenate([np.empty((0, 2)), *points])
    if not len(every):
        raise MapError(
            "there is no point to draw", expected="places with latitude and longitude",
            got="none", remedy="add coordinates",
        )  # fmt: skip
    centre = tuple((every.min(axis=0) + every.max(axis=0)) / 2)
    plane = [equal_area(one, centre) for one in points]
    around = np.concatenate(plane)
    rings = [] if boundaries is None else _rings(boundaries, centre, around)
    low, high = around.min(axis=0), around.max(axis=0)
    across, up = np.maximum(high - low, 1e-6)
    scale = min((WIDE - 2 * MARGIN) / across, TALLEST / up)
    left = (WIDE - across * scale) / 2
    top = 34.0

    def at(one: Floats) -> Floats:
        return np.column_stack([left + (one[:, 0] - low[0]) * scale,
                                top + MARGIN + (high[1] - one[:, 1]) * scale])  # fmt: skip

    drawn = [_ring(at(ring)) for ring in rings]
    drawn += [_dots(at(one), layer) for one, layer in zip(plane, layers, strict=True)]
    height = top + up * scale + 2 * MARGIN
    legend, tall = _legend(layers, height)
    lines = textwrap.wrap(visible(source), LONG)
    under = "".join(f'<text {UNDER} x="{MARGIN}" y="{tall + 4 + i * LINE * 0.7:.0f}">'
                    f"{escape(line)}</text>" for i, line in enumerate(lines))  # fmt: skip
    tall += max(len(lines) - 1, 0) * LINE * 0.7
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:.0f} {tall + 14:.0f}" '
        f'role="img" aria-label="{escape(visible(title))}">'
        f'<rect width="100%" height="100%" fill="#fff"/><clipPath id="in"><rect x="0" y="{top}" '
        f'width="{WIDE:.0f}" height="{height - top:.0f}"/></clipPath>'
        f'<text {TITLE} x="{MARGIN}" y="20">{escape(visible(title))}</text>'
        f'<g clip-path="url(#in)">{"".join(drawn)}</g>{legend}{under}</svg>'
    )
    return MapDrawing(svg)


def _rings(boundaries: Boundaries, centre: Any, around: Floats) -> list[Floats]:
    """The rings of shapes that lie near the points, on the plane."""
    import shapely

    low, high = around.min(axis=0), around.max(axis=0)
    margin = 0.1 * (high - low) + 1.0
    found = []
    for shape in boundaries.shapes.values():
        for part in shapely.get_parts(shape):
            for ring in (part.exterior, *part.interiors):
                flat = equal_area(np.asarray(ring.coords)[:, :2], centre)
                inside = (flat.max(axis=0) > low - margin) & (flat.min(axis=0) < high + margin)
                if inside.all():
                    found.append(flat)
    return found


def _ring(points: Floats) -> str:
    """A ring as an SVG path, points closer than half a pixel left out."""
    step = np.abs(np.diff(points, axis=0)).sum(axis=1)
    kept = points[np.concatenate([[True], step > 0.5])]
    text = "L".join(f"{x:.1f},{y:.1f}" for x, y in kept)
    return f'<path {EDGE} d="M{text}Z"/>'


def _dots(points: Floats, layer: PointLayer) -> str:
    """Points as one path of dots; those that fall on one pixel drawn once."""
    spots = np.unique(points.round(1), axis=0)
    text = "".join(f"M{x:g},{y:g}h0" for x, y in spots)
    return (f'<path {DOTS} stroke="{layer.colour}" stroke-width="{layer.size:g}" '
            f'd="{text}"/>')  # fmt: skip


def _legend(layers: Sequence[PointLayer], height: float) -> tuple[str, float]:
    """A line for each kind, with how many there are."""
    parts, y = [], height + 16
    for layer in layers:
        label = f"{layer.label} ({len(layer.known):,})"
        parts.append(
            f'<circle cx="{MARGIN + 5}" cy="{y - 5:.0f}" r="{min(layer.size + 1, 5):g}" '
            f'fill="{layer.colour}"/><text {NAMES} x="{MARGIN + 16}" y="{y:.0f}">'
            f"{escape(visible(label))}</text>"
        )
        y += LINE
    return "".join(parts), y
