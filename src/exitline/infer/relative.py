"""Standard errors at relative lines: the line's own sampling error is part of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.infer.taylor import covariance_with_all, linearised_variance
from exitline.measure.catalogue import Term
from exitline.measure.sums import Sum, derivative_of, location_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.infer.cells import Rows
    from exitline.infer.frame import Frame
    from exitline.infer.smooth import Smooth
    from exitline.measure.catalogue import Measure
    from exitline.measure.sums import Plan

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LineInfluence:
    """The influence of every cluster of the whole sample on a relative line.

    Attributes
    ----------
    rows : Rows
        The whole sample as one domain.
    influence : float array, shape (rows,)
    """

    rows: Rows
    influence: Floats


def line_influence(rows: Rows, plan: Plan, index: int) -> LineInfluence:
    """Linearise share x median or share x mean over the whole sample.

    The median's influence is -(1(y <= m) - 1/2) / (f(m) N), the mean's (y - mean) / N.

    Parameters
    ----------
    rows : Rows
        The whole sample as one domain.
    plan : Plan
    index : int
        The line.

    References
    ----------
    Deville (1999), Survey Methodology 25, 193-203; Osier (2009), Survey Research Methods
    3, 167-195.
    """
    location = plan.lines[index].relative
    assert location is not None
    position = {s: i for i, s in enumerate(plan.sums)}
    persons = rows.sums[:, position[Sum(Term("one"), None)]]
    total = persons.sum()
    if location.of == "median":
        below = rows.sums[:, position[location_sum(plan, index)]]
        influence = -(below - 0.5 * persons) / (location.density * total)
    else:
        welfare = rows.sums[:, position[Sum(Term("welfare"), None)]]
        influence = (welfare - location.value * persons) / total
    return LineInfluence(rows, location.share * influence)


def slope(
    totals: Floats, smooth: Smooth, measure: Measure, plan: Plan, index: int, by: tuple[int, ...]
) -> Floats:
    """d(measure)/d(line) in each domain, by the chain rule over the measure's terms.

    Parameters
    ----------
    totals : float array, shape (domains, sums)
    smooth : Smooth
    measure : Measure
    plan : Plan
    index : int
        The line.
    by : tuple of int
        The set of domains.

    Returns
    -------
    float array, shape (domains,)
    """
    position = {s: i for i, s in enumerate(plan.sums)}
    line = plan.lines[index].value
    assert not isinstance(line, str)
    result = np.zeros(len(totals))
    for k, term in enumerate(measure.terms):
        for part in derivative_of(term, index, by):
            scale = part.coefficient / (line if part.over_line else 1.0)
            result += smooth.gradient[:, k] * scale * totals[:, position[part.sum]]
    return np.nan_to_num(result, nan=0.0, posinf=0.0, neginf=0.0)


def added_variance(
    rows: Rows, influence: Floats, steepness: Floats, line: LineInfluence, frame: Frame
) -> Floats:
    """2 c Cov(domain, line) + c^2 Var(line), with c the slope in each domain.

    Parameters
    ----------
    rows : Rows
    influence : float array, shape (rows,)
        Of the measure at a fixed line.
    steepness : float array, shape (domains,)
    line : LineInfluence
    frame : Frame
    """
    own = linearised_variance(line.rows, line.influence[:, None], frame)[0, 0]
    shared = covariance_with_all(rows, influence, line.rows, line.influence, frame)
    return np.asarray(2.0 * steepness * shared + steepness**2 * own)
