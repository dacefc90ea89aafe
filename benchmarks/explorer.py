"""The explorer page: bytes, seconds to write, milliseconds to the first paint in chromium.

The 832 counties of the shipped example, and a country made up here: 26 provinces, 840 counties
with five measures over three years, 3,000 villages with decisions on three criteria; and 832 areas
of a survey in boundaries of some 130 corners each, made up here. Each page
is opened from disk five times in a fresh window; the median counts. "All drawn" is when the
picture, the table and every control stand.

Beside it a page that Altair writes, with its scripts inside (`explorer_peer.py`): the picture
of one measure, without table, search, comparison or ways down. "All drawn" there is when every
mark stands. Both are opened by the same browser in the same way.

Run from the root of the repository; needs Debian's chromium and playwright. Altair comes in an
environment of its own:

    python -m venv benchmarks/work/altair
    benchmarks/work/altair/bin/pip install altair==6.3.0 vl-convert-python==1.9.0.post1
    python -m benchmarks.explorer --others benchmarks/work/altair/bin/python
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from exitline.cli.shared import show

OPENINGS = 5
ACROSS, DOWN, RAGGED = 32, 26, 5
PROVINCES, COUNTIES, VILLAGES, SERIES, YEARS = 26, 840, 3000, 5, 3
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
MARKS = "document.querySelectorAll('.mark-symbol.role-mark path').length"
WATCH = """addEventListener('DOMContentLoaded', () => { const look = () => {
  if (%s >= %d) window.drawnAt = performance.now();
  else requestAnimationFrame(look);
}; look(); })"""
DRAWN = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def country() -> dict[str, Any]:
    """A payload as large as a page may carry."""
    chance = random.Random(832)
    parents = [0] * PROVINCES
    parents += [1 + i % PROVINCES for i in range(COUNTIES)]
    parents += [1 + PROVINCES + i % COUNTIES for i in range(VILLAGES)]
    levels = [0] * PROVINCES + [1] * COUNTIES + [2] * VILLAGES
    keys = [f"{'PCV'[level]}{i:05d}" for i, level in enumerate(levels)]
    measured, villages = 1 + PROVINCES + COUNTIES, range(1 + PROVINCES + COUNTIES, 1 + len(keys))
    kinds = (("province", -1), ("county", 0), ("village", 1))
    return {
        "format": "exitline-explorer/1", "software": "exitline benchmark", "kind": "run",
        "title": "A country made up", "summary": "Shares by county.", "notice": None,
        "languages": ["en", "zh"], "years": [str(2020 + y) for y in range(YEARS)],
        "levels": [{"key": k, "title": k, "many": k, "within": w, "layout": "list", "aspect": 1.0}
                   for k, w in kinds],
        "areas": {"key": ["", *keys], "label": ["All together", *keys], "level": [-1, *levels],
                  "within": [-1, *parents], "x": [None] * (len(keys) + 1),
                  "y": [None] * (len(keys) + 1)},
        "series": [{"key": f"s{i}", "label": f"Measure {i}", "line": "line one", "unit": "percent",
                    "unit_words": "% of persons", "sampled": True, "level": 95.0,
                    "edges": [5, 10, 15, 30], "threshold": 15, "good": "low"}
                   for i in range(SERIES)],
        "figures": [figures(s, y, measured, chance) for s in range(SERIES) for y in range(YEARS)],
        "decisions": [decided(list(villages), chance)],
        "outcomes": ["met", "not met", "cannot tell yet"], "palette": "rule",
        "templates": ["{0} of {1} households, where {2} is required: the figure is {3}."],
        "standard": None, "sources": [], "method": [],
        "disclosure": {"words": "", "suppressed": 0},
        "verify": {"words": "", "commands": [], "digests": []},
    }  # fmt: skip


def ragged(one: tuple[float, float], other: tuple[float, float]) -> list[tuple[float, float]]:
    """An edge between two corners, displaced at its middles: the same from either side."""
    low, high = sorted((one, other))
    line = [low, high]
    for step in range(RAGGED):
        chance = random.Random(f"{low}{high}{step}")
        wide = 0.22 * ((high[0] - low[0]) ** 2 + (high[1] - low[1]) ** 2) ** 0.5 / 2**step
        found = [line[0]]
        for (ax, ay), (bx, by) in pairwise(line):
            shift = (chance.uniform(-wide, wide) / 2, chance.uniform(-wide, wide) / 2)
            found += [((ax + bx) / 2 + shift[0], (ay + by) / 2 + shift[1]), (bx, by)]
        line = found
    return line if line[0] == one else line[::-1]


def mapped(folder: Path) -> dict[str, Any]:
    """A survey of 832 counties with boundaries, as `exitline explore` makes its page.

    The boundaries are made here: a grid of 32 by 26 whose corners are moved and whose edges are
    ragged, some 130 corners each. They are of no place.
    """
    from exitline.api.exploring import build

    chance = random.Random(832)
    at = {
        (i, j): (90 + i + chance.uniform(-0.25, 0.25), 20 + j + chance.uniform(-0.25, 0.25))
        for i in range(ACROSS + 1) for j in range(DOWN + 1)
    }  # fmt: skip
    features = []
    for i, j in ((i, j) for j in range(DOWN) for i in range(ACROSS)):
        corners = [at[i, j], at[i + 1, j], at[i + 1, j + 1], at[i, j + 1]]
        ring = [p for a, b in pairwise([*corners, corners[0]]) for p in ragged(a, b)[:-1]]
        ring = [[round(x, 5), round(y, 5)] for x, y in [*ring, ring[0]]]
        features.append({"type": "Feature", "properties": {"name": f"c{j * ACROSS + i:03}"},
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})  # fmt: skip
    shapes = {"type": "FeatureCollection", "features": features}
    (folder / "counties.geojson").write_text(json.dumps(shapes), encoding="utf-8")
    rows = [f"{k},c{k:03},p{k % 26:02},{round(chance.lognormvariate(1, 0.6), 3)}"
            for k in range(ACROSS * DOWN) for _ in range(15)]  # fmt: skip
    table = "\n".join(["home,county,province,y", *(f"{i}{row}" for i, row in enumerate(rows))])
    (folder / "homes.csv").write_text(table, encoding="utf-8")
    (folder / "study.yaml").write_text(
        "study: 832 counties\ndata: {households: homes.csv}\ncolumns: {welfare: y}\n"
        "lines: [2]\nareas: [province, county]\nmeasures: [headcount]\nyear: 2020\n", "utf-8"
    )  # fmt: skip
    (folder / "explorer.yaml").write_text(
        "explorer: 832 counties\nruns: [{study: study.yaml}]\nareas:\n  county:\n"
        "    boundaries: {file: counties.geojson, key: name, source: made up}\n", "utf-8"
    )  # fmt: skip
    return build([folder / "explorer.yaml"]).payload()


def figures(series: int, year: int, n: int, chance: random.Random) -> dict[str, Any]:
    """One measure in one year, with intervals."""
    values = [round(chance.uniform(1, 40), 1) for _ in range(n)]
    low, high = [round(v * 0.8, 1) for v in values], [round(v * 1.3, 1) for v in values]
    return {
        "series": series, "year": year, "area": list(range(n)), "value": values, "low": low,
        "high": high, "text": [f"{v} %" for v in values],
        "interval": [f"{a}-{b}" for a, b in zip(low, high, strict=True)],
        "n": [chance.randint(200, 900) for _ in values], "status": [0] * n, "reason": {},
        "claim": [f"{chance.getrandbits(48):012x}" for _ in values],
    }  # fmt: skip


def decided(area: list[int], chance: random.Random) -> dict[str, Any]:
    """Three criteria and the overall outcome of every village, with reasons."""
    outcome = [[chance.choice((0, 0, 1, 2)) for _ in area] for _ in range(4)]
    return {
        "level": 2, "year": YEARS - 1, "area": area, "outcome": outcome,
        "criteria": [{"key": k, "label": k or "overall", "rule": ""} for k in ("", "a", "b", "c")],
        "counts": [[row.count(code) for code in range(3)] for row in outcome],
        "text": [[f"{chance.uniform(0, 100):.1f} %" for _ in area] for _ in range(4)],
        "hidden": [[0] * len(area) for _ in range(4)],
        "reason": [[[0, str(chance.randint(1, 400)), "400", "80 %", "77.1 %"] for _ in area]
                   for _ in range(4)],
    }  # fmt: skip


def rows_of(payload: dict[str, Any], block: dict[str, Any], level: int) -> list[dict[str, Any]]:
    """What Altair draws: a row for each area of a level in a block of figures or decisions."""
    areas, found = payload["areas"], []
    decisions = "outcome" in block
    for i, area in enumerate(block["area"]):
        if areas["level"][area] != level:
            continue
        label, n = areas["label"][area], len(found)
        x, y = areas["x"][area], areas["y"][area]
        found.append({
            "name": label if isinstance(label, str) else label.get("en"),
            "x": n % 60 / 60 if x is None else x, "y": n // 60 / 60 if y is None else y,
            "value": block["outcome"][0][i] if decisions else block["value"][i],
            "text": "" if decisions else block["text"][i],
            "interval": "" if decisions else block["interval"][i],
            "year": payload["years"][block["year"]], "index": block["year"],
        })  # fmt: skip
    return found


def main() -> None:
    """Write each page, open it, show the medians."""
    from exitline.api.exploring import build

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--others", help="Python that has Altair and vl-convert")
    others = parser.parse_args().others
    made = country()
    china = build(["examples/china-832/explorer.yaml"]).payload()
    cases = (
        ("832 counties, provinces", china, ""),
        ("832 counties, dots", china, "view=decisions"),
        ("made up, provinces", made, ""),
        ("made up, 3,000 villages", made, "view=decisions&level=village"),
    )
    with tempfile.TemporaryDirectory(prefix="exitline-") as work:
        cases = (*cases, ("832 counties in ragged boundaries", mapped(Path(work)), "level=county"))
        rows = [_row(name, payload, at, Path(work)) for name, payload, at in cases]
        if others:
            rows += [
                _peer(others, "Altair: 832 dots, 6 years", china, 2, Path(work)),
                _peer(others, "Altair: 3,000 marks, one year", made, 2, Path(work)),
            ]
    heads = ("page and view", "areas", "bytes", "write, s", "first paint, ms", "all drawn, ms")
    show.table("The explorer page", heads, rows, right=(1, 2, 3, 4, 5))


def _row(name: str, payload: dict[str, Any], at: str, work: Path) -> tuple[str, ...]:
    """One page in figures."""
    from exitline.publish.explorer.page import render

    start = time.perf_counter()
    text = render(payload)
    seconds = time.perf_counter() - start
    page = work / "page.html"
    page.write_text(text, encoding="utf-8")
    paint, drawn = _opened(page.as_uri() + (f"#{at}" if at else ""))
    areas = len(payload["areas"]["key"]) - 1
    size = len(text.encode())
    return name, f"{areas:,}", f"{size:,}", f"{seconds:.2f}", f"{paint:.0f}", f"{drawn:.0f}"


def _peer(
    python: str, name: str, payload: dict[str, Any], level: int, work: Path
) -> tuple[str, ...]:
    """Altair's page of the decisions of one level in figures."""
    blocks = [b for b in payload["decisions"] if b["level"] == level]
    rows = [row for block in blocks for row in rows_of(payload, block, level)]
    page, script = work / "peer.html", Path(__file__).with_name("explorer_peer.py")
    start = time.perf_counter()
    subprocess.run([python, script, page], input=json.dumps(rows), text=True, check=True)
    seconds = time.perf_counter() - start
    marks = len(rows) // len(blocks)
    paint, drawn = _opened(page.as_uri(), marks)
    size = page.stat().st_size
    return name, f"{marks:,}", f"{size:,}", f"{seconds:.2f}", f"{paint:.0f}", f"{drawn:.0f}"


def _opened(address: str, marks: int = 0) -> tuple[float, float]:
    """Median milliseconds to the first paint, and until everything (so many marks) is drawn."""
    from playwright.sync_api import sync_playwright

    found: list[tuple[float, float]] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for _ in range(OPENINGS):
            window = browser.new_context(viewport={"width": 1280, "height": 900})
            page = window.new_page()
            if marks:
                page.add_init_script(WATCH % (MARKS, marks))
            page.goto(address)
            if marks:
                page.wait_for_function("window.drawnAt")
            page.wait_for_timeout(500)
            drawn = page.evaluate("drawnAt" if marks else DRAWN)
            found.append((float(page.evaluate(PAINT)), float(drawn)))
            window.close()
        browser.close()
    return statistics.median(f[0] for f in found), statistics.median(f[1] for f in found)


if __name__ == "__main__":
    main()
