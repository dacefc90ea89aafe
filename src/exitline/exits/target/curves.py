"""Curves of methods of targeting: ROC, precision and recall, what budgets leave of poverty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from exitline.errors import unknown
from exitline.exits.target.errors import TargetError
from exitline.words.said import collected, say

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.infer.blocks import Estimate
    from exitline.words.shown.charts import Drawing

FEWEST = 3
"""Points that make a curve."""


@dataclass(frozen=True)
class TargetingCurve:
    """What a curve is called, and its axes."""

    title: str
    x: str
    y: str


CURVES = {
    "roc": TargetingCurve(
        collected("Who is chosen, as the quota grows (ROC)"),
        collected("others chosen, share of others"),
        collected("poor persons chosen, share of the poor"),
    ),
    "precision_recall": TargetingCurve(
        collected("Precision and recall, as the quota grows"),
        collected("poor persons chosen, share of the poor (recall)"),
        collected("poor, share of those chosen (precision)"),
    ),
    "budget": TargetingCurve(
        collected("What is left of poverty, by budget"),
        collected("budget, share of the poverty gap"),
        collected("left, share of what it was"),
    ),
}
LEFT = {"headcount_left": say("headcount"), "gap_left": say("poverty gap")}


class FiguresAsked(Protocol):
    """What curves read of an evaluation: its figures, and by measure what each was asked for."""

    @property
    def estimates(self) -> Iterable[Estimate]: ...
    @property
    def asked(self) -> Mapping[str, Any]: ...


def points(found: FiguresAsked, kind: str) -> pd.DataFrame:
    """The points of a curve of every method, as `Evaluation.curve` gives them."""
    import pandas as pd

    rows = [(str(name), *numbers) for name, *numbers in _rows(found, kind)]
    table = pd.DataFrame(rows, columns=["curve", "x", "estimate", "band_low", "band_high"])
    fewest = int(table.groupby("curve").size().min()) if len(table) else 0
    if fewest < FEWEST:
        ask = "tables=['budget'], budgets=[0.5, 1, 1.5]" if kind == "budget" else 'quota="curve"'
        raise TargetError(
            "too few points for a curve", where=kind, expected=f"{FEWEST} or more for each method",
            got=str(fewest), remedy=f"evaluate with {ask}",
        )  # fmt: skip
    return table.sort_values(["curve", "x"], kind="stable").reset_index(drop=True)


def _rows(found: FiguresAsked, kind: str) -> list[tuple[Any, ...]]:
    if kind not in CURVES:
        raise unknown("curve", kind, tuple(CURVES), error=TargetError, where="kind")
    return {"roc": _roc, "precision_recall": _precision, "budget": _budget}[kind](found)


def lines(found: FiguresAsked, kind: str) -> dict[str, list[tuple[float, ...]]]:
    """The points of each line of a curve, from the left: x, figure, and the ends of its interval.

    Parameters
    ----------
    found : FiguresAsked
    kind : {"roc", "precision_recall", "budget"}

    Returns
    -------
    dict
        By the line's name, a text in words; lines of fewer than three points are left out.
    """
    made: dict[str, list[tuple[float, ...]]] = {}
    for name, *numbers in _rows(found, kind):
        made.setdefault(name, []).append(tuple(numbers))
    return {name: sorted(rows) for name, rows in made.items() if len(rows) >= FEWEST}


def drawn(found: FiguresAsked, kind: str) -> Drawing:
    """A curve with its bands."""
    from exitline.words.shown import charts

    table, curve = points(found, kind), CURVES[kind]
    return charts.curves(table, curve.title, curve.x, curve.y)


def together(found: FiguresAsked, left: FiguresAsked | None = None) -> Drawing:
    """ROC and precision beside each other, and budgets where these were evaluated, too.

    Parameters
    ----------
    found : FiguresAsked
        At the quotas of a curve.
    left : FiguresAsked, optional
        With table "budget".

    Returns
    -------
    Drawing
    """
    from exitline.words.shown import charts

    whose = {"roc": found, "precision_recall": found} | ({} if left is None else {"budget": left})
    return charts.side_by_side(
        [(points(one, k), CURVES[k].title, CURVES[k].x, CURVES[k].y) for k, one in whose.items()]
    )


def _by_quota(found: FiguresAsked) -> Mapping[tuple[str, float], dict[str, Estimate]]:
    """Estimates by figure, of each method at each quota that is a number."""
    rows: dict[tuple[str, float], dict[str, Estimate]] = {}
    for one in found.estimates:
        asked = found.asked[one.measure]
        if asked.quota is not None and asked.quota > 0 and not asked.part:
            rows.setdefault((asked.method, float(asked.quota)), {})[asked.figure] = one
    return rows


def _roc(found: FiguresAsked) -> list[tuple[Any, ...]]:
    """From nobody to everybody."""
    rows: list[tuple[Any, ...]] = []
    for (method, _), one in _by_quota(found).items():
        if {"poor_coverage", "nonpoor_coverage"} <= set(one):
            poor = one["poor_coverage"]
            x = one["nonpoor_coverage"].estimate
            rows.append((method, x, poor.estimate, poor.ci_low, poor.ci_high))
    methods = dict.fromkeys(row[0] for row in rows)
    ends = [(name, at, at, at, at) for name in methods for at in (0.0, 1.0)]
    return [*rows, *ends] if len(rows) >= FEWEST * max(len(methods), 1) else rows


def _precision(found: FiguresAsked) -> list[tuple[Any, ...]]:
    """Precision is what the inclusion error leaves."""
    return [
        (method, one["poor_coverage"].estimate, 1.0 - one["inclusion_error"].estimate,
         1.0 - one["inclusion_error"].ci_high, 1.0 - one["inclusion_error"].ci_low)
        for (method, _), one in _by_quota(found).items()
        if {"poor_coverage", "inclusion_error"} <= set(one)
    ]  # fmt: skip


def _budget(found: FiguresAsked) -> list[tuple[Any, ...]]:
    """Headcount and gap left, of each method and quota."""
    from exitline.exits.target.quotas import quota_in_words

    rows: list[tuple[Any, ...]] = []
    for one in found.estimates:
        asked = found.asked[one.measure]
        if asked.figure in LEFT:
            name = say("{name}, {quota}: {what}", name=asked.method, what=LEFT[asked.figure],
                       quota=quota_in_words(asked.quota))  # fmt: skip
            budget = float(asked.part.removeprefix("budget "))
            rows.append((name, budget, one.estimate, one.ci_low, one.ci_high))
    return rows
