"""Variances of samples drawn with unequal probabilities, without replacement.

Each takes the totals of the sampled PSUs, divided by their inclusion probabilities (sums of
weight x influence), and gives the covariance matrix of the figures. Influences of residuals, where
weights are calibrated, enter as any others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.errors import DesignError, Faults
from exitline.stats.infer.intake.cells import sum_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints


Estimator = Literal["horvitz-thompson", "yates-grundy"]


@dataclass(frozen=True)
class Unequal:
    """PSUs drawn with unequal probabilities within strata.

    Attributes
    ----------
    probability : float array, shape (psus,)
        Inclusion probabilities; 1 for PSUs that were taken with certainty.
    stratum : int array, shape (psus,)
        Codes from 0.

    Examples
    --------
    >>> sample = Unequal(np.array([0.5, 0.25, 0.25]), np.zeros(3, dtype=int))
    >>> with_replacement(np.array([[2.0], [4.0], [6.0]]), sample).tolist()
    [[12.0]]
    """

    probability: Floats
    stratum: Ints

    def __post_init__(self) -> None:
        faults = Faults()
        bad = ~((self.probability > 0) & (self.probability <= 1 + 1e-12))
        if bad.any():
            what = "inclusion probabilities are out of range"
            faults.add(_refusal(what, "numbers above 0, at most 1", f"{int(bad.sum()):,} others"))
        unsampled = np.bincount(self.stratum, weights=1.0 - self.probability)
        alone = (self.sizes == 1) & (unsampled > 1e-12)
        if alone.any():
            what = "a stratum has a single PSU, so that its variance cannot be estimated"
            expected = "two sampled PSUs in every stratum, or certainty"
            faults.add(_refusal(what, expected, f"{int(alone.sum()):,} strata with one"))
        faults.raise_all()

    @property
    def sizes(self) -> Ints:
        """PSUs by stratum."""
        return np.bincount(self.stratum)

    @property
    def n(self) -> Floats:
        """PSUs of the stratum of each PSU."""
        return self.sizes[self.stratum].astype(np.float64)

    @property
    def same(self) -> NDArray[np.bool_]:
        """Whether two PSUs are of one stratum, shape (psus, psus)."""
        return np.equal.outer(self.stratum, self.stratum)


def with_replacement(totals: Floats, sample: Unequal) -> Floats:
    """Hansen and Hurwitz (1943): PSUs as if they had been drawn with replacement.

    Parameters
    ----------
    totals : float array, shape (psus, figures)
    sample : Unequal

    Returns
    -------
    float array, shape (figures, figures)
    """
    return _centred(totals, sample, np.ones(len(totals)))


def brewer(totals: Floats, sample: Unequal) -> Floats:
    """Brewer's (2002) approximation, which needs no joint probabilities.

    The sum of n / (n - 1) (1 - p) (x - mean x)^2; R's ``svydesign(pps = "brewer")``. PSUs that
    were taken with certainty add nothing.

    Parameters
    ----------
    totals : float array, shape (psus, figures)
    sample : Unequal

    Returns
    -------
    float array, shape (figures, figures)
    """
    return _centred(totals, sample, 1.0 - sample.probability)


def _centred(totals: Floats, sample: Unequal, factor: Floats) -> Floats:
    """Sums of squares around the mean of each stratum, scaled PSU by PSU."""
    means = sum_by(sample.stratum, totals, len(sample.sizes)) / sample.sizes[:, None]
    scale = factor * sample.n / np.maximum(sample.n - 1.0, 1.0)
    off = totals - means[sample.stratum]
    return np.asarray((off * scale[:, None]).T @ off)


def checked(joint: Floats, *, tolerance: float = 0.0) -> Floats:
    """The matrix (p_ij - p_i p_j) / p_ij, from joint probabilities.

    Parameters
    ----------
    joint : float array, shape (psus, psus)
        Joint inclusion probabilities, the PSUs' own on the diagonal.
    tolerance : float
        Smaller elements are taken for zero (R's ``ppsmat`` does so below 1e-4).

    Returns
    -------
    float array, shape (psus, psus)

    Raises
    ------
    DesignError
        Where a joint probability is zero, or the matrix is no matrix of probabilities.

    Examples
    --------
    >>> checked(np.array([[0.5, 0.25], [0.25, 0.5]])).tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    own = np.diag(joint)
    square = joint.ndim == 2 and joint.shape[0] == joint.shape[1]
    if not square or not np.allclose(joint, joint.T, rtol=1e-9, atol=0):
        raise _refusal("joint probabilities are no symmetric matrix", "one row and column a PSU",
                       f"an array of the shape {joint.shape}")  # fmt: skip
    if not np.all((joint > 0) & (joint <= np.minimum.outer(own, own) * (1 + 1e-9))):
        raise _refusal("joint probabilities cannot be right", "numbers above 0, none above the "
                       "probability of either PSU", "others")  # fmt: skip
    found = (joint - np.outer(own, own)) / joint
    return np.where(np.abs(found) < tolerance, 0.0, found)


def hartley_rao(sample: Unequal, mean_square: Floats | None = None) -> Floats:
    """The matrix of Hartley and Rao's (1962) approximation, for ordered or random systematic PPS.

    1 - (n - p_i - p_j + q) / (n - 1) off the diagonal, with q = sum of p^2 over the population
    divided by n, or its estimate, the mean of p in the sample. R's ``HR()``.

    Parameters
    ----------
    sample : Unequal
    mean_square : float array, shape (strata,), optional
        Sum of squared probabilities over the population, divided by n.

    Returns
    -------
    float array, shape (psus, psus)
    """
    size = len(sample.sizes)
    own = sum_by(sample.stratum, sample.probability[:, None], size)[:, 0] / sample.sizes
    square = (own if mean_square is None else np.asarray(mean_square))[sample.stratum]
    pair = np.add.outer(sample.probability, sample.probability)
    return _approximate(sample, sample.n[:, None] - pair + square[:, None], pair)


def overton(sample: Unequal) -> Floats:
    """The matrix of Overton's (1985) approximation: 1 - (n - (p_i + p_j) / 2) / (n - 1).

    Parameters
    ----------
    sample : Unequal

    Returns
    -------
    float array, shape (psus, psus)
    """
    pair = np.add.outer(sample.probability, sample.probability) / 2.0
    return _approximate(sample, sample.n[:, None] - pair, pair)


def _approximate(sample: Unequal, top: Floats, pair: Floats) -> Floats:
    """1 - top / (n - 1) within strata, 1 - p on the diagonal; zero where the pair makes one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 1.0 - top / (sample.n[:, None] - 1.0)
    found = np.where(sample.same & (pair != 1.0), found, 0.0)
    np.fill_diagonal(found, 1.0 - sample.probability)
    return found


def from_matrix(totals: Floats, matrix: Floats, estimator: Estimator) -> Floats:
    """Horvitz and Thompson's (1952) variance, or Yates and Grundy's (1953), by a matrix.

    Parameters
    ----------
    totals : float array, shape (psus, figures)
    matrix : float array, shape (psus, psus)
        From `checked`, `hartley_rao` or `overton`.
    estimator : {"horvitz-thompson", "yates-grundy"}
        The second is for samples of a fixed number of PSUs.

    Returns
    -------
    float array, shape (figures, figures)

    Examples
    --------
    >>> matrix = checked(np.array([[0.5, 0.2], [0.2, 0.5]]))
    >>> from_matrix(np.array([[2.0], [2.0]]), matrix, "yates-grundy").tolist()
    [[0.0]]
    """
    found = totals.T @ matrix @ totals
    if estimator == "yates-grundy":
        found = found - (totals * matrix.sum(axis=1)[:, None]).T @ totals
    return np.asarray(found)


def _refusal(what: str, expected: str, got: str) -> DesignError:
    """The error for probabilities that cannot be used."""
    return DesignError(
        what, where="inclusion probabilities", expected=expected, got=got,
        remedy="check them; weights of a PPS sample are one over the probabilities",
    )  # fmt: skip
