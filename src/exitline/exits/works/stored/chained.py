"""The chain of a work: steps, what is known of it, inspections; each hash covers the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from exitline.digest import sha256, written
from exitline.exits.works.stored.tables import BESIDE, INSPECTED, RECORDED


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
    actor: str = "", role: str = "", reason: str = "",
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
    """
    said = {"work": work.key, "step": step, "on": "" if on is None else on.isoformat(),
            "actor": actor, "role": role, "reason": reason}  # fmt: skip
    return written({k: v for k, v in said.items() if v} | {"facts": dict(facts)}).decode()


def inspection_content(work: Any, look: Mapping[str, Any], role: str = "") -> str:
    """An inspection of what a work made, as canonical JSON.

    Parameters
    ----------
    work : WorkRow
    look : mapping
        asset, on (year-month-day), state, by, note.
    role : str
    """
    said = {"work": work.key, "step": INSPECTED, "role": role,
            **{name: look.get(name, "") for name in ("asset", "on", "by", "note")},
            "found": look["state"]}  # fmt: skip
    return written({k: v for k, v in said.items() if v}).decode()


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


def is_step(row: Any) -> bool:
    """Whether a row is a step of the procedure."""
    return row.step not in BESIDE
