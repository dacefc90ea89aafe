"""A calibration from matched auxiliaries to weights, or to the reason why there are none.

Auxiliaries that say nothing new are left out, totals that contradict each other refused; where no
weights within the bounds reach the totals, the error says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, DesignError, ExitlineError, Faults
from exitline.stats.infer.weighting.distances import LinearDistance, Logit, Raking
from exitline.stats.infer.weighting.solve import Problem, Solution, solve

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.margins import Margin
    from exitline.stats.infer.weighting.auxiliaries import Auxiliary
    from exitline.stats.infer.weighting.distances import Distance, Method


LARGE = 5e7
"""Largest number of auxiliary values for which a linear programme is asked."""
DEPENDENT = 1e-9
"""A column that differs from a combination of others by less than this share says nothing new."""
AGREE = 1e-9
"""Totals that differ by less than this share agree."""


@dataclass(frozen=True)
class FactorBounds:
    """Limits of the factors, or of the weights themselves.

    Attributes
    ----------
    low, high : float
    of : {"factors", "weights"}
    """

    low: float = -np.inf
    high: float = np.inf
    of: str = "factors"

    @property
    def given(self) -> bool:
        """Whether there are any."""
        return bool(np.isfinite(self.low) or np.isfinite(self.high))

    def factors(self, each: Floats) -> tuple[Floats, Floats]:
        """Least and largest factors, by the weight of a row."""
        scale = each if self.of == "weights" else np.ones(len(each))
        return self.low / scale, self.high / scale

    def words(self, *, positive: bool) -> str:
        """The bounds as messages say them."""
        if self.given:
            return f"with {self.of} from {self.low:g} to {self.high:g}"
        return "above zero" if positive else "at all"


def calibrated_factors(
    x: Floats,
    weight: Floats,
    each: Floats,
    names: Sequence[Auxiliary],
    margins: Sequence[Margin],
    method: Method,
    *,
    bounds: FactorBounds | None = None,
    variance: Floats | None = None,
    iterations: int = 100,
) -> Solution:
    """The factors of the weights of groups of rows.

    Parameters
    ----------
    x : float array, shape (groups, auxiliaries)
    weight : float array, shape (groups,)
        Weights added up over each group.
    each : float array, shape (groups,)
        The weight of one row, where bounds are on weights.
    names : sequence of Auxiliary
    margins : sequence of Margin
    method : {"poststratify", "raking", "linear", "logit"}
    bounds : FactorBounds, optional
    variance : float array, shape (groups,), optional
    iterations : int

    Returns
    -------
    Solution

    Raises
    ------
    DataError
        For totals that contradict each other or that no weights reach, by margin.
    DesignError
        For bounds that leave no room around the given weights.
    """
    refuse_disagreeing(margins)
    bounds = bounds or FactorBounds()
    kept = independent(x, weight, names, margins)
    totals = np.array([names[i].total for i in kept])
    ones = np.ones(len(x))
    problem = Problem(x[:, kept], weight, totals, ones if variance is None else variance)
    low, high = bounds.factors(each)
    if method != "linear":
        low = np.maximum(low, 0.0)
    found = solve(problem, _distance(method, low, high, bounds), iterations=iterations)
    if not found.reached:
        words = bounds.words(positive=method != "linear")
        raise unreached(problem, low, high, [names[i] for i in kept], found, words)
    return found


def _distance(method: Method, low: Floats, high: Floats, bounds: FactorBounds) -> Distance:
    """The distance of a method within its bounds."""
    if method == "logit":
        if not (np.all(np.isfinite(high)) and np.all((low < 1.0) & (high > 1.0))):
            raise DesignError(
                "logit calibration needs bounds on both sides of the given weights",
                where="bounds",
                expected="a lower and an upper limit, such as (0.5, 2), around 1"
                if bounds.of == "factors"
                else "limits below the smallest and above the largest given weight",
                got=f"({bounds.low:g}, {bounds.high:g})",
                remedy="widen the bounds, or use linear or raking, which are cut at them",
            )  # fmt: skip
        return Logit(low, high)
    return Raking(low, high) if method == "raking" else LinearDistance(low, high)


def unreached(
    problem: Problem,
    low: Floats,
    high: Floats,
    names: Sequence[Auxiliary],
    found: Solution,
    bounds: str,
) -> ExitlineError:
    """The error for a calibration that did not reach its totals.

    First each total is checked against the least and the most that weights within the bounds add
    up to; then a linear programme finds the weights that miss the totals least in all.

    Parameters
    ----------
    problem : Problem
    low, high : float arrays, shape (groups,)
        Least and largest factors of the weights.
    names : sequence of Auxiliary
    found : Solution
        The best that was found.
    bounds : str
        The bounds in words.

    Returns
    -------
    DataError
    """
    faults = Faults()
    for column, name in enumerate(names):
        reason = _alone(problem, low, high, column, name, bounds)
        if reason is not None:
            faults.add(reason)
    if not faults.found and problem.x.size <= LARGE:
        reason = _together(problem, low, high, names, bounds)
        if reason is not None:
            return reason
    if faults.found:
        return faults.together()
    worst = int(np.argmax(np.abs(found.misfit)))
    reached = problem.totals[worst] + found.misfit[worst] * problem.scale[worst]
    return DataError(
        f"the calibration did not converge in {found.iterations} "
        f"{'step' if found.iterations == 1 else 'steps'}",
        where=f"totals: {names[worst].margin}",
        expected=f"{problem.totals[worst]:,.10g} for {names[worst].name}, the farthest off",
        got=f"{reached:,.10g}",
        remedy="merge small levels, widen the bounds, or allow more steps (iterations=)",
    )


def _alone(
    problem: Problem, low: Floats, high: Floats, column: int, name: Auxiliary, bounds: str
) -> DataError | None:
    """The error for a total that cannot be reached whatever the others are."""
    x, d, total = problem.x[:, column], problem.weight, problem.totals[column]
    ends = np.stack([_times(low, d * x), _times(high, d * x)])
    least, most = float(ends.min(axis=0).sum()), float(ends.max(axis=0).sum())
    slack = 1e-9 * float(problem.scale[column])
    if least - slack <= total <= most + slack:
        return None
    return DataError(
        f"no weights {bounds} reach the total of {name.name}",
        where=f"totals: {name.margin}",
        expected=f"between {least:,.10g} and {most:,.10g}",
        got=f"{total:,.10g}; the given weights add up to {float(d @ x):,.10g}",
        remedy="check the total and its unit, or widen the bounds",
    )


def _times(factor: Floats, amount: Floats) -> Floats:
    """A factor, which may be infinite, times an amount, which may be zero."""
    with np.errstate(invalid="ignore"):
        return np.where(amount == 0.0, 0.0, factor * amount)


def _together(
    problem: Problem, low: Floats, high: Floats, names: Sequence[Auxiliary], bounds: str
) -> DataError | None:
    """The error for totals that cannot be reached all at once."""
    from scipy import sparse
    from scipy.optimize import linprog

    amounts = (problem.x * problem.weight[:, None] / problem.scale).T
    size = len(names)
    slack = sparse.identity(size)
    solved = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
        np.concatenate([np.zeros(len(problem.weight)), np.ones(2 * size)]),
        A_eq=sparse.hstack([sparse.csr_array(amounts), slack, -slack]),
        b_eq=problem.totals / problem.scale,
        bounds=[*zip(low, high, strict=True), *[(0.0, None)] * (2 * size)],
        method="highs",
    )
    if solved.x is None or solved.fun < 1e-7:
        return None
    missed = (solved.x[-2 * size : -size] - solved.x[-size:]) * problem.scale
    worst = [i for i in np.argsort(-np.abs(missed / problem.scale)) if abs(missed[i]) > 0][:5]
    said = "; ".join(
        f"{names[i].name}: {problem.totals[i] - missed[i]:,.8g} at best, of "
        f"{problem.totals[i]:,.8g}"
        for i in worst
        if abs(missed[i]) > 1e-7 * problem.scale[i]
    )
    return DataError(
        f"no weights {bounds} reach all totals at once",
        where="totals: " + ", ".join(dict.fromkeys(names[i].margin for i in worst)),
        expected="totals that some weights reach together",
        got=f"missed by the weights that come nearest: {said}",
        remedy="widen the bounds, merge levels, or leave out the margin that is missed",
    )


def refuse_disagreeing(margins: Sequence[Margin]) -> None:
    """Refuse margins of levels whose totals add up to different numbers of units.

    Parameters
    ----------
    margins : sequence of Margin

    Raises
    ------
    DataError
    """
    counted = [m for m in margins if m.kind != "number"]
    for other in counted[1:]:
        first = counted[0]
        if abs(other.total - first.total) > AGREE * max(abs(first.total), abs(other.total)):
            raise DataError(
                f"the margins '{first.name}' and '{other.name}' contradict each other",
                where=f"totals: {first.name}, {other.name}",
                expected="margins that add up to the same number",
                got=f"{first.total:,.10g} in '{first.name}', {other.total:,.10g} in '{other.name}'",
                remedy="correct one, or scale it to the other: multiply its totals by "
                f"{first.total / other.total:.12g}",
            )


def independent(
    x: Floats, weight: Floats, names: Sequence[Auxiliary], margins: Sequence[Margin]
) -> Ints:
    """Positions of auxiliaries that together say all there is, in their order.

    Levels of several margins always depend on each other, for each margin adds up to everyone:
    one of them is left out. A margin that says nothing at all beside the others is refused,
    unless its columns are part of another's crossing.

    Parameters
    ----------
    x : float array, shape (groups, auxiliaries)
    weight : float array, shape (groups,)
    names : sequence of Auxiliary
    margins : sequence of Margin

    Returns
    -------
    int array

    Raises
    ------
    DataError
        Where a total contradicts others, or a margin is collinear with others.
    """
    root = x * np.sqrt(weight)[:, None]
    totals = np.array([one.total for one in names])
    basis = np.zeros((len(x), 0))
    kept: list[int] = []
    faults = Faults()
    for column in range(x.shape[1]):
        left, size = _rest(root[:, column], basis)
        if left is not None:
            basis = np.column_stack([basis, left])
            kept.append(column)
        elif size == 0:
            faults.add(_only_zero(names[column]))
        else:
            with faults.kept():
                _refuse_contradiction(root, totals, kept, column, names)
    faults.raise_all()
    _refuse_redundant(kept, names, margins)
    return np.array(kept, dtype=np.int64)


def _rest(column: Floats, basis: Floats) -> tuple[Floats | None, float]:
    """What is left of a column beside a basis, of length one (None: nothing), and its size."""
    size = float(np.linalg.norm(column))
    if size == 0.0:
        return None, 0.0
    left = column / size
    for _ in range(2):
        left = left - basis @ (basis.T @ left)
    length = float(np.linalg.norm(left))
    return (left / length if length > DEPENDENT else None), size


def _refuse_contradiction(
    root: Floats, totals: Floats, kept: list[int], column: int, names: Sequence[Auxiliary]
) -> None:
    """Refuse a total that others determine, if it is not what they make it."""
    scale = np.linalg.norm(root[:, kept], axis=0)
    found = np.linalg.lstsq(root[:, kept] / scale, root[:, column], rcond=None)[0] / scale
    parts = found * totals[kept]
    made, size = float(parts.sum()), float(np.abs(parts).max(initial=0.0))
    if abs(made - totals[column]) <= AGREE * max(size, abs(totals[column])):
        return
    own = names[column].margin
    used = np.abs(parts) > 1e-9 * size
    others = dict.fromkeys(names[kept[i]].margin for i in np.flatnonzero(used))
    raise DataError(
        f"the total of {names[column].name} contradicts those of other margins",
        where=f"totals: {', '.join(dict.fromkeys((own, *others)))}",
        expected=f"{made:,.10g}, which the totals of {_list(others)} make it in this sample",
        got=f"{totals[column]:,.10g}",
        remedy=f"correct the totals, or leave the margin '{own}' out",
    )


def _refuse_redundant(
    kept: list[int], names: Sequence[Auxiliary], margins: Sequence[Margin]
) -> None:
    """Refuse a margin that says nothing new, unless it is everyone or part of a crossing."""
    useful = {names[i].margin for i in kept}
    for margin in margins:
        inside = any(
            set(margin.columns) < set(other.columns) and other.kind == "levels"
            for other in margins
            if margin.kind != "number"
        )
        if margin.name in useful or margin.kind == "all" or inside:
            continue
        others = [other.name for other in margins if other is not margin and other.columns]
        raise DataError(
            f"the margin '{margin.name}' is collinear with others: it says nothing that they "
            "do not",
            where=f"totals: {margin.name}",
            expected="margins that differ in the sample",
            got=f"'{margin.name}' is a combination of {_list(others)}",
            remedy=f"leave the margin '{margin.name}' out",
        )


def _only_zero(name: Auxiliary) -> DataError:
    """The error for a number that is zero on every row."""
    return DataError(
        f"{name.name} is zero on every row of the sample, so that no weights reach its total",
        where=f"totals: {name.margin}", expected="rows with other values than zero",
        got="zero throughout", remedy="leave the margin out, or check the column",
    )  # fmt: skip


def _list(names: Sequence[str] | dict[str, None]) -> str:
    """Names in quotes."""
    return ", ".join(f"'{name}'" for name in names) or "none"
