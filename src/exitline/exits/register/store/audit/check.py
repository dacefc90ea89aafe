"""Everything taken again: chains, texts, decisions, steps, and what was derived from them.

A chain is hashed over the bytes that stand, county by county, in its order; then the steps are
read once more, some hundred households at a time (`audit.households`). Nothing is kept of what
was read but the ends of chains and the first faults of a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from exitline.errors import ExitlineError
from exitline.exits.register.errors import LogDamagedError
from exitline.exits.register.logbook.canonical import START, chain, commit_of
from exitline.exits.register.logbook.checking import first_of
from exitline.exits.register.store.audit.heads import unfit_heads
from exitline.exits.register.store.audit.households import TakenAgain, household_faults
from exitline.exits.register.store.audit.works import work_faults
from exitline.exits.register.store.models import ChainRow, PaperRow, StepRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.papers.files import folder_of_papers, kind_of, opened
from exitline.exits.register.store.papers.kept import named_digest

AT_ONCE = 5000


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
    with store.transaction(one_moment=True) as cursor:
        chains = list(
            ChainRow.objects.using(store.alias).select_related("county").order_by("county")
        )
        require_head(store, head)
        with _by_index(store, cursor):
            broken = tuple(f for link in chains for f in first_of(_chain_faults(store, link)))
        taken = TakenAgain(store)
        follow = tuple(first_of(household_faults(taken)))
        outside = tuple(_outside(chains, taken.counties))
        unfit = tuple(unfit_heads(store))
        beside = (*first_of(work_faults(store)), *first_of(paper_faults(store)))
    heads = tuple((link.county.path, link.count, link.head) for link in chains)
    faults = (*taken.texts.lost, *broken, *follow, *outside, *unfit, *beside)
    return Soundness(sum(link.count for link in chains), taken.households, heads, faults)


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


@contextmanager
def _by_index(store: Store, cursor: Any) -> Iterator[None]:
    """Let PostgreSQL read chains in their order, instead of sorting each county's steps.

    Row-level security looks like a narrow range to it, of which a sort would be cheap.
    """
    if store.postgres:
        cursor.execute("SET LOCAL enable_sort = off")
    yield
    if store.postgres:
        cursor.execute("SET LOCAL enable_sort = on")


def _chain_faults(store: Store, link: ChainRow) -> Iterator[str]:
    """Steps of a county that are not what was recorded: a byte, a gap, another hash."""
    name = f"{link.county.path} "
    rows = StepRow.objects.using(store.alias).filter(county=link.county).order_by("number")
    stream = rows.values_list("number", "content", "hash", "commit")
    previous, count = START, 0
    for number, content, hashed, commit in stream.iterator(chunk_size=AT_ONCE):
        count += 1
        previous = chain(previous, content.encode())
        if number != count:
            yield f"{name}event {count}: it is missing"
            return
        if hashed != previous:
            yield f"{name}event {number}: it does not follow from the one before"
            return
        if commit:
            previous = chain(previous, commit_of(count))
            if commit != previous:
                yield f"{name}event {number}: its commit does not follow"
                return
    if count != link.count or previous != link.head:
        yield f"{name}the end of the chain is missing or changed"


def _outside(chains: list[ChainRow], found: Counter[int]) -> Iterator[str]:
    """Steps that stand in no chain."""
    lacking = found.keys() - {link.county_id for link in chains}
    if lacking:
        yield f"events of an area that has no chain: {sum(found[one] for one in lacking):,}"


def paper_faults(store: Store) -> Iterator[str]:
    """Files of papers that are missing, were changed, or are not what their rows say.

    Parameters
    ----------
    store : Store
        Inside of a transaction.
    """
    rows = PaperRow.objects.using(store.alias).select_related("document__step__county")
    if rows.exists():
        folder_of_papers(store)  # where there is none, that is said, and no paper is called lost
    sound: set[str] = set()
    for one in rows.order_by("id").iterator(chunk_size=500):
        step = one.document.step
        where = f"{step.county.path} event {step.number}: a paper's file {one.digest[:12]}..."
        named = named_digest(one.document.digest)
        if (named == one.digest) != one.signed or one.document.household_id != one.household_id:
            yield f"{where} is not the one that the step names"
        if one.digest in sound:
            continue
        try:
            path = opened(store, one.digest)
        except ExitlineError as reason:
            yield f"{where} {reason.got or reason.what}"
            continue
        with path.open("rb") as handle:
            first = handle.read(16)
            handle.seek(max(0, one.size - 1024))
            fits = path.stat().st_size == one.size and kind_of(first, handle.read()) == one.kind
        if not fits:
            yield f"{where} is of another size or kind than its row says"
        sound.add(one.digest)
