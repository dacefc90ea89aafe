"""From cluster totals to estimates: the path through the room, domain sets in, blocks out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import (
    FEW_REPLICATES,
    NO_CASES,
    NO_DF,
    ONE_PSU,
    About,
    Confidence,
    Kind,
    Named,
    block,
)
from exitline.stats.infer.designs.moments import Shape, shape_of
from exitline.stats.infer.designs.variance import AtLine, LineInfluence, Part
from exitline.stats.infer.designs.variances import NO_AVERAGE, variance_of
from exitline.stats.infer.estimates import Estimates
from exitline.stats.infer.intake.cells import roll_up, together
from exitline.stats.infer.intake.nesting import nesting
from exitline.stats.infer.relative import (
    LineAt,
    line_influence,
    line_values,
    own_line_influence,
    slope,
    without_density,
)
from exitline.stats.infer.woodruff import Pending, with_limits
from exitline.stats.measure.measures.quantiles import share_at_or_below
from exitline.stats.measure.model import Given, Term
from exitline.stats.measure.passes.sums import Sum
from exitline.words.intervals import REPLICATES
from exitline.words.said import Told, say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.infer.designs.calibration import CalibratedSample
    from exitline.stats.infer.designs.taylor import Sampled
    from exitline.stats.infer.designs.variance import Variance
    from exitline.stats.infer.intake.cells import Cells, Rows
    from exitline.stats.infer.woodruff import Further
    from exitline.stats.measure.model import Linear, Measure
    from exitline.stats.measure.passes.sums import Plan

    Floats = NDArray[np.float64]

ORDER = (ONE_PSU, NO_AVERAGE, NO_DF, FEW_REPLICATES, NO_CASES)
ROUNDING = 1e-13
"""A share of squares below which values are all alike."""
SCALED = 1.1
"""Weights of less than this on average count no population: they sum to the sample size, give
or take the households that are left out."""


@np.errstate(divide="ignore", invalid="ignore")  # what comes of that is told as a reason
def infer(
    cells: Cells,
    plan: Plan,
    sets: tuple[tuple[int, ...], ...],
    confidence: Confidence,
    variance: Variance | None = None,
    calibrated: CalibratedSample | None = None,
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
    confidence : Confidence
    variance : Variance, optional
        Where it does not follow from the cells: of replicate weights.
    calibrated : CalibratedSample, optional
        The auxiliaries, where the weights are calibrated.
    further : Further, optional
        Where quantiles are looked up that Woodruff's intervals end at.

    Returns
    -------
    Estimates
        Ordered by set, measure, line, domain.
    """
    variance = variance or variance_of(cells, plan.design)
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
        by = _By(", ".join(names), rows, rows.totals(), columns, lines, {}, variance,
                 calibrated)  # fmt: skip
        for measure in plan.measures:
            for line in plan.lines_of(measure):
                assumed = overall.get((measure.name, line), confidence.assumed)
                block = _block(by, measure, line, plan, replace(confidence, assumed=assumed))
                if not columns and block.effect is not None:
                    overall[measure.name, line] = _at_least_one(block.effect)
                how = measure.woodruff and (measure.woodruff.method or confidence.quantiles)
                if measure.woodruff is not None and how != REPLICATES and not variance.exact:
                    share = _block(by, share_at_or_below(measure), line, plan, confidence)
                    first = plan.first_of(measure.woodruff.at, line, columns)
                    one = Pending(len(blocks), share, measure.woodruff, str(how), first, columns)
                    pending.append(one)
                blocks.append(block)
    if pending:
        assert further is not None
        blocks = with_limits(blocks, pending, further, cells, confidence.level)
    nests = nesting(cells, sets, plan.domains)
    notes = (*_notes(blocks), *variance.notes)
    return Estimates(tuple(blocks), variance, confidence.level, notes, nests=nests)


@dataclass(frozen=True)
class _By:
    """One set of domains with what all its measures share."""

    name: str
    rows: Rows
    totals: Floats
    columns: tuple[int, ...]
    lines: dict[int, LineInfluence]
    known: dict[Sum | None, tuple[NDArray[np.int64], Sampled]]
    variance: Variance
    calibrated: CalibratedSample | None

    def about(self, wanted: Sum | None, plan: Plan) -> tuple[NDArray[np.int64], Sampled]:
        """Households that a measure refers to, and where they were sampled; found once."""
        if wanted not in self.known:
            kinds = self.rows.cases
            cases = self.rows.n if wanted is None else kinds[:, plan.cases.index(wanted)]
            sampled = self.variance.sampled(self.rows, cases, self.columns)
            self.known[wanted] = self.rows.count(cases), sampled
        return self.known[wanted]


def _block(
    by: _By, measure: Measure, line: int | None, plan: Plan, confidence: Confidence
) -> Block:
    """One measure at one line in one set of domains."""
    rows, index, variance = by.rows, plan.position, by.variance
    terms = [index[plan.sum_of(term, line, by.columns)] for term in measure.terms]
    at = line_values(rows, plan, line, by.columns)
    n, sampled = by.about(plan.cases_of(measure, line, by.columns), plan)
    found_first = _found(by, measure, line, plan)
    given = Given(by.totals[:, terms], found_first, at, measure.parameters, n.astype(np.float64))
    figure = measure.rule(given)
    moving, steep = None, None
    if line is not None and plan.lines[line].relative is not None:
        moving = LineAt(line, by.columns, at)
        steep = slope(by.totals, figure, measure, plan, moving)
    key = (by.columns, measure.name, line)
    part = variance.part(
        key, rows, figure.value, lambda: _linearised(by, figure, terms, (moving, steep), plan)
    )
    population = by.totals[:, index[plan.population_of(measure, line, by.columns)]]
    label = plan.lines[line].label if line is not None else ""
    kind: Kind = "share" if measure.interval == "share" else "plain"
    named = Named(
        measure.name, label, by.name, kind, measure.additive, measure.undefined, measure.nobody
    )  # fmt: skip
    about = About(n, sampled, population)
    shaped = _shaped(by, measure, given, terms, part, confidence, straight=moving is None)
    found = block(named, figure.value, part, about, variance, confidence, shaped)
    found = replace(found, slope=steep, terms=tuple(terms))
    square = index.get(plan.sum_of(measure.terms[0], line, by.columns, squared=True))
    if variance.exact or square is None:
        return found
    size = n.astype(np.float64)
    effect = _design_effect(by.totals[:, [terms[0], square]], population, size, found.se, measure)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 0.0 if _counts_nobody(by, index) else size / population
        return replace(found, effect=effect, deff=effect / (1.0 - share))


def _shaped(
    by: _By,
    measure: Measure,
    given: Given,
    terms: list[int],
    part: Part,
    confidence: Confidence,
    *,
    straight: bool,
) -> Callable[[Floats], Shape] | None:
    """From standard errors to the shape of a figure's distribution, where its interval asks for it.

    At a line of the whole sample the figure moves with PSUs of other domains, too: none there. How
    it bends is known where its line does not move (`straight`) and its totals carry all else.
    """
    skewed = confidence.figures == "skewness" and measure.interval != "share"
    if not skewed or by.variance.exact or measure.woodruff is not None or part.at_line is not None:
        return None
    moved = any(term.only_moves for term in measure.terms)
    moved |= any(found.kind == "mean" for found in measure.scalars)  # totals move with it
    own = straight and part.rows is by.rows and not moved
    sums = by.rows.sums[:, terms] if own else np.empty((len(part.influence), 0))
    moments = by.variance.moments(part.rows, part.influence, sums)
    if moments is None:
        summed = part.rows.times is not None
        raise MeasureError(
            "the skewness of figures is not known under this design",
            where="interval of figures",
            expected="strata and PSUs, linearised, for intervals corrected for skewness",
            got="too many households without PSUs to look at each" if summed
            else str(by.variance.words),
            remedy="name the household's number as the PSU, or leave out the correction" if summed
            else "leave out the correction: intervals are then symmetric, with Student's t",
        )  # fmt: skip

    def figure(totals: Floats) -> Floats:
        return measure.rule(replace(given, totals=totals)).value

    return lambda se: shape_of(moments, se, given.totals, figure if own else None)


def _linearised(
    by: _By, figure: Linear, terms: list[int], at: tuple[LineAt | None, Floats | None], plan: Plan
) -> Part:
    """The influence of each row, residual where weights are calibrated; what a line adds.

    A line of each domain's own is part of the influence; one of the whole sample stands apart.
    """
    line, steep = at
    own, at_line = None, None
    if line is not None and steep is not None and by.rows.stages:
        if plan.lines[line.index].within:
            own = steep
        else:
            at_line = AtLine(steep, by.lines[line.index])

    def linear(some: Rows) -> Floats:
        influence = _influence(some, figure, terms)
        if own is None or line is None:
            return influence
        moved = own_line_influence(some, by.totals, plan, line)
        return np.asarray(influence + own[some.domain] * moved)

    flat = ~np.isnan(figure.value) & np.isnan(figure.gradient).any(axis=1)
    if line is not None and (at_line is not None or own is not None):
        flat |= ~np.isnan(figure.value) & without_density(by.totals, plan, line.index, by.columns)
    if by.calibrated is None:
        return Part(by.rows, linear(by.rows), at_line, flat)
    rows, influence = by.calibrated.of_domains(by.columns, by.rows, linear)
    return Part(rows, influence, at_line, flat)


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


def _notes(blocks: list[Block]) -> tuple[str, ...]:
    """Sentences on domains without a standard error or without cases."""
    notes = []
    reasons = dict.fromkeys(r for b in blocks for r in b.reason if r)
    for text in (*(t for t in ORDER if t in reasons), *(t for t in reasons if t not in ORDER)):
        where = {(b.by, d) for b in blocks for d, r in zip(b.rows.labels, b.reason, strict=True)
                 if r == text}  # fmt: skip
        if where:
            notes.append(
                say_plural(
                    "{n} domain: {reason}", "{n} domains: {reason}", len(where), reason=Told(text)
                )
            )
    return tuple(notes)
