"""Whether this person may take a step, and whether decision and checks carry it."""

from __future__ import annotations

from exitline.exits.register.errors import (
    EvidenceError,
    IllegalTransitionError,
    IndependenceError,
)
from exitline.exits.register.steps.request import StepRequest


def person_is_independent(request: StepRequest) -> None:
    """Refuse a person who took a step that this one has to be independent of."""
    step = request.step
    others = step.independent_of + ((step.approves,) if step.approves else ())
    for name in others:
        earlier = request.history.last(name, case=request.case)
        if earlier is not None and _same(earlier.actor, request.draft.actor):
            raise request.refused(
                IndependenceError,
                f"the person who took '{name}' may not take this step",
                expected=f"another person than the one who took '{name}'",
                got="the same person",
                remedy="let somebody else review what was assessed",
            )


def decision_carries(request: StepRequest) -> None:
    """Refuse a step whose evidence or decision does not have the outcome it needs."""
    step, decision = request.step, request.decision
    if decision is None and step.assesses is not None:
        raise request.refused(
            EvidenceError,
            "the step needs evidence, and none was given",
            expected=f"the columns that the rule '{step.assesses}' asks for",
            got="nothing",
            remedy="give the evidence; the outcome is derived from it",
        )
    if step.assesses is None and request.draft.evidence is not None:
        raise request.refused(
            EvidenceError,
            "the step takes no evidence",
            expected="no evidence",
            got="evidence",
            remedy="give the evidence with the step that assesses it",
        )
    if step.approves is not None:
        earlier = request.history.last(step.approves, case=request.case)
        if earlier is None or earlier.decision is None:
            raise request.refused(
                IllegalTransitionError,
                "there is no decision to approve",
                expected=f"'{step.approves}' with a decision, in this case",
                got="none",
                remedy=f"record '{step.approves}' first",
            )
        decision = earlier.decision
    if step.outcome is not None and decision is not None and decision.outcome != step.outcome:
        raise request.refused(
            EvidenceError,
            "the decision does not carry the step",
            expected=f"{step.outcome}",
            got=f"{decision.outcome} ({decision.reason})",
            remedy="complete the evidence, or take the step that fits the outcome",
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
            "the monitoring checks do not carry the step",
            expected=f"the latest {checks.met} of '{checks.step}' in this state, all met",
            got=f"{met} met of the latest {len(latest)}",
            remedy="record the checks that are due; a date alone ends no monitoring",
        )


def _same(one: str, other: str) -> bool:
    """Whether two ids name one person, spaces and case aside."""
    return one.strip().casefold() == other.strip().casefold()
