"""Poverty measures: what they are made of, in the field's own terms."""

from __future__ import annotations

from exitline.errors import MeasureError
from exitline.measure.counts import ratio_of, total_of
from exitline.measure.model import Measure, Term


def headcount() -> Measure:
    """Share of persons who live in poor households: FGT(0) (Foster, Greer, Thorbecke 1984)."""
    label = "poor persons, share"
    return ratio_of("headcount", Term("poor"), Term("one"), "share", label, better="lower")


def household_headcount() -> Measure:
    """Share of households that are poor."""
    terms = (Term("poor", "households"), Term("one", "households"))
    label = "poor households, share"
    return ratio_of("household_headcount", *terms, "share", label, better="lower")


def poor_count() -> Measure:
    """Number of persons who live in poor households."""
    return total_of("poor_count", Term("poor"), "persons", "poor persons", better="lower")


def poor_households() -> Measure:
    """Number of poor households."""
    term = Term("poor", "households")
    return total_of("poor_households", term, "households", "poor households", better="lower")


def fgt(alpha: float) -> Measure:
    """Foster-Greer-Thorbecke index of order alpha: mean of ((z - y)/z)^alpha over the poor.

    Parameters
    ----------
    alpha : float
        0 or above. 0 is the headcount, 1 the poverty gap, 2 the severity.

    References
    ----------
    Foster, Greer and Thorbecke (1984), Econometrica 52, 761-766, eq. 1.
    """
    if not 0 <= alpha < float("inf"):
        raise MeasureError(
            "the FGT index is not defined for this alpha",
            expected="a number of 0 or above",
            got=str(alpha),
            remedy="use fgt(0), fgt(1), fgt(2) or any other alpha >= 0",
        )
    if alpha == 0:
        return headcount()
    known = {1.0: ("poverty_gap", "poverty gap index"), 2.0: ("severity", "poverty severity index")}
    name, label = known.get(float(alpha), (f"fgt({alpha:g})", f"FGT index, alpha = {alpha:g}"))
    term = Term("gap", alpha=float(alpha))
    return ratio_of(name, term, Term("one"), "index", label, better="lower")


def poverty_gap() -> Measure:
    """Poverty gap index: FGT(1), the mean shortfall as a share of the line, zero for the rest."""
    return fgt(1)


def severity() -> Measure:
    """Squared poverty gap index: FGT(2)."""
    return fgt(2)


def watts() -> Measure:
    """Watts index: mean of ln(z/y) over the poor, zero for the rest (Watts 1968)."""
    terms = (Term("log_gap", positive=True), Term("one", positive=True))
    return ratio_of("watts", *terms, "index", "Watts index", better="lower")


def shortfall() -> Measure:
    """Average shortfall of the poor: mean of z - y over poor persons, in money."""
    label = "average shortfall of the poor"
    terms = (Term("shortfall"), Term("poor"))
    return ratio_of("shortfall", *terms, "money", label, better="lower")


def total_shortfall() -> Measure:
    """Total shortfall: the money that would lift every poor person exactly to the line."""
    term = Term("shortfall")
    return total_of("total_shortfall", term, "money", "total shortfall", better="lower")


MEASURES = (
    headcount, household_headcount, poor_count, poor_households, fgt, poverty_gap, severity,
    watts, shortfall, total_shortfall,
)  # fmt: skip
