"""Scores of households in weighted indicators, and the columns that their figures sum.

A score is a whole number over the common denominator of the weights, and a cut-off the lowest
whole number that reaches it: six weights of 1/18 are one third, whatever the order.

References
----------
Alkire and Foster (2011), Journal of Public Economics 95, 476-487.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any

import ibis

from exitline.stats.measure.deprivation.indicators import Indicators
from exitline.stats.measure.deprivation.multidimensional import own


@dataclass(frozen=True)
class PoorCut:
    """Who is poor: from which share of all weights; None where a standard's own condition says.

    `label` is how results name it, in the column of the line; `reaches` the share that results
    show as k.
    """

    label: str
    k: Fraction | None
    reaches: float = float("nan")


@dataclass(frozen=True)
class ScoreBand:
    """A stretch of the score, from `low` to below `high` (None: to the end)."""

    name: str
    low: Fraction
    high: Fraction | None = None


@dataclass(frozen=True)
class Spec:
    """What a multidimensional measure is made of.

    Attributes
    ----------
    indicators : Indicators
    cuts : tuple of PoorCut
    bands : tuple of ScoreBand
    destitution : Indicators, optional
        Of a second, stricter set: who is poor and reaches the cut-off there, too.
    declared_alone : bool
        Whether who is poor depends on a standard's own condition and on more than the score (an
        income line), so that it may be known where an indicator is not.
    all_kept : bool
        Whether no household is left out for a missing indicator.
    """

    indicators: Indicators
    cuts: tuple[PoorCut, ...]
    bands: tuple[ScoreBand, ...] = ()
    destitution: Indicators | None = None
    declared_alone: bool = False
    all_kept: bool = False


@dataclass(frozen=True)
class States:
    """Boolean columns of each household before anything is scored; null where unknown.

    Attributes
    ----------
    deprived : mapping of str to ibis.Value
        By indicator, after its rule for missing values.
    gaps : mapping of str to ibis.Value
        By cardinal indicator: (below - achievement) / below.
    poor : ibis.Value, optional
        By a standard's own condition.
    destitute : mapping of str to ibis.Value
        By indicator of the stricter set.
    """

    deprived: Mapping[str, Any]
    gaps: Mapping[str, Any] = field(default_factory=dict)
    poor: Any = None
    destitute: Mapping[str, Any] = field(default_factory=dict)


def scored(table: Any, spec: Spec, states: States, keep: Sequence[str], sums: Set[str]) -> Any:
    """Households with the columns that the figures sum.

    Two steps, so that an engine computes each state and each score once.

    Parameters
    ----------
    table : ibis.Table
    spec : Spec
    states : States
        Over this table.
    keep : sequence of str
        Columns of the table that are needed still.
    sums : set of str
        Columns that some term sums (see `columns_of`).

    Returns
    -------
    ibis.Table
        With 0/1 columns (known, poor, deprived, deprived and poor ...) and censored scores.
    """
    raw = {own("d", j): state for j, state in enumerate(states.deprived.values())}
    raw |= {own("s", j): state for j, state in enumerate(states.destitute.values())}
    raw |= {own("g", j): gap for j, gap in enumerate(states.gaps.values())}
    if states.poor is not None:
        raw[own("declared")] = states.poor
    table = table.select(*keep, **raw)
    scores = {own("score"): _score(table, spec.indicators, "d")}
    if spec.destitution is not None:
        scores[own("strict")] = _score(table, spec.destitution, "s")
    table = table.mutate(**scores)
    made = {name: value for name, value in _summed(table, spec) if name in sums}
    return table.select(*keep, **made)


def is_kept(spec: Spec, states: States) -> Any:
    """Whether each household takes part: nothing is unknown that figures depend on."""
    known = _all(state.notnull() for state in states.deprived.values())
    if spec.declared_alone:
        known = states.poor.notnull() & (known | ~states.poor.fill_null(True))
    strict = [state.notnull() for state in states.destitute.values()]
    return _all([known, *strict])


def _all(conditions: Iterable[Any]) -> Any:
    """Logical and of at least one condition."""
    return reduce(lambda a, b: a & b, conditions)


def _score(table: Any, indicators: Indicators, prefix: str) -> Any:
    """The whole score: missing where any state is."""
    parts = [table[own(prefix, j)].cast("int64") * part for j, part in enumerate(indicators.parts)]
    return sum(parts[1:], parts[0])


class _Rows:
    """The states and scores of each household that takes part; false for all others."""

    def __init__(self, table: Any, spec: Spec) -> None:
        self.table, self.spec = table, spec
        self.score = table[own("score")]
        self.known = self.score.notnull()
        if spec.declared_alone:
            declared = table[own("declared")]
            self.known = declared.notnull() & (self.known | ~declared.fill_null(True))
        if spec.destitution is not None:
            self.known = self.known & table[own("strict")].notnull()

    def state(self, what: str, *numbers: int) -> Any:
        return self.table[own(what, *numbers)]

    def flag(self, condition: Any) -> Any:
        """1 where true of a household that takes part, else 0."""
        if not self.spec.all_kept:
            condition = (self.known & condition).fill_null(False)
        return ibis.ifelse(condition, 1.0, 0.0)

    def reaches(self, share: Fraction, what: str = "score") -> Any:
        """Whether the score, or that of the stricter set, reaches a share of all weights."""
        indicators = self.spec.indicators if what == "score" else self.spec.destitution
        assert indicators is not None
        return self.state(what) >= ibis.literal(indicators.at_least(share), "int64")

    def poor(self, cut: PoorCut) -> Any:
        """Whether poor at a cut-off; not missing for those who take part."""
        found = self.state("declared") if cut.k is None else self.reaches(cut.k)
        return found if self.spec.all_kept else (self.known & found).fill_null(False)


def _summed(table: Any, spec: Spec) -> Iterator[tuple[str, Any]]:
    """The numbers that are summed, by column."""
    rows, each = _Rows(table, spec), range(len(spec.indicators.each))
    yield own("known"), ibis.ifelse(rows.known, 1.0, 0.0)
    for j in each:
        yield own("u", j), rows.flag(rows.state("d", j))
        yield own("ku", j), rows.flag(rows.state("d", j).notnull())
    for b, band in enumerate(spec.bands):
        above = rows.reaches(band.low)
        inside = above if band.high is None else above & ~rows.reaches(band.high)
        yield own("band", b), rows.flag(inside)
    for i, cut in enumerate(spec.cuts):
        poor = rows.poor(cut)
        share = rows.score.cast("float64") / float(spec.indicators.whole)
        yield own("poor", i), ibis.ifelse(poor, 1.0, 0.0)
        yield own("amount", i), ibis.ifelse(poor, share, 0.0)
        for j in each:
            yield own("c", i, j), rows.flag(poor & rows.state("d", j))
        yield from _of_cut(rows, cut, i, poor)


def _of_cut(rows: _Rows, cut: PoorCut, i: int, poor: Any) -> Iterator[tuple[str, Any]]:
    """Censored dimensions and gaps at one cut-off, and the destitute."""
    spec, indicators = rows.spec, rows.spec.indicators
    parts, whole = indicators.parts, float(indicators.whole)
    for d, dimension in enumerate(summed_dimensions(spec)):
        inside = [j for j, one in enumerate(indicators.each) if one.dimension == dimension]
        within = [rows.state("d", j).cast("int64") * parts[j] for j in inside]
        share = sum(within[1:], within[0]).cast("float64") / whole
        yield own("dim", i, d), ibis.ifelse(poor, share, 0.0)
    if indicators.cardinal:
        for power in (1, 2):
            gaps = [
                ibis.ifelse(rows.state("d", j), rows.state("g", j) ** power, 0.0) * float(part)
                for j, part in enumerate(parts)
            ]
            total = sum(gaps[1:], gaps[0]) / whole
            yield own("gap", power, i), ibis.ifelse(poor, total, 0.0)
    if spec.destitution is not None and cut.k is not None:
        yield own("destitute", i), rows.flag(poor & rows.reaches(cut.k, "strict"))


def summed_dimensions(spec: Spec) -> tuple[str, ...]:
    """Dimensions with figures of their own: not where there is one, or one for each indicator."""
    found = spec.indicators.dimensions
    return found if 1 < len(found) < len(spec.indicators.each) else ()
