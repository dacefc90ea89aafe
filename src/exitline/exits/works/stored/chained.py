"""Chains of works and assets: what is known, steps, inspections; each hash covers the last."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from exitline.digest import sha256, written
from exitline.exits.works.stored.tables import BESIDE, INSPECTED, RECORDED

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store

DECLARED, PLACED = "declared", "placed"
"""Rows of what was taken in beside works and assets: the works file, places of one area."""


def content_of(event: Any) -> str:
    """A step as canonical JSON, in the form in which it is handed in."""
    said = {
        "work": event.household, "step": event.step, "on": event.on.isoformat(),
        "actor": event.actor, "role": event.role, "reason": event.reason,
        "documents": [asdict(one) | {"shows": list(one.shows)} for one in event.documents],
        "evidence": {} if event.decision is None else dict(event.decision.values),
    }  # fmt: skip
    return written({k: v for k, v in said.items() if v}).decode()


def known_of(work: Any) -> dict[str, Any]:
    """What is known of a work: all columns but its id and where it stands."""
    return {"kind": work.kind, "criterion": work.criterion, **work.facts}


def facts_content(
    work: Any, facts: Mapping[str, Any], *, step: str = RECORDED, on: date | None = None,
    actor: str = "", role: str = "", reason: str = "", parts: Sequence[Any] | None = None,
) -> str:  # fmt: skip
    """What is known of a work (or is corrected of it) as canonical JSON.

    Parameters
    ----------
    work : WorkRow
    facts : mapping of str to value
        None: it is taken away.
    step : {"recorded", "corrected"}
    on : date, optional
    actor, role, reason : str
    parts : sequence of WorkPartRow, optional
        All of its phases and funds.
    """
    said = {"work": work.key, "step": step, "on": "" if on is None else on.isoformat(),
            "actor": actor, "role": role, "reason": reason}  # fmt: skip
    more = {} if parts is None else {"parts": parts_of(parts)}
    return written({k: v for k, v in said.items() if v} | {"facts": dict(facts)} | more).decode()


def beside_facts(work: Any, parts: Iterable[Any]) -> str:
    """Phases and funds of a work whose chain began without them, as canonical JSON."""
    return written({"work": work.key, "step": RECORDED, "parts": parts_of(parts)}).decode()


def parts_of(rows: Iterable[Any]) -> list[list[Any]]:
    """Phases and funds as a chain has them: [table, facts]."""
    return [[row.table, dict(row.facts)] for row in rows]


def known_of_asset(asset: Any, services: Iterable[Any]) -> dict[str, Any]:
    """What is known of an asset, and whom it serves.

    Parameters
    ----------
    asset : AssetRow
    services : iterable of ServiceRow
    """
    served = [[one.village, one.households, one.minutes] for one in services]
    work = "" if asset.work is None else asset.work.key
    return {"kind": asset.kind, "work": work, "facts": dict(asset.facts), "services": served}


def asset_content(
    asset: Any, services: Iterable[Any], looks: Iterable[Sequence[str]] = ()
) -> str:  # fmt: skip
    """The first row of an asset's chain as canonical JSON.

    Parameters
    ----------
    asset : AssetRow
    services : iterable of ServiceRow
    looks : iterable of (on, state, by, note)
        Inspections from before it had a chain.
    """
    said = {"asset": asset.key, "step": RECORDED, **known_of_asset(asset, services)}
    return written(said | {"inspections": [list(look) for look in looks]}).decode()


def inspection_content(work: Any, look: Mapping[str, Any], role: str = "") -> str:
    """An inspection as canonical JSON.

    Parameters
    ----------
    work : WorkRow or None
        That made the asset.
    look : mapping
        asset, on (year-month-day), state, by, note.
    role : str
    """
    said = {"work": "" if work is None else work.key, "step": INSPECTED, "role": role,
            **{name: look.get(name, "") for name in ("asset", "on", "by", "note")},
            "found": look["state"]}  # fmt: skip
    return written({k: v for k, v in said.items() if v}).decode()


def rows_by(store: Any, model: Any, name: str) -> dict[int, list[Any]]:
    """Rows of a table by what they belong to, in the order in which they were written.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    model : Model
    name : str
        The column of the key.
    """
    found: dict[int, list[Any]] = defaultdict(list)
    for one in model.objects.using(store.alias).order_by("pk"):
        found[getattr(one, name)].append(one)
    return found


def linked(head: str, content: str) -> str:
    """The hash of a row that follows a head."""
    return sha256(f"{head}\n{content}".encode())


def next_row(work: Any, content: str, recorded: date, state: str | None = None) -> Any:
    """The next row of a work's chain, not yet written; the work's end moves on.

    Parameters
    ----------
    work : WorkRow
    content : str
    recorded : date
    state : str, optional
        Where the work stands after it; where it stood unless given.
    """
    from exitline.exits.register.store.models import WorkStepRow

    said = json.loads(content)
    work.steps += 1
    work.head = linked(work.head, content)
    work.state = work.state if state is None else state
    return WorkStepRow(
        work=work, path=work.path, number=work.steps, step=said["step"],
        on=date.fromisoformat(said["on"]) if "on" in said else recorded, recorded=recorded,
        actor=said.get("actor", said.get("by", "")), role=said.get("role", ""), state=work.state,
        content=content, hash=work.head,
    )  # fmt: skip


def next_asset_row(asset: Any, content: str, recorded: date) -> Any:
    """The next row of an asset's chain, not yet written; the asset's end moves on.

    Parameters
    ----------
    asset : AssetRow
    content : str
    recorded : date
    """
    from exitline.exits.register.store.models import AssetStepRow

    asset.steps += 1
    asset.head = linked(asset.head, content)
    return AssetStepRow(
        asset=asset, path=asset.path, number=asset.steps, step=json.loads(content)["step"],
        recorded=recorded, content=content, hash=asset.head,
    )  # fmt: skip


def append_to_asset(store: Any, asset: Any, content: str, recorded: date) -> None:
    """Write the next row of an asset's chain.

    Parameters
    ----------
    store : Store
    asset, content, recorded
        As in `next_asset_row`.
    """
    next_asset_row(asset, content, recorded).save(using=store.alias, force_insert=True)
    asset.save(using=store.alias, update_fields=("steps", "head"))


def append(store: Any, work: Any, content: str, recorded: date, state: str | None = None) -> None:
    """Write the next row of a work's chain.

    Parameters
    ----------
    store : Store
    work, content, recorded, state
        As in `next_row`.
    """
    next_row(work, content, recorded, state).save(using=store.alias, force_insert=True)
    work.save(using=store.alias, update_fields=("steps", "head", "state"))


def append_taken(
    store: Store, path: str, kept: str, places: Iterable[tuple[str, Mapping[str, Any]]],
    recorded: date,
) -> int:  # fmt: skip
    """Put what a folder brings beside works and assets into the register's own chain.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    path : str
        The area of all of its villages.
    kept : str
        What is kept of the works file, as JSON.
    places : iterable of (path, facts)
        Where services are measured; a row for each area.
    recorded : date

    Returns
    -------
    int
        The rows written.
    """
    from exitline.exits.register.store.audit.works import TAKEN, end_of_taken
    from exitline.exits.register.store.models import SettingRow, WorksTakenRow

    # whoever takes in another folder meanwhile waits here
    SettingRow.objects.using(store.alias).select_for_update().filter(name=TAKEN).first()
    by_area: dict[str, list[Any]] = defaultdict(list)
    for area, facts in places:
        by_area[area].append(dict(facts))
    said = [(path, {"step": DECLARED, "works": json.loads(kept)})]
    said += [(area, {"step": PLACED, "area": area, "places": by_area[area]})
             for area in sorted(by_area)]  # fmt: skip
    number, head = end_of_taken(store)
    rows = []
    for area, one in said:
        content = written(one).decode()
        number, head = number + 1, linked(head, content)
        rows.append(WorksTakenRow(path=area, number=number, step=one["step"], recorded=recorded,
                                  content=content, hash=head))  # fmt: skip
    WorksTakenRow.objects.using(store.alias).bulk_create(rows, batch_size=500)
    SettingRow.objects.using(store.alias).update_or_create(
        name=TAKEN, defaults={"value": json.dumps([number, head])}
    )
    return len(rows)


def is_step(row: Any) -> bool:
    """Whether a row is a step of the procedure."""
    return row.step not in BESIDE
