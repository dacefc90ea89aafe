"""A table as it is published: nothing in it that is suppressed.

Figures of a sample are rounded by their standard errors, with intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from exitline.words.catalogue import ENGLISH, Language
from exitline.words.numbers import decimals, lower_end, settled

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.proof.disclose.ways import Node


SUPPRESSED = "suppressed"
TOTAL = "total"
CANNOT_TELL = "cannot tell yet"
"""The category of those of whom a criterion is not known."""


@dataclass(frozen=True)
class TableSide:
    """One way of a published table.

    Attributes
    ----------
    names : tuple of str
        Columns of the data, from the top level downwards.
    nodes : tuple of tuple of str
        See `exitline.proof.disclose.ways.Way`.
    """

    names: tuple[str, ...]
    nodes: tuple[Node, ...]

    def labels(self, depth: int) -> list[str]:
        """Each node's label at a level, "total" below its own."""
        return [node[depth] if depth < len(node) else TOTAL for node in self.nodes]


@dataclass(frozen=True)
class CellBounds:
    """Intervals of the cells of one figure.

    Attributes
    ----------
    low, high : arrays with one axis for each side
        NaN where the figure is suppressed or has no interval.
    decimals : int array
        Decimals of each cell, as its standard error carries them.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    decimals: NDArray[np.int64]


@dataclass(frozen=True)
class CountedFigure:
    """What is counted in the cells.

    Attributes
    ----------
    name : str
        "households", "persons", "n" or "percent".
    label, unit : str
        As headings say it.
    values : array with one axis for each side
        NaN where suppressed.
    decimals : int
        At most.
    bounds : CellBounds or None
        Of a sample's figures: their intervals.
    """

    name: str
    label: str
    unit: str
    values: NDArray[np.float64]
    decimals: int = 0
    bounds: CellBounds | None = None


@dataclass(frozen=True)
class TableFacts:
    """What every published table says about itself.

    Attributes
    ----------
    title, unit, standard, line, year, source, rule : str
        "" where it does not apply.
    licence : str
        As a name or address, "" where the producer gave none.
    notes : tuple of str
    """

    title: str
    unit: str
    rule: str
    standard: str = ""
    line: str = ""
    year: str = ""
    source: str = ""
    licence: str = ""
    notes: tuple[str, ...] = ()

    def lines(self, t: Language = ENGLISH) -> list[tuple[str, str]]:
        """Name and text of each fact that is there, in reading order."""
        named = (
            (t("Unit"), t.of(self.unit)), (t("Standard"), self.standard),
            (t("Line"), t.of(self.line)), (t("Year"), self.year), (t("Source"), self.source),
            (t("Licence"), self.licence), (t("Disclosure control"), t.of(self.rule)),
        )  # fmt: skip
        notes = [(t("Note"), t.of(note)) for note in self.notes]
        return [(name, text) for name, text in named if text] + notes


@dataclass(frozen=True)
class SafeTable:
    """A table that can be published.

    Attributes
    ----------
    sides : tuple of TableSide
        The rows first.
    figures : tuple of CountedFigure
        The main one first.
    facts : TableFacts
    headings : dict of str to str
        What columns are called where people read.
    over : bool array with one axis for each side, optional
        Cells that are suppressed or have a suppressed part; None where none is.
    """

    sides: tuple[TableSide, ...]
    figures: tuple[CountedFigure, ...]
    facts: TableFacts
    headings: dict[str, str] = field(default_factory=dict)
    over: NDArray[np.bool_] | None = None

    @property
    def silent(self) -> NDArray[np.bool_]:
        """Cells whose interval would tell of a suppressed one: those of `over`."""
        import numpy as np

        return np.zeros(self.figures[0].values.shape, bool) if self.over is None else self.over

    @property
    def cells(self) -> int:
        """Cells of one figure."""
        return int(self.figures[0].values.size)

    @property
    def suppressed(self) -> int:
        """Cells of the main figure that are suppressed; n may be in more."""
        import numpy as np

        return int(np.isnan(self.figures[0].values).sum())

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that name a cell, rows first."""
        return tuple(name for side in self.sides for name in side.names)

    def heading(self, name: str) -> str:
        """A column's name as people read it."""
        text = self.headings.get(name, name).replace("_", " ")
        return text[:1].upper() + text[1:]

    def long(self) -> pd.DataFrame:
        """One row for each cell: its labels, then each figure; a sample's with low and high."""
        import numpy as np
        import pandas as pd

        grid = np.indices(self.figures[0].values.shape).reshape(len(self.sides), -1)
        columns: dict[str, object] = {}
        for side, positions in zip(self.sides, grid, strict=True):
            for depth, name in enumerate(side.names):
                columns[name] = np.array(side.labels(depth), dtype=object)[positions]
        for figure in self.figures:
            columns[figure.name] = figure.values.ravel()
            if figure.bounds is not None:
                columns[f"{figure.name}_low"] = figure.bounds.low.ravel()
                columns[f"{figure.name}_high"] = figure.bounds.high.ravel()
        return pd.DataFrame(columns)


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
