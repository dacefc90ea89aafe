"""Colours of the classes of a map, and the row that explains them."""

from __future__ import annotations

import math
from html import escape
from itertools import pairwise

from exitline.publish.maps.classes import MapClasses
from exitline.words.numbers import rounded

WIDE, MARGIN = 460.0, 12.0
"""Of a panel, in pixels."""
BELOW = ("#d3e6f3", "#9cc7e4", "#5a9fce", "#1f77b4", "#0b4f85")
ABOVE = ("#fde3cf", "#f9bd8d", "#ef8f4b", "#d55e00", "#9c4300")
SHADES = ("#deebf4", "#aecfe5", "#76aed3", "#3a86bd", "#0b5a94")


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


def legend(cut: MapClasses, unit: str, below: str, heading: str) -> str:
    """Classes in a row, their edges under them.

    Parameters
    ----------
    cut : MapClasses
    unit : str
    below, heading : str
        What stands under the row, and over it.
    """
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
    step = max(b - a for a, b in pairwise(cut.edges)) * (100 if unit == "share" else 1)
    places_ = max(0, -math.floor(math.log10(step) + 1e-9) + (0 if cut.pivot is None else 1))
    text = rounded(edge, places_, percent=unit == "share")
    return f"{text} %" if unit == "share" and edge == cut.edges[-1] else text
