"""Errors found among households visited in villages: their exact distribution.

Households of one village resemble each other. The beta-binomial law says how much: each
village has its own rate, drawn around the county's, and the intra-village correlation
(ICC) is the share of the variance that lies between villages. The sum over villages is
a convolution, done exactly; nothing here is simulated or approximated by a normal law.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from exitline.errors import ExitlineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DEFAULT_ICC = 0.05
"""Assumed where no plan or pilot says better: 5 % of the variance lies between villages."""

ICC_MARGIN = 2.0
"""Times the declared correlation at which outcomes are judged.

The correlation is known least of all that a plan declares, and the errors found say little about
it while they are rare. At twice the declared one false *met* stays at its nominal rate
(docs/assessment.md, from `benchmarks.assessment`).
"""

LARGEST_ICC = 0.95
"""Nothing is judged at a larger correlation: whole villages would err."""

LARGEST = 200_000
"""Households in one sample beyond which an exact convolution is refused."""


class PlanError(ExitlineError):
    """A plan that cannot be made, or a number in it that cannot be."""


@dataclass(frozen=True)
class Clusters:
    """Households visited, spread over villages as evenly as whole numbers allow.

    Parameters
    ----------
    households : int
        Households visited, at least 1.
    villages : int
        Villages they live in, 1 .. households.
    icc : float
        Intra-village correlation of the error, 0 <= icc < 1.

    Raises
    ------
    PlanError
        For numbers outside these ranges.

    Examples
    --------
    >>> sample = Clusters(households=2000, villages=100, icc=1 / 19)
    >>> round(sample.design_effect, 2), round(sample.effective)
    (2.0, 1000)
    """

    households: int
    villages: int
    icc: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.households <= LARGEST:
            raise PlanError(
                "the number of households visited is out of range",
                expected=f"1 to {LARGEST:,}",
                got=f"{self.households:,}",
                remedy="plan by county, not for a whole country at once",
            )
        if not 1 <= self.villages <= self.households:
            raise PlanError(
                "the number of villages does not fit the households visited",
                expected=f"1 to {self.households:,} villages",
                got=f"{self.villages:,}",
                remedy="visit at least one household in each village",
            )
        check_icc(self.icc)

    @classmethod
    def equal(cls, villages: int, per_village: int, icc: float = 0.0) -> Clusters:
        """The same number of households in every village.

        Examples
        --------
        >>> Clusters.equal(villages=40, per_village=20).households
        800
        """
        return cls(villages * per_village, villages, icc)

    @property
    def per_village(self) -> float:
        """Households visited in a village, on average."""
        return self.households / self.villages

    @property
    def design_effect(self) -> float:
        """Variance over that of as many independent visits: 1 + (sum m^2 / n - 1) ICC.

        Kish (1965), Survey Sampling, equation 5.6.5.
        """
        squares = sum(count * size * size for size, count in self.sizes())
        return 1.0 + (squares / self.households - 1.0) * self.icc

    @property
    def effective(self) -> float:
        """Independent visits that would say as much."""
        return self.households / self.design_effect

    @property
    def judged(self) -> Clusters:
        """The same sample at the correlation under which outcomes are judged.

        Examples
        --------
        >>> Clusters(2000, 100, icc=0.05).judged.icc
        0.1
        """
        return replace(self, icc=judged_icc(self.icc))

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """(households in a village, number of such villages), largest first."""
        small, larger = divmod(self.households, self.villages)
        pairs = ((small + 1, larger), (small, self.villages - larger))
        return tuple((size, count) for size, count in pairs if count > 0)


def judged_icc(declared: float) -> float:
    """The correlation under which outcomes are judged where one was declared.

    Examples
    --------
    >>> judged_icc(0.05), judged_icc(0.0), judged_icc(0.7)
    (0.1, 0.0, 0.95)
    """
    return max(declared, min(ICC_MARGIN * declared, LARGEST_ICC))


def check_icc(icc: float) -> None:
    """Refuse an intra-village correlation that cannot be."""
    if not 0.0 <= icc < 1.0:
        raise PlanError(
            "the intra-village correlation (ICC) is out of range",
            expected="0 (villages do not matter) up to, but below, 1 (whole villages err)",
            got=str(icc),
            remedy="0.01 to 0.10 is common; estimate it from an earlier assessment",
        )


def check_rate(rate: float, name: str) -> None:
    """Refuse a rate that is not between 0 and 1, both excluded."""
    if not 0.0 < rate < 1.0:
        raise PlanError(
            f"the {name} is out of range",
            expected="a share between 0 and 1: 0.02 for 2 %",
            got=str(rate),
            remedy="divide percentages by 100",
        )


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that proves nothing or cannot be reached."""
    if not 0.5 <= confidence < 1.0:
        raise PlanError(
            "the confidence is out of range",
            expected="0.5 to below 1, one-sided; 0.95 is usual",
            got=str(confidence),
            remedy="divide percentages by 100",
        )


def village_law(size: int, rate: float, icc: float) -> Floats:
    """Probabilities of 0 .. `size` errors in one village: the beta-binomial law.

    Written as products of (rate + i t) and (1 - rate + j t) with t = icc / (1 - icc), which
    holds for icc = 0 (the binomial law) as well (Skellam 1948, J. R. Statist. Soc. B 10,
    257-261, in the parameters of Griffiths 1973, Biometrics 29, 637-648).

    Parameters
    ----------
    size : int
        Households visited in the village.
    rate, icc : float
        The county's rate, 0 .. 1, and the intra-village correlation, 0 <= icc < 1.

    Returns
    -------
    float array, shape (size + 1,)

    Examples
    --------
    >>> village_law(2, 0.5, 0.0).tolist()
    [0.25, 0.5, 0.25]
    """
    theta = icc / (1.0 - icc)
    steps: Floats = np.arange(size, dtype=np.float64) * theta
    with np.errstate(divide="ignore"):
        errors = _cumulative_log(rate + steps)
        others = _cumulative_log(1.0 - rate + steps)
    total = np.log1p(steps).sum()
    k = np.arange(size + 1)
    choose = gammaln(size + 1) - gammaln(k + 1) - gammaln(size - k + 1)
    law: Floats = np.exp(choose + errors + others[::-1] - total)
    scaled: Floats = law / law.sum()
    return scaled


def _cumulative_log(factors: Floats) -> Floats:
    """log of the products of the first 0, 1, 2 ... factors."""
    return np.concatenate([[0.0], np.cumsum(np.log(factors))])


@lru_cache(maxsize=128)
def error_law(sample: Clusters, rate: float) -> Floats:
    """Probabilities of 0, 1, 2 ... errors in the whole sample at a true rate.

    The villages' laws are convolved by fast Fourier transform; the absolute error is
    about 1e-15.

    Parameters
    ----------
    sample : Clusters
    rate : float
        True rate, 0 .. 1.

    Returns
    -------
    float array, shape (households + 1,), read-only

    Examples
    --------
    >>> law = error_law(Clusters(households=500, villages=500), 0.03)
    >>> round(float(law[:10].sum()), 3)
    0.067
    """
    length = sample.households + 1
    law = _convolved(sample, rate, 1 << (length - 1).bit_length())[:length]
    law.flags.writeable = False
    return law


def at_most(sample: Clusters, rate: float, errors: int) -> float:
    """P(at most so many errors are found) at a true rate; 0 for negative `errors`.

    Examples
    --------
    >>> round(at_most(Clusters(149, 149), 0.02, 0), 4)
    0.0493
    """
    if errors < 0:
        return 0.0
    law = _convolved(sample, rate, _window(sample, rate, errors))
    return min(1.0, float(law[: errors + 1].sum()))


def at_least(sample: Clusters, rate: float, errors: int) -> float:
    """P(at least so many errors are found) at a true rate.

    Examples
    --------
    >>> round(1 / at_least(Clusters(10, 10), 0.5, 10))
    1024
    """
    return 1.0 if errors <= 0 else max(0.0, 1.0 - at_most(sample, rate, errors - 1))


def _convolved(sample: Clusters, rate: float, window: int) -> Floats:
    """The law of the errors modulo `window`, a power of two."""
    transform = np.ones(window // 2 + 1, dtype=np.complex128)
    for size, count in sample.sizes():
        law = village_law(size, rate, sample.icc)
        folded = np.bincount(np.arange(size + 1) % window, weights=law, minlength=window)
        transform *= np.fft.rfft(folded) ** count
    return np.clip(np.fft.irfft(transform, window), 0.0, 1.0)


def _window(sample: Clusters, rate: float, errors: int) -> int:
    """A power of two beyond which the sample finds practically no errors.

    Convolving modulo this length adds the probability beyond it, 20 standard deviations
    above the mean, to the first entries: far less than rounding does.
    """
    n = sample.households
    spread = (n * rate * (1.0 - rate) * sample.design_effect) ** 0.5
    far = n * rate + 20.0 * spread + 2.0 * sample.per_village + 64.0
    needed = min(n, max(errors, int(far) + 1)) + 1
    return max(2, 1 << (needed - 1).bit_length())
