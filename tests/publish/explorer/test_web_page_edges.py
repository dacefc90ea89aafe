"""The explorer page at its edges: no areas, nothing to show, one language, order, phones."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exitline.foreign import visible
from exitline.publish.explorer.page import render
from exitline.publish.explorer.words import as_text, said
from exitline.words.said import say

pytestmark = pytest.mark.browser
Survey = Callable[..., dict[str, Any]]


def decided(outcomes: list[int | None], texts: list[str], hidden: list[int]) -> dict[str, Any]:
    """Decisions on the districts of a small survey: overall and one criterion, the same."""
    n = len(outcomes)
    return {
        "level": 0, "year": 0, "area": list(range(1, n + 1)),
        "criteria": [{"key": "", "label": "overall", "rule": ""},
                     {"key": "c", "label": "Income", "rule": "at least 5"}],
        "counts": [[outcomes.count(code) for code in range(3)]] * 2, "outcome": [outcomes] * 2,
        "text": [texts] * 2, "hidden": [hidden] * 2, "reason": [["since"] * n] * 2,
    }  # fmt: skip


def edges(survey: Survey) -> dict[str, dict[str, Any]]:
    """Payloads that hold as little, or as odd, as the format allows."""
    three = survey(["All", "A", "B", "C"], [20.0, 30.0, 10.0, 5.0], [1.0, 2.0, 1.0, 1.0])
    full = survey(["All", "A", "B"], [12.0, 20.0, 3.0], [None] * 3)
    full["series"][0] |= {"sampled": False}
    full["figures"][0]["status"] = [0, 0, 0]
    plain = copy.deepcopy(three)
    plain["series"][0] |= {"edges": [], "threshold": None}
    spot = copy.deepcopy(three)
    spot["levels"][0]["layout"] = "dots"
    spot["areas"] |= {"x": [None, 0.5, 0.5, 0.5], "y": [None, 0.5, 0.5, 0.5]}
    return {
        "whole alone": survey(["All"], [20.0], [1.0], levels=[]),
        "a kind without areas": survey(["All"], [20.0], [1.0]),
        "no figures": three | {"figures": [], "decisions": []},
        "nothing at all": survey(["All"], [20.0], [1.0])
        | {"levels": [], "figures": [], "series": [], "years": []},
        "one area": survey(["All", "A"], [20.0, 20.0], [1.0, 1.0]),
        "all suppressed": survey(["All", "A", "B"], [None] * 3, [None] * 3),
        "decisions alone": three | {
            "figures": [], "series": [], "decisions": [decided([0, 1, 2], ["", "", ""], [0, 0, 0])]
        },
        "some undecided": three | {"decisions": [decided([0, None, 1], ["6", "", "4"], [0, 0, 1])]},
        "decided in one year": three | {
            "years": ["2019", "2020"], "decisions": [decided([0, 1, 2], ["6", "4", ""], [0, 0, 0])]
        },
        "no classes": plain,
        "full count": full,
        "one spot": spot,
        "no years": three | {"years": []},
        "Chinese alone": three | {"languages": ["zh"]},
        "below nought": survey(["All", "A", "B"], [-2.0, -30.0, 10.0], [1.0, 2.0, 1.0]),
    }  # fmt: skip


NAMES = (
    "whole alone",
    "a kind without areas",
    "no figures",
    "nothing at all",
    "one area",
    "all suppressed",
    "decisions alone",
    "some undecided",
    "decided in one year",
    "no classes",
    "full count",
    "one spot",
    "no years",
    "Chinese alone",
    "below nought",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_stands_whole_at_its_edges(
    opened: Callable[..., Any], made_up: Survey, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "edge.html"
    path.write_text(render(edges(made_up)[name]), encoding="utf-8")
    for at in ("", "view=decisions&criterion=1", "lang=zh&year=2019"):
        for width in (1280, 320):
            page = opened(path, width, at=at)
            for part in ("#finding", "#picture", "#details", "#download"):
                assert page.locator(part).inner_text().strip(), part
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if page.locator("#picture [data-area]").count():
                page.locator("#picture [data-area]").first.focus()
                for key in ("ArrowRight", "End", " ", "Enter", "Escape"):
                    page.keyboard.press(key)
                assert page.locator("#rows tbody tr").count() > 0
            assert read_file(page) is not None


def read_file(page: Any) -> list[dict[str, str]]:
    with page.expect_download() as waiting:
        page.click("#download")
    content = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_every_edge_is_tried(made_up: Survey) -> None:
    assert set(edges(made_up)) == set(NAMES)


def test_a_run_without_areas_shows_the_whole(
    opened: Callable[..., Any], made_up: Survey, tmp_path: Path
) -> None:
    path = tmp_path / "whole.html"
    path.write_text(render(edges(made_up)["whole alone"]), encoding="utf-8")
    page = opened(path)
    assert page.locator(".big").inner_text() == "20.0 %"
    assert "19.0–21.0" in page.locator(".sure").inner_text()
    assert page.locator("#finding").inner_text() == "All: 20.0 %"
    assert page.locator("#picture .tile").get_attribute("aria-label") == "All: 20.0 % (19.0–21.0)"
    assert page.locator("#rows tbody tr").count() == 1
    assert not page.locator("#compare").is_visible()
    assert not page.locator("#find").is_visible()
    (row,) = read_file(page)
    assert (row["area"], row["value"], row["low"], row["high"]) == ("All", "20", "19", "21")


def written(page: Any) -> list[str]:
    found = page.eval_on_selector_all("#rows tbody .c-name", "n => n.map(x => x.textContent)")
    return [str(text) for text in found]


def test_the_order_of_the_table_is_told_and_linked(
    opened: Callable[..., Any], made_up: Survey, tmp_path: Path
) -> None:
    path = tmp_path / "order.html"
    values = [20.0, 30.0, None, 5.0, 10.0]
    path.write_text(render(made_up(["All", *"ABCD"], values, [1.0] * 5)), encoding="utf-8")
    page = opened(path)
    heads = "#rows button.head"
    assert page.locator('#rows [aria-sort="descending"]').inner_text().startswith("Poor persons")
    assert written(page) == ["A", "D", "C", "B"]
    page.locator(heads, has_text="Poor persons").click()
    assert written(page) == ["C", "D", "A", "B"]
    assert page.locator('#rows [aria-sort="ascending"]').count() == 1
    assert written(opened(path, at=page.url.split("#")[1])) == ["C", "D", "A", "B"]
    page.locator(heads, has_text="Poor persons").click()
    assert "sort" not in page.url
    page.locator(heads, has_text="District").click()
    assert written(page) == ["A", "B", "C", "D"]
    page.locator(heads, has_text="Households").click()
    assert written(page)[-1] == "B"
    for nonsense in ("sort=nowhere+down", "sort=figure", "sort=%3Cimg%3E+up"):
        assert written(opened(path, at=nonsense)) == ["A", "D", "C", "B"]


def test_observed_values_are_sorted_as_numbers(
    opened: Callable[..., Any], made_up: Survey, tmp_path: Path
) -> None:
    payload = made_up(["All", *"ABCDE"], [20.0] * 6, [1.0] * 6)
    payload["decisions"] = [
        decided([0, 0, 1, 1, 2], ["1,250 yuan", "", "980 yuan", "-3.5", ""], [0, 1, 0, 0, 0])
    ]
    path = tmp_path / "observed.html"
    path.write_text(render(payload), encoding="utf-8")
    page = opened(path, at="view=decisions&criterion=1&sort=observed+down")
    assert written(page)[:3] == ["A", "C", "D"]
    page.locator("#rows button.head", has_text="Observed").click()
    assert written(page)[:3] == ["D", "C", "A"]
    assert set(written(page)[3:]) == {"B", "E"}


def test_no_decision_is_not_the_same_as_cannot_tell(
    opened: Callable[..., Any], made_up: Survey, tmp_path: Path
) -> None:
    path = tmp_path / "undecided.html"
    path.write_text(render(edges(made_up)["some undecided"]), encoding="utf-8")
    page = opened(path, at="view=decisions")
    assert page.locator('[data-area="2"]').get_attribute("aria-label") == "B: no decision"
    assert [row["overall: outcome"] for row in read_file(page)] == ["met", "not met", "no decision"]
    page.locator('#legend [data-value="1"]').click()
    assert written(page) == ["C"]


@pytest.mark.parametrize(("name", "most"), [("china", 340), ("mapped", 430)])
def test_answer_and_picture_stand_on_one_screen_of_a_phone(
    opened: Callable[..., Any], name: str, most: int
) -> None:
    page = opened(name, 400, height=800)
    assert page.locator("#first .big").is_visible()
    assert page.locator("#picture").bounding_box()["y"] < most
    assert page.locator("#picture svg.dots").bounding_box()["height"] >= 240
    for closed in ("#controls", "#asked .question"):
        assert not page.locator(closed).is_visible()
    page.locator("#choices > summary").press("Enter")
    assert page.locator("#find").is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("#asked .question").wait_for()
    assert page.locator("#choices > summary").is_hidden()
    assert page.locator("#answer .sure p").first.is_visible()


def test_a_narrow_screen_shows_the_chosen_area_at_its_lower_edge(
    opened: Callable[..., Any],
) -> None:
    page = opened("china", 400, "view=decisions", has_touch=True)
    page.set_viewport_size({"width": 400, "height": 640})
    assert not page.locator("#peek").is_visible()
    dot = page.locator("#picture .mark").nth(100)
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chosen = page.locator("#picture [aria-current]").get_attribute("aria-label")
    name, outcome = chosen.split(": ", 1)
    assert name in page.locator("#live").inner_text()
    peek = page.locator("#peek")
    assert name in peek.inner_text()
    assert outcome in peek.inner_text()
    place = peek.bounding_box()
    assert 0 < place["y"] + place["height"] <= 640
    peek.click()
    assert page.evaluate("document.activeElement.id") == "details"
    page.locator("#details h4").wait_for()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not peek.is_visible()


def test_names_in_chinese_are_marked_as_chinese(opened: Callable[..., Any]) -> None:
    page = opened("china", at="view=decisions&year=2018")
    name = page.locator("#rows tbody .c-name bdi").first
    assert name.get_attribute("lang") == "zh"
    assert page.locator(".chips .chip span").first.get_attribute("lang") == "zh"
    page = opened("china", at="view=decisions&year=2018&lang=zh")
    assert page.locator("#rows tbody .c-name bdi").first.get_attribute("lang") is None
    assert opened("albania").locator("#rows tbody bdi").first.get_attribute("lang") is None


READ = """() => { const seen = [], range = document.createRange();
  const node = document.querySelector('#finding').firstChild;
  for (let i = 0; i < node.length; i++) {
    range.setStart(node, i); range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    if (/[\\d.]/.test(node.data[i])) seen.push([Math.round(box.top), box.left, node.data[i]]);
  }
  return seen.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((x) => x[2]).join(''); }"""


@pytest.mark.parametrize("name", ["\u202eNorth", "مقاطعة الشمال", "צפון 7", "\u2067North\u2069"])
def test_no_name_turns_round_the_figures_beside_it(
    opened: Callable[..., Any], made_up: Survey, tmp_path: Path, name: str
) -> None:
    payload = made_up(["All", name, "South", "East"], [20.0, 34.1, 10.5, 15.2], [1.0] * 4)
    found = say("highest in {top} (34.1) and lowest in {low} (10.5)", top=said(name), low="South")
    payload["figures"][0]["apart"] = [
        {"level": 0, "scope": 0, "finding": as_text(found, ["en"]), "beside": ""}
    ]
    path = tmp_path / "directions.html"
    path.write_text(render(payload), encoding="utf-8")
    page = opened(path, at="first=d:k1&other=d:k2")
    digits = "".join(sign for sign in visible(name) if sign.isdigit())
    assert page.evaluate(READ) == f"{digits}34.110.5"
    assert page.locator(".verdict").inner_text().endswith("is higher than South")
    seen = page.locator("#explore").inner_text()
    assert visible(name) in seen, "shown as in the terminal, never taken away"
    assert not set(page.content()) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


def test_one_starts_in_the_last_year_that_has_the_first_measure(
    opened: Callable[..., Any], made_up: Survey, tmp_path: Path
) -> None:
    payload = made_up(["All", "A", "B"], [20.0, 30.0, 10.0], [1.0] * 3, years=["2019", "2020"])
    path = tmp_path / "years.html"
    path.write_text(render(payload), encoding="utf-8")
    page = opened(path)
    assert page.locator(".big").inner_text() == "20.0 %"
    assert page.locator("#year-now").inner_text() == "2019"
    page.locator('[data-by="1"]').click()
    assert "year=2020" in page.url
    bare = opened(path, java_script_enabled=False)
    assert "20.0 %" in bare.locator(".hero").inner_text()
    assert "2019" in bare.locator(".hero").inner_text()
