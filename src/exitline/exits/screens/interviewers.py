"""Interviewer effects: do answers depend on who asked, beyond where they were asked?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.exits.screens.finding import ScreenFinding, adjusted, need
from exitline.words.said import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = say("interviewer effect")
_READING = say(
    "Interviewers work where others do not, and read a question in their own way; both make "
    "answers differ. Name areas as strata, then look at training and at the question."
)


@dataclass(frozen=True)
class InterviewerEffect:
    """How much of a variable's variance lies between interviewers.

    Parameters
    ----------
    icc : float
        Intra-interviewer correlation, by analysis of variance; can be below 0.
    expected : float
        Its mean under the null.
    p_value : float
    n, interviewers : int
    """

    icc: float
    expected: float
    p_value: float
    n: int
    interviewers: int


def anova_icc(values: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """The intra-class correlation of a one-way layout.

    Parameters
    ----------
    values : array, shape (n,)
    labels : array of int, shape (n,)
        0 to k - 1.

    Returns
    -------
    float
        (MSB - MSW) / (MSB + (m0 - 1) MSW), m0 = (n - sum n_i^2 / n) / (k - 1)
        (Donner 1986, equation 2.1); 0 for a constant variable.

    Examples
    --------
    >>> import numpy as np
    >>> anova_icc(np.array([1.0, 1.0, 5.0, 5.0]), np.array([0, 0, 1, 1]))
    1.0
    """
    import numpy as np

    sizes = np.bincount(labels).astype(float)
    sums = np.bincount(labels, weights=values)
    n, k = sizes.sum(), int((sizes > 0).sum())
    held = sizes > 0
    between = float((sums[held] ** 2 / sizes[held]).sum() - values.sum() ** 2 / n)
    within = float((values**2).sum() - (sums[held] ** 2 / sizes[held]).sum())
    msb, msw = between / (k - 1), max(within, 0.0) / (n - k)
    m0 = (n - (sizes**2).sum() / n) / (k - 1)
    bottom = msb + (m0 - 1) * msw
    return float((msb - msw) / bottom) if bottom > 1e-12 else 0.0


def interviewer_effect(
    values: NDArray[Any],
    interviewers: NDArray[Any],
    *,
    strata: NDArray[Any] | None = None,
    draws: int = 999,
    seed: int = 1,
) -> InterviewerEffect:
    """Test whether answers depend on the interviewer, by dealing labels out again.

    Parameters
    ----------
    values : array, shape (n,)
        Rows without a value are left out.
    interviewers : array, shape (n,)
    strata : array, shape (n,), optional
        Areas; their means are taken away, and labels are dealt out within them.
    draws, seed : int

    Returns
    -------
    InterviewerEffect

    Raises
    ------
    DataError
        With fewer than 10 values or 2 interviewers, or one interview for each.
    """
    import numpy as np

    numbers = np.asarray(values, dtype=float)
    held = np.isfinite(numbers)
    names, labels = np.unique(np.asarray(interviewers)[held], return_inverse=True)
    y = numbers[held]
    need(len(y), 10, screen=NAME, what="values")
    need(len(names), 2, screen=NAME, what="interviewers")
    need(len(y) - len(names), 1, screen=NAME, what="interviews beyond one for each interviewer")
    codes = np.zeros(len(y), dtype=np.int64)
    if strata is not None:
        _, codes = np.unique(np.asarray(strata)[held], return_inverse=True)
    centred = y - (np.bincount(codes, weights=y) / np.bincount(codes))[codes]
    order = np.argsort(codes, kind="stable")
    random = np.random.default_rng(seed)
    observed = anova_icc(centred, labels)
    null = np.empty(draws)
    for i in range(draws):
        shuffled = np.empty_like(labels)
        shuffled[order] = labels[np.lexsort((random.random(len(y)), codes))]
        null[i] = anova_icc(centred, shuffled)
    p = float((1 + np.sum(null >= observed - 1e-12)) / (draws + 1))
    return InterviewerEffect(observed, float(null.mean()), p, len(y), len(names))


def screen_interviewers(
    variables: Mapping[str, NDArray[Any]],
    interviewers: NDArray[Any],
    *,
    strata: NDArray[Any] | None = None,
    draws: int = 999,
    seed: int = 1,
) -> tuple[ScreenFinding, ...]:
    """Screen variables for interviewer effects, adjusted for their number.

    Parameters
    ----------
    variables : mapping from name to array, shape (n,)
    interviewers : array, shape (n,)
    strata : array, shape (n,), optional
    draws, seed : int

    Returns
    -------
    tuple of ScreenFinding
        One a variable.
    """
    found = []
    for name, values in variables.items():
        test = interviewer_effect(values, interviewers, strata=strata, draws=draws, seed=seed)
        found.append(
            ScreenFinding(
                screen=NAME,
                unit=name,
                statistic=test.icc,
                expected=test.expected,
                measure=say("intra-interviewer correlation"),
                p_value=test.p_value,
                q_value=float("nan"),
                n=test.n,
                null=say("within an area, who asked says nothing about the answer"),
                reading=_READING,
                detail=say("{n} interviewers", n=test.interviewers),
            )
        )
    return adjusted(found)
