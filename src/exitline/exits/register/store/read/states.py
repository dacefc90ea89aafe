"""Counts of now, such as households by state: counted again only as often as that is cheap.

A county of a million households takes a tenth of a second to count, a village nothing. What was
counted is kept for a hundred times as long as the counting took, so that it takes one hundredth of
the time of whoever asks, and nobody waits while another counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from exitline.exits.register.store.opening import Store

SHARE = 100
"""A count is kept this many times as long as it took."""
MOST_KEPT = 10_000
"""Areas of which counts are kept."""


@dataclass
class _Count:
    """What was counted in one area, and until when it is kept."""

    found: Any = None
    until: float = 0.0
    counting: threading.Lock = field(default_factory=threading.Lock)


_KEPT: dict[tuple[Any, ...], _Count] = {}


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
    found: dict[str, int] = kept(store, "states", lambda: _counted(store))
    return found


def kept(store: Store, what: Hashable, count: Callable[[], Any], free: float = 0.0) -> Any:
    """What was counted in the scope, as of a moment that is at most a hundred countings ago.

    Parameters
    ----------
    what : hashable
        Which count, and of what.
    count : callable
        Counts.
    free : float
        Seconds: what took less is counted each time.
    """
    if len(_KEPT) > MOST_KEPT:
        _KEPT.clear()
    known = _KEPT.setdefault((store.alias, store.address, store.scope.path, what), _Count())
    if time.monotonic() < known.until:
        return known.found
    first = not known.until
    if not known.counting.acquire(blocking=first):
        return known.found  # somebody counts: as it was
    try:
        if time.monotonic() >= known.until:
            begun = time.monotonic()
            known.found = count()
            ended = time.monotonic()
            known.until = ended + (SHARE * (ended - begun) if ended - begun > free else 0)
        return known.found
    finally:
        known.counting.release()


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
