"""What to sum: the plan of a totals query, known before any data are seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from exitline.data.design import Design
from exitline.errors import MeasureError
from exitline.measure.catalogue import Measure, Term
from exitline.measure.terms import PovertyLine


@dataclass(frozen=True)
class Sum:
    """One weighted sum of the query: a term, at a line where it needs one.

    `by` is the set of domains whose bandwidth a "kernel" term takes.
    """

    term: Term
    line: int | None
    squared: bool = False
    by: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Plan:
    """What to sum: the columns of the totals query, known before any data are seen.

    Parameters
    ----------
    measures : tuple of Measure
    lines : tuple of PovertyLine
    welfare : str or None
        Welfare column.
    design : Design
    domains : tuple of str
        Every column that some set of domains uses.
    with_squares : bool
        Also sum squares, which design effects need.
    sets : tuple of tuple of int
        Sets of domains, as positions in `domains`; relative lines need a kernel sum for
        each.
    moments : bool
        Where no cluster is declared: the engine gives the covariances of households within
        each stratum x domain, so that no household's row comes back.

    Examples
    --------
    >>> from exitline.measure.catalogue import named
    >>> plan = Plan((named("headcount"),), (PovertyLine("z", 3.0),), "y", Design(), ())
    >>> [s.term.kind for s in plan.sums]
    ['one', 'one', 'poor']
    """

    measures: tuple[Measure, ...]
    lines: tuple[PovertyLine, ...]
    welfare: str | None
    design: Design
    domains: tuple[str, ...]
    with_squares: bool = False
    sets: tuple[tuple[int, ...], ...] = ((),)
    moments: bool = False

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The distinct weighted sums, in a fixed order."""
        wanted: dict[Sum, None] = {
            Sum(Term("one"), None): None,
            Sum(Term("one", "households"), None): None,
        }
        for measure in self.measures:
            for line in self.lines_of(measure):
                for term in (*measure.terms, measure.about):
                    wanted[self.sum_of(term, line)] = None
                if self.with_squares:
                    wanted[self.sum_of(measure.terms[0], line, squared=True)] = None
        wanted |= dict.fromkeys(relative_sums(self))
        return tuple(wanted)

    def lines_of(self, measure: Measure) -> tuple[int | None, ...]:
        """Indices of the lines at which a measure is wanted; (None,) when it needs none."""
        return tuple(range(len(self.lines))) if measure.needs_line else (None,)

    def population_of(self, measure: Measure, line: int | None) -> Sum:
        """The sum that counts the persons or households a measure speaks of."""
        return self.sum_of(measure.about, line)

    def cases_of(self, measure: Measure, line: int | None) -> Sum | None:
        """What makes a household one that a measure speaks of; None where all are."""
        about = replace(measure.about, unit="persons")
        return None if about == Term("one") else self.sum_of(about, line)

    @cached_property
    def cases(self) -> tuple[Sum, ...]:
        """The distinct kinds of households that some measure speaks of, in a fixed order."""
        found = (self.cases_of(m, line) for m in self.measures for line in self.lines_of(m))
        return tuple(dict.fromkeys(one for one in found if one is not None))

    @staticmethod
    def sum_of(term: Term, line: int | None, *, squared: bool = False) -> Sum:
        """The sum a term needs at a line."""
        return Sum(term, line if term.needs_line else None, squared and not term.idempotent)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the data that the query reads."""
        line_columns = [line.value for line in self.lines if isinstance(line.value, str)]
        named = [
            self.welfare, *line_columns, *self.flags, *self.design.columns, *self.domains,
        ]  # fmt: skip
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Columns of flag terms."""
        named = (term.column for measure in self.measures for term in measure.terms)
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @property
    def by_household(self) -> bool:
        """Whether each household is a cluster of its own."""
        return self.clustered and not self.design.stages

    @property
    def clustered(self) -> bool:
        """Whether cluster totals are needed (a full count has no sampling error)."""
        return not self.design.census


def relative_sums(plan: Plan) -> list[Sum]:
    """The further sums that the linearisation of relative lines needs."""
    wanted: list[Sum] = []
    for index, line in enumerate(plan.lines):
        if line.relative is None:
            continue
        if line.relative.of == "median":
            wanted.append(location_sum(plan, index))
        else:
            wanted.append(Sum(Term("welfare"), None))
        for measure in plan.measures:
            for term in measure.terms:
                wanted += [d.sum for s in plan.sets for d in derivative_of(term, index, s)]
    return wanted


def location_sum(plan: Plan, index: int) -> Sum:
    """The weighted number of persons at or below the median that a line is a share of."""
    location = plan.lines[index].relative
    assert location is not None
    return Sum(Term("at_most", alpha=location.value), None)


@dataclass(frozen=True)
class Derivative:
    """coefficient x total of `sum` (divided by the line where `over_line`)."""

    sum: Sum
    coefficient: float
    over_line: bool = False


def derivative_of(term: Term, index: int, by: tuple[int, ...]) -> tuple[Derivative, ...]:
    """d(total of a term)/d(line), as a combination of other totals.

    The count of the poor has the density at the line; sum w ((z-y)/z)^a has
    (a/z)(sum at a-1 less sum at a); sum w ln(z/y) has (poor)/z; sum w (z-y) has the poor.

    Parameters
    ----------
    term : Term
    index : int
        The line.
    by : tuple of int
        The set of domains.

    Raises
    ------
    MeasureError
        For FGT indices with 0 < alpha < 1, which have no derivative.
    """
    poor = Sum(Term("poor", term.unit, positive=term.positive), index)
    if term.kind == "poor":
        return (Derivative(Sum(Term("kernel", term.unit), index, by=by), 1.0),)
    if term.kind == "log_gap":
        return (Derivative(poor, 1.0, over_line=True),)
    if term.kind == "shortfall":
        return (Derivative(poor, 1.0),)
    if term.kind != "gap":
        return ()
    alpha = float(term.alpha or 0.0)
    if alpha < 1.0:
        raise MeasureError(
            f"fgt({alpha:g}) has no standard error at a relative line",
            expected="alpha = 0, or 1 and above",
            got=f"{alpha:g}",
            remedy="use another alpha, or a fixed line",
        )
    before = poor if alpha == 1.0 else Sum(Term("gap", term.unit, alpha - 1.0), index)
    this = Sum(term, index)
    return (Derivative(before, alpha, over_line=True), Derivative(this, -alpha, over_line=True))
