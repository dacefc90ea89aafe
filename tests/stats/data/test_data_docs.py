"""Every key of a study file is in its reference, and every example there loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exitline.errors import StudyError
from exitline.stats.data import parse_study
from exitline.stats.data.aggregates import FUNCTIONS
from exitline.stats.data.readers.magic import endings
from exitline.stats.data.roles import ROLES
from exitline.stats.data.studies.loader import KEYS

DOCS = Path(__file__).parents[3] / "docs"
STUDY = (DOCS / "study.md").read_text(encoding="utf-8")
BASE = "study: a\ndata: {households: a.csv, persons: b.csv, on: hid}\n"
SECTIONS = ("areas", "data", "design", "levels", "lines", "prices", "equivalence", "missing",
            "population",
            "villages", "counties", "readings", "outputs")  # fmt: skip


def _section(name: str) -> str:
    """The text under a heading that has this word."""
    for part in re.split(r"^## ", STUDY, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        if name in heading.split(", "):
            return text
    raise AssertionError(f"docs/study.md has no section '{name}'")


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_its_section(key: str) -> None:
    assert len(_section(key).strip()) > 30


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_below_is_named_in_its_section(section: str) -> None:
    """The loader itself says which keys there are."""
    wrong = {
        "data": "study: a\ndata: {no_such_key: 1}\n",
        "lines": BASE + "lines: [{no_such_key: 1}]\n",
        "areas": BASE + "areas: {a: {no_such_key: 1}}\n",
    }
    with pytest.raises(StudyError) as raised:
        parse_study(wrong.get(section, BASE + f"{section}: {{no_such_key: 1}}\n"))
    expected = (raised.value.expected or "").removeprefix("one of ")
    keys = [key for key in re.split(r", | and ", expected) if key]
    assert "no_such_key" in str(raised.value.got)
    text = _section(section)
    assert [key for key in keys if not re.search(rf"\b{key}\b", text)] == []


def test_options_of_a_table_are_documented() -> None:
    with pytest.raises(StudyError) as raised:
        parse_study("study: a\ndata: {households: {no_such_key: 1}}\n")
    keys = (raised.value.expected or "").removeprefix("one of ").split(", ")
    assert [key for key in keys if f"`{key}`" not in _section("data")] == []


def test_roles_aggregates_and_kinds_of_files_are_documented() -> None:
    columns, data = _section("columns"), (DOCS / "data.md").read_text(encoding="utf-8")
    assert [role for role in ROLES if f"`{role}`" not in columns] == []
    assert [name for name in FUNCTIONS if f"{name}(" not in data] == []
    spare = {".pq", ".xlsm", ".sqlite3", ".db", ".sqlite", ".duckdb", ".parquet"}
    assert [e for e in endings() if e not in spare and e not in data] == []


EXAMPLES = re.findall(r"```yaml\n(.*?)```", STUDY, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_loads(text: str) -> None:
    assert parse_study(text).title
