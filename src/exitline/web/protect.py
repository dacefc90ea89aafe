"""Which areas' figures may not be shown, so that no small count can be read or worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exitline.web.model import Area


def small_areas(
    areas: Sequence[Area], counts: Mapping[int, float], min_count: float,
    inside: Iterable[tuple[int, int]] = (), also: Set[int] = frozenset(),
) -> frozenset[int]:  # fmt: skip
    """Areas whose count is small, and those that must be hidden with them.

    A reader knows that provinces add up to the country and counties to their province; so
    hiding one county alone hides nothing. The further areas are chosen, and the result is
    audited, by the linear programmes of `exitline.publish.tables`. What an area holds beside
    the areas inside it is a count, too, that a reader can take the difference for.

    Parameters
    ----------
    areas : sequence of Area
    counts : mapping of int to float
        Households or persons of some kind, by area; areas without a figure are left out.
    min_count : float
        Counts from 1 to below this are small; 0 or 1 hides nothing.
    inside : iterable of (int, int)
        Area and area that it lies whole in, beside those that `areas` say.
    also : set of int
        Areas to protect although their count is not small.

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
    if min_count <= 1:
        return frozenset()
    import numpy as np
    from scipy import sparse

    from exitline.publish.tables import TableSystem, suppress

    there = sorted(counts)
    place = {area: i for i, area in enumerate(there)}
    values = [float(round(counts[area])) for area in there]
    rows: list[dict[int, float]] = []
    for parent, parts in _families(areas, there, inside):
        row = {place[part]: 1.0 for part in parts} | {place[parent]: -1.0}
        beside = values[place[parent]] - sum(values[place[part]] for part in parts)
        if beside < 0:  # the figures contradict each other: no sum to reckon with
            continue
        if beside > 0:  # where nothing is beside its parts, nothing there can vary
            row[len(values)] = 1.0
            values.append(beside)
        rows.append(row)
    number = np.array(values)
    goal = np.isin(np.arange(number.size), [place[area] for area in also if area in place])
    if not (goal | ((number > 0) & (number < min_count))).any():
        return frozenset()
    sums = sparse.lil_array((len(rows), number.size))
    for i, row in enumerate(rows):
        for column, sign in row.items():
            sums[i, column] = sign
    system = TableSystem(number, sums, number.shape)
    hidden = suppress(system, min_count=min_count, also=goal).hidden[: len(there)]
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


def _families(
    areas: Sequence[Area], there: Sequence[int], inside: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, list[int]]]:
    """Each area with the areas of one level that lie in it, as far as they have a count."""
    known = set(there)
    pairs = [(i, areas[i].within) for i in there if areas[i].level >= 0]
    found: dict[tuple[int, int], dict[int, None]] = {}
    for child, parent in (*pairs, *inside):
        if child in known and parent in known:
            found.setdefault((parent, areas[child].level), {})[child] = None
    for (parent, _), parts in found.items():
        yield parent, list(parts)
