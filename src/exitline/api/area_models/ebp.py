"""Empirical best predictors as a study asks for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from exitline.api.area_models.run import ModelRun
    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.smallarea.area.selection import TermSelection
    from exitline.stats.smallarea.modelled import Against, Modelled
    from exitline.stats.smallarea.unit.result import UnitModel

CENSUS, MEANS = "exitline__census", "exitline__means"
MEASURES = ("headcount", "poverty_gap")


def ebp_of(ready: Ready, use: SmallAreaUse) -> Modelled:
    """An empirical best predictor of a study: its households, and a census.

    Parameters
    ----------
    ready : Ready
    use : SmallAreaUse

    Returns
    -------
    Modelled
    """
    from exitline.api.area_models.asked import ModelAsked, levels_of, require_options
    from exitline.api.area_models.compare import side_by_side
    from exitline.api.area_models.facts import unit_facts, unit_title
    from exitline.api.area_models.run import ModelRun
    from exitline.stats.smallarea.modelled import Modelled
    from exitline.stats.smallarea.unit.figures import indicators

    given: Any = dict(use.options)
    wanted = indicators(given.get("figures") or MEASURES)
    weight = ready.design.weight if given.get("unit_weights") else None
    asked = ModelAsked(
        str(given["formula"]), use.area, wanted, _line(ready, use, wanted),
        levels_of(use.area, given.get("by") or ()), given.get("transform", "log"),
        given.get("parameter"), given.get("shift"), given.get("method", "reml"), weight,
        given.get("size"), bool(given.get("own_values")), given.get("district"),
        given.get("predictor", "eb"), given.get("mse", "parametric"),
        given.get("replicates", 200), given.get("seed", 1), ready.study.confidence,
        given.get("benchmark"), given.get("targets"), given.get("within"), given.get("bounds"),
    )  # fmt: skip
    require_options(asked)
    census, _ = asked.sources(use.tables["census"].open(), use.tables["census"].open(), None)
    if given.get("truth"):
        from exitline.stats.data.studies.uses import narrowed, role_uses

        read = use.tables["census"].open().using(role_uses(numeric=[given["truth"]]))
        texts = [asked.formula, *asked.keys, asked.size or "", given["truth"]]
        census = narrowed(read.using(census.uses), texts)
    table = ready.engine.attach(census, CENSUS)
    run = ModelRun(asked, ready.engine, ready.table, table, {}, None, ready.design)
    run, chosen, notes = chosen_run(run, given.get("select"))
    found, asked = run.model(), run.asked
    compared = side_by_side(
        ready.engine, run.learned, (ready.table, [ready.design.weight, ready.design.size]),
        (table, [asked.size]),
    )  # fmt: skip
    against = _against(ready, asked, table, found, given.get("truth"))
    figures = tuple(replace(one, by=level.by) for level in found.levels for one in level.figures)
    return Modelled(
        use.kind, unit_title(found, asked.method, asked.transform), use.area, asked.formula,
        figures, found.coefficients(), tuple(unit_facts(found)), (*notes, *found.notes), against,
        compared, chosen,
    )  # fmt: skip


def chosen_run(
    run: ModelRun, criterion: str | None
) -> tuple[ModelRun, TermSelection | None, tuple[str, ...]]:
    """A run with the covariates that a criterion keeps, how it got there, and what to say of it.

    Parameters
    ----------
    run : ModelRun
    criterion : str or None
        None leaves all covariates in.
    """
    from exitline.api.area_models.facts import chosen_note
    from exitline.stats.smallarea.unit.selection import select

    if criterion is None:
        return run, None, ()
    run.fit()
    y = run.fitted.how.forward(run.welfare)
    chosen = select(run.sample, y, run.learned.terms, criterion)
    asked = replace(run.asked, formula=chosen.formula(run.learned.formula))
    return replace(run, asked=asked), chosen, (chosen_note(chosen),)


def eblup_of(ready: Ready, use: SmallAreaUse) -> Modelled:
    """Means of areas of a study: its households, and the means of covariates by area.

    Parameters
    ----------
    ready : Ready
    use : SmallAreaUse

    Returns
    -------
    Modelled
    """
    from exitline.api.area_models.asked import ModelAsked, require_options
    from exitline.api.area_models.compare import side_by_side
    from exitline.api.area_models.facts import unit_facts, unit_title
    from exitline.api.area_models.means import means_of
    from exitline.api.area_models.run import ModelRun
    from exitline.api.area_models.study import column_of
    from exitline.stats.smallarea.modelled import Modelled, against
    from exitline.stats.smallarea.unit.figures import indicators

    given: Any = dict(use.options)
    asked = ModelAsked(
        str(given["formula"]), use.area, indicators(["mean"]), 1.0, ((use.area,),), "none", None,
        None, given.get("method", "reml"), None, given.get("population"), False, None, "eb",
        given.get("mse", "parametric"), given.get("replicates", 200), given.get("seed", 1),
        ready.study.confidence,
    )  # fmt: skip
    require_options(asked)
    source = use.tables["means"].open()
    table = ready.engine.attach(asked.sources(source, source, None)[1], MEANS)
    run = ModelRun(asked, ready.engine, ready.table, table, {}, None, ready.design)
    run, chosen, notes = chosen_run(run, given.get("select"))
    found = means_of(run)
    compared = side_by_side(
        ready.engine, run.learned, (ready.table, [ready.design.weight]), (table, [asked.size]),
        areas=True,
    )  # fmt: skip
    figures = found.levels[0].figures
    truth = column_of(ready, use, "truth", "means")
    return Modelled(
        use.kind, unit_title(found, asked.method, "none"), use.area, run.asked.formula, figures,
        found.coefficients(), tuple(unit_facts(found)), (*notes, *found.notes),
        () if truth is None else (against(figures[0], truth),), compared, chosen,
    )  # fmt: skip


def _line(ready: Ready, use: SmallAreaUse, wanted: Any) -> float:
    """The study's line, a number."""
    from exitline.api.figures.lines import poverty_lines_of

    if not any(one.needs_line for one in wanted):
        return 1.0
    lines = [one for one in poverty_lines_of(ready) if use.line in (None, one.label)]
    values = [getattr(one, "value", None) for one in lines]
    if len(values) == 1 and isinstance(values[0], int | float):
        return float(values[0])
    raise SmallAreaError(
        "a unit-level model needs one poverty line that is a number",
        where="line",
        expected="one absolute line of the study, by its label where there are several",
        got=", ".join(one.label for one in lines) or "none",
        remedy="name it: line: LABEL",
    )


def _against(
    ready: Ready, asked: Any, table: Any, found: UnitModel, truth: str | None
) -> tuple[Against, ...]:
    """The figures checked against the census's own welfare, where it has any."""
    if truth is None:
        return ()
    from exitline.api.figures.estimation import estimate_table
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.smallarea.modelled import against

    one = found.levels[0]
    so = estimate_table(
        table, [figure.measure for figure in one.figures], ready.engine, welfare=truth,
        line=asked.line, design=Design(size=asked.size), by=asked.area, missing="exclude",
    ).to_pandas(code=True)  # fmt: skip
    so = so[so["by"] == one.by]
    return tuple(
        against(figure, dict(zip(part["code"], part["estimate"], strict=True)))
        for figure in one.figures
        for part in [so[so["measure"] == figure.measure]]
    )
