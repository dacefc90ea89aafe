"""Area-level models as a study asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import StudyError, nearest

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.smallarea.area.result import AreaModel
    from exitline.stats.smallarea.modelled import Modelled

METHODS = {
    "reml": "REML", "ml": "ML", "fh": "Fay and Herriot's moments",
    "amrl": "REML adjusted by Li and Lahiri", "ampl": "ML adjusted by Li and Lahiri",
    "amrl_yl": "REML adjusted by Yoshimori and Lahiri",
    "ampl_yl": "ML adjusted by Yoshimori and Lahiri",
}  # fmt: skip
_OPTIONS = ("method", "transform", "back", "mse", "replicates", "seed", "robust")


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
    )  # fmt: skip
    given = {name: use.options[name] for name in _OPTIONS if name in use.options}
    options = Options(level=ready.study.confidence, **given)
    areas, joined = asked.areas(text, ready.engine, sized=options.transform == "arcsine")
    found = with_joins(model(areas, options, text), joined)
    found = _benchmarked(ready, use, found, direct)
    return Modelled(
        "fay_herriot", title_of(found), use.area, text, (found.figures,), found.coefficients(),
        facts_of(found), found.notes, _against(ready, use, found),
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


def _column(ready: Ready, use: SmallAreaUse, key: str) -> dict[str, float] | None:
    """A column of the covariates by area, where the study names one."""
    from exitline.api.area_models.data import AREA, numbers_of, read_areas

    name = use.options.get(key)
    if name is None:
        return None
    on = use.options.get("on") or use.area
    frame = read_areas(use.tables["covariates"].open(), ready.engine, on, "covariates", [name])
    return dict(zip(frame[AREA], numbers_of(frame, name), strict=True))


def _benchmarked(ready: Ready, use: SmallAreaUse, found: AreaModel, direct: Estimates) -> AreaModel:
    """Figures that meet the survey's own estimate for all areas together, where asked for."""
    how = use.options.get("benchmark")
    if how is None:
        return found
    weights = _column(ready, use, "population")
    if weights is None:
        raise StudyError(
            "a benchmark needs the population of areas", where=use.where,
            expected="population: a column of the covariates", got="none",
            remedy="name it, or leave the benchmark out",
        )  # fmt: skip
    whole = direct.find(measure=found.figures.measure, line=found.figures.line, by="")
    return found.benchmark(
        weights, whole.estimate, target_se=whole.se if np.isfinite(whole.se) else 0.0, how=how,
        replicates=found.options.replicates, seed=found.options.seed,
    )  # fmt: skip


def _against(ready: Ready, use: SmallAreaUse, found: AreaModel) -> tuple[Any, ...]:
    """The figures checked against the truth, where the study knows it."""
    from exitline.stats.smallarea.modelled import against

    truth = _column(ready, use, "truth")
    return () if truth is None else (against(found.figures, truth),)


def title_of(found: AreaModel) -> str:
    """The model in a few words."""
    fit, options = found.fit, found.options
    scale = "" if options.transform == "none" else f", {options.transform} scale"
    if fit.method == "robust":
        return f"Robust Fay-Herriot model (k = {options.k:g})"
    if fit.method == "me":
        return "Fay-Herriot model with measured covariates (Ybarra-Lohr)"
    kind = "Fay-Herriot model" if not np.isfinite(fit.correlation) else "Spatial Fay-Herriot model"
    return f"{kind} ({METHODS[fit.method]}{scale})"


def facts_of(found: AreaModel) -> tuple[tuple[str, str], ...]:
    """What to know of a fit, in words."""
    fit, seen = found.fit, found.diagnostics()
    brown = seen.find("Brown")
    facts = [
        ("areas with a direct estimate", f"{fit.direct.size:,}"),
        ("variance of area effects", f"{fit.variance:.5g}"),
        ("R2 of the regression, allowing for sampling errors", _r2(fit.criteria.fay_herriot_r2)),
        ("mean squared error", found.mse_name),
        ("Brown's test: model and direct estimates differ by more than their errors",
         f"W = {brown.statistic:.4g} on {brown.df:.0f}, p = {brown.p:.3g}"),
    ]  # fmt: skip
    if np.isfinite(fit.loglik):
        criteria = fit.criteria
        facts.append(("AIC, BIC", f"{criteria.aic:.4g}, {criteria.bic:.4g}"))
    facts += [
        (f"normality of {name} (Shapiro-Wilk)", f"p = {seen.find(name).p:.3g}")
        for name in ("residuals", "area effects")
        if np.isfinite(seen.find(name).p)
    ]
    if influential := seen.influential():
        facts.append(("areas that move the coefficients most", ", ".join(influential)))
    return tuple(facts)


def _r2(value: float) -> str:
    return "cannot be told" if not np.isfinite(value) else f"{value:.2f}"
