"""Two lists of the same people: how many are on neither?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class TwoLists:
    """How many households are on both lists, on the first only, on the second only.

    Parameters
    ----------
    both, first_only, second_only : int
        Poor households, matched one to one. The first list is the registry, the second
        was made without looking at it.

    Raises
    ------
    DataError
        For negative counts, or nobody on one of the lists.
    """

    both: int
    first_only: int
    second_only: int

    def __post_init__(self) -> None:
        counts = (self.both, self.first_only, self.second_only)
        if min(counts) < 0 or self.first == 0 or self.second == 0:
            raise DataError(
                "two lists that no number can be estimated from",
                expected="counts of 0 or more, and at least one household on each list",
                got=f"both {self.both}, first only {self.first_only}, "
                f"second only {self.second_only}",
                remedy="check how the lists were matched",
            )

    @property
    def first(self) -> int:
        """Households on the first list."""
        return self.both + self.first_only

    @property
    def second(self) -> int:
        """Households on the second list."""
        return self.both + self.second_only

    @property
    def seen(self) -> int:
        """Households on at least one list."""
        return self.both + self.first_only + self.second_only


@dataclass(frozen=True)
class EstimatedPopulation:
    """An estimated number of households, seen and unseen.

    Parameters
    ----------
    estimate, se : float
        All households, on a list or not.
    low, high : float
        Interval; never below the number seen.
    level : float
    seen : int
        Households on at least one list.
    registered : int
        Of these, on the first list.
    method : str
    assumption : str
        What has to hold, in words.
    """

    estimate: float
    se: float
    low: float
    high: float
    level: float
    seen: int
    registered: int
    method: str
    assumption: str

    @property
    def missed(self) -> float:
        """Households that the first list does not hold."""
        return self.estimate - self.registered

    @property
    def coverage(self) -> float:
        """Share of the households that the first list holds."""
        return self.registered / self.estimate


_INDEPENDENT = (
    "no household joins or leaves between the lists, matching is right, every household is "
    "as likely as any other to be on a list, and one list says nothing about the other"
)


def two_lists(first: NDArray[Any], second: NDArray[Any]) -> TwoLists:
    """Count who is on both lists and on one only, from household ids.

    Parameters
    ----------
    first, second : array of ids
        The ids of a household must be the same on both lists.

    Returns
    -------
    TwoLists

    Raises
    ------
    DataError
        When an id appears twice on a list.

    Examples
    --------
    >>> import numpy as np
    >>> two_lists(np.array([1, 2, 3]), np.array([3, 4]))
    TwoLists(both=1, first_only=2, second_only=1)
    """
    import numpy as np

    for name, ids in (("first", first), ("second", second)):
        repeated = len(ids) - len(np.unique(ids))
        if repeated:
            raise DataError(
                f"household ids occur more than once on the {name} list",
                expected="each household once",
                got=f"{repeated} repeated",
                remedy="remove the repeated rows",
            )
    both = len(np.intersect1d(first, second))
    return TwoLists(both, len(first) - both, len(second) - both)


def chapman(lists: TwoLists, *, level: float = 0.95) -> EstimatedPopulation:
    """The number of households from two independent lists.

    Parameters
    ----------
    lists : TwoLists
    level : float
        Confidence of the interval.

    Returns
    -------
    EstimatedPopulation

    Notes
    -----
    N = (n1 + 1)(n2 + 1) / (m + 1) - 1 (Chapman 1951), variance
    (n1 + 1)(n2 + 1)(n1 - m)(n2 - m) / ((m + 1)^2 (m + 2)) (Seber 1970). The interval is
    log-normal in the number unseen (Chao 1987, equation 12) and so never below the number
    seen.

    Examples
    --------
    >>> found = chapman(TwoLists(both=60, first_only=140, second_only=40))
    >>> round(found.estimate), round(found.se, 1)
    (332, 22.2)
    """
    n1, n2, m = lists.first, lists.second, lists.both
    estimate = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    se = math.sqrt(variance)
    low, high = unseen_interval(estimate, se, lists.seen, level)
    return EstimatedPopulation(
        estimate, se, low, high, level, lists.seen, lists.first, "Chapman", _INDEPENDENT
    )


def unseen_interval(estimate: float, se: float, seen: int, level: float) -> tuple[float, float]:
    """Interval of a number of which `seen` are certain (Chao 1987, equation 12).

    seen + f / C to seen + f C, with f = estimate - seen and
    C = exp(z sqrt(log(1 + se^2 / f^2))).
    """
    from scipy import stats

    unseen = estimate - seen
    if unseen <= 1e-9 or se == 0:
        return float(seen), max(float(seen), estimate)
    z = float(stats.norm.ppf(0.5 + level / 2))
    factor = math.exp(z * math.sqrt(math.log1p((se / unseen) ** 2)))
    return seen + unseen / factor, seen + unseen * factor


def if_dependent(lists: TwoLists, odds_ratio: float, *, level: float = 0.95) -> EstimatedPopulation:
    """The number of households if being on one list changes the odds of the other.

    Two lists cannot tell whether they are independent: this says what follows if they
    are not, by how much.

    Parameters
    ----------
    lists : TwoLists
    odds_ratio : float
        Odds of being on the second list for those on the first, over the odds for those
        who are not. Above 1: the same households are found twice, and more are missed.
    level : float

    Returns
    -------
    EstimatedPopulation

    Notes
    -----
    n00 = odds ratio x n10 n01 / (n11 + 1), which is Chapman's number at an odds ratio of
    1; the standard error is scaled alike (Gerritse, van der Heijden and Bakker 2015,
    section 2).

    Examples
    --------
    >>> lists = TwoLists(both=60, first_only=140, second_only=40)
    >>> round(if_dependent(lists, 2.0).missed), round(if_dependent(lists, 1.0).missed)
    (224, 132)
    """
    if not (math.isfinite(odds_ratio) and odds_ratio > 0):
        raise DataError("an odds ratio that is none", expected="above 0", got=repr(odds_ratio))
    plain = chapman(lists, level=level)
    unseen = odds_ratio * (plain.estimate - plain.seen)
    se = odds_ratio * plain.se
    low, high = unseen_interval(plain.seen + unseen, se, plain.seen, level)
    return EstimatedPopulation(
        plain.seen + unseen,
        se,
        low,
        high,
        level,
        plain.seen,
        plain.registered,
        f"Chapman at an odds ratio of {odds_ratio:g}",
        _INDEPENDENT.replace(
            "one list says nothing about the other",
            f"the lists hang together with an odds ratio of {odds_ratio:g}",
        ),
    )
