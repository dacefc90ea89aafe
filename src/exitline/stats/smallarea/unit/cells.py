"""A census as a table of cells, and which of them lie in which area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Floats, Ints


@dataclass(frozen=True)
class CensusCells:
    """Rows of a census, summed over equal areas and bands of the linear predictor.

    Attributes
    ----------
    place : int array, shape (cells,)
        The place of each cell: a combination of the areas of all levels. Ascending.
    weight, squares : float array, shape (cells,)
        Sums of the rows' weights and of their squares.
    mu, var : float array, shape (cells,)
        Mean and variance of the linear predictor.
    x : float array, shape (cells, p), optional
        Means of the model's columns.
    scatter : float array, shape (cells,), optional
        Variance, within the cell, of what replicates of the coefficients add.
    """

    place: Ints
    weight: Floats
    squares: Floats
    mu: Floats
    var: Floats
    x: Floats | None = None
    scatter: Floats | None = None


@dataclass(frozen=True)
class Places:
    """The finest areas of a census, with the areas of every level that they lie in.

    Attributes
    ----------
    area : int array, shape (places,)
        The model's area of each.
    areas : tuple
        Values of the model's areas.
    domain : mapping of str to int array, shape (places,)
        For each level of results, the domain of each place.
    domains : mapping of str to tuple of tuple
        For each level, the values of its columns.
    n : int array, shape (places,)
        Rows of the census.
    weight : float array, shape (places,)
    """

    area: Ints
    areas: tuple[Any, ...]
    domain: Mapping[str, Ints]
    domains: Mapping[str, tuple[tuple[Any, ...], ...]]
    n: Ints
    weight: Floats

    def sums(self, level: str, values: Floats) -> Floats:
        """Sums over the places of each domain; `values` has places first."""
        found = np.zeros((len(self.domains[level]), *values.shape[1:]))
        np.add.at(found, self.domain[level], values)
        return found


def coded(columns: Sequence[Any]) -> tuple[Ints, tuple[tuple[Any, ...], ...]]:
    """Each combination of values as a number, in the order of the values.

    Examples
    --------
    >>> codes, values = coded([["b", "a", "b"], [1, 1, 1]])
    >>> codes.tolist(), values
    ([1, 0, 1], (('a', 1), ('b', 1)))
    """
    import pandas as pd

    size = len(columns[0])
    total = np.zeros(size, dtype=np.int64)
    for column in columns:
        codes, distinct = pd.factorize(pd.Series(column), sort=True)
        total = total * max(len(distinct), 1) + codes
    _, first, inverse = np.unique(total, return_index=True, return_inverse=True)
    values = tuple(tuple(_plain(column[i]) for column in columns) for i in first)
    return inverse.astype(np.int64), values


def one_district(area: Ints, district: Ints, names: Sequence[str]) -> Ints:
    """The district of each area, from rows or places that name both.

    Raises
    ------
    SmallAreaError
        For an area in two districts.
    """
    found = np.zeros(int(area.max()) + 1, dtype=np.int64)
    found[area] = district
    torn = np.flatnonzero(found[area] != district)
    if torn.size:
        raise SmallAreaError(
            "an area lies in two districts", where=f"area '{names[int(area[torn[0]])]}'",
            expected="every area of the model within one district", got="two or more",
            remedy="name areas so that each is in one district, or take another column",
        )  # fmt: skip
    return found


def _plain(value: Any) -> Any:
    """A value as Python writes it."""
    return value.item() if hasattr(value, "item") else value


def from_table(
    table: pa.Table, keys: Sequence[str], p: int, *, columns: bool
) -> tuple[CensusCells, Ints, tuple[tuple[Any, ...], ...], Ints]:
    """The cells of a query, sorted by place.

    Parameters
    ----------
    table : pyarrow.Table
        From `exitline.stats.measure.modelling.census.cells_query`, known rows only.
    keys : sequence of str
    p : int
        Columns of the model.
    columns : bool
        Whether their means are there.

    Returns
    -------
    cells : CensusCells
    rows : int array
        Rows of the census in each cell.
    places : tuple of tuple
        Values of the keys of each place.
    order : int array
    """
    place, values = coded([table.column(key).to_pandas() for key in keys])
    order = np.argsort(place, kind="stable")

    def of(name: str) -> Floats:
        return np.asarray(table.column(name).to_numpy().astype(np.float64)[order])

    w = of("w")
    safe = np.where(w > 0, w, 1.0)
    away = of("r") / safe
    var = np.maximum(of("r2") / safe - away**2, 0.0)
    x = np.column_stack([of(f"x{j}") / safe for j in range(p)]) if columns else None
    scatter = of("q") / safe if "q" in table.column_names else None
    rows = table.column("n").to_numpy().astype(np.int64)[order]
    cells = CensusCells(place[order], w, of("w2"), of("mu") + away, var, x, scatter)
    return cells, rows, values, order
