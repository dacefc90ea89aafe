"""The spaces and signs of a language as print has them: one rule for each, for all its texts.

A catalogue may be written with plain signs: they are set right where it is read, so that no line
of a page, a table or the terminal begins with a sign of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

NO_BREAK = "\u00a0"
_CLOSING = re.compile(r"[ \u00a0\u202f]+(?=[;!?%»]|:(?![\w/]))")
"""Spaces before a sign; ` :x` is something to type."""
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_ELIDED = re.compile(r"\b([dD]|[qQ]u)e $")
_VOWEL = re.compile(r"[aeiouàâæéèêëîïôœùûü]", re.IGNORECASE)
_OPENING = re.compile(r"(?<=«)[ \u00a0\u202f]+")


def _french(text: str) -> str:
    """A no-break space before ``: ; ! ? % »`` and after ``«``, and curved apostrophes."""
    return _APOSTROPHE.sub("\u2019", _OPENING.sub(NO_BREAK, _CLOSING.sub(NO_BREAK, text)))


def _plain(text: str) -> str:
    """As it is written."""
    return text


def _elided(text: str, part: str) -> str:
    """``de`` and ``que`` before a vowel."""
    return _ELIDED.sub("\\1\u2019", text) if _VOWEL.match(part) else text


BEFORE: Mapping[str, Callable[[str, str], str]] = {"fr": _elided}
"""By language: the words before a part of a sentence."""
RULES: Mapping[str, Callable[[str], str]] = {"fr": _french}
"""By language; one without a rule keeps its spaces."""


def spaced(code: str, text: str) -> str:
    """A text with the spaces that print has in a language.

    Parameters
    ----------
    code : str
        Of the language.
    text : str

    Examples
    --------
    >>> spaced("fr", "Ménages : 14,3 % sont « pauvres » ; voir s.yaml:4")
    'Ménages\\xa0: 14,3\\xa0% sont «\\xa0pauvres\\xa0»\\xa0; voir s.yaml:4'
    >>> spaced("es", "Hogares: 12")
    'Hogares: 12'
    """
    return RULES.get(code, _plain)(text)


def before(code: str, text: str, part: str) -> str:
    """The words before a part of a sentence, as the part asks for.

    Parameters
    ----------
    code : str
        Of the language.
    text : str
        What stands before the part.
    part : str

    Examples
    --------
    >>> before("fr", "pas de ", "indicateur"), before("fr", "pas de ", "colonne")
    ('pas d’', 'pas de ')
    >>> before("es", "de ", "una")
    'de '
    """
    return BEFORE[code](text, part) if code in BEFORE else text
