"""The prose of rule files that come along is read in every language; that of others stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from exitline.cli import call
from exitline.exits.register import load_procedure, shipped_procedures
from exitline.rules.standard import load, shipped
from exitline.words.catalogue import language
from exitline.words.said import JoinedTexts, RuleText
from exitline.words.texts import languages, texts_of

FIGURE = "2 %"
"""The label of a reading: written as the language writes figures."""
OWN = """
standard: mine
title: Mine alone
jurisdiction: ALB
sources: {law: {title: Our own law}}
columns: {welfare: {meaning: What they spend, type: number}}
lines: {food: {label: Food line of ours, unit: ALL per person per day, boundary: "<", value: 10,
  source: law}}
"""


def _prose(here: Any) -> Iterator[str]:
    """Every text of a rule file that a reader sees, wherever the loaded file has it."""
    if isinstance(here, RuleText):
        yield str(here)
    elif isinstance(here, JoinedTexts):
        yield from (text for one in here.texts for text in _prose(one))
    elif isinstance(here, Mapping):
        yield from (text for one in here.values() for text in _prose(one))
    elif isinstance(here, tuple | list):
        yield from (text for one in here for text in _prose(one))
    elif is_dataclass(here):
        for field in fields(here):
            yield from _prose(getattr(here, field.name))


@pytest.mark.parametrize("code", languages()[1:])
def test_every_text_of_every_shipped_rule_file_has_a_text(code):
    texts = texts_of(code)
    files = [*map(load, shipped()), *map(load_procedure, shipped_procedures())]
    found = {text for one in files for text in _prose(one)} - {FIGURE}
    assert len(found) > 250
    assert sorted(t for t in found if not (texts.whole(t) or texts.rules.get(t))) == []


def test_the_terms_are_those_of_the_country():
    zh, es = language("zh"), language("es")
    china, mexico = load("china-2011-2020"), load("mexico-multidimensional")
    exits = [zh.shown(one.label) for one in china.household.criteria]
    assert exits[1:6] == ["不愁吃", "不愁穿", "义务教育有保障", "基本医疗有保障", "住房安全有保障"]
    rates = [zh.shown(one.label) for one in china.county.criteria]
    assert rates == ["贫困发生率", "漏评率", "错退率", "综合贫困发生率", "群众认可度"]
    lacks = [es.shown(one.label) for one in mexico.indicators.values()]
    assert lacks[0] == "Rezago educativo"
    assert lacks[-1] == "Acceso a la alimentación nutritiva y de calidad"


def test_a_label_that_is_a_figure_is_written_as_one():
    assert language("zh").shown(RuleText(FIGURE)) == "2%"


def test_a_rule_file_of_ones_own_keeps_its_words(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text(OWN)
    assert call(["standards", str(path), "--language", "fr"]) == 0
    said = capsys.readouterr().out
    for own in ("Mine alone", "Our own law", "What they spend", "Food line of ours"):
        assert own in said
    assert "leks albanais par personne et par jour" in said
