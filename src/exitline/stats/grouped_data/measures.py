"""The measures that a curve gives, by the names they have everywhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import numpy as np

from exitline.errors import MeasureError, nearest
from exitline.stats.grouped_data import figures
from exitline.stats.grouped_data.curve import LorenzCurve
from exitline.stats.grouped_data.figures import SolvedFigure

_FORM = re.compile(r"([a-z_]+)(?:\(([^()]*)\))?")
NO_MEAN = "the mean is not known"


@dataclass(frozen=True)
class GroupedMeasure:
    """A measure as asked for.

    Attributes
    ----------
    name : str
        As written, such as ``"fgt(1.5)"``.
    kind : str
        Its name without parameters.
    parameters : tuple of float
    """

    name: str
    kind: str
    parameters: tuple[float, ...]

    @property
    def needs_line(self) -> bool:
        """Whether it is a measure of poverty."""
        return self.kind in AT_LINE


def asked(text: str) -> GroupedMeasure:
    """A measure by its name.

    Parameters
    ----------
    text : str

    Raises
    ------
    MeasureError

    Examples
    --------
    >>> asked("share(0, 0.2)").parameters
    (0.0, 0.2)
    """
    match = _FORM.fullmatch(text.strip())
    kind = match[1] if match else text
    if match is None or kind not in KNOWN:
        raise MeasureError(
            f"there is no measure '{text[:60]}' of grouped data",
            expected=", ".join(KNOWN),
            remedy=nearest(kind, KNOWN) or "choose one of these",
        )
    try:
        given = tuple(float(p) for p in match[2].split(",")) if match[2] else ()
    except ValueError:
        given = (nan,)
    _, low, high = KNOWN[kind]
    if len(given) != len(low) or not all(
        a <= g <= b for g, a, b in zip(given, low, high, strict=True)
    ):
        raise MeasureError(
            f"the parameters of '{kind}' are not right",
            expected=", ".join(f"{a:g} to {b:g}" for a, b in zip(low, high, strict=True)) or "none",
            got=text[:60],
            remedy=f"write {_example(kind)}",
        )  # fmt: skip
    return GroupedMeasure(text.strip().replace(" ", ""), kind, given)


def _example(kind: str) -> str:
    values = {"fgt": "fgt(1.5)", "share": "share(0, 0.2)", "ge": "ge(2)"}
    _, low, _ = KNOWN[kind]
    return values.get(kind, f"{kind}(0.5)" if low else kind)


def figure_of(
    curve: LorenzCurve, mean: float, what: GroupedMeasure, line: float | None
) -> SolvedFigure:
    """One figure of one curve.

    Parameters
    ----------
    curve : LorenzCurve
    mean : float
        NaN where it is not known.
    what : GroupedMeasure
    line : float or None
        In the unit of the mean.
    """
    compute = KNOWN[what.kind][0]
    if what.needs_line:
        if line is None or mean != mean:
            return SolvedFigure(nan, NO_MEAN if line is not None else "no line was given")
        if not line > 0:
            return SolvedFigure(nan, "the line is not positive")
        return compute(curve, line / mean, *what.parameters)
    if what.kind in IN_MONEY:
        found = compute(curve, *what.parameters)
        return SolvedFigure(found.value * mean, found.reason or ("" if mean == mean else NO_MEAN))
    return compute(curve, *what.parameters)


def _share(curve: LorenzCurve, low: float, high: float) -> SolvedFigure:
    ends = np.array([low, high])
    ordinates = np.where(ends >= 1, 1.0, np.where(ends <= 0, 0.0, curve.lorenz(ends)))
    return SolvedFigure(float(ordinates[1] - ordinates[0]))


def _ratio(top: float, bottom: float) -> Callable[[LorenzCurve], SolvedFigure]:
    """Share of the richest over that of the poorest."""

    def of(curve: LorenzCurve) -> SolvedFigure:
        low = _share(curve, 0, bottom).value
        rich = _share(curve, 1 - top, 1).value
        return (
            SolvedFigure(rich / low) if low > 0 else SolvedFigure(nan, "the poorest have nothing")
        )

    return of


def _wolfson(curve: LorenzCurve) -> SolvedFigure:
    """2 (1 - G - 2 L(1/2)) mean / median: Wolfson (1994)."""
    gini = figures.gini(curve)
    middle = curve.at(0.5)
    if not middle > 0:
        return SolvedFigure(nan, "the median is not positive")
    below = _share(curve, 0, 0.5).value
    return SolvedFigure(2 * (1 - gini.value - 2 * below) / middle, gini.reason)


def _shortfall(curve: LorenzCurve, ratio: float) -> SolvedFigure:
    """Average shortfall of the poor, over the line."""
    poor = curve.headcount(ratio)
    if not poor > 0:
        return SolvedFigure(nan, "nobody is poor")
    return SolvedFigure(figures.poverty_gap(curve, ratio).value / poor)


Floats = tuple[float, ...]
_AT_LINE: dict[str, tuple[Callable[..., SolvedFigure], Floats, Floats]] = {
    "headcount": (figures.headcount, (), ()),
    "poverty_gap": (figures.poverty_gap, (), ()),
    "severity": (lambda curve, ratio: figures.fgt(curve, ratio, 2.0), (), ()),
    "fgt": (figures.fgt, (0,), (100,)),
    "watts": (figures.watts, (), ()),
    "income_gap_ratio": (_shortfall, (), ()),
}
_MONEY: dict[str, tuple[Callable[..., SolvedFigure], Floats, Floats]] = {
    "mean": (lambda curve: SolvedFigure(1.0), (), ()),  # noqa: ARG005
    "median": (lambda curve: SolvedFigure(curve.at(0.5)), (), ()),
    "quantile": (lambda curve, p: SolvedFigure(curve.at(p)), (0,), (1,)),
}
_OTHERS: dict[str, tuple[Callable[..., SolvedFigure], Floats, Floats]] = {
    "gini": (figures.gini, (), ()),
    "mld": (figures.mld, (), ()),
    "theil": (figures.theil, (), ()),
    "ge": (figures.ge, (-10,), (10,)),
    "atkinson": (figures.atkinson, (1e-9,), (20,)),
    "lorenz": (lambda curve, p: _share(curve, 0, p), (0,), (1,)),
    "share": (_share, (0, 0), (1, 1)),
    "quintile_ratio": (_ratio(0.2, 0.2), (), ()),
    "palma": (_ratio(0.1, 0.4), (), ()),
    "wolfson": (_wolfson, (), ()),
}
KNOWN = {**_AT_LINE, **_MONEY, **_OTHERS}
"""Each measure: how it follows from a curve, and the least and most of its parameters."""
AT_LINE = frozenset(_AT_LINE)
IN_MONEY = frozenset(_MONEY)
