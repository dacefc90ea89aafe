"""Boxes, and letters in them: how a text is set, and which way it runs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from exitline.publish.film import theme

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture, in pixels.

    Examples
    --------
    >>> Box(0, 0, 100, 50).below(20)
    Box(x=0, y=20, width=100, height=30)
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def below(self, height: float) -> Box:
        """What is left when the upper part is used."""
        return Box(self.x, self.y + height, self.width, self.height - height)

    def without(
        self, *, left: float = 0, right: float = 0, top: float = 0, bottom: float = 0
    ) -> Box:
        """The box with margins taken off."""
        return Box(
            self.x + left, self.y + top, self.width - left - right, self.height - top - bottom
        )

    def holds(self, other: Box, slack: float = 0.5) -> bool:
        """Whether another box lies inside."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )

    def meets(self, other: Box, slack: float = 1.0) -> bool:
        """Whether another box overlaps."""
        return (
            self.x + slack < other.right
            and other.x + slack < self.right
            and self.y + slack < other.bottom
            and other.y + slack < self.bottom
        )


@dataclass(frozen=True)
class Style:
    """How text looks.

    Parameters
    ----------
    size : float
        Pixels at 1080.
    bold : bool
    colour : str
    leading : float
        Distance of lines as a multiple of the size.

    Examples
    --------
    >>> Style(60, bold=True).smaller(0.5).size
    30.0
    """

    size: float
    bold: bool = False
    colour: str = theme.INK
    leading: float = 1.25

    def smaller(self, factor: float) -> Style:
        """The same at another size."""
        return replace(self, size=self.size * factor)


@dataclass(frozen=True)
class Lettering:
    """A text that was drawn: what is checked before a film is made.

    Examples
    --------
    >>> Lettering("one", Box(0, 0, 10, 10), 40.0, "#000000", "#FFFFFF").text
    'one'
    """

    text: str
    box: Box
    size: float
    colour: str
    paper: str


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left.

    Notes
    -----
    Unicode Standard Annex 9, rules P2 and P3.

    Examples
    --------
    >>> is_right_to_left("12 שלום"), is_right_to_left("peace שלום")
    (True, False)
    """
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
