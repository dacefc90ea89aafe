"""Every room says what it is for and what it may import, and stands in the tree of the docs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path("src/exitline")
WINGS = ("rules", "stats", "exits", "proof", "publish")
ROOMS = [
    room
    for wing in WINGS
    for room in sorted((HOUSE / wing).iterdir())
    if (room / "__init__.py").exists()
]
TREE = Path("docs/architecture.md").read_text(encoding="utf-8").split("```text\nsrc/exitline/")[1]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.parent.name}.{room.name}")
def test_a_room_says_what_it_is_for_and_may_import(room):
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert "May import" in said, f"{room}/__init__.py: what may this room import?"
    assert f"{room.name}/" in TREE.split("```")[0], f"{room.name} is missing in architecture.md"


def test_nothing_stands_outside_the_wings_but_what_all_use():
    assert {folder.name for folder in HOUSE.iterdir() if (folder / "__init__.py").exists()} == {
        *WINGS, "api", "cli", "records", "words",
    }  # fmt: skip
