"""The layout that people read: areas down, categories across."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from exitline.publish.tables.content import TOTAL
from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import DASH

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exitline.publish.tables.content import CountedFigure, SafeTable


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
    decimals : int array of shape (rows, columns)
    low, high : arrays of shape (rows, columns)
        Intervals; NaN where there are none.
    sampled : tuple of bool
        Whether a column's figures have intervals.
    """

    stub: tuple[str, ...]
    depths: tuple[int, ...]
    heads: tuple[tuple[str, str], ...]
    values: NDArray[np.float64]
    decimals: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    sampled: tuple[bool, ...]

    def text(self, row: int, column: int, hidden: str, t: Language = ENGLISH) -> str:
        """A figure as people read it."""
        value = float(self.values[row, column])
        return hidden if value != value else t.number(value, int(self.decimals[row, column]))

    def interval(self, row: int, column: int, t: Language = ENGLISH) -> str:
        """Its interval in brackets; "" where there is none."""
        low, high = float(self.low[row, column]), float(self.high[row, column])
        if low != low:
            return ""
        places = int(self.decimals[row, column])
        return f"({t.number(low, places)}{DASH}{t.number(high, places)})"

    def both(self, row: int, column: int, hidden: str, t: Language = ENGLISH) -> str:
        """A figure with its interval on one line."""
        said = self.text(row, column, hidden, t), self.interval(row, column, t)
        return " ".join(text for text in said if text)


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
    laid: list[list[NDArray[Any]]] = []
    shares: list[bool] = []
    sampled: list[bool] = []
    labels = [label for side in others for label in set(side.labels(0)) - {TOTAL}]
    alike = len(set(labels)) < len(labels)  # two ways with the same words: say which is meant
    orders = [_total_first(len(side.nodes), side.nodes.index(())) for side in others]
    for figure in table.figures:
        laid.append([_in_order(of, orders) for of in _parts(figure)])
        for chosen in product(*orders):
            named = [
                (f"{table.heading(side.names[0])}: " if alike else "") + side.nodes[i][0]
                for side, i in zip(others, chosen, strict=True)
                if side.nodes[i]
            ]
            whole = t("total") if others else ""
            heads.append((t.of(figure.label), t.joined(map(t.of, named), ", ") or whole))
            shares.append(figure.decimals > 0)
            sampled.append(figure.bounds is not None)
    kept = [i for i, (_, c) in enumerate(heads) if not (shares[i] and c == t("total"))]
    values, low, high, decimals = (
        np.concatenate(part, axis=1)[:, kept] for part in zip(*laid, strict=True)
    )
    return Wide(
        stub, depths, tuple(heads[i] for i in kept), values, decimals, low, high,
        tuple(sampled[i] for i in kept),
    )  # fmt: skip


def _parts(figure: CountedFigure) -> tuple[NDArray[Any], ...]:
    """Values, lower and upper ends, and decimals of a figure."""
    import numpy as np

    if figure.bounds is None:
        none = np.full(figure.values.shape, np.nan)
        return figure.values, none, none, np.full(figure.values.shape, figure.decimals)
    return figure.values, figure.bounds.low, figure.bounds.high, figure.bounds.decimals


def _in_order(block: NDArray[Any], orders: list[list[int]]) -> NDArray[Any]:
    """An array with a row for each area, and its categories in some order."""
    import numpy as np

    for axis, order in enumerate(orders, start=1):
        block = np.take(block, order, axis=axis)
    return block.reshape(len(block), -1)


def _total_first(size: int, total: int) -> list[int]:
    """Positions with that of the total in front."""
    return [total, *(i for i in range(size) if i != total)]
