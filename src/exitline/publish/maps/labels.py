"""Names on a map: in the middle of each shape, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WIDE, TALL = 6.4, 13.0
"""Size of a letter of 11 px; East Asian ones are twice as wide."""


def places(
    shapes: Sequence[Any], names: Sequence[str], scale: float
) -> list[tuple[float, float] | None]:
    """Where each name stands, on the plane; None where it would cover another or not fit.

    Parameters
    ----------
    shapes : sequence of shapely geometry
    names : sequence of str
    scale : float
        Pixels for one unit of the plane.

    Returns
    -------
    list of (float, float) or None
        The larger shapes first.
    """
    import shapely

    order = sorted(range(len(shapes)), key=lambda i: -shapes[i].area)
    found: list[tuple[float, float] | None] = [None] * len(shapes)
    taken: list[tuple[float, float, float, float]] = []
    for i in order:
        largest = max(getattr(shapes[i], "geoms", [shapes[i]]), key=lambda g: g.area)
        line = shapely.maximum_inscribed_circle(largest, tolerance=max(largest.length / 200, 1e-9))
        x, y = line.coords[0]
        half = width(names[i]) / scale / 2
        box = (x - half, y - TALL / scale / 2, x + half, y + TALL / scale / 2)
        free = all(box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in taken)
        room = line.length * 2 * scale >= min(TALL, width(names[i]) / 2)
        if free and room:
            found[i] = (x, y)
            taken.append(box)
    return found


def width(name: str) -> float:
    """How many pixels a name takes.

    Examples
    --------
    >>> width("Tirana") < width("地拉那地拉那")
    True
    """
    return sum(2 * WIDE if ord(c) > 0x2E80 else WIDE for c in name)
