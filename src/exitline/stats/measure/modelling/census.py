"""A census as a model sees it: a few moments of each cell, whatever its number of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from exitline.stats.measure.modelling.regression_sums import KNOWN


def cells_query(
    table: Any,
    keys: Mapping[str, Any],
    beta: Sequence[float],
    width: float,
    *,
    columns: bool = False,
    factor: Sequence[Sequence[float]] = (),
) -> Any:
    """Sums over the rows of each cell: equal keys, predictors in one band.

    A cell is all rows with the same keys whose linear predictor lies in the same band of
    `width`. What a model expects of them follows from their mean and variance, to the fourth
    power of the band over the spread of the errors; so narrow bands are exact to many digits,
    and wide ones good enough for replicates.

    Parameters
    ----------
    table : ibis.Table
        From `exitline.stats.measure.modelling.model_matrix.with_matrix`.
    keys : mapping of str to ibis expression
        The areas.
    beta : sequence of float
        Coefficients of the columns of the model.
    width : float
    columns : bool
        Whether to sum the columns of the model too, which replicates of `beta` need.
    factor : sequence of sequence of float
        Directions in which replicates of `beta` scatter, scaled; their squares are summed.

    Returns
    -------
    ibis.Table
        The keys, ``known`` (1, or 0 for rows on which the model has no value), ``n``, ``w``,
        ``w2``, ``mu``, ``r``, ``r2``; and ``x0`` ... and ``q`` where asked for. ``r`` and
        ``r2`` are moments about ``mu``, the middle of the band.
    """
    table = table.mutate(exitline__mu=_linear(table, beta), **keys)
    band = (table["exitline__mu"] / width).floor().cast("int64")
    table = table.mutate(exitline__band=ibis.ifelse(table[KNOWN] == 1.0, band, 0))
    middle = (table["exitline__band"].cast("float64") + 0.5) * width
    table = table.mutate(
        exitline__r=table["exitline__mu"] - middle, exitline__one=ibis.literal(1, "int64")
    )
    w, r = table["exitline__w"], table["exitline__r"]
    sums = {
        "n": table["exitline__one"].sum(), "w": w.sum(), "w2": (w * w).sum(),
        "r": (w * r).sum(), "r2": (w * r * r).sum(),
    }  # fmt: skip
    if columns:
        sums |= {f"x{j}": (w * table[f"exitline__x{j}"]).sum() for j in range(len(beta))}
    if factor:
        square = ibis.literal(0.0)
        for direction in factor:
            along = _linear(table, direction)
            square = square + along * along
        sums["q"] = (w * square).sum()
    found = table.group_by([*keys, "exitline__band", KNOWN]).aggregate(**sums)
    return found.select(
        *keys,
        known=found[KNOWN],
        mu=(found["exitline__band"].cast("float64") + 0.5) * width,
        **{name: found[name] for name in sums},
    )


def _linear(table: Any, beta: Sequence[float]) -> Any:
    """The sum of the model's columns, each times its coefficient."""
    found = ibis.literal(0.0)
    for j, coefficient in enumerate(beta):
        if coefficient:
            # a quotient is a double: DuckDB writes 0 and 1 as decimals, whose products overflow
            number = table[f"exitline__x{j}"] / ibis.literal(1.0)
            found = found + number * ibis.literal(float(coefficient))
    return found


def columns_query(table: Any, size: int) -> Any:
    """How the columns of a model lie: sums of weights, of each column and its square, extremes.

    Parameters
    ----------
    table : ibis.Table
        From `exitline.stats.measure.modelling.model_matrix.with_matrix`.
    size : int
        Columns of the model.

    Returns
    -------
    ibis.Table
        One row: ``n``, ``w``; ``x0``, ``xx0``, ``least0``, ``most0``, ``part0`` (the largest part
        of a value behind its point: 0 for whole numbers) ..., of the rows on which the model has
        a value.
    """
    table = table.mutate(exitline__one=ibis.literal(1, "int64")).filter(table[KNOWN] == 1.0)
    w = table["exitline__w"]
    sums = {"n": table["exitline__one"].sum(), "w": w.sum()}
    for j in range(size):
        x = table[f"exitline__x{j}"]
        sums |= {f"x{j}": (w * x).sum(), f"xx{j}": (w * x * x).sum()}
        sums |= {f"least{j}": x.min(), f"most{j}": x.max(), f"part{j}": (x - x.floor()).max()}
    return table.aggregate(**sums)


def bins_query(table: Any, bins: Sequence[tuple[float, float, int]]) -> Any:
    """How the columns of a model are distributed: weights in bins of equal width.

    Parameters
    ----------
    table : ibis.Table
        As in `columns_query`.
    bins : sequence of (float, float, int)
        Of each column: where the first bin begins, the width of each, and how many. What lies
        before the first is in it, what lies behind the last in the last.

    Returns
    -------
    ibis.Table
        One row: ``b0_0``, ``b0_1`` ..., by column and bin.
    """
    table = table.filter(table[KNOWN] == 1.0)
    w, sums = table["exitline__w"], {}
    for j, (low, width, many) in enumerate(bins):
        place = ((table[f"exitline__x{j}"] - low) / width).floor()
        for b in range(many):
            inside = ibis.literal(True)
            if b > 0:
                inside = inside & (place >= b)
            if b < many - 1:
                inside = inside & (place <= b)
            sums[f"b{j}_{b}"] = ibis.ifelse(inside, w, 0.0).sum()
    return table.aggregate(**sums)
