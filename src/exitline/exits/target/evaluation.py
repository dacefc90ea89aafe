"""What methods of targeting are worth: figures with their errors, one against another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.exits.target.errors import TargetError
from exitline.exits.target.quotas import quota_in_words
from exitline.words.said import Numeral, collected, say
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.estimates import Estimates
    from exitline.words.shown.charts import Drawing

BOUND = 0.75
"""What a budget equal to the poverty gap left of the headcount, at best, in nine African countries
(Brown, Ravallion and van de Walle 2018)."""
FIGURES = {
    "exclusion_error": collected("poor persons left out, share of the poor"),
    "inclusion_error": collected("not poor, share of those chosen"),
    "targeting_differential": collected("coverage of the poor less that of others"),
    "poor_coverage": collected("poor persons chosen, share of the poor"),
    "nonpoor_coverage": collected("others chosen, share of those who are not poor"),
    "coverage": collected("chosen, share of persons"),
    "coady_grosh_hoddinott": collected("what the poorest get over an even share"),
    "distributional_characteristic": collected("mean social weight of a unit of benefits"),
    "benefit_incidence": collected("share of places by tenth of welfare"),
    "quantile_coverage": collected("chosen, share of the persons of a tenth"),
    "marginal_incidence": collected("share of added places by fifth of welfare"),
    "roc_area": collected("area under the ROC curve"),
    "headcount_left": collected("headcount left, share of what it was"),
    "gap_left": collected("poverty gap left, share of what it was"),
    "cost_of_gap": collected("cost per unit of gap closed"),
}
"""Figures of an evaluation, in words."""


@dataclass(frozen=True)
class FigureAsked:
    """Which figure a measure of the estimates is.

    Attributes
    ----------
    method, figure : str
    quota : float or None
        NaN for as many as there are poor; None where the figure has no quota.
    part : str
        The tenth, the budget or the group it is of; "" otherwise.
    """

    method: str
    figure: str
    quota: float | None = None
    part: str = ""


@dataclass(frozen=True)
class Evaluation(ShownResult):
    """Figures of each method, that share one sample.

    Attributes
    ----------
    estimates : Estimates
        By the names of measures, for comparisons of any kind.
    asked : mapping of str to FigureAsked
        From a measure's name to what it is.
    notes : tuple of str
    """

    estimates: Estimates
    asked: Mapping[str, FigureAsked]
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """The figures.

        Returns
        -------
        pandas.DataFrame
            Columns method, figure, quota ("poor": as many as there are poor), part, estimate, se,
            ci_low, ci_high, level, df, n, reason.
        """
        import pandas as pd

        rows = []
        for one in self.estimates:
            asked = self.asked[one.measure]
            rows.append({
                "method": asked.method, "figure": asked.figure, "quota": shown(asked.quota),
                "part": asked.part, "estimate": one.estimate, "se": one.se,
                "ci_low": one.ci_low, "ci_high": one.ci_high, "level": one.level, "df": one.df,
                "n": one.n, "reason": one.reason,
            })  # fmt: skip
        return pd.DataFrame(rows)

    def find(
        self, method: str, figure: str, quota: float | str | None = None, part: str = ""
    ) -> Estimate:
        """One figure; the quota and part may be left out where there is one.

        Parameters
        ----------
        method, figure : str
        quota : float or "poor", optional
        part : str
        """
        return self.estimates.find(measure=self._name(method, figure, quota, part))

    def difference(
        self, figure: str, a: str, b: str, quota: float | str | None = None, part: str = ""
    ) -> Estimate:
        """One method less another, by the joint linearisation: both choose from one sample.

        Parameters
        ----------
        figure : str
        a, b : str
            Methods.
        quota : float or "poor", optional
        part : str

        Returns
        -------
        Estimate
            With a t interval and p against no difference.
        """
        names = (self._name(one, figure, quota, part) for one in (a, b))
        return self.estimates.difference(*({"measure": name} for name in names))

    def between(
        self, figure: str, method: str, a: str, b: str, quota: float | str | None = None
    ) -> Estimate:
        """One group less another under one method: is one left out more than the other?

        Parameters
        ----------
        figure, method : str
        a, b : str
            Groups.
        quota : float or "poor", optional
        """
        names = (self._name(method, figure, quota, part) for part in (a, b))
        return self.estimates.difference(*({"measure": name} for name in names))

    def curve(self, kind: str) -> pd.DataFrame:
        """The points of a curve: curve, x, estimate, band_low, band_high.

        Parameters
        ----------
        kind : {"roc", "precision_recall", "budget"}
            The poor chosen against others chosen; who of those chosen is poor against the poor
            chosen; what is left of poverty by budget. From the quotas or budgets that were
            evaluated: ``quota="curve"`` has twenty.

        Raises
        ------
        TargetError
            Where fewer than three points were evaluated.
        """
        from exitline.exits.target.curves import points

        return points(self, kind)

    def plot(self, kind: str | None = None) -> Drawing:
        """The figures with their intervals, or a curve, drawn (extra ``plots``).

        Parameters
        ----------
        kind : {"roc", "precision_recall", "budget"}, optional
            As in `curve`; the figures as dots unless given.

        Returns
        -------
        Drawing
            Shown as it is in a notebook; ``save`` writes SVG, PNG, HTML or JSON.
        """
        from exitline.exits.target.curves import drawn

        return super().plot() if kind is None else drawn(self, kind)

    def _name(self, method: str, figure: str, quota: float | str | None, part: str) -> str:
        """The measure of a figure."""
        hits = [
            name
            for name, one in self.asked.items()
            if (one.method, one.figure, one.part) == (method, figure, part)
            and (quota is None or shown(one.quota) == shown(quota))
        ]
        if len(hits) != 1:
            known = sorted({one.figure for one in self.asked.values()})
            raise TargetError(
                "no single figure fits",
                expected=f"a method, one of {', '.join(known)}, and its quota and part",
                got=f"{method}, {figure}, {quota}, {part!r}, which fits {len(hits)}",
                remedy="to_pandas() lists all figures",
            )
        return hits[0]

    @property
    def bound(self) -> tuple[str, ...]:
        """A sentence on each method that leaves less of poverty than any studied by Brown,
        Ravallion and van de Walle."""
        said = []
        for one in self.estimates:
            asked = self.asked[one.measure]
            if asked.figure != "headcount_left" or asked.part != "budget 1":
                continue
            if one.estimate < BOUND:
                sure = (
                    say("also at the upper end of its interval") if one.ci_high < BOUND
                    else say("though its interval reaches that far")
                )  # fmt: skip
                said.append(
                    say(
                        "'{name}' at a quota of {quota} leaves {share} of the headcount with a "
                        "budget equal to the gap. No method that Brown, Ravallion and van de Walle "
                        "(2018) studied in nine countries left less than about 75 %; this one "
                        "does, {sure_of_it}. Check that the score was not fitted to the households "
                        "it is tried on.",
                        name=asked.method, quota=quota_in_words(asked.quota),
                        share=Numeral(f"{100 * one.estimate:.0f} %"), sure_of_it=sure,
                    )
                )  # fmt: skip
        return tuple(said)


def shown(quota: float | str | None) -> float | str:
    """A quota as results show it."""
    if quota is None:
        return ""
    if isinstance(quota, str):
        return quota
    return "poor" if quota != quota else float(quota)


def value_in_words(one: Any) -> str:
    """A share of welfare's distribution in words: from 0 to 0.1 is the poorest tenth."""
    low, high = one
    return f"{100 * low:g}-{100 * high:g} %"
