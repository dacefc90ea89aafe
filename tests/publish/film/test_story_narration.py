"""Narration: when each caption is spoken, and a real speech engine on the shipped series."""

from __future__ import annotations

import shutil
import wave
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.api.filming import services as _services
from exitline.publish.film import load_story
from exitline.publish.film.bound.binding import bind
from exitline.publish.film.media.captions import cues_of
from exitline.publish.film.media.sound import PAUSE, SILENCE, narrate, starts
from exitline.publish.film.model import FPS
from exitline.stats.engine.session import session

SERIES = "examples/series-out-of-poverty"


@given(
    st.lists(st.tuples(st.floats(0.2, 5), st.floats(0.1, 4)), min_size=1, max_size=6),
    st.floats(0, 3),
)
def test_speeches_never_overlap_and_end_in_time(parts, slack):
    wanted = np.cumsum([0.0] + [gap for gap, _ in parts[:-1]]).tolist()
    long = [seconds for _, seconds in parts]
    end = sum(long) + PAUSE * len(long) + slack
    found = starts(wanted, long, end)
    for i, (begin, seconds) in enumerate(zip(found, long, strict=True)):
        assert begin + seconds <= end + 1e-5
        assert i == 0 or begin >= found[i - 1] + long[i - 1] + PAUSE - 1e-5


def test_with_time_enough_each_speech_begins_with_its_caption():
    assert starts([0.0, 3.0, 5.0], [1.0, 1.0, 1.0], 9.0) == [0.0, 3.0, 5.0]


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng (Debian: espeak-ng)")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_shipped_series_is_spoken_within_its_scenes(tmp_path: Path, language: str):
    """Every episode can be narrated; where a scene changes, the voice is silent."""
    story = load_story(SERIES)
    for episode in story.episodes:
        with session() as engine:
            bound = bind(episode, engine, tmp_path / episode.name, _services())
        cues = cues_of(episode, language, bound)
        path = tmp_path / f"{episode.name}.wav"
        narrate(cues, language, episode.frames, path)
        with wave.open(str(path), "rb") as sound:
            rate = sound.getframerate()
            track = np.frombuffer(sound.readframes(sound.getnframes()), np.int16).astype(np.int32)
        assert len(track) / rate == pytest.approx(episode.seconds, abs=1.1)
        loud = np.abs(track) > SILENCE
        for _, group in groupby(cues, key=lambda cue: cue.scene):
            scene = list(group)
            begin, end = (int(f * rate / FPS) for f in (scene[0].start, scene[-1].end))
            assert loud[begin:end].mean() > 0.1
            assert not loud[begin - int(0.05 * rate) : begin].any()
