"""Missed households: how many poor households does a registry not hold?

Three ways, by what there is: two lists (`capture.chapman`), two lists with covariates
(`huggins.huggins_alho`), and a sample of villages in which assessors looked at every
household, registered or not (`missed_in_sample`, `coverage_in_sample`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, DesignError
from exitline.exits.coverage.capture import (
    EstimatedPopulation,
    TwoLists,
    chapman,
    if_dependent,
    two_lists,
)
from exitline.exits.coverage.huggins import ListModel, huggins_alho

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "AssessmentSample",
    "EstimatedPopulation",
    "ListModel",
    "MissedEstimate",
    "TwoLists",
    "chapman",
    "coverage_in_sample",
    "huggins_alho",
    "if_dependent",
    "missed_in_sample",
    "two_lists",
]


@dataclass(frozen=True)
class AssessmentSample:
    """Households that assessors visited, whether registered or not.

    Parameters
    ----------
    registered, poor : array of bool, shape (n,)
        On the registry; found poor by the assessors, who did not look at the registry.
    weight : array, shape (n,)
        Households (or persons) that each stands for, above 0.
    village : array, shape (n,)
        The sampled village (PSU).
    stratum : array, shape (n,), optional
        Stratum of the village, each with at least two villages.

    Raises
    ------
    DataError
        When the arrays do not fit each other, or a weight is not above 0.
    DesignError
        For a stratum with one village.
    """

    registered: NDArray[Any]
    poor: NDArray[Any]
    weight: NDArray[Any]
    village: NDArray[Any]
    stratum: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        import numpy as np

        lengths = {len(self.registered), len(self.poor), len(self.weight), len(self.village)}
        if self.stratum is not None:
            lengths.add(len(self.stratum))
        weight = np.asarray(self.weight, dtype=float)
        if len(lengths) != 1 or not (np.isfinite(weight).all() and (weight > 0).all()):
            raise DataError(
                "an assessment sample that does not fit together",
                expected="one row a household, a weight above 0 in each",
                got=f"{sorted(lengths)} rows, smallest weight {weight.min(initial=np.inf):g}",
                remedy="check the columns",
            )


@dataclass(frozen=True)
class MissedEstimate:
    """An estimate from the assessment sample, by the design.

    Parameters
    ----------
    estimate, se, low, high : float
    level, df : float
        Confidence of the interval, and degrees of freedom: villages less strata.
    n : int
        Households that it rests on.
    what : str
        In words and unit.
    """

    estimate: float
    se: float
    low: float
    high: float
    level: float
    df: float
    n: int
    what: str


def missed_in_sample(sample: AssessmentSample, *, level: float = 0.95) -> MissedEstimate:
    """Poor households that are not registered, in the area the sample speaks for.

    Parameters
    ----------
    sample : AssessmentSample
    level : float

    Returns
    -------
    MissedEstimate
        A total, with the variance between villages within strata (Lohr 2022, equation
        6.6, with replacement) and an interval of the log total, so that it stays above 0;
        from 0 to the 97.5 % Poisson bound at the mean weight when none was found.

    Examples
    --------
    >>> import numpy as np
    >>> v = np.repeat(np.arange(10), 20); poor = np.arange(200) % 5 == 0
    >>> sample = AssessmentSample(np.arange(200) % 10 == 0, poor, np.full(200, 30.0), v)
    >>> missed_in_sample(sample).estimate
    600.0
    """
    import numpy as np
    from scipy import stats

    weight = np.asarray(sample.weight, dtype=float)
    missed = np.asarray(sample.poor, dtype=bool) & ~np.asarray(sample.registered, dtype=bool)
    total = float(weight[missed].sum())
    variance, df = _total_variance(weight * missed, sample)
    se = float(np.sqrt(variance))
    n = int(missed.sum())
    if n == 0:
        low, high = 0.0, float(stats.chi2.ppf(0.5 + level / 2, 2) / 2 * weight.mean())
    else:
        factor = float(np.exp(stats.t.ppf(0.5 + level / 2, df) * se / total))
        low, high = total / factor, total * factor
    return MissedEstimate(
        total, se, low, high, level, df, n, "poor households that are not registered"
    )


def coverage_in_sample(sample: AssessmentSample, *, level: float = 0.95) -> MissedEstimate:
    """The share of poor households that the registry holds.

    With it the registry's own count can be extrapolated: registered poor / coverage.

    Parameters
    ----------
    sample : AssessmentSample
    level : float

    Returns
    -------
    MissedEstimate
        A ratio of totals with its linearised variance (Woodruff 1971) and a logit
        interval, or a Clopper-Pearson one where it is 0 or 1.

    Raises
    ------
    DataError
        When no poor household was found.

    Examples
    --------
    >>> import numpy as np
    >>> v = np.repeat(np.arange(10), 20); poor = np.arange(200) % 5 == 0
    >>> sample = AssessmentSample(np.arange(200) % 10 == 0, poor, np.full(200, 30.0), v)
    >>> coverage_in_sample(sample).estimate
    0.5
    """
    import numpy as np

    from exitline.stats.infer.intervals import share

    weight = np.asarray(sample.weight, dtype=float)
    poor = np.asarray(sample.poor, dtype=bool)
    if not poor.any():
        raise DataError(
            "no poor household was found in the sample",
            expected="at least one, for a share of them",
            got="none",
            remedy="estimate the number missed instead: missed_in_sample",
        )
    held = poor & np.asarray(sample.registered, dtype=bool)
    bottom = float(weight[poor].sum())
    coverage = float(weight[held].sum()) / bottom
    variance, df = _total_variance(weight * (held - coverage * poor) / bottom, sample)
    se, n = np.sqrt(np.array([variance])), int(poor.sum())
    bounds = share(np.array([coverage]), se, np.array([float(n)]), np.array([df]), level)
    return MissedEstimate(
        coverage,
        float(se[0]),
        float(bounds.low[0]),
        float(bounds.high[0]),
        level,
        df,
        n,
        "share of poor households that the registry holds",
    )


def _total_variance(influence: Floats, sample: AssessmentSample) -> tuple[float, float]:
    """Variance of a total of village totals within strata, and its degrees of freedom."""
    import numpy as np

    strata = np.zeros(len(influence), int) if sample.stratum is None else sample.stratum
    _, stratum = np.unique(np.asarray(strata), return_inverse=True)
    _, village = np.unique(np.asarray(sample.village), return_inverse=True)
    pair = stratum * (int(village.max()) + 1) + village
    _, first, cluster = np.unique(pair, return_index=True, return_inverse=True)
    totals = np.bincount(cluster, weights=influence)
    of = stratum[first]
    villages = np.bincount(of)
    if (villages < 2).any():
        raise DesignError(
            "a stratum with one sampled village gives no variance",
            where="stratum",
            expected="at least two villages in each stratum",
            got=f"{int((villages < 2).sum())} strata with one",
            remedy="put it together with a similar stratum",
        )
    mean = np.bincount(of, weights=totals) / villages
    squares = np.bincount(of, weights=(totals - mean[of]) ** 2)
    variance = float((villages / (villages - 1) * squares).sum())
    return variance, float(len(totals) - len(villages))
