"""What a run computes, and everything that stands in its way: `check` shows it, `run` goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exitline.api.runs.computing import counted_study, decide_study
from exitline.api.runs.prepare import ready as made_ready
from exitline.errors import DataError, ExitlineError, Faults
from exitline.stats.data.checking.findings import Finding

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.api.runs.provenance import StepTimes
    from exitline.stats.data.studies.study import Study
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.estimates import Estimates

LONELY = "single-PSU strata"


@dataclass(frozen=True)
class Examined:
    """A study after everything but the writing.

    Attributes
    ----------
    findings : tuple of Finding
        Errors first, then warnings, then notes; each fault is one of the errors.
    faults : Faults
        What a run refuses; where there are none, the rest is there.
    ready : Ready
    estimates, decisions, models, effects, followed
        As `counted_study`, `decide_study`, `modelled`, `scenario_effects` and `followed` return
        them.
    """

    findings: tuple[Finding, ...]
    faults: Faults
    ready: Any = None
    estimates: Any = None
    decisions: Any = None
    models: Any = None
    effects: Any = None
    followed: Any = None


@contextmanager
def examined(study: Study, engine: str | Engine, clock: StepTimes) -> Iterator[Examined]:
    """Check, estimate and decide; faults are collected, so that all can be corrected in one go.

    Parameters
    ----------
    study : Study
    engine : {"duckdb", "spark"} or Engine
        Open for the length of the block.
    clock : StepTimes

    Yields
    ------
    Examined
    """
    faults = Faults()
    _of_the_study(study, faults)
    with ExitStack() as stack:
        ready = None
        with clock.step("reading the study"), faults.kept():
            ready = stack.enter_context(made_ready(study, engine, whole=bool(study.scenario)))
        if ready is None:
            yield Examined(_all_findings((), faults), faults)
            return
        with clock.step("checking the data"):
            findings = _of_the_data(ready, faults)
        if faults.found:
            yield Examined(_all_findings(findings, faults), faults)
            return
        yield _computed(ready, findings, faults, clock)


def _computed(
    ready: Ready, findings: tuple[Finding, ...], faults: Faults, clock: StepTimes
) -> Examined:
    """The work itself, for a study in which nothing was found amiss so far."""
    estimates = decisions = models = effects = beside = None
    with clock.step("estimating"), faults.kept():
        estimates = counted_study(ready)
        _areas_are_drawn(ready.study, estimates[0], faults)
    if ready.study.small_areas:
        from exitline.api.area_models.kinds import modelled

        with clock.step("modelling small areas"), faults.kept():
            models = modelled(ready)
    if models is not None or not ready.study.small_areas:
        with clock.step("deciding"), faults.kept():
            decisions = decide_study(ready, models)
    if ready.study.scenario:
        from exitline.api.targets.study import scenario_effects

        with clock.step("transferring"), faults.kept():
            effects = scenario_effects(ready)
    if ready.study.panel is not None or ready.study.assessment is not None:
        from exitline.api.runs.followed import followed

        with clock.step("following households"), faults.kept():
            beside = followed(ready)
    said = _all_findings(findings, faults)
    return Examined(said, faults, ready, estimates, decisions, models, effects, beside)


def _of_the_study(study: Study, faults: Faults) -> None:
    """What the study and its rule file tell: measures that are unknown or lack something."""
    from exitline.api.figures.measure_names import measures_of, of_indicators, own_columns
    from exitline.rules.standard import load
    from exitline.stats.measure.passes.plan import make_plan

    own, standard = Faults(), None
    if study.standard_reference is not None:
        with Faults().kept():  # what is wrong with the rule file is said where it is used
            standard = load(study.standard_reference)
    measures = measures_of(study, standard)
    if standard is not None:
        measures = tuple(name for name in measures if name not in of_indicators(measures))
    with own.kept():
        make_plan(
            [*study.columns, "welfare", *study.design.columns, *own_columns(measures)], measures,
            welfare="welfare" if "welfare" in study.columns else None,
            line=1.0 if study.lines or study.standard_reference else None,
            design=study.design, level=study.confidence,
        )  # fmt: skip
    _of_the_boundaries(study, faults)
    for reason in own.found:
        in_design = (reason.where or "").startswith("design.")
        key = reason.where if in_design and reason.where else "measures"
        reason.where = study.where(key)
        faults.add(reason)


def _of_the_boundaries(study: Study, faults: Faults) -> None:
    """Whether the boundaries that areas are drawn on can be read."""
    if not study.boundaries:
        return
    from exitline.publish.maps.boundaries import boundaries_of, can_draw

    for named in study.boundaries.values() if can_draw() else ():
        with faults.kept():
            boundaries_of(named.file, named.key)


def _areas_are_drawn(study: Study, estimates: Estimates, faults: Faults) -> None:
    """Whether each set of areas has a shape among its boundaries."""
    if not study.boundaries:
        return
    from exitline.publish.maps.boundaries import boundaries_of, can_draw
    from exitline.publish.maps.joined import joined

    for by, named in study.boundaries.items() if can_draw() else ():
        labels = next((block.rows.labels for block in estimates.blocks if block.by == by), ())
        with faults.kept():
            shapes = boundaries_of(named.file, named.key).shapes
            joined(labels, shapes, named.names, where=named.file)


def _of_the_data(ready: Ready, faults: Faults) -> tuple[Finding, ...]:
    """The quality report; its errors, and those of the design, are faults."""
    findings = _quality(ready)
    design = Faults()
    if any(f.severity == "error" or f.check == LONELY for f in findings):
        with design.kept():  # otherwise the estimates say it, without a pass of its own
            _frame(ready)
    lonely = [reason for reason in design.found if reason.where == "design.strata"]
    if ready.design.stages and not lonely:  # a stratum taken whole needs no second PSU
        findings = tuple(replace(f, severity="note") if f.check == LONELY else f for f in findings)
    named = any(f.check == LONELY and f.severity == "error" for f in findings)
    for finding in findings:
        if finding.severity == "error":
            faults.add(
                DataError(finding.message, where=finding.where or None, remedy=finding.remedy)
            )
    for reason in design.found:
        if not (named and reason in lonely):
            faults.add(reason)
    return findings


def _quality(ready: Ready) -> tuple[Finding, ...]:
    """The quality report of a prepared study."""
    from exitline.stats.data.checking.standard_checks import standard_findings
    from exitline.stats.measure.quality.labelled import as_findings, labelled_numbers
    from exitline.stats.measure.quality.report import by_severity, inspect

    data, standard = ready.data, ready.standard
    found = inspect(
        data.table, ready.study, data.lines, ready.engine.run, households=data.households,
        persons=data.persons, facts=data.facts,
    )  # fmt: skip
    fit = standard_findings(ready.study, standard, data.lines) if standard is not None else ()
    tables = {"households": data.households, "persons": data.persons}
    labelled = [
        finding
        for name, table in tables.items()
        if table is not None
        for finding in as_findings(labelled_numbers(data.sources[name], table, ready.engine.run))
    ]
    return by_severity((*found, *fit, *labelled))


def _frame(ready: Ready) -> None:
    """Refuse designs that allow no standard error: single units, impossible population sizes."""
    from exitline.api.weights.joint_probabilities import joint_of
    from exitline.stats.infer.designs.variances import variance_of
    from exitline.stats.infer.intake.arrived import cells_from_arrow
    from exitline.stats.measure.passes.plan import make_plan
    from exitline.stats.measure.passes.totals import totals, with_moments
    from exitline.stats.measure.weighting.phases import with_phases

    table, design = with_phases(ready.table, ready.design, ready.engine.run)
    if not (design.stages or design.fpcs):
        return
    plan = make_plan(table.columns, (), welfare=None, line=None, design=design).plan
    plan = with_moments(plan, table, ready.engine.run)
    cells = cells_from_arrow(ready.engine.run(totals(table, plan)), len(plan.sums))
    variance_of(cells, design, joint_of(design, ready.engine))


def _all_findings(findings: tuple[Finding, ...], faults: Faults) -> tuple[Finding, ...]:
    """Findings, and the faults that are not among them."""
    from exitline.stats.measure.quality.report import by_severity

    known = {finding.message for finding in findings if finding.severity == "error"}
    return by_severity((*findings, *(_finding(f) for f in faults.found if f.what not in known)))


def _finding(reason: ExitlineError) -> Finding:
    """A fault as the quality report shows it."""
    parts = reason.parts()
    told = [f"{name} {parts[name]}" for name in ("expected", "got") if name in parts]
    message = parts["what"] + (f" ({'; '.join(told)})" if told else "")
    kind = type(reason).__name__.removesuffix("Error").lower()
    kinds = {"rulefile": "rule file", "exitline": "study"}
    return Finding(
        "error", kinds.get(kind, kind), message, reason.where or "", 0, reason.remedy or ""
    )
