"""Works of a register of an earlier release: what stood in no chain is put into one."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from exitline.exits.works.stored.chained import (
    append,
    append_taken,
    append_to_asset,
    asset_content,
    beside_facts,
    rows_by,
)
from exitline.exits.works.stored.tables import SETTING

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store


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
