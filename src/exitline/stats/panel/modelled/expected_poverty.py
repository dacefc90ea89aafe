"""Who is likely to be poor next: vulnerability as expected poverty from one cross-section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError
from exitline.words.said import Numeral, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Floats


FLOOR = 0.01
"""Lowest fitted variance, as a share of the mean squared residual."""


@dataclass(frozen=True)
class Vulnerability:
    """Probability of being poor, household by household.

    Attributes
    ----------
    probability : float array, shape (n,)
    mean_coefficients, variance_coefficients : float arrays, shape (p + 1,)
        Of ln welfare and of its variance on the predictors, intercept first (FGLS).
    deviation : float array, shape (n,)
        Fitted standard deviation of ln welfare.
    floored : int
        Households whose fitted variance was not positive (or tiny) and was raised.
    rate : float
        Weighted share of households with a probability of at least `threshold`.
    average : float
        Weighted mean probability: the expected headcount.
    threshold : float
    notes : tuple of str
    """

    probability: Floats
    mean_coefficients: Floats
    variance_coefficients: Floats
    deviation: Floats
    floored: int
    rate: float
    average: float
    threshold: float
    notes: tuple[str, ...]


def vulnerability(
    welfare: Floats, predictors: Floats, line: float | Floats, *,
    weight: Floats | None = None, threshold: float = 0.5,
) -> Vulnerability:  # fmt: skip
    """Vulnerability to poverty by three-step feasible generalised least squares.

    Parameters
    ----------
    welfare : float array, shape (n,)
        Above zero.
    predictors : float array, shape (n, p)
        Household characteristics, without a constant.
    line : float or float array, shape (n,)
    weight : float array, shape (n,), optional
    threshold : float
        From this probability a household counts as vulnerable; between 0 and 1.

    Returns
    -------
    Vulnerability

    Raises
    ------
    MeasureError
        For missing values, welfare at or below zero, or predictors that cannot be told apart.

    Notes
    -----
    ln c = X b + e with Var(e) = X t. (1) OLS of ln c; (2) OLS of the squared residuals on X,
    then again weighted by the fitted variance: t; (3) ln c on X weighted by 1 / sqrt(X t): b.
    The probability is Phi((ln z - X b) / sqrt(X t)). Fitted variances at or below
    `FLOOR` of the mean are raised to it and counted. All of the unexplained spread between
    households is read as risk over time: one cross-section cannot tell them apart.

    References
    ----------
    Chaudhuri, Jalan and Suryahadi (2002), Columbia University discussion paper 0102-52;
    Chaudhuri (2003); FGLS: Amemiya (1977), Journal of Econometrics 6, 365-370.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(500, 1))
    >>> y = np.exp(1.0 + 0.5 * x[:, 0] + 0.4 * rng.normal(size=500))
    >>> found = vulnerability(y, x, line=2.0)
    >>> bool(abs(found.average - np.mean(y < 2.0)) < 0.05)
    True
    """
    w = np.ones(len(welfare)) if weight is None else np.asarray(weight, dtype=np.float64)
    X = np.column_stack([np.ones(len(welfare)), predictors])
    _refuse(welfare, X, w, threshold)
    y = np.log(welfare)
    first = _least_squares(X, y, w)
    squares = (y - X @ first) ** 2
    lowest = FLOOR * float(np.average(squares, weights=w))
    rough = np.maximum(X @ _least_squares(X, squares, w), lowest)
    variance_coefficients = _least_squares(X, squares, w / rough**2)
    fitted = X @ variance_coefficients
    floored = int((fitted < lowest).sum())
    deviation = np.sqrt(np.maximum(fitted, lowest))
    mean_coefficients = _least_squares(X, y, w / deviation**2)
    probability = _normal((np.log(line) - X @ mean_coefficients) / deviation)
    notes = (
        (say_plural(
            "{n} of {m} fitted variances was raised to {share} of the mean",
            "{n} of {m} fitted variances were raised to {share} of the mean",
            floored, m=len(y), share=Numeral(f"{100 * FLOOR:g} %")),)
        if floored else ()
    )  # fmt: skip
    return Vulnerability(
        probability, mean_coefficients, variance_coefficients, deviation, floored,
        float(np.average(probability >= threshold, weights=w)),
        float(np.average(probability, weights=w)), threshold, notes,
    )  # fmt: skip


def _least_squares(X: Floats, y: Floats, w: Floats) -> Floats:
    """Weighted least squares."""
    root = np.sqrt(w)
    coefficients, _, rank, _ = np.linalg.lstsq(X * root[:, None], y * root, rcond=None)
    if rank < X.shape[1]:
        raise MeasureError(
            "the predictors cannot be told apart",
            expected="predictors that vary and do not follow from one another",
            got=f"{X.shape[1]} columns with the constant, of rank {rank}",
            remedy="leave out constant or repeated predictors",
        )
    return np.asarray(coefficients)


def _normal(x: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(x), dtype=np.float64)


def _refuse(welfare: Floats, X: Floats, w: Floats, threshold: float) -> None:
    """Refuse values that have no logarithm, missing predictors and an impossible threshold."""
    bad = int((~np.isfinite(welfare) | (welfare <= 0)).sum())
    holes = int((~np.isfinite(X)).any(axis=1).sum()) + int((~np.isfinite(w) | (w < 0)).sum())
    if bad or holes or not 0 < threshold < 1:
        raise MeasureError(
            "vulnerability cannot be computed from these values",
            expected="welfare above zero, complete predictors and weights, a threshold in (0, 1)",
            got=f"{bad:,} {'household' if bad == 1 else 'households'} without a positive welfare, "
            f"{holes:,} with missing predictors or weights, threshold {threshold}",
            remedy="leave these households out on purpose, and say how many",
        )
