"""What somebody has to do: open duties of their roles in their area, longest overdue first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exitline.exits.register.store.models import DutyRow, HouseholdRow
from exitline.exits.register.store.opening import Store


@dataclass(frozen=True)
class Task:
    """One open duty.

    Parameters
    ----------
    household, area, path : str
        Id; name and path of the village.
    state : str
        Of the household.
    name, role : str
    due : date
    days_late : int
        0 when in time.
    """

    household: str
    area: str
    path: str
    state: str
    name: str
    role: str
    due: date
    days_late: int


def worklist(
    store: Store, roles: Sequence[str], day: date, *, most: int = 50, after: int = 0
) -> tuple[Task, ...]:
    """The open duties of some roles inside the scope, longest overdue first.

    Parameters
    ----------
    roles : sequence of str
        Empty for every role.
    day : date
        Today.
    most, after : int
        How many, and how many to leave out before them.
    """
    rows = store.scope.of(DutyRow.objects.using(store.alias)).filter(
        done__isnull=True, gone__isnull=True, household__gone=""
    )
    if roles:
        rows = rows.filter(role__in=list(roles))
    rows = rows.select_related("household", "household__area").order_by("due", "path", "id")
    with store.transaction():
        return tuple(
            Task(
                duty.household.key, duty.household.area.name, duty.path, duty.household.state,
                duty.name, duty.role, duty.due, max(0, (day - duty.due).days),
            )
            for duty in rows[after : after + most]
        )  # fmt: skip


def households(
    store: Store, *, state: str = "", text: str = "", most: int = 50, after: int = 0
) -> tuple[HouseholdRow, ...]:
    """Households inside the scope by village, some of them.

    Parameters
    ----------
    state : str
        Only those that stand in it now.
    text : str
        The beginning of an id.
    """
    rows = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(key__startswith=text)
    with store.transaction():
        return tuple(rows.select_related("area").order_by("path", "key")[after : after + most])
