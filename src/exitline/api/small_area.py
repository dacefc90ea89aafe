"""Small areas from a notebook: `xl.small_area.direct`, `fay_herriot`, `ebp`, `eblup`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from exitline.api.area_models.compare import comparability
from exitline.api.area_models.direct import direct
from exitline.api.area_models.means import eblup
from exitline.api.area_models.unit import ebp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.area.result import AreaModel
    from exitline.stats.smallarea.area.smoothing import Smooth
    from exitline.stats.smallarea.area.transforms import Back
    from exitline.stats.smallarea.area.variance import Method

__all__ = ["comparability", "direct", "eblup", "ebp", "fay_herriot"]


def fay_herriot(
    formula: str,
    data: Any,
    *,
    area: str,
    variance: str | None = None,
    covariates: Any = None,
    line: str | None = None,
    sample_size: str | None = None,
    method: Method = "reml",
    transform: Literal["none", "log", "arcsine", "logit"] = "none",
    back: Back = "bias_corrected",
    mse: Literal["analytic", "jackknife", "weighted_jackknife", "bootstrap"] = "analytic",
    smooth: Smooth = "none",
    proximity: Any = None,
    errors: Mapping[str, str] | None = None,
    robust: bool = False,
    k: float = 1.345,
    unmatched: Literal["error", "drop"] = "error",
    replicates: int = 500,
    seed: int = 1,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> AreaModel:
    """Predict areas from their direct estimates and what is known of every area.

    The Fay-Herriot model: direct estimate = x'beta + area effect + sampling error, with known
    sampling variances. Its prediction weighs the direct estimate by how sure it is, and the
    regression by how much areas differ from it.

    Parameters
    ----------
    formula : str
        Such as ``"headcount ~ toilet + C(region)"``. Its response is a column of the data, or
        a measure of the estimates.
    data : Estimates, or path or table
        From `exitline.estimate` with ``by=area``: direct estimates and variances are those of
        the design. Or one row for each area.
    area : str
        The column that names areas, in every table.
    variance : str, optional
        The column of sampling variances; needed unless `data` are estimates.
    covariates : path or table, optional
        One row for each area; unless given, those of `data`. Its areas without a direct
        estimate are predicted by the regression.
    line : str, optional
        Which line's estimates, where there are several.
    sample_size : str, optional
        The column of effective sample sizes: for ``transform="arcsine"``, and to smooth by.
        Of estimates it is the number of households over the design effect, pooled over areas.
    method : {"reml", "ml", "fh", "amrl", "ampl", "amrl_yl", "ampl_yl"}
        Estimator of the variance of area effects: restricted or profile likelihood, Fay and
        Herriot's moments, or adjusted likelihoods, which are never zero (Li-Lahiri, and
        Yoshimori-Lahiri with "_yl").
    transform : {"none", "log", "arcsine", "logit"}
        The scale of the model.
    back : {"bias_corrected", "crude", "naive"}
        The way back from it.
    mse : {"analytic", "jackknife", "weighted_jackknife", "bootstrap"}
        Analytic is Prasad and Rao's, Datta and Lahiri's or Slud and Maiti's.
    smooth : {"none", "unstable", "all", "pooled"}
        Which sampling variances are replaced by smoothed ones: none, those that are missing,
        zero or on fewer than 3 degrees of freedom, or all; "pooled" takes a variance for one
        household, pooled over areas, for areas of one or two PSUs.
    proximity : array or pandas.DataFrame, optional
        Weights of each area's neighbours, rows adding up to 1: the spatial model, whose area
        effects follow their neighbours' (REML or ML). A table is matched by names of areas.
    errors : mapping of str to str, optional
        From a column of the model to the column with its error variance: the measurement-error
        model of Ybarra and Lohr, for covariates that are estimates (``mse="jackknife"``).
    robust : bool
        Sinha and Rao's robust model: outlying areas are held back at `k` standard deviations.
    k : float
    unmatched : {"error", "drop"}
        What to do with direct estimates of areas that the table of covariates does not have.
    replicates, seed : int
        Of the bootstrap.
    level : float
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    AreaModel
        ``to_pandas()`` gives the figures, ``coefficients()`` the model, ``fit.criteria`` its
        information criteria; all figures are marked "model".

    Raises
    ------
    SmallAreaError
        For data that do not allow the model.

    References
    ----------
    Fay and Herriot (1979), JASA 74, 269-277. Rao and Molina (2015), Small Area Estimation,
    chapter 6.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> areas = pd.DataFrame({"area": list("abcdef"), "poor": [.1, .3, .2, .4, .35, None],
    ...     "var": [.01, .01, .02, .01, .02, None], "toilet": [.9, .6, .8, .5, .4, .7]})
    >>> found = xl.small_area.fay_herriot("poor ~ toilet", areas, area="area", variance="var")
    >>> round(found.find("f").estimate, 4)
    0.2385
    """
    from exitline.api.area_models.data import SmallAreaData
    from exitline.stats.engine.session import session
    from exitline.stats.smallarea.area.model import model
    from exitline.stats.smallarea.area.result import with_joins
    from exitline.stats.smallarea.area.variants import Options

    options = Options(method, transform, back, mse, replicates, seed, level, robust, k)
    asked = SmallAreaData(
        data, area, variance=variance, covariates=covariates, line=line, size=sample_size,
        smooth=smooth, drop=unmatched == "drop", proximity=proximity, errors=errors,
    )  # fmt: skip
    with session(engine) as running:
        areas, joined = asked.areas(formula, running, sized=transform == "arcsine")
    return with_joins(model(areas, options, formula), joined)
