"""What is known of areas, and what a model of them found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.area.fit import Fit
from exitline.stats.smallarea.area.variants import Options
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.figures import AreaFigures
from exitline.words.said import say, say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from exitline.stats.smallarea.area.selection import TermSelection
    from exitline.stats.smallarea.diagnostics import Diagnostics
    from exitline.stats.smallarea.figures import AreaFigure
    from exitline.stats.smallarea.joins import JoinedAreas

    Floats = NDArray[Any]
    Pair = tuple[Floats, Floats]


@dataclass(frozen=True)
class Areas:
    """Everything known of the areas, in one order.

    Attributes
    ----------
    names : tuple of str
    direct, variance : float arrays, shape (areas,)
        NaN where the survey says nothing.
    x : float array, shape (areas, k)
    known : bool array, shape (areas,)
        Whether all covariates of an area are known.
    columns : tuple of str
        Of x.
    size : float array, optional
        Effective sample sizes, for the arcsine scale.
    measure, line : str
    share : bool
        Whether the figure lies between 0 and 1.
    neighbours : float array, shape (areas, areas), optional
        Proximity weights for the spatial model.
    errors : float array, shape (areas, k, k), optional
        Error covariances of the covariates, for the measurement-error model.
    smoothed : bool array, optional
        Whose sampling variance was smoothed.
    terms : tuple of str
        The term of the formula that each column belongs to.
    """

    names: tuple[str, ...]
    direct: Floats
    variance: Floats
    x: Floats
    known: NDArray[np.bool_]
    columns: tuple[str, ...]
    size: Floats | None = None
    measure: str = "direct"
    line: str = ""
    share: bool = False
    neighbours: Floats | None = None
    errors: Floats | None = None
    smoothed: NDArray[np.bool_] | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class AreaModel(ShownResult):
    """An area-level model and its figures.

    Attributes
    ----------
    formula : str
    areas : Areas
    options : Options
    fit : Fit
        On the scale of the model.
    figures : AreaFigures
        On the scale of the direct estimates.
    mse_name : str
        Whose mean squared error it is.
    notes : tuple of str
        What a reader must know.
    kind : str
    joined : JoinedAreas or None
        Areas of the survey and of the covariates, side by side.
    """

    formula: str
    areas: Areas
    options: Options
    fit: Fit
    figures: AreaFigures
    mse_name: str
    notes: tuple[str, ...] = ()
    kind: str = "fay_herriot"
    joined: JoinedAreas | None = field(default=None, compare=False)

    @property
    def sampled(self) -> NDArray[np.bool_]:
        """Areas that the model was fitted to."""
        return self.figures.sampled

    @property
    def variance(self) -> float:
        """Of area effects, on the scale of the model."""
        return self.fit.variance

    def coefficients(self) -> pd.DataFrame:
        """The coefficients: term, estimate, se, z, p."""
        return self.fit.coefficients()

    def to_pandas(self) -> pd.DataFrame:
        """The figures, and the weight `gamma` of each direct estimate in its prediction."""
        table = self.figures.to_pandas()
        gamma = np.full(len(table), np.nan)
        gamma[self.sampled] = self.fit.gamma
        table.insert(list(table.columns).index("sampled"), "gamma", gamma)
        return table

    def find(self, area: Any) -> AreaFigure:
        """The figure of one area."""
        return self.figures.find(area)

    def diagnostics(self) -> Diagnostics:
        """Residuals, area effects, influence, and Brown's test of direct against model.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> areas = pd.DataFrame({"area": list("abcde"), "poor": [.1, .3, .2, .4, .35],
        ...     "var": [.01, .01, .02, .01, .02], "toilet": [.9, .6, .8, .5, .4]})
        >>> found = xl.small_area.fay_herriot("poor ~ toilet", areas, area="area", variance="var")
        >>> found.diagnostics().find("Brown").df
        5.0
        """
        from exitline.stats.smallarea.area.examined import diagnostics

        return diagnostics(self)

    def select(self, criterion: str = "aic") -> TermSelection:
        """Which terms of the formula to keep, leaving out and taking back one at a time.

        Parameters
        ----------
        criterion : {"aic", "bic", "kic", "caic", "cv"}
            An information criterion by profile likelihood ("caic": Akaike's for predictions of
            these very areas), or cross-validation over areas.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> areas = pd.DataFrame({"area": list("abcde"), "poor": [.1, .3, .2, .4, .35],
        ...     "var": [.01, .01, .02, .01, .02], "toilet": [.9, .6, .8, .5, .4]})
        >>> found = xl.small_area.fay_herriot("poor ~ toilet", areas, area="area", variance="var")
        >>> found.select().terms
        ('toilet',)
        """
        from exitline.stats.smallarea.area.selection import select

        method = self.options.method if self.options.method == "fh" else "ml"
        terms = tuple(dict.fromkeys(t for t in self.areas.terms if t != "Intercept"))
        return select(self.fit.direct, terms, self.areas.terms, method, criterion)

    def benchmark(
        self,
        weights: Mapping[str, float] | Sequence[float],
        target: float | None = None,
        *,
        target_se: float = 0.0,
        how: str = "ratio",
        bounds: tuple[float, float] | None = None,
        groups: Mapping[str, Any] | Sequence[Any] | None = None,
        replicates: int = 500,
        seed: int = 1,
    ) -> AreaModel:
        """The figures brought to a total, with their mean squared errors anew.

        Parameters
        ----------
        weights : mapping of area to number, or sequence in the order of areas
            Populations of areas.
        target : float, optional
            The weighted mean to meet; that of the direct estimates unless given.
        target_se : float
            Its standard error: 0 for a known one.
        how : {"ratio", "difference", "mse"}
            In proportion to the figures, by one amount, or in proportion to their MSE.
        bounds : (float, float), optional
            Within which figures stay: 0 and 1 for shares unless given.
        groups : mapping of area to group, or sequence, optional
            Two stages: groups meet the target, areas meet their group's figure.
        replicates, seed : int
            Of the bootstrap that gives the mean squared errors.

        Raises
        ------
        SmallAreaError
            Where no figures within the bounds meet the target.

        References
        ----------
        Datta, Ghosh, Steorts and Maples (2011), Test 20, 574-588. Steorts and Ghosh (2013),
        Statistica Sinica 23, 749-767.
        """
        from exitline.stats.smallarea.area.examined import benchmark
        from exitline.stats.smallarea.benchmarking import rule_of

        names = self.areas.names
        given = np.array(_by_area(weights, names, 0.0), dtype=np.float64)
        given = np.where(np.isfinite(self.figures.estimate), given, 0.0)
        limits = bounds or ((0.0, 1.0) if self.figures.share else (-np.inf, np.inf))
        parts = None
        if groups is not None:
            labels = ["" if one is None or one != one else str(one)
                      for one in _by_area(groups, names, "")]  # fmt: skip
            _require_groups(labels, names, given)
            parts = np.unique(labels, return_inverse=True)[1]
        rule = rule_of(how, given, names, bounds=limits, groups=parts)
        return benchmark(self, rule, target, target_se, replicates, seed)


def _require_groups(labels: Sequence[str], names: Sequence[str], weights: Any) -> None:
    """Refuse areas that count in the total and lie in no group."""
    out = [name for name, label, w in zip(names, labels, weights, strict=True)
           if not label and w > 0]  # fmt: skip
    if out:
        raise SmallAreaError(
            "areas without a group", where=f"area '{out[0]}'",
            expected="the group of every area that counts in the total",
            got=f"{len(out)} without one", remedy="fill the column of groups",
        )  # fmt: skip


def with_joins(found: AreaModel, joined: JoinedAreas | None) -> AreaModel:
    """The model with what became of the areas of both tables."""
    if joined is None:
        return found
    left = joined.survey_only
    said = (
        say_plural("{n} area of the survey left out, not among the covariates: {names}",
                   "{n} areas of the survey left out, not among the covariates: {names}",
                   len(left), names=some(left)),
    ) if left else ()  # fmt: skip
    return replace(found, joined=joined, notes=(*said, *found.notes))


def _by_area(given: Any, names: Sequence[str], lacking: Any) -> list[Any]:
    """Values in the order of areas, from a mapping by area or a sequence."""
    if hasattr(given, "items"):
        found = {str(key): value for key, value in given.items()}
        missing = [name for name in names if name not in found]
        if len(missing) == len(names):
            raise SmallAreaError(
                "none of the model's areas has a value here",
                expected="names such as " + ", ".join(names[:5]),
                got=", ".join(list(found)[:5]) or "none",
                remedy="write areas as the model does",
            )
        return [found.get(name, lacking) for name in names]
    if len(given) != len(names):
        raise SmallAreaError(
            "values that do not fit the areas", expected=f"{len(names)}, one for each area",
            got=str(len(given)), remedy="give a mapping from area to value",
        )  # fmt: skip
    return list(given)


def some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are.

    Examples
    --------
    >>> some(["a", "b"]), some(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    shown = ", ".join(names[:5])
    return say("{names} and {n} more", names=shown, n=len(names) - 5) if len(names) > 5 else shown
