"""Which sets of areas lie within which: counties within provinces, villages within counties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.intake.cells import domain_codes, label_of

if TYPE_CHECKING:
    from exitline.arrays import Ints
    from exitline.stats.infer.intake.cells import Cells


@dataclass(frozen=True)
class Nest:
    """One set of areas, and the coarser set that each of its areas lies in.

    Attributes
    ----------
    by : str
        The set, named as results name it: its columns, joined with ", ".
    within : str
        The finest coarser set that holds every area whole; "" where only all together does.
    parents : tuple of (str, str)
        Each area of `by` and the area of `within` that it lies in ("" for all together).
    also : tuple of (str, str, str)
        An area of `by`, another set, and the area of that set in which it lies whole: whoever
        protects small counts must know every sum, even where one household straddles.
    """

    by: str
    within: str
    parents: tuple[tuple[str, str], ...]
    also: tuple[tuple[str, str, str], ...] = ()


def nesting(
    cells: Cells, sets: Sequence[tuple[int, ...]], names: Sequence[str]
) -> tuple[Nest, ...]:
    """For each set of areas, the finest coarser set that holds each of its areas whole.

    Read off the cells that the estimates rest on: an area lies within another where all
    households of the one are households of the other. Nothing loops over areas.

    Parameters
    ----------
    cells : Cells
    sets : sequence of tuple of int
        Each set of areas as positions in `cells.domains`; () is passed over.
    names : sequence of str
        Name of each domain column.

    Returns
    -------
    tuple of Nest
        In the order of `sets`.
    """
    coded = {columns: domain_codes(cells, columns) for columns in sets if columns}
    sizes = {columns: len(keys) for columns, (_, keys) in coded.items()}
    found = []
    for columns, (code, keys) in coded.items():
        coarser = sorted((c for c in coded if sizes[c] < sizes[columns]), key=lambda c: -sizes[c])
        within = next((c for c in coarser if _holds(code, coded[c][0])), ())
        parent = coded[within][0] if within else np.where(code >= 0, 0, -1)
        labels = [label_of(key) for key in (coded[within][1] if within else ((),))]
        of_area = _first(code, parent, len(keys))
        pairs = tuple((label_of(k), labels[p]) for k, p in zip(keys, of_area, strict=True))
        others = tuple(
            (label_of(keys[c]), _name(other, names), label_of(coded[other][1][p]))
            for other in coded if other not in (columns, within)
            for c, p in _whole(code, coded[other][0])
        )  # fmt: skip
        found.append(Nest(_name(columns, names), _name(within, names), pairs, others))
    return tuple(found)


def _pairs(child: Ints, parent: Ints) -> Ints:
    """The distinct pairs of areas that cells stand in, ascending, shape (pairs, 2).

    Counted where there are few possible pairs, so that millions of cells need not be sorted.
    """
    used = child >= 0
    width = int(parent.max(initial=-1)) + 2
    packed = child[used] * width + parent[used] + 1
    possible = (int(child.max(initial=-1)) + 1) * width
    if possible <= 4 * len(packed) + 1_000_000:
        found = np.flatnonzero(np.bincount(packed, minlength=possible))
    else:
        found = np.unique(packed)
    return np.column_stack([found // width, found % width - 1])


def _holds(child: Ints, parent: Ints) -> bool:
    """Whether every child area has all its cells in one parent area."""
    areas = _pairs(child, parent)[:, 0]
    return not np.any(areas[1:] == areas[:-1])


def _whole(child: Ints, parent: Ints) -> list[tuple[int, int]]:
    """Child areas all of whose cells are in one parent area, with that area."""
    pairs = _pairs(child, parent)
    areas, position, times = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    parents = pairs[position, 1]
    kept = (times == 1) & (parents >= 0)
    return [(int(c), int(p)) for c, p in zip(areas[kept], parents[kept], strict=True)]


def _first(child: Ints, parent: Ints, size: int) -> list[int]:
    """The parent code of each child area, from the first of its cells."""
    used = child >= 0
    result = np.zeros(size, dtype=np.int64)
    result[child[used][::-1]] = parent[used][::-1]  # of several, the last that is written stays
    return [int(p) for p in result]


def _name(columns: tuple[int, ...], names: Sequence[str]) -> str:
    return ", ".join(names[c] for c in columns)
