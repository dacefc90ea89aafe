"""The works of a register as the tables of a folder, and as its pages show them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from exitline.digest import written
from exitline.exits.register.procedures.loading import load_procedure
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.register.store import texts
from exitline.exits.works.due import WorkNotice, due_of, notices_of
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import TABLES
from exitline.exits.works.records.folder import WorksRecords, day_asked
from exitline.exits.works.records.keys import WorksFile
from exitline.exits.works.states import replay

if TYPE_CHECKING:
    from exitline.exits.register.procedures.procedure import Procedure
    from exitline.exits.register.store.opening import Store


SETTING = "works"
RECORDED, CORRECTED, INSPECTED = BESIDE = ("recorded", "corrected", "inspected")
"""Rows in the chain of a work that are no steps: what is known of it, and inspections."""


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
        found = kept(store)
        rows = _rows(store, found)
    said = {"works": found["works"], "criteria": found["criteria"],
            "census": found.get("census", True)}  # fmt: skip
    if found.get("area"):
        said["area"] = found["area"]
    text = written(said, in_order=False).decode()  # JSON is YAML
    keys = WorksFile.read(read_text(text, store.address, WorksError))
    tables = {name: typed(TABLES[name], _table(name, rows[name]), where=name) for name in TABLES}
    drafts = [draft_of(one, where="step") for one in rows["steps"]]
    day, procedure = day_asked(as_of), procedure_in(store, found)
    steps = replay(drafts, procedure, day)
    names = set(tables["villages"]["village"])
    decided = [one for one in found.get("decided", ()) if one["village"] in names]
    return WorksRecords(
        keys, Path(), day, tables, steps, procedure,
        pd.DataFrame(decided, columns=["village", "criterion", "outcome"]) if decided else None,
        found.get("checks", ""), found.get("shapes", {}),
    )  # fmt: skip


def has_works(store: Store) -> bool:
    """Whether works were taken into the register."""
    from exitline.exits.register.store.models import SettingRow

    with store.transaction():
        return bool(SettingRow.objects.using(store.alias).filter(name=SETTING).exists())


def kept(store: Store) -> dict[str, Any]:
    """What was kept of the works file."""
    from exitline.exits.register.store.models import SettingRow

    row = SettingRow.objects.using(store.alias).filter(name=SETTING).first()
    if row is None:
        raise WorksError(
            "the register has no works", where=store.address, expected="works taken in before",
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
        "villages": villages, "places": [one.facts for one in seen(m.WorkPlaceRow)],
        "works": [_inside(one, names) for one in works],
        **{name: [{"work": one.work.key, **one.facts} for one in parts if one.table == name]
           for name in ("phases", "funds")},
        "assets": assets,
        "inspections": [{"asset": one.asset.key, "on": one.on.isoformat(), "state": one.state,
                         "by": one.by, "note": one.note} for one in seen(m.InspectionRow, "asset")],
        "services": [{"asset": one.asset.key, "village": one.village, "households": one.households,
                      "minutes": one.minutes} for one in seen(m.ServiceRow, "asset")
                     if one.village in names],
        "steps": [json.loads(one.content) for one in seen(m.WorkStepRow) if one.step not in BESIDE],
    }  # fmt: skip


def _inside(work: dict[str, Any], villages: set[str]) -> dict[str, Any]:
    """A work with the villages that may be seen."""
    named = [one.strip() for one in str(work.get("villages", "")).split(";")]
    return work | {"villages": "; ".join(one for one in named if one in villages)}


def _codes_inside(store: Store) -> set[str]:
    """Codes of the areas inside the scope."""
    from exitline.exits.register.store.models import AreaRow

    return set(store.scope.of(AreaRow.objects.using(store.alias)).values_list("code", flat=True))


def works_procedure(store: Store) -> Procedure:
    """The procedure under which the register's works go through their states."""
    with store.transaction():
        return procedure_in(store, kept(store))


def procedure_in(store: Store, found: Mapping[str, Any]) -> Procedure:
    """The procedure that was kept with the works; of older registers, a shipped one by name.

    Parameters
    ----------
    store : Store
    found : mapping
        As `kept` gives it.
    """
    if digest := found.get("digest"):
        return texts.works_procedure(store, digest)
    return load_procedure(found["procedure"])


@dataclass(frozen=True)
class WorkPage:
    """A work with all that belongs to it.

    Attributes
    ----------
    row : WorkRow
    steps, assets : tuple of rows
    corrected : tuple of rows
        Of its chain: what was corrected, by whom and why.
    looks : dict of int to tuple of rows
        Inspections by asset, the latest first.
    """

    row: Any
    steps: tuple[Any, ...]
    corrected: tuple[tuple[Any, str], ...]
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


def due_in(store: Store, role: str, day: date, most: int = 50) -> list[dict[str, Any]]:
    """What a role has to do on works inside the scope, the longest overdue first.

    Parameters
    ----------
    store : Store
    role : str
    day : date
        Today.
    most : int
    """
    from exitline.exits.register.store.models import WorkStepRow

    with store.transaction():
        procedure = procedure_in(store, kept(store))
        if role not in procedure.roles:
            return []
        rows = store.scope.of(WorkStepRow.objects.using(store.alias)).exclude(step__in=BESIDE)
        drafts = [draft_of(json.loads(one.content), where="step")
                  for one in rows.order_by("work", "number")]  # fmt: skip
    if not drafts:
        return []
    found = due_of(replay(drafts, procedure, day).histories, procedure, day, role)
    rows = found.head(most).to_dict("records")
    return [{str(name): value for name, value in one.items()} for one in rows]


def notices_in(store: Store, key: str, day: date) -> list[WorkNotice]:
    """The notices of a work inside the scope.

    Parameters
    ----------
    store : Store
    key : str
    day : date
    """
    return [one for one in notices_of(records_in(store, day)) if one.work == key]


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
        chain = list(WorkStepRow.objects.using(store.alias).filter(work=row).order_by("number"))
    steps = tuple(one for one in chain if one.step not in BESIDE)
    corrected = tuple((one, json.loads(one.content).get("reason", "")) for one in chain
                      if one.step == CORRECTED)  # fmt: skip
    seen_of = {asset: tuple(found) for asset, found in looks.items()}
    return WorkPage(row, steps, corrected, assets, seen_of)
