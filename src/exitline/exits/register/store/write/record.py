"""Recording steps: admitted by the procedure, against what stands, in one transaction.

The order of locks is the same for every writer: households by id, then chains by county. So two
writers of one household take turns and the second sees what the first did, and those of one
county only wait for each other while a hash is computed and rows are written. On PostgreSQL a
step goes back and forth five times: begin, read (`hand`), hold the chain, write, commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.db import IntegrityError

from exitline.exits.register.event import Draft, Event
from exitline.exits.register.logbook.log import decisions_of
from exitline.exits.register.procedures.procedure import Procedure
from exitline.exits.register.steps.admission import admit
from exitline.exits.register.steps.request import StepRequest
from exitline.exits.register.store import texts
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import histories_of
from exitline.exits.register.store.together import together
from exitline.exits.register.store.write.apart import stands_apart
from exitline.exits.register.store.write.authority import person_may
from exitline.exits.register.store.write.chain import held_chains, linked
from exitline.exits.register.store.write.derived import Derived
from exitline.exits.register.store.write.hand import Taken, in_hand
from exitline.exits.register.store.write.planning import look_again
from exitline.exits.register.store.write.versions import check_version, retried

PROVISIONAL = 1 << 60
"""Numbers of events before their chain is held: behind all that stand, in their order."""


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
        rule_digests = {d.rule_digest for d in decisions if d is not None}
        texts.keep(store, procedure, rule_digests)
        hand = in_hand(store, drafts, county, area, actor=actor, token=token)
        if hand.sent is not None:
            return _sent(store, *hand.sent)
        for key, version in (expected or {}).items():
            check_version(store, hand.households[key].row, version, where)
        for position, (draft, decision) in enumerate(zip(drafts, decisions, strict=True)):
            held, at = hand.households[draft.household], f"{where} {position + 1}"
            person_may(actor, hand.assignments, draft, held.row, at)
            request = StepRequest(
                draft, held.history, procedure, procedure.step(draft.step), decision, today, at
            )
            stands_apart(store, actor, hand.assignments, request, held.row)
            event = admit(request, PROVISIONAL + position)
            held.history = held.history.then(event)
            held.new.append(event)
        made = _written(store, list(hand.households.values()), procedure, token, actor)
    look_again(store, [event.number for event in made])
    return made


def _written(
    store: Store,
    taken: Sequence[Taken],
    procedure: Procedure,
    token: str | None,
    actor: str | None,
) -> tuple[Event, ...]:
    """Append what was admitted to its chains, and write what follows from it.

    The chains are held last and for as long as it takes to hash and to write: what follows from
    the events is found before, with provisional numbers.
    """
    derived = Derived(store, procedure)
    order = sorted(
        ((held.row, event) for held in taken for event in held.new),
        key=lambda pair: pair[1].number,
    )
    places = [held.row for held in taken if held.row.pk is None]
    before = {id(held.row): held.row.steps for held in taken}
    for held in taken:
        derived.follow(held.row, held.before, held.new, held.stand)
    chains, ids, numbers = held_chains(
        store, [row.county_id for row, _ in order], len(places), len(order)
    )
    for row, pk in zip(places, ids, strict=True):
        row.pk = pk
    steps = linked(chains, order, before)
    for step, pk in zip(steps, numbers, strict=True):
        step.pk = pk
    by_number = {event.number: step for (_, event), step in zip(order, steps, strict=True)}
    try:
        with together(store) as sent:
            sent.insert(places)
            sent.insert(steps)
            sent.update(list(chains.values()), ("head", "count", "last_recorded"))
            derived.write(sent, by_number, token, actor)
    except IntegrityError as reason:
        raise StoreError(
            "another household of the county has this id",
            where="household",
            expected="an id that is new in the county",
            got="one that is taken, perhaps in another village",
            remedy="look the household up, or give another id",
        ) from reason
    return tuple(step.event for step in steps)


def _sent(store: Store, household: int, key: str, place: int) -> tuple[Event, ...]:
    """What a form recorded when it was sent before."""
    events = histories_of(store, {household: key})[household].events
    return tuple(event for i, event in enumerate(events, 1) if i == place)
