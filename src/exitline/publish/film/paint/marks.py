"""Marks that stand for people, houses and other single things; people have legs to walk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from exitline.publish.film import theme
from exitline.publish.film.canvas import Ink

HOLLOW_MARK = "#CFCCC5"
STRIDE = 0.55
"""Length of a step, as a share of a figure's height."""


@dataclass(frozen=True)
class MarkAt:
    """One mark at one moment.

    Parameters
    ----------
    x, y : float
        Its middle, in pixels.
    tone : str
        As in `theme.MARKS`; "" for one that belongs to no group yet.
    walked : float
        How far it has walked, in pixels: its legs move with it.

    Examples
    --------
    >>> MarkAt(10.0, 20.0).tone
    ''
    """

    x: float
    y: float
    tone: str = ""
    walked: float = 0.0


ASPECT = {"person": 0.6, "house": 1.0, "dot": 1.0}
"""Width of a mark's cell as a share of its height."""


def draw_marks(ink: Ink, kind: str, marks: Sequence[MarkAt], side: float) -> None:
    """Draw marks of one size, those of a tone at once.

    Parameters
    ----------
    ink : Ink
    kind : {"person", "house", "dot"}
    marks : sequence of MarkAt
    side : float
        Height of a mark in pixels.
    """
    for tone in dict.fromkeys(mark.tone for mark in marks):
        chosen = [mark for mark in marks if mark.tone == tone]
        _DRAW[kind](ink, chosen, side, tone)


def _colour(tone: str) -> str:
    """Grey groups are drawn like marks that belong to none."""
    return HOLLOW_MARK if tone in ("", "grey") else theme.MARKS[tone]


def _people(ink: Ink, marks: Sequence[MarkAt], side: float, tone: str) -> None:
    """Head, trunk and two legs."""
    colour = _colour(tone)
    ink.discs([(m.x, m.y - side * 0.36) for m in marks], side * 0.13, colour)
    trunk = [((m.x, m.y - side * 0.09), (m.x, m.y + side * 0.07)) for m in marks]
    ink.lines(trunk, colour, side * 0.26)
    legs = []
    for m in marks:
        swing = math.sin(m.walked / (side * STRIDE) * math.pi) * side * 0.13
        for foot in (-1, 1):
            hip = (m.x + foot * side * 0.055, m.y + side * 0.12)
            legs.append((hip, (m.x + foot * (side * 0.065 + swing), m.y + side * 0.44)))
    ink.lines(legs, colour, side * 0.105)


def _houses(ink: Ink, marks: Sequence[MarkAt], side: float, tone: str) -> None:
    """Wall and roof; hollow ones and those of the second tone with a light middle."""
    ink.areas([_house(m.x, m.y, side) for m in marks], _colour(tone))
    if tone in ("", "grey"):
        ink.areas([_house(m.x, m.y + side * 0.02, side * 0.7) for m in marks], theme.PAPER)
    elif tone == "other":
        ink.areas([_house(m.x, m.y + side * 0.06, side * 0.42) for m in marks], theme.PAPER)


def _house(x: float, y: float, side: float) -> list[tuple[float, float]]:
    half = side / 2
    return [(x - half, y - half * 0.1), (x, y - half), (x + half, y - half * 0.1),
            (x + half, y + half), (x - half, y + half)]  # fmt: skip


def _dots(ink: Ink, marks: Sequence[MarkAt], side: float, tone: str) -> None:
    """Discs; hollow ones and those of the second tone with a light middle."""
    places = [(m.x, m.y) for m in marks]
    ink.discs(places, side / 2, _colour(tone))
    if tone in ("", "grey"):
        ink.discs(places, side * 0.34, theme.PAPER)
    elif tone == "other":
        ink.discs(places, side * 0.2, theme.PAPER)


_DRAW = {"person": _people, "house": _houses, "dot": _dots}
