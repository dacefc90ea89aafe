"""Pages of the shipped examples, a faulty world made by hand, and Debian's chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exitline.web.build import build
from exitline.web.model import (
    Area,
    Asked,
    Cell,
    DecisionSet,
    Explorer,
    Figures,
    Judged,
    Level,
    Series,
)
from exitline.web.page import render

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
EXAMPLES = ("albania-2012", "imaginary-country", "china-832")
HOSTILE = "</script><img src=x onerror=window.hacked=1>"
LONG = "An area with a name of more than two hundred letters " * 4
ARABIC = "محافظة الشمال"


def made(areas: int = 30) -> Explorer:
    """Provinces of counties in two years: hostile, long and right-to-left names, every status."""
    names = [HOSTILE, LONG, ARABIC, '=HYPERLINK("x")', "Plain"]
    tree = [Area("", "All together")]
    tree += [Area(f"p{i}", {"en": n, "zh": f"省{i}"}, 0, 0, i % 3, i // 3)
             for i, n in enumerate(names)]  # fmt: skip
    tree += [Area(f"c{i}", f"County {i}", 1, 1 + i % 5) for i in range(areas)]
    levels = (
        Level("province", {"en": "Province", "zh": "省"}, {"en": "Provinces", "zh": "省"}, -1,
              "tiles"),
        Level("county", {"en": "County", "zh": "县"}, {"en": "Counties", "zh": "县"}, 0),
    )  # fmt: skip
    return Explorer(
        "run", HOSTILE, HOSTILE, ("en", "zh"), ("2011", "2021"), levels, tuple(tree),
        (Series("headcount@z", {"en": "Share of poor", "zh": "贫困人口占比"}, HOSTILE, "percent",
                "% of persons", True, edges=(5.0, 10.0, 20.0), threshold=10.0, good="low"),),
        tuple(Figures(0, y, tuple(_cell(i, y) for i in range(len(tree)))) for y in (0, 1)),
        tuple(_judged(tree, areas, y) for y in (0, 1)),
    )  # fmt: skip


def _cell(i: int, year: int) -> Cell:
    """Every fifth figure suppressed, every seventh unknown, every eleventh without interval."""
    if i and i % 5 == 4:
        return Cell(i, None, status=1)
    if i and i % 7 == 3:
        return Cell(i, None, n=12, status=2, reason=HOSTILE)
    value = round(3 + (i * 7 + 5 * year) % 31 + 0.1 * year, 1)
    if i and i % 11 == 5:
        return Cell(i, value, text=f"{value} %", n=40, status=3, reason="one PSU", claim="ab" * 6)
    return Cell(i, value, value - 2, value + 2, f"{value} %", f"{value - 2:.1f}–{value + 2:.1f}",
                100 + i, claim="cd" * 6)  # fmt: skip


def _judged(tree: list[Area], areas: int, year: int) -> DecisionSet:
    own = tuple(range(len(tree) - areas, len(tree)))
    rows = tuple(Judged(i % 3, "2.4 %" if i % 4 else "", not i % 4, HOSTILE) for i in own)
    counts = tuple(sum(j.outcome == o for j in rows) for o in range(3))
    asked = (Asked("", "overall"), Asked("poor", HOSTILE, "must be below 3 %"))
    return DecisionSet(1, year, asked, own, (rows, rows), (counts, counts))


@pytest.fixture(scope="session")
def faulty() -> Callable[..., Explorer]:
    """Makes an explorer of a world in which nearly everything is out of the ordinary."""
    return made


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages on disk, by name."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {n: render(build([f"examples/{n}/explorer.yaml"]).payload()) for n in EXAMPLES}
    texts |= {"hostile": render(made().payload()), "large": render(made(3000).payload())}
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium, driven by playwright."""
    if CHROMIUM is None:
        pytest.skip("needs chromium: apt-get install chromium")
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with driver.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, pages: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Opens a page; at the end nothing may have been complained about or asked of a network."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def opened(name: str, state: str = "", width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "blob:"))
                else complaints.append(r.url))  # fmt: skip
        page.goto(f"{pages[name].as_uri()}#{state}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
