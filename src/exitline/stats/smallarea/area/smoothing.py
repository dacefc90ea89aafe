"""Sampling variances of direct estimates, smoothed where the survey cannot give them.

A small area's variance estimate is itself unstable, and zero where all its households are
alike; taken as it is, it makes the model believe the smallest areas most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

Smooth = Literal["none", "unstable", "all", "pooled"]
SMOOTHS: tuple[str, ...] = ("none", "unstable", "all", "pooled")
STABLE = 3.0
"""Degrees of freedom below which a variance counts as unstable."""
_LEAST = 1e-12
"""Below this share of the largest variance, a variance is rounding error."""


@dataclass(frozen=True)
class Smoothed:
    """Sampling variances that can be used.

    Attributes
    ----------
    variance : float array
        Above zero.
    replaced : bool array
        Where the variance is the smoothed one.
    """

    variance: Floats
    replaced: NDArray[np.bool_]


def unusable(variance: Floats) -> NDArray[np.bool_]:
    """Whether a variance is missing, negative, or zero but for rounding."""
    known = np.where(np.isfinite(variance), variance, -1.0)
    floor = _LEAST * max(float(known.max(initial=0.0)), 0.0)
    return np.asarray(known <= floor)


@dataclass(frozen=True)
class KnownVariances:
    """What is known of direct estimates beside their variances.

    Attributes
    ----------
    size : float array, optional
        Sampled households of each area, or their effective number.
    df : float array, optional
        Degrees of freedom of each variance; below `STABLE` it counts as unstable.
    """

    size: Floats | None = None
    df: Floats | None = None


def smoothed(variance: Floats, known: KnownVariances, how: str, areas: list[str]) -> Smoothed:
    """Sampling variances by a generalised variance function.

    The logarithm of the usable variances is regressed on the logarithm of the sample size, and
    the fitted values are scaled so that they add up to the variances they were fitted to. Where
    sizes are all alike or unknown, that is the mean of the usable variances.

    Parameters
    ----------
    variance : float array, shape (areas,)
        Of direct estimates.
    known : KnownVariances
    how : {"none", "unstable", "all", "pooled"}
        Which variances are replaced: none (then one that cannot be used is refused), those
        that cannot be used or are unstable, or all; or all by a variance for one household,
        pooled over areas, where few areas have a variance of their own.
    areas : list of str
        For the message.

    Raises
    ------
    SmallAreaError
        For a variance that cannot be used, unless it is to be replaced; and where fewer than
        two are usable.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, chapter 7. Hidiroglou, Beaumont and Yung
    (2019), Survey Methodology 45, 101-126, section 3.1.
    """
    if how not in SMOOTHS:
        raise SmallAreaError(
            f"variances cannot be smoothed '{how}'",
            expected="one of " + ", ".join(SMOOTHS),
            got=repr(how),
            remedy="choose one of these",
        )
    size, df = known.size, known.df
    if how == "pooled":
        return _pooled_for(variance, known)
    bad = unusable(variance)
    if how == "none":
        _refuse(bad, areas)
        return Smoothed(variance, np.zeros(len(variance), dtype=bool))
    if df is not None:
        bad = bad | ~(df >= STABLE)
    if np.sum(~bad) < 2:
        raise SmallAreaError(
            "too few usable variances to smooth the others by",
            expected="2 or more areas with a stable variance above zero",
            got=str(int(np.sum(~bad))),
            remedy='take smooth="pooled", or variances that were smoothed elsewhere',
        )
    fitted = _fitted(variance, size, ~bad)
    replaced = np.ones(len(variance), dtype=bool) if how == "all" else bad
    return Smoothed(np.where(replaced, fitted, variance), replaced)


def pooled(variance: Floats, size: Floats, df: Floats) -> float:
    """The variance for one household: of each area its variance times its households, pooled by
    their degrees of freedom; NaN where there are none."""
    known = np.isfinite(variance) & (df > 0) & (size > 0)
    if not known.any():
        return float("nan")
    return float(np.sum((df * size * variance)[known]) / np.sum(df[known]))


def _pooled_for(variance: Floats, known: KnownVariances) -> Smoothed:
    """The pooled variance, shared out by the households of each area."""
    size, df = known.size, known.df
    one = float("nan") if size is None or df is None else pooled(variance, size, df)
    if size is None or not one > 0:
        raise SmallAreaError(
            "no area has a variance to pool",
            expected="estimates of a survey by area, some with two PSUs or more that differ",
            got="none",
            remedy="give exitline.estimate(..., by=area), or variances as a column",
        )
    return Smoothed(one / size, np.ones(len(variance), dtype=bool))


def _fitted(variance: Floats, size: Floats | None, good: NDArray[np.bool_]) -> Floats:
    """The smoothed variance of every area."""
    mean = np.full(len(variance), float(variance[good].mean()))
    if size is None or not np.all(size > 0) or np.sum(good) < 3:
        return mean
    z = np.log(size)
    centre = z[good] - z[good].mean()
    if not float(centre @ centre) > 1e-12:
        return mean
    logs = np.log(variance[good])
    slope = float(centre @ (logs - logs.mean())) / float(centre @ centre)
    fitted = np.exp(logs.mean() + slope * (z - z[good].mean()))
    return np.asarray(fitted * float(variance[good].sum() / fitted[good].sum()))


def _refuse(bad: NDArray[np.bool_], areas: list[str]) -> None:
    """Refuse variances that cannot be used."""
    if not bad.any():
        return
    some = [areas[i] for i in np.flatnonzero(bad)]
    more = f" and {len(some) - 1} more" if len(some) > 1 else ""
    raise SmallAreaError(
        "direct estimates whose sampling variance is zero or missing",
        where=f"area '{some[0]}'{more}",
        expected="variances above zero",
        got=f"{len(some)} of {len(bad)} that are not",
        remedy='smooth them: smooth="unstable"; or leave these direct estimates out',
    )
