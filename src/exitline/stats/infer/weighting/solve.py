"""The weights nearest to the given ones that reach the totals: a damped Newton method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.infer.weighting.distances import Distance


REACHED = 1e-9
"""Totals that differ by less than this, relative to what is added up, are reached."""
EXACT = 1e-14


@dataclass(frozen=True)
class Problem:
    """A calibration, in numbers.

    Attributes
    ----------
    x : float array, shape (groups, auxiliaries)
        Auxiliary values, of columns that are linearly independent.
    weight : float array, shape (groups,)
        The given weights, added up over the rows of a group.
    totals : float array, shape (auxiliaries,)
        What the weighted sums of `x` are to be.
    variance : float array, shape (groups,)
        Proportional to the residual variance of a row; ones unless told otherwise.
    """

    x: Floats
    weight: Floats
    totals: Floats
    variance: Floats

    @property
    def scale(self) -> Floats:
        """The size of what is added up, by auxiliary."""
        added = np.asarray(self.weight @ np.abs(self.x), dtype=np.float64)
        return np.maximum(added, np.abs(self.totals))


@dataclass(frozen=True)
class Solution:
    """What a calibration found.

    Attributes
    ----------
    factor : float array, shape (groups,)
        What the weights are multiplied by (g-weights).
    iterations : int
    misfit : float array, shape (auxiliaries,)
        Totals reached minus those wanted, relative to `Problem.scale`.
    """

    factor: Floats
    iterations: int
    misfit: Floats

    @property
    def reached(self) -> bool:
        """Whether every total is reached."""
        return bool(np.all(np.abs(self.misfit) <= REACHED))


def solve(problem: Problem, distance: Distance, *, iterations: int = 100) -> Solution:
    """Find lambda with sum of weight x F(x'lambda / variance) x = totals.

    The equations are the gradient of a convex function (the dual of the distance's), so that
    Newton steps that are halved until it falls go to the solution wherever there is one. They
    are taken in a basis in which the auxiliaries are orthonormal under the given weights.

    Parameters
    ----------
    problem : Problem
    distance : Distance
    iterations : int
        Steps at most.

    Returns
    -------
    Solution
        Whether or not the totals are reached.

    References
    ----------
    Deville and Särndal (1992), Journal of the American Statistical Association 87, 376-382.

    Examples
    --------
    >>> from exitline.stats.infer.weighting.distances import Raking
    >>> x = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> found = solve(Problem(x, np.ones(2), np.array([3.0, 5.0]), np.ones(2)), Raking())
    >>> found.factor.round(9).tolist(), found.reached
    ([3.0, 5.0], True)
    """
    d, v = problem.weight, problem.variance
    upper = np.linalg.qr(problem.x * np.sqrt(d / v)[:, None], mode="r")
    z = solve_triangular(upper, problem.x.T, trans="T").T / v[:, None]
    wanted = solve_triangular(upper, problem.totals, trans="T")
    at = _Point(z, d, v, wanted, distance, np.zeros(len(wanted)))
    best, steps, idle = at, 0, 0
    while steps < iterations and idle < 3 and best.worst > EXACT:
        steps += 1
        nearer = at.step()
        if nearer is None:
            break
        at = nearer
        idle = 0 if at.worst < best.worst / 2 else idle + 1 if best.worst < REACHED else 0
        best = at if at.worst < best.worst else best
    factor = distance.factor(best.u)
    reached = (d * factor) @ problem.x
    return Solution(factor, steps, (reached - problem.totals) / problem.scale)


class _Point:
    """A value of lambda: the convex function there, its gradient and curvature."""

    def __init__(
        self, z: Floats, d: Floats, v: Floats, wanted: Floats, distance: Distance, at: Floats
    ) -> None:
        self.given = (z, d, v, wanted, distance)
        self.at = at
        self.u: Floats = z @ at
        self.value = float((d * v) @ distance.integral(self.u) - wanted @ at)
        self.gradient: Floats = (d * v * distance.factor(self.u)) @ z - wanted
        size = np.maximum((d * v) @ np.abs(z), np.abs(wanted))
        with np.errstate(invalid="ignore"):
            self.worst = float(np.max(np.abs(self.gradient) / size, initial=0.0))
        if not np.isfinite(self.value) or np.isnan(self.worst):
            self.value = self.worst = np.inf

    def step(self) -> _Point | None:
        """A point at which the function is lower, or the gradient is; None where none is found."""
        z, d, v, *_, distance = self.given
        curvature = (z * (d * v * distance.slope(self.u))[:, None]).T @ z
        ridge = 1e-14 * max(float(np.trace(curvature)) / len(self.at), 1.0)
        curvature[np.diag_indices_from(curvature)] += ridge
        direction = -np.linalg.solve(curvature, self.gradient)
        falls = float(self.gradient @ direction)
        size = 1.0
        for _ in range(80):
            there = _Point(*self.given, self.at + size * direction)
            if there.value <= self.value + 1e-4 * size * falls or there.worst < self.worst / 2:
                return there
            size /= 2.0
        return None
