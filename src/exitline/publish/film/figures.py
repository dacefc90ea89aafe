"""Figures that have been resolved, and who resolves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from exitline.publish.film.formats import Format
from exitline.publish.film.references import FigureRef

Key = str | float


@dataclass(frozen=True)
class Figure:
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
    >>> Figure("poor", 198.0, Format("number", 0), "trial", "count of rows").written("en")
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
class Point:
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
    >>> Point((1990.0,), 0.837).key
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
class Points:
    """A row of numbers in the order of their keys.

    Parameters
    ----------
    name : str
    points : tuple of Point
    format, source, how, files
        As for `Figure`.

    Examples
    --------
    >>> Points("rural", (Point((1990.0,), 0.8),), Format("percent", 1), "pip", "").last.value
    0.8
    """

    name: str
    points: tuple[Point, ...]
    format: Format
    source: str
    how: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def last(self) -> Point:
        """The point with the greatest key."""
        return self.points[-1]

    @property
    def first(self) -> Point:
        """The point with the smallest key."""
        return self.points[0]


@dataclass(frozen=True)
class Bound:
    """Everything that an episode's scenes may say.

    Examples
    --------
    >>> sorted(Bound({}, {}).figures)
    []
    """

    figures: Mapping[str, Figure]
    points: Mapping[str, Points]


class Provider(Protocol):
    """Resolves references of one kind."""

    def resolve(self, reference: FigureRef) -> Figure:
        """The figure that a reference means, computed now."""
        ...
