"""Area means by households and population means: `xl.small_area.eblup`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.api.area_models.run import ModelRun
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.formula import Learned
    from exitline.stats.smallarea.unit.eblup import AreaMeans
    from exitline.stats.smallarea.unit.result import Level, UnitModel


def eblup(
    formula: str,
    sample: Any,
    means: Any,
    *,
    area: str,
    population: str | None = None,
    method: Literal["reml", "ml"] = "reml",
    mse: Literal["none", "parametric"] = "none",
    replicates: int = 200,
    seed: int = 1,
    level: float = 0.95,
    design: Design | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str | Engine = "duckdb",
) -> UnitModel:
    """Predict the means of areas from households and the means of covariates.

    The nested-error model of Battese, Harter and Fuller. Where a census is at hand, `ebp` gives
    poverty, too; here a table with one row for each area is enough.

    Parameters
    ----------
    formula : str
        Such as ``"yield ~ maize + beans"``: numbers, as they are, so that their means say all.
    sample : path or table
        Households.
    means : path or table
        One row for each area: the mean of each covariate, under its name.
    area : str
        The column of areas, in both.
    population : str, optional
        Column of `means` with the households of each area. Without it the sample counts as no
        part of the area.
    method : {"reml", "ml"}
    mse : {"none", "parametric"}
        Parametric bootstrap of mean squared errors.
    replicates, seed : int
        Of the bootstrap.
    level : float
        Confidence of intervals.
    design : Design, optional
        Of the sample, for the direct estimates beside the model's figures.
    progress : callable, optional
        Told how many replicates are done, of how many.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    UnitModel

    Raises
    ------
    SmallAreaError, MeasureError
        For data that do not allow the model.

    References
    ----------
    Battese, Harter and Fuller (1988), JASA 83, 28-36. Gonzalez-Manteiga, Lombardia, Molina,
    Morales and Santamaria (2008), Journal of Statistical Computation and Simulation 78, 443-462.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 5.0, 2.0, 7.0], "rooms": [1, 2, 2, 3, 1, 3],
    ...     "area": ["a", "a", "b", "b", "c", "c"]})
    >>> people = pd.DataFrame({"rooms": [1.5, 2.5, 2.0, 1.0], "area": ["a", "b", "c", "d"]})
    >>> found = xl.small_area.eblup("y ~ rooms", homes, people, area="area")
    >>> [(one.area, one.sampled) for one in found.levels[0].figures[0]]
    [('a', True), ('b', True), ('c', True), ('d', False)]
    """
    from exitline.api.area_models.asked import ModelAsked, require_options
    from exitline.api.area_models.run import ModelRun
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.smallarea.unit.figures import indicators

    asked = ModelAsked(
        formula, area, indicators(["mean"]), 1.0, ((area,),), "none", None, None, method, None,
        population, False, None, "eb", mse, replicates, seed, level,
    )  # fmt: skip
    require_options(asked)
    if mse not in ("none", "parametric"):
        raise SmallAreaError(
            "area means have no wild bootstrap", where="mse", expected="none or parametric",
            got=repr(mse), remedy="take mse='parametric'",
        )  # fmt: skip
    with session(engine) as running:
        drawn, whole = asked.sources(open_source(sample), open_source(means), design)
        tables = running.attach(drawn, "sample"), running.attach(whole, "means")
        return means_of(ModelRun(asked, running, *tables, drawn.labels, progress, design))


def means_of(run: ModelRun) -> UnitModel:
    """Fit, predict and say how sure."""
    run.fit()
    return run.record((_level(run),), "eblup")


def _level(run: ModelRun) -> Level:
    """The figures of all areas."""
    from exitline.api.area_models.levels import direct_estimates
    from exitline.stats.smallarea.figures import AreaFigures
    from exitline.stats.smallarea.unit.eblup import (
        eblup_means,
        parametric_mse,
        require_population,
    )
    from exitline.stats.smallarea.unit.result import Level, interval

    asked, sample, fitted = run.asked, run.sample, run.fitted
    means, names, lacking = _read(run)
    require_population(means, sample, names)
    estimate = eblup_means(means, sample, run.welfare, fitted)
    mse = np.full(len(names), np.nan)
    if asked.mse != "none":
        mse = parametric_mse(means, sample, fitted, asked.replicates, asked.seed, run.progress)
    estimate, mse = np.where(lacking, np.nan, estimate), np.where(lacking, np.nan, mse)
    beside, said = direct_estimates(asked, run.engine, run.sample_table, run.learned, run.design)
    run.notes += said
    direct = np.array([beside.get((asked.area, "mean", one), (np.nan, np.nan)) for one in names])
    low, high = interval(estimate, mse, asked.level, share=False, positive=False)
    other = "" if asked.mse != "none" else say("no mean squared error was asked for")
    reason = tuple(say("a covariate is missing") if one else other for one in lacking)
    figures = AreaFigures(
        "mean", names, estimate, mse, low, high, asked.level, means.area >= 0, direct[:, 0],
        direct[:, 1], reason,
    )  # fmt: skip
    n = np.where(means.area >= 0, sample.n[means.area], 0.0).astype(np.int64)
    people = np.where(np.isfinite(means.population), means.population, 0.0)
    return Level(asked.area, (figures,), n, people.astype(np.int64), people)


def _read(run: ModelRun) -> tuple[AreaMeans, tuple[str, ...], Any]:
    """The table of means: one row for each area, and which of them lack a covariate."""
    from exitline.stats.data.values import written
    from exitline.stats.smallarea.formula import read
    from exitline.stats.smallarea.unit.eblup import AreaMeans

    asked = run.asked
    _require_plain(run.learned)
    more = [asked.area, *([asked.size] if asked.size else [])]
    rows = read(run.learned, run.census_table, run.engine.run, more, response=False)
    names = [written(one) or "" for one in rows.more[asked.area].to_pylist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    _require_once(asked.area, names)
    at = {name: i for i, name in enumerate(run.names)}
    area = np.array([at.get(names[i], -1) for i in order], dtype=np.int64)
    size = np.full(len(order), np.inf)
    if asked.size:
        given = rows.more[asked.size].to_pandas()
        size = np.asarray(given.to_numpy(dtype=np.float64, na_value=np.nan))[order]
    left = sorted(set(run.names) - set(names))
    if len(left) == len(run.names):
        raise SmallAreaError(
            "sample and means have no area in common", where=asked.area,
            expected="areas written alike in both", got=f"'{run.names[0]}' in the sample only",
            remedy="write areas in one way, or name the column that does",
        )  # fmt: skip
    if left:
        run.notes.append(
            say_plural(
                "{n} sampled area has no means, so it has no figure; its households help "
                "to fit the model: {names}",
                "{n} sampled areas have no means, so they have no figure; their "
                "households help to fit the model: {names}",
                len(left),
                names=", ".join(left[:5]),
            )
        )
    means = AreaMeans(rows.x[order], area, size)
    return means, tuple(names[i] for i in order), ~rows.known[order]


def _require_plain(learned: Learned) -> None:
    """Refuse columns whose mean is not that of what the formula names."""
    bent = [one.text for one in learned.formula.factors if one.tree is not None or one.category]
    crossed = [t for t in learned.terms if ":" in t]
    coded = [learned.formula.factors[i].text for i in learned.levels]
    for text in (*bent, *coded, *crossed):
        raise SmallAreaError(
            f"the mean of '{text}' does not follow from the means of its columns",
            where="formula", expected="columns that are numbers, as they are", got=f"'{text}'",
            remedy="make it a column of sample and means, or give a census to "
            "xl.small_area.ebp(..., transform='none')",
        )  # fmt: skip


def _require_once(area: str, names: list[str]) -> None:
    """Refuse an area with two rows, or a row without an area."""
    for name in names:
        if not name or names.count(name) > 1:
            raise SmallAreaError(
                "the means have no single row for each area", where=area,
                expected="each area once",
                got=f"'{name}' {names.count(name):,} times" if name else "a row without an area",
                remedy="give one row for each area; xl.small_area.ebp takes a census",
            )  # fmt: skip
