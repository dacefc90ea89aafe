"""Few classes with edges that mean something: the threshold is always one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 5


@dataclass(frozen=True)
class MapClasses:
    """Classes of figures.

    Attributes
    ----------
    edges : tuple of float
        From the lowest to the highest; a class is from one to below the next.
    pivot : float or None
        The threshold, or the figure of all together: one of the edges.
    """

    edges: tuple[float, ...]
    pivot: float | None

    @property
    def count(self) -> int:
        """Number of classes."""
        return len(self.edges) - 1

    def of(self, value: float) -> int:
        """The class of a figure.

        Examples
        --------
        >>> MapClasses((0.0, 0.1, 0.2), None).of(0.1)
        1
        """
        inside = sum(value >= edge for edge in self.edges[1:-1])
        return int(inside)


def classes(
    values: Sequence[float],
    pivot: float | None = None,
    most: int = MOST,
    top: float = math.inf,
) -> MapClasses:
    """Classes of equal round width that hold all figures, with the pivot as an edge.

    Parameters
    ----------
    values : sequence of float
        Those that are known.
    pivot : float, optional
        A threshold.
    most : int
        Number of classes.
    top : float
        What no figure can exceed: 1 for shares. No edge lies beyond it, nor below 0 where no
        figure does.

    Examples
    --------
    >>> classes([0.067, 0.094, 0.156], 0.098, 4).edges
    (0.048, 0.098, 0.148, 0.198)
    >>> classes([0.02, 0.31]).edges
    (0.0, 0.1, 0.2, 0.3, 0.4)
    >>> classes([0.17, 0.69], 0.383).edges
    (0.0, 0.183, 0.383, 0.583, 0.783)
    """
    low, high = min(values), max(values)
    if pivot is not None:
        low, high = min(low, pivot), max(high, pivot)
    start = 0.0 if pivot is None else pivot
    for step in _steps((high - low) / most or abs(high) / most or 1.0):
        first = math.floor((low - start) / step + 1e-9)
        last = max(math.floor((high - start) / step + 1e-9) + 1, first + 1)
        if last - first <= most:
            edges = tuple(round(start + k * step, 12) for k in range(first, last + 1))
            return MapClasses(_possible(edges, low, top), pivot)
    raise AssertionError("steps grow without end")


def _possible(edges: tuple[float, ...], low: float, top: float) -> tuple[float, ...]:
    """The outermost edges drawn in to what a figure can be."""
    first = max(edges[0], 0.0) if low >= 0 else edges[0]
    last = min(edges[-1], top) if edges[-2] < top else edges[-1]
    return (first, *edges[1:-1], last)


def _steps(least: float):  # type: ignore[no-untyped-def]
    """Round widths from the least on: 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    while True:
        for one in (1.0, 2.0, 2.5, 5.0):
            if one * power >= least * (1 - 1e-9):
                yield one * power
        power *= 10
