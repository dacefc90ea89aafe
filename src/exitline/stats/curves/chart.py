"""Plain drawings of lines and bars, as SVG: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, isfinite, log10
from pathlib import Path

from exitline.files import whole_file

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 76, 24, 48, 52
COLOURS = ("#1f4e79", "#b5541c", "#3a7d44", "#6b4c9a", "#8a6d00")


@dataclass(frozen=True)
class ChartBar:
    """A bar with its interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ChartLine:
    """A line of points (x, y, low, high)."""

    name: str
    points: Sequence[tuple[float, float, float, float]]


@dataclass(frozen=True)
class Chart:
    """A drawing.

    Attributes
    ----------
    svg : str
    """

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> Path:
        """Write the drawing to a file.

        Parameters
        ----------
        path : path
            Ends in ``.svg``.

        Returns
        -------
        Path
        """
        target = Path(path)
        with whole_file(target) as partial:
            partial.write_text(self.svg, encoding="utf-8")
        return target


def bars(title: str, shown: Sequence[ChartBar]) -> Chart:
    """Horizontal bars from zero, each with its interval.

    Parameters
    ----------
    title : str
    shown : sequence of ChartBar
    """
    known = [bar for bar in shown if isfinite(bar.value)]
    ends = [0.0, *(x for b in known for x in (b.value, b.low, b.high) if isfinite(x))]
    ticks = _ticks(min(ends), max(ends))
    left, step = 200, 28
    height = TOP + step * len(known) + BOTTOM
    at = _scale(ticks[0], ticks[-1], left, WIDTH - RIGHT)
    body = [_text(at(t), height - BOTTOM + 20, f"{t:g}", "middle") for t in ticks]
    body += [_rule(at(t), TOP, at(t), height - BOTTOM) for t in ticks]
    for i, bar in enumerate(known):
        y = TOP + step * i + 6
        x, zero = at(bar.value), at(0.0)
        body.append(
            f'<rect x="{min(x, zero):.1f}" y="{y}" width="{abs(x - zero):.1f}" height="16" '
            f'fill="{COLOURS[0]}" fill-opacity="0.75"/>'
        )
        if isfinite(bar.low) and isfinite(bar.high):
            body.append(_rule(at(bar.low), y + 8, at(bar.high), y + 8, "#111"))
        body.append(_text(left - 8, y + 13, bar.name, "end"))
    return _drawn(title, height, body)


def lines(title: str, x_label: str, y_label: str, drawn: Sequence[ChartLine]) -> Chart:
    """Lines, each within its band.

    Parameters
    ----------
    title, x_label, y_label : str
    drawn : sequence of ChartLine
    """
    points = [[p for p in line.points if isfinite(p[1])] for line in drawn]
    xs = [p[0] for line in points for p in line] or [0.0, 1.0]
    ys = [y for line in points for p in line for y in p[1:] if isfinite(y)] or [0.0, 1.0]
    across, up = _ticks(min(xs), max(xs)), _ticks(min(ys), max(ys))
    x_at = _scale(across[0], across[-1], LEFT, WIDTH - RIGHT)
    y_at = _scale(up[0], up[-1], HEIGHT - BOTTOM, TOP)
    body = [_rule(LEFT, y_at(t), WIDTH - RIGHT, y_at(t)) for t in up]
    body += [_text(LEFT - 8, y_at(t) + 4, f"{t:g}", "end") for t in up]
    body += [_text(x_at(t), HEIGHT - BOTTOM + 20, f"{t:g}", "middle") for t in across]
    for i, (line, known) in enumerate(zip(drawn, points, strict=True)):
        colour = COLOURS[i % len(COLOURS)]
        band = [p for p in known if isfinite(p[2]) and isfinite(p[3])]
        edge = [(p[0], p[3]) for p in band] + [(p[0], p[2]) for p in reversed(band)]
        path = " ".join(f"{x_at(x):.1f},{y_at(y):.1f}" for x, y in edge)
        body.append(f'<polygon points="{path}" fill="{colour}" fill-opacity="0.18"/>')
        path = " ".join(f"{x_at(p[0]):.1f},{y_at(p[1]):.1f}" for p in known)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if line.name:
            body.append(_text(LEFT + 8, TOP + 16 * (i + 1), line.name, "start", colour))
    body.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_label, "middle"))
    body.append(_text(LEFT, TOP - 8, y_label, "start"))
    return _drawn(title, HEIGHT, body)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """From a value to its place on the drawing."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from below the least to above the largest, five or so."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / 5.0
    unit = 10.0 ** floor(log10(raw))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= raw)
    first = floor(low / step)
    count = int(-((first * step - high) // step)) if high > first * step else 1
    return [round((first + i) * step, 12) for i in range(count + 1)]


def _text(x: float, y: float, said: str, anchor: str, colour: str = "#333") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(said)}</text>"
    )


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str = "#ddd") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _drawn(title: str, height: float, body: Sequence[str]) -> Chart:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'width="{WIDTH}" height="{height:g}" role="img" font-family="sans-serif" '
        f'font-size="13"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{height:g}" fill="#fff"/>'
    )
    heading = f'<text x="12" y="22" font-size="15" fill="#111">{escape(title)}</text>'
    return Chart(head + heading + "".join(body) + "</svg>\n")
