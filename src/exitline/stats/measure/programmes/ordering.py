"""Who comes before whom: predicted scores, orders of a rule, parts of a place, as queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.measure import portable
from exitline.stats.measure.modelling.regression_sums import KNOWN

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.stats.data.sampling.design import Design

FOLD = "exitline__fold"
TIER = 1e9
"""Between two groups that come one after the other: more than there are ranks in one."""


def fold_key(table: Any, design: Design) -> Any:
    """What a fold keeps together: the sampling unit of each row.

    Parameters
    ----------
    table : ibis.Table
    design : Design
    """
    names = [*design.strata_columns, *design.stages[:1]]
    return portable.crossed([table[name] for name in names])


def with_folds(table: Any, design: Design, folds: pa.Table | None) -> Any:
    """The table with the fold of each row; missing where its sampling unit has none.

    Parameters
    ----------
    table : ibis.Table
    design : Design
    folds : pyarrow.Table or None
        Columns ``unit`` and ``fold``.
    """
    if folds is None:
        return table.mutate(**{FOLD: ibis.null("int64")})
    other = ibis.memtable(folds)
    rows = table.mutate(exitline__unit=fold_key(table, design))
    joined = rows.left_join(other, rows["exitline__unit"] == other["unit"])
    return joined.select(*(rows[c] for c in table.columns), **{FOLD: other["fold"]})


def predicted(rows: Any, coefficients: Sequence[float], by_fold: NDArray[Any] | None = None) -> Any:
    """The linear predictor of each row; missing where an expression has no value.

    Parameters
    ----------
    rows : ibis.Table
        With a model's columns (``exitline__x0`` ...), and `FOLD` where folds are given.
    coefficients : sequence of float
    by_fold : float array, shape (folds, k), optional
        Of the models that were fitted without a fold; used for the rows in it.
    """

    def sum_of(values: Sequence[float]) -> Any:
        found = ibis.literal(0.0)
        for j, value in enumerate(values):
            found = found + rows[f"exitline__x{j}"] * portable.double(value)
        return found

    score = sum_of(coefficients)
    for fold, values in enumerate([] if by_fold is None else by_fold):
        score = ibis.ifelse((rows[FOLD] == fold).fill_null(False), sum_of(values), score)
    return ibis.ifelse(rows[KNOWN] == 1.0, score, ibis.null("float64"))


def ordered(rank: Any, first: Any, eligible: Any) -> Any:
    """One number to choose by: those who come first, then all others, then who is not eligible.

    Parameters
    ----------
    rank : ibis expression
        Lowest first; equal ranks stay equal.
    first, eligible : ibis expression or None
        Conditions; what cannot be told is no.
    """
    place = ibis.dense_rank().over(ibis.window(order_by=rank)).cast("float64")
    tier = ibis.literal(0.0)
    if first is not None:
        tier = ibis.ifelse(first.fill_null(False), 0.0, 1.0)
    if eligible is not None:
        tier = ibis.ifelse(eligible.fill_null(False), tier, 2.0)
    return tier * TIER + place


def part_chosen(score: Any, weight: Any, quota: float) -> Any:
    """The part of a place that each row has: the lowest first, ties at the cut-off in parts.

    Parameters
    ----------
    score, weight : ibis expressions
        Weights of persons.
    quota : float
    """
    upto = weight.sum().over(ibis.range_window(preceding=None, following=0, order_by=score))
    equal = weight.sum().over(ibis.range_window(preceding=0, following=0, order_by=score))
    total = weight.sum().over(ibis.window())
    left = (quota * total - (upto - equal)) / equal
    inside = ibis.ifelse(left > 1.0, 1.0, left)
    return ibis.ifelse(inside < 0.0, 0.0, inside)
