"""What a study asks for: its estimates, decisions, and what of both may be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from exitline.api.figures.estimation import estimate_table
from exitline.api.figures.measure_names import measures_of, of_indicators
from exitline.api.runs.followed import deciding_models
from exitline.api.runs.prepare import Ready
from exitline.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exitline.exits.decide.table import Decisions
    from exitline.exits.decide.units import Facts
    from exitline.rules.standard import Criterion, ExitRule
    from exitline.stats.infer.blocks import Block, Estimate
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.model import Measure
    from exitline.stats.smallarea.modelled import Modelled


def measure_study(ready: Ready) -> Estimates:
    """The estimates a study asks for.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    Estimates
    """
    from exitline.api.figures.lines import poverty_lines_of
    from exitline.api.runs.telling import people_of, worded

    study, asked = ready.study, study_measures(ready)
    found = estimate_table(
        asked.table, asked.measures, ready.engine, welfare=ready.welfare if asked.money else None,
        line=poverty_lines_of(ready) if asked.money else None, design=ready.design,
        by=study.areas, deff=True, level=study.confidence, interval=study.interval,
        quantile_interval=study.quantile_interval, figure_interval=study.figure_interval,
        missing=study.missing_welfare, where=study.subpopulation, labels=ready.data.labels,
    )  # fmt: skip
    excluded = {**found.excluded, **asked.excluded}
    found = worded(found, people_of(study), f"{study.unit}s")
    return replace(found, notes=(*asked.notes, *found.notes), excluded=excluded)


def counted_study(ready: Ready) -> tuple[Estimates, Estimates | None]:
    """The estimates a study asks for, and how many households are poor, if only to protect them.

    Of a census the number of poor households must be known wherever a figure at a line is
    given: few households may be many persons.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    tuple of Estimates and (Estimates or None)
    """
    names = measures_of(ready.study, ready.standard)
    behind_them = _counts_behind(ready, names)
    if not behind_them:
        return measure_study(ready), None
    added = replace(ready.study, measures=(*names, *behind_them))
    found = measure_study(replace(ready, study=added))
    both: tuple[list[Block], list[Block]] = ([], [])
    for block in found.blocks:
        both[block.measure in behind_them].append(block)
    asked, behind = (replace(found, blocks=tuple(blocks)) for blocks in both)
    return asked, behind


def _counts_behind(ready: Ready, names: tuple[str, ...]) -> tuple[str, ...]:
    """Measures that count poor households, where a census has figures of the poor alone."""
    from exitline.stats.measure.deprivation.multidimensional import asked, taken_apart

    if not ready.design.exact:
        return ()
    found: dict[str, None] = {}
    scores = of_indicators(names)
    money = [name for name in names if name not in scores]
    if money and ready.welfare and not {"household_headcount", "poor_households"} & set(names):
        found["household_headcount"] = None
    for written in scores.values():
        found[asked("household_H", "", taken_apart(written)[2])] = None
    return tuple(name for name in found if name not in scores.values())


def decide_study(
    ready: Ready, models: Sequence[Modelled] | None = None
) -> tuple[Decisions, dict[str, Estimate]]:
    """Decisions on villages and counties, and households by outcome.

    Parameters
    ----------
    ready : Ready
    models : sequence of Modelled, optional
        The study's models of small areas, where they are made already.

    Returns
    -------
    tuple of Decisions and dict
    """
    from exitline.api.figures.lines import line_figures
    from exitline.exits.decide.chain import decide_units
    from exitline.exits.decide.table import Decisions
    from exitline.exits.decide.units import units_of
    from exitline.stats.measure.chain import chain_measures, household_status, with_flags

    standard = ready.standard
    if standard is None or standard.household is None:
        return Decisions(), {}
    rules = _area_rules(ready)
    shares = deciding_models(ready, rules, models)
    lines = line_figures(ready)
    table = with_flags(household_status(ready.table, standard, lines, ready.was_poor), rules, lines)
    sets = {rule.level: _units_columns(ready, rule.level) for rule in rules}
    classes = {rule.level: _class_column(ready, rule) for rule in rules}
    by = [(*sets[level], *([column] if column else [])) for level, column in classes.items()]
    found = estimate_table(
        table, chain_measures(rules, tuple(table.columns)), ready.engine, welfare=None, line=None,
        design=ready.design, by=by, level=ready.study.confidence, interval=ready.study.interval,
        labels=ready.data.labels,
    )  # fmt: skip
    decided = Decisions()
    for rule in rules:
        units = units_of(found, rule.level, sets[rule.level], classes[rule.level])
        facts = _facts(ready, rule)
        decided = decided + decide_units(
            found,
            rule,
            units,
            facts,
            census=ready.design.exact,
            below=decided,
            modelled=shares.get(rule.level),
        )
    return decided, _households(found)


def _area_rules(ready: Ready) -> tuple[ExitRule, ...]:
    """Village and county rules for which the study names the units, village first."""
    standard, levels = ready.standard, ready.levels
    assert standard is not None
    pairs = ((standard.village, levels.village), (standard.county, levels.county))
    return tuple(rule for rule, column in pairs if rule is not None and column is not None)


def _units_columns(ready: Ready, level: str) -> tuple[str, ...]:
    """Columns that name a unit of the level: a village within its county."""
    levels = ready.levels
    if level == "county":
        assert levels.county is not None
        return (levels.county,)
    return tuple(c for c in (levels.county, levels.village) if c is not None)


def _class_column(ready: Ready, rule: ExitRule) -> str | None:
    """The area-class column, where some threshold depends on it."""
    by_class = any(key for c in rule.criteria for key in c.thresholds)
    return ready.levels.area_class if by_class else None


def _facts(ready: Ready, rule: ExitRule) -> Facts:
    """Conditions on villages' or counties' own rows, from the study's tables of facts."""
    from exitline.exits.decide.units import Facts

    conditions = [c for c in rule.criteria if c.kind == "condition"]
    return unit_facts(ready, rule.level, conditions) if conditions else Facts({})


def _households(found: Estimates) -> dict[str, Estimate]:
    """Households by outcome over the whole population."""
    names = {"flag_met": "met", "flag_not_met": "not met", "flag_cannot_tell": "cannot tell"}
    return {
        names[b.measure]: b.at(0, found.level)
        for b in found.blocks
        if b.by == "" and b.measure in names
    }


def unit_facts(ready: Ready, level: str, criteria: Sequence[Criterion]) -> Facts:
    """Whether each condition holds, by criterion and unit.

    Parameters
    ----------
    ready : Ready
    level : {"village", "county"}
    criteria : sequence of Criterion
        Of kind "condition".

    Returns
    -------
    exitline.exits.decide.units.Facts
        Empty where the study has no table of facts: the criteria cannot be told then.
        Villages are told apart by their county, too, where their table of facts names it.

    Raises
    ------
    StudyError
        Where a unit has several rows.
    """
    from exitline.exits.decide.units import Facts
    from exitline.stats.data.keys import written
    from exitline.stats.data.values import written as written_text

    table = ready.data.facts.get(level)
    if table is None:
        return Facts({})
    keys = [level]
    if level == "village" and "county" in table.columns and ready.levels.county:
        keys = ["county", level]
    states: dict[str, Any] = {
        f"state{i}": c.condition.build(table) for i, c in enumerate(criteria) if c.condition
    }
    named = {f"unit{i}": written(table[key]) for i, key in enumerate(keys)}
    found = ready.engine.run(table.select(**named, **states))
    columns = [[written_text(v) for v in found.column(name).to_pylist()] for name in named]
    units = list(zip(*columns, strict=True))
    if len(set(units)) < len(units):
        raise StudyError(
            f"{len(units) - len(set(units)):,} rows of the {level} table repeat a {level}",
            where=f"the study's table of facts, level {level}",
            expected=f"one row per {level}",
            got=f"{len(units):,} rows for {len(set(units)):,} keys",
            remedy="remove the duplicates, or aggregate them before",
        )
    return Facts(
        {
            c.name: dict(zip(units, found.column(f"state{i}").to_pylist(), strict=True))
            for i, c in enumerate(criteria)
        },
        tuple(keys),
    )


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
