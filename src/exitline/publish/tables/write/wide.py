"""The layout that people read: areas down, categories across."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from exitline.publish.tables.content import TOTAL
from exitline.words.catalogue import ENGLISH, Language

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
    decimals : tuple of int
        Of each column.
    """

    stub: tuple[str, ...]
    depths: tuple[int, ...]
    heads: tuple[tuple[str, str], ...]
    values: NDArray[np.float64]
    decimals: tuple[int, ...]

    def text(self, row: int, column: int, hidden: str, t: Language = ENGLISH) -> str:
        """A cell as people read it."""
        value = float(self.values[row, column])
        return hidden if value != value else t.number(value, self.decimals[column])


def wide(table: SafeTable, t: Language = ENGLISH) -> Wide:
    """Lay a table out for reading; the total of the categories comes first.

    Parameters
    ----------
    table : SafeTable
    t : Language
        The reader's.

    Returns
    -------
    Wide
    """
    import numpy as np

    rows, *others = table.sides
    stub = tuple(node[-1] if node else t("Total") for node in rows.nodes)
    depths = tuple(len(node) for node in rows.nodes)
    heads: list[tuple[str, str]] = []
    blocks = []
    decimals: list[int] = []
    labels = [label for side in others for label in set(side.labels(0)) - {TOTAL}]
    alike = len(set(labels)) < len(labels)  # two ways with the same words: say which is meant
    orders = [_total_first(len(side.nodes), side.nodes.index(())) for side in others]
    for figure in table.figures:
        block = figure.values
        for axis, order in enumerate(orders, start=1):
            block = np.take(block, order, axis=axis)
        blocks.append(block.reshape(len(stub), -1))
        for chosen in product(*orders):
            named = [
                (f"{table.heading(side.names[0])}: " if alike else "") + side.nodes[i][0]
                for side, i in zip(others, chosen, strict=True)
                if side.nodes[i]
            ]
            whole = t("total") if others else ""
            heads.append((t.of(figure.label), t.joined(map(t.of, named), ", ") or whole))
            decimals.append(figure.decimals)
    values = np.concatenate(blocks, axis=1)
    kept = [i for i, (_, c) in enumerate(heads) if not (decimals[i] and c == t("total"))]
    return Wide(
        stub, depths, tuple(heads[i] for i in kept), values[:, kept],
        tuple(decimals[i] for i in kept),
    )  # fmt: skip


def _total_first(size: int, total: int) -> list[int]:
    """Positions with that of the total in front."""
    return [total, *(i for i in range(size) if i != total)]
