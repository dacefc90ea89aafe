"""Events as links of the chains of their counties, in the form that a log on disk has.

A batch in a chain is what one transaction appends: each event's hash covers the one before and
its own canonical content, and the last one is followed by the hash of a commit mark. So a chain
that is exported is a log that `exitline lifecycle check` reads, with the same head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from exitline.digest import written as canonical
from exitline.exits.register.errors import BackdatedError
from exitline.exits.register.event import Event
from exitline.exits.register.logbook.canonical import START, chain, commit_of
from exitline.exits.register.store.models import ChainRow, HouseholdRow, StepRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.together import columns_of, rows_of, together


def held_chains(
    store: Store, counties: Iterable[int], households: int = 0, steps: int = 0
) -> tuple[dict[int, ChainRow], list[int], list[int]]:
    """The chains of counties, held for this transaction, and ids for what they will get.

    Parameters
    ----------
    counties : iterable of int
        Rows' ids; a chain is begun where there is none.
    households, steps : int
        How many rows of each are about to be written.

    Returns
    -------
    tuple of dict, list and list
        Chains by county, ids of new households, ids of steps.
    """
    wanted = sorted(set(counties))
    with together(store) as sent:
        new = sent.numbers(HouseholdRow, households) if households else None
        ids = sent.numbers(StepRow, steps) if steps else None
        condition, values = sent.among("county_id", wanted)
        lock = " FOR UPDATE" if store.postgres else ""
        held = sent.ask(
            f"SELECT {columns_of(ChainRow)} FROM register_chain WHERE {condition}"
            f" ORDER BY county_id{lock}",
            (values,),
        )
    found = {link.county_id: link for link in rows_of(ChainRow, held, store.alias)}
    if lacking := [county for county in wanted if county not in found]:
        begun = [ChainRow(county_id=county, head=START) for county in lacking]
        ChainRow.objects.using(store.alias).bulk_create(begun, ignore_conflicts=True)
        found = held_chains(store, wanted)[0]
    given = [[n for (n,) in cursor.fetchall()] if cursor else [] for cursor in (new, ids)]
    return found, given[0], given[1]


def linked(
    chains: Mapping[int, ChainRow],
    events: Sequence[tuple[HouseholdRow, Event]],
    places: dict[int, int],
) -> list[StepRow]:
    """Events as the next links of their counties' chains; not written yet.

    Parameters
    ----------
    chains : mapping from county to Chain
        Held; their ends move on.
    events : sequence of (Household, Event)
        In their order; numbers are given here.
    places : dict from id(row) to int
        How many steps each household has taken before.

    Returns
    -------
    list of Step
        In the same order; `step.event` is the event with its number.

    Raises
    ------
    BackdatedError
        When the day of recording lies before the last one of the county.
    """
    last = {row.county_id: position for position, (row, _) in enumerate(events)}
    for county, link in chains.items():
        _in_order(link, [event.recorded for row, event in events if row.county_id == county])
    steps = []
    for position, (row, event) in enumerate(events):
        places[id(row)] += 1
        ends = last[row.county_id] == position
        steps.append(next_step(chains[row.county_id], row, event, places[id(row)], last=ends))
    return steps


def _in_order(link: ChainRow, days: Sequence[date]) -> None:
    """Refuse a day of recording before the chain's last one: what was known when must stay."""
    first = min(days)
    if link.last_recorded is not None and first < link.last_recorded:
        raise BackdatedError(
            "recorded on a day before the last recording of the county",
            expected=f"a day from {link.last_recorded.isoformat()} on",
            got=first.isoformat(),
            remedy="look at the clock of this machine",
        )
    link.last_recorded = max(days)


def next_step(
    link: ChainRow, row: HouseholdRow, event: Event, place: int, *, last: bool
) -> StepRow:
    """The next link of a chain as a row; the chain's end moves on."""
    numbered = replace(event, number=link.count + 1)
    content = canonical({"event": numbered.as_json()})
    link.count += 1
    link.head = hashed = chain(link.head, content)
    commit = ""
    if last:
        link.head = commit = chain(hashed, commit_of(link.count))
    decision = numbered.decision
    step = StepRow(
        household=row, path=row.path, county_id=row.county_id, number=numbered.number,
        place=place, step=numbered.step, on=numbered.on, recorded=numbered.recorded,
        actor=numbered.actor, role=numbered.role, state=numbered.state,
        procedure=numbered.procedure_digest,
        rule=decision.rule_digest if decision else "",
        outcome=decision.outcome if decision else "",
        content=content.decode(), hash=hashed, commit=commit,
    )  # fmt: skip
    step.event = numbered
    return step
