"""A card on one page: members, facts, income, helpers, measures, visits, where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from exitline.exits.register import overdue
from exitline.exits.register.history import History
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store import texts
from exitline.exits.register.store.models import (
    AskedVisitRow,
    CardRow,
    ChangeRow,
    DocumentRow,
    FindingRow,
    HelperRow,
    HouseholdRow,
    IncomeLineRow,
    MeasureRow,
    MemberRow,
    NoticeRow,
    ObjectionRow,
    ViewLogRow,
    VisitRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.as_of import KNOWN
from exitline.exits.register.store.read.histories import event_of, household
from exitline.exits.register.store.together import columns_of, rows_of, together


@dataclass(frozen=True)
class CardPage:
    """Everything that a card shows, as of a day and as known on another.

    Parameters
    ----------
    row : HouseholdRow
        `row.version` is what the next change must say it saw.
    day : date
    history : History
        Its steps up to the day.
    card : Card or None
        The facts that held on the day: the latest card up to it, corrections included.
    lines : tuple of IncomeLine
    members, helpers, measures : tuple
        Those of the day.
    visits, notices, documents, findings : tuple
    asked : tuple of AskedVisitRow
        Visits that a list asks for and nobody has made, the earliest due first (50 at most).
    objections : tuple of ObjectionRow
        That nobody has taken up yet.
    earlier : tuple of CardRow
        Every card, the latest written first; corrected ones are among them (50 at most).
    changes : tuple of ChangeRow
        What was changed besides steps, the latest first (50 at most).
    duties : tuple of Duty
    """

    row: HouseholdRow
    day: date
    history: History
    card: CardRow | None
    lines: tuple[IncomeLineRow, ...]
    members: tuple[MemberRow, ...]
    helpers: tuple[HelperRow, ...]
    measures: tuple[MeasureRow, ...]
    visits: tuple[VisitRow, ...]
    notices: tuple[NoticeRow, ...]
    documents: tuple[DocumentRow, ...]
    findings: tuple[FindingRow, ...]
    asked: tuple[AskedVisitRow, ...]
    objections: tuple[ObjectionRow, ...]
    earlier: tuple[CardRow, ...]
    changes: tuple[ChangeRow, ...]
    duties: tuple[overdue.Duty, ...]

    @property
    def facts(self) -> Mapping[str, Any]:
        """Column to value, as conditions use them."""
        return {} if self.card is None else self.card.facts


def card(
    store: Store, key: str, *, day: date | None = None, known_on: date | None = None,
    county: str = "", viewer: tuple[str, str] | None = None,
    procedures: Callable[[str], Procedure] | None = None,
) -> CardPage:  # fmt: skip
    """The card of a household.

    Parameters
    ----------
    key : str
        The office's id.
    day : date, optional
        Today when not given.
    known_on : date, optional
        Leave out what was recorded later.
    county : str
        Path, where two counties use one id.
    viewer : tuple of (person, role), optional
        Who looks: it is logged.
    procedures : callable, optional
        Gives a kept procedure by its digest; by default they are read from the store.

    Returns
    -------
    CardPage

    Raises
    ------
    UnknownHouseholdError
        When there is no such household inside the scope.
    """
    day = day or date.today()
    with store.transaction():
        row = household(store, key, county)
        given = {"household": row.pk, "day": day, "known": known_on or KNOWN}
        with together(store) as sent:
            steps = sent.ask(_STEPS, given)
            asked = {
                name: (model, sent.ask(query, given)) for name, (model, query) in _PARTS.items()
            }
            if viewer is not None:
                sent.insert([ViewLogRow(
                    household=row, path=row.path, person=viewer[0], role=viewer[1], what="card"
                )])  # fmt: skip
        events = tuple(event_of(content) for (content,) in steps.fetchall())
        found = {
            name: tuple(rows_of(model, answer, store.alias))
            for name, (model, answer) in asked.items()
        }
    history = History(row.key, events).until(day, known_on=known_on)
    held = found.pop("card")
    return CardPage(
        row, day, history, held[0] if held else None,
        duties=overdue.duties(history, procedures or _procedure_of(store), day), **found,
    )  # fmt: skip


_STEPS = "SELECT content FROM register_step WHERE household_id = %(household)s ORDER BY place"
_HELD = "as_of <= %(day)s AND entered_on <= %(known)s"
_TODAY = "since <= %(day)s AND (until IS NULL OR until > %(day)s)"


def _part(model: Any, condition: str, order: str) -> tuple[Any, str]:
    """A kind of rows of a household, and the query that gives them."""
    return model, (
        f"SELECT {columns_of(model)} FROM {model._meta.db_table}"
        f" WHERE household_id = %(household)s AND {condition} ORDER BY {order}"
    )


_LATEST = "as_of DESC, id DESC LIMIT 1"
_PARTS: dict[str, tuple[Any, str]] = {
    "card": _part(CardRow, _HELD, _LATEST),
    "lines": _part(
        IncomeLineRow,
        "card_id = (SELECT id FROM register_card WHERE household_id = %(household)s"
        f" AND {_HELD} ORDER BY {_LATEST})",
        "id",
    ),
    "members": _part(MemberRow, _TODAY, "number, id"),
    "helpers": _part(HelperRow, _TODAY, "since, id"),
    "measures": _part(MeasureRow, _TODAY, "since, id"),
    "visits": _part(VisitRow, '"on" <= %(day)s', '"on" DESC, id'),
    "notices": _part(NoticeRow, "posted <= %(day)s", "posted DESC, id"),
    "documents": _part(DocumentRow, "1 = 1", "id"),
    "asked": _part(AskedVisitRow, "visit_id IS NULL", "due, rank, id LIMIT 50"),
    "findings": _part(FindingRow, "1 = 1", "due, id"),
    "objections": _part(ObjectionRow, "taken_up_id IS NULL", "received, id"),
    "earlier": _part(CardRow, "1 = 1", "id DESC LIMIT 50"),
    "changes": _part(ChangeRow, "what NOT LIKE 'step: %%'", "version DESC LIMIT 50"),
}
"""What a card shows besides its steps, by its name in `CardPage`."""


def _procedure_of(store: Store) -> Any:
    """A kept procedure by its digest, for one page."""
    known: dict[str, Procedure] = {}

    def of(digest: str) -> Procedure:
        if digest not in known:
            known[digest] = texts.procedure(store, digest)
        return known[digest]

    return of
