"""Calibration of weights to known totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.weights.calibrated import Calibrated, notes_of, totals_reached
from exitline.api.weights.calibration_asked import check_calibration, margins_asked, unfit
from exitline.api.weights.first_phase import margins_of_first_phase
from exitline.api.weights.grouping import calibration_uses, factor_keys, grouped_rows
from exitline.stats.data.sampling.calibration import BoundsOf, Calibration, Count, Regression
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.sampling.phases import TwoPhaseSampling
from exitline.stats.infer.weighting.distances import Method
from exitline.stats.infer.weighting.sample import FACTOR, REPLICATE

if TYPE_CHECKING:
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.weighting.calibrating import FactorBounds


def calibrate(
    data: Any,
    design: Design,
    totals: Mapping[Any, Any] | Any,
    *,
    method: Method = "raking",
    bounds: tuple[float, float] | None = None,
    bounds_of: BoundsOf = "factors",
    count: Count = "households",
    variance: str | None = None,
    within: str | Sequence[str] | None = None,
    regression: Regression = "weighted",
    name: str = "calibrated_weight",
    iterations: int = 100,
    engine: str | Engine = "duckdb",
) -> Calibrated:
    """Change weights as little as possible so that they add up to known totals.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        The sample, one unit a row.
    design : Design
        Its `weight` is calibrated; where it has replicate weights, each of them is, too.
    totals : mapping, path or table
        By name: ``{"zone": {"rural": 19174, "urban": 22116}}`` for levels,
        ``{("zone", "sex"): {("rural", "f"): 7010, ...}}`` for a crossing,
        ``{"children": 39344}`` for the total of a number, ``{"(all)": 41290}`` for everyone. Or
        a file or table with the columns margin, level, total (see docs/weights.md). Where the
        design has a second phase, they are left empty, ``{"zone": {}, "children": None}``: the
        totals are those of the first phase.
    method : {"raking", "poststratify", "linear", "logit"}
        "raking" keeps weights above zero; "poststratify" is for one margin (several columns
        crossed); "linear" is the generalised regression estimator, whose weights may fall below
        zero; "logit" keeps factors between bounds.
    bounds : (float, float), optional
        Least and largest factor; "logit" needs them, "linear" and "raking" are cut at them.
    bounds_of : {"factors", "weights"}
        What the bounds limit: calibrated over given weight, or the calibrated weight.
    count : {"households", "persons"}
        What totals of levels and of everyone count. Persons: each row counts `design.size`.
    variance : str, optional
        Column that the residual variances are proportional to: with the one number
        ``{"spending": ...}`` and ``variance="spending"``, the ratio estimator.
    within : str or sequence of str, optional
        Columns of groups (the household, the PSU) whose rows are to share one factor.
    regression : {"weighted", "unweighted"}
        For standard errors: residuals from a regression on the auxiliaries with the given
        weights; or without weights, as R's ``rake`` has them.
    name : str
        The new column.
    iterations : int
        Newton steps at most.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Calibrated
        ``to_pandas()``, ``to_arrow()`` and ``write(path)`` give the rows with the new column.

    Raises
    ------
    DataError
        For totals that no weights reach, with the margin that fails: a level that the sample or
        the totals lack, margins that contradict each other or are collinear, bounds that are too
        narrow, no convergence.
    DesignError
        For bounds, or a method, that do not fit.

    References
    ----------
    Deville and Särndal (1992), Journal of the American Statistical Association 87, 376-382;
    Deville, Särndal and Sautory (1993), ibid. 88, 1013-1020; Lemaître and Dufour (1987), Survey
    Methodology 13, 199-207 (`within`).

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"zone": ["rural", "rural", "urban"], "w": [10.0, 10.0, 15.0]})
    >>> found = calibrate(homes, Design(weight="w"), {"zone": {"rural": 30, "urban": 20}})
    >>> found.to_pandas()["calibrated_weight"].round(9).tolist()
    [15.0, 15.0, 20.0]
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.infer.weighting.calibrating import FactorBounds
    from exitline.stats.infer.weighting.sample import WeightGroups

    phases = isinstance(design.sampling, TwoPhaseSampling)
    margins = margins_of_first_phase(totals) if phases else margins_asked(totals, engine)
    low, high = bounds or (-np.inf, np.inf)
    limits = FactorBounds(low, high, bounds_of)
    check_calibration(design, margins, method, limits, count, regression)
    model = Calibration(
        margins, design.weight, count, design.size if count == "persons" else None, variance,
        (within,) if isinstance(within, str) else tuple(within or ()), name, regression,
    )  # fmt: skip
    source = open_source(data)
    if phases:
        return _second_phase(source, design, model, (method, limits, iterations), engine)
    design = design.matching(source.names or ())
    keys = factor_keys(model, limits)
    source = source.using(calibration_uses(model, design.replicates))
    new = (name, *(f"{name}_{i + 1}" for i in range(len(design.replicates))))
    with session(engine) as running:
        grouped = grouped_rows(source, model, keys, running, new, design.replicates)
    sample = WeightGroups.of(grouped, keys, model, source.labels)
    found = sample.solve(method, limits, iterations)
    each = sample.solve_replicates(method, limits, iterations, design.replicates)
    columns = (FACTOR, *(f"{REPLICATE}{i}" for i in range(len(design.replicates))))
    return Calibrated(
        source, engine, tuple(keys[i] for i in sample.key_positions), sample.groups(found, each),
        dict(zip(new, columns, strict=True)), design.weight, notes_of(found),
        design.reweighted(new[0], new[1:], model), model, method, found.iterations,
        (float(found.factor.min()), float(found.factor.max())), totals_reached(sample, found),
        weights=dict(zip(new[1:], design.replicates, strict=True)),
    )  # fmt: skip


def _second_phase(
    source: Source,
    design: Design,
    model: Calibration,
    how: tuple[Method, FactorBounds, int],
    engine: str | Engine,
) -> Calibrated:
    """Weights of a second phase that add up to the totals of the first."""
    from exitline.api.weights import first_phase
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session

    if model.within:
        raise unfit("within", "a factor for each row of a second phase", ", ".join(model.within))
    source = source.using(role_uses(design, numeric=model.numbers, code=model.categories))
    with session(engine) as running:
        grouped, keys = first_phase.to_first_phase(
            source, design, model, factor_keys(model, how[1]), running
        )
    model = replace(
        first_phase.with_totals(model, grouped, keys, source.labels),
        weight=None,  # that of the first phase times its units over those of the second
    )
    sample, chosen, times = first_phase.second_phase_groups(grouped, keys, model, source.labels)
    found = sample.solve(*how)
    return Calibrated(
        source, engine, keys, first_phase.all_factors(grouped, keys, chosen, times, found.factor),
        {str(model.calibrated): FACTOR}, design.weight, notes_of(found),
        replace(design, calibration=model), model, how[0], found.iterations,
        (float(found.factor.min()), float(found.factor.max())), totals_reached(sample, found),
    )  # fmt: skip


def calibration_of(
    totals: Any,
    weight: str | None,
    calibrated: str | None,
    *,
    engine: str | Engine = "duckdb",
    **how: Any,
) -> Calibration:
    """The model of a calibration that was made before, for `Design(calibration=...)`.

    Parameters
    ----------
    totals : mapping, path or table
        As in `calibrate`: the same totals.
    weight : str or None
        Column of the weights before calibration.
    calibrated : str
        Column of the calibrated weights.
    engine : {"duckdb", "spark"} or Engine
        What reads a file of totals.
    **how
        As it was told then: count, size, variance, within, regression.

    Returns
    -------
    Calibration

    Examples
    --------
    >>> calibration_of({"zone": {"rural": 30, "urban": 20}}, "w", "calibrated_weight").columns
    ('w', 'calibrated_weight', 'zone')
    """
    return Calibration(margins_asked(totals, engine), weight, calibrated=calibrated, **how)


def as_calibrated(
    design: Design, totals: Any, base: str | None, *, engine: str | Engine = "duckdb", **how: Any
) -> Design:
    """A design whose weight comes calibrated, with what it was calibrated to.

    Parameters
    ----------
    design : Design
        Its `weight` is the calibrated one, also of a second phase.
    totals : mapping, path or table
    base : str or None
        Column of the weights before; of the first phase, where there are two.
    engine : {"duckdb", "spark"} or Engine
    **how
        As in `calibration_of`.

    Returns
    -------
    Design
        That of a second phase has the weight of its first.

    Examples
    --------
    >>> as_calibrated(Design("cw"), {"zone": {"rural": 30}}, "w").columns
    ('cw', 'w', 'zone')
    """
    phases = isinstance(design.sampling, TwoPhaseSampling)
    model = calibration_of(totals, None if phases else base, design.weight, engine=engine, **how)
    return replace(design, weight=base if phases else design.weight, calibration=model)
