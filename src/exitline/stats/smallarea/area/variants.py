"""The variants of the area-level model: independent areas, neighbours, measured covariates, robust.

A variant fits itself and says its own mean squared error; what comes after it (scales, intervals,
figures) does not know which it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import nearest
from exitline.stats.smallarea.area import mse as by_formula
from exitline.stats.smallarea.area import resampled
from exitline.stats.smallarea.area.fit import Direct, Fit, fit
from exitline.stats.smallarea.area.measurement_error import fit_measured, jackknife_measured
from exitline.stats.smallarea.area.robust import fit_robust, pseudo_linear
from exitline.stats.smallarea.area.spatial import analytic_spatial, fit_spatial
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

ERRORS: tuple[str, ...] = ("analytic", "jackknife", "weighted_jackknife", "bootstrap")


@dataclass(frozen=True)
class Options:
    """What is asked of an area-level model.

    Attributes
    ----------
    method : str
        Estimator of the variance of area effects.
    transform : {"none", "log", "arcsine", "logit"}
    back : {"bias_corrected", "crude", "naive"}
    mse : {"analytic", "jackknife", "weighted_jackknife", "bootstrap"}
    replicates, seed : int
        Of the bootstrap.
    level : float
    robust : bool
        Huber's influence function, for outlying areas.
    k : float
        Where it is cut off.
    """

    method: str = "reml"
    transform: str = "none"
    back: str = "bias_corrected"
    mse: str = "analytic"
    replicates: int = 500
    seed: int = 1
    level: float = 0.95
    robust: bool = False
    k: float = 1.345


@dataclass(frozen=True)
class Extra:
    """What a variant knows beside direct estimates and covariates, of the sampled areas.

    Attributes
    ----------
    neighbours : float array, shape (sampled, sampled), optional
    errors : float array, shape (sampled, k, k), optional
    everywhere : float array, shape (sampled + others, sampled + others), optional
        Neighbours of all areas, the sampled ones first.
    errors_outside : float array, shape (others, k, k), optional
    """

    neighbours: Floats | None = None
    errors: Floats | None = None
    everywhere: Floats | None = None
    errors_outside: Floats | None = None


def extra_of(areas: Any, inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> Extra:
    """What variants of the model know of the sampled areas, and of the others.

    Parameters
    ----------
    areas : Areas
    inside, outside : bool array, shape (areas,)
    """
    near, errors = areas.neighbours, areas.errors
    every = np.concatenate([np.flatnonzero(inside), np.flatnonzero(outside)])
    return Extra(
        None if near is None else near[np.ix_(inside, inside)],
        None if errors is None else errors[inside],
        None if near is None else near[np.ix_(every, every)],
        None if errors is None else errors[outside],
    )


@dataclass(frozen=True)
class Found:
    """A fit with its errors on the scale of the model: of the sampled areas, of the others."""

    fit: Fit
    mse: tuple[Floats, Floats]
    name: str


@dataclass(frozen=True)
class Variant:
    """One variant.

    Attributes
    ----------
    name : str
        In a sentence: "the spatial model".
    errors : tuple of str
        The mean squared errors that it has.
    fitted : callable
        From direct estimates, what else is known, and options to a fit with its errors.
    again : callable or None
        The fit alone, to a bootstrap's draws one at a time; None where all are fitted at once.
    """

    name: str
    errors: tuple[str, ...]
    fitted: Callable[[Direct, Extra, Options], Found]
    again: Callable[[Direct, Extra, Options], Fit] | None = None


def _independent(direct: Direct, extra: Extra, options: Options) -> Found:  # noqa: ARG001
    found = fit(direct, options.method)
    none = np.full(len(direct.out), np.nan)
    if options.mse == "jackknife":
        return Found(found, (resampled.jackknife(found), none), say("jackknife"))
    if options.mse == "weighted_jackknife":
        return Found(found, (resampled.weighted_jackknife(found), none), say("weighted jackknife"))
    return Found(found, by_formula.analytic(found), by_formula.NAMES[options.method])


def _bare(found: Fit) -> Found:
    """A fit whose errors come from its bootstrap."""
    nothing = np.full(found.direct.size, np.nan), np.full(len(found.direct.out), np.nan)
    return Found(found, nothing, say("parametric bootstrap"))


def _spatial_again(direct: Direct, extra: Extra, options: Options) -> Fit:
    assert extra.neighbours is not None
    return fit_spatial(direct, extra.neighbours, options.method)


def _spatial(direct: Direct, extra: Extra, options: Options) -> Found:
    found = _spatial_again(direct, extra, options)
    if options.mse == "bootstrap":
        return _bare(found)
    assert extra.neighbours is not None
    return Found(found, analytic_spatial(found, extra.neighbours), "Singh-Shukla-Kundu")


def _measured_again(direct: Direct, extra: Extra, options: Options) -> Fit:  # noqa: ARG001
    assert extra.errors is not None
    return fit_measured(direct, extra.errors)


def _measured(direct: Direct, extra: Extra, options: Options) -> Found:
    found = _measured_again(direct, extra, options)
    if options.mse == "bootstrap":
        return _bare(found)
    assert extra.errors is not None
    return Found(found, jackknife_measured(found, extra.errors), say("jackknife"))


def _robust_again(direct: Direct, extra: Extra, options: Options) -> Fit:  # noqa: ARG001
    return fit_robust(direct, options.k)


def _robust(direct: Direct, extra: Extra, options: Options) -> Found:
    found = _robust_again(direct, extra, options)
    if options.mse == "bootstrap":
        return _bare(found)
    return Found(found, pseudo_linear(found, options.k), say("pseudo-linearisation"))


VARIANTS = {
    "independent": Variant("the Fay-Herriot model", ERRORS, _independent),
    "spatial": Variant("the spatial model", ("analytic", "bootstrap"), _spatial, _spatial_again),
    "measured": Variant("the measurement-error model", ("jackknife", "bootstrap"), _measured,
                        _measured_again),
    "robust": Variant("the robust model", ("analytic", "bootstrap"), _robust, _robust_again),
}  # fmt: skip


def variant_of(extra: Extra, options: Options) -> Variant:
    """The variant that is asked for, and can give what is asked of it.

    Raises
    ------
    SmallAreaError
        For two variants at once, or an error or a scale that the variant does not have.
    """
    wanted = {
        "spatial": extra.neighbours is not None,
        "measured": extra.errors is not None,
        "robust": options.robust,
    }
    names = [name for name, asked in wanted.items() if asked]
    if len(names) > 1:
        raise SmallAreaError(
            "two variants of the model at once",
            expected="proximity, or errors of covariates, or robust", got=" and ".join(names),
            remedy="leave one out: they are not combined",
        )  # fmt: skip
    variant = VARIANTS[names[0] if names else "independent"]
    if options.mse not in variant.errors:
        raise SmallAreaError(
            f"{variant.name} has no mean squared error '{options.mse}'",
            expected="one of " + ", ".join(variant.errors), got=repr(options.mse),
            remedy=nearest(options.mse, variant.errors) or f'take mse="{variant.errors[0]}"',
        )  # fmt: skip
    if options.transform != "none" and variant.again is not None:
        _require_bootstrap(variant, options)
    return variant


def _require_bootstrap(variant: Variant, options: Options) -> None:
    """Refuse what a variant has no formula for on another scale."""
    if options.mse != "bootstrap":
        raise SmallAreaError(
            f"on another scale {variant.name} has its errors by bootstrap only",
            expected='mse="bootstrap"', got=repr(options.mse),
            remedy='write mse="bootstrap", or leave the transformation out',
        )  # fmt: skip
    if options.back == "crude":
        raise SmallAreaError(
            f"{variant.name} has no back-transform 'crude'",
            expected='"bias_corrected" or "naive"', got=repr(options.back),
            remedy='take "bias_corrected"',
        )  # fmt: skip
