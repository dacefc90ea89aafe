"""`mpi`: the Alkire-Foster measures of a table, from a rule file's indicators or one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.api.figures.estimation import By, estimate_table, with_label_notes
from exitline.stats.data.sampling.design import Design

if TYPE_CHECKING:
    from exitline.rules.standard.model import MissingRule
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.infer.intervals import ShareMethod
    from exitline.stats.measure.deprivation.deprivations import AskedIndicators
    from exitline.stats.measure.deprivation.mpi_figures import MpiFigure


def mpi(
    data: Any,
    indicators: Any,
    *,
    k: Any = None,
    design: Design | None = None,
    by: By = (),
    measures: str | Sequence[str] | None = None,
    missing: MissingRule = "excluded",
    bands: Mapping[str, Sequence[Any]] | None = None,
    destitution: Any = None,
    lines: Mapping[str, float] | None = None,
    level: float = 0.95,
    interval: ShareMethod = "logit",
    where: str | None = None,
    engine: str | Engine = "duckdb",
) -> Estimates:
    """Multidimensional poverty by the method of Alkire and Foster, with standard errors.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        Households or persons, one row each.
    indicators : mapping, sequence, Standard, or str
        Weighted indicators: a mapping from name to weight, where the name is a column of zeros
        and ones; or to ``(condition, weight, dimension)``; or to a mapping with ``deprived``,
        ``weight``, ``dimension``, ``missing``, ``label``, or with ``achievement`` and ``below``
        where the indicator is cardinal. From dimension to such a mapping; or to a list of
        columns, which have equal nested weights. A list of columns has equal ones. Weights are
        brought to a sum of 1. Or a standard, or the name or path of a rule file, that has
        indicators.
    k : number, str or Fraction, or several of them
        Who is poor: from which share of all weights. ``"1/3"`` is exact, and 1/3 is taken for
        it. A standard's own rule holds where nothing is given.
    design : Design, optional
    by : str or sequence
        Sets of domains, as in `exitline.estimate`.
    measures : str or sequence of str, optional
        Some of H (share of the poor), A (their mean score), M0 = H x A, M1 and M2 (where all
        indicators are cardinal), uncensored and censored (headcounts of each indicator, among
        all and among the poor), contribution (weight x censored) and contribution_share (of M0),
        dimension_contribution and dimension_share, bands by their names, destitute and
        destitute_of_poor. All of these that can be had unless given. On request: household_H
        (share of poor households), poor_count (persons) and score_total (sum of the scores of
        the poor): ``ratio`` of these in an area and in all gives the area's share in poverty.
    missing : {"excluded", "deprived", "not deprived"}
        What a household counts as in an indicator that is missing; "excluded" leaves it out of
        everything. An indicator's own rule goes before. What was left out is in the notes.
    bands : mapping of str to pair
        Stretches of the score, from the first to below the second (None: to the end):
        ``{"vulnerable": ("1/5", "1/3"), "severe": ("1/2", None)}``.
    destitution : as `indicators`, optional
        A second, stricter set: destitute are the poor whose score there reaches k as well.
    lines : mapping of str to float, optional
        Figures of lines that the conditions of a standard name.
    level : float
        Two-sided confidence of intervals.
    interval : {"logit", "beta", "wilson", "asin", "likelihood", "mean"}
    where : str, optional
        A condition that says which subpopulation figures refer to: the rest stays in the design.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Estimates
        With the columns indicator, dimension (where there are any) and k. The column line names
        the cut-off: "1/3", or a standard's "poor", "severe".

    Raises
    ------
    MeasureError, DataError, DesignError
        For indicators, cut-offs, data or a design that do not allow an estimate.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"school": [1, 1, 0, 0], "water": [1, 0, 1, 0]})
    >>> found = xl.mpi(homes, {"school": "2/3", "water": "1/3"}, k="1/2")
    >>> found.find(measure="H").estimate, round(found.find(measure="A").estimate, 4)
    (0.5, 0.8333)
    >>> found.find(measure="censored", indicator="water").estimate
    0.25
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.subpopulation import subpopulation
    from exitline.stats.data.studies.uses import condition_uses, narrowed
    from exitline.stats.engine.session import session
    from exitline.stats.measure.deprivation.deprivations import ask

    source = open_source(data)
    design = (design or Design()).matching(source.names or ())
    asked = ask(indicators, k, missing, bands or {}, destitution, tuple(source.names or ()))
    source = source.using(asked.uses(design, by))
    if where is not None:
        source = source.using(condition_uses(where))
    source = narrowed(source, (design, by, list(asked.kinds), where))
    with session(engine) as running:
        table = running.attach(source, "households")
        table = table if where is None else subpopulation(table, where)
        found = estimate_mpi(
            table, asked, running, measures=measures, design=design, by=by, lines=lines or {},
            level=level, interval=interval, where=where,
            labels=lambda column: source.labels.get(column, {}),
        )  # fmt: skip
        return with_label_notes(found, source, table, running)


def estimate_mpi(
    table: Any,
    asked: AskedIndicators,
    engine: Engine,
    *,
    measures: str | Sequence[str] | None,
    design: Design,
    by: By,
    lines: Mapping[str, Any],
    level: float,
    interval: ShareMethod,
    where: str | None,
    labels: Callable[[str], Mapping[Any, str]],
) -> Estimates:
    """As `mpi`, for a table that an engine already holds.

    Parameters
    ----------
    table : ibis.Table
        With the column of the subpopulation, where one is asked for.
    asked : AskedIndicators
    engine : Engine
    measures, design, by, lines, level, interval, where
        As in `mpi`.
    labels : callable
        From a column to what its values mean.

    Returns
    -------
    Estimates
    """
    from exitline.stats.data.studies.subpopulation import SUBPOPULATION
    from exitline.stats.measure.deprivation.mpi_figures import columns_of, figures
    from exitline.stats.measure.deprivation.scores import scored
    from exitline.stats.measure.deprivation.states import kept, states_of
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.phases import COLUMNS as PHASES
    from exitline.stats.measure.weighting.phases import with_phases

    areas = [by] if isinstance(by, str) else by or ()
    needed = [c for area in areas for c in ([area] if isinstance(area, str) else area)]
    keep = tuple(dict.fromkeys((*design.columns, *needed)))
    require_usable(keep, table)
    keep = keep if where is None else (*keep, SUBPOPULATION)
    table, design = with_phases(table, design, engine.run)
    keep = keep if design.sampling.taken is None else (*keep, *PHASES)
    given = states_of(table, asked, lines)
    sample = kept(engine.run(given.counts(design)), given)
    spec = replace(asked.spec, all_kept=sample.all_kept)
    chosen = figures(spec, [measures] if isinstance(measures, str) else measures)
    rows = scored(table, spec, given.states, keep, columns_of(one.measure for one in chosen))
    found = estimate_table(
        rows, [one.measure for one in chosen], engine, welfare=None,
        line=None, design=design, by=by, level=level, interval=interval, where=where, labels=labels,
    )  # fmt: skip
    notes = (*asked.notes, *sample.notes, *found.notes)
    return replace(
        _named(found, chosen), notes=notes, excluded={**found.excluded, **sample.excluded}
    )


def _named(found: Estimates, chosen: Sequence[MpiFigure]) -> Estimates:
    """The estimates by the names that results show."""
    figure = {one.measure.name: one for one in chosen}
    blocks = tuple(
        replace(b, measure=one.name, line=one.line, more=one.more)
        for b in found.blocks
        for one in (figure[b.measure],)
    )
    return replace(found, blocks=blocks)
