"""A rule over a household's evidence, and the three-way outcome that follows from it.

Nothing here is typed in by a person: whether a criterion is met comes from its
condition, the score from the criteria, and the outcome from both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from exitline.digest import digest_of
from exitline.exits.register.errors import ProcedureError
from exitline.words.said import collected

if TYPE_CHECKING:
    from exitline.rules.condition import Condition
    from exitline.rules.standard.lines import Line, StandardFigure

Outcome = Literal["met", "not met", "cannot tell"]


@dataclass(frozen=True)
class RuleCriterion:
    """One criterion: a condition over evidence, whether it is required, and its weight.

    Parameters
    ----------
    name, label : str
    condition : Condition
        True where the criterion is met.
    required : bool
        The rule cannot be met unless this criterion is.
    weight : float
        Its weight in the score, above 0.
    source : str
    verified : bool
    """

    name: str
    label: str
    condition: Condition
    required: bool = True
    weight: float = 1.0
    source: str = ""
    verified: bool = True


@dataclass(frozen=True)
class RuleIndicator:
    """A deprivation that conditions refer to as deprived('name').

    Parameters
    ----------
    deprived : Condition
    missing : {"deprived", "not deprived", "excluded"}
        What a missing answer counts as, when the question was asked.
    weight : float or None
        Its share in score().
    """

    deprived: Condition
    missing: str
    weight: float | None


@dataclass(frozen=True)
class Rule:
    """Criteria, and the score that must be reached.

    Parameters
    ----------
    name, label : str
    criteria : tuple of RuleCriterion
        At least one.
    score_at_least : float or None
        Share of the total weight that must be met, in (0, 1]. None: every criterion
        must be met, whatever its weight.
    confidence : float
        The confidence at which the standard wants decisions asserted, stored with each
        decision. A household's evidence is not a sample, so it changes no outcome here.
    standard, standard_digest : str
        The standard from which lines (and perhaps the criteria) come.
    names : mapping from name to Condition
        What conditions may use as if it were a column ("poor").
    indicators : mapping from name to RuleIndicator
    lines : mapping from name to Line
        Where the figures of line('name') come from. No part of the digest: a decision
        stores the figures it took.

    Raises
    ------
    ProcedureError
        Without criteria, with a weight that is not above 0, or a score outside (0, 1].
    """

    name: str
    label: str
    criteria: tuple[RuleCriterion, ...]
    score_at_least: float | None = None
    confidence: float = 0.95
    standard: str = ""
    standard_digest: str = ""
    names: Mapping[str, Condition] = field(default_factory=dict)
    indicators: Mapping[str, RuleIndicator] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not self.criteria:
            raise _bad(self.name, "a rule without criteria", "at least one criterion", "none")
        for criterion in self.criteria:
            if not (math.isfinite(criterion.weight) and criterion.weight > 0):
                raise _bad(
                    f"{self.name}.{criterion.name}",
                    "a weight that cannot be used",
                    "a number above 0",
                    repr(criterion.weight),
                )
        if self.score_at_least is not None and not 0 < self.score_at_least <= 1:
            raise _bad(
                self.name,
                "a score that no household, or every household, would reach",
                "a share of the total weight, above 0 and at most 1",
                repr(self.score_at_least),
            )

    @property
    def content(self) -> dict[str, Any]:
        """All that an outcome depends on but evidence and lines, as JSON-like data."""
        return {
            "rule": self.name,
            "criteria": [
                {
                    "name": c.name,
                    "condition": c.condition.text,
                    "required": c.required,
                    "weight": c.weight,
                }
                for c in self.criteria
            ],
            "score_at_least": self.score_at_least,
            "confidence": self.confidence,
            "standard": self.standard,
            "standard_digest": self.standard_digest,
            "names": {name: condition.text for name, condition in self.names.items()},
            "indicators": {
                name: {"deprived": i.deprived.text, "missing": i.missing, "weight": i.weight}
                for name, i in self.indicators.items()
            },
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return digest_of(self.content)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Rule:
        """The rule whose `content` was kept, without its lines."""
        from exitline.rules.condition import parse

        criteria = tuple(
            RuleCriterion(c["name"], c["name"], parse(c["condition"]), c["required"], c["weight"])
            for c in content["criteria"]
        )
        indicators = {
            name: RuleIndicator(parse(i["deprived"]), i["missing"], i["weight"])
            for name, i in content["indicators"].items()
        }
        return cls(
            name=content["rule"],
            label=content["rule"],
            criteria=criteria,
            score_at_least=content["score_at_least"],
            confidence=content["confidence"],
            standard=content["standard"],
            standard_digest=content["standard_digest"],
            names={name: parse(text) for name, text in content["names"].items()},
            indicators=indicators,
        )

    def columns(self, criterion: RuleCriterion) -> frozenset[str]:
        """Every column the criterion turns on, through names, indicators and score()."""
        needed = set(self._pieces(criterion.condition, "columns"))
        return frozenset(needed - set(self.names))

    def needed_lines(self) -> frozenset[str]:
        """Every line that some criterion refers to."""
        found: set[str] = set()
        for criterion in self.criteria:
            found |= self._pieces(criterion.condition, "lines")
        return frozenset(found)

    def figures(self, on: date) -> dict[str, StandardFigure]:
        """The figures of the lines in force on a day.

        Raises
        ------
        RuleFileError
            When the standard holds no figure for that day.
        ProcedureError
            When it does not hold the line.
        """
        found = {}
        for name in sorted(self.needed_lines()):
            if name not in self.lines:
                raise _bad(
                    self.name,
                    f"a line that the standard does not hold: '{name}'",
                    "one of " + (", ".join(self.lines) or "(none)"),
                    repr(name),
                )
            found[name] = self.lines[name].figure(on)
        return found

    def _pieces(self, condition: Condition, what: str) -> set[str]:
        """Columns or lines of a condition and of all that it refers to."""
        found = set(getattr(condition, what))
        for name in condition.columns & set(self.names):
            found |= self._pieces(self.names[name], what)
        scored = condition.uses_score or condition.uses_count
        for name in self.indicators if scored else condition.indicators & set(self.indicators):
            found |= self._pieces(self.indicators[name].deprived, what)
        return found


@dataclass(frozen=True)
class Judgement:
    """What follows from the criteria: outcome, the score's bounds, and why.

    Parameters
    ----------
    outcome : {"met", "not met", "cannot tell"}
    score_low, score_high : float
        Share of the weight met, counting what is not known as not met, and as met.
    reason : str
    """

    outcome: Outcome
    score_low: float
    score_high: float
    reason: str


@dataclass(frozen=True)
class Weighed:
    """One criterion's part in a judgement: its weight, whether required, what was found.

    Parameters
    ----------
    name : str
    required : bool
    weight : float
    met : bool or None
        None where the evidence does not tell.
    """

    name: str
    required: bool
    weight: float
    met: bool | None


def weigh(rule: Rule, met: Mapping[str, bool | None]) -> tuple[Weighed, ...]:
    """Every criterion of a rule with what was found; one that was left out is not known.

    Parameters
    ----------
    rule : Rule
    met : mapping from criterion to bool or None

    Returns
    -------
    tuple of Weighed
        One for each criterion of the rule, in its order.
    """
    return tuple(Weighed(c.name, c.required, c.weight, met.get(c.name)) for c in rule.criteria)


def judge(weighed: tuple[Weighed, ...], score_at_least: float | None) -> Judgement:
    """The three-way outcome of weighed criteria.

    Met only if every required criterion is met and the score is reached even when all
    that is not known counts as not met. Not met if a required criterion is not met or
    the score is out of reach even when all that is not known counts as met.

    Parameters
    ----------
    weighed : tuple of Weighed
    score_at_least : float or None
        Share of the total weight; None asks for every criterion.

    Returns
    -------
    Judgement

    Examples
    --------
    >>> parts = (Weighed("income", True, 2.0, True), Weighed("savings", False, 1.0, None))
    >>> judge(parts, 0.6).outcome
    'met'
    >>> judge(parts, None).reason
    'not known: savings'
    """
    total = math.fsum(w.weight for w in weighed)
    low = math.fsum(w.weight for w in weighed if w.met) / total
    high = math.fsum(w.weight for w in weighed if w.met is not False) / total
    needed = [w for w in weighed if w.required or score_at_least is None]
    cut = 0.0 if score_at_least is None else score_at_least - 1e-12
    failed = [w.name for w in needed if w.met is False]
    unknown = [w.name for w in needed if w.met is None]
    if failed:
        return Judgement("not met", low, high, _FAILED.format(names=", ".join(failed)))
    if high < cut:
        return Judgement("not met", low, high, _score_text(high, score_at_least))
    if unknown:
        return Judgement("cannot tell", low, high, _UNKNOWN.format(names=", ".join(unknown)))
    if low < cut:
        open_ = [w.name for w in weighed if w.met is None]
        return Judgement("cannot tell", low, high, _TURNS_ON.format(names=", ".join(open_)))
    return Judgement("met", low, high, _ALL_MET)


_FAILED, _UNKNOWN = collected("not met: {names}"), collected("not known: {names}")
_TURNS_ON = collected("the score turns on: {names}")
_ALL_MET = collected("every required criterion is met")
_OUT_OF_REACH = collected("the score is at most {figure}, below {most}")
"""Reasons, as decisions keep them."""


def _score_text(high: float, score_at_least: float | None) -> str:
    return _OUT_OF_REACH.format(figure=f"{high:.3f}", most=score_at_least)


def _bad(where: str, what: str, expected: str, got: str) -> ProcedureError:
    return ProcedureError(
        what, where=f"rule {where}", expected=expected, got=got, remedy="correct the rule file"
    )
