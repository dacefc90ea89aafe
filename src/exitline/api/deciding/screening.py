"""Patterns that chance rarely makes, in a registry or an assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from exitline.exits.screens import ScreenFinding
    from exitline.stats.engine.base import Engine


def screen(
    data: Any,
    *,
    value: str | None = None,
    line: float | None = None,
    bin: float | None = None,
    before: str | None = None,
    by: str | None = None,
    interviewer: str | None = None,
    area: str | None = None,
    answers: Sequence[str] = (),
    sampled: str | None = None,
    errors: str | None = None,
    icc: float = 0.0,
    digits: Literal["even", "others"] = "even",
    place: int = 0,
    share: float = 0.9,
    draws: int = 999,
    seed: int = 1,
    engine: str | Engine = "duckdb",
) -> tuple[ScreenFinding, ...]:
    """Run every screen whose columns are named; each has its null distribution and a p-value.

    Parameters
    ----------
    data : path, table, or Source
        One row for each household, interview or county.
    value : str, optional
        Column of a recorded number, such as income: last digits.
    line, bin : float, optional
        With `value`: heaping just above the line, in bins of this width (line / 100).
    before : str, optional
        Column of the number at an earlier time: with `by`, speed of change.
    by : str, optional
        Column of the county or office: one test for each.
    interviewer, area : str, optional
        Columns of who asked, and of the area that interviewers share.
    answers : sequence of str
        Columns of answers: records that agree.
    sampled, errors : str, optional
        Columns of a table with one row a county: sampled, and found wrong.
    icc : float
        Correlation of errors within a county under the null.
    digits : {"even", "others"}
        What last digits are compared with.
    place : int
        Decimal place of the last digit: 1 for tens.
    share : float
        Share of equal answers from which records agree.
    draws, seed : int
        Permutations.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    tuple of ScreenFinding
        Screen by screen; smallest p-value first, adjusted over the tests of its screen.

    Raises
    ------
    DataError
        For a column that is not there or not of its kind, or too few columns for any screen.

    Examples
    --------
    >>> import numpy as np, pandas as pd, exitline as xl
    >>> incomes = np.floor(np.random.default_rng(1).lognormal(8, 0.5, 400))
    >>> [found.screen for found in xl.screen(pd.DataFrame({"income": incomes}), value="income")]
    ['digit preference']
    """
    from exitline.exits.screens.run import ScreenPlan, run_screens

    plan = ScreenPlan(
        value=value, line=line, bin=bin, before=before, unit=by, interviewer=interviewer,
        area=area, answers=tuple(answers), sampled=sampled, errors=errors, icc=icc, place=place,
        digits=digits, share=share, draws=draws, seed=seed,
    )  # fmt: skip
    return run_screens(data, plan, engine=engine)
