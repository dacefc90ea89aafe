"""What the help of commands says, and what is said of keys, is read in every language."""

from __future__ import annotations

import json
import re
import unicodedata

import click
import pytest

from exitline.api.schemas import schema
from exitline.cli import call, exitline
from exitline.cli.shared.guard import told
from exitline.words.catalogue import language
from exitline.words.collecting import COLLECTED
from exitline.words.help_texts import CLICK
from exitline.words.texts import HELP, KEYS, RULES, languages, read

KEPT = re.compile(
    r"(?<![\w-])--[a-z][a-z-]+|`[^`]+`|\{[^{}]*\}|https?:[\w/.:-]+[\w/]|\b[A-Z]+_[A-Z_]+\b",
    re.ASCII,
)
"""Options, commands, places, addresses and names that are to be typed as they are."""

WORD = re.compile(r"(?<!\w)[a-z]{3,}(?![\w(])")


@pytest.fixture(params=[HELP, KEYS, RULES])
def file(request):
    return request.param


@pytest.fixture(params=languages()[1:])
def texts(request, file):
    return {str(m.id): str(m.string) for m in read(request.param, file) if m.id}


def test_every_text_is_there_in_every_language(texts, file):
    assert set(texts) == {str(m.id) for m in COLLECTED[file]() if m.id}, "run `make words`"
    assert [message for message, text in texts.items() if not text] == [], f"fill in {file}"


def test_what_is_to_be_typed_stays(texts):
    for message, text in texts.items():
        assert sorted(KEPT.findall(text)) == sorted(KEPT.findall(message)), text
        prose = WORD.findall(message) and " " in message
        assert text != message or message in CLICK or not prose, text


def test_a_measure_is_explained_in_the_language_but_for_its_source(capsys):
    assert call(["measures", "fgt(1.5)", "--language", "fr"]) == 0
    said = capsys.readouterr().out
    source, rest = said.partition("Source")[2], said.partition("Source")[0]
    assert {"Foster", "Greer", "Thorbecke"} <= set(re.findall(r"\w+", source))
    assert not re.search(r"\b(the|of|with|is|and|where)\b", rest), rest
    assert "Unité\u00a0: " in source


@pytest.mark.parametrize("kind", ["study", "works"])
def test_keys_stay_in_a_table_whose_words_are_chinese(kind, capsys):
    assert call(["schema", kind, "--keys", "--language", "zh"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert call(["schema", kind, "--keys"]) == 0
    english = capsys.readouterr().out.splitlines()
    assert [row.split("|")[1] for row in rows if row.startswith("| `")] == [
        row.split("|")[1] for row in english if row.startswith("| `")
    ]
    said = [row for row in rows if row and not row.startswith("| ---")]
    assert [row for row in said if not re.search("[一-鿿]", row)] == []


def test_a_schema_describes_in_the_language_and_its_keys_stay(capsys):
    assert call(["schema", "study", "--language", "fr"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["title"], said["$schema"]) == (language("fr").key("a study file of exitline"),
                                                schema("study")["$schema"])  # fmt: skip
    assert said["properties"].keys() == schema("study")["properties"].keys()
    weight = said["$defs"]["DesignKeys"]["properties"]["weight"]
    assert weight["description"].startswith("la pondération du ménage")


def _width(line):
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in line)


def test_chinese_lines_are_as_wide_as_the_screen_and_begin_with_no_full_stop(capsys):
    assert call(["estimate", "--help", "--language", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    typed = [line for line in lines if line.endswith("\\") or " --" in line[4:]]
    assert max(_width(line) for line in lines if line not in typed) <= 84
    assert not [line for line in lines if line.strip()[:1] in set("。，；：、）")]
    options = (re.match(r"(  -\S.*?  +)(?=[^\s-])", line) for line in lines)
    first = {_width(found[1]) for found in options if found}
    assert first == {34}, "options and what is said of them stand in columns"


def test_the_language_may_stand_before_the_command(capsys, monkeypatch):
    monkeypatch.setenv("EXITLINE_LANGUAGE", "zh")
    assert call(["--language", "fr", "run", "--help"]) == 0
    assert "[par défaut : fr]" in " ".join(capsys.readouterr().out.split())
    assert call(["run", "--help"]) == 0
    assert "[默认：zh]" in capsys.readouterr().out
    assert call(["--help", "--language", "en"]) == 0
    assert "Commands:" in capsys.readouterr().out


def test_help_in_english_before_leaves_no_english_behind(capsys):
    """Click keeps the option that shows help, once it was asked for."""
    exitline.get_help(click.Context(exitline))
    for code in ("fr", "en"):
        assert call(["--language", code, "--help"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert ("Show this message and exit." in said) == (code == "en")


def test_a_group_without_a_command_shows_all_its_help(capsys):
    assert call([]) == 2
    assert "Commands:" in capsys.readouterr().err
    assert call(["register"]) == 2
    assert call(["register", "--help"]) == 0
    said = capsys.readouterr()
    assert said.err == said.out


def test_an_interrupt_is_told_in_the_language(capsys):
    assert told(KeyboardInterrupt(), t=language("es")) == 130
    assert capsys.readouterr().err == "interrumpido; no quedó nada a medio escribir\n"
    assert told(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "interrupted; nothing was left half-written\n"
