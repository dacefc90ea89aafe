"""What speaks against a unit-level model: warnings, residuals, influence of areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from exitline.words.said import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from exitline.arrays import Floats
    from exitline.stats.smallarea.unit.model import Fitted
    from exitline.stats.smallarea.unit.sample import UnitSample


MOST_TESTED = 5_000
"""Values for which the p-value of Shapiro and Wilk's test is known."""


def warnings_of(sample: UnitSample, predictor: str) -> list[str]:
    """Say what is known to go wrong with models of this kind."""
    found: list[str] = []
    if predictor == "ell":
        found.append(
            say(
                "ELL is kept for reference: it ignores what the sample says of each area, and its "
                "errors were five times those of EB where the truth is known (Molina and Rao "
                "2010)"
            )
        )
    within = np.diag(sample.within)
    terms = [k for k in range(len(within)) if k != sample.intercept]
    if terms and np.all(within[terms] <= 1e-9 * len(sample.area)):
        found.append(
            say(
                "a unit-context model: no covariate differs between households of an area, so "
                "that poverty rates are biased (Corral, Himelein, McGee and Molina 2021); take "
                "covariates of households, or an area-level model"
            )
        )
    return found


def normality(named: Sequence[tuple[str, Floats]]) -> pd.DataFrame:
    """Skewness, kurtosis (3 for a normal variable) and Shapiro and Wilk's test.

    Parameters
    ----------
    named : sequence of (str, float array)

    Returns
    -------
    pandas.DataFrame
        of, n, skewness, kurtosis, w, p; the test is missing for fewer than 3 or more than
        5,000 values.
    """
    import pandas as pd

    rows = []
    for name, values in named:
        tested = 3 <= len(values) <= MOST_TESTED and np.ptp(values) > 0
        w, p = stats.shapiro(values) if tested else (np.nan, np.nan)
        varies = len(values) > 1 and np.ptp(values) > 0
        skew = float(stats.skew(values)) if varies else np.nan
        kurtosis = float(stats.kurtosis(values, fisher=False)) if varies else np.nan
        rows.append((name, len(values), skew, kurtosis, float(w), float(p)))
    return pd.DataFrame(rows, columns=["of", "n", "skewness", "kurtosis", "w", "p"])


def explained(sample: UnitSample, fitted: Fitted) -> tuple[float, float]:
    """How much of the variance the columns tell, without and with the areas' effects.

    Nakagawa and Schielzeth (2013), Methods in Ecology and Evolution 4, 133-142.
    """
    told = float(np.var(sample.x @ fitted.beta, ddof=1))
    between = fitted.sigma2_u + fitted.sigma2_v
    total = told + between + fitted.sigma2_e
    return told / total, (told + between) / total


def cook(sample: UnitSample, y: Floats, fitted: Fitted) -> Floats:
    """How far the coefficients move when an area leaves: Cook's distance, by area.

    At the variances of the whole sample; in units of the coefficients' error, over their
    number. For models with one effect of areas.

    Parameters
    ----------
    sample : UnitSample
    y : float array, shape (n,)
        On the scale of the model.
    fitted : Fitted
    """
    ratio = fitted.sigma2_u / fitted.sigma2_e
    w = sample.n / (1.0 + sample.n * ratio)
    y = y - (y.mean() if sample.intercept is not None else 0.0)
    y_mean = sample.sums(y) / sample.n
    away, y_away = sample.z - sample.means[sample.area], y - y_mean[sample.area]
    products = sample.sums(away[:, :, None] * away[:, None, :])
    products = products + w[:, None, None] * sample.means[:, :, None] * sample.means[:, None, :]
    cross = sample.sums(away * y_away[:, None]) + (w * y_mean)[:, None] * sample.means
    left, right = products.sum(axis=0), cross.sum(axis=0)
    whole = np.linalg.solve(left, right)
    found = np.full(len(w), np.nan)
    for d in range(len(w)):
        rest = left - products[d]
        if np.linalg.cond(rest) < 1e12:
            moved = np.linalg.solve(rest, right - cross[d]) - whole
            found[d] = moved @ left @ moved / fitted.sigma2_e / len(whole)
    return found
