"""The menu of the documentation site holds every page, once."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def _files(entries: list[object]) -> list[str]:
    found: list[str] = []
    for entry in entries:
        if isinstance(entry, str):
            found.append(entry)
        elif isinstance(entry, dict):
            for below in entry.values():
                found += _files(below)
    return found


def test_every_page_is_in_the_menu_once() -> None:
    menu = _files(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    pages = [p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")]
    assert sorted(menu) == sorted(pages)


def test_pictures_of_pages_are_there_and_small() -> None:
    pictures = list((ROOT / "docs/pictures").iterdir())
    assert {"report.jpg", "explorer.jpg"} <= {p.name for p in pictures}
    assert sum(p.stat().st_size for p in pictures) < 500_000
