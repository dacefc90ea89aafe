"""From cluster totals to estimates: the path through the room, domain sets in, blocks out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer import intervals
from exitline.stats.infer.blocks import AtLine, Block
from exitline.stats.infer.cells import roll_up, together
from exitline.stats.infer.estimates import Estimates
from exitline.stats.infer.frame import Frame, frame_of
from exitline.stats.infer.nesting import nesting
from exitline.stats.infer.relative import (
    LineAt,
    LineInfluence,
    added_variance,
    line_influence,
    line_values,
    own_line_influence,
    slope,
)
from exitline.stats.infer.taylor import linearised_variance, sampled_in
from exitline.stats.infer.woodruff import Pending, with_limits
from exitline.stats.measure.model import Given, Term
from exitline.stats.measure.quantiles import share_at_or_below
from exitline.stats.measure.sums import Sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.calibration import Calibrated
    from exitline.stats.infer.cells import Cells, Rows
    from exitline.stats.infer.replicates import Replicated
    from exitline.stats.infer.woodruff import Further
    from exitline.stats.measure.model import Linear, Measure
    from exitline.stats.measure.sums import Plan

    Floats = NDArray[np.float64]

ONE_PSU = "one PSU in the domain: no standard error can be estimated"
NO_DF = "one PSU in each stratum of the domain: no degrees of freedom for an interval"
NO_AVERAGE = "a cluster with a single unit at a later stage has no variance under 'average'"
NO_DENSITY = "all values are equal: no density, and no standard error"
NO_CASES = "no household of the kind the measure averages over"
ORDER = (ONE_PSU, NO_AVERAGE, NO_DF, NO_CASES)
ROUNDING = 1e-13
"""A share of squares below which values are all alike."""
SCALED = 1.1
"""Weights of less than this on average count no population: they sum to the sample size, give
or take the households that are left out."""


@dataclass(frozen=True)
class Options:
    """How intervals are made.

    Attributes
    ----------
    level : float
        Two-sided confidence.
    interval : {"logit", "beta"}
        For shares.
    assumed : float
        Design effect assumed where a share is 0 or 1 in all of the sample.
    """

    level: float = 0.95
    interval: intervals.ShareMethod = "logit"
    assumed: float = 1.0


def infer(
    cells: Cells,
    plan: Plan,
    sets: tuple[tuple[int, ...], ...],
    options: Options,
    replicated: Replicated | None = None,
    calibrated: Calibrated | None = None,
    further: Further | None = None,
) -> Estimates:
    """Estimates of every measure, line and set of domains.

    Parameters
    ----------
    cells : Cells
        From the totals query of `plan`.
    plan : Plan
    sets : tuple of tuple of int
        Each set of domains as positions in `plan.domains`; () is all together and comes
        first: its design effects are assumed for domains in which a share is 0 or 1.
    options : Options
    replicated : Replicated, optional
        The figures with replicate weights, where the design has such.
    calibrated : Calibrated, optional
        The auxiliaries, where the weights are calibrated.
    further : Further, optional
        Where quantiles are looked up that Woodruff's intervals end at.

    Returns
    -------
    Estimates
        Ordered by set, measure, line, domain.
    """
    frame = _frame(cells, plan, replicated)
    blocks: list[Block] = []
    pending: list[Pending] = []
    overall: dict[tuple[str, int | None], float] = {}
    lines: dict[int, LineInfluence] = {}
    if cells.clustered:
        everyone = together(cells)
        lines = {
            i: line_influence(everyone, plan, i, calibrated)
            for i, z in enumerate(plan.lines)
            if z.relative is not None and not z.within
        }
    for columns in sets:
        rows = roll_up(cells, columns)
        names = tuple(plan.domains[c] for c in columns)
        by = _By(", ".join(names), rows, rows.totals(), columns, lines, {}, replicated,
                 calibrated)  # fmt: skip
        for measure in plan.measures:
            for line in plan.lines_of(measure):
                assumed = overall.get((measure.name, line), options.assumed)
                block = _block(by, measure, line, plan, frame, replace(options, assumed=assumed))
                if not columns and block.effect is not None:
                    overall[measure.name, line] = _at_least_one(block.effect)
                if measure.woodruff is not None and frame.stages:
                    share = _block(by, share_at_or_below(measure), line, plan, frame, options)
                    first = plan.first_of(measure.woodruff.at, line, columns)
                    one = Pending(len(blocks), share, measure.woodruff, first, columns)
                    pending.append(one)
                blocks.append(block)
    if pending:
        assert further is not None
        blocks = with_limits(blocks, pending, further, cells, options.level)
    nests = nesting(cells, sets, plan.domains)
    return Estimates(tuple(blocks), frame, options.level, _notes(blocks), nests=nests)


def _frame(cells: Cells, plan: Plan, replicated: Replicated | None) -> Frame:
    """The design of the whole sample."""
    if replicated is not None:
        return replicated.frame
    if not cells.clustered:
        return Frame((), "fail")
    ids = cells.ids if plan.design.stages else None
    return replace(frame_of(cells, plan.design.lonely), declared=plan.design.df, ids=ids)


@dataclass(frozen=True)
class _By:
    """One set of domains with what all its measures share."""

    name: str
    rows: Rows
    totals: Floats
    columns: tuple[int, ...]
    lines: dict[int, LineInfluence]
    known: dict[Sum | None, _About]
    replicated: Replicated | None
    calibrated: Calibrated | None

    def about(self, wanted: Sum | None, plan: Plan, frame: Frame) -> _About:
        """Households that a measure speaks of, and where they were sampled; found once."""
        if wanted not in self.known:
            kinds = self.rows.cases
            cases = self.rows.n if wanted is None else kinds[:, plan.cases.index(wanted)]
            n = self.rows.count(cases)
            if self.replicated is not None:
                df = self.replicated.df[self.columns]
                self.known[wanted] = _About(n, np.where(n > 0, 2, 0), df)
            elif frame.stages:
                found = sampled_in(self.rows, cases)
                df = found.df if frame.declared is None else np.full(len(n), frame.declared)
                self.known[wanted] = _About(n, found.psus, df)
            else:
                self.known[wanted] = _About(n, n, np.full(self.rows.size, np.inf))
        return self.known[wanted]


@dataclass(frozen=True)
class _About:
    """Whom a measure speaks of, by domain: households, their PSUs, degrees of freedom."""

    n: NDArray[np.int64]
    psus: NDArray[np.int64]
    df: Floats


def _block(
    by: _By, measure: Measure, line: int | None, plan: Plan, frame: Frame, options: Options
) -> Block:
    """One measure at one line in one set of domains."""
    rows, index = by.rows, plan.position
    terms = [index[plan.sum_of(term, line, by.columns)] for term in measure.terms]
    at = line_values(rows, plan, line, by.columns)
    figure = measure.rule(Given(by.totals[:, terms], _found(by, measure, line, plan), at,
                                measure.parameters))  # fmt: skip
    steep = None
    if line is not None and plan.lines[line].relative is not None:
        steep = slope(by.totals, figure, measure, plan, LineAt(line, by.columns, at))
    if by.replicated is not None:
        influence = by.replicated.influence(by.columns, measure.name, line, figure.value)
        rows, at_line = by.replicated.rows(rows), None
    else:
        rows, influence, at_line = _linearised(by, figure, terms, (line, steep), plan)
    about = by.about(plan.cases_of(measure, line, by.columns), plan, frame)
    se = _standard_errors(rows, influence, at_line, frame, about.psus, measure)
    flat = np.zeros(rows.size, dtype=bool)
    if frame.stages and by.replicated is None:
        flat = ~np.isnan(figure.value) & np.isnan(figure.gradient).any(axis=1)
        se[flat] = np.nan
    size = about.n.astype(np.float64)
    population = by.totals[:, index[plan.population_of(measure, line, by.columns)]]
    effect = deff = np.full(rows.size, np.nan)
    square = index.get(plan.sum_of(measure.terms[0], line, by.columns, squared=True))
    if frame.stages and square is not None:
        effect = _design_effect(by.totals[:, [terms[0], square]], population, size, se, measure)
        with np.errstate(divide="ignore", invalid="ignore"):
            sampled = 0.0 if _counts_nobody(by, index) else size / population
            deff = effect / (1.0 - sampled)
    value = figure.value
    return Block(
        measure=measure.name,
        line=plan.lines[line].label if line is not None else "",
        by=by.name,
        rows=rows,
        estimate=value,
        se=se,
        bounds=_bounds(value, se, size, about.df, measure, options),
        df=about.df,
        n=about.n,
        population=population,
        influence=influence,
        at_line=at_line,
        slope=steep,
        deff=deff,
        effect=effect,
        reason=_reasons(value, se, about, flat, measure.undefined),
        additive=measure.additive,
        share=measure.interval == "share",
        terms=tuple(terms),
    )


def _linearised(
    by: _By, figure: Linear, terms: list[int], at: tuple[int | None, Floats | None], plan: Plan
) -> tuple[Rows, Floats, AtLine | None]:
    """The influence of each row, residual where weights are calibrated; what a line adds.

    A line of each domain's own is part of the influence; one of the whole sample stands apart.
    """
    line, steep = at
    own, at_line = None, None
    if line is not None and steep is not None and by.rows.stages:
        if plan.lines[line].within:
            own = steep
        else:
            at_line = AtLine(steep, by.lines[line])

    def linear(some: Rows) -> Floats:
        influence = _influence(some, figure, terms)
        if own is None or line is None:
            return influence
        moved = own_line_influence(some, by.totals, plan, line, by.columns)
        return np.asarray(influence + own[some.domain] * moved)

    if by.calibrated is None:
        return by.rows, linear(by.rows), at_line
    rows, influence = by.calibrated.of_domains(by.columns, by.rows, linear)
    return rows, influence, at_line


def _at_least_one(deff: Floats) -> float:
    """The design effect of the whole sample, for domains that cannot show theirs."""
    return float(deff[0]) if len(deff) and deff[0] >= 1.0 else 1.0


def _found(by: _By, measure: Measure, line: int | None, plan: Plan) -> Floats:
    """What the first pass found for a measure, by domain."""
    if by.rows.found is None:
        return np.empty((by.rows.size, 0))
    wanted = [plan.first_of(scalar, line, by.columns) for scalar in measure.scalars]
    return by.rows.found[:, [plan.first.index(one) for one in wanted]]


def _influence(rows: Rows, figure: Linear, terms: list[int]) -> Floats:
    """Weighted influence of each row: gradient of its domain times its sums."""
    gradient = np.nan_to_num(figure.gradient, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.einsum("rk,rk->r", gradient[rows.domain], rows.sums[:, terms]))


def _standard_errors(
    rows: Rows,
    influence: Floats,
    at_line: AtLine | None,
    frame: Frame,
    psus: NDArray[np.int64],
    measure: Measure,
) -> Floats:
    """Standard errors by domain; NaN where a ratio rests on a single PSU."""
    if not frame.stages:
        return np.zeros(rows.size)
    variance = linearised_variance(rows, influence[:, None], frame)[:, 0]
    if at_line is not None:
        variance += added_variance(rows, influence, at_line.slope, at_line.line, frame)
    se = np.sqrt(np.maximum(variance, 0.0), where=~np.isnan(variance), out=variance)
    one_psu = (psus < 2) & (not measure.additive)
    return np.where(one_psu, np.nan, se)


def _bounds(
    value: Floats, se: Floats, n: Floats, df: Floats, measure: Measure, options: Options
) -> intervals.Bounds:
    """The interval that suits the measure; the value itself for a full count."""
    if np.all(np.isinf(df)) and not np.any(se > 0):
        return intervals.Bounds(value, value)
    if measure.interval == "share":
        return intervals.share(value, se, n, df, options.level, options.interval, options.assumed)
    return intervals.symmetric(value, se, df, options.level)


def _design_effect(
    sums: Floats, population: Floats, n: Floats, se: Floats, measure: Measure
) -> Floats:
    """Variance over that of n households drawn one by one with replacement.

    As R's ``svymean(deff = "replace")`` and ``svytotal(deff = "replace")``: the population
    variance is estimated by sum w (y - ybar)^2 / sum w x n/(n - 1). Over 1 - n/N it is that of
    ``deff = TRUE``. `sums` holds sum w y, sum w y^2. Infinite for a total of equal values.
    """
    if not measure.spread_over:
        return np.full(len(se), np.nan)
    N = population
    with np.errstate(divide="ignore", invalid="ignore"):
        square = (sums[:, 0] / N) ** 2
        spread = sums[:, 1] / N - square
        spread = np.where(spread > ROUNDING * square, spread, 0.0) * n / (n - 1.0)
        simple = spread / n
        if measure.spread_over == "total":
            return np.where(n > 1, se**2 / (simple * N**2), np.nan)
        return np.where(simple > 0, se**2 / simple, np.nan)


def _counts_nobody(by: _By, index: dict[Sum, int]) -> bool:
    """Whether weights are all 1, or shares that sum to the sample size: no count of a population.

    There is no sampling fraction then, and so no design effect against draws without
    replacement.
    """
    households = by.totals[:, index[Sum(Term("one", "households"), None)]].sum()
    return bool(households <= by.rows.count(by.rows.n).sum() * SCALED)


def _reasons(
    value: Floats, se: Floats, about: _About, flat: NDArray[np.bool_], undefined: str
) -> tuple[str, ...]:
    """Why a figure, its standard error or its interval is missing, by domain."""
    unknown, none = np.isnan(se), np.isnan(value)
    no_figure = none & (about.n > 0) & (undefined != "")
    found = np.select(
        [no_figure, none, unknown & (about.psus < 2), flat, unknown, about.df < 1],
        [undefined, NO_CASES, ONE_PSU, NO_DENSITY, NO_AVERAGE, NO_DF], "",
    )  # fmt: skip
    return tuple(str(text) for text in found)


def _notes(blocks: list[Block]) -> tuple[str, ...]:
    """Sentences on domains without a standard error or without cases."""
    notes = []
    reasons = dict.fromkeys(r for b in blocks for r in b.reason if r)
    for text in (*(t for t in ORDER if t in reasons), *(t for t in reasons if t not in ORDER)):
        where = {(b.by, d) for b in blocks for d, r in zip(b.rows.labels, b.reason, strict=True)
                 if r == text}  # fmt: skip
        if where:
            notes.append(f"{len(where)} domains: {text}")
    return tuple(notes)
