"""Areas, and how many households live in each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import AreaRow
from exitline.exits.register.store.opening import Store


@dataclass(frozen=True)
class PlacedArea:
    """An area of the register.

    Parameters
    ----------
    path, name, level : str
    households : int
        That live right there, not below.
    """

    path: str
    name: str
    level: str
    households: int


def places(store: Store) -> tuple[PlacedArea, ...]:
    """Every area inside the scope, by path."""
    with store.transaction():
        rows = store.scope.of(AreaRow.objects.using(store.alias))
        counted = rows.annotate(many=Count("households", filter=Q(households__gone="")))
        found = counted.order_by("path").values_list("path", "name", "level", "many")
        return tuple(PlacedArea(*row) for row in found)


def county_of(store: Store, path: str = "") -> AreaRow:
    """The county of a path; the only one where none is named.

    Raises
    ------
    StoreError
        Where there is none, or several and none is named.
    """
    with store.transaction():
        rows = store.scope.of(AreaRow.objects.using(store.alias)).filter(county__isnull=False)
        rows = rows.filter(path=path) if path else rows.filter(pk=F("county"))
        found = list(rows.select_related("county")[:2])
    if len(found) == 1:
        return found[0].county
    raise StoreError(
        f"there is no area '{path}' in a county" if path else "nothing says which county",
        where=store.address or "register",
        expected="the path of a county",
        got="none" if not found else "several counties",
        remedy="list the areas: exitline register areas",
    )
