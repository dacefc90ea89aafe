"""The pages about standards say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exitline.rules.condition import parse
from exitline.rules.condition.spelling import FUNCTIONS, grammar
from exitline.rules.standard import load, read_standard, shipped
from exitline.rules.standard.cases import load_cases
from exitline.rules.standard.page import REGENERATE, page, write_pages

DOCS = Path(__file__).parents[3] / "docs"
RULES = (DOCS / "rule-files.md").read_text(encoding="utf-8")
_KEYWORDS = [t.name for t in grammar().terminals if t.priority == 5]  # condition.lark
LANGUAGE = (DOCS / "condition-language.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", shipped())
def test_the_page_of_a_standard_is_up_to_date(name: str) -> None:
    written = (DOCS / "standards" / f"{name}.md").read_text(encoding="utf-8")
    assert written == page(load(name)), f"regenerate with: {REGENERATE}"


def test_no_page_of_a_standard_is_left_over(tmp_path: Path) -> None:
    written = {path.name for path in write_pages(tmp_path)}
    assert {path.name for path in (DOCS / "standards").glob("*.md")} == written


def test_every_word_and_function_of_the_language_is_described() -> None:
    assert [name for name in FUNCTIONS if f"`{name}(" not in LANGUAGE] == []
    assert [word for word in _KEYWORDS if word not in LANGUAGE] == []


def test_the_example_rule_file_and_its_cases_can_be_used(tmp_path: Path) -> None:
    rule_file, cases = re.findall(r"```yaml\n(.*?)```", RULES, re.DOTALL)
    standard = read_standard(rule_file, "example.yaml")
    path = tmp_path / "example.cases.yaml"
    path.write_text(cases, encoding="utf-8")
    assert [case.level for case in load_cases(standard, path)] == [
        "household",
        "household",
        "village",
        "line",
    ]


def test_the_example_conditions_can_be_read() -> None:
    blocks = re.findall(r"```(?:yaml|text)\n(.*?)```", LANGUAGE, re.DOTALL)
    lines = [line.split("--")[0] for block in blocks for line in block.splitlines()]
    conditions = [line.split(": ", 1)[-1] for line in lines]
    assert len([parse(text) for text in conditions]) == 4
