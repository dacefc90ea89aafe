"""The predictor of area means from households and the covariates' population means.

Battese, Harter and Fuller (1988): no census is needed, only the mean of every covariate in every
area. With f the sampled share of an area, its mean is predicted by

    f ybar + (Xbar - f xbar)' b + (1 - f) u,

and its mean squared error by a parametric bootstrap (Gonzalez-Manteiga, Lombardia, Molina,
Morales and Santamaria 2008), in which the households that were not sampled are integrated out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit import nested

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.smallarea.unit.model import Fitted
    from exitline.stats.smallarea.unit.sample import UnitSample


AT_ONCE = 4_000_000
"""Values of replicates' samples that are held at a time."""


@dataclass(frozen=True)
class AreaMeans:
    """The areas whose means are predicted.

    Attributes
    ----------
    x : float array, shape (areas, p)
        Means of the model's columns over each area.
    area : int array, shape (areas,)
        The sampled area that each is; -1 where none was.
    population : float array, shape (areas,)
        Households; infinite where it is not known, so that the sample is no part of it.
    """

    x: Floats
    area: Ints
    population: Floats

    def share(self, sample: UnitSample) -> Floats:
        """The share of each area that was sampled, shape (areas,)."""
        n = np.where(self.area >= 0, sample.n[self.area], 0.0)
        return np.asarray(n / self.population)


def eblup_means(means: AreaMeans, sample: UnitSample, y: Floats, fitted: Fitted) -> Floats:
    """The predicted mean of each area.

    Parameters
    ----------
    means : AreaMeans
    sample : UnitSample
    y : float array, shape (n,)
    fitted : Fitted

    Returns
    -------
    float array, shape (areas,)

    References
    ----------
    Rao and Molina (2015), Small Area Estimation, equation 7.1.21.
    """
    ybar = (sample.sums(y) / sample.n)[:, None]
    return _predicted(means, sample, ybar, fitted.beta[:, None], fitted.effects[:, None])[:, 0]


def _predicted(
    means: AreaMeans, sample: UnitSample, ybar: Floats, beta: Floats, effects: Floats
) -> Floats:
    """Predictions of several responses, shape (areas, replicates)."""
    f = means.share(sample)[:, None]
    inside = (means.area >= 0)[:, None]
    xbar = sample.sums(sample.x) / sample.n[:, None]
    known = np.where(inside, f * (ybar - xbar @ beta)[means.area], 0.0)
    return np.asarray(
        means.x @ beta + known + np.where(inside, (1.0 - f) * effects[means.area], 0.0)
    )


def parametric_mse(
    means: AreaMeans,
    sample: UnitSample,
    fitted: Fitted,
    replicates: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Floats:
    """The bootstrap's mean squared error of each area's prediction.

    Parameters
    ----------
    means : AreaMeans
    sample : UnitSample
        Without weights and districts.
    fitted : Fitted
        The model that draws.
    replicates, seed : int
    progress : callable, optional
        Told how many replicates of how many are done.

    Returns
    -------
    float array, shape (areas,)
    """
    f = means.share(sample)
    total, done = np.zeros(len(means.area)), 0
    step = max(1, min(replicates, AT_ONCE // max(len(sample.area), 1)))
    random = np.random.default_rng(seed)
    while done < replicates:
        count = min(step, replicates - done)
        effect, own, error = _drawn(means, sample, fitted, count, random)
        y = (sample.x @ fitted.beta)[:, None] + own[sample.area] + error
        models = nested.climb(sample, sample.of(y), fitted.method)
        inner = (sample.sums(error) / sample.n[:, None])[means.area]
        truth = (means.x @ fitted.beta)[:, None] + effect
        truth = truth + np.where((means.area >= 0)[:, None], f[:, None] * inner, 0.0)
        ybar = sample.sums(y) / sample.n[:, None]
        again = _predicted(means, sample, ybar, models.beta.T, models.effects.T)
        total += np.sum((again - truth) ** 2, axis=1)
        done += count
        if progress is not None:
            progress(done, replicates)
    return np.asarray(total / replicates + (1.0 - f) * fitted.sigma2_e / means.population)


def _drawn(
    means: AreaMeans, sample: UnitSample, fitted: Fitted, count: int, random: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Effects of the areas and of the sampled ones, and errors of the sample's households."""
    sd = np.sqrt(fitted.sigma2_u)
    own = random.normal(0.0, sd, (len(sample.n), count))
    effect = random.normal(0.0, sd, (len(means.area), count))
    effect = np.where((means.area >= 0)[:, None], own[means.area], effect)
    return effect, own, random.normal(0.0, np.sqrt(fitted.sigma2_e), (len(sample.area), count))


def require_population(means: AreaMeans, sample: UnitSample, names: tuple[str, ...]) -> None:
    """Refuse areas with fewer households than the sample has of them.

    Raises
    ------
    SmallAreaError
    """
    short = np.flatnonzero(~(means.share(sample) <= 1.0) | ~(means.population > 0))
    if short.size:
        k = int(short[0])
        n = sample.n[means.area[k]] if means.area[k] >= 0 else 0
        raise SmallAreaError(
            "an area has fewer households than the sample has of it",
            where=f"area '{names[k]}'", expected=f"a population of {max(int(n), 1):,} or more",
            got=f"{means.population[k]:g}",
            remedy="give the households of each area, not their sample",
        )  # fmt: skip
