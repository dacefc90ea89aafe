"""The explorer's page: bytes, seconds to build, milliseconds to the first paint in chromium."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from exitline.cli import show

EXAMPLES = ("albania-2012", "imaginary-country", "china-832")
OPENINGS = 5
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def main() -> None:
    """Build each example, open it five times, show the median."""
    from exitline.web.build import build
    from exitline.web.page import render

    folder = Path(tempfile.mkdtemp())
    rows: list[tuple[str, ...]] = []
    for name in EXAMPLES:
        start = time.perf_counter()
        shown = build([f"examples/{name}/explorer.yaml"])
        text = render(shown.payload())
        seconds = time.perf_counter() - start
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
        rows.append(_row(name, f"{len(shown.areas) - 1:,}", text, seconds, folder))
    heads = ("page", "areas", "MB", "build, s", "first paint, ms", "ready, ms")
    show.table("The explorer's page", heads, rows, right=(1, 2, 3, 4, 5))


def _row(name: str, areas: str, text: str, seconds: float, folder: Path) -> tuple[str, ...]:
    """One page in figures."""
    paint, ready = _opened(folder / f"{name}.html")
    size = len(text.encode()) / 1e6
    return name, areas, f"{size:.2f}", f"{seconds:.2f}", f"{paint:.0f}", f"{ready:.0f}"


def _opened(path: Path) -> tuple[float, float]:
    """Median milliseconds to the first paint and to the page being ready."""
    from playwright.sync_api import sync_playwright

    found: list[Any] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for _ in range(OPENINGS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(path.as_uri())
            page.wait_for_timeout(400)
            found.append((page.evaluate(PAINT), page.evaluate(READY)))
            page.close()
        browser.close()
    return statistics.median(f[0] for f in found), statistics.median(f[1] for f in found)


if __name__ == "__main__":
    main()
