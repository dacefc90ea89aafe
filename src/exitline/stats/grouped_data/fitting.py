"""From points to curves: least squares as in the papers, and maximum likelihood of counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares, minimize

from exitline.stats.grouped_data.curve import LorenzCurve
from exitline.stats.grouped_data.families import FAMILIES
from exitline.stats.grouped_data.povcal import Beta, Quadratic

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.grouped_data.points import LorenzPoints


_TIGHT = 1e-14


def quadratic(points: LorenzPoints) -> Quadratic:
    """Least squares of L(1 - L) on p^2 - L, L (p - 1), p - L: Datt (1998).

    Parameters
    ----------
    points : LorenzPoints
        The last, (1, 1), takes no part.
    """
    p, curve = points.inner
    columns = np.column_stack([p**2 - curve, curve * (p - 1), p - curve])
    found = np.linalg.lstsq(columns, curve * (1 - curve))[0]
    return Quadratic(*(float(x) for x in found))


def beta(points: LorenzPoints) -> Beta:
    """Least squares of ln(p - L) on ln p and ln(1 - p): Datt (1998).

    Parameters
    ----------
    points : LorenzPoints
        The last, (1, 1), takes no part.
    """
    p, curve = points.inner
    columns = np.column_stack([np.ones(p.size), np.log(p), np.log1p(-p)])
    found = np.linalg.lstsq(columns, np.log(p - curve))[0]
    return Beta(float(np.exp(found[0])), float(found[1]), float(found[2]))


def by_shares(points: LorenzPoints, name: str) -> LorenzCurve:
    """Nonlinear least squares of L over a distribution's parameters, the best of several starts.

    Parameters
    ----------
    points : LorenzPoints
    name : str
        One of `FAMILIES`.
    """
    family = FAMILIES[name]
    p, curve = points.inner

    def misses(values: Floats) -> Floats:
        return family.make(values).lorenz(p) - curve

    fits = [
        least_squares(
            misses, start, bounds=family.ends,
            xtol=_TIGHT, ftol=_TIGHT, gtol=_TIGHT, max_nfev=400,
        )
        for start in family.starts
    ]  # fmt: skip
    return family.make(min(fits, key=lambda fit: float(fit.cost)).x)


def by_likelihood(points: LorenzPoints, name: str) -> tuple[LorenzCurve, float]:
    """Curve and mean that make the counts between the bounds most likely (multinomial).

    Parameters
    ----------
    points : LorenzPoints
        Counts with bounds. Where the mean is known it is held.
    name : str
        One of `FAMILIES`.

    Returns
    -------
    LorenzCurve
    float
        The mean.
    """
    family = FAMILIES[name]
    make, bounds = family.make, list(zip(*family.ends, strict=True))
    known = points.mean == points.mean
    middle = float(np.interp(0.5, points.population[:-1], np.log(points.upper[:-1])))
    best = None
    for start in family.starts:
        free = start if known else (middle + 0.2, *start)
        fit = minimize(
            _minus_log_likelihood, free, args=(points, make, known), method="Nelder-Mead",
            bounds=bounds if known else [(middle - 5, middle + 5), *bounds],
            options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 20_000, "maxfev": 20_000},
        )  # fmt: skip
        if best is None or fit.fun < best.fun:
            best = fit
    assert best is not None
    found = best.x
    return (make(found), points.mean) if known else (make(found[1:]), float(np.exp(found[0])))


def _minus_log_likelihood(
    free: Floats, points: LorenzPoints, make: Callable[[Floats], LorenzCurve], known: bool
) -> float:
    """Minus the mean log-likelihood of a person's class."""
    mean, curve = (points.mean, make(free)) if known else (np.exp(free[0]), make(free[1:]))
    inside = np.diff(curve.below(points.upper[:-1] / mean), prepend=0.0, append=1.0)
    return -float(points.counts @ np.log(np.maximum(inside, 1e-300)))


FITS: dict[str, Callable[[LorenzPoints], LorenzCurve]] = {
    "quadratic": quadratic, "beta": beta, **{n: partial(by_shares, name=n) for n in FAMILIES},
}  # fmt: skip
"""Each curve by its name, and how it is fitted to points of a Lorenz curve."""
