"""What a screen says: a statistic, what chance alone would give, and how rare it is.

A small p-value says that the pattern is rare under the null that is stated. It does not
say why. The texts name ordinary explanations first, and nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exitline.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ScreenFinding:
    """One test of one unit.

    Parameters
    ----------
    screen : str
        For example "digit preference".
    unit : str
        The county, interviewer or variable tested; "" for all together.
    statistic : float
        The observed value of `measure`.
    expected : float
        What the null expects of it.
    measure : str
        What the statistic is, in words and unit; the same for all units of a screen.
    detail : str
        What else there is to say about this unit.
    p_value : float
        Probability, under the null, of a value at least as far out.
    q_value : float
        The p-value adjusted for the number of units (Benjamini-Hochberg).
    n : int
        Rows the test speaks for.
    null : str
        What was supposed, in words.
    reading : str
        What the pattern may come from, ordinary causes first.
    """

    screen: str
    unit: str
    statistic: float
    expected: float
    measure: str
    p_value: float
    q_value: float
    n: int
    null: str
    reading: str
    detail: str = ""


def benjamini_hochberg(p_values: NDArray[np.float64] | Sequence[float]) -> NDArray[np.float64]:
    """Adjusted p-values that hold the expected share of false findings.

    Parameters
    ----------
    p_values : array, shape (m,)
        NaN where a test could not be made; these are not counted.

    Returns
    -------
    array, shape (m,)
        q_(i) = min over j >= i of m p_(j) / j, at most 1.

    References
    ----------
    Benjamini and Hochberg (1995), section 3.1, in its step-up form of adjusted p-values.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    import numpy as np

    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    if not len(tested):
        return adjusted
    order = tested[np.argsort(-p[tested], kind="stable")]
    ranks = np.arange(len(tested), 0, -1)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(p[order] * len(tested) / ranks))
    return adjusted


def adjusted(findings: Sequence[ScreenFinding]) -> tuple[ScreenFinding, ...]:
    """The findings with q-values over all of them, smallest p-value first."""
    q = benjamini_hochberg([finding.p_value for finding in findings])
    marked = [replace(f, q_value=float(value)) for f, value in zip(findings, q, strict=True)]
    return tuple(sorted(marked, key=lambda f: (f.p_value, f.screen, f.unit)))


def need(rows: int, least: int, *, screen: str, what: str) -> None:
    """Refuse a screen on too little to say anything.

    Raises
    ------
    DataError
    """
    if rows < least:
        raise DataError(
            f"too few {what} for the screen '{screen}'",
            expected=f"at least {least}",
            got=str(rows),
            remedy="put units together, or leave the screen out",
        )
