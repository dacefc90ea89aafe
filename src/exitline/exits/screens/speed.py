"""Speed of change: did one unit change faster than units like it ever do?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError
from exitline.exits.screens.finding import ScreenFinding, adjusted, need
from exitline.words.said import Numeral, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = say("speed of change")
_READING = say(
    "A programme that began, a harvest, a new definition of income or a boundary moved "
    "can change one place and not the others. Ask what changed there before anything else."
)


@dataclass(frozen=True)
class Speed:
    """One unit's change checked against what all other units make likely.

    Parameters
    ----------
    change : float
    expected : float
        The other units' mean.
    spread : float
        Standard deviation of true changes between the other units.
    t : float
    degrees : int
    p_value : float
        Two-sided.
    """

    change: float
    expected: float
    spread: float
    t: float
    degrees: int
    p_value: float


@dataclass(frozen=True)
class UnitChanges:
    """Mean changes of the logarithm, by unit.

    Parameters
    ----------
    names, change, se, n : arrays, shape (k,)
    """

    names: NDArray[Any]
    change: NDArray[np.float64]
    se: NDArray[np.float64]
    n: NDArray[np.int64]


def unit_changes(before: NDArray[Any], after: NDArray[Any], units: NDArray[Any]) -> UnitChanges:
    """Mean change of the logarithm and its standard error, by unit.

    Parameters
    ----------
    before, after : array, shape (n,)
        Above 0; other rows are left out.
    units : array, shape (n,)

    Returns
    -------
    UnitChanges
        Of units with at least 5 rows.
    """
    import numpy as np

    first, last = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    held = np.isfinite(first) & np.isfinite(last) & (first > 0) & (last > 0)
    names, labels = np.unique(np.asarray(units)[held], return_inverse=True)
    growth = np.log(last[held] / first[held])
    n = np.bincount(labels, minlength=len(names))
    enough = n >= 5
    mean = np.bincount(labels, weights=growth, minlength=len(names)) / np.maximum(n, 1)
    squares = np.bincount(labels, weights=(growth - mean[labels]) ** 2, minlength=len(names))
    se = np.sqrt(squares / np.maximum(n - 1, 1) / np.maximum(n, 1))
    return UnitChanges(names[enough], mean[enough], se[enough], n[enough])


def speed(change: NDArray[Any], se: NDArray[Any]) -> tuple[Speed, ...]:
    """Hold each unit's change against the prediction from all the others.

    The other units' true changes are taken as normal around a mean; mean and variance
    come from them alone, so that a unit cannot hide by widening its own yardstick.

    Parameters
    ----------
    change, se : array, shape (k,)
        Estimated change and its standard error (0 for censuses).

    Returns
    -------
    tuple of Speed
        One a unit: t = (c_u - m) / sqrt(tau^2 + se_u^2 + var m) on k - 2 degrees.

    Raises
    ------
    DataError
        With fewer than 5 units, or a change or error that is not finite.

    References
    ----------
    Higgins, Thompson and Spiegelhalter (2009), equation 12 (predictive distribution of a
    random-effects model); Paule and Mandel (1982) for tau^2.
    """
    import numpy as np
    from scipy import stats

    c, s = np.asarray(change, dtype=float), np.asarray(se, dtype=float)
    need(len(c), 5, screen=NAME, what="units")
    if not (np.isfinite(c).all() and np.isfinite(s).all() and (s >= 0).all()):
        raise DataError(
            "changes or standard errors that are not numbers",
            expected="finite changes, standard errors of 0 or more",
            got="a missing or negative one",
            remedy="leave these units out",
        )
    found = []
    for u in range(len(c)):
        others = np.arange(len(c)) != u
        tau2 = _between_variance(c[others], s[others])
        weight = 1.0 / np.maximum(tau2 + s[others] ** 2, 1e-300)
        mean = float((weight * c[others]).sum() / weight.sum())
        variance = tau2 + s[u] ** 2 + 1.0 / float(weight.sum())
        degrees = len(c) - 2
        t = float((c[u] - mean) / np.sqrt(variance)) if variance > 1e-290 else 0.0
        p = float(2 * stats.t.sf(abs(t), degrees))
        found.append(Speed(float(c[u]), mean, float(np.sqrt(tau2)), t, degrees, p))
    return tuple(found)


def screen_speed(
    change: NDArray[Any], se: NDArray[Any], units: NDArray[Any], n: NDArray[Any] | None = None
) -> tuple[ScreenFinding, ...]:
    """Screen units for a change unlike that of all the others.

    Parameters
    ----------
    change, se : array, shape (k,)
        For example from `unit_changes`.
    units : array, shape (k,)
        Names.
    n : array of int, shape (k,), optional
        Rows behind each change.

    Returns
    -------
    tuple of ScreenFinding
    """
    tests = speed(change, se)
    found = [
        ScreenFinding(
            screen=NAME,
            unit=str(units[u]),
            statistic=test.change,
            expected=test.expected,
            measure=say("mean change"),
            p_value=test.p_value,
            q_value=float("nan"),
            n=1 if n is None else int(n[u]),
            null=say("the unit's change is one of those the other units show"),
            reading=_READING,
            detail=say(
                "the others differ by {n} (standard deviation)", n=Numeral(f"{test.spread:.3g}")
            ),
        )
        for u, test in enumerate(tests)
    ]
    return adjusted(found)


def _between_variance(change: NDArray[np.float64], se: NDArray[np.float64]) -> float:
    """tau^2 such that the weighted sum of squares equals its degrees of freedom."""
    import numpy as np
    from scipy import optimize

    def excess(tau2: float) -> float:
        weight = 1.0 / np.maximum(tau2 + se**2, 1e-300)
        mean = (weight * change).sum() / weight.sum()
        return float((weight * (change - mean) ** 2).sum() - (len(change) - 1))

    if (se == 0).all():
        return float(change.var(ddof=1))
    floor = 0.0 if (se > 0).all() else 1e-12 * float(change.var() + (se**2).mean())
    if excess(floor) <= 0:
        return floor
    top = float(change.var() + (se**2).max()) + 1e-12
    while excess(top) > 0:
        top *= 4
    return float(optimize.brentq(excess, floor, top, rtol=1e-10))
