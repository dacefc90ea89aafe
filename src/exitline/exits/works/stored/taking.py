"""Works taken in from a folder, all or none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import pandas as pd

from exitline.errors import nearest
from exitline.exits.register.store import texts
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.folder import SHIPPED, WorksRecords
from exitline.exits.works.serving import for_villages
from exitline.exits.works.stored.chained import (
    append_taken,
    asset_content,
    content_of,
    facts_content,
    inspection_content,
    known_of,
    next_asset_row,
    next_row,
)
from exitline.exits.works.stored.tables import SETTING

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store

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
            f"{len(records.steps.refused):,} "
            f"{'step is' if len(records.steps.refused) == 1 else 'steps are'} not allowed",
            where=f"work {work}, '{step}'",
            expected=reason.expected or "", got=reason.what,
            remedy="correct them, or leave them out",
        )  # fmt: skip
    with store.transaction():
        paths = paths_of(store, records["villages"]["village"].tolist())
        _refuse_known(store, records)
        made = {row.key: row for row in _works(records, paths)}
        WorkRow.objects.using(store.alias).bulk_create(made.values(), batch_size=500)
        parts = _parts(store, records, made)
        assets = {row.key: row for row in _assets(records, paths, made)}
        AssetRow.objects.using(store.alias).bulk_create(assets.values(), batch_size=500)
        looks, services = _seen(store, records, assets)
        placed = _places(store, records, paths)
        steps = _chains(store, records, made, parts)
        _asset_chains(store, records, assets, services)
        if records.procedure is not None:
            texts.keep_for_works(store, records.procedure)
        kept = json.dumps(_kept_keys(records))
        SettingRow.objects.using(store.alias).update_or_create(
            name=SETTING, defaults={"value": kept}
        )
        villages = [paths[one] for one in records["villages"]["village"]]
        append_taken(store, area_of_all(villages), kept, placed, date.today())
    return WorksTaken(len(made), len(assets), looks, len(services), steps)


def paths_of(store: Store, villages: Sequence[str]) -> dict[str, str]:
    """The path of each area inside the scope, by its code.

    Parameters
    ----------
    store : Store
    villages : sequence of str
        Codes that must be there.

    Raises
    ------
    WorksError
        For one that is not there, or may not be seen.
    """
    from exitline.exits.register.store.models import AreaRow

    rows = store.scope.of(AreaRow.objects.using(store.alias)).values_list("code", "path")
    known: dict[str, str] = {}
    for code, path in rows:
        if code not in known or len(path) > len(known[code]):
            known[code] = path
    lost = [one for one in villages if one not in known]
    if lost:
        raise WorksError(
            f"{len(lost):,} {'village is no area' if len(lost) == 1 else 'villages are no areas'} "
            "of the register", where="villages",
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


def facts_of(row: Mapping[Any, Any], own: tuple[str, ...]) -> dict[str, Any]:
    """The other columns of a row, those without a value left out.

    Parameters
    ----------
    row : mapping
    own : tuple of str
    """
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
            state="" if row["work"] in records.steps.histories else row["state"],
            facts=facts_of(row, _OWN["works"]),
        )
        for row in records["works"].to_dict("records")
    ]  # fmt: skip


def _parts(store: Store, records: WorksRecords, made: Mapping[str, Any]) -> list[Any]:
    """Phases and funds, written."""
    from exitline.exits.register.store.models import WorkPartRow

    rows = [
        WorkPartRow(work=made[row["work"]], path=made[row["work"]].path, table=table,
                    facts=facts_of(row, ("work",)))
        for table in ("phases", "funds") for row in records[table].to_dict("records")
    ]  # fmt: skip
    WorkPartRow.objects.using(store.alias).bulk_create(rows, batch_size=500)
    return rows


def _assets(records: WorksRecords, paths: Mapping[str, str], made: Mapping[str, Any]) -> list[Any]:
    """Rows of assets; where its village is not said, an asset lies where its work does."""
    from exitline.exits.register.store.models import AssetRow

    found = []
    for row in records["assets"].to_dict("records"):
        work = made.get(row["work"])
        path = paths.get(row["village"], "") or (work.path if work else "")
        found.append(AssetRow(key=row["asset"], kind=row["kind"], work=work, path=path,
                              facts=facts_of(row, _OWN["assets"])))  # fmt: skip
    return found


def _seen(
    store: Store, records: WorksRecords, assets: Mapping[str, Any]
) -> tuple[int, list[Any]]:  # fmt: skip
    """How many inspections, and the services; both written."""
    from exitline.exits.register.store.models import InspectionRow, ServiceRow

    looks = [
        InspectionRow(asset=assets[row["asset"]], path=assets[row["asset"]].path,
                      on=row["on"].date(), state=row["state"], by=row["by"], note=row["note"],
                      recorded=date.today())
        for row in records["inspections"].to_dict("records")
    ]  # fmt: skip
    services = [
        ServiceRow(asset=assets[row["asset"]], path=assets[row["asset"]].path,
                   **facts_of(row, ("asset",)))
        for row in records["services"].to_dict("records")
    ]  # fmt: skip
    InspectionRow.objects.using(store.alias).bulk_create(looks, batch_size=500)
    ServiceRow.objects.using(store.alias).bulk_create(services, batch_size=500)
    return len(looks), services


def _chains(
    store: Store, records: WorksRecords, made: Mapping[str, Any], parts: Sequence[Any]
) -> int:  # fmt: skip
    """Each work's chain: what is known of it, its steps, what was found of its assets."""
    from exitline.exits.register.store.models import WorkRow, WorkStepRow

    steps, day = 0, date.today()
    own_parts: dict[str, list[Any]] = {key: [] for key in made}
    for part in parts:
        own_parts[part.work.key].append(part)
    rows = [next_row(work, facts_content(work, known_of(work), parts=own_parts[key]), day)
            for key, work in made.items()]  # fmt: skip
    for key, history in records.steps.histories.items():
        for event in history.events:
            rows.append(next_row(made[key], content_of(event), day, event.state))
            steps += 1
    own = records["assets"].set_index("asset")["work"]
    rows += [next_row(work, inspection_content(work, look), day) for look in _looks(records)
             if (work := made.get(own[look["asset"]]))]  # fmt: skip
    WorkStepRow.objects.using(store.alias).bulk_create(rows, batch_size=500)
    WorkRow.objects.using(store.alias).bulk_update(
        list(made.values()), ["steps", "head", "state"], batch_size=200
    )
    return steps


def _looks(records: WorksRecords) -> Iterator[dict[str, Any]]:
    """Inspections in the order of their days, as a chain has them."""
    for look in records["inspections"].sort_values("on", kind="stable").to_dict("records"):
        yield {str(name): value for name, value in look.items()} | {
            "on": look["on"].date().isoformat()
        }


def _asset_chains(
    store: Store, records: WorksRecords, assets: Mapping[str, Any], services: Sequence[Any]
) -> None:
    """Each asset's chain: what is known of it, whom it serves, inspections if no work made it."""
    from exitline.exits.register.store.models import AssetRow, AssetStepRow

    day = date.today()
    served: dict[str, list[Any]] = {key: [] for key in assets}
    for one in services:
        served[one.asset.key].append(one)
    rows = [next_asset_row(asset, asset_content(asset, served[key]), day)
            for key, asset in assets.items()]  # fmt: skip
    rows += [next_asset_row(asset, inspection_content(None, look), day) for look in _looks(records)
             if (asset := assets[look["asset"]]).work is None]  # fmt: skip
    AssetStepRow.objects.using(store.alias).bulk_create(rows, batch_size=500)
    AssetRow.objects.using(store.alias).bulk_update(
        list(assets.values()), ["steps", "head"], batch_size=200
    )


def _places(
    store: Store, records: WorksRecords, paths: Mapping[str, str]
) -> list[tuple[str, dict[str, Any]]]:  # fmt: skip
    """Where services are measured, written."""
    from exitline.exits.register.store.models import WorkPlaceRow

    rows = [WorkPlaceRow(path=paths[row["village"]], facts=facts_of(row, ()))
            for row in records["places"].to_dict("records")]  # fmt: skip
    WorkPlaceRow.objects.using(store.alias).bulk_create(rows, batch_size=500)
    return [(one.path, one.facts) for one in rows]


def area_of_all(paths: Sequence[str]) -> str:
    """The smallest area that holds all of these.

    Examples
    --------
    >>> area_of_all(["N/C1/a/", "N/C1/b/"]), area_of_all(["N/C1/a/"]), area_of_all([])
    ('N/C1/', 'N/C1/a/', '')
    """
    if not paths:
        return ""
    parts = zip(*(one.split("/") for one in (min(paths), max(paths))), strict=False)
    same = takewhile(lambda pair: pair[0] == pair[1] and pair[0], parts)
    return "".join(f"{one}/" for one, _ in same)


def _kept_keys(records: WorksRecords) -> dict[str, Any]:
    """What the register keeps of the works file, and of its villages."""
    criteria = {name: _plain(keys) for name, keys in records.keys.criteria.items()}
    area = {} if records.keys.area is None else _plain(records.keys.area)
    villages = [facts_of(row, ()) for row in records["villages"].to_dict("records")]
    procedure = records.procedure.name if records.procedure else SHIPPED
    decided = [] if records.decided is None else records.decided.to_dict("records")
    digest = records.procedure.digest if records.procedure else ""
    return {
        "works": records.keys.works, "criteria": criteria, "procedure": procedure,
        "digest": digest, "villages": villages, "area": area, "census": records.keys.census,
        "checks": records.checks, "decided": decided, "shapes": dict(records.shapes),
    }  # fmt: skip


def _plain(keys: Any) -> dict[str, Any]:
    """Keys of a file as JSON has them."""
    return {key: list(value) if isinstance(value, tuple) else value
            for key, value in keys.given.items()}  # fmt: skip
