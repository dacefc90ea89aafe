"""Whether a log still says what its procedures, rules and values give: everything taken again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from exitline.errors import ExitlineError
from exitline.exits.register.event import Draft, Event
from exitline.exits.register.history import History
from exitline.exits.register.steps.admission import admit
from exitline.exits.register.steps.request import StepRequest

if TYPE_CHECKING:
    from exitline.exits.register.logbook.log import Log
    from exitline.exits.register.procedures.procedure import Procedure

MOST = 20
"""Faults of one kind that are named one by one."""


def faults_of(log: Log) -> tuple[str, ...]:
    """What does not follow, in words: kept texts, decisions, and events, in this order.

    Kept procedures and rules must be there and have the digest that events name. Every decision
    is derived again from its values, and every event is admitted again by the procedure it was
    recorded under: a state that no step gives is found, whoever wrote the line.

    Parameters
    ----------
    log : Log

    Returns
    -------
    tuple of str
        Events by their number; nothing that names a household.
    """
    texts = tuple(_texts(log))
    if texts:
        return texts
    unsound = [f"event {n}: its decision does not follow from its values" for n in log.unsound()]
    return (*first_of(unsound), *first_of(_events(log)))


def _texts(log: Log) -> Iterator[str]:
    """Procedures and rules that are missing or were changed."""
    procedures = sorted({event.procedure_digest for event in log.events})
    rules = sorted({e.decision.rule_digest for e in log.events if e.decision is not None})
    for kind, digests, read in (
        ("procedure", procedures, log.procedure), ("rule", rules, log.rule),
    ):  # fmt: skip
        for digest in digests:
            try:
                read(digest)
            except ExitlineError as reason:
                yield f"{kind} {digest[:16]}...: {reason.what}"


def _events(log: Log) -> Iterator[str]:
    """Events that their procedure would not admit, or that would stand otherwise."""
    before: dict[str, History] = {}
    for event in log.events:
        history = before.get(event.household) or History(event.household, ())
        fault = fault_of(log.procedure(event.procedure_digest), event, history)
        if fault is not None:
            yield f"event {event.number}: {fault}"
        before[event.household] = history.then(event)


def fault_of(procedure: Procedure, event: Event, history: History) -> str | None:
    """Why an event is not what its step gives; None where it is.

    Parameters
    ----------
    procedure : Procedure
        That the event was recorded under.
    event : Event
    history : History
        The household's events before it.
    """
    draft = Draft(
        event.household, event.step, event.on, event.actor, event.role, event.documents,
        None if event.decision is None else event.decision.values, event.category, event.reason,
    )  # fmt: skip
    try:
        step = procedure.step(event.step)
        where = f"event {event.number}"
        request = StepRequest(
            draft, history, procedure, step, event.decision, event.recorded, where
        )
        made = admit(request, event.number)
    except ExitlineError as reason:
        return f"step '{event.step}' could not be taken: {reason.what}"
    if made.state != event.state:
        return f"step '{event.step}' gives the state '{made.state}', not '{event.state}'"
    if made.category != event.category:
        made = replace(made, category=event.category)
    if made != event:
        return f"step '{event.step}' gives other cases or another register status"
    return None


def first_of(faults: Iterable[str]) -> Iterator[str]:
    """The first faults of a kind, and how many more events have one.

    Parameters
    ----------
    faults : iterable of str
    """
    more = 0
    for number, fault in enumerate(faults):
        if number < MOST:
            yield fault
        else:
            more += 1
    if more:
        yield f"and {more:,} more events"
