"""A quota, as it is said."""

from __future__ import annotations

from exitline.words.said import Numeral, say


def quota_in_words(quota: float | None) -> str:
    """A quota in words.

    Examples
    --------
    >>> quota_in_words(0.25), quota_in_words(float("nan"))
    ('25 %', 'as many as are poor')
    """
    if quota is None:
        return say("no quota")
    return say("as many as are poor") if quota != quota else Numeral(f"{100 * quota:g} %")
