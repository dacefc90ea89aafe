"""What moves: people and houses in their right numbers, maps, sound, captions of every script."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exitline.publish.film import StoryError
from exitline.publish.film.bound.figures import EpisodeFigures, StoryFigure, StoryPoint, StoryPoints
from exitline.publish.film.bound.formats import Format
from exitline.publish.film.canvas import Ink
from exitline.publish.film.fonts import load_fonts
from exitline.publish.film.frames import Canvas, compose, draw_caption
from exitline.publish.film.kinds import CrossingScene, WaffleScene
from exitline.publish.film.lettering import Box
from exitline.publish.film.making.prepare import safe_area
from exitline.publish.film.media.captions import scene_cues
from exitline.publish.film.media.sound import RATE, bed, pitch
from exitline.publish.film.model import Scene, StoryText
from exitline.publish.film.paint import crossing, people
from exitline.publish.film.paint.base import PaintStage, caption_box
from exitline.publish.film.paint.ground import View, read_layer
from exitline.publish.film.paint.marks import MarkAt
from exitline.publish.film.paint.registry import painter
from exitline.publish.film.parts import CrossingStep, LabelledFigure, WayGroup
from exitline.publish.film.template import Piece
from exitline.publish.film.theme import Size

WIDE, UPRIGHT = Size(480, 270), Size(270, 480)
FONTS = load_fonts("en", ["abc"])


def words(text: str) -> StoryText:
    """The same words in English."""
    return StoryText({"en": (Piece("words", text),)})


def figures(**values: tuple[float, str]) -> dict[str, StoryFigure]:
    """Figures by name, each with its format."""
    return {n: StoryFigure(n, v, Format(form, 0), "", "") for n, (v, form) in values.items()}


@pytest.fixture
def drawn(monkeypatch) -> list[list[MarkAt]]:
    """Every set of marks of a picture that was drawn, legends of one mark left out."""
    seen: list[list[MarkAt]] = []

    def keep(_ink: Any, _kind: str, marks: Any, _side: float) -> None:
        if len(marks) > 1:
            seen.append(list(marks))

    for room in (people, crossing):
        monkeypatch.setattr(room, "draw_marks", keep)
    return seen


@pytest.mark.parametrize("size", [WIDE, UPRIGHT])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((("one", 1.0, "words"), ("six", 6.006, "words")), [1, 6]),
        ((("poor", 0.1427, "hundred"), ("not_poor", 0.8573, "hundred")), [14, 86]),
        ((("a", 446.0, "number"), ("b", 408.0, "number")), [446, 408]),
    ],
)
def test_as_many_stand_in_a_group_as_are_said(drawn, size: Size, given, expected) -> None:
    bound = EpisodeFigures(figures(**{n: (v, f) for n, v, f in given}), {})
    tones = ("other", "grey")
    scene = WaffleScene(
        number=2, seconds=6, title=words("People"), mark="person",
        groups=tuple(LabelledFigure(label=words(n), value=n, tone=t)
                     for (n, _, _), t in zip(given, tones, strict=True)),
    )  # fmt: skip
    one = painter(scene, PaintStage(size.virtual, "en", bound))
    for p in np.linspace(0.0, 1.0, 6):
        compose(one, Canvas(size), FONTS, float(p))
    last = drawn[-1]
    assert [Counter(m.tone for m in last)[t] for t in tones] == expected
    assert all(len(marks) <= sum(expected) for marks in drawn)
    places = {(round(m.x, 3), round(m.y, 3)) for m in last}
    assert len(places) == sum(expected), "no two stand on one another"
    assert all(m.walked == 0 for m in last)
    box = safe_area(size.virtual)
    assert all(box.x <= m.x <= box.right and box.y <= m.y <= box.bottom for m in last)


def test_as_many_are_below_the_line_as_the_share_says(drawn) -> None:
    shares = [0.837, 0.5, 0.06, 0.0026]
    row = StoryPoints("row", tuple(StoryPoint((1990.0 + i,), s) for i, s in enumerate(shares)),
                      Format("percent", 1), "", "")  # fmt: skip
    scene = CrossingScene(
        number=2, seconds=8, title=words("T"), line=words("L"), below=words("b"),
        above=words("a"), points="row",
    )  # fmt: skip
    one = painter(scene, PaintStage(WIDE.virtual, "en", EpisodeFigures({}, {"row": row})))
    counts = []
    for p in np.linspace(0.0, 1.0, 61):
        compose(one, Canvas(WIDE), FONTS, float(p))
        counts.append(sum(m.tone == "other" for m in drawn[-1]))
        assert len(drawn[-1]) == 100
    assert (counts[0], counts[-1]) == (84, 0)
    assert counts == sorted(counts, reverse=True)
    assert {84, 50, 6, 0} <= set(counts)


def test_each_group_goes_its_own_way(drawn) -> None:
    names = ("out_out", "out_in", "still_out", "still_in")
    bound = EpisodeFigures(figures(**dict(zip(
        names, [(68.0, "number"), (45.0, "number"), (24.0, "number"), (61.0, "number")],
        strict=True))), {})  # fmt: skip
    ways = (("below", "above", "above"), ("below", "above", "below"),
            ("below", "below", "above"), ("below", "below", "below"))  # fmt: skip
    scene = CrossingScene(
        number=2, seconds=8, title=words("T"), line=words("L"), below=words("b"),
        above=words("a"), mark="house",
        steps=tuple(CrossingStep(label=words(s)) for s in "abc"),
        groups=tuple(WayGroup(label=words(n), value=n, way=w)
                     for n, w in zip(names, ways, strict=True)),
    )  # fmt: skip
    stage = PaintStage(WIDE.virtual, "en", bound)
    one = painter(scene, stage)
    counts = []
    for p in np.linspace(0.0, 1.0, 41):
        compose(one, Canvas(WIDE), FONTS, float(p))
        counts.append(sum(m.tone == "other" for m in drawn[-1]))
    assert (counts[0], min(counts), counts[-1]) == (198, 198 - 113, 45 + 61)
    wrong = CrossingScene(
        number=2, seconds=8, title=words("T"), line=words("L"), below=words("b"),
        above=words("a"), steps=scene.steps[:2], groups=scene.groups,
    )  # fmt: skip
    with pytest.raises(StoryError, match="another number of steps"):
        painter(wrong, stage)


def test_a_view_on_its_way_keeps_one_place_where_both_views_show_it() -> None:
    box = Box(0, 0, 1000, 500)
    near = View.fitting([(60.0, 20.0), (80.0, 40.0)], box)
    far = View.covering([(0.0, -10.0), (150.0, 70.0)], box, near)
    assert far.scale < near.scale
    for corner in ((0.0, -10.0), (150.0, 70.0)):
        x, y = far(*corner)
        assert not (1e-6 < x < 1000 - 1e-6 and 1e-6 < y < 500 - 1e-6), "nothing beyond the land"
    halfway = far.towards(near, 0.5)
    assert halfway.scale == pytest.approx((far.scale * near.scale) ** 0.5)
    fixed = (70.0, (near.top - 250) / near.scale)
    for view in (far, halfway, near):
        assert view(*fixed) == pytest.approx((500, 250))


@pytest.mark.parametrize(
    "text",
    ["no json", '{"type": "FeatureCollection"}', '{"features": []}',
     '{"features": [{"geometry": {"type": "LineString", "coordinates": [[0, 1], [4e5, 6e6]]}}]}'],
)  # fmt: skip
def test_a_ground_that_is_none_says_what_is_wanted(tmp_path: Path, text: str) -> None:
    (tmp_path / "land.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(StoryError, match="this is no ground for a map"):
        read_layer(tmp_path / "land.geojson")


def test_a_bed_goes_up_and_down_with_its_figures() -> None:
    samples = bed([1.0, 5.0, 3.0], 90).astype(float)
    assert len(samples) == 3 * RATE
    loudest = []
    for second in range(3):
        part = samples[second * RATE : second * RATE + RATE // 2]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        loudest.append(np.fft.rfftfreq(len(part), 1 / RATE)[spectrum.argmax()])
    expected = [pitch(0.0), pitch(1.0), pitch(0.5)]
    assert loudest == pytest.approx(expected, abs=4)
    assert np.abs(samples).max() < 0.1 * 32767
    assert np.array_equal(bed([1.0, 5.0, 3.0], 90), bed([1.0, 5.0, 3.0], 90))


CAPTIONS = {
    "hi": "गरीबी रेखा से नीचे रहने वाले परिवारों की संख्या पिछले दस वर्षों में लगातार घटी है, पर सब जगह नहीं।",
    "bn": "দারিদ্র্যসীমার নিচে বসবাসকারী পরিবারের সংখ্যা গত দশ বছরে ক্রমাগত কমেছে, তবে সব জায়গায় নয়।",
    "te": "దారిద్ర్యరేఖకు దిగువన నివసిస్తున్న కుటుంబాల సంఖ్య గత పది సంవత్సరాలలో క్రమంగా తగ్గింది.",
    "my": "ဆင်းရဲမွဲတေမှုမျဉ်းအောက်ရှိ အိမ်ထောင်စုအရေအတွက်သည် ပြီးခဲ့သော ဆယ်နှစ်အတွင်း လျော့နည်းခဲ့သည်။",
}  # fmt: skip


@pytest.mark.parametrize("language", CAPTIONS)
@pytest.mark.parametrize("size", [Size(960, 540), Size(540, 960)])
def test_captions_of_tall_scripts_stay_in_their_place(language: str, size: Size) -> None:
    text = CAPTIONS[language]
    try:
        fonts = load_fonts(language, [text])
    except StoryError as reason:
        pytest.skip(str(reason.remedy))
    box, safe = caption_box(size.virtual), safe_area(size.virtual)
    scale = size.unit
    for cue in scene_cues(Scene(number=1, seconds=8.0), text, language):
        assert len(cue.lines) <= 2
        canvas = Canvas(size)
        canvas.clear()
        ink = Ink(canvas.skia, size.virtual, language, fonts)
        draw_caption(ink, cue)
        # what the pixels say, not what the font says of itself
        (top, left), (bottom, right) = (
            f(np.argwhere(canvas.pixels[..., 0] < 190), axis=0) for f in (np.min, np.max)
        )
        assert left >= safe.x * scale - 1
        assert right <= safe.right * scale + 1
        assert bottom <= safe.bottom * scale + 1
        assert top >= box.y * scale - 2
        assert all(text.size >= 40 for text in ink.log)
