"""Whether a step may be recorded now, for this household, by this person.

Each check is one function that raises its own error; `admit` runs them in the order in
which a clerk would ask: who is it, when was it, is it allowed from here, is everything
there, may this person do it, does the decision carry it. No message names a household.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from exitline.decide.lifecycle.decision import DecisionRecord
from exitline.decide.lifecycle.errors import (
    BackdatedError,
    EvidenceError,
    IllegalTransitionError,
    IncompleteStepError,
    IndependenceError,
    UnknownHouseholdError,
)
from exitline.decide.lifecycle.event import Draft, Event
from exitline.decide.lifecycle.history import History
from exitline.decide.lifecycle.procedure import Procedure, Step
from exitline.errors import nearest


@dataclass(frozen=True)
class Request:
    """A draft held against a household's history under a procedure.

    Parameters
    ----------
    draft : Draft
    history : History
        Of the draft's household; without events when it is not known.
    procedure : Procedure
    step : Step
        The procedure's step that the draft names.
    decision : DecisionRecord or None
        Derived from the draft's evidence, for steps that assess.
    recorded : date
        Today, for the log.
    where : str
        Where the draft stands in what was handed in, for messages.
    """

    draft: Draft
    history: History
    procedure: Procedure
    step: Step
    decision: DecisionRecord | None
    recorded: date
    where: str

    @property
    def case(self) -> str | None:
        """The case among whose events earlier steps are looked up."""
        return self.step.case

    @property
    def at(self) -> str:
        """Place and step, for messages."""
        return f"{self.where}, step '{self.step.name}'"


def admit(request: Request, number: int) -> Event:
    """The event that a request becomes, once nothing stands against it.

    Parameters
    ----------
    request : Request
    number : int
        Position of the event in the log.

    Returns
    -------
    Event

    Raises
    ------
    LifecycleError
        One of its kinds, by what stands against the event.
    """
    _household_is_known(request)
    _date_is_in_order(request)
    _state_allows(request)
    _cases_allow(request)
    _needed_steps_are_there(request)
    _waiting_is_over(request)
    _role_may(request)
    _documents_are_there(request)
    _words_are_there(request)
    _person_is_independent(request)
    _decision_carries(request)
    _checks_carry(request)
    return _event(request, number)


def _event(request: Request, number: int) -> Event:
    """The event with what it does to the household written out."""
    draft, step = request.draft, request.step
    before = request.history.standing()
    moved = step.to is not None and step.to != before.state
    category = draft.category if moved or draft.category else before.category
    state = step.to or before.state
    declared = request.procedure.states.get(state)
    return Event(
        number=number,
        household=draft.household,
        step=step.name,
        on=draft.on,
        recorded=request.recorded,
        state=state,
        category=category,
        listed=before.listed if declared is None else declared.listed,
        begins=step.begins or "",
        ends=tuple(c for c in step.ends if c in before.open_cases),
        actor=draft.actor.strip(),
        role=draft.role,
        procedure=request.procedure.name,
        procedure_digest=request.procedure.digest,
        documents=draft.documents,
        reason=draft.reason,
        decision=request.decision,
    )


def _household_is_known(request: Request) -> None:
    if request.history.events or request.step.is_entry:
        return
    entries = [s.name for s in request.procedure.steps.values() if s.is_entry]
    raise UnknownHouseholdError(
        "an event for a household that is not in the log",
        where=request.at,
        expected="a household brought in by: " + ", ".join(entries),
        got="a household id without any earlier event",
        remedy="correct the id, or record the entry step first",
    )


def _date_is_in_order(request: Request) -> None:
    draft, procedure = request.draft, request.procedure
    if not procedure.in_force(draft.on):
        until = procedure.valid_to.isoformat() if procedure.valid_to else "now"
        raise IllegalTransitionError(
            "the procedure was not in force on that day",
            where=request.at,
            expected=f"a day from {procedure.valid_from.isoformat()} to {until}",
            got=draft.on.isoformat(),
            remedy="use the procedure that was in force",
        )
    if draft.on > request.recorded:
        raise BackdatedError(
            "an event dated after the day on which it is recorded",
            where=request.at,
            expected=f"a day up to {request.recorded.isoformat()}",
            got=draft.on.isoformat(),
            remedy="record it when it has happened",
        )
    if request.history.events and draft.on < request.history.events[-1].on:
        raise BackdatedError(
            "a back-dated event: the household has a later one already",
            where=request.at,
            expected=f"a day from {request.history.events[-1].on.isoformat()} on",
            got=draft.on.isoformat(),
            remedy="record what is known today, with today's date, and give the reason",
        )


def _state_allows(request: Request) -> None:
    if not request.history.events:
        return
    state = request.history.standing().state
    if state not in request.step.start:
        allowed = [s.name for s in request.procedure.allowed_from(state)]
        raise IllegalTransitionError(
            f"a step that is not allowed from the state '{state}'",
            where=request.at,
            expected="a state among " + ", ".join(request.step.start),
            got=f"'{state}'",
            remedy="from here the procedure allows: " + (", ".join(allowed) or "nothing"),
        )


def _cases_allow(request: Request) -> None:
    open_, step = request.history.open_cases(), request.step
    if step.case is not None and step.case not in open_:
        raise IllegalTransitionError(
            f"there is no open case '{step.case}'",
            where=request.at,
            expected=f"a step that begins '{step.case}', not yet ended",
            got="open cases: " + (", ".join(open_) or "none"),
            remedy="record the step that begins the case first",
        )
    if step.begins is not None and step.begins in open_:
        raise IllegalTransitionError(
            f"the case '{step.begins}' is open already",
            where=request.at,
            expected="one case of a kind at a time",
            got=f"'{step.begins}' begun and not ended",
            remedy="finish the open case first",
        )
    blocking = [case for case in step.blocked_by if case in open_]
    if blocking:
        raise IllegalTransitionError(
            "an open case stands against the step: " + ", ".join(blocking),
            where=request.at,
            expected="no open " + " or ".join(step.blocked_by),
            got="open: " + ", ".join(blocking),
            remedy="settle it first",
        )


def _needed_steps_are_there(request: Request) -> None:
    step = request.step
    taken = {event.step for event in request.history.since_case(request.case)}
    missing = [name for name in step.needs if name not in taken]
    if missing:
        raise IllegalTransitionError(
            "a step that has to come first is missing: " + ", ".join(missing),
            where=request.at,
            expected="taken before, in this case: " + ", ".join(step.needs),
            got="missing: " + ", ".join(missing),
            remedy="record the missing step first",
        )
    if step.once and step.name in taken:
        raise IllegalTransitionError(
            "the step is taken once in a case, and it has been",
            where=request.at,
            expected="once",
            got="a second time",
            remedy="go on with the next step",
        )


def _waiting_is_over(request: Request) -> None:
    for waiting in request.step.waits:
        earlier = request.history.last(waiting.step, case=request.case)
        if earlier is None:
            raise IllegalTransitionError(
                f"'{waiting.step}' has to come first",
                where=request.at,
                expected=f"'{waiting.step}' at least {waiting.days} days before",
                got="not taken in this case",
                remedy=f"record '{waiting.step}' first",
            )
        earliest = earlier.on + timedelta(days=waiting.days)
        if request.draft.on < earliest:
            raise IncompleteStepError(
                f"the {waiting.days} days after '{waiting.step}' have not passed",
                where=request.at,
                expected=f"a day from {earliest.isoformat()} on",
                got=request.draft.on.isoformat(),
                remedy="wait until then",
            )


def _role_may(request: Request) -> None:
    step, role = request.step, request.draft.role
    if role not in step.by:
        raise IncompleteStepError(
            "a role that may not take the step",
            where=request.at,
            expected="one of " + ", ".join(step.by),
            got=repr(role),
            remedy=nearest(role, step.by) or "let the role take it that the procedure names",
        )


def _documents_are_there(request: Request) -> None:
    step, attached = request.step, request.draft.documents
    kinds = {document.kind for document in attached}
    unknown = sorted(kinds - set(request.procedure.documents))
    missing = [kind for kind in step.documents if kind not in kinds]
    if unknown or missing:
        raise IncompleteStepError(
            "the documents are not the ones the step needs",
            where=request.at,
            expected=", ".join(step.documents) or "no document",
            got=", ".join(sorted(kinds)) or "none",
            remedy="; ".join(
                [f"attach '{kind}'" for kind in missing]
                + [
                    nearest(kind, request.procedure.documents) or f"'{kind}' is not declared"
                    for kind in unknown
                ]
            ),
        )
    for document in attached:
        never = request.procedure.documents[document.kind].never_shows
        shown = [name for name in document.shows if name.strip().casefold() in never]
        if never and (shown or not document.shows):
            raise IncompleteStepError(
                f"the document '{document.kind}' shows what it may not, or does not say",
                where=request.at,
                expected="the fields it shows, without " + ", ".join(never),
                got=", ".join(shown) or "no list of fields",
                remedy="list the fields the document shows, and take these away",
            )


def _words_are_there(request: Request) -> None:
    step, draft = request.step, request.draft
    if not draft.actor.strip():
        raise IncompleteStepError(
            "nobody is named as having taken the step",
            where=request.at,
            expected="the id of a person",
            got="nothing",
            remedy="name who took the step",
        )
    if step.reason and not draft.reason.strip():
        raise IncompleteStepError(
            "the step needs a reason in words",
            where=request.at,
            expected="a reason",
            got="nothing",
            remedy="say why",
        )
    state = request.procedure.states.get(step.to or "")
    known = state.categories if state is not None else ()
    same = step.to == request.history.standing().state and not draft.category
    if (known and not same and draft.category not in known) or (draft.category and not known):
        raise IncompleteStepError(
            "the category does not fit the state that the step leads to",
            where=request.at,
            expected="one of " + ", ".join(known) if known else "no category",
            got=repr(draft.category),
            remedy=nearest(draft.category, known) or "name the category",
        )


def _person_is_independent(request: Request) -> None:
    step = request.step
    others = step.independent_of + ((step.approves,) if step.approves else ())
    for name in others:
        earlier = request.history.last(name, case=request.case)
        if earlier is not None and _same(earlier.actor, request.draft.actor):
            raise IndependenceError(
                f"the person who took '{name}' may not take this step",
                where=request.at,
                expected=f"another person than the one who took '{name}'",
                got="the same person",
                remedy="let somebody else review what was assessed",
            )


def _decision_carries(request: Request) -> None:
    step, decision = request.step, request.decision
    if decision is None and step.assesses is not None:
        raise EvidenceError(
            "the step needs evidence, and none was given",
            where=request.at,
            expected=f"the columns that the rule '{step.assesses}' asks for",
            got="nothing",
            remedy="give the evidence; the outcome is derived from it",
        )
    if step.assesses is None and request.draft.evidence is not None:
        raise EvidenceError(
            "the step takes no evidence",
            where=request.at,
            expected="no evidence",
            got="evidence",
            remedy="give the evidence with the step that assesses it",
        )
    if step.approves is not None:
        earlier = request.history.last(step.approves, case=request.case)
        if earlier is None or earlier.decision is None:
            raise IllegalTransitionError(
                "there is no decision to approve",
                where=request.at,
                expected=f"'{step.approves}' with a decision, in this case",
                got="none",
                remedy=f"record '{step.approves}' first",
            )
        decision = earlier.decision
    if step.outcome is not None and decision is not None and decision.outcome != step.outcome:
        raise EvidenceError(
            "the decision does not carry the step",
            where=request.at,
            expected=f"{step.outcome}",
            got=f"{decision.outcome} ({decision.reason})",
            remedy="complete the evidence, or take the step that fits the outcome",
        )


def _checks_carry(request: Request) -> None:
    checks = request.step.checks
    if checks is None:
        return
    since = request.history.standing().event
    taken = [e for e in request.history.events if e.number >= since and e.step == checks.step]
    latest = taken[-checks.met :]
    met = sum(1 for e in latest if e.decision is not None and e.decision.outcome == "met")
    if met < checks.met:
        raise EvidenceError(
            "the monitoring checks do not carry the step",
            where=request.at,
            expected=f"the latest {checks.met} of '{checks.step}' in this state, all met",
            got=f"{met} met of the latest {len(latest)}",
            remedy="record the checks that are due; a date alone ends no monitoring",
        )


def _same(one: str, other: str) -> bool:
    """Whether two ids name one person, spaces and case aside."""
    return one.strip().casefold() == other.strip().casefold()
