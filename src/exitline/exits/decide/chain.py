"""From estimates by area to decisions on villages and counties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.decide import decision as d
from exitline.exits.decide.reasons import Wording, reasons
from exitline.exits.decide.settling import Evidence
from exitline.exits.decide.table import Decisions, rows_of
from exitline.exits.decide.units import EVERYWHERE, Facts, Units
from exitline.stats.data.values import written
from exitline.stats.infer.spread import Spread, spread_of
from exitline.words.said import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.rules.standard import Criterion, ExitRule
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates

    Floats = NDArray[np.float64]
    Texts = NDArray[np.str_]


def decide_units(
    estimates: Estimates, rule: ExitRule, units: Units, facts: Facts, *, census: bool,
    below: Decisions | None = None, modelled: Mapping[str, ModelShares] | None = None,
) -> Decisions:  # fmt: skip
    """Every criterion of a rule, and the overall outcome, for every unit of a level.

    Parameters
    ----------
    estimates : Estimates
        With the measures of `exitline.stats.measure.chain.chain_measures`.
    rule : ExitRule
    units : Units
    facts : Facts
        For criteria that are conditions on the unit's own row.
    census : bool
        Whether the data are a census.
    below : Decisions, optional
        Decisions on villages, for criteria on the share of villages.
    modelled : mapping of criterion to ModelShares, optional
        Figures of models, for criteria that they decide.

    Returns
    -------
    Decisions
    """
    blocks = {b.measure: b for b in estimates.blocks if b.by == units.by}
    overall_deff = {b.measure: b.effect for b in estimates.blocks if b.by == ""}
    models = modelled or {}
    asked = CriteriaAsked(rule, units, facts, census, below, blocks, overall_deff, models)
    result, decisive = Decisions(), []
    for criterion in rule.criteria:
        by_model = criterion.name in models
        part, outcome = (_of_model if by_model else DECIDE[criterion.kind])(criterion, asked)
        result = result + part
        if criterion.veto:
            decisive.append((criterion, outcome))
    evidence = "model" if any(criterion.name in models for criterion, _ in decisive) else ""
    result = result + _overall(rule, units, decisive, blocks, evidence)
    codes = {"county": dict(zip(units.parents, units.parent_codes, strict=True))}
    codes[units.level] = dict(zip(units.names, units.codes, strict=True))
    return replace(result, codes=codes)


@dataclass(frozen=True)
class CriteriaAsked:
    """What criteria of one level are decided by: a rule, its units, and all that is known."""

    rule: ExitRule
    units: Units
    facts: Facts
    census: bool
    below: Decisions | None
    blocks: Mapping[str, Block]
    overall_deff: Mapping[str, Floats | None]
    modelled: Mapping[str, ModelShares]


@dataclass(frozen=True)
class ModelShares:
    """A model's figures of units, by the code that the data write: estimate, root of the mean
    squared error."""

    figures: Mapping[str, tuple[float, float]]


def _of_model(criterion: Criterion, asked: CriteriaAsked) -> tuple[Decisions, Texts]:
    """A share that a model tells, with its mean squared error."""
    units, some = asked.units, next(iter(asked.blocks.values()))
    unknown = (float("nan"), float("nan"))
    shares = asked.modelled[criterion.name].figures
    found = np.array([shares.get(written(code) or "", unknown) for code in units.codes])
    estimate, rmse = found[:, 0], found[:, 1]
    none = np.zeros(len(units))
    evidence = Evidence(
        "model", estimate, estimate, rmse, none + np.inf, some.n.astype(np.float64),
        _households(asked.blocks, some), none,
    )  # fmt: skip
    return _decide_share(criterion, asked.rule, units, evidence)


def _of_share(criterion: Criterion, asked: CriteriaAsked) -> tuple[Decisions, Texts]:
    """A share of persons or households, from the estimates."""
    evidence = _share_evidence(
        asked.blocks, asked.overall_deff, criterion, asked.rule.level, asked.census
    )
    return _decide_share(criterion, asked.rule, asked.units, evidence)


def _of_condition(criterion: Criterion, asked: CriteriaAsked) -> tuple[Decisions, Texts]:
    """A condition on the unit's own row."""
    return _decide_condition(criterion, asked.units, asked.facts)


def _of_villages(criterion: Criterion, asked: CriteriaAsked) -> tuple[Decisions, Texts]:
    """The share of a county's villages that have exited."""
    if asked.below is None:
        return _undecided(criterion, asked.units, say("no villages were named in the study"))
    evidence = _village_evidence(asked.below, asked.units)
    return _decide_share(criterion, asked.rule, asked.units, evidence, "villages")


def _of_assessment(criterion: Criterion, asked: CriteriaAsked) -> tuple[Decisions, Texts]:
    """A rate that only an assessment finds."""
    given, see = say("no assessment sample was given"), say("see `exitline assess`")
    return _undecided(criterion, asked.units, f"{given}; {see}")


DECIDE: dict[str, Callable[[Criterion, CriteriaAsked], tuple[Decisions, Texts]]] = {
    "share": _of_share,
    "condition": _of_condition,
    "villages": _of_villages,
    "assessment": _of_assessment,
}
"""What decides each kind of criterion (`exitline.rules.standard.criteria.CRITERIA`)."""


def _share_evidence(
    blocks: Mapping[str, Block], overall: Mapping[str, Floats | None], criterion: Criterion,
    level: str, census: bool,
) -> Evidence:  # fmt: skip
    """Evidence on a share from its low, high and missing measures."""
    key = f"{level}_{criterion.name}"
    low, high, gap = (blocks[f"{part}_{key}"] for part in ("low", "high", "gap"))
    wide = np.fmax(low.se, high.se)  # the one that is there, where the other is missing
    deff = overall.get(f"low_{key}")
    return Evidence(
        kind="full count" if census else "sample",
        low=low.estimate,
        high=high.estimate,
        se=wide,
        df=low.df,
        n=low.n.astype(np.float64),
        population=_households(blocks, low),
        missing=gap.estimate,
        deff=float(deff[0]) if deff is not None and deff[0] >= 1 else 1.0,
        spread=None if census else _spread(low, high),
    )


def _spread(low: Block, high: Block) -> Spread:
    """Clusters with cases where all that is missing is one, those without where none is."""
    most, least = spread_of(high), spread_of(low)
    return replace(most, without_cases=least.without_cases, skew_lower=least.skew_lower)


def _households(blocks: Mapping[str, Block], default: Block) -> Floats:
    """Households in each unit, from any measure that counts households."""
    for block in blocks.values():
        if block.measure.startswith("gap_"):
            return block.population
    return default.population


def _village_evidence(below: Decisions, units: Units) -> Evidence:
    """Share of a county's villages that exited, exact over the villages decided."""
    table = below.columns
    index = {name: i for i, name in enumerate(units.names)}
    tally = {o: np.zeros(len(units)) for o in (d.MET, d.NOT_MET, d.CANNOT_TELL)}
    for level, parent, criterion, outcome in zip(
        table["level"], table["parent"], table["criterion"], table["outcome"], strict=True
    ):
        if level == "village" and not criterion and parent in index:
            tally[outcome][index[parent]] += 1
    total = sum(tally.values(), np.zeros(len(units)))
    with np.errstate(invalid="ignore"):
        low = tally[d.MET] / total
        high = (tally[d.MET] + tally[d.CANNOT_TELL]) / total
    none = np.zeros(len(units))
    return Evidence("full count", low, high, none, none, total, total, tally[d.CANNOT_TELL])


def _thresholds(criterion: Criterion, units: Units) -> Floats:
    """Each unit's threshold, by the code or name of its area class; NaN where it has none."""
    values = {key: figure.value for key, figure in criterion.thresholds.items()}
    default = values.get(EVERYWHERE, float("nan"))
    classes = zip(units.class_codes, units.classes, strict=True)
    return np.array([values.get(code, values.get(name, default)) for code, name in classes])


def _decide_share(
    criterion: Criterion,
    rule: ExitRule,
    units: Units,
    evidence: Evidence,
    counted: str = "households",
) -> tuple[Decisions, Texts]:
    """A share checked against its threshold in every unit."""
    assert criterion.comparison is not None
    threshold = _thresholds(criterion, units)
    verdicts = d.judge(evidence, threshold, criterion.comparison, rule.confidence, rule.rule)
    verdicts = replace(
        verdicts, outcome=np.where(np.isnan(threshold), d.CANNOT_TELL, verdicts.outcome)
    )
    wording = Wording(criterion.label, criterion.comparison, rule.confidence, rule.rule, counted)
    said = reasons(evidence, verdicts, threshold.tolist(), wording)
    if criterion.evidence == "full count" and evidence.kind == "sample":
        verdicts = replace(verdicts, outcome=np.full(len(units), d.CANNOT_TELL))
        asks = say("the standard asks for a full count")
        said = [f"{asks}; {text}" for text in said]
    rows = rows_of(
        units.level, units.names, units.parents, criterion=criterion.name,
        outcome=verdicts.outcome, value=verdicts.value, low=verdicts.low, high=verdicts.high,
        threshold=threshold, comparison=criterion.comparison,
        confidence=float("nan") if evidence.kind == "full count" else rule.confidence,
        evidence=evidence.kind, n=evidence.n, population=evidence.population,
        needed=verdicts.needed, error_probability=verdicts.error_probability, reason=said,
    )  # fmt: skip
    return rows, verdicts.outcome


def _decide_condition(criterion: Criterion, units: Units, facts: Facts) -> tuple[Decisions, Texts]:
    """A condition on the unit's own row: true is met, false is not, missing cannot tell."""
    words = {True: d.MET, False: d.NOT_MET, None: d.CANNOT_TELL}
    found = {
        True: say("yes"),
        False: say("no"),
        None: say("no evidence was given for this criterion"),
    }
    said = {state: f"{criterion.label}: {text}" for state, text in found.items()}
    states = facts.of(criterion.name, units)
    outcome = np.array([words[s] for s in states], dtype=np.str_)
    evidence = ["none" if s is None else "full count" for s in states]
    return _plain_rows(criterion, units, outcome, evidence, [said[s] for s in states]), outcome


def _undecided(criterion: Criterion, units: Units, why: str) -> tuple[Decisions, Texts]:
    """A criterion for which the study has no data: never counted as met."""
    outcome = np.full(len(units), d.CANNOT_TELL)
    said = [f"{criterion.label}: {why}"] * len(units)
    return _plain_rows(criterion, units, outcome, ["none"] * len(units), said), outcome


def _plain_rows(
    criterion: Criterion, units: Units, outcome: Texts, evidence: list[str], said: list[str]
) -> Decisions:
    """Rows of a criterion without a share; a threshold is shown where there is one."""
    nan = float("nan")
    return rows_of(
        units.level, units.names, units.parents, criterion=criterion.name, outcome=outcome,
        value=nan, low=nan, high=nan, threshold=_thresholds(criterion, units),
        comparison=criterion.comparison or "", confidence=nan, evidence=evidence, n=nan,
        population=nan, needed=nan, error_probability=nan, reason=said,
    )  # fmt: skip


def _overall(
    rule: ExitRule, units: Units, decisive: list[tuple[Criterion, Texts]],
    blocks: Mapping[str, Block], evidence: str,
) -> Decisions:  # fmt: skip
    """The overall outcome of every unit, naming the criteria that decide it."""
    outcome = d.overall([o for _, o in decisive])
    said = [_why(i, str(outcome[i]), decisive) for i in range(len(units))]
    nan = float("nan")
    some = next(iter(blocks.values()), None)
    return rows_of(
        units.level, units.names, units.parents, criterion="", outcome=outcome, value=nan, low=nan,
        high=nan, threshold=nan, comparison="", confidence=rule.confidence,
        evidence=evidence,
        n=some.n.astype(np.float64) if some is not None else nan,
        population=_households(blocks, some) if some is not None else nan,
        needed=nan, error_probability=nan, reason=said,
    )  # fmt: skip


def _why(i: int, outcome: str, decisive: list[tuple[Criterion, Texts]]) -> str:
    """The criteria behind an overall outcome."""
    if outcome == d.MET:
        if len(decisive) > 1:
            return say("all {n} criteria are met", n=len(decisive))
        met = say("met")
        return f"{decisive[0][0].label}: {met}"
    named = "; ".join(c.label for c, o in decisive if o[i] == outcome)
    head = say("not met") if outcome == d.NOT_MET else say("cannot tell yet")
    return f"{head}: {named}"
