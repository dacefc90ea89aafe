"""Grouped data with the curves fitted to them, and which curve speaks where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError, nearest
from exitline.stats.grouped_data import fitting
from exitline.stats.grouped_data.families import FAMILIES
from exitline.stats.grouped_data.figures import SolvedFigure
from exitline.stats.grouped_data.fit import SLIGHT, CurveFit
from exitline.stats.grouped_data.measures import GroupedMeasure, asked, figure_of
from exitline.stats.grouped_data.notes import Note, joined
from exitline.stats.grouped_data.points import LorenzPoints
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

CURVES = ("quadratic", "beta")
"""The curves that are fitted unless others are named: those of the World Bank."""
NONE = "the curve has no such figure"
COLUMNS = ("measure", "line", "curve", "estimate", "valid", "note")
"""Column names of every table of figures from grouped data."""


@dataclass(frozen=True)
class GroupedFigure:
    """One figure from grouped data.

    Attributes
    ----------
    measure : str
    line : float
        NaN where the measure has none.
    curve : str
        The curve it was computed from.
    estimate : float
        NaN where there is none; `notes` say why.
    valid : bool
        Whether the curve is valid.
    notes : tuple of Note
        What a reader should know.
    """

    measure: str
    line: float
    curve: str
    estimate: float
    valid: bool
    notes: tuple[Note, ...]

    @property
    def note(self) -> str:
        """The notes as one text."""
        return joined(self.notes)

    def row(self) -> dict[str, object]:
        """As a row of a table."""
        return {name: getattr(self, name) for name in COLUMNS}


@dataclass(frozen=True, eq=False)
class Grouped(ShownResult):
    """Grouped data and the curves fitted to them.

    Attributes
    ----------
    points : LorenzPoints
        The data as points of a Lorenz curve.
    fits : mapping
        Each curve by its name.
    """

    points: LorenzPoints
    fits: Mapping[str, CurveFit]

    def best(self, line: float | None = None) -> CurveFit:
        """The curve that speaks at a line, or (without one) for the whole distribution.

        Valid curves go first, then those that would give a few people (less than 1 in 1,000)
        negative welfare, then the rest; among equals those with people on either side of the
        line; among these the one with the smallest sum of squared errors, up to the line (Datt
        1998) or over all.

        Parameters
        ----------
        line : float, optional
        """

        def rank(fit: CurveFit) -> tuple[int, float]:
            slight = fit.curve.negative < SLIGHT and len(fit.faults) == 1
            worth = 0 if fit.valid else 1 if slight else 3
            error = fit.sse
            if line is not None and fit.mean == fit.mean:
                worth += 0 if fit.reaches(line) else 2
                error = fit.sse_to(fit.curve.headcount(line / fit.mean))
            return worth, error if error == error else np.inf

        return min(self.fits.values(), key=rank)

    def estimate(
        self, measure: str, line: float | None = None, *, curve: str = "best"
    ) -> GroupedFigure:
        """One figure.

        Parameters
        ----------
        measure : str
            Such as ``"headcount"``, ``"gini"``, ``"quantile(0.1)"``.
        line : float, optional
            For measures of poverty, in the unit of the mean.
        curve : str
            One of those fitted, or "best".

        Returns
        -------
        GroupedFigure

        Raises
        ------
        MeasureError
            For an unknown measure or curve, or a measure of poverty without a line.
        """
        what = asked(measure)
        if what.needs_line and line is None:
            raise MeasureError(f"'{measure}' needs a poverty line", remedy="give line=")
        return self.figure(what, line if what.needs_line else None, curve)

    def fit(self, curve: str = "best", line: float | None = None) -> CurveFit:
        """A curve by its name, or the best one at a line.

        Parameters
        ----------
        curve : str
        line : float, optional

        Raises
        ------
        MeasureError
            For a curve that was not fitted.
        """
        if curve != "best" and curve not in self.fits:
            raise MeasureError(
                f"the curve '{curve}' was not fitted",
                expected=", ".join([*self.fits, "best"]),
                remedy=nearest(curve, self.fits) or "name it among the curves",
            )
        return self.best(line) if curve == "best" else self.fits[curve]

    def figure(
        self, what: GroupedMeasure, line: float | None = None, curve: str = "best"
    ) -> GroupedFigure:
        """One figure of a measure already read.

        Parameters
        ----------
        what : GroupedMeasure
        line : float, optional
        curve : str
        """
        fit = self.fit(curve, line)
        found = figure_of(fit.curve, fit.mean, what, line) if fit.fitted else SolvedFigure(nan)
        if not np.isfinite(found.value):
            found = SolvedFigure(nan, found.reason or NONE)
        notes = ((Note(found.reason),) if found.reason else ()) + fit.notes(line)
        at = nan if line is None else line
        return GroupedFigure(what.name, at, fit.name, found.value, fit.valid, notes)

    def figures(
        self,
        measures: str | Sequence[str],
        lines: float | Sequence[float] = (),
        *,
        curve: str | Sequence[str] = "best",
    ) -> list[GroupedFigure]:
        """Several figures.

        Parameters
        ----------
        measures : str or sequence of str
        lines : float or sequence of float
        curve : str or sequence of str
        """
        wanted = [asked(m) for m in ([measures] if isinstance(measures, str) else measures)]
        at = [float(z) for z in np.atleast_1d(np.asarray(lines, dtype=float))]
        names = [curve] if isinstance(curve, str) else list(curve)
        if any(w.needs_line for w in wanted) and not at:
            raise MeasureError("measures of poverty need a poverty line", remedy="give a line")
        return [
            self.figure(what, line, name)
            for what in wanted
            for line in (at if what.needs_line else [None])
            for name in names
        ]

    def to_pandas(
        self,
        measures: str | Sequence[str] = ("gini", "mld"),
        lines: float | Sequence[float] = (),
        *,
        curve: str | Sequence[str] = "best",
    ) -> pd.DataFrame:
        """Several figures as a table with the columns `measure`, `line`, `curve`, `estimate`,
        `valid`, `note`.

        Parameters
        ----------
        measures : str or sequence of str
        lines : float or sequence of float
        curve : str or sequence of str
        """
        import pandas as pd

        rows = [f.row() for f in self.figures(measures, lines, curve=curve)]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def goodness(self) -> pd.DataFrame:
        """How well each curve fits: parameters, errors, validity and its reasons."""
        import pandas as pd

        return pd.DataFrame(
            {
                "curve": fit.name,
                **fit.curve.parameters,
                "sse": fit.sse,
                "largest_residual": fit.largest_residual,
                "valid": fit.valid,
                "reason": "; ".join(fit.faults),
            }
            for fit in self.fits.values()
        )


def fit_grouped(points: LorenzPoints, curves: Sequence[str] = CURVES) -> Grouped:
    """Fit curves to grouped data.

    Parameters
    ----------
    points : LorenzPoints
    curves : sequence of str
        Among "quadratic", "beta", "lognormal", "gb2", "singh_maddala", "dagum", "beta2".

    Returns
    -------
    Grouped

    Raises
    ------
    MeasureError
        For an unknown curve.
    """
    unknown = [c for c in curves if c not in fitting.FITS]
    if unknown or not curves:
        raise MeasureError(
            f"there is no curve '{unknown[0][:60]}'" if unknown else "no curve was named",
            expected=", ".join(fitting.FITS),
            remedy=nearest(unknown[0], fitting.FITS) if unknown else "name one",
        )
    if points.lorenz.size:
        fits = {name: CurveFit(fitting.FITS[name](points), points, points.mean) for name in curves}
        return Grouped(points, fits)
    fits = {}
    for name in curves:
        if name not in FAMILIES:
            raise MeasureError(
                f"the {name} curve needs shares or means of the classes",
                expected=" or ".join(FAMILIES),
                got="counts and bounds alone",
                remedy="give means, or name another curve",
            )
        curve, mean = fitting.by_likelihood(points, name)
        fits[name] = CurveFit(curve, points, mean)
    return Grouped(points, fits)
