"""What tests of the explorer page share: payloads, pages, a browser that lets nothing pass."""

from __future__ import annotations

import copy
import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exitline.api.exploring import build
from exitline.publish.explorer.page import render

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
EXAMPLES = {
    "albania": "examples/albania-2012/explorer.yaml",
    "census": "examples/imaginary-country/explorer.yaml",
    "china": "examples/china-832/explorer.yaml",
}
ATTACK = "</script><img src=x onerror=window.hacked=1>"
HOSTILE = (ATTACK, "\u202eمقاطعة الشمال", "-1+1=CMD()", "W" * 200, "<b>&amp;\u2028'\"", "@SUM(A1)")


@pytest.fixture(scope="session")
def payloads() -> dict[str, dict[str, Any]]:
    """What the three examples come to, and a small made-up run with hostile texts."""
    made = {name: build([ROOT / path]).payload() for name, path in EXAMPLES.items()}
    made["mapped"], made["albania"] = made["albania"], tiled(made["albania"])
    return made | {"hostile": hostile(), "years": several_years()}


def tiled(payload: dict[str, Any]) -> dict[str, Any]:
    """The example of Albania as it is without boundaries: prefectures as tiles."""
    made = copy.deepcopy(payload)
    del made["areas"]["shape"]
    level = next(i for i, one in enumerate(made["levels"]) if one["key"] == "prefectu")
    made["levels"][level] |= {"layout": "tiles", "aspect": 1.0, "width": 0}
    with (ROOT / "examples/albania-2012/places.csv").open(encoding="utf-8") as file:
        places = {row["key"]: row for row in csv.DictReader(file)}
    areas = made["areas"]
    for i, key in enumerate(areas["key"]):
        if areas["level"][i] == level:
            areas["x"][i], areas["y"][i] = (float(places[key][n]) for n in ("column", "row"))
    return made


def survey(
    labels: list[Any], values: list[float | None], halves: list[float | None], **changes: Any
) -> dict[str, Any]:
    """A run of one measure in one year: districts with figures and the half width of intervals.

    A value of None is suppressed; a half width of None has no interval. The first is for all.
    """
    n = len(labels)
    low = [
        None if v is None or h is None else round(v - h, 4)
        for v, h in zip(values, halves, strict=True)
    ]
    high = [
        None if v is None or h is None else round(v + h, 4)
        for v, h in zip(values, halves, strict=True)
    ]
    status = [
        1 if v is None else 3 if h is None else 0 for v, h in zip(values, halves, strict=True)
    ]
    figures = {
        "series": 0, "year": 0, "area": list(range(n)), "value": values, "low": low, "high": high,
        "text": ["" if v is None else f"{v:.1f} %" for v in values],
        "interval": [
            "" if a is None else f"{a:.1f}–{b:.1f}" for a, b in zip(low, high, strict=True)
        ],
        "n": [None if v is None else 100 for v in values], "status": status, "reason": {},
        "claim": ["" if v is None else f"{i:012x}" for i, v in enumerate(values)],
    }  # fmt: skip
    return {
        "format": "exitline-explorer/1", "software": "exitline test", "kind": "run",
        "title": "A survey", "summary": "Shares by district.", "notice": None,
        "languages": ["en", "zh"], "years": ["2020"],
        "levels": [{"key": "d", "title": "District", "many": "Districts", "within": -1,
                    "layout": "list", "aspect": 1.0}],
        "areas": {"key": ["", *(f"k{i}" for i in range(1, n))], "label": labels,
                  "level": [-1] + [0] * (n - 1),
                  "within": [-1] + [0] * (n - 1), "x": [None] * n, "y": [None] * n},
        "series": [{"key": "s", "label": {"en": "Poor persons, share", "zh": "贫困人口占比"},
                    "line": "line one",
                    "unit": "percent", "unit_words": "% of persons", "sampled": True, "level": 95.0,
                    "edges": [10, 20], "threshold": 20, "good": "low"}],
        "figures": [figures], "decisions": [], "outcomes": ["met", "not met", "cannot tell yet"],
        "templates": [], "palette": "rule", "standard": None, "sources": [], "method": [],
        "disclosure": {"words": "", "suppressed": 0},
        "verify": {"words": "", "commands": [], "digests": []},
    } | changes  # fmt: skip


def hostile() -> dict[str, Any]:
    """Names, sentences and addresses that a page must not fall for."""
    made = survey(
        ["All", *HOSTILE],
        [20.0, 30.0, None, 12.0, 4.0, 22.0, 9.0],
        [1.0, 2.0, None, 3.0, None, 1.0, 1.0],
    )
    made |= {
        "title": ATTACK, "summary": {"en": ATTACK, "zh": ATTACK}, "notice": ATTACK,
        "sources": [{"title": ATTACK, "url": "javascript:alert(1)"}],
        "method": [{"term": ATTACK, "text": ATTACK}],
        "templates": [{"en": ATTACK + " {0}", "zh": "{0}"}],
        "standard": {"title": ATTACK, "text": [ATTACK]},
        "disclosure": {"words": ATTACK, "suppressed": 1},
        "verify": {"words": ATTACK, "commands": [ATTACK],
                   "digests": [{"name": ATTACK, "sha256": ATTACK}]},
        "decisions": [{
            "level": 0, "year": 0, "criteria": [{"key": "", "label": ATTACK, "rule": ATTACK}],
            "counts": [[2, 2, 2]], "area": [1, 2, 3, 4, 5, 6], "outcome": [[0, 1, 2, 0, 1, 2]],
            "text": [[ATTACK] * 6], "hidden": [[0] * 6], "reason": [[[0, ATTACK]] * 6],
        }],
    }  # fmt: skip
    made["figures"][0]["reason"] = {"2": ATTACK}
    return made


def several_years() -> dict[str, Any]:
    """Three years of a survey; one district is suppressed in the middle one."""
    made = survey(
        ["All", "North", "South"],
        [20.0, 30.0, 10.0],
        [1.0, 2.0, 1.0],
        years=["2018", "2019", "2020"],
    )
    first = made["figures"][0]
    made["figures"] = [copy.deepcopy(first) | {"year": year} for year in range(3)]
    middle = made["figures"][1]
    for key, none in (
        ("value", None),
        ("low", None),
        ("high", None),
        ("text", ""),
        ("interval", ""),
        ("n", None),
    ):
        middle[key][2] = none
    middle["status"][2] = 1
    return made


@pytest.fixture(scope="session")
def made_up() -> Callable[..., dict[str, Any]]:
    """Makes a small survey."""
    return survey


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's chromium, driven by playwright, whose loop must not outlive a module."""
    if CHROMIUM is None:
        pytest.skip("needs chromium: apt-get install chromium")
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with driver.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, payloads: dict[str, Any]) -> dict[str, Path]:
    """The pages on disk."""
    folder = tmp_path_factory.mktemp("explorers")
    for name, payload in payloads.items():
        (folder / f"{name}.html").write_text(render(payload), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in payloads}


@pytest.fixture
def opened(browser: Any, pages: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Opens a page; at the end nothing may have been complained about or asked of a network."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def visit(
        what: str | Path, width: int = 1280, at: str = "", height: int = 900, **options: Any
    ) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda m: complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("request", lambda r: complaints.append(r.url)
                if r.url.split(":")[0] not in ("file", "data", "blob") else None)  # fmt: skip
        path = pages[what] if isinstance(what, str) else what
        page.goto(path.as_uri() + (f"#{at}" if at else ""))
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []
