"""What speaks for and against a small area model: its residuals, its reach, its likeness to the
direct estimates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[Any]


@dataclass(frozen=True)
class Test:
    """A test: its statistic, its degrees of freedom (NaN for none) and its p-value."""

    name: str
    statistic: float
    df: float
    p: float


def brown(direct: Floats, variance: Floats, model: Floats, mse: Floats) -> Test:
    """Brown's test that model and direct estimates do not differ by more than their errors.

    Parameters
    ----------
    direct, variance : float arrays
        Direct estimates and their sampling variances.
    model, mse : float arrays
        Predictions and their mean squared errors, of the same areas.

    References
    ----------
    Brown, Chambers, Heady and Heasman (2001), Proceedings of Statistics Canada Symposium.

    Examples
    --------
    >>> found = brown(np.array([1.0, 3.0]), np.ones(2), np.array([2.0, 2.0]), np.ones(2))
    >>> found.statistic, found.df
    (1.0, 2.0)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(np.sum((direct - model) ** 2 / (variance + mse)))
    count = float(len(direct))
    return Test("Brown", value, count, float(stats.chi2.sf(value, count)))


def normality(name: str, values: Floats) -> Test:
    """Shapiro and Wilk's test that values are normal; NaN for fewer than three."""
    known = values[np.isfinite(values)]
    if len(known) < 3 or not np.ptp(known) > 0:
        return Test(name, float("nan"), float("nan"), float("nan"))
    found = stats.shapiro(known)
    return Test(name, float(found.statistic), float("nan"), float(found.pvalue))


def standardised(values: Floats) -> Floats:
    """Values less their mean, over their standard deviation."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return np.asarray((values - values.mean()) / spread) if spread > 0 else np.zeros_like(values)


@dataclass(frozen=True)
class Diagnostics(ShownResult):
    """Diagnostics of a model on areas.

    Attributes
    ----------
    tests : tuple of Test
        Brown's, and normality of residuals and of area effects.
    correlation : float
        Between the regression's predictions and the direct estimates.
    areas : tuple of str
        The sampled areas, in the order of the arrays below.
    residual, effect : float arrays
        Standardised.
    leverage, cook : float arrays
        How far an area stands out by its covariates, and how far its leaving moves all
        coefficients, in units of their error (Cook's distance).
    variance_without : float array
        The variance of area effects without the area.
    """

    tests: tuple[Test, ...]
    correlation: float
    areas: tuple[str, ...]
    residual: Floats
    effect: Floats
    leverage: Floats
    cook: Floats
    variance_without: Floats

    def to_pandas(self) -> pd.DataFrame:
        """A row for each sampled area."""
        import pandas as pd

        return pd.DataFrame(
            {"area": list(self.areas), "residual": self.residual, "effect": self.effect,
             "leverage": self.leverage, "cook": self.cook,
             "variance_without": self.variance_without}
        )  # fmt: skip

    def find(self, name: str) -> Test:
        """The test of this name."""
        return next(test for test in self.tests if test.name == name)

    def influential(self, most: int = 5) -> Sequence[str]:
        """Areas whose leaving moves the coefficients most: Cook's distance above 4 / areas."""
        order = np.argsort(-self.cook)
        bound = 4.0 / max(len(self.areas), 1)
        return [self.areas[i] for i in order[:most] if self.cook[i] > bound]
