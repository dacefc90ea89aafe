"""The page in a real browser: widths, errors, sorting, searching, paging, paper, no script."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exitline.publish.report import ReportInput, render
from exitline.publish.report.page import view

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: apt-get install chromium"),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
VILLAGES = "table[data-key=decisions-village]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's chromium, driven by playwright."""
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with driver.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(
    tmp_path_factory: pytest.TempPathFactory, albania: ReportInput,
    villages: Callable[[int], ReportInput],
) -> dict[str, Path]:  # fmt: skip
    """The pages on disk."""
    folder = tmp_path_factory.mktemp("reports")
    pages = {"survey": albania, "decided": villages(60), "large": villages(260)}
    for name, content in pages.items():
        (folder / f"{name}.html").write_text(render(content), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture
def opened(browser: Any, files: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Opens a page; at the end nothing may have been complained about or asked of a network."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def visit(name: str, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("request", lambda r: complaints.append(r.url) if "file:" not in r.url[:5]
                and not r.url.startswith("data:") else None)  # fmt: skip
        page.goto(files[name].as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def names(page: Any, table: str = VILLAGES) -> list[str]:
    """First lines of the names of the rows on the screen."""
    found = page.eval_on_selector_all(
        f"{table} tbody.rows tr", "rows => rows.map(r => r.cells[0].firstChild.textContent)"
    )
    return [str(name) for name in found]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"),
        (1280, "dark"),
        (900, "light"),
        (768, "light"),
        (400, "light"),
        (400, "dark"),
    ],
)
def test_no_errors_and_nothing_sticks_out(
    opened: Callable[..., Any], width: int, scheme: str
) -> None:
    for name in ("survey", "decided", "large"):
        page = opened(name, width, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("window.hacked") is None


def test_dark_mode_is_dark(opened: Callable[..., Any]) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert opened("survey", color_scheme="light").evaluate(ground) == "rgb(255, 255, 255)"
    assert opened("survey", color_scheme="dark").evaluate(ground) == "rgb(18, 23, 27)"


CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).slice(0, 3).map((v) => {
    const x = v / 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
  const light = (c) => { const [r, g, b] = parse(c); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = light(getComputedStyle(document.documentElement).backgroundColor);
  return [...document.querySelectorAll('p,td,th,a,dd,dt,li,h1,h2,h3,button,summary,.small,text')]
    .filter((e) => e.textContent.trim() && !e.disabled && !e.closest('.skip'))
    .map((e) => { const s = getComputedStyle(e);
      const c = light(e.tagName === 'text' ? s.fill : s.color);
      return (Math.max(c, ground) + 0.05) / (Math.min(c, ground) + 0.05); })
    .reduce((a, b) => Math.min(a, b), 99);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(opened: Callable[..., Any], scheme: str) -> None:
    assert opened("decided", color_scheme=scheme).evaluate(CONTRAST) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["survey", "decided"])
def test_axe_finds_nothing_serious(
    opened: Callable[..., Any], serious: Callable[[Any], Any], name: str, scheme: str
) -> None:
    assert serious(opened(name, color_scheme=scheme, bypass_csp=True)) == []


def test_areas_are_sorted_by_value_and_then_as_asked(opened: Callable[..., Any]) -> None:
    page, table = opened("survey"), "table[data-key=area2-1]"
    by_value = names(page, table)
    assert by_value[0] == "Kukes"
    page.click(f"{table} thead th:nth-child(1) button")
    assert names(page, table) == sorted(by_value)
    assert page.get_attribute(f"{table} thead th:nth-child(1)", "aria-sort") == "ascending"
    page.click(f"{table} thead th:nth-child(2) button")
    assert names(page, table) == by_value
    page.click(f"{table} thead th:nth-child(2) button")
    assert names(page, table) == by_value[::-1]
    assert page.locator(f"{table} [aria-sort]").count() == 1
    assert page.inner_text(f"{table} tbody.pinned tr th") == "All together"


@pytest.mark.parametrize(("name", "units"), [("decided", 60), ("large", 260)])
def test_search_and_choice_of_outcome(
    opened: Callable[..., Any], villages: Callable[[int], ReportInput], name: str, units: int
) -> None:
    page, content = opened(name), villages(units)
    assert content.decisions is not None
    status = ".controls[data-for=decisions-village] .status"
    counts = content.decisions.counts("village")
    for value, outcome in (("met", "met"), ("not-met", "not met"), ("cannot-tell", "cannot tell")):
        page.select_option(".controls[data-for=decisions-village] select", value)
        assert page.inner_text(status) == f"{counts[outcome]} of {units}"
    page.select_option(".controls[data-for=decisions-village] select", "")
    page.fill(".controls[data-for=decisions-village] input", "V00042")
    assert names(page) == ["v00042"]
    page.fill(".controls[data-for=decisions-village] input", "no such village")
    assert names(page) == []
    assert page.inner_text(status) == "nothing fits"


def test_pages_of_a_large_table_hold_every_unit_once(opened: Callable[..., Any]) -> None:
    page, seen = opened("large"), []
    forward = page.locator(".pager[data-for=decisions-village] .after")
    seen += names(page)
    assert len(seen) == 25
    while forward.is_enabled():
        forward.click()
        seen += names(page)
    assert len(seen) == len(set(seen)) == 260
    assert page.inner_text(".pager[data-for=decisions-village] .where") == "251–260"


def test_a_large_table_sorts_by_what_would_settle_a_unit(
    opened: Callable[..., Any], villages: Callable[[int], ReportInput]
) -> None:
    level = next(level for level in view(villages(260)).levels if level.key == "village")
    assert level.table is not None
    position = [column.label for column in level.table.columns].index("More households")
    largest = max(float(r[position].sort) for r in level.table.rows
                  if isinstance(r[position].sort, float))  # fmt: skip
    page = opened("large")
    page.click(f"{VILLAGES} thead th:nth-child({position + 1}) button")
    first = page.inner_text(f"{VILLAGES} tbody.rows tr:first-child td:nth-child({position + 1})")
    assert first == ("full count" if largest > 1e12 else f"{largest:,.0f}")


def test_rows_drawn_by_script_are_the_rows_of_the_page(opened: Callable[..., Any]) -> None:
    cells = (
        "rows => rows.slice(0, 25).map(r => [...r.cells].map(c => [c.className, c.textContent]))"
    )
    drawn = opened("large").eval_on_selector_all(f"{VILLAGES} tbody.rows tr", cells)
    plain = opened("large", java_script_enabled=False)
    rows = plain.locator(f"{VILLAGES} tbody.rows tr")
    assert rows.count() == 50
    for i in (0, 7, 24):
        shown = rows.nth(i).locator("th,td").all_text_contents()
        assert [text.strip() for _, text in drawn[i]] == [text.strip() for text in shown]


def test_without_a_script_everything_is_read_and_no_control_is_shown(
    opened: Callable[..., Any],
) -> None:
    page = opened("decided", java_script_enabled=False)
    assert page.locator(f"{VILLAGES} tbody.rows tr").count() == 60
    assert page.locator("button:visible, input:visible, select:visible").count() == 0


def test_paper_shows_all_rows_and_opens_what_is_folded(opened: Callable[..., Any]) -> None:
    page = opened("decided")
    assert len(names(page)) == 25
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 60
    assert page.locator("details:not([open])").count() == 0
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(names(page)) == 25
    assert page.locator("details[open]").count() == 0


def test_the_keyboard_reaches_the_answer_and_sorts(opened: Callable[..., Any]) -> None:
    page = opened("survey")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "answer"
    page.focus("table[data-key=area2-1] thead th:nth-child(1) button")
    page.keyboard.press("Enter")
    assert names(page, "table[data-key=area2-1]")[0] == "Berat"


def test_a_screen_reader_finds_tables_as_tables_on_a_narrow_screen(
    opened: Callable[..., Any],
) -> None:
    page = opened("survey", 400)
    tree = page.locator("table[data-key=area2-1]").aria_snapshot()
    assert "table" in tree
    assert 'rowheader "Kukes"' in tree
    assert tree.count('row "') >= 13
