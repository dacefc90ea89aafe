"""The works of a register, taken again: the chain of each, and one leaf a county for a day's head.

Whether the procedure of works allows their steps is asked where works are (`exits.works`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from exitline.digest import digest_of, sha256
from exitline.exits.register.store.models import ChainRow, InspectionRow, WorkRow, WorkStepRow
from exitline.exits.register.store.opening import Store

NAME = "works of "
"""In front of the county's path in a day's leaves."""


def work_faults(store: Store) -> Iterator[str]:
    """Works whose steps are not what was recorded: a byte, a gap, a repeated column, an end.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    """
    works = {row.pk: row for row in WorkRow.objects.using(store.alias)}
    last: dict[int, tuple[int, str, str]] = {}
    steps = WorkStepRow.objects.using(store.alias).order_by("work", "number")
    for step in steps.iterator(chunk_size=2000):
        work = works[step.work_id]
        before, head, _ = last.get(step.work_id, (0, "", ""))
        where = f"{work.path} work {work.key} step {step.number}"
        if step.number != before + 1:
            yield f"{where}: the one before is missing"
        if step.hash != sha256(f"{head}\n{step.content}".encode()):
            yield f"{where}: it does not follow from the one before"
        last[step.work_id] = (step.number, step.hash, step.state)
    for pk, work in works.items():
        number, head, state = last.get(pk, (0, "", work.state))
        if (work.steps, work.head, work.state) != (number, head, state):
            yield f"{work.path} work {work.key}: the end of its steps is missing or changed"


def work_leaves(store: Store, day: date) -> Iterator[tuple[str, int, str]]:
    """For each county with works, how many steps and inspections it has up to a day, and a digest.

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
    for path, *said in (*rows, *seen):
        county = next((one for (one,) in counties if path.startswith(one)), "")
        found.setdefault(county, []).append([str(one) for one in said])
    for county, said in sorted(found.items()):
        yield f"{NAME}{county}", len(said), digest_of(sorted(said))
