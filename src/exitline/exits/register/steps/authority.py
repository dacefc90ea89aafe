"""Whether this person may take a step, and whether decision and checks carry it."""

from __future__ import annotations

from exitline.exits.register.errors import (
    EvidenceError,
    IllegalTransitionError,
    IndependenceError,
)
from exitline.exits.register.steps.request import StepRequest
from exitline.words.said import say


def person_is_independent(request: StepRequest) -> None:
    """Refuse a person who took a step that this one has to be independent of."""
    step = request.step
    others = step.independent_of + ((step.approves,) if step.approves else ())
    for name in others:
        earlier = request.history.last(name, case=request.case)
        if earlier is not None and _same(earlier.actor, request.draft.actor):
            raise request.refused(
                IndependenceError,
                say("the person who took '{step}' may not take this step", step=name),
                expected=say("another person than the one who took '{step}'", step=name),
                got=say("the same person"),
                remedy=say("let somebody else review what was assessed"),
            )


def decision_carries(request: StepRequest) -> None:
    """Refuse a step whose evidence or decision does not have the outcome it needs."""
    step, decision = request.step, request.decision
    if decision is None and step.assesses is not None:
        raise request.refused(
            EvidenceError,
            say("the step needs evidence, and none was given"),
            expected=f"the columns that the rule '{step.assesses}' asks for",
            got=say("nothing"),
            remedy=say("give the evidence; the outcome is derived from it"),
        )
    if step.assesses is None and request.draft.evidence is not None:
        raise request.refused(
            EvidenceError,
            say("the step takes no evidence"),
            expected=say("no evidence"),
            got=say("evidence"),
            remedy=say("give the evidence with the step that assesses it"),
        )
    if step.approves is not None:
        earlier = request.history.last(step.approves, case=request.case)
        if earlier is None or earlier.decision is None:
            raise request.refused(
                IllegalTransitionError,
                say("there is no decision to approve"),
                expected=say("'{step}' with a decision, in this case", step=step.approves),
                got=say("none"),
                remedy=say("record '{step}' first", step=step.approves),
            )
        decision = earlier.decision
    if step.outcome is not None and decision is not None and decision.outcome != step.outcome:
        raise request.refused(
            EvidenceError,
            say("the decision does not carry the step"),
            expected=f"{step.outcome}",
            got=f"{decision.outcome} ({decision.reason})",
            remedy=say("complete the evidence, or take the step that fits the outcome"),
        )


def checks_carry(request: StepRequest) -> None:
    """Refuse a step before the latest monitoring checks were met."""
    checks = request.step.checks
    if checks is None:
        return
    since = request.history.standing().event
    taken = [e for e in request.history.events if e.number >= since and e.step == checks.step]
    latest = taken[-checks.met :]
    met = sum(1 for e in latest if e.decision is not None and e.decision.outcome == "met")
    if met < checks.met:
        raise request.refused(
            EvidenceError,
            say("the monitoring checks do not carry the step"),
            expected=f"the latest {checks.met} of '{checks.step}' in this state, all met",
            got=f"{met} met of the latest {len(latest)}",
            remedy=say("record the checks that are due; a date alone ends no monitoring"),
        )


def _same(one: str, other: str) -> bool:
    """Whether two ids name one person, spaces and case aside."""
    return one.strip().casefold() == other.strip().casefold()
