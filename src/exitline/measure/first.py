"""The first pass: figures of each domain that must be known before anything is summed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ibis

from exitline.measure import portable, terms
from exitline.measure.columns import Columns, with_found
from exitline.measure.sums import First, Plan
from exitline.measure.totals import prepared

if TYPE_CHECKING:
    import pyarrow as pa

CLOSE = 1e-12
"""A share of the weights that is this near to a probability has reached it: sums of the same
weights differ by as much, with the order of rows."""


def first_pass(table: Any, plan: Plan, run: Callable[[Any], pa.Table]) -> dict[First, pa.Table]:
    """Quantiles, means and bandwidths, in each domain of every set that needs them.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan
    run : callable
        From a query to its result, as `Engine.run`.

    Returns
    -------
    dict of First to pyarrow.Table
        By domain: columns ``key0`` ... and ``found``.
    """
    found: dict[First, pa.Table] = {}
    if not plan.first:
        return found
    rows = prepared(table, plan)
    waiting = list(plan.first)
    while waiting:
        ready = [one for one in waiting if _ready(one, plan, waiting)]
        micro = Columns(with_found(rows, found), plan, dict(found))
        for by in dict.fromkeys(one.by for one in ready):
            mine = [one for one in ready if one.by == by]
            for group in _together(mine):
                got = run(_query(micro, group))
                for index, one in enumerate(group):
                    found[one] = _own(got, index, len(by))
        waiting = [one for one in waiting if one not in ready]
    return {one: found[one] for one in plan.first}


def _ready(one: First, plan: Plan, waiting: list[First]) -> bool:
    """Whether nothing that it rests on is still to be found."""
    line = plan.lines[one.line] if one.line is not None else None
    if line is None or line.relative is None or not line.within:
        return True
    return First(line.relative.scalar, None, one.by) not in waiting


def _together(firsts: list[First]) -> list[list[First]]:
    """Figures that one query finds: all moments, and the quantiles of one distribution."""
    groups: dict[Any, list[First]] = {}
    for one in firsts:
        scalar = one.scalar
        if scalar.kind == "quantile":
            key: Any = (scalar.of, scalar.among, scalar.unit, one.line)
        else:
            key = "moments"
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _query(micro: Columns, group: list[First]) -> Any:
    """One row for each domain: keys and the figures."""
    by = group[0].by
    keys = {f"key{i}": micro.rows[f"_domain{c + 1}"] for i, c in enumerate(by)}
    if group[0].scalar.kind == "quantile":
        values, weight = _distribution(micro, group[0])
        asked = [float(one.scalar.alpha or 0.0) for one in group]
        return quantiles(micro.rows, keys, values, weight, asked)
    figures = {f"found{i}": _moment(micro, one) for i, one in enumerate(group)}
    return _grouped(micro.rows, keys, figures)


def _distribution(micro: Columns, one: First) -> tuple[Any, Any]:
    """Values and weights of the rows that a figure is of; no weight on others."""
    weight = micro.weight(one.scalar.unit)
    if one.scalar.among is not None:
        weight = weight * terms.value(one.scalar.among, micro, one.at)
    values = terms.value(one.scalar.of, micro, one.at)
    return values, ibis.ifelse(micro.rows["_in"], weight, 0.0)


def _moment(micro: Columns, one: First) -> Any:
    """The mean, or convey's bandwidth: standard deviation over the fifth root of the sum of
    weights (R package convey, functions densfun and h_fun)."""
    values, weight = _distribution(micro, one)
    values = ibis.ifelse(weight > 0, values, 0.0)
    n, first = weight.sum(), (weight * values).sum()
    if one.scalar.kind == "mean":
        return portable.divide(first, n)
    second = (weight * values * values).sum()
    variance = portable.divide(second - portable.divide(first * first, n), n)
    spread = ibis.ifelse(variance > 0, variance, ibis.null("float64")).sqrt()
    return portable.divide(spread, ibis.ifelse(n > 0, n, ibis.null("float64")).pow(0.2))


def quantiles(
    rows: Any, keys: dict[str, Any], values: Any, weight: Any, asked: Sequence[float | str]
) -> Any:
    """Weighted quantiles by the inverse distribution function, in each domain.

    The smallest value at which the cumulative share of weights reaches the probability
    (R's qrule "math"; Hyndman and Fan 1996, type 1). Tied values are one value.

    Parameters
    ----------
    rows : ibis.Table
    keys : dict of str to column
        Of the domain.
    values, weight : columns
    asked : sequence of float or str
        Probabilities; or columns of `rows` that hold each domain's own.

    Returns
    -------
    ibis.Table
        One row for each domain: the keys and ``found0`` ...
    """
    own = {name: rows[name] for name in asked if isinstance(name, str)}
    used = rows.select(**keys, **own, value=values, weight=weight)
    used = used.filter(used["weight"] > 0)
    each = used.group_by([*keys, *own, "value"]).aggregate(weight=used["weight"].sum())
    domain = [each[key] for key in keys]
    upto = ibis.window(group_by=domain, order_by=each["value"], preceding=None, following=0)
    each = each.mutate(
        reached=each["weight"].sum().over(upto),
        total=each["weight"].sum().over(ibis.window(group_by=domain)),
    )
    figures = {}
    for index, p in enumerate(asked):
        share = each[p] if isinstance(p, str) else p
        enough = each["reached"] >= (share - CLOSE) * each["total"]
        figures[f"found{index}"] = each["value"].min(where=enough)
    return _grouped(each, {key: each[key] for key in keys}, figures)


def _grouped(rows: Any, keys: dict[str, Any], figures: dict[str, Any]) -> Any:
    """Figures by domain; one row where there are no keys."""
    if not keys:
        return rows.aggregate(**figures)
    return rows.group_by([column.name(name) for name, column in keys.items()]).aggregate(**figures)


def _own(got: pa.Table, index: int, keys: int) -> pa.Table:
    """One figure of a query's result, under its canonical name."""
    names = [f"key{i}" for i in range(keys)]
    table = got.select([*names, f"found{index}"])
    return table.rename_columns([*names, "found"])
