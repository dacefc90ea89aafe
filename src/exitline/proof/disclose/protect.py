"""Which areas' figures may not be shown, so that no small count can be read or worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MANY = 10_000
"""Above so many areas, a set of areas with a small count is hidden as a whole."""


@dataclass(frozen=True)
class AreaTree:
    """Areas by position, and which lie in which; 0 is all together.

    Attributes
    ----------
    kinds : tuple of str
        The set of areas that each belongs to ("" for all together).
    within : tuple of int
        The area that each lies in; -1 for all together.
    inside : tuple of (int, int)
        Area and area that it lies whole in, beside those of `within`.
    """

    kinds: tuple[str, ...]
    within: tuple[int, ...]
    inside: tuple[tuple[int, int], ...] = ()

    def families(self, there: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
        """Each area with the areas of one set that lie in it, as far as they have a count."""
        known = set(there)
        pairs = [(i, self.within[i]) for i in there if self.within[i] >= 0]
        found: dict[tuple[int, str], dict[int, None]] = {}
        for child, parent in (*pairs, *self.inside):
            if child in known and parent in known:
                found.setdefault((parent, self.kinds[child]), {})[child] = None
        for (parent, _), parts in found.items():
            yield parent, list(parts)

    def above(self, area: int) -> Iterator[int]:
        """An area and all that it lies in."""
        while area >= 0:
            yield area
            area = self.within[area]


def small_areas(places: AreaTree, counts: Mapping[int, float], min_count: float) -> frozenset[int]:
    """Areas whose count is small, and those that must be hidden with them.

    A reader knows that provinces add up to the country and counties to their province; so
    hiding one county alone hides nothing. The further areas are chosen, and the result is
    audited, by the linear programmes of `exitline.publish.tables`. What an area holds beside
    the areas inside it is a count, too, that a reader can take the difference for.

    Parameters
    ----------
    places : AreaTree
    counts : mapping of int to float
        Households or persons of some kind, by area; areas without a figure are left out.
    min_count : float
        Counts from 1 to below this are small; 0 or 1 hides nothing.

    Returns
    -------
    frozenset of int

    Examples
    --------
    >>> places = AreaTree(("", "d", "d", "d"), (-1, 0, 0, 0))
    >>> sorted(small_areas(places, {0: 103, 1: 3, 2: 40, 3: 60}, 10))
    [1, 2]
    """
    if min_count <= 1 or not counts:
        return frozenset()
    import numpy as np

    from exitline.proof.disclose.system import TableError

    min_count = max(min_count, 2.0)  # of counts below 1.5, 1 is small, as below 2
    there = sorted(counts)
    values, rows = _system(places, there, counts)
    number = np.array(values)
    if not ((number > 0) & (number < min_count)).any():
        return frozenset()
    if len(there) > MANY:
        return _whole_sets(places, counts, min_count)
    try:
        hidden = _suppressed(number, rows, min_count)[: len(there)]
    except TableError:  # no choice of areas protects the small counts
        return _whole_sets(places, counts, min_count)
    return frozenset(area for area, gone in zip(there, hidden, strict=True) if gone)


def _system(
    places: AreaTree, there: Sequence[int], counts: Mapping[int, float]
) -> tuple[list[float], list[dict[int, float]]]:
    """The counts, with what areas hold beside their parts, and the sums that hold between them."""
    place = {area: i for i, area in enumerate(there)}
    values = [float(round(counts[area])) for area in there]
    rows: list[dict[int, float]] = []
    for parent, parts in places.families(there):
        row = {place[part]: 1.0 for part in parts} | {place[parent]: -1.0}
        beside = values[place[parent]] - sum(values[place[part]] for part in parts)
        if beside < 0:  # the figures contradict each other: no sum to reckon with
            continue
        if beside > 0:  # where nothing is beside its parts, nothing there can vary
            row[len(values)] = 1.0
            values.append(beside)
        rows.append(row)
    return values, rows


def _suppressed(
    number: NDArray[np.float64], rows: Sequence[Mapping[int, float]], min_count: float
) -> NDArray[np.bool_]:
    """Which of the numbers are hidden."""
    from scipy import sparse

    from exitline.proof.disclose import TableSystem, suppress

    sums = sparse.lil_array((len(rows), number.size))
    for i, row in enumerate(rows):
        for column, sign in row.items():
            sums[i, column] = sign
    return suppress(TableSystem(number, sums, number.shape), min_count=min_count).hidden


def _whole_sets(
    places: AreaTree, counts: Mapping[int, float], min_count: float
) -> frozenset[int]:  # fmt: skip
    """All areas of every set that has a small count: no sum is left to work it out from."""
    small = {places.kinds[area] for area, n in counts.items() if 0 < n < min_count}
    small |= {
        places.kinds[parts[0]]
        for parent, parts in places.families(sorted(counts))
        if 0 < counts[parent] - sum(counts[part] for part in parts) < min_count
    }
    return frozenset(area for area in counts if places.kinds[area] in small)


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
