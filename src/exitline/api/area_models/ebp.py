"""Empirical best predictors as a study asks for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.smallarea.modelled import Against, Modelled
    from exitline.stats.smallarea.unit.result import UnitModel

CENSUS = "exitline__census"
MEASURES = ("headcount", "poverty_gap")
TITLES = {
    "ebp": "Empirical best predictor", "pseudo_ebp": "Pseudo empirical best predictor",
    "two_fold_ebp": "Empirical best predictor with effects of districts",
}  # fmt: skip


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
    from exitline.api.area_models.run import ModelRun
    from exitline.stats.smallarea.modelled import Modelled
    from exitline.stats.smallarea.unit.figures import indicators

    given: Any = dict(use.options)
    wanted = indicators(given.get("figures") or MEASURES)
    weight = ready.design.weight if given.get("unit_weights") else None
    asked = ModelAsked(
        str(given["formula"]), use.area, wanted, _line(ready, use, wanted),
        levels_of(use.area, given.get("by") or ()), given.get("transform", "log"), None, None,
        given.get("method", "reml"), weight, given.get("size"), False, given.get("district"),
        "eb", given.get("mse", "parametric"), given.get("replicates", 200), given.get("seed", 1),
        ready.study.confidence, given.get("benchmark"),
    )  # fmt: skip
    require_options(asked)
    census, _ = asked.sources(use.tables["census"].open(), use.tables["census"].open(), None)
    if given.get("truth"):
        from exitline.stats.data.studies.uses import narrowed, role_uses

        read = use.tables["census"].open().using(role_uses(numeric=[given["truth"]]))
        texts = [asked.formula, *asked.keys, asked.size or "", given["truth"]]
        census = narrowed(read.using(census.uses), texts)
    table = ready.engine.attach(census, CENSUS)
    found = ModelRun(asked, ready.engine, ready.table, table, {}, None, ready.design).model()
    against = _against(ready, asked, table, found, given.get("truth"))
    figures = tuple(replace(one, by=level.by) for level in found.levels for one in level.figures)
    return Modelled(
        use.kind, f"{TITLES[found.kind]} ({asked.method.upper()}, {asked.transform} scale)",
        use.area, asked.formula, figures, found.coefficients(),
        facts_of(found), found.notes, against,
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


def facts_of(found: UnitModel) -> tuple[tuple[str, str], ...]:
    """What to know of a fit, in words."""
    fitted, how = found.fitted, found.fitted.how
    marginal, conditional = found.explained()
    facts = [
        ("households of the sample", f"{int(found.sizes.sum()):,} in {len(found.sizes):,} areas"),
        ("variance between areas", f"{fitted.sigma2_u:.5g}"),
        ("variance within areas", f"{fitted.sigma2_e:.5g}"),
        ("told by the covariates; with the areas", f"{marginal:.2f}; {conditional:.2f}"),
        ("mean squared error", found.mse_name or "none was asked for"),
    ]
    if found.kind == "two_fold_ebp":
        facts.insert(1, ("variance between districts", f"{fitted.sigma2_v:.5g}"))
    if how.parameter == how.parameter:
        facts.append((f"parameter of {how.name}", f"{how.parameter:.6g}"))
    if found.kind == "ebp":
        by = found.criteria()
        facts.append(
            ("AIC, BIC, conditional AIC (maximum likelihood)",
             f"{by['aic']:.5g}, {by['bic']:.5g}, {by['caic']:.5g}")
        )  # fmt: skip
    tests = [(one.measure, found.brown(one.measure)) for one in found.levels[0].figures]
    facts += [
        (f"Brown's test: {name} of model and survey differ by more than their errors",
         f"W = {test.statistic:.4g} on {test.df:.0f}, p = {test.p:.3g}")
        for name, test in tests
        if test.df > 0
    ]  # fmt: skip
    if moving := influential(found):
        facts.append(("areas that move the coefficients most", ", ".join(moving)))
    facts += [
        (f"normality of {row['of']}", f"skewness {row['skewness']:.2f}, kurtosis "
         f"{row['kurtosis']:.2f}, Shapiro-Wilk p = {row['p']:.3g}")
        for row in found.normality().to_dict("records")
    ]  # fmt: skip
    return tuple(facts)


def influential(found: UnitModel, most: int = 5) -> list[str]:
    """Areas whose leaving moves the coefficients most: Cook's distance above 4 / areas."""
    if found.kind == "two_fold_ebp":
        return []
    table = found.influence().sort_values("cook", ascending=False)
    return table.loc[table["cook"] > 4.0 / len(table), "area"].head(most).tolist()
