"""What may stand in a procedure file: every key declared once, with its meaning."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WithJsonSchema

from exitline.exits.register.procedures.procedure import UNITS, Outcome, UnitKind
from exitline.rules.yamlfile.declared import (
    LIST,
    NAMED,
    Date,
    Number,
    Prose,
    Record,
    Text,
    Texts,
    Truth,
    choice,
    within,
)
from exitline.rules.yamlfile.tree import Tree
from exitline.words.said import together

_WHOLE = {"type": "integer", "minimum": 0}
Days = Annotated[int, within(Tree.integer, lambda x: x >= 0, "a number of days, 0 or more"),
                 WithJsonSchema(_WHOLE)]  # fmt: skip
Every = Annotated[int, within(Tree.integer, lambda x: x >= 1, "a number of days, 1 or more"),
                  WithJsonSchema(_WHOLE)]  # fmt: skip
Many = Annotated[int, within(Tree.integer, lambda x: x >= 1, "a number of checks, 1 or more"),
                 WithJsonSchema(_WHOLE)]  # fmt: skip


class ReadAt(Record):
    """What was read somewhere: the source's key, and whether it was read there."""

    source: Text = ""
    verified: Truth = True


class ValidKeys(Record):
    """The days on which steps may be dated."""

    first: Date = Field(alias="from")
    last: Date | None = Field(None, alias="to")


class StateKeys(Record):
    """Where a household can stand."""

    label: Text
    listed: Truth = Field(False, description="it counts as registered poor in this state")
    categories: Texts = Field((), description="kinds, one of which an event into it must name")
    watched: Truth = Field(False, description="monitoring checks must be declared for it")


class DocumentKeys(Record):
    """A kind of paper."""

    label: Text
    never_shows: Texts = Field(
        (), description="fields that must not stand on it: then those it does show must be listed"
    )


class ProcedureSourceKeys(Record):
    """Where something was read."""

    title: Prose
    publisher: Prose | None = None
    date: Text | None = None
    url: Text | None = None

    @property
    def words(self) -> str:
        """The reference in one line."""
        parts = (self.title, self.publisher, self.date, self.url)
        return together(*(part for part in parts if part), sign=", ")


class WaitingKeys(Record):
    """Days that must have passed after another step of the case."""

    step: Text = Field(alias="after")
    days: Days


class ChecksKeys(Record):
    """How many of the latest monitoring checks in this state must all have been met."""

    step: Text
    met: Many


class StepKeys(ReadAt):
    """One step."""

    label: Text | None = None
    start: Texts = Field(
        alias="from", description="states; `new` is a household that is not in the log (required)"
    )
    to: Text | None = Field(None, description="the state after it; without it the state stays")
    by: Texts = Field(description="roles that may take it (required)")
    documents: Texts = Field((), description="kinds of paper that must be attached")
    assesses: Text | None = Field(
        None, description="the rule by which evidence is decided in this step"
    )
    approves: Text | None = Field(None, description="the assessing step whose decision it confirms")
    outcome: Annotated[Outcome, *choice("met", "not met")] | None = Field(
        None, description="what that decision must be: `met` or `not met`"
    )
    independent_of: Texts = Field((), description="steps whose person must be another")
    outside: Text | None = Field(
        None,
        description="a level of area: in a register, nobody who has another role in the "
        "household's own one may take the step (`outside: township`)",
    )
    case: Text | None = Field(None, description="the case that must be open")
    begins: Text | None = Field(None, description="the case that it opens")
    ends: Texts = Field((), description="cases that it closes")
    needs: Texts = Field((), description="steps that must have been taken since the case began")
    blocked_by: Texts = Field((), description="cases that must not be open")
    waits: Annotated[tuple[WaitingKeys, ...], LIST] = Field(
        (), description="`{after: step, days: n}`: days that must have passed in the case"
    )
    checks: ChecksKeys | None = Field(
        None, description="`{step: ..., met: n}`: monitoring checks that must have been met"
    )
    once: Truth = Field(False, description="at most once in a case")
    reason: Truth = Field(False, description="a reason in words is required")


class ClockKeys(ReadAt):
    """A deadline: days from the beginning of a case until one of the steps named."""

    case: Text
    until: Texts
    days: Days
    role: Text


class MonitoringKeys(ReadAt):
    """Dated checks that fall due while a household is in a state."""

    states: Texts = Field(alias="while")
    step: Text
    first_days: Days
    every_days: Every
    role: Text


class RuleCriterionKeys(ReadAt):
    """One criterion of a rule."""

    met: Text = Field(description="a condition over evidence (required)")
    label: Text | None = None
    required: Truth = Field(True, description="the rule cannot be met unless this criterion is")
    weight: Number = Field(1.0, description="in the score")


class RuleKeys(Record):
    """A rule of the standard, or one with criteria of its own."""

    standard: Annotated[str, *choice("household exits", "household poor")] | None = Field(
        None, description="`household exits` or `household poor`: as the standard has it; or"
    )
    label: Text | None = None
    score_at_least: Number | None = Field(
        None, description="share of the weight; without it every criterion must be met"
    )
    criteria: Annotated[dict[str, RuleCriterionKeys], NAMED] | None = None

    def check(self) -> None:
        if (self.standard is None) == (self.criteria is None):
            raise self.tree.fault(
                "a rule is taken from the standard or has criteria of its own",
                expected="standard: household exits, or criteria: ...",
                remedy="write one of the two",
            )


class ProcedureFile(Record):
    """A procedure: states, steps, cases, clocks and monitoring checks."""

    procedure: Text
    title: Text
    jurisdiction: Text
    standard: Text = Field(description="whose lines and rules decide (required)")
    unit: Annotated[UnitKind, *choice(*UNITS)] = Field(
        "household",
        description="what goes through the states: `household`, `village`, `work` or `asset`",
    )
    valid: ValidKeys
    sources: Annotated[dict[str, ProcedureSourceKeys], NAMED] = Field(default_factory=dict)
    notes: Annotated[tuple[Prose, ...], LIST] = ()
    states: Annotated[dict[str, StateKeys], NAMED]
    roles: Annotated[dict[str, Text], NAMED]
    cards_by: Texts = Field(
        (), description="roles that may write cards, members and help; every role when left out"
    )
    documents: Annotated[dict[str, DocumentKeys], NAMED] = Field(default_factory=dict)
    rules: Annotated[dict[str, RuleKeys], NAMED] = Field(default_factory=dict)
    steps: Annotated[dict[str, StepKeys], NAMED]
    clocks: Annotated[dict[str, ClockKeys], NAMED] = Field(default_factory=dict)
    monitoring: Annotated[dict[str, MonitoringKeys], NAMED] = Field(default_factory=dict)
