"""The texts of each language, as the file of its catalogue has them; each is read once."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.words.recognising import Recogniser
from exitline.words.said import Said
from exitline.words.told import ERRORS as TOLD
from exitline.words.typography import spaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from babel.messages.catalog import Catalog

FOLDER = Path(__file__).parent / "locales"
FILE = "exitline.po"
ERRORS = "errors.po"
"""What errors say (`exitline.words.error_texts`): read where one is shown."""
HELP = "help.po"
"""What the help of commands says (`exitline.words.help_texts`): read where it is shown."""
KEYS = "keys.po"
"""What is said of the keys of files (`exitline.api.schemas`): read where it is shown."""
RULES = "rules.po"
"""Prose of the rule files that come along (`exitline.words.rule_texts`): read where one shows."""
FILES = (FILE, ERRORS, HELP, KEYS, RULES)
"""The catalogues of a language; all but the first may be missing."""
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")
_LEAST = 2
"""Letters that tell the message of an error, which is looked for among errors alone."""


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that there are, English first.

    Examples
    --------
    >>> languages()
    ('en', 'es', 'fr', 'zh')
    """
    return ("en", *sorted(path.parent.name for path in FOLDER.glob(f"*/{FILE}")))


def read(code: str, file: str = FILE) -> Catalog:
    """The catalogue of a language, as Babel reads it, with the spaces that its print has.

    Parameters
    ----------
    code : str
    file : one of `FILES`

    Examples
    --------
    >>> read("fr").get("All together").string
    'Ensemble'
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = FOLDER / code / file
    if file != FILE and not path.exists():
        return Catalog(code)  # a language that is new: its errors and its help are in English
    with path.open("rb") as opened:
        found = read_po(opened, code)
    for message in found:
        said: Any = message.string
        if message.id and isinstance(said, str):
            message.string = spaced(code, said)
        elif message.id:
            message.string = tuple(spaced(code, form) for form in said)
    return found


class _English:
    """English texts: every message is its own."""

    helps: Mapping[str, str] = {}
    keys: Mapping[str, str] = {}
    rules: Mapping[str, str] = {}

    def one(self, message: str) -> str:
        return message

    def plural(self, one: str, many: str, n: float) -> str:
        return one if n == 1 else many

    def in_context(self, _: str, message: str) -> str:
        return message


class _Catalogue:
    """The texts of one file."""

    def __init__(self, code: str, found: Catalog) -> None:
        self._code = code
        self._form = _forms(found)
        self._one: dict[str, str] = {}
        self._many: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {}
        self._in_context: dict[tuple[str, str], str] = {}
        for message in found:
            said: Any = message.string
            if isinstance(message.id, str):
                if message.context is not None:
                    self._in_context[message.context, message.id] = said
                elif message.id:
                    self._one[message.id] = said
            else:
                both = (message.id[0], message.id[1])
                self._many |= dict.fromkeys(both, (both, tuple(said)))

    @cached_property
    def recogniser(self) -> Recogniser:
        """Tells texts that came out of files."""
        return Recogniser((*self._one, *self._many))

    @cached_property
    def errors(self) -> tuple[dict[str, str], Recogniser]:
        """What errors say: texts by message, and what tells them."""
        found = {str(m.id): str(m.string) for m in read(self._code, ERRORS)}
        found |= {message: self.one(message) for message in TOLD}
        found = {message: text for message, text in found.items() if message and text}
        return found, Recogniser(found, least=_LEAST)

    @cached_property
    def helps(self) -> Mapping[str, str]:
        """What help says: texts by message."""
        return self._plain(HELP)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """What is said of keys: texts by message."""
        return self._plain(KEYS)

    @cached_property
    def rules(self) -> Mapping[str, str]:
        """Prose of rule files: texts by what the file has."""
        return self._plain(RULES)

    def _plain(self, file: str) -> dict[str, str]:
        return {str(m.id): str(m.string) for m in read(self._code, file) if m.id and m.string}

    def whole(self, text: str) -> bool:
        """Whether a text is a message without places."""
        return text in self._one

    def one(self, message: str) -> str:
        return self._one.get(message) or message

    def plural(self, one: str, many: str, n: float) -> str:
        forms = self._many[one][1] if one in self._many else ()
        form = self._form(n)
        return (forms[form] if form < len(forms) else "") or (one if n == 1 else many)

    def form_of(self, said: Said) -> str:
        """The text for a message that was recognised, with the form that its number asks for.

        English says which of the two it is: its number need not be the first that it names.
        """
        if said.message not in self._many:
            return self.one(said.message)
        (one, many), _ = self._many[said.message]
        if said.message == one:
            return self.plural(one, many, 1)
        return self.plural(one, many, _number(str(said.parts.get("n", ""))))

    def in_context(self, context: str, message: str) -> str:
        return self._in_context.get((context, message), message)


def _forms(found: Catalog) -> Callable[[float], int]:
    """From a number to its form: that of a whole number which the language treats alike.

    A catalogue's own rule is one of whole numbers: 1.5 is singular in French, and not in Spanish.
    """
    from gettext import c2py

    from babel import Locale

    kind = Locale.parse(str(found.locale), sep="_").plural_form
    of_whole = c2py(found.plural_expr)

    @cache
    def form(n: float) -> int:
        if n == int(n):
            return int(of_whole(abs(int(n))))
        alike = (whole for whole in (0, *range(2, 100), 1) if kind(whole) == kind(abs(n)))
        return int(of_whole(next(alike, 2)))

    return form


def _number(text: str) -> float:
    """The number that a text is; where it is none, as of several."""
    plain = text.replace(",", "")
    return float(plain) if _DECIMAL.fullmatch(plain) and plain != "1" else 2


@cache
def texts_of(code: str) -> Any:
    """The texts of a language, read once."""
    return _English() if code == "en" else _Catalogue(code, read(code))
