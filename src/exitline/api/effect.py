"""Effects from a notebook: `xl.effect`.

`difference_in_differences` for a panel, `synthetic_control` for one treated unit,
`matched_comparison` for one round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.stats.effect.honest import HonestBounds
from exitline.stats.effect.matched import MatchedComparison
from exitline.stats.effect.result import EffectSeries, GroupTimeEffects, PreTest
from exitline.stats.effect.synthetic import SyntheticControl

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.effect.adjusted import Adjustment
    from exitline.stats.effect.cells import Base, Controls
    from exitline.stats.engine.base import Engine

__all__ = [
    "EffectSeries", "GroupTimeEffects", "HonestBounds", "MatchedComparison", "PreTest",
    "SyntheticControl", "difference_in_differences", "matched_comparison", "synthetic_control",
]  # fmt: skip


def difference_in_differences(
    data: Any,
    outcome: str,
    *,
    unit: str,
    time: str,
    first: str | None = None,
    treated: str | None = None,
    controls: Controls = "not_yet",
    covariates: str | None = None,
    method: Adjustment = "doubly_robust",
    base: Base = "varying",
    anticipation: float = 0.0,
    design: Design | None = None,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> GroupTimeEffects:
    """What treatment that began at different times did to those that it reached.

    For each group of units that were first treated in the same period, and each period: their
    mean change since before treatment, less that of units which are not treated yet. It is the
    effect if both would have changed alike without treatment. Regressions with unit and period
    effects are not used: they compare with units that are treated already, and are wrong where
    effects differ.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        One row for each unit and period. Units without an outcome in every period are left out,
        and so are those under treatment from the first period on; `notes` says how many.
    outcome : str
        A numeric column.
    unit, time : str
        Columns of the unit and of the period (a number).
    first : str, optional
        Column of the first period under treatment; missing or 0 for never. This or `treated`.
    treated : str, optional
        Column of zeros and ones by period; treatment stays once it has begun.
    controls : {"not_yet", "never"}
        Compare with all who are not treated yet, or only with those who never are.
    covariates : str, optional
        A formula such as ``"lpop + C(region)"``: groups would have changed alike at equal values,
        as they are in the earlier period of each comparison.
    method : {"doubly_robust", "regression", "weighting"}
        How covariates are held equal. "doubly_robust" is right where either the model of
        changes or that of treatment is.
    base : {"varying", "universal"}
        Before treatment, compare with the period just before, or with the last one before
        treatment.
    anticipation : float
        Units of time by which treatment may act before it begins.
    design : Design, optional
        Weight, strata and PSUs (of the first stage) where units are sampled or lie in clusters.
        Without one, standard errors are those of R's did (units independent, denominator n).
    level : float
        Two-sided confidence.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    GroupTimeEffects
        By group and period; ``aggregate("event")``, ``aggregate("group")``, ``pretest()``.

    Raises
    ------
    EffectError
        Where columns, units or periods do not allow a comparison.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230; Sant'Anna and Zhao
    (2020), Journal of Econometrics 219, 101-122.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> wells = pd.DataFrame({
    ...     "village": [1, 1, 2, 2, 3, 3, 4, 4], "year": [1, 2] * 4,
    ...     "well": [2, 2, 2, 2, 0, 0, 0, 0], "hours": [5.0, 2.0, 6.0, 4.0, 5.0, 5.0, 7.0, 6.0],
    ... })
    >>> found = xl.effect.difference_in_differences(
    ...     wells, "hours", unit="village", time="year", first="well")
    >>> found.estimate.tolist()
    [-2.0]
    """
    from exitline.api.effects.reading import check_columns, read_sample
    from exitline.api.effects.treated import columns_of, estimated, refuse_design
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session

    refuse_design(design)
    columns = columns_of(outcome, unit, time, first, treated, design)
    with session(engine) as running:
        source = open_source(data).using(
            role_uses(design, numeric=[outcome, time, first, treated], code=[unit])
        )
        table = running.attach(source, "panel")
        check_columns(table, columns)
        sample, units, notes = read_sample(table, running, columns, each=covariates is not None)
        return estimated(
            sample, units, notes, table, running, columns, covariates=covariates, method=method,
            controls=controls, base=base, anticipation=anticipation, level=level,
        )  # fmt: skip


def synthetic_control(
    data: Any,
    outcome: str,
    *,
    unit: str,
    time: str,
    first: str | None = None,
    treated: str | None = None,
    engine: str | Engine = "duckdb",
) -> SyntheticControl:
    """What treatment did to one unit, beside a weighted mean of others that moved as it did.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        One row for each unit and period. Units without an outcome in every period are left out,
        and `notes` says how many.
    outcome : str
        A numeric column.
    unit, time : str
        Columns of the unit and of the period (a number).
    first : str, optional
        Column of the first period under treatment; missing or 0 for never. This or `treated`.
    treated : str, optional
        Column of zeros and ones by period.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    SyntheticControl
        ``effect``, ``p`` by placebos, ``shares()`` of the others, ``plot()``.

    Raises
    ------
    EffectError
        Where not exactly one unit is treated, or periods or units are too few.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), JASA 105, 493-505.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> rows = [(u, t, b * t + (u == "a") * 5.0 * (t > 3), 4 * (u == "a"))
    ...         for u, b in (("a", 2.0), ("b", 1.0), ("c", 3.0)) for t in range(1, 6)]
    >>> table = pd.DataFrame(rows, columns=["county", "year", "poor", "first"])
    >>> found = xl.effect.synthetic_control(table, "poor", unit="county", time="year",
    ...                                     first="first")
    >>> round(found.effect, 6), found.verdict
    (5.0, 'cannot tell yet')
    """
    from exitline.api.effects.reading import check_columns, read_sample
    from exitline.api.effects.treated import columns_of, one_unit
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session

    columns = columns_of(outcome, unit, time, first, treated, None)
    with session(engine) as running:
        source = open_source(data).using(
            role_uses(None, numeric=[outcome, time, first, treated], code=[unit])
        )
        table = running.attach(source, "panel")
        check_columns(table, columns)
        sample, units, notes = read_sample(table, running, columns, each=True)
    return one_unit(sample, units, notes)


def matched_comparison(
    data: Any,
    outcome: str,
    *,
    treated: str,
    covariates: str,
    matches: int = 1,
    design: Design | None = None,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> MatchedComparison:
    """What treatment did where there is one round: treated units beside untreated ones like them.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        One row for each unit. Units without an outcome, treatment or covariate are left out, and
        `notes` says how many.
    outcome : str
        A numeric column.
    treated : str
        Column of zeros and ones.
    covariates : str
        A formula of what was measured before treatment, such as ``"remote + C(region)"``.
    matches : int
        Untreated units for each treated one.
    design : Design, optional
        Weight, strata and PSUs where units are sampled or lie in clusters.
    level : float
        Two-sided confidence.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    MatchedComparison
        ``effect``, ``interval``, ``balance`` before and after, ``verdict``, ``needed(effect)``.

    Raises
    ------
    EffectError
        Where units are too few, or treatment is no zero or one.

    References
    ----------
    Abadie and Imbens (2011), Journal of Business & Economic Statistics 29, 1-11.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> rows = [(i % 3 == 0, i % 7, 2.0 * (i % 7) - 3.0 * (i % 3 == 0)) for i in range(60)]
    >>> table = pd.DataFrame(rows, columns=["well", "remote", "hours"]).astype(float)
    >>> found = xl.effect.matched_comparison(table, "hours", treated="well", covariates="remote")
    >>> round(found.effect, 6)
    -3.0
    """
    from exitline.api.effects.treated import one_round, refuse_design
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session

    refuse_design(design)
    with session(engine) as running:
        source = open_source(data).using(role_uses(design, numeric=[outcome, treated]))
        table = running.attach(source, "units")
        return one_round(table, running, outcome, treated, covariates, matches, design, level)
