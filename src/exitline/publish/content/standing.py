"""Who stands apart: found once with the run, said in the same words wherever it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.comparing.apart import Apart
    from exitline.stats.infer.estimates import Estimates

NAMED = 2
"""So many areas are named in a sentence; more are counted."""
SCOPES = 300
"""Up to so many areas are looked into for the areas within them."""


@dataclass(frozen=True)
class Group:
    """Some areas: how many, and the first of them by name."""

    n: int
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class AreaStanding:
    """What may be said of the areas of one set, side by side (see
    `exitline.stats.infer.comparing.apart`).

    Attributes
    ----------
    measure, line, by : str
    within, within_domain : str
        The area that all of them lie in; "" for all areas of the set.
    shown : int
        Areas with a figure.
    above, below, highest, lowest : Group
    alike, left_out : int
        Areas that cannot be told from the overall figure; that enter no claim.
    ends : tuple of str
        The area of the lowest and that of the highest figure, where these differ.
    exact : bool
        A full count.
    additive : bool
        Parts of a total, which have no rank.
    hidden : int
        Areas without a figure.
    """

    measure: str
    line: str
    by: str
    within: str
    within_domain: str
    shown: int
    above: Group
    below: Group
    highest: Group
    lowest: Group
    alike: int
    left_out: int
    ends: tuple[str, ...]
    exact: bool
    additive: bool
    hidden: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the run's record."""
        return asdict(self)

    @classmethod
    def of_json(cls, record: Mapping[str, Any]) -> AreaStanding:
        """From the run's record."""
        groups = {
            n: Group(record[n]["n"], tuple(record[n]["areas"]))
            for n in ("above", "below", "highest", "lowest")
        }
        known = {f.name: record[f.name] for f in fields(cls)}
        return cls(**{**known, **groups, "ends": tuple(record["ends"])})


def standings(estimates: Estimates) -> tuple[AreaStanding, ...]:
    """Which areas stand apart, for every measure and line, over all areas and within areas.

    Parameters
    ----------
    estimates : Estimates
        As published: what is hidden has no part in it.

    Returns
    -------
    tuple of AreaStanding
    """
    found: list[AreaStanding] = []
    for block in estimates.blocks:
        if block.by:
            found.append(standing(estimates, block))
            found += _inside(estimates, block)
    return tuple(found)


def standing(
    estimates: Estimates, block: Block, shown: Sequence[int] | None = None,
    reference: tuple[Block, int] | None = None,
) -> AreaStanding:  # fmt: skip
    """Which areas of a block stand apart.

    Parameters
    ----------
    estimates : Estimates
    block : Block
    shown : sequence of int, optional
        Positions of the areas; all unless given.
    reference : (Block, int), optional
        The area that all of them lie in.

    Returns
    -------
    AreaStanding
    """
    from exitline.stats.infer.comparing.apart import apart

    found = apart(estimates, block, shown=shown, reference=reference)
    within = reference[0] if reference is not None else None
    inside = within.rows.labels[reference[1]] if within is not None and reference else ""
    chosen = range(block.rows.size) if shown is None else shown
    known = [i for i in chosen if block.estimate[i] == block.estimate[i]]
    claimed = [i for i in known if i not in set(found.left_out)]
    highest, lowest = ((), ()) if block.additive else (found.highest, found.lowest)
    above, below = (  # what differs from every other area, differs from all of them together
        tuple(dict.fromkeys((*side, *end)))
        for side, end in ((found.above, highest), (found.below, lowest))
    )
    return AreaStanding(
        block.measure, block.line, block.by, within.by if within is not None else "", inside,
        shown=len(known), above=_group(block, above), below=_group(block, below),
        highest=_group(block, highest), lowest=_group(block, lowest),
        alike=len(set(known) & set(found.alike) - {*above, *below}),
        left_out=len(known) - len(claimed),
        ends=() if block.additive else _ends(block, claimed, found),
        exact=found.exact, additive=block.additive, hidden=len(chosen) - len(known),
    )  # fmt: skip


def not_apart(estimates: Estimates, block: Block) -> frozenset[int]:
    """Positions of areas that cannot be told from the figure of all together; none in a census.

    Parameters
    ----------
    estimates : Estimates
        As published.
    block : Block

    Returns
    -------
    frozenset of int
    """
    from exitline.stats.infer.comparing.apart import apart

    found = apart(estimates, block)
    if found.exact:
        return frozenset()
    ends = () if block.additive else (*found.highest, *found.lowest)
    known = {i for i in range(block.rows.size) if block.estimate[i] == block.estimate[i]}
    return frozenset(known - {*found.above, *found.below, *ends})


def _group(block: Block, areas: Sequence[int]) -> Group:
    """Areas, the first of them by name, those with the highest figure first."""
    ordered = sorted(areas, key=lambda i: -float(block.estimate[i]))
    return Group(len(areas), tuple(block.rows.labels[i] for i in ordered[:NAMED]))


def _ends(block: Block, claimed: Sequence[int], found: Apart) -> tuple[str, ...]:
    """Lowest and highest, where they differ."""
    if not found.differ or len(claimed) < 2:
        return ()
    ordered = sorted(claimed, key=lambda i: float(block.estimate[i]))
    return block.rows.labels[ordered[0]], block.rows.labels[ordered[-1]]


def _inside(estimates: Estimates, block: Block) -> Iterator[AreaStanding]:
    """The same within each area of the set that these areas lie in."""
    nest = next((n for n in estimates.nests if n.by == block.by and n.within), None)
    if nest is None:
        return
    other = next(
        (b for b in estimates.blocks
         if (b.measure, b.line, b.by) == (block.measure, block.line, nest.within)), None,
    )  # fmt: skip
    if other is None or other.rows.size > SCOPES:
        return
    parents = dict(nest.parents)
    members: dict[str, list[int]] = {}
    for i, label in enumerate(block.rows.labels):
        members.setdefault(parents.get(label, ""), []).append(i)
    for at, label in enumerate(other.rows.labels):
        if len(members.get(label, ())) > 1 and other.estimate[at] == other.estimate[at]:
            yield standing(estimates, block, members[label], (other, at))
