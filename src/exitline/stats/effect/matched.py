"""One round, no panel: treated units beside untreated ones that are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from exitline.stats.effect.errors import EffectError
from exitline.stats.effect.needed import units_needed
from exitline.stats.effect.sample import EffectSample
from exitline.stats.effect.small import spread
from exitline.stats.infer import intervals
from exitline.words.said import Numeral, say, say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class MatchedComparison(ShownResult):
    """The mean difference of treated units from those that are like them.

    Attributes
    ----------
    effect, se, df, level : float
        Of the treated, corrected for what matching leaves unequal.
    plain : float
        The difference of means without matching.
    treated, controls, used : int
        Units; untreated ones that were matched to somebody.
    balance : pandas.DataFrame
        Columns covariate, before, after: differences of means in standard deviations.
    notes : tuple of str
    """

    effect: float
    se: float
    df: float
    level: float
    plain: float
    treated: int
    controls: int
    used: int
    balance: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def interval(self) -> tuple[float, float]:
        """The confidence interval."""
        found = intervals.symmetric(
            np.array([self.effect]), np.array([self.se]), np.array([self.df]), self.level
        )
        return float(found.low[0]), float(found.high[0])

    @property
    def verdict(self) -> str:
        """Higher, lower, or *cannot tell yet*."""
        low, high = self.interval
        if low > 0:
            return "higher"
        return "lower" if high < 0 else "cannot tell yet"

    def needed(self, effect: float, power: float = 0.8) -> float:
        """How many units of the same kind would tell an effect of this size from none.

        Parameters
        ----------
        effect : float
            The smallest that matters.
        power : float
        """
        units = self.treated + self.controls
        return units_needed(units, self.se, effect, level=self.level, power=power)

    def to_pandas(self) -> pd.DataFrame:
        """The matched and the plain difference.

        Returns
        -------
        pandas.DataFrame
            Columns comparison, estimate, se, ci_low, ci_high, level, df.
        """
        import pandas as pd

        low, high = self.interval
        nothing = float("nan")
        return pd.DataFrame({
            "comparison": ["matched", "all, as they are"], "estimate": [self.effect, self.plain],
            "se": [self.se, nothing], "ci_low": [low, nothing], "ci_high": [high, nothing],
            "level": self.level, "df": [self.df, nothing],
        })  # fmt: skip


def matched_comparison(
    outcome: Floats, treated: Bools, covariates: Floats, names: tuple[str, ...], *,
    weight: Floats, psu: Ints, stratum: Ints, matches: int = 1, level: float = 0.95,
) -> MatchedComparison:  # fmt: skip
    """Treated units beside their nearest untreated ones, with replacement, corrected for bias.

    Parameters
    ----------
    outcome : float array, shape (units,)
    treated : bool array
    covariates : float array, shape (units, columns)
    names : tuple of str
    weight : float array
    psu, stratum : int arrays
        Codes; each unit its own PSU where units were drawn one by one.
    matches : int
        Untreated units for each treated one.
    level : float

    Returns
    -------
    MatchedComparison

    Raises
    ------
    EffectError
        Where there are too few units on one side, or too few PSUs.

    References
    ----------
    Abadie and Imbens (2006), Econometrica 74, 235-267, and (2011), JBES 29, 1-11: matching with
    replacement on Mahalanobis distance, corrected by a regression among the untreated. The
    variance is that of the sum of what each unit adds (its own gap, and its residual as often as
    it was matched) between PSUs within strata: Abadie and Spiess (2022), JASA 117, 983-995. Treated
    and untreated units each tell their own part of it: as for panels, see
    `exitline.stats.effect.small.spread`.
    """
    ones, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    if ones.size < 2 or others.size <= max(matches, covariates.shape[1] + 1):
        raise EffectError(
            "there are too few units to match", expected="two treated units, and more untreated "
            f"ones than {max(matches, covariates.shape[1] + 1)}",
            got=f"{ones.size} and {others.size}", remedy="add units, or leave out covariates",
        )  # fmt: skip
    near = _nearest(covariates, ones, others, matches)
    share = np.zeros(len(outcome))
    np.add.at(share, near.ravel(), np.repeat(weight[ones] / matches, matches))
    x = np.column_stack([np.ones(len(outcome)), covariates])
    root = np.sqrt(share[others])  # the regression is among those who were matched
    slope = np.linalg.lstsq(x[others] * root[:, None], outcome[others] * root, rcond=None)[0]
    left = outcome - x @ slope
    gap = left[ones] - left[near].mean(axis=1)
    total = weight[ones].sum()
    effect = float(weight[ones] @ gap / total)
    influence = np.where(treated, weight * (left - effect), -share * left) / total
    se, df = _between(influence, treated, psu, stratum)
    means = [float(np.average(outcome[part], weights=weight[part])) for part in (ones, others)]
    notes = _notes(covariates, ones, others, df)
    return MatchedComparison(
        effect, se, df, level, means[0] - means[1], ones.size, others.size,
        int((share > 0).sum()), _balance(covariates, names, weight, ones, others, share), notes,
    )  # fmt: skip


def _nearest(covariates: Floats, ones: Ints, others: Ints, matches: int) -> Ints:
    """The nearest untreated units of each treated one, by Mahalanobis distance."""
    if not covariates.shape[1]:
        return np.broadcast_to(others[:matches], (ones.size, matches)).copy()
    spread = np.atleast_2d(np.cov(covariates, rowvar=False))
    values, vectors = np.linalg.eigh(spread)
    kept = values > 1e-12 * max(values.max(), 1e-300)
    flat = covariates @ (vectors[:, kept] / np.sqrt(values[kept]))
    _, found = cKDTree(flat[others]).query(flat[ones], k=matches)
    return np.asarray(others[np.asarray(found).reshape(ones.size, matches)])


def _between(influence: Floats, treated: Bools, psu: Ints, stratum: Ints) -> tuple[float, float]:
    """The standard error between PSUs within strata, and its degrees of freedom."""
    codes, index, of = np.unique(psu, return_index=True, return_inverse=True)
    _, strata = np.unique(stratum, return_inverse=True)
    count = np.bincount(strata[index])
    if (count < 2).any() or codes.size <= count.size:
        raise EffectError(
            "a stratum has a single PSU", expected="two in each", got=f"{int((count < 2).sum())}",
            remedy="join strata",
        )  # fmt: skip
    ones = np.ones(treated.size)
    sample = EffectSample(
        (), treated.astype(np.float64), ones, np.zeros((treated.size, 0)), ones.astype(np.int64),
        of, strata, designed=True,
    )  # fmt: skip
    found = spread(sample, influence[:, None])
    return float(np.sqrt(found.small[0, 0])), float(found.df[0])


def _balance(
    covariates: Floats, names: tuple[str, ...], weight: Floats, ones: Ints, others: Ints,
    share: Floats,
) -> pd.DataFrame:  # fmt: skip
    """How far means lie apart before and after matching, in standard deviations."""
    import pandas as pd

    spread = np.sqrt((covariates[ones].var(axis=0) + covariates[others].var(axis=0)) / 2)
    spread = np.where(spread > 0, spread, np.nan)
    own = np.average(covariates[ones], axis=0, weights=weight[ones])
    plain = np.average(covariates[others], axis=0, weights=weight[others])
    matched = np.average(covariates, axis=0, weights=share) if covariates.size else plain
    return pd.DataFrame({"covariate": names, "before": (own - plain) / spread,
                         "after": (own - matched) / spread})  # fmt: skip


def _notes(covariates: Floats, ones: Ints, others: Ints, df: float) -> tuple[str, ...]:
    """What a reader must know: one round, and units beyond all others."""
    notes: list[str] = [
        say("one round: units that differ in what was not measured are not told apart")
    ]
    low, high = covariates[others].min(axis=0), covariates[others].max(axis=0)
    beyond = int(((covariates[ones] < low) | (covariates[ones] > high)).any(axis=1).sum())
    if beyond:
        notes.append(say("treated units beyond all untreated ones in a covariate: {n}", n=beyond))
    if df < 20:
        notes.append(
            say_plural("{n} degree of freedom: the interval is wide for that reason",
                       "{n} degrees of freedom: the interval is wide for that reason", df,
                       n=Numeral(f"{df:.3g}"))
        )  # fmt: skip
    return tuple(notes)
