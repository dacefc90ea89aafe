"""Maps, small pictures of every year, a line that is moved, changes that are tested."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from exitline.publish.explorer.model import Area, AreaLevel
from exitline.publish.explorer.moved_line import lines_around
from exitline.publish.explorer.page import render
from exitline.publish.explorer.settings import ShapeSettings
from exitline.publish.explorer.shapes import put_in_shape

TWO_MEGABYTES = 2_000_000


def many_shapes(path: Path, across: int = 32, down: int = 26, corners: int = 60) -> list[str]:
    """A coverage of as many wavy polygons as there are counties, written as GeoJSON."""
    wave = np.linspace(0, 1, corners // 4, endpoint=False)

    def side(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
        start, end = sorted((a, b))
        dx, dy = end[0] - start[0], end[1] - start[1]
        sway = [0.09 * math.sin(7 * math.pi * t) for t in wave]
        bent = [
            (start[0] + t * dx + s * dy, start[1] + t * dy + s * dx)
            for t, s in zip(wave, sway, strict=True)
        ]
        return bent if (a, b) == (start, end) else [end, *bent[:0:-1]]

    features, names = [], []
    for i in range(across):
        for j in range(down):
            x, y = 75 + i * 1.8, 20 + j * 1.2
            ring = [(x, y), (x + 1.8, y), (x + 1.8, y + 1.2), (x, y + 1.2), (x, y)]
            line = [p for a, b in pairwise(ring) for p in side(a, b)]
            names.append(f"N{i:02}{j:02}")
            features.append({
                "type": "Feature", "properties": {"name": names[-1]},
                "geometry": {"type": "Polygon", "coordinates": [[*line, line[0]]]},
            })  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return names


def test_832_polygons_keep_the_page_under_two_megabytes(tmp_path: Path, payloads: Any) -> None:
    names = many_shapes(tmp_path / "many.geojson")
    assert len(names) == 832
    level = AreaLevel("county", "County", "counties")
    areas = [Area("", "All"), *(Area(name, name, 0, 0) for name in names)]
    given = ShapeSettings(tmp_path / "many.geojson", "name", "Nobody, public domain")
    mapped, made, notes = put_in_shape(level, 0, areas, given)
    assert (mapped.layout, made[0].shape) == ("map", "")
    source, corrected = (str(text) for _, text in notes)  # ragged rings cross themselves
    assert source == "Nobody, public domain"
    assert corrected.startswith("Rings that cross themselves were corrected: N0000, ")
    paths = [area.shape for area in made[1:]]
    assert all(re.fullmatch(r"(M\d+ \d+([hv]-?\d+|l-?\d+[ -]\d+)+z)+", path) for path in paths)
    page = copy.deepcopy(payloads["china"])
    counties = [i for i, at in enumerate(page["areas"]["level"]) if at == len(page["levels"]) - 1]
    page["areas"]["shape"] = [""] * len(page["areas"]["key"])
    for i, path in zip(counties, paths, strict=True):
        page["areas"]["shape"][i] = path
    assert len(render(page).encode()) < TWO_MEGABYTES
    # a shape is where its path is: areas by the shoelace formula, in steps of the picture
    whole = sum(_area(path) for path in paths)
    assert whole == pytest.approx(shapely.unary_union([_polygon(p) for p in paths]).area, rel=0.01)


def _polygon(path: str) -> Any:
    """The polygon of a path of one ring."""
    at = [tuple(map(int, re.findall(r"-?\d+", path[: re.search(r"[hvl]", path).start()])))]
    for kind, rest in re.findall(r"([hvl])([-\d ]+)", path):
        numbers = list(map(int, re.findall(r"-?\d+", rest)))
        step = {"h": (numbers[0], 0), "v": (0, numbers[0]), "l": tuple(numbers[:2])}[kind]
        at.append((at[-1][0] + step[0], at[-1][1] + step[1]))
    return shapely.Polygon(at).buffer(0)


def _area(path: str) -> float:
    return float(_polygon(path).area)


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1280])
def test_areas_stand_in_their_boundaries(
    opened: Callable[..., Any], payloads: Any, width: int
) -> None:
    page = opened("mapped", width=width, at="level=prefectu")
    assert page.locator("#picture .area path").count() == 12
    areas, box = payloads["mapped"]["areas"], page.locator("#picture svg.shapes").bounding_box()
    at = areas["key"].index("Kukes")
    page.locator("#picture svg.shapes").scroll_into_view_if_needed()
    page.locator("#picture svg.shapes").click(
        position={"x": areas["x"][at] * box["width"], "y": areas["y"][at] * box["height"]}
    )
    assert "22.6" in page.locator("#details").inner_text()
    page.locator('#picture [tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.area") is not None
    assert "geoBoundaries" in page.locator("#about").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_line_is_moved_and_the_share_is_that_of_an_estimate(
    opened: Callable[..., Any], payloads: Any
) -> None:
    curve = payloads["mapped"]["slide"]
    assert curve["text"][curve["at"]] == "14.3\u00a0%"
    assert curve["value"] == sorted(curve["value"])
    lines, at = lines_around(4891.0)
    assert (tuple(curve["line"]), curve["at"]) == (lines, at)
    page = opened("mapped")
    slider = page.locator("#slide-line")
    assert "14.3" in page.locator(".slide-now").inner_text()
    slider.focus()
    page.keyboard.press("End")
    now = page.locator(".slide-now").inner_text()
    assert curve["text"][-1] in now
    assert curve["interval"][-1] in now
    assert slider.get_attribute("aria-valuetext") == now
    # the same by the library, from the data: 9,780 lek is twice the line, to three digits
    from exitline.api.runs.prepare import ready

    with ready("examples/albania-2012/study.yaml") as made:
        rows = made.engine.run(made.table.select("welfare", "weight", "size")).to_pandas()
    poor = rows["weight"] * rows["size"] * (rows["welfare"] < 2 * 4891)
    assert curve["value"][-1] == pytest.approx(
        100 * poor.sum() / (rows["weight"] * rows["size"]).sum(), abs=0.05
    )


def test_a_census_has_no_curve_of_lines(payloads: Any) -> None:
    assert payloads["census"]["slide"] is None
    assert payloads["china"]["slide"] is None


@pytest.mark.browser
def test_every_year_is_seen_small_and_leads_to_itself(opened: Callable[..., Any]) -> None:
    page = opened("china", at="view=decisions&level=adcode&year=2018")
    page.wait_for_selector("#years-side button")
    years = page.locator("#years-side button")
    assert years.count() == 6
    assert [text.split()[0] for text in years.all_inner_texts()] == [
        "2015", "2016", "2017", "2018", "2019", "2020",
    ]  # fmt: skip
    assert "28" in years.nth(1).inner_text()
    assert page.locator('#years-side [aria-current="true"] strong').inner_text() == "2018"
    years.nth(5).click()
    assert page.locator("#year-now").inner_text() == "2020"
    assert page.locator('#years-side [aria-current="true"] strong').inner_text() == "2020"


@pytest.mark.browser
def test_a_change_between_years_is_tested(
    opened: Callable[..., Any], made_up: Callable[..., Any], tmp_path: Path
) -> None:
    # Newcombe (1998), Statistics in Medicine 17, 873-890: 56/70 against 48/80, method 10:
    # 0.2000 (0.0524 to 0.3339), from Wilson's intervals of the two shares
    made = made_up(["All", "North"], [80.0, 50.0], [1.0, 1.0], years=["2019", "2020"])
    first = made["figures"][0]
    second = copy.deepcopy(first) | {"year": 1}
    first["value"][0], first["low"][0], first["high"][0] = 60.0, 49.04, 70.04
    second["value"][0], second["low"][0], second["high"][0] = 80.0, 69.18, 87.69
    made["figures"] = [first, second]
    file = tmp_path / "years.html"
    file.write_text(render(made), encoding="utf-8")
    page = opened(file)
    said = page.locator("#details .change").inner_text()
    assert "+20.0" in said
    assert "+5.2 – +33.4" in said.replace("\u202f", " ")
    assert said.endswith("It changed.")
    page.locator("#picture [data-area]").first.click()
    assert page.locator("#details .change").inner_text().endswith("cannot tell yet.")
