"""Comprehensive incidence: registered poor, plus missed and wrongly exited people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.exits.assess.shares import ClusteredShare, village_variance

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SharePart:
    """A share of some people of the county, and how many they are.

    Attributes
    ----------
    share : ClusteredShare
    population : float
        Persons the share is extrapolated to.
    coverage : float
        Factor between the share and the rate that is extrapolated: 1, or the surveyed
        part of the sampled villages' people under the reading that divides by all of them.
    """

    share: ClusteredShare
    population: float
    coverage: float = 1.0


@dataclass(frozen=True)
class Incidence:
    """(registered + missed + wrongly exited) / rural population.

    Attributes
    ----------
    estimate, se : float
        The standard error is linearised over both groups together: villages where many
        were missed and many exited wrongly covary.
    correlation : float
        Of the two extrapolated totals; 0 where one of them has no variance to show.
    base : float
        Registered poor / rural population: known, without sampling error.
    parts : tuple of SharePart
    factors : tuple of float
        What one unit of each part's share adds to the incidence.
    """

    estimate: float
    se: float
    correlation: float
    base: float
    parts: tuple[SharePart, ...]
    factors: tuple[float, ...]

    def upper(self, confidence: float) -> float:
        """Largest incidence not ruled out.

        The parts' exact bounds are combined by the method of variance estimates recovery
        (Zou and Donner 2008, Statistics in Medicine 27, 1693-1702, equation 3 with
        covariance): with one part it is that part's exact bound, with no errors at all it
        stays above zero, and with many errors it is the usual normal bound.
        """
        centre, distance = self._combine(
            [p.share.high_case for p in self.parts], [p.share.upper(confidence) for p in self.parts]
        )
        return min(1.0, centre + distance)

    def lower(self, confidence: float) -> float:
        """Smallest incidence not ruled out; see `upper`."""
        centre, distance = self._combine(
            [p.share.low_case for p in self.parts], [p.share.lower(confidence) for p in self.parts]
        )
        return max(self.base, centre - distance)

    def chance_of_lower(self, rate: float) -> float:
        """P-value of *the incidence is below `rate`*: 1 - the confidence at which it holds."""
        return _tail(lambda confidence: self.upper(confidence) - rate)

    def chance_of_higher(self, rate: float) -> float:
        """P-value of *the incidence is above `rate`*."""
        return _tail(lambda confidence: rate - self.lower(confidence))

    def _combine(self, shares: list[float], bounds: list[float]) -> tuple[float, float]:
        """The centre, and how far the bound lies from it."""
        centre = self.base + sum(f * s for f, s in zip(self.factors, shares, strict=True))
        steps = [f * abs(b - s) for f, s, b in zip(self.factors, shares, bounds, strict=True)]
        square = sum(step**2 for step in steps)
        if len(steps) == 2:
            square += 2.0 * self.correlation * steps[0] * steps[1]
        return centre, math.sqrt(square)


def comprehensive_incidence(
    registered: float, rural_population: float, parts: tuple[SharePart, ...], village_stratum: Ints
) -> Incidence:
    """Estimate the comprehensive incidence of a county.

    C = (R + sum_g N_g r_g) / N, with r_g the extrapolated rates of the missed and of the
    wrongly exited. Its variance is that of the village totals of the sum of both
    linearised rates, each times N_g / N (Saerndal, Swensson and Wretman 1992, Model
    Assisted Survey Sampling, result 5.5.1).

    Parameters
    ----------
    registered, rural_population : float
        Persons.
    parts : tuple of SharePart
        Missed among the unregistered, wrongly exited among the exited; at most two.
    village_stratum : int array, shape (villages,)
        Stratum of every sampled village.

    Returns
    -------
    Incidence
    """
    factors = tuple(part.coverage * part.population / rural_population for part in parts)
    base = registered / rural_population
    estimate = base + sum(f * p.share.estimate for f, p in zip(factors, parts, strict=True))
    scaled = [f * p.share.influence for f, p in zip(factors, parts, strict=True)]
    variances = [village_variance(z, village_stratum) for z in scaled]
    total, correlation = sum(variances), 0.0
    if len(scaled) == 2:
        total = village_variance(scaled[0] + scaled[1], village_stratum)
        if min(variances) > 0:
            covariance = (total - sum(variances)) / 2.0
            correlation = min(1.0, max(0.0, covariance / math.sqrt(variances[0] * variances[1])))
    return Incidence(estimate, math.sqrt(total), correlation, base, parts, factors)


def _tail(distance: Callable[[float], float]) -> float:
    """1 - the largest confidence at which the bound has not crossed (distance below zero)."""
    from scipy.optimize import brentq

    low, high = 0.5, 1.0 - 1e-6
    if distance(low) >= 0.0:
        return 0.5
    if distance(high) < 0.0:
        return 1.0 - high
    return 1.0 - float(brentq(distance, low, high, xtol=1e-6))
