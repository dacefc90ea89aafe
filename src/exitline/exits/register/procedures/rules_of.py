"""The rules of a procedure: its own criteria, or those of the standard it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import Faults, RuleFileError
from exitline.exits.register.procedures.rule import Rule, RuleCriterion, RuleIndicator

if TYPE_CHECKING:
    from exitline.exits.register.procedures.keys import ProcedureFile, RuleCriterionKeys, RuleKeys
    from exitline.rules.condition import Condition
    from exitline.rules.standard.model import ExitRule, Standard
    from exitline.rules.yamlfile.tree import Tree


def read_rules(file: ProcedureFile, path: Path) -> dict[str, Rule]:
    """The rules of a procedure file.

    Parameters
    ----------
    file : ProcedureFile
    path : Path
        Where it was read: its standard is a shipped name, or a path beside it.

    Returns
    -------
    dict from name to Rule

    Raises
    ------
    ProcedureError, RuleFileError, ConditionError
        The first fault; `others` holds the rest.
    """
    from exitline.rules.standard import load

    beside = path.parent / file.standard
    try:
        source = load(beside if beside.is_file() else file.standard)
    except RuleFileError as reason:
        reason.where = reason.where or file.at("standard").where
        raise
    faults = Faults()
    found = {}
    for name, keys in file.rules.items():
        with faults.kept():
            found[name] = _rule(name, keys, source)
    faults.raise_all()
    return found


def exit_rule(name: str, rule: ExitRule, standard: Standard) -> Rule:
    """A standard's rule for the exit of a household, as a rule over evidence.

    Parameters
    ----------
    name : str
    rule : ExitRule
        Of level "household": conditions over the household's columns.
    standard : Standard

    Returns
    -------
    Rule
        Criteria with a veto are required; the others are recorded and do not decide.
    """
    criteria = tuple(
        RuleCriterion(
            c.name, c.label, c.condition, required=c.veto, source=c.source, verified=c.verified
        )
        for c in rule.criteria
        if c.condition is not None
    )
    required = sum(c.required for c in criteria)
    some = None if required == len(criteria) else max(required, 1) / len(criteria)
    names = {} if rule.poor is None else {"poor": rule.poor}
    return _with_standard(name, criteria, some, rule.confidence, names, standard)


def _rule(name: str, keys: RuleKeys, standard: Standard) -> Rule:
    """One rule of the section."""
    if keys.criteria is None:
        return _taken(name, keys, standard)
    criteria = tuple(_criterion(n, one) for n, one in keys.criteria.items())
    for criterion, one in zip(criteria, keys.criteria.values(), strict=True):
        _check_lines(criterion.condition, one.tree, standard)
    confidence = standard.household.confidence if standard.household else 0.95
    score = keys.score_at_least
    return _with_standard(name, criteria, score, confidence, _poor(standard), standard)


def _taken(name: str, keys: RuleKeys, standard: Standard) -> Rule:
    """A rule of the standard."""
    household = standard.household
    poor = None if household is None else household.poor
    if household is not None and keys.standard == "household exits":
        return exit_rule(name, household, standard)
    if household is None or poor is None:
        raise keys.at("standard").fault(
            f"the standard {standard.name} has no such rule",
            expected="a standard with a household rule",
            got=str(keys.standard),
            remedy="name another standard, or declare criteria here",
        )
    criterion = RuleCriterion("poor", "poor under the standard", poor)
    return _with_standard(name, (criterion,), None, household.confidence, {}, standard)


def _criterion(name: str, keys: RuleCriterionKeys) -> RuleCriterion:
    from exitline.rules.condition import parse

    given = {**keys.given, "label": keys.label or name}
    condition = parse(given.pop("met"), where=keys.at("met").where)
    return RuleCriterion(name, condition=condition, **given)


def _check_lines(condition: Condition, tree: Tree, standard: Standard) -> None:
    """Refuse a line or an indicator that the standard does not hold."""
    held: dict[str, tuple[Iterable[str], Mapping[str, Any]]] = {
        "line": (condition.lines, standard.lines),
        "indicator": (condition.indicators, standard.indicators),
    }
    for kind, (used, known) in held.items():
        missing = sorted(set(used) - set(known))
        if missing:
            raise tree.fault(
                f"the standard {standard.name} has no {kind} '{missing[0]}'",
                expected="one of " + (", ".join(known) or "(none)"),
                got=repr(missing[0]),
                remedy=f"use a {kind} of the standard",
            )


def _poor(standard: Standard) -> dict[str, Condition]:
    """The name `poor`, where the standard says who is."""
    household = standard.household
    return {} if household is None or household.poor is None else {"poor": household.poor}


def _with_standard(
    name: str,
    criteria: tuple[RuleCriterion, ...],
    score: float | None,
    confidence: float,
    names: Mapping[str, Condition],
    standard: Standard,
) -> Rule:
    """A rule with those names and indicators of the standard that it uses, and no others."""
    used = {n: c for n, c in names.items() if any(n in k.condition.columns for k in criteria)}
    conditions = [*(c.condition for c in criteria), *used.values()]
    scored = any(c.uses_score or c.uses_count for c in conditions)
    indicators = {
        n: RuleIndicator(i.deprived, i.missing, None if i.weight is None else float(i.weight))
        for n, i in standard.indicators.items()
        if scored or any(n in c.indicators for c in conditions)
    }
    return Rule(
        name=name,
        label=name,
        criteria=criteria,
        score_at_least=score,
        confidence=confidence,
        standard=standard.name,
        standard_digest=standard.digest,
        names=used,
        indicators=indicators,
        lines=standard.lines,
    )
