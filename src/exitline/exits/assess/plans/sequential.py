"""Plans that stop early: double, sequential and curtailed samples.

All of them look at the errors found after whole villages. Their stopping numbers come
from spending functions; every probability that is reported is computed exactly by the
recursion in `exitline.exits.assess.plans.stages`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.exits.assess.plans.fewest import plan_sample
from exitline.exits.assess.plans.planning import SamplePlan
from exitline.exits.assess.plans.stages import (
    InterimLook,
    StagedPlan,
    StopHigh,
    Stops,
    first_high,
    not_met_chance,
    stage_sizes,
    step_law,
    stops,
)
from exitline.exits.decide.clusters import DEFAULT_ICC, PlanError, judged_icc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.exits.assess.plans.planning import Aim

    Floats = NDArray[np.float64]

LOOKS = 40
"""Looks of a sequential plan, about, unless told otherwise."""

_POWERS_LOW = (0.5, 0.6, 0.75, 0.9, 1.0, 1.25)
_POWERS_HIGH = (0.25, 0.35, 0.5, 0.7, 1.0, 1.5)
_LENGTHS = (1.0, 1.1, 1.2, 1.25, 1.3, 1.35, 1.4, 1.45, 1.5, 1.6, 1.7)
_FIRST = (0.3, 0.4, 0.5, 0.6, 0.7)
_SPENT = (0.1, 0.3, 0.5, 0.7, 0.9)


@dataclass(frozen=True)
class _Task:
    """What stays the same while boundaries are searched."""

    aim: Aim
    icc: float
    per_village: int
    stop_high: StopHigh

    @property
    def judged(self) -> float:
        """The correlation that false outcomes are limited under."""
        return judged_icc(self.icc)


@dataclass(frozen=True)
class _Candidate:
    """Numbers of villages at the looks, and the shares of both risks spent by each."""

    villages: tuple[int, ...]
    low: Floats
    high: Floats


def sequential_plan(
    aim: Aim,
    *,
    icc: float = DEFAULT_ICC,
    per_village: int = 20,
    every: int | None = None,
    max_villages: int | None = None,
    stop_high: StopHigh = "futility",
) -> StagedPlan:
    """A plan that looks after every few villages and stops as soon as it may.

    Among spending functions risk x t^rho (Kim and DeMets 1987, Biometrika 74, 149-154) and
    lengths of 1 to 1.7 times the one-stage plan, the one that visits the fewest households on
    average at the aim's true rate.

    Parameters
    ----------
    aim : Aim
    icc : float
        Intra-village correlation.
    per_village : int
        Households visited in each village.
    every : int, optional
        Villages between looks; by default so many that there are about 40 looks.
    max_villages : int, optional
        Villages there are.
    stop_high : {"futility", "not met"}
        "futility": also stop when *met* has become unlikely. "not met": when there are many
        errors, go on until *not met* is shown or the last look is reached.

    Returns
    -------
    StagedPlan

    Raises
    ------
    PlanError
        When even the one-stage plan does not exist.

    Examples
    --------
    >>> from exitline.exits.assess.plans.planning import Aim
    >>> plan = sequential_plan(Aim(true_rate=0.01, power=0.9), icc=0.05, per_village=20)
    >>> plan.false_met <= 0.05, plan.power >= 0.9, plan.saving > 0.3
    (True, True, True)
    """
    fixed = plan_sample(aim, icc=icc, per_village=per_village, max_villages=max_villages)
    task = _Task(aim, fixed.sample.icc, per_village, stop_high)
    gap = every or max(1, fixed.sample.villages // LOOKS)
    candidates = _spread(fixed.sample.villages, gap, max_villages)
    return _best(task, fixed, candidates, "sequential")


def double_plan(
    aim: Aim,
    *,
    icc: float = DEFAULT_ICC,
    per_village: int = 20,
    max_villages: int | None = None,
    stop_high: StopHigh = "futility",
) -> StagedPlan:
    """A plan with a first sample and, where it does not tell, a second one.

    Parameters and errors as for `sequential_plan` (Dodge and Romig 1929, Bell System
    Technical Journal 8, 613-631, with exact risks under clustering).

    Examples
    --------
    >>> from exitline.exits.assess.plans.planning import Aim
    >>> plan = double_plan(Aim(true_rate=0.01, power=0.9), icc=0.05, per_village=20)
    >>> len(plan.looks), plan.false_met <= 0.05, plan.power >= 0.9
    (2, True, True)
    """
    fixed = plan_sample(aim, icc=icc, per_village=per_village, max_villages=max_villages)
    task = _Task(aim, fixed.sample.icc, per_village, stop_high)
    return _best(task, fixed, _pairs(fixed.sample.villages, max_villages), "double")


def curtailed_plan(
    plan: SamplePlan, *, every: int = 1, stop_high: StopHigh = "futility"
) -> StagedPlan:
    """A one-stage plan that stops when its outcome cannot change any more.

    *Met* is certain once even errors in all remaining households would not exceed the
    acceptance number; it is out of reach once they do. The outcome is the same as with
    all visits made, so the error probabilities are the one-stage plan's.

    Parameters
    ----------
    plan : SamplePlan
        With the same number of households in every village.
    every : int
        Villages between looks.
    stop_high : {"futility", "not met"}
        As in `sequential_plan`.

    Examples
    --------
    >>> from exitline.exits.assess.plans.planning import Aim
    >>> fixed = plan_sample(Aim(true_rate=0.01, power=0.9), icc=0.0, per_village=1)
    >>> plan = curtailed_plan(fixed)
    >>> abs(plan.power - fixed.power) < 1e-9, 0 < plan.saving < 0.1
    (True, True)
    """
    sample = plan.sample
    if sample.households % sample.villages:
        raise PlanError(
            "only plans with equal villages can be curtailed",
            expected="households that are a multiple of villages",
            got=f"{sample.households} households in {sample.villages} villages",
            remedy="plan with a whole number of households per village",
        )
    size = sample.households // sample.villages
    last = plan.accept + 1 if stop_high == "futility" else plan.reject
    looks = tuple(
        InterimLook(
            v, v * size, max(-1, plan.accept - (sample.villages - v) * size), last, plan.reject
        )
        for v in _stations(sample.villages, every)
    )
    task = _Task(plan.aim, sample.icc, size, stop_high)
    return _finished(task, plan, looks, "curtailed")


def _spread(fixed: int, gap: int, limit: int | None) -> Iterator[_Candidate]:
    """Candidates with a look every `gap` villages."""
    for length in _lengths(fixed, limit):
        villages = _stations(length, gap)
        time = np.array(villages) / length
        for low, high in product(_POWERS_LOW, _POWERS_HIGH):
            yield _Candidate(villages, time**low, time**high)


def _pairs(fixed: int, limit: int | None) -> Iterator[_Candidate]:
    """Candidates with two looks."""
    for length in _lengths(fixed, limit):
        for part, low, high in product(_FIRST, _SPENT, _SPENT):
            first = max(1, round(part * length))
            if first < length:
                yield _Candidate((first, length), np.array([low, 1.0]), np.array([high, 1.0]))


def _lengths(fixed: int, limit: int | None) -> list[int]:
    """Total villages to try: 1 to 1.7 times the one-stage plan's."""
    most = limit if limit is not None else math.inf
    return sorted({int(min(most, math.ceil(fixed * part))) for part in _LENGTHS})


def _stations(total: int, gap: int) -> tuple[int, ...]:
    """Every `gap` villages, and the last one."""
    return (*range(gap, total, gap), total)


def _best(
    task: _Task,
    fixed: SamplePlan,
    candidates: Iterable[_Candidate],
    kind: Literal["double", "sequential"],
) -> StagedPlan:
    """The candidate with the fewest expected visits among those with the power."""
    best: tuple[float, tuple[InterimLook, ...]] | None = None
    for candidate in candidates:
        looks = _boundaries(task, candidate)
        ends = stops(looks, task.per_village, task.icc, task.aim.rare_rate)
        power = sum(float(part.sum()) for part in ends.low)
        expected = float(ends.reached @ stage_sizes(looks))
        if power >= task.aim.power and (best is None or expected < best[0] - 1e-9):
            best = expected, looks
    if best is None:
        villages, households = fixed.sample.villages, fixed.sample.households
        last = InterimLook(villages, households, fixed.accept, fixed.accept + 1, fixed.reject)
        return _finished(task, fixed, (last,), kind)
    return _finished(task, fixed, best[1], kind)


def _boundaries(task: _Task, candidate: _Candidate) -> tuple[InterimLook, ...]:
    """Stopping numbers that spend at most the allowed risks by each look.

    The risk of a false *met* is spent at the threshold; the risk on the other side is
    missing a county at the true rate ("futility") or a false *not met* at the threshold.
    """
    aim, futile = task.aim, task.stop_high == "futility"
    at_edge = np.ones(1)
    at_rate = np.ones(1)
    spent_low = spent_high = 0.0
    before, looks = 0, []
    for place, villages in enumerate(candidate.villages):
        new = villages - before
        at_edge = np.convolve(at_edge, _law(task, new, aim.rare_threshold, task.judged))
        at_rate = np.convolve(at_rate, _law(task, new, aim.rare_rate, task.icc))
        accept = _most(at_edge, aim.tail * candidate.low[place] - spent_low)
        spent_low += float(at_edge[: accept + 1].sum())
        judged, risk = (at_rate, 1.0 - aim.power) if futile else (at_edge, aim.tail)
        stop = max(_fewest(judged, risk * candidate.high[place] - spent_high), accept + 1)
        spent_high += float(judged[stop:].sum())
        looks.append(InterimLook(villages, villages * task.per_village, accept, stop, stop))
        at_edge, at_rate = (_going_on(law, accept, stop) for law in (at_edge, at_rate))
        before = villages
    return tuple(looks)


def _law(task: _Task, villages: int, rate: float, icc: float) -> Floats:
    """Errors found in so many more villages."""
    return step_law(villages, task.per_village, icc, rate)


def _going_on(law: Floats, accept: int, stop: int) -> Floats:
    """The errors of those who neither accept nor stop."""
    kept = law[:stop].copy()
    kept[: accept + 1] = 0.0
    return kept if len(kept) else np.zeros(1)


def _most(law: Floats, risk: float) -> int:
    """The largest number whose lower tail is within the risk (-1: none)."""
    return int(np.searchsorted(np.cumsum(law), risk + 1e-12, side="right")) - 1


def _fewest(law: Floats, risk: float) -> int:
    """The smallest number whose upper tail is within the risk."""
    tail = np.cumsum(law[::-1])
    return len(law) - int(np.searchsorted(tail, risk + 1e-12, side="right"))


def _finished(
    task: _Task,
    fixed: SamplePlan,
    looks: Sequence[InterimLook],
    kind: Literal["double", "sequential", "curtailed"],
) -> StagedPlan:
    """The plan with its rejection numbers and exact figures."""
    aim = task.aim
    at_edge = stops(looks, task.per_village, task.judged, aim.rare_threshold)
    share = _rejection_share(looks, at_edge, aim.tail)
    done = tuple(
        InterimLook(look.villages, look.households, look.accept, look.stop_from,
             _rejection(share, look))
        for look in looks
    )  # fmt: skip
    at_rate = stops(done, task.per_village, task.icc, aim.rare_rate)
    return StagedPlan(
        kind=kind, looks=done, per_village=task.per_village, icc=task.icc, aim=aim,
        stop_high=task.stop_high,
        false_met=sum(float(part.sum()) for part in at_edge.low),
        false_not_met=not_met_chance(done, at_edge),
        power=sum(float(part.sum()) for part in at_rate.low),
        expected=float(at_rate.reached @ stage_sizes(done)),
        fixed=fixed,
    )  # fmt: skip


def _rejection(share: float, look: InterimLook) -> int:
    """The fewest errors that reach the share; beyond all households where none does."""
    if math.isinf(share):
        return look.households + 1
    return max(math.ceil(share * look.households - 1e-9), look.accept + 1)


def _rejection_share(looks: Sequence[InterimLook], at_edge: Stops, tail: float) -> float:
    """The smallest share of errors at a high stop with probability at most `tail`."""
    shares, chances = [], []
    for place, look in enumerate(looks):
        part = at_edge.high[place]
        shares.append((first_high(looks, place) + np.arange(len(part))) / look.households)
        chances.append(part)
    share, group = np.unique(np.round(np.concatenate(shares), 12), return_inverse=True)
    chance = np.bincount(group, weights=np.concatenate(chances))
    above = np.cumsum(chance[::-1])[::-1]
    allowed = share[above <= tail + 1e-12]
    return float(allowed[0]) if len(allowed) else math.inf
