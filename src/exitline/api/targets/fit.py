"""Fitting a proxy means test, and giving each household its score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.targets.columns import WEIGHT, person_weights, with_method
from exitline.errors import unknown
from exitline.exits.target.errors import TargetError
from exitline.exits.target.fitting import METHODS
from exitline.exits.target.proxy import ProxyMeansTest, Sample, fold_of
from exitline.stats.data.sampling.design import Design

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.exits.target.card import Card
    from exitline.exits.target.fitting import Method
    from exitline.exits.target.rulefile import TargetingRule
    from exitline.stats.engine.base import Engine


def fit(
    formula: str,
    data: Any,
    design: Design | None = None,
    *,
    method: Method = "ols",
    tau: float = 0.5,
    folds: int = 5,
    seed: int = 1,
    engine: str | Engine = "duckdb",
) -> ProxyMeansTest:
    """Fit a proxy means test: what a household's welfare is likely to be, from what can be seen.

    Rows weigh as persons. Folds keep sampling units whole, so that a household is predicted
    without its neighbours.

    Parameters
    ----------
    formula : str
        Such as ``"log(pc_exp) ~ hhsize + rooms + C(water)"``; with ``method="logit"`` the
        response is 1 for the poor.
    data : as in `exitline.estimate`
        Rows on which an expression has no value take no part.
    design : Design, optional
    method : {"ols", "logit", "quantile", "elastic_net"}
        The last needs scikit-learn.
    tau : float
        The quantile, between 0 and 1: below 0.5 the poor are predicted better.
    folds : int
        Of the cross-validation; 0 for none.
    seed : int
        Of the folds.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    ProxyMeansTest
        ``to_pandas()`` gives coefficients, ``card(100)`` a score card of whole points,
        ``inside`` and ``outside`` how much it explains.

    Raises
    ------
    TargetError, MeasureError, SmallAreaError
        For a formula or data that allow no score.

    References
    ----------
    Grosh and Baker (1995), LSMS Working Paper 118. Brown, Ravallion and van de Walle (2018),
    Journal of Development Economics 134, 109-124.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0], "rooms": [1, 2, 3, 4]})
    >>> test = xl.target.fit("y ~ rooms", homes, folds=0)
    >>> test.to_pandas().coefficient.round(6).tolist()
    [-0.5, 1.4]
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import without_twins
    from exitline.stats.engine.session import session
    from exitline.stats.smallarea.formula import learn

    drawn = design or Design()
    _check(method, tau, folds)
    with session(engine) as running:
        source = without_twins(open_source(data), [formula, design])
        table = running.attach(source, "households")
        drawn = drawn.matching(source.names or table.columns)
        _require(drawn, table)
        learned = learn(formula, table, running.run, labels=source.labels)
        if "Intercept" not in learned.names[:1]:
            raise TargetError(
                "a score needs an intercept", where="formula", expected="no -1 in it",
                got=formula, remedy="leave the -1 out",
            )  # fmt: skip
        parts = _folds(table, drawn, folds, seed, running)
        sample = _sample(table, learned, drawn, parts, running)
    turned = -1.0 if method == "logit" else 1.0
    whole = sample.coefficients(method, tau, seed)
    each = [sample.coefficients(method, tau, seed, without=k) for k in range(folds)] if (
        parts is not None
    ) else []  # fmt: skip
    by_fold = np.array(each).reshape(len(each), len(whole))
    outside = sample.explained(method, by_fold[sample.fold]) if len(by_fold) else float("nan")
    return ProxyMeansTest(
        learned, method, turned * whole, turned * by_fold, parts, drawn,
        sample.explained(method, np.broadcast_to(whole, sample.x.shape)), outside, len(sample.y),
        sample.x,
    )  # fmt: skip


def _check(method: str, tau: float, folds: int) -> None:
    """Refuse what cannot be fitted."""
    if method not in METHODS:
        raise unknown("method", method, METHODS, error=TargetError)
    if not 0 < tau < 1 or folds == 1 or folds < 0:
        raise TargetError(
            "a quantile lies between 0 and 1, and folds are none or at least 2",
            expected="tau between 0 and 1; folds 0, 2 or more",
            got=f"tau {tau:g}, folds {folds}",
            remedy="tau=0.3, folds=5",
        )


def _require(design: Design, table: Any) -> None:
    """Refuse a design that names columns which are not there."""
    from exitline.stats.measure.passes.plan import require_usable

    require_usable(design.columns, table)


def _folds(table: Any, design: Design, folds: int, seed: int, engine: Engine) -> pa.Table | None:
    """The fold of each sampling unit; none where there are no folds."""
    import pyarrow as pa

    from exitline.stats.measure.programmes.ordering import fold_key

    if not folds:
        return None
    if not design.stages:
        raise TargetError(
            "folds keep sampling units whole, and none are declared",
            where="design",
            expected="psu, the column of sampling units",
            got="none",
            remedy="name it, or fit without cross-validation: folds=0",
        )
    query = table.select(unit=fold_key(table, design)).distinct()
    units = sorted(u for u in engine.run(query).column("unit").to_pylist() if u is not None)
    if len(units) < folds:
        raise TargetError(
            "there are fewer sampling units than folds",
            where="design",
            expected=f"at least {folds} units",
            got=str(len(units)),
            remedy="fewer folds, or none: folds=0",
        )
    return pa.table({"unit": units, "fold": fold_of(len(units), folds, seed)})


def _sample(table: Any, learned: Any, design: Design, folds: Any, engine: Engine) -> Sample:
    """The rows of the fit, as arrays."""
    from exitline.stats.measure.programmes.ordering import FOLD, with_folds
    from exitline.stats.smallarea.formula import read

    rows = with_folds(person_weights(table, design), design, folds)
    found = read(learned, rows, engine.run, (WEIGHT, FOLD))
    weight = found.more[WEIGHT].to_numpy(zero_copy_only=False).astype(np.float64)
    fold = found.more[FOLD].fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = found.known & np.isfinite(found.y) & np.isfinite(weight) & (weight > 0)
    if folds is not None:
        kept &= fold >= 0
    if kept.sum() <= found.x.shape[1]:
        raise TargetError(
            "too few households for so many columns",
            where="formula",
            expected=f"more than {found.x.shape[1]} complete rows",
            got=str(int(kept.sum())),
            remedy="use fewer columns, or join levels",
        )
    return Sample(found.x[kept], found.y[kept], weight[kept], fold[kept])


def score(
    data: Any,
    method: ProxyMeansTest | TargetingRule | str,
    *,
    design: Design | None = None,
    quota: float | None = None,
    card: Card | None = None,
    engine: str | Engine = "duckdb",
) -> pd.DataFrame:
    """The data with each household's score and, with a quota, its part of a place.

    Parameters
    ----------
    data : as in `exitline.estimate`
    method : ProxyMeansTest, TargetingRule or str
        A fitted test, a rule from `load_rule`, or a column or expression; lowest first.
    design : Design, optional
        For weights and sizes.
    quota : float, optional
        Share of persons; that of the rule unless given.
    card : Card, optional
        Of the test: then the score is its points.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    pandas.DataFrame
        With columns ``score`` and, with a quota, ``chosen``: 1, 0, or the part of a place that
        households at the cut-off share.

    Raises
    ------
    DataError, ConditionError, DesignError, TargetError
        When the data lack a column, or what the method needs of them.
    MeasureError
        For a quota that is no share.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"rooms": [1, 2, 2, 3]})
    >>> xl.target.score(homes, "rooms", quota=0.5).chosen.tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session
    from exitline.stats.measure.programmes.ordering import part_chosen
    from exitline.stats.measure.programmes.programme import programme_of

    drawn = design or Design()
    if quota is not None:
        programme_of("score", quota)
    else:
        quota = getattr(method, "quota", None)
    with session(engine) as running:
        table = running.attach(open_source(data), "households")
        names = table.columns
        rows = with_method(
            person_weights(table, drawn), "score", method, drawn, running, card=card, seen=False
        )
        if quota is not None:
            rows = rows.mutate(chosen=part_chosen(rows["score"], rows[WEIGHT], quota))
        kept = [*names, "score", *(["chosen"] if quota is not None else [])]
        found: pd.DataFrame = running.run(rows.select(*dict.fromkeys(kept))).to_pandas()
    return found
