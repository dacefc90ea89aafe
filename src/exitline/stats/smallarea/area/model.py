"""An area-level model from direct estimates to figures with their errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from exitline.stats.smallarea.area.fit import Direct, Fit
from exitline.stats.smallarea.area.result import AreaModel, Areas, some
from exitline.stats.smallarea.area.transforms import (
    Scale,
    back_named,
    log_mse,
    refuse_impossible,
    scale_named,
    transformed_back,
    variance_on,
)
from exitline.stats.smallarea.area.variants import Extra, Found, Options, extra_of, variant_of
from exitline.stats.smallarea.area.worlds import bootstrap
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.figures import AreaFigures
from exitline.stats.smallarea.formula import refuse_collinear
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]
    Pair = tuple[Floats, Floats]

NO_COVARIATES = say("a covariate is missing")
NO_ERROR = say("no formula for this error: take the bootstrap")
NEGATIVE = say("the estimate of the mean squared error is negative")
LEAST_REPLICATES = 2


def model(areas: Areas, options: Options, formula: str = "") -> AreaModel:
    """Fit an area-level model and predict every area that its covariates are known of.

    Parameters
    ----------
    areas : Areas
    options : Options
    formula : str
        For the record.

    Returns
    -------
    AreaModel

    Raises
    ------
    SmallAreaError
        For data that do not allow the model, naming areas or columns.
    """
    scale = scale_named(options.transform)
    back = back_named(options.back, scale)
    _refuse_options(options, areas, scale)
    inside = sampled_of(areas)
    outside = ~inside & areas.known
    direct = direct_of(areas, inside, outside, scale)
    extra = extra_of(areas, inside, outside)
    found = variant_of(extra, options).fitted(direct, extra, options)
    estimate = transformed_back(scale, back, found.fit, found.mse)
    mse, low, high, name, lacking = _errors(found, extra, scale, back, options, estimate)
    figures = _figures(areas, options, (inside, outside), (estimate, mse, low, high), lacking)
    notes = _notes(areas, found.fit, figures)
    return AreaModel(formula, areas, options, found.fit, figures, name, notes)


def sampled_of(areas: Areas) -> NDArray[np.bool_]:
    """Areas with a direct estimate, all of whose covariates are known.

    Raises
    ------
    SmallAreaError
        For an area with a direct estimate whose covariates, or whose variance, are missing.
    """
    given = np.isfinite(areas.direct)
    for bad, what, remedy in (
        (given & ~areas.known, "a covariate", "fill it, or leave the direct estimate out"),
        (
            given & ~(areas.variance > 0) if areas.size is None else given & ~(areas.size > 0),
            "the sampling variance" if areas.size is None else "the effective sample size",
            'give it, or smooth variances: smooth="unstable"',
        ),
    ):
        if bad.any():
            some = [areas.names[i] for i in np.flatnonzero(bad)]
            more = f" and {len(some) - 1} more" if len(some) > 1 else ""
            raise SmallAreaError(
                f"{what} of an area with a direct estimate is missing or not above zero"
                if what != "a covariate"
                else "a covariate of an area with a direct estimate is missing",
                where=f"area '{some[0]}'{more}",
                expected=f"{what} of every area with a direct estimate",
                got="none",
                remedy=remedy,
            )
    return np.asarray(given)


def direct_of(
    areas: Areas, inside: NDArray[np.bool_], outside: NDArray[np.bool_], scale: Scale
) -> Direct:
    """Direct estimates on the scale of the model, checked against what a model needs.

    Raises
    ------
    SmallAreaError
        For too few areas, collinear covariates, or estimates that the scale does not have.
    """
    y, variance = areas.direct[inside], areas.variance[inside]
    x = areas.x[inside]
    k = x.shape[1]
    if len(y) < k + 1:
        raise SmallAreaError(
            "too few areas with a direct estimate for this model",
            expected=f"{k + 1} or more, for {k} coefficients",
            got=str(len(y)),
            remedy="take fewer covariates, or a survey of more areas",
        )
    refuse_collinear(x.T @ x, areas.columns)
    refuse_impossible(scale, y, [areas.names[i] for i in np.flatnonzero(inside)])
    size = areas.size[inside] if areas.size is not None else np.full(len(y), np.nan)
    psi = variance_on(scale, y, variance, size)
    return Direct(scale.forward(y), psi, x, areas.x[outside], areas.columns)


def _errors(
    found: Found, extra: Extra, scale: Scale, back: str, options: Options, estimate: Pair
) -> tuple[Pair, Pair, Pair, str, str]:
    """Mean squared errors and intervals on the original scale, whose they are, and why those
    of the sampled areas or of the others are missing."""
    if options.mse == "bootstrap":
        inside, outside, errors = bootstrap(found.fit, extra, scale, options)
        cut = np.quantile(errors, [0.5 - options.level / 2.0, 0.5 + options.level / 2.0], axis=0)
        m = found.fit.direct.size
        low = (estimate[0] - cut[1, :m], estimate[1] - cut[1, m:])
        high = (estimate[0] - cut[0, :m], estimate[1] - cut[0, m:])
        return (inside, outside), low, high, say("parametric bootstrap"), ""
    low, high = (_limits(found, found.mse, scale, options.level, sign) for sign in (-1.0, 1.0))
    mse, lacking = _taken_back(found, scale, back, options, found.mse)
    slud_maiti = (scale.name, back, options.mse) == ("log", "bias_corrected", "analytic")
    return mse, low, high, "Slud-Maiti" if slud_maiti else found.name, lacking


def _limits(found: Found, mse: Pair, scale: Scale, level: float, sign: float) -> Pair:
    """One end of the intervals: normal on the scale of the model, then taken back."""
    half = sign * float(norm.ppf(0.5 + level / 2.0))
    means = (found.fit.predicted, found.fit.outside)
    ends = [
        m + half * np.sqrt(np.where(e >= 0, e, np.nan)) for m, e in zip(means, mse, strict=True)
    ]
    return np.asarray(scale.inverse(ends[0])), np.asarray(scale.inverse(ends[1]))


def _taken_back(
    found: Found, scale: Scale, back: str, options: Options, on_scale: Pair
) -> tuple[Pair, str]:
    """Mean squared errors on the original scale, by formula; and why some are missing."""
    if scale.name == "none":
        return on_scale, NO_ERROR
    if scale.name == "log" and options.mse == "analytic" and back != "naive":
        mse = log_mse(found.fit, back, on_scale)
        return mse, NO_ERROR
    slopes = (scale.slope(found.fit.predicted), scale.slope(found.fit.outside))
    inside, outside = (s**2 * e for s, e in zip(slopes, on_scale, strict=True))
    return (inside, outside), NO_ERROR


def _figures(
    areas: Areas,
    options: Options,
    where: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    parts: tuple[Pair, Pair, Pair, Pair],
    lacking: str,
) -> AreaFigures:
    """The figures of all areas, in their own order."""
    inside, outside = where
    columns = []
    for one in parts:
        column = np.full(len(areas.names), np.nan)
        column[inside], column[outside] = one
        columns.append(column)
    estimate, mse, low, high = columns
    if areas.share or options.transform in ("arcsine", "logit"):
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    reason = np.full(len(areas.names), "", dtype=object)
    reason[~areas.known] = NO_COVARIATES
    reason[outside & ~np.isfinite(mse)] = lacking
    reason[mse < 0] = NEGATIVE
    given = np.isfinite(areas.direct)
    se = np.sqrt(np.where(given & (areas.variance >= 0), areas.variance, np.nan))
    return AreaFigures(
        areas.measure, areas.names, estimate, mse, low, high, options.level, inside,
        np.where(given, areas.direct, np.nan), se, tuple(reason), areas.line,
        areas.share or options.transform in ("arcsine", "logit"),
    )  # fmt: skip


def _refuse_options(options: Options, areas: Areas, scale: Scale) -> None:
    """Refuse what is not there, or does not go together."""
    if not 0.0 < options.level < 1.0:
        raise SmallAreaError(
            "this is no confidence level", expected="a number between 0 and 1",
            got=str(options.level), remedy="write 0.95",
        )  # fmt: skip
    if options.mse == "bootstrap" and options.replicates < LEAST_REPLICATES:
        raise SmallAreaError(
            "too few replicates for a bootstrap", expected=f"{LEAST_REPLICATES} or more",
            got=str(options.replicates), remedy="take 500 or more",
        )  # fmt: skip
    if scale.name == "arcsine" and areas.size is None:
        raise SmallAreaError(
            "the arcsine scale needs effective sample sizes",
            expected="a column with the effective number of sampled units by area",
            got="none",
            remedy='name it: sample_size="n"; its variance is 1 / (4 n) there',
        )


def _notes(areas: Areas, found: Fit, figures: AreaFigures) -> tuple[str, ...]:
    """What a reader must know of the figures."""
    said: list[str] = []
    if found.variance == 0.0:
        said.append(
            say(
                "the variance of area effects is estimated as zero: every prediction is that of "
                "the regression, and its error is understated; take method='ampl' or 'amrl_yl'"
            )
        )
    unknown = [area for area, known in zip(areas.names, areas.known, strict=True) if not known]
    if unknown:
        said.append(
            say_plural("{n} area without a figure: covariates are missing: {names}",
                       "{n} areas without a figure: covariates are missing: {names}",
                       len(unknown), names=some(unknown))
        )  # fmt: skip
    outside = int(np.sum(~figures.sampled & areas.known))
    if outside:
        said.append(
            say_plural(
                "{n} of {m} areas has no direct estimate: its figure is the regression's "
                "prediction alone",
                "{n} of {m} areas have no direct estimate: theirs is the regression's "
                "prediction alone",
                outside,
                m=len(areas.names),
            )
        )
    if areas.smoothed is not None and areas.smoothed.any():
        chosen = [a for a, s in zip(areas.names, areas.smoothed, strict=True) if s]
        said.append(
            say_plural("{n} area with a smoothed sampling variance: {names}",
                       "{n} areas with a smoothed sampling variance: {names}",
                       len(chosen), names=some(chosen))
        )  # fmt: skip
    return tuple(said)
