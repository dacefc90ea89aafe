"""Model figures that add up to a known or better known total.

Every way moves each figure along a direction of its own by one common amount, found so that the
weighted figures meet the target: "difference" along one, "ratio" along the figure itself, "mse"
along its mean squared error. Figures that would leave their bounds stay on them and the others
take what is left, which is the solution of the quadratic programme with these bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import nearest
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[Any]

WAYS: tuple[str, ...] = ("ratio", "difference", "mse")
_STEPS = 100


@dataclass(frozen=True)
class BenchmarkRule:
    """How figures are brought to a target.

    Attributes
    ----------
    how : {"ratio", "difference", "mse"}
    shares : float array, shape (areas,)
        Weights of areas in the total, adding up to 1.
    low, high : float
        Bounds of every figure; infinite for none.
    groups : int array, shape (areas,), optional
        Two stages: figures of groups (regions) are brought to the target first, then those of
        areas to their group's.
    """

    how: str
    shares: Floats
    low: float = -np.inf
    high: float = np.inf
    groups: NDArray[np.int64] | None = None


def rule_of(
    how: str,
    weights: Floats,
    areas: Sequence[str],
    *,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    groups: NDArray[np.int64] | None = None,
) -> BenchmarkRule:
    """A rule, checked.

    Parameters
    ----------
    how : str
    weights : float array
        Populations or shares of areas; scaled to add up to 1.
    areas : sequence of str
    bounds : tuple of two float
    groups : int array, optional

    Raises
    ------
    SmallAreaError
        For a way that does not exist, or weights that are missing or negative.
    """
    if how not in WAYS:
        raise SmallAreaError(
            f"figures cannot be benchmarked '{how}'", expected="one of " + ", ".join(WAYS),
            got=repr(how), remedy=nearest(how, WAYS) or "choose one of these",
        )  # fmt: skip
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any() or not weights.sum() > 0:
        some = [areas[int(i)] for i in np.flatnonzero(bad)]
        raise SmallAreaError(
            "weights of areas that are missing or negative",
            where=f"area '{some[0]}'" if some else None,
            expected="the population of every area",
            got=f"{len(some)} that are not" if some else "zeros throughout",
            remedy="give each area its population",
        )
    return BenchmarkRule(how, weights / weights.sum(), bounds[0], bounds[1], groups)


def benchmarked(
    estimate: Floats, mse: Floats, target: Floats | float, rule: BenchmarkRule
) -> Floats:
    """Figures that meet a target.

    Parameters
    ----------
    estimate : float array, shape (areas,) or (sets, areas)
    mse : float array, shape (areas,)
        For the way "mse".
    target : float, or float array, shape (sets,)
    rule : BenchmarkRule

    Returns
    -------
    float array, as `estimate`

    Raises
    ------
    SmallAreaError
        For a target that no figures within the bounds meet, or missing figures.

    References
    ----------
    Datta, Ghosh, Steorts and Maples (2011), Test 20, 574-588. Pfeffermann, Sikov and Tiller
    (2014), Test 23, 631-666 (two stages).

    Examples
    --------
    >>> half = BenchmarkRule("ratio", np.array([0.5, 0.5]), 0.0, 1.0)
    >>> benchmarked(np.array([0.4, 0.9]), np.zeros(2), 0.8, half).round(9).tolist()
    [0.6, 1.0]
    """
    many = np.atleast_2d(np.asarray(estimate, dtype=np.float64))
    aim = np.broadcast_to(np.asarray(target, dtype=np.float64), (len(many),))
    if not np.all(np.isfinite(many)):
        raise SmallAreaError(
            "areas without a figure cannot be benchmarked",
            expected="a figure for every area", got="missing ones",
            remedy="leave these areas out of the total, or complete their covariates",
        )  # fmt: skip
    if rule.how == "mse" and not np.all(np.isfinite(mse)):
        raise SmallAreaError(
            "figures cannot move in proportion to errors that are not known",
            expected="a mean squared error of every area", got="areas without one",
            remedy='take mse="bootstrap", or benchmark by "ratio"',
        )  # fmt: skip
    found = _staged(np.clip(many, rule.low, rule.high), mse, aim, rule)
    return np.asarray(found.reshape(np.shape(estimate)))


def _staged(many: Floats, mse: Floats, aim: Floats, rule: BenchmarkRule) -> Floats:
    """In one stage, or by groups."""
    if rule.groups is None:
        return _moved(many, mse, aim, rule)
    count = int(rule.groups.max()) + 1
    member = np.eye(count)[rule.groups]
    sums = rule.shares @ member
    inside = rule.shares[:, None] * member / sums
    means, errors = many @ inside, (mse * rule.shares) @ member / sums
    aims = _moved(means, errors, aim, BenchmarkRule(rule.how, sums, rule.low, rule.high))
    found = many.copy()
    for g in range(count):
        own = np.flatnonzero(rule.groups == g)
        within = BenchmarkRule(rule.how, inside[own, g], rule.low, rule.high)
        found[:, own] = _moved(many[:, own], mse[own], aims[:, g], within)
    return found


def _moved(many: Floats, mse: Floats, aim: Floats, rule: BenchmarkRule) -> Floats:
    """Figures moved along their directions until they meet the target."""
    direction = {
        "difference": np.ones_like(many),
        "ratio": many,
        "mse": np.broadcast_to(mse, many.shape),
    }[rule.how]
    bounded = np.isfinite(rule.low) or np.isfinite(rule.high) or rule.how == "mse"
    if bounded and np.any((direction < 0) & (rule.shares > 0)):
        raise SmallAreaError(
            f"figures cannot be benchmarked by {rule.how}",
            expected="figures, or mean squared errors, of zero or above", got="negative ones",
            remedy='benchmark by "difference"',
        )  # fmt: skip
    refuse_target(aim, rule)
    amount = np.zeros(len(many))
    found = np.clip(many, rule.low, rule.high)
    for _ in range(_STEPS):
        gap = aim - found @ rule.shares
        if np.all(np.abs(gap) <= 1e-14 * (1.0 + np.abs(aim))):
            break
        rising = gap > 0
        free = np.where(rising[:, None], found < rule.high, found > rule.low)
        pull = (free * direction) @ rule.shares
        if np.any((pull <= 0) & (np.abs(gap) > 1e-12 * (1.0 + np.abs(aim)))):
            raise _unreachable(rule)
        amount = amount + np.where(pull > 0, gap / np.where(pull > 0, pull, 1.0), 0.0)
        found = np.clip(many + amount[:, None] * direction, rule.low, rule.high)
    return np.asarray(found)


def refuse_target(aim: Floats, rule: BenchmarkRule) -> None:
    """Refuse a target that no figures within the bounds have as their mean.

    Raises
    ------
    SmallAreaError
    """
    if np.any(~np.isfinite(aim) | (aim < rule.low) | (aim > rule.high)):
        raise _unreachable(rule)


def _unreachable(rule: BenchmarkRule) -> SmallAreaError:
    """The error for a target that cannot be met."""
    bounds = f"from {rule.low:g} to {rule.high:g}"
    return SmallAreaError(
        "no figures meet this benchmark",
        expected=f"a target that figures {bounds} can add up to",
        got="a missing one, or one beyond them",
        remedy='look at the target and its unit, or benchmark by "difference"',
    )
