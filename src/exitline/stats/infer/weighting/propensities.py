"""Propensities to respond: a logit of what is known of everyone who was sampled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, MeasureError
from exitline.stats.infer.logistic import fit_logit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Bools, Floats
    from exitline.stats.infer.weighting.auxiliaries import Auxiliary


DEPENDS = 1e-10
"""Share of a predictor's spread that others leave unexplained, from which it counts."""


def propensities(x: Floats, responded: Bools, weight: Floats, names: Sequence[Auxiliary]) -> Floats:
    """The propensity to respond of each group of rows, by a weighted logit.

    Parameters
    ----------
    x : float array, shape (groups, predictors)
        Some may follow from others, as the levels of a column do from all.
    responded : bool array, shape (groups,)
    weight : float array, shape (groups,)
        Sums of weights; zero for groups that take no part.
    names : sequence of Auxiliary
        What the predictors are called.

    Returns
    -------
    float array, shape (groups,)

    Raises
    ------
    DataError
        Where everyone or nobody responded, of all or at a level; where predictors tell the two
        apart without error.

    References
    ----------
    Kim and Kim (2007), Canadian Journal of Statistics 35, 501-514.

    Examples
    --------
    >>> from exitline.stats.infer.weighting.auxiliaries import Auxiliary
    >>> x = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> levels = [Auxiliary("zone", "a", 0.0), Auxiliary("zone", "b", 0.0)]
    >>> answered = np.array([True, False, True, False])
    >>> propensities(x, answered, np.array([3.0, 1.0, 1.0, 1.0]), levels).round(9).tolist()
    [0.75, 0.75, 0.5, 0.5]
    """
    _refuse_alike(x, responded, weight, names)
    kept = _independent(x, weight)
    try:
        model = fit_logit(x[:, kept], responded.astype(np.float64), weight)
    except MeasureError as reason:
        raise DataError(
            "propensities to respond cannot be estimated", where="predictors",
            expected="predictors that respondents and others have in common",
            got="a logit without a finite solution",
            remedy="leave a predictor out, or merge levels with few rows",
        ) from reason  # fmt: skip
    return model.probability(x[:, kept])


def _independent(x: Floats, weight: Floats) -> NDArray[np.int64]:
    """Predictors of which none follows from the others, or is constant."""
    from scipy.linalg import qr

    centred = (x - np.average(x, axis=0, weights=weight)) * np.sqrt(weight / weight.sum())[:, None]
    spread = np.sqrt((centred**2).sum(axis=0))
    varies = np.flatnonzero(spread > DEPENDS * (1e-300 + np.abs(x).max(axis=0)))
    if not len(varies):
        return varies
    r, order = qr(centred[:, varies] / spread[varies], mode="r", pivoting=True)
    return np.sort(varies[order[: int((np.abs(np.diag(r)) > DEPENDS).sum())]])


def _refuse_alike(x: Floats, responded: Bools, weight: Floats, names: Sequence[Auxiliary]) -> None:
    """Refuse levels of which all or none responded: no finite propensity is theirs."""
    levels = [(f"predictor {one.name}", column) for one, column in zip(names, x.T, strict=True)
              if one.level]  # fmt: skip
    for where, column in (("responded", np.ones(len(x))), *levels):
        own = weight * (column > 0)
        answers = float(own @ responded), float(own @ ~responded)
        if own.any() and not all(answers):
            raise DataError(
                "propensities to respond cannot be estimated", where=where,
                expected="some who responded and some who did not",
                got="only respondents" if answers[0] else "no respondent",
                remedy="merge such a level with a neighbour, or leave the predictor out; where "
                "everyone responded there is nothing to adjust",
            )  # fmt: skip
