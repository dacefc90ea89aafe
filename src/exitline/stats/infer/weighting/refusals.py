"""Why a calibration has no solution: which totals no weights within the bounds reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, ExitlineError, Faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.weighting.auxiliaries import Auxiliary
    from exitline.stats.infer.weighting.solve import Problem, Solution

    Floats = NDArray[np.float64]

LARGE = 5e7
"""Largest number of auxiliary values for which a linear programme is asked."""


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
        f"the calibration did not converge in {found.iterations} steps",
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
