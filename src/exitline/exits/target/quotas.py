"""A quota, as it is said."""

from __future__ import annotations


def quota_in_words(quota: float | None) -> str:
    """A quota in words.

    Examples
    --------
    >>> quota_in_words(0.25), quota_in_words(float("nan"))
    ('25 %', 'as many as are poor')
    """
    if quota is None:
        return "no quota"
    return "as many as are poor" if quota != quota else f"{100 * quota:g} %"
