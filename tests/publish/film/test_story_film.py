"""Films: what comes out is what was asked for, whole, and the same each time."""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from exitline.files import OutputError
from exitline.publish.film import FilmOptions, StoryError, build
from exitline.publish.film.making.look import FilmLook
from exitline.publish.film.making.options import read_size
from exitline.publish.film.media.encode import Film, Track, encoder, encoding
from exitline.publish.film.media.mp4 import tracks
from exitline.publish.film.theme import Size

SMALL = Size(320, 180)
ENGLISH = FilmOptions(languages=("en",), sizes=(SMALL,), record=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, write_story):
    """A story built once, in two languages."""
    folder = write_story(tmp_path_factory.mktemp("story"))
    out = tmp_path_factory.mktemp("out")
    return folder, out, build(folder, out, FilmOptions(sizes=(SMALL,), record=True))


def _frames(path: Path, chosen: str = "1") -> np.ndarray:
    """Frames of a film as grey pictures, decoded by the encoder's own program."""
    done = subprocess.run(
        [encoder(), "-v", "error", "-i", str(path), "-vf", f"select='{chosen}'", "-fps_mode", "vfr",
         "-f", "rawvideo", "-pix_fmt", "gray", "-"], capture_output=True, check=True,
    )  # fmt: skip
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, SMALL.height, SMALL.width)


def _own_first(made) -> list[str]:
    """Languages of the captions as MP4 names them: players show the first one."""
    return ["eng", "zho"] if made.language == "en" else ["zho", "eng"]


def test_streams_length_and_frames_are_as_the_decoder_sees_them(built) -> None:
    _, out, report = built
    for made in report.made:
        said = subprocess.run(
            [encoder(), "-hide_banner", "-i", str(made.path), "-map", "0:v", "-f", "null", "-"],
            capture_output=True, check=True,
        ).stderr.decode()  # fmt: skip
        assert "Duration: 00:00:08.00" in said
        assert re.search(r"Video: h264 .*yuv420p\(tv, bt709.*320x180.* 30 fps", said)
        assert re.findall(r"\((\w{3})\): Subtitle: mov_text", said) == _own_first(made)
        assert re.findall(r"frame= *(\d+)", said)[-1] == "240"
    assert {m.path.name for m in report.made} == {"one.en.320x180.mp4", "one.zh.320x180.mp4"}
    assert not list(out.rglob("*.partial"))


def test_the_box_reader_agrees_with_the_decoder(built) -> None:
    for made in built[2].made:
        picture, *captions = tracks(made.path)
        assert (picture.kind, picture.codec, picture.samples) == ("vide", "avc1", 240)
        assert (picture.width, picture.height, picture.seconds) == (320, 180, 8.0)
        assert picture.fps == 30.0
        assert [(t.codec, t.language) for t in captions] == [
            ("tx3g", code) for code in _own_first(made)
        ]


def test_first_and_last_frame_are_not_blank(built) -> None:
    for made in built[2].made:
        frames = _frames(made.path, "eq(n,0)+eq(n,239)")
        assert len(frames) == 2
        assert all(np.ptp(frame) > 100 for frame in frames)
        assert abs(frames[0].astype(int) - frames[1]).max() > 100


def test_the_embedded_captions_are_those_beside_the_film(built) -> None:
    _, out, report = built
    for made in report.made:
        for i, code in enumerate(("en", "zh") if made.language == "en" else ("zh", "en")):
            done = subprocess.run(
                [encoder(), "-v", "error", "-i", str(made.path), "-map", f"0:s:{i}", "-f", "srt",
                 "-"],
                capture_output=True, check=True,
            )  # fmt: skip
            beside = (out / "one" / f"one.{code}.srt").read_text("utf-8")
            texts = [re.findall(r"^(?!\d)\S.*$", t, re.M) for t in (done.stdout.decode(), beside)]
            assert texts[0] == texts[1]
            assert texts[1]


def test_captions_lie_inside_the_film(built) -> None:
    _, out, _ = built
    for code in ("en", "zh"):
        text = (out / "one" / f"one.{code}.vtt").read_text("utf-8")
        times = [60 * int(m) + float(s) for m, s in re.findall(r"00:(\d\d):(\d\d\.\d{3})", text)]
        assert times == sorted(times)
        assert times[0] == 0.0
        assert times[-1] <= 8.0


def test_two_builds_give_identical_bytes(built, tmp_path: Path) -> None:
    folder, out, _ = built
    build(folder, tmp_path / "again", FilmOptions(sizes=(SMALL,)))
    first = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    again = tmp_path / "again"
    second = {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert first == second
    assert len(first) == 17


def test_what_stands_beside_a_film(built) -> None:
    _, out, _ = built
    listed = json.loads((out / "one" / "one.figures.json").read_text("utf-8"))
    share = next(f for f in listed["figures"] if f["name"] == "share")
    assert share["scenes"] == [2]
    assert share["written"]["zh"] == "40.0%" or share["written"]["zh"].endswith("%")
    assert share["reference"] == "share of y < 2 weighted by w of homes"
    assert share["sources"] == ["A survey of 2020"]
    assert re.fullmatch(r"[0-9a-f]{64}", share["files"][0]["sha256"])
    transcript = (out / "one" / "one.en.transcript.txt").read_text("utf-8")
    assert "[0:04] On screen: Some are below the line" in transcript
    assert f"Said: {share['written']['en']} are below the line." in transcript
    assert "A survey of 2020" in transcript
    alt = (out / "one" / "one.zh.alt.txt").read_text("utf-8").splitlines()
    assert len(alt) == 2
    assert "有人低于线" in alt[1]


def test_the_page_has_players_captions_figures_and_nothing_from_elsewhere(built) -> None:
    _, out, report = built
    assert [page.name for page in report.pages] == ["index.html", "index.zh.html"]
    for code, page in zip(("en", "zh"), report.pages, strict=True):
        text = page.read_text("utf-8")
        assert f'<html lang="{code}">' in text
        assert "http://" not in text
        assert "https://" not in text
        assert "<script" not in text
        for path in re.findall(r'(?:src|href|poster)="([^"#]+)"', text):
            assert path.startswith("data:text/vtt") or (out / path).is_file(), path
        inside = re.search(r'srclang="(\w+)"[^>]*src="data:text/vtt;base64,([^"]+)"', text)
        beside = (out / "one" / f"one.{code}.vtt").read_bytes()
        assert inside.group(1) == code
        assert base64.b64decode(inside.group(2)) == beside
        assert 'kind="captions"' in text
        assert "share of y &lt; 2" in text


def test_reduced_motion_moves_nothing_within_a_scene(folder: Path, tmp_path: Path) -> None:
    options = FilmOptions(("en",), sizes=(SMALL,), record=True, look=FilmLook(reduced_motion=True))
    made = build(folder, tmp_path / "out", options).made[0]
    assert made.path.name == "one.en.320x180.still.mp4"
    frames = _frames(made.path)
    assert len(frames) == 240
    changes = np.abs(np.diff(frames.astype(int), axis=0)).max(axis=(1, 2))
    assert [i for i, change in enumerate(changes) if change > 40] == [119]
    _then_the_page_keeps_what_was_there(folder, tmp_path / "out")


def _then_the_page_keeps_what_was_there(folder: Path, out: Path) -> None:
    """Another language in the same folder: both pages, each with its film."""
    upright = FilmOptions(("zh",), sizes=(Size(180, 320),))
    pages = build(folder, out, upright).pages
    assert [page.name for page in pages] == ["index.html", "index.zh.html"]
    assert "one.en.320x180.still.mp4" in pages[0].read_text("utf-8")
    assert "one.zh.180x320.mp4" in pages[1].read_text("utf-8")
    listed = json.loads((out / "one" / "one.figures.json").read_text("utf-8"))
    assert set(listed["figures"][0]["written"]) == {"en", "zh"}


def test_burned_captions_are_in_the_picture(built, tmp_path: Path) -> None:
    folder, _, report = built
    options = FilmOptions(("en",), sizes=(SMALL,), look=FilmLook(burn_captions=True))
    burned = _frames(build(folder, tmp_path / "out", options).made[0].path, "eq(n,60)")[0]
    plain = _frames(report.made[0].path, "eq(n,60)")[0]
    low, high = int(180 * 0.82), int(180 * 0.95)
    assert np.ptp(plain[low:high]) < 20
    assert np.ptp(burned[low:high]) > 100
    assert np.abs(burned[: int(180 * 0.7)].astype(int) - plain[: int(180 * 0.7)]).max() < 40


def test_a_preview_makes_contact_sheets_only(folder: Path, tmp_path: Path) -> None:
    report = build(folder, tmp_path / "out", FilmOptions(sizes=(SMALL,), record=True, preview=True))
    names = sorted(p.name for p in (tmp_path / "out").rglob("*"))
    assert names == ["one.en.320x180.sheet.png", "one.zh.320x180.sheet.png"]
    assert {made.kind for made in report.made} == {"contact sheet"}
    assert all(made.path.read_bytes().startswith(b"\x89PNG") for made in report.made)


def test_a_full_disk_leaves_nothing_under_the_final_name(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "one").mkdir(parents=True)
    before = out / "one" / "one.en.320x180.mp4"
    before.write_bytes(b"the film of yesterday")
    build(folder, tmp_path / "sheets", FilmOptions(record=True, preview=True, sizes=(SMALL,)))
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000));"
        "from exitline.cli import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "story", "build", str(folder), "--out", str(out),
         "--lang", "en", "--size", "320x180"], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert "room" in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in (out / "one").iterdir()] == [before.name]
    assert before.read_bytes() == b"the film of yesterday"


def _send(film: Film, frames: int) -> None:
    """Encode a number of black pictures."""
    with encoding(film) as video:
        for frame in range(frames):
            video.picture(frame, memoryview(bytes(SMALL.width * SMALL.height * 4)))


def _break_off(film: Film) -> None:
    """Encode one picture, then fail."""
    with encoding(film) as video:
        video.picture(0, memoryview(bytes(SMALL.width * SMALL.height * 4)))
        raise ZeroDivisionError


def test_an_encoder_that_fails_is_told_apart_from_a_full_disk(tmp_path: Path) -> None:
    sound = tmp_path / "sound.wav"
    sound.write_bytes(b"no sound at all")
    film = Film(tmp_path / "film.mp4", SMALL, 2, (Track("en", ""),), sound)
    with pytest.raises(StoryError, match="could not be encoded"):
        _send(film, 200)


def test_an_encoder_is_ended_when_drawing_fails(tmp_path: Path) -> None:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not children.is_file():
        pytest.skip("needs /proc, which lists child processes")
    before = set(children.read_text().split())  # other tests' Spark, for instance
    film = Film(tmp_path / "film.mp4", SMALL, 100)
    with pytest.raises(ZeroDivisionError):
        _break_off(film)
    assert set(children.read_text().split()) <= before


def test_an_output_folder_that_is_a_file_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        build(folder, tmp_path / "out", ENGLISH)


@pytest.mark.parametrize("text", ["1920", "1921x1080", "100x100", "9999x100", "axb", ""])
def test_sizes_that_no_film_can_have_are_refused(text: str) -> None:
    with pytest.raises(StoryError, match="no size for a film"):
        read_size(text)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (FilmOptions(languages=("fr",)), "not told in 'fr'"),
        (FilmOptions(episodes=("two",)), "there is no episode 'two'"),
    ],
)
def test_languages_and_episodes_that_are_not_there_are_refused(
    folder: Path, tmp_path: Path, options: FilmOptions, said: str
) -> None:
    with pytest.raises(StoryError, match=said):
        build(folder, tmp_path, options)


def test_a_truncated_film_is_not_read(built, tmp_path: Path) -> None:
    content = built[2].made[0].path.read_bytes()
    for cut in (0, 10, len(content) // 2, len(content) - 1):
        (tmp_path / "cut.mp4").write_bytes(content[:cut])
        with pytest.raises(StoryError, match="not a whole MP4"):
            tracks(tmp_path / "cut.mp4")


def _wave(path: Path, seconds: float, rate: int = 22050) -> None:
    """A tone."""
    tone = (8000 * np.sin(np.arange(int(seconds * rate)) * 0.1)).astype(np.int16)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(tone.tobytes())


@pytest.mark.parametrize("seconds", [2.0, 20.0])
def test_a_sound_track_is_made_as_long_as_the_film(
    folder: Path, tmp_path: Path, seconds: float
) -> None:
    _wave(tmp_path / "music.wav", seconds)
    options = FilmOptions(("en",), sizes=(SMALL,), record=True, sound=tmp_path / "music.wav")
    made = [build(folder, tmp_path / name, options).made[0].path for name in ("a", "b")]
    sound = next(track for track in tracks(made[0]) if track.kind == "soun")
    assert sound.codec == "mp4a"
    assert sound.seconds == pytest.approx(8.0, abs=0.05)
    assert made[0].read_bytes() == made[1].read_bytes()


def _engine(folder: Path, seconds: float) -> None:
    """A speech engine that hums for a while, whatever it is given."""
    _wave(folder / "hum.wav", seconds)
    script = folder / "espeak-ng"
    script.write_text(
        '#!/bin/sh\ncat > /dev/null\nwhile [ "$1" != -w ]; do shift; done\n'
        f'cp "{folder}/hum.wav" "$2"\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def test_captions_are_spoken_at_their_time(folder: Path, tmp_path: Path, monkeypatch) -> None:
    _engine(tmp_path, 1.0)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    made = build(folder, tmp_path / "out", FilmOptions(("en",), sizes=(SMALL,), record=True,
                 narration=True)).made[0]  # fmt: skip
    done = subprocess.run(
        [encoder(), "-v", "error", "-i", str(made.path), "-f", "s16le", "-ac", "1", "-ar", "8000",
         "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    said = subprocess.run([encoder(), "-i", str(made.path)], capture_output=True, check=False)
    assert re.search(r"\(eng\): Audio: aac", said.stderr.decode())
    loud = np.abs(np.frombuffer(done.stdout, np.int16).astype(float))
    assert loud[800:7200].mean() > 1000
    assert loud[12000:30000].mean() < 50
    assert loud[33000:39000].mean() > 1000


def test_a_caption_that_cannot_be_spoken_in_its_time_is_refused(
    folder: Path, tmp_path: Path, monkeypatch
) -> None:
    _engine(tmp_path, 9.0)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(StoryError, match="cannot be spoken in the time of their scene"):
        build(
            folder,
            tmp_path / "out",
            FilmOptions(("en",), sizes=(SMALL,), record=True, narration=True),
        )


def test_narration_without_an_engine_names_the_package(
    folder: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoryError, match="needs a speech engine") as caught:
        build(
            folder,
            tmp_path / "out",
            FilmOptions(("en",), sizes=(SMALL,), record=True, narration=True),
        )
    assert "apt install espeak-ng" in str(caught.value)
