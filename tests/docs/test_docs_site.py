"""The menu of the documentation site holds every page, once."""

from __future__ import annotations

import pydoc
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

import exitline as xl

ROOT = Path(__file__).parents[2]
REFERENCE = re.compile(r"^::: ([\w.]+)\n    options: \{heading: xl\.(\w+),", re.MULTILINE)
LINK = re.compile(r"(?<!`)\]\((?!https?:|mailto:)([^)\s]+)\)")


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


def test_every_public_name_is_in_the_reference_under_its_home() -> None:
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "docs/api").iterdir()]
    told = {name: home for text in pages for home, name in REFERENCE.findall(text)}
    assert sorted(told) == sorted(xl.__all__)
    listed = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in listed for name in told)
    for name, home in told.items():
        assert pydoc.locate(home) is getattr(xl, name), name


def test_no_link_leads_nowhere() -> None:
    """Links between pages, to their headings and to files of the repository."""
    dead = []
    for page in (ROOT / "docs").rglob("*.md"):
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.exists() or (
                anchor and there.suffix == ".md" and anchor not in _anchors(there)
            ):
                dead.append(f"{page.name}: {target}")
    assert dead == []


def _anchors(page: Path) -> set[str]:
    """Headings as the site and GitHub link to them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)|[`*]", r"\1", head) for head in heads)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in plain}


def test_pictures_of_pages_are_there_and_small() -> None:
    pictures = list((ROOT / "docs/pictures").iterdir())
    assert {"report.jpg", "explorer.jpg", "flows.jpg", "curve.jpg"} <= {p.name for p in pictures}
    assert sum(p.stat().st_size for p in pictures) < 500_000


def _has_survey() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "library(survey)"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def test_the_r_block_gives_the_same_figures(tmp_path: Path) -> None:
    """Of the page for those who come from R; skipped where its package survey is not there."""
    if not _has_survey():
        pytest.skip("R's package survey is not installed")
    page = (ROOT / "docs/coming-from.md").read_text(encoding="utf-8")
    block = re.search(r"```r\n(.*?)```", page, re.DOTALL)
    assert block is not None
    data = ROOT / "examples/albania-2012/lival.parquet"
    pd.read_parquet(data).to_csv(tmp_path / "lival.csv", index=False)
    lines = block[1].strip().splitlines()
    script = ["library(survey)", 'lival <- read.csv("lival.csv")', *lines[:-1],
              f"found <- {lines[-1]}", 'write.csv(found, "found.csv")']  # fmt: skip
    (tmp_path / "r.R").write_text("\n".join(script))
    ran = subprocess.run(["Rscript", "r.R"], cwd=tmp_path, capture_output=True, text=True,
                         check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    theirs = pd.read_csv(tmp_path / "found.csv")
    ours = xl.estimate(data, "headcount", welfare="rcons", line=4891, by="region",
                       design=xl.Design(weight="weight", strata="strat", psu="psu"))  # fmt: skip
    figures = sorted(e.estimate for e in ours if e.by)
    assert figures == pytest.approx(sorted(theirs.iloc[:, 2]), rel=1e-9)
