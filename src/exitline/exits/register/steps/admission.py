"""Whether a step may be recorded now, for this household, by this person.

Each check is one function that raises its own error; `admit` runs them in the order in
which a clerk would ask: who is it, when was it, is it allowed from here, is everything
there, may this person do it, does the decision carry it. No message names a household.
"""

from __future__ import annotations

from collections.abc import Callable

from exitline.exits.register.event import Event
from exitline.exits.register.steps.authority import (
    checks_carry,
    decision_carries,
    person_is_independent,
)
from exitline.exits.register.steps.completeness import (
    documents_are_there,
    role_may,
    words_are_there,
)
from exitline.exits.register.steps.order import (
    cases_allow,
    date_is_in_order,
    household_is_known,
    needed_steps_are_there,
    state_allows,
    waiting_is_over,
)
from exitline.exits.register.steps.request import StepRequest

CHECKS: tuple[Callable[[StepRequest], None], ...] = (
    household_is_known, date_is_in_order, state_allows, cases_allow, needed_steps_are_there,
    waiting_is_over, role_may, documents_are_there, words_are_there, person_is_independent,
    decision_carries, checks_carry,
)  # fmt: skip
"""What may stand against an event, in the order of asking."""


def admit(request: StepRequest, number: int) -> Event:
    """The event that a request becomes, once nothing stands against it.

    Parameters
    ----------
    request : StepRequest
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
    for refuse in CHECKS:
        refuse(request)
    return _event(request, number)


def _event(request: StepRequest, number: int) -> Event:
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
