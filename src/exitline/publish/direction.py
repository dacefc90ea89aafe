"""Names written from the right, beside figures that are read from the left."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FIRST, _LAST = "\u2068", "\u2069"


def without_controls(text: str) -> str:
    """A text without the marks that would turn round whatever follows it.

    Examples
    --------
    >>> without_controls("\\u202eTirana")
    'Tirana'
    """
    return _CONTROLS.sub("", text)


def isolated(text: str) -> str:
    """A name for use in a sentence: written from the right, it leaves the order of the rest.

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
