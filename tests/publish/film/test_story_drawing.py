"""Pictures: every kind of scene, in the safe area, large and dark enough, in any script."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from exitline.publish.film import StoryError, load_story
from exitline.publish.film.bound.figures import EpisodeFigures, StoryFigure, StoryPoint, StoryPoints
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.fonts import load_fonts
from exitline.publish.film.frames import Canvas, compose
from exitline.publish.film.kinds import KINDS
from exitline.publish.film.lettering import Box, Lettering, Style
from exitline.publish.film.making.prepare import check_picture, faults, safe_area
from exitline.publish.film.model import Scene
from exitline.publish.film.paint.base import PaintStage
from exitline.publish.film.paint.registry import painter
from exitline.publish.film.theme import LETTERS, PAPER, Size, contrast, ease

WIDE, UPRIGHT = Size(480, 270), Size(270, 480)
FONTS = load_fonts("en", ["abc"])

EVERY = """\
episode: every
title: Every kind
summary: One scene of each kind.
sources:
  s: {short: A source, full: A source of everything}
data:
  homes: {file: homes.csv, source: s}
figures:
  n: {data: homes, count: rows}
  share: {data: homes, share: y < 2, format: percent.1}
  low: {data: homes, share: y < 2, part: low, format: percent.1}
  high: {data: homes, share: y < 2, part: high, format: percent.1}
  apart: {data: homes, share: y < 2, where: w = 1, against: w > 1, format: points.1}
  apart_low: {data: homes, share: y < 2, where: w = 1, against: w > 1, part: low}
  apart_high: {data: homes, share: y < 2, where: w = 1, against: w > 1, part: high}
  few: {data: homes, count: rows, where: w = 1}
  many: {data: homes, count: rows, where: w > 1}
points:
  by_year: {data: homes, by: year, share: y < 2, format: percent.0}
  counts: {data: homes, by: [area, year], count: rows}
  at: {data: homes, by: [w, y, year], count: rows}
  early: {data: homes, by: [w, y], share: y < 2}
  late: {data: homes, by: [w, y], share: y >= 1}
  areas: {data: homes, by: area, share: y < 2, format: percent.1}
scenes:
  - {scene: title, seconds: 4, title: A name, subtitle: What it is about}
  - scene: number
    seconds: 4
    title: The answer
    value: share
    low: low
    high: high
    label: of households
  - scene: line chart
    seconds: 4
    title: A line
    lines: [{label: Share, points: by_year}]
    marks:
      - at: {data: homes, mean: year, where: year = 2019, format: year}
        label: here
  - {scene: area chart, seconds: 4, title: An area, part: {label: Share, points: by_year}}
  - scene: before/after
    seconds: 4
    title: Two
    before: {label: Low, value: low}
    after: {label: High, value: high}
  - scene: before/after
    seconds: 4
    title: Two, as people
    mark: person
    before: {label: Low, value: low}
    after: {label: High, value: high}
    difference: {label: difference, value: apart, low: apart_low, high: apart_high}
  - scene: tiles
    seconds: 4
    title: Tiles
    points: counts
    legend: changed
    rest: not yet
    places: [{key: a, label: A place}, {key: b, label: B place, column: 1}]
  - scene: tiles
    seconds: 4
    title: Tiles
    marks: counts
    points: counts
    legend: changed
    rest: not yet
    places: [{key: a, label: A}, {key: b, label: B, column: 1, row: 1}]
  - scene: journey
    seconds: 4
    title: A journey
    stops:
      - {label: Here, date: n, longitude: n, latitude: share}
      - {label: There, date: n, longitude: low, latitude: n}
  - scene: dot plot
    seconds: 4
    title: Dots
    rows: [{label: All, value: share, low: low, high: high}]
  - {scene: waffle, seconds: 4, title: Waffle, groups: [{label: homes, value: n}]}
  - scene: waffle
    seconds: 4
    title: People
    mark: person
    groups: [{label: few, value: few}, {label: many, value: many, tone: grey}]
  - scene: map
    seconds: 6
    title: A map
    ground: {land: land.geojson, water: land.geojson, shapes: land.geojson, credit: Nobody}
    points: at
    counter: by_year
    legend: changed
    rest: not yet
    spots: [{label: Here, longitude: n, latitude: share}]
  - scene: choropleth
    seconds: 6
    title: Areas in their shapes
    ground: {land: land.geojson, shapes: areas.geojson, credit: Nobody}
    key: name
    points: areas
    places: [{key: west, label: West}]
    pivot: {label: "all: {share}", value: share}
    undecided: cannot tell
  - scene: works
    seconds: 4
    title: Water for villages
    before: early
    after: late
    legend: have it
    gained: got it
    lost: lost it again
    rest: lack it
  - scene: crossing
    seconds: 4
    title: Over the line
    line: the line
    below: below
    above: above
    points: by_year
  - scene: crossing
    seconds: 4
    title: On their ways
    mark: house
    line: the line
    below: below
    above: above
    steps: [{label: then}, {label: now}]
    groups:
      - {label: up, value: few, way: [below, above]}
      - {label: down, value: many, way: [above, below], tone: dark}
  - scene: quotation
    seconds: 4
    quote: It was said in 1990 that all is well.
    by: Somebody
    marks: [{text: in 1990, label: when}, {text: all is well, label: what}]
  - {scene: text, seconds: 4, title: A sentence., text: Another one.}
  - {scene: list, seconds: 4, title: A list, rows: [{label: How, text: By counting}]}
  - {scene: photograph, seconds: 4, file: house.png, credit: Somebody, alt: A house}
  - {scene: method, seconds: 4, rows: [{label: How, text: By counting}]}
  - {scene: credits, seconds: 4, rows: [{label: Film, text: Somebody}]}
  - {scene: sources, seconds: 4}
  - {scene: closing, seconds: 4, rows: [{label: How, text: By counting}], credit: Somebody}
"""

LAND = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon",
 "coordinates": [[[-40, -40], [60, -40], [60, 50], [-40, 50], [-40, -40]]]}},
{"type": "Feature", "properties": {}, "geometry": {"type": "LineString",
 "coordinates": [[0, 0], [3, 4]]}}]}"""

AREAS = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "%s"}, "geometry": {"type": "Polygon",
 "coordinates": [[[0, 0], [4, 0], [4, 8], [0, 8], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 1]]]}},
{"type": "Feature", "properties": {"name": "%s"}, "geometry": {"type": "Polygon",
 "coordinates": [[[4, 0], [8, 0], [8, 8], [4, 8], [4, 0]]]}}]}"""


@pytest.fixture
def every(folder: Path):
    """A story with a scene of every kind, and its figures."""
    import skia

    from exitline.publish.film import bind
    from exitline.stats.engine.session import session

    (folder / "one.yaml").write_text(EVERY, encoding="utf-8")
    (folder / "land.geojson").write_text(LAND, encoding="utf-8")
    (folder / "areas.geojson").write_text(AREAS % ("A", "B"), encoding="utf-8")
    skia.Image.fromarray(np.full((40, 60, 4), 128, np.uint8)).save(str(folder / "house.png"))
    (folder / "series.yaml").write_text(
        "series: small\ntitle: Small\nlanguages: [en]\nepisodes: [one.yaml]\n", "utf-8"
    )
    episode = load_story(folder).episodes[0]
    with session() as engine:
        return episode, bind(episode, engine, folder / "work")


@pytest.mark.parametrize("size", [WIDE, UPRIGHT])
def test_every_kind_of_scene_is_drawn_and_told_in_words(every, size: Size) -> None:
    episode, bound = every
    assert {scene.kind for scene in episode.scenes} == set(KINDS)
    stage = PaintStage(size.virtual, "en", bound, episode.sources, "Small")
    canvas = Canvas(size)
    for scene in episode.scenes:
        one = painter(scene, stage)
        ink = compose(one, canvas, FONTS)
        check_picture(scene, ink.log, size.virtual)
        assert len(one.describe()) > 10
        assert _margins_are_paper(canvas, size), scene.kind
        assert np.ptp(canvas.pixels[..., :3]) > 100, scene.kind


def _margins_are_paper(canvas: Canvas, size: Size) -> bool:
    """An outside look at the safe area: nothing but paper in the outer 5 % of the pixels."""
    paper = np.array([int(PAPER[i : i + 2], 16) for i in (5, 3, 1)], np.uint8)
    across, down = int(size.width * 0.05) - 1, int(size.height * 0.05) - 1
    pixels = canvas.pixels[..., :3]
    edges = (pixels[:down], pixels[-down:], pixels[:, :across], pixels[:, -across:])
    return all(bool((edge == paper).all()) for edge in edges)


def test_scenes_that_move_begin_and_end_differently_and_stay(every) -> None:
    episode, bound = every
    stage = PaintStage(WIDE.virtual, "en", bound, episode.sources)
    moving = 0
    for scene in episode.scenes:
        one = painter(scene, stage)
        pictures = []
        for seconds in (0.0, scene.seconds - 0.5, scene.seconds):
            canvas = Canvas(WIDE)
            compose(one, canvas, FONTS, one.progress(seconds))
            pictures.append(canvas.pixels.copy())
        assert np.array_equal(pictures[1], pictures[2]), scene.kind
        if one.move_seconds:
            moving += 1
            assert not np.array_equal(pictures[0], pictures[2]), scene.kind
    assert moving >= 8


def test_a_number_counts_up_once_and_ends_at_its_figure(every) -> None:
    episode, bound = every
    scene = next(s for s in episode.scenes if s.kind == "number")
    one = painter(scene, PaintStage(WIDE.virtual, "en", bound, episode.sources))
    shown = []
    for p in np.linspace(0, 1, 11):
        texts = [entry.text for entry in compose(one, Canvas(WIDE), FONTS, float(p)).log]
        shown.append(next(float(t[:-2]) for t in texts if t.endswith("%") and "of" not in t
                          and t not in (bound.figures["low"].written("en"),
                                        bound.figures["high"].written("en"))))  # fmt: skip
    assert shown == sorted(shown)
    assert shown[-1] == 40.0


def test_a_figure_that_has_not_begun_is_not_shown_as_zero(every) -> None:
    episode, bound = every
    for scene in (s for s in episode.scenes if s.kind == "before/after"):
        one = painter(scene, PaintStage(WIDE.virtual, "en", bound, episode.sources))
        texts = [entry.text for entry in compose(one, Canvas(WIDE), FONTS, 0.2).log]
        assert sum(text.endswith("%") for text in texts) == 1
        assert not any(text.startswith("0.0") for text in texts)


def test_layout_does_not_depend_on_the_number_of_pixels(every) -> None:
    episode, bound = every
    scene = next(s for s in episode.scenes if s.kind == "dot plot")
    logs = []
    for size in (Size(320, 180), Size(1920, 1080)):
        one = painter(scene, PaintStage(size.virtual, "en", bound, episode.sources))
        logs.append(compose(one, Canvas(size), FONTS).log)
    assert logs[0] == logs[1]


def test_areas_take_the_colour_of_their_class_and_a_hatch_where_one_cannot_tell(every) -> None:
    episode, bound = every
    scene = next(s for s in episode.scenes if s.kind == "choropleth")
    rows = (StoryPoint(("A",), 0.22, 0.17, 0.29), StoryPoint(("B",), 0.11, 0.07, 0.45))
    row = dataclasses.replace(bound.points["areas"], points=rows)
    asked = dataclasses.replace(bound, points={**bound.points, "areas": row})
    figure = dataclasses.replace(bound.figures["share"], value=0.143)
    asked = dataclasses.replace(asked, figures={**bound.figures, "share": figure})
    one = painter(scene, PaintStage(WIDE.virtual, "en", asked, episode.sources))
    assert one.content()[1] == "cannot tell: B"
    canvas = Canvas(WIDE)
    ink = compose(one, canvas, FONTS)
    texts = [entry.text for entry in ink.log]
    assert "9.3\xa0%–14.3\xa0%" in texts  # the figure of all is an edge
    found = {tuple(int(c) for c in px) for px in canvas.pixels[..., 2::-1].reshape(-1, 3)}
    above, below = (0xF9, 0xBD, 0x8D), (0x9C, 0xC7, 0xE4)
    assert {above, below} <= found


def test_areas_without_a_shape_are_named(every, folder: Path) -> None:
    episode, bound = every
    (folder / "areas.geojson").write_text(AREAS % ("A", "Elsewhere"), encoding="utf-8")
    scene = next(s for s in episode.scenes if s.kind == "choropleth")
    with pytest.raises(StoryError, match="an area has no shape") as caught:
        painter(scene, PaintStage(WIDE.virtual, "en", bound, episode.sources))
    assert "'b' has no shape" in str(caught.value)


def test_a_chinese_title_breaks_after_a_sign_not_within_a_word() -> None:
    fonts = load_fonts("zh", ["在阿尔巴尼亚，七个人中有一个贫困"])
    canvas = Canvas(UPRIGHT)
    ink = Ink(canvas.skia, Size(1080, 1920), "zh", fonts)
    text, style = "在阿尔巴尼亚，七个人中有一个贫困", Style(64, bold=True)
    assert ink.phrased(text, style, 700) == "在阿尔巴尼亚，\n七个人中有一个贫困"
    assert ink.phrased(text, style, 2000) == text
    assert ink.phrased("one, two and three", style, 200) == "one, two and three"


def test_contrast_is_as_wcag_defines_it() -> None:
    # WebAIM's contrast checker: #777777 on white 4.48, #767676 4.54, #0000FF 8.59
    for colour, expected in (("#777777", 4.48), ("#767676", 4.54), ("#0000FF", 8.59)):
        assert contrast(colour, "#FFFFFF") == pytest.approx(expected, abs=0.005)
    assert all(contrast(colour, PAPER) >= 4.5 for colour in LETTERS.values())


def test_each_rule_of_legibility_is_held_to() -> None:
    size = Size(1920, 1080)
    good = Lettering("good", Box(200, 200, 100, 50), 40.0, "#1A1A1A", PAPER)
    assert faults([good], size) == []
    bad = {
        "outside": dataclasses.replace(good, box=Box(95 - 3, 200, 100, 50)),
        "too small": dataclasses.replace(good, size=39.0),
        "contrast": dataclasses.replace(good, colour="#999999"),
    }
    for word, lettering in bad.items():
        assert [word in fault for fault in faults([lettering], size)] == [True]
    over = dataclasses.replace(good, text="over", box=Box(250, 210, 100, 50))
    assert "one text over another" in faults([good, over], size)[0]
    with pytest.raises(StoryError, match="cannot be read well") as caught:
        check_picture(Scene(number=4, seconds=5, where="one.yaml:9"), [bad["contrast"]], size)
    assert "scene 4" in str(caught.value)
    assert safe_area(size) == Box(96, 54, 1728, 972)


def test_right_to_left_text_starts_at_the_right() -> None:
    arabic = load_fonts("ar", ["هذا نص"])
    canvas = Canvas(Size(480, 270))
    canvas.clear()
    ink = Ink(canvas.skia, Size(1920, 1080), "ar", arabic)
    box = ink.text("هذا نص abc", 200, 200, Style(60), width=1500)
    assert box.right == pytest.approx(1700, abs=2)
    dark = np.argwhere(canvas.pixels[..., 0] < 100)
    assert dark[:, 1].max() > 1600 / 4
    assert dark[:, 1].min() > 1000 / 4


def test_very_long_names_are_shortened_or_wrapped_never_cut_off() -> None:
    canvas = Canvas(WIDE)
    ink = Ink(canvas.skia, Size(1920, 1080), "en", FONTS)
    name = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
    short = ink.shortened(name, Style(42), 400)
    assert short.endswith("…")
    assert ink.width(short, Style(42)) <= 400
    style = ink.fitted(name, Style(150), Box(0, 0, 1700, 500))
    assert ink.height(name, style, 1700) <= 501


@pytest.mark.parametrize("size", [WIDE, UPRIGHT])
def test_a_dot_plot_of_very_long_names_stays_legible(size: Size) -> None:
    from exitline.publish.film.kinds import DotsScene
    from exitline.publish.film.model import StoryText
    from exitline.publish.film.template import Piece

    names = ["Muckanaghederdauhaulia " * 6, "x" * 90, "Dingle"]
    row = StoryPoints(
        "p", tuple(StoryPoint((n,), 0.2, 0.1, 0.3) for n in names), Format("percent", 1), "", ""
    )
    scene = DotsScene(
        number=1, seconds=5, title=StoryText({"en": (Piece("words", "Names"),)}), points="p",
        used_points=frozenset({"p"}),
    )  # fmt: skip
    stage = PaintStage(size.virtual, "en", EpisodeFigures({}, {"p": row}))
    ink = compose(painter(scene, stage), Canvas(size), FONTS)
    check_picture(scene, ink.log, size.virtual)


def test_a_script_without_a_font_names_the_package(tmp_path: Path, monkeypatch) -> None:
    from exitline.publish.film import fonts

    latin = Path(fonts._find(fonts.LATIN))
    (tmp_path / latin.name).write_bytes(latin.read_bytes())
    monkeypatch.setenv(fonts.FONTS_VARIABLE, str(tmp_path))
    assert load_fonts("en", ["abc"]).families
    with pytest.raises(StoryError, match="no font on this machine can write Chinese") as caught:
        load_fonts("zh", ["一条线"])
    assert "apt install fonts-noto-cjk" in str(caught.value)
    assert all(character in str(caught.value) for character in "一条线")
    with pytest.raises(StoryError, match="Arabic"):
        load_fonts("ar", ["سلام"])


def test_a_waffle_shows_whole_households_only() -> None:
    from exitline.publish.film.kinds import WaffleScene
    from exitline.publish.film.model import StoryText
    from exitline.publish.film.parts import LabelledFigure

    words = StoryText({"en": ()})
    scene = WaffleScene(
        number=1, seconds=5, title=words, groups=(LabelledFigure(label=words, value="n"),)
    )
    for value in (2.5, 6000.0, -1.0):
        figure = StoryFigure("n", value, Format("number", 0), "", "")
        with pytest.raises(StoryError, match="cannot show this figure"):
            painter(scene, PaintStage(Size(1920, 1080), "en", EpisodeFigures({"n": figure}, {})))


def test_ease_is_monotone_and_slow_at_both_ends() -> None:
    steps = [ease(p) for p in np.linspace(0, 1, 101)]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] == 1
    assert steps[1] < 0.01
    assert 1 - steps[-2] < 0.01
