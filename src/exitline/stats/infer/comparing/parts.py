"""Figures of blocks as columns of a joint covariance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.comparing.joint import InfluenceColumns, clusters_at

if TYPE_CHECKING:
    from exitline.arrays import Ints
    from exitline.stats.infer.blocks import Block


def of_areas(block: Block) -> InfluenceColumns:
    """One column for each area of a block, at a fixed line."""
    return InfluenceColumns(block.rows, block.rows.domain, block.influence, block.rows.size)


def of_area(block: Block, i: int) -> InfluenceColumns:
    """One column: area `i` of a block, at a fixed line."""
    mine = block.rows.domain == i
    influence = np.where(mine, block.influence, 0.0)
    return InfluenceColumns(block.rows, np.zeros(len(influence), dtype=np.int64), influence, 1)


def of_line(block: Block) -> InfluenceColumns | None:
    """One column: the relative line that a block's measure is taken at, if it is relative."""
    if block.at_line is None:
        return None
    rows, influence = block.at_line.line.rows, block.at_line.line.influence
    return InfluenceColumns(rows, np.zeros(len(influence), dtype=np.int64), influence, 1)


def of_figures(figures: Sequence[tuple[Block, int]]) -> list[InfluenceColumns]:
    """One column for each figure, a block and an area of it; relative lines included.

    Parameters
    ----------
    figures : sequence of (Block, int)
        Each may be there several times.

    Returns
    -------
    list of InfluenceColumns
        One for each block: `InfluenceColumns.size` is the number of all figures, so that those of
        several blocks are to be added up (`stacked`).
    """
    size = len(figures)
    of_block: dict[int, list[int]] = {}
    for position, (block, _) in enumerate(figures):
        of_block.setdefault(id(block), []).append(position)
    found: list[InfluenceColumns] = []
    for positions in of_block.values():
        block = figures[positions[0]][0]
        areas = np.array([figures[p][1] for p in positions])
        found += _chosen(block, areas, np.array(positions), size)
    return found


def _chosen(block: Block, areas: Ints, positions: Ints, size: int) -> list[InfluenceColumns]:
    """Columns `positions` for some areas of a block, and what a relative line adds to them."""
    order = np.argsort(block.rows.domain, kind="stable")
    starts = np.searchsorted(block.rows.domain[order], [areas, areas + 1])
    lengths = starts[1] - starts[0]
    offsets = np.repeat(starts[0] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    taken = order[offsets + np.arange(int(lengths.sum()))]
    column = np.repeat(positions, lengths)
    found = [InfluenceColumns(clusters_at(block.rows, taken), column, block.influence[taken], size)]
    if block.at_line is not None:
        line, slopes = block.at_line.line, block.at_line.slope[areas]
        count = len(line.influence)
        rows = clusters_at(line.rows, np.tile(np.arange(count), len(areas)))
        influence = np.outer(slopes, line.influence).ravel()
        found.append(InfluenceColumns(rows, np.repeat(positions, count), influence, size))
    return found
