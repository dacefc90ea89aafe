"""The layout that people read: areas down, categories across."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from exitline.publish.tables.content import TOTAL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exitline.publish.tables.content import SafeTable


@dataclass(frozen=True)
class Wide:
    """Rows of areas; columns of figure x categories.

    Attributes
    ----------
    stub : tuple of str
        The name of each row's area, without those above it.
    depths : tuple of int
        0 for the whole, 1 for the first level below ...
    heads : tuple of (str, str)
        For each column the figure, and its category ("" where there are none).
    values : array of shape (rows, columns)
        NaN where suppressed.
    """

    stub: tuple[str, ...]
    depths: tuple[int, ...]
    heads: tuple[tuple[str, str], ...]
    values: NDArray[np.float64]


def wide(table: SafeTable) -> Wide:
    """Lay a table out for reading; the total of the categories comes first.

    Parameters
    ----------
    table : SafeTable

    Returns
    -------
    Wide
    """
    import numpy as np

    rows, *others = table.sides
    stub = tuple(node[-1] if node else TOTAL.capitalize() for node in rows.nodes)
    depths = tuple(len(node) for node in rows.nodes)
    heads: list[tuple[str, str]] = []
    blocks = []
    orders = [_total_first(len(side.nodes), side.nodes.index(())) for side in others]
    for figure in table.figures:
        block = figure.values
        for axis, order in enumerate(orders, start=1):
            block = np.take(block, order, axis=axis)
        blocks.append(block.reshape(len(stub), -1))
        for chosen in product(*orders):
            nodes = [side.nodes[i] for side, i in zip(others, chosen, strict=True)]
            named = [" ".join(node) for node in nodes if node]
            heads.append((figure.label, ", ".join(named) or (TOTAL if others else "")))
    return Wide(stub, depths, tuple(heads), np.concatenate(blocks, axis=1))


def _total_first(size: int, total: int) -> list[int]:
    """Positions with that of the total in front."""
    return [total, *(i for i in range(size) if i != total)]
