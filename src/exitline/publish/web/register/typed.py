"""Numbers and days of queries, read without fuss."""

from __future__ import annotations

from datetime import date
from typing import Any


def whole(text: Any) -> int:
    """A whole number of a query, 0 where it is none.

    Examples
    --------
    >>> whole("50"), whole("-1"), whole(None)
    (50, 0, 0)
    """
    found = str(text or "")
    return int(found) if found.isdecimal() and len(found) < 8 else 0


def day_of(text: Any) -> date | None:
    """A day that was typed, None where it is none.

    Examples
    --------
    >>> day_of("2026-02-01"), day_of("2026-02-30")
    (datetime.date(2026, 2, 1), None)
    """
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None
