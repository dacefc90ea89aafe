"""Bands: names for stretches of a value, without gaps or overlaps unless a gap is declared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exitline.rules.standard.lines import StandardFigure

if TYPE_CHECKING:
    import ibis


@dataclass(frozen=True)
class Band:
    """One stretch of a value.

    Parameters
    ----------
    name, label : str
    low, high : float or None
        Its ends (None: open).
    figure : StandardFigure or None
        What belongs to the band, such as the share of households that is paid.
    """

    name: str
    label: str
    low: float | None
    high: float | None
    figure: StandardFigure | None = None


@dataclass(frozen=True)
class Gap:
    """A stretch that the standard leaves open, and why it is declared."""

    low: float
    high: float
    why: str


@dataclass(frozen=True)
class Bands:
    """Names for stretches of a value.

    Parameters
    ----------
    name, label : str
    over : str
        The column they are about, or "score".
    edge : {"lower", "upper"}
        Which end of a band belongs to it; the outermost ends always do.
    bands : tuple of Band
        From low to high.
    gaps : tuple of Gap
        Declared gaps; a value in one has no band.
    source : str
    verified : bool
    """

    name: str
    label: str
    over: str
    edge: Literal["lower", "upper"]
    bands: tuple[Band, ...]
    gaps: tuple[Gap, ...] = ()
    source: str = ""
    verified: bool = True
    note: str = ""

    def band(self, value: float) -> Band | None:
        """The band of a value (None: outside all bands, or in a declared gap).

        Examples
        --------
        >>> low, high = Band("low", "Low", 0.0, 5.0), Band("high", "High", 5.0, None)
        >>> bands = Bands("b", "B", "x", "lower", (low, high))
        >>> bands.band(5.0).name, bands.band(-1.0)
        ('high', None)
        """
        inside = [band for band in self.bands if self._holds(band, value)]
        return inside[0] if inside else None

    def _holds(self, band: Band, value: Any) -> Any:
        """Whether a number, or an expression, lies in a band."""
        tests: list[Any] = []
        if band.low is not None:
            closed = self.edge == "lower" or band.low in self._outer()
            tests.append(value >= band.low if closed else value > band.low)
        if band.high is not None:
            closed = self.edge == "upper" or band.high in self._outer()
            tests.append(value <= band.high if closed else value < band.high)
        if not tests:
            return value == value
        return tests[0] if len(tests) == 1 else tests[0] & tests[1]

    def _outer(self) -> frozenset[float]:
        """The ends that no other band or gap touches."""
        ends = [*_ends(self.bands), *_ends(self.gaps)]
        return frozenset(end for end in ends if ends.count(end) == 1)

    def build(self, value: ibis.Value) -> ibis.Value:
        """The name of the band of each value, as an Ibis expression (null: no band)."""
        import ibis

        cases = [(self._holds(band, value), band.name) for band in self.bands]
        return ibis.cases(*cases, else_=ibis.null("string"))


def _ends(stretches: Iterable[Band | Gap]) -> list[float]:
    """The ends of stretches that are not open."""
    return [end for s in stretches for end in (s.low, s.high) if end is not None]
