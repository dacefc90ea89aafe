"""A sample's table: figures rounded by their standard errors, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exitline.publish.tables.content import CellBounds, CountedFigure, SafeTable
from exitline.words.numbers import decimals, lower_end, settled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class EstimatedCells:
    """What was estimated for every cell of one figure, hidden ones too: not for publication.

    Attributes
    ----------
    unit : {"households", "persons", "share"}
    value, se, low, high : arrays with one axis for each side
        NaN where there is none.
    """

    unit: str
    value: NDArray[np.float64]
    se: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def estimated(table: SafeTable, found: Mapping[str, EstimatedCells]) -> SafeTable:
    """The table with what was estimated in the cells that it shows.

    A cell that is hidden has neither a figure nor an interval: its width tells how many rows
    stand behind it. A sum with a hidden cell among its parts has no interval either: variances
    of areas that were sampled apart add up, so that the width of the sum less those of the parts
    that are shown would speak of the hidden ones. What is left is made of shown cells alone.
    Digits are those of `exitline.words.numbers`, as on every page.

    Parameters
    ----------
    table : SafeTable
        Protected.
    found : mapping of str to EstimatedCells
        By name of the figure; others stay as they are.

    Returns
    -------
    SafeTable
    """
    over = table.silent
    total: Any = (slice(None), *(side.nodes.index(()) for side in table.sides[1:]))
    of_row = over | over[total].reshape(-1, *(1 for _ in table.sides[1:]))
    figures = tuple(
        _rounded(figure, cells, of_row if cells.unit == "share" else over)
        if (cells := found.get(figure.name))
        else figure
        for figure in table.figures
    )
    return replace(table, figures=figures)


def _rounded(
    figure: CountedFigure, cells: EstimatedCells, silent: NDArray[np.bool_]
) -> CountedFigure:
    """A figure where it is shown, and its interval unless it is to be silent."""
    import numpy as np

    shape = figure.values.shape
    value, low, high = (np.full(shape, np.nan) for _ in range(3))
    digits = np.full(shape, figure.decimals, dtype=np.int64)
    percent = cells.unit == "share"
    for at in zip(*np.nonzero(~np.isnan(figure.values)), strict=True):
        exact, se = float(cells.value[at]), float(cells.se[at])
        if np.isnan(exact):  # counted, not estimated: a total of shares, an area with no cases
            value[at] = figure.values[at]
            continue
        ends = lower_end(float(cells.low[at]), exact, cells.unit), float(cells.high[at])
        places = decimals(se, cells.unit, exact)
        value[at] = settled(exact, places, percent=percent)
        digits[at] = max(places, 0)
        known = not np.isnan(ends).any() and not (se == 0 and ends[0] == ends[1])
        if known and not silent[at]:
            low[at], high[at] = (settled(end, places, percent=percent) for end in ends)
    return replace(figure, values=value, bounds=CellBounds(low, high, digits))
