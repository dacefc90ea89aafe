"""Digit preference: are the last digits of recorded numbers as even as chance makes them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exitline.exits.screens.finding import ScreenFinding, adjusted, need
from exitline.words.said import Numeral, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = say("digit preference")
_READING = say(
    "Rounding by the person asked is the usual cause, then rounding in the office; "
    "numbers that were not measured come after that. Compare with how others round."
)


@dataclass(frozen=True)
class DigitTest:
    """Counts of last digits checked against a null.

    Parameters
    ----------
    counts : array, shape (10,)
    chi_square : float
    degrees : int
    p_value : float
    heaping : float
        Share of last digits 0 and 5; 0.2 when digits are even.
    """

    counts: NDArray[np.int64]
    chi_square: float
    degrees: int
    p_value: float
    heaping: float


def last_digits(values: NDArray[Any], place: int = 0) -> NDArray[np.int64]:
    """The digit at a decimal place of the recorded numbers.

    Parameters
    ----------
    values : array, shape (n,)
        Missing values are left out.
    place : int
        0 for the units, 1 for the tens (numbers recorded in tens), -1 for one decimal.

    Returns
    -------
    array of int
        0 to 9.

    Examples
    --------
    >>> import numpy as np
    >>> last_digits(np.array([105.0, np.nan, 98.0])).tolist()
    [5, 8]
    """
    import numpy as np

    numbers = np.asarray(values, dtype=float)
    numbers = numbers[np.isfinite(numbers)]
    scaled = np.floor(np.abs(np.round(numbers, -place if place < 0 else 9)) / 10.0**place + 1e-9)
    return np.asarray(np.mod(scaled, 10), dtype=np.int64)


def even_digits(digits: NDArray[np.int64], *, draws: int = 9999, seed: int = 1) -> DigitTest:
    """Pearson's chi-square of last digits against equal shares.

    Parameters
    ----------
    digits : array of int, shape (n,)
        0 to 9.
    draws : int
        Monte Carlo draws where the expected count is below 5 and the chi-square
        distribution cannot be trusted.
    seed : int

    Returns
    -------
    DigitTest

    Notes
    -----
    Pearson (1900). Last digits of numbers that spread over several tens are even to a
    very good approximation, whatever their distribution; leading digits are not, and
    incomes near a line need not follow Benford's law: that test is not made here.

    Examples
    --------
    >>> import numpy as np
    >>> even_digits(np.tile(np.arange(10), 20)).p_value
    1.0
    """
    import numpy as np

    return _against_even(np.bincount(digits, minlength=10)[:10], draws, seed)


def same_digits(own: NDArray[np.int64], others: NDArray[np.int64]) -> DigitTest:
    """Chi-square of homogeneity: does one unit round as all the others do?

    Parameters
    ----------
    own, others : array of int
        Last digits of the unit, and of all other units.

    Returns
    -------
    DigitTest
        Of the unit's own digits; digits that never occur do not count.
    """
    import numpy as np

    need(min(len(own), len(others)), 10, screen=NAME, what="numbers")
    return _against_others(
        np.bincount(own, minlength=10)[:10], np.bincount(others, minlength=10)[:10]
    )


def screen_digits(
    values: NDArray[Any],
    units: NDArray[Any] | None = None,
    *,
    against: Literal["even", "others"] = "even",
    place: int = 0,
) -> tuple[ScreenFinding, ...]:
    """Screen last digits, for all together or unit by unit.

    Parameters
    ----------
    values : array, shape (n,)
    units : array, shape (n,), optional
        County or interviewer of each row.
    against : {"even", "others"}
        Equal shares, or the digits of all other units.
    place : int
        See `last_digits`.

    Returns
    -------
    tuple of ScreenFinding
        Units with fewer than 10 numbers are left out.

    Raises
    ------
    DataError
        With fewer than 10 numbers in all.
    """
    import numpy as np

    numbers = np.asarray(values, dtype=float)
    held = np.isfinite(numbers)
    digits = last_digits(numbers, place)
    need(len(digits), 10, screen=NAME, what="numbers")
    if units is None:
        return adjusted([_finding("", even_digits(digits), "even")])
    names, codes = np.unique(np.asarray(units)[held], return_inverse=True)
    table = np.bincount(codes * 10 + digits, minlength=10 * len(names)).reshape(-1, 10)
    rest = table.sum(axis=0) - table
    found = []
    for unit, own, others in zip(names, table, rest, strict=True):
        if own.sum() < 10 or (against == "others" and others.sum() < 10):
            continue
        test = _against_even(own) if against == "even" else _against_others(own, others)
        found.append(_finding(str(unit), test, against))
    return adjusted(found)


def _against_even(counts: NDArray[np.int64], draws: int = 9999, seed: int = 1) -> DigitTest:
    """Counts of the ten digits against equal shares."""
    import numpy as np
    from scipy import stats

    n = int(counts.sum())
    need(n, 10, screen=NAME, what="numbers")
    observed = float(((counts - n / 10) ** 2).sum() / (n / 10))
    if n >= 50:
        p = float(stats.chi2.sf(observed, 9))
    else:
        drawn = np.random.default_rng(seed).multinomial(n, [0.1] * 10, size=draws)
        null = ((drawn - n / 10) ** 2).sum(axis=1) / (n / 10)
        p = float((1 + np.sum(null >= observed - 1e-9)) / (draws + 1))
    return DigitTest(counts, observed, 9, p, float((counts[0] + counts[5]) / n))


def _against_others(own: NDArray[np.int64], others: NDArray[np.int64]) -> DigitTest:
    """Counts of the ten digits of one unit against those of all others."""
    import numpy as np
    from scipy import stats

    table = np.stack([own, others]).astype(float)
    held = table[:, table.sum(axis=0) > 0]
    expected = held.sum(axis=1, keepdims=True) * held.sum(axis=0) / held.sum()
    observed = float(((held - expected) ** 2 / expected).sum())
    degrees = held.shape[1] - 1
    p = float(stats.chi2.sf(observed, degrees)) if degrees else 1.0
    return DigitTest(own, observed, degrees, p, float((own[0] + own[5]) / own.sum()))


def _finding(unit: str, test: DigitTest, against: str) -> ScreenFinding:
    """The finding of a digit test."""
    return ScreenFinding(
        screen=NAME,
        unit=unit,
        statistic=test.chi_square,
        expected=float(test.degrees),
        measure=say("chi-square of last digits"),
        p_value=test.p_value,
        q_value=test.p_value,
        n=int(test.counts.sum()),
        null=say("each last digit is equally likely")
        if against == "even"
        else say("last digits fall as in all other units"),
        reading=_READING,
        detail=say("{share} end in 0 or 5", share=Numeral(f"{100 * test.heaping:.1f} %")),
    )
