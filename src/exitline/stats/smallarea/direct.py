"""What the survey alone says of each area, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from scipy.stats import norm

from exitline.errors import unknown
from exitline.stats.measure import portable
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.said import say
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.infer.estimates import Estimates


COLUMNS = (
    "area", "measure", "line", "n", "estimate", "se", "cv", "ci_low", "ci_high", "level", "df",
    "evidence", "reason",
)  # fmt: skip
ONE_HOUSEHOLD = say("one household: no standard error can be estimated")
NOT_SAMPLED = say("not in the sample")
NEGATIVE = say("the estimate of the variance is negative: weights below 1")


@dataclass(frozen=True)
class DirectFigures(ShownResult):
    """Direct estimates of areas with their errors.

    Attributes
    ----------
    area : str
        The column of areas.
    frame : pandas.DataFrame
        With the columns of `COLUMNS`.
    notes : tuple of str
    estimates : Estimates or None
        The design's own, where the figures are these: differences, tests, `fay_herriot`.
    """

    area: str
    frame: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    estimates: Estimates | None = field(default=None, repr=False, compare=False)

    def to_pandas(self) -> pd.DataFrame:
        """A row for each area and measure."""
        return self.frame.copy()

    def areas(self, measure: str) -> pd.DataFrame:
        """One measure, a row for each area, for a model of areas.

        Parameters
        ----------
        measure : str

        Returns
        -------
        pandas.DataFrame
            The areas, the figure under the measure's name, ``variance`` and ``n``.

        Raises
        ------
        SmallAreaError
            Where there is no such measure.
        """
        known = list(dict.fromkeys(self.frame["measure"]))
        if measure not in known:
            raise unknown("measure", measure, known, error=SmallAreaError)
        part = self.frame[self.frame["measure"] == measure]
        found = part[["area", "estimate", "n"]].rename(
            columns={"area": self.area, "estimate": measure}
        )
        found.insert(2, "variance", part["se"] ** 2)
        return found.reset_index(drop=True)

    def find(self, area: Any, measure: str) -> Mapping[str, Any]:
        """The figure of one area.

        Raises
        ------
        SmallAreaError
            Where there is no such area or measure.
        """
        from exitline.stats.data.values import written

        rows = self.frame[
            (self.frame["area"] == written(area)) & (self.frame["measure"] == measure)
        ]
        if rows.empty:
            raise SmallAreaError(
                "there is no such figure", expected="an area and a measure of this table",
                got=f"'{area}', '{measure}'",
                remedy="areas such as " + ", ".join(list(dict.fromkeys(self.frame["area"]))[:5]),
            )  # fmt: skip
        return {str(name): value for name, value in rows.iloc[0].items()}


@dataclass(frozen=True)
class DomainSums:
    """Sums over the sample of each area, and its population.

    Attributes
    ----------
    n : int array, shape (areas,)
    population : float array, shape (areas,)
    total, variance, weighted, once, twice : float arrays, shape (areas,)
        Sums of values and their variance; of w v, w (w - 1) v^2, w^2 v^2.
    """

    n: NDArray[np.int64]
    population: Floats
    total: Floats
    variance: Floats
    weighted: Floats
    once: Floats
    twice: Floats


def horvitz_thompson(
    sums: DomainSums, *, weights: bool, replacement: bool
) -> tuple[Floats, Floats]:
    """Means of areas whose populations are known, and their variances.

    With weights the sum of w v over the population; otherwise the mean of a simple random
    sample. Without replacement the variance is that of independent draws,
    sum of w (w - 1) v^2 over the squared population, as R's sae has it; with replacement that
    between draws.

    Parameters
    ----------
    sums : DomainSums
    weights, replacement : bool

    References
    ----------
    Saerndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, equations 2.8.5 and
    2.9.9. Rao and Molina (2015), Small Area Estimation, section 2.3.

    Examples
    --------
    >>> one = np.array([4.0])
    >>> sums = DomainSums(np.array([2]), one * 2, one, one / 2, one * 2, one * 5, one * 9)
    >>> horvitz_thompson(sums, weights=True, replacement=False)
    (array([1.]), array([0.3125]))
    """
    n, population = np.where(sums.n > 0, sums.n, np.nan), sums.population
    with np.errstate(invalid="ignore", divide="ignore"):
        if not weights:
            share = np.zeros(len(n)) if replacement else n / population
            return np.asarray(sums.total / n), np.asarray((1.0 - share) * sums.variance / n)
        mean = sums.weighted / population
        if not replacement:
            return np.asarray(mean), np.asarray(sums.once / population**2)
        spread = n * sums.twice / population**2 - mean**2
        return np.asarray(mean), np.asarray(np.where(n > 1, spread / (n - 1.0), np.nan))


def domain_table(
    areas: tuple[str, ...], measure: str, line: str, n: NDArray[np.int64],
    found: tuple[Floats, Floats], level: float, *, share: bool,
) -> pd.DataFrame:  # fmt: skip
    """One measure of all areas, with normal intervals."""
    import pandas as pd

    estimate, variance = found
    se = np.sqrt(np.where(variance >= 0, variance, np.nan))
    half = float(norm.ppf(0.5 + level / 2.0)) * se
    low, high = estimate - half, estimate + half
    if share:
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    reason = np.full(len(areas), "", dtype=object)
    reason[variance < 0] = NEGATIVE
    reason[(n == 1) & ~np.isfinite(variance)] = ONE_HOUSEHOLD
    reason[n == 0] = NOT_SAMPLED
    with np.errstate(invalid="ignore", divide="ignore"):
        cv = np.where(estimate == 0, np.nan, se / np.abs(estimate))
    return pd.DataFrame(
        {"area": list(areas), "measure": measure, "line": line, "n": n, "estimate": estimate,
         "se": se, "cv": cv, "ci_low": low, "ci_high": high, "level": level, "df": np.nan,
         "evidence": "sample", "reason": reason}
    )  # fmt: skip


def area_sums_query(
    table: Any,
    area: str,
    welfare: str,
    gaps: Sequence[tuple[str, float | None]],
    line: float,
    *,
    weight: str | None = None,
    size: str | None = None,
) -> Any:
    """What the Horvitz-Thompson estimator and simple random sampling need of each area.

    Parameters
    ----------
    table : ibis.Table
    area, welfare : str
        Columns.
    gaps : sequence of (str, float or None)
        Names of figures, each with the power of the gap below the line that it averages; None
        for welfare itself.
    line : float
    weight, size : str, optional
        Columns; 1 unless given. Values are multiplied by the size.

    Returns
    -------
    ibis.Table
        ``area``, ``n``, ``left`` (rows without welfare, weight or size), and for each figure k
        ``sum{k}`` (of values), ``var{k}`` (their variance), ``wsum{k}`` (weighted), ``w1{k}``
        (of w (w - 1) v^2) and ``w2{k}`` (of w^2 v^2).
    """
    y = portable.number(table[welfare])
    w, s = (ibis.literal(1.0) if c is None else portable.number(table[c]) for c in (weight, size))
    known = portable.finite(y) & portable.finite(w) & portable.finite(s) & (w > 0.0) & (s > 0.0)
    rows = table.mutate(
        exitline__area=portable.key(table[area]), exitline__known=known.fill_null(False),
        exitline__w=w,
        **{f"exitline__v{k}": _value(y, power, line) * s for k, (_, power) in enumerate(gaps)},
    )  # fmt: skip
    rows = rows.filter(rows["exitline__area"].notnull())
    there, weights = rows["exitline__known"], rows["exitline__w"]
    sums = {"n": portable.number_of(there), "left": portable.number_of(~there)}
    for k in range(len(gaps)):
        v = ibis.ifelse(there, rows[f"exitline__v{k}"], ibis.null("float64"))
        weighted = weights * v
        sums |= {
            f"sum{k}": v.sum(), f"var{k}": v.var(how="sample"), f"wsum{k}": weighted.sum(),
            f"w1{k}": (weighted * (weights - 1.0) * v).sum(), f"w2{k}": (weighted**2).sum(),
        }  # fmt: skip
    return rows.group_by(area=rows["exitline__area"]).aggregate(**sums)


def _value(y: Any, power: float | None, line: float) -> Any:
    """What is averaged over households."""
    if power is None:
        return y
    gap = (line - y) / line
    return ibis.ifelse(y < line, 1.0 if power == 0 else gap**power, 0.0)
