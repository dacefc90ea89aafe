"""Few units in a group: variances divided by n - 1, degrees of freedom, and a test that keeps them.

A group of ten villages tells its own variance with nine degrees of freedom, however many villages
there are to compare with. Intervals by the normal distribution are too short then, and a Wald test
of several comparisons rejects far too often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from exitline.stats.curves.bands import critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.effect.sample import EffectSample


LEAST = 4.0
"""Degrees of freedom below which nothing is told of an effect."""


@dataclass(frozen=True)
class EffectSpread:
    """How figures of one sample vary.

    Attributes
    ----------
    covariance : float array, shape (figures, figures)
        As R's did has it without a design; else between PSUs within strata.
    small : float array, shape (figures, figures)
        The same with n - 1 units (or PSUs) in each group.
    df : float array, shape (figures,)
        Degrees of freedom of each variance.
    parts : tuple of (float, float array)
        Each group's degrees of freedom and its part of `small`; empty where a PSU holds several
        groups.
    """

    covariance: Floats
    small: Floats
    df: Floats
    parts: tuple[tuple[float, Floats], ...] = ()

    def intervals(self, level: float) -> Floats:
        """Half the width of each figure's interval."""
        return np.asarray(_quantile(self.df, level) * _root(self.small))

    def bands(self, level: float, kept: NDArray[np.bool_]) -> Floats:
        """Half the width of a band for the kept figures at once; NaN for the others.

        The probability that each figure may miss is that at which jointly normal figures of these
        correlations miss anywhere with 1 - `level`; its quantile is that of the figure's own t.

        Parameters
        ----------
        level : float
        kept : bool array, shape (figures,)
        """
        wide = np.full(self.df.size, np.nan)
        part, df = self.small[kept][:, kept], self.df[kept]
        if not kept.any():
            return wide
        if not self.parts:
            wide[kept] = critical(part, float(df[0]), level) * _root(part)
            return wide
        there = ~np.isnan(np.diag(part))
        normal = critical(part[there][:, there], float("inf"), level)
        wide[kept] = _quantile(df, float(2 * stats.norm.cdf(normal) - 1)) * _root(part)
        return wide

    def test(self, value: Floats) -> tuple[float, int, float, float]:
        """Whether all figures are zero: Wald's statistic, its df, those below, and p.

        Parameters
        ----------
        value : float array, shape (figures,)

        Returns
        -------
        statistic : float
            Of `covariance`, as R's did has it.
        rank : int
        below : float
            Denominator degrees of freedom of the F that p is of; 0 or less: p is NaN.
        p : float

        References
        ----------
        Krishnamoorthy and Yu (2004), Statistics and Probability Letters 66, 161-169, equation 8:
        Hotelling's T2 of groups with covariances of their own. Where PSUs hold several groups:
        Korn and Graubard (1990), The American Statistician 44, 270-276.
        """
        if np.isnan(self.covariance).any():
            return float("nan"), 0, 0.0, float("nan")
        rank = int(np.linalg.matrix_rank(self.covariance, hermitian=True))
        statistic = float(value @ np.linalg.pinv(self.covariance, hermitian=True) @ value)
        if not rank:
            return statistic, 0, 0.0, float("nan")
        inverse = np.linalg.pinv(self.small, hermitian=True)
        squared, df = float(value @ inverse @ value), float(self.df[0])
        if self.parts:
            shares = [(own, part @ inverse) for own, part in self.parts]
            df = (rank + rank**2) / sum(
                (np.trace(one @ one) + np.trace(one) ** 2) / own for own, one in shares
            )
        below = df - rank + 1.0
        if below <= 0:
            return statistic, rank, below, float("nan")
        return statistic, rank, below, float(stats.f.sf(squared * below / (df * rank), rank, below))


def spread(sample: EffectSample, influence: Floats) -> EffectSpread:
    """How figures vary whose influence on each row is given.

    Parameters
    ----------
    sample : EffectSample
    influence : float array, shape (rows, figures)

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2, 110-114, for the degrees of freedom.
    """
    matrix, part = sample.covariance(influence), _groups(sample)
    if part is None:
        return EffectSpread(matrix, matrix, np.full(influence.shape[1], sample.df))
    sums = np.zeros((part.size, influence.shape[1]))
    np.add.at(sums, sample.psu, influence)
    if sample.designed:
        sums = _within_strata(sample, sums)
    parts = tuple(_part(sums[part == one]) for one in np.unique(part))
    small = np.sum([one for _, one in parts], axis=0)
    squares = sum(np.diag(one) ** 2 / df for df, one in parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.diag(small) ** 2 / squares
    return EffectSpread(matrix, small, np.asarray(df), parts)


def _groups(sample: EffectSample) -> Ints | None:
    """The group (in its stratum) of each PSU; None where one holds units of several groups."""
    size = int(sample.psu.max(initial=-1)) + 1
    named, group = np.unique(sample.group, return_inverse=True)
    code = sample.stratum * named.size + group
    found = np.zeros(size, dtype=np.int64)
    found[sample.psu] = code
    return found if (found[sample.psu] == code).all() else None


def _within_strata(sample: EffectSample, sums: Floats) -> Floats:
    """Sums of PSUs less the mean of their stratum."""
    stratum = np.zeros(len(sums), dtype=np.int64)
    stratum[sample.psu] = sample.stratum
    count = np.bincount(stratum).astype(np.float64)
    total = np.zeros((count.size, sums.shape[1]))
    np.add.at(total, stratum, sums)
    return np.asarray(sums - (total / np.maximum(count, 1.0)[:, None])[stratum])


def _part(rows: Floats) -> tuple[float, Floats]:
    """One group's degrees of freedom and part of the variance; a single row tells what it can."""
    count = len(rows)
    mean = rows.mean(axis=0)
    apart = rows - mean
    factor = count / (count - 1.0) if count > 1 else 1.0
    return max(count - 1.0, 1.0), factor * (apart.T @ apart) + count * np.outer(mean, mean)


def _root(matrix: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(np.diag(matrix), 0.0)))


def _quantile(df: Floats, level: float) -> Floats:
    """Two-sided quantiles of t; those of the normal where df is infinite."""
    return np.asarray(stats.t.ppf(0.5 + level / 2, df))
