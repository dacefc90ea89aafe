"""Small areas from a notebook: `xl.small_area.direct`, `fay_herriot`, `ebp`, `eblup`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from exitline.api.area_models.compare import comparability
from exitline.api.area_models.direct import direct
from exitline.api.area_models.means import eblup

if TYPE_CHECKING:
    from exitline.api.area_models.asked import By
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.area.result import AreaModel
    from exitline.stats.smallarea.area.smoothing import Smooth
    from exitline.stats.smallarea.area.transforms import Back
    from exitline.stats.smallarea.area.variance import Method
    from exitline.stats.smallarea.unit.result import UnitModel


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


def ebp(
    formula: str,
    sample: Any,
    census: Any,
    *,
    area: str,
    measures: str | Sequence[str] = ("headcount", "poverty_gap"),
    line: float | None = None,
    by: str | By = (),
    transform: Literal["none", "log", "log-shift", "box-cox", "dual", "rank"] = "log",
    parameter: float | None = None,
    shift: float | Literal["auto"] | None = None,
    method: Literal["reml", "ml"] = "reml",
    weight: str | None = None,
    size: str | None = None,
    own_values: bool = False,
    district: str | None = None,
    predictor: Literal["eb", "ell"] = "eb",
    mse: Literal["none", "parametric", "wild"] = "none",
    replicates: int = 200,
    seed: int = 1,
    level: float = 0.95,
    benchmark: Literal["ratio", "difference"] | None = None,
    targets: Mapping[str, float | tuple[float, float]] | None = None,
    within: str | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    design: Design | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str | Engine = "duckdb",
) -> UnitModel:
    """Predict poverty in small areas from a survey and a census.

    A nested-error model of transformed welfare is fitted to the sample; every household of the
    census then has a predicted distribution of welfare, and every area the expected value of
    each measure. Nothing is simulated but the replicates of `mse`. The census stays in the
    engine: what comes back are sums by area and band of the linear predictor.

    Parameters
    ----------
    formula : str
        Such as ``"pc_exp ~ log(hhsize) + C(roof)"``: welfare as it is (it is transformed here),
        and columns that sample and census both have.
    sample, census : path or table
        Households, one row each.
    area : str
        The column of the model's areas, in both.
    measures : str or sequence
        Of mean, total, headcount, poor_count, poverty_gap, severity, fgt(alpha), watts, median,
        quantile(p), gini.
    line : float, optional
        The poverty line; those below it are poor.
    by : str or sequence
        Further levels: columns of the census, finer or coarser than the model's areas;
        a sequence within the sequence for crossings. All come from the same pass.
    transform : {"none", "log", "log-shift", "box-cox", "dual", "rank"}
        The scale on which errors are normal.
    parameter : float, optional
        Of log-shift, box-cox or dual; the data choose it unless it is given.
    shift : float or "auto", optional
        Added to welfare before log, box-cox and dual; "auto" lifts the lowest value to 1.
    method : {"reml", "ml"}
    weight : str, optional
        Column of the sample's weights: the pseudo-EB predictor of Guadarrama, Molina and Rao,
        for samples whose weights tell something of welfare.
    design : Design, optional
        Of the sample, for the direct estimates beside the model's figures.
    size : str, optional
        Column of the census, and of the sample with `own_values`: persons in the household.
        Figures then refer to persons.
    own_values : bool
        Whether the sample's households stand for themselves: the census must then be without
        them. Otherwise every household of the census is predicted (census EB).
    district : str, optional
        A column of both that names the districts in which the model's areas lie: the two-fold
        model gives them an effect too, which areas without a sample then share.
    predictor : {"eb", "ell"}
        "ell" is the method of Elbers, Lanjouw and Lanjouw (2003), for reference: it ignores
        what the sample says of each area.
    mse : {"none", "parametric", "wild"}
        Bootstrap of mean squared errors.
    replicates, seed : int
        Of the bootstrap.
    level : float
        Confidence of intervals.
    benchmark : {"ratio", "difference"}, optional
        Figures are moved so that all areas together have the sample's own estimate, or the
        targets; their errors then hold the targets' error.
    targets : mapping of measure to number, or to number and standard error, optional
    within : str, optional
        Two stages: a level of `by`, such as provinces, whose own estimates by the sample meet the
        total first; areas then meet their group's.
    bounds : mapping of measure to two numbers, optional
        Within which benchmarked figures stay; shares within 0 and 1 unless given. Figures on a
        bound stay there, and the others take what is left.
    progress : callable, optional
        Told how many replicates are done, of how many.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    UnitModel
        ``to_pandas()`` gives the figures, ``coefficients()``, ``variances()`` and ``effects()``
        the model; all figures are marked "model".

    Raises
    ------
    SmallAreaError, MeasureError
        For data that do not allow the model.

    References
    ----------
    Molina and Rao (2010), Canadian Journal of Statistics 38, 369-385. Guadarrama, Molina and
    Rao (2018), Computational Statistics & Data Analysis 121, 20-40.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 5.0, 2.0, 7.0], "rooms": [1, 2, 2, 3, 1, 3],
    ...     "area": ["a", "a", "b", "b", "c", "c"]})
    >>> people = pd.DataFrame({"rooms": [1, 2, 3, 1], "area": ["a", "a", "b", "d"]})
    >>> found = xl.small_area.ebp("y ~ rooms", homes, people, area="area",
    ...     measures="headcount", line=2.5)
    >>> [(one.area, one.sampled) for one in found.levels[0].figures[0]]
    [('a', True), ('b', True), ('d', False)]
    """
    from exitline.api.area_models.asked import ModelAsked, levels_of, line_of, require_options
    from exitline.api.area_models.run import ModelRun
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.smallarea.unit.figures import indicators

    wanted = indicators([measures] if isinstance(measures, str) else measures)
    asked = ModelAsked(
        formula, area, wanted, line_of(wanted, line), levels_of(area, by), transform, parameter,
        shift, method, weight, size, own_values, district, predictor, mse, replicates, seed, level,
        benchmark, targets, within, bounds,
    )  # fmt: skip
    require_options(asked)
    with session(engine) as running:
        drawn, whole = asked.sources(open_source(sample), open_source(census), design)
        tables = running.attach(drawn, "sample"), running.attach(whole, "census")
        return ModelRun(asked, running, *tables, drawn.labels, progress, design).model()
