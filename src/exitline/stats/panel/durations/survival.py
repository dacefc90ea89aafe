"""How long a state lasts: Kaplan-Meier with the variance of the design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.stats.infer import intervals
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.intake.cells import Cells, Rows, no_kinds, roll_up
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.panel.durations.spell import Spells


Variance = Literal["design", "greenwood"]


@dataclass(frozen=True)
class Survival:
    """A product-limit curve, at the times at which some spell ended.

    Attributes
    ----------
    time : float array, shape (k,)
    at_risk, events : int arrays, shape (k,)
        Spells, unweighted.
    hazard : float array, shape (k,)
        Weighted share of those at risk that end at this time.
    survival, se, ci_low, ci_high : float arrays, shape (k,)
        Share still in the state after this time. Intervals are made on the scale
        ln(-ln S); NaN where nobody is left.
    level : float
    variance : {"design", "greenwood"}
    n : int
        Spells.
    notes : tuple of str
    """

    time: Floats
    at_risk: Ints
    events: Ints
    hazard: Floats
    survival: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    level: float
    variance: Variance
    n: int
    notes: tuple[str, ...]

    def at(self, time: float) -> float:
        """Share still in the state after `time`."""
        before = np.searchsorted(self.time, time, side="right")
        return 1.0 if before == 0 else float(self.survival[before - 1])

    @property
    def median(self) -> float:
        """First time by which at most half are left; infinite when more than half stay."""
        reached = np.nonzero(self.survival <= 0.5 + 1e-12)[0]
        return float(self.time[reached[0]]) if len(reached) else float("inf")


def kaplan_meier(spells: Spells, *, level: float = 0.95, variance: Variance = "design") -> Survival:
    """The share of spells that last beyond each time.

    Parameters
    ----------
    spells : Spells
    level : float
        Two-sided confidence.
    variance : {"design", "greenwood"}
        Linearised at the clusters with weights, or Greenwood's formula, which is right for
        independent spells of equal weight.

    Returns
    -------
    Survival

    Notes
    -----
    The influence of spell i on ln S(t) is minus the sum over times j up to t of
    ``w_i (dN_ij - h_j Y_ij) / (Y_j (1 - h_j))``. With independent spells of equal weight its
    sum of squares is Greenwood's variance exactly.

    References
    ----------
    Kaplan and Meier (1958), JASA 53, 457-481; Greenwood (1926); Williams (1995), Lifetime
    Data Analysis 1, 171-186 (product-limit estimator with correlated spells, linearised);
    interval: Kalbfleisch and Prentice (1980), The Statistical Analysis of Failure Time Data.

    Examples
    --------
    >>> from exitline.stats.panel.durations.spell import spells_from_table
    >>> table = spells_from_table(np.arange(4), np.zeros(4), np.array([1., 2., 2., 3.]),
    ...                           np.array([True, True, False, False]))
    >>> kaplan_meier(table, variance="greenwood").survival.tolist()
    [0.75, 0.5]
    """
    Confidence(level)
    time = np.unique(spells.duration[spells.ended])
    ends, exposed = _counting(spells, time)
    w = spells.weight[:, None]
    at_risk = (w * exposed).sum(axis=0)
    hazard = (w * ends).sum(axis=0) / at_risk
    survival = np.cumprod(1.0 - hazard)
    log_variance, df = _variance(spells, ends, exposed, hazard, at_risk, variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.where(survival > 0, survival * np.sqrt(log_variance), np.nan)
        spread = np.sqrt(log_variance) / np.abs(np.log(survival))
        quantile = intervals.t_quantile(0.5 + level / 2.0, np.full(len(time), df))
        low = survival ** np.exp(quantile * spread)
        high = survival ** np.exp(-quantile * spread)
    alive = survival > 0
    notes = spells.notes
    if not alive.all():
        end = f"{time[~alive][0]:g}"
        notes += (say("nobody is left after {time}: there is no interval from there on", time=end),)
    if not len(time):
        notes += (say("no spell ended while it was observed: there is no curve"),)
    return Survival(
        time, exposed.sum(axis=0), ends.sum(axis=0), hazard, survival, se,
        np.where(alive, low, np.nan), np.where(alive, high, np.nan), level, variance,
        spells.size, notes,
    )  # fmt: skip


def _counting(spells: Spells, time: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who ended at, and who was at risk just before, each time: shape (m, k)."""
    ends = (spells.duration[:, None] == time) & spells.ended[:, None]
    exposed = (spells.entry[:, None] < time) & (time <= spells.duration[:, None])
    return ends, exposed


def _variance(
    spells: Spells, ends: NDArray[np.bool_], exposed: NDArray[np.bool_], hazard: Floats,
    at_risk: Floats, variance: Variance,
) -> tuple[Floats, float]:  # fmt: skip
    """Variance of ln S(t) at each time, and degrees of freedom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if variance == "greenwood":
            d, y = ends.sum(axis=0), exposed.sum(axis=0)
            return np.cumsum(np.where(y > d, d / (y * (y - d)), np.inf)), float("inf")
        scale = np.where(hazard < 1.0, 1.0 / (at_risk * (1.0 - hazard)), np.inf)
        step = (
            spells.weight[:, None]
            * (ends - hazard * exposed)
            * np.where(np.isfinite(scale), scale, 0.0)
        )
    influence = -np.cumsum(step, axis=1)
    rows = _rows(spells, influence)
    found = spells.sampling.of(rows, rows.sums)[0]
    df = float(spells.sampling.sampled(rows, rows.n).df[0])
    return np.where(np.isfinite(np.cumsum(scale)), found, np.inf), df


def _rows(spells: Spells, influence: Floats) -> Rows:
    """Influence summed to clusters."""
    ones = np.ones(spells.size, dtype=np.int64)
    cells = Cells(
        spells.stratum,
        (spells.psu,),
        (),
        (),
        ones,
        no_kinds(ones),
        influence,
        np.empty((spells.size, 0)),
    )
    return roll_up(cells, ())
