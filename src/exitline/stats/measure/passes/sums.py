"""What to find and what to sum: the plan of the queries, known before any data are seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from exitline.errors import MeasureError
from exitline.stats.data.sampling.design import Design
from exitline.stats.measure.algebra import At
from exitline.stats.measure.derivatives import parts_of
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.model import Measure, Scalar, Term
from exitline.stats.measure.terms import bandwidth


@dataclass(frozen=True)
class Sum:
    """One weighted sum of the query: a term, at a line where it needs one.

    `by` is the set of domains that the term depends on, if it does: those whose ranks or
    figures it takes. `whole`: over the whole sample, whatever subpopulation is asked for.
    """

    term: Term
    line: int | None
    squared: bool = False
    by: tuple[int, ...] | None = None
    whole: bool = False

    @property
    def at(self) -> At:
        """Where the term is taken."""
        return At(self.line, self.by)


@dataclass(frozen=True)
class First:
    """One figure that the first pass finds in each domain of a set."""

    scalar: Scalar
    line: int | None
    by: tuple[int, ...]

    @property
    def at(self) -> At:
        """Where its terms are taken."""
        return At(self.line, self.by)


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
        Sets of domains, as positions in `domains`; what depends on the domain is summed for
        each.
    moments : bool
        Where no cluster is declared: the engine gives the covariances of households within
        each stratum x domain, so that no household's row comes back.
    where : str or None
        Column that is true for the subpopulation; all others count as zeros.
    repeated : tuple of str
        Columns whose values repeat so often that ranks among all rows are found by value
        (`exitline.stats.measure.passes.repeated`).

    Examples
    --------
    >>> from exitline.stats.measure.catalogue import named
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
    where: str | None = None
    repeated: tuple[str, ...] = ()

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The distinct weighted sums, in a fixed order."""
        wanted: dict[Sum, None] = {
            Sum(Term("one"), None): None,
            Sum(Term("one", "households"), None): None,
        }
        for measure, line, by in self._figures():
            for term in (*measure.terms, measure.about):
                wanted[self.sum_of(term, line, by)] = None
            if self.with_squares:
                wanted[self.sum_of(measure.terms[0], line, by, squared=True)] = None
        wanted |= dict.fromkeys(relative_sums(self))
        return tuple(wanted)

    def _figures(self) -> Iterator[tuple[Measure, int | None, tuple[int, ...]]]:
        """Every measure at every line that it is wanted at, in every set of domains."""
        for measure in self.measures:
            for line in self.lines_of(measure):
                for by in self.sets:
                    yield measure, line, by

    @cached_property
    def position(self) -> dict[Sum, int]:
        """Where each of `sums` stands."""
        return {one: i for i, one in enumerate(self.sums)}

    @cached_property
    def first(self) -> tuple[First, ...]:
        """The distinct figures that a first pass finds, those that others rest on before them."""
        wanted: dict[First, None] = {}
        for line in self.lines:
            if line.within and line.relative is not None:
                for by in self.sets:
                    wanted[First(line.relative.scalar, None, by)] = None
                    if line.relative.p is not None:
                        kernel = Term("kernel", at=line.relative.scalar)
                        wanted[First(bandwidth(kernel), None, by)] = None
        for measure, index, by in self._figures():
            for scalar in measure.scalars:
                wanted |= dict.fromkeys(self.first_of(s, index, by) for s in scalar.chain)
        for one in self.sums:
            for part in one.term.parts:
                if part.kind == "kernel" and one.by is not None:
                    wanted[self.first_of(bandwidth(part), one.line, one.by)] = None
        return tuple(wanted)

    def lines_of(self, measure: Measure) -> tuple[int | None, ...]:
        """Indices of the lines at which a measure is wanted; (None,) when it needs none."""
        if not measure.at_line:
            return (None,)
        return tuple(i for i, z in enumerate(self.lines) if z.owner == measure.own_line)

    def population_of(self, measure: Measure, line: int | None, by: tuple[int, ...] = ()) -> Sum:
        """The sum that counts the persons or households a measure refers to."""
        return self.sum_of(measure.about, line, by)

    def cases_of(self, measure: Measure, line: int | None, by: tuple[int, ...] = ()) -> Sum | None:
        """What makes a household one that a measure refers to; None where all are."""
        about = replace(measure.about, unit="persons")
        return None if about == Term("one") else self.sum_of(about, line, by)

    @cached_property
    def cases(self) -> tuple[Sum, ...]:
        """The distinct kinds of households that some measure refers to, in a fixed order."""
        found = (self.cases_of(m, line, by) for m, line, by in self._figures())
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def sum_of(
        self, term: Term, line: int | None, by: tuple[int, ...] = (), *, squared: bool = False
    ) -> Sum:
        """The sum a term needs at a line, in a set of domains."""
        if term.at is not None and term.at.fixed:
            term = replace(term, at=replace(term.at, fixed=False))
        at = line if term.needs_line else None
        depends = term.within or (at is not None and self.lines[at].within)
        return Sum(term, at, squared and not term.idempotent, by if depends else None)

    @staticmethod
    def first_of(scalar: Scalar, line: int | None, by: tuple[int, ...]) -> First:
        """The figure to find for a scalar at a line, in a set of domains."""
        scalar = replace(scalar, fixed=False)
        return First(scalar, line if scalar.needs_line else None, by)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the data that the query reads."""
        line_columns = [line.value for line in self.lines if isinstance(line.value, str)]
        named = [
            self.welfare, *line_columns, *self.flags, *self.design.columns, *self.domains,
            self.where,
        ]  # fmt: skip
        return tuple(dict.fromkeys(c for c in named if c is not None))

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Columns of flags and amounts."""
        return tuple(dict.fromkeys(p.column for p in self._parts() if p.column is not None))

    @cached_property
    def amounts(self) -> tuple[str, ...]:
        """Columns of amounts: a value that is missing there is a fault."""
        kept = (p.column for p in self._parts() if p.kind == "amount")
        return tuple(dict.fromkeys(c for c in kept if c is not None))

    def _parts(self) -> Iterator[Term]:
        for measure in self.measures:
            for term in (*measure.terms, measure.about):
                yield from term.parts

    @property
    def by_household(self) -> bool:
        """Whether each household is a cluster of its own."""
        design = self.design
        return self.clustered and not design.stages and design.sampling.taken is None

    @property
    def clustered(self) -> bool:
        """Whether cluster totals are needed (a census has no sampling error)."""
        return self.design.sampling.clustered


def relative_sums(plan: Plan) -> list[Sum]:
    """The further sums that the linearisation of relative lines needs."""
    wanted: list[Sum] = []
    for index, line in enumerate(plan.lines):
        if line.relative is None:
            continue
        for by in plan.sets:
            wanted += location_sums(plan, index, by)
        for measure in (m for m in plan.measures if index in plan.lines_of(m)):
            for by in plan.sets:
                found = [d for one in derivatives_of(plan, measure, index, by) for d in one]
                wanted += [s for d in found for s in (d.sum, d.times) if s is not None]
    return wanted


def derivatives_of(
    plan: Plan, measure: Measure, index: int, by: tuple[int, ...]
) -> tuple[tuple[Derivative, ...], ...]:
    """The derivatives of a measure's terms by a line, in their order.

    Parameters
    ----------
    plan : Plan
    measure : Measure
    index : int
        The line.
    by : tuple of int
        The set of domains.

    Returns
    -------
    tuple of tuple of Derivative
        None at all where the measure has no derivative and nothing is linearised (a census,
        replicate weights).

    Raises
    ------
    MeasureError
        Where it has none and a variance needs it.
    """
    try:
        return tuple(derivative_of(plan, term, index, by) for term in measure.terms)
    except MeasureError:
        if plan.clustered:
            raise
        return ()


def location_sums(plan: Plan, index: int, by: tuple[int, ...]) -> tuple[Sum, ...]:
    """What the influence on a relative line is made of.

    For a quantile: the persons, those at or below it and (where each domain has its own line)
    the kernel there; for a mean the persons and their welfare.
    """
    relative = plan.lines[index].relative
    assert relative is not None
    if relative.within:
        terms = [Term("one"), Term("welfare")]
        if relative.p is not None:
            at = relative.scalar
            terms = [Term("one"), Term("at_most", at=at), Term("kernel", at=at)]
        return tuple(plan.sum_of(term, None, by) for term in terms)
    below = Term("welfare") if relative.p is None else Term("at_most", alpha=relative.value)
    whole = plan.where is not None
    return tuple(Sum(term, None, whole=whole) for term in (Term("one"), below))


@dataclass(frozen=True)
class Derivative:
    """coefficient x total of `sum` (x total of `times`; divided by the line if `over_line`)."""

    sum: Sum
    coefficient: float
    over_line: bool = False
    times: Sum | None = None


def derivative_of(
    plan: Plan, term: Term, index: int, by: tuple[int, ...]
) -> tuple[Derivative, ...]:
    """d(total of a term)/d(line), as a combination of other totals (see `parts_of`).

    Parameters
    ----------
    plan : Plan
    term : Term
    index : int
        The line.
    by : tuple of int
        The set of domains.

    Returns
    -------
    tuple of Derivative

    Raises
    ------
    MeasureError
        For terms that have no derivative, such as FGT indices with 0 < alpha < 1.
    """
    parts = parts_of(term)
    if parts is None:
        raise MeasureError(
            f"there is no standard error at a relative line for '{_named(plan, term)}'",
            expected="a measure that changes smoothly with the line: headcount, poverty_gap, "
            "severity, fgt of 1 and above, watts, shortfall, sen, sst, takayama",
            got=_named(plan, term),
            remedy="use another measure, a fixed line, or replicate weights",
        )
    return tuple(
        Derivative(
            plan.sum_of(part.term, index, by), part.coefficient, part.over_line,
            None if part.times is None else plan.sum_of(part.times, index, by),
        )
        for part in parts
    )  # fmt: skip


def _named(plan: Plan, term: Term) -> str:
    """The measure that a term is of."""
    return next((m.name for m in plan.measures if term in m.terms), term.kind)
