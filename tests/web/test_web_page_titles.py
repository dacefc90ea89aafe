"""Titles and comparisons against brute force: what intervals do not set apart is not told apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exitline.web.page import render

pytestmark = pytest.mark.browser
Bounds = tuple[float, float, float]


def drawn(seed: int) -> tuple[list[float | None], list[float | None]]:
    """Figures and half widths, of which some are suppressed or without an interval."""
    chance = random.Random(seed)
    n, spread = chance.randint(2, 7), chance.choice([0.5, 2.0, 6.0, 20.0])
    values: list[float | None] = [round(chance.uniform(30, 60), 1) for _ in range(n + 1)]
    halves: list[float | None] = [round(chance.uniform(0.1, spread), 1) for _ in range(n + 1)]
    if seed % 4 == 1:
        values[1] = None
    if seed % 4 == 2:
        halves[2] = None
    return values, halves


def expected(values: list[float | None], halves: list[float | None]) -> dict[str, Any]:
    """By brute force: which area lies above all others, below all others, apart from the whole."""
    known = {i: v for i, v in enumerate(values) if i and v is not None}
    bounds: dict[int, tuple[float, float]] = {}
    for i, v in known.items():
        half = halves[i]
        if half is not None:
            bounds[i] = (round(v - half, 4), round(v + half, 4))
    firm = len(bounds) == len(known)
    top = [i for i in bounds if firm and all(bounds[j][1] < bounds[i][0] for j in bounds if j != i)]
    low = [i for i in bounds if firm and all(bounds[j][0] > bounds[i][1] for j in bounds if j != i)]
    assert values[0] is not None
    assert halves[0] is not None
    whole = (round(values[0] - halves[0], 4), round(values[0] + halves[0], 4))
    return {
        "partly": len(known) < len(values) - 1, "alone": len(known) == 1, "top": top, "low": low,
        "above": [i for i in bounds if bounds[i][0] > whole[1]],
        "under": [i for i in bounds if bounds[i][1] < whole[0]], "many": len(known),
    }  # fmt: skip


def title_of(values: list[float | None], halves: list[float | None]) -> list[str]:
    """What the title must hold, and after "not" what it must not."""
    said = expected(values, halves)
    parts = ["of those with a figure"] if said["partly"] and not said["alone"] else []
    if said["alone"]:
        return parts
    if said["top"] or said["low"]:
        parts += [f"highest in area{i}:" for i in said["top"]]
        parts += [f"lowest in area{i}:" for i in said["low"]]
        parts += [] if said["top"] else ["not highest in"]
        return parts + ([] if said["low"] else ["not lowest in"])
    parts += ["not highest in", "not lowest in"]
    for side, words in (("above", "above the overall"), ("under", "below the overall")):
        chosen = said[side]
        if not chosen:
            parts.append(f"not {words}")
        elif len(chosen) > 2:
            parts.append(f"{len(chosen)} of {said['many']} districts lie {words}")
        else:
            parts += [words, *(f"area{i}" for i in chosen)]
    if not said["above"] and not said["under"]:
        parts.append("the intervals overlap")
    return parts


@pytest.mark.parametrize("seed", range(40))
def test_a_title_says_no_more_than_the_intervals(
    opened: Callable[..., Any], made_up: Callable[..., dict[str, Any]], tmp_path: Path, seed: int
) -> None:
    values, halves = drawn(seed)
    payload = made_up(["All", *(f"Area{i}" for i in range(1, len(values)))], values, halves)
    (tmp_path / "page.html").write_text(render(payload), encoding="utf-8")
    title = str(opened(tmp_path / "page.html").locator("#finding").inner_text()).lower()
    for part in title_of(values, halves):
        held = part.removeprefix("not ")
        assert (held in title) is (held == part), (part, title)


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
