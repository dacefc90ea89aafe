"""One treated unit: a weighted mean of others that moved as it did, and placebos for each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from exitline.stats.effect.errors import EffectError
from exitline.words.said import Numeral, say, say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.words.shown.charts import Drawing


@dataclass(frozen=True)
class SyntheticControl(ShownResult):
    """A unit beside its synthetic control.

    Attributes
    ----------
    unit : str
    times : tuple of float
    begins : int
        Position of the first period under treatment.
    actual, synthetic : float arrays, shape (periods,)
    donors : tuple of str
    weights : float array, shape (donors,)
    placebo : float array, shape (donors, periods)
        Gaps of each donor against a synthetic control of the other donors.
    notes : tuple of str
    """

    unit: str
    times: tuple[float, ...]
    begins: int
    actual: Floats
    synthetic: Floats
    donors: tuple[str, ...]
    weights: Floats
    placebo: Floats
    notes: tuple[str, ...] = ()

    @property
    def gap(self) -> Floats:
        """The unit less its synthetic control, period by period."""
        return self.actual - self.synthetic

    @property
    def effect(self) -> float:
        """The mean gap under treatment."""
        return float(self.gap[self.begins :].mean())

    @property
    def fit(self) -> float:
        """Root mean squared gap before treatment."""
        return float(np.sqrt((self.gap[: self.begins] ** 2).mean()))

    @property
    def ratios(self) -> Floats:
        """Mean squared gap after by that before, the unit's own first, then the donors'."""
        gaps = np.vstack([self.gap, self.placebo])
        before = (gaps[:, : self.begins] ** 2).mean(axis=1)
        after = (gaps[:, self.begins :] ** 2).mean(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(before > 0, after / before, np.where(after > 0, np.inf, 0.0))
        return np.asarray(found)

    @property
    def p(self) -> float:
        """Share of all units whose ratio is at least that of the treated one.

        It is a p-value if each unit was equally likely to be the treated one; with n donors it is
        at least 1 / (n + 1).
        """
        ratios = self.ratios
        return float((ratios >= ratios[0] * (1 - 1e-12)).mean())

    @property
    def verdict(self) -> str:
        """Higher, lower, or *cannot tell yet*, at a level of 5 %."""
        if self.p > 0.05:
            return "cannot tell yet"
        return "higher" if self.effect > 0 else "lower"

    def to_pandas(self) -> pd.DataFrame:
        """A row for each period.

        Returns
        -------
        pandas.DataFrame
            Columns period, actual, synthetic, gap, treated.
        """
        import pandas as pd

        return pd.DataFrame({
            "period": [f"{t:g}" for t in self.times], "actual": self.actual,
            "synthetic": self.synthetic, "gap": self.gap,
            "treated": np.arange(len(self.times)) >= self.begins,
        })  # fmt: skip

    def shares(self) -> pd.DataFrame:
        """The donors that count, the largest first.

        Returns
        -------
        pandas.DataFrame
            Columns donor, weight.
        """
        import pandas as pd

        table = pd.DataFrame({"donor": self.donors, "weight": self.weights})
        kept = table[table["weight"] > 1e-6]
        return kept.sort_values("weight", ascending=False, ignore_index=True, kind="stable")

    def plot(self) -> Drawing:
        """The unit and its synthetic control (extra ``plots``)."""
        import pandas as pd

        from exitline.words.shown import charts

        table = self.to_pandas()
        parts = [table.assign(area=name, estimate=table[column]) for name, column in
                 ((self.unit, "actual"), ("synthetic control", "synthetic"))]  # fmt: skip
        return charts.over_time(pd.concat(parts), "period", f"{self.unit}, and without treatment")


def simplex_weights(target: Floats, donors: Floats) -> Floats:
    """Weights of at least zero that sum to one and bring donors nearest to a target.

    Parameters
    ----------
    target : float array, shape (rows,)
    donors : float array, shape (rows, donors)

    Returns
    -------
    float array, shape (donors,)

    Notes
    -----
    With weights that sum to one the distance is that of ``donors - target`` from zero, and the
    non-negative least squares with one more row ``sum = 1`` has the same direction.

    Examples
    --------
    >>> simplex_weights(np.array([2.0]), np.array([[1.0, 4.0]])).round(6).tolist()
    [0.666667, 0.333333]
    """
    apart = donors - target[:, None]
    scale = float(np.abs(apart).max()) or 1.0
    rows = np.vstack([apart / scale, np.ones(donors.shape[1])])
    found, _ = optimize.nnls(
        rows, np.append(np.zeros(target.size), 1.0), maxiter=100 * rows.shape[1]
    )
    return np.asarray(found / found.sum())


def synthetic_control(
    names: tuple[str, ...], times: tuple[float, ...], outcome: Floats, treated: int, begins: int
) -> SyntheticControl:
    """The treated unit, its synthetic control, and those of all donors as placebos.

    Parameters
    ----------
    names : tuple of str
    times : tuple of float
    outcome : float array, shape (units, periods)
    treated : int
        Position of the treated unit.
    begins : int
        Position of the first period under treatment.

    Returns
    -------
    SyntheticControl

    Raises
    ------
    EffectError
        For fewer than two periods before treatment, or fewer than two donors.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), JASA 105, 493-505: the method and its placebo test;
    here all outcomes before treatment count alike.
    """
    donors = np.delete(np.arange(len(names)), treated)
    if begins < 2 or begins >= len(times) or donors.size < 2:
        raise EffectError(
            "a synthetic control cannot be made",
            expected="two periods before treatment, one under it, and two units without it",
            got=f"{begins} before, {len(times) - begins} under it, {donors.size} units",
            remedy="add periods or units",
        )  # fmt: skip
    before = outcome[:, :begins]
    weights = simplex_weights(before[treated], before[donors].T)
    placebo = np.empty((donors.size, len(times)))
    for i, one in enumerate(donors):
        others = np.delete(donors, i)
        own = simplex_weights(before[one], before[others].T)
        placebo[i] = outcome[one] - own @ outcome[others]
    return SyntheticControl(
        names[treated], times, begins, outcome[treated], weights @ outcome[donors],
        tuple(names[i] for i in donors), weights, placebo, _notes(before, treated, donors, weights),
    )  # fmt: skip


def _notes(
    before: Floats, treated: int, donors: NDArray[np.int64], weights: Floats
) -> tuple[str, ...]:
    """What a reader must know of the fit."""
    own = before[treated]
    left = own - weights @ before[donors]
    notes = []
    outside = (own > before[donors].max(axis=0)) | (own < before[donors].min(axis=0))
    if outside.any():
        notes.append(
            say(
                "in {n} of {m} periods before treatment the unit lies beyond all others: no mean "
                "of them can follow it",
                n=int(outside.sum()),
                m=own.size,
            )
        )
    if np.sqrt((left**2).mean()) > 0.25 * own.std() > 0:
        notes.append(say("the synthetic control does not follow the unit well before treatment"))
    if donors.size < 19:
        notes.append(
            say_plural(
                "with {n} other unit p is at least {low}",
                "with {n} other units p is at least {low}",
                donors.size,
                low=Numeral(f"{1 / (donors.size + 1):.2f}"),
            )
        )
    return tuple(notes)
