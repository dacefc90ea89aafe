"""What the register's pages show of works."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.due import WorkNotice, due_of, notices_of
from exitline.exits.works.states import replay
from exitline.exits.works.stored.tables import BESIDE, CORRECTED, kept, procedure_in, records_in

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store


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
