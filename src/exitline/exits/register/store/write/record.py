"""Recording steps: admitted by the procedure, against what stands, in one transaction.

The order of locks is the same for every writer: households by id, then chains by county. So two
writers of one household take turns and the second sees what the first did, and those of one
county only wait for each other while a hash is computed and rows are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError

from exitline.exits.register.errors import UnknownHouseholdError
from exitline.exits.register.event import Draft, Event
from exitline.exits.register.history import History
from exitline.exits.register.logbook.log import decisions_of
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.steps.admission import admit
from exitline.exits.register.steps.request import StepRequest
from exitline.exits.register.store import texts
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import AreaRow, ChangeRow, HouseholdRow, StepRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import histories_of
from exitline.exits.register.store.write.authority import person_may
from exitline.exits.register.store.write.chain import append
from exitline.exits.register.store.write.derived import Derived
from exitline.exits.register.store.write.versions import check_version, retried

PROVISIONAL = 1 << 60
"""Numbers of events before their chain is held: behind all that stand, in their order."""


@dataclass
class Taken:
    """A household in hand: its row, its events so far, the new ones."""

    row: HouseholdRow
    history: History
    new: list[Event] = field(default_factory=list)


def record(
    store: Store,
    draft: Draft,
    expected_version: int | None,
    actor: str | None,
    *,
    procedure: Procedure,
    county: str = "",
    area: str = "",
    recorded: date | None = None,
    token: str | None = None,
) -> Event:
    """Record one step of a household.

    Parameters
    ----------
    store : Store
    draft : Draft
        What was done. It has no field for an outcome or a state: these are derived.
    expected_version : int or None
        The household's version that was looked at; None to take it as it stands.
    actor : str or None
        The person who is signed in: must be the draft's actor, and hold its role where the
        household is. None for an office that records for others (the commands).
    procedure : Procedure
        Under which the step is taken (`texts.usable`).
    county, area : str
        Paths: the county in which the household's id is looked up (needed where two counties use
        one id), and the area of a household that is new.
    recorded : date, optional
        Today when not given.
    token : str, optional
        Of the form: the same one sent twice is recorded once.

    Returns
    -------
    Event
        As it stands in the county's chain.

    Raises
    ------
    StaleVersionError
        When somebody changed the household in the meantime, with what was changed.
    AuthorityError
        When the person may not do this there.
    LifecycleError
        One of its kinds, by what the procedure has against the step.
    """
    found = record_all(
        store, [draft], procedure, expected={draft.household: expected_version}, actor=actor,
        county=county, area=area, recorded=recorded, token=token,
    )  # fmt: skip
    return found[0]


@retried
def record_all(
    store: Store,
    drafts: Sequence[Draft],
    procedure: Procedure,
    *,
    expected: Mapping[str, int | None] | None = None,
    actor: str | None = None,
    county: str = "",
    area: str | Callable[[str], str] = "",
    recorded: date | None = None,
    where: str = "event",
    token: str | None = None,
) -> tuple[Event, ...]:
    """Record steps in their order, all of them or none.

    Parameters
    ----------
    drafts : sequence of Draft
    expected : mapping from household to version, optional
    area : str or callable
        The path of new households' area, or a function from a household's id to it.
    where : str
        What the drafts came from, for messages: "events.csv row".

    Other parameters, and what is raised, as in `record`.
    """
    if not drafts:
        return ()
    decisions = decisions_of(drafts, procedure, where)
    today = recorded or date.today()
    with store.transaction():
        if token is not None and (sent := _sent(store, token)):
            return sent
        rule_digests = {d.rule_digest for d in decisions if d is not None}
        texts.keep(store, procedure, rule_digests)
        taken = _in_hand(store, drafts, county, area)
        for key, version in (expected or {}).items():
            check_version(store, taken[key].row, version, where)
        for position, (draft, decision) in enumerate(zip(drafts, decisions, strict=True)):
            held, at = taken[draft.household], f"{where} {position + 1}"
            person_may(store, actor, draft, held.row, at)
            request = StepRequest(
                draft, held.history, procedure, procedure.step(draft.step), decision, today, at
            )
            event = admit(request, PROVISIONAL + position)
            held.history = History(draft.household, (*held.history.events, event))
            held.new.append(event)
        return _written(store, taken, procedure, token, actor)


def _written(
    store: Store,
    taken: Mapping[str, Taken],
    procedure: Procedure,
    token: str | None,
    actor: str | None,
) -> tuple[Event, ...]:
    """Append what was admitted to its chains, and write what follows from it."""
    _save_new(store, [held.row for held in taken.values() if held.row.pk is None and held.new])
    order = sorted(
        ((event, held) for held in taken.values() for event in held.new),
        key=lambda pair: pair[0].number,
    )
    steps = append(store, [(held.row, event) for event, held in order])
    of_household: dict[int, list[StepRow]] = {}
    for step in steps:
        of_household.setdefault(step.household_id, []).append(step)
    derived = Derived(store, procedure)
    derived.load(held.row for held in taken.values())
    for held in taken.values():
        if held.new:
            before = held.history.events[: -len(held.new)]
            derived.follow(held.row, before, of_household[held.row.pk])
    derived.write(token, actor)
    return tuple(step.event for step in sorted(steps, key=lambda s: s.given))


def _in_hand(
    store: Store, drafts: Sequence[Draft], county: str, area: str | Callable[[str], str]
) -> dict[str, Taken]:
    """Every household of the drafts, held for this transaction; new ones come unwritten."""
    keys = list(dict.fromkeys(draft.household for draft in drafts))
    rows = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
    if county:
        rows = rows.filter(county__path=county)
    found: dict[str, HouseholdRow] = {}
    for start in range(0, len(keys), 500):
        part = rows.filter(key__in=keys[start : start + 500]).order_by("id")
        for row in part.select_for_update(of=("self",)):
            if row.key in found:
                raise StoreError(
                    "two counties have a household with this id",
                    where="household",
                    expected="one household",
                    got="several",
                    remedy="say which county",
                )
            found[row.key] = row
    new = [key for key in keys if key not in found]
    place = area if callable(area) else lambda _: str(area)
    found |= _made(store, new, place, county)
    histories = histories_of(store, {row.pk: row.key for row in found.values() if row.steps})
    return {
        key: Taken(row, histories.get(row.pk) or History(key, ())) for key, row in found.items()
    }


def _made(
    store: Store, keys: Sequence[str], place: Callable[[str], str], county: str
) -> dict[str, HouseholdRow]:
    """Rows of new households, in the areas they are said to be in; not written yet."""
    if not keys:
        return {}
    areas: dict[str, AreaRow] = {}
    made = []
    for key in keys:
        path = place(key) or county
        if path not in areas:
            areas[path] = area_of(store, path)
        at = areas[path]
        made.append(HouseholdRow(key=key, county=at.county, area=at, path=at.path))
    return {row.key: row for row in made}


def _save_new(store: Store, rows: Sequence[HouseholdRow]) -> None:
    """Write the rows of households that their first step brings in.

    Raises
    ------
    StoreError
        Where somebody else has just brought one in, or it lives outside the scope.
    """
    try:
        HouseholdRow.objects.using(store.alias).bulk_create(rows, batch_size=500)
    except IntegrityError as reason:
        raise StoreError(
            "another household of the county has this id",
            where="household",
            expected="an id that is new in the county",
            got="one that is taken, perhaps in another village",
            remedy="look the household up, or give another id",
        ) from reason


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
            "a household that is not in the register yet, and nothing says where it lives",
            where=store.address or "register",
            expected="the path of its village (--area)",
            remedy="correct the id, or say where the household lives",
        )
    row = areas.select_related("county").filter(path=path).first()
    if row is None:
        raise StoreError(
            f"there is no area '{path}' in a county",
            where=store.address or "register",
            expected="the path of a village, township or county inside the scope",
            got=repr(path),
            remedy="list the areas: exitline register areas",
        )
    return row


def _sent(store: Store, token: str) -> tuple[Event, ...]:
    """What a form recorded when it was sent before."""
    change = ChangeRow.objects.using(store.alias).filter(token=token).first()
    if change is None:
        return ()
    history = histories_of(store, {change.household_id: change.household.key})
    events = history[change.household_id].events
    place = change.what.partition("#")[2]
    return tuple(e for i, e in enumerate(events, 1) if str(i) == place)
