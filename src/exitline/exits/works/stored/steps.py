"""Steps on works and inspections of assets, written once."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from exitline.digest import sha256, written
from exitline.exits.register.event import Draft
from exitline.exits.register.procedures.loading import load_procedure
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import STATES
from exitline.exits.works.states import replay
from exitline.exits.works.stored.tables import kept

if TYPE_CHECKING:
    from exitline.exits.register.procedures.procedure import Procedure, Step
    from exitline.exits.register.store.opening import Store


def content_of(event: Any) -> str:
    """A step as canonical JSON, in the form in which it is handed in."""
    said = {
        "work": event.household, "step": event.step, "on": event.on.isoformat(),
        "actor": event.actor, "role": event.role, "reason": event.reason,
        "documents": [asdict(one) | {"shows": list(one.shows)} for one in event.documents],
        "evidence": {} if event.decision is None else dict(event.decision.values),
    }  # fmt: skip
    return written({k: v for k, v in said.items() if v}).decode()


def append(store: Store, work: Any, event: Any, content: str) -> None:
    """Write a step behind the last one of its work."""
    from exitline.exits.register.store.models import WorkStepRow

    work.steps += 1
    work.head = sha256(f"{work.head}\n{content}".encode())
    work.state = event.state
    WorkStepRow.objects.using(store.alias).create(
        work=work, path=work.path, number=work.steps, step=event.step, on=event.on,
        recorded=date.today(), actor=event.actor, role=event.role, state=event.state,
        content=content, hash=work.head,
    )  # fmt: skip
    work.save(using=store.alias, update_fields=("steps", "head", "state"))


def take_work_step(store: Store, draft: Draft, recorded: date | None = None) -> str:
    """Take a step on a work of a register; the state after it.

    Parameters
    ----------
    store : Store
    draft : Draft
        Its `household` is the work.
    recorded : date, optional
        Today unless given.

    Raises
    ------
    WorksError, LifecycleError
        For a work that is not there, or a step that the procedure does not allow.
    """
    from exitline.exits.register.store.models import WorkRow

    today = recorded or date.today()
    with store.transaction():
        rows = store.scope.of(WorkRow.objects.using(store.alias))
        work = rows.select_for_update().filter(key=draft.household).first()
        if work is None:
            raise _no("work", draft.household, store)
        procedure = load_procedure(kept(store)["procedure"])
        before = [draft_of(json.loads(one.content), where="step")
                  for one in work.taken.using(store.alias).order_by("number")]  # fmt: skip
        found = replay([*before, draft], procedure, today)
        if found.refused:
            raise found.refused[-1][2]
        if found.late:
            raise WorksError(
                "a step that is still to come", where=f"step '{draft.step}'",
                expected=f"a day up to {today}", got=str(draft.on), remedy="correct the day",
            )  # fmt: skip
        event = found.histories[draft.household].events[-1]
        append(store, work, event, content_of(event))
    return str(event.state)


def inspect_asset(
    store: Store, asset: str, state: str, on: date, by: str, note: str = ""
) -> None:  # fmt: skip
    """Record what somebody found an asset to be.

    Parameters
    ----------
    store : Store
    asset : str
    state : {"functional", "partly", "not functional", "gone"}
    on : date
    by, note : str

    Raises
    ------
    WorksError
        For an asset that is not there, another state, or a day to come.
    """
    from exitline.exits.register.store.models import AssetRow, InspectionRow

    if state not in STATES or on > date.today() or not by.strip():
        raise WorksError(
            "this is no inspection", where=f"asset {asset}",
            expected=f"one of {', '.join(STATES)}; a day up to today; who looked",
            got=f"{state[:40]!r}, {on}, {by[:40]!r}", remedy="correct it",
        )  # fmt: skip
    with store.transaction():
        rows = store.scope.of(AssetRow.objects.using(store.alias))
        row = rows.filter(key=asset).first()
        if row is None:
            raise _no("asset", asset, store)
        InspectionRow.objects.using(store.alias).create(
            asset=row, path=row.path, on=on, state=state, by=by.strip(), note=note.strip(),
            recorded=date.today(),
        )  # fmt: skip


def possible_work_steps(procedure: Procedure, state: str, role: str) -> tuple[Step, ...]:
    """Steps that a role may take from a state.

    Parameters
    ----------
    procedure : Procedure
    state, role : str
    """
    return tuple(step for step in procedure.allowed_from(state or "new") if role in step.by)


def _no(kind: str, key: str, store: Store) -> WorksError:
    """For an id that is not there, or may not be seen."""
    return WorksError(
        f"there is no such {kind}", where=store.address or "register", expected="one that is there "
        "and may be seen", got=repr(key[:60]), remedy="look at the list of works",
    )  # fmt: skip
