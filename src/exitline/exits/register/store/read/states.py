"""How many households stand in each state now: counted again only as often as that is cheap.

A county of a million households takes a tenth of a second to count, a village nothing. What was
counted is kept for a hundred times as long as the counting took, so that it takes one hundredth of
the time of whoever asks, and nobody waits while another counts.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from exitline.exits.register.store.opening import Store

SHARE = 100
"""A count is kept this many times as long as it took."""
MOST_KEPT = 10_000
"""Areas of which counts are kept."""


@dataclass
class _Count:
    """What was counted in one area, and until when it is kept."""

    states: dict[str, int] = field(default_factory=dict)
    until: float = 0.0
    counting: threading.Lock = field(default_factory=threading.Lock)


_KEPT: dict[tuple[str, str, str], _Count] = {}


def states_now(store: Store) -> dict[str, int]:
    """Households by the state of their last step, as far as the scope.

    Parameters
    ----------
    store : Store

    Returns
    -------
    dict
        State to households, by state; as of a moment that is at most a hundred times as long ago
        as the counting takes.
    """
    if len(_KEPT) > MOST_KEPT:
        _KEPT.clear()
    kept = _KEPT.setdefault((store.alias, store.address, store.scope.path), _Count())
    if time.monotonic() < kept.until:
        return kept.states
    first = not kept.until
    if not kept.counting.acquire(blocking=first):
        return kept.states  # somebody counts: as it was
    try:
        if time.monotonic() >= kept.until:
            begun = time.monotonic()
            kept.states = _counted(store)
            ended = time.monotonic()
            kept.until = ended + SHARE * (ended - begun)
    finally:
        kept.counting.release()
    return kept.states


def _counted(store: Store) -> dict[str, int]:
    """The count itself: an index holds what it needs."""
    within, bounds = store.scope.sql("h")
    with store.transaction() as cursor:
        cursor.execute(
            "SELECT h.state, count(*) FROM register_household h"
            f" WHERE h.gone = '' AND h.state <> '' AND {within} GROUP BY h.state ORDER BY h.state",
            bounds,
        )
        return dict(cursor.fetchall())
