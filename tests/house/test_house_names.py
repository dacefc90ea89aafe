"""A class name means one thing, in the whole house."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

DJANGO = {"Meta", "Migration"}  # what Django looks for under these names, inside others
SRC = Path(__file__).parents[2] / "src" / "exitline"


def test_no_class_name_has_two_meanings() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SRC.rglob("*.py")):
        if path.parent.name == "migrations":  # Django's own name for each
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name not in DJANGO:
                found[node.name].append(f"{path.relative_to(SRC)}:{node.lineno}")
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
