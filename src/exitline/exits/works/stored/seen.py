"""What the register's pages show of works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.exits.register.store.opening import Store


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
