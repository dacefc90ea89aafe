"""Transformations of welfare to the scale on which a nested-error model holds.

log, log-shift, Box and Cox (1964), the dual power transformation of Yang (2006) and the rank
order; parameters driven by the data as in Rojas-Perilla, Pannier, Schmid and Tzavidis (2020),
Journal of the Royal Statistical Society A 183, 121-148.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.special import ndtri

from exitline.errors import unknown
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from exitline.arrays import Floats


Name = Literal["none", "log", "log-shift", "box-cox", "dual", "rank"]
DRIVEN = ("log-shift", "box-cox", "dual")
"""Transformations with a parameter that the data choose."""
NEAR_ZERO = 1e-12
"""Powers that count as zero: their transformation is the logarithm."""


@dataclass(frozen=True)
class Transform:
    """A monotone transformation of welfare.

    Attributes
    ----------
    name : {"none", "log", "log-shift", "box-cox", "dual", "rank"}
    parameter : float
        The shift of log-shift, the power of box-cox and dual; NaN where there is none.
    shift : float
        Added to welfare first (log, box-cox, dual).
    knots : float array, shape (2, k)
        Of the rank order: welfare and its normal score, both rising.

    Examples
    --------
    >>> how = Transform("box-cox", 0.5)
    >>> how.forward(np.array([4.0])), how.back(how.forward(np.array([4.0])))
    (array([2.]), array([4.]))
    """

    name: Name
    parameter: float = float("nan")
    shift: float = 0.0
    knots: Floats | None = field(default=None, repr=False, compare=False)

    @property
    def added(self) -> float:
        """What stands under the logarithm or power beside welfare."""
        return self.parameter if self.name == "log-shift" else self.shift

    @property
    def is_log(self) -> bool:
        """Whether welfare is shifted lognormal under the model."""
        zero = self.name in ("box-cox", "dual") and abs(self.parameter) <= NEAR_ZERO
        return self.name in ("log", "log-shift") or zero

    @property
    def lowest(self) -> float:
        """The smallest welfare there can be: the end of the range of `back`."""
        return -np.inf if self.name in ("none", "rank") else -self.added

    def forward(self, y: Floats) -> Floats:
        """Welfare on the scale of the model."""
        if self.name == "none":
            return y
        if self.name == "rank":
            return self._rank(y)
        v = y + self.added
        if self.is_log:
            return np.log(v)
        if self.name == "box-cox":
            return np.asarray(np.expm1(self.parameter * np.log(v)) / self.parameter)
        return np.asarray(np.sinh(self.parameter * np.log(v)) / self.parameter)

    def back(self, t: Floats) -> Floats:
        """Welfare from the scale of the model; the lowest where there is no such welfare."""
        if self.name == "none":
            return t
        if self.name == "rank":
            return self._unrank(t)
        if self.is_log:
            return np.asarray(np.exp(t) - self.added)
        power = self.parameter
        if self.name == "dual":
            return np.asarray(np.exp(np.arcsinh(power * t) / power) - self.added)
        inside = power * t
        safe = np.where(inside > -1.0, inside, 0.0)
        return np.asarray(np.where(inside > -1.0, np.exp(np.log1p(safe) / power), 0.0)) - self.added

    def slope(self, y: Floats) -> Floats:
        """The logarithm of the derivative at some welfare."""
        logs = np.log(y + self.added)
        if self.is_log:
            return -logs
        if self.name == "box-cox":
            return np.asarray((self.parameter - 1.0) * logs)
        return np.asarray(np.log(np.cosh(self.parameter * logs)) - logs)

    def _rank(self, y: Floats) -> Floats:
        assert self.knots is not None
        welfare, score = self.knots
        found = np.interp(y, welfare, score)
        low, high = self._tails()
        found = np.where(y < welfare[0], score[0] + (y - welfare[0]) / low, found)
        return np.asarray(np.where(y > welfare[-1], score[-1] + (y - welfare[-1]) / high, found))

    def _unrank(self, t: Floats) -> Floats:
        assert self.knots is not None
        welfare, score = self.knots
        low, high = self._tails()
        found = np.interp(t, score, welfare)
        found = np.where(t < score[0], welfare[0] + (t - score[0]) * low, found)
        return np.asarray(np.where(t > score[-1], welfare[-1] + (t - score[-1]) * high, found))

    def _tails(self) -> tuple[float, float]:
        """How welfare rises with its score beyond the sample: as in its outer twentieths."""
        assert self.knots is not None
        welfare, score = self.knots
        k = max(len(welfare) // 20, 1)
        low = (welfare[k] - welfare[0]) / (score[k] - score[0])
        high = (welfare[-1] - welfare[-1 - k]) / (score[-1] - score[-1 - k])
        return float(low), float(high)


def rank_order(y: Floats) -> Transform:
    """The transformation that gives a sample the scores of a normal distribution.

    The score of rank r among n is the normal quantile of (r - 1/2) / n, the mean rank where
    values tie; between two values of the sample welfare is interpolated, beyond them it goes on
    as in the outer twentieth (Peterson and Cavanaugh 2020).

    Examples
    --------
    >>> how = rank_order(np.array([1.0, 2.0, 2.0, 9.0]))
    >>> how.forward(np.array([2.0])).round(9).tolist()
    [0.0]
    """
    welfare, count = np.unique(y, return_counts=True)
    if len(welfare) < 2:
        raise _constant()
    ranks = np.cumsum(count) - (count - 1) / 2.0
    return Transform("rank", knots=np.stack([welfare, ndtri((ranks - 0.5) / len(y))]))


def _constant() -> SmallAreaError:
    return SmallAreaError(
        "welfare is the same on every row of the sample",
        where="the response of the model",
        expected="welfare that varies",
        got="one value",
        remedy="check the column",
    )


def named(
    name: str, y: Floats, *, parameter: float | None = None, shift: float | str | None = None
) -> Transform:
    """The transformation of this name, its parameter still to be found unless it is given.

    Parameters
    ----------
    name : str
    y : float array
        Welfare in the sample.
    parameter : float, optional
    shift : float or "auto", optional
        Added to welfare before log, box-cox and dual; "auto" lifts the lowest value to 1 where
        one is not above zero. Without it such values are refused.

    Raises
    ------
    SmallAreaError
        For a name that does not exist, and for welfare that has no logarithm.
    """
    if name not in get_args(Name):
        raise unknown(
            "transformation", name, get_args(Name), error=SmallAreaError, where="transform"
        )
    if name == "rank":
        return rank_order(y)
    made = Transform(name, float("nan") if parameter is None else float(parameter))  # type: ignore[arg-type]
    if name in ("log", "box-cox", "dual"):
        made = replace(made, shift=_lift(y, shift))
    if name != "log-shift" or parameter is not None:
        _require_inside(made, y)
    if name == "dual" and parameter is not None and parameter < 0:
        raise SmallAreaError(
            "the dual power transformation has no negative parameter",
            where="parameter", expected="0 or above", got=f"{parameter:g}",
            remedy="leave it out, and the data choose it",
        )  # fmt: skip
    return made


def _lift(y: Floats, shift: float | str | None) -> float:
    """What is added to welfare."""
    if shift is None:
        return 0.0
    if shift == "auto":
        lowest = float(y.min())
        return abs(lowest) + 1.0 if lowest <= 0 else 0.0
    return float(shift)


def _require_inside(made: Transform, y: Floats) -> None:
    """Refuse welfare that has no logarithm."""
    if made.name == "none":
        return
    outside = int(np.count_nonzero(y + made.added <= 0))
    if outside:
        raise SmallAreaError(
            f"welfare that is not above zero has no value under '{made.name}'",
            where="the response of the model",
            expected="welfare (with its shift) above 0",
            got=f"{outside:,} of {len(y):,} rows at or below 0",
            remedy="give a shift (a number, or 'auto': the lowest value becomes 1), take "
            "transform='log-shift', or check whether these rows are missing values",
        )


def interval(name: str, y: Floats) -> tuple[float, float]:
    """Where the parameter is looked for (Rojas-Perilla et al. 2020; Kreutzmann et al. 2019)."""
    if name == "box-cox":
        return -1.0, 2.0
    if name == "dual":
        return 0.0, 2.0
    low, high = float(y.min()), float(y.max())
    return (abs(low) + 1.0 if low <= 0 else 0.0), (high - low) / 2.0
