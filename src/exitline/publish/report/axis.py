"""A shared axis for the bars in the cells of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import SPACE, rounded

_PAD = 3.0
"""Percent of the width kept free on each side, so that end labels and dots fit."""


@dataclass(frozen=True)
class Tick:
    """A mark on the axis, at `at` percent of the width."""

    at: float
    label: str


@dataclass(frozen=True)
class Axis:
    """From values to percent of a cell's width.

    Parameters
    ----------
    low, high : float
        Ends of the axis, in the figures' unit.
    ticks : tuple of Tick

    Examples
    --------
    >>> Axis(0.0, 1.0, ()).at(0.5)
    50.0
    """

    low: float
    high: float
    ticks: tuple[Tick, ...]

    def at(self, value: float) -> float:
        """Position of a value, in percent of the width, kept within the axis."""
        share = (value - self.low) / (self.high - self.low)
        return round(_PAD + (100 - 2 * _PAD) * min(1.0, max(0.0, share)), 2)

    def beyond(self, value: float) -> bool:
        """Whether a value lies off the right end."""
        return value > self.high * (1 + 1e-9)


def shared_axis(
    values: Sequence[float],
    highs: Sequence[float],
    unit: str,
    marks: Sequence[float] = (),
    steps: int = 4,
    t: Language = ENGLISH,
) -> Axis | None:
    """An axis that holds every value and mark, and all but extreme ends of intervals.

    A few wide intervals do not squeeze the rest: an end beyond the axis is drawn with an
    arrow.

    Parameters
    ----------
    values, highs : sequence of float
        Figures and upper ends of their intervals; NaN is left out.
    unit : str
        See `numbers.write`.
    marks : sequence of float
        Lines and thresholds to be seen.
    steps : int
        How many steps are wanted, about.
    t : Language
        The reader's.

    Returns
    -------
    Axis or None
        None where there is no value.

    Examples
    --------
    >>> axis = shared_axis([0.05, 0.21], [0.08, 0.26], "share")
    >>> [tick.label.replace(SPACE, " ") for tick in axis.ticks]
    ['0', '10 %', '20 %', '30 %']
    """
    known = [v for v in (*values, *marks) if math.isfinite(v)]
    if not known:
        return None
    ends = sorted(v for v in highs if math.isfinite(v))
    wide = ends[math.ceil(0.95 * len(ends)) - 1] if ends else known[0]
    top, bottom = max(*known, wide, known[0]), min(known)
    start = bottom if bottom < 0 or (unit == "money" and bottom > 0.5 * top) else 0.0
    return _nice(start, top, unit, steps, t)


def _nice(start: float, top: float, unit: str, steps: int, t: Language) -> Axis:
    """Round ends and steps of 1, 2, 2.5 or 5 times a power of ten."""
    span = max(top - start, 1e-12 if top == start == 0 else abs(top) * 1e-6, 1e-9)
    raw = span / steps
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw * 0.999)
    first = math.floor(start / step + 1e-9)
    last = max(math.ceil(top / step - 1e-9), first + 1)
    if unit == "share" and last * step > 1.0:
        last = max(math.floor(1.0 / step + 1e-9), first + 1)
    bare = Axis(first * step, last * step, ())
    ticks = tuple(
        Tick(bare.at(i * step), _label(i * step, step, unit, t)) for i in range(first, last + 1)
    )
    return Axis(bare.low, bare.high, ticks)


def _label(value: float, step: float, unit: str, t: Language) -> str:
    """A tick's number, with the decimals that the step needs."""
    factor = 100.0 if unit == "share" else 1.0
    if value == 0:
        return "0"
    if unit in {"persons", "households", "money"} and step * factor >= 100_000:
        return _in_words(value, t)
    scaled = step * factor
    places = 0
    while places < 6 and abs(scaled * 10**places - round(scaled * 10**places)) > 1e-6:
        places += 1
    return t.figure(rounded(value * factor, places) + (f"{SPACE}%" if unit == "share" else ""))


def _in_words(value: float, t: Language) -> str:
    """Large numbers in thousands or millions; in whole numbers where these are not customary."""
    sizes = ((1e9, t.in_context("number", "bn")), (1e6, t.in_context("number", "m")),
             (1e3, t.in_context("number", "k")))  # fmt: skip
    for size, word in sizes:
        if abs(value) >= size:
            if word == "-":
                return rounded(value, 0, t=t)
            return t.figure(f"{value / size:g}") + SPACE + word
    return t.figure(f"{value:g}")
