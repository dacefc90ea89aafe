"""Design-based rank tests from a notebook: `xl.rank_test`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from exitline.errors import MeasureError, unknown
from exitline.words.said import Numeral, say
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.comparing.contrasts import WaldTest
    from exitline.stats.infer.regression import Regression
    from exitline.stats.measure.model import Unit
    from exitline.stats.measure.modelling.rank_scores import RankScores

ROUNDING = 1e-12
"""Standard errors of mean rank scores up to here are rounding."""
TITLES = {
    "wilcoxon": lambda: say("Wilcoxon rank test"),
    "KruskalWallis": lambda: say("Kruskal-Wallis rank test"),
    "vanderWaerden": lambda: say("Van der Waerden rank test"),
    "median": lambda: say("Median test"),
}


@dataclass(frozen=True)
class RankTest(ShownResult):
    """A rank test of two or more groups.

    Attributes
    ----------
    test : str
        "wilcoxon", "KruskalWallis", "vanderWaerden" or "median".
    groups : tuple of str
        The first is the one that the others are compared with.
    model : Regression
        Of the rank scores on the groups: differences of mean scores, with standard errors.
    wald : WaldTest
        That no group differs from the first: ``chi2``, ``f``, ``df``, ``ddf``, ``p``.
    """

    test: str
    groups: tuple[str, ...]
    model: Regression
    wald: WaldTest

    @property
    def p(self) -> float:
        """Of the test that all groups have one distribution."""
        return self.wald.p

    @property
    def df(self) -> float:
        """Degrees of freedom of the design less the groups but one."""
        return self.model.df

    @property
    def n(self) -> int:
        """Households."""
        return self.model.n

    @property
    def estimate(self) -> float:
        """Mean rank score of the second group less the first's."""
        return float(self.model.estimate[1])

    @property
    def se(self) -> float:
        """Standard error of `estimate`."""
        return float(self.model.se[1])

    @property
    def t(self) -> float:
        """`estimate` over its standard error."""
        return self.estimate / self.se

    @property
    def title(self) -> str:
        """Which test."""
        return TITLES[self.test]()

    @property
    def notes(self) -> tuple[str, ...]:
        """The test of all groups, and how many households stand outside."""
        wald = self.wald
        found = say(
            "All groups: F = {f} on {df} and {ddf} degrees of freedom, p = {p}",
            f=Numeral(f"{wald.f:.4g}"), df=Numeral(f"{wald.df:d}"),
            ddf=Numeral(f"{wald.ddf:g}"), p=Numeral(f"{wald.p:.4g}"),
        )  # fmt: skip
        return (found, *self.model.notes)

    def to_pandas(self) -> pd.DataFrame:
        """One row for each group after the first: its mean rank score less the first's.

        Returns
        -------
        pandas.DataFrame
            Columns of, estimate, se, ci_low, ci_high, level, df, t, p.
        """
        table = self.model.to_pandas().iloc[1:].reset_index(drop=True)
        first, *others = self.groups
        table["term"] = [f"{other} - {first}" for other in others]
        return table.rename(columns={"term": "of"})


def rank_test(
    data: Any,
    column: str,
    by: str,
    *,
    test: RankScores = "wilcoxon",
    design: Design | None = None,
    unit: Unit = "persons",
    where: str | None = None,
    level: float = 0.95,
    engine: str | Engine = "duckdb",
) -> RankTest:
    """Test whether groups have the same distribution, by ranks.

    A rank is the place in the estimated population: the share below, and half of those with the
    same value. The mean scores of the groups are compared, with standard errors of the design.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
    column : str
        A numeric column, or an expression as in a formula of `glm`.
    by : str
        A column of two groups or more.
    test : {"wilcoxon", "vanderWaerden", "median", "KruskalWallis"}
        What the score of a rank is: the rank itself ("KruskalWallis" is the same for several
        groups), its normal quantile, or whether it is above the median.
    design : Design, optional
        Without it: simple random sampling.
    unit : {"persons", "households"}
    where : str, optional
        A condition, as in `estimate`; ranks are those of the households that fulfil it.
    level : float
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    RankTest
        As R's ``svyranktest``. Replicate weights are not used to rank anew, as there.

    Raises
    ------
    DataError, DesignError, MeasureError
        When the data, the design or the columns do not allow the test.

    References
    ----------
    Lumley and Scott (2013), Biometrika 100, 831-842.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0, 5.0], "urban": [0, 0, 0, 1, 1]})
    >>> found = xl.rank_test(homes, "y", "urban")
    >>> round(found.estimate, 6), round(found.p, 4)
    (0.333333, 0.2362)
    """
    from exitline.api.figures.model_fit import fitted
    from exitline.stats.measure.modelling.rank_scores import RankScores

    if test not in get_args(RankScores):
        raise unknown("rank test", test, get_args(RankScores), error=MeasureError)
    model = fitted(
        f"I({column}) ~ C(`{by}`)", data, design, unit=unit, where=where, level=level,
        engine=engine, ranks=test,
    )  # fmt: skip
    if not np.any(model.se > ROUNDING):
        raise MeasureError(
            f"all rows have the same value of '{column}'", where=f"column '{column}'",
            expected="values that can be ranked", got="one value",
            remedy="check the column, and which rows have a value",
        )  # fmt: skip
    start = f"{by}[T."
    others = tuple(name.removeprefix(start).removesuffix("]") for name in model.names[1:])
    groups = (next(iter(model.bases.values())), *others)
    return RankTest(test, groups, model, model.wald(list(model.names[1:])))
