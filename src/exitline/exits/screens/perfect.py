"""Perfect units: are there more counties without any error than chance leaves?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError
from exitline.exits.screens.finding import ScreenFinding, need
from exitline.words.said import Numeral, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = say("units without an error")
_READING = say(
    "Counties differ, and the more they differ the more of them are without an error: see "
    "the correlation that would be enough. Small samples and a count that stops at the first "
    "review do the same. Compare how errors were looked for."
)


@dataclass(frozen=True)
class PerfectUnits:
    """The number of units without an error checked against what chance leaves.

    Parameters
    ----------
    perfect, units : int
    expected : float
        Under the null.
    rate : float
        The common error rate.
    icc : float
        The intra-unit correlation supposed.
    p_value : float
        Probability of at least as many perfect units.
    icc_enough : float
        The correlation at which the p-value reaches 0.05: differences between units of
        this size would explain the number. NaN where none up to 0.5 does, 0 where none
        is needed.
    """

    perfect: int
    units: int
    expected: float
    rate: float
    icc: float
    p_value: float
    icc_enough: float


def zero_probability(n: NDArray[Any], rate: float, icc: float) -> NDArray[np.float64]:
    """The probability that a sample shows no error.

    Parameters
    ----------
    n : array of int
        Sampled in each unit.
    rate : float
        Common error rate, in (0, 1).
    icc : float
        Intra-unit correlation, in [0, 1).

    Returns
    -------
    array
        (1 - rate)^n for icc = 0, and the beta-binomial's probability of 0 otherwise,
        B(a, b + n) / B(a, b) with a = rate (1 - icc) / icc, b = (1 - rate)(1 - icc) / icc
        (Skellam 1948).

    Examples
    --------
    >>> import numpy as np
    >>> zero_probability(np.array([149]), 0.02, 0.0).round(4).tolist()
    [0.0493]
    """
    import numpy as np
    from scipy import special

    sizes = np.asarray(n, dtype=float)
    if not 0 < rate < 1 or not 0 <= icc < 1:
        raise DataError(
            "a rate or a correlation that is none",
            expected="a rate between 0 and 1, a correlation from 0 to below 1",
            got=f"rate {rate}, correlation {icc}",
        )
    if icc == 0:
        return np.asarray((1.0 - rate) ** sizes)
    a, b = rate * (1 - icc) / icc, (1 - rate) * (1 - icc) / icc
    return np.asarray(np.exp(special.betaln(a, b + sizes) - special.betaln(a, b)))


def perfect_at_rate(
    n: NDArray[Any], perfect: int, rate: float, *, icc: float = 0.0
) -> PerfectUnits:
    """How likely that many perfect units are at a given true rate.

    The number of units without an error is a sum of independent indicators; its
    distribution is computed exactly (Poisson binomial, by convolution).

    Parameters
    ----------
    n : array of int, shape (units,)
        Sampled in each unit.
    perfect : int
        Units without an error.
    rate : float
        The true rate that is asked about.
    icc : float

    Returns
    -------
    PerfectUnits

    Examples
    --------
    >>> import numpy as np
    >>> found = perfect_at_rate(np.full(283, 200), 245, 0.002)  # 86.57 % of 283
    >>> round(found.expected), found.p_value < 1e-6
    (190, True)
    """
    sizes = _sizes(n, perfect)
    p0 = zero_probability(sizes, rate, icc)
    return PerfectUnits(
        perfect,
        len(sizes),
        float(p0.sum()),
        rate,
        icc,
        _tail(p0, perfect),
        _icc_enough(sizes, perfect, rate),
    )


def perfect_units(
    n: NDArray[Any],
    errors: NDArray[Any],
    *,
    icc: float = 0.0,
    draws: int = 9999,
    seed: int = 1,
) -> PerfectUnits:
    """Test the number of perfect units given all errors that were found.

    When units do not differ (icc = 0) the errors found are dealt out again over all that
    were sampled, without replacement: exact. When they do, samples are drawn from the
    beta-binomial at the rate found, and each draw is compared at its own rate, as the
    sample is: number of perfect units less the number its rate makes likely.

    Parameters
    ----------
    n, errors : array of int, shape (units,)
        Sampled, and found wrong, in each unit.
    icc : float
        How much units differ under the null: the correlation of errors within a unit.
    draws, seed : int

    Returns
    -------
    PerfectUnits

    Raises
    ------
    DataError
        When more errors than samples are given, or no error at all.
    """
    import numpy as np

    found = np.asarray(errors, dtype=np.int64)
    perfect = int((found == 0).sum())
    sizes = _sizes(n, perfect)
    total = int(found.sum())
    if (found > sizes).any() or (found < 0).any() or total == 0:
        raise DataError(
            "the errors do not fit the samples",
            expected="from 0 errors to as many as were sampled, and at least one in all",
            got=f"{total} errors in all",
            remedy="without any error, ask about a rate: perfect_at_rate",
        )
    rate, random = total / float(sizes.sum()), np.random.default_rng(seed)
    if icc == 0:
        dealt = random.multivariate_hypergeometric(sizes, total, size=draws, method="marginals")
        null, observed = (dealt == 0).sum(axis=1).astype(float), float(perfect)
        expected = float(null.mean())
    else:
        expected = float(zero_probability(sizes, rate, icc).sum())
        null = _excess_perfect(sizes, rate, icc, draws, random)
        observed = perfect - expected
    p = float((1 + np.sum(null >= observed - 1e-9)) / (draws + 1))
    return PerfectUnits(
        perfect, len(sizes), expected, rate, icc, p, _icc_enough(sizes, perfect, rate)
    )


def screen_perfect(
    n: NDArray[Any], errors: NDArray[Any], *, icc: float = 0.0, seed: int = 1
) -> tuple[ScreenFinding, ...]:
    """Screen an assessment for more perfect units than chance leaves.

    Parameters
    ----------
    n, errors : array of int, shape (units,)
    icc : float
    seed : int

    Returns
    -------
    tuple of one ScreenFinding
    """
    test = perfect_units(n, errors, icc=icc, seed=seed)
    enough = (
        say("no correlation up to 0.5 is enough for this number")
        if test.icc_enough != test.icc_enough
        else say(
            "a correlation of {n} within units would be enough",
            n=Numeral(f"{test.icc_enough:.3f}"),
        )
    )
    finding = ScreenFinding(
        screen=NAME,
        unit="",
        statistic=float(test.perfect),
        expected=test.expected,
        measure=NAME,
        p_value=test.p_value,
        q_value=test.p_value,
        n=int(sum(n)),
        null=say(
            "errors fall on units by chance, correlation within units {n}", n=Numeral(f"{icc:g}")
        ),
        reading=_READING,
        detail=say("of {n}; {text}", n=test.units, text=enough),
    )
    return (finding,)


def _sizes(n: NDArray[Any], perfect: int) -> NDArray[np.int64]:
    """The sample sizes, checked."""
    import numpy as np

    sizes = np.asarray(n, dtype=np.int64)
    need(len(sizes), 5, screen=NAME, what="units")
    if (sizes < 1).any() or not 0 <= perfect <= len(sizes):
        raise DataError(
            "sample sizes or perfect units that cannot be",
            expected=f"at least one sampled in each unit, 0 to {len(sizes)} perfect units",
            got=f"smallest sample {sizes.min()}, {perfect} perfect",
        )
    return sizes


def _tail(p0: NDArray[np.float64], perfect: int) -> float:
    """P(at least `perfect` of independent indicators), by convolution."""
    import numpy as np

    distribution = np.ones(1)
    for p in p0:
        distribution = np.convolve(distribution, [1.0 - p, p])
    return float(min(1.0, distribution[perfect:].sum()))


def _icc_enough(sizes: NDArray[np.int64], perfect: int, rate: float) -> float:
    """The correlation at which the tail probability reaches 0.05."""
    from scipy import optimize

    def excess(icc: float) -> float:
        return _tail(zero_probability(sizes, rate, icc), perfect) - 0.05

    if excess(0.0) >= 0:
        return 0.0
    if excess(0.5) < 0:
        return float("nan")
    return float(optimize.brentq(excess, 0.0, 0.5, xtol=1e-5))


def _excess_perfect(
    sizes: NDArray[np.int64], rate: float, icc: float, draws: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Perfect units beyond those expected at each draw's own rate."""
    import numpy as np

    a, b = rate * (1 - icc) / icc, (1 - rate) * (1 - icc) / icc
    errors = random.binomial(sizes, random.beta(a, b, size=(draws, len(sizes))))
    rates = np.clip(errors.sum(axis=1) / sizes.sum(), 1e-9, 1 - 1e-9)
    grid = np.linspace(rates.min(), rates.max(), 200)
    curve = [float(zero_probability(sizes, float(r), icc).sum()) for r in grid]
    return np.asarray((errors == 0).sum(axis=1) - np.interp(rates, grid, curve))
