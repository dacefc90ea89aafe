"""The works of a register, taken again: the chain of each, and one leaf a county for a day's head.

Whether the procedure of works allows their steps is asked where works are (`exits.works`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from exitline.digest import digest_of, sha256
from exitline.exits.register.store.models import (
    AssetRow,
    AssetStepRow,
    ChainRow,
    InspectionRow,
    SettingRow,
    WorkRow,
    WorksTakenRow,
    WorkStepRow,
)
from exitline.exits.register.store.opening import Store

NAME = "works of "
"""In front of the county's path in a day's leaves."""
TAKEN = "works taken"
"""The setting with the end of the chain of what was taken in beside works and assets."""


def work_faults(store: Store) -> Iterator[str]:
    """Works and assets whose rows are not what was recorded: a byte, a gap, a column, an end.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    """
    yield from _chain_faults(store, WorkRow, WorkStepRow, "work")
    yield from _chain_faults(store, AssetRow, AssetStepRow, "asset")
    yield from _taken_faults(store)


def _chain_faults(store: Store, of: Any, rows: Any, name: str) -> Iterator[str]:
    """The same of one kind; assets stand in no state."""
    every = {row.pk: row for row in of.objects.using(store.alias)}
    last: dict[int, tuple[int, str, str]] = {}
    steps = rows.objects.using(store.alias).order_by(name, "number")
    for step in steps.iterator(chunk_size=2000):
        owner = getattr(step, f"{name}_id")
        one = every[owner]
        before, head, _ = last.get(owner, (0, "", ""))
        where = f"{one.path} {name} {one.key} step {step.number}"
        if step.number != before + 1:
            yield f"{where}: the one before is missing"
        if step.hash != sha256(f"{head}\n{step.content}".encode()):
            yield f"{where}: it does not follow from the one before"
        last[owner] = (step.number, step.hash, getattr(step, "state", ""))
    for pk, one in every.items():
        stands = getattr(one, "state", "")
        if (one.steps, one.head, stands) != last.get(pk, (0, "", stands)):
            yield f"{one.path} {name} {one.key}: the end of its steps is missing or changed"


def end_of_taken(store: Store) -> tuple[int, str]:
    """How many rows the chain of what was taken in beside works has, and the last one's hash.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    """
    row = SettingRow.objects.using(store.alias).filter(name=TAKEN).first()
    number, head = json.loads(row.value) if row is not None else (0, "")
    return int(number), str(head)


def _taken_faults(store: Store) -> Iterator[str]:
    """The same of the register's own chain."""
    number, head = 0, ""
    rows = WorksTakenRow.objects.using(store.alias).order_by("number")
    for row in rows.iterator(chunk_size=2000):
        where = f"{row.path} works as taken in, row {row.number}"
        if row.number != number + 1:
            yield f"{where}: the one before is missing"
        if row.hash != sha256(f"{head}\n{row.content}".encode()):
            yield f"{where}: it does not follow from the one before"
        number, head = row.number, row.hash
    if (number, head) != end_of_taken(store):
        yield "works as taken in: the end of the chain is missing or changed"


def work_leaves(store: Store, day: date) -> Iterator[tuple[str, int, str]]:
    """For each county with works, how many rows and inspections they have up to a day; a digest.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    day : date
    """
    counties = list(
        ChainRow.objects.using(store.alias).order_by("county__path").values_list("county__path")
    )
    found: dict[str, list[Any]] = {}
    steps = WorkStepRow.objects.using(store.alias).filter(recorded__lte=day)
    rows = steps.order_by("work__key", "number").values_list(
        "path", "work__key", "number", "hash", "recorded"
    )
    looks = InspectionRow.objects.using(store.alias).filter(recorded__lte=day)
    seen = looks.order_by("pk").values_list(
        "path", "asset__key", "on", "state", "by", "note", "recorded"
    )
    own = AssetStepRow.objects.using(store.alias).filter(recorded__lte=day)
    made = own.order_by("asset__key", "number").values_list(
        "path", "asset__key", "number", "hash", "recorded"
    )
    taken = WorksTakenRow.objects.using(store.alias).filter(recorded__lte=day)
    beside = taken.order_by("number").values_list("path", "step", "number", "hash", "recorded")
    for path, *said in (*rows, *seen, *made, *beside):
        county = next((one for (one,) in counties if path.startswith(one)), "")
        found.setdefault(county, []).append([str(one) for one in said])
    for county, said in sorted(found.items()):
        yield f"{NAME}{county}", len(said), digest_of(sorted(said))
