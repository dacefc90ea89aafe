"""Tables of categories: shares of all, of each row and of each column, with their errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer import intervals
from exitline.stats.infer.build import ONE_PSU, without_df
from exitline.stats.infer.cross_tables.association import Counts, independence
from exitline.stats.infer.cross_tables.functions import Errors, Functions, numbers, shares
from exitline.stats.infer.designs.variance import Part
from exitline.stats.infer.intake.codes import MISSING_DOMAIN
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.cross_tables.association import AssociationTest, Statistic
    from exitline.stats.infer.estimates import Estimates


_Levels = tuple[list[tuple[str, ...]], tuple[str, ...]]
MOST = 10_000
"""Cells of a table: their covariances are two matrices of 800 MB."""
SHARES = ("cell", "row", "column", "count")
"""What a figure of a table is a share of: all, its row, its column; or a number."""


@dataclass(frozen=True)
class TableFigures:
    """Figures of a table, one for each position of the arrays.

    Attributes
    ----------
    share : tuple of str
        One of `SHARES`, by figure.
    row, column : sequences
        Their values, "" for all together.
    estimate, se, low, high, df : float arrays
    n : int array
        Households of the denominator; for a number, those that are counted.
    population : float array
        Persons or households that they stand for.
    reason : tuple of str
    """

    share: tuple[str, ...]
    row: Any
    column: Any
    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    df: Floats
    n: Ints
    population: Floats
    reason: tuple[str, ...]


@dataclass(frozen=True)
class Tabulation(ShownResult):
    """A table of one or two columns of categories.

    Attributes
    ----------
    row, column : str
        Columns of the data; `column` is "" in a table of one.
    rows, columns : tuple of str
        Their values as they are shown, in ascending order.
    figures : TableFigures
    counts : Counts
        Weighted counts with their covariance.
    level : float
    notes : tuple of str
        What a reader must know: rows left out.
    """

    row: str
    column: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    figures: TableFigures
    counts: Counts
    level: float
    notes: tuple[str, ...] = ()

    def to_pandas(self, share: str | None = None) -> pd.DataFrame:
        """The table, one row for each figure.

        Parameters
        ----------
        share : {"cell", "row", "column", "count"}, optional
            Those figures alone.

        Returns
        -------
        pandas.DataFrame
            Columns share, row, column, estimate, se, ci_low, ci_high, level, df, n,
            population, reason.
        """
        import pandas as pd

        f = self.figures
        found = pd.DataFrame(
            {
                "share": f.share, "row": f.row, "column": f.column, "estimate": f.estimate,
                "se": f.se, "ci_low": f.low, "ci_high": f.high, "level": self.level, "df": f.df,
                "n": f.n, "population": f.population, "reason": f.reason,
            }
        )  # fmt: skip
        if share is None:
            return found
        return found[found["share"] == share].reset_index(drop=True)

    def test(self, statistic: Statistic = "F") -> AssociationTest:
        """Test that rows and columns are independent, as R's ``svychisq``.

        Parameters
        ----------
        statistic : {"F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"}
            Rao and Scott's F of the second order unless given (see
            `exitline.stats.infer.cross_tables.association.independence`).

        Returns
        -------
        AssociationTest

        Raises
        ------
        MeasureError
            For a table of a single row or column, or a census.
        """
        return independence(self.counts, statistic)


@dataclass(frozen=True)
class CountedCells:
    """The weighted counts of one set of domains, and whom a share of each refers to.

    Attributes
    ----------
    counts : Block
        The number of persons or households, by domain.
    about : Block
        A ratio with the same denominator: its df, n and the guard against a single PSU.
    """

    counts: Block
    about: Block


@dataclass(frozen=True)
class _Sets:
    """What is counted, one below the other: all, each row, each column, each cell.

    Attributes
    ----------
    row, column : int array, shape (sets,)
        Position of the value; -1 for all together.
    members : float array, shape (sets, cells)
        1 where a cell belongs to the set.
    df : float array
    n : int array
    alone : bool array
        Whether the households of a set are those of a single PSU.
    """

    row: Ints
    column: Ints
    members: Floats
    df: Floats
    n: Ints
    alone: NDArray[np.bool_]


def tabulation(
    estimates: Estimates,
    names: tuple[str, ...],
    counted: tuple[CountedCells, ...],
    interval: intervals.ShareMethod,
) -> Tabulation:
    """The table, from the weighted counts of its cells.

    Parameters
    ----------
    estimates : Estimates
        For the design; of replicate weights, with deviations from the full-sample figure.
    names : tuple of str
        One column or two.
    counted : tuple of CountedCells
        By whether the categories are known, by row; and by column and by cell, of two columns.
    interval : str
        Of shares.

    Returns
    -------
    Tabulation
    """
    known, rows = counted[:2]
    columns, cells = counted[2:] or (None, rows)
    of_row, row_names = _levels(rows.counts)
    none: _Levels = ([()], ())
    of_column, column_names = _levels(columns.counts) if columns else none
    size = len(of_row) * len(of_column)
    if size > MOST:
        raise MeasureError(
            f"a table of {size:,} cells is too large",
            expected=f"at most {MOST:,} cells, since each varies with every other",
            got=f"{len(of_row):,} by {len(of_column):,} values",
            remedy="cut numbers into classes first, or estimate shares by area with 'proportion'",
        )
    grid = [(*r, *c) for r in of_row for c in of_column]
    places = [_places(known.counts, [("1",)]), _places(rows.counts, of_row)]
    if columns:
        places += [_places(columns.counts, of_column), _places(cells.counts, grid)]
    place = _places(cells.counts, grid)
    counts = np.asarray(_taken(cells.counts.estimate, place, 0.0), dtype=np.float64)
    part = Part(cells.counts.rows, cells.counts.influence)
    errors = estimates.variance.of_table(part, place, counts)
    shape = (len(of_row), len(of_column))
    sets = _laid_out(counted, places, shape)
    no_df = without_df(estimates.variance)
    figures = _figures(sets, counts, errors, estimates.level, interval, no_df)
    shown = np.array([*row_names, ""]), np.array([*column_names, ""])
    return Tabulation(
        names[0], names[1] if columns else "", row_names, column_names,
        replace(figures, row=tuple(shown[0][figures.row]), column=tuple(shown[1][figures.column])),
        Counts(
            counts.reshape(shape), errors.covariance(numbers(len(counts))),
            errors.covariance(shares(len(counts))), int(sets.n[0]), _df(estimates),
        ),
        estimates.level, estimates.notes,
    )  # fmt: skip


def _df(estimates: Estimates) -> float:
    """Of the design, or of the subpopulation that was asked for: R's ``degf(subset(design))``."""
    return float(next(block.df[0] for block in estimates.blocks if not block.by))


def _levels(block: Block) -> _Levels:
    """Keys of a column's values as the data write them, and as they are shown."""
    pairs = zip(block.rows.codes, block.rows.keys, strict=True)
    found = [(code, key[0]) for code, key in pairs if MISSING_DOMAIN not in code]
    return [code for code, _ in found], tuple(name for _, name in found)


def _places(block: Block, keys: list[tuple[str, ...]]) -> Ints:
    """Where some keys stand among the domains of a block; -1 where no household has them."""
    there = {code: i for i, code in enumerate(block.rows.codes)}
    return np.array([there.get(key, -1) for key in keys], dtype=np.int64)


def _taken(values: Any, places: Ints, empty: Any) -> Any:
    """Values at some places; `empty` where there is none."""
    return np.where(places >= 0, np.asarray(values)[places], empty)


def _laid_out(
    counted: tuple[CountedCells, ...], places: list[Ints], shape: tuple[int, int]
) -> _Sets:
    """All, each row, each column and each cell, with the cells that belong to them."""
    rows, columns = shape
    cells = np.arange(rows * columns)
    i, j = cells // columns, cells % columns
    row = [np.array([-1]), np.arange(rows)]
    column = [np.array([-1]), np.full(rows, -1)]
    if len(counted) > 2:
        row += [np.full(columns, -1), i]
        column += [np.arange(columns), j]
    of_row, of_column = np.concatenate(row), np.concatenate(column)
    members = ((of_row[:, None] == i) | (of_row[:, None] < 0)) & (
        (of_column[:, None] == j) | (of_column[:, None] < 0)
    )
    pairs = list(zip(counted, places, strict=True))
    alone = [_taken([r == ONE_PSU for r in one.about.reason], at, False) for one, at in pairs]
    return _Sets(
        of_row, of_column, members.astype(np.float64),
        np.concatenate([_taken(one.about.df, at, np.nan) for one, at in pairs]),
        np.concatenate([_taken(one.about.n, at, 0) for one, at in pairs]),
        np.concatenate(alone),
    )  # fmt: skip


def _figures(
    sets: _Sets, counts: Floats, errors: Errors, level: float,
    interval: intervals.ShareMethod, no_df: str,
) -> TableFigures:  # fmt: skip
    """Every figure of the table; `row` and `column` are positions."""
    share, of, over = _wanted(sets)
    number, about = over < 0, np.where(over < 0, of, over)
    functions = Functions(sets.members[of], sets.members[about], number)
    value, se = functions.of(counts), errors.se(functions)
    lone = sets.alone[about] & ~number
    se = np.where(lone, np.nan, se)
    df, n = sets.df[about], sets.n[about]
    bounds = intervals.share(value, se, n.astype(np.float64), df, level, interval)
    plain = intervals.symmetric(value, se, df, level)
    exact = np.isinf(df) & (se == 0)
    low = np.where(exact, value, np.where(number, plain.low, bounds.low))
    high = np.where(exact, value, np.where(number, plain.high, bounds.high))
    reason = np.select([lone, df < 1], [ONE_PSU, no_df], "")
    return TableFigures(
        tuple(share), sets.row[of], sets.column[of], value, se, low, high, df, n,
        (sets.members @ counts)[about], tuple(str(text) for text in reason),
    )  # fmt: skip


def _wanted(sets: _Sets) -> tuple[list[str], Ints, Ints]:
    """The figures: what they are a share of, the set counted and that of the denominator (-1:
    none)."""
    every = np.arange(len(sets.row))
    inner = every[(sets.row >= 0) & (sets.column >= 0)]
    pairs = zip(sets.row.tolist(), sets.column.tolist(), strict=True)
    position = {pair: k for k, pair in enumerate(pairs)}
    parts = [("cell", every[1:], np.zeros(len(every) - 1, dtype=np.int64))]
    if len(inner):
        rows = np.array([position[int(sets.row[k]), -1] for k in inner])
        columns = np.array([position[-1, int(sets.column[k])] for k in inner])
        parts += [("row", inner, rows), ("column", inner, columns)]
    parts.append(("count", every, np.full(len(every), -1)))
    share = [name for name, of, _ in parts for _ in of]
    return share, np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])
