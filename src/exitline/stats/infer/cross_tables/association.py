"""Whether rows and columns of a table are independent, by the design of the sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import scipy
from scipy.special import chdtrc

from exitline.errors import MeasureError, unknown
from exitline.stats.infer.comparing.contrasts import tail_of_f, wald_of

if TYPE_CHECKING:
    from exitline.arrays import Floats


Statistic = Literal["F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"]


ALIKE = 1e-13
"""Eigenvalues this far below the largest are zeros with rounding."""
NEAR = 1e-4
"""A saddlepoint closer to zero than this has no approximation of its own (as in R)."""


@dataclass(frozen=True)
class AssociationTest:
    """A test that rows and columns are independent.

    Attributes
    ----------
    statistic : str
        As R's ``svychisq`` names it.
    value : float
        F for "F", "Wald" and "adjWald"; Pearson's chi-squared for the others.
    df, ddf : float
        Degrees of freedom of the numerator and denominator; NaN where there are none.
    p : float
    """

    statistic: str
    value: float
    df: float
    ddf: float
    p: float


@dataclass(frozen=True)
class Counts:
    """A table's weighted counts with their covariance.

    Attributes
    ----------
    counts : float array, shape (rows, columns)
    covariance : float array, shape (rows x columns, rows x columns)
        Row by row.
    of_shares : float array
        The covariance of the cells' shares of all, alike.
    n : int
        Households counted.
    df : float
        Of the design.
    """

    counts: Floats
    covariance: Floats
    of_shares: Floats
    n: int
    df: float


def independence(table: Counts, statistic: Statistic = "F") -> AssociationTest:
    """Test that rows and columns are independent, as R's ``svychisq``.

    Parameters
    ----------
    table : Counts
    statistic : {"F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"}
        Pearson's with Rao and Scott's second-order correction as F, the first-order one as
        chi-squared, or the tail of its weighted sum of chi-squareds by a saddlepoint
        approximation ("lincom" the same, as R's without the package CompQuadForm); Wald's
        test of the differences from independence, plain or adjusted for few PSUs.

    Returns
    -------
    AssociationTest

    Raises
    ------
    MeasureError
        For a table of a single row or column, a census, or an unknown statistic.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12, 46-60. Thomas and Rao (1987), Journal of the
    American Statistical Association 82, 630-636. Koch, Freeman and Freeman (1975),
    International Statistical Review 43, 59-78.
    """
    if statistic not in get_args(Statistic):
        raise unknown("statistic for a table", statistic, get_args(Statistic), error=MeasureError)
    rows, columns = table.counts.shape
    if min(rows, columns) < 2:
        raise MeasureError(
            "a table of a single row or column cannot be tested",
            expected="at least two rows and two columns with households",
            got=f"{rows} rows and {columns} columns",
            remedy="name two columns that both vary in the sample",
        )
    if np.isinf(table.df):
        raise MeasureError(
            "a full count has no sampling error to test against",
            expected="a sample",
            got="a full count",
            remedy="compare the shares as they are",
        )
    return _wald(table, statistic) if "Wald" in statistic else _pearson(table, statistic)


def _pearson(table: Counts, statistic: Statistic) -> AssociationTest:
    """Pearson's statistic against what the design makes of its distribution."""
    counts = table.counts
    share = counts / counts.sum()
    expected = np.outer(share.sum(axis=1), share.sum(axis=0))
    pearson = float(table.n * np.sum((share - expected) ** 2 / expected))
    effects = _design_effects(table, share.ravel())
    first, second = float(effects.sum()), float((effects**2).sum())
    df = first**2 / second
    ddf = df * table.df
    if statistic == "F":
        f = pearson / first
        return AssociationTest(statistic, f, df, ddf, tail_of_f(f, df, ddf))
    if statistic == "Chisq":
        p = float(chdtrc(len(effects), pearson / effects.mean()))
        return AssociationTest(statistic, pearson, float(len(effects)), float("nan"), p)
    p = tail_of_sum(pearson, effects, ddf)
    return AssociationTest(statistic, pearson, float("nan"), float("nan"), p)


def _design_effects(table: Counts, share: Floats) -> Floats:
    """Generalised design effects: eigenvalues of the covariance of the interactions over that
    of a multinomial sample (Rao and Scott 1984, section 3)."""
    rows, columns = table.counts.shape
    filled, wanted = int((share > 0).sum()), (rows - 1) * (columns - 1)
    if filled < wanted:
        raise _sparse(filled, len(share))
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    interaction = np.kron(_contrasts(rows), _contrasts(columns))
    weighted = inverse[:, None] * interaction
    simple = interaction.T @ weighted / table.n
    eigen = np.linalg.eigvalsh(simple)
    if not eigen[0] > ALIKE * eigen[-1]:
        raise _sparse(filled, len(share))
    return np.linalg.eigvals(np.linalg.solve(simple, weighted.T @ table.of_shares @ weighted)).real


def _sparse(filled: int, cells: int) -> MeasureError:
    """Too many empty cells for the interactions to be told apart."""
    return MeasureError(
        "so many cells are empty that independence cannot be tested",
        expected="categories that meet in most cells",
        got=f"{filled:,} of {cells:,} cells with households",
        remedy="join categories, or cut numbers into classes first",
    )


def _contrasts(size: int) -> Floats:
    """size - 1 columns that each sum to zero."""
    return np.vstack([-np.ones((1, size - 1)), np.eye(size - 1)])


def _wald(table: Counts, statistic: Statistic) -> AssociationTest:
    """Wald's test that the counts are those of independence, all but the first row and column."""
    counts, total = table.counts, table.counts.sum()
    rows, columns = counts.shape
    of_row, of_column = counts.sum(axis=1), counts.sum(axis=0)
    away = counts - np.outer(of_row, of_column) / total
    same_row = np.kron(np.eye(rows), np.ones((columns, columns)))
    same_column = np.kron(np.ones((rows, rows)), np.eye(columns))
    by_column = np.tile(of_column, rows)[:, None] / total
    by_row = np.repeat(of_row, columns)[:, None] / total
    slope = np.eye(rows * columns) - same_row * by_column - same_column * by_row
    slope = slope + by_row * by_column
    covariance = slope @ table.covariance @ slope.T
    used = np.arange(rows * columns).reshape(rows, columns)[1:, 1:].ravel()
    test = wald_of(away.ravel()[used], covariance[np.ix_(used, used)], table.df)
    if statistic == "Wald":
        return AssociationTest(statistic, test.f, test.df, test.ddf, test.p)
    value, ddf = test.f_adjusted, test.ddf_adjusted
    return AssociationTest(statistic, value, test.df, ddf, test.p_adjusted)


def tail_of_sum(x: float, weights: Floats, ddf: float = float("inf")) -> float:
    """Chance that a weighted sum of squares of normal variables is above `x`.

    With `ddf` the sum is divided by an independent chi-squared over its degrees of freedom:
    the chance that sum a_i z_i^2 - x s^2 is above zero. Lugannani and Rice's saddlepoint
    approximation; Satterthwaite's where the saddlepoint is at zero. As R's ``pFsum`` with
    method "saddlepoint" (whose whole degrees of freedom are taken).

    Parameters
    ----------
    x : float
    weights : float array, shape (k,)
        Above zero.
    ddf : float

    Returns
    -------
    float

    References
    ----------
    Kuonen (1999), Biometrika 86, 929-935. Lumley and Scott (2014), Australian and New Zealand
    Journal of Statistics 56, 1-14.

    Examples
    --------
    >>> round(tail_of_sum(9.0, np.ones(3)), 4)  # chi-squared with 3 degrees of freedom: 0.0293
    0.0296
    """
    if np.isinf(ddf):
        found = _saddlepoint(x, weights)
    else:
        every = np.concatenate([weights, np.full(int(ddf), -x / ddf)])
        found = _saddlepoint(0.0, every)
    return _satterthwaite(x, weights, ddf) if found is None else found


def _satterthwaite(x: float, weights: Floats, ddf: float) -> float:
    """The tail of an F (or chi-squared) with the same first two moments."""
    mean = weights.mean()
    spread = float((weights**2).mean() / mean**2)
    df = len(weights) / spread
    return tail_of_f(float(x / df / (mean * spread)), df, ddf)


def _saddlepoint(x: float, weights: Floats) -> float | None:
    """Lugannani and Rice's approximation; None at the mean of the sum."""
    from scipy.optimize import brentq

    largest = weights.max()
    a, x = weights / largest, x / largest

    def slope(z: float) -> float:
        return float(np.sum(a / (1.0 - 2.0 * z * a)) - x)

    if np.any(a < 0):
        low = float(np.max(1.0 / (2.0 * a[a < 0]))) * 0.99999
    elif x > a.sum():
        low = -0.01
    else:
        low = -len(a) / (2.0 * x)
    high = float(np.min(1.0 / (2.0 * a[a > 0]))) * 0.99999
    if slope(low) * slope(high) > 0:
        return None
    z = float(brentq(slope, low, high, xtol=1e-15, rtol=1e-15))
    if abs(z) < NEAR:
        return None
    of_z = -float(np.sum(np.log1p(-2.0 * z * a))) / 2.0
    curvature = 2.0 * float(np.sum(a**2 / (1.0 - 2.0 * z * a) ** 2))
    w = np.sign(z) * np.sqrt(2.0 * (z * x - of_z))
    v = z * np.sqrt(curvature)
    return float(scipy.special.ndtr(-(w + np.log(v / w) / w)))
