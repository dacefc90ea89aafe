"""Every example in the documentation runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from exitline.cli import main

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"docs/reproductions.md", "examples/world-deciles/README.md"}
"""Pages whose commands test_docs_reproductions.py runs."""
PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/*/README.md")]
PAGES = [page for page in PAGES if page.relative_to(ROOT).as_posix() not in ELSEWHERE]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _named(value: object) -> str:
    """A page's name; nothing for its blocks."""
    return value if isinstance(value, str) else ""


def _blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for number, (kind, text) in enumerate(BLOCK.findall(page.read_text()), start=1):
            if kind == language:
                found.append((f"{page.relative_to(ROOT)}#{number}", text))
    return found


def _commands() -> list[tuple[str, str]]:
    joined = [(where, re.sub(r"\\\n\s*", " ", text)) for where, text in _blocks("console")]
    return [
        (where, line.removeprefix("$ "))
        for where, text in joined
        for line in text.splitlines()
        if line.startswith("$ exitline ")
    ]


def _pages_with_python() -> dict[str, list[str]]:
    pages: dict[str, list[str]] = {}
    for where, text in _blocks("python"):
        pages.setdefault(where.split("#")[0], []).append(text)
    return pages


@pytest.mark.parametrize(
    ("page", "blocks"), _pages_with_python().items(), ids=lambda x: str(x)[:60]
)
def test_python_blocks(page, blocks, tmp_path, monkeypatch):
    """Blocks of one page share their names, from top to bottom; what they write stays away."""
    for name in ("docs", "src", "tests", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": page}
    for text in blocks:
        exec(compile(text, page, "exec"), names)


def _pages_with_commands() -> dict[str, list[str]]:
    pages: dict[str, list[str]] = {}
    for where, line in _commands():
        pages.setdefault(where.split("#")[0], []).append(line)
    return pages


@pytest.mark.parametrize(
    ("page", "lines"), _pages_with_commands().items(), ids=lambda x: str(x)[:60]
)
def test_commands(page, lines, tmp_path, capsys, monkeypatch):
    """Commands of one page run one after the other, in a copy where they may write."""
    _link_everything(tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in lines:
        with pytest.raises(SystemExit) as end:
            main(shlex.split(line, comments=True)[1:])
        assert not end.value.code, f"{page}: {line}\n{capsys.readouterr().err}"


def _link_everything(folder: Path) -> None:
    """A folder that looks like the project's root; examples are copied, not linked."""
    import shutil

    for name in ("docs", "src", "tests"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(
        ROOT / "examples", folder / "examples",
        ignore=shutil.ignore_patterns("out", "out-*", "*.mp4"),
    )  # fmt: skip
