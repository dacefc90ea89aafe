"""One-sided confidence bounds of a rate from errors found in a clustered sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from exitline.exits.decide.clusters import Clusters, at_least, at_most, check_confidence

SMALLEST = 1e-12
"""Bounds are searched between this rate and one minus it."""


def upper_bound(errors: float, sample: Clusters, confidence: float = 0.95) -> float:
    """The largest rate that the errors found do not rule out.

    The rate at which so few errors would have probability 1 - confidence. For icc = 0
    this is the bound of Clopper and Pearson (1934, Biometrika 26, 404-413); for icc > 0
    the same inversion under the beta-binomial law. A fractional number of errors (from
    weighted data) takes the bound between those of the whole numbers around it.

    Parameters
    ----------
    errors : float
        Errors found, 0 .. households; the effective number where weights are unequal.
    sample : Clusters
    confidence : float
        One-sided, 0.5 <= confidence < 1.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    PlanError
        For a confidence out of range.

    Examples
    --------
    >>> round(upper_bound(0, Clusters(149, 149)), 4)
    0.0199
    >>> round(upper_bound(4, Clusters(500, 500)), 4)
    0.0182
    """
    check_confidence(confidence)
    return _between(errors, lambda x: _upper(x, sample, confidence))


def lower_bound(errors: float, sample: Clusters, confidence: float = 0.95) -> float:
    """The smallest rate that the errors found do not rule out; see `upper_bound`.

    Examples
    --------
    >>> round(lower_bound(20, Clusters(500, 500)), 4)
    0.0267
    """
    check_confidence(confidence)
    return _between(errors, lambda x: _lower(x, sample, confidence))


def largest_icc(holds: Callable[[float], bool]) -> float:
    """The largest intra-village correlation under which a statement still holds.

    Parameters
    ----------
    holds : callable
        Takes a correlation and says whether the statement can still be made; once it
        cannot, it cannot for any larger one.

    Returns
    -------
    float
        Between 0 and 0.99, to 0.005; NaN where it does not hold even at 0.

    Examples
    --------
    >>> largest_icc(lambda icc: upper_bound(0, Clusters(1000, 50, icc)) < 0.02)
    0.58
    """
    if not holds(0.0):
        return math.nan
    low, high = 0, 198
    if holds(high / 200):
        return high / 200
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle / 200) else (low, middle)
    return low / 200


def _between(errors: float, bound: Callable[[int], float]) -> float:
    """The bound at a whole number of errors, or on the line between its neighbours."""
    nearest = round(errors)
    if abs(errors - nearest) < 1e-9:
        return bound(nearest)
    floor = math.floor(errors)
    share = errors - floor
    return (1.0 - share) * bound(floor) + share * bound(floor + 1)


@lru_cache(maxsize=4096)
def _upper(errors: int, sample: Clusters, confidence: float) -> float:
    """Upper bound at a whole number of errors."""
    if errors >= sample.households:
        return 1.0
    return _root(lambda rate: at_most(sample, rate, errors) - (1.0 - confidence))


@lru_cache(maxsize=4096)
def _lower(errors: int, sample: Clusters, confidence: float) -> float:
    """Lower bound at a whole number of errors."""
    if errors <= 0:
        return 0.0
    return _root(lambda rate: at_least(sample, rate, errors) - (1.0 - confidence))


def _root(function: Callable[[float], float]) -> float:
    """Where a monotone function of the rate crosses zero."""
    from scipy.optimize import brentq

    return float(brentq(function, SMALLEST, 1.0 - SMALLEST, xtol=1e-10, rtol=1e-12))
