"""Works of a register taken again: every hash, every step, and what follows from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from exitline.digest import sha256
from exitline.errors import ExitlineError
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.states import Replayed, replay
from exitline.exits.works.stored.chained import is_step, known_of, linked
from exitline.exits.works.stored.tables import INSPECTED, SETTING, kept, procedure_in

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store

AT_ONCE = 2000
MOST = 20
"""Faults that are named; the rest is counted."""


@dataclass(frozen=True)
class WorksSoundness:
    """What a check of works found.

    Attributes
    ----------
    works, rows : int
        Works, and rows of their chains.
    head : str
        Over the ends of all chains: noted today, it shows tomorrow whether one was cut.
    faults : tuple of str
    """

    works: int
    rows: int
    head: str
    faults: tuple[str, ...]


def check_works(store: Store) -> WorksSoundness:
    """Verify the works of a register: chains, columns, steps, what is known, inspections.

    Parameters
    ----------
    store : Store
        With the whole register in its scope.

    Returns
    -------
    WorksSoundness
        Nothing at all where the register holds no works.
    """
    from exitline.exits.register.store.models import SettingRow, WorkRow, WorkStepRow

    with store.transaction():
        if not SettingRow.objects.using(store.alias).filter(name=SETTING).exists():
            return WorksSoundness(0, 0, "", ())
        works = {one.pk: one for one in WorkRow.objects.using(store.alias).order_by("key")}
        rows = WorkStepRow.objects.using(store.alias).order_by("work__key", "number")
        chains = {
            pk: list(group)
            for pk, group in groupby(rows.iterator(chunk_size=AT_ONCE), lambda row: row.work_id)
        }
        found: list[str] = []
        for pk, work in works.items():
            found += _chain_faults(work, chains.get(pk, []))
        found += _step_faults(store, works, chains)
        found += _look_faults(store, works, chains)
    ends = "\n".join(f"{one.key} {one.steps} {one.head}" for one in works.values())
    named = found[:MOST] + ([f"and {len(found) - MOST:,} more"] if len(found) > MOST else [])
    many = sum(len(one) for one in chains.values())
    return WorksSoundness(len(works), many, sha256(ends.encode()), tuple(named))


def _chain_faults(work: Any, rows: list[Any]) -> Iterator[str]:
    """Rows that are not what was recorded, and what is known that they do not give."""
    head = ""
    facts: dict[str, Any] = {}
    for number, row in enumerate(rows, 1):
        where = f"work {work.key}, row {number}"
        head = linked(head, row.content)
        if row.number != number:
            yield f"{where}: it is missing"
            return
        if row.hash != head:
            yield f"{where}: it does not follow from the one before"
            return
        try:
            said = json.loads(row.content)
        except ValueError:
            yield f"{where}: its content cannot be read"
            return
        facts |= said.get("facts", {})
        wrong = [
            name for name, column in (
                ("work", work.key), ("step", row.step), ("on", row.on.isoformat()),
                ("role", row.role),
            )
            if said.get(name, column if name == "on" else "") != column
        ]  # fmt: skip
        if wrong:
            yield f"{where}: columns that its content does not give: {', '.join(wrong)}"
    if work.steps != len(rows) or work.head != head:
        yield f"work {work.key}: the end of its chain is missing or changed"
    now = known_of(work)
    other = sorted(name for name, value in facts.items() if now.get(name) != value)
    other += sorted(set(now) - set(facts)) if facts else []
    if other:
        yield f"work {work.key}: known otherwise than recorded: {', '.join(other)}"


def _step_faults(store: Store, works: dict[int, Any], chains: dict[int, list[Any]]) -> list[str]:
    """Steps that could not be taken, and states that do not follow from them."""
    procedure = procedure_in(store, kept(store))
    drafts, last, faults = [], date.min, []
    for rows in chains.values():
        for row in filter(is_step, rows):
            last = max(last, row.recorded)
            try:
                drafts.append(draft_of(json.loads(row.content), where="step"))
            except (ValueError, KeyError, ExitlineError):
                faults.append(f"work {works[row.work_id].key}, row {row.number}: it is no step")
    again = replay(drafts, procedure, last) if drafts else Replayed()
    faults += [f"work {work}: step '{step}' could not be taken: {reason.what}"
               for work, step, reason in again.refused]  # fmt: skip
    for pk, rows in chains.items():
        if any(map(is_step, rows)):
            key = works[pk].key
            stands = again.state(key, last)
            if stands != works[pk].state:
                faults.append(f"work {key}: it stands in '{works[pk].state}', not '{stands}'")
    return faults


def _look_faults(store: Store, works: dict[int, Any], chains: dict[int, list[Any]]) -> list[str]:
    """Inspections of works' assets that their chains do not have, and the reverse."""
    from exitline.exits.register.store.models import InspectionRow

    looks = InspectionRow.objects.using(store.alias).filter(asset__work__isnull=False)
    there = sorted(
        (one.asset.work_id, one.asset.key, one.on.isoformat(), one.state, one.by)
        for one in looks.select_related("asset")
    )
    said = []
    for pk, rows in chains.items():
        for row in rows:
            if row.step == INSPECTED:
                one = json.loads(row.content)
                said.append((pk, one["asset"], one["on"], one["found"], one.get("by", "")))
    chained = {pk for pk, rows in chains.items() if rows and rows[0].step == "recorded"}
    apart = set(there) ^ set(said)
    pairs = sorted({(one[0], one[1]) for one in apart if one[0] in chained})
    return [f"work {works[pk].key}: inspections of {asset} are not those that were recorded"
            for pk, asset in pairs]  # fmt: skip
