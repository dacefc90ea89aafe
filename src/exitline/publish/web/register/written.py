"""A fact as a form writes it."""

from __future__ import annotations

from typing import Any


def written(value: Any) -> str:
    """A fact as a form writes it, so that `draft_of` reads the same.

    Examples
    --------
    >>> written(True), written(None), written(2600.0), written("well")
    ('true', 'NA', '2600', 'well')
    """
    if value is None:
        return "NA"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
