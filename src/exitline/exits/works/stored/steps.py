"""Steps on works and inspections of assets, written once.

A work entered, or corrected, by those who may: linked into its chain with who, when and why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from exitline.exits.register.event import Document, Draft
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import STATES, TABLES
from exitline.exits.works.records.typed import parted, typed
from exitline.exits.works.states import replay
from exitline.exits.works.stored.chained import (
    append,
    append_to_asset,
    content_of,
    facts_content,
    inspection_content,
    is_step,
    known_of,
)
from exitline.exits.works.stored.tables import CORRECTED, kept, procedure_in

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


WRITTEN = tuple(c.name for c in TABLES["works"].columns if c.name not in ("work", "state"))
"""Columns of a work that a form asks for."""
ANOTHER = "let somebody do it who has such a role"
OVER = ("accepted", "in use", "failed", "retired")
"""States in which a work is as it was built: it is repaired, not corrected."""


def entering_step(store: Store, role: str) -> Step | None:
    """The step by which a role may enter a new work; None where it may not.

    Parameters
    ----------
    store : Store
    role : str
    """
    found = possible_work_steps(procedure_in(store, kept(store)), "new", role)
    return found[0] if found else None


def may_correct(store: Store, state: str, role: str) -> bool:
    """Whether a role may correct what is known of a work: it takes the next step, not yet over.

    Parameters
    ----------
    store : Store
    state, role : str
    """
    procedure = procedure_in(store, kept(store))
    return state not in OVER and bool(possible_work_steps(procedure, state, role))


def enter_work(
    store: Store, key: str, said: Mapping[str, str], *, actor: str, role: str, on: date,
    documents: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """Enter a work, with its first step.

    Parameters
    ----------
    store : Store
    key : str
        Its id, new in the register.
    said : mapping of str to str
        By column of the table of works, as typed in.
    actor, role : str
        Who enters it; the role takes the step.
    on : date
    documents : tuple of str
        Kinds of documents that are at hand.

    Returns
    -------
    str
        Where it stands.

    Raises
    ------
    WorksError, LifecycleError
        For cells that are not what they should be, an id that is there, villages that may not
        be seen, a role that may not, documents that lack.
    """
    from exitline.exits.register.store.models import WorkRow

    with store.transaction():
        step = entering_step(store, role)
        if step is None:
            raise WorksError(
                "this role may not propose a work", where=role, got=role,
                expected="a role that the procedure lets do it", remedy=ANOTHER,
            )  # fmt: skip
        if not key.strip() or WorkRow.objects.using(store.alias).filter(key=key.strip()).exists():
            raise WorksError(
                "this id cannot be given to a work", where="work", got=repr(key[:60]),
                expected="an id that no work has", remedy="give another id",
            )  # fmt: skip
        facts = _typed(key, said)
        work = WorkRow(
            key=key.strip(), path=_path(store, facts), kind=facts.pop("kind"),
            criterion=facts.pop("criterion", ""), facts=facts,
        )  # fmt: skip
        work.save(using=store.alias, force_insert=True)
        content = facts_content(work, known_of(work), on=on, actor=actor, role=role, parts=())
        append(store, work, content, date.today())
        papers = tuple(map(Document, documents))
        return take_work_step(store, Draft(work.key, step.name, on, actor, role, documents=papers))


def correct_work(
    store: Store, key: str, said: Mapping[str, str], *, actor: str, role: str, reason: str
) -> tuple[str, ...]:  # fmt: skip
    """Correct what is known of a work.

    Parameters
    ----------
    store : Store
    key : str
    said : mapping of str to str
        Columns that are to say something else; "" takes one away.
    actor, role, reason : str

    Returns
    -------
    tuple of str
        The columns that changed.

    Raises
    ------
    WorksError
        As in `enter_work`, for a work that is built, and without a reason.
    """
    from exitline.exits.register.store.models import WorkRow

    with store.transaction():
        rows = store.scope.of(WorkRow.objects.using(store.alias))
        work = rows.select_for_update().filter(key=key).first()
        if work is None:
            raise WorksError("there is no such work", expected="one that is there and may be seen",
                             got=repr(key[:60]), remedy="look at the list of works")  # fmt: skip
        if not may_correct(store, work.state, role):
            raise WorksError(
                f"this role may not correct a work that is '{work.state}'", where=role, got=role,
                expected="a role that the procedure lets do it", remedy=ANOTHER,
            )  # fmt: skip
        if not reason.strip():
            raise WorksError("a correction without a reason", where="reason", expected="why",
                             got="nothing", remedy="say why")  # fmt: skip
        before = known_of(work)
        after = _typed(key, {name: str(before.get(name, "")) for name in WRITTEN} | dict(said))
        path = _path(store, after)
        changed = {name: after.get(name) for name in (*WRITTEN, *before)
                   if name in WRITTEN and after.get(name) != before.get(name)
                   and (after.get(name) or before.get(name))}  # fmt: skip
        if not changed:
            return ()
        kept_facts = {k: v for k, v in before.items() if k not in WRITTEN} | after
        work.kind, work.criterion = kept_facts.pop("kind"), kept_facts.pop("criterion", "")
        work.facts, work.path = kept_facts, path
        work.save(using=store.alias, update_fields=("kind", "criterion", "facts", "path"))
        changed = {name: "" if name == "criterion" and value is None else value
                   for name, value in changed.items()}  # fmt: skip
        content = facts_content(work, changed, step=CORRECTED, on=date.today(), actor=actor,
                                role=role, reason=reason.strip())  # fmt: skip
        append(store, work, content, date.today())
    return tuple(changed)


def _typed(key: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Cells as the table of works declares them; those without a value left out."""
    import pyarrow as pa

    from exitline.exits.works.stored.taking import facts_of

    cells = {"work": key.strip()} | {k: v.strip() for k, v in said.items() if k in WRITTEN}
    table = pa.table({name: [value or None] for name, value in cells.items()})
    row = typed(TABLES["works"], table, where="form").to_dict("records")[0]
    return facts_of(row, ("work", "state"))


def _path(store: Store, facts: Mapping[str, Any]) -> str:
    """The area of a work: that of its first village; all of its villages may be seen."""
    import pandas as pd

    from exitline.exits.works.stored.taking import paths_of

    named = parted(pd.Series([str(facts.get("villages", ""))])).tolist()
    if not named:
        raise WorksError("a work for no village", where="villages", expected="its village",
                         got="none", remedy="name the village that it is for")  # fmt: skip
    return paths_of(store, named)[named[0]]
