"""What a normal variable on the scale of a model means for welfare: expected values, exactly.

Under log and log-shift welfare is (shifted) lognormal, and powers of gaps below a line have a
closed form; so they have without any transformation. Under every other monotone one, an
indicator g of welfare below the line z is an integral of the normal distribution function,

    E[g(y); y < z] = g(z) F(z) - int_0^z g'(y) F(y) dy,

over nodes that all cells share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr

from exitline.stats.smallarea.unit.transform import NEAR_ZERO, Transform

if TYPE_CHECKING:
    from exitline.arrays import Floats


FAR = 8.5
"""Standard deviations beyond which nothing lies."""
PANEL = 1.25
"""Width of a panel of the quadrature, in the smallest standard deviation."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
MEAN_NODES, MEAN_WEIGHTS = np.polynomial.legendre.leggauss(64)
MOST_PANELS = 400


@dataclass(frozen=True, order=True)
class Moment:
    """A power of welfare or of what it lacks.

    Attributes
    ----------
    kind : {"mean", "gap", "watts"}
        Welfare; (z - y) / z below the line; log(z / y) below the line, where y is above 0.
    power : float
    """

    kind: Literal["mean", "gap", "watts"]
    power: float = 1.0

    @property
    def squared(self) -> Moment:
        """The moment of its square."""
        return Moment(self.kind, 2.0 * self.power)

    def of(self, y: Floats, line: float) -> Floats:
        """Its value for known welfare."""
        if self.kind == "mean":
            return np.asarray(y**self.power)
        below = y < line
        if self.kind == "gap":
            return np.where(below, np.where(below, (line - y) / line, 0.0) ** self.power, 0.0)
        inside = below & (y > 0)
        return np.where(inside, np.log(line / np.where(inside, y, line)) ** self.power, 0.0)


def expected(
    how: Transform, moments: Sequence[Moment], line: float, m: Floats, s: Floats
) -> list[Floats]:
    """Expected values of moments of welfare, for normal variables on the scale of the model.

    Parameters
    ----------
    how : Transform
    moments : sequence of Moment
    line : float
        The poverty line; any number where no moment needs it.
    m, s : float arrays of one shape
        Means and standard deviations.

    Returns
    -------
    list of float array
        One for each moment, of the shape of `m`.

    References
    ----------
    Molina and Rao (2010), Canadian Journal of Statistics 38, 369-385; for the moments of a
    truncated lognormal variable, Johnson, Kotz and Balakrishnan (1994), chapter 14.

    Examples
    --------
    >>> one = np.array([0.0])
    >>> got = expected(Transform("log"), [Moment("gap", 0), Moment("mean")], 1.0, one, one + 1)
    >>> [value.round(6).tolist() for value in got]
    [[0.5], [1.648721]]
    """
    work = _MomentWork(how, line, m, s)
    return [work.moment(one) for one in moments]


class _MomentWork:
    """The pieces that several moments share."""

    def __init__(self, how: Transform, line: float, m: Floats, s: Floats) -> None:
        self.how, self.line, self.m, self.s = how, line, m, s
        self._below: dict[int, Floats] = {}
        self._exp: dict[int, Floats] = {}

    def moment(self, one: Moment) -> Floats:
        """One expected value."""
        if one.kind == "mean":
            return self._mean(one.power)
        if self.line <= self.how.lowest:
            return np.zeros_like(self.m)
        if one.kind == "gap" and one.power == 0:
            return self._share(0)
        whole = one.power == int(one.power) and one.power <= 8
        if one.kind == "gap" and whole and self.how.is_log:
            return self._log_gap(int(one.power))
        straight = self.how.name == "none" and one.kind == "gap"
        lognormal = self.how.is_log and self.how.added == 0 and one.kind == "watts"
        if (straight or lognormal) and one.power in (1.0, 2.0):
            scale = self.s / self.line if straight else self.s
            return np.asarray(self._shortfall(int(one.power)) * scale**one.power)
        return self._integral(one)

    @property
    def at(self) -> Floats:
        """The line on the scale of the model, standardised."""
        if not hasattr(self, "_at"):
            line = float(self.how.forward(np.array([self.line]))[0])
            self._at = (line - self.m) / self.s
        return self._at

    def _share(self, power: int) -> Floats:
        """The share below the line where each counts exp(power x)."""
        if power not in self._below:
            self._below[power] = ndtr(self.at - power * self.s if power else self.at)
        return self._below[power]

    def _power(self, power: int) -> Floats:
        """E[exp(power x)]."""
        if power not in self._exp:
            self._exp[power] = np.exp(power * self.m + (0.5 * power * power) * self.s**2)
        return self._exp[power]

    def _mean(self, power: float) -> Floats:
        if self.how.name == "none" and power in (1.0, 2.0):
            return self.m if power == 1.0 else self.m**2 + self.s**2
        if self.how.is_log and power in (1.0, 2.0):
            c = self.how.added
            if power == 1.0:
                return self._power(1) - c if c else self._power(1)
            return np.asarray(self._power(2) - 2.0 * c * self._power(1) + c * c)
        found = np.zeros_like(self.m)
        density = np.exp(-0.5 * (FAR * MEAN_NODES) ** 2) * FAR / np.sqrt(2.0 * np.pi)
        for node, weight in zip(MEAN_NODES, MEAN_WEIGHTS * density, strict=True):
            found += weight * self.how.back(self.m + (FAR * node) * self.s) ** power
        return found

    def _log_gap(self, power: int) -> Floats:
        """E[((z - y) / z)^k; y < z] by the binomial theorem; both shifted alike."""
        high = self.line + self.how.added
        found = self._share(0).copy()
        for j in range(1, power + 1):
            term = self._power(j) * self._share(j)
            found += comb(power, j) * (-1.0 / high) ** j * term
        return np.maximum(found, 0.0) * (high / self.line) ** power

    def _shortfall(self, power: int) -> Floats:
        """E[(a - x)^k; x < a] of a standard normal x, for k = 1 and 2."""
        a, share = self.at, self._share(0)
        density = np.exp(-0.5 * a * a) / np.sqrt(2.0 * np.pi)
        if power == 1:
            return np.asarray(np.maximum(a * share + density, 0.0))
        return np.asarray(np.maximum((1.0 + a * a) * share + a * density, 0.0))

    def _integral(self, one: Moment) -> Floats:
        """By the normal distribution function at nodes below the line."""
        found = np.zeros_like(self.m)
        total = 0.0
        for t, weight in self._nodes(one):
            found += weight * ndtr((t - self.m) / self.s)
            total += weight
        nothing = self._nothing
        if one.kind == "watts" and np.isfinite(nothing):
            found -= total * ndtr((nothing - self.m) / self.s)
        return found

    @property
    def _nothing(self) -> float:
        """Where welfare is zero on the scale of the model."""
        if self.how.name == "box-cox" and self.how.parameter > NEAR_ZERO and not self.how.added:
            return -1.0 / self.how.parameter
        if self.how.lowest >= 0:
            return -np.inf
        return float(self.how.forward(np.array([0.0]))[0])

    def _edges(self, one: Moment) -> Floats:
        """Panels from where nothing lies up to the line, finer where the integrand bends."""
        top = float(self.how.forward(np.array([self.line]))[0])
        low = float((self.m - FAR * self.s).min())
        if self.how.name == "box-cox" and self.how.parameter > NEAR_ZERO:
            low = max(low, -1.0 / self.how.parameter)
        if one.kind == "watts":
            low = max(low, self._nothing)
        if low >= top:
            return np.zeros(0)
        step = PANEL * float(self.s.min())
        panels = int(min(max(np.ceil((top - low) / step), 1), MOST_PANELS))
        edges = np.linspace(low, top, MOST_PANELS if self.how.name == "rank" else panels + 1)
        halves = (edges[1] - edges[0]) * 0.5 ** np.arange(1, 40)
        if one.power != int(one.power):
            edges = np.r_[edges[:-1], (top - halves), top]
        if one.kind == "watts" and low == self._nothing:
            edges = np.r_[low, (low + halves)[::-1], edges[1:]]
        return edges

    def _nodes(self, one: Moment) -> list[tuple[float, float]]:
        """Nodes on the scale of the model, and what the distribution function counts there."""
        edges = self._edges(one)
        if not edges.size:
            return []
        if self.how.name == "rank":
            # piecewise linear: the change of the indicator over each panel, at its middle
            value = one.of(np.minimum(self.how.back(edges), np.nextafter(self.line, 0)), self.line)
            middle = (edges[:-1] + edges[1:]) / 2
            return list(zip(middle.tolist(), (value[:-1] - value[1:]).tolist(), strict=True))
        t = (edges[:-1, None] + edges[1:, None]) / 2 + NODES * np.diff(edges)[:, None] / 2
        y = self.how.back(t.ravel())
        slope = np.exp(-self.how.slope(y)) if self.how.name != "none" else np.ones_like(y)
        weight = (WEIGHTS * np.diff(edges)[:, None] / 2).ravel() * slope * self._falls(one, y)
        used = np.isfinite(weight) & (weight != 0)
        return list(zip(t.ravel()[used].tolist(), weight[used].tolist(), strict=True))

    def _falls(self, one: Moment, y: Floats) -> Floats:
        """How fast the indicator falls with welfare."""
        k = one.power
        if one.kind == "gap":
            return np.asarray(k / self.line * (1.0 - y / self.line) ** (k - 1.0))
        inside = y > 0
        safe = np.where(inside, y, 1.0)
        return np.where(inside, k * np.log(self.line / safe) ** (k - 1.0) / safe, 0.0)
