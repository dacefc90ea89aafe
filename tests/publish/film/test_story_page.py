"""The page of a series in a real browser, opened from disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from exitline.publish.film import FilmOptions, build
from exitline.publish.film.theme import Size

CHROMIUM = Path("/usr/bin/chromium")


@pytest.mark.browser
def test_the_page_works_from_disk_at_both_widths(folder: Path, tmp_path: Path, serious) -> None:
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium")
    browsers = pytest.importorskip("playwright.sync_api")
    out = tmp_path / "out"
    build(folder, out, FilmOptions(sizes=(Size(320, 180),), record=True))
    with browsers.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for width in (400, 1280):
            page = chromium.new_page(viewport={"width": width, "height": 800}, bypass_csp=True)
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            page.goto(f"file://{out}/index.html")
            for summary in page.locator("summary").all():
                summary.click()
            page.wait_for_function("document.querySelector('track').readyState === 2")
            cues = page.evaluate(
                "[...document.querySelector('video').textTracks[0].cues].map(cue => cue.text)"
            )
            assert cues[0] == "A small story."
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.get_by_text("A survey of 2020").first.is_visible()
            assert serious(page) == []
            page.get_by_role("link", name="中文").click()
            assert page.locator("html").get_attribute("lang") == "zh"
            assert said == []
        chromium.close()
