"""Figures that know how they move with the totals that they are made of.

A rule written with them needs no gradient of its own: each operation carries the derivatives
along (forward differentiation). Only what is done to values can be asked for, so that a rule
stays a formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from exitline.stats.measure.model import Linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.measure.model import Given


@dataclass(frozen=True)
class Dual:
    """A figure by domain, with its derivative by each total.

    Attributes
    ----------
    value : float array, shape (domains,)
    gradient : float array, shape (domains, terms)

    Examples
    --------
    >>> import numpy as np
    >>> top = Dual(np.array([1.0]), np.array([[1.0, 0.0]]))
    >>> bottom = Dual(np.array([4.0]), np.array([[0.0, 1.0]]))
    >>> share = 100 * top / bottom
    >>> share.value.tolist(), share.gradient.tolist()
    ([25.0], [[25.0, -6.25]])
    """

    value: Floats
    gradient: Floats
    __array_ufunc__: ClassVar[None] = None  # arrays leave arithmetic with a Dual to it

    def __add__(self, other: Dual | Floats | float) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.gradient + other.gradient)
        return Dual(self.value + other, self.gradient)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.gradient)

    def __sub__(self, other: Dual | Floats | float) -> Dual:
        return self + -other

    def __rsub__(self, other: Floats | float) -> Dual:
        return -self + other

    def __mul__(self, other: Dual | Floats | float) -> Dual:
        if isinstance(other, Dual):
            gradient = scaled(other.value, self.gradient) + scaled(self.value, other.gradient)
            with np.errstate(invalid="ignore"):  # nothing times infinity: no figure
                return Dual(self.value * other.value, gradient)
        return Dual(self.value * other, scaled(other, self.gradient))

    __rmul__ = __mul__

    def __truediv__(self, other: Dual | Floats | float) -> Dual:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if not isinstance(other, Dual):
                return self * (1.0 / np.asarray(other, dtype=np.float64))
            value = self.value / other.value
            gradient = self.gradient - scaled(value, other.gradient)
            return Dual(value, scaled(1.0 / other.value, gradient))

    def __rtruediv__(self, other: Floats | float) -> Dual:
        return other * self**-1.0

    def __pow__(self, exponent: float) -> Dual:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            steep = exponent * self.value ** (exponent - 1.0)
            return Dual(self.value**exponent, scaled(steep, self.gradient))

    def log(self) -> Dual:
        """Natural logarithm; missing where there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return Dual(np.log(self.value), scaled(1.0 / self.value, self.gradient))

    def exp(self) -> Dual:
        """Exponential function."""
        with np.errstate(over="ignore"):
            value = np.exp(self.value)
        return Dual(value, scaled(value, self.gradient))

    def unless(self, condition: NDArray[np.bool_]) -> Dual:
        """The figure; missing where a condition holds."""
        return Dual(
            np.where(condition, np.nan, self.value),
            np.where(condition[:, None], np.nan, self.gradient),
        )

    def linear(self) -> Linear:
        """As what a rule returns; what is infinite is missing."""
        return Linear(np.where(np.isfinite(self.value), self.value, np.nan), self.gradient)


def scaled(factor: Floats | float, gradient: Floats) -> Floats:
    """Each domain's gradient, times its factor.

    Parameters
    ----------
    factor : float array, shape (domains,), or float
    gradient : float array, shape (domains, terms)
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.asarray(factor, dtype=np.float64)[..., None] * gradient)


def totals(given: Given) -> tuple[Dual, ...]:
    """The totals that a rule makes its figure from, in the order of the measure's terms.

    Parameters
    ----------
    given : Given
    """
    count = given.totals.shape[1]
    gradient = np.eye(count)
    return tuple(
        Dual(given.totals[:, k], np.broadcast_to(gradient[k], given.totals.shape))
        for k in range(count)
    )


def of_excess(number: Dual, amount: Dual, excess: Dual) -> Dual:
    """T = sum w (x F - L), which moves twice with a weight, as `ranked`.

    Of all pairs the lower is taken off the higher, so that a household adds x F - L as the
    higher and X - N x + (x F - L) as the lower.

    Parameters
    ----------
    number, amount : Dual
        N and X, as in `ranked`.
    excess : Dual
        Total of an "excess" term.
    """
    gradient = 2.0 * excess.gradient + scaled(amount.value, number.gradient)
    return Dual(excess.value, gradient - scaled(number.value, amount.gradient))


def ranked(number: Dual, amount: Dual, ranks: Dual, lower: Dual) -> Dual:
    """A = sum w x F, where F is the weighted number ranked below: it moves twice with a weight.

    A household counts as one that is ranked, by x F, and as one that stands below others, by
    (X - L), with X = sum w x and L the part of X below it.

    Parameters
    ----------
    number : Dual
        N, of those among whom ranks are taken.
    amount : Dual
        X, over the same.
    ranks, lower : Dual
        Totals of a "ranked" and of a "lower" term.
    """
    gradient = ranks.gradient - lower.gradient + scaled(amount.value, number.gradient)
    return Dual(ranks.value, gradient)
