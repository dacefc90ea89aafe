"""Choosing covariates of a unit-level model: information criteria, cross-validation over areas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.smallarea.area.selection import TermSelection, searched
from exitline.stats.smallarea.unit import nested
from exitline.stats.smallarea.unit.sample import UnitSample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from exitline.arrays import Floats


FOLDS = 10
"""Into how many parts cross-validation divides the areas."""


def criteria(sample: UnitSample, y: Floats) -> dict[str, float]:
    """AIC, BIC, KIC and the conditional AIC of a nested-error model, smaller is better.

    By full maximum likelihood, which is comparable between different covariates. The parameters
    are the coefficients and two variances; BIC counts households, as R's nlme does.

    Parameters
    ----------
    sample : UnitSample
    y : float array, shape (n,)
        On the scale of the model.

    References
    ----------
    Cavanaugh (1999), Statistics and Probability Letters 42, 333-343 (KIC). Vaida and Blanchard
    (2005), Biometrika 92, 351-370 (conditional AIC, with the correction for few households).
    """
    n, p = sample.x.shape
    found = nested.climb(sample, sample.of(y), "ml")
    less = -2.0 * float(found.likelihood[0])
    return {
        "aic": less + 2.0 * (p + 2), "bic": less + float(np.log(n)) * (p + 2),
        "kic": less + 3.0 * (p + 2), "caic": _conditional(sample, y, found),
    }  # fmt: skip


def _conditional(sample: UnitSample, y: Floats, found: nested.Fits) -> float:
    """Vaida and Blanchard's criterion, for maximum likelihood and an unknown error variance."""
    n, p = sample.x.shape
    ratio, sigma2 = float(found.ratio[0]), float(found.sigma2_e[0])
    w = sample.n / (1.0 + sample.n * ratio)
    left = sample.within + sample.means.T @ (w[:, None] * sample.means)
    gamma = sample.n * ratio / (1.0 + sample.n * ratio)
    # the trace of the matrix that takes y to its fitted values: coefficients, and effects
    inner = sample.means.T @ ((w * (1.0 - gamma))[:, None] * sample.means) + sample.within
    rho = float(gamma.sum()) + float(np.trace(np.linalg.solve(left, inner)))
    away = y - sample.x @ found.beta[0] - found.effects[0][sample.area]
    less = n * np.log(2.0 * np.pi * sigma2) + float(away @ away) / sigma2
    few = n / ((n - p) * (n - p - 2.0))
    return float(less + 2.0 * few * ((n - p - 1.0) * (rho + 1.0) + p + 1.0))


def cross_validated(sample: UnitSample, y: Floats, folds: int = FOLDS) -> float:
    """The mean log predictive density of the households of areas that a model has not seen,
    with its sign turned: smaller is better.

    Parameters
    ----------
    sample : UnitSample
    y : float array, shape (n,)
    folds : int
        Parts of the areas, each predicted by the model of the others.

    References
    ----------
    Vehtari, Gelman and Gabry (2017), Statistics and Computing 27, 1413-1432.
    """
    areas = len(sample.n)
    fold = np.arange(areas) % min(folds, areas)
    total = 0.0
    for k in range(int(fold.max()) + 1):
        out = (fold == k)[sample.area]
        kept = _rows(sample, ~out)
        n, p = kept.x.shape
        if n <= p + 1 or n <= len(kept.n) or np.linalg.matrix_rank(kept.z) < p:
            return float("nan")
        found = nested.climb(kept, kept.of(y[~out]), "ml")
        total += _density(_rows(sample, out), y[out], found)
    return -total / len(y)


def _rows(sample: UnitSample, some: NDArray[np.bool_]) -> UnitSample:
    """The rows of some areas."""
    area = np.unique(sample.area[some], return_inverse=True)[1].astype(np.int64)
    return UnitSample(sample.x[some], area, sample.intercept)


def _density(sample: UnitSample, y: Floats, found: nested.Fits) -> float:
    """The log density of whole areas under a model."""
    ratio, sigma2 = float(found.ratio[0]), float(found.sigma2_e[0])
    away = y - sample.x @ found.beta[0]
    pulled = ratio / (1.0 + sample.n * ratio) * sample.sums(away) ** 2
    squares = float(away @ away) - float(pulled.sum())
    spread = len(y) * np.log(2.0 * np.pi * sigma2) + float(np.log1p(sample.n * ratio).sum())
    return float(-0.5 * (spread + squares / sigma2))


def select(
    sample: UnitSample, y: Floats, of_column: Sequence[str], criterion: str = "aic"
) -> TermSelection:
    """Leave out and take back terms one at a time, as long as the criterion falls.

    Parameters
    ----------
    sample : UnitSample
        With the columns of all terms.
    y : float array, shape (n,)
        On the scale of the full model, whose parameter stays as it is.
    of_column : sequence of str
        The term of each column; "Intercept" stays in.
    criterion : {"aic", "bic", "kic", "caic", "cv"}

    Raises
    ------
    SmallAreaError
        For a criterion that does not exist.
    """
    terms = tuple(dict.fromkeys(t for t in of_column if t != "Intercept"))

    def value(chosen: tuple[str, ...]) -> float:
        kept = [k for k, c in enumerate(of_column) if c == "Intercept" or c in chosen]
        part = replace(
            sample, x=sample.x[:, kept], weight=None, district=None,
            intercept=None if sample.intercept is None else kept.index(sample.intercept),
        )  # fmt: skip
        return cross_validated(part, y) if criterion == "cv" else criteria(part, y)[criterion]

    return searched(terms, value, criterion, 0 if "Intercept" in of_column else 1)
