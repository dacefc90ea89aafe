"""The rules of a procedure: its own criteria, or those of the standard it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import RuleFileError
from exitline.exits.register.procedures.rule import Rule, RuleCriterion, RuleIndicator

if TYPE_CHECKING:
    from exitline.rules.condition import Condition
    from exitline.rules.standard.model import ExitRule, Standard
    from exitline.rules.yamlfile.tree import Tree

_FROM_STANDARD = ("household exits", "household poor")


def read_rules(tree: Tree | None, standard: Tree, path: Path) -> dict[str, Rule]:
    """The rules of a procedure file.

    Parameters
    ----------
    tree : Tree or None
        The section 'rules'.
    standard : Tree
        The key that names the standard: a shipped name, or a path beside the file.
    path : Path
        The procedure file.

    Returns
    -------
    dict from name to Rule

    Raises
    ------
    ProcedureError, RuleFileError, ConditionError
    """
    if tree is None:
        return {}
    from exitline.rules.standard import load

    beside = path.parent / standard.text()
    try:
        source = load(beside if beside.is_file() else standard.text())
    except RuleFileError as reason:
        reason.where = reason.where or standard.where
        raise
    return {name: _rule(name, below, source) for name, below in tree.items()}


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


def _rule(name: str, tree: Tree, standard: Standard) -> Rule:
    """One rule of the section."""
    found = tree.fields(("standard", "label", "score_at_least", "criteria"))
    if ("standard" in found) == ("criteria" in found):
        raise tree.fault(
            "a rule is taken from the standard or has criteria of its own",
            expected="standard: household exits, or criteria: ...",
            remedy="write one of the two",
        )
    if "standard" in found:
        return _taken(name, found["standard"], standard)
    names = _poor(standard)
    criteria = tuple(_criterion(n, below) for n, below in found["criteria"].items())
    for criterion, (_, below) in zip(criteria, found["criteria"].items(), strict=True):
        _check_lines(criterion.condition, below, standard)
    score = found["score_at_least"].number() if "score_at_least" in found else None
    confidence = standard.household.confidence if standard.household else 0.95
    return _with_standard(name, criteria, score, confidence, names, standard)


def _taken(name: str, tree: Tree, standard: Standard) -> Rule:
    """A rule of the standard."""
    which = tree.choice(_FROM_STANDARD)
    household = standard.household
    if household is None or (which == "household poor" and household.poor is None):
        raise tree.fault(
            f"the standard {standard.name} has no such rule",
            expected="a standard with a household rule",
            got=which,
            remedy="name another standard, or declare criteria here",
        )
    if which == "household exits":
        return exit_rule(name, household, standard)
    assert household.poor is not None
    criterion = RuleCriterion("poor", "poor under the standard", household.poor)
    return _with_standard(name, (criterion,), None, household.confidence, {}, standard)


def _criterion(name: str, tree: Tree) -> RuleCriterion:
    from exitline.rules.condition import parse

    found = tree.fields(("met", "label", "required", "weight", "source", "verified"), ("met",))
    return RuleCriterion(
        name=name,
        label=found["label"].text() if "label" in found else name,
        condition=parse(found["met"].text(), where=found["met"].where),
        required=found["required"].truth() if "required" in found else True,
        weight=found["weight"].number() if "weight" in found else 1.0,
        source=found["source"].text() if "source" in found else "",
        verified=found["verified"].truth() if "verified" in found else True,
    )


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
