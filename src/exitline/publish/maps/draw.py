"""The picture of a map: classes, what cannot be told, how sure, names, legend, source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from exitline.files import whole_file
from exitline.foreign import visible
from exitline.publish.maps.classes import MapClasses, classes
from exitline.publish.maps.labels import places
from exitline.publish.maps.projection import projected, simplified
from exitline.words.numbers import SUPPRESSED, Written, rounded, write
from exitline.words.shown.files import known_ending, need

WIDE, MARGIN = 460.0, 12.0
TALLEST = 560.0
BELOW = ("#d3e6f3", "#9cc7e4", "#5a9fce", "#1f77b4", "#0b4f85")
ABOVE = ("#fde3cf", "#f9bd8d", "#ef8f4b", "#d55e00", "#9c4300")
SHADES = ("#deebf4", "#aecfe5", "#76aed3", "#3a86bd", "#0b5a94")
STYLE = (
    "text{font:12px system-ui,'Noto Sans','Noto Sans CJK SC',sans-serif;fill:#1a1f24}"
    ".t{font-size:16px;font-weight:bold}.s,.n{fill:#56616b}.n{font-size:11px}"
    ".b{font-weight:bold;fill:#1a1f24}"
    ".l{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}"
    ".a{stroke:#fff;stroke-width:.8}.e{fill:#f2f4f5;stroke:#c3cad0;stroke-width:.8}"
    ".h{fill:url(#hatch);stroke:none;pointer-events:none}"
)
HATCH = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="#1a1f24" '
    'stroke-width="1" stroke-opacity=".55"/></pattern>'
)


@dataclass(frozen=True)
class MapFigure:
    """One area's figure.

    Attributes
    ----------
    name : str
        As it is shown.
    shape : str or None
        Its shape among the boundaries.
    value, low, high, se : float
        NaN where unknown.
    reason : str
        Why the figure is missing.
    undecided : bool
        Whether one cannot tell on which side of the pivot it lies, or a model cannot speak for
        it: hatched.
    """

    name: str
    shape: str | None
    value: float
    low: float
    high: float
    se: float
    reason: str = ""
    undecided: bool = False


@dataclass(frozen=True)
class MapText:
    """What stands around a map.

    Attributes
    ----------
    title, subtitle, pivot, source : str
        `pivot` names the threshold: "all together", "threshold of the rule".
    width : str
        What the second panel shows.
    notes : tuple of str
    """

    title: str
    subtitle: str = ""
    pivot: str = ""
    source: str = ""
    width: str = "Width of the interval: how sure"
    undecided: str = "hatched: cannot tell on which side"
    empty: str = "no figure"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapDrawing:
    """A map.

    Attributes
    ----------
    svg : str
    notes : tuple of str
        What does not match.
    """

    svg: str
    notes: tuple[str, ...] = field(default=())

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> Path:
        """Write the map.

        Parameters
        ----------
        path : path
            Ends in ``.svg``, or in ``.png`` (extra ``plots``).

        Returns
        -------
        Path

        Raises
        ------
        ExitlineError
            For another ending.
        """
        target = known_ending(path, (".svg", ".png"), "a map")
        content = self.svg.encode()
        if target.suffix.lower() == ".png":
            need("vl_convert", "plots", "writing .png")
            import vl_convert

            content = vl_convert.svg_to_png(self.svg, scale=2)
        with whole_file(target) as partial:
            partial.write_bytes(content)
        return target


@dataclass(frozen=True)
class MapPanel:
    """Shapes laid out in a picture."""

    paths: tuple[str, ...]
    labels: tuple[tuple[float, float] | None, ...]
    height: float


def map_of(
    figures: Sequence[MapFigure],
    shapes: Sequence[tuple[str, Any]],
    unit: str,
    text: MapText,
    *,
    pivot: float | None = None,
    paired: bool = True,
) -> MapDrawing:
    """A map of figures, and beside it how sure each is.

    Parameters
    ----------
    figures : sequence of MapFigure
    shapes : sequence of (str, shapely geometry)
        All boundaries, in longitude and latitude.
    unit : {"share", "persons", "households", "money", "index"}
    text : MapText
    pivot : float, optional
        A threshold: an edge of the classes.
    paired : bool
        Whether to draw the width of the intervals, too.

    Returns
    -------
    MapDrawing
    """
    parts, height = _parts(figures, shapes, unit, text, pivot, paired=paired)
    return MapDrawing(_page(parts, height, text), text.notes)


def panels(
    figures: Sequence[MapFigure],
    shapes: Sequence[tuple[str, Any]],
    unit: str,
    text: MapText,
    *,
    pivot: float | None = None,
) -> tuple[str, ...]:
    """The figures and the width of their intervals, each as a picture for a page with styles.

    Parameters
    ----------
    figures, shapes, unit, text, pivot
        As in `map_of`.

    Returns
    -------
    tuple of str
        SVG of the class ``map``, without styles of its own.
    """
    parts, height = _parts(figures, shapes, unit, text, pivot, paired=True)
    names = (text.subtitle, text.width)
    return tuple(
        f'<svg class="map" viewBox="0 0 {WIDE:.0f} {height + 64:.0f}" role="img" '
        f'aria-label="{escape(visible(name))}"><defs>{HATCH}</defs>{part}</svg>'
        for name, part in zip(names, parts, strict=False)
    )


def _parts(
    figures: Sequence[MapFigure],
    shapes: Sequence[tuple[str, Any]],
    unit: str,
    text: MapText,
    pivot: float | None,
    *,
    paired: bool,
) -> tuple[list[str], float]:
    """The panels, and how tall they are."""
    by_shape = {one.shape: one for one in figures if one.shape is not None}
    known = [one.value for one in by_shape.values() if not math.isnan(one.value)]
    names = [by_shape[name].name if name in by_shape else "" for name, _ in shapes]
    panel = _laid_out([shape for _, shape in shapes], names)
    shown = [by_shape.get(name) for name, _ in shapes]
    parts = []
    if known:
        parts.append(_estimates(shown, panel, classes(known, pivot), unit, text, pivot))
    widths = [(one.high - one.low) for one in by_shape.values() if one.high > one.low]
    if paired and widths and max(widths) > 0:
        parts.append(_widths(shown, panel, classes(widths), unit, text))
    return parts, panel.height


def _laid_out(shapes: list[Any], names: list[str]) -> MapPanel:
    """Paths in pixels: projected, simplified, in the middle of the panel."""
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


def class_colour(at: int, cut: MapClasses) -> str:
    """One hue; two on the sides of the pivot.

    Parameters
    ----------
    at : int
        The class.
    cut : MapClasses
    """
    if cut.pivot is None:
        return SHADES[min(at * len(SHADES) // max(cut.count, 1), 4)] if cut.count > 1 else SHADES[2]
    below = sum(edge < cut.pivot - 1e-12 for edge in cut.edges[:-1])
    return BELOW[min(below - at, 4)] if at < below else ABOVE[min(at - below + 1, 4)]


def _estimates(
    shown: Sequence[MapFigure | None],
    panel: MapPanel,
    cut: MapClasses,
    unit: str,
    text: MapText,
    pivot: float | None,
) -> str:
    """The panel of figures."""
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
    return _legend(cut, unit, "; ".join(below), text.subtitle) + _moved(drawn, names, panel)


def _widths(
    shown: Sequence[MapFigure | None], panel: MapPanel, cut: MapClasses, unit: str, text: MapText
) -> str:
    """The panel of how wide the intervals are."""
    drawn = []
    for one, path in zip(shown, panel.paths, strict=True):
        sure = one is not None and one.high > one.low
        colour = class_colour(cut.of(one.high - one.low), cut) if sure and one is not None else ""
        drawn.append(_area(path, colour, _said(one, unit), "a" if sure else "e"))
        if one is not None and one.undecided and math.isnan(one.se):
            drawn.append(f'<path class="h" fill="url(#hatch)" d="{path}"/>')
    return _legend(cut, unit, "", text.width) + _moved(drawn, [], panel)


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


def _legend(cut: MapClasses, unit: str, below: str, heading: str) -> str:
    """Classes in a row, their edges under them."""
    size = min(64.0, (WIDE - 2 * MARGIN - 40) / cut.count)
    parts = [f'<text class="s" x="{MARGIN}" y="12">{escape(heading)}</text>']
    for k in range(cut.count):
        x = MARGIN + k * size
        parts.append(
            f'<rect x="{x:.1f}" y="20" width="{size:.1f}" height="10" '
            f'fill="{class_colour(k, cut)}"/>'
        )
    for k, edge in enumerate(cut.edges):
        anchor = "start" if k == 0 else "middle"
        kind = "n b" if edge == cut.pivot else "n"
        parts.append(
            f'<text class="{kind}" x="{MARGIN + k * size:.1f}" y="44" text-anchor="{anchor}">'
            f"{_edge(edge, cut, unit)}</text>"
        )
    parts.append(f'<text class="n" x="{MARGIN}" y="58">{escape(below)}</text>')
    return "".join(parts)


def _edge(edge: float, cut: MapClasses, unit: str) -> str:
    """An edge with the decimals that tell it from the next."""
    step = (cut.edges[1] - cut.edges[0]) * (100 if unit == "share" else 1)
    places_ = max(0, -math.floor(math.log10(step) + 1e-9) + (0 if cut.pivot is None else 1))
    text = rounded(edge, places_, percent=unit == "share")
    return f"{text} %" if unit == "share" and edge == cut.edges[-1] else text


def _page(parts: list[str], height: float, text: MapText) -> str:
    """Title above, panels side by side, source and notes below."""
    wide = WIDE * max(len(parts), 1)
    tall = height + 64
    under = [one for one in (text.source, *text.notes) if one]
    lines = [line for one in under for line in _wrapped(one, int(wide / 6))]
    notes = "".join(
        f'<text class="n" x="{MARGIN}" y="{tall + 58 + 15 * i:.0f}">{escape(visible(line))}</text>'
        for i, line in enumerate(lines)
    )
    panels = "".join(
        f'<g transform="translate({WIDE * i:.0f},36)">{part}</g>' for i, part in enumerate(parts)
    )
    title = escape(visible(text.title))
    whole = tall + 64 + 15 * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {whole:.0f}" '
        f'width="{wide:.0f}" role="img" aria-label="{title}">'
        f"<style>{STYLE}</style><defs>{HATCH}</defs>"
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="t" x="{MARGIN}" y="20">{title}</text>{panels}{notes}</svg>'
    )


def _wrapped(text: str, most: int) -> list[str]:
    """Lines of at most so many letters."""
    import textwrap

    return textwrap.wrap(text, most) or [""]
