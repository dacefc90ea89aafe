"""The units of a difference-in-differences as arrays, and the variance of their sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints


@dataclass(frozen=True)
class EffectSample:
    """Rows of units, or of clusters and groups, with their weighted outcomes.

    Attributes
    ----------
    times : tuple of float
    group : float array, shape (rows,)
    weight : float array, shape (rows,)
    outcome : float array, shape (rows, periods)
        Weighted sums.
    units : int array, shape (rows,)
        How many units a row holds.
    psu, stratum : int arrays, shape (rows,)
        Codes; a PSU lies in one stratum.
    designed : bool
        Whether variances are those of a sample design, with its degrees of freedom.
    """

    times: tuple[float, ...]
    group: Floats
    weight: Floats
    outcome: Floats
    units: Ints
    psu: Ints
    stratum: Ints
    designed: bool

    def in_groups(self, groups: tuple[float, ...]) -> NDArray[np.bool_]:
        """Which rows are of these groups."""
        return np.isin(self.group, groups)

    @property
    def df(self) -> float:
        """Degrees of freedom: PSUs less strata; infinite without a design."""
        if not self.designed:
            return float("inf")
        return float(np.unique(self.psu).size - np.unique(self.stratum).size)

    def covariance(self, influence: Floats) -> Floats:
        """Covariances of figures whose influence on each row is given.

        Without a design the sum of squares, as R's did has it (denominator n); with one the
        between-PSU sum of squares within strata.

        Parameters
        ----------
        influence : float array, shape (rows, figures)

        Returns
        -------
        float array, shape (figures, figures)
        """
        size = int(self.psu.max(initial=-1)) + 1
        sums = np.zeros((size, influence.shape[1]))
        np.add.at(sums, self.psu, influence)
        if not self.designed:
            return np.asarray(sums.T @ sums)
        stratum = np.zeros(size, dtype=np.int64)
        stratum[self.psu] = self.stratum
        count = np.bincount(stratum).astype(np.float64)
        total = np.zeros((count.size, influence.shape[1]))
        np.add.at(total, stratum, sums)
        centred = sums - (total / np.maximum(count, 1.0)[:, None])[stratum]
        factor = np.divide(count, count - 1.0, out=np.zeros_like(count), where=count > 1)
        return np.asarray((centred * factor[stratum, None]).T @ centred)
