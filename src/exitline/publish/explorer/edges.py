"""Edges of the classes that colour shows: few, round, and the threshold among them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_PERCENT = (
    (1, 2, 3, 5), (1, 2, 5, 10), (2, 5, 10, 20), (5, 10, 15, 20), (5, 10, 20, 30),
    (10, 15, 20, 25), (10, 20, 30, 40), (20, 30, 40, 50), (20, 40, 60, 80), (50, 60, 70, 80),
    (80, 90, 95, 99),
)  # fmt: skip
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def class_edges(
    values: Sequence[float], unit: str, threshold: float | None = None
) -> tuple[float, ...]:
    """At most four edges that spread the values over at most five classes.

    Parameters
    ----------
    values : sequence of float
        What is coloured; percentages from 0 to 100.
    unit : str
        "percent" takes one of some usual sets of edges.
    threshold : float, optional
        Takes the place of the nearest edge.

    Returns
    -------
    tuple of float
        Ascending; empty where there is nothing to tell apart.

    Examples
    --------
    >>> class_edges([8.0, 12.0, 17.0, 25.0], "percent")
    (5, 10, 15, 20)
    >>> class_edges([8.0, 12.0, 17.0, 25.0], "percent", 12.0)
    (5, 12.0, 15, 20)
    >>> class_edges([31.8, 36.3], "percent")
    (20, 30, 40, 50)
    """
    found = sorted(v for v in values if math.isfinite(v))
    if not found or found[0] == found[-1]:
        return (threshold,) if threshold is not None else ()
    sets = _PERCENT if unit == "percent" else [_even(found[0], found[-1])]
    edges: tuple[float, ...] = max(sets, key=lambda s: _spread(found, s))
    if not _spread(found, edges):  # all lie in one class: at least the one in the middle
        edges = min(sets, key=lambda s: abs(found[0] + found[-1] - s[0] - s[-1]))
    if threshold is None or threshold in edges:
        return edges
    nearest = min(edges, key=lambda e: abs(math.log((e or 1e-9) / threshold)))
    return tuple(sorted(threshold if e == nearest else e for e in edges))


COUNTED = ("areas", "persons", "households")
"""Units in which a larger area has a larger figure."""


def edges_by_level(
    values: Mapping[int, Sequence[float]], unit: str, levels: int
) -> tuple[tuple[float, ...], ...]:
    """Edges of each level of areas, where figures grow with the size of areas.

    Counts of provinces and of villages in them share no classes: with one set of edges the map of
    the finer level is of one colour.

    Parameters
    ----------
    values : mapping of int to sequence of float
        By level.
    unit : str
    levels : int
        How many there are.

    Returns
    -------
    tuple of tuple of float
        One for each level; empty where all levels share their edges.

    Examples
    --------
    >>> edges_by_level({0: [5.0, 88.0], 1: [1.0, 18.0]}, "areas", 2)
    ((20.0, 40.0, 60.0, 80.0), (5.0, 10.0, 15.0))
    >>> edges_by_level({0: [5.0, 88.0]}, "percent", 2)
    ()
    """
    if unit not in COUNTED or len(values) < 2:
        return ()
    return tuple(class_edges(values.get(level, ()), unit) for level in range(levels))


def _spread(values: Sequence[float], edges: Sequence[float]) -> float:
    """How evenly the values lie in the classes (entropy)."""
    counts = [0] * (len(edges) + 1)
    for value in values:
        counts[sum(value >= e for e in edges)] += 1
    shares = [n / len(values) for n in counts if n]
    return -sum(s * math.log(s) for s in shares)


def _even(low: float, high: float) -> tuple[float, ...]:
    """Round, evenly spaced edges strictly within the range, at most four."""
    rough = (high - low) / 5
    scale = 10.0 ** math.floor(math.log10(rough))
    for factor in (*_STEPS, *(10 * s for s in _STEPS)):
        step = factor * scale
        first = math.floor(low / step) + 1
        edges = [k * step for k in range(first, first + 6) if low < k * step < high]
        if 0 < len(edges) <= 4:
            return tuple(float(f"{e:.12g}") for e in edges)
    return ()
