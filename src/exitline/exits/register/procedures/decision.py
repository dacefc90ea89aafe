"""The record of one household's decision: the rule, the values it saw, what followed.

A record holds everything the outcome depends on, so that it can be derived again years
later without the rule file. It cannot be made with an outcome or a score that does not
follow from its criteria.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from sys import intern
from typing import Any

from exitline.digest import digest_of
from exitline.errors import nearest
from exitline.exits.register.errors import EvidenceError
from exitline.exits.register.procedures.rule import Outcome, Rule, Weighed, judge

Scalar = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class CriterionRecord:
    """One criterion as it was applied.

    Parameters
    ----------
    name, condition : str
        The condition's text at the time.
    required : bool
    weight : float
    met : bool or None
        What the condition gave; None where it could not tell.
    absent : tuple of str
        Columns of the condition that the evidence left out. A criterion with any of
        them is never met.
    """

    name: str
    condition: str
    required: bool
    weight: float
    met: bool | None
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A household's decision under one rule.

    Parameters
    ----------
    rule, rule_digest : str
    standard, standard_digest : str
    confidence : float
    score_at_least : float or None
    criteria : tuple of CriterionRecord
    values : mapping from column to value
        The evidence the conditions saw.
    lines : mapping from line to its figure
        Poverty lines the conditions referred to, in the standard's unit.
    outcome : {"met", "not met", "cannot tell"}
    score_low, score_high : float
    reason : str
    unverified : tuple of str
        Lines whose figure was not read at its source.

    Raises
    ------
    EvidenceError
        When outcome or score do not follow from the criteria, or a criterion counts as
        met although its evidence was left out.
    """

    rule: str
    rule_digest: str
    standard: str
    standard_digest: str
    confidence: float
    score_at_least: float | None
    criteria: tuple[CriterionRecord, ...]
    values: Mapping[str, Scalar]
    lines: Mapping[str, float]
    outcome: Outcome
    score_low: float
    score_high: float
    reason: str
    unverified: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(c.met is not None and c.absent for c in self.criteria):
            raise _does_not_follow("a criterion is decided although its evidence was left out")
        weighed = tuple(Weighed(c.name, c.required, c.weight, c.met) for c in self.criteria)
        derived = judge(weighed, self.score_at_least)
        if derived.outcome != self.outcome:
            raise _does_not_follow("the outcome is not the one its criteria give")
        scores = ((derived.score_low, self.score_low), (derived.score_high, self.score_high))
        if not all(math.isclose(a, b, abs_tol=1e-12) for a, b in scores):
            raise _does_not_follow("the score is not the one its criteria give")

    @property
    def digest(self) -> str:
        """SHA-256 of the whole record."""
        return digest_of(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The record as JSON-like data."""
        return {
            "rule": self.rule,
            "rule_digest": self.rule_digest,
            "standard": self.standard,
            "standard_digest": self.standard_digest,
            "confidence": self.confidence,
            "score_at_least": self.score_at_least,
            "criteria": [
                {
                    "name": c.name,
                    "condition": c.condition,
                    "required": c.required,
                    "weight": c.weight,
                    "met": c.met,
                    "absent": list(c.absent),
                }
                for c in self.criteria
            ],
            "values": dict(self.values),
            "lines": dict(self.lines),
            "outcome": self.outcome,
            "score_low": self.score_low,
            "score_high": self.score_high,
            "reason": self.reason,
            "unverified": list(self.unverified),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DecisionRecord:
        """The record that `as_json` wrote; checked like a new one."""
        criteria = tuple(
            CriterionRecord(
                **{**c, "condition": intern(c["condition"]), "absent": tuple(c["absent"])}
            )
            for c in data["criteria"]
        )
        unverified = tuple(data["unverified"])
        return cls(**{**data, "criteria": criteria, "unverified": unverified})


def check_evidence(rule: Rule, evidence: Mapping[str, Scalar]) -> None:
    """Refuse evidence that no criterion asks for, and numbers that are none.

    A score, a "value" or an "is met" can therefore not be handed in: the rule has no
    such column, and what is not asked for is refused by name.

    Parameters
    ----------
    rule : Rule
    evidence : mapping from column to value

    Raises
    ------
    EvidenceError
    """
    known = columns_of(rule)
    for name, value in evidence.items():
        if name not in known:
            raise EvidenceError(
                f"the rule does not ask for '{name}'",
                where=f"rule {rule.name}",
                expected="columns among " + ", ".join(sorted(known)),
                got=repr(name),
                remedy=nearest(name, known)
                or "leave it out: scores and outcomes are derived from the columns named",
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise EvidenceError(
                f"'{name}' is not a finite number",
                where=f"rule {rule.name}",
                expected="a finite number, or nothing where it is not known",
                got=repr(value),
                remedy="leave the value out, or find it",
            )


def columns_of(rule: Rule) -> frozenset[str]:
    """Every column that some criterion of the rule refers to."""
    return frozenset().union(*(rule.columns(c) for c in rule.criteria))


def absent_columns(rule: Rule, evidence: Mapping[str, Scalar]) -> dict[str, tuple[str, ...]]:
    """For each criterion, the columns of its condition that the evidence left out."""
    return {
        c.name: tuple(sorted(column for column in rule.columns(c) if column not in evidence))
        for c in rule.criteria
    }


def record_decision(
    rule: Rule,
    evidence: Mapping[str, Scalar],
    met: Mapping[str, bool | None],
    *,
    lines: Mapping[str, float],
    unverified: tuple[str, ...] = (),
) -> DecisionRecord:
    """The record of a decision, with the outcome that follows from `met`.

    Parameters
    ----------
    rule : Rule
    evidence : mapping from column to value
    met : mapping from criterion to bool or None
        What each condition gave on this evidence. A criterion whose evidence was left
        out is not known, whatever stands here.
    lines : mapping from line to figure
    unverified : tuple of str
        Lines whose figure was not read at its source.

    Returns
    -------
    DecisionRecord

    Raises
    ------
    EvidenceError
        When the evidence does not fit the rule.
    """
    check_evidence(rule, evidence)
    absent = absent_columns(rule, evidence)
    criteria = tuple(
        CriterionRecord(
            name=c.name,
            condition=c.condition.text,
            required=c.required,
            weight=c.weight,
            met=None if absent[c.name] else met.get(c.name),
            absent=absent[c.name],
        )
        for c in rule.criteria
    )
    weighed = tuple(Weighed(c.name, c.required, c.weight, c.met) for c in criteria)
    judged = judge(weighed, rule.score_at_least)
    return DecisionRecord(
        rule=rule.name,
        rule_digest=rule.digest,
        standard=rule.standard,
        standard_digest=rule.standard_digest,
        confidence=rule.confidence,
        score_at_least=rule.score_at_least,
        criteria=criteria,
        values=dict(evidence),
        lines=dict(lines),
        outcome=judged.outcome,
        score_low=judged.score_low,
        score_high=judged.score_high,
        reason=judged.reason,
        unverified=unverified,
    )


def _does_not_follow(what: str) -> EvidenceError:
    return EvidenceError(
        what,
        where="decision record",
        expected="an outcome derived from the evidence by the rule",
        remedy="record the evidence; the outcome is derived from it",
    )
