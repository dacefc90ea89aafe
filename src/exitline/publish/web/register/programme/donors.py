"""The donor's table as it may leave the office: small counts hidden, and what gives them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.programme import AreaLine, donor_table
from exitline.proof.disclose.suppress import SUPPRESSED, suppress
from exitline.proof.disclose.ways import cross, flat, tree

MIN_COUNT = 10
"""Counts from 1 to below it are hidden, as in a run."""
COLUMNS = ("households", "listed", "steps", "exited", "reversed", "overdue")
_HERE = "(here)"


@dataclass(frozen=True)
class DonorLine:
    """A line of the table.

    Parameters
    ----------
    area : AreaLine
        With every figure: not for publication.
    cells : mapping from column to int or str
        As published.
    """

    area: AreaLine
    cells: Mapping[str, int | str]


def donor_lines(store: Store, first: date, last: date) -> tuple[DonorLine, ...]:
    """A line for each area; what each holds beside its parts counts as a part.

    Parameters
    ----------
    store : Store
    first, last : date

    Returns
    -------
    tuple of DonorLine
    """
    areas = donor_table(store, first, last)
    if not areas:
        return ()
    chains, counts = _leaves(areas)
    way = tree([list(column) for column in zip(*chains, strict=True)])
    at = {node: i for i, node in enumerate(way.nodes)}
    listed = [[one["listed"], one["households"] - one["listed"]] for one in counts]
    both = suppress(cross(listed, [way, flat(2)]), min_count=MIN_COUNT).cells()
    found = {"listed": both[0::3], "households": both[2::3]}
    for name in COLUMNS[2:]:
        found[name] = suppress(
            cross([one[name] for one in counts], [way]), min_count=MIN_COUNT
        ).cells()
    return tuple(
        DonorLine(area, {name: found[name][at[_codes(area.path)]] for name in COLUMNS})
        for area in areas
    )


def small(count: int) -> int | str:
    """A count beside the table: hidden where it is small.

    Examples
    --------
    >>> small(0), small(3), small(10)
    (0, 'suppressed', 10)
    """
    return SUPPRESSED if 0 < count < MIN_COUNT else count


def _codes(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _leaves(
    areas: Sequence[AreaLine],
) -> tuple[list[tuple[str, ...]], list[dict[str, int]]]:
    """What no area below holds, with the chain of codes down to it, all chains equally long."""
    below: dict[tuple[str, ...], list[AreaLine]] = {}
    known = {_codes(area.path) for area in areas}
    for area in areas:
        codes = _codes(area.path)
        above = next((codes[:n] for n in range(len(codes) - 1, 0, -1) if codes[:n] in known), ())
        below.setdefault(above, []).append(area)
    longest = max(map(len, known)) + 1
    chains, counts = [], []
    for area in areas:
        codes = _codes(area.path)
        parts = below.get(codes, [])
        own = {
            name: getattr(area, name) - sum(getattr(part, name) for part in parts)
            for name in COLUMNS
        }
        if parts and not any(own.values()):
            continue
        chains.append((*codes, *([_HERE] * (longest - len(codes)))))
        counts.append(own)
    return chains, counts
