"""What a nested-error model needs of a sample: sums of each area, never its rows again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints


@dataclass(frozen=True)
class UnitSample:
    """The rows of a sample, sorted by area.

    Attributes
    ----------
    x : float array, shape (n, p)
        The model matrix.
    area : int array, shape (n,)
        The area of each row, from 0 on, ascending; every area has a row.
    intercept : int or None
        Which column of `x` is one throughout.
    weight : float array, shape (n,), optional
        Weights of the rows (You and Rao 2002); none unless given.
    district : int array, shape (areas,), optional
        The district of each area, from 0 on, for the two-fold model.
    """

    x: Floats
    area: Ints
    intercept: int | None
    weight: Floats | None = None
    district: Ints | None = None

    @cached_property
    def starts(self) -> Ints:
        """The first row of each area."""
        return np.flatnonzero(np.diff(self.area, prepend=-1) > 0)

    @cached_property
    def n(self) -> Floats:
        """Rows of each area."""
        ends = np.append(self.starts[1:], len(self.area))
        return np.asarray(ends - self.starts, dtype=np.float64)

    def sums(self, values: Floats) -> Floats:
        """Sums over the rows of each area."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0), dtype=np.float64)

    @cached_property
    def centre(self) -> Floats:
        """What is taken off each column; nothing without an intercept."""
        if self.intercept is None:
            return np.zeros(self.x.shape[1])
        found = np.array(self.x.mean(axis=0), dtype=np.float64)
        found[self.intercept] = 0.0
        return found

    @cached_property
    def spread(self) -> Floats:
        """What each column is divided by."""
        found = np.sqrt(((self.x - self.centre) ** 2).mean(axis=0))
        return np.asarray(np.where(found > 0, found, 1.0))

    @cached_property
    def z(self) -> Floats:
        """The columns as they are fitted: less their mean, over their spread."""
        return np.asarray((self.x - self.centre) / self.spread)

    @cached_property
    def back(self) -> Floats:
        """From coefficients of `z` to those of `x`, shape (p, p)."""
        back = np.diag(1.0 / self.spread)
        if self.intercept is not None:
            back[self.intercept] -= self.centre / self.spread
        return back

    @cached_property
    def means(self) -> Floats:
        """Means of `z` in each area."""
        return self.sums(self.z) / self.n[:, None]

    @cached_property
    def within(self) -> Floats:
        """Products of `z` within areas, shape (p, p)."""
        away = self.z - self.means[self.area]
        return np.asarray(away.T @ away)

    @cached_property
    def sizes(self) -> tuple[Floats, Ints]:
        """The distinct numbers of rows, and which of them each area has."""
        found, which = np.unique(self.n, return_inverse=True)
        return found, which

    @cached_property
    def by_size(self) -> Floats:
        """Products of the means of areas of each size, shape (sizes, p, p)."""
        found, which = self.sizes
        return np.stack(
            [self.means[which == k].T @ self.means[which == k] for k in range(len(found))]
        )

    def of(self, y: Floats) -> Responses:
        """The sums of one or several responses.

        Parameters
        ----------
        y : float array, shape (n,) or (n, replicates)
        """
        y = y[:, None] if y.ndim == 1 else y
        offset = y.mean(axis=0) if self.intercept is not None else np.zeros(y.shape[1])
        y = y - offset
        means = self.sums(y) / self.n[:, None]
        away = y - means[self.area]
        return Responses(
            means, np.asarray(self.z.T @ away), np.einsum("ir,ir->r", away, away), offset
        )


@dataclass(frozen=True)
class Responses:
    """Sums of responses, one column for each replicate.

    Attributes
    ----------
    means : float array, shape (areas, replicates)
    cross : float array, shape (p, replicates)
        Products with the columns, within areas.
    square : float array, shape (replicates,)
        Squares within areas.
    offset : float array, shape (replicates,)
        What was taken off each response.
    """

    means: Floats
    cross: Floats
    square: Floats
    offset: Floats
