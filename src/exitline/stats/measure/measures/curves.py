"""Ordinates of curves, as measures: what a curve is at one point."""

from __future__ import annotations

from typing import Literal

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.measure.dual import totals
from exitline.stats.measure.measures.counts import ratio_of
from exitline.stats.measure.model import Given, Linear, Measure, Scalar, Term

Order = Literal[1, 2, 3]


def _mean_up_to(given: Given) -> Linear:
    """(V + q (p N - F)) / N, from N, F and V: welfare up to the quantile, exactly to p."""
    (p,) = given.parameters
    N, F, V = totals(given)
    return ((V + given.found[:, 0] * (p * N - F)) / N).linear()


def _gaps_up_to(given: Given) -> Linear:
    """(G + g(q) (p N - F)) / N, with g the relative gap at the quantile."""
    (p,) = given.parameters
    N, F, G = totals(given)
    line, q = given.line, given.found[:, 0]
    gap = np.maximum(line - q, 0.0) / line
    return ((G + gap * (p * N - F)) / N).linear()


def generalised_ordinate(p: float) -> Measure:
    """The welfare of the poorest share p of persons, per person of all: mean x Lorenz curve.

    Parameters
    ----------
    p : float
        Between 0 and 1.

    References
    ----------
    Shorrocks (1983), Economica 50, 3-17; Beach and Davidson (1983), Review of Economic Studies
    50, 723-735.
    """
    at = Scalar("quantile", between(p))
    below = Term("at_most", at=at)
    terms = (Term("one"), below, Term("welfare", among=below))
    return Measure(
        f"ordinate {p:g}", terms, _mean_up_to, "plain", "money",
        f"generalised Lorenz curve at {p:g}", parameters=(float(p),), scalars=(at,),
    )  # fmt: skip


def tip_ordinate(p: float) -> Measure:
    """The sum of relative gaps of the poorest share p of persons, per person of all.

    Parameters
    ----------
    p : float

    References
    ----------
    Jenkins and Lambert (1997), Oxford Economic Papers 49, 317-327.
    """
    at = Scalar("quantile", between(p))
    below = Term("at_most", at=at)
    terms = (Term("one"), below, Term("gap", alpha=1.0, among=below))
    return Measure(
        f"ordinate {p:g}", terms, _gaps_up_to, "plain", "index", f"TIP curve at {p:g}",
        parameters=(float(p),), scalars=(at,),
    )  # fmt: skip


def deficit_ordinate(order: Order) -> tuple[Measure, float]:
    """The dominance curve of an order at a line, and the power of the line it is to be taken by.

    D1 is the headcount, D2 the mean shortfall, D3 half the mean squared shortfall: the measure
    times z^power (over 2 for the third).

    Parameters
    ----------
    order : {1, 2, 3}

    References
    ----------
    Davidson and Duclos (2000), Econometrica 68, 1435-1464.
    """
    if order not in (1, 2, 3):
        raise MeasureError(
            "dominance is tested up to the third order",
            expected="order 1, 2 or 3",
            got=str(order),
            remedy="1 for the headcount at every line, 2 for the gap, 3 for severity",
        )
    if order == 1:
        return ratio_of("ordinate", Term("poor"), Term("one"), "index", "poor persons"), 0.0
    term = Term("gap", alpha=float(order - 1))
    return ratio_of("ordinate", term, Term("one"), "index", "mean shortfall"), order - 1.0


def between(p: float) -> float:
    """A share of persons, strictly between none and all."""
    if not 0 < p < 1:
        raise MeasureError(
            "a curve has no ordinate at this share of persons",
            expected="a number between 0 and 1",
            got=str(p),
            remedy="write 10 % as 0.1",
        )
    return float(p)
