"""The picture of a map: classes, what cannot be told, how sure, names, legend, source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from exitline.files import whole_file
from exitline.foreign import visible
from exitline.publish.maps.classes import classes
from exitline.publish.maps.legend import MARGIN, WIDE
from exitline.publish.maps.model import MapFigure, MapText
from exitline.publish.maps.panel import estimates_panel, laid_out, widths_panel
from exitline.words.shown.files import known_ending, need

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
    panel = laid_out([shape for _, shape in shapes], names)
    shown = [by_shape.get(name) for name, _ in shapes]
    parts = []
    if known:
        cut = classes(known, pivot, top=1.0 if unit == "share" else math.inf)
        parts.append(estimates_panel(shown, panel, cut, unit, text, pivot))
    widths = [(one.high - one.low) for one in by_shape.values() if one.high > one.low]
    if paired and widths and max(widths) > 0:
        parts.append(widths_panel(shown, panel, classes(widths), unit, text))
    return parts, panel.height


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
