"""The measures of a study with what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exitline.api.figures.measure_names import measures_of, of_indicators

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.stats.measure.model import Measure


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

    from exitline.api.figures.lines import line_figures
    from exitline.stats.data.studies.subpopulation import subpopulation
    from exitline.stats.measure.deprivation.deprivations import of_standard
    from exitline.stats.measure.deprivation.mpi_figures import columns_of, of_study
    from exitline.stats.measure.deprivation.scores import scored
    from exitline.stats.measure.deprivation.states import kept, states_of

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
