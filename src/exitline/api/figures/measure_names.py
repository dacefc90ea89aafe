"""The measures of a study by name: those it names, or those that its standard suggests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from exitline.errors import MeasureError
    from exitline.stats.measure.catalogue import named

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
    from exitline.errors import MeasureError
    from exitline.stats.measure.catalogue import named
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
