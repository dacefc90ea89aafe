"""Captions: what look.md asks for, whatever is said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.publish.film.errors import StoryError
from exitline.publish.film.media.captions import (
    CHINESE,
    LATIN,
    Cue,
    cut,
    pace_of,
    scene_cues,
    subrip,
    webvtt,
    wrap,
)
from exitline.publish.film.model import FPS, Scene

WORDS = st.lists(
    st.text(alphabet="abcdefgh", min_size=1, max_size=12), min_size=1, max_size=18
).map(" ".join)
CHARACTERS = st.text(alphabet="县名单退出线人的，。", min_size=1, max_size=60).filter(
    lambda text: text[0] not in "，。"
)


def _hold(cues: list[Cue], language: str, start: int, frames: int) -> None:
    """The rules of look.md, on finished captions."""
    pace = pace_of(language)
    at = start
    for cue in cues:
        seconds = (cue.end - cue.start) / FPS
        assert cue.start >= at
        assert cue.end <= start + frames
        assert 1.0 - 1 / FPS <= seconds <= 7.0 + 1 / FPS
        assert 1 <= len(cue.lines) <= 2
        assert all(pace.count(line) <= pace.line for line in cue.lines)
        assert pace.count(cue.text) / seconds <= pace.speed * (1 + 1.1 / (seconds * FPS))
        at = cue.end


def _cues(scene: Scene, text: str, language: str, start: int = 0) -> list[Cue] | None:
    """Captions, or nothing where they were refused for their length."""
    try:
        return scene_cues(scene, text, language, start)
    except StoryError as reason:
        if "too long" not in reason.what:
            raise
        return None


@given(text=WORDS, seconds=st.sampled_from([4.0, 6.0, 8.0]), start=st.integers(0, 1000))
def test_english_captions_keep_the_rules_or_are_refused(
    text: str, seconds: float, start: int
) -> None:
    scene = Scene(number=1, seconds=seconds)
    cues = _cues(scene, text, "en", start)
    if cues is None:
        return
    _hold(cues, "en", start, scene.frames)
    assert " ".join(cue.text for cue in cues) == text


@given(text=CHARACTERS, seconds=st.sampled_from([4.0, 6.0, 8.0]))
def test_chinese_captions_keep_the_rules_or_are_refused(text: str, seconds: float) -> None:
    scene = Scene(number=1, seconds=seconds)
    cues = _cues(scene, text, "zh")
    if cues is None:
        return
    _hold(cues, "zh", 0, scene.frames)
    assert "".join(cue.text for cue in cues) == text
    assert all(line[0] not in "，。" for cue in cues for line in cue.lines)


def test_a_caption_too_long_for_its_time_says_how_long_it_needs() -> None:
    scene = Scene(number=3, seconds=4.0, where="one.yaml:20")
    with pytest.raises(StoryError) as caught:
        scene_cues(scene, "many words " * 12, "en")
    shown = str(caught.value)
    assert "one.yaml:20, scene 3" in shown
    assert "at most 68 characters in 4 seconds (17 a second)" in shown
    assert "need 7.6 seconds" in shown


def test_a_word_longer_than_a_line_is_refused() -> None:
    with pytest.raises(StoryError, match="too long for a line"):
        cut("x" * 38, LATIN, "en")


def test_lines_break_at_commas_rather_than_within_chinese_words() -> None:
    lines = wrap("它有两处断点：先是消费取代收入，后来换了新的调查。", CHINESE, "zh")
    assert lines == ("它有两处断点：先是消费取代收入，", "后来换了新的调查。")


def test_figures_are_never_broken_over_lines() -> None:
    text = "So the answer is 14.3\u00a0%, with an interval from 12.6\u00a0% to 16.1\u00a0%."
    assert "16.1\u00a0%." in wrap(text, LATIN, "en")[1]


def test_files_have_the_form_that_players_read() -> None:
    cues = [Cue(0, 45, ("a < b", "second"), 1), Cue(45, 108001, ("end",), 1)]
    assert webvtt(cues, "en").startswith(
        "WEBVTT\nLanguage: en\n\n1\n00:00:00.000 --> 00:00:01.500\n"
    )
    assert "a &lt; b\nsecond" in webvtt(cues, "en")
    assert "a < b" in subrip(cues)
    times = re.findall(r"(\d\d:\d\d:\d\d,\d{3}) --> (\d\d:\d\d:\d\d,\d{3})", subrip(cues))
    assert times == [("00:00:00,000", "00:00:01,500"), ("00:00:01,500", "01:00:00,033")]
    assert subrip([]) == ""


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("words", ["50 % गरीब थे।", "50 % দরিদ্র ছিল।", "50 % పేదలు."])
def test_a_caption_of_a_tall_script_stays_in_its_place(words: str, lines: int) -> None:
    """Placed by the height of its own script, which reaches far below the line."""
    pytest.importorskip("skia")
    from exitline.publish.film.canvas import Ink
    from exitline.publish.film.fonts import load_fonts
    from exitline.publish.film.frames import Canvas, draw_caption
    from exitline.publish.film.making.prepare import faults, safe_area
    from exitline.publish.film.paint.base import caption_box
    from exitline.publish.film.theme import Size

    for size in (Size(1920, 1080), Size(1080, 1920)):
        canvas = Canvas(size)  # it owns the pixels
        ink = Ink(canvas.skia, size, "hi", load_fonts("hi", [words]))
        draw_caption(ink, Cue(0, 60, (words,) * lines, 1))
        assert faults(ink.log, size) == []
        assert all(caption_box(size).holds(text.box, slack=1.0) for text in ink.log)
        assert safe_area(size).holds(ink.log[-1].box, slack=1.0)
