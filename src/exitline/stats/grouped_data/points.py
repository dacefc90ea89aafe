"""Grouped data as published, brought to points of a Lorenz curve, with all their faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError, Faults
from exitline.stats.grouped_data.notes import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats


ROUNDING = 0.01
"""How far published shares may be from their sum (1, or 100 %) by rounding: relative."""
_PERCENT = 100.0
_FEWEST = 4


@dataclass(frozen=True, eq=False)
class LorenzPoints:
    """Points of a Lorenz curve, poorest first.

    Attributes
    ----------
    population, lorenz : array
        Cumulative shares of people and of welfare; the last of both is 1. `lorenz` is empty
        where only counts and bounds are known.
    mean : float
        Mean welfare, in the unit of the lines; NaN where it is not known.
    counts : array
        Share of people in each class.
    upper : array
        Upper bound of each class (the last may be infinite, or missing); empty where not known.
    notes : tuple of Note
        What was done to the data before anything was fitted.
    """

    population: Floats
    lorenz: Floats
    mean: float
    counts: Floats
    upper: Floats
    notes: tuple[Note, ...] = ()

    @property
    def inner(self) -> tuple[Floats, Floats]:
        """The points before (1, 1)."""
        return self.population[:-1], self.lorenz[:-1]


def points_of(
    *,
    shares: Sequence[float] | None = None,
    population: Sequence[float] | None = None,
    lorenz: Sequence[float] | None = None,
    counts: Sequence[float] | None = None,
    means: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
    mean: float | None = None,
    where: str = "grouped data",
) -> LorenzPoints:
    """Points of a Lorenz curve from any of the forms in which grouped data are published.

    Parameters
    ----------
    shares : sequence of float, optional
        Share of welfare of each class, poorest first; classes are of equal size unless
        `counts` says otherwise.
    population, lorenz : sequence of float, optional
        Cumulative shares of people and of welfare.
    counts, means, upper : sequence of float, optional
        People, mean welfare and upper bound of each class.
    mean : float, optional
        Mean welfare; needed wherever a line or a quantile is in money.
    where : str
        What the data are called in messages.

    Returns
    -------
    LorenzPoints

    Raises
    ------
    DataError
        With all faults at once.

    Examples
    --------
    >>> points_of(shares=[10, 15, 20, 22, 33], mean=50).lorenz
    array([0.1 , 0.25, 0.45, 0.67, 1.  ])
    >>> round(points_of(counts=[50, 30, 20, 10], means=[1, 2, 4, 8]).mean, 6)
    2.454545
    """
    given = {
        "shares": shares, "population": population, "lorenz": lorenz,
        "counts": counts, "means": means, "upper": upper,
    }  # fmt: skip
    faults = Faults()
    read = {k: _numbers(k, v, where, faults) for k, v in given.items() if v is not None}
    level = _mean(mean, where, faults)
    faults.raise_all()
    notes: list[Note] = []
    cuts = read.get("upper", np.empty(0))
    if set(read) == {"population", "lorenz"}:
        p, curve = _cumulative(read["population"], read["lorenz"], where, faults, notes)
    elif set(read) in ({"shares"}, {"shares", "counts"}, {"shares", "counts", "upper"}):
        p, curve = _of_shares(read["shares"], read.get("counts"), where, faults, notes)
    elif set(read) in ({"counts", "means"}, {"counts", "means", "upper"}):
        p, curve, own = _of_means(read["counts"], read["means"], where, faults)
        level = _agreed(level, own, where, faults)
    elif set(read) == {"counts", "upper"}:
        p, curve = _of_counts(read["counts"], where, faults), np.empty(0)
    else:
        raise _combination(set(read), where)
    if cuts.size:
        _check_bounds(cuts, p.size, read.get("means"), where, faults)
    if not faults.found:
        _check_curve(p, curve, where, faults)
    faults.raise_all()
    return LorenzPoints(p, curve, level, np.diff(p, prepend=0.0), cuts, tuple(notes))


def _combination(given: set[str], where: str) -> DataError:
    return DataError(
        "grouped data are given in one of four forms",
        where=where,
        expected="shares (of classes of equal size, or with counts); population with lorenz; "
        "counts with means (and upper); counts with upper",
        got=", ".join(sorted(given)) or "nothing",
        remedy="give one of these forms",
    )


def _numbers(name: str, given: Any, where: str, faults: Faults) -> Floats:
    """A row of numbers; what is not a number is a fault with its place."""
    try:
        found = np.asarray(given, dtype=float).ravel()
    except (TypeError, ValueError):
        faults.add(
            DataError(
                f"'{name}' has values that are not numbers",
                where=where,
                remedy="give numbers alone",
            )
        )
        return np.empty(0)
    bad = ~np.isfinite(found)
    if name == "upper" and found.size and not np.isfinite(found[-1]):
        found, bad[-1] = np.append(found[:-1], np.inf), False
    if bad.any():
        faults.add(
            DataError(
                f"'{name}' has missing or infinite values",
                where=f"{where}, class {_places(bad)}",
                expected="a number for each class",
                remedy="fill them in, or leave the distribution out",
            )
        )
    elif name != "lorenz" and name != "upper" and (found < 0).any():
        faults.add(
            DataError(f"'{name}' has negative values", where=f"{where}, class {_places(found < 0)}",
                      expected="numbers from 0", remedy="correct them")
        )  # fmt: skip
    return found


def _mean(mean: float | None, where: str, faults: Faults) -> float:
    """The mean welfare, where it is given."""
    if mean is None:
        return float("nan")
    try:
        found = float(mean)
    except (TypeError, ValueError):
        found = float("nan")
    if not (np.isfinite(found) and found > 0):
        faults.add(
            DataError("the mean is not a positive number", where=where,
                      expected="mean welfare per person, in the unit of the lines",
                      got="missing" if found != found else f"{found:g}",
                      remedy="give it, or leave it out: shares and inequality need none")
        )  # fmt: skip
    return found


def _agreed(given: float, own: float, where: str, faults: Faults) -> float:
    """The mean that class means imply, checked against the one given."""
    if given == given and abs(given / own - 1) > ROUNDING:
        faults.add(
            DataError("the mean does not fit the class means", where=where,
                      expected=f"{own:.6g}, which counts and class means give",
                      got=f"{given:.6g}", remedy="correct one of them, or leave the mean out")
        )  # fmt: skip
    return own


def _total(values: Floats, name: str, where: str, faults: Faults, notes: list[Note]) -> Floats:
    """Shares that sum to 1, from shares or percentages rounded for publication."""
    total = float(values.sum())
    base = _PERCENT if total > np.sqrt(_PERCENT) else 1.0
    if abs(total / base - 1) > ROUNDING:
        faults.add(
            DataError(f"{name} do not sum to 1 (or to 100 %)", where=where,
                      expected="1 or 100, within 1 %", got=f"{total:.6g}",
                      remedy="give the share of every class, the last one included")
        )  # fmt: skip
    elif abs(total / base - 1) > 1e-9:
        notes.append(Note(f"{name} were divided by their sum", f"{total:.6g}"))
    return values / total if total else values


def _of_shares(
    shares: Floats, counts: Floats | None, where: str, faults: Faults, notes: list[Note]
) -> tuple[Floats, Floats]:
    """Points from the welfare share of each class."""
    if counts is not None and counts.size != shares.size:
        faults.add(_lengths("shares", shares, "counts", counts, where))
        counts = None
    p = _of_counts(np.ones(shares.size) if counts is None else counts, where, faults)
    part = _total(shares, "shares", where, faults, notes)
    return p, _ending(np.cumsum(part))


def _of_means(
    counts: Floats, means: Floats, where: str, faults: Faults
) -> tuple[Floats, Floats, float]:
    """Points from the people and the mean of each class, and the mean of all."""
    if counts.size != means.size:
        faults.add(_lengths("counts", counts, "means", means, where))
        faults.raise_all()
    p = _of_counts(counts, where, faults)
    amounts = counts * means
    total = amounts.sum()
    if not total > 0:
        faults.add(DataError("total welfare is not positive", where=where, remedy="check means"))
        faults.raise_all()
    return p, _ending(np.cumsum(amounts / total)), float(total / counts.sum())


def _of_counts(counts: Floats, where: str, faults: Faults) -> Floats:
    """Cumulative shares of people."""
    if not counts.size or (counts <= 0).any():
        faults.add(
            DataError("a class has nobody in it", where=f"{where}, class {_places(counts <= 0)}",
                      expected="a positive number of people in each class",
                      remedy="join it with its neighbour")
        )  # fmt: skip
        faults.raise_all()
    return _ending(np.cumsum(counts / counts.sum()))


def _cumulative(
    p: Floats, curve: Floats, where: str, faults: Faults, notes: list[Note]
) -> tuple[Floats, Floats]:
    """Cumulative shares as given: percentages made shares, (0, 0) left out, (1, 1) added."""
    if p.size != curve.size:
        faults.add(_lengths("population", p, "lorenz", curve, where))
        faults.raise_all()
    if p.size and max(p.max(), curve.max()) > np.sqrt(_PERCENT):
        p, curve = p / _PERCENT, curve / _PERCENT
    if p.size and p[0] == 0 and curve[0] == 0:
        p, curve = p[1:], curve[1:]
    if p.size and p[-1] < 1 - 1e-6 and curve[-1] < 1:
        p, curve = np.append(p, 1.0), np.append(curve, 1.0)
        notes.append(Note("the last point, (1, 1), was added"))
    ends = [v[-1] for v in (p, curve) if v.size]
    if any(abs(end - 1) > ROUNDING for end in ends):
        faults.add(
            DataError("cumulative shares do not end at 1", where=where,
                      expected="both end at 1 (or 100 %)",
                      got=" and ".join(f"{end:.6g}" for end in ends),
                      remedy="give cumulative shares: each class with all poorer ones")
        )  # fmt: skip
    return (_ending(p), _ending(curve)) if p.size else (p, curve)


def _ending(cumulative: Floats) -> Floats:
    """Cumulative shares whose last is exactly 1."""
    found = cumulative / cumulative[-1] if cumulative[-1] else cumulative.copy()
    found[-1] = 1.0
    return found


def _lengths(a: str, first: Floats, b: str, second: Floats, where: str) -> DataError:
    return DataError(
        f"{a} and {b} differ in length", where=where, expected="one of each for every class",
        got=f"{first.size} {a}, {second.size} {b}", remedy="give both for every class",
    )  # fmt: skip


def _check_bounds(
    upper: Floats, size: int, means: Floats | None, where: str, faults: Faults
) -> None:
    """Upper bounds rise, and hold the class means between them."""
    if upper.size != size:
        faults.add(
            DataError("bounds and classes differ in number", where=where,
                      expected=f"{size} upper bounds, the last may be infinite",
                      got=f"{upper.size}", remedy="give the upper bound of every class")
        )  # fmt: skip
        return
    if not (np.diff(upper) > 0).all() or upper[0] <= 0:
        faults.add(DataError("upper bounds do not rise", where=where,
                             expected="positive, each above the one before",
                             remedy="sort the classes from poorest to richest"))  # fmt: skip
        return
    if means is None or means.size != size:
        return
    outside = (means > upper) | (means < np.concatenate([[-np.inf], upper[:-1]]))
    if outside.any():
        faults.add(DataError("a class mean lies outside its class",
                             where=f"{where}, class {_places(outside)}",
                             expected="a mean between the bounds of its class",
                             remedy="correct the mean or the bounds"))  # fmt: skip


def _check_curve(p: Floats, curve: Floats, where: str, faults: Faults) -> None:
    """Enough points, which rise and bend as a Lorenz curve must."""
    if p.size < _FEWEST and curve.size:
        faults.add(DataError("too few classes", where=where,
                             expected=f"at least {_FEWEST}: a curve has three parameters",
                             got=f"{p.size}", remedy="give finer classes"))  # fmt: skip
    steps = np.diff(p, prepend=0.0)
    if (steps <= 0).any():
        faults.add(DataError("shares of people do not rise",
                             where=f"{where}, class {_places(steps <= 0)}",
                             expected="cumulative shares, each above the one before",
                             remedy="sort the classes; join empty ones"))  # fmt: skip
        return
    if not curve.size:
        return
    slopes = np.diff(curve, prepend=0.0) / steps
    falling = np.concatenate([[False], np.diff(slopes) < -1e-9 * np.abs(slopes[1:])])
    if falling.any():
        faults.add(DataError("a class has less per head than a poorer one",
                             where=f"{where}, class {_places(falling)}",
                             expected="classes from poorest to richest",
                             remedy="sort the classes; join some"))  # fmt: skip
    if slopes[0] < 0:
        faults.add(DataError("the poorest class has negative welfare", where=where,
                             expected="shares from 0",
                             remedy="curves for grouped data need welfare from 0"))  # fmt: skip
    if (np.abs(slopes - 1) < 1e-9).all():
        faults.add(DataError("all classes have the same mean", where=where,
                             remedy="everyone has the mean: there is nothing to fit"))  # fmt: skip


def _places(bad: NDArray[np.bool_]) -> str:
    """The classes at fault, counted from 1."""
    at = [str(i + 1) for i in np.flatnonzero(bad)]
    return ", ".join(at[:8]) + (" ..." if len(at) > 8 else "")
