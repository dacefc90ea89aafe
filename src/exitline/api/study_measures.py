"""The measures of a study: those it names, or those that its standard and its columns suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.api.prepare import Ready
    from exitline.rules.standard import Standard
    from exitline.stats.data.study import Study
    from exitline.stats.measure.model import Measure


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
    >>> from exitline.stats.data.loader import parse_study
    >>> from exitline.rules.standard import load
    >>> study = parse_study("{study: a, standard: global-mpi, data: {households: a.csv}}")
    >>> measures_of(study, load("global-mpi"))
    ('H', 'A', 'M0', 'H(severe)')
    """
    from exitline.stats.data.study import DEFAULT_MEASURES
    from exitline.stats.measure.deprivations import of_standard
    from exitline.stats.measure.multidimensional import HEADLINE, asked

    named = "measures" in study.places or study.measures != DEFAULT_MEASURES
    if named or standard is None or not (standard.indicators and standard.cutoffs):
        return study.measures
    money = "welfare" in study.columns and (study.lines or standard.lines)
    further = [asked("H", "", cut.label) for cut in of_standard(standard).spec.cuts[1:]]
    return (*(study.measures if money else ()), *HEADLINE, *further)


@dataclass(frozen=True)
class StudyMeasures:
    """What a study asks for, over its table.

    Attributes
    ----------
    table : ibis.Table
        The study's, with scores and deprivations where measures need them.
    measures : tuple of str or Measure
    money : bool
        Whether some of them need welfare or a line.
    notes : tuple of str
        On the retained sample.
    excluded : dict of str to int
        Households left out, by reason.
    """

    table: Any
    measures: tuple[str | Measure, ...]
    money: bool = True
    notes: tuple[str, ...] = ()
    excluded: dict[str, int] = field(default_factory=dict)


def study_measures(ready: Ready) -> StudyMeasures:
    """The measures of a study with what they are made of.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    StudyMeasures

    Raises
    ------
    MeasureError, DataError
        Where the standard has no indicators, or a column of one cannot be used.
    """
    names = measures_of(ready.study, ready.standard)
    scores = of_indicators(names)
    if not scores or ready.standard is None:
        return StudyMeasures(ready.table, names)
    return _with_scores(ready, names, scores)


def _with_scores(ready: Ready, names: Sequence[str], scores: dict[str, str]) -> StudyMeasures:
    """The study's table with scores, and its measures made of them."""
    from dataclasses import replace

    from exitline.api.lines import line_figures
    from exitline.stats.data.subpopulation import subpopulation
    from exitline.stats.measure.deprivations import of_standard
    from exitline.stats.measure.mpi_figures import columns_of, of_study
    from exitline.stats.measure.scores import scored
    from exitline.stats.measure.states import kept, states_of

    assert ready.standard is not None
    table, where = ready.table, ready.study.subpopulation
    table = table if where is None else subpopulation(table, where)
    asked = of_standard(ready.standard)
    given = states_of(table, asked, line_figures(ready))
    sample = kept(ready.engine.run(given.counts(ready.design)), given)
    spec = replace(asked.spec, all_kept=sample.all_kept)
    made = {name: list(of_study(spec, [written])) for name, written in scores.items()}
    wanted = [one for ones in made.values() for one in ones]
    table = scored(table, spec, given.states, table.columns, columns_of(wanted))
    measures = [one for name in names for one in made.get(name, [name])]
    return StudyMeasures(
        table, tuple(dict.fromkeys(measures)), len(scores) < len(names),
        (*asked.notes, *sample.notes), sample.excluded,
    )  # fmt: skip


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
    from exitline.stats.measure.multidimensional import needs_indicators

    found = {}
    for name in names:
        try:
            measure = named(name)
        except MeasureError:  # refused, with all others, where the plan is made
            continue
        if needs_indicators(measure):
            found[name] = measure.name
    return found
