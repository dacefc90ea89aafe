"""Standard errors at relative lines: the line's own sampling error is part of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.designs.variance import LineInfluence
from exitline.stats.measure.passes.sums import derivatives_of, location_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.infer.designs.calibration import CalibratedSample
    from exitline.stats.infer.designs.variance import Variance
    from exitline.stats.infer.intake.cells import Rows
    from exitline.stats.measure.model import Linear, Measure
    from exitline.stats.measure.passes.sums import Plan

    By = tuple[int, ...]


def line_influence(
    rows: Rows, plan: Plan, index: int, calibrated: CalibratedSample | None = None
) -> LineInfluence:
    """Linearise share x quantile or share x mean over the whole sample.

    The influence on a quantile q is -(1(y <= q) - p) / (f(q) N), on the mean (y - mean) / N.

    Parameters
    ----------
    rows : Rows
        The whole sample as one domain.
    plan : Plan
    index : int
        The line.
    calibrated : CalibratedSample, optional
        The auxiliaries, where the weights are calibrated.

    References
    ----------
    Deville (1999), Survey Methodology 25, 193-203; Osier (2009), Survey Research Methods
    3, 167-195.
    """
    line = plan.lines[index].relative
    assert line is not None
    position = plan.position
    count, below = (position[s] for s in location_sums(plan, index, ()))
    total = rows.sums[:, count].sum()
    if line.p is None:
        centre, scale = line.value, line.share / total
    else:
        centre, scale = line.p, -line.share / (line.density * total)

    def linear(some: Rows) -> Floats:
        return np.asarray(scale * (some.sums[:, below] - centre * some.sums[:, count]))

    if calibrated is None:
        return LineInfluence(rows, linear(rows))
    return LineInfluence(*calibrated.of_everyone(rows, linear))


def own_line_influence(rows: Rows, totals: Floats, plan: Plan, at: LineAt) -> Floats:
    """As `line_influence`, for a line that each domain has of its own.

    Parameters
    ----------
    rows : Rows
        Of the same domains; those of another query, as products with auxiliaries, may know nothing
        of the first pass.
    totals : float array, shape (domains, sums)
    plan : Plan
    at : LineAt

    Returns
    -------
    float array, shape (rows,)
        Of each row on its domain's line; 0 where there is no density.
    """
    line = plan.lines[at.index].relative
    assert line is not None
    position = plan.position
    persons, other, *kernel = (position[s] for s in location_sums(plan, at.index, at.by))
    with np.errstate(divide="ignore", invalid="ignore"):
        if line.p is None:
            mean = totals[:, other] / totals[:, persons]
            scale, centre = 1.0 / totals[:, persons], mean
        else:
            scale, centre = -1.0 / totals[:, kernel[0]], np.full(len(totals), line.p)
    scale = np.where(at.values <= line.floor, 0.0, line.share * scale)
    scale = np.nan_to_num(scale, nan=0.0, posinf=0.0, neginf=0.0)
    centred = rows.sums[:, other] - centre[rows.domain] * rows.sums[:, persons]
    return np.asarray(scale[rows.domain] * centred)


def without_density(totals: Floats, plan: Plan, index: int, by: By) -> NDArray[np.bool_]:
    """Domains in which a line is a share of a quantile without a density: all values are equal.

    Parameters
    ----------
    totals : float array, shape (domains, sums)
    plan : Plan
    index : int
        The line.
    by : tuple of int
        The set of domains.
    """
    line = plan.lines[index]
    assert line.relative is not None
    if line.relative.p is None:
        return np.zeros(len(totals), dtype=np.bool_)
    if not line.within:
        return np.full(len(totals), not line.relative.density > 0)
    kernel = plan.position[location_sums(plan, index, by)[2]]
    return np.asarray(~(totals[:, kernel] > 0))


def line_values(rows: Rows, plan: Plan, index: int | None, by: By) -> Floats:
    """The poverty line of each domain; NaN where each household has its own.

    Parameters
    ----------
    rows : Rows
    plan : Plan
    index : int or None
        The line.
    by : tuple of int
        The set of domains.
    """
    line = plan.lines[index] if index is not None else None
    if line is None or isinstance(line.value, str):
        return np.full(rows.size, np.nan)
    if line.relative is None or not line.within:
        return np.full(rows.size, float(line.value))
    assert rows.found is not None
    place = plan.first.index(plan.first_of(line.relative.scalar, None, by))
    found = line.relative.share * rows.found[:, place] + line.relative.plus
    return np.asarray(np.maximum(found, line.relative.floor))


def slope(
    totals: Floats, figure: Linear, measure: Measure, plan: Plan, at: LineAt
) -> Floats | None:
    """d(measure)/d(line) in each domain, by the chain rule over the measure's terms.

    Parameters
    ----------
    totals : float array, shape (domains, sums)
    figure : Linear
    measure : Measure
    plan : Plan
    at : LineAt

    Returns
    -------
    float array, shape (domains,)
        None where the measure has no derivative, and none is needed.
    """
    position = plan.position
    result = np.zeros(len(totals)) if figure.line is None else figure.line.copy()
    parts = derivatives_of(plan, measure, at.index, at.by)
    if not parts:
        return None
    for k, of_term in enumerate(parts):
        for part in of_term:
            scale = part.coefficient / (at.values if part.over_line else 1.0)
            if part.times is not None:
                scale = scale * totals[:, position[part.times]]
            result += figure.gradient[:, k] * scale * totals[:, position[part.sum]]
    return np.nan_to_num(result, nan=0.0, posinf=0.0, neginf=0.0)


@dataclass(frozen=True)
class LineAt:
    """A line in one set of domains: its index, the set, its value in each domain."""

    index: int
    by: By
    values: Floats


def added_variance(
    rows: Rows, influence: Floats, steepness: Floats, line: LineInfluence, variance: Variance
) -> Floats:
    """2 c Cov(domain, line) + c^2 Var(line), with c the slope in each domain.

    Parameters
    ----------
    rows : Rows
    influence : float array, shape (rows,)
        Of the measure at a fixed line.
    steepness : float array, shape (domains,)
    line : LineInfluence
    variance : Variance
    """
    own = variance.of(line.rows, line.influence[:, None])[0, 0]
    shared = variance.shared(rows, influence, line.rows, line.influence)
    return np.asarray(2.0 * steepness * shared + steepness**2 * own)
