"""Calibration of weights to known totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from exitline.api.weights.first_phase import margins_of_first_phase
from exitline.api.weights.reweighted import Reweighted, refuse_names
from exitline.errors import DesignError, Faults
from exitline.stats.data.sampling.calibration import BoundsOf, Calibration, Count, Regression
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.sampling.margins import COLUMNS, Margin, margins_from_rows, margins_of
from exitline.stats.data.sampling.phases import TwoPhaseSampling
from exitline.stats.infer.weighting.distances import Method
from exitline.stats.infer.weighting.sample import FACTOR, REPLICATE

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.weighting.calibrating import FactorBounds
    from exitline.stats.infer.weighting.sample import WeightGroups
    from exitline.stats.infer.weighting.solve import Solution
    from exitline.stats.measure.weighting.keyed import GroupKey

METHODS = ("poststratify", "raking", "linear", "logit")


@dataclass(frozen=True)
class Calibrated(Reweighted):
    """Rows with calibrated weights, and how they came about.

    Attributes
    ----------
    design : Design
        The given design with the calibrated weights.
    model : Calibration
        The auxiliaries, which standard errors need.
    method : str
    iterations : int
        Newton steps.
    factors : tuple of float
        Smallest and largest calibrated weight over given weight (the range of g-weights).
    totals : tuple of Total
        Each total: wanted, before, reached.
    """

    design: Design = Design()  # noqa: RUF009 (frozen)
    model: Calibration = Calibration(())  # noqa: RUF009 (frozen)
    method: str = ""
    iterations: int = 0
    factors: tuple[float, float] = (1.0, 1.0)
    totals: tuple[Total, ...] = ()

    def totals_to_pandas(self) -> pd.DataFrame:
        """One row for each total: margin, level, wanted, before, reached."""
        import pandas as pd

        return pd.DataFrame([vars(total) for total in self.totals])


@dataclass(frozen=True)
class Total:
    """One total of a calibration.

    Attributes
    ----------
    margin, level : str
        "" as a level: the total of a number, or everyone.
    wanted : float
        What is known of the population.
    before, reached : float
        What the given and the calibrated weights add up to.
    """

    margin: str
    level: str
    wanted: float
    before: float
    reached: float


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
    margins = margins_of_first_phase(totals) if phases else _margins(totals, engine)
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
    source = source.using(_uses(model, design.replicates))
    new = (name, *(f"{name}_{i + 1}" for i in range(len(design.replicates))))
    with session(engine) as running:
        grouped = _grouped(source, model, keys, running, new, design.replicates)
    sample = WeightGroups.of(grouped, keys, model, source.labels)
    found = sample.solve(method, limits, iterations)
    each = sample.solve_replicates(method, limits, iterations, design.replicates)
    columns = (FACTOR, *(f"{REPLICATE}{i}" for i in range(len(design.replicates))))
    return Calibrated(
        source, engine, tuple(keys[i] for i in sample.key_positions), sample.groups(found, each),
        dict(zip(new, columns, strict=True)), design.weight, _notes(found),
        design.reweighted(new[0], new[1:], model), model, method, found.iterations,
        (float(found.factor.min()), float(found.factor.max())), _totals(sample, found),
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
        raise _unfit("within", "a factor for each row of a second phase", ", ".join(model.within))
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
        {str(model.calibrated): FACTOR}, design.weight, _notes(found),
        replace(design, calibration=model), model, how[0], found.iterations,
        (float(found.factor.min()), float(found.factor.max())), _totals(sample, found),
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
    return Calibration(_margins(totals, engine), weight, calibrated=calibrated, **how)


def _margins(totals: Any, engine: str | Engine) -> tuple[Margin, ...]:
    """Margins from a mapping, a file or a table."""
    if isinstance(totals, Mapping) or not totals_table(totals):
        return margins_of(totals)
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.measure.passes.plan import require_columns

    source = open_source(totals).using(role_uses(numeric=("total",), code=("margin", "level")))
    with session(engine) as running:
        table = running.attach(source, "totals")
        require_columns(COLUMNS, table.columns)
        return margins_from_rows(running.run(table.select(*COLUMNS)).to_pylist())


def totals_table(totals: Any) -> bool:
    """Whether totals are a file or a table, rather than numbers without names."""
    from exitline.stats.data.scannable import Source

    return isinstance(totals, str | Path | Source) or hasattr(totals, "columns")


def check_calibration(
    design: Design,
    margins: Sequence[Margin],
    method: str,
    limits: FactorBounds,
    count: str,
    regression: str,
) -> None:
    """Refuse methods, bounds and designs that do not fit together."""
    faults = Faults()
    named = {
        "method": (method, METHODS), "bounds_of": (limits.of, get_args(BoundsOf)),
        "count": (count, get_args(Count)), "regression": (regression, get_args(Regression)),
    }  # fmt: skip
    for where, (given, known) in named.items():
        if given not in known:
            faults.add(_unfit(where, "one of " + ", ".join(known), repr(given)))
    faults.raise_all()
    _check_method(margins, method, limits, faults)
    if count == "persons" and design.size is None:
        faults.add(_unfit("count", "design.size, the persons in a household", "no size"))
    if design.calibration is not None and not design.calibration.response:
        faults.add(_unfit("design", "weights that are not calibrated yet", "a calibration"))
    if design.exact:
        faults.add(_unfit("design", "a sample", "a census"))
    faults.raise_all()


def _check_method(
    margins: Sequence[Margin], method: str, limits: FactorBounds, faults: Faults
) -> None:
    """Margins and bounds that do not go with a method."""
    if method == "poststratify" and (len(margins) != 1 or margins[0].kind != "levels"):
        got = ", ".join(f"'{m.name}' ({m.kind})" for m in margins)
        faults.add(_unfit("method", "one margin of levels to post-stratify by; cross several "
                          "columns, or use raking", got))  # fmt: skip
    if limits.given and method == "poststratify":
        faults.add(_unfit("bounds", "no bounds with poststratify", "bounds"))
    around = limits.of == "factors"
    if not limits.low < limits.high or (around and not limits.low < 1.0 < limits.high):
        faults.add(_unfit("bounds", "a lower and an upper limit" + (" around 1" if around else ""),
                          f"({limits.low:g}, {limits.high:g})"))  # fmt: skip


def _unfit(where: str, expected: str, got: str) -> DesignError:
    """The error for an argument that does not fit."""
    return DesignError(
        f"a calibration cannot be made with this {where.replace('_', ' ')}", where=where,
        expected=expected, got=got, remedy="see docs/weights.md",
    )  # fmt: skip


def factor_keys(model: Calibration, limits: FactorBounds) -> tuple[GroupKey, ...]:
    """What a factor depends on."""
    from exitline.stats.measure.weighting.keyed import GroupKey

    codes = dict.fromkeys((*model.within, *model.categories))
    weights = (model.weight,) if limits.of == "weights" and model.weight else ()
    numbers = dict.fromkeys((*model.numbers, *weights))
    return tuple(GroupKey(c) for c in codes) + tuple(GroupKey(c, "number") for c in numbers)


def _uses(model: Calibration, replicates: Sequence[str]) -> Any:
    """How the columns are read."""
    from exitline.stats.data.studies.uses import role_uses

    return role_uses(
        numeric=(model.weight, *model.numbers, *replicates),
        code=(*model.within, *model.categories),
    )  # fmt: skip


def _grouped(
    source: Source,
    model: Calibration,
    keys: Sequence[GroupKey],
    running: Engine,
    new: Sequence[str],
    replicates: Sequence[str],
) -> pa.Table:
    """The rows, grouped; refused where some cannot be used."""
    from exitline.stats.data.studies.uses import narrowed
    from exitline.stats.infer.weighting.usable import refuse_unusable_groups
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import groups

    if source.names is not None:
        refuse_names(new, source.names)
    table = running.attach(narrowed(source, [model.columns, tuple(replicates)]), "households")
    refuse_names(new, table.columns)
    own = [c for c in model.columns if c != model.calibrated]
    require_usable([*own, *replicates], table)
    sums = {f"{REPLICATE}{i}": column for i, column in enumerate(replicates)}
    grouped = running.run(groups(table, keys, model.weight, sums=sums))
    refuse_unusable_groups(grouped, keys, model.weight)
    return grouped


def _totals(sample: WeightGroups, found: Solution) -> tuple[Total, ...]:
    """Each total before and after."""
    before, after = sample.weight @ sample.x, (sample.weight * found.factor) @ sample.x
    return tuple(
        Total(one.margin, one.level, one.total, float(b), float(a))
        for one, b, a in zip(sample.names, before, after, strict=True)
    )


def _notes(found: Solution) -> tuple[str, ...]:
    """What a user should know of the factors."""
    below = int(np.count_nonzero(found.factor <= 0))
    if not below:
        return ()
    return (
        f"{below:,} groups of rows have calibrated weights of zero or below, which no estimate "
        "takes: use raking or logit, or bounds above 0",
    )
