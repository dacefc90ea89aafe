"""Areas, offices and people: who holds which role where, from when to when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import AreaRow, AssignmentRow
from exitline.exits.register.store.opening import Store

COUNTY = "county"
CODE = r"[0-9A-Za-z_-]{1,40}"


def add_area(
    store: Store, parent: str, code: str, name: str, level: str, *, since: date
) -> AreaRow:
    """Add an area under another one ("" for the top).

    Parameters
    ----------
    parent : str
        Path of the area it lies in.
    code : str
        Letters, digits, "-" and "_": it becomes the last part of the path.
    name, level : str
        The level "county" is the one that has a chain of steps.
    since : date
        From which day it exists.

    Raises
    ------
    StoreError
        For a code of other characters, a parent that is not there, an area that is there already.
    """
    if not re.fullmatch(CODE, code):
        raise StoreError(
            "a code that cannot be part of an area's path", where=f"area '{name[:40]}'",
            expected="letters, digits, - and _, at most 40", got=repr(code[:40]),
            remedy="write the code in these characters",
        )  # fmt: skip
    areas = AreaRow.objects.using(store.alias)
    with store.transaction():
        above = areas.filter(path=parent).first() if parent else None
        if parent and above is None:
            raise StoreError(
                f"there is no area '{parent}'", where=f"area '{code}'",
                expected="the path of an area that is there", remedy="add the area above it first",
            )  # fmt: skip
        if areas.filter(path=f"{parent}{code}/").exists():
            raise StoreError(
                "the area is there already", where=f"{parent}{code}/",
                expected="a new code", got=code, remedy="use it, or give another code",
            )  # fmt: skip
        made = areas.create(
            path=f"{parent}{code}/", code=code, name=name, level=level, since=since,
            county=above.county if above else None,
        )  # fmt: skip
        if level == COUNTY:
            made.county = made
            made.save(using=store.alias)
    return made


def assign(
    store: Store, person: str, role: str, area: str, *, since: date,
    until: date | None = None, for_whom: str = "",
) -> AssignmentRow:  # fmt: skip
    """Give a person a role in an area, from a day to another.

    Parameters
    ----------
    person : str
        The name they sign in with; the actor of their steps.
    role : str
        A role of the procedure, "auditor" or "administrator".
    area : str
        Path.
    since, until : date
        `until` is the first day on which it no longer applies.
    for_whom : str
        Whom they stand in for while away.
    """
    with store.transaction():
        at = AreaRow.objects.using(store.alias).filter(path=area).first()
        if at is None:
            raise StoreError(
                f"there is no area '{area}'", where=f"role '{role}'",
                expected="the path of an area", remedy="list the areas: exitline register areas",
            )  # fmt: skip
        return AssignmentRow.objects.using(store.alias).create(
            person=person, role=role, area=at, path=at.path, since=since, until=until,
            for_whom=for_whom,
        )  # fmt: skip


def add_areas(store: Store, rows: Iterable[tuple[str, str, str, str]], *, since: date) -> int:
    """Add areas (parent path, code, name, level), those above first; how many."""
    with store.transaction():
        return len([add_area(store, *row, since=since) for row in rows])
