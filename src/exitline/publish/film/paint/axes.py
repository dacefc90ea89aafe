"""Scales and axes: from figures to pixels, with few, round ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from exitline.publish.film import theme
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.lettering import Box, Style

TICK = Style(40, colour=theme.MUTED, leading=1.2)


@dataclass(frozen=True)
class AxisScale:
    """A straight map from figures to pixels.

    Examples
    --------
    >>> AxisScale(0.0, 10.0, 100.0, 200.0)(5.0)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Pixels of a figure."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0
        return self.start + share * (self.end - self.start)


def round_ticks(high: float, about: int = 4) -> tuple[float, ...]:
    """Round values from 0 to at least `high`.

    Parameters
    ----------
    high : float
        Greatest figure, above 0.
    about : int
        How many steps are wanted.

    Examples
    --------
    >>> round_ticks(0.97)
    (0.0, 0.25, 0.5, 0.75, 1.0)
    >>> round_ticks(832)
    (0.0, 200.0, 400.0, 600.0, 800.0, 1000.0)
    """
    rough = high / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((f * power for f in (1, 2, 2.5, 5, 10)), key=lambda s: abs(s - rough))
    count = math.ceil(high / step - 1e-9)
    return tuple(round(i * step, 12) for i in range(count + 1))


def year_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """The first and the last year, and round ones between, not too many.

    Examples
    --------
    >>> year_ticks(1981, 2019, 6)
    (1981.0, 1990.0, 2000.0, 2010.0, 2019.0)
    """
    for step in (1, 2, 5, 10, 20, 50):
        inner = [y for y in range(math.ceil(low), math.floor(high) + 1) if y % step == 0]
        kept = [float(y) for y in inner if y - low >= 0.45 * step and high - y >= 0.45 * step]
        ticks = (float(low), *kept, float(high))
        if len(ticks) <= most:
            return ticks
    return (float(low), float(high))


def draw_axes(
    ink: Ink, box: Box, years: Sequence[float], high: float, form: Format, about: int = 4
) -> tuple[Box, AxisScale, AxisScale]:
    """Draw light horizontal lines with their values, and years beneath.

    Parameters
    ----------
    ink : Ink
    box : Box
        For the chart with its tick labels.
    years : sequence of float
        First and last one span the axis.
    high : float
        Greatest figure; the upright axis runs from 0.
    form : Format
    about : int
        How many steps are wanted on the upright axis.

    Returns
    -------
    Box
        Inside the axes.
    Scale, Scale
        Across and upright.
    """
    u = ink.u
    values = [tick for tick in round_ticks(high, about) if tick <= high * 1.06]
    labels = [tick_label(v, form, ink.language) for v in values]
    left = max(ink.width(label, TICK) for label in labels) + 24 * u
    half = ink.width(Format("year", 0).write(years[-1], ink.language), TICK) / 2
    inner = box.without(left=max(left, half), bottom=60 * u, top=28 * u, right=half)
    across = AxisScale(years[0], years[-1], inner.x, inner.right)
    upright = AxisScale(0.0, max(high, values[-1]), inner.bottom, inner.y)
    for value, label in zip(values, labels, strict=True):
        y = upright(value)
        colour = theme.MUTED if value == 0 else theme.RULE
        ink.line([(inner.x, y), (inner.right, y)], colour, (3 if value == 0 else 2) * u)
        ink.text(label, inner.x - 24 * u, y - 25 * u, TICK, align="right")
    for year in years:
        label = Format("year", 0).write(year, ink.language)
        ink.text(label, across(year), inner.bottom + 10 * u, TICK, align="centre")
    return inner, across, upright


def tick_label(value: float, form: Format, language: str) -> str:
    """A tick in the figures' format without needless decimals."""
    for decimals in range(form.decimals + 1):
        text = Format(form.name, decimals).write(value, language)
        factor = {"percent": 100, "millions": 1e-6}.get(form.name, 1)
        if abs(round(value * factor, decimals) - value * factor) < 1e-9:
            return text
    return form.write(value, language)


def spread(wanted: Sequence[float], height: float, low: float, high: float) -> list[float]:
    """Upper edges of labels moved apart so that none overlaps, each near where it wants to be.

    Parameters
    ----------
    wanted : sequence of float
        Where each label's middle wants to be.
    height : float
        Of one label.
    low, high : float
        Between which all must lie.

    Examples
    --------
    >>> spread([50.0, 52.0], 20.0, 0.0, 100.0)
    [31.0, 51.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    tops = [wanted[i] - height / 2 for i in order]
    for _ in range(60):
        for i in range(1, len(tops)):
            overlap = tops[i - 1] + height - tops[i]
            if overlap > 0:
                tops[i - 1] -= overlap / 2
                tops[i] += overlap / 2
        if tops and tops[0] < low:
            tops[0] = low
        if tops and tops[-1] > high - height:
            tops[-1] = high - height
    result = [0.0] * len(wanted)
    for place, i in enumerate(order):
        result[i] = round(tops[place], 6)
    return result
