"""A small story in a folder of its own, built at a small size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SERIES = """\
series: small
title: {en: Small, zh: 小}
languages: [en, zh]
episodes: [one.yaml]
"""

EPISODE = """\
episode: one
title: {en: "{poor} of {homes}", zh: "{homes}户中的{poor}户"}
summary: {en: Who is below the line., zh: 谁低于这条线。}
sources:
  survey:
    short: {en: Survey 2020, zh: 调查2020}
    full: {en: A survey of 2020, zh: 2020年的一项调查}
data:
  homes: {file: homes.csv, source: survey}
figures:
  homes: {data: homes, count: rows}
  poor: {data: homes, count: rows, where: y < 2}
  not_poor: {compute: homes - poor}
  share: {data: homes, share: y < 2, weight: w, format: percent.1}
points:
  by_year: {data: homes, by: year, share: y < 2, format: percent.0}
scenes:
  - scene: title
    seconds: 4
    title: {en: Who is poor, zh: 谁贫困}
    say: {en: A small story., zh: 一个小故事。}
  - scene: number
    seconds: 4
    title: {en: Some are below the line, zh: 有人低于线}
    value: share
    label: {en: of households, zh: 的住户}
    say: {en: "{share} are below the line.", zh: "{share}低于线。"}
"""

HOMES = "y,w,area,year\n" + "".join(
    f"{(i * 7) % 5 + 0.5},{1 + i % 3},{'ab'[i % 2]},{2018 + i % 4}\n" for i in range(40)
)


@pytest.fixture(scope="session")
def write_story() -> Callable[[Path], Path]:
    """Write the small story into a folder."""

    def write(folder: Path) -> Path:
        for name, text in (("series.yaml", SERIES), ("one.yaml", EPISODE), ("homes.csv", HOMES)):
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def folder(tmp_path: Path, write_story: Callable[[Path], Path]) -> Path:
    """A story of two scenes whose figures have not been recorded."""
    return write_story(tmp_path)


@pytest.fixture
def edit(folder: Path):
    """Replace a text in the episode's file, once."""

    def change(old: str, new: str, file: str = "one.yaml") -> Path:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change
