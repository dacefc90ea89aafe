"""Lorenz curves of distributions: lognormal, and the generalised beta of the second kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from exitline.stats.grouped_data.curve import LorenzCurve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


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
