"""Texts of a scene: every digit in them comes from a figure, or is marked as what it is.

``{poor}``
    the figure `poor`, in its own format; ``{poor percent.0}`` in another one.
``{year 1990}``, ``{year 1981–2019}``
    a year that is not a figure.
``{name PIP 2022}``
    a name with a digit in it.
``{quote ...}``
    words of somebody else.
``{{`` and ``}}``
    braces.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from exitline.publish.film.errors import StoryError

Kind = Literal["words", "figure", "year", "name", "quote"]
MARKS: tuple[Kind, ...] = ("year", "name", "quote")

_YEARS = re.compile(r"(1\d{3}|20\d{2})([–-](1\d{3}|20\d{2}|\d{2}))?")
_JOIN = re.compile(r"([–-])")
_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_FIGURE = re.compile(r"([A-Za-z_]\w*)(?:\s+(\S+))?")


@dataclass(frozen=True)
class Piece:
    """One stretch of a text.

    Parameters
    ----------
    kind : {"words", "figure", "year", "name", "quote"}
    text : str
        The words, or the figure's name.
    format : str
        For a figure: another format than its own, "" otherwise.

    Examples
    --------
    >>> Piece("year", "1990").text
    '1990'
    """

    kind: Kind
    text: str
    format: str = ""


def read_template(text: str, where: str = "") -> tuple[Piece, ...]:
    """The pieces of a text.

    Parameters
    ----------
    text : str
        As an author wrote it.
    where : str
        File, line and key, for messages.

    Returns
    -------
    tuple of Piece

    Raises
    ------
    StoryError
        For a digit that no figure and no mark covers, a brace that is not closed, or a
        mark that is not known.

    Examples
    --------
    >>> [p.kind for p in read_template("In {year 1990}: {poor}")]
    ['words', 'year', 'words', 'figure']
    >>> read_template("14 % were poor")
    Traceback (most recent call last):
    exitline.publish.film.errors.StoryError: a figure without a reference
      where:    in "14 % were poor"
      ...
    """
    pieces: list[Piece] = []
    for found in _PIECES.finditer(text):
        whole = found.group(0)
        if whole in ("{{", "}}"):
            pieces.append(Piece("words", whole[0]))
        elif found.group(1) is not None:
            pieces.append(_marked(found.group(1).strip(), text, where))
        elif whole in "{}":
            raise _fault("a brace is not closed", text, where, "{name of a figure}", "close it")
        else:
            pieces.append(Piece("words", _without_digits(whole, text, where)))
    return tuple(pieces)


def has_digit(text: str) -> bool:
    """Whether a text holds a digit of any script, or a fraction such as ½.

    Examples
    --------
    >>> has_digit("twelve"), has_digit("１２"), has_digit("½")
    (False, True, True)
    """
    return any(unicodedata.category(c) in ("Nd", "Nl", "No") for c in text)


def _without_digits(words: str, text: str, where: str) -> str:
    """The words, when none of them is a number."""
    if not has_digit(words):
        return words
    raise _fault(
        "a figure without a reference",
        text,
        where,
        "{name of a figure}; {year 1990}, {name ...} or {quote ...} where a digit is no figure",
        "declare the figure under 'figures' and write its name in braces",
    )


def _marked(inside: str, text: str, where: str) -> Piece:
    """What stands between braces."""
    word, _, rest = inside.partition(" ")
    if word == "year":
        if not _YEARS.fullmatch(rest.strip()):
            raise _fault("not a year", text, where, "{year 1990} or {year 1981–2019}", "correct it")
        return Piece("year", _JOIN.sub("\u2060\\1\u2060", rest.strip()))
    if word == "name":
        return Piece("name", rest.strip())
    if word == "quote":
        return Piece("quote", rest.strip())
    found = _FIGURE.fullmatch(inside)
    if not found:
        raise _fault(
            f"nothing is known of '{{{inside}}}'",
            text,
            where,
            "{name of a figure}, {figure format}, {year ...}, {name ...} or {quote ...}",
            "write the name of a figure",
        )
    return Piece("figure", found.group(1), found.group(2) or "")


def _fault(what: str, text: str, where: str, expected: str, remedy: str) -> StoryError:
    shown = text if len(text) <= 80 else text[:77] + "..."
    place = f'{where}, in "{shown}"' if where else f'in "{shown}"'
    return StoryError(what, where=place, expected=expected, got=shown, remedy=remedy)
