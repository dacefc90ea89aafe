"""Works in a register: taken in from a folder, read as the tables of one, steps and inspections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from exitline.digest import sha256, written
from exitline.errors import nearest
from exitline.exits.register.event import Draft
from exitline.exits.register.procedures.loading import load_procedure
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import STATES, TABLES
from exitline.exits.works.records.folder import SHIPPED, WorksRecords
from exitline.exits.works.records.keys import WorksFile
from exitline.exits.works.serving import for_villages
from exitline.exits.works.states import replay

if TYPE_CHECKING:
    from exitline.exits.register.procedures.procedure import Procedure, Step
    from exitline.exits.register.store.opening import Store

SETTING = "works"
_OWN = {"works": ("work", "kind", "criterion", "state"), "assets": ("asset", "work", "kind")}


@dataclass(frozen=True)
class WorksTaken:
    """What a register took in.

    Attributes
    ----------
    works, assets, inspections, services, steps : int
    """

    works: int
    assets: int
    inspections: int
    services: int
    steps: int


def take_in(store: Store, records: WorksRecords) -> WorksTaken:
    """Take the works of a folder into a register, all or none.

    Parameters
    ----------
    store : Store
    records : WorksRecords
        Its villages must be areas of the register, by their code.

    Returns
    -------
    WorksTaken

    Raises
    ------
    WorksError
        For villages that the register does not have, works or assets that it has already, and
        steps that the procedure does not allow.
    """
    from exitline.exits.register.store.models import AssetRow, SettingRow, WorkRow

    if records.steps.refused:
        work, step, reason = records.steps.refused[0]
        raise WorksError(
            f"{len(records.steps.refused):,} steps are not allowed", where=f"work {work}, '{step}'",
            expected=reason.expected or "", got=reason.what, remedy="mend them, or leave them out",
        )  # fmt: skip
    with store.transaction():
        paths = _paths(store, records)
        _refuse_known(store, records)
        made = {row.key: row for row in _works(records, paths)}
        WorkRow.objects.using(store.alias).bulk_create(made.values(), batch_size=500)
        _parts(store, records, made)
        assets = {row.key: row for row in _assets(records, paths, made)}
        AssetRow.objects.using(store.alias).bulk_create(assets.values(), batch_size=500)
        looks, services = _seen(store, records, assets)
        steps = 0
        for work, history in records.steps.histories.items():
            for event in history.events:
                _append(store, made[work], event, _content(event))
                steps += 1
        SettingRow.objects.using(store.alias).update_or_create(
            name=SETTING, defaults={"value": json.dumps(_kept_keys(records))}
        )
    return WorksTaken(len(made), len(assets), looks, services, steps)


def _paths(store: Store, records: WorksRecords) -> dict[str, str]:
    """The path of each village's area, by its code."""
    from exitline.exits.register.store.models import AreaRow

    rows = store.scope.of(AreaRow.objects.using(store.alias)).values_list("code", "path")
    known: dict[str, str] = {}
    for code, path in rows:
        if code not in known or len(path) > len(known[code]):
            known[code] = path
    lost = [one for one in records["villages"]["village"] if one not in known]
    if lost:
        raise WorksError(
            f"{len(lost):,} villages are no areas of the register", where="villages",
            expected="codes of areas that are there and may be seen", got=lost[0],
            remedy=nearest(lost[0], known) or "add the areas first: exitline register import",
        )  # fmt: skip
    return known


def _refuse_known(store: Store, records: WorksRecords) -> None:
    """Refuse works and assets that are there already."""
    from exitline.exits.register.store.models import AssetRow, WorkRow

    for model, name, key in ((WorkRow, "works", "work"), (AssetRow, "assets", "asset")):
        rows = model.objects.using(store.alias).filter(key__in=list(records[name][key]))
        if there := rows.count():
            raise WorksError(
                f"{there:,} {name} are in the register already", where=name, expected="new ids",
                got=rows.first().key, remedy="leave them out, or take a step on them",
            )  # fmt: skip


def _facts(row: Mapping[Any, Any], own: tuple[str, ...]) -> dict[str, Any]:
    """The other columns of a row, those without a value left out."""
    found = {}
    for name, value in row.items():
        if name in own or value is None or value == "" or value is pd.NaT or value != value:
            continue
        plain = value.item() if hasattr(value, "item") else value
        found[name] = plain.date().isoformat() if isinstance(plain, pd.Timestamp) else plain
    return found


def _works(records: WorksRecords, paths: Mapping[str, str]) -> list[Any]:
    """Rows of works; a work lies in its first village, or over all."""
    from exitline.exits.register.store.models import WorkRow

    first = for_villages(records).drop_duplicates("work").set_index("work")["village"].to_dict()
    return [
        WorkRow(
            key=row["work"], kind=row["kind"], criterion=row["criterion"],
            path=paths.get(first.get(row["work"], ""), ""),
            state=records.steps.state(row["work"], records.as_of) or row["state"],
            facts=_facts(row, _OWN["works"]),
        )
        for row in records["works"].to_dict("records")
    ]  # fmt: skip


def _parts(store: Store, records: WorksRecords, made: Mapping[str, Any]) -> None:
    """Phases and funds."""
    from exitline.exits.register.store.models import WorkPartRow

    rows = [
        WorkPartRow(work=made[row["work"]], path=made[row["work"]].path, table=table,
                    facts=_facts(row, ("work",)))
        for table in ("phases", "funds") for row in records[table].to_dict("records")
    ]  # fmt: skip
    WorkPartRow.objects.using(store.alias).bulk_create(rows, batch_size=500)


def _assets(records: WorksRecords, paths: Mapping[str, str], made: Mapping[str, Any]) -> list[Any]:
    """Rows of assets; where its village is not said, an asset lies where its work does."""
    from exitline.exits.register.store.models import AssetRow

    found = []
    for row in records["assets"].to_dict("records"):
        work = made.get(row["work"])
        path = paths.get(row["village"], "") or (work.path if work else "")
        found.append(AssetRow(key=row["asset"], kind=row["kind"], work=work, path=path,
                              facts=_facts(row, _OWN["assets"])))  # fmt: skip
    return found


def _seen(store: Store, records: WorksRecords, assets: Mapping[str, Any]) -> tuple[int, int]:
    """Inspections and services."""
    from exitline.exits.register.store.models import InspectionRow, ServiceRow

    looks = [
        InspectionRow(asset=assets[row["asset"]], path=assets[row["asset"]].path,
                      on=row["on"].date(), state=row["state"], by=row["by"], note=row["note"],
                      recorded=records.as_of)
        for row in records["inspections"].to_dict("records")
    ]  # fmt: skip
    services = [
        ServiceRow(asset=assets[row["asset"]], path=assets[row["asset"]].path,
                   **_facts(row, ("asset",)))
        for row in records["services"].to_dict("records")
    ]  # fmt: skip
    InspectionRow.objects.using(store.alias).bulk_create(looks, batch_size=500)
    ServiceRow.objects.using(store.alias).bulk_create(services, batch_size=500)
    return len(looks), len(services)


def _kept_keys(records: WorksRecords) -> dict[str, Any]:
    """What the register keeps of the works file, and of its villages."""
    criteria = {
        name: {key: list(value) if isinstance(value, tuple) else value
               for key, value in keys.given.items()}
        for name, keys in records.keys.criteria.items()
    }  # fmt: skip
    villages = [_facts(row, ()) for row in records["villages"].to_dict("records")]
    procedure = records.procedure.name if records.procedure else SHIPPED
    return {"works": records.keys.works, "criteria": criteria, "procedure": procedure,
            "villages": villages}  # fmt: skip


def records_in(store: Store, as_of: date | None = None) -> WorksRecords:
    """The works of a register, as far as its scope, in the form of a folder's.

    Parameters
    ----------
    store : Store
    as_of : date, optional
        Today unless given.

    Returns
    -------
    WorksRecords

    Raises
    ------
    WorksError
        Where no works were taken in.
    """
    from exitline.exits.works.records.typed import typed
    from exitline.rules.yamlfile.tree import read_text

    with store.transaction():
        kept = _kept(store)
        rows = _rows(store, kept)
    said = {"works": kept["works"], "criteria": kept["criteria"]}
    text = written(said, in_order=False).decode()  # JSON is YAML
    keys = WorksFile.read(read_text(text, store.address, WorksError))
    tables = {name: typed(TABLES[name], _table(name, rows[name]), where=name) for name in TABLES}
    drafts = [draft_of(one, where="step") for one in rows["steps"]]
    day, procedure = as_of or date.today(), load_procedure(kept["procedure"])
    steps = replay(drafts, procedure, day)
    return WorksRecords(keys, Path(), day, tables, steps, procedure)


def _kept(store: Store) -> dict[str, Any]:
    """What was kept of the works file."""
    from exitline.exits.register.store.models import SettingRow

    row = SettingRow.objects.using(store.alias).filter(name=SETTING).first()
    if row is None:
        raise WorksError(
            "the register holds no works", where=store.address, expected="works taken in before",
            got="none", remedy="take a folder in: exitline works record FOLDER --database ...",
        )  # fmt: skip
    found: dict[str, Any] = json.loads(row.value)
    return found


def _table(name: str, rows: list[dict[str, Any]]) -> Any:
    """Rows as a table; texts, so that ids stay as they are."""
    import pyarrow as pa

    columns = list(dict.fromkeys([c.name for c in TABLES[name].columns if c.needed]
                                 + [key for row in rows for key in row]))  # fmt: skip
    numbers = {c.name for c in TABLES[name].columns if c.holds == "number"}
    if not rows:
        return pa.table({key: pa.array([], pa.string()) for key in columns})
    return pa.table({
        key: pa.array([row.get(key) for row in rows], pa.float64() if key in numbers else None)
        for key in columns
    })  # fmt: skip


def _rows(store: Store, kept: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Every table's rows, as far as the scope."""
    from exitline.exits.register.store import models as m

    def seen(model: Any, *with_: str) -> Any:
        rows = store.scope.of(model.objects.using(store.alias))
        return (rows.select_related(*with_) if with_ else rows).order_by("pk")

    works = [{"work": one.key, "kind": one.kind, "criterion": one.criterion, "state": one.state,
              **one.facts} for one in seen(m.WorkRow)]  # fmt: skip
    parts = list(seen(m.WorkPartRow, "work"))
    known = {one["work"] for one in works}
    assets = [
        {"asset": one.key, "kind": one.kind, **one.facts}
        | ({"work": one.work.key} if one.work and one.work.key in known else {})
        for one in seen(m.AssetRow, "work")
    ]
    inside = _codes_inside(store)
    villages = [one for one in kept["villages"] if one["village"] in inside]
    names = {one["village"] for one in villages}
    return {
        "villages": villages, "places": [], "works": [_inside(one, names) for one in works],
        **{name: [{"work": one.work.key, **one.facts} for one in parts if one.table == name]
           for name in ("phases", "funds")},
        "assets": assets,
        "inspections": [{"asset": one.asset.key, "on": one.on.isoformat(), "state": one.state,
                         "by": one.by, "note": one.note} for one in seen(m.InspectionRow, "asset")],
        "services": [{"asset": one.asset.key, "village": one.village, "households": one.households,
                      "minutes": one.minutes} for one in seen(m.ServiceRow, "asset")
                     if one.village in names],
        "steps": [json.loads(one.content) for one in seen(m.WorkStepRow)],
    }  # fmt: skip


def _inside(work: dict[str, Any], villages: set[str]) -> dict[str, Any]:
    """A work with the villages that may be seen."""
    named = [one.strip() for one in str(work.get("villages", "")).split(";")]
    return work | {"villages": "; ".join(one for one in named if one in villages)}


def _codes_inside(store: Store) -> set[str]:
    """Codes of the areas inside the scope."""
    from exitline.exits.register.store.models import AreaRow

    return set(store.scope.of(AreaRow.objects.using(store.alias)).values_list("code", flat=True))


def _content(event: Any) -> str:
    """A step as canonical JSON, in the form in which it is handed in."""
    said = {
        "work": event.household, "step": event.step, "on": event.on.isoformat(),
        "actor": event.actor, "role": event.role, "reason": event.reason,
        "documents": [asdict(one) | {"shows": list(one.shows)} for one in event.documents],
        "evidence": {} if event.decision is None else dict(event.decision.values),
    }  # fmt: skip
    return written({k: v for k, v in said.items() if v}).decode()


def _append(store: Store, work: Any, event: Any, content: str) -> None:
    """Write a step behind the last one of its work."""
    from exitline.exits.register.store.models import WorkStepRow

    work.steps += 1
    work.head = sha256(f"{work.head}\n{content}".encode())
    work.state = event.state
    WorkStepRow.objects.using(store.alias).create(
        work=work, path=work.path, number=work.steps, step=event.step, on=event.on,
        recorded=event.recorded, actor=event.actor, role=event.role, state=event.state,
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
        procedure = load_procedure(_kept(store)["procedure"])
        before = [draft_of(json.loads(one.content), where="step")
                  for one in work.taken.using(store.alias).order_by("number")]  # fmt: skip
        found = replay([*before, draft], procedure, today)
        if found.refused:
            raise found.refused[-1][2]
        if found.late:
            raise WorksError(
                "a step that is still to come", where=f"step '{draft.step}'",
                expected=f"a day up to {today}", got=str(draft.on), remedy="mend the day",
            )  # fmt: skip
        event = found.histories[draft.household].events[-1]
        _append(store, work, event, _content(event))
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
            got=f"{state[:40]!r}, {on}, {by[:40]!r}", remedy="mend it",
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


@dataclass(frozen=True)
class WorkPage:
    """A work with all that belongs to it.

    Attributes
    ----------
    row : WorkRow
    steps, assets : tuple of rows
    looks : dict of int to tuple of rows
        Inspections by asset, the latest first.
    """

    row: Any
    steps: tuple[Any, ...]
    assets: tuple[Any, ...]
    looks: dict[int, tuple[Any, ...]]


def list_works(store: Store, state: str = "", most: int = 50, after: int = 0) -> list[Any]:
    """Works inside the scope, by id.

    Parameters
    ----------
    store : Store
    state : str
        Only those in it.
    most, after : int
        How many rows, and how many are left out before them.
    """
    from exitline.exits.register.store.models import WorkRow

    with store.transaction():
        rows = store.scope.of(WorkRow.objects.using(store.alias))
        kept = rows.filter(state=state) if state else rows
        return list(kept.order_by("path", "key")[after : after + most])


def count_states(store: Store) -> dict[str, int]:
    """How many works inside the scope stand in each state."""
    from django.db.models import Count

    from exitline.exits.register.store.models import WorkRow

    with store.transaction():
        rows = store.scope.of(WorkRow.objects.using(store.alias))
        return dict(rows.values_list("state").annotate(Count("id")).order_by("state"))


def work_page(store: Store, key: str) -> WorkPage | None:
    """A work inside the scope, with its steps, assets and inspections.

    Parameters
    ----------
    store : Store
    key : str
    """
    from exitline.exits.register.store.models import AssetRow, InspectionRow, WorkRow, WorkStepRow

    with store.transaction():
        row = store.scope.of(WorkRow.objects.using(store.alias)).filter(key=key).first()
        if row is None:
            return None
        assets = tuple(AssetRow.objects.using(store.alias).filter(work=row).order_by("key"))
        looks: dict[int, list[Any]] = {}
        seen = InspectionRow.objects.using(store.alias).filter(asset__work=row)
        for look in seen.order_by("-on", "-id"):
            looks.setdefault(look.asset_id, []).append(look)
        steps = tuple(WorkStepRow.objects.using(store.alias).filter(work=row).order_by("number"))
    return WorkPage(row, steps, assets, {asset: tuple(found) for asset, found in looks.items()})


def works_procedure(store: Store) -> Procedure:
    """The procedure under which the register's works go through their states."""
    with store.transaction():
        return load_procedure(_kept(store)["procedure"])


def _no(kind: str, key: str, store: Store) -> WorksError:
    """For an id that is not there, or may not be seen."""
    return WorksError(
        f"there is no such {kind}", where=store.address or "register", expected="one that is there "
        "and may be seen", got=repr(key[:60]), remedy="look at the list of works",
    )  # fmt: skip


def possible_work_steps(procedure: Procedure, state: str, role: str) -> tuple[Step, ...]:
    """Steps that a role may take from a state.

    Parameters
    ----------
    procedure : Procedure
    state, role : str
    """
    return tuple(step for step in procedure.allowed_from(state or "new") if role in step.by)
