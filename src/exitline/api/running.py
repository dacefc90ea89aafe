"""The main job: a study in; estimates, decisions and a report out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.estimation import estimate_table
from exitline.api.prepare import Ready, open_study
from exitline.api.prepare import ready as made_ready
from exitline.errors import DataError

if TYPE_CHECKING:
    from exitline.data.findings import Finding
    from exitline.data.study import Study
    from exitline.decide.chain import Facts
    from exitline.decide.table import Decisions
    from exitline.engine.base import Engine
    from exitline.infer.estimates import Block, Estimate, Estimates
    from exitline.publish.content.hidden import Hidden
    from exitline.standard import ExitRule, Standard

Say = Callable[[str], None]


def _nothing_hidden() -> Hidden:
    from exitline.publish.content.hidden import Hidden

    return Hidden()


@dataclass(frozen=True)
class Run:
    """What a run found.

    Attributes
    ----------
    study : Study
    standard : Standard or None
    estimates : Estimates
    decisions : Decisions
        On villages and counties.
    outcomes : dict of str to Estimate
        Households by outcome (met, not met, cannot tell), weighted; empty without a rule.
    findings : tuple of Finding
        From the data-quality report.
    provenance : dict
        Versions, digests, timings: what run.json holds.
    hidden : Hidden
        What of it may not be published.
    folder : Path or None
        Where the run was written.
    """

    study: Study
    standard: Standard | None
    estimates: Estimates
    decisions: Decisions
    outcomes: dict[str, Estimate]
    findings: tuple[Finding, ...]
    provenance: dict[str, Any]
    hidden: Hidden = field(default_factory=lambda: _nothing_hidden())
    folder: Path | None = None

    @cached_property
    def published(self) -> Run:
        """The run as it may be read: report, claims, terminal and tables hold no other figures."""
        from exitline.publish.content.published import (
            decisions_shown,
            estimates_shown,
            outcomes_shown,
        )

        return replace(
            self, estimates=estimates_shown(self.estimates, self.hidden),
            decisions=decisions_shown(self.decisions, self.hidden),
            outcomes=outcomes_shown(self.outcomes, self.hidden),
        )  # fmt: skip

    @property
    def households(self) -> dict[str, float]:
        """Number of households by outcome."""
        return {outcome: found.estimate for outcome, found in self.outcomes.items()}


def run(
    study: Study | str | Path,
    out: str | Path | None = None,
    *,
    engine: str | Engine = "duckdb",
    min_count: float | None = None,
    say: Say = lambda _: None,
) -> Run:
    """Measure, decide and report, as a study asks; everything or nothing is written.

    Parameters
    ----------
    study : Study or path of a study file
    out : path, optional
        Folder for the results; the study's own (``out/`` beside it) unless given.
    engine : {"duckdb", "spark"} or Engine
    min_count : float, optional
        Counts from 1 to below this are hidden in what is written to be read: the study's own,
        or 10. The tables in Parquet keep them: they are not for release.
    say : callable
        Told, in a few words, what is being done.

    Returns
    -------
    Run
        Its folder holds estimates.parquet, areas.parquet, decisions.parquet,
        household_decisions.parquet, claims.json, run.json and report.html.

    Raises
    ------
    ExitlineError
        For whatever cannot be used; then nothing was written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> done = run("examples/albania-2012/study.yaml", Path(tempfile.mkdtemp()) / "out")
    >>> round(done.estimates.find(measure="headcount", line="absolute", by="").estimate, 8)
    0.14273886
    """
    from exitline.api.examine import examined
    from exitline.api.folder import write_run
    from exitline.api.provenance import Clock, commands, provenance

    clock = Clock(say)
    opened = open_study(study)
    with examined(opened, engine, clock) as seen:
        seen.faults.raise_all()
        ready, findings = seen.ready, seen.findings
        (estimates, behind), (decided, outcomes) = seen.estimates, seen.decisions
        asked = commands(opened, out, engine=ready.engine.name, min_count=min_count)
        found = Run(
            ready.study, ready.standard, estimates, decided, outcomes, findings,
            provenance(ready, clock) | asked,
        )  # fmt: skip
        with clock.step("protecting small counts"):
            found = replace(found, hidden=protect(found, behind, min_count))
        folder = Path(out) if out is not None else opened.folder / opened.outputs.folder
        with clock.step("writing the report"):
            return write_run(found, ready, folder, clock)


def check(study: Study | str | Path, *, engine: str | Engine = "duckdb") -> tuple[Finding, ...]:
    """The data-quality and design report of a study, and whatever `run` would refuse.

    It does what `run` does, short of writing: both refuse the same studies.

    Parameters
    ----------
    study : Study or path of a study file
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    tuple of Finding
        Errors first, then warnings, then notes.

    Examples
    --------
    >>> findings = check("examples/albania-2012/study.yaml")
    >>> any(f.severity == "error" for f in findings)
    False
    """
    from exitline.api.examine import examined
    from exitline.api.provenance import Clock

    with examined(open_study(study), engine, Clock(lambda _: None)) as found:
        return found.findings


def decisions(study: Study | str | Path, *, engine: str | Engine = "duckdb") -> Decisions:
    """The decisions of a study on villages and counties, without estimates or report.

    Parameters
    ----------
    study : Study or path of a study file
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Decisions
        Empty where the standard has no rule for villages or counties, or the study names
        no such columns.

    Examples
    --------
    >>> decisions("examples/imaginary-country/census.yaml").counts("county")
    {'met': ..., 'not met': ..., 'cannot tell': ...}
    """
    with made_ready(study, engine) as ready:
        return decide_study(ready)[0]


def measure_study(ready: Ready) -> Estimates:
    """The estimates a study asks for.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    Estimates
    """
    from exitline.api.lines import poverty_lines_of
    from exitline.api.study_measures import study_measures

    study, asked = ready.study, study_measures(ready)
    found = estimate_table(
        asked.table, asked.measures, ready.engine, welfare=ready.welfare if asked.money else None,
        line=poverty_lines_of(ready) if asked.money else None, design=ready.design,
        by=study.areas, deff=True, level=study.confidence, interval=study.interval,
        quantile_interval=study.quantile_interval, missing=study.missing_welfare,
        where=study.subpopulation, labels=ready.data.labels,
    )  # fmt: skip
    excluded = {**found.excluded, **asked.excluded}
    return replace(found, notes=(*asked.notes, *found.notes), excluded=excluded)


def counted_study(ready: Ready) -> tuple[Estimates, Estimates | None]:
    """The estimates a study asks for, and how many households are poor, if only to protect them.

    Of a full count the number of poor households must be known wherever a figure at a line is
    given: few households may be many persons.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    tuple of Estimates and (Estimates or None)
    """
    from exitline.api.study_measures import measures_of

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
    """Measures that count poor households, where a full count has figures of the poor alone."""
    from exitline.api.study_measures import of_indicators
    from exitline.measure.multidimensional import asked, taken_apart

    if not ready.design.census:
        return ()
    found: dict[str, None] = {}
    scores = of_indicators(names)
    money = [name for name in names if name not in scores]
    if money and ready.welfare and not {"household_headcount", "poor_households"} & set(names):
        found["household_headcount"] = None
    for written in scores.values():
        found[asked("household_H", "", taken_apart(written)[2])] = None
    return tuple(name for name in found if name not in scores.values())


def protect(found: Run, behind: Estimates | None, min_count: float | None) -> Hidden:
    """What of a run may not be published.

    Parameters
    ----------
    found : Run
    behind : Estimates or None
        How many households are poor, where the run does not say.
    min_count : float or None
        The study's own, or 10, unless given.

    Returns
    -------
    Hidden
    """
    from exitline.api.about import about
    from exitline.api.folder import areas_of
    from exitline.publish.content.counts import Tables
    from exitline.publish.content.hidden import MIN_COUNT, hidden_of

    study = found.study
    threshold = next((x for x in (min_count, study.min_count) if x is not None), MIN_COUNT)
    if not 0 <= threshold < float("inf"):
        raise DataError(
            "this is no threshold of small counts", where="min_count",
            expected="a number of zero or more", got=str(threshold), remedy="write 10",
        )  # fmt: skip
    tables = Tables(
        found.estimates.to_pandas(), found.decisions.to_pandas(), areas_of(found), about(found),
        behind.to_pandas() if behind is not None else None,
    )  # fmt: skip
    people = {"household", *(study.columns.get(role, role) for role in ("household", "person"))}
    people |= {study.key.households, study.key.persons} if study.key is not None else set()
    return hidden_of(tables, threshold, found.households, people)


def decide_study(ready: Ready) -> tuple[Decisions, dict[str, Estimate]]:
    """Decisions on villages and counties, and households by outcome.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    tuple of Decisions and dict
    """
    from exitline.api.lines import line_figures
    from exitline.decide.chain import decide_units, units_of
    from exitline.decide.table import Decisions
    from exitline.measure.chain import chain_measures, household_status, with_flags

    standard = ready.standard
    if standard is None or standard.household is None:
        return Decisions(), {}
    rules = _area_rules(ready)
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
            found, rule, units, facts, census=ready.design.census, below=decided
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
    from exitline.api.facts import unit_facts
    from exitline.decide.chain import Facts

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
