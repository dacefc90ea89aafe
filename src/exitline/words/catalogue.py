"""Texts in the reader's language: one catalogue for each, beside this file.

English is the source: a message is its English text, with named places such as ``{n}``.
`locales/<code>/exitline.po` holds it in another language; to add a language is to add that file.

A text is said in one of two ways:

- ``t("Poverty report")``: at once, by a `Language` that the caller holds;
- ``say("{n} areas are not shown", n=n)`` (`exitline.words.said`): in English, as a text that knows
  its message, so that ``t.of(text)`` says it in any language later. Rooms that know no reader use
  this one; what they wrote into files is told by its words (`exitline.words.recognising`).

A `Language` is a value: it is passed on, never set for a process or a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from exitline.words.help_texts import in_pieces
from exitline.words.recognising import NUMBER_FORM
from exitline.words.said import (
    JoinedTexts,
    Numeral,
    RuleText,
    Said,
    Text,
    Told,
    filled,
    listed,
    plain,
)
from exitline.words.texts import languages, texts_of

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_FIGURE = re.compile(NUMBER_FORM)
_PERCENT = re.compile(r"(?<=[\d}])[ \u00a0]%")


@dataclass(frozen=True)
class Language:
    """One language: calling it says a message.

    Attributes
    ----------
    code : str
        Such as "fr".

    Examples
    --------
    >>> t = language("fr")
    >>> t("All together"), t.plural("{n} household", "{n} households", 1200)
    ('Ensemble', '1\\u202f200 ménages')
    >>> language("en")("All together")
    'All together'
    """

    code: str

    def __call__(self, message: str, /, **parts: Any) -> str:
        """A message in this language.

        Parameters
        ----------
        message : str
            In English, as a literal.
        **parts
            What stands in its places. Numbers are written in the form of the language; a
            year or a code is given as text.
        """
        return filled(texts_of(self.code).one(message), parts, self._part, self.code)

    def plural(self, one: str, many: str, n: float, /, **parts: Any) -> str:
        """A message with a number, its part ``n``, in the form that the number asks for."""
        return filled(
            texts_of(self.code).plural(one, many, n), {"n": n, **parts}, self._part, self.code
        )

    def in_context(self, context: str, message: str, /) -> str:
        """A short word or a sign that means something else in another place.

        Examples
        --------
        >>> language("zh").in_context("sign", ": "), language("en").in_context("sign", ": ")
        ('：', ': ')
        """
        return str(texts_of(self.code).in_context(context, message))

    def of(self, text: Text) -> str:
        """A text that came from elsewhere: said, known to the catalogue, or kept as it is.

        Examples
        --------
        >>> t = language("fr")
        >>> t.of("All together"), t.of("Tirana"), t.of("1,200 households")
        ('Ensemble', 'Tirana', '1\u202f200 ménages')
        """
        plain_ = type(text) is str and self.code != "en"
        return self.shown(Told(text) if plain_ else text)  # type: ignore[arg-type]

    def error(self, text: Text) -> str:
        """A part of an error: a message of errors, or what `of` says.

        Examples
        --------
        >>> t = language("fr")
        >>> t.error("there is no column 'x'"), t.error("s.yaml:4")
        ("il n’y a pas de colonne 'x'", 's.yaml:4')
        """
        if self.code == "en" or type(text) is not str:
            return self.of(text)
        texts, recogniser = texts_of(self.code).errors
        if text in texts:
            return str(texts[text])
        found = recogniser.said(text)
        if found is None:
            return self.of(text)
        stood = {name: self._within(name, part) for name, part in found.parts.items()}
        return filled(texts[found.message], stood, str, self.code)

    def help(self, text: str) -> str:
        """A help text of a command or an option, or what click says around it.

        Examples
        --------
        >>> language("fr").help("Commands"), language("en").help("Commands")
        ('Commandes', 'Commands')
        """
        if self.code == "en":
            return text
        texts = texts_of(self.code).helps
        return texts.get(text) or in_pieces(text, lambda one: texts.get(one) or one)

    def key(self, text: str) -> str:
        """What is said of a key, or of the record that it belongs to.

        Examples
        --------
        >>> language("fr").key("One source."), language("en").key("One source.")
        ('Une source.', 'One source.')
        """
        message = " ".join(text.split())
        return texts_of(self.code).keys.get(message) or message

    def _within(self, name: str, part: str) -> str:
        """What stood in an error: a figure, another message, a noun, or a name, which stays."""
        if _FIGURE.fullmatch(part):
            return self.figure(part)
        return self.error(part) if " " in part or name == "what" else part

    def shown(self, text: Text) -> str:
        """A text in this language where it is said, told or given in it; a plain one as it is.

        Examples
        --------
        >>> t = language("fr")
        >>> t.shown("All together"), t.shown(Told("All together")), t.shown({"en": "a", "fr": "b"})
        ('All together', 'Ensemble', 'b')
        """
        if isinstance(text, Mapping):
            own = text.get(self.code)
            return self.shown(own or text.get("en") or next(iter(text.values()), ""))
        if self.code == "en":
            return str(text)
        if isinstance(text, JoinedTexts):
            return self.signs[text.sign].join(self.shown(one) for one in text.texts)
        if isinstance(text, Said):
            if text.many:
                return self.plural(text.message, text.many, text.n, **text.parts)
            return self(text.message, **text.parts)
        if isinstance(text, RuleText):
            return (
                self._stood(text, {}) if _FIGURE.fullmatch(text) else self._of_rules(text) or text
            )
        if isinstance(text, Told):
            return self._found(text, text.own.get(self.code, {})) or text
        return self.figure(text) if isinstance(text, Numeral) else text

    def knows(self, text: str) -> bool:
        """Whether a text is a message of this catalogue, or is made of some.

        Examples
        --------
        >>> language("zh").knows("All together"), language("zh").knows("Tirana")
        (True, False)
        """
        return isinstance(text, Said) or (self.code != "en" and bool(self._found(text, {})))

    def listed(self, names: Iterable[str]) -> str:
        """Names as a sentence lists them.

        Examples
        --------
        >>> language("es").listed(["A", "B", "C"]), language("en").listed(["A", "B"])
        ('A, B y C', 'A and B')
        """
        return self.shown(listed([str(name) for name in names]))

    def joined(self, texts: Iterable[str], sign: str = "; ") -> str:
        """Texts with a sign of this language between them; empty ones are left out.

        Examples
        --------
        >>> language("zh").joined(["甲", "", "乙"])
        '甲；乙'
        """
        return self.in_context("sign", sign).join(text for text in texts if text)

    def sentences(self, *texts: str) -> str:
        """Sentences one after another; empty ones are left out.

        Examples
        --------
        >>> language("zh").sentences("甲。", "", "乙。"), language("en").sentences("A.", "B.")
        ('甲。乙。', 'A. B.')
        """
        return self.signs[" "].join(text for text in texts if text)

    def figure(self, text: str) -> str:
        """A figure that `exitline.words.numbers` wrote, in the form of this language.

        Examples
        --------
        >>> language("fr").figure("1,234.5"), language("zh").figure("14.3")
        ('1\\u202f234,5', '14.3')
        """
        if self.code == "en":
            return text
        texts = texts_of(self.code)
        signs = {sign: texts.in_context("number", sign) for sign in (",", ".")}
        text = _NUMBER.sub(lambda found: "".join(signs.get(c, c) for c in found[0]), text)
        percent = texts.in_context("number", "\u00a0%")
        return text if percent == "\u00a0%" else _PERCENT.sub(percent, text)

    def number(self, value: float | Decimal, places: int | None = None) -> str:
        """A number; whole ones with separators.

        Examples
        --------
        >>> language("fr").number(6671.5, 1), language("en").number(6671)
        ('6\\u202f671,5', '6,671')
        """
        return self.figure(plain(value) if places is None else f"{value:,.{places}f}")

    def date(self, day: date) -> str:
        """A day.

        Examples
        --------
        >>> [language(code).date(date(2020, 11, 2)) for code in ("en", "es", "fr", "zh")]
        ['2020-11-02', '2 de noviembre de 2020', '2 novembre 2020', '2020-11-02']
        """
        pattern = self.in_context("date", "yyyy-MM-dd")
        if pattern == "yyyy-MM-dd":
            return day.isoformat()
        from babel.dates import format_date

        return format_date(day, pattern, locale=self.code)

    def money(self, value: float | Decimal, currency: str) -> str:
        """An amount of money.

        Examples
        --------
        >>> language("en").money(Decimal("1234.5"), "EUR")
        '€1,234.50'
        """
        from babel.numbers import format_currency

        return format_currency(value, currency, locale=self.code)

    @property
    def signs(self) -> Mapping[str, str]:
        """The signs of numbers and between parts of a text, by what they are in English.

        Examples
        --------
        >>> language("fr").signs["."]
        ','
        """
        return {
            ",": self.in_context("number", ","), ".": self.in_context("number", "."),
            " %": self.in_context("number", "\u00a0%"), "; ": self.in_context("sign", "; "),
            ": ": self.in_context("sign", ": "), ", ": self.in_context("sign", ", "),
            ". ": self.in_context("sign", ". "),
            " ": self.in_context("sign", "{} {}").replace("{}", ""),
        }  # fmt: skip

    @property
    def name(self) -> str:
        """The language's name in itself.

        Examples
        --------
        >>> language("zh").name, language("es").name
        ('中文', 'español')
        """
        if self.code == "en":
            return "English"
        from babel import Locale

        return Locale.parse(self.code, sep="-").get_display_name() or self.code

    def _part(self, part: Any) -> str:
        """A part of a message."""
        if isinstance(part, str | Mapping):
            return self.shown(part)
        if isinstance(part, date):
            return self.date(part)
        number = isinstance(part, int | float | Decimal) and not isinstance(part, bool)
        return self.number(part) if number else str(part)

    def _found(self, text: str, own: Mapping[str, str]) -> str:
        """A text by its message, else part by part; "" where nothing of it is known."""
        if text in own:
            return own[text]
        known = self._message(text, own)
        if not known and text[:1].isalpha():  # "Poor persons" as a heading
            other = self._message(text[:1].swapcase() + text[1:], own)
            first = other[:1].upper() if text[:1].isupper() else other[:1].lower()
            known = first + other[1:]
        if known:
            return known
        return self._in_parts(text, own)

    def _in_parts(self, text: str, own: Mapping[str, str]) -> str:
        """A text of several parts, or a label and what is said of it; "" where none is known."""
        if "; " in text:
            parts = text.split("; ")
            found = [self._found(part, own) for part in parts]
            known = (new or old for new, old in zip(found, parts, strict=True))
            return self.joined(known) if any(found) else ""
        head, colon, rest = text.partition(": ")
        if not colon:
            return ""
        said = self._found(head, own), self._found(rest, own)
        return (
            f"{said[0] or head}{self.in_context('sign', ': ')}{said[1] or rest}"
            if any(said)
            else ""
        )

    def _message(self, text: str, own: Mapping[str, str]) -> str:
        """A text that is one message; "" where it is none."""
        texts = texts_of(self.code)
        if known := self._of_rules(text):
            return known
        found = texts.recogniser.said(text)
        if found is None:
            return ""
        stood = {name: self._stood(part, own) for name, part in found.parts.items()}
        return filled(texts.form_of(found), stood, str, self.code)

    def _of_rules(self, text: str) -> str:
        """A text that is one message without places, or prose of a shipped rule file; or ""."""
        texts = texts_of(self.code)
        return str(texts.one(text) if texts.whole(text) else texts.rules.get(text, ""))

    def _stood(self, part: str, own: Mapping[str, str]) -> str:
        """What stood in a place of a message."""
        return self.figure(part) if _FIGURE.fullmatch(part) else self._found(part, own) or part


def language(code: str) -> Language:
    """The language of a code.

    Parameters
    ----------
    code : str
        One of `languages`.

    Raises
    ------
    ValueError
        Where there is no catalogue for it.

    Examples
    --------
    >>> language("zh").code
    'zh'
    """
    if code not in languages():
        raise ValueError(f"no catalogue for '{code}'; there are {', '.join(languages())}")
    return Language(code)


def closest(code: str) -> Language:
    """The language of a code, or of the code without its region; English where there is neither.

    Parameters
    ----------
    code : str
        Of a language that somebody else's file is in, with or without a catalogue here.

    Examples
    --------
    >>> closest("zh-Hant").code, closest("fr").code, closest("sq").code
    ('zh', 'fr', 'en')
    """
    base = code.partition("-")[0]
    return Language(next((one for one in (code, base) if one in languages()), "en"))


ENGLISH = Language("en")
"""The source of all messages: needs no catalogue."""
