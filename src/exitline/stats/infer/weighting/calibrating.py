"""A calibration from matched auxiliaries to weights, or to the reason why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DesignError
from exitline.stats.infer.weighting.distances import LinearDistance, Logit, Raking
from exitline.stats.infer.weighting.independence import independent, refuse_disagreeing
from exitline.stats.infer.weighting.refusals import unreached
from exitline.stats.infer.weighting.solve import Problem, Solution, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.data.sampling.margins import Margin
    from exitline.stats.infer.weighting.auxiliaries import Auxiliary
    from exitline.stats.infer.weighting.distances import Distance, Method

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FactorBounds:
    """Limits of the factors, or of the weights themselves.

    Attributes
    ----------
    low, high : float
    of : {"factors", "weights"}
    """

    low: float = -np.inf
    high: float = np.inf
    of: str = "factors"

    @property
    def given(self) -> bool:
        """Whether there are any."""
        return bool(np.isfinite(self.low) or np.isfinite(self.high))

    def factors(self, each: Floats) -> tuple[Floats, Floats]:
        """Least and largest factors, by the weight of a row."""
        scale = each if self.of == "weights" else np.ones(len(each))
        return self.low / scale, self.high / scale

    def words(self, *, positive: bool) -> str:
        """The bounds as messages say them."""
        if self.given:
            return f"with {self.of} from {self.low:g} to {self.high:g}"
        return "above zero" if positive else "at all"


def calibrated_factors(
    x: Floats,
    weight: Floats,
    each: Floats,
    names: Sequence[Auxiliary],
    margins: Sequence[Margin],
    method: Method,
    *,
    bounds: FactorBounds | None = None,
    variance: Floats | None = None,
    iterations: int = 100,
) -> Solution:
    """The factors of the weights of groups of rows.

    Parameters
    ----------
    x : float array, shape (groups, auxiliaries)
    weight : float array, shape (groups,)
        Weights added up over each group.
    each : float array, shape (groups,)
        The weight of one row, where bounds are on weights.
    names : sequence of Auxiliary
    margins : sequence of Margin
    method : {"poststratify", "raking", "linear", "logit"}
    bounds : FactorBounds, optional
    variance : float array, shape (groups,), optional
    iterations : int

    Returns
    -------
    Solution

    Raises
    ------
    DataError
        For totals that contradict each other or that no weights reach, by margin.
    DesignError
        For bounds that leave no room around the given weights.
    """
    refuse_disagreeing(margins)
    bounds = bounds or FactorBounds()
    kept = independent(x, weight, names, margins)
    totals = np.array([names[i].total for i in kept])
    ones = np.ones(len(x))
    problem = Problem(x[:, kept], weight, totals, ones if variance is None else variance)
    low, high = bounds.factors(each)
    if method != "linear":
        low = np.maximum(low, 0.0)
    found = solve(problem, _distance(method, low, high, bounds), iterations=iterations)
    if not found.reached:
        words = bounds.words(positive=method != "linear")
        raise unreached(problem, low, high, [names[i] for i in kept], found, words)
    return found


def _distance(method: Method, low: Floats, high: Floats, bounds: FactorBounds) -> Distance:
    """The distance of a method within its bounds."""
    if method == "logit":
        if not (np.all(np.isfinite(high)) and np.all((low < 1.0) & (high > 1.0))):
            raise DesignError(
                "logit calibration needs bounds on both sides of the given weights",
                where="bounds",
                expected="a lower and an upper limit, such as (0.5, 2), around 1"
                if bounds.of == "factors"
                else "limits below the smallest and above the largest given weight",
                got=f"({bounds.low:g}, {bounds.high:g})",
                remedy="widen the bounds, or use linear or raking, which are cut at them",
            )  # fmt: skip
        return Logit(low, high)
    return Raking(low, high) if method == "raking" else LinearDistance(low, high)
