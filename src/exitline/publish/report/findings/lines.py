"""Lines with bands as SVG: one for each method, told apart by colour, dashes and a list below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from exitline.words.numbers import SPACE
from exitline.words.said import Told

if TYPE_CHECKING:
    from exitline.words.catalogue import Language

COLOURS = 6
_TOP, _HEIGHT, _ROW = 30, 300, 22
_LEFT, _RIGHT = 11.0, 98.0


@dataclass(frozen=True)
class LineChart:
    """What is drawn.

    Attributes
    ----------
    title, x, y : str
        For screen readers, and what the sides are.
    lines : mapping of str to sequence of (float, float, float, float)
        By name, points from the left: x, value and the ends of its interval; values are shares.
    most : float
        The right end.
    even : str
        The name of a line from corner to corner; "" for none.
    """

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[tuple[float, ...]]]
    most: float = 1.0
    even: str = ""


def lines_drawing(chart: LineChart, t: Language) -> str:
    """A chart as SVG; shapes stretch with the page, letters keep their size.

    Parameters
    ----------
    chart : LineChart
    t : Language
    """
    shapes, names = [], []
    if chart.even:
        shapes.append('<path class="k-line k-even" d="M0 100L100 0"/>')
        names.append(("k-even", chart.even))
    for i, (name, points) in enumerate(chart.lines.items()):
        kind = f"k{i % COLOURS}" + (" k-dashed" if i >= COLOURS else "")
        places = [_place(point, chart.most) for point in points]
        shapes.insert(i, f'<path class="k-band {kind}" d="{_band(places)}"/>')
        path = "L".join(f"{x:.2f} {y:.2f}" for x, y, _, _ in places)
        shapes.append(f'<path class="k-line {kind}" d="M{path}"/>')
        names.append((kind, t.of(name)))
    foot = _TOP + _HEIGHT + 62
    listed = "".join(
        f'<svg x="{_LEFT}%" y="{foot + _ROW * i}" overflow="visible"><line class="k-line {kind}" '
        f'x1="0" x2="30" y1="0" y2="0"/><text class="k-name" x="38" y="4">{escape(name)}</text>'
        "</svg>"
        for i, (kind, name) in enumerate(names)
    )
    return (
        f'<svg role="img" aria-label="{escape(chart.title)}" height="{foot + _ROW * len(names)}">'
        f"{''.join(_grid(chart, t))}"
        f'<svg x="{_LEFT}%" y="{_TOP}" width="{_RIGHT - _LEFT}%" height="{_HEIGHT}" '
        f'viewBox="0 0 100 100" preserveAspectRatio="none">{"".join(shapes)}</svg>{listed}</svg>'
    )


def _place(point: tuple[float, ...], most: float) -> tuple[float, ...]:
    """A point in percent of the drawing, its interval kept inside; the value where it has none."""
    x, value, low, high = point
    ends = (value if low != low else low, value if high != high else high)
    return (100.0 * x / most, *(100.0 - 100.0 * min(max(v, 0.0), 1.0) for v in (value, *ends)))


def _band(places: Sequence[tuple[float, ...]]) -> str:
    """What lies between both ends of the intervals."""
    ahead = "L".join(f"{x:.2f} {low:.2f}" for x, _, low, _ in places)
    back = "L".join(f"{x:.2f} {high:.2f}" for x, _, _, high in reversed(places))
    return f"M{ahead}L{back}Z"


def _grid(chart: LineChart, t: Language) -> list[str]:
    """Thin lines with numbers at both sides, and what the sides are."""
    found = [f'<text class="ticks" x="0" y="14">{escape(t.of(Told(chart.y)))}</text>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _TOP + _HEIGHT * (1.0 - share)
        x = _LEFT + (_RIGHT - _LEFT) * share
        found += [
            f'<line class="tick" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<text class="ticks" x="{_LEFT}%" dx="-6" y="{y + 4:.1f}" text-anchor="end">'
            f"{t.figure(f'{100 * share:.0f}{SPACE}%')}</text>",
            f'<text class="ticks" x="{x:.2f}%" y="{_TOP + _HEIGHT + 18}" '
            f'text-anchor="{"end" if share == 1.0 else "middle"}">'
            f"{t.figure(f'{100 * share * chart.most:.3g}{SPACE}%')}</text>",
        ]
    found.append(
        f'<text class="ticks" x="{_RIGHT}%" y="{_TOP + _HEIGHT + 38}" text-anchor="end">'
        f"{escape(t.of(Told(chart.x)))}</text>"
    )
    return found
