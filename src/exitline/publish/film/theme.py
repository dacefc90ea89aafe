"""Colours, sizes and movement of every film: one place, held to the rules of legibility."""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "#FBFAF7"
INK = "#1A1A1A"
MUTED = "#5A5A5A"
RULE = "#D9D6CF"
HOLLOW = "#8C8A85"

MARKS: dict[str, str] = {
    "accent": "#0072B2", "other": "#D55E00", "grey": "#BDBAB3", "dark": "#3A3A3A",
}  # fmt: skip
"""Okabe and Ito's colours (2008) for marks."""

LETTERS: dict[str, str] = {
    "accent": "#005F96", "other": "#A64900", "grey": MUTED, "dark": INK,
}  # fmt: skip
"""The same tones, dark enough for text on paper."""

LEAST_CONTRAST = 4.5
"""WCAG 2.2, criterion 1.4.3."""

SMALLEST_TEXT = 40.0
"""Pixels, where the shorter side has 1080."""

SAFE = 0.05
"""Share of each side that holds no text."""

FADE = 1 / 6
"""Seconds in which a scene goes out, and again in which the next one comes in: one text is
never seen through another."""

REST = 0.3
"""Seconds before anything moves in a scene."""

HOLD = 1.3
"""Seconds for which a scene stands when all has moved."""


@dataclass(frozen=True)
class Size:
    """Size of a film in pixels.

    Parameters
    ----------
    width, height : int
        Even numbers, at least 160.

    Examples
    --------
    >>> Size(1920, 1080).unit, Size(1080, 1920).is_upright
    (1.0, True)
    """

    width: int
    height: int

    @property
    def unit(self) -> float:
        """One pixel at 1080: all lengths are multiples of it."""
        return min(self.width, self.height) / 1080

    @property
    def virtual(self) -> Size:
        """The size at which everything is laid out: the shorter side has 1080.

        Examples
        --------
        >>> Size(640, 360).virtual
        Size(width=1920, height=1080)
        """
        return Size(round(self.width / self.unit), round(self.height / self.unit))

    @property
    def is_upright(self) -> bool:
        """Whether it is higher than wide."""
        return self.height > self.width

    @property
    def name(self) -> str:
        """As in file names."""
        return f"{self.width}x{self.height}"


def contrast(one: str, other: str) -> float:
    """Contrast between two colours, 1 to 21.

    Parameters
    ----------
    one, other : str
        Colours as ``#RRGGBB``.

    Notes
    -----
    WCAG 2.2, definition of contrast ratio: (L1 + 0.05) / (L2 + 0.05) with relative
    luminance L.

    Examples
    --------
    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ease(p: float) -> float:
    """Slow at both ends: 0 to 1 (smoothstep, 3p^2 - 2p^3).

    Examples
    --------
    >>> ease(0.0), ease(0.5), ease(2.0)
    (0.0, 0.5, 1.0)
    """
    p = min(max(p, 0.0), 1.0)
    return p * p * (3 - 2 * p)


def steady(p: float, ends: float = 0.06) -> float:
    """The same speed all the way but for a short start and end, however long the movement is.

    Examples
    --------
    >>> steady(0.0), round(steady(0.5), 12), round(steady(1.0), 12)
    (0.0, 0.5, 1.0)
    """
    p = min(max(p, 0.0), 1.0)
    speed = 1 / (1 - ends)
    if p < ends:
        return speed * p * p / (2 * ends)
    if p > 1 - ends:
        return 1 - speed * (1 - p) ** 2 / (2 * ends)
    return speed * (p - ends / 2)


def stage(p: float, start: float, end: float) -> float:
    """How far one part of a movement is, slow at both ends.

    Parameters
    ----------
    p : float
        How far the whole is, 0 to 1.
    start, end : float
        The stretch of the whole in which the part moves.

    Examples
    --------
    >>> stage(0.2, 0.5, 1.0), stage(0.75, 0.5, 1.0), stage(1.0, 0.5, 1.0)
    (0.0, 0.5, 1.0)
    """
    return ease((p - start) / (end - start))


def staggered(p: float, i: int, count: int, each: float = 0.3) -> float:
    """How far the `i`-th of some parts is that begin one after the other.

    Parameters
    ----------
    p : float
        How far the whole is, 0 to 1.
    i, count : int
    each : float
        How long one of them moves, as a share of the whole.

    Examples
    --------
    >>> [round(staggered(0.5, i, 3, 0.5), 2) for i in range(3)]
    [1.0, 0.5, 0.0]
    """
    start = (1.0 - each) * i / max(count - 1, 1)
    return stage(p, start, start + each)
