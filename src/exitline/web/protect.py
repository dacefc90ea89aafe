"""Which areas' figures may not be shown, so that no small count can be read or worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exitline.web.model import Area

NEAR = 0.5
"""Parts that miss their total by less than this are taken to add up to it."""


def small_areas(
    areas: Sequence[Area], counts: Mapping[int, float], min_count: float
) -> frozenset[int]:
    """Areas whose count is small, and those that must be hidden with them.

    A reader knows that provinces add up to the country and counties to their province; so
    hiding one county alone hides nothing. The further areas are chosen, and the result is
    audited, by the linear programmes of `exitline.publish.tables`.

    Parameters
    ----------
    areas : sequence of Area
    counts : mapping of int to float
        Households or persons of some kind, by area; areas without a figure are left out.
    min_count : float
        Counts from 1 to below this are small; 0 or 1 hides nothing.

    Returns
    -------
    frozenset of int

    Raises
    ------
    TableError
        When no set of areas protects the small counts.

    Examples
    --------
    >>> from exitline.web.model import Area
    >>> areas = [Area("", "All"), *(Area(k, k, 0, 0) for k in "abc")]
    >>> sorted(small_areas(areas, {0: 103, 1: 3, 2: 40, 3: 60}, 10))
    [1, 2]
    """
    if min_count <= 1 or not any(0 < n < min_count for n in counts.values()):
        return frozenset()
    import numpy as np

    from exitline.publish.tables import TableSystem, suppress

    there = sorted(counts)
    position = {area: i for i, area in enumerate(there)}
    values = np.array([counts[area] for area in there], dtype=float)
    sums = []
    for parent, parts in _families(areas, there):
        row = np.zeros(len(there))
        row[[position[p] for p in parts]] = 1.0
        row[position[parent]] = -1.0
        if abs(row @ values) < NEAR:
            values[position[parent]] = values[[position[p] for p in parts]].sum()
            sums.append(row)
    system = TableSystem(values, np.array(sums).reshape(-1, len(there)), values.shape)
    hidden = suppress(system, min_count=min_count).hidden
    return frozenset(area for area, gone in zip(there, hidden, strict=True) if gone)


def small_parts(counts: Sequence[float], min_count: float) -> frozenset[int]:
    """Parts of one total whose count is small, and those that must be hidden with them.

    With a single sum the audit has a closed form: of a hidden part one can infer that it
    lies between 0 and the sum of all hidden parts. Parts are added, the smallest first,
    until that sum exceeds each small part by `min_count`.

    Parameters
    ----------
    counts : sequence of float
        Parts of a total that is known.
    min_count : float

    Returns
    -------
    frozenset of int
        Positions in `counts`. All parts, where no choice protects the small ones.

    Examples
    --------
    >>> sorted(small_parts([3, 40, 60, 0], 10)), small_parts([0, 40], 10)
    ([0, 1], frozenset())
    """
    small = {i for i, n in enumerate(counts) if 0 < n < min_count}
    if min_count <= 1 or not small:
        return frozenset()
    wanted = max(counts[i] for i in small) + min_count
    hidden, total = set(small), sum(counts[i] for i in small)
    for i in sorted(range(len(counts)), key=lambda i: counts[i]):
        if total >= wanted and len(hidden) > 1:
            return frozenset(hidden)
        if i not in hidden and counts[i] > 0:
            hidden.add(i)
            total += counts[i]
    if total >= wanted and len(hidden) > 1:
        return frozenset(hidden)
    return frozenset(range(len(counts)))


def _families(areas: Sequence[Area], there: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Each area with the areas of one level that lie in it, as far as they have a count."""
    found: dict[tuple[int, int], list[int]] = {}
    for i in there:
        if areas[i].level >= 0:
            found.setdefault((areas[i].within, areas[i].level), []).append(i)
    known = set(there)
    for (parent, _), parts in found.items():
        if parent in known:
            yield parent, parts
