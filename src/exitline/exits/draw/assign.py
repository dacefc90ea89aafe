"""Who visits whom: assessors assigned under rules of independence, with balanced loads."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.exits.draw.seed import DrawError, Seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Assessor:
    """Somebody who visits households.

    Parameters
    ----------
    name : str
    townships : frozenset of str
        Own townships, where no visits may be made.
    capacity : int or None
        Visits at most.
    """

    name: str
    townships: frozenset[str] = frozenset()
    capacity: int | None = None


@dataclass(frozen=True)
class Visit:
    """A household (or a whole village) to be visited.

    Parameters
    ----------
    unit : str
        Its id.
    township : str
        Where it lies.
    barred : frozenset of str
        Assessors who identified or reviewed it before.
    """

    unit: str
    township: str
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Assignment:
    """Who visits a unit first and, where it was drawn for that, who interviews it again.

    Attributes
    ----------
    unit : str
    assessor : str
    again : str
        "" where there is no second interview.
    """

    unit: str
    assessor: str
    again: str = ""


def assign(
    visits: Sequence[Visit],
    assessors: Sequence[Assessor],
    seed: Seed,
    busy: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Assign every unit to one assessor.

    Nobody visits the own township, or a unit he or she identified. Among all assignments
    that keep this and the capacities, loads are as even as they can be: no other has a
    smaller sum of any convex function of the loads (optimal semi-matching by cheapest
    alternating paths: Harvey, Ladner, Lovasz and Tamir 2006, Journal of Algorithms 59,
    53-78). Chance, where it is left, comes from the seed, so that the assignment can be
    repeated.

    Parameters
    ----------
    visits : sequence of Visit
        Units named once.
    assessors : sequence of Assessor
        Named once.
    seed : Seed
    busy : mapping of assessor to int, optional
        Visits they have already; these count for balance and capacity.

    Returns
    -------
    dict of unit to assessor
        In the order of `visits`.

    Raises
    ------
    DrawError
        When the rules leave no assignment: says for which townships, and who could go.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> seed = Seed("lottery 4 8 15 16", datetime(2026, 12, 1, tzinfo=UTC))
    >>> people = [Assessor("Ana", frozenset({"T1"})), Assessor("Bo", frozenset({"T2"}))]
    >>> assign([Visit("h1", "T1"), Visit("h2", "T2"), Visit("h3", "T1", frozenset())], people, seed)
    {'h1': 'Bo', 'h2': 'Ana', 'h3': 'Bo'}
    """
    _refuse_doubles([v.unit for v in visits], "units to be visited")
    _refuse_doubles([a.name for a in assessors], "assessors")
    ordered = sorted(assessors, key=lambda a: (seed.key("assessor", a.name), a.name))
    kinds = sorted({_kind(v) for v in visits}, key=lambda k: (k[0], sorted(k[1])))
    eligible = np.array([[_may(a, kind) for a in ordered] for kind in kinds], dtype=bool).reshape(
        len(kinds), len(ordered)
    )
    queue = sorted(visits, key=lambda v: (seed.key("assign", v.unit), v.unit))
    already = np.array([(busy or {}).get(a.name, 0) for a in ordered], dtype=np.int64)
    matching = _Matching(eligible, _capacities(ordered), already)
    place = {kind: i for i, kind in enumerate(kinds)}
    for visit in queue:
        stuck = matching.add(place[_kind(visit)])
        if stuck is not None:
            raise _infeasible(visits, [kinds[i] for i in stuck.kinds], ordered, stuck.assessors)
    dealt = _deal(queue, place, matching.held, [a.name for a in ordered])
    return {visit.unit: dealt[visit.unit] for visit in visits}


def assign_twice(
    visits: Sequence[Visit], assessors: Sequence[Assessor], seed: Seed, share: float
) -> tuple[Assignment, ...]:
    """Assign first visits, and blind second interviews to a share of the units.

    The units interviewed again are those with the smallest keys (purpose ``reinterview``);
    the second interviewer is never the first, keeps the same rules of independence, and
    gets a list (`field_list`) that does not say which interviews are second ones.

    Parameters
    ----------
    visits, assessors, seed
        As for `assign`.
    share : float
        0 .. 1 of the units, rounded up.

    Returns
    -------
    tuple of Assignment
        In the order of `visits`.

    Raises
    ------
    DrawError
        As `assign`, or for a share out of range.
    """
    if not 0.0 <= share <= 1.0:
        raise DrawError(
            "the share to interview again is out of range", expected="0 to 1: 0.05 for 5 %",
            got=str(share), remedy="divide percentages by 100",
        )  # fmt: skip
    first = assign(visits, assessors, seed)
    number = math.ceil(share * len(visits) - 1e-9)
    keyed = sorted(visits, key=lambda v: (seed.key("reinterview", v.unit), v.unit))
    again = [Visit(v.unit, v.township, v.barred | {first[v.unit]}) for v in keyed[:number]]
    second = assign(again, assessors, seed, Counter(first.values()))
    return tuple(Assignment(v.unit, first[v.unit], second.get(v.unit, "")) for v in visits)


def field_list(assignments: Iterable[Assignment], assessor: str, seed: Seed) -> tuple[str, ...]:
    """The units an assessor visits, first and second interviews mixed by keys and not told apart.

    Parameters
    ----------
    assignments : iterable of Assignment
    assessor : str
    seed : Seed

    Returns
    -------
    tuple of str
    """
    units = [a.unit for a in assignments if assessor in (a.assessor, a.again)]
    return tuple(sorted(units, key=lambda unit: (seed.key("list", unit), unit)))


@dataclass(frozen=True)
class _Stuck:
    """Kinds of units and assessors between which there is no room left."""

    kinds: tuple[int, ...]
    assessors: tuple[int, ...]


class _Matching:
    """Counts of units by kind and assessor, kept optimal as units are added one by one."""

    def __init__(self, eligible: Truths, capacity: Ints, busy: Ints) -> None:
        self._eligible, self._capacity, self._busy = eligible, capacity, busy
        self.held = np.zeros(eligible.shape, dtype=np.int64)

    def add(self, kind: int) -> _Stuck | None:
        """Give one more unit to the least loaded assessor within reach of swaps."""
        load = self._busy + self.held.sum(axis=0)
        direct = np.flatnonzero(self._eligible[kind] & (load < self._capacity))
        if len(direct) and load[direct].min() == load[load < self._capacity].min():
            self.held[kind, direct[np.argmin(load[direct])]] += 1
            return None
        came_from: dict[int, tuple[int, int]] = {}
        seen = self._eligible[kind].copy()
        frontier = [int(a) for a in np.flatnonzero(seen)]
        while frontier:
            reached: list[int] = []
            for giver in frontier:
                for held in np.flatnonzero(self.held[:, giver]):
                    fresh = self._eligible[held] & ~seen
                    for taker in np.flatnonzero(fresh):
                        came_from[int(taker)] = giver, int(held)
                        reached.append(int(taker))
                    seen |= fresh
            frontier = reached
        room = np.flatnonzero(seen & (load < self._capacity))
        if len(room) == 0:
            return self._stuck(kind, seen)
        self._push(kind, int(room[np.argmin(load[room])]), came_from)
        return None

    def _push(self, kind: int, last: int, came_from: Mapping[int, tuple[int, int]]) -> None:
        """Move units along the path that ends at `last`, and add the new one at its start."""
        while last in came_from:
            giver, moved = came_from[last]
            self.held[moved, giver] -= 1
            self.held[moved, last] += 1
            last = giver
        self.held[kind, last] += 1

    def _stuck(self, kind: int, seen: Truths) -> _Stuck:
        """Everyone within reach is full (Hall's condition fails)."""
        kinds = {kind} | {int(k) for k in np.flatnonzero(self.held[:, seen].any(axis=1))}
        return _Stuck(tuple(sorted(kinds)), tuple(int(a) for a in np.flatnonzero(seen)))


_Kind = tuple[str, frozenset[str]]


def _kind(visit: Visit) -> _Kind:
    """Units of one kind can be visited by the same assessors."""
    return visit.township, visit.barred


def _may(assessor: Assessor, kind: _Kind) -> bool:
    """Whether the rules of independence let an assessor visit such units."""
    return kind[0] not in assessor.townships and assessor.name not in kind[1]


def _capacities(assessors: Sequence[Assessor]) -> Ints:
    """Visits at most, by assessor."""
    limits = [np.iinfo(np.int64).max if a.capacity is None else a.capacity for a in assessors]
    return np.array(limits, dtype=np.int64)


def _deal(
    queue: Sequence[Visit], place: Mapping[_Kind, int], held: Ints, names: Sequence[str]
) -> dict[str, str]:
    """Hand the units of each kind, in the order of their keys, to the assessors who hold it."""
    hands: dict[int, list[str]] = defaultdict(list)
    for kind, row in enumerate(held):
        hands[kind] = [name for name, n in zip(names, row, strict=True) for _ in range(n)]
    dealt: dict[str, str] = {}
    for visit in queue:
        dealt[visit.unit] = hands[place[_kind(visit)]].pop()
    return dealt


def _refuse_doubles(names: Sequence[str], what: str) -> None:
    """Everything is named once."""
    if len(set(names)) < len(names):
        raise DrawError(
            f"some {what} are named more than once",
            expected=f"{len(names)} different names",
            got=str(len(set(names))),
            remedy="name each once",
        )


def _infeasible(
    visits: Sequence[Visit], kinds: Sequence[_Kind], assessors: Sequence[Assessor],
    within: Sequence[int],
) -> DrawError:  # fmt: skip
    """Which units cannot all be visited, and by whom they could be."""
    wanted = set(kinds)
    units = sum(_kind(v) in wanted for v in visits)
    townships = sorted({kind[0] for kind in kinds})
    shown = ", ".join(townships[:5]) + (" ..." if len(townships) > 5 else "")
    capacity = sum(assessors[i].capacity or 0 for i in within)
    who = ", ".join(sorted(assessors[i].name for i in within)[:5]) or "nobody"
    return DrawError(
        "the rules of independence leave no assignment",
        where=f"townships {shown}",
        expected=f"room for the {units:,} visits there among assessors from elsewhere who did "
        "not identify these households",
        got=f"{len(within)} such assessors ({who}) with room for {capacity:,}"
        if within
        else "no such assessor",
        remedy="bring in assessors from other townships, or raise capacities",
    )
