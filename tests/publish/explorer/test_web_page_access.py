"""The explorer page for everybody: axe-core, widths, themes, languages, paper, no scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
EXAMPLES = ("albania", "census", "china")
WIDE = """() => [...document.querySelectorAll('body *')].filter(n => {
  const b = n.getBoundingClientRect();
  const own = n.closest('.table-frame, svg, .sr, .skip, .chips, .defs');
  return b.width && b.right > innerWidth + 1 && !own;
}).map(n => n.tagName + '.' + n.className).slice(0, 5)"""


@pytest.mark.parametrize(
    ("name", "theme", "language"),
    [  # every page in both themes and both languages, all four of these together among them
        ("albania", "light", "en"), ("albania", "dark", "zh"),
        ("census", "dark", "en"), ("census", "light", "zh"),
        ("china", "light", "en"), ("china", "dark", "zh"),
        ("mapped", "dark", "en"), ("mapped", "light", "zh"),
    ],
)  # fmt: skip
def test_axe_finds_nothing_serious(
    opened: Callable[..., Any], serious: Callable[[Any], Any], name: str, theme: str, language: str
) -> None:
    page = opened(name, at=f"lang={language}&theme={theme}")
    page.locator("#picture [data-area]").first.click()
    compare(page)
    assert serious(page) == []
    if name != "albania":
        page = opened(name, at=f"lang={language}&theme={theme}&view=decisions")
        page.locator("#picture [data-area]").first.focus()
        page.locator("#find").press_sequentially("a", delay=5)
        assert page.locator("#find-list").is_visible()
        assert serious(page) == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (400, "dark")])
def test_axe_while_a_filter_leaves_areas_out(
    opened: Callable[..., Any], serious: Callable[[Any], Any], theme: str, width: int
) -> None:
    page = opened("albania", width, at=f"theme={theme}")
    page.locator("#filter").press_sequentially("kuk")
    page.locator("#picture .faint").first.wait_for()
    assert serious(page) == []
    for name, at in (("census", ""), ("census", "&level=ea"), ("china", "&year=2018")):
        page = opened(name, width, at=f"view=decisions&theme={theme}{at}")
        page.locator('#legend [data-value="1"]').click()
        assert page.locator("#picture .faint").count() > 0
        page.locator("#picture .faint").first.focus()
        assert serious(page) == []


def compare(page: Any) -> None:
    """Open the comparison with two areas."""
    page.locator("#details .actions button").last.click()
    page.locator("#compare-1").press_sequentially("a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".verdict").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_on_hostile_texts_and_several_years(
    opened: Callable[..., Any], serious: Callable[[Any], Any], theme: str
) -> None:
    for name in ("hostile", "years"):
        assert serious(opened(name, at=f"theme={theme}")) == []
        assert serious(opened(name, 400, at=f"theme={theme}&view=decisions")) == []


@pytest.mark.parametrize("width", [1280, 768, 400, 320])
@pytest.mark.parametrize("name", [*EXAMPLES, "mapped", "hostile", "years"])
def test_nothing_sticks_out(opened: Callable[..., Any], name: str, width: int) -> None:
    for view in ("estimates", "decisions"):
        for language in ("en", "zh"):
            page = opened(name, width, at=f"view={view}&lang={language}")
            page.locator("#picture [data-area]").first.press(" ")
            compare(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(WIDE) == []
            assert page.evaluate("window.hacked") is None


GROUND = "getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(18, 23, 27)"


def test_dark_follows_the_system_and_can_be_chosen(opened: Callable[..., Any]) -> None:
    for scheme, ground in (("light", LIGHT), ("dark", DARK)):
        page = opened("albania", color_scheme=scheme)
        assert page.evaluate(GROUND) == ground
        page.select_option("#theme", "dark")
        assert page.evaluate(GROUND) == DARK
        assert "theme=dark" in page.url
        page.select_option("#theme", "light")
        assert page.evaluate(GROUND) == LIGHT
        page.select_option("#theme", "auto")
        assert page.evaluate(GROUND) == ground


def test_the_language_is_that_of_every_part(opened: Callable[..., Any]) -> None:
    page = opened("china", at="view=estimates")
    page.locator("#tools [data-value=zh]").click()
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.title() == "832个县的名单怎样清空"
    assert "lang=zh" in page.url
    assert page.locator("h1").inner_text() == "832个县的名单怎样清空"
    assert page.locator("#finding").inner_text().startswith("最高")
    assert "这是决定的记录" in page.locator(".notice").inner_text()
    seen = page.locator("body").inner_text()
    for english in (
        "Download",
        "Compare two",
        "Find an area",
        "How sure",
        "Provinces",
        "Kind of area",
    ):
        assert english not in seen
    assert page.locator("#tools [data-value=zh]").evaluate("n => n === document.activeElement")


def test_without_scripts_headline_notice_and_table_stand(opened: Callable[..., Any]) -> None:
    page = opened("china", java_script_enabled=False)
    seen = page.locator("body").inner_text()
    assert "832" in seen
    assert "not evidence for them" in seen
    assert "runs no scripts" in seen
    assert page.locator("#table tbody tr").count() == 22
    assert not page.locator("#controls").is_visible()
    assert not page.locator("#details").is_visible()


def test_on_paper_controls_are_gone_and_it_is_light(opened: Callable[..., Any]) -> None:
    page = opened("census", at="theme=dark&view=decisions&level=ea")
    assert page.locator("#rows tbody tr").count() == 50
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows tbody tr").count() == 133
    page.emulate_media(media="print")
    assert not page.locator("#controls").is_visible()
    assert page.locator("#finding").is_visible()
    assert page.evaluate(GROUND) == LIGHT
