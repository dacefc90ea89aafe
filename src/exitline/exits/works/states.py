"""Where works stand: their steps taken again, one after the other, under a procedure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from exitline.exits.register.errors import LifecycleError
from exitline.exits.register.history import History
from exitline.exits.register.logbook.log import decisions_of
from exitline.exits.register.steps.admission import admit
from exitline.exits.register.steps.request import StepRequest

if TYPE_CHECKING:
    from exitline.exits.register.event import Draft, Event
    from exitline.exits.register.procedures.procedure import Procedure


@dataclass(frozen=True)
class Replayed:
    """Steps as they were taken, and those that the procedure does not allow.

    Attributes
    ----------
    histories : dict of str to History
        By work.
    refused : list of (str, str, LifecycleError)
        Work, step, and what stands against it.
    late : list of str
        Works with a step that lies after the day asked about: it is left out.
    """

    histories: dict[str, History] = field(default_factory=dict)
    refused: list[tuple[str, str, LifecycleError]] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def state(self, work: str, day: date) -> str:
        """Where a work stands at the end of a day; "" before its first step."""
        if work not in self.histories:
            return ""
        return self.histories[work].standing(day).state

    def took(self, work: str, step: str, day: date) -> bool:
        """Whether a work took a step up to a day."""
        events = self.histories[work].events if work in self.histories else ()
        return any(event.step == step and event.on <= day for event in events)


def replay(drafts: Sequence[Draft], procedure: Procedure, recorded: date) -> Replayed:
    """Take steps again in the order of their days; what is not allowed is kept apart.

    Parameters
    ----------
    drafts : sequence of Draft
    procedure : Procedure
    recorded : date
        Later steps are left out.

    Returns
    -------
    Replayed
    """
    found = Replayed()
    events: dict[str, list[Event]] = {}
    found.late.extend(draft.household for draft in drafts if draft.on > recorded)
    known = [d for d in drafts if d.step in procedure.steps and d.on <= recorded]
    for draft in drafts:
        if draft.step not in procedure.steps:
            try:
                procedure.step(draft.step)
            except LifecycleError as reason:
                found.refused.append((draft.household, draft.step, reason))
    ordered = sorted(known, key=lambda draft: draft.on)
    decisions = decisions_of(ordered, procedure, "step")
    for number, (draft, decision) in enumerate(zip(ordered, decisions, strict=True), 1):
        before = History(draft.household, tuple(events.get(draft.household, ())))
        request = StepRequest(
            draft, before, procedure, procedure.step(draft.step), decision, recorded, "step"
        )
        try:
            event = admit(request, number)
        except LifecycleError as reason:
            found.refused.append((draft.household, draft.step, reason))
            continue
        events.setdefault(draft.household, []).append(event)
    found.histories.update({work: History(work, tuple(one)) for work, one in events.items()})
    return found
