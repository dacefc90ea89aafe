"""What errors say is heard in every language."""

from __future__ import annotations

import re
import string

import pytest
import yaml

from exitline.cli import call
from exitline.errors import ExitlineError, unknown
from exitline.rules.yamlfile.tree import Tree
from exitline.words.catalogue import ENGLISH, language
from exitline.words.collecting import collect_errors
from exitline.words.error_texts import of_source
from exitline.words.recognising import NUMERIC
from exitline.words.said import filled
from exitline.words.texts import ERRORS, languages, read

PLACES = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def said():
    return {str(m.id) for m in collect_errors() if m.id}


@pytest.fixture(scope="module", params=languages()[1:])
def catalogue(request):
    return read(request.param, ERRORS)


def test_every_error_has_a_text_in_every_language(catalogue, said):
    there = {str(m.id): str(m.string) for m in catalogue if m.id}
    assert set(there) == said, "run `make words`"
    missing = {message for message, text in there.items() if not text}
    assert missing == set(), f"fill in {catalogue.locale}/errors.po"


def test_an_error_is_told_by_its_words_with_what_stood_in_it(catalogue):
    t = language(str(catalogue.locale.language))
    alike: dict[str, set[str]] = {}  # texts of messages that differ in what their places are called
    for message in (m for m in catalogue if m.id and m.string):
        alike.setdefault(PLACES.sub("{}", message.id), set()).add(PLACES.sub("{}", message.string))
    for message in (m for m in catalogue if m.id and m.string):
        places = PLACES.findall(message.id)
        assert set(PLACES.findall(message.string)) == set(places), message.string
        list(string.Formatter().parse(message.string))  # braces close
        values = {p: "1,234.5" if p in NUMERIC else f"Ñ{i}andu" for i, p in enumerate(places)}
        wanted = {p: t.figure(v) if p in NUMERIC else v for p, v in values.items()}
        english = filled(message.id, values, str)
        if len(alike[PLACES.sub("{}", message.id)]) == 1:
            assert t.error(english) == filled(message.string, wanted, str), message.id
        else:
            assert t.error(english) != english, message.id


def test_a_part_that_is_itself_a_message_is_heard_too():
    inner = ENGLISH(
        "{n} brackets within each other, at most {max_depth} are read", n=9, max_depth=8
    )
    assert language("fr").error(f"{inner} in UTF-8").startswith("9 parenthèses imbriquées")


@pytest.mark.parametrize(
    ("code", "heard"), [("es", "falta la clave"), ("fr", "manque"), ("zh", "缺少键")]
)
def test_a_study_with_a_fault_is_told_in_the_readers_language(code, heard, tmp_path, capsys):
    (tmp_path / "s.yaml").write_text("study: S\n")
    assert call(["check", str(tmp_path / "s.yaml"), "--language", code]) == 1
    shown = capsys.readouterr().err
    assert heard in shown, shown
    assert "missing" not in shown


def test_one_of_two_words_makes_two_messages():
    """As one message, "{n} row{'s'}" would put a letter of English into another language's word."""
    found = of_source(
        "raise DataError(f\"{count} row{'' if count == 1 else 's'} left\","
        " got='a' + (f' or {b}' if b else ''), remedy='take it out')"
    )
    assert list(found) == ["{count} row left", "{count} rows left", "a or {b}", "take it out"]


def test_nouns_and_kinds_of_values_are_heard_too():
    class FileError(ExitlineError):
        """What a file of keys raises."""

    given = unknown("family of models", "probbit", ("probit", "logit"), error=FileError)
    assert language("es").error(given.what).endswith("familia de modelos 'probbit'")
    tree = Tree(yaml.compose("n: some"), "study.yaml", "n", FileError)
    fault = tree.unlike("a whole number")
    french = language("fr")
    assert french.error(fault.expected) == "un nombre entier"
    assert "nombre entier" in french.error(fault.remedy)
    assert "whole" not in french.error(fault.what)
