"""The explorer page in use: keys, ways down and up, search, comparison, tables, CSV, links."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exitline.publish.explorer.page import render

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.dataset.area ?? document.activeElement.id"


def labels(page: Any) -> list[str]:
    """What the areas of the picture say."""
    found = page.eval_on_selector_all("#picture [data-area]", "n => n.map(x => x.ariaLabel)")
    return [str(text) for text in found]


def column(page: Any, kind: str) -> list[str]:
    found = page.eval_on_selector_all(f"#rows tbody .{kind}", "n => n.map(x => x.textContent)")
    return [str(text) for text in found]


def downloaded(page: Any) -> list[dict[str, str]]:
    """The table shown, as its file holds it."""
    with page.expect_download() as waiting:
        page.click("#download")
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert waiting.value.suggested_filename.endswith(".csv")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def place(payload: dict[str, Any], key: str) -> int:
    return int(payload["areas"]["key"].index(key))


def test_answer_first_then_the_picture(opened: Callable[..., Any]) -> None:
    page = opened("albania")
    tops = [
        page.locator(part).bounding_box()["y"]
        for part in (".question", ".big", "#finding", "#picture")
    ]
    assert tops == sorted(tops)
    assert tops[-1] < 470
    assert page.locator(".big").inner_text() == "14.3\u00a0%"
    assert "12.6–16.1" in page.locator(".sure").inner_text()
    assert "Kukës" in page.locator("#finding").inner_text()
    assert "4,891" in page.locator("#subtitle").inner_text()
    assert "2012" in page.locator("#source").inner_text()
    for name in ("mapped", "china"):  # the whole picture is on the first screen
        drawn = opened(name, height=800).locator("#picture svg.dots").bounding_box()
        assert drawn["y"] + drawn["height"] <= 800


def test_each_level_of_counts_has_classes_of_its_own(opened: Callable[..., Any]) -> None:
    """Prefectures have up to 18 counties, provinces up to 88: with the classes of provinces the
    prefectures were all of one colour."""
    page = opened("china", at="view=figures&level=prefecture_zh&year=2020")
    shades = page.eval_on_selector_all("#picture .dot", "n => n.map(x => x.getAttribute('class'))")
    counts = [sum(f"k{i}" in shade for shade in shades) for i in range(5)]
    assert sum(n > 0 for n in counts) >= 3
    assert max(counts) < 0.8 * len(shades)


def test_tiles_are_one_stop_and_arrows_move_among_them(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    page, areas = opened("albania"), payloads["albania"]["areas"]
    assert page.locator('#picture [tabindex="0"]').count() == 1
    assert page.locator("#picture .tile").first.evaluate("n => n.tagName") == "BUTTON"
    page.locator("#picture [data-area]").first.focus()
    at = int(page.evaluate(FOCUSED))
    for key, dx, dy in (
        ("ArrowDown", 0, 1),
        ("ArrowRight", 1, 0),
        ("ArrowUp", 0, -1),
        ("ArrowLeft", -1, 0),
    ):
        page.keyboard.press(key)
        now = int(page.evaluate(FOCUSED))
        moved = ((areas["x"][now] - areas["x"][at]) * dx, (areas["y"][now] - areas["y"][at]) * dy)
        if now != at:
            assert sum(moved) > 0, key
        assert areas["label"][now] is not None
        at = now
    name = areas["label"][at]
    assert page.locator("#details h4").inner_text() == (
        name if isinstance(name, str) else name["en"]
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#picture')") is None


def test_enter_goes_down_to_the_village_and_escape_comes_up(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    page, areas = opened("census"), payloads["census"]["areas"]
    province = place(payloads["census"], "geo_01")
    page.locator(f'[data-area="{province}"]').focus()
    page.keyboard.press("Enter")
    shown = {
        int(x)
        for x in page.eval_on_selector_all(
            "#picture [data-area]", "n => n.map(x => x.dataset.area)"
        )
    }
    districts = {
        i
        for i, inside in enumerate(areas["within"])
        if inside == province and areas["level"][i] == 2
    }
    assert shown == districts
    assert "geo_01" in page.locator("#live").inner_text()
    block = next(d for d in payloads["census"]["decisions"] if d["level"] == 2)
    overall = dict(zip(block["area"], block["outcome"][0], strict=True))
    met = sum(overall[area] == 0 for area in districts)
    glance = page.locator("#first .glance").inner_text()
    assert "Districts · geo_01" in glance
    assert f"met {met}" in glance
    district = int(page.evaluate(FOCUSED))
    assert district in districts
    page.keyboard.press("Enter")
    shown = {
        int(x)
        for x in page.eval_on_selector_all(
            "#picture [data-area]", "n => n.map(x => x.dataset.area)"
        )
    }
    assert shown == {i for i, inside in enumerate(areas["within"]) if inside == district}
    assert "view=decisions" in page.url
    page.keyboard.press("Escape")
    assert int(page.evaluate(FOCUSED)) == district
    page.keyboard.press("Escape")
    assert int(page.evaluate(FOCUSED)) == province
    assert not page.locator("#crumbs").is_visible()
    page.go_back()
    assert page.locator("#crumbs").is_visible()


def test_832_dots_are_one_stop_and_arrows_find_the_nearest(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    page, areas = opened("china", at="view=decisions&year=2018"), payloads["china"]["areas"]
    assert len(labels(page)) == 832
    assert page.locator('#picture [data-area][tabindex="0"]').count() == 1
    page.locator("#picture .mark").nth(300).focus()
    for key, axis, sign in (
        ("ArrowLeft", "x", -1),
        ("ArrowDown", "y", 1),
        ("ArrowRight", "x", 1),
        ("ArrowUp", "y", -1),
    ):
        at = int(page.evaluate(FOCUSED))
        page.keyboard.press(key)
        now = int(page.evaluate(FOCUSED))
        assert now != at
        assert areas[axis][now] is None or sign * (areas[axis][now] - areas[axis][at]) > 0
    without = [i for i, level in enumerate(areas["level"]) if level == 2 and areas["x"][i] is None]
    assert page.locator(".chips .chip").count() == len(without)


def test_a_tap_near_a_dot_shows_it(opened: Callable[..., Any]) -> None:
    page = opened("china", 400, "view=decisions", has_touch=True)
    dot = page.locator("#picture .mark").nth(100)
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2 + 1, box["y"] + box["height"] / 2 + 1)
    assert "area=" in page.url
    assert page.locator("#picture [aria-current]").count() == 1
    assert page.locator("#details .criteria-list").count() == 1


def test_the_slider_and_its_steps_change_the_year_everywhere(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    page = opened("china")
    whole = {f["year"]: f["text"][0] for f in payloads["china"]["figures"] if f["series"] == 0}
    page.locator("#year").focus()
    page.keyboard.press("Home")
    years = payloads["china"]["years"]
    for i, year in enumerate(years):
        assert page.locator("#year-now").inner_text() == year
        assert page.locator("#year").get_attribute("aria-valuetext") == year
        assert page.locator(".big").inner_text() == whole[i]
        assert year in page.locator("#subtitle").inner_text()
        if i + 1 < len(years):
            page.locator('[data-by="1"]').click()
            assert years[i + 1] in page.locator("#live").inner_text()


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("gongcheng", None),
        ("gonghe", "Gonghe"),
        ("兰考", "兰考"),
        ("sichuan", "Sichuan"),
        ("四川", "Sichuan"),
        ("kukes", "Kukës"),
    ],
)
def test_search_finds_an_area_in_any_language(
    opened: Callable[..., Any], typed: str, finds: str | None
) -> None:
    page = opened("albania" if typed == "kukes" else "china")
    page.locator("#find").press_sequentially(typed)
    assert page.locator("#find").get_attribute("aria-expanded") == "true"
    if finds is None:
        assert "No area found" in page.locator("#find-list").inner_text()
        return
    page.keyboard.press("ArrowDown")
    active = page.locator("#find").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    assert finds in page.locator("#details h4").inner_text()
    assert page.locator("#find-list").is_hidden()
    assert page.evaluate(FOCUSED) == page.locator("#picture [aria-current]").get_attribute(
        "data-area"
    )


def comparison(page: Any, first: str, second: str) -> str:
    if not page.locator("#compare-0").is_visible():
        page.click("#compare-h")
    for i, text in enumerate((first, second)):
        page.locator(f"#compare-{i}").fill(text)
        page.locator(f"#compare-{i}").press("Enter")
    return str(page.locator("#compared").inner_text())


def test_comparison_says_what_the_intervals_bear_out(opened: Callable[..., Any]) -> None:
    page = opened("albania")
    assert "Kukës is higher than Gjirokastër" in comparison(page, "Kukes", "Gjirokaster")
    assert "do not tell which is higher" in comparison(page, "Kukes", "Lezhe")
    assert page.locator("#compared .pair .ci").count() == 2
    page = opened("census")
    said = comparison(page, "geo_01", "geo_04")
    assert "geo_04 is higher than geo_01 by 17.1 percentage points" in said
    page = opened("years", at="lang=zh")
    assert "North高于South" in comparison(page, "North", "South")
    page = opened("years", at="year=2019")
    assert "cannot be compared" in comparison(page, "North", "South")
    assert "suppressed" in page.locator("#compared").inner_text()


def test_a_line_over_the_years_leaves_a_gap_where_nothing_is_shown(
    opened: Callable[..., Any],
) -> None:
    page = opened("years", at="area=d:k2")
    words = page.locator("#details .lines").get_attribute("aria-label")
    assert words.count("suppressed") == 1
    assert "2018 10.0 %" in words
    assert page.locator("#details .lines .point").count() == 2
    assert page.locator("#details .lines .course").count() == 2


FIRSTS = "r => r.map(x => `${x.cells[0].textContent}: ${x.querySelector('.num').textContent}`)"


def test_the_table_is_what_the_picture_shows(opened: Callable[..., Any]) -> None:
    for name, at in (
        ("albania", ""),
        ("census", ""),
        ("census", "level=geo2"),
        ("china", "year=2017"),
        ("hostile", ""),
    ):
        page = opened(name, at=at)
        firsts = page.eval_on_selector_all("#rows tbody tr", FIRSTS)
        assert sorted(re.sub(r" \(.*\)$", "", text) for text in labels(page)) == sorted(firsts)


def test_suppressed_is_said_and_never_blank_or_nought(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    page = opened("census", at="level=geo2")
    figures = payloads["census"]["figures"][0]
    hidden = sum(
        s == 1 and payloads["census"]["areas"]["level"][a] == 2
        for s, a in zip(figures["status"], figures["area"], strict=True)
    )
    assert hidden > 0
    assert sum(text.endswith(": suppressed") for text in labels(page)) == hidden
    assert [t for t in column(page, "num") if t == "suppressed"] == ["suppressed"] * hidden
    page.locator("#picture .suppressed").first.click()
    assert "suppressed" in page.locator("#details").inner_text()
    assert "small count" in page.locator("#details").inner_text()
    rows = downloaded(page)
    assert [(r["value"], r["text"]) for r in rows if r["status"] == "suppressed"] == [
        ("", "suppressed")
    ] * hidden


def test_the_file_holds_the_figures_with_their_claims(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    page, payload = opened("albania"), payloads["albania"]
    figures = payload["figures"][0]
    rows = {r["key"]: r for r in downloaded(page)}
    at_level = [i for i, a in enumerate(figures["area"]) if payload["areas"]["level"][a] == 2]
    assert len(rows) == len(at_level)
    for i in at_level:
        row = rows[payload["areas"]["key"][figures["area"][i]]]
        assert [float(row[k]) for k in ("value", "low", "high", "n")] == [
            figures[k][i] for k in ("value", "low", "high", "n")
        ]
        assert (row["text"], row["interval"], row["claim"]) == (
            figures["text"][i],
            figures["interval"][i],
            figures["claim"][i],
        )
        assert row["year"] == "2012"
        assert "4,891" in row["line"]
        assert "Living Standards" in row["source"]


def test_the_file_of_decisions_in_chinese_is_whole(opened: Callable[..., Any]) -> None:
    rows = downloaded(opened("china", at="view=decisions&lang=zh&year=2018"))
    assert len(rows) == 832
    assert sum(r["overall: outcome"] == "已退出名单" for r in rows) == 436


def test_no_cell_of_the_file_is_a_formula(opened: Callable[..., Any]) -> None:
    rows = downloaded(opened("hostile"))
    for row in rows:
        for key, text in row.items():
            if key not in ("value", "low", "high", "n", "confidence"):
                assert not text.startswith(("=", "+", "-", "@", "\t", "\r")), (key, text)
    assert {"'-1+1=CMD()", "'@SUM(A1)"} <= {r["area"] for r in rows}


def test_sorting_filtering_and_outcomes(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    page = opened("albania")
    values = [float(t.split("\u00a0")[0]) for t in column(page, "num")[::3]]
    assert values == sorted(values, reverse=True)
    page.locator("#rows button.head", has_text="Poor persons").click()
    assert page.locator('#rows [aria-sort="ascending"]').count() == 1
    page.locator("#filter").press_sequentially("kuk")
    page.locator("#picture .faint").nth(10).wait_for()
    assert page.locator("#picture .faint").count() == 11
    assert len(downloaded(page)) == 1
    page = opened("census", at="view=decisions&level=ea")
    counts = next(d for d in payloads["census"]["decisions"] if d["level"] == 3)["counts"][0]
    assert f"Met: {counts[0]} of {sum(counts)} villages" in page.locator("#finding").inner_text()
    page.locator('#legend [data-value="1"]').click()
    assert f"{counts[1]} of {sum(counts)} areas" in page.locator("#row-count").inner_text()
    assert len(downloaded(page)) == counts[1]
    assert set(column(page, "c-outcome")) == {" not met"}


def test_hidden_figures_stay_hidden_beside_the_outcome(
    opened: Callable[..., Any], payloads: dict[str, Any]
) -> None:
    block = next(d for d in payloads["census"]["decisions"] if d["level"] == 2)
    i = block["hidden"][1].index(1)
    key = payloads["census"]["areas"]["key"][block["area"][i]]
    page = opened("census", at=f"view=decisions&level=geo2&area=geo2:{key}")
    seen = page.locator("#details").inner_text()
    assert "suppressed" in seen
    assert "met" in seen
    assert "Share of persons in poor households" in seen


def test_a_view_can_be_linked(opened: Callable[..., Any]) -> None:
    at = "view=decisions&in=geo1:geo_02&level=ea&criterion=1&lang=zh&theme=dark"
    page = opened("census", at=at)
    first = (page.locator("#finding").inner_text(), labels(page))
    assert page.locator("#crumbs").inner_text().endswith("geo_02")
    page.locator("#picture [data-area]").nth(3).click()
    again = opened("census", at=page.url.split("#")[1])
    assert (again.locator("#finding").inner_text(), labels(again)) == first
    assert again.locator("#picture [aria-current]").count() == 1
    for broken in ("in=nowhere&year=1066&view=x&level=y", "area=%23999999&outcome=9", "%%%&="):
        assert opened("china", at=broken).locator("#picture [data-area]").count() > 0


def test_three_thousand_areas_answer_at_once(
    opened: Callable[..., Any], made_up: Callable[..., Any], tmp_path: Path
) -> None:
    n = 3001
    payload = made_up([f"Area {i}" for i in range(n)], [float(i % 40) for i in range(n)], [1.0] * n)
    (tmp_path / "big.html").write_text(render(payload), encoding="utf-8")
    page = opened(tmp_path / "big.html")
    assert len(labels(page)) == n - 1
    assert page.locator("#rows tbody tr").count() == 50
    page.locator("#picture [data-area]").first.focus()
    took = page.evaluate("""() => { const t = performance.now();
      for (const key of ['ArrowRight', 'ArrowDown', 'End', 'Home'])
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
      return performance.now() - t; }""")
    assert took < 1000


def test_a_view_can_be_taken_away_as_picture_data_link_citation_and_code(
    opened: Callable[..., Any],
) -> None:
    page = opened("china", at="view=decisions&level=adcode&year=2018")
    kept: dict[str, bytes] = {}
    for key in ("png", "svg", "data"):
        with page.expect_download() as waiting:
            page.click(f"[data-take=take_{key}]")
        kept[key] = Path(waiting.value.path()).read_bytes()
    assert kept["png"].startswith(b"\x89PNG")
    drawn = kept["svg"].decode("utf-8")
    assert "Has left the list: 436 of 832 counties" in drawn
    assert drawn.count("<circle") >= 700
    assert 'paint-order="stroke"' in drawn  # else the light edge of a name covers the name
    assert "has left the list" in drawn  # its key
    assert "Source: State Council" in drawn
    assert "style=" not in drawn.replace("font-style=", "")
    assert kept["data"].startswith(b"\xef\xbb\xbf")
    page.click("[data-take=take_citation]")
    cited = page.locator("#take-text").input_value()
    assert cited.startswith("How a list of 832 counties emptied. Has left the list: 436 of 832")
    assert "State Council" in cited
    page.click("[data-take=take_embed]")
    assert page.locator("#take-text").input_value().startswith('<iframe src="file:')
    for name in ("mapped", "albania"):  # a narrow map and tiles are pictures too
        page = opened(name, 400)
        with page.expect_download() as waiting:
            page.click("[data-take=take_svg]")
        assert "20 % and more" in Path(waiting.value.path()).read_text(encoding="utf-8")


def test_years_play_and_romanised_names_are_found(opened: Callable[..., Any]) -> None:
    page = opened("china")
    assert page.locator("#year-now").inner_text() == "2018"  # as its file says
    page.locator("#find").fill("dongxiang")
    first = page.locator("#find-list li").first
    assert first.inner_text().startswith("Dongxiang")
    page.keyboard.press("Escape")
    page.click("#play")
    page.locator("#year-now", has_text="2019").wait_for()
    page.click("#play")
    assert page.locator("#play").get_attribute("aria-pressed") == "false"
