"""Everything taken again: chains, texts, decisions, steps, and what was derived from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from exitline.digest import written as canonical
from exitline.errors import ExitlineError
from exitline.exits.register.errors import LogDamagedError
from exitline.exits.register.event import Event
from exitline.exits.register.history import History
from exitline.exits.register.logbook.canonical import START, chain
from exitline.exits.register.logbook.checking import fault_of, first_of
from exitline.exits.register.procedures.decision import DecisionRecord
from exitline.exits.register.procedures.evaluate import derived_again
from exitline.exits.register.store import texts
from exitline.exits.register.store.audit.heads import unfit_heads
from exitline.exits.register.store.audit.papers import paper_faults
from exitline.exits.register.store.audit.works import work_faults
from exitline.exits.register.store.models import AreaRow, ChainRow, HouseholdRow, StepRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.histories import event_of
from exitline.exits.register.store.write.derived import differences

AT_ONCE = 2000


@dataclass(frozen=True)
class Soundness:
    """What a check found.

    Parameters
    ----------
    events, households : int
    heads : tuple of (county path, events, head)
    faults : tuple of str
        What does not follow, events by county and number; nothing that names a household.
    """

    events: int
    households: int
    heads: tuple[tuple[str, int, str], ...]
    faults: tuple[str, ...]


def check(store: Store, head: str | None = None) -> Soundness:
    """Verify a register: every byte of its steps, every decision, every step and what follows.

    Parameters
    ----------
    store : Store
        With the whole register in its scope.
    head : str, optional
        A county's head that was noted earlier: it must still be in its chain.

    Returns
    -------
    Soundness

    Raises
    ------
    LogDamagedError
        When the noted head is in no chain.
    """
    with store.transaction():
        chains = list(
            ChainRow.objects.using(store.alias).select_related("county").order_by("county")
        )
        require_head(store, head)
        lost = tuple(_texts(store))
        broken = tuple(f for link in chains for f in first_of(_chain_faults(store, link)))
        follow = () if lost else tuple(first_of(_step_faults(store)))
        unfit = tuple(unfit_heads(store))
        beside = (*first_of(work_faults(store)), *first_of(paper_faults(store)))
        households = HouseholdRow.objects.using(store.alias).filter(steps__gt=0).count()
    heads = tuple((link.county.path, link.count, link.head) for link in chains)
    return Soundness(
        sum(link.count for link in chains),
        households,
        heads,
        (*lost, *broken, *follow, *unfit, *beside),
    )


def require_head(store: Store, head: str | None) -> None:
    """Refuse a register in which a head that was noted earlier does not stand.

    Parameters
    ----------
    store : Store
    head : str or None

    Raises
    ------
    LogDamagedError
    """
    if head is None or StepRow.objects.using(store.alias).filter(commit=head).exists():
        return
    raise LogDamagedError(
        "the register does not contain the head that was noted",
        where=store.address,
        expected=f"a commit with the head {head[:16]}...",
        got="none",
        remedy="compare with a backup: the register was rewritten, or it is another one",
    )


def _texts(store: Store) -> Iterator[str]:
    """Procedures and rules that are missing or were changed."""
    steps = StepRow.objects.using(store.alias)
    for kind, column, read in (
        ("procedure", "procedure", texts.procedure), ("rule", "rule", texts.rule),
    ):  # fmt: skip
        digests = steps.exclude(**{column: ""}).values_list(column, flat=True).distinct()
        for digest in digests.order_by(column):
            try:
                read(store, digest)
            except ExitlineError as reason:
                yield f"{kind} {digest[:16]}...: {reason.what}"


def _chain_faults(store: Store, link: ChainRow) -> Iterator[str]:
    """Steps of a county that are not what was recorded: a byte, a gap, a repeated column."""
    name = _county(link.county)
    rows = StepRow.objects.using(store.alias).filter(county=link.county).order_by("number")
    previous, count = START, 0
    for step in rows.select_related("household").iterator(chunk_size=AT_ONCE):
        count += 1
        where = f"{name}event {step.number}"
        previous = chain(previous, step.content.encode())
        if step.number != count:
            yield f"{name}event {count}: it is missing"
            return
        if step.hash != previous:
            yield f"{where}: it does not follow from the one before"
            return
        if step.commit:
            previous = chain(previous, canonical({"commit": count}))
            if step.commit != previous:
                yield f"{where}: its commit does not follow"
                return
        yield from (f"{where}: {fault}" for fault in _column_faults(step))
    if count != link.count or previous != link.head:
        yield f"{name}the end of the chain is missing or changed"


def _column_faults(step: StepRow) -> Iterator[str]:
    """Columns that say something else than the content that is hashed."""
    try:
        event = event_of(step.content)
    except (ValueError, KeyError, TypeError, ExitlineError):
        yield "its content cannot be read"
        return
    decision = event.decision
    pairs = {
        "number": (step.number, event.number),
        "household": (step.household.key, event.household),
        "step": (step.step, event.step),
        "on": (step.on, event.on),
        "recorded": (step.recorded, event.recorded),
        "actor": (step.actor, event.actor),
        "role": (step.role, event.role),
        "state": (step.state, event.state),
        "procedure": (step.procedure, event.procedure_digest),
        "rule": (step.rule, decision.rule_digest if decision else ""),
        "outcome": (step.outcome, decision.outcome if decision else ""),
    }
    wrong = [name for name, (column, content) in pairs.items() if column != content]
    if wrong:
        yield "columns that its content does not give: " + ", ".join(wrong)


def _step_faults(store: Store) -> Iterator[str]:
    """Steps that could not be taken, decisions and derived rows that do not follow."""
    made: dict[str, list[tuple[str, DecisionRecord]]] = {}
    rows = (
        StepRow.objects.using(store.alias).order_by("household", "place").select_related("county")
    )
    stream = rows.iterator(chunk_size=AT_ONCE)
    for household, group in groupby(stream, lambda step: step.household_id):
        events: list[Event] = []
        steps = list(group)
        try:
            for step in steps:
                step.event = event_of(step.content)
                where = f"{_county(step.county)}event {step.number}"
                yield from _admitted(store, step, events, where)
                if step.event.decision is not None:
                    kept = made.setdefault(step.rule, [])
                    kept.append((where, step.event.decision))
                    if len(kept) == AT_ONCE:
                        yield from _unsound(store, step.rule, made.pop(step.rule))
                events.append(step.event)
        except (ValueError, KeyError, TypeError, ExitlineError):
            yield f"{_county(step.county)}event {step.number}: its content cannot be read"
            continue
        yield from differences(store, household, steps)
    for digest, records in made.items():
        yield from _unsound(store, digest, records)


def _admitted(store: Store, step: StepRow, events: list[Event], where: str) -> Iterator[str]:
    """Whether the procedure takes a step after those before it."""
    if step.place != len(events) + 1:
        yield f"{where}: it is not in its place among the household's steps"
    history = History(step.event.household, tuple(events))
    fault = fault_of(texts.procedure(store, step.event.procedure_digest), step.event, history)
    if fault is not None:
        yield f"{where}: {fault}"


def _unsound(store: Store, digest: str, records: list[tuple[str, DecisionRecord]]) -> Iterator[str]:
    """Decisions that do not follow from their own values, by the rule as it was kept."""
    try:
        sound = derived_again([decision for _, decision in records], texts.rule(store, digest))
    except ExitlineError as reason:
        yield f"decisions by the rule {digest[:16]}... cannot be derived: {reason.what}"
        return
    for (where, _), holds in zip(records, sound, strict=True):
        if not holds:
            yield f"{where}: its decision does not follow from its values"


def _county(area: AreaRow | Any) -> str:
    """A county in front of an event's number."""
    return f"{area.path} "
