"""Whether a step may be taken now: household, day, state, cases, earlier steps."""

from __future__ import annotations

from datetime import timedelta

from exitline.exits.register.errors import (
    BackdatedError,
    IllegalTransitionError,
    IncompleteStepError,
    UnknownHouseholdError,
)
from exitline.exits.register.steps.request import StepRequest
from exitline.words.said import say, say_plural


def household_is_known(request: StepRequest) -> None:
    """Refuse an event for a household that no entry step has brought in."""
    if request.history.events or request.step.is_entry:
        return
    entries = [s.name for s in request.procedure.steps.values() if s.is_entry]
    raise request.refused(
        UnknownHouseholdError,
        say("an event for a household that is not in the log"),
        expected="a household brought in by: " + ", ".join(entries),
        got=say("a household id without any earlier event"),
        remedy=say("correct the id, or record the entry step first"),
    )


def date_is_in_order(request: StepRequest) -> None:
    """Refuse a day outside the procedure, after the recording or before the last event."""
    draft, procedure = request.draft, request.procedure
    if not procedure.in_force(draft.on):
        until = procedure.valid_to.isoformat() if procedure.valid_to else "now"
        raise request.refused(
            IllegalTransitionError,
            say("the procedure was not in force on that day"),
            expected=say("a day from {first} to {last}", first=procedure.valid_from, last=until),
            got=draft.on.isoformat(),
            remedy=say("use the procedure that was in force"),
        )
    if draft.on > request.recorded:
        raise request.refused(
            BackdatedError,
            say("an event dated after the day on which it is recorded"),
            expected=say("a day up to {day}", day=request.recorded),
            got=draft.on.isoformat(),
            remedy=say("record it when it has happened"),
        )
    if request.history.events and draft.on < request.history.events[-1].on:
        raise request.refused(
            BackdatedError,
            say("a back-dated event: the household has a later one already"),
            expected=say("a day from {day} on", day=request.history.events[-1].on),
            got=draft.on.isoformat(),
            remedy=say("record what is known today, with today's date, and give the reason"),
        )


def state_allows(request: StepRequest) -> None:
    """Refuse a step that does not start from the household's state."""
    if not request.history.events:
        return
    state = request.history.standing().state
    if state not in request.step.start:
        allowed = [s.name for s in request.procedure.allowed_from(state)]
        raise request.refused(
            IllegalTransitionError,
            say("a step that is not allowed from the state '{state}'", state=state),
            expected="a state among " + ", ".join(request.step.start),
            got=f"'{state}'",
            remedy="from here the procedure allows: " + (", ".join(allowed) or "nothing"),
        )


def cases_allow(request: StepRequest) -> None:
    """Refuse a step whose case is not open, is open already, or is blocked by another."""
    open_, step = request.history.open_cases(), request.step
    if step.case is not None and step.case not in open_:
        raise request.refused(
            IllegalTransitionError,
            say("there is no open case '{case}'", case=step.case),
            expected=say("a step that begins '{case}', not yet ended", case=step.case),
            got="open cases: " + (", ".join(open_) or "none"),
            remedy=say("record the step that begins the case first"),
        )
    if step.begins is not None and step.begins in open_:
        raise request.refused(
            IllegalTransitionError,
            say("the case '{case}' is open already", case=step.begins),
            expected=say("one case of a kind at a time"),
            got=say("'{case}' begun and not ended", case=step.begins),
            remedy=say("finish the open case first"),
        )
    blocking = [case for case in step.blocked_by if case in open_]
    if blocking:
        raise request.refused(
            IllegalTransitionError,
            "an open case stands against the step: " + ", ".join(blocking),
            expected="no open " + " or ".join(step.blocked_by),
            got="open: " + ", ".join(blocking),
            remedy=say("settle it first"),
        )


def needed_steps_are_there(request: StepRequest) -> None:
    """Refuse a step before those it needs, or a second time where once is all."""
    step = request.step
    taken = {event.step for event in request.history.since_case(request.case)}
    missing = [name for name in step.needs if name not in taken]
    if missing:
        raise request.refused(
            IllegalTransitionError,
            "a step that has to come first is missing: " + ", ".join(missing),
            expected="taken before, in this case: " + ", ".join(step.needs),
            got="missing: " + ", ".join(missing),
            remedy=say("record the missing step first"),
        )
    if step.once and step.name in taken:
        raise request.refused(
            IllegalTransitionError,
            say("the step is taken once in a case, and it has been"),
            expected=say("once"),
            got=say("a second time"),
            remedy=say("go on with the next step"),
        )


def waiting_is_over(request: StepRequest) -> None:
    """Refuse a step before the days of waiting have passed."""
    for waiting in request.step.waits:
        earlier = request.history.last(waiting.step, case=request.case)
        if earlier is None:
            raise request.refused(
                IllegalTransitionError,
                say("'{step}' has to come first", step=waiting.step),
                expected=say_plural(
                    "'{step}' at least {n} day before",
                    "'{step}' at least {n} days before",
                    waiting.days,
                    step=waiting.step,
                ),
                got=say("not taken in this case"),
                remedy=say("record '{step}' first", step=waiting.step),
            )
        earliest = earlier.on + timedelta(days=waiting.days)
        if request.draft.on < earliest:
            raise request.refused(
                IncompleteStepError,
                say_plural(
                    "the {n} day after '{step}' has not passed",
                    "the {n} days after '{step}' have not passed",
                    waiting.days,
                    step=waiting.step,
                ),
                expected=say("a day from {day} on", day=earliest),
                got=request.draft.on.isoformat(),
                remedy=say("wait until then"),
            )
