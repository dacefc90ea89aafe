"""From what a user asks to a plan of sums: names resolved and checked before any query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

from exitline.errors import SPELLING, DataError, DesignError, Faults, MeasureError, unknown
from exitline.stats.data.readers.names import OWN
from exitline.stats.measure import portable
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.deprivation.multidimensional import needs_indicators, refusal
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.model import Measure
from exitline.stats.measure.passes.sums import Plan

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design


@dataclass(frozen=True)
class Request:
    """A plan and the sets of domains to report, as positions in `plan.domains`."""

    plan: Plan
    sets: tuple[tuple[int, ...], ...]


def make_plan(
    columns: Iterable[str],
    measures: str | Measure | Sequence[str | Measure],
    *,
    welfare: str | None,
    line: Any,
    design: Design,
    by: str | Sequence[str | Sequence[str]] | None = (),
    year: int | None = None,
    level: float = 0.95,
    with_squares: bool = False,
    where: str | None = None,
    own: Sequence[PovertyLine] = (),
) -> Request:
    """Resolve measures, lines and domains, and check that every column is there.

    Parameters
    ----------
    columns : iterable of str
        Columns of the table.
    measures, welfare, line, design, by, year, level
        As in `exitline.estimate`.
    with_squares : bool
        Sum squares too, for design effects.
    where : str, optional
        The column that is true for the rows that figures refer to.
    own : sequence of PovertyLine
        The lines of measures that have one of their own.

    Returns
    -------
    Request

    Raises
    ------
    DataError, MeasureError
        For an unknown column or measure, or where a line or welfare column is missing.

    Examples
    --------
    >>> from exitline.stats.data.sampling.design import Design
    >>> make_plan(["y", "r"], "headcount", welfare="y", line=2, design=Design(), by="r").sets
    ((), (0,))
    """
    faults = Faults()
    resolved = _resolved(measures, faults)
    sets = _sets(by)
    domains = tuple(dict.fromkeys(c for one in sets for c in one))
    positions = {name: i for i, name in enumerate(domains)}
    by_position = ((), *(tuple(positions[c] for c in one) for one in sets))
    lines: tuple[PovertyLine, ...] = ()
    refused = True
    with faults.kept():
        lines = (*poverty_lines(line, year), *own)
        refused = False
    there = list(columns)
    without = [m for m in resolved if needs_indicators(m) and m.terms[0].column not in there]
    for measure in without:
        faults.add(refusal(measure))
    resolved = tuple(measure for measure in resolved if measure not in without)
    plan = Plan(resolved, lines, welfare, design, domains, with_squares, by_position, where=where)
    _check(plan, level, faults, lined=refused)
    require_columns(plan.columns, there, faults)
    faults.raise_all()
    return Request(plan, by_position)


def _resolved(
    measures: str | Measure | Sequence[str | Measure], faults: Faults
) -> tuple[Measure, ...]:
    """The measures that are known; a fault for each other."""
    wanted = (measures,) if isinstance(measures, str | Measure) else tuple(measures)
    found = []
    for one in wanted:
        with faults.kept():
            found.append(named(one))
    return tuple(dict.fromkeys(found))


def _sets(by: str | Sequence[str | Sequence[str]] | None) -> tuple[tuple[str, ...], ...]:
    """Sets of domain columns; a bare name is a set of one column."""
    if by is None:
        return ()
    if isinstance(by, str):
        return ((by,),) if by else ()
    return tuple(dict.fromkeys((one,) if isinstance(one, str) else tuple(one) for one in by))


def poverty_lines(line: Any, year: int | None = None) -> tuple[PovertyLine, ...]:
    """Poverty lines from a number, a column name, a standard's Line, or several of these.

    Parameters
    ----------
    line : None, number, str, PovertyLine, Line, mapping or sequence
    year : int, optional
        For the value of a standard's Line.

    Returns
    -------
    tuple of PovertyLine

    Examples
    --------
    >>> [z.label for z in poverty_lines({"extreme": 3047, "absolute": 4891})]
    ['extreme', 'absolute']
    """
    if line is None:
        return ()
    if isinstance(line, Mapping):
        return tuple(_one_line(value, year, label) for label, value in line.items())
    line = line.tolist() if hasattr(line, "tolist") else line  # numbers and arrays of NumPy
    if isinstance(line, Sequence) and not isinstance(line, str):
        return tuple(_one_line(value, year, None) for value in line)
    return (_one_line(line, year, None),)


def _one_line(line: Any, year: int | None, label: str | None) -> PovertyLine:
    """One poverty line of any accepted kind."""
    if isinstance(line, PovertyLine):
        return line if label is None else replace(line, label=label)
    if isinstance(line, str):
        return PovertyLine(label or line, line)
    if isinstance(line, Real | Decimal) and not isinstance(line, bool):
        return PovertyLine(label or f"{line:.15g}", float(line))
    if hasattr(line, "figure"):
        if year is None:
            raise MeasureError(
                f"the line '{line.name}' has a value for each year, and no year was given",
                expected="year=, the year of the survey",
                got="nothing",
                remedy="add year: to the study, or year= to the call",
            )
        return PovertyLine(label or line.name, float(line.figure(year).value), line.boundary)
    raise MeasureError(
        "this is no poverty line",
        expected="a number, the name of a column, a Line of a standard, or several of them",
        got=type(line).__name__,
        remedy="for instance line=4891",
    )


def _check(plan: Plan, level: float, faults: Faults, *, lined: bool) -> None:
    """Refuse measures without what they need; `lined`: a line was given, and refused already."""
    if not 0 < level < 1:
        faults.add(
            MeasureError(
                "the confidence level is out of range",
                expected="a number between 0 and 1, such as 0.95",
                got=str(level),
                remedy="write 95 % as 0.95",
            )
        )
    for measure in plan.measures:
        if measure.needs_welfare and plan.welfare is None:
            faults.add(
                MeasureError(
                    f"'{measure.name}' needs a welfare column",
                    expected="welfare=, the column of consumption or income",
                    got="nothing",
                    remedy="name the column",
                )
            )
        if measure.needs_line and not lined and not plan.lines_of(measure):
            faults.add(
                MeasureError(
                    f"'{measure.name}' needs a poverty line",
                    expected="line=, a number or a column, in the unit of the welfare column",
                    got="nothing",
                    remedy="give the line, or name a standard that has one",
                )
            )


def require_columns(
    wanted: Iterable[str], columns: Iterable[str], faults: Faults | None = None
) -> None:
    """Refuse columns that are not there, all of them, with the nearest names.

    Parameters
    ----------
    wanted, columns : iterable of str
    faults : Faults, optional
        Kept there instead of raised.

    Raises
    ------
    DataError
    """
    there = list(columns)
    found = Faults() if faults is None else faults
    for name in wanted:
        if name not in there:
            theirs = [one for one in there if not one.startswith(OWN)]
            found.add(unknown("column", name, theirs, error=DataError, remedy=SPELLING))
    if faults is None:
        found.raise_all()


def require_usable(wanted: Iterable[str], table: Any) -> None:
    """As `require_columns`; refuse columns that hold no single values (lists, records), too.

    Raises
    ------
    DataError
    """
    names = list(wanted)
    require_columns(names, table.columns)
    for name in names:
        if not portable.usable(table[name].type()):
            raise DataError(
                f"the column '{name}' cannot be used",
                expected="one number, text or date on each row",
                got=f"values of the kind {table[name].type()}",
                remedy="write it as one value to a row, or name another column",
            )


def require_apart(plan: Plan) -> None:
    """Refuse a column that is a replicate weight and something else at once.

    Parameters
    ----------
    plan : Plan

    Raises
    ------
    DesignError
        Naming the column: a pattern of replicate weights may have caught it.
    """
    design = plan.design
    others = {plan.welfare, design.weight, design.size, *plan.domains}
    others |= {part.column for one in plan.sums for part in one.term.parts}
    others |= {line.value for line in plan.lines if isinstance(line.value, str)}
    both = [name for name in design.replicates if name in others]
    if both:
        raise DesignError(
            f"the column '{both[0]}' is used as a replicate weight and as something else",
            where="design.replicates",
            expected="columns that hold replicate weights and nothing else",
            got=", ".join(both[:5]),
            remedy="write the pattern of replicate weights closer, or name their columns",
        )
