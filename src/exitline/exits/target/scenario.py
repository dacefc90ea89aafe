"""Scenarios: who gets which transfer, and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.exits.target.errors import TargetError
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.estimates import Estimates

KEYS = ("amount", "to", "score", "quota")
COMPARED = ("headcount", "poverty_gap", "severity", "gini")
"""Figures that are before and after."""


@dataclass(frozen=True)
class Scenario:
    """One transfer.

    Attributes
    ----------
    name : str
    amount : float
        For each person, in the unit of welfare.
    to : str, optional
        The condition that a household fulfils; everyone unless given.
    score : str, optional
        A column or expression, lowest first, of which `quota` get it.
    quota : float, optional
        Share of persons.
    """

    name: str
    amount: float
    to: str | None = None
    score: str | None = None
    quota: float | None = None

    @property
    def said(self) -> str:
        """Who gets how much, in words."""
        money = f"{self.amount:,g} a person"
        if self.score is not None:
            return f"{money} to the {100 * (self.quota or 0):g} % with the lowest {self.score}"
        return f"{money} to everyone" if self.to is None else f"{money} where {self.to}"


def scenario_from(name: str, given: Mapping[str, Any]) -> Scenario:
    """A scenario from a mapping; what does not go together is refused.

    Parameters
    ----------
    name : str
    given : mapping
        Keys amount, to, score, quota.

    Raises
    ------
    TargetError
    """
    unknown = [key for key in given if key not in KEYS]
    amount, quota = given.get("amount"), given.get("quota")
    proper = isinstance(amount, int | float) and 0 < amount < float("inf")
    whole = (given.get("score") is None) == (quota is None)
    share = quota is None or (isinstance(quota, int | float) and 0 < quota <= 1)
    alone = given.get("to") is None or given.get("score") is None
    if unknown or not (proper and whole and share and alone):
        raise TargetError(
            "this is no transfer",
            where=f"scenario {name}",
            expected="amount: above zero; and to: a condition, or score: and quota: above 0, up to "
            "1, or neither for everyone",
            got=", ".join(f"{key}: {value}" for key, value in given.items()) or "nothing",
            remedy="for instance {score: rooms - hhsize, quota: 0.2, amount: 300}",
        )
    to, score = (None if given.get(key) is None else str(given[key]) for key in ("to", "score"))
    return Scenario(name, float(amount or 0), to, score, None if quota is None else float(quota))


@dataclass(frozen=True)
class Effect:
    """A figure before and after a transfer.

    Attributes
    ----------
    scenario, figure : str
    before, after : float
    change : Estimate
        After less before, with the error of both from one sample.
    """

    scenario: str
    figure: str
    before: float
    after: float
    change: Estimate


@dataclass(frozen=True)
class Effects(ShownResult):
    """What scenarios do.

    Attributes
    ----------
    estimates : Estimates
        All figures, before and after, with their joint linearisation.
    scenarios : tuple of Scenario
    names : mapping of (str, str) to str
        From scenario and figure to the measure.
    """

    estimates: Estimates
    scenarios: tuple[Scenario, ...]
    names: Mapping[tuple[str, str], str]

    def after(self, scenario: str, figure: str) -> Estimate:
        """A figure after a transfer; "cost" and "cost_of_gap" among them.

        Parameters
        ----------
        scenario, figure : str
        """
        if (scenario, figure) not in self.names:
            raise TargetError(
                "there is no such figure",
                expected="one of " + ", ".join(f"{s}, {f}" for s, f in self.names),
                got=f"{scenario}, {figure}",
                remedy="choose one of these",
            )
        return self.estimates.find(measure=self.names[scenario, figure])

    def find(self, scenario: str, figure: str) -> Effect:
        """A figure before and after.

        Parameters
        ----------
        scenario, figure : str
            The figure one of `COMPARED`.
        """
        after, before = self.after(scenario, figure), self.estimates.find(measure=figure)
        change = self.estimates.difference({"measure": after.measure}, {"measure": figure})
        return Effect(scenario, figure, before.estimate, after.estimate, change)

    def to_pandas(self) -> pd.DataFrame:
        """One row for each scenario and figure.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, figure, before, estimate (after), se, ci_low, ci_high, change,
            change_se, change_low, change_high, p; costs have no figure before.
        """
        import pandas as pd

        rows = []
        for scenario, figure in self.names:
            one = self.after(scenario, figure)
            row: dict[str, Any] = {
                "scenario": scenario, "figure": figure, "before": float("nan"),
                "estimate": one.estimate, "se": one.se, "ci_low": one.ci_low,
                "ci_high": one.ci_high,
            }  # fmt: skip
            if figure in COMPARED:
                effect = self.find(scenario, figure)
                row |= {
                    "before": effect.before, "change": effect.change.estimate,
                    "change_se": effect.change.se, "change_low": effect.change.ci_low,
                    "change_high": effect.change.ci_high, "p": effect.change.p,
                }  # fmt: skip
            rows.append(row)
        return pd.DataFrame(rows)
