"""A unit-level model with its figures of every area of every level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit, ndtri

from exitline.errors import nearest, unknown
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.figures import AreaFigures
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.smallarea.area.selection import TermSelection
    from exitline.stats.smallarea.diagnostics import Test
    from exitline.stats.smallarea.figures import AreaFigure
    from exitline.stats.smallarea.unit.model import Fitted
    from exitline.stats.smallarea.unit.sample import UnitSample


@dataclass(frozen=True)
class Level:
    """The figures of the areas of one level, one for each indicator.

    Attributes
    ----------
    by : str
        The columns that name its areas.
    figures : tuple of AreaFigures
    n : int array, shape (areas,)
        Households of the sample in each area.
    households : int array, shape (areas,)
        Of the census, as far as the model refers to them.
    population : float array, shape (areas,)
        Sum of their weights: persons, where the size of households was given.
    """

    by: str
    figures: tuple[AreaFigures, ...]
    n: NDArray[np.int64]
    households: NDArray[np.int64]
    population: Floats


@dataclass(frozen=True)
class UnitModel(ShownResult):
    """An empirical best predictor and its figures.

    Attributes
    ----------
    formula : str
    names : tuple of str
        Of the coefficients.
    fitted : Fitted
    covariance : float array
        Of the coefficients, at the estimated variances.
    areas : tuple of str
        The sampled areas of the model, in the order of its effects.
    sizes : int array
        Households of the sample in each.
    levels : tuple of Level
    mse_name : str
        Whose mean squared error it is; "" where none was asked for.
    notes : tuple of str
    residuals, fits : float arrays
        Of each household of the sample, on the scale of the model: at the predicted effects.
    kind : str
    sample : UnitSample or None
        The rows that the model was fitted to.
    terms : tuple of str
        The term of the formula that each coefficient belongs to.
    """

    formula: str
    names: tuple[str, ...]
    fitted: Fitted
    covariance: Floats
    areas: tuple[str, ...]
    sizes: NDArray[np.int64]
    levels: tuple[Level, ...]
    mse_name: str = ""
    notes: tuple[str, ...] = ()
    residuals: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    fits: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    kind: str = "ebp"
    sample: UnitSample | None = field(default=None, repr=False, compare=False)
    terms: tuple[str, ...] = ()

    def coefficients(self) -> pd.DataFrame:
        """The coefficients: term, estimate, se, z, p; on the scale of the model."""
        import pandas as pd
        from scipy.stats import norm

        se = np.sqrt(np.diag(self.covariance))
        z = self.fitted.beta / se
        return pd.DataFrame(
            {"term": self.names, "estimate": self.fitted.beta, "se": se, "z": z,
             "p": 2.0 * norm.sf(np.abs(z))}
        )  # fmt: skip

    def variances(self) -> Mapping[str, float]:
        """What the model says of the spread: of areas, of households, and how much is between."""
        one = self.fitted
        total = one.sigma2_u + one.sigma2_e
        return {
            "sigma2_u": one.sigma2_u, "sigma2_e": one.sigma2_e, "icc": one.sigma2_u / total,
            "parameter": one.how.parameter, "shift": one.how.shift,
            "log_likelihood": one.likelihood,
        }  # fmt: skip

    def effects(self) -> pd.DataFrame:
        """Predicted area effects: area, n, effect, se, gamma."""
        import pandas as pd

        return pd.DataFrame(
            {"area": self.areas, "n": self.sizes, "effect": self.fitted.effects,
             "se": np.sqrt(self.fitted.effect_vars), "gamma": self.fitted.gamma}
        )  # fmt: skip

    def normality(self) -> pd.DataFrame:
        """Skewness, kurtosis and Shapiro and Wilk's test of residuals and of area effects."""
        from exitline.stats.smallarea.unit.examined import normality

        return normality([("residuals", self.residuals), ("area effects", self.fitted.effects)])

    def explained(self) -> tuple[float, float]:
        """How much of the variance the covariates tell, and they with the area effects."""
        from exitline.stats.smallarea.unit.examined import explained

        assert self.sample is not None
        return explained(self.sample, self.fitted)

    def criteria(self) -> Mapping[str, float]:
        """AIC, BIC, KIC and conditional AIC, by full maximum likelihood; smaller is better.

        Of models with one effect of areas, on the same households and the same scale.
        """
        from exitline.stats.smallarea.unit.selection import criteria

        assert self.sample is not None
        return criteria(self.sample, self.fits + self.residuals)

    def select(self, criterion: str = "aic") -> TermSelection:
        """Which terms of the formula to keep, leaving out and taking back one at a time.

        Parameters
        ----------
        criterion : {"aic", "bic", "kic", "caic", "cv"}
            An information criterion by full maximum likelihood ("caic": Akaike's for
            predictions of these very areas), or cross-validation over ten parts of the areas.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 5.0, 2.0, 7.0],
        ...     "rooms": [1, 2, 2, 3, 1, 3], "area": ["a", "a", "b", "b", "c", "c"]})
        >>> found = xl.small_area.ebp("y ~ rooms", homes, homes, area="area", measures="mean")
        >>> found.select("bic").terms
        ('rooms',)
        """
        from exitline.stats.smallarea.unit.selection import select

        assert self.sample is not None
        return select(self.sample, self.fits + self.residuals, self.terms, criterion)

    def brown(self, measure: str | None = None) -> Test:
        """Brown's test that model and direct estimates differ by no more than their errors.

        Over the sampled areas of the model that have both, with their errors.

        Parameters
        ----------
        measure : str, optional
            The first unless given.
        """
        from exitline.stats.smallarea.diagnostics import brown

        known = [one.measure for one in self.levels[0].figures]
        if measure not in (None, *known):
            raise unknown("measure", measure, known, error=SmallAreaError)
        one = self.levels[0].figures[known.index(measure) if measure else 0]
        both = np.isfinite(one.direct_se) & (one.direct_se > 0) & (one.mse > 0)
        return brown(one.direct[both], one.direct_se[both] ** 2, one.estimate[both], one.mse[both])

    def influence(self) -> pd.DataFrame:
        """How far the coefficients move when an area leaves: area, n, cook."""
        import pandas as pd

        from exitline.stats.smallarea.unit.examined import cook

        assert self.sample is not None
        found = cook(self.sample, self.fits + self.residuals, self.fitted)
        return pd.DataFrame({"area": self.areas, "n": self.sizes, "cook": found})

    def to_pandas(self) -> pd.DataFrame:
        """The figures of every level: by, area, measure, estimate, rmse, cv, interval, and how
        many households of the sample and of the census stand behind each."""
        import pandas as pd

        parts = []
        for level in self.levels:
            for one in level.figures:
                table = one.to_pandas()
                table.insert(0, "by", level.by)
                table["n"] = level.n
                table["households"] = level.households
                table["population"] = level.population
                parts.append(table)
        return pd.concat(parts, ignore_index=True)

    def find(self, area: Any, measure: str | None = None, by: str | None = None) -> AreaFigure:
        """The figure of one area.

        Parameters
        ----------
        area : value, or tuple of values
        measure : str, optional
            Needed where there are several.
        by : str, optional
            The level; needed where several have such an area.

        Raises
        ------
        SmallAreaError
            Where not exactly one figure fits.
        """
        name = shown(area if isinstance(area, tuple) else (area,))
        found = [
            (level, one)
            for level in self.levels
            for one in level.figures
            if by in (None, level.by) and measure in (None, one.measure) and name in one.areas
        ]
        if len(found) == 1:
            return found[0][1].find(name)
        known = [a for level in self.levels for a in level.figures[0].areas]
        raise SmallAreaError(
            "no single figure fits",
            expected="an area, a measure and a level that name one figure",
            got=f"'{name}', which fits {len(found)}",
            remedy=nearest(name, known) or "name the measure and the level (by=)",
        )


def shown(values: tuple[Any, ...]) -> str:
    """An area's name, from the values of its columns."""
    from exitline.stats.data.values import written

    return ", ".join(written(value) or "" for value in values)


def interval(
    estimate: Floats, mse: Floats, level: float, *, share: bool, positive: bool
) -> tuple[Floats, Floats]:
    """Limits of a figure from its mean squared error.

    Symmetric on the scale of the logit for shares, of the logarithm for amounts of welfare
    that are above zero, where errors are skew; on its own scale otherwise.
    """
    half = float(ndtri(0.5 + level / 2.0)) * np.sqrt(mse)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if share:
            inside = (estimate > 0) & (estimate < 1)
            p = np.where(inside, estimate, 0.5)
            away = half / (p * (1.0 - p))
            low, high = expit(logit(p) - away), expit(logit(p) + away)
            return np.where(inside, low, np.nan), np.where(inside, high, np.nan)
        if positive:
            inside = estimate > 0
            safe = np.where(inside, estimate, 1.0)
            factor = np.exp(half / safe)
            low, high = safe / factor, safe * factor
            return np.where(inside, low, np.nan), np.where(inside, high, np.nan)
    return estimate - half, estimate + half
