"""How small tables say shares."""

from __future__ import annotations

from exitline.words.numbers import rounded


def percent(share: float, digits: int = 1) -> str | None:
    """A share in percent; nothing where there is none."""
    return None if share != share else f"{rounded(share, digits, percent=True)} %"
