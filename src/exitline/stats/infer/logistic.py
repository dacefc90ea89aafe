"""Logistic regression with an optional ridge penalty, by Newton's method.

Kept by hand: statsmodels' penalised fit stops 2e-5 from the optimum, and the core does without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError

if TYPE_CHECKING:
    from exitline.arrays import Floats


TOLERANCE = 1e-10
STEPS = 100


@dataclass(frozen=True)
class LogitModel:
    """A fitted model P(y = 1) = 1 / (1 + exp(-(a + x b))).

    Attributes
    ----------
    intercept : float
    slopes : float array, shape (p,)
        In the units of the predictors as they were given.
    penalty : float
    steps : int
        Newton steps taken.
    """

    intercept: float
    slopes: Floats
    penalty: float
    steps: int

    def probability(self, x: Floats) -> Floats:
        """P(y = 1) for each row of `x`, shape (n,)."""
        return expit(self.intercept + x @ self.slopes)


def expit(eta: Floats) -> Floats:
    """1 / (1 + exp(-eta)) without overflow."""
    from scipy.special import expit as scipy_expit

    return np.asarray(scipy_expit(eta), dtype=np.float64)


def fit_logit(
    x: Floats, y: Floats, weight: Floats | None = None, penalty: float = 0.0
) -> LogitModel:
    """Maximise the (weighted, penalised) likelihood.

    The objective is sum w (y eta - ln(1 + exp(eta))) - penalty/2 x sum of squared slopes of
    the predictors in standard deviations; the intercept is not penalised. Weights are
    scaled to a mean of one first, so the penalty is in units of households.

    Parameters
    ----------
    x : float array, shape (n, p)
    y : float array, shape (n,)
        0 or 1.
    weight : float array, shape (n,), optional
    penalty : float
        0 or above.

    Returns
    -------
    LogitModel

    Raises
    ------
    MeasureError
        When the outcome does not vary, or predictors separate it perfectly (or are
        collinear) and there is no penalty.

    References
    ----------
    le Cessie and van Houwelingen (1992), Applied Statistics 41, 191-201 (ridge estimators
    in logistic regression).

    Examples
    --------
    >>> x = np.array([[0.0], [0.0], [1.0], [1.0], [1.0], [0.0]])
    >>> y = np.array([0.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    >>> float(fit_logit(x, y).slopes[0].round(4))  # log odds ratio ln(2 / (1/2))
    1.3863
    """
    w = np.ones(len(y)) if weight is None else weight / weight.mean()
    if not 0 < float(w @ y) < float(w.sum()):
        raise MeasureError(
            "the outcome is the same for all households, so nothing can be learnt from it",
            expected="some with and some without the outcome",
            got=f"{len(y):,} alike",
            remedy="choose another pair of waves, or another line",
        )
    centre = np.average(x, axis=0, weights=w)
    spread = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=w))
    fixed = spread <= 1e-12 * (1.0 + np.abs(centre))
    scale = np.where(fixed, 1.0, spread)
    design = np.column_stack([np.ones(len(y)), np.where(fixed, 0.0, (x - centre) / scale)])
    ridge = np.r_[0.0, np.where(fixed, 1.0, penalty)]  # a constant predictor gets slope zero
    beta, steps = _newton(design, y, w, ridge)
    slopes = np.where(fixed, 0.0, beta[1:] / scale)
    return LogitModel(float(beta[0] - centre @ slopes), slopes, penalty, steps)


def _newton(design: Floats, y: Floats, w: Floats, ridge: Floats) -> tuple[Floats, int]:
    """Newton steps with halving until the gain in the objective is negligible."""
    beta = np.zeros(design.shape[1])
    mean = float(np.average(y, weights=w))
    beta[0] = np.log(mean / (1.0 - mean))
    value = _objective(design, y, w, ridge, beta)
    for step in range(1, STEPS + 1):
        p = expit(design @ beta)
        score = design.T @ (w * (y - p)) - ridge * beta
        information = (design * (w * p * (1.0 - p))[:, None]).T @ design + np.diag(ridge)
        move = _solve(information, score)
        beta, gained, value = _halved(design, y, w, ridge, beta, move, value)
        if gained <= TOLERANCE * (1.0 + abs(value)) and np.abs(beta).max() < 30:
            return beta, step
    raise _separated()


def _halved(
    design: Floats, y: Floats, w: Floats, ridge: Floats, beta: Floats, move: Floats, value: float
) -> tuple[Floats, float, float]:
    """The step, halved until the objective does not fall; the gain and the new objective."""
    for _ in range(40):
        new = _objective(design, y, w, ridge, beta + move)
        if new >= value - 1e-12 * abs(value):
            return beta + move, new - value, new
        move = move / 2.0
    return beta, 0.0, value


def _objective(design: Floats, y: Floats, w: Floats, ridge: Floats, beta: Floats) -> float:
    """Penalised log likelihood."""
    eta = design @ beta
    return float(w @ (y * eta - np.logaddexp(0.0, eta)) - 0.5 * ridge @ beta**2)


def _solve(information: Floats, score: Floats) -> Floats:
    """information^-1 score, refusing a singular matrix."""
    try:
        if np.linalg.cond(information) < 1e14:
            return np.asarray(np.linalg.solve(information, score), dtype=np.float64)
    except np.linalg.LinAlgError:
        pass
    raise _separated()


def _separated() -> MeasureError:
    return MeasureError(
        "the predictors separate the outcome perfectly, or one follows from the others",
        expected="predictors that overlap between the two outcomes",
        got="a model without a finite solution",
        remedy="leave a predictor out, or give a penalty above 0",
    )
