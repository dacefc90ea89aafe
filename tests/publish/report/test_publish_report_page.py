"""The page as HTML: what it says, what it must never say, and that it is one whole file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from exitline.publish.report import OutcomeCounts, ReportInput, render
from exitline.publish.report.page import view
from exitline.stats.data import parse_study
from exitline.stats.infer.blocks import Estimate
from exitline.stats.infer.designs.variances import Census
from exitline.stats.infer.estimates import Estimates

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """Elements, ids, links and texts of a page; fails on tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts).replace("\N{NO-BREAK SPACE}", " "))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def survey(albania: ReportInput) -> Page:
    return Page(render(albania))


@pytest.fixture(scope="module")
def decided(villages: Callable[[int], ReportInput]) -> Page:
    return Page(render(villages(60)))


def test_the_first_screen_has_question_answer_certainty_and_next_step(survey: Page) -> None:
    for said in (
        "What is the share of poor persons", "14.3 %", "95 % interval: 12.6–16.1 %",
        "6,671 households in 834 clusters of 24 strata (810 degrees of freedom)",
        "410,000 (355,000–465,000) of 2,870,000 persons", "Correct 1 error in the data",
    ):  # fmt: skip
        assert said in survey.text
    assert survey.text.index("14.3 %") < survey.text.index("Areas: Prefectu")


def test_areas_stand_sorted_by_value_under_the_overall_figure(albania: ReportInput) -> None:
    table = view(albania).areas[1].figures[0].table
    keys = [row[1].sort for row in table.rows]
    assert len(keys) == 12
    assert keys == sorted(keys, reverse=True)
    assert table.rows[0][0].text == "Kukes"
    assert table.pinned is not None
    assert table.pinned[0].text == "All together"


def test_every_figure_of_an_area_has_its_interval(albania: ReportInput) -> None:
    for figure in view(albania).areas[1].figures:
        for row in figure.table.rows:
            assert re.fullmatch(r"\d+(\.\d)?\s% \(\d+(\.\d)?–\d+(\.\d)?\)", row[1].text)


def test_line_standard_year_and_source_stand_under_each_chart(survey: Page) -> None:
    line = "Absolute line: 4,891 lek per person per month, in prices of 2002"
    assert f"{line}; year: 2012; data: " in survey.text
    assert "(lival.parquet)" in survey.text


def test_nothing_that_was_typed_becomes_markup(survey: Page, decided: Page) -> None:
    for page in (survey, decided):
        assert not [a for _, a in page.elements if any(name.startswith("on") for name in a)]
        assert not page.all("img")
        assert all(a.get("type", "module").endswith("json") or not a for a in page.all("script"))
    assert "Albania <script>window.hacked=1</script> & co" in survey.text
    assert "../other/<b>lival.parquet" in survey.text
    assert "The <i>law</i>" in decided.text


def test_only_web_addresses_become_links(decided: Page) -> None:
    targets = [a["href"] for a in decided.all("a")]
    assert "https://example.org/law?a=1&b=2" in targets
    assert not [t for t in targets if "javascript" in t]


def test_no_household_is_named(decided: Page, villages: Callable[[int], ReportInput]) -> None:
    assert "HH-4711" not in render(villages(60))
    assert "HH-4711" not in decided.text


def test_the_page_loads_nothing(survey: Page, decided: Page) -> None:
    for page in (survey, decided):
        assert not [a for a in page.all("script") if "src" in a]
        links = [a["href"] for a in page.all("link")]
        assert links == ["data:,"]
        assert not page.all("iframe") + page.all("object") + page.all("embed")


def test_style_and_script_are_the_ones_the_security_policy_allows(albania: ReportInput) -> None:
    html = render(albania)
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in html
    assert html.count("<style") == 1  # none inside of a drawing either
    assert " style=" not in html


def test_ids_are_unique_and_every_link_within_the_page_arrives(decided: Page) -> None:
    ids = [a["id"] for _, a in decided.elements if "id" in a]
    assert len(ids) == len(set(ids))
    inside = [a["href"][1:] for tag in ("a", "use") for a in decided.all(tag)
              if a["href"].startswith("#")]  # fmt: skip
    assert inside
    assert set(inside) <= set(ids)


def test_tables_have_captions_headings_have_scopes_and_drawings_are_told(decided: Page) -> None:
    assert len(decided.all("table")) == len(decided.all("caption"))
    assert all(a.get("scope") in {"row", "col"} for a in decided.all("th"))
    for attributes in decided.all("svg"):
        told = attributes.get("role") == "img" and attributes.get("aria-label")
        nested = "overflow" in attributes
        assert told or nested or attributes.get("aria-hidden") == "true"
    assert decided.all("html")[0]["lang"] == "en"
    assert "skip" in [a.get("class") for a in decided.all("a")]


def test_counts_of_outcomes_are_those_of_the_decisions(
    decided: Page, villages: Callable[[int], ReportInput]
) -> None:
    found = villages(60).decisions
    assert found is not None
    counts = found.counts("village")
    title = f"Villages: {counts['met']} met, {counts['not met']} not met"
    assert title in decided.text
    assert f"{counts['cannot tell']} cannot tell yet" in decided.text


def test_open_units_stand_first_and_each_has_a_reason(
    villages: Callable[[int], ReportInput],
) -> None:
    level = next(level for level in view(villages(60)).levels if level.key == "village")
    assert level.table is not None
    words = [row[1].text for row in level.table.rows]
    rank = {"cannot tell yet": 0, "not met": 1, "met": 2}
    assert [rank[w] for w in words] == sorted(rank[w] for w in words)
    assert all(row[-1].lines and all(row[-1].lines) for row in level.table.rows)


def test_a_reported_only_criterion_never_explains_an_outcome(
    villages: Callable[[int], ReportInput],
) -> None:
    content = villages(60)
    assert content.standard is not None
    assert content.standard.village is not None
    first, second = content.standard.village.criteria
    rule = replace(content.standard.village, criteria=(first, replace(second, veto=False)))
    changed = replace(content, standard=replace(content.standard, village=rule))
    level = next(level for level in view(changed).levels if level.key == "village")
    assert level.table is not None
    assert not [r for row in level.table.rows for r in row[-1].lines if r.startswith("A road")]
    assert "reported only" in level.criteria[1].note


def test_unverified_figures_are_marked_and_counted(decided: Page) -> None:
    assert "Below 3 % unverified ." in decided.text
    assert "[unverified]" not in decided.text
    assert "Confirm 1 figure or rule of the standard not read at the source." in decided.text


def test_a_study_that_points_outside_its_folder_says_so(survey: Page, decided: Page) -> None:
    assert "The study reads files outside its own folder" in survey.text
    assert "outside its own folder" not in decided.text


def test_errors_in_the_data_stand_before_notes(survey: Page) -> None:
    assert survey.text.index("an error <img") < survey.text.index("a note")


def test_no_folder_of_the_machine_is_shown(tmp_path: Path, albania: ReportInput) -> None:
    table = replace(albania.study.households, path=tmp_path / "lival.parquet")
    study = replace(albania.study, path=tmp_path / "study.yaml", households=table)
    assert str(tmp_path) not in render(replace(albania, study=study))


def test_digests_and_the_command_are_there(survey: Page) -> None:
    assert "exitline run study.yaml" in survey.text
    assert "ab" * 32 in survey.text
    assert "none: nothing is drawn at random" in survey.text


def test_three_thousand_villages_stay_below_two_megabytes(
    villages: Callable[[int], ReportInput],
) -> None:
    html = render(villages(3000))
    assert len(html.encode()) < 2_000_000
    assert "decisions.parquet" in html
    assert len(Page(html).all("tr")) < 300


def test_embedded_rows_say_what_static_rows_say(villages: Callable[[int], ReportInput]) -> None:
    page = view(villages(260))
    level = next(level for level in page.levels if level.key == "village")
    for table in (level.table, page.areas[0].figures[0].table):
        assert table is not None
        data = json.loads(table.payload)
        assert len(data["rows"]) == len(table.rows) == 260
        for packed, row in zip(data["rows"], table.rows, strict=True):
            for kind, cell, shown in zip(data["kinds"], packed, row, strict=True):
                if kind == "text":
                    assert tuple(unpacked(data["said"], line) for line in cell) == shown.lines
                elif kind != "bar":
                    assert (cell if isinstance(cell, str) else cell[0]) == shown.text


def unpacked(said: list[str], line: list[object]) -> str:
    """A sentence from its form and its figures."""
    numbers = iter(line[1:])
    return re.sub("\x01", lambda _: str(next(numbers)), said[int(str(line[0]))])


def test_more_units_than_the_page_holds_are_left_to_the_file(
    villages: Callable[[int], ReportInput], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exitline.publish.report.decided.MOST_ROWS", 220)
    html = Page(render(villages(260)))
    assert (
        "This page shows the first 220 of 260; the others are in decisions.parquet ." in html.text
    )


def test_household_numbers_carry_their_intervals(
    villages: Callable[[int], ReportInput],
) -> None:
    estimates = {
        "met": Estimate("flag_met", "", "", "", 700.0, 31.0, 640.0, 760.0, 0.95, 9.0, 80, 1000.0)
    }
    assert "700 (640–760)" in Page(render(replace(villages(60), outcome_estimates=estimates))).text


def test_without_estimates_the_exit_rule_is_the_answer() -> None:
    study = parse_study("{study: Registry, data: {households: h.csv}, design: {census: true}}")
    content = ReportInput(
        study, Estimates((), Census(), 0.95), households=OutcomeCounts(30.0, 60.0, 10.0)
    )
    text = Page(render(content)).text
    assert "30.0 %" in text
    assert "of households fulfil every criterion (30)." in text
    assert "meets the exit rule" not in text
    assert "sampling error" in text


def test_the_same_input_gives_the_same_page(albania: ReportInput) -> None:
    assert render(albania) == render(albania)


def test_no_word_praises(survey: Page, decided: Page) -> None:
    for page in (survey, decided):
        assert not re.search(
            r"\b(success\w*|victor\w+|fail(ed|ure|s)|achiev\w+)\b", page.text, re.I
        )
