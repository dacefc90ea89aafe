"""Ranks among values that repeat: each value is ranked once, not each row.

Welfare of millions of households, written in cents, has far fewer values than rows. Weights and
amounts are summed by value, the few values are put in order, and each row is joined to its own:
a fraction of what ordering the rows takes. The sums are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.measure import terms
from exitline.stats.measure.algebra import At
from exitline.stats.measure.model import Term

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.measure.passes.columns import Columns
    from exitline.stats.measure.passes.sums import Plan

MANY = 1_000_000
"""Rows from which it is worth a look at how often values repeat."""
OFTEN = 6
"""Rows to a value from which ranking values is faster than ranking rows."""
BY_RANK = ("ranked", "lower", "excess")
"""Kinds of terms that follow from sums over lower and equal ranks."""


def with_repeated(plan: Plan, table: Any, run: Callable[[Any], pa.Table]) -> Plan:
    """The plan, with the columns whose values repeat often enough to be ranked by value.

    Looked at only where all rows are one domain; in areas of a few thousand rows they do not.

    Parameters
    ----------
    plan : Plan
    table : ibis.Table
    run : callable
        From a query to its result, as `Engine.run`.

    Returns
    -------
    Plan
    """
    columns = {_column(one.term, plan) for one in plan.sums if one.by == ()} - {None}
    if not columns:
        return plan
    rows = run(table.aggregate(rows=table.count()))["rows"][0].as_py()
    if rows < MANY:
        return plan
    names = sorted(str(column) for column in columns)
    different = {f"values{i}": table[name].approx_nunique() for i, name in enumerate(names)}
    found = run(table.aggregate(**different)).to_pylist()[0]
    often = (n for i, n in enumerate(names) if found[f"values{i}"] * OFTEN <= rows)
    return replace(plan, repeated=tuple(often))


def _column(term: Term, plan: Plan) -> str | None:
    """The column that rows are ranked by; None where it is computed, or there are no ranks."""
    ranking = term.ranking or term.of
    if term.kind not in BY_RANK or ranking is None:
        return None
    return {"welfare": plan.welfare, "amount": ranking.column}.get(ranking.kind)


def ranked_by_value(micro: Columns) -> Columns:
    """The rows, with columns for terms whose ranks are found by value.

    Parameters
    ----------
    micro : Columns
    """
    plan, groups = micro.plan, dict[Any, dict[Term, At]]()
    for one in plan.sums:
        term = one.term
        if one.by == () and _column(term, plan) in plan.repeated:
            key = (term.of, term.ranking, term.among, term.unit)
            groups.setdefault(key, {})[term] = one.at
    staged = dict(micro.staged)
    for index, group in enumerate(groups.values()):
        micro, columns = _joined(micro, index, group)
        staged |= columns
    return replace(micro, staged=staged) if groups else micro


def _joined(
    micro: Columns, index: int, group: Mapping[Term, At]
) -> tuple[Columns, dict[tuple[Term, At], str]]:
    """The rows joined to sums over lower and equal values; the names of what follows from them."""
    term, at = next(iter(group.items()))
    of, ranking, among = terms.ranks(term, micro, at)
    weight = micro.weight(term.unit) * among
    taken = micro.rows.select(value=ranking, weight=weight, amount=weight * of)
    values = taken.filter(taken["weight"].notnull()).group_by("value").aggregate(
        number=taken["weight"].sum(), amount=taken["amount"].sum()
    )  # fmt: skip
    upto = ibis.window(order_by=values["value"], preceding=None, following=0)
    number, amount = values["number"].sum().over(upto), values["amount"].sum().over(upto)
    names = {kind: f"_{kind}_by_value{index}" for kind in ("value", "below", "sums")}
    values = values.select(**{
        names["value"]: values["value"], names["below"]: number - values["number"] / 2.0,
        names["sums"]: amount - values["amount"] / 2.0,
    })  # fmt: skip
    joined = micro.rows.left_join(values, ranking == values[names["value"]])
    rows = joined.select(
        *(joined[name] for name in micro.rows.columns), joined[names["below"]],
        joined[names["sums"]],
    )  # fmt: skip
    micro = replace(micro, rows=rows)
    of, _, among = terms.ranks(term, micro, at)
    below, sums = rows[names["below"]], rows[names["sums"]]
    found = {
        "ranked": of * among * below, "lower": among * sums,
        "excess": among * (of * below - sums),
    }  # fmt: skip
    columns = {(one, place): f"_by_value{index}_{one.kind}" for one, place in group.items()}
    new = {name: terms.taking_part(one, micro, found[one.kind])
           for (one, _), name in columns.items()}  # fmt: skip
    return replace(micro, rows=rows.mutate(**new)), columns
