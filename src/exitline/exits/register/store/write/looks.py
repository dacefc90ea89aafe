"""Who looked at what of a household, and who took a list of households away."""

from __future__ import annotations

from exitline.exits.register.store.models import DownloadRow, HouseholdRow, ViewLogRow
from exitline.exits.register.store.opening import Store


def looked(store: Store, row: HouseholdRow, person: str, role: str, what: str) -> None:
    """Log that somebody looked at something of a household."""
    with store.transaction():
        ViewLogRow.objects.using(store.alias).create(
            household=row, path=row.path, person=person, role=role, what=what
        )


def taken_away(store: Store, person: str, role: str, what: str, rows: int | None = None) -> None:
    """Log that somebody took a list of the households inside the scope.

    Parameters
    ----------
    what : str
        Which list, in a word or two.
    rows : int, optional
        How many households it holds.
    """
    with store.transaction():
        DownloadRow.objects.using(store.alias).create(
            path=store.scope.path, person=person, role=role, what=what, rows=rows
        )
