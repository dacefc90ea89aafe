"""How many are below a line, wherever it is drawn: a curve along which a page moves the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exitline.words.said import Text


@dataclass(frozen=True)
class MovedLine:
    """Shares of people below lines of a range, with their intervals.

    Attributes
    ----------
    line : tuple of float
        In the unit of welfare, ascending.
    words : tuple of text
        Each line as people say it.
    value, low, high : tuple of float
        Percent.
    text, interval : tuple of str
        As they are read.
    at : int
        The position of the study's own line.
    """

    line: tuple[float, ...]
    words: tuple[Text, ...]
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    text: tuple[str, ...]
    interval: tuple[str, ...]
    at: int

    def payload(self) -> dict[str, Any]:
        """The curve as JSON-ready columns."""
        return {name: list(part) if isinstance(part, tuple) else part
                for name, part in vars(self).items()}  # fmt: skip


STEPS = 20
"""Lines on either side of the study's own."""
LEAST, MOST = 0.4, 2.0
"""The range of lines, as multiples of the study's own."""


def lines_around(own: float) -> tuple[tuple[float, ...], int]:
    """Lines from well below the study's own to well above it, and the position of that.

    Parameters
    ----------
    own : float
        Above 0.

    Examples
    --------
    >>> lines, at = lines_around(100.0)
    >>> lines[0], lines[at], lines[-1], len(lines)
    (40.0, 100.0, 200.0, 41)
    """
    below = [own * (LEAST + (1 - LEAST) * i / STEPS) for i in range(STEPS)]
    above = [own * (1 + (MOST - 1) * (i + 1) / STEPS) for i in range(STEPS)]
    return (*below, own, *above), STEPS


def moved_line(
    lines: Sequence[float], words: Sequence[Text], figures: Sequence[tuple[float, float, float]],
    texts: Sequence[tuple[str, str]], at: int,
) -> MovedLine:  # fmt: skip
    """The curve from a share (0 to 1) and its interval at each line.

    Parameters
    ----------
    lines : sequence of float
    words : sequence of text
    figures : sequence of (share, low, high)
    texts : sequence of (text, interval)
    at : int
    """
    percent = [tuple(round(100 * part, 1) for part in row) for row in figures]
    value, low, high = zip(*percent, strict=True)
    text, interval = zip(*texts, strict=True)
    return MovedLine(tuple(lines), tuple(words), value, low, high, text, interval, at)
