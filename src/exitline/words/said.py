"""Texts that know their message: said in English now, and in any language later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from string import Formatter
from types import MappingProxyType
from typing import Any, cast

from exitline.words.typography import before

_EMPTY: Mapping[str, Mapping[str, str]] = MappingProxyType({})

Text = str | Mapping[str, str]
"""A text: as it is, or one for each language, from somebody's file."""


class Said(str):
    """A text in English that knows its message, so that any language can say it.

    Parameters
    ----------
    text : str
        In English.
    message : str
        The message, with its places.
    parts : mapping of str to object
        What stands in the places.
    many : str
        The message for several, where it has two forms.
    n : int or float
        Chooses among forms.

    Examples
    --------
    >>> said = say("{n} areas are not shown", n=1200)
    >>> said, said.message
    ('1,200 areas are not shown', '{n} areas are not shown')
    """

    __slots__ = ("many", "message", "n", "parts")
    message: str
    parts: Mapping[str, Any]
    many: str
    n: float

    def __new__(
        cls, text: str, message: str = "", parts: Mapping[str, Any] | None = None,
        many: str = "", n: float = 1,
    ) -> Said:  # fmt: skip
        made = super().__new__(cls, text)
        made.message, made.parts = message or text, parts or {}
        made.many, made.n = many, n
        return made

    def __getnewargs__(self) -> Any:
        return str(self), self.message, self.parts, self.many, self.n

    def __deepcopy__(self, memo: Any) -> Said:
        return self  # never changed; its parts may be anything


class Told(str):
    """A text in English that came out of a file, as `say` made it; told by its words.

    Parameters
    ----------
    text : str
    own : mapping of str to mapping of str to str
        Language: text in English -> text in it, from whoever made the file.

    Examples
    --------
    >>> told = Told("Share of poor", {"zh": {"Share of poor": "贫困比例"}})
    >>> told, told.own["zh"]
    ('Share of poor', {'Share of poor': '贫困比例'})
    """

    __slots__ = ("own",)
    own: Mapping[str, Mapping[str, str]]

    def __new__(cls, text: str, own: Mapping[str, Mapping[str, str]] = _EMPTY) -> Told:
        made = super().__new__(cls, text)
        made.own = own
        return made

    def __getnewargs__(self) -> Any:
        return str(self), dict(self.own)

    def __deepcopy__(self, memo: Any) -> Told:
        return self


class RuleText(Told):
    """A text of a rule file: said as `rules.po` has it where the file came along, else as it is.

    Examples
    --------
    >>> RuleText("Worry about food")
    'Worry about food'
    """

    __slots__ = ()


class JoinedTexts(Said):
    """Several texts as one, with a sign between them that each language writes in its own way."""

    __slots__ = ("sign", "texts")
    texts: tuple[Text, ...]
    sign: str

    def __new__(cls, texts: tuple[Text, ...], sign: str) -> JoinedTexts:
        made = cast("JoinedTexts", super().__new__(cls, sign.join(plain(one) for one in texts)))
        made.texts, made.sign = texts, sign
        return made

    def __getnewargs__(self) -> Any:
        return self.texts, self.sign


class Numeral(str):
    """A figure as `exitline.words.numbers` writes it in English, as a part of a message."""

    __slots__ = ()


def say(message: str, /, **parts: Any) -> Said:
    """A message in English, to be said in another language later.

    Parameters
    ----------
    message : str
        A literal, so that it can be collected.
    **parts
        What stands in its places: numbers, texts, or what was said itself.

    Examples
    --------
    >>> say("not met: {what}", what=say("no figure"))
    'not met: no figure'
    """
    return Said(filled(message, parts, plain), message, parts)


def say_plural(one: str, many: str, n: float, /, **parts: Any) -> Said:
    """The same for a message with a number, which is its part ``n``.

    Examples
    --------
    >>> say_plural("{n} area", "{n} areas", 1), say_plural("{n} area", "{n} areas", 2)
    ('1 area', '2 areas')
    """
    parts = {"n": n, **parts}
    return Said(filled(one if n == 1 else many, parts, plain), one, parts, many, n)


def together(*texts: Text, sign: str = " ") -> JoinedTexts:
    """Several texts as one; empty ones are left out.

    Parameters
    ----------
    *texts : text
        Said, or somebody's own.
    sign : {" ", ", ", "; ", ": ", ". "}
        Between them, as English writes it.

    Examples
    --------
    >>> together(say("met"), "", "Tirana", sign="; ")
    'met; Tirana'
    """
    return JoinedTexts(tuple(text for text in texts if text), sign)


def listed(names: Sequence[Text]) -> Text:
    """Names as a sentence lists them.

    Parameters
    ----------
    names : sequence of text

    Examples
    --------
    >>> listed(["2018", "2019", "2020"]), listed(["2018"])
    ('2018, 2019 and 2020', '2018')
    """
    if len(names) < 2:
        return names[0] if names else ""
    return say("{first} and {last}", first=together(*names[:-1], sign=", "), last=names[-1])


def collected(message: str) -> str:
    """Mark a text, such as a label in a table, as a message; it is returned as it is.

    Examples
    --------
    >>> collected("Poor persons, share")
    'Poor persons, share'
    """
    return message


def filled(
    message: str, parts: Mapping[str, Any], write: Callable[[Any], str], code: str = "en"
) -> str:
    """A message with its places filled; one without parts is left as it is.

    Parameters
    ----------
    message : str
    parts : mapping of str to object
    write : callable
        From a part to its text.
    code : str
        The language, whose rule sets the words before a place.

    Examples
    --------
    >>> filled("{n} of {m}", {"n": 1200, "m": "all"}, plain)
    '1,200 of all'
    >>> filled("pas de {what}", {"what": "indicateur"}, plain, "fr")
    'pas d’indicateur'
    """
    if not parts:
        return message
    found: list[str] = []
    for text, name in _pieces(message):
        part = write(parts[name]) if name else ""
        found += (before(code, text, part), part)
    return "".join(found)


@lru_cache(maxsize=4096)
def _pieces(message: str) -> tuple[tuple[str, str], ...]:
    """A message as texts, each with the name of the place after it."""
    return tuple((text, name or "") for text, name, _, _ in Formatter().parse(message))


def plain(part: Any) -> str:
    """A part as English writes it.

    Examples
    --------
    >>> plain(6671), plain(2.0), plain("Tirana")
    ('6,671', '2', 'Tirana')
    """
    if isinstance(part, Mapping):
        return part.get("en") or next(iter(part.values()), "")
    if isinstance(part, bool | str | date) or not isinstance(part, int | float | Decimal):
        return str(part)
    return f"{int(part) if part == part and part == int(part) else part:,}"
