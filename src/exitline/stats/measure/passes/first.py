"""The first pass: mean, quantiles and density, known before anything is summed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from exitline.stats.measure import portable, terms
from exitline.stats.measure.passes.columns import Columns, taking_part, with_found
from exitline.stats.measure.passes.inverse import Distribution, QuantileAsked, places
from exitline.stats.measure.passes.prepared import prepared
from exitline.stats.measure.passes.sums import First, Plan
from exitline.stats.measure.terms import ROOT_TWO_PI

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Floats
    from exitline.stats.data.sampling.design import Design

    Run = Callable[[Any], pa.Table]


@dataclass(frozen=True)
class FirstPass:
    """What the first pass found, and the distributions that more can be asked of.

    Attributes
    ----------
    found : dict of First to pyarrow.Table
        By domain: columns ``key0`` ... and ``found``.
    """

    found: dict[First, pa.Table]
    _of: dict[Any, Distribution] = field(default_factory=dict)

    def quantiles(
        self, one: First, domains: pa.Table, asked: Sequence[tuple[str, Floats]]
    ) -> list[Floats]:
        """Further quantiles of the distribution of a quantile that was found.

        Parameters
        ----------
        one : First
        domains : pyarrow.Table
            From `domains`, or some of its rows.
        asked : sequence of (str, float array)
            Rules, and a probability for each row of `domains`.

        Returns
        -------
        list of float array
            One for each of `asked`: a value for each row of `domains`.
        """
        of = self._of[_distribution(one)]
        place = places(domains, of.profile.keys)
        each = []
        for rule, p in asked:
            own = np.full(of.profile.size, np.nan)
            own[place] = p
            each.append(QuantileAsked(rule, own))
        return [values[place] for values in of.quantiles(each)]

    def domains(self, one: First) -> pa.Table:
        """The domains of a figure that was found: columns ``key0`` ..."""
        return self._of[_distribution(one)].profile.keys


def first_pass(table: Any, plan: Plan, run: Callable[[Any], pa.Table]) -> FirstPass:
    """Quantiles, means and bandwidths, in each domain of every set that needs them.

    Parameters
    ----------
    table : ibis.Table
    plan : Plan
    run : callable
        From a query to its result, as `Engine.run`.

    Returns
    -------
    FirstPass
    """
    found: dict[First, pa.Table] = {}
    kept: dict[Any, Distribution] = {}
    waiting = list(plan.first)
    rows = taking_part(prepared(table, plan), plan) if waiting else None
    while waiting:
        ready = [one for one in waiting if _ready(one, plan, waiting)]
        micro = Columns(with_found(rows, found), plan, dict(found))
        groups: dict[Any, list[First]] = {}
        for one in ready:
            groups.setdefault(_distribution(one), []).append(one)
        for key in sorted(groups, key=lambda key: not key[-1]):  # all together after its parts
            group = groups[key]
            binned = any(one.scalar.kind == "quantile" for one in group)
            parts = None
            if not key[-1] and _same_in_parts(group[0], plan):
                parts = next((kept[k] for k in groups if k in kept and k[:-1] == key[:-1]), None)
            kept[key] = of = distribution(*_rows(micro, group[0]), run, binned=binned, parts=parts)
            shares = {one: _share(one, plan, found, of) for one in group}
            found |= _figures(of, group, shares)
        waiting = [one for one in waiting if one not in ready]
    return FirstPass({one: found[one] for one in plan.first}, kept)


def _ready(one: First, plan: Plan, waiting: list[First]) -> bool:
    """Whether nothing that it rests on is still to be found."""
    parts = (part.at for term in one.scalar.terms for part in term.parts)
    below = (one.scalar.probability, *parts)
    if any(s is not None and plan.first_of(s, one.line, one.by) in waiting for s in below):
        return False
    line = plan.lines[one.line] if one.line is not None else None
    if line is None or line.relative is None or not line.within:
        return True
    return First(line.relative.scalar, None, one.by) not in waiting


def _distribution(one: First) -> Any:
    """What tells one distribution from others."""
    scalar = one.scalar
    return scalar.of, scalar.among, scalar.unit, one.line, one.by


def _same_in_parts(one: First, plan: Plan) -> bool:
    """Whether a row's value and weight are the same in whatever set of domains it is taken."""
    line = None if one.line is None else plan.lines[one.line]
    of_domain = any(term.within for term in one.scalar.terms)
    return not of_domain and (line is None or not line.within)


def _share(
    one: First, plan: Plan, found: dict[First, pa.Table], of: Distribution
) -> float | Floats:
    """The probability of a quantile: a number, or what was found in each domain."""
    share = one.scalar.probability
    if share is None:
        return float(one.scalar.alpha or 0.0)
    table = found[plan.first_of(share, one.line, one.by)]
    values = table.column("found").to_numpy(zero_copy_only=False).astype(np.float64)
    if not one.by:
        return float(values[0])
    result = np.full(of.profile.size, np.nan)
    result[places(table.drop_columns("found"), of.profile.keys)] = values
    return result


def _figures(
    of: Distribution, group: list[First], shares: dict[First, float | Floats]
) -> dict[First, pa.Table]:
    """The figures of one distribution, by domain."""
    wanted = [one for one in group if one.scalar.kind == "quantile"]
    asked = [QuantileAsked(one.scalar.rule, shares[one]) for one in wanted]
    values = dict(zip(wanted, of.quantiles(asked), strict=True))
    for one in group:
        if one.scalar.kind == "mean":
            values[one] = of.mean()
        elif one.scalar.kind == "bandwidth":
            values[one] = of.bandwidth()
    keys = of.profile.keys
    return {one: _table(keys, values[one], bool(one.by)) for one in group}


def _table(keys: pa.Table, values: Floats, by_domain: bool) -> pa.Table:
    """Figures by domain; one row where all is one domain, missing if there is nobody."""
    import pyarrow as pa

    column = pa.array(values, from_pandas=True)  # NaN is missing
    if by_domain:
        return keys.append_column("found", column)
    return pa.table({"found": column if len(column) else pa.array([None], pa.float64())})


def _rows(micro: Columns, one: First) -> tuple[Any, dict[str, Any], Any, Any]:
    """Rows, keys, values and weights of the distribution that a figure is of."""
    weight = micro.weight(one.scalar.unit)
    if one.scalar.among is not None:
        weight = weight * terms.value(one.scalar.among, micro, one.at)
    values = terms.value(one.scalar.of, micro, one.at)
    keys = {f"key{i}": micro.rows[f"_domain{c + 1}"] for i, c in enumerate(one.by)}
    return micro.rows, keys, values, weight


def distribution(
    rows: Any,
    keys: dict[str, Any],
    values: Any,
    weight: Any,
    run: Callable[[Any], pa.Table],
    *,
    binned: bool = True,
    parts: Distribution | None = None,
) -> Distribution:
    """The distribution of a column in each domain.

    Parameters
    ----------
    rows : ibis.Table
    keys : dict of str to column
        Of the domain; none where all rows are one.
    values, weight : columns
        Rows without a weight above zero take no part.
    run : callable
    binned : bool
        Whether quantiles are wanted.
    parts : Distribution, optional
        The same by domain, where all rows are one here.
    """
    named = keys or {"key0": ibis.literal(0)}
    used = rows.select(**named, value=values, weight=weight)
    same = parts if parts is not None and parts.binned >= binned else None
    return Distribution(used.filter(used["weight"] > 0), len(named), run, binned, same)


def location(
    table: Any, p: float | None, welfare: str, design: Design, run: Run
) -> tuple[float, float] | None:
    """A weighted quantile of welfare over persons and the density there, or the mean.

    Parameters
    ----------
    table : ibis.Table
    p : float or None
        The probability of the quantile; None for the mean.
    welfare : str
    design : Design
    run : callable
        From a query to its result, as `Engine.run`.

    Returns
    -------
    tuple of two floats, or None
        Value and density, which is 0 for the mean and where all values are equal. None where
        no household can be used.
    """
    rows = usable_rows(table, welfare, design)
    of = distribution(rows, {}, rows["welfare"], rows["weight"], run, binned=p is not None)
    if not of.profile.size:
        return None
    if p is None:
        return float(of.mean()[0]), 0.0
    value = float(of.quantiles([QuantileAsked("math", p)])[0][0])
    return value, _density(rows, value, of, run)


def usable_rows(table: Any, welfare: str, design: Design) -> Any:
    """Welfare and person weight of the households that can be used.

    Parameters
    ----------
    table : ibis.Table
    welfare : str
    design : Design

    Returns
    -------
    ibis.Table
        Columns ``welfare`` and ``weight``, finite and above zero in weight.
    """
    weight = portable.number(table[design.weight]) if design.weight else ibis.literal(1.0)
    if design.size:
        weight = weight * portable.number(table[design.size])
    rows = table.select(welfare=portable.number(table[welfare]), weight=weight)
    return rows.filter(
        portable.finite(rows["welfare"]), portable.finite(rows["weight"]), rows["weight"] > 0
    )


def _density(rows: Any, at: float, of: Distribution, run: Run) -> float:
    """Gaussian kernel density at one value, with convey's bandwidth (densfun, h_fun)."""
    width = float(of.bandwidth()[0])
    if not width > 0:
        return 0.0
    distance = (rows["welfare"] - at) / width
    height = (rows["weight"] * (-(distance * distance) / 2.0).exp()).sum()
    found = run(rows.aggregate(height=height)).column("height")[0].as_py()
    total = float(of.profile.sum(of.profile.weight)[0])
    return float(found) / (ROOT_TWO_PI * width * total)
