"""Blocks of estimates from influence values: the one place where a panel meets the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer import intervals
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.cells import Rows, sum_by
from exitline.stats.infer.taylor import degrees_of_freedom, linearised_variance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.frame import Frame

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Kind = Literal["share", "plain"]

ONE_PSU = "one PSU holds all such households: no standard error can be estimated"
NO_CASES = "no household of the kind the rate is about"


@dataclass(frozen=True)
class Named:
    """What an estimate is called: measure, line, domain columns, and the kind of interval."""

    measure: str
    line: str = ""
    by: str = ""
    kind: Kind = "share"


@dataclass(frozen=True)
class Values:
    """Point estimates by domain with what an interval needs.

    Attributes
    ----------
    estimate : float array, shape (domains,)
    influence : float array, shape (rows,)
        Weighted influence of each row (cluster x domain).
    cases : int array, shape (rows,)
        Households of each row that the estimate is about (the denominator).
    population : float array, shape (domains,)
        Weighted number of units the estimate speaks for.
    """

    estimate: Floats
    influence: Floats
    cases: Ints
    population: Floats


def check_level(level: float) -> None:
    """Refuse a confidence level outside of (0, 1).

    Raises
    ------
    MeasureError
    """
    if not 0 < level < 1:
        raise MeasureError(
            "the confidence level is out of range",
            expected="a number between 0 and 1, such as 0.95",
            got=str(level),
            remedy="write 95 % as 0.95",
        )


def block(named: Named, rows: Rows, values: Values, frame: Frame, level: float) -> Block:
    """As `blocks`, for one statistic."""
    return blocks([(named, values)], rows, frame, level)[0]


def blocks(
    wanted: Sequence[tuple[Named, Values]], rows: Rows, frame: Frame, level: float
) -> list[Block]:
    """Standard errors, degrees of freedom and intervals of statistics in all domains.

    Degrees of freedom count the PSUs and strata that hold households the estimate is
    about, as R's ``degf(subset(design, ...))``.

    Parameters
    ----------
    wanted : sequence of (Named, Values)
    rows : Rows
        One row per domain x cluster.
    frame : Frame
        The design of the whole sample.
    level : float
        Two-sided confidence.

    Returns
    -------
    list of exitline.stats.infer.estimates.Block

    Raises
    ------
    MeasureError
        For a level out of range.
    """
    check_level(level)
    influence = np.column_stack([values.influence for _, values in wanted])
    variance = linearised_variance(rows, influence, frame)
    known: dict[bytes, Floats] = {}
    found = []
    for i, (named, values) in enumerate(wanted):
        about = values.cases > 0
        key = about.tobytes()
        if key not in known:
            known[key] = degrees(replace(rows, n=values.cases), frame)
        found.append(_block(named, values, rows, frame, (variance[:, i], known[key], level)))
    return found


def _block(
    named: Named, values: Values, rows: Rows, frame: Frame, error: tuple[Floats, Floats, float]
) -> Block:
    """One statistic with its variance, degrees of freedom and confidence level."""
    variance, df, level = error
    n = np.bincount(rows.domain, weights=values.cases, minlength=rows.size).astype(np.int64)
    se = np.where(df >= 1, np.sqrt(np.maximum(variance, 0.0)), np.nan)
    estimate = np.where(n > 0, values.estimate, np.nan)
    if not frame.stages:
        bounds = intervals.Bounds(estimate, estimate)
    elif named.kind == "share":
        bounds = intervals.share(estimate, se, n.astype(np.float64), df, level)
    else:
        bounds = intervals.symmetric(estimate, se, df, level)
    return Block(
        measure=named.measure, line=named.line, by=named.by, rows=rows, estimate=estimate,
        se=se, bounds=bounds, df=df, n=n, population=values.population,
        influence=values.influence, at_line=None, deff=np.full(rows.size, np.nan),
        reason=_reasons(estimate, se), share=named.kind == "share",
    )  # fmt: skip


def degrees(rows: Rows, frame: Frame) -> Floats:
    """Degrees of freedom by domain; infinite for a full count, which has no sampling error."""
    if not frame.stages:
        return np.full(rows.size, np.inf)
    return degrees_of_freedom(rows).astype(np.float64)


def _reasons(estimate: Floats, se: Floats) -> tuple[str, ...]:
    """Why a figure is missing, by domain."""
    return tuple(
        NO_CASES if np.isnan(v) else ONE_PSU if np.isnan(s) else ""
        for v, s in zip(estimate, se, strict=True)
    )


def ratio(top: Floats, bottom: Floats, rows: Rows, cases: Ints) -> Values:
    """A ratio of weighted totals by domain, linearised (Woodruff 1971; Binder 1983).

    Parameters
    ----------
    top, bottom : float arrays, shape (rows,)
        Weighted sums of each row.
    rows : Rows
    cases : int array, shape (rows,)
        Households in the denominator.

    Returns
    -------
    Values
        R = T/B with influence (top - R bottom) / B.
    """
    totals = sum_by(rows.domain, np.column_stack([top, bottom]), rows.size)
    empty = totals[:, 1] <= 0
    below = np.where(empty, 1.0, totals[:, 1])
    value = np.where(empty, np.nan, totals[:, 0] / below)
    plugged = np.where(empty, 0.0, value)[rows.domain]
    influence = np.where(empty[rows.domain], 0.0, (top - plugged * bottom) / below[rows.domain])
    return Values(value, influence, cases, totals[:, 1])
