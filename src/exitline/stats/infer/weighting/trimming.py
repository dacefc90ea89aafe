"""Trimming weights, and passing on those of who did not respond: from groups of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError, DesignError
from exitline.words.said import say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.weighting.auxiliaries import Coded


def trimmed(weight: Floats, n: Floats, low: float, high: float, *, strict: bool) -> Floats:
    """Weights between limits, with the sum of weights kept.

    What is cut off is shared out alike among the rows within the limits (R's ``trimWeights``;
    Potter 1990); `strict` repeats that until none is outside.

    Parameters
    ----------
    weight : float array, shape (groups,)
        The weight of a row of each group.
    n : float array, shape (groups,)
        Rows of each group.
    low, high : float
    strict : bool

    Returns
    -------
    float array, shape (groups,)

    Raises
    ------
    DesignError
        Where the mean weight is outside the limits.

    Examples
    --------
    >>> w, n = np.array([1.0, 2.0, 9.0]), np.ones(3)
    >>> trimmed(w, n, 0.0, 6.0, strict=True).tolist()
    [2.5, 3.5, 6.0]
    """
    mean = float(weight @ n / n.sum())
    if not low <= mean <= high:
        raise DesignError(
            "the limits leave no room for the sum of weights", where="lower, upper",
            expected=f"limits around the mean weight, {mean:,.6g}", got=f"({low:g}, {high:g})",
            remedy="widen the limits",
        )  # fmt: skip
    for _ in range(len(weight) + 1000):
        outside = (weight < low) | (weight > high)
        inside = ~outside
        if not outside.any():
            break
        if not inside.any():
            raise DesignError(
                "every weight is outside the limits", where="lower, upper",
                expected="weights between them, to take what is cut off",
                got=f"({low:g}, {high:g})", remedy="widen the limits",
            )  # fmt: skip
        kept = np.clip(weight, low, high)
        share = float((weight - kept) @ n) / float(n[inside].sum())
        weight = np.where(inside, kept + share, kept)
        if not strict:
            break
    return weight


def passed_on(
    code: Ints, responded: NDArray[np.bool_], weight: Floats, n: Floats, classes: Coded
) -> Floats:
    """Factors that give respondents the weights of their class; zero for the others.

    Parameters
    ----------
    code : int array, shape (groups,)
        The class of each group.
    responded : bool array, shape (groups,)
    weight, n : float arrays, shape (groups,)
        Sums of weights, and rows.
    classes : Coded
        What the codes mean.

    Returns
    -------
    float array, shape (groups,)

    Raises
    ------
    DataError
        Where nobody of a class responded.
    """
    size = len(classes.names)
    whole = np.bincount(code, weights=weight, minlength=size)
    there = np.bincount(code, weights=weight * responded, minlength=size)
    empty = (whole > 0) & (there == 0)
    if empty.any():
        names = [f"'{classes.names[i]}'" for i in np.flatnonzero(empty)[:10]]
        rows = int(n[np.isin(code, np.flatnonzero(empty))].sum())
        raise DataError(
            say_plural(
                "nobody responded in {n} class", "nobody responded in {n} classes",
                int(empty.sum()),
            ), where="classes",
            expected="respondents in every class",
            got=say_plural(
                "none of {n} row in {names}", "none of {n} rows in {names}", rows,
                names=", ".join(names),
            ),
            remedy="merge such a class with a neighbour",
        )  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = whole / there
    return np.where(responded, factor[code], 0.0)
