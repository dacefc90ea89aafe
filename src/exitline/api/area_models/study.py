"""Area-level models as a study asks for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import StudyError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.smallarea.area.result import AreaModel
    from exitline.stats.smallarea.area.selection import TermSelection
    from exitline.stats.smallarea.modelled import Modelled

_OPTIONS = ("method", "transform", "back", "mse", "replicates", "seed", "robust", "k")


def fay_herriot_of(ready: Ready, use: SmallAreaUse) -> Modelled:
    """A Fay-Herriot model of a study: direct estimates by its design, covariates from a table.

    Parameters
    ----------
    ready : Ready
    use : SmallAreaUse

    Returns
    -------
    Modelled
    """
    from exitline.api.area_models.data import SmallAreaData
    from exitline.api.area_models.facts import area_facts, area_title, chosen_note
    from exitline.stats.measure.modelling.formula import parse_formula
    from exitline.stats.smallarea.area.model import model
    from exitline.stats.smallarea.area.result import with_joins
    from exitline.stats.smallarea.area.variants import Options
    from exitline.stats.smallarea.modelled import Modelled

    text = str(use.options["formula"])
    measure = parse_formula(text).response.text
    direct = direct_estimates(ready, use, measure)
    source = use.tables["covariates"].open()
    asked = SmallAreaData(
        direct, use.area, covariates=source, smooth=use.options.get("smooth", "none"),
        drop=use.options.get("unmatched") == "drop", on=use.options.get("on"),
        proximity=_proximity(ready, use), errors=use.options.get("errors"),
    )  # fmt: skip
    given = {name: use.options[name] for name in _OPTIONS if name in use.options}
    options = Options(level=ready.study.confidence, **given)
    sized = options.transform == "arcsine"
    chosen: TermSelection | None = None
    notes: tuple[str, ...] = ()
    if use.options.get("select"):
        areas, _ = asked.areas(text, ready.engine, sized=sized)
        full = model(areas, replace(options, mse="analytic"), text)
        chosen = full.select(use.options["select"])
        notes, text = (chosen_note(chosen),), chosen.formula(parse_formula(text))
    areas, joined = asked.areas(text, ready.engine, sized=sized)
    found = with_joins(model(areas, options, text), joined)
    found = _benchmarked(ready, use, found, direct)
    return Modelled(
        "fay_herriot", area_title(found), use.area, text, (found.figures,), found.coefficients(),
        tuple(area_facts(found)), (*notes, *found.notes), _against(ready, use, found), None, chosen,
    )  # fmt: skip


def direct_estimates(ready: Ready, use: SmallAreaUse, measure: str) -> Estimates:
    """The design's direct estimates of a measure, by area and all together.

    Parameters
    ----------
    ready : Ready
    use : SmallAreaUse
    measure : str
    """
    from exitline.api.figures.estimation import estimate_table
    from exitline.api.figures.lines import poverty_lines_of

    lines = tuple(poverty_lines_of(ready)) if ready.welfare else ()
    if use.line is not None:
        lines = tuple(one for one in lines if one.label == use.line)
        if not lines:
            known = [one.label for one in poverty_lines_of(ready)]
            raise StudyError(
                f"the study has no line '{use.line}'", where=use.where,
                expected="one of " + ", ".join(known), got=repr(use.line),
                remedy=nearest(use.line, known) or "name one of the study's lines",
            )  # fmt: skip
    return estimate_table(
        ready.table, measure, ready.engine, welfare=ready.welfare, line=lines or None,
        design=ready.design, by=use.area, level=ready.study.confidence,
        missing=ready.study.missing_welfare, where=ready.study.subpopulation,
        labels=ready.data.labels,
    )  # fmt: skip


def column_of(
    ready: Ready, use: SmallAreaUse, key: str, table: str = "covariates"
) -> dict[str, float] | None:
    """A column of a table of areas by area, where the study names one."""
    from exitline.api.area_models.data import AREA, numbers_of, read_areas

    name = use.options.get(key)
    if name is None:
        return None
    on = use.options.get("on") or use.area
    frame = read_areas(use.tables[table].open(), ready.engine, on, table, [name])
    return dict(zip(frame[AREA], numbers_of(frame, name), strict=True))


def _proximity(ready: Ready, use: SmallAreaUse) -> pd.DataFrame | None:
    """How near areas are to each other: rows and columns named by areas."""
    from exitline.api.area_models.data import AREA, read_areas

    if "proximity" not in use.tables:
        return None
    frame = read_areas(use.tables["proximity"].open(), ready.engine, use.area, "proximity")
    return frame.drop(columns=[use.area]).set_index(AREA)


def _groups(ready: Ready, use: SmallAreaUse) -> dict[str, str] | None:
    """The group of each area, where the study has figures benchmarked in two stages."""
    from exitline.api.area_models.data import AREA, read_areas, require_column
    from exitline.stats.data.values import Uses, written

    name = use.options.get("groups")
    if name is None:
        return None
    on = use.options.get("on") or use.area
    source = use.tables["covariates"].open().using(Uses(code=frozenset({name})))
    frame = read_areas(source, ready.engine, on, "covariates", [name])
    require_column(frame, name)
    return {area: written(one) or "" for area, one in zip(frame[AREA], frame[name], strict=True)}


def _benchmarked(ready: Ready, use: SmallAreaUse, found: AreaModel, direct: Estimates) -> AreaModel:
    """Figures that meet the survey's own estimate for all areas together, where asked for."""
    how = use.options.get("benchmark")
    if how is None:
        return found
    weights = column_of(ready, use, "population")
    if weights is None:
        raise StudyError(
            "a benchmark needs the population of areas", where=use.where,
            expected="population: a column of the covariates", got="none",
            remedy="name it, or leave the benchmark out",
        )  # fmt: skip
    whole = direct.find(measure=found.figures.measure, line=found.figures.line, by="")
    own = (whole.estimate, whole.se if np.isfinite(whole.se) else 0.0)
    target, se = use.options.get("target") or own
    return found.benchmark(
        weights, target, target_se=se, how=how, bounds=use.options.get("bounds"),
        groups=_groups(ready, use), replicates=found.options.replicates, seed=found.options.seed,
    )  # fmt: skip


def _against(ready: Ready, use: SmallAreaUse, found: AreaModel) -> tuple[Any, ...]:
    """The figures checked against the truth, where the study knows it."""
    from exitline.stats.smallarea.modelled import against

    truth = column_of(ready, use, "truth")
    return () if truth is None else (against(found.figures, truth),)
