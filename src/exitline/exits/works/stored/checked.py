"""Works of a register taken again: what is known of them, their steps, their inspections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError
from exitline.exits.register.logbook.checking import first_of
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.states import Replayed, replay
from exitline.exits.works.stored.chained import is_step, known_of
from exitline.exits.works.stored.tables import INSPECTED, SETTING, kept, procedure_in

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store

AT_ONCE = 2000


def unfit_works(store: Store) -> Iterator[str]:
    """Works whose columns, facts, steps, state or inspections do not follow from their chains.

    Whether the chains themselves are whole is asked where the register is
    (`exits.register.store.audit.works`).

    Parameters
    ----------
    store : Store
        With the whole register in its scope.
    """
    from exitline.exits.register.store.models import SettingRow, WorkRow, WorkStepRow

    with store.transaction():
        if not SettingRow.objects.using(store.alias).filter(name=SETTING).exists():
            return
        works = {one.pk: one for one in WorkRow.objects.using(store.alias).order_by("key")}
        rows = WorkStepRow.objects.using(store.alias).order_by("work__key", "number")
        chains = {
            pk: list(group)
            for pk, group in groupby(rows.iterator(chunk_size=AT_ONCE), lambda row: row.work_id)
        }
        known = [text for pk, one in chains.items() for text in _known_faults(works[pk], one)]
        steps = _step_faults(store, works, chains)
        looks = _look_faults(store, works, chains)
    for faults in (known, steps, looks):
        yield from first_of(faults)


def _known_faults(work: Any, rows: list[Any]) -> Iterator[str]:
    """Columns that a row's content does not give, and facts that the rows together do not."""
    facts: dict[str, Any] = {}
    for row in rows:
        where = f"work {work.key}, row {row.number}"
        try:
            said = json.loads(row.content)
        except ValueError:
            yield f"{where}: its content cannot be read"
            return
        facts |= said.get("facts", {})
        columns = {"work": work.key, "step": row.step, "role": row.role,
                   "on": row.on.isoformat()}  # fmt: skip
        wrong = [name for name, column in columns.items()
                 if said.get(name, column if name == "on" else "") != column]  # fmt: skip
        if said.get("actor", said.get("by", "")) != row.actor:
            wrong.append("actor")
        if wrong:
            yield f"{where}: columns that its content does not give: {', '.join(wrong)}"
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
