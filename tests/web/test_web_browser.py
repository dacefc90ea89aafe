"""The explorer in a real browser: what is seen, said, reached by key, compared, taken away."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

pytestmark = pytest.mark.browser
LEGIBLE = ("serious", "critical")


def text(page, selector: str) -> str:
    return page.inner_text(selector).strip()


def column(page, number: int) -> list[str]:
    """One column of the table."""
    cells = page.locator(f"#rows tbody tr > :nth-child({number})").all_inner_texts()
    return [cell.split("\n")[0].strip() for cell in cells]


@pytest.mark.parametrize("name", ["albania-2012", "imaginary-country", "china-832", "hostile"])
@pytest.mark.parametrize("width", [320, 400, 768, 1280])
def test_no_errors_and_nothing_sticks_out(visit, name, width):
    for state in ("view=estimates", "view=decisions&lang=zh"):
        page = visit(name, state, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("window.hacked") is None
        assert page.locator("#picture [role=option]").count() > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("albania-2012", "area=prefectu:Kukes&a=prefectu:Kukes&b=prefectu:Vlore"),
        ("imaginary-country", "view=decisions&level=ea&area=ea:12022"),
        ("imaginary-country", "level=geo2&area=geo2:geo_01_02&a=geo2:geo_01_02&b=geo2:geo_04_01"),
        (
            "china-832",
            "area=province_zh:四川省&a=province_zh:四川省&b=province_zh:海南省&year=2018",
        ),
        ("china-832", "view=decisions&area=adcode:130126"),
        ("hostile", "area=province:p0"),
    ],
)
def test_axe_finds_nothing_serious(visit, scheme, language, name, area):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(name, f"lang={language}&{area}", color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]
            if v["impact"] in LEGIBLE] == []  # fmt: skip


def test_the_first_screen_is_the_answer_with_its_interval(visit):
    page = visit("albania-2012")
    assert text(page, "#big") == "14.3\xa0%"
    assert "95 % interval: 12.6–16.1" in text(page, "#sure")
    assert "sample of 6,671 households" in text(page, "#sure")


def test_the_table_is_what_was_estimated(visit):
    page = visit("albania-2012", "level=prefectu")
    found = dict(zip(column(page, 1), column(page, 2), strict=True))
    assert len(found) == 12
    assert found["Kukës"] == "22.6\xa0% (17.2–29.0)"
    values = [float(v.split("\xa0")[0]) for v in column(page, 2)]
    assert values == sorted(values, reverse=True)
    assert text(page, "#finding") == (
        "Poor persons, share: from Gjirokastër (10.6\xa0%) to Kukës (22.6\xa0%)"
    )


def test_overlapping_intervals_are_no_difference(visit):
    page = visit("albania-2012", "level=urban")
    assert "no clear differences between 2 areas" in text(page, "#finding")
    page = visit("albania-2012", "level=prefectu&a=prefectu:Kukes&b=prefectu:Lezhe")
    assert "The intervals overlap" in text(page, ".verdict")
    page = visit("albania-2012", "level=prefectu&a=prefectu:Vlore&b=prefectu:Kukes")
    assert text(page, ".verdict").startswith("Kukës (22.6\xa0%) is higher than Vlorë (11.1\xa0%)")


def test_full_counts_are_compared_exactly(visit):
    page = visit("china-832", "series=left&year=2018&a=province_zh:四川省&b=province_zh:海南省")
    assert text(page, ".verdict") == (
        "Sichuan (29) is higher than Hainan (2), by 27: exact, from full counts."
    )


def test_years_step_by_slider_buttons_and_keys(visit):
    page = visit("china-832", "view=decisions")
    seen = [text(page, "#big")]
    for _ in range(4):
        page.click("#earlier")
        seen.append(text(page, "#big"))
    page.focus("#year")
    page.keyboard.press("ArrowLeft")
    seen.append(text(page, "#big"))
    assert seen == [f"{n} of 832" for n in (832, 780, 436, 153, 28, 0)]
    assert page.is_disabled("#earlier")
    assert text(page, "#year-now") == "2015"
    assert "A record of decisions, not evidence for them" in text(page, "#notice")


def test_one_drills_down_and_comes_back_by_key(visit):
    page = visit("imaginary-country", "level=geo1")
    page.focus("#picture")
    first = page.get_attribute("#picture", "aria-activedescendant")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#picture", "aria-activedescendant") != first
    assert text(page, "#live")
    page.keyboard.press("Enter")
    assert page.locator("#crumbs li").count() == 2
    assert page.evaluate("document.activeElement.id") == "picture"
    district = page.locator("#picture [role=option]").first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    assert district.get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    assert page.locator("#crumbs li").count() == 3
    assert "villages meet" in text(page, "#finding")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator("#crumbs li").count() == 1


def test_arrows_reach_every_dot_and_every_tile(visit):
    """From each area some way of arrows leads to each other one."""
    page = visit("china-832", "view=decisions&scope=province_zh:四川省")
    count = page.locator("#picture [role=option]").count()
    assert count == 66
    page.focus("#picture")
    seen, frontier = set(), [page.get_attribute("#picture", "aria-activedescendant")]
    while frontier:
        at = frontier.pop()
        if at in seen:
            continue
        seen.add(at)
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            page.evaluate("id => document.getElementById(id).dispatchEvent("
                          "new MouseEvent('click', {bubbles: true}))", at)  # fmt: skip
            page.keyboard.press(key)
            frontier.append(page.get_attribute("#picture", "aria-activedescendant"))
    assert len(seen) >= 0.9 * count


def test_villages_lie_in_their_district_and_say_why(visit):
    page = visit("imaginary-country", "view=decisions&level=ea&scope=geo2:geo_01_02&criterion=1")
    assert column(page, 1) == ["12012", "12037", "12022", "12030", "12042"]
    assert column(page, 3) == ["17.5\xa0%", "11.6\xa0%", "0.0\xa0%", "suppressed", "suppressed"]
    assert "17.5 % in a full count of 521 households; required: below 5 %" in column(page, 4)[0]
    assert "suppressed" in column(page, 4)[3]


def test_suppressed_and_unknown_figures_are_words_never_numbers(visit):
    page = visit("hostile", "level=county")
    shown = set(column(page, 2))
    assert {"suppressed", "cannot tell yet"} <= shown
    assert not shown & {"", "0", "0 %", "–", "NaN"}
    assert page.locator("#picture .s-suppressed .figure").first.inner_text() == "suppressed"


def test_a_title_speaks_only_of_areas_whose_figures_are_shown(visit):
    page = visit("imaginary-country", "level=geo2")
    assert text(page, "#finding").endswith("lowest in geo_01_04 (2.4\xa0%) (of the areas shown)")


def test_nothing_chosen_the_side_tells_of_the_place_where_one_is(visit):
    page = visit("china-832", "view=decisions&year=2018")
    assert text(page, "#details h2") == "All together"
    assert "2018: 436" in page.get_attribute("#details .trend svg", "aria-label")
    assert "Heilongjiang" in page.locator("#picture .place").all_text_contents()


def test_search_finds_an_area_in_either_language_and_shows_it(visit):
    page = visit("albania-2012")
    page.fill("#search", "shkoder")
    assert page.get_attribute("#search", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#search", "aria-activedescendant") == "search-0"
    page.keyboard.press("Enter")
    assert text(page, "#details h2") == "Shkodër"
    page.fill("#search", "斯库台")
    page.keyboard.press("Enter")
    assert text(page, "#details h2") == "Shkodër"
    page.fill("#search", "no such place")
    assert "no area of this name" in text(page, "#search-list")


def test_compare_is_chosen_by_search(visit):
    page = visit("albania-2012", "level=prefectu")
    for field, name in (("#compare-first", "tirana"), ("#compare-second", "kuk")):
        page.fill(field, name)
        page.keyboard.press("Enter")
    assert page.locator("#compared tbody tr").count() == 2
    page.click("#lang-zh")
    assert "区间" in text(page, ".verdict")


@pytest.mark.parametrize("view", ["estimates", "decisions"])
def test_the_table_is_taken_away_whole(visit, view):
    page = visit("hostile", f"view={view}&level=county")
    with page.expect_download() as waiting:
        page.click("#download")
    raw = open(waiting.value.path(), "rb").read()  # noqa: PTH123, SIM115
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 30
    if view == "estimates":
        assert {r["status"] for r in rows} >= {"shown", "suppressed", "cannot tell yet"}
        assert all(r["value"] == "" for r in rows if r["status"] == "suppressed")
    else:
        assert {r["outcome"] for r in rows} == {"met", "not met", "cannot tell yet"}


def test_no_cell_of_the_file_is_a_formula(visit):
    page = visit("hostile", "level=province")
    with page.expect_download() as waiting:
        page.click("#download")
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert not [c for row in rows for c in row if c[:1] in ("=", "+", "@")]
    assert '\'=HYPERLINK("x")' in {row[2] for row in rows}


def test_the_state_is_in_the_address(visit):
    page = visit("china-832", "lang=zh&theme=dark&view=estimates&series=share&year=2017")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(18, 23, 27)"
    )
    assert page.input_value("#year") == "2"
    page.select_option("#level", label="市州")
    address = page.evaluate("location.hash")
    assert "level=prefecture_zh" in address
    again = visit("china-832", address[1:])
    assert text(again, "#finding") == text(page, "#finding")


def test_a_made_up_address_shows_the_page_all_the_same(visit):
    page = visit("albania-2012", "level=nowhere&area=x:y&year=1900&series=z&scope=a:b&lang=fr&a=q")
    assert text(page, "#big") == "14.3\xa0%"


def test_3000_areas_answer_at_once(visit):
    page = visit("large", "level=county")
    assert page.locator("#picture [role=option]").count() == 3000
    assert page.locator("#rows tbody tr").count() == 25
    page.fill("#filter", "County 2999")
    assert column(page, 1) == ["County 2999"]
    spent = page.evaluate("""() => { const t = performance.now();
        document.getElementById('later').disabled || document.getElementById('later').click();
        document.getElementById('earlier').click(); return performance.now() - t; }""")
    assert spent < 5000  # a guard against quadratic work, not a measurement


def test_paper_shows_all_rows(visit):
    page = visit("china-832", "view=decisions")
    assert page.locator("#rows tbody tr").count() == 25
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows tbody tr").count() == 832
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#rows tbody tr").count() == 25


def test_without_scripts_the_answer_and_a_table_are_read(visit):
    page = visit("albania-2012", java_script_enabled=False)
    assert text(page, "#big") == "14.3\xa0%"
    assert page.locator(".static tbody tr").count() == 2
    assert page.locator("button:visible, select:visible, input:visible").count() == 0
    assert "scripts switched on" in text(page, "noscript")


def test_what_is_shown_is_what_the_data_say(visit):
    """The figures on the screen are the texts of the payload, area by area."""
    from exitline.web.build import build

    payload = json.loads(json.dumps(build(["examples/china-832/explorer.yaml"]).payload()))
    figures = next(f for f in payload["figures"] if (f["series"], f["year"]) == (0, 3))
    names = payload["areas"]["label"]
    truth = {
        names[a]["en"]: t
        for a, t in zip(figures["area"], figures["text"], strict=True)
        if payload["areas"]["level"][a] == 0
    }
    page = visit("china-832", "series=left&year=2018&level=province_zh")
    assert dict(zip(column(page, 1), column(page, 2), strict=True)) == truth


def test_shares_of_full_counts_are_compared_as_rounded(visit):
    page = visit("imaginary-country", "level=geo1&a=geo1:geo_01&b=geo1:geo_03")
    assert text(page, ".verdict").endswith("of the figures as rounded here.")


def test_separators_stand_among_whole_digits_only(visit):
    page = visit("imaginary-country", "series=poverty_gap@basic&a=geo1:geo_01&b=geo1:geo_03")
    assert re.search(r"by 0\.\d{3,4}: from full counts", text(page, ".verdict"))


def test_numbers_of_listed_units_say_that_they_are(visit, pages, monkeypatch):
    from exitline.web import from_runs
    from exitline.web.build import build
    from exitline.web.page import render

    monkeypatch.setattr(from_runs, "MOST_UNITS", 100)
    shown = build(["examples/imaginary-country/explorer.yaml"])
    pages["cut"] = pages["china-832"].with_name("cut.html")
    pages["cut"].write_text(render(shown.payload()), encoding="utf-8")
    page = visit("cut", "view=decisions&level=ea&scope=geo2:geo_01_02")
    assert text(page, "#finding").endswith("(of those listed)")
    page = visit("cut", "view=decisions&level=ea")
    assert text(page, "#finding") == "73 of 133 villages meet the exit rule"
