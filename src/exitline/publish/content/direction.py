"""Names written from the right, beside figures that are read from the left."""

from __future__ import annotations

import unicodedata

_FIRST, _LAST = "\u2068", "\u2069"


def isolated(text: str) -> str:
    """A name for use in a sentence: written from the right, it leaves the order of the rest.

    Marks of direction within it are taken care of by `exitline.foreign.visible`.
    Without this, "... 34.1 %" after a Hebrew name that ends in a digit is shown as another number.

    References
    ----------
    Unicode Standard Annex 9, section 2.4 (first strong isolate).

    Examples
    --------
    >>> isolated("Tirana"), isolated("אזור 3") == "\\u2068אזור 3\\u2069"
    ('Tirana', True)
    """
    from_right = any(unicodedata.bidirectional(sign) in ("R", "AL", "AN") for sign in text)
    return f"{_FIRST}{text}{_LAST}" if from_right else text
