"""Figures that have been resolved, and who resolves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from exitline.publish.film.bound.formats import Format
from exitline.publish.film.bound.references import FigureRef

Key = str | float


@dataclass(frozen=True)
class StoryFigure:
    """One number, with everything that is needed to check it.

    Parameters
    ----------
    name : str
    value : float
    format : Format
    source : str
        Key of the source that is shown; several are separated by commas.
    how : str
        The query, claim or formula in one line.
    files : tuple of (str, str)
        Name and SHA-256 of each file it was computed from.

    Examples
    --------
    >>> StoryFigure("poor", 198.0, Format("number", 0), "trial", "count of rows").written("en")
    '198'
    """

    name: str
    value: float
    format: Format
    source: str
    how: str
    files: tuple[tuple[str, str], ...] = ()

    def written(self, language: str) -> str:
        """The figure in its own format."""
        return self.format.write(self.value, language)


@dataclass(frozen=True)
class StoryPoint:
    """One number of a row of them.

    Parameters
    ----------
    keys : tuple of str or float
        What it belongs to: a year; a province and a year; a domain.
    value : float
    low, high : float, optional
        Its interval.
    segment : str
        Points of different segments are not joined by a line.

    Examples
    --------
    >>> StoryPoint((1990.0,), 0.837).key
    1990.0
    """

    keys: tuple[Key, ...]
    value: float
    low: float | None = None
    high: float | None = None
    segment: str = ""

    @property
    def key(self) -> Key:
        """The first key."""
        return self.keys[0]


@dataclass(frozen=True)
class StoryPoints:
    """A row of numbers in the order of their keys.

    Parameters
    ----------
    name : str
    points : tuple of StoryPoint
    format, source, how, files
        As for `StoryFigure`.

    Examples
    --------
    >>> points = (StoryPoint((1990.0,), 0.8),)
    >>> StoryPoints("rural", points, Format("percent", 1), "pip", "").last.value
    0.8
    """

    name: str
    points: tuple[StoryPoint, ...]
    format: Format
    source: str
    how: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def last(self) -> StoryPoint:
        """The point with the greatest key."""
        return self.points[-1]

    @property
    def first(self) -> StoryPoint:
        """The point with the smallest key."""
        return self.points[0]


@dataclass(frozen=True)
class EpisodeFigures:
    """Everything that an episode's scenes may say.

    Examples
    --------
    >>> sorted(EpisodeFigures({}, {}).figures)
    []
    """

    figures: Mapping[str, StoryFigure]
    points: Mapping[str, StoryPoints]


class Provider(Protocol):
    """Resolves references of one kind."""

    def resolve(self, reference: FigureRef) -> StoryFigure:
        """The figure that a reference means, computed now."""
        ...
