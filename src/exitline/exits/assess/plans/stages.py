"""A sample taken in stages: looks, stopping numbers, and their exact probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.exits.decide.clusters import Clusters, error_law, judged_icc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from exitline.exits.assess.plans.planning import Aim, SamplePlan

    Floats = NDArray[np.float64]

StopHigh = Literal["futility", "not met"]


@dataclass(frozen=True)
class InterimLook:
    """A point at which the errors so far are counted.

    Attributes
    ----------
    villages, households : int
        Visited so far.
    accept : int
        Stop with *met* at so many errors or fewer (-1: not at this look).
    stop_from : int
        Stop at so many errors or more.
    reject : int
        When stopping: *not met* from so many errors on, else *cannot tell*.
    """

    villages: int
    households: int
    accept: int
    stop_from: int
    reject: int


@dataclass(frozen=True)
class StagedPlan:
    """Looks with their stopping numbers, and what the plan can do.

    Attributes
    ----------
    kind : {"double", "sequential", "curtailed"}
    looks : tuple of InterimLook
        The last one always ends the visits.
    per_village : int
    icc : float
    aim : Aim
    stop_high : {"futility", "not met"}
        Whether visits also stop when *met* has become unlikely, or only when *not met* is
        shown.
    false_met, false_not_met : float
        Exact probabilities at the threshold, under the correlation that outcomes are judged at.
    power : float
        Probability of *met* at the aim's true rate.
    expected : float
        Households visited on average at the aim's true rate.
    fixed : SamplePlan
        The smallest one-stage plan for the same aim.
    """

    kind: Literal["double", "sequential", "curtailed"]
    looks: tuple[InterimLook, ...]
    per_village: int
    icc: float
    aim: Aim
    stop_high: StopHigh
    false_met: float
    false_not_met: float
    power: float
    expected: float
    fixed: SamplePlan

    @property
    def saving(self) -> float:
        """Share of the one-stage plan's visits that is saved on average at the true rate."""
        return 1.0 - self.expected / self.fixed.sample.households


@dataclass(frozen=True)
class Stops:
    """Where visits end, at one true rate.

    Attributes
    ----------
    low : tuple of float arrays
        By look: P(stop here with x errors) for x = 0 .. accept.
    high : tuple of float arrays
        By look: the same for x = stop_from, stop_from + 1, ...; at the last look whatever
        lies above `accept`.
    reached : float array, shape (looks,)
        P(the look is reached).
    """

    low: tuple[Floats, ...]
    high: tuple[Floats, ...]
    reached: Floats


@dataclass(frozen=True)
class StagedPoint:
    """Probabilities of the three outcomes and households visited, at one true rate."""

    rate: float
    met: float
    cannot_tell: float
    not_met: float
    expected: float


@dataclass(frozen=True)
class OneSidedBounds:
    """A lower and an upper one-sided bound."""

    low: float
    high: float


@lru_cache(maxsize=512)
def step_law(villages: int, per_village: int, icc: float, rate: float) -> Floats:
    """Errors found between two looks."""
    return error_law(Clusters.equal(villages, per_village, icc), rate)


def stops(looks: Sequence[InterimLook], per_village: int, icc: float, rate: float) -> Stops:
    """Exact distribution of the stopping look and of the errors found by then.

    A recursion over looks: the errors of those who go on are convolved with the errors
    of the next stage (Armitage, McPherson and Rowe 1969, J. R. Statist. Soc. A 132,
    235-244, in its discrete form; Schultz et al. 1973, Biometrics 29, 169-180).

    Parameters
    ----------
    looks : sequence of InterimLook
    per_village : int
    icc, rate : float

    Returns
    -------
    Stops
    """
    going = np.ones(1)
    before = 0
    low, high, reached = [], [], []
    for place, look in enumerate(looks):
        reached.append(going.sum())
        law = step_law(look.villages - before, per_village, icc, rate)
        here = np.convolve(going, law)
        cut = look.accept + 1
        end = cut if place == len(looks) - 1 else max(look.stop_from, cut)
        low.append(here[:cut])
        high.append(here[end:])
        going = here[:end].copy()
        going[:cut] = 0.0
        before = look.villages
    return Stops(tuple(low), tuple(high), np.array(reached))


def stage_sizes(looks: Sequence[InterimLook]) -> Floats:
    """Households visited between looks."""
    totals = np.array([look.households for look in looks], dtype=np.float64)
    return np.diff(totals, prepend=0.0)


def staged_point(plan: StagedPlan, rate: float) -> StagedPoint:
    """What a staged plan does at one true rate of the criterion's own quantity.

    Examples
    --------
    >>> from exitline.exits.assess.plans.planning import Aim
    >>> from exitline.exits.assess.plans.sequential import sequential_plan
    >>> plan = sequential_plan(Aim(true_rate=0.01, power=0.9), icc=0.05, per_village=20)
    >>> point = staged_point(plan, 0.01)
    >>> point.met >= 0.9 and point.expected < 0.7 * plan.fixed.sample.households
    True
    """
    rare = 1.0 - rate if plan.aim.mirrored else rate
    ends = stops(plan.looks, plan.per_village, plan.icc, rare)
    met = sum(float(part.sum()) for part in ends.low)
    not_met = not_met_chance(plan.looks, ends)
    expected = float(ends.reached @ stage_sizes(plan.looks))
    return StagedPoint(rate, met, max(0.0, 1.0 - met - not_met), not_met, expected)


def not_met_chance(looks: Sequence[InterimLook], ends: Stops) -> float:
    """P(not met): high stops with at least `reject` errors."""
    total = 0.0
    for place, (look, part) in enumerate(zip(looks, ends.high, strict=True)):
        first = first_high(looks, place)
        total += float(part[max(look.reject - first, 0) :].sum())
    return total


def first_high(looks: Sequence[InterimLook], place: int) -> int:
    """The number of errors that the first entry of `Stops.high` stands for."""
    look = looks[place]
    last = place == len(looks) - 1
    return look.accept + 1 if last else max(look.stop_from, look.accept + 1)


def share_at_most(looks: Sequence[InterimLook], ends: Stops, share: float) -> float:
    """P(errors / households at the stop <= share)."""
    total = 0.0
    for place, look in enumerate(looks):
        most = int(np.floor(share * look.households + 1e-9))
        total += float(ends.low[place][: most + 1].sum())
        total += float(ends.high[place][: max(most + 1 - first_high(looks, place), 0)].sum())
    return min(total, 1.0)


def share_at_least(looks: Sequence[InterimLook], ends: Stops, share: float) -> float:
    """P(errors / households at the stop >= share)."""
    total = 0.0
    for place, look in enumerate(looks):
        least = int(np.ceil(share * look.households - 1e-9))
        total += float(ends.low[place][least:].sum())
        total += float(ends.high[place][max(least - first_high(looks, place), 0) :].sum())
    return min(total, 1.0)


def staged_bounds(
    plan: StagedPlan, look: int, errors: int, confidence: float = 0.95
) -> OneSidedBounds:
    """One-sided bounds of the rate after a staged plan has stopped.

    Outcomes are ordered by the share of errors at the stop, and the bounds invert the
    exact probability of a share at least, or at most, as large (Emerson and Fleming 1990,
    Biometrika 77, 875-892). The bounds of a one-stage sample would be too narrow, because
    a staged plan stops when it looks good.

    Parameters
    ----------
    plan : StagedPlan
    look : int
        Position of the look at which visits stopped, from 0.
    errors : int
        Errors found by then.
    confidence : float

    Returns
    -------
    OneSidedBounds
        Bounds of the rare rate (errors), each valid alone at the confidence.

    Examples
    --------
    >>> from exitline.exits.assess.plans.planning import Aim
    >>> from exitline.exits.assess.plans.sequential import sequential_plan
    >>> plan = sequential_plan(Aim(true_rate=0.01, power=0.9), icc=0.05, per_village=20)
    >>> end = next(i for i, look in enumerate(plan.looks) if look.accept >= 0)
    >>> staged_bounds(plan, end, plan.looks[end].accept).high < 0.02
    True
    """
    from scipy.optimize import brentq

    share = errors / plan.looks[look].households
    tail, icc = 1.0 - confidence, judged_icc(plan.icc)

    def too_high(rate: float) -> float:
        ends = stops(plan.looks, plan.per_village, icc, rate)
        return share_at_most(plan.looks, ends, share) - tail

    def too_low(rate: float) -> float:
        ends = stops(plan.looks, plan.per_village, icc, rate)
        return share_at_least(plan.looks, ends, share) - tail

    edge = 1e-9
    high = 1.0 if share >= 1.0 else float(brentq(too_high, edge, 1.0 - edge, xtol=1e-9))
    low = 0.0 if errors == 0 else float(brentq(too_low, edge, 1.0 - edge, xtol=1e-9))
    return OneSidedBounds(low, high)
