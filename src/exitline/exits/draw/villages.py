"""Drawing villages: with probability proportional to size, or equal, from keyed hashes.

Selection is decided in whole numbers, so that a redraw in any language gives the same
villages to the last one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal

from exitline.exits.draw.seed import DIGITS, DrawError, Seed

Method = Literal["systematic", "poisson", "equal"]

WHOLE = 16**DIGITS
"""Numbers made from keys lie in 0 .. WHOLE - 1."""


@dataclass(frozen=True)
class Village:
    """A village of one stratum and its size (households in the frame)."""

    name: str
    size: int


@dataclass(frozen=True)
class VillageDraw:
    """A drawn village and the probability with which it was drawn."""

    village: Village
    probability: Fraction


def draw_villages(
    villages: Sequence[Village], number: int, seed: Seed, stratum: str, method: Method
) -> tuple[VillageDraw, ...]:
    """Draw villages of one stratum.

    "systematic": probability proportional to size, fixed number. Villages are put in the
    order of their keys (purpose ``order``); points start + j x interval are laid over the
    running total of sizes, the start being the stratum's key (purpose ``start``) as a
    fraction of the interval (Madow 1949, Annals of Mathematical Statistics 20, 333-354,
    in random order). "poisson": each village by itself, where its number (purpose
    ``village``) falls below its probability; the number drawn varies. "equal": those with the
    smallest keys (purpose ``village``).

    Parameters
    ----------
    villages : sequence of Village
        All villages of the stratum, with sizes of at least 1.
    number : int
        Villages to draw (to expect, for "poisson").
    seed : Seed
    stratum : str
    method : {"systematic", "poisson", "equal"}

    Returns
    -------
    tuple of VillageDraw
        By village name. Villages too large for their interval are drawn with certainty.

    Raises
    ------
    DrawError
        When there are fewer villages than are to be drawn.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> seed = Seed("lottery 4 8 15 16", datetime(2026, 12, 1, tzinfo=UTC))
    >>> frame = [Village("a", 10), Village("b", 500), Village("c", 90), Village("d", 100)]
    >>> drawn = draw_villages(frame, 2, seed, "north", "systematic")
    >>> [(d.village.name, str(d.probability)) for d in drawn][0]
    ('b', '1')
    """
    if not 0 <= number <= len(villages):
        raise DrawError(
            "there are fewer villages than are to be drawn",
            where=f"stratum {stratum}" if stratum else None,
            expected=f"at most {len(villages)}",
            got=str(number),
            remedy="draw fewer villages, or merge strata",
        )
    if number == 0:
        return ()
    ordered = sorted(villages, key=lambda village: village.name)
    if method == "equal":
        keyed = sorted(ordered, key=lambda v: seed.key("village", v.name))[:number]
        chance = Fraction(number, len(ordered))
        return _by_name(VillageDraw(village, chance) for village in keyed)
    chances = probabilities([village.size for village in ordered], number)
    pairs = [VillageDraw(v, p) for v, p in zip(ordered, chances, strict=True)]
    if method == "poisson":
        return _by_name(
            d for d in pairs if seed.number("village", d.village.name) < d.probability * WHOLE
        )
    certain = [d for d in pairs if d.probability == 1]
    rest = [d for d in pairs if d.probability < 1]
    return _by_name([*certain, *_systematic(rest, number - len(certain), seed, stratum)])


def probabilities(sizes: Sequence[int], number: int) -> list[Fraction]:
    """Inclusion probabilities proportional to size, capped at one; they add up to `number`.

    Parameters
    ----------
    sizes : sequence of int
        At least 1 each.
    number : int
        At most as many as there are sizes.

    Examples
    --------
    >>> [str(p) for p in probabilities([10, 500, 90, 100], 2)]
    ['1/20', '1', '9/20', '1/2']
    """
    if any(size < 1 for size in sizes):
        raise DrawError(
            "a village without households cannot be drawn in proportion to size",
            expected="at least one household in every village of the frame",
            got=f"{sum(size < 1 for size in sizes)} villages without",
            remedy="leave empty villages out of the frame",
        )
    certain: set[int] = set()
    while True:
        rest = [i for i in range(len(sizes)) if i not in certain]
        left, total = number - len(certain), sum(sizes[i] for i in rest)
        new = {i for i in rest if left * sizes[i] >= total}
        if not new or not rest:
            break
        certain |= new
    return [
        Fraction(1) if i in certain else Fraction(left * sizes[i], total or 1)
        for i in range(len(sizes))
    ]


def _systematic(
    rest: Sequence[VillageDraw], number: int, seed: Seed, stratum: str
) -> list[VillageDraw]:
    """Points at equal intervals over the running total of sizes, in the order of the keys."""
    if number == 0:
        return []
    ordered = sorted(rest, key=lambda d: (seed.key("order", d.village.name), d.village.name))
    ends = list(accumulate(d.village.size for d in ordered))
    total, start = ends[-1], seed.number("start", stratum)
    scaled = [end * number * WHOLE for end in ends]
    points = ((start + j * WHOLE) * total for j in range(number))
    return [ordered[bisect_right(scaled, point)] for point in points]


def _by_name(drawn: Iterable[VillageDraw]) -> tuple[VillageDraw, ...]:
    """In the order of the villages' names."""
    return tuple(sorted(drawn, key=lambda d: d.village.name))
