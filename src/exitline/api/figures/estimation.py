"""The few functions a notebook calls; the command line calls the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from exitline.stats.data.sampling.design import Design
from exitline.words.said import say

if TYPE_CHECKING:
    from exitline.rules.standard import Line
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.measure.catalogue import Measure
    from exitline.stats.measure.lines import PovertyLine

By = str | Sequence[str | Sequence[str]] | None


def estimate(
    data: Any,
    measures: str | Measure | Sequence[str | Measure],
    *,
    welfare: str | None = None,
    line: float | str | Line | PovertyLine | Mapping[str, Any] | Sequence[Any] | None = None,
    design: Design | None = None,
    by: By = (),
    year: int | None = None,
    level: float = 0.95,
    interval: ShareMethod = "logit",
    quantile_interval: str = "mean",
    figure_interval: str = "t",
    deff: bool = False,
    missing: Literal["error", "exclude"] = "error",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Estimates:
    """Estimate poverty measures with design-based standard errors.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        Households, one row each.
    measures : str, Measure or sequence of them
        Names as in the catalogue: ``"headcount"``, ``"poverty_gap"``, ``"fgt(1.5)"`` ...
    welfare : str, optional
        Column of consumption or income, in the unit of the line.
    line : number, column name, Line or PovertyLine; or several, as a sequence or a
        mapping from label to line
        Poverty lines. A number counts those strictly below as poor.
    design : Design, optional
        Weights, household size, strata, clusters. Without it: simple random sampling.
    by : str or sequence
        Sets of domains: ``"region"``; ``["region", "urban"]`` for two sets;
        ``[("region", "urban")]`` for the crossing. All together is always included.
    year : int, optional
        The survey's year, which a `Line` of a standard needs.
    level : float
        Two-sided confidence of intervals, between 0 and 1.
    interval : {"logit", "beta", "wilson", "asin", "likelihood", "mean"}
        Interval of shares: logit, Korn and Graubard's beta, and the others of R's svyciprop.
    quantile_interval : str
        How Woodruff's intervals of quantiles limit the share below: "mean", or another of these
        names; "replicates" is symmetric (docs/intervals.md).
    figure_interval : {"t", "skewness"}
        Of all other figures: symmetric, or corrected for the skewness of PSU totals.
    deff : bool
        Compute design effects; tables then have them.
    missing : {"error", "exclude"}
        What to do with households whose welfare is missing or infinite, or that lack a value
        which a measure needs. Excluded ones are left out of the measures that need what they
        lack, of no others, and are counted.
    where : str, optional
        A condition, such as ``"urban = 1 and age >= 60"``: figures refer to the rows for which it
        holds. All others count as zeros, so that standard errors are those of a domain;
        relative lines are of the whole sample, unless they are of each area.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Estimates
        Iterable of `Estimate`; ``to_pandas()`` gives the contract's columns.

    Raises
    ------
    DataError, DesignError, MeasureError
        When the data, the design or a measure do not allow an estimate.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.api import estimate
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0]})
    >>> estimate(homes, "headcount", welfare="y", line=2.5).find().estimate
    0.5
    """
    from exitline.api.runs.telling import worded
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session

    with session(engine) as running:
        source, design = open_source(data), design or Design()
        design = design.matching(source.names or ())
        source = _used(source, measures, welfare, line, design, by, where)
        table = running.attach(source, "households")
        found = estimate_table(
            table, measures, running, welfare=welfare, line=line, design=design,
            by=by, year=year, level=level, interval=interval,
            quantile_interval=quantile_interval, figure_interval=figure_interval, deff=deff,
            missing=missing, where=where, labels=lambda column: source.labels.get(column, {}),
        )  # fmt: skip
        people = "households" if design.size is None else "persons"
        found = replace(
            worded(found, people, asked=measures), also=("deff",) if deff else ()
        )  # fmt: skip
        return with_label_notes(found, source, table, running)


def with_label_notes(found: Estimates, source: Source, table: Any, engine: Engine) -> Estimates:
    """The estimates with a note on each column of numbers whose values have labels.

    Parameters
    ----------
    found : Estimates
    source : Source
    table : ibis.Table
        As the engine attached it.
    engine : Engine
    """
    from exitline.stats.measure.quality.labelled import labelled_numbers

    labelled = labelled_numbers(source, table, engine.run)
    said = tuple(f"{one.message}; {one.remedy}" for one in labelled)
    return replace(found, notes=(*said, *found.notes))


def _used(
    source: Source,
    measures: Any,
    welfare: Any,
    line: Any,
    design: Design,
    by: By,
    where: str | None,
) -> Source:
    """The source, reading only the columns that are named, each as it is used."""
    from exitline.stats.data.studies.uses import checked_late, condition_uses, narrowed, role_uses
    from exitline.stats.data.values import Uses
    from exitline.stats.measure.catalogue import named

    lines = line.values() if isinstance(line, Mapping) else line
    many = lines if isinstance(lines, list | tuple) or isinstance(line, Mapping) else [lines]
    columns = [getattr(one, "value", one) for one in many]
    chosen = [measures] if isinstance(measures, str) or hasattr(measures, "terms") else measures
    terms = [p for m in chosen for t in named(m).terms for p in t.parts]
    areas = [by] if isinstance(by, str) else by or ()
    uses = role_uses(
        design,
        numeric=[welfare, *(c for c in columns if isinstance(c, str)),
                 *(t.column for t in terms if t.kind not in ("flag", "category"))],
        code=[*(name for area in areas for name in ([area] if isinstance(area, str) else area)),
              *(t.column for t in terms if t.kind == "category")],
        truth=[t.column for t in terms if t.kind == "flag"],
    )  # fmt: skip
    texts = (welfare, line, design, by, terms, where)
    asked = Uses() if where is None else condition_uses(where)
    if _in_one_pass(chosen, many):
        uses = checked_late(uses, design, [welfare], asked)
    source = source.using(uses | asked)
    return narrowed(source, texts)


def _in_one_pass(measures: Iterable[Any], lines: Iterable[Any]) -> bool:
    """Whether the figures come from totals alone: nothing is found, ranked or filtered before."""
    from exitline.stats.measure.catalogue import named

    fixed = all(
        isinstance(getattr(line, "value", line), int | float | str | None)
        and getattr(line, "relative", None) is None
        for line in lines
    )
    return fixed and all(one.of_sums and one.own_line is None for one in map(named, measures))


def estimate_table(
    table: Any,
    measures: str | Measure | Sequence[str | Measure],
    engine: Engine,
    *,
    welfare: str | None,
    line: Any,
    design: Design,
    by: By = (),
    year: int | None = None,
    level: float = 0.95,
    interval: ShareMethod = "logit",
    quantile_interval: str = "mean",
    figure_interval: str = "t",
    deff: bool = False,
    missing: Literal["error", "exclude"] = "error",
    where: str | None = None,
    labels: Callable[[str], Mapping[Any, str]] = lambda _: {},
) -> Estimates:
    """As `estimate`, for a table that an engine already holds (see there).

    Parameters
    ----------
    table : ibis.Table
        Unbound, as `Engine.attach` returned it, with computed columns added as needed.
    engine : Engine
    measures, welfare, line, design, by, year, level, interval, quantile_interval,
    figure_interval, deff, missing, where
        As in `estimate`.
    labels : callable
        From a column to what its values mean, for the names of domains.

    Returns
    -------
    Estimates
    """
    from exitline.api.figures.excluding import apart, by_needs, needs_apart
    from exitline.api.figures.measure_names import by_value
    from exitline.api.figures.relative import own_lines, resolve_all
    from exitline.api.weights.calibration_asked import auxiliary_table
    from exitline.api.weights.joint_probabilities import joint_of
    from exitline.stats.data.studies.subpopulation import SUBPOPULATION, subpopulation
    from exitline.stats.infer.build import Confidence
    from exitline.stats.infer.designs.calibration import calibrated_from_arrow
    from exitline.stats.infer.designs.choice import variance_from
    from exitline.stats.infer.designs.usable import (
        any_left_out,
        count_faults,
        notes_on,
        refuse_reused_psus,
        refuse_unusable,
    )
    from exitline.stats.infer.inference import infer
    from exitline.stats.infer.intake.arrived import cells_from_arrow
    from exitline.stats.infer.intake.cells import relabelled
    from exitline.stats.measure.passes.first import first_pass
    from exitline.stats.measure.passes.micro import micro
    from exitline.stats.measure.passes.plan import make_plan, require_apart, require_usable
    from exitline.stats.measure.passes.prepared import fault_counts
    from exitline.stats.measure.passes.repeated import with_repeated
    from exitline.stats.measure.passes.totals import totals, with_moments
    from exitline.stats.measure.weighting.crossed import crossed
    from exitline.stats.measure.weighting.phases import with_phases

    table, design = with_phases(table, design, engine.run)
    own: tuple[PovertyLine, ...] = ()
    table, measures = by_value(table, measures, engine.run, labels)
    given, asked_line = table, line
    if welfare is not None:
        require_usable([welfare, *design.columns], table)
        line = resolve_all(table, line, welfare, design, engine)
        own = own_lines(measures, table, welfare, design, engine)
    if design.calibration is not None:
        table, design = auxiliary_table(table, design, engine, labels)
    if where is not None and SUBPOPULATION not in table.columns:
        table = subpopulation(table, where)
    chosen = make_plan(
        table.columns, measures, welfare=welfare, line=line, design=design, by=by, year=year,
        level=level, with_squares=deff, where=SUBPOPULATION if where is not None else None,
        own=own,
    )  # fmt: skip
    require_usable(chosen.plan.columns, table)
    plan = chosen.plan
    require_apart(plan)
    rows = table.drop(*plan.design.replicates)  # hundreds of columns that only `micro` reads
    plan = with_repeated(with_moments(plan, rows, engine.run), rows, engine.run)
    first = first_pass(rows, plan, engine.run)
    arrow = engine.run(totals(rows, plan, first.found))
    faults = count_faults(arrow, lambda: engine.run(fault_counts(rows, plan)))
    in_columns = any(isinstance(one.value, str) for one in plan.lines)
    groups = by_needs(plan.measures, column_lines=in_columns) if missing == "exclude" else {}
    if needs_apart(groups, welfare=welfare, column_lines=in_columns) and any_left_out(faults):
        same: Any = {
            "design": design, "by": by, "year": year, "level": level, "interval": interval,
            "deff": deff, "missing": missing, "where": where, "labels": labels,
            "quantile_interval": quantile_interval, "figure_interval": figure_interval,
        }  # fmt: skip
        return apart(
            plan.measures, groups,
            lambda some, **needs: estimate_table(given, some, engine, **same, **needs),
            welfare=welfare, line=asked_line, by_household=plan.by_household,
        )  # fmt: skip
    refuse_unusable(arrow, faults, plan, missing)
    cells = relabelled(cells_from_arrow(arrow, len(plan.sums)), [labels(c) for c in plan.domains])
    refuse_reused_psus(cells, plan.design)
    variance = variance_from(
        cells, plan, chosen.sets, lambda some: engine.run(micro(table, plan, some)),
        lambda some, rows: engine.batches(micro(table, plan, some), rows),
        joint_of(plan.design, engine),
    )  # fmt: skip
    calibrated = None
    if plan.design.calibration is not None and plan.clustered:
        sums = engine.run(crossed(table, plan, first.found))
        calibrated = calibrated_from_arrow(arrow, sums, cells, plan)
    confidence = Confidence(level, interval, quantile_interval, figure_interval)
    result = infer(cells, plan, chosen.sets, confidence, variance, calibrated, first)
    if where is not None:
        part = say("figures refer to the part where {what}", what=str(where))
        result = replace(result, notes=(part, *result.notes))
    return notes_on(result, faults, cells, plan)
