"""From points to curves: least squares as in the papers, and maximum likelihood of counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import least_squares, minimize
from scipy.special import ndtri

from exitline.grouped_data.beta import Beta
from exitline.grouped_data.curve import Curve
from exitline.grouped_data.parametric import GB2, Lognormal
from exitline.grouped_data.quadratic import Quadratic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.grouped_data.points import Points

    Floats = NDArray[np.float64]

_TIGHT = 1e-14


def quadratic(points: Points) -> Quadratic:
    """Least squares of L(1 - L) on p^2 - L, L (p - 1), p - L: Datt (1998).

    Parameters
    ----------
    points : Points
        The last, (1, 1), takes no part.
    """
    p, curve = points.inner
    columns = np.column_stack([p**2 - curve, curve * (p - 1), p - curve])
    found = np.linalg.lstsq(columns, curve * (1 - curve))[0]
    return Quadratic(*(float(x) for x in found))


def beta(points: Points) -> Beta:
    """Least squares of ln(p - L) on ln p and ln(1 - p): Datt (1998).

    Parameters
    ----------
    points : Points
        The last, (1, 1), takes no part.
    """
    p, curve = points.inner
    columns = np.column_stack([np.ones(p.size), np.log(p), np.log1p(-p)])
    found = np.linalg.lstsq(columns, np.log(p - curve))[0]
    return Beta(float(np.exp(found[0])), float(found[1]), float(found[2]))


def lognormal(points: Points) -> Lognormal:
    """Nonlinear least squares of L over sigma.

    Parameters
    ----------
    points : Points
    """
    p, curve = points.inner
    kept = (curve > 0) & (curve < 1)
    start = float(np.mean(ndtri(p[kept]) - ndtri(curve[kept])))
    fit = least_squares(
        lambda v: _lognormal(v).lorenz(p) - curve, [np.log(max(start, 0.01))],
        xtol=_TIGHT, ftol=_TIGHT, gtol=_TIGHT,
    )  # fmt: skip
    return _lognormal(fit.x)


def gb2(points: Points) -> GB2:
    """Nonlinear least squares of L over a, p and q, the best from several starts.

    Parameters
    ----------
    points : Points
    """
    p, curve = points.inner
    fits = [
        least_squares(
            lambda v: _gb2(v).lorenz(p) - curve, start, bounds=tuple(zip(*_BOUNDS, strict=True)),
            xtol=_TIGHT, ftol=_TIGHT, gtol=_TIGHT, max_nfev=400,
        )
        for start in _STARTS
    ]  # fmt: skip
    return _gb2(min(fits, key=lambda fit: float(fit.cost)).x)


def by_likelihood(points: Points, name: str) -> tuple[Curve, float]:
    """Curve and mean that make the counts between the bounds most likely (multinomial).

    Parameters
    ----------
    points : Points
        Counts with bounds. Where the mean is known it is held.
    name : {"lognormal", "gb2"}

    Returns
    -------
    Curve
    float
        The mean.
    """
    make, starts, bounds = FREE[name]
    known = points.mean == points.mean
    middle = float(np.interp(0.5, points.population[:-1], np.log(points.upper[:-1])))
    best = None
    for start in starts:
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
    free: Floats, points: Points, make: Callable[[Floats], Curve], known: bool
) -> float:
    """Minus the mean log-likelihood of a person's class."""
    mean, curve = (points.mean, make(free)) if known else (np.exp(free[0]), make(free[1:]))
    inside = np.diff(curve.below(points.upper[:-1] / mean), prepend=0.0, append=1.0)
    return -float(points.counts @ np.log(np.maximum(inside, 1e-300)))


def _lognormal(free: Floats) -> Lognormal:
    """From the logarithm of sigma."""
    return Lognormal(float(np.exp(free[0])))


def _gb2(free: Floats) -> GB2:
    """From logarithms of a, p and a q - 1: the mean always exists."""
    a, shape_p, over = np.exp(free)
    return GB2(float(a), float(shape_p), float((1 + over) / a))


_BOUNDS = ((-2.3, 3.0), (-4.6, 6.9), (-6.9, 6.9))
_STARTS = tuple(
    tuple(np.log([a, p, max(a * q - 1, 0.05)]))
    for a, p, q in ((2.0, 1.0, 1.0), (1.0, 2.0, 3.0), (4.0, 0.7, 0.7))
)
FREE: dict[str, tuple[Callable[[Floats], Curve], Any, Any]] = {
    "lognormal": (_lognormal, ((-0.7,),), [(-4.0, 2.0)]),
    "gb2": (_gb2, _STARTS, list(_BOUNDS)),
}
FITS: dict[str, Callable[[Points], Curve]] = {
    "quadratic": quadratic, "beta": beta, "lognormal": lognormal, "gb2": gb2,
}  # fmt: skip
"""Each curve by its name, and how it is fitted to points of a Lorenz curve."""
