"""Works of a register taken again: what is known, steps, inspections, places, the works file.

In a register of an earlier release, what stood in no chain is put into one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError
from exitline.exits.register.logbook.checking import first_of
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.states import Replayed, replay
from exitline.exits.works.stored.chained import (
    DECLARED,
    append,
    append_taken,
    append_to_asset,
    asset_content,
    beside_facts,
    is_step,
    known_of,
    known_of_asset,
    parts_of,
    rows_by,
)
from exitline.exits.works.stored.tables import INSPECTED, SETTING, kept, procedure_in

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store


AT_ONCE = 2000


def unfit_works(store: Store) -> Iterator[str]:
    """Works and assets whose columns, facts, parts, steps, state or inspections do not follow;
    places and a works file that are not as they were taken in.

    Whether the chains themselves are whole is asked where the register is
    (`exits.register.store.audit.works`).

    Parameters
    ----------
    store : Store
        With the whole register in its scope.
    """
    from exitline.exits.register.store.models import (
        SettingRow,
        WorkPartRow,
        WorkRow,
        WorkStepRow,
    )

    with store.transaction():
        if not SettingRow.objects.using(store.alias).filter(name=SETTING).exists():
            return
        works = {one.pk: one for one in WorkRow.objects.using(store.alias).order_by("key")}
        rows = WorkStepRow.objects.using(store.alias).order_by("work__key", "number")
        chains = {
            pk: list(group)
            for pk, group in groupby(rows.iterator(chunk_size=AT_ONCE), lambda row: row.work_id)
        }
        parts = rows_by(store, WorkPartRow, "work_id")
        known = [text for pk, work in works.items()
                 for text in _known_faults(work, chains.get(pk, []), parts[pk])]  # fmt: skip
        steps = _step_faults(store, works, chains)
        looks = _look_faults(store, works, chains)
        assets = _asset_faults(store)
        beside = _beside_faults(store)
    for faults in (known, steps, looks, assets, beside):
        yield from first_of(faults)


def _known_faults(work: Any, rows: list[Any], parts: list[Any]) -> Iterator[str]:
    """Columns that a row's content does not give; facts and parts that the rows do not."""
    facts: dict[str, Any] = {}
    recorded: list[Any] | None = None
    for row in rows:
        where = f"work {work.key}, row {row.number}"
        try:
            said = json.loads(row.content)
        except ValueError:
            yield f"{where}: its content cannot be read"
            return
        facts |= said.get("facts", {})
        recorded = said.get("parts", recorded)
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
    now_parts = parts_of(parts)
    if recorded is None:
        yield f"work {work.key}: its phases and funds are in no chain"
    elif recorded != now_parts:
        tables = sorted({one[0] for one in (*recorded, *now_parts)
                         if recorded.count(one) != now_parts.count(one)})  # fmt: skip
        named = ", ".join(tables) or "their order"
        yield f"work {work.key}: phases or funds are not those that were recorded: {named}"


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
        (one.asset.work_id, one.asset.key, one.on.isoformat(), one.state, one.by, one.note)
        for one in looks.select_related("asset")
    )
    said = []
    for pk, rows in chains.items():
        for row in rows:
            if row.step == INSPECTED:
                one = json.loads(row.content)
                said.append((pk, one["asset"], *_look_of(one)))
    chained = {pk for pk, rows in chains.items()
               if rows and '"facts":' in rows[0].content}  # fmt: skip
    apart = set(there) ^ set(said)
    pairs = sorted({(one[0], one[1]) for one in apart if one[0] in chained})
    return [f"work {works[pk].key}: inspections of {asset} are not those that were recorded"
            for pk, asset in pairs]  # fmt: skip


def _look_of(said: dict[str, Any]) -> tuple[str, str, str, str]:
    """An inspection as a chain has it: day, state, who looked, note."""
    return said["on"], said["found"], said.get("by", ""), said.get("note", "")


def _asset_faults(store: Store) -> list[str]:
    """Assets known otherwise than recorded, or served otherwise, or looked at otherwise."""
    from exitline.exits.register.store.models import (
        AssetRow,
        AssetStepRow,
        InspectionRow,
        ServiceRow,
    )

    chains, faults = rows_by(store, AssetStepRow, "asset_id"), []
    services, looks = (rows_by(store, one, "asset_id") for one in (ServiceRow, InspectionRow))
    assets = AssetRow.objects.using(store.alias).select_related("work").order_by("key")
    for asset in assets.iterator(chunk_size=AT_ONCE):
        where = f"asset {asset.key}"
        try:
            rows = [json.loads(one.content) for one in chains[asset.pk]]
        except ValueError:
            faults.append(f"{where}: its content cannot be read")
            continue
        if not rows:
            faults.append(f"{where}: it is in no chain")
            continue
        now = known_of_asset(asset, services[asset.pk])
        if other := sorted(name for name, value in now.items() if rows[0].get(name) != value):
            faults.append(f"{where}: known otherwise than recorded: {', '.join(other)}")
        there = [] if asset.work else [(one.on.isoformat(), one.state, one.by, one.note)
                                       for one in looks[asset.pk]]  # fmt: skip
        said = [tuple(one) for one in rows[0]["inspections"]] + [
            _look_of(one) for one in rows if one["step"] == INSPECTED
        ]
        if sorted(there) != sorted(said):
            faults.append(f"{where}: its inspections are not those that were recorded")
    return faults


def _beside_faults(store: Store) -> list[str]:
    """What is kept of the works file, and places, otherwise than they were taken in."""
    from exitline.exits.register.store.models import WorkPlaceRow, WorksTakenRow

    said: dict[str, list[Any]] = defaultdict(list)
    declared: Any = None
    for row in WorksTakenRow.objects.using(store.alias).order_by("number"):
        try:
            one = json.loads(row.content)
        except ValueError:
            return [f"works as taken in, row {row.number}: its content cannot be read"]
        if row.step == DECLARED:
            declared = one.get("works")
        said[one.get("area", "")] += one.get("places", [])
    now = kept(store)
    if declared is None:
        return ["what the works file said is in no chain"]
    other = sorted(name for name in {*now, *declared} if now.get(name) != declared.get(name))
    faults = [f"the works file is kept otherwise than it was taken in: {', '.join(other)}"
              ] if other else []  # fmt: skip
    there: dict[str, list[Any]] = defaultdict(list)
    for path, facts in (
        WorkPlaceRow.objects.using(store.alias).order_by("pk").values_list("path", "facts")
    ):
        there[path].append(facts)
    apart = sorted(path for path in {*there, *said} if there.get(path, []) != said.get(path, []))
    return faults + [f"{path} places of services are not those that were recorded"
                     for path in apart]  # fmt: skip


def begin_chains(store: Store, recorded: date | None = None) -> int:
    """Put into chains what is in none; how many rows that took.

    Phases, funds, assets with whom they serve, places where services are measured, and what the
    works file said.

    Rows that are there stay as they are. What is in a chain already is left alone, so it may be
    done again.

    Parameters
    ----------
    store : Store
        With the whole register in its scope.
    recorded : date, optional
        Today unless given.
    """
    from exitline.exits.register.store.models import (
        AssetRow,
        InspectionRow,
        ServiceRow,
        SettingRow,
        WorkPartRow,
        WorkPlaceRow,
        WorkRow,
        WorksTakenRow,
        WorkStepRow,
    )

    day, begun = recorded or date.today(), 0
    with store.transaction():
        parts, taken = (rows_by(store, one, "work_id") for one in (WorkPartRow, WorkStepRow))
        for work in WorkRow.objects.using(store.alias).order_by("key"):
            if not any("parts" in json.loads(row.content) for row in taken[work.pk]):
                append(store, work, beside_facts(work, parts[work.pk]), day)
                begun += 1
        services, looks = (rows_by(store, one, "asset_id") for one in (ServiceRow, InspectionRow))
        rows = AssetRow.objects.using(store.alias).filter(steps=0).select_related("work")
        for asset in rows.order_by("key"):
            own = () if asset.work else [
                (one.on.isoformat(), one.state, one.by, one.note) for one in looks[asset.pk]
            ]  # fmt: skip
            append_to_asset(store, asset, asset_content(asset, services[asset.pk], own), day)
            begun += 1
        kept = SettingRow.objects.using(store.alias).filter(name=SETTING).first()
        if kept and not WorksTakenRow.objects.using(store.alias).exists():
            places = WorkPlaceRow.objects.using(store.alias).order_by("pk")
            begun += append_taken(store, "", kept.value, places.values_list("path", "facts"), day)
    return begun
