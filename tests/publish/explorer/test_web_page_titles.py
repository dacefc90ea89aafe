"""Titles say what the run found; comparisons, what the intervals set apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exitline.publish.explorer.page import render

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("sampled", [True, False])
def test_a_title_is_what_the_run_found_in_the_words_of_its_report(
    opened: Callable[..., Any], made_up: Callable[..., dict[str, Any]], tmp_path: Path,
    sampled: bool,
) -> None:  # fmt: skip
    payload = made_up(["All", "A", "B", "C"], [20.0, 30.0, 11.0, 10.0], [1.0, 1.0, 1.0, 1.0])
    payload["series"][0]["sampled"] = sampled
    said = {"en": "The share is highest in A (30.0 %)", "zh": "最高为A（30.0 %）"}
    beside = {"en": "1 area lies clearly above the overall 20.0 %, 0 clearly below.", "zh": "一"}
    payload["figures"][0]["apart"] = [{"level": 0, "scope": 0, "finding": said, "beside": beside}]
    (tmp_path / "page.html").write_text(render(payload), encoding="utf-8")
    page = opened(tmp_path / "page.html")
    assert page.locator("#finding").inner_text() == said["en"]
    assert beside["en"] in page.locator("#subtitle").inner_text()


def test_nothing_is_said_to_stand_apart_that_was_not_tested(
    opened: Callable[..., Any], made_up: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    payload = made_up(["All", "A", "B"], [20.0, 40.0, 10.0], [1.0, 1.0, 1.0])
    (tmp_path / "page.html").write_text(render(payload), encoding="utf-8")
    title = opened(tmp_path / "page.html").locator("#finding").inner_text()
    assert title == "From 10.0 % to 40.0 %; whether these areas stand apart was not tested"


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ((20.0, 1.0), (15.0, 1.0), "A is higher than B"),
        ((15.0, 1.0), (20.0, 1.0), "B is higher than A"),
        ((20.0, 2.5), (15.0, 2.5), "do not tell which is higher"),  # the bounds touch
        ((20.0, None), (10.0, 1.0), "Without an interval one cannot tell"),
        ((None, None), (10.0, 1.0), "cannot be compared: A: suppressed"),
    ],
)
def test_two_areas_compared(
    opened: Callable[..., Any], made_up: Callable[..., dict[str, Any]], tmp_path: Path,
    first: tuple[float | None, float | None], second: tuple[float | None, float | None], says: str,
) -> None:  # fmt: skip
    payload = made_up(["All", "A", "B"], [18.0, first[0], second[0]], [1.0, first[1], second[1]])
    (tmp_path / "page.html").write_text(render(payload), encoding="utf-8")
    page = opened(tmp_path / "page.html", at="first=d:k1&other=d:k2")
    assert says in page.locator("#compared").inner_text()


def test_ties_of_a_full_count_are_named_together(
    opened: Callable[..., Any], made_up: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    values = [10.0, 12.0, 12.0, 7.0, 7.0, 7.0]
    payload = made_up(["All", *"ABCDE"], values, [None] * 6)
    payload["series"][0]["sampled"] = False
    payload["figures"][0]["status"] = [0] * 6
    (tmp_path / "page.html").write_text(render(payload), encoding="utf-8")
    title = opened(tmp_path / "page.html").locator("#finding").inner_text()
    assert title == "Highest in A and B: 12.0 %; lowest, 7.0 %, in 3 districts"
