"""Import of a table of areas: those above come before those below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from exitline.errors import ExitlineError
from exitline.exits.register.store.intake.rows import Refusals
from exitline.exits.register.store.models import AreaRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.areas import CODE, COUNTY
from exitline.stats.data.values import written
from exitline.words.said import say


@dataclass(frozen=True)
class GivenArea:
    """An area as a table gives it."""

    parent: str
    code: str
    name: str
    level: str

    @property
    def path(self) -> str:
        """Its path."""
        return f"{self.parent}{self.code}/"


def area_row(row: Mapping[str, Any], today: date) -> GivenArea:  # noqa: ARG001
    """An area from a row.

    Raises
    ------
    ExitlineError
    """
    said = {n: (written(row.get(n)) or "").strip() for n in ("parent", "code", "name", "level")}
    if not re.fullmatch(CODE, said["code"]):
        raise ExitlineError(say("a code that is not letters, digits, - and _, at most 40"))
    if not said["level"]:
        raise ExitlineError(say("nothing under 'level'"))
    return GivenArea(said["parent"], said["code"], said["name"] or said["code"], said["level"])


def against_areas(
    store: Store, rows: Sequence[tuple[int, GivenArea]], refusals: Refusals
) -> Iterator[GivenArea]:
    """The areas that are new, and whose parent is there or comes before."""
    known = set(AreaRow.objects.using(store.alias).values_list("path", flat=True))
    for number, row in rows:
        if row.parent and row.parent not in known:
            refusals.add(number, say("no such area above it, here or in an earlier row"))
        elif row.path in known:
            refusals.add(number, say("an area with this path is there already"))
        elif not store.scope.holds(row.path):
            refusals.add(number, say("no such area above it, here or in an earlier row"))
        else:
            known.add(row.path)
            yield row


def write_areas(store: Store, rows: Sequence[GivenArea], *_: Any) -> None:
    """New areas, level by level; inside of a transaction."""
    table = AreaRow.objects.using(store.alias)
    counties = dict(table.values_list("path", "county"))
    since = date.today()
    depths = sorted(rows, key=lambda row: row.path.count("/"))
    for _, group in groupby(depths, key=lambda row: row.path.count("/")):
        made = [
            AreaRow(path=row.path, code=row.code, name=row.name, level=row.level, since=since,
                    county_id=counties.get(row.parent))
            for row in group
        ]  # fmt: skip
        table.bulk_create(made, batch_size=500)
        for area in made:
            if area.level == COUNTY:
                area.county_id = area.pk
                area.save(using=store.alias)
            counties[area.path] = area.county_id
