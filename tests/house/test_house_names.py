"""A class name means one thing, in the whole house."""

from __future__ import annotations

import ast
import importlib
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


def test_every_name_that_a_package_hands_out_late_is_there() -> None:
    """A name that loads when it is first used breaks unseen when its module is split."""
    lacking = []
    for path in sorted(SRC.rglob("__init__.py")):
        if "__getattr__" not in path.read_text(encoding="utf-8"):
            continue
        package = importlib.import_module(".".join(path.parent.relative_to(SRC.parent).parts))
        lacking += [f"{package.__name__}.{n}" for n in package.__all__ if not hasattr(package, n)]
    assert lacking == []
