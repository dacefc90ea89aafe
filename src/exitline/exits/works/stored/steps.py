"""Steps on works and inspections of assets, written once."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from exitline.exits.register.event import Draft
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import STATES
from exitline.exits.works.states import replay
from exitline.exits.works.stored.chained import (
    append,
    append_to_asset,
    content_of,
    inspection_content,
    is_step,
)
from exitline.exits.works.stored.tables import kept, procedure_in

if TYPE_CHECKING:
    from exitline.exits.register.procedures.procedure import Procedure, Step
    from exitline.exits.register.store.opening import Store


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
        procedure = procedure_in(store, kept(store))
        before = [draft_of(json.loads(one.content), where="step")
                  for one in work.taken.using(store.alias).order_by("number")
                  if is_step(one)]  # fmt: skip
        found = replay([*before, draft], procedure, today)
        if found.refused:
            raise found.refused[-1][2]
        if found.late:
            raise WorksError(
                "a step that is still to come", where=f"step '{draft.step}'",
                expected=f"a day up to {today}", got=str(draft.on), remedy="correct the day",
            )  # fmt: skip
        event = found.histories[draft.household].events[-1]
        append(store, work, content_of(event), today, event.state)
    return str(event.state)


def inspect_asset(
    store: Store, asset: str, state: str, on: date, by: str, note: str = "", *,
    role: str | None = None, work: str | None = None,
) -> None:  # fmt: skip
    """Record what somebody found an asset to be; it is linked into the chain of its work.

    The asset has a chain of its own where no work made it.

    Parameters
    ----------
    store : Store
    asset : str
    state : {"functional", "partly", "not functional", "gone"}
    on : date
    by, note : str
    role : str, optional
        In which they looked: one that the procedure lets assess. Nobody asks where it is None
        (an office that records for others).
    work : str, optional
        Whose asset it must be.

    Raises
    ------
    WorksError
        For an asset that is not there, another state, a day to come, or a role that may not.
    """
    from exitline.exits.register.store.models import AssetRow, InspectionRow

    if state not in STATES or on > date.today() or not by.strip():
        raise WorksError(
            "this is no inspection", where=f"asset {asset}",
            expected=f"one of {', '.join(STATES)}; a day up to today; who looked",
            got=f"{state[:40]!r}, {on}, {by[:40]!r}", remedy="correct it",
        )  # fmt: skip
    with store.transaction():
        _may_inspect(store, role)
        rows = store.scope.of(AssetRow.objects.using(store.alias)).select_related("work")
        row = rows.filter(key=asset).first()
        if row is None or (work is not None and (row.work is None or row.work.key != work)):
            raise _no("asset", asset, store)
        look = {"asset": asset, "on": on.isoformat(), "state": state, "by": by.strip(),
                "note": note.strip()}  # fmt: skip
        content = inspection_content(row.work, look, role or "")
        if row.work is None:
            append_to_asset(store, row, content, date.today())
        else:
            append(store, row.work, content, date.today())
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


def inspecting_roles(procedure: Procedure) -> frozenset[str]:
    """The roles that a procedure lets say whether a work does what it should.

    Parameters
    ----------
    procedure : Procedure
    """
    every = [step.by for step in procedure.steps.values() if step.assesses]
    return frozenset(role for roles in every for role in roles)


def _may_inspect(store: Store, role: str | None) -> None:
    """Refuse an inspection in a role that the procedure does not let assess."""
    if role is None:
        return
    known = inspecting_roles(procedure_in(store, kept(store)))
    if role not in known:
        raise WorksError(
            "this role does not inspect", where=role, expected=", ".join(sorted(known)),
            got=role, remedy="let somebody look who has such a role",
        )  # fmt: skip


def _no(kind: str, key: str, store: Store) -> WorksError:
    """For an id that is not there, or may not be seen."""
    return WorksError(
        f"there is no such {kind}", where=store.address or "register", expected="one that is there "
        "and may be seen", got=repr(key[:60]), remedy="look at the list of works",
    )  # fmt: skip
