"""Regressions from a notebook: `xl.glm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from exitline.api.figures.model_fit import fitted
from exitline.stats.data.sampling.design import Design

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.regression import Regression
    from exitline.stats.measure.model import Unit


def glm(
    formula: str,
    data: Any,
    design: Design | None = None,
    *,
    family: Literal["gaussian", "binomial", "poisson", "linear", "logit"] = "gaussian",
    offset: str | None = None,
    unit: Unit = "persons",
    where: str | None = None,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> Regression:
    """A linear, logit or Poisson regression with design-based standard errors.

    Fitted by Newton's method with one aggregate query for each step; the standard errors come
    from the scores' totals by PSU. No household's row leaves the engine.

    Parameters
    ----------
    formula : str
        Such as ``"poor ~ size + C(region)"``: terms joined by ``+``, ``:``, ``*``; ``-1``
        without intercept; arithmetic and ``log exp sqrt abs I C``. Columns of text are
        categories, others by ``C()``; the first level is the base, or ``C(x, base="b")``.
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        Households, one row each. Rows on which an expression has no value take no part, as a
        domain; the result says how many.
    design : Design, optional
        Without it: simple random sampling.
    family : {"gaussian", "binomial", "poisson"}
        With its canonical link: identity, logit, logarithm; "linear" and "logit" are the
        first two.
    offset : str, optional
        What is added to the linear predictor, such as ``"log(exposure)"``.
    unit : {"persons", "households"}
        Whether rows weigh as persons (weight x size) or households.
    where : str, optional
        A condition, as in `estimate`: the model refers to the households that fulfil it.
    level : float
        Two-sided confidence of intervals.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Regression
        ``to_pandas()`` gives the coefficients; ``wald("region")`` tests a term.

    Raises
    ------
    DataError, DesignError, MeasureError
        When the data, the design or the formula do not allow the model.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292. Lumley (2010), Complex
    Surveys, chapters 5 and 6.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0], "size": [4, 3, 2, 1]})
    >>> round(xl.glm("y ~ size", homes).find("size").estimate, 6)
    -1.4
    """
    return fitted(
        formula, data, design, family=family, offset=offset, unit=unit, where=where, level=level,
        engine=engine,
    )  # fmt: skip
