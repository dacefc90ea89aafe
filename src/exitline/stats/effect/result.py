"""What a difference-in-differences found: effects by group and period, and what is made of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from scipy import stats

from exitline.errors import unknown
from exitline.stats.effect.aggregates import Averages, Shares
from exitline.stats.effect.errors import EffectError
from exitline.stats.effect.needed import units_needed
from exitline.stats.effect.small import LEAST, EffectSpread, spread
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.effect.aggregates import Kind
    from exitline.stats.effect.cells import Cell
    from exitline.stats.effect.honest import HonestBounds, Restriction
    from exitline.stats.effect.sample import EffectSample
    from exitline.words.shown.charts import Drawing


NAMES = {"simple": "overall", "group": "group", "calendar": "period", "event": "since"}


@dataclass(frozen=True)
class PreTest:
    """Whether groups moved alike before treatment.

    Attributes
    ----------
    statistic : float
        Wald's, of all comparisons before treatment, as R's did has it.
    df : int
        How many independent comparisons there are.
    ddf : float
        Denominator degrees of freedom of the F that p is of: few units, or few clusters.
    p : float
        Small: they did not move alike, and effects are not to be believed. Large: nothing was
        found, which a small sample does not find either. NaN where units or clusters are too few
        for so many comparisons: in each group two for every comparison, and two more.
    """

    statistic: float
    df: int
    ddf: float
    p: float

    @property
    def verdict(self) -> str:
        """Moved apart, nothing found, or *cannot tell yet*, at 5 %."""
        if np.isnan(self.p):
            return "cannot tell yet"
        return "moved apart" if self.p < 0.05 else "nothing found"


@dataclass(frozen=True)
class EffectSeries(ShownResult):
    """Effects by group, period, or time since the beginning, with one overall.

    Attributes
    ----------
    kind : {"simple", "group", "calendar", "event"}
    by : tuple of float
        What the figures after the first are by.
    estimate : float array, shape (1 + figures,)
        The overall effect first.
    spread : EffectSpread
        How they vary, and with how many degrees of freedom.
    level : float
    units : int
        Units that were compared.
    notes : tuple of str
    base : {"varying", "universal"}
        What periods before treatment are compared with.
    """

    kind: str
    by: tuple[float, ...]
    estimate: Floats
    spread: EffectSpread
    level: float
    units: int
    notes: tuple[str, ...] = ()
    base: str = "varying"

    @property
    def covariance(self) -> Floats:
        """Covariances, shape (1 + figures, 1 + figures), as R's did has them."""
        return self.spread.covariance

    @property
    def se(self) -> Floats:
        """Standard errors, shape (1 + figures,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def overall(self) -> tuple[float, float]:
        """The overall effect and its standard error."""
        return float(self.estimate[0]), float(self.se[0])

    def to_pandas(self) -> pd.DataFrame:
        """One row for each figure.

        Returns
        -------
        pandas.DataFrame
            Columns by, estimate, se, ci_low, ci_high, band_low, band_high (all figures but the
            overall one at once), level, df. ``by`` is "all" for the overall effect. Without a
            design `se` divides by n, as R's did does; intervals and bands divide by n - 1 in each
            group and take the t of `df`.
        """
        import pandas as pd

        half = self.spread.intervals(self.level)
        wide = self.spread.bands(self.level, np.arange(self.estimate.size) > 0)
        return pd.DataFrame({
            NAMES[self.kind]: ["all", *(f"{value:g}" for value in self.by)],
            "estimate": self.estimate, "se": self.se, "ci_low": self.estimate - half,
            "ci_high": self.estimate + half, "band_low": self.estimate - wide,
            "band_high": self.estimate + wide, "level": self.level, "df": self.spread.df,
        })  # fmt: skip

    @property
    def verdict(self) -> str:
        """What can be said of the overall effect: its direction, or *cannot tell yet*.

        With fewer than four degrees of freedom nothing is told.
        """
        row = self.to_pandas().iloc[0]
        if row["df"] < LEAST:
            return "cannot tell yet"
        if row["ci_low"] > 0:
            return "higher"
        return "lower" if row["ci_high"] < 0 else "cannot tell yet"

    def honest(
        self, kind: Restriction = "relative", bounds: Sequence[float] = (0.5, 1.0, 1.5, 2.0),
        since: float | None = None,
    ) -> HonestBounds:  # fmt: skip
        """Intervals of an effect if groups would not have moved alike.

        Parameters
        ----------
        kind : {"relative", "smooth"}
            "relative": a step of the difference in trends after treatment is at most M times the
            largest step before it; "smooth": its slope changes by at most M from one period to
            the next (in units of the outcome).
        bounds : sequence of float
            Values of M.
        since : float, optional
            Of the effect so long after treatment began; the mean of all after it unless given.

        Returns
        -------
        HonestBounds
            ``holds_to``: up to which M zero lies outside.

        Raises
        ------
        EffectError
            Where effects are not by time since treatment began, against one period for all.

        References
        ----------
        Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591.
        """
        from exitline.stats.effect.honest import EventStudy, honest_bounds

        if kind not in ("relative", "smooth"):
            raise unknown("kind", kind, ("relative", "smooth"), error=EffectError, where="kind")
        before, after = self._around(since)
        weights = np.ones(len(after)) / len(after)
        if since is not None:
            weights = (np.array(self.by)[np.array(after) - 1] == since).astype(np.float64)
        at = np.array([*before, *after])
        study = EventStudy(len(before), len(after), self.estimate[at],
                           self._wide(at), weights)  # fmt: skip
        return honest_bounds(study, kind, np.array(bounds, dtype=np.float64), self.level)

    def _wide(self, at: NDArray[np.int64]) -> Floats:
        """Covariances for bounds that take them as known: wider where there are few units."""
        known = self.spread.df[at][~np.isnan(self.spread.df[at])]
        df = float(known.min(initial=np.inf))
        factor = stats.t.ppf(0.5 + self.level / 2, df) / stats.norm.ppf(0.5 + self.level / 2)
        return np.asarray(self.spread.small[np.ix_(at, at)] * factor**2)

    def _around(self, since: float | None) -> tuple[list[int], list[int]]:
        """Positions of the estimates before and after treatment; refused where periods lack."""
        by = np.array(self.by)
        gaps = np.diff(np.append(by[by < 0], by[by >= 0]))
        step = float(gaps.min()) if gaps.size else 1.0
        whole = self.kind == "event" and (by < 0).any() and (by >= 0).any()
        if not whole or self.base != "universal" or (by == -step).any() or (
            int((gaps > step * 1.5).sum()) > 1):  # fmt: skip
            raise EffectError(
                "bounds need effects by time since treatment began, period by period",
                expected='base="universal" and aggregate("event"), with periods before treatment',
                got=f'base="{self.base}", aggregate("{self.kind}")',
                remedy="estimate again with base=\"universal\"",
            )  # fmt: skip
        if since is not None and not (by == since).any():
            known = [f"{value:g}" for value in by if value >= 0]
            raise unknown("time since treatment began", f"{since:g}", known, error=EffectError)
        before, after = (1 + np.flatnonzero(one) for one in (by < 0, by >= 0))
        return list(map(int, before)), list(map(int, after))

    def needed(self, effect: float, power: float = 0.8) -> float:
        """How many units would tell an overall effect of this size from none.

        Parameters
        ----------
        effect : float
            The smallest effect that matters.
        power : float
            Probability of finding it.

        Returns
        -------
        float
            Units of the same kind and in the same shares as those at hand.

        Raises
        ------
        EffectError
            For an effect of zero or a power out of range.
        """
        return units_needed(self.units, float(self.se[0]), effect, level=self.level, power=power)

    def plot(self) -> Drawing:
        """The figures with their simultaneous band (extra ``plots``)."""
        from exitline.words.shown import charts

        frame = self.to_pandas().iloc[1:].assign(area="all")
        frame = frame.assign(ci_low=frame["band_low"], ci_high=frame["band_high"])
        return charts.over_time(frame, NAMES[self.kind], f"Effect by {NAMES[self.kind]}")


@dataclass(frozen=True)
class GroupTimeEffects(ShownResult):
    """Effects by group and period.

    Attributes
    ----------
    sample : EffectSample
    cells : tuple of Cell
    estimate : float array, shape (cells,)
    influence : float array, shape (rows, cells)
    level : float
    notes : tuple of str
        What was left out, and what a reader must know.
    base : {"varying", "universal"}
        What periods before treatment are compared with.
    """

    sample: EffectSample
    cells: tuple[Cell, ...]
    estimate: Floats
    influence: Floats
    level: float
    notes: tuple[str, ...] = ()
    base: str = "varying"

    @property
    def covariance(self) -> Floats:
        """Covariances of all effects, shape (cells, cells), as R's did has them."""
        return self.sample.covariance(self.influence)

    @cached_property
    def spread(self) -> EffectSpread:
        """How all effects vary, and with how many degrees of freedom."""
        return spread(self.sample, self.influence)

    def to_pandas(self) -> pd.DataFrame:
        """One row for each group and period.

        Returns
        -------
        pandas.DataFrame
            Columns group, period, base (the period it is compared with), before (whether it lies
            before treatment), estimate, se, ci_low, ci_high, band_low, band_high (all effects
            after treatment at once), level, df, treated, controls (units).
        """
        import pandas as pd

        times, found = self.sample.times, self.spread
        se = np.sqrt(np.maximum(np.diag(found.covariance), 0.0))
        after = np.array([not cell.before for cell in self.cells])
        half, wide = found.intervals(self.level), found.bands(self.level, after)
        units = self.sample.units
        return pd.DataFrame({
            "group": [f"{cell.group:g}" for cell in self.cells],
            "period": [f"{times[cell.time]:g}" for cell in self.cells],
            "base": [f"{times[cell.base]:g}" for cell in self.cells],
            "before": [cell.before for cell in self.cells],
            "estimate": self.estimate, "se": se, "ci_low": self.estimate - half,
            "ci_high": self.estimate + half,
            "band_low": self.estimate - wide, "band_high": self.estimate + wide,
            "level": self.level, "df": found.df,
            "treated": [int(units[self.sample.in_groups((c.group,))].sum()) for c in self.cells],
            "controls": [int(units[self.sample.in_groups(c.controls)].sum()) for c in self.cells],
        })  # fmt: skip

    def aggregate(
        self, kind: Kind = "simple", *, longest: float | None = None,
        shares: Shares = "estimated",
    ) -> EffectSeries:  # fmt: skip
        """The overall effect, and effects by group, period or time since.

        Parameters
        ----------
        kind : {"simple", "group", "calendar", "event"}
            "simple": all after treatment, by shares of groups; "group": each group's mean, overall
            by their shares; "calendar": each period's; "event": by time since treatment began
            (negative: before), overall the mean of those after.
        longest : float, optional
            For "event": only groups that are seen so long after treatment began.
        shares : {"estimated", "fixed"}
            Whether groups might have been of other sizes, or are what they are: all counties.

        Returns
        -------
        EffectSeries

        Raises
        ------
        EffectError
        """
        if kind not in NAMES:
            raise unknown("way to put effects together", kind, NAMES, error=EffectError)
        if shares not in get_args(Shares):
            raise unknown("kind of shares", shares, get_args(Shares), error=EffectError)
        if not any(not cell.before for cell in self.cells):
            raise EffectError(
                "no effect after treatment can be estimated",
                expected="groups that are seen under treatment, and others to compare with",
                got="comparisons before treatment alone", remedy="add later periods",
            )  # fmt: skip
        found = Averages(self.sample, self.cells, self.estimate, self.influence, shares)
        by, estimate, influence = found.table(kind, longest)
        return EffectSeries(
            kind, tuple(by), estimate, spread(self.sample, influence), self.level,
            int(self.sample.units.sum()), self.notes, self.base,
        )  # fmt: skip

    def pretest(self) -> PreTest:
        """Whether groups moved alike before treatment: Hotelling's test of all such comparisons.

        Returns
        -------
        PreTest

        Raises
        ------
        EffectError
            Where there is no period before treatment to compare.

        References
        ----------
        Callaway and Sant'Anna (2021), remark on pre-tests in section 4; the distribution for few
        units or clusters: `exitline.stats.effect.small.EffectSpread.test`.
        """
        before = np.array([cell.before for cell in self.cells])
        if not before.any():
            raise EffectError(
                "there is nothing to compare before treatment",
                expected="at least two periods before a group is treated", got="none",
                remedy="add earlier periods; without them the assumption cannot be checked",
            )  # fmt: skip
        found = spread(self.sample, self.influence[:, before])
        test = PreTest(*found.test(self.estimate[before]))
        return replace(test, p=float("nan")) if found.parts and self._too_few() else test

    def _too_few(self) -> bool:
        """Whether a group has fewer than two units for each of its comparisons, and two more."""
        before = Counter(cell.group for cell in self.cells if cell.before)
        own = {group: np.unique(self.sample.psu[self.sample.group == group]).size
               for group in before}  # fmt: skip
        return any(own[group] < 2 * many + 2 for group, many in before.items())

    def plot(self) -> Drawing:
        """A line for each group from period to period (extra ``plots``)."""
        from exitline.words.shown import charts

        frame = self.to_pandas()
        named: Any = frame.assign(area="first treated " + frame["group"])
        order = [f"{t:g}" for t in self.sample.times]
        named = named.sort_values("period", key=lambda s: s.map(order.index), kind="stable")
        return charts.over_time(named, "period", "Effect by group and period")
