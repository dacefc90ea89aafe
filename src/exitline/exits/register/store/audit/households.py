"""The steps of households, taken again: some hundred households at a time, each table read once.

Every event is read from the bytes that the chain covers. Its row's columns must say the same, its
procedure must admit it after those before it, its decision must follow from its values (by sets,
through the engine), and what stands beside the steps must be what follows from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby, islice
from typing import Any

from django.db import models

from exitline.errors import ExitlineError
from exitline.exits.register.event import Event
from exitline.exits.register.history import History
from exitline.exits.register.logbook.checking import DecisionsAgain, KeptTexts, fault_of
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.store import texts
from exitline.exits.register.store.models import (
    AreaRow,
    CaseRow,
    DocumentRow,
    DutyRow,
    HouseholdRow,
    NoticeRow,
    StandingRow,
    StepRow,
)
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import event_of
from exitline.exits.register.store.write.derived import OF_HOUSEHOLD, Derived

AT_ONCE = 500
"""Households whose rows are read together, or somewhat more."""
MOST = 2000
"""Households of one village whose rows are read together."""
_NAMES = ("number", "household", "step", "on", "recorded", "actor", "role", "state", "procedure",
          "rule", "outcome")  # fmt: skip
_COLUMNS = (
    "household", "pk", "place", "county", "path", "content", "number", *_NAMES[2:]
)  # fmt: skip


class TakenAgain:
    """What was taken again so far.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.texts = KeptTexts(partial(texts.procedure, store), partial(texts.rule, store))
        self.decisions = DecisionsAgain(self.texts)
        self.households = 0
        self.counties: Counter[int] = Counter()
        areas = AreaRow.objects.using(store.alias).values_list("pk", "path", "county")
        self.areas = {pk: (path, county) for pk, path, county in areas}


def household_faults(taken: TakenAgain) -> Iterator[str]:
    """What does not follow in any household, events by county and number.

    Parameters
    ----------
    taken : TakenAgain
        Inside of a transaction that shows one moment.
    """
    for batch, where in _batches(taken.store):
        yield from _batch_faults(taken, batch, where)
    yield from taken.decisions.rest()


def _batches(store: Store) -> Iterator[tuple[list[HouseholdRow], dict[str, Any]]]:
    """Whole villages of some hundred households, or parts of a large one; where their rows are.

    Rows are looked up by the paths of the villages: row-level security is a range of paths, too,
    and PostgreSQL would rather walk all of it than look households up one by one.
    """
    rows = HouseholdRow.objects.using(store.alias).order_by("path", "pk")
    batch: list[HouseholdRow] = []
    for path, village in groupby(rows.iterator(chunk_size=AT_ONCE), lambda row: row.path):
        large = False
        while part := list(islice(village, MOST)):
            large = large or len(part) == MOST
            if large:
                low, high = part[0].pk, part[-1].pk
                yield part, {"path": path, "household__gte": low, "household__lte": high}
                continue
            batch += part
            if len(batch) >= AT_ONCE:
                yield batch, _between(batch)
                batch = []
    if batch:
        yield batch, _between(batch)


def _between(batch: list[HouseholdRow]) -> dict[str, Any]:
    return {"path__gte": batch[0].path, "path__lte": batch[-1].path}


def _batch_faults(
    taken: TakenAgain, batch: list[HouseholdRow], where: dict[str, Any]
) -> Iterator[str]:
    """What does not follow in households whose rows are read together."""
    steps = StepRow.objects.using(taken.store.alias).filter(**where)
    rows: dict[int, list[Any]] = {}
    numbers: dict[int, int] = {}
    for row in steps.order_by("household", "place").values_list(*_COLUMNS):
        rows.setdefault(row[0], []).append(row)
        numbers[row[1]] = row[6]
    beside = StoodBeside(taken.store, where, numbers)
    for one in batch:
        mine = rows.get(one.pk, [])
        taken.households += bool(mine)
        if taken.areas.get(one.area_id) != (one.path, one.county_id):
            yield f"{taken.areas[one.county_id][0]} a household is not where its area is"
        events: list[Event] = []
        sound = True
        for fault in _taken_again(taken, one, mine, events):
            sound = False
            yield fault
        if sound:
            number = events[-1].number if events else 0
            event = f"{taken.areas[one.county_id][0]} event {number}"
            yield from (
                f"{event}: {fault}" for fault in beside.faults(one, events, taken.texts.procedures)
            )


def _taken_again(
    taken: TakenAgain, one: HouseholdRow, rows: list[Any], events: list[Event]
) -> Iterator[str]:
    """The steps of a household, one after the other; its events are put to the list."""
    history = History(one.key, ())
    for _, _, place, county, path, content, number, *columns in rows:
        taken.counties[county] += 1
        where = f"{taken.areas[county][0]} event {number}"
        try:
            event = event_of(content)
            yield from _column_faults(where, (number, one.key, *columns), event)
            if path != one.path or county != one.county_id:
                yield f"{where}: it is not where its household is"
            if place != len(history.events) + 1:
                yield f"{where}: it is not in its place among the household's steps"
            procedure = taken.texts.procedure(event.procedure_digest)
            fault = None if procedure is None else fault_of(procedure, event, history)
            if fault is not None:
                yield f"{where}: {fault}"
            if procedure is None:
                yield f"{where}: what its procedure says is not known"
            if event.decision is not None:
                yield from taken.decisions.put(where, event.decision)
            history = history.then(event)
        except (ValueError, KeyError, TypeError, AttributeError, ExitlineError):
            yield f"{where}: its content cannot be read"
            return
    events += history.events


def _column_faults(where: str, columns: tuple[Any, ...], event: Event) -> Iterator[str]:
    """Columns that say something else than the content that is hashed."""
    decision = event.decision
    said = (
        event.number, event.household, event.step, event.on, event.recorded, event.actor,
        event.role, event.state, event.procedure_digest,
        decision.rule_digest if decision else "", decision.outcome if decision else "",
    )  # fmt: skip
    if columns != said:
        wrong = (name for name, a, b in zip(_NAMES, columns, said, strict=True) if a != b)
        yield f"{where}: columns that its content does not give: " + ", ".join(wrong)


_COMPARED: dict[type[models.Model], tuple[str, ...]] = {
    StandingRow: ("path", "county_id", "number", "on", "recorded", "next_on", "next_recorded",
                  "state", "category", "listed", "since", "turned"),
    CaseRow: ("path", "name", "began", "began_recorded", "began_by", "ended", "ended_recorded"),
    DutyRow: ("path", "name", "role", "began", "began_recorded", "due", "done", "done_recorded",
              "gone", "gone_recorded"),
    DocumentRow: ("path", "kind", "digest", "shows", "by_event"),
    NoticeRow: ("path", "kind", "shows", "posted", "until", "by_event"),
}  # fmt: skip
"""Columns of each table that follow from the steps."""
_STEP = "by_event"
"""The number of a paper's event: that of the step its row points at."""


class StoodBeside:
    """The rows of households that are read together, one query a table.

    Parameters
    ----------
    store : Store
    where : dict
        What these rows have in common, as a filter.
    numbers : mapping from a step's row to its number
    """

    def __init__(self, store: Store, where: dict[str, Any], numbers: Mapping[int, int]) -> None:
        self._store = store
        self._stand: dict[type[models.Model], dict[int, list[Any]]] = {}
        for model, columns in _COMPARED.items():
            table = model._default_manager.using(store.alias)
            rows = table.filter(**where).order_by("pk")
            found = self._stand.setdefault(model, {})
            names = ("step_id" if name == _STEP else name for name in columns)
            for household, *row in rows.values_list("household", *names):
                if columns[-1] == _STEP:
                    row[-1] = numbers.get(row[-1])
                found.setdefault(household, []).append(row)

    def faults(
        self, row: HouseholdRow, events: Sequence[Event], procedures: Sequence[Procedure]
    ) -> Iterator[str]:
        """Where what stands is not what follows, by table, without naming the household.

        Parameters
        ----------
        row : HouseholdRow
            Its columns are brought to what follows.
        events : sequence of Event
        procedures : sequence of Procedure
            At hand already.
        """
        kept = [getattr(row, name) for name in OF_HOUSEHOLD]
        again = Derived(self._store, *procedures, made=_Plain)
        row.steps = 0
        try:
            again.follow(row, (), events)
        except (ExitlineError, KeyError, IndexError):
            yield "what follows from its steps cannot be found"
            return
        for model, columns in _COMPARED.items():
            stands = self._stand[model].get(row.pk, [])
            follows = [[getattr(r, c) for c in columns] for r in again.new(model)]
            if stands != follows and sorted(map(str, stands)) != sorted(map(str, follows)):
                name = model._meta.db_table.removeprefix("register_")
                yield f"{name} rows that its steps do not give"
        if kept != [getattr(row, name) for name in OF_HOUSEHOLD]:
            yield "the household's state is not that of its last step"


class _Plain:
    """The fields of a row that is only compared: some twenty times faster than the table's own.

    Parameters
    ----------
    model : type of Model
    fields : dict
    """

    pk = None

    def __init__(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        self.__dict__ = _defaults(model._meta) | fields


@lru_cache(maxsize=16)
def _defaults(of: Any) -> dict[str, Any]:
    """What a row's columns hold where nothing is said."""
    return {
        field.attname: None if field.null else field.default
        for field in of.local_concrete_fields
        if field.null or isinstance(field.default, str)
    }
