"""A card on one page: members, facts, income, helpers, measures, visits, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from exitline.exits.register import overdue
from exitline.exits.register.history import History
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store import texts
from exitline.exits.register.store.models import (
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
    ViewLogRow,
    VisitRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import histories_of, household


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
    duties: tuple[overdue.Duty, ...]

    @property
    def facts(self) -> Mapping[str, Any]:
        """Column to value, as conditions use them."""
        return {} if self.card is None else self.card.facts


def card(
    store: Store, key: str, *, day: date | None = None, known_on: date | None = None,
    county: str = "", viewer: tuple[str, str] | None = None,
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
        history = histories_of(store, {row.pk: row.key}).get(row.pk, History(row.key, ()))
        history = history.until(day, known_on=known_on)
        facts = _latest(store, row, day, known_on)
        if viewer is not None:
            ViewLogRow.objects.using(store.alias).create(
                household=row, path=row.path, person=viewer[0], role=viewer[1], what="card"
            )
        lines = IncomeLineRow.objects.using(store.alias).filter(card=facts).order_by("id")
        return CardPage(
            row, day, history, facts, tuple(lines) if facts else (),
            members=_dated(store, MemberRow, row, day, "number"),
            helpers=_dated(store, HelperRow, row, day, "since"),
            measures=_dated(store, MeasureRow, row, day, "since"),
            visits=_rows(store, VisitRow, row, "-on", on__lte=day),
            notices=_rows(store, NoticeRow, row, "-posted", posted__lte=day),
            documents=_rows(store, DocumentRow, row, "id"),
            findings=_rows(store, FindingRow, row, "due"),
            duties=overdue.duties(history, _procedure_of(store), day),
        )  # fmt: skip


def earlier_cards(store: Store, row: HouseholdRow, most: int = 50) -> tuple[CardRow, ...]:
    """Every card of a household, the latest written first; corrected ones are among them."""
    with store.transaction():
        rows = CardRow.objects.using(store.alias).filter(household=row).order_by("-id")
        return tuple(rows[:most])


def changes_of(store: Store, row: HouseholdRow, most: int = 50) -> tuple[ChangeRow, ...]:
    """What was changed about a household besides its steps, the latest first."""
    with store.transaction():
        rows = ChangeRow.objects.using(store.alias).filter(household=row)
        return tuple(rows.exclude(what__startswith="step: ").order_by("-version")[:most])


def _procedure_of(store: Store) -> Any:
    """A kept procedure by its digest, for one page."""
    known: dict[str, Procedure] = {}

    def of(digest: str) -> Procedure:
        if digest not in known:
            known[digest] = texts.procedure(store, digest)
        return known[digest]

    return of


def _latest(store: Store, row: HouseholdRow, day: date, known_on: date | None) -> CardRow | None:
    """The card that held on a day."""
    rows = CardRow.objects.using(store.alias).filter(household=row, as_of__lte=day)
    if known_on is not None:
        rows = rows.filter(entered_on__lte=known_on)
    return rows.order_by("-as_of", "-id").first()


def _dated(store: Store, model: Any, row: HouseholdRow, day: date, order: str) -> tuple[Any, ...]:
    """Rows that hold on a day."""
    held = Q(until__isnull=True) | Q(until__gt=day)
    return tuple(
        model.objects.using(store.alias)
        .filter(held, household=row, since__lte=day)
        .order_by(order, "id")
    )


def _rows(store: Store, model: Any, row: HouseholdRow, order: str, **given: Any) -> tuple[Any, ...]:
    return tuple(model.objects.using(store.alias).filter(household=row, **given).order_by(order))
