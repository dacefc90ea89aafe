"""Catalogues use the terms of docs/terms.md, in all of their messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exitline.words.texts import FILES, languages, read

DOCS = Path(__file__).parents[2] / "docs" / "terms.md"
CODE = re.compile(r"`[^`]*`|'[^']*'|\{[^{}]*\}|--[\w-]+|\w+[_=.(]\w*")
"""What is to be typed, and places: no words of a language."""
IRREGULAR = {"stratum": "strata", "criterion": "criteria"}
EVERYDAY = {
    "household", "sample", "village", "county", "claim", "suppressed", "spell", "weight", "welfare",
    "deprivation", "threshold", "criterion",
}  # fmt: skip
"""Words that a sentence may leave out, or turn into a verb: nine of ten messages have them."""


def _glossary() -> list[list[str]]:
    text = DOCS.read_text(encoding="utf-8").partition("## In four languages")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines() if line.startswith("| ")]  # fmt: skip
    return [row for row in rows[1:] if set(row[0]) != {"-"}]


def _messages(code: str) -> Iterator[tuple[str, str]]:
    for file in FILES:
        for message in read(code, file):
            ids, said = message.id, message.string
            if ids:
                yield (ids, said) if isinstance(ids, str) else (ids[1], said[-1])


def _said(term: str) -> re.Pattern[str]:
    """The term in English, one or several; a name in capitals only in capitals."""
    many = IRREGULAR.get(term, term[:-1] + "ies" if term.endswith("y") else term + "s")
    flags = 0 if term.isupper() else re.IGNORECASE
    return re.compile(rf"(?<![A-Za-z_-])(?:{term}|{many})(?![A-Za-z_])", flags)


def _uses(text: str, term: str) -> bool:
    """Whether a text has the term, in any of its forms."""
    words = [one for one in term.split() if len(one) > 3 or one.isupper() or not one.isascii()]
    stems = (one if len(one) < 5 or ord(one[0]) > 0x3000 else one[: max(4, len(one) - 3)]
             for one in words)  # fmt: skip
    return all(stem.lower() in text.lower() for stem in stems)


def test_the_glossary_has_every_term_in_every_language():
    rows = _glossary()
    assert len(rows) > 30
    assert [row for row in rows if len(row) != 5 or not all(row[:4])] == []


@pytest.mark.parametrize(("column", "code"), list(enumerate(languages()))[1:])
def test_messages_use_the_terms_of_the_glossary(column, code):
    messages = list(_messages(code))
    for row in _glossary():
        said = _said(row[0])
        with_it = [
            (english, text) for english, text in messages if said.search(CODE.sub("", english))
        ]
        lacking = [
            (english, text) for english, text in with_it
            if not any(_uses(text, one) for one in row[column].split(" / "))
            and not said.search(text)  # the name of a measure or of a key
        ]  # fmt: skip
        most = len(with_it) // 10 + 1 if row[0] in EVERYDAY else 0
        assert len(lacking) <= most, f"{row[0]}: {lacking[:5]}"


@pytest.mark.parametrize("code", languages()[1:])
def test_no_message_uses_a_word_that_the_glossary_rejects(code):
    rejected = [word.strip() for row in _glossary() for word in row[4].split(",") if word.strip()]
    found = re.compile("|".join(rf"(?<![^\W\d_]){one}(?![^\W\d_])" if ord(one[0]) < 0x3000 else one
                                for one in rejected), re.IGNORECASE)  # fmt: skip
    assert len(rejected) > 15
    assert [(english, text) for english, text in _messages(code) if found.search(text)] == []
