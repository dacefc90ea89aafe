"""What PostgreSQL knows of the tables while a register grows from nothing.

A statement that is prepared while a table is empty is planned as if it stayed so, and the plan is
kept: 20 to 70 steps a second, until the database looks at its tables by itself a minute later. So
it is told to look whenever they are several times as large as it knows; every connection then
plans anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from exitline.exits.register.store.opening import Store

GROWN = tuple(50 * 4**k for k in range(7))
"""Numbers of steps in a county at which it is asked; from then on autovacuum is in time."""
TIMES = 3
"""So many times what is known makes it worth a look."""
TABLES = ("household", "step", "standing", "duty", "case", "change", "document", "notice", "chain",
          "card", "incomeline", "member", "identifier")  # fmt: skip
_KNOWN = "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'register_change'::regclass"


def look_again(store: Store, numbers: Sequence[int]) -> None:
    """Let the database look at its tables where steps with these numbers made them grow.

    Parameters
    ----------
    store : Store
    numbers : sequence of int
        Of the steps that were recorded, in their counties' chains.
    """
    if any(min(numbers, default=0) <= at <= max(numbers, default=0) for at in GROWN):
        look_at(store, max(numbers))


def look_at(store: Store, rows: int) -> None:
    """Let PostgreSQL look at its tables, where they hold several times what it knows.

    Parameters
    ----------
    store : Store
    rows : int
        At least so many changes are there.
    """
    from django.db import connections

    connection = connections[store.alias]
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        if rows > TIMES * cursor.fetchone()[0]:
            cursor.execute("ANALYZE " + ", ".join(f"register_{name}" for name in TABLES))
