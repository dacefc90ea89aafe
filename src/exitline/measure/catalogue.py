"""The measures by name: what each one is made of, in the field's own terms.

A smooth measure is a function of a few weighted sums over households, its *terms*.
The catalogue says which terms, whether they count persons or households, and which
rule (in `exitline.infer.smooth`) makes the measure from their totals. Nothing here
touches data.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from exitline.errors import MeasureError, nearest

Unit = Literal["persons", "households"]
Interval = Literal["share", "plain"]


@dataclass(frozen=True)
class Term:
    """One weighted sum: of `kind` (see `exitline.measure.terms`), over persons or households.

    `alpha` is the parameter of the FGT gap; `positive` leaves out welfare <= 0; `column`
    names the column of a "flag" (0 or 1) or "amount".
    """

    kind: str
    unit: Unit = "persons"
    alpha: float | None = None
    positive: bool = False
    column: str | None = None

    @property
    def idempotent(self) -> bool:
        """Whether the term's value is 0 or 1, so that its square is itself."""
        return self.kind in {"one", "poor", "flag"}

    @property
    def needs_line(self) -> bool:
        """Whether the term depends on a poverty line."""
        return self.kind in {"poor", "gap", "log_gap", "shortfall"}


@dataclass(frozen=True)
class Measure:
    """A measure as the engine and the inference need to know it.

    Parameters
    ----------
    name : str
        As it stands in results, for instance ``"headcount"`` or ``"fgt(1.5)"``.
    terms : tuple of Term
        The weighted sums it is made of.
    rule : str
        Name of the function of the totals in `exitline.infer.smooth`.
    parameter : float, optional
        Parameter of the rule (epsilon).
    speaks_of : Term, optional
        Whom it speaks of, where that is not told by its terms.
    interval : {"share", "plain"}
        Shares get logit or beta intervals, all others symmetric t intervals.
    unit : str
        What the figure is in: "share", "persons", "households", "money", "index".
    label : str
        Plain words for tables and reports.

    Examples
    --------
    >>> headcount().needs_line
    True
    """

    name: str
    terms: tuple[Term, ...]
    rule: Literal["total", "ratio", "generalised_entropy", "atkinson", "j_divergence"]
    interval: Interval
    unit: str
    label: str
    parameter: float | None = None
    speaks_of: Term | None = None

    @property
    def needs_line(self) -> bool:
        """Whether a poverty line must be given."""
        return any(term.needs_line for term in self.terms)

    @property
    def needs_welfare(self) -> bool:
        """Whether a welfare column must be given."""
        return any(term.kind not in {"one", "flag", "amount"} for term in self.terms)

    @property
    def about(self) -> Term:
        """Whom the measure speaks of: its denominator, or everyone who takes part.

        n, population, degrees of freedom and the guard against a single PSU count them: the
        average shortfall speaks of the poor, a measure with a logarithm of welfare above zero.
        """
        if self.speaks_of is not None:
            return self.speaks_of
        if self.rule == "ratio":
            return self.terms[1]
        return Term("one", self.terms[0].unit, positive=self.positive)

    @property
    def positive(self) -> bool:
        """Whether households with welfare <= 0 are left out (the measure needs a logarithm)."""
        return any(term.positive for term in self.terms)


def mean() -> Measure:
    """Mean welfare per person."""
    terms = (Term("welfare"), Term("one"))
    return Measure("mean", terms, "ratio", "plain", "money", "mean welfare")


def total() -> Measure:
    """Total welfare of all persons."""
    return Measure("total", (Term("welfare"),), "total", "plain", "money", "total welfare")


def count() -> Measure:
    """Number of persons in the population."""
    return Measure("count", (Term("one"),), "total", "plain", "persons", "persons")


def households() -> Measure:
    """Number of households in the population."""
    terms = (Term("one", "households"),)
    return Measure("households", terms, "total", "plain", "households", "households")


def headcount() -> Measure:
    """Share of persons who live in poor households: FGT(0) (Foster, Greer, Thorbecke 1984)."""
    terms = (Term("poor"), Term("one"))
    return Measure("headcount", terms, "ratio", "share", "share", "poor persons, share")


def household_headcount() -> Measure:
    """Share of households that are poor."""
    terms = (Term("poor", "households"), Term("one", "households"))
    label = "poor households, share"
    return Measure("household_headcount", terms, "ratio", "share", "share", label)


def poor_count() -> Measure:
    """Number of persons who live in poor households."""
    return Measure("poor_count", (Term("poor"),), "total", "plain", "persons", "poor persons")


def poor_households() -> Measure:
    """Number of poor households."""
    terms = (Term("poor", "households"),)
    return Measure("poor_households", terms, "total", "plain", "households", "poor households")


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
    terms = (Term("gap", alpha=float(alpha)), Term("one"))
    known = {1.0: ("poverty_gap", "poverty gap index"), 2.0: ("severity", "poverty severity index")}
    name, label = known.get(float(alpha), (f"fgt({alpha:g})", f"FGT index, alpha = {alpha:g}"))
    return Measure(name, terms, "ratio", "plain", "index", label)


def poverty_gap() -> Measure:
    """Poverty gap index: FGT(1), the mean shortfall as a share of the line, zero for the rest."""
    return fgt(1)


def severity() -> Measure:
    """Squared poverty gap index: FGT(2)."""
    return fgt(2)


def share_of(column: str, unit: Unit = "persons", name: str | None = None) -> Measure:
    """Share of persons (or households) for whom a 0/1 column is 1.

    Parameters
    ----------
    column : str
        A numeric column of zeros and ones.
    unit : {"persons", "households"}
    name : str, optional
        Name in results; the column's name unless given.
    """
    terms = (Term("flag", unit, column=column), Term("one", unit))
    return Measure(name or column, terms, "ratio", "share", "share", f"{column}, share of {unit}")


def count_of(column: str, unit: Unit = "households", name: str | None = None) -> Measure:
    """Number of persons or households for whom a 0/1 column is 1."""
    terms = (Term("flag", unit, column=column),)
    return Measure(name or column, terms, "total", "plain", unit, f"{column}, {unit}")


def watts() -> Measure:
    """Watts index: mean of ln(z/y) over the poor, zero for the rest (Watts 1968)."""
    terms = (Term("log_gap", positive=True), Term("one", positive=True))
    return Measure("watts", terms, "ratio", "plain", "index", "Watts index")


def shortfall() -> Measure:
    """Average shortfall of the poor: mean of z - y over poor persons, in money."""
    terms = (Term("shortfall"), Term("poor"))
    label = "average shortfall of the poor"
    return Measure("shortfall", terms, "ratio", "plain", "money", label)


def total_shortfall() -> Measure:
    """Total shortfall: the money that would lift every poor person exactly to the line."""
    terms = (Term("shortfall"),)
    return Measure("total_shortfall", terms, "total", "plain", "money", "total shortfall")


def ge(epsilon: float) -> Measure:
    """Generalised entropy index; 0 is the mean log deviation, 1 the Theil index.

    References
    ----------
    Shorrocks (1984), Econometrica 52, 1369-1385; linearised as in Langel and Tillé (2012).
    """
    kinds = {0.0: ("log_welfare",), 1.0: ("welfare_log",)}.get(float(epsilon), ("power",))
    terms = (
        Term("one", positive=True),
        Term("welfare", positive=True),
        *(Term(k, alpha=float(epsilon) if k == "power" else None, positive=True) for k in kinds),
    )
    known = {
        0.0: ("mld", "mean log deviation"),
        1.0: ("theil", "Theil index"),
    }
    default = (f"ge({epsilon:g})", f"generalised entropy, epsilon = {epsilon:g}")
    name, label = known.get(float(epsilon), default)
    return Measure(name, terms, "generalised_entropy", "plain", "index", label, float(epsilon))


def mld() -> Measure:
    """Mean log deviation: GE(0)."""
    return ge(0)


def theil() -> Measure:
    """Theil index: GE(1)."""
    return ge(1)


def atkinson(epsilon: float) -> Measure:
    """Atkinson index with inequality aversion epsilon > 0 (Atkinson 1970, eq. 17).

    Parameters
    ----------
    epsilon : float
        Above 0. With 1 it is one minus the ratio of geometric to arithmetic mean.
    """
    if not 0 < epsilon < float("inf"):
        raise MeasureError(
            "the Atkinson index is not defined for this epsilon",
            expected="a number above 0",
            got=str(epsilon),
            remedy="0.5, 1 and 2 are customary",
        )
    inner = (
        Term("log_welfare", positive=True)
        if epsilon == 1
        else Term("power", alpha=1.0 - float(epsilon), positive=True)
    )
    terms = (Term("one", positive=True), Term("welfare", positive=True), inner)
    label = f"Atkinson index, epsilon = {epsilon:g}"
    name = f"atkinson({epsilon:g})"
    return Measure(name, terms, "atkinson", "plain", "index", label, float(epsilon))


def j_divergence() -> Measure:
    """J-divergence: GE(0) + GE(1) (Rohde 2016)."""
    terms = tuple(Term(k, positive=True) for k in ("one", "welfare", "log_welfare", "welfare_log"))
    return Measure("j_divergence", terms, "j_divergence", "plain", "index", "J-divergence")


PLAIN: dict[str, Callable[[], Measure]] = {
    f.__name__: f
    for f in (
        mean, total, count, households, headcount, household_headcount, poor_count,
        poor_households, poverty_gap, severity, watts, shortfall, total_shortfall,
        mld, theil, j_divergence,
    )
}  # fmt: skip
WITH_PARAMETER: dict[str, Callable[[float], Measure]] = {"fgt": fgt, "ge": ge, "atkinson": atkinson}


def counting(measure: str | Measure, people: str, rows: str = "households") -> Measure:
    """A measure in the words of what it counts.

    Parameters
    ----------
    measure : str or Measure
    people : {"persons", "households"}
        Without a household size a weight stands for a household, so that what counts
        persons counts households (`exitline.data.roles.people_of`).
    rows : {"persons", "households"}
        What a row of the data is: where it is a person, what counts households counts persons.

    Returns
    -------
    Measure
        With its label and unit said so.

    Examples
    --------
    >>> counting("headcount", "households").label, counting("poor_count", "households").unit
    ('poor households, share', 'households')
    >>> counting("poor_households", "persons", "persons").label
    'poor persons'
    """
    found = named(measure)
    said = {"persons": people, "households": rows}
    label = re.sub("persons|households", lambda word: said[word[0]], found.label)
    return replace(found, unit=said.get(found.unit, found.unit), label=label)


def named(measure: str | Measure) -> Measure:
    """The measure of this name.

    Parameters
    ----------
    measure : str or Measure
        A name such as ``"headcount"`` or ``"fgt(1.5)"``; a Measure is returned as it is.

    Raises
    ------
    MeasureError
        When there is no such measure, or its parameter is missing or out of range.

    Examples
    --------
    >>> named("fgt(2)").name
    'severity'
    """
    if isinstance(measure, Measure):
        return measure
    if measure in PLAIN:
        return PLAIN[measure]()
    form = re.fullmatch(r"([a-z]+)\(\s*(?:[a-z]+\s*=\s*)?([-+0-9.eE]+)\s*\)", measure.strip())
    if form and form[1] in WITH_PARAMETER:
        try:
            return WITH_PARAMETER[form[1]](float(form[2]))
        except ValueError:
            pass
    known = [*PLAIN, *(f"{name}(...)" for name in WITH_PARAMETER)]
    raise MeasureError(
        f"there is no measure '{measure}'",
        expected="one of " + ", ".join(known),
        got=repr(measure),
        remedy=nearest(measure, known) or "choose one of these",
    )
