"""What cannot be told is refused with its place and a remedy, never half-told."""

from __future__ import annotations

from pathlib import Path

import pytest

from exitline.publish.film import FilmOptions, StoryError, build, load_story
from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.fonts import load_fonts
from exitline.publish.film.frames import Canvas, compose
from exitline.publish.film.paint.base import PaintStage
from exitline.publish.film.paint.registry import painter
from exitline.publish.film.theme import Size

PHOTO = """
  - scene: photograph
    seconds: 4
    file: house.png
    credit: {en: Somebody, zh: 某人}
    alt: {en: A house, zh: 一座房子}
"""


def _refused(folder: Path) -> str:
    with pytest.raises(StoryError) as caught:
        load_story(folder)
    assert caught.value.where
    assert caught.value.remedy or caught.value.expected
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scene: number", "scene: numbr", "there is no scene 'numbr'"),
        ("scene: number", "kind: number", "a scene without a kind"),
        (
            "seconds: 4\n    title: {en: Some",
            "seconds: 9\n    title: {en: Some",
            "too short or too long",
        ),
        ("value: share", "value: 14.3", "a figure without a reference"),
        ("value: share", "value: shar", "there is no figure 'shar'"),
        ("    value: share\n", "", "the key 'value' is missing"),
        ("value: share", "valu: share", "there is no key 'valu' here"),
        (
            "{en: of households, zh: 的住户}",
            "{en: of 40 households, zh: 的住户}",
            "without a reference",
        ),
        ("{en: of households, zh: 的住户}", "{en: of households}", "missing in the language 'zh'"),
        (
            "{en: of households, zh: 的住户}",
            "{en: of homes, too, zh: 的}",
            "no language of this series",
        ),
        ("file: homes.csv", "file: home.csv", "there is no such file"),
        ("count: rows, where: y < 2", "where: y < 2", "exactly one step"),
        ("{compute: homes - poor}", "{count: rows}", "exactly one reference"),
        ("format: percent.1", "format: per cent", "there is no format"),
        ("source: survey}\nfig", "source: survy}\nfig", "there is no source 'survy'"),
        ("by: year, ", "", "the columns that make its groups"),
        ("episode: one", "episode: ../one", "small letters"),
    ],
)
def test_faults_in_an_episode_are_named_with_their_place(
    edit, old: str, new: str, said: str
) -> None:
    shown = _refused(edit(old, new))
    assert said in shown
    assert "one.yaml:" in shown


def test_an_episode_without_scenes_is_refused(folder: Path) -> None:
    file = folder / "one.yaml"
    file.write_text(file.read_text("utf-8").split("scenes:")[0] + "scenes: []\n", "utf-8")
    assert "an episode without scenes" in _refused(folder)
    file.write_text(file.read_text("utf-8").replace("scenes: []\n", ""), "utf-8")
    assert "an episode without scenes" in _refused(folder)


def test_a_series_without_episodes_or_with_one_twice_is_refused(edit) -> None:
    folder = edit("[one.yaml]", "[]", "series.yaml")
    assert "a series without episodes" in _refused(folder)
    edit("[]", "[one.yaml, one.yaml]", "series.yaml")
    assert "two episodes have the name 'one'" in _refused(folder)


def test_a_missing_episode_file_names_the_nearest_one(edit) -> None:
    assert "did you mean 'one.yaml'" in _refused(edit("[one.yaml]", "[ones.yaml]", "series.yaml"))


def test_a_missing_picture_is_refused_when_the_story_is_read(folder: Path) -> None:
    with (folder / "one.yaml").open("a", encoding="utf-8") as file:
        file.write(PHOTO)
    assert "there is no such file" in _refused(folder)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_picture_that_cannot_be_read_is_refused_before_any_film(
    folder: Path, content: bytes
) -> None:
    with (folder / "one.yaml").open("a", encoding="utf-8") as file:
        file.write(PHOTO)
    (folder / "house.png").write_bytes(content)
    scene = load_story(folder).episodes[0].scenes[-1]
    size = Size(320, 180)
    fonts = load_fonts("en", ["Somebody"])
    with pytest.raises(StoryError, match="a picture cannot be read") as caught:
        compose(
            painter(scene, PaintStage(size.virtual, "en", EpisodeFigures({}, {}))),
            Canvas(size),
            fonts,
        )
    assert "scene 3 (photograph)" in str(caught.value)


def test_a_title_that_does_not_fit_names_its_scene(edit) -> None:
    folder = edit("{en: Who is poor, zh: 谁贫困}", f'{{en: "{"long title " * 200}", zh: 谁贫困}}')
    scene = load_story(folder).episodes[0].scenes[0]
    size = Size(320, 180)
    fonts = load_fonts("en", ["long title"])
    with pytest.raises(StoryError, match="does not fit its place") as caught:
        compose(
            painter(scene, PaintStage(size.virtual, "en", EpisodeFigures({}, {}))),
            Canvas(size),
            fonts,
        )
    assert "scene 1 (title)" in str(caught.value)


def test_a_story_from_right_to_left_is_held_to_the_same_rules(folder: Path) -> None:
    import skia

    (folder / "series.yaml").write_text(
        "series: small\ntitle: الخروج من الفقر\nlanguages: [ar]\nepisodes: [one.yaml]\n", "utf-8"
    )
    (folder / "one.yaml").write_text(ARABIC, "utf-8")
    out = folder / "out"
    report = build(folder, out, FilmOptions(sizes=(Size(480, 270),), record=True, preview=True))
    picture = skia.Image.open(str(report.made[0].path))
    assert picture.width() > 1000
    long = ARABIC.replace("تحت خط الفقر", "تحت خط الفقر " * 120)
    (folder / "one.yaml").write_text(long, "utf-8")
    with pytest.raises(StoryError, match="does not fit its place"):
        build(folder, out, FilmOptions(sizes=(Size(480, 270),), record=True, preview=True))


ARABIC = """\
episode: one
title: خط الفقر
summary: من هو تحت الخط
sources: {survey: {short: مسح, full: مسح الأسر المعيشية}}
data:
  homes: {file: homes.csv, source: survey}
figures:
  share: {data: homes, share: y < 2, format: percent.1}
scenes:
  - scene: title
    seconds: 4
    title: خط الفقر
    subtitle: ما هو
    say: هذه قصة قصيرة عن خط الفقر وما يعنيه للأسر
  - {scene: number, seconds: 4, title: كم أسرة تحت الخط, value: share, label: تحت خط الفقر}
  - {scene: text, seconds: 4, title: الخط قاعدة, text: "من يعيش بأقل منه يعد فقيرا ({share})"}
"""
