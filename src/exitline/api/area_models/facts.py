"""A fitted model in words: its title, and what to know of its fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exitline.words.said import Numeral, say

if TYPE_CHECKING:
    from exitline.stats.smallarea.area.result import AreaModel
    from exitline.stats.smallarea.area.selection import TermSelection
    from exitline.stats.smallarea.diagnostics import Test
    from exitline.stats.smallarea.unit.result import UnitModel

Facts = list[tuple[str, str]]

METHODS = {
    "reml": "REML", "ml": "ML", "fh": say("Fay and Herriot's moments"),
    "amrl": say("REML adjusted by Li and Lahiri"), "ampl": say("ML adjusted by Li and Lahiri"),
    "amrl_yl": say("REML adjusted by Yoshimori and Lahiri"),
    "ampl_yl": say("ML adjusted by Yoshimori and Lahiri"),
}  # fmt: skip
KINDS = {
    "ebp": say("Empirical best predictor"),
    "pseudo_ebp": say("Pseudo empirical best predictor"),
    "two_fold_ebp": say("Empirical best predictor with effects of districts"),
    "ell": say("Elbers, Lanjouw and Lanjouw's predictor"),
    "eblup": say("Means of areas by households (Battese, Harter and Fuller)"),
}
PARTS = {"residuals": say("residuals"), "area effects": say("area effects")}


def unit_title(found: UnitModel, method: str, transform: str) -> str:
    """A model of households in a few words."""
    if found.kind == "eblup":
        return say("{what} ({method})", what=KINDS[found.kind], method=METHODS[method])
    return say(
        "{what} ({method}, {scale} scale)", what=KINDS[found.kind], method=METHODS[method],
        scale=transform,
    )  # fmt: skip


def area_title(found: AreaModel) -> str:
    """A model of areas in a few words."""
    fit, options = found.fit, found.options
    if fit.method == "robust":
        return say("Robust Fay-Herriot model (k = {figure})", figure=Numeral(f"{options.k:g}"))
    if fit.method == "me":
        return say("Fay-Herriot model with measured covariates (Ybarra-Lohr)")
    kind = (
        say("Fay-Herriot model")
        if not np.isfinite(fit.correlation)
        else say("Spatial Fay-Herriot model")
    )
    if options.transform == "none":
        return say("{what} ({method})", what=kind, method=METHODS[fit.method])
    return say(
        "{what} ({method}, {scale} scale)", what=kind, method=METHODS[fit.method],
        scale=options.transform,
    )  # fmt: skip


def area_facts(found: AreaModel) -> Facts:
    """What to know of the fit of a model of areas, in words."""
    fit, seen = found.fit, found.diagnostics()
    facts: Facts = [
        (say("areas with a direct estimate"), _number(f"{fit.direct.size:,}")),
        (say("variance of area effects"), _number(f"{fit.variance:.5g}")),
        (
            say("R2 of the regression, allowing for sampling errors"),
            _share(fit.criteria.fay_herriot_r2),
        ),
        (say("mean squared error"), found.mse_name),
        (
            say("Brown's test: model and direct estimates differ by more than their errors"),
            _brown(seen.find("Brown")),
        ),
    ]
    if np.isfinite(fit.correlation):
        facts.insert(2, (say("correlation between neighbours"), _number(f"{fit.correlation:.3g}")))
    if np.isfinite(fit.loglik):
        aic, bic = fit.criteria.aic, fit.criteria.bic
        facts.append((say("AIC, BIC"), _number(f"{aic:.4g}, {bic:.4g}")))
    facts += [
        (say("normality of {what} (Shapiro-Wilk)", what=PARTS[name]), _p(seen.find(name).p))
        for name in PARTS
        if np.isfinite(seen.find(name).p)
    ]
    return facts + _moving(list(seen.influential()))


def unit_facts(found: UnitModel) -> Facts:
    """What to know of the fit of a model of households, in words."""
    fitted, how = found.fitted, found.fitted.how
    marginal, conditional = found.explained()
    facts: Facts = [
        (
            say("households of the sample"),
            say("{n} in {m} areas", n=int(found.sizes.sum()), m=len(found.sizes)),
        ),
        (say("variance between areas"), _number(f"{fitted.sigma2_u:.5g}")),
        (say("variance within areas"), _number(f"{fitted.sigma2_e:.5g}")),
        (
            say("told by the covariates; with the areas"),
            _number(f"{marginal:.2f}; {conditional:.2f}"),
        ),
        (say("mean squared error"), found.mse_name or say("none was asked for")),
    ]
    if found.kind == "two_fold_ebp":
        facts.insert(1, (say("variance between districts"), _number(f"{fitted.sigma2_v:.5g}")))
    if how.parameter == how.parameter:
        facts.append((say("parameter of {what}", what=how.name), _number(f"{how.parameter:.6g}")))
    if found.kind in ("ebp", "eblup"):
        by = found.criteria()
        facts.append(
            (
                say("AIC, BIC, conditional AIC (maximum likelihood)"),
                _number(f"{by['aic']:.5g}, {by['bic']:.5g}, {by['caic']:.5g}"),
            )
        )
    tests = [(one.measure, found.brown(one.measure)) for one in found.levels[0].figures]
    facts += [
        (
            say("Brown's test: {what} of model and survey differ by more than their errors",
                what=name),
            _brown(test),
        )
        for name, test in tests
        if test.df > 0
    ]  # fmt: skip
    facts += _moving(influential(found))
    for row in found.normality().to_dict("records"):
        said = say(
            "skewness {n}, kurtosis {m}, Shapiro-Wilk p = {figure}", n=_number(row["skewness"], 2),
            m=_number(row["kurtosis"], 2), figure=_number(f"{row['p']:.3g}"),
        )  # fmt: skip
        facts.append((say("normality of {what}", what=PARTS[row["of"]]), said))
    return facts


def influential(found: UnitModel, most: int = 5) -> list[str]:
    """Areas whose leaving moves the coefficients most: Cook's distance above 4 / areas."""
    if found.kind == "two_fold_ebp":
        return []
    table = found.influence().sort_values("cook", ascending=False)
    return table.loc[table["cook"] > 4.0 / len(table), "area"].head(most).tolist()


def chosen_note(found: TermSelection) -> str:
    """What a choice of covariates did, as a note."""
    full = found.steps[0].terms
    left = [one for one in full if one not in found.terms]
    criterion = found.criterion.upper() if found.criterion != "caic" else "conditional AIC"
    if not left:
        return say("{criterion} keeps all covariates", criterion=criterion)
    return say(
        "{criterion} leaves out {names}; the errors of the figures do not know that the covariates "
        "were chosen", criterion=criterion, names=", ".join(left),
    )  # fmt: skip


def _moving(names: list[str]) -> Facts:
    if not names:
        return []
    return [(say("areas that move the coefficients most"), ", ".join(names))]


def _brown(test: Test) -> str:
    return say(
        "W = {figure} on {n}, p = {share}", figure=_number(f"{test.statistic:.4g}"),
        n=int(test.df), share=_number(f"{test.p:.3g}"),
    )  # fmt: skip


def _p(value: float) -> str:
    return say("p = {share}", share=_number(f"{value:.3g}"))


def _share(value: float) -> str:
    return say("cannot be told") if not np.isfinite(value) else _number(value, 2)


def _number(value: str | float, digits: int = 0) -> Numeral:
    """A figure, as a part of a message or alone."""
    return Numeral(value if isinstance(value, str) else f"{value:.{digits}f}")
