"""How good a watch is: recall and precision out of time, against naive rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import MeasureError
from exitline.exits.watch.ranking import (
    area_under_curve,
    capacity_of,
    chosen,
    fall_since,
    relative_welfare,
)
from exitline.exits.watch.risk import CHANGE, PENALTY, RiskModel, features, fit_risk
from exitline.exits.watch.rules import WatchRules
from exitline.stats.infer.blocks import Estimate
from exitline.stats.infer.build import Confidence
from exitline.stats.infer.estimates import Estimates
from exitline.stats.panel.ratios import Ratio, ratio_blocks
from exitline.words.numbers import points, rounded
from exitline.words.said import Numeral, Told, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.panel.panel import Panel

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

FOLDS = 10


@dataclass(frozen=True)
class RuleScore:
    """One way of choosing whom to visit, on households whose outcome is known.

    Attributes
    ----------
    rule : str
        In words.
    visits : float
        Households chosen.
    found : float
        Of these, poor at the later wave (ties at the last place count in part).
    recall, precision : Estimate
        Of those who became poor, the share chosen; of those chosen, the share who became
        poor. Intervals take the choice as given.
    gain : Estimate
        The model's recall at the same number of visits minus this one's, with the interval
        of the paired difference. Zero for the model itself.
    """

    rule: str
    visits: float
    found: float
    recall: Estimate
    precision: Estimate
    gain: Estimate


@dataclass(frozen=True)
class RiskCalibration:
    """Expected and observed falls in groups of equal size, lowest risk first.

    Attributes
    ----------
    expected, observed : tuple of float
        Weighted mean risk and weighted share that became poor.
    """

    expected: tuple[float, ...]
    observed: tuple[float, ...]


@dataclass(frozen=True)
class WatchEvaluation:
    """A watch, tried on a wave it had not seen.

    Attributes
    ----------
    scored_at, outcome_at : str
        Waves: risk is computed at the first, looked up at the second.
    trained_on : tuple of (str, str)
    at_risk, fell : int
        Households not poor at `scored_at` with a known outcome; of these, poor at
        `outcome_at`.
    capacity : int
        Households that can be visited.
    scores : tuple of RuleScore
        At the capacity: the model, the rankings "nearest to the line" and "largest fall";
        then each naive rule at the number of households that it flags.
    new_places : tuple of RuleScore
        The same where every household is scored by a model that has not seen its PSU (or,
        without PSUs, its tenth of the households).
    area : float
        Area under the ROC curve of the model; 0.5 is chance.
    area_line : float
        The same of "nearest to the line".
    calibration : RiskCalibration
    verdict : str
        Which way of choosing finds more, in words, whichever it is.
    history : bool
        Whether the model used the change since the wave before and earlier poverty.
    notes : tuple of str
    """

    scored_at: str
    outcome_at: str
    trained_on: tuple[tuple[str, str], ...]
    at_risk: int
    fell: int
    capacity: int
    scores: tuple[RuleScore, ...]
    new_places: tuple[RuleScore, ...]
    area: float
    area_line: float
    calibration: RiskCalibration
    verdict: str
    history: bool
    notes: tuple[str, ...]


def evaluate(
    panel: Panel, predictors: Sequence[str], rules: WatchRules, *, capacity: float = 0.1,
    penalty: float = PENALTY, level: float = 0.95,
) -> WatchEvaluation:  # fmt: skip
    """Train on the waves before the last pair, choose at the last wave but one, look it up.

    Parameters
    ----------
    panel : Panel
        Three waves or more, with welfare.
    predictors : sequence of str
    rules : WatchRules
        Of the naive rules.
    capacity : float
        Share of the households at risk (below 1) or their number.
    penalty : float
    level : float

    Returns
    -------
    WatchEvaluation

    Raises
    ------
    MeasureError
        For fewer than three waves, or when nobody fell.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec, read_panel
    >>> from exitline.exits.watch.rules import shipped_rules
    >>> wide = pd.DataFrame({"id": range(40), "y_a": [2.1, 2.2, 3.0, 5.0] * 10,
    ...                      "y_b": [1.5, 2.3, 2.1, 6.0] * 10, "y_c": [2.5, 1.9, 2.2, 5.0] * 10})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=tuple("abc"), line=2.0)
    >>> found = evaluate(read_panel(wide, spec), [], shipped_rules(), capacity=20)
    >>> found.at_risk, found.fell, found.scores[1].found
    (30, 10, 10.0)
    """
    if len(panel.waves) < 3:
        raise MeasureError(
            "two waves are not enough to train a watch and to try it",
            expected="three waves or more: the watch learns from all but the last pair",
            got=", ".join(panel.waves),
            remedy="list households with the rule 'nearest to the line' until a third wave is in",
        )
    wave = len(panel.waves) - 2
    model = fit_risk(panel, wave, predictors, penalty=penalty)
    test = _Test.of(panel, wave, predictors, model, rules)
    visits = capacity_of(capacity, int(test.used.sum()))
    risk = test.risk(model)
    scores = _scores(test, risk, visits, level)
    crossed, cross_notes = _crossed(panel, wave, predictors, penalty, test)
    places = _scores(test, crossed, visits, level)
    observed, w = test.outcome[test.used], test.weight[test.used]
    return WatchEvaluation(
        scored_at=panel.waves[wave], outcome_at=panel.waves[wave + 1], trained_on=model.pairs,
        at_risk=int(test.used.sum()), fell=int(test.outcome[test.used].sum()), capacity=visits,
        scores=scores, new_places=places,
        area=area_under_curve(risk[test.used], observed, w),
        area_line=area_under_curve(-test.ratio[test.used], observed, w),
        calibration=_calibration(risk[test.used], observed, w),
        verdict=_verdict(scores, test, visits), history=_has_history(model),
        notes=(*model.notes, *cross_notes),
    )  # fmt: skip


@dataclass(frozen=True)
class _Test:
    """The households on which a watch is tried.

    `fall` is the share of welfare lost since the wave before (negative for a rise; 0 where
    there is none to compare with).
    """

    panel: Panel
    values: Floats
    used: Bools
    outcome: Floats
    weight: Floats
    ratio: Floats
    fall: Floats
    rules: WatchRules

    @classmethod
    def of(
        cls, panel: Panel, wave: int, predictors: Sequence[str], model: RiskModel,
        rules: WatchRules,
    ) -> _Test:  # fmt: skip
        """The households at risk in a wave whose state in the next is known."""
        found = features(panel, wave, predictors, history=_has_history(model))
        used = found.at_risk & ~np.isnan(panel.poor[:, wave + 1])
        outcome = np.where(used, np.nan_to_num(panel.poor[:, wave + 1]), 0.0)
        if not 0 < outcome.sum() < used.sum():
            raise MeasureError(
                "the watch cannot be tried: all households fared alike",
                expected=f"some who fell between {panel.waves[wave]} and {panel.waves[wave + 1]}",
                got=f"{int(outcome.sum()):,} of {int(used.sum()):,}",
                remedy="choose another line, or other waves",
            )
        return cls(
            panel, found.values, used, outcome, np.nan_to_num(panel.weight[:, wave]),
            relative_welfare(panel, wave), fall_since(panel, wave), rules,
        )  # fmt: skip

    def risk(self, model: RiskModel) -> Floats:
        """The model's risk of every household; -inf where it does not take part."""
        risk = np.full(len(self.used), -np.inf)
        risk[self.used] = model.probability(self.values[self.used])
        return risk


def _has_history(model: RiskModel) -> bool:
    return CHANGE in model.names


def _scores(test: _Test, risk: Floats, visits: int, level: float) -> tuple[RuleScore, ...]:
    """The model and the naive rules, each beside the model at as many visits."""
    rules = test.rules
    near = test.used & (test.ratio < rules.monitoring_multiple)
    fell = test.used & (test.fall >= rules.sudden_fall)
    found = [_score(test, say("the model"), chosen(risk, test.used, visits), risk, level)]
    rankings = {
        say("nearest to the line"): -test.ratio,
        say("largest fall since the wave before"): test.fall,
    }
    for name, key in rankings.items():
        found.append(_score(test, name, chosen(key, test.used, visits), risk, level))
    flags = {
        say("everyone below {n} x the line", n=Numeral(f"{rules.monitoring_multiple:g}")): near,
        say(
            "everyone who lost {share} or more", share=Numeral(f"{100 * rules.sudden_fall:.0f} %")
        ): fell,
    }
    for name, flag in flags.items():
        if flag.any():
            found.append(_score(test, name, flag.astype(float), risk, level))
    return tuple(found)


def _score(test: _Test, rule: str, taken: Floats, risk: Floats, level: float) -> RuleScore:
    """Recall, precision and the model's gain at the same number of visits."""
    visits = float(taken.sum())
    model = chosen(risk, test.used, visits)
    hit, fell = taken * test.outcome, test.outcome
    wanted = [
        Ratio("recall", hit, fell, "share"),
        Ratio("precision", hit, taken, "share"),
        Ratio("gain", (model - taken) * fell, fell, "plain"),
    ]
    whole = ratio_blocks(test.panel, wanted, test.weight, test.used, Confidence(level))[:3]
    recall, precision, gain = Estimates(whole, test.panel.sampling, level)
    return RuleScore(rule, visits, float(hit.sum()), recall, precision, gain)


def _crossed(
    panel: Panel, wave: int, predictors: Sequence[str], penalty: float, test: _Test
) -> tuple[Floats, tuple[str, ...]]:
    """Risk of each household from a model that has not seen its PSU, and notes."""
    clusters = np.unique(panel.psu)
    folds = min(FOLDS, len(clusters))
    order = np.random.default_rng(0).permutation(len(clusters))
    fold = (order % folds)[np.searchsorted(clusters, panel.psu)]
    risk = np.full(panel.size, -np.inf)
    for f in range(folds):
        here = test.used & (fold == f)
        if not here.any():
            continue
        model = fit_risk(panel, wave, predictors, penalty=penalty, households=fold != f)
        risk[here] = model.probability(test.values[here])
    note = (
        say("new places: {n} folds of PSUs, drawn with seed 0", n=folds)
        if panel.spec.columns.design.stages
        else say("new places: {n} folds of households (no PSU is declared), drawn with seed 0",
                 n=folds)
    )  # fmt: skip
    return risk, (note,)


def _calibration(risk: Floats, outcome: Floats, weight: Floats, groups: int = 5) -> RiskCalibration:
    """Mean risk and share that fell in groups of households by risk."""
    parts = np.array_split(np.argsort(risk, kind="stable"), min(groups, len(risk)))
    return RiskCalibration(
        tuple(float(np.average(risk[i], weights=weight[i])) for i in parts),
        tuple(float(np.average(outcome[i], weights=weight[i])) for i in parts),
    )


def _verdict(scores: tuple[RuleScore, ...], test: _Test, visits: int) -> str:
    """One sentence: the model against the best ranking at the same capacity."""
    model, rival = scores[0], max(scores[1:3], key=lambda s: s.recall.estimate)
    gain = rival.gain
    found, other = (
        Numeral(f"{rounded(s.recall.estimate, 1, percent=True)} %") for s in (model, rival)
    )
    text = say(
        "with {n} visits to {m} households the model finds {share} of those who fell, ‘{name}’ "
        "{most}",
        n=visits, m=int(test.used.sum()), share=found, name=Told(rival.rule), most=other,
    )  # fmt: skip
    low, high = points(gain.estimate, gain.ci_low, gain.ci_high, gain.se).ends
    between = say("{low} to {high}", low=Numeral(low), high=Numeral(high))
    parts = {"sentence": text, "interval": between if low else say("no interval")}
    if gain.ci_low > 0:
        return say("{sentence}: the model finds more ({interval} points)", **parts)
    if gain.ci_high < 0:
        return say("{sentence}: the simple rule finds more ({interval} points)", **parts)
    return say("{sentence}: these data cannot tell them apart ({interval} points)", **parts)
