"""For one county: what each amount of money can buy, as probability of a right outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from exitline.exits.assess.plans.costs import Costs
from exitline.exits.decide.clusters import LARGEST, Clusters, at_least, at_most, judged_icc

SIZES = (1, 2, 3, 5, 8, 10, 12, 15, 20, 30, 40, 60)
"""Households per village that are tried."""

ENOUGH = 0.9995
"""No larger design is tried once a county is settled rightly with this probability."""


@dataclass(frozen=True)
class Question:
    """What is to be settled: is the rate below the threshold, and what is it expected to be?"""

    threshold: float
    expected: float
    confidence: float
    icc: float

    @property
    def below(self) -> bool:
        """Whether *met* is the outcome that would be right."""
        return self.expected < self.threshold


@dataclass(frozen=True)
class Limits:
    """Villages there are, households in each, and the money there is."""

    villages: int
    per_village: int
    budget: float


@dataclass(frozen=True)
class DesignOption:
    """One design: its cost, and the probability that its outcome is the right one."""

    villages: int
    per_village: int
    cost: float
    value: float


def frontier(question: Question, costs: Costs, limits: Limits) -> tuple[DesignOption, ...]:
    """Designs that no cheaper one beats, by rising cost; the first is to do nothing.

    For every number of households per village and every number of errors allowed, the best
    design has the fewest villages that keep the confidence (for a county expected to be
    above the threshold: the most at which so many errors still show it). Up to 16 errors
    each number is tried, above that every tenth part more.

    Parameters
    ----------
    question : Question
    costs : Costs
    limits : Limits

    Returns
    -------
    tuple of DesignOption

    Examples
    --------
    >>> options = frontier(Question(0.02, 0.005, 0.95, 0.0), Costs(0, 1), Limits(500, 1, 500))
    >>> [(o.villages, round(o.value, 2)) for o in options[1:4]]
    [(149, 0.47), (236, 0.67), (313, 0.79)]
    """
    options = [DesignOption(0, 0, 0.0, 0.0)]
    for size in SIZES:
        if size > limits.per_village:
            break
        affordable = int(limits.budget // costs.of(1, size))
        most = min(limits.villages, affordable, LARGEST // size)
        options += _designs(question, costs, size, most)
    options.sort(key=lambda option: (option.cost, -option.value))
    kept: list[DesignOption] = []
    for option in options:
        if not kept or option.value > kept[-1].value + 1e-12:
            kept.append(option)
    return tuple(kept)


def hull(options: tuple[DesignOption, ...]) -> tuple[DesignOption, ...]:
    """The concave upper hull of a frontier: steps of falling gain per cost.

    Examples
    --------
    >>> points = tuple(DesignOption(1, 1, c, v) for c, v in [(0, 0), (1, 0.1), (2, 0.6), (3, 0.7)])
    >>> [option.cost for option in hull(points)]
    [0, 2, 3]
    """
    kept: list[DesignOption] = []
    for option in options:
        while len(kept) >= 2 and slope(kept[-1], option) >= slope(kept[-2], kept[-1]):
            kept.pop()
        kept.append(option)
    return tuple(kept)


def slope(first: DesignOption, second: DesignOption) -> float:
    """Gain per cost between two options."""
    return (second.value - first.value) / (second.cost - first.cost)


def _designs(question: Question, costs: Costs, size: int, most: int) -> list[DesignOption]:
    """The designs of one size worth considering, up to so many villages."""
    rungs = _ladder(
        question.threshold, question.confidence, judged_icc(question.icc), size, question.below
    )
    found = []
    for errors, villages in rungs.up_to(most):
        value = _value(question, size, villages, errors)
        found.append(DesignOption(villages, size, costs.of(villages, size), value))
        if value >= ENOUGH:
            break
    return found


@lru_cache(maxsize=65536)
def _value(question: Question, size: int, villages: int, errors: int) -> float:
    """Probability of the right outcome."""
    sample = Clusters.equal(villages, size, question.icc)
    chance = at_most if question.below else at_least
    return chance(sample, question.expected, errors)


@lru_cache(maxsize=1024)
def _ladder(threshold: float, confidence: float, icc: float, size: int, below: bool) -> _Ladder:
    """One ladder for all counties with the same threshold, confidence and correlation."""
    return _Ladder(threshold, 1.0 - confidence, icc, size, below)


class _Ladder:
    """(errors, villages) at the edge of the confidence, found once and extended on demand."""

    def __init__(self, threshold: float, tail: float, icc: float, size: int, below: bool) -> None:
        self._threshold, self._tail, self._icc = threshold, tail, icc
        self._size, self._below = size, below
        self._rungs: list[tuple[int, int]] = []

    def up_to(self, most: int) -> list[tuple[int, int]]:
        """The rungs with at most so many villages."""
        while not self._rungs or self._rungs[-1][1] <= most:
            self._rungs.append(self._next())
        return [rung for rung in self._rungs if 1 <= rung[1] <= most]

    def _next(self) -> tuple[int, int]:
        """The next number of errors, and the villages that belong to it."""
        errors, start = self._rungs[-1] if self._rungs else (-1, 0)
        errors = max(errors + 1, round(errors * 1.1)) if errors >= 16 else errors + 1
        ceiling = LARGEST // self._size
        step = max(start // 8, 1)
        low, high = start, start + step
        while high < ceiling and self._before(high, errors):
            step *= 2
            low, high = high, high + step
        if high >= ceiling:
            return errors, ceiling + 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._before(middle, errors) else (low, middle)
        return errors, high if self._below else low

    def _before(self, villages: int, errors: int) -> bool:
        """Whether so many villages lie before the edge."""
        sample = Clusters.equal(villages, self._size, self._icc)
        if self._below:
            return at_most(sample, self._threshold, errors) > self._tail + 1e-12
        return at_least(sample, self._threshold, errors) <= self._tail + 1e-12
