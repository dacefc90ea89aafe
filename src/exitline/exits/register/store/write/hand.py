"""What a writer takes in hand: households, held, with all that the admission of a step asks for.

All of it is asked for together, and the households are held first: what is read of them after
that is how they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exitline.exits.register.errors import UnknownHouseholdError
from exitline.exits.register.event import Draft, Event
from exitline.exits.register.history import History
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import (
    AreaRow,
    AssignmentRow,
    CaseRow,
    DutyRow,
    HouseholdRow,
    StandingRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import event_of
from exitline.exits.register.store.together import Together, columns_of, rows_of, together
from exitline.exits.register.store.write.authority import HELD
from exitline.words.said import say

OPEN = {
    StandingRow: '"next_on" IS NULL',
    CaseRow: '"ended" IS NULL',
    DutyRow: '"gone" IS NULL',
}
"""Rows that stand open of a household, which its next step may end."""


@dataclass
class Taken:
    """A household in hand.

    Parameters
    ----------
    row : HouseholdRow
        Held; not written yet where it is new.
    history : History
        Its events so far, the admitted ones included.
    new : list of Event
        The admitted ones, with provisional numbers.
    stand : dict
        Its open standing, cases and duties.
    """

    row: HouseholdRow
    history: History
    new: list[Event] = field(default_factory=list)
    stand: dict[type[Any], list[Any]] = field(default_factory=dict)

    @property
    def before(self) -> tuple[Event, ...]:
        """Its events before the admitted ones."""
        return self.history.events[: len(self.history.events) - len(self.new)]


@dataclass(frozen=True)
class Hand:
    """What a writer has in hand.

    Parameters
    ----------
    households : mapping from id to Taken
    assignments : tuple of AssignmentRow
        Of today, of the person who is signed in.
    sent : tuple of (household's row id, its key, place) or None
        What the same form recorded before.
    """

    households: Mapping[str, Taken]
    assignments: tuple[AssignmentRow, ...]
    sent: tuple[int, str, int] | None


def in_hand(
    store: Store, drafts: Sequence[Draft], county: str, area: str | Callable[[str], str], *,
    actor: str | None, token: str | None,
) -> Hand:  # fmt: skip
    """Every household of some drafts, held for this transaction; new ones come unwritten.

    Parameters
    ----------
    county, area
        As in `record.record_all`.
    actor : str or None
        Who is signed in.
    token : str or None
        Of the form.
    """
    keys = list(dict.fromkeys(draft.household for draft in drafts))
    place = area if callable(area) else lambda _: str(area)
    paths = {key: place(key) or county for key in keys}
    with together(store) as sent:
        was_sent = sent.ask(_SENT, (token,)) if token is not None else None
        where, values = _which(sent, keys, county)
        lock = " FOR UPDATE" if store.postgres else ""
        held = sent.ask(
            f"SELECT {columns_of(HouseholdRow, 'h')} FROM register_household h WHERE {where}"
            f" ORDER BY h.id{lock}",
            values,
        )
        steps = sent.ask(
            "SELECT s.household_id, s.content FROM register_step s JOIN register_household h"
            f" ON h.id = s.household_id WHERE {where} ORDER BY s.household_id, s.place",
            values,
        )
        stand = {
            model: sent.ask(
                f"SELECT {columns_of(model, 'o')} FROM {model._meta.db_table} o"
                f" JOIN register_household h ON h.id = o.household_id WHERE {where}"
                f" AND o.{condition} ORDER BY o.id",
                values,
            )
            for model, condition in OPEN.items()
        }
        areas = _areas(sent, [path for path in dict.fromkeys(paths.values()) if path])
        today = date.today()
        mine = None if actor is None else sent.ask(_MINE, (actor, today, today))
    before = was_sent.fetchone() if was_sent else None
    found = _taken(store, held, steps, stand)
    at = {one.path: one for one in rows_of(AreaRow, areas, store.alias)}
    for key in keys:
        if key not in found:
            home = at.get(paths[key]) or area_of(store, paths[key])
            row = HouseholdRow(key=key, county_id=home.county_id, area_id=home.pk, path=home.path)
            found[key] = Taken(row, History(key, ()))
    held_by = () if mine is None else tuple(rows_of(AssignmentRow, mine, store.alias))
    said = None if before is None else (before[0], before[1], int(before[2].partition("#")[2] or 0))
    return Hand(found, held_by, said)


_SENT = (
    "SELECT h.id, h.key, c.what FROM register_change c JOIN register_household h"
    " ON h.id = c.household_id WHERE c.token = %s"
)
_MINE = (
    f"SELECT {columns_of(AssignmentRow)} FROM register_assignment WHERE {HELD} ORDER BY path, role"
)


def _which(sent: Together, keys: Sequence[str], county: str) -> tuple[str, list[Any]]:
    """The condition of the households, and its values."""
    within, bounds = sent.store.scope.sql("h")
    among, ids = sent.among("h.key", keys)
    where, values = f"{among} AND h.gone = '' AND {within}", [ids, *bounds]
    if county:
        where += " AND h.county_id = (SELECT id FROM register_area WHERE path = %s)"
        values.append(county)
    return where, values


def _areas(sent: Together, paths: Sequence[str]) -> Any:
    """The areas in which new households may live."""
    within, bounds = sent.store.scope.sql("a")
    among, values = sent.among("a.path", paths)
    return sent.ask(
        f"SELECT {columns_of(AreaRow, 'a')} FROM register_area a WHERE {among} AND {within}"
        " AND a.county_id IS NOT NULL",
        (values, *bounds),
    )


def _taken(store: Store, held: Any, steps: Any, stand: Mapping[type[Any], Any]) -> dict[str, Taken]:
    """Households with their events and open rows, by the office's id."""
    rows = {row.pk: row for row in rows_of(HouseholdRow, held, store.alias)}
    events: dict[int, list[Event]] = {}
    for household, content in steps.fetchall():
        events.setdefault(household, []).append(event_of(content))
    found: dict[str, Taken] = {}
    by_id: dict[int, Taken] = {}
    for pk, row in rows.items():
        if row.key in found:
            raise StoreError(
                say("two counties have a household with this id"),
                where="household",
                expected=say("one household"),
                got=say("several"),
                remedy=say("say which county"),
            )
        found[row.key] = by_id[pk] = Taken(row, History(row.key, tuple(events.get(pk, ()))))
    for model, answer in stand.items():
        for one in rows_of(model, answer, store.alias):
            if one.household_id in by_id:
                by_id[one.household_id].stand.setdefault(model, []).append(one)
    return found


def area_of(store: Store, path: str) -> AreaRow:
    """The area of a path; of the only one where none is named.

    Raises
    ------
    UnknownHouseholdError, StoreError
        Where nothing says which area is meant, or there is none.
    """
    areas = store.scope.of(AreaRow.objects.using(store.alias)).filter(county__isnull=False)
    if not path:
        found = list(areas.select_related("county")[:2])
        if len(found) == 1:
            return found[0]
        raise UnknownHouseholdError(
            say("a household that is not in the register yet, and nothing says where it lives"),
            where=store.address or "register",
            expected=say("the path of its village (--area)"),
            remedy=say("correct the id, or say where the household lives"),
        )
    row = areas.select_related("county").filter(path=path).first()
    if row is None:
        raise StoreError(
            f"there is no area '{path}' in a county",
            where=store.address or "register",
            expected=say("the path of a village, township or county inside the scope"),
            got=repr(path),
            remedy=say("list the areas: exitline register areas"),
        )
    return row
