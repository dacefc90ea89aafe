"""What a map is told: figures of areas, and the words around them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MapFigure:
    """One area's figure.

    Attributes
    ----------
    name : str
        As it is shown.
    shape : str or None
        Its shape among the boundaries.
    value, low, high, se : float
        NaN where unknown.
    reason : str
        Why the figure is missing.
    undecided : bool
        Whether one cannot tell on which side of the pivot it lies, or a model cannot speak for
        it: hatched.
    """

    name: str
    shape: str | None
    value: float
    low: float
    high: float
    se: float
    reason: str = ""
    undecided: bool = False


@dataclass(frozen=True)
class MapText:
    """What stands around a map.

    Attributes
    ----------
    title, subtitle, pivot, source : str
        `pivot` names the threshold: "all together", "threshold of the rule".
    width : str
        What the second panel shows.
    notes : tuple of str
    """

    title: str
    subtitle: str = ""
    pivot: str = ""
    source: str = ""
    width: str = "Width of the interval: how sure"
    undecided: str = "hatched: cannot tell on which side"
    empty: str = "no figure"
    notes: tuple[str, ...] = ()
