"""Sums over the sampled households of each area, for estimators that know its population."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from exitline.stats.measure import portable


def area_sums_query(
    table: Any,
    area: str,
    welfare: str,
    gaps: Sequence[tuple[str, float | None]],
    line: float,
    *,
    weight: str | None = None,
    size: str | None = None,
) -> Any:
    """What the Horvitz-Thompson estimator and simple random sampling need of each area.

    Parameters
    ----------
    table : ibis.Table
    area, welfare : str
        Columns.
    gaps : sequence of (str, float or None)
        Names of figures, each with the power of the gap below the line that it averages; None
        for welfare itself.
    line : float
    weight, size : str, optional
        Columns; 1 unless given. Values are multiplied by the size.

    Returns
    -------
    ibis.Table
        ``area``, ``n``, ``left`` (rows without welfare, weight or size), and for each figure k
        ``sum{k}`` (of values), ``var{k}`` (their variance), ``wsum{k}`` (weighted), ``w1{k}``
        (of w (w - 1) v^2) and ``w2{k}`` (of w^2 v^2).
    """
    y = portable.number(table[welfare])
    w, s = (ibis.literal(1.0) if c is None else portable.number(table[c]) for c in (weight, size))
    known = portable.finite(y) & portable.finite(w) & portable.finite(s) & (w > 0.0) & (s > 0.0)
    rows = table.mutate(
        exitline__area=portable.key(table[area]), exitline__known=known.fill_null(False),
        exitline__w=w,
        **{f"exitline__v{k}": _value(y, power, line) * s for k, (_, power) in enumerate(gaps)},
    )  # fmt: skip
    rows = rows.filter(rows["exitline__area"].notnull())
    there, weights = rows["exitline__known"], rows["exitline__w"]
    sums = {"n": portable.number_of(there), "left": portable.number_of(~there)}
    for k in range(len(gaps)):
        v = ibis.ifelse(there, rows[f"exitline__v{k}"], ibis.null("float64"))
        weighted = weights * v
        sums |= {
            f"sum{k}": v.sum(), f"var{k}": v.var(how="sample"), f"wsum{k}": weighted.sum(),
            f"w1{k}": (weighted * (weights - 1.0) * v).sum(), f"w2{k}": (weighted**2).sum(),
        }  # fmt: skip
    return rows.group_by(area=rows["exitline__area"]).aggregate(**sums)


def _value(y: Any, power: float | None, line: float) -> Any:
    """What is averaged over households."""
    if power is None:
        return y
    gap = (line - y) / line
    return ibis.ifelse(y < line, 1.0 if power == 0 else gap**power, 0.0)
