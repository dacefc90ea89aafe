"""Design-based t tests from a notebook: `xl.t_test`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import MeasureError
from exitline.stats.infer.comparing.compare import p_value
from exitline.stats.infer.intervals import symmetric
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.regression import Regression
    from exitline.stats.measure.model import Unit


@dataclass(frozen=True)
class TTest(ShownResult):
    """A t test of a mean, or of the difference of two.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, level : float
        Of the mean, or of the second group's less the first's.
    value : float
        What the mean, or the difference, is checked against.
    groups : tuple of str
        The first group and the second; () for one mean.
    t, df, p : float
        Two-sided; NaN where there are no degrees of freedom.
    n : int
        Households.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    value: float
    groups: tuple[str, ...]
    t: float
    df: float
    p: float
    n: int

    def to_pandas(self) -> pd.DataFrame:
        """One row."""
        import pandas as pd

        names = ("estimate", "se", "ci_low", "ci_high", "level", "value", "t", "df", "p", "n")
        compared = " - ".join(reversed(self.groups)) or "mean"
        row = {"of": compared} | {name: getattr(self, name) for name in names}
        return pd.DataFrame([row])


def t_test(
    data: Any,
    column: str,
    by: str | None = None,
    *,
    value: float = 0.0,
    design: Design | None = None,
    unit: Unit = "persons",
    where: str | None = None,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> TTest:
    """Test a mean against a value, or two groups' means against each other.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
    column : str
        A numeric column, or an expression as in a formula of `glm`.
    by : str, optional
        A column of two groups; without it the mean of all is tested.
    value : float
        The mean, or difference of means, under the hypothesis.
    design : Design, optional
        Without it: simple random sampling.
    unit : {"persons", "households"}
    where : str, optional
        A condition, as in `estimate`.
    level : float
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    TTest
        On the degrees of freedom of the design minus one, as R's ``svyttest``.

    Raises
    ------
    DataError, DesignError, MeasureError
        When the data, the design or the columns do not allow the test.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0], "urban": [0, 0, 1, 1]})
    >>> found = xl.t_test(homes, "y", "urban")
    >>> round(found.estimate, 6), found.df
    (3.0, 2.0)
    """
    from exitline.api.figures.regression import glm

    group = "1" if by is None else f"C(`{by}`)"
    model = glm(
        f"I({column}) ~ {group}", data, design, unit=unit, where=where, level=level, engine=engine
    )
    if by is None:
        return _tested(model, value, model.df - 1.0, ())
    if len(model.names) != 2:
        raise MeasureError(
            f"the column '{by}' has {len(model.names)} "
            f"{'group' if len(model.names) == 1 else 'groups'}",
            where=f"column '{by}'",
            expected="two groups on the rows with a value",
            got=str(len(model.names)),
            remedy='test all of them at once: xl.glm("y ~ C(group)", ...).wald("C(group)")',
        )
    second = model.names[1].removeprefix(f"{by}[T.").removesuffix("]")
    return _tested(model, value, model.df, (next(iter(model.bases.values())), second))


def _tested(model: Regression, value: float, df: float, groups: tuple[str, ...]) -> TTest:
    """The test of the last coefficient of a model."""
    estimate, se = model.estimate[-1:], model.se[-1:]
    bounds = symmetric(estimate, se, np.array([df]), model.level)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (estimate - value) / se
    if np.isnan(t[0]):
        raise MeasureError(
            "the response is the same on every row of the model", expected="a response that varies",
            got=f"{model.estimate[0]:g} on every row",
            remedy="check the response, and which rows are complete",
        )  # fmt: skip
    return TTest(
        float(estimate[0]), float(se[0]), float(bounds.low[0]), float(bounds.high[0]), model.level,
        value, groups, float(t[0]), df, float(p_value(estimate - value, se, df)[0]), model.n,
    )  # fmt: skip
