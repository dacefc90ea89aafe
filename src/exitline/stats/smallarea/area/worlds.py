"""Bootstrap worlds of every variant of the area-level model: drawn, and fitted again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.area import resampled
from exitline.stats.smallarea.area.fit import Direct, Fit
from exitline.stats.smallarea.area.resampled import Worlds
from exitline.stats.smallarea.area.transforms import Scale, transformed_back
from exitline.stats.smallarea.area.variants import Extra, Options, variant_of
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[Any]


def worlds_of(
    fit: Fit, extra: Extra, scale: Scale, options: Options, replicates: int, seed: int
) -> Iterator[Worlds]:
    """Worlds drawn from a fitted model of any variant, on the original scale.

    Area effects are drawn as normal: independent, or following their neighbours', those of areas
    without a direct estimate among them. Covariates that are estimates are drawn around what was
    measured. The robust model's worlds have no outlying areas.

    Parameters
    ----------
    fit : Fit
    extra : Extra
    scale : Scale
    options : Options
        Of the model.
    replicates, seed : int

    Raises
    ------
    SmallAreaError
        Where a variant cannot be fitted to most of the draws.

    References
    ----------
    Molina, Salvati and Pratesi (2009), Computational Statistics 24, 441-458, section 4 (spatial).
    Sinha and Rao (2009), Canadian Journal of Statistics 37, 381-399, section 5 (robust).
    """
    variant = variant_of(extra, options)
    if variant.again is None:
        yield from resampled.worlds(fit, scale, options.back, replicates, seed)
        return
    random, done = np.random.default_rng(seed), 0
    for _ in range(2 * replicates):
        truth, direct, drawn = _drawn(fit, extra, random)
        try:
            found = variant.again(direct, drawn, options)
        except SmallAreaError:
            continue  # drawn again: a likelihood without a peak
        predicted = transformed_back(scale, options.back, found, (fit.effects, fit.effects))
        yield Worlds(
            np.asarray(scale.inverse(truth))[None, :], np.concatenate(predicted)[None, :],
            direct.y[None, :],
        )  # fmt: skip
        done += 1
        if done == replicates:
            return
    raise SmallAreaError(
        f"{variant.name} could not be fitted to most bootstrap samples",
        expected=f"{replicates} fits in {2 * replicates} samples", got=str(done),
        remedy="take an error by formula, or the model without this variant",
    )  # fmt: skip


def _drawn(fit: Fit, extra: Extra, random: np.random.Generator) -> tuple[Floats, Direct, Extra]:
    """The truth of all areas, their direct estimates, and what else a variant knows of them."""
    direct = fit.direct
    m, others = direct.size, len(direct.out)
    effects: Floats = random.normal(0.0, np.sqrt(fit.variance), m + others)
    if extra.everywhere is not None:
        effects = np.linalg.solve(np.eye(m + others) - fit.correlation * extra.everywhere, effects)
    truth = np.concatenate([fit.synthetic, fit.outside]) + effects
    y = truth[:m] + random.normal(0.0, 1.0, m) * np.sqrt(direct.psi)
    x, out = direct.x, direct.out
    if extra.errors is not None:
        x = x + _noise(extra.errors, random)
        if extra.errors_outside is not None:
            out = out + _noise(extra.errors_outside, random)
    return truth, replace(direct, y=y, x=x, out=out), extra


def _noise(covariances: Floats, random: np.random.Generator) -> Floats:
    """Errors of covariates, shape (areas, columns)."""
    values, vectors = np.linalg.eigh(covariances)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    return np.asarray(np.einsum("bij,bj->bi", root, random.normal(size=covariances.shape[:2])))


def bootstrap(
    fit: Fit, extra: Extra, scale: Scale, options: Options
) -> tuple[Floats, Floats, Floats]:
    """Mean squared errors of all areas by the parametric bootstrap.

    Parameters
    ----------
    fit : Fit
    extra : Extra
    scale : Scale
    options : Options

    Returns
    -------
    tuple of three float arrays
        The MSE of the sampled areas, of the others, and prediction less truth in every
        replicate, shape (replicates, sampled + others).

    References
    ----------
    As `worlds_of`; Hadam et al. (2024), JRSS A, for shares on the arcsine scale.
    """
    every = worlds_of(fit, extra, scale, options, options.replicates, options.seed)
    errors = np.concatenate([one.predicted - one.truth for one in every])
    square = np.mean(errors**2, axis=0)
    return square[: fit.direct.size], square[fit.direct.size :], errors
