"""No circle of imports: not at load, not in a function, not for types alone."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "exitline"


def imports_of(root: Path) -> dict[str, set[str]]:
    """Which modules of a package each of its modules names in an import, wherever it stands."""
    files = {name_of(path, root): path for path in root.rglob("*.py")}
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        named = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: imports are absolute"
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    named.add(inner if inner in files else str(node.module))
        found[name] = named & set(files) - {name}
    return found


def name_of(path: Path, root: Path) -> str:
    """A file's name as a module."""
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle of a graph; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def test_no_module_imports_itself_by_a_detour() -> None:
    assert circle(imports_of(SRC)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import toy.b",
        "from toy import b",
        "def f():\n    from toy.b import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from toy.b import x",
    ],
)
def test_a_circle_is_found_wherever_its_import_stands(tmp_path: Path, text: str) -> None:
    toy = tmp_path / "toy"
    toy.mkdir()
    (toy / "__init__.py").write_text("")
    (toy / "a.py").write_text(text)
    (toy / "b.py").write_text("from toy import a\n")
    assert set(circle(imports_of(toy))) == {"toy.a", "toy.b"}
    (toy / "b.py").write_text("x = 1\n")
    assert circle(imports_of(toy)) == []
