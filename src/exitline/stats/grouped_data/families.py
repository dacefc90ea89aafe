"""Families of distributions: their Lorenz curves (lognormal, and the generalised beta of the second
kind with its special cases), their free parameters, where a search begins and where it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from exitline.stats.grouped_data.curve import LorenzCurve

if TYPE_CHECKING:
    from exitline.arrays import Floats


_A, _P, _OVER = (-2.3, 3.0), (-4.6, 11.0), (-6.9, 6.9)
"""Least and most logarithm of a, of p, and of what keeps the mean finite."""


@dataclass(frozen=True)
class Lognormal(LorenzCurve):
    """L(p) = Phi(Phi^-1(p) - sigma): Aitchison and Brown (1957).

    Parameters
    ----------
    sigma : float
        Standard deviation of the logarithm of welfare.
    """

    sigma: float
    name = "lognormal"

    @property
    def parameters(self) -> dict[str, float]:
        """sigma."""
        return {"sigma": self.sigma}

    def lorenz(self, p: Floats) -> Floats:
        """Share of welfare of the poorest p."""
        found: Floats = special.ndtr(special.ndtri(p) - self.sigma)
        return found

    def slope(self, p: Floats, q: Floats) -> Floats:
        """exp(sigma Phi^-1(p) - sigma^2 / 2)."""
        normal = np.where(p < 0.5, special.ndtri(p), -special.ndtri(q))
        found: Floats = np.exp(self.sigma * normal - self.sigma**2 / 2)
        return found

    def below(self, ratios: Floats) -> Floats:
        """Phi((ln(z / mean) + sigma^2 / 2) / sigma)."""
        found: Floats = special.ndtr((_logs(ratios) + self.sigma**2 / 2) / self.sigma)
        return found

    def faults(self) -> tuple[str, ...]:
        """None: it is always the Lorenz curve of a distribution."""
        return ()


@dataclass(frozen=True)
class GB2(LorenzCurve):
    """The generalised beta of the second kind: McDonald (1984); its Lorenz curve: Chotikapanich,
    Griffiths, Hajargasht, Karunarathne and Rao (2018).

    With y the quantile of the beta distribution B(shape_p, shape_q) at p, x = b (y / (1 - y))^(1/a)
    and L(p) = I_y(shape_p + 1/a, shape_q - 1/a). The scale b is set by the mean.

    Parameters
    ----------
    a, shape_p, shape_q : float
        shape_p = 1 is Singh-Maddala, shape_q = 1 Dagum, a = 1 beta of the second kind.
    family : str
        The name of the curve.
    """

    a: float
    shape_p: float
    shape_q: float
    family: str = "gb2"

    @property
    def name(self) -> str:  # type: ignore[override]
        """The family."""
        return self.family

    @property
    def parameters(self) -> dict[str, float]:
        """a, p and q of McDonald."""
        return {"a": self.a, "p": self.shape_p, "q": self.shape_q}

    @property
    def scale(self) -> float:
        """b over the mean: B(p, q) / B(p + 1/a, q - 1/a)."""
        up = special.betaln(self.shape_p + 1 / self.a, self.shape_q - 1 / self.a)
        return float(np.exp(special.betaln(self.shape_p, self.shape_q) - up))

    def lorenz(self, p: Floats) -> Floats:
        """Share of welfare of the poorest p."""
        y = special.betaincinv(self.shape_p, self.shape_q, p)
        up: Floats = special.betainc(self.shape_p + 1 / self.a, self.shape_q - 1 / self.a, y)
        return up

    def slope(self, p: Floats, q: Floats) -> Floats:
        """b / mean (y / (1 - y))^(1/a); y and 1 - y each from its own tail."""
        y = special.betaincinv(self.shape_p, self.shape_q, p)
        rest = special.betaincinv(self.shape_q, self.shape_p, q)
        odds = np.where(y < 0.5, y / np.maximum(1 - y, 0.5), np.maximum(1 - rest, 0.5) / rest)
        found: Floats = self.scale * odds ** (1 / self.a)
        return found

    def below(self, ratios: Floats) -> Floats:
        """I_y(p, q) at y = (z/b)^a / (1 + (z/b)^a)."""
        odds = self.a * (_logs(ratios) - np.log(self.scale))
        found: Floats = special.betainc(self.shape_p, self.shape_q, special.expit(odds))
        return found

    def faults(self) -> tuple[str, ...]:
        """The mean exists where shape_q > 1/a."""
        if self.shape_q * self.a > 1:
            return ()
        return ("the mean does not exist (a q is not above 1)",)


def _logs(ratios: Floats) -> Floats:
    """Logarithms; minus infinity at and below 0."""
    return np.log(np.maximum(ratios, 0.0), out=np.full(np.shape(ratios), -np.inf), where=ratios > 0)


@dataclass(frozen=True)
class Family:
    """A family of distributions.

    Attributes
    ----------
    make : callable
        The curve of free parameters: logarithms, so that every value is allowed.
    starts : tuple of tuple of float
        Where searches begin.
    bounds : tuple of pair of float
        Least and most of each free parameter.
    """

    make: Callable[[Floats], LorenzCurve]
    starts: tuple[tuple[float, ...], ...]
    bounds: tuple[tuple[float, float], ...]

    @property
    def ends(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The least of each free parameter, and the most."""
        return tuple(low for low, _ in self.bounds), tuple(high for _, high in self.bounds)


def _lognormal(free: Floats) -> LorenzCurve:
    return Lognormal(float(np.exp(free[0])))


def _gb2(free: Floats) -> LorenzCurve:
    """From logarithms of a, p and a q - 1: the mean always exists."""
    a, p, over = (float(v) for v in np.exp(free))
    return GB2(a, p, (1 + over) / a)


def _singh_maddala(free: Floats) -> LorenzCurve:
    """p = 1."""
    a, over = (float(v) for v in np.exp(free))
    return GB2(a, 1.0, (1 + over) / a, "singh_maddala")


def _dagum(free: Floats) -> LorenzCurve:
    """q = 1; the mean exists above a = 1."""
    over, p = (float(v) for v in np.exp(free))
    return GB2(1 + over, p, 1.0, "dagum")


def _beta2(free: Floats) -> LorenzCurve:
    """a = 1; the mean exists above q = 1."""
    p, over = (float(v) for v in np.exp(free))
    return GB2(1.0, p, 1 + over, "beta2")


def _from(*starts: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in np.log(start)) for start in starts)


FAMILIES: dict[str, Family] = {
    "lognormal": Family(_lognormal, _from([0.5], [1.0]), ((-4.6, 2.0),)),
    "gb2": Family(_gb2, _from([2.0, 1.0, 1.0], [1.0, 2.0, 2.0], [4.0, 0.7, 1.8]), (_A, _P, _OVER)),
    "singh_maddala": Family(_singh_maddala, _from([2.0, 1.0], [4.0, 1.0]), (_A, _OVER)),
    "dagum": Family(_dagum, _from([1.0, 1.0], [2.0, 0.5]), (_OVER, _P)),
    "beta2": Family(_beta2, _from([2.0, 2.0], [20.0, 2.0]), (_P, _OVER)),
}
"""Each family by its name: the lognormal, the GB2 and its special cases (McDonald 1984)."""
