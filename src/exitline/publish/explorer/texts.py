"""Texts of an explorer: from catalogues, from a run, or from somebody's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exitline.words.catalogue import Language
from exitline.words.said import Said, Text, Told

LANGUAGES = ("en", "zh")
"""Languages of a page that names none."""
Translations = Mapping[str, Mapping[str, str]]
"""Language: text of a run in English -> text in it."""


def known(en: str, translations: Translations | None = None) -> Told:
    """A text of a run in every language that knows it: the reader's file first, then ours.

    Parameters
    ----------
    en : str
        As the run has it.
    translations : mapping of str to mapping of str to str, optional
        For such texts, from an explorer file.

    Examples
    --------
    >>> in_language(known("Poor persons, share"), "zh"), in_language(known("Tirana"), "zh")
    ('贫困发生率', 'Tirana')
    """
    return Told(en, translations or {})


def in_language(text: Text, language: str) -> str:
    """A text in one language; in English, then in any, where it is not known in that one.

    Examples
    --------
    >>> in_language({"en": "met", "zh": "达到"}, "zh"), in_language("Tirana", "zh")
    ('达到', 'Tirana')
    """
    return Language(language).shown(text)


def as_payload(value: Any, languages: Iterable[str]) -> Any:
    """A payload with every text in the languages of a page; one that is the same in all, once.

    Examples
    --------
    >>> as_payload([known("met"), "Tirana"], ("en", "zh"))
    [{'en': 'met', 'zh': '达到'}, 'Tirana']
    """
    languages = tuple(languages)
    if isinstance(value, Said | Told):
        found = {code: in_language(value, code) for code in _ordered(languages)}
        same = len(set(found.values())) == 1
        return next(iter(found.values())) if same else found
    if isinstance(value, Mapping):
        return {name: as_payload(part, languages) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_payload(part, languages) for part in value]
    return value


def _ordered(languages: tuple[str, ...]) -> tuple[str, ...]:
    """English first, so that a page is the same whichever language it opens in."""
    return tuple(sorted(languages, key=lambda code: (code != "en", code)))
