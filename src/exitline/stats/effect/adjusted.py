"""Effects with covariates: outcome regression, inverse probabilities, and both at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.stats.effect.errors import EffectError

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.effect.cells import Cell
    from exitline.stats.effect.sample import EffectSample


Adjustment = Literal["doubly_robust", "regression", "weighting"]
STEPS, TOLERANCE = 50, 1e-12
CERTAIN = 0.995
"""Units that are not treated and whose probability of treatment is above it are not compared."""


@dataclass(frozen=True)
class Two:
    """Two groups in two periods, each unit with its covariates at the earlier one.

    Attributes
    ----------
    change : float array, shape (units,)
    treated : float array, shape (units,)
        Ones and zeros.
    weight : float array, shape (units,)
        With mean 1.
    x : float array, shape (units, columns)
        With a constant.
    """

    change: Floats
    treated: Floats
    weight: Floats
    x: Floats


def adjusted(
    sample: EffectSample, x: Floats, wanted: Sequence[Cell], kind: Adjustment
) -> tuple[Floats, Floats]:
    """As `exitline.stats.effect.cells.differences`, at equal covariates.

    Parameters
    ----------
    sample : EffectSample
        A row for each unit.
    x : float array, shape (units, periods, columns)
        Covariates with a constant; those of the earlier period of a comparison count.
    wanted : sequence of Cell
    kind : {"doubly_robust", "regression", "weighting"}

    Returns
    -------
    estimate : float array, shape (cells,)
    influence : float array, shape (units, cells)

    Raises
    ------
    EffectError
        Where covariates are collinear, or tell the groups apart for certain.

    References
    ----------
    Sant'Anna and Zhao (2020), Journal of Econometrics 219, 101-122, equations 2.4 to 2.6 and
    theorem 1; Callaway and Sant'Anna (2021), theorem 1.
    """
    method = {"doubly_robust": _doubly_robust, "regression": _regression, "weighting": _weighting}
    estimate = np.empty(len(wanted))
    influence = np.zeros((sample.group.size, len(wanted)))
    for k, cell in enumerate(wanted):
        there = sample.in_groups((cell.group, *cell.controls))
        weight = sample.weight[there]
        change = (sample.outcome[there, cell.time] - sample.outcome[there, cell.base]) / weight
        two = Two(
            change, (sample.group[there] == cell.group).astype(np.float64),
            weight / weight.mean(), x[there, min(cell.time, cell.base)],
        )  # fmt: skip
        try:
            estimate[k], moved = method[kind](two)
        except np.linalg.LinAlgError as reason:
            raise _singular(sample, cell) from reason
        influence[there, k] = moved / weight.size
    return estimate, influence


def _singular(sample: EffectSample, cell: Cell) -> EffectError:
    return EffectError(
        "covariates cannot be told apart, or tell the groups apart for certain",
        where=f"group {cell.group:g}, period {sample.times[cell.time]:g}",
        expected="fewer columns than units of each group, none a sum of others, and units of "
        "both groups at all values",
        got=f"{sample.units[sample.group == cell.group].sum():,} units under treatment",
        remedy="leave out covariates, or join groups",
    )


def propensity(two: Two) -> tuple[Floats, Floats]:
    """Probabilities of treatment by a weighted logistic regression, and its inverse information.

    Parameters
    ----------
    two : Two

    Returns
    -------
    probability : float array, shape (units,)
    inverse : float array, shape (columns, columns)
        Times the number of units.
    """
    beta = np.zeros(two.x.shape[1])
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(two.x @ beta, -700, 700)))
        information = two.x.T @ (two.x * (two.weight * p * (1.0 - p))[:, None])
        step = np.linalg.solve(information, two.x.T @ (two.weight * (two.treated - p)))
        beta = beta + step
        if np.abs(step).max() < TOLERANCE * (1.0 + np.abs(beta).max()):
            break
    else:
        raise np.linalg.LinAlgError
    p = 1.0 / (1.0 + np.exp(-np.clip(two.x @ beta, -700, 700)))
    information = two.x.T @ (two.x * (two.weight * p * (1.0 - p))[:, None])
    if np.linalg.cond(information) > 1e12:
        raise np.linalg.LinAlgError
    return np.asarray(np.minimum(p, 1 - 1e-6)), np.asarray(np.linalg.inv(information)) * len(p)


def _predicted(two: Two) -> tuple[Floats, Floats]:
    """What those who are not treated would have changed by, and the influence on the slopes."""
    weight = two.weight * (1.0 - two.treated)
    product = two.x.T @ (two.x * weight[:, None])
    if np.linalg.cond(product) > 1e12:
        raise np.linalg.LinAlgError
    slope = np.linalg.solve(product, two.x.T @ (weight * two.change))
    rest = weight * (two.change - two.x @ slope)
    return two.x @ slope, (rest[:, None] * two.x) @ np.linalg.inv(product / len(weight))


def _odds(two: Two) -> tuple[Floats, Floats, Floats]:
    """Weights that make those who are not treated like the treated; the influence on slopes."""
    p, inverse = propensity(two)
    kept = (two.treated == 1) | (p < CERTAIN)
    score = (two.weight * (two.treated - p))[:, None] * two.x
    return two.weight * p * (1.0 - two.treated) / (1.0 - p) * kept, score @ inverse, p


def _mean(weight: Floats, value: Floats) -> tuple[float, Floats]:
    """A weighted mean and its influence."""
    mean = float((weight * value).sum() / weight.sum())
    return mean, weight * (value - mean) / weight.mean()


def _doubly_robust(two: Two) -> tuple[float, Floats]:
    """Right where either model is: changes beyond those predicted, at equal propensities."""
    predicted, slopes = _predicted(two)
    odds, scores, _ = _odds(two)
    left = two.change - predicted
    treated, own = _mean(two.weight * two.treated, left)
    control, other = _mean(odds, left)
    taken = two.weight * two.treated
    own = own - slopes @ (taken[:, None] * two.x).mean(axis=0) / taken.mean()
    moved = (odds * (left - control))[:, None] * two.x
    other = other + scores @ moved.mean(axis=0) / odds.mean()
    other = other - slopes @ (odds[:, None] * two.x).mean(axis=0) / odds.mean()
    return treated - control, own - other


def _regression(two: Two) -> tuple[float, Floats]:
    """Changes of the treated less those predicted for them."""
    predicted, slopes = _predicted(two)
    taken = two.weight * two.treated
    treated, own = _mean(taken, two.change)
    control, other = _mean(taken, predicted)
    other = other + slopes @ (taken[:, None] * two.x).mean(axis=0) / taken.mean()
    return treated - control, own - other


def _weighting(two: Two) -> tuple[float, Floats]:
    """Changes of the treated less those of others at equal propensities."""
    odds, scores, _ = _odds(two)
    treated, own = _mean(two.weight * two.treated, two.change)
    control, other = _mean(odds, two.change)
    moved = (odds * (two.change - control))[:, None] * two.x
    return treated - control, own - other - scores @ moved.mean(axis=0) / odds.mean()
