"""Parts of a measure by group: figures made of the totals of groups.

Such a figure moves with every group's totals, with its own and with those of all together.
Both derivatives are carried along, so that its covariance follows from that of the totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.curves.tables import Component
from exitline.stats.infer import intervals
from exitline.stats.infer.comparing.contrasts import covariance
from exitline.stats.infer.designs.variances import Replicates
from exitline.stats.measure import rules
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.dual import Dual
from exitline.stats.measure.measures.counts import total_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.model import Measure, Rule

    Duals = tuple[Dual, ...]


def term_totals(measure: Measure) -> tuple[Measure, ...]:
    """The totals that a measure's parts by group are made of, as measures.

    Parameters
    ----------
    measure : Measure

    Raises
    ------
    MeasureError
        Where the measure has no parts by group.
    """
    if measure.rule not in _PARTS or (measure.rule is rules.ratio and not _of_everyone(measure)):
        raise MeasureError(
            f"'{measure.name}' has no decomposition by group",
            expected="ge(epsilon), mld, theil, j_divergence, gini, or a poverty index",
            got=measure.name,
            remedy="estimate it in each group by `by=`",
        )
    return tuple(
        total_of(f"total {k}", term, measure.unit, measure.label)
        for k, term in enumerate(measure.terms)
    )


def _of_everyone(measure: Measure) -> bool:
    """Whether the measure is a mean over persons: its groups' figures average to it."""
    return measure.spread_over == "mean" and not measure.scalars and not measure.parameters


Parts = Callable[["_GroupTotals"], Mapping[str, Dual]]


@dataclass(frozen=True)
class _GroupTotals:
    """Totals by group and of all together, each with its place among all of them."""

    own: Duals
    whole: Duals
    measure: Measure

    @property
    def size(self) -> int:
        return len(self.own[0].value)

    def sum(self, part: Dual) -> Dual:
        """The sum of a figure over groups."""
        return Dual(part.value.sum(keepdims=True), part.gradient.sum(axis=0, keepdims=True))

    def all(self, part: Dual) -> Dual:
        """A figure of all together, counted once."""
        return Dual(part.value[:1], part.gradient[:1])


def _totals(estimates: Estimates, measure: Measure, by: str) -> tuple[_GroupTotals, list[Block]]:
    """The totals with unit derivatives: first all groups of a term, then the next; the whole's."""
    own = [block for block in estimates.blocks if block.by == by]
    whole = [block for block in estimates.blocks if not block.by]
    size, count = own[0].rows.size, len(own)
    unit = np.eye(size * count + count)
    groups = _GroupTotals(
        tuple(Dual(b.estimate, unit[k * size : (k + 1) * size]) for k, b in enumerate(own)),
        tuple(
            Dual(np.repeat(b.estimate, size), np.tile(unit[size * count + k], (size, 1)))
            for k, b in enumerate(whole)
        ),
        measure,
    )
    return groups, [*own, *whole]


def _again(estimates: Estimates, measure: Measure, blocks: list[Block]) -> Iterator[_GroupTotals]:
    """The totals as each replicate weight has them, without derivatives."""
    assert isinstance(estimates.variance, Replicates)  # nothing else is computed again
    known = {(by, name): one for (by, name, _), one in estimates.variance.figures.items()}
    own = [known[(0,), block.measure] for block in blocks if block.by]
    whole = [known[(), block.measure] for block in blocks if not block.by]
    for r in range(own[0].shape[1]):
        size = len(own[0])
        yield _GroupTotals(
            tuple(Dual(one[:, r], np.empty((size, 0))) for one in own),
            tuple(Dual(np.repeat(one[:, r], size), np.empty((size, 0))) for one in whole),
            measure,
        )


def _entropy_parts(at: _GroupTotals) -> Mapping[str, Dual]:
    (e,) = at.measure.parameters
    N, Y, S = at.own
    NN, YY, SS = at.whole
    index, total = rules.entropy(N, Y, S, e), rules.entropy(NN, YY, SS, e)
    return _within_between(at, index, total, (Y / YY) ** e * (N / NN) ** (1.0 - e) * index)


def _divergence_parts(at: _GroupTotals) -> Mapping[str, Dual]:
    N, Y, logs, products = at.own
    NN, YY, all_logs, all_products = at.whole
    zero, one = rules.entropy(N, Y, logs, 0.0), rules.entropy(N, Y, products, 1.0)
    total = rules.entropy(NN, YY, all_logs, 0.0) + rules.entropy(NN, YY, all_products, 1.0)
    return _within_between(at, zero + one, total, N / NN * zero + Y / YY * one)


def _within_between(at: _GroupTotals, index: Dual, total: Dual, part: Dual) -> Mapping[str, Dual]:
    N, Y = at.own[:2]
    NN, YY = at.whole[:2]
    part = _nothing(part, Y.value == 0)
    within, whole = at.sum(part), at.all(total)
    return {
        "total": whole, "within": within, "between": whole - within, "index": index,
        "contribution": part, "contribution_share": part / total, "population_share": N / NN,
        "welfare_share": Y / YY, "mean": Y / N,
    }  # fmt: skip


def _nothing(part: Dual, where: NDArray[np.bool_]) -> Dual:
    """The part; zero where a group has nothing (its own index does not exist)."""
    return Dual(np.where(where, 0.0, part.value), np.where(where[:, None], 0.0, part.gradient))


def _gini_parts(at: _GroupTotals) -> Mapping[str, Dual]:
    """Within, between and overlap (Pyatt 1976; Lambert and Aronson 1993)."""
    N, Y = at.own[:2]
    NN, YY = at.whole[:2]
    index, total = rules.concentration(*at.own), at.all(rules.concentration(*at.whole))
    part = _nothing(N / NN * (Y / YY) * index, Y.value == 0)
    within, between = at.sum(part), at.sum(_between(N, Y) / (NN * YY))
    return {
        "total": total, "within": within, "between": between, "overlap": total - within - between,
        "index": index, "contribution": part, "population_share": N / NN, "welfare_share": Y / YY,
        "mean": Y / N,
    }  # fmt: skip


def _between(number: Dual, amount: Dual) -> Dual:
    """Each group's part of the sum over pairs of |N_g Y_h - N_h Y_g| / 2."""
    order = np.argsort(amount.value / number.value, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))

    def balance(sums: Floats) -> Floats:
        return np.asarray(2.0 * np.cumsum(sums[order])[place] - sums - sums.sum())

    people, welfare = balance(number.value), balance(amount.value)
    value = (amount.value * people - number.value * welfare) / 2.0
    return Dual(value, people[:, None] * amount.gradient - welfare[:, None] * number.gradient)


def _mean_parts(at: _GroupTotals) -> Mapping[str, Dual]:
    top, N = at.own
    all_top, NN = at.whole
    return {
        "total": at.all(all_top / NN), "index": top / N, "contribution": top / NN,
        "contribution_share": top / all_top, "population_share": N / NN,
    }  # fmt: skip


def polarisation(estimates: Estimates, by: str, alpha: float) -> tuple[Component, ...]:
    """Esteban and Ray's polarisation between groups, and what each group adds to it.

    Sum over groups g and h of s_g^(1 + alpha) s_h |m_g - m_h| / m, with s the share of persons
    and m the mean.

    Parameters
    ----------
    estimates : Estimates
        Of persons and of welfare, over all and by group.
    by : str
    alpha : float

    Returns
    -------
    tuple of Component

    References
    ----------
    Esteban and Ray (1994), Econometrica 62, 819-851, eq. 3.
    """
    return _with_errors(
        lambda at: _polarised(at, alpha), estimates, *_totals(estimates, named("mean"), by)
    )


def _polarised(at: _GroupTotals, alpha: float) -> Mapping[str, Dual]:
    (Y, N), (YY, NN) = at.own, at.whole
    mean = Y / N
    side = np.sign(mean.value[:, None] - mean.value[None, :])
    people, welfare = (Dual(side @ x.value, side @ x.gradient) for x in (N, Y))
    part = (N / NN) ** (1.0 + alpha) * (mean * people - welfare) / YY
    part = part.unless(~(YY.value > 0))
    return {
        "total": at.sum(part), "contribution": part, "population_share": N / NN, "mean": mean,
    }  # fmt: skip


_PARTS: dict[Rule, Parts] = {
    rules.generalised_entropy: _entropy_parts, rules.j_divergence: _divergence_parts,
    rules.gini: _gini_parts, rules.ratio: _mean_parts,
}  # fmt: skip


def by_group(estimates: Estimates, measure: Measure, by: str) -> tuple[Component, ...]:
    """The parts of a measure by group, with standard errors.

    Parameters
    ----------
    estimates : Estimates
        Of `term_totals`, over all and by group.
    measure : Measure
    by : str
        The column of the groups.

    Returns
    -------
    tuple of Component
        Of all together first.

    References
    ----------
    Shorrocks (1984), Econometrica 52, 1369-1385; Lambert and Aronson (1993), Economic Journal
    103, 1221-1227; Foster, Greer and Thorbecke (1984), Econometrica 52, 761-766.
    """
    return _with_errors(_PARTS[measure.rule], estimates, *_totals(estimates, measure, by))


def _with_errors(
    parts_of: Parts, estimates: Estimates, at: _GroupTotals, blocks: list[Block]
) -> tuple[Component, ...]:
    """Parts with their standard errors: from covariances of totals, or of each replicate's."""
    parts = parts_of(at)

    @cache
    def every() -> list[Mapping[str, Dual]]:
        with np.errstate(all="ignore"):
            return [parts_of(one) for one in _again(estimates, at.measure, blocks)]

    def again(name: str) -> Floats:
        return np.array([one[name].value for one in every()])

    names = next(block for block in blocks if block.by).rows.labels
    places = [(block, i) for block in blocks for i in range(block.rows.size)]
    found: list[Component] = []
    for name, part in parts.items():
        gradient = np.nan_to_num(part.gradient, nan=0.0, posinf=0.0, neginf=0.0)
        variance = np.diag(
            estimates.variance.of_fit(
                part.value, partial(covariance, estimates, places, gradient), partial(again, name)
            )
        )
        alone = len(part.value) == 1 and name in ("total", "within", "between", "overlap")
        labels = ("",) if alone else names
        found += _components(name, labels, part.value, variance, estimates, blocks)
    return tuple(found)


def without_figure(components: tuple[Component, ...]) -> tuple[str, ...]:
    """Sentences on parts that do not exist.

    Parameters
    ----------
    components : tuple of Component
    """
    missing: dict[str, list[str]] = {}
    for one in components:
        if np.isnan(one.estimate):
            missing.setdefault(one.component, []).append(one.group or "all together")
    return tuple(
        f"no {name.replace('_', ' ')} of {', '.join(groups[:5])}"
        + (f" and {len(groups) - 5:,} more" if len(groups) > 5 else "")
        + ": nobody takes part there, or the mean is not above zero"
        for name, groups in missing.items()
    )


def _components(
    name: str, labels: tuple[str, ...], value: Floats, variance: Floats, estimates: Estimates,
    blocks: list[Block],
) -> list[Component]:  # fmt: skip
    """A part of all together, or of each group."""
    of = next(b for b in blocks if bool(b.by) == (labels != ("",)))
    value = np.where(np.isfinite(value), value, np.nan)
    se = np.where(np.isnan(value), np.nan, np.sqrt(np.maximum(variance, 0.0)))
    df = np.full(len(value), next(b for b in blocks if not b.by).df[0])
    bounds = intervals.symmetric(value, se, df, estimates.level)
    if estimates.variance.exact:
        bounds = intervals.Bounds(value, value)
    return [
        Component(
            name, label, float(value[i]), float(se[i]), float(bounds.low[i]),
            float(bounds.high[i]), estimates.level, float(df[i]), int(of.n[i]),
        )
        for i, label in enumerate(labels)
    ]  # fmt: skip
