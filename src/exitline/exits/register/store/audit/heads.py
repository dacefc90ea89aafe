"""One head a day for the whole register: a Merkle tree over the heads of the counties' chains.

The tree is that of RFC 6962 (Laurie, Langley and Kasper 2013, section 2.1): leaves and nodes are
hashed with different first bytes, and a county can prove with a few hashes that its head is under
the root that was published.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exitline.digest import sha256
from exitline.digest import written as canonical
from exitline.exits.register.logbook.canonical import START
from exitline.exits.register.store.audit.works import NAME, work_leaves
from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.models import ChainRow, DailyHeadRow, StepRow
from exitline.exits.register.store.opening import Store

Leaf = tuple[str, int, str]


@dataclass(frozen=True)
class Head:
    """The head of a register at the end of a day.

    Parameters
    ----------
    day : date
    root : str
        To be published.
    leaves : tuple of (county path, steps, head)
    """

    day: date
    root: str
    leaves: tuple[Leaf, ...]


def root_of(leaves: Sequence[Leaf]) -> str:
    """The Merkle tree hash of counties' heads.

    Examples
    --------
    >>> root_of([])[:16]
    'e3b0c44298fc1c14'
    >>> one, two = ("a/", 1, "0" * 64), ("b/", 2, "1" * 64)
    >>> root_of([one, two]) == sha256(
    ...     b"\\x01" + bytes.fromhex(root_of([one])) + bytes.fromhex(root_of([two])))
    True
    """
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + canonical(list(leaves[0])))
    split = _split(len(leaves))
    return _node(root_of(leaves[:split]), root_of(leaves[split:]))


def proof(leaves: Sequence[Leaf], place: int) -> tuple[tuple[str, str], ...]:
    """The hashes by which a county's head is shown to be under the root, from the leaf up.

    Parameters
    ----------
    leaves : sequence of Leaf
    place : int
        Of the county.

    Returns
    -------
    tuple of (side, hash)
        side is "left" or "right" of what was found so far.

    Examples
    --------
    >>> leaves = [(f"{c}/", 1, "0" * 64) for c in "abcde"]
    >>> all(proven(leaves[i], proof(leaves, i)) == root_of(leaves) for i in range(5))
    True
    """
    if len(leaves) <= 1:
        return ()
    split = _split(len(leaves))
    if place < split:
        return (*proof(leaves[:split], place), ("right", root_of(leaves[split:])))
    return (*proof(leaves[split:], place - split), ("left", root_of(leaves[:split])))


def proven(leaf: Leaf, steps: Sequence[tuple[str, str]]) -> str:
    """The root that a leaf and its proof lead to."""
    found = root_of([leaf])
    for side, other in steps:
        found = _node(found, other) if side == "right" else _node(other, found)
    return found


def head_of_day(store: Store, day: date) -> Head:
    """The register's head at the end of a day; kept once the day is over.

    Raises
    ------
    StoreError
        For a day that has not begun.
    """
    if day > date.today():
        raise StoreError(
            "the day has not begun", expected="a day up to today", got=day.isoformat(),
            remedy="ask for a day that is over",
        )  # fmt: skip
    with store.transaction():
        kept = DailyHeadRow.objects.using(store.alias).filter(day=day).first()
        if kept is not None:
            return Head(day, kept.root, tuple(_leaf(leaf) for leaf in kept.leaves))
        leaves = tuple(_leaves(store, day))
        found = Head(day, root_of(leaves), leaves)
        if day < date.today():
            DailyHeadRow.objects.using(store.alias).create(
                day=day, root=found.root, leaves=[list(leaf) for leaf in leaves]
            )
    return found


def unfit_heads(store: Store) -> Iterator[str]:
    """Kept daily heads whose counties' heads are no longer in their chains."""
    for kept in DailyHeadRow.objects.using(store.alias).order_by("day"):
        leaves = tuple(_leaf(leaf) for leaf in kept.leaves)
        again = tuple(_leaves(store, kept.day))
        if not any(path.startswith(NAME) for path, *_ in leaves):  # of a release without works
            again = tuple(leaf for leaf in again if not leaf[0].startswith(NAME))
        if root_of(leaves) != kept.root or leaves != again:
            yield f"the head of {kept.day} is not the one that its chains give"


def _leaves(store: Store, day: date) -> Iterator[Leaf]:
    """Each county's steps and head at the end of a day, by path; then those of its works."""
    for link in (
        ChainRow.objects.using(store.alias).select_related("county").order_by("county__path")
    ):
        if link.last_recorded is None or link.last_recorded <= day:
            yield link.county.path, link.count, link.head
            continue
        steps = StepRow.objects.using(store.alias).filter(county=link.county, recorded__lte=day)
        last = steps.exclude(commit="").order_by("-number").first()
        yield (link.county.path, last.number, last.commit) if last else (link.county.path, 0, START)
    yield from work_leaves(store, day)


def _leaf(kept: Any) -> Leaf:
    path, steps, head = kept
    return str(path), int(steps), str(head)


def _split(number: int) -> int:
    """The largest power of two below a number."""
    return 1 << (number - 1).bit_length() - 1


def _node(left: str, right: str) -> str:
    return sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right))
