"""Heaping: are there more households just above the line than a smooth density has?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError
from exitline.exits.screens.finding import ScreenFinding, adjusted, need
from exitline.words.said import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = say("heaping above the line")
LEAST = 200
_READING = say(
    "A line at a round number draws rounded answers to it, and support that is paid up to "
    "the line lifts households just above it; both are ordinary. Look at how incomes near "
    "the line were put together."
)


@dataclass(frozen=True)
class Window:
    """Bins around a line.

    Parameters
    ----------
    line : float
    width : float
        Width of a bin, in the unit of the values: a multiple of the step in which
        values are rounded, so that every bin holds as many round numbers.
    bins : int
        Bins on each side that the smooth curve is fitted to.
    above : int
        Bins above the line that are tested.
    left_out : int
        Bins just below that the curve does not use: who was lifted came from there.
    degree : int
        Degree of the polynomial of the log density.
    """

    line: float
    width: float
    bins: int = 20
    above: int = 1
    left_out: int = 2
    degree: int = 3

    def __post_init__(self) -> None:
        enough = self.bins > self.above and self.bins > self.left_out + self.degree
        if not (self.width > 0 and self.above >= 1 and self.left_out >= 0 and enough):
            raise DataError(
                "a window that no density can be fitted to",
                expected="a width above 0, and more bins than are tested, left out and fitted",
                got=f"width {self.width}, {self.bins} bins, {self.above} above, "
                f"{self.left_out} left out, degree {self.degree}",
                remedy="take more bins on each side",
            )


@dataclass(frozen=True)
class Heaping:
    """The bins just above a line checked against the density around them.

    Parameters
    ----------
    observed : int
        Households in the tested bins.
    expected : float
        What the fitted density has there.
    t : float
        Signed root of the deviance over the dispersion.
    degrees : int
    dispersion : float
        Pearson chi-square of the bins over their degrees of freedom.
    p_value : float
        One-sided: more than expected.
    n : int
        Households in all bins used.
    """

    observed: int
    expected: float
    t: float
    degrees: int
    dispersion: float
    p_value: float
    n: int


def bin_counts(values: NDArray[Any], window: Window) -> NDArray[np.int64]:
    """Households in each bin around the line, lowest bin first; a bin is closed below.

    Examples
    --------
    >>> import numpy as np
    >>> bin_counts(np.array([99.0, 100.0, 109.9]), Window(100, 10, bins=6)).tolist()
    [0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0]
    """
    import numpy as np

    numbers = np.asarray(values, dtype=float)
    one = np.zeros(len(numbers), dtype=np.int64)
    return _counts(numbers, one, 1, window).ravel()


def heaping(counts: NDArray[np.int64], window: Window) -> Heaping:
    """Test the bins just above the line against a smooth log density.

    A Poisson regression of the counts on a polynomial of the distance to the line, once
    with and once without a term for the tested bins; the bins left out below the line
    carry no weight. The root of the deviance that the term takes away, over the
    dispersion of the other bins, is checked against Student's t.

    Parameters
    ----------
    counts : array of int, shape (2 bins,)
    window : Window

    Returns
    -------
    Heaping

    Raises
    ------
    DataError
        When there are too few households to fit a density.

    References
    ----------
    Chetty, Friedman, Olsen and Pistaferri (2011), section IV.A, and Kleven (2016) for the
    counterfactual density; McCullagh and Nelder (1989), section 4.5 for the dispersion.
    """
    import numpy as np
    from scipy import stats

    middle = (np.arange(2 * window.bins) - window.bins + 0.5) / window.bins
    tested = np.zeros(2 * window.bins, dtype=bool)
    tested[window.bins : window.bins + window.above] = True
    used = np.ones_like(tested)
    used[window.bins - window.left_out : window.bins] = False
    need(int(counts[used].sum()), LEAST, screen=NAME, what="households around the line")
    curve = np.vander(middle, window.degree + 1, increasing=True)
    with_term = np.column_stack([curve, tested])
    y, others = counts.astype(float), used & ~tested
    smooth = np.exp(curve[used] @ _poisson(curve[used], y[used]))
    free = np.exp(with_term[used] @ _poisson(with_term[used], y[used]))
    degrees = int(used.sum()) - with_term.shape[1]
    pearson = float((((y[used] - free) ** 2) / free).sum())
    dispersion = max(pearson / degrees, 1e-9)
    expected = float(np.exp(curve[tested] @ _poisson(curve[others], y[others])).sum())
    drop = max(0.0, _deviance(y[used], smooth) - _deviance(y[used], free))
    sign = 1.0 if y[tested].sum() >= expected else -1.0
    t = sign * float(np.sqrt(drop / dispersion))
    return Heaping(
        observed=int(counts[tested].sum()),
        expected=expected,
        t=t,
        degrees=degrees,
        dispersion=dispersion,
        p_value=float(stats.t.sf(t, degrees)),
        n=int(counts[used].sum()),
    )


def screen_heaping(
    values: NDArray[Any], window: Window, units: NDArray[Any] | None = None
) -> tuple[ScreenFinding, ...]:
    """Screen for heaping just above the line, for all together or unit by unit.

    Parameters
    ----------
    values : array, shape (n,)
    window : Window
    units : array, shape (n,), optional

    Returns
    -------
    tuple of ScreenFinding
        Units with fewer than 200 households around the line are left out.

    Raises
    ------
    DataError
        When no unit has enough.
    """
    import numpy as np

    numbers = np.asarray(values, dtype=float)
    if units is None:
        return adjusted([_finding("", heaping(bin_counts(numbers, window), window), window)])
    names, codes = np.unique(np.asarray(units), return_inverse=True)
    found = []
    for unit, counts in zip(names, _counts(numbers, codes, len(names), window), strict=True):
        try:
            found.append(_finding(str(unit), heaping(counts, window), window))
        except DataError:
            continue
    need(len(found), 1, screen=NAME, what=f"units with {LEAST} households around the line")
    return adjusted(found)


def _finding(unit: str, test: Heaping, window: Window) -> ScreenFinding:
    high = window.line + window.above * window.width
    return ScreenFinding(
        screen=NAME,
        unit=unit,
        statistic=float(test.observed),
        expected=test.expected,
        measure=say("households from {low} to below {high}", low=window.line, high=high),
        p_value=test.p_value,
        q_value=test.p_value,
        n=test.n,
        null=say("the log density is a smooth curve through the line"),
        reading=_READING,
    )


def _counts(
    numbers: NDArray[np.float64], codes: NDArray[np.int64], units: int, window: Window
) -> NDArray[np.int64]:
    """Households in each bin, shape (units, 2 bins)."""
    import numpy as np

    place = np.floor((numbers - window.line) / window.width + 1e-9) + window.bins
    inside = (place >= 0) & (place < 2 * window.bins)
    cell = codes[inside] * (2 * window.bins) + place[inside].astype(np.int64)
    return np.bincount(cell, minlength=units * 2 * window.bins).reshape(units, -1)


def _poisson(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients of a Poisson regression with log link, by scoring."""
    import numpy as np

    mean = np.maximum(y, 0.5)
    beta: NDArray[np.float64] = np.zeros(x.shape[1])
    deviance = np.inf
    for _ in range(50):
        working = np.log(mean) + (y - mean) / mean
        root = np.sqrt(mean)
        beta = np.asarray(np.linalg.lstsq(x * root[:, None], working * root, rcond=None)[0], float)
        mean = np.exp(np.clip(x @ beta, -30, 30))
        now = _deviance(y, mean)
        if abs(deviance - now) < 1e-10 * (abs(now) + 1):
            break
        deviance = now
    return beta


def _deviance(y: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    """Poisson deviance."""
    from scipy import special

    return float(2.0 * (special.xlogy(y, y / mean) - (y - mean)).sum())
