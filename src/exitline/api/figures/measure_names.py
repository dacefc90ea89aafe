"""Measures by name: all of them, one explained, those of a study or of its standard.

The share of each value of a column is one name for as many measures as there are values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from exitline.errors import DataError, MeasureError, nearest
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.measures.counts import proportion, ratio_of
from exitline.stats.measure.model import Measure, Term
from exitline.words.help_texts import of_page

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.rules.standard import Standard
    from exitline.stats.data.studies.study import Study


def measures_of(study: Study, standard: Standard | None) -> tuple[str, ...]:
    """The measures that a study asks for, by name.

    Parameters
    ----------
    study : Study
    standard : Standard, optional
        The one that the study names.

    Returns
    -------
    tuple of str
        As the study names them. Where it names none, those at its lines, if it has welfare, and
        H, A and M0 of a standard with indicators and cut-offs, with H of each further cut-off.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> from exitline.rules.standard import load
    >>> study = parse_study("{study: a, standard: global-mpi, data: {households: a.csv}}")
    >>> measures_of(study, load("global-mpi"))
    ('H', 'A', 'M0', 'H(severe)')
    """
    from exitline.stats.data.studies.study import DEFAULT_MEASURES
    from exitline.stats.measure.deprivation.deprivations import of_standard
    from exitline.stats.measure.deprivation.multidimensional import HEADLINE, asked

    named = "measures" in study.places or study.measures != DEFAULT_MEASURES
    if named or standard is None or not (standard.indicators and standard.cutoffs):
        return study.measures
    money = "welfare" in study.columns and (study.lines or standard.lines)
    further = [asked("H", "", cut.label) for cut in of_standard(standard).spec.cuts[1:]]
    return (*(study.measures if money else ()), *HEADLINE, *further)


def own_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of amounts that measures name themselves: `mean(a)`, `ratio(a, b)`.

    Examples
    --------
    >>> own_columns(["headcount", "ratio(a, b)", "mean(a)", "no_such_measure"])
    ('a', 'b')
    """
    found: dict[str, None] = {}
    for name in names:
        try:
            measure = named(name)
        except MeasureError:  # refused, with all others, where the plan is made
            continue
        parts = [part for term in (*measure.terms, measure.about) for part in term.parts]
        found |= dict.fromkeys(p.column for p in parts if p.kind == "amount" and p.column)
    return tuple(found)


def of_indicators(names: Sequence[str]) -> dict[str, str]:
    """The measures that are made of weighted indicators, as asked for, and as written plainly."""
    from exitline.stats.measure.deprivation.multidimensional import needs_indicators

    found = {}
    for name in names:
        try:
            measure = named(name)
        except MeasureError:  # refused, with all others, where the plan is made
            continue
        if needs_indicators(measure):
            found[name] = measure.name
    return found


def by_value(
    table: Any,
    measures: str | Measure | Sequence[str | Measure],
    run: Callable[[Any], pa.Table],
    labels: Callable[[str], Mapping[Any, str]],
) -> tuple[Any, Sequence[str | Measure]]:
    """The table with an indicator for each value, and the measures with one for each.

    Parameters
    ----------
    table : ibis.Table
    measures : str, Measure or sequence of them
        ``proportion(column)`` is replaced; all others stay as they are.
    run : callable
        From a query to its result, as `Engine.run`.
    labels : callable
        From a column to what its values mean.

    Returns
    -------
    (ibis.Table, sequence of str or Measure)
    """
    wanted = [measures] if isinstance(measures, str | Measure) else list(measures)
    found: list[str | Measure] = []
    for position, one in enumerate(wanted):
        term = _category(one)
        if term is None or term.column is None:
            found.append(one)
            continue
        prefix = f"exitline__is{position}_"
        table, made = _each(table, term.column, prefix, run, labels(term.column))
        found += made if term.value is None else [_only(made, term.column, term.value)]
    return table, found


def _category(measure: str | Measure) -> Term | None:
    """The term of a measure that takes the values of a column; None for all other measures."""
    if isinstance(measure, str) and "proportion" not in measure:
        return None
    first = named(measure).terms[0]
    return first if first.kind == "category" else None


def _only(made: list[Measure], column: str, value: str) -> Measure:
    """The share of one value."""
    name = proportion(column, value).name
    for measure in made:
        if measure.name == name:
            return measure
    known = [one.name for one in made]
    raise MeasureError(
        f"the column '{column}' has no value '{value}'",
        where=name,
        expected="one of " + ", ".join(known[:30]),
        got=repr(value),
        remedy=nearest(name, known) or "name a value as results show it",
    )


def _each(
    table: Any,
    column: str,
    prefix: str,
    run: Callable[[Any], pa.Table],
    labels: Mapping[Any, str],
) -> tuple[Any, list[Measure]]:
    """Indicators of the values of one column, and a share of each."""
    from exitline.stats.infer.intake.levels import levels_of
    from exitline.stats.measure import portable
    from exitline.stats.measure.categories import values_query, with_indicators
    from exitline.stats.measure.passes.plan import require_usable

    require_usable([column], table)
    values = run(values_query(table, portable.key(table[column])))
    levels = levels_of(values, labels, column, f"proportion({column})")
    if not levels:
        raise DataError(
            f"the column '{column}' is empty",
            where=f"proportion({column})",
            expected="values on some rows",
            got="none",
            remedy="name a column of categories that is filled in",
        )
    table, names, known = with_indicators(table, column, [value for value, _ in levels], prefix)
    bottom = Term("flag", column=known)
    return table, [
        ratio_of(
            proportion(column, shown).name, Term("flag", column=name), bottom, "share",
            proportion(column, shown).label,
        )
        for name, (_, shown) in zip(names, levels, strict=True)
    ]  # fmt: skip


@overload
def measures(name: None = None) -> list[dict[str, Any]]: ...
@overload
def measures(name: str) -> dict[str, Any]: ...
def measures(name: str | None = None) -> dict[str, Any] | list[dict[str, Any]]:
    """The measures, or one of them explained: formula, source, unit, what it leaves out.

    Parameters
    ----------
    name : str, optional
        A measure as `exitline.estimate` takes it, with or without its parameters.

    Returns
    -------
    dict, or list of dict
        name, usage, title, what; Formula, Standard error, Mind, Source; unit, "speaks of" (whom n,
        population and df count), needs, better, and what it does with zero and negative welfare.

    Raises
    ------
    MeasureError
        For a name that no measure has.

    Examples
    --------
    >>> import exitline as xl
    >>> xl.measures("severity")["name"], "headcount" in [one["name"] for one in xl.measures()]
    ('severity', True)
    """
    from exitline.stats.measure.catalogue import MEASURES

    return [_told(one) for one in MEASURES] if name is None else _told(name)


def _told(asked: str) -> dict[str, Any]:
    """Everything that is known of a measure: from its page, and from the measure itself."""
    from exitline.stats.measure.catalogue import MEASURES, usage
    from exitline.stats.measure.pages import example, page

    name = asked.partition("(")[0].strip()
    if name not in MEASURES:
        named(asked)  # says which there are
    found: dict[str, Any] = {"name": name, "usage": usage(name), **of_page(page(name))}
    needed = "(" in usage(name) and "[" not in usage(name)
    return found | _of_measure(named(asked if "(" in asked or not needed else example(name)))


def _of_measure(measure: Measure) -> dict[str, str]:
    """Unit, whom it refers to, what it needs, and which welfare takes part."""
    needs = [("welfare", measure.needs_welfare), ("a poverty line", measure.needs_line)]
    found = {
        "unit": measure.unit,
        "speaks of": _who(measure),
        "needs": " and ".join(name for name, wanted in needs if wanted),
        "better": measure.better,
    }
    if measure.needs_welfare:
        found["zero and negative welfare"] = (
            "welfare of zero and below is left out, and counted" if measure.positive
            else "negative welfare is left out, and counted; zero takes part"
            if measure.nonnegative else "take part"
        )  # fmt: skip
    return found


def _who(measure: Measure) -> str:
    """Whom n, population and degrees of freedom count."""
    from exitline.stats.measure.deprivation.multidimensional import PREFIX

    about = measure.about
    kinds = {part.kind for part in about.parts}
    if about.kind == "flag":
        poor = str(about.column).startswith(f"{PREFIX}poor")
        return "the poor" if poor else "all whose indicators are known"
    if about.kind == "rest":
        return "those who are not poor"
    if about.kind == "category":
        return "all whose answer is known"
    if "received" in kinds:
        return "those who receive"
    if "poor" in kinds:
        return "the poor"
    if "at_most" in kinds:
        chosen = about.at is not None and about.at.of.kind == "amount"
        return "those who are chosen" if chosen else "those between the quantiles"
    if measure.positive:
        return "all with welfare above zero"
    return "all with welfare of zero or above" if measure.nonnegative else "everyone"
