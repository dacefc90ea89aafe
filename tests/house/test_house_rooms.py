"""Every room says what it is for and what it may import, and stands in the tree of the docs."""

from __future__ import annotations

import ast
import importlib
import re
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
    assert re.search(r"\bprovides?\b", said, re.I), f"{room}/__init__.py: what does it hand out?"
    assert f"{room.name}/" in TREE.split("```")[0], f"{room.name} is missing in architecture.md"


def test_the_table_of_folders_names_those_that_there_are():
    rows = [line for line in TREE.splitlines() if line.startswith("| `") and "/` " in line]
    for row in rows:
        room, folders = row.split("`")[1], re.findall(r"[|;] `(\w+)/`", row)
        there = {one.parent.name for one in (HOUSE / room).glob("*/__init__.py")}
        assert set(folders) == there, room


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/stability.md", "CONTRIBUTING.md"])
def test_modules_that_a_page_names_are_there(page):
    """By their path below the package, or its end."""
    files = [path.as_posix() for path in [*HOUSE.rglob("*.py"), *Path("tests").rglob("*.py")]]
    named = set(re.findall(r"`([\w/]+\.py)[`:]", Path(page).read_text(encoding="utf-8")))
    placeholders = {name for name in named if re.search(r"\b(NAME|name)\b", name)}
    lost = [
        one for one in named - placeholders if not any(f"/{f}".endswith(f"/{one}") for f in files)
    ]
    assert sorted(lost) == []


def test_nothing_stands_outside_the_wings_but_what_all_use():
    assert {folder.name for folder in HOUSE.iterdir() if (folder / "__init__.py").exists()} == {
        *WINGS, "api", "cli", "records", "words",
    }  # fmt: skip


def test_no_folder_or_module_bears_the_name_of_what_its_package_loads_late():
    """A submodule, once loaded, would stand where the function is expected."""
    found = []
    for path in HOUSE.rglob("__init__.py"):
        late = {
            key.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Dict)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
        }
        beside = {one.stem for one in path.parent.iterdir() if one.name != "__init__.py"}
        found += [f"{path}: {name}" for name in late & beside if "__getattr__" in path.read_text()]
    assert found == []


@pytest.mark.parametrize(
    "room",
    [p for p in HOUSE.rglob("__init__.py") if "def __getattr__" in p.read_text(encoding="utf-8")],
    ids=lambda path: path.parent.name,
)
def test_what_a_package_loads_late_is_there(room):
    package = importlib.import_module(".".join(room.parent.relative_to("src").parts))
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
