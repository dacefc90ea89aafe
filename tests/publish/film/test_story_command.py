"""The command, watching, and the series that is shipped."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from exitline.api.filming import files_of, watch_story
from exitline.cli.story import command
from exitline.errors import ExitlineError
from exitline.publish.film import FigureChangedError, StoryError, load_story

SERIES = Path(__file__).parents[3] / "examples" / "series-out-of-poverty"
SMALL = ["--size", "320x180", "--lang", "en"]


def _run(*arguments: str):
    return CliRunner().invoke(command, ["build", *arguments], standalone_mode=False)


def test_a_story_is_recorded_built_and_listed(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = _run(str(folder), "--out", str(out), "--record", "--preview", *SMALL)
    assert done.exception is None
    assert "4 figures" in done.output or "figures recorded" in done.output
    done = _run(str(folder), "--out", str(out), "--json", *SMALL)
    listed = json.loads(done.output)
    assert listed["series"] == "small"
    assert [made["kind"] for made in listed["made"]] == ["film"]
    assert Path(listed["made"][0]["path"]).is_file()
    assert listed["recorded"] == []


def test_unrecorded_figures_stop_the_command(folder: Path, tmp_path: Path) -> None:
    done = _run(str(folder), "--out", str(tmp_path / "out"), "--preview", *SMALL)
    assert isinstance(done.exception, FigureChangedError)
    assert not (tmp_path / "out").exists()


def test_narration_and_sound_exclude_each_other(folder: Path) -> None:
    done = _run(str(folder), "--narration", "--sound", str(folder / "homes.csv"))
    assert "exclude each other" in str(done.exception.message)


def test_help_ends_with_examples() -> None:
    done = CliRunner().invoke(command, ["build", "--help"])
    for option in ("--preview", "--watch", "--lang", "--size", "--burn-captions",
                   "--reduced-motion", "--narration", "--sound", "--record", "--json"):  # fmt: skip
        assert option in done.output
    assert "Examples:" in done.output


def test_watching_builds_again_after_each_change_and_survives_faults(folder: Path) -> None:
    built: list[str] = []
    faults: list[str] = []
    steps = iter(
        [
            lambda: None,
            lambda: None,
            lambda: (folder / "homes.csv").write_text("y,w,area,year\n1,1,a,2018\n"),
            lambda: (folder / "one.yaml").write_text("episode: ["),
            lambda: None,
        ]
    )

    def again() -> bool:
        step = next(steps, None)
        if step is not None:
            step()
        return step is not None

    def rebuild() -> None:
        built.append("once")
        load_story(folder)

    def complain(reason: ExitlineError) -> None:
        faults.append(reason.what)

    watch_story(folder, rebuild, complain=complain, again=again, pause=0.0)
    assert len(built) == 3
    assert faults == ["the file is not valid YAML"]


def test_every_file_that_a_story_is_made_from_is_watched(folder: Path) -> None:
    assert {path.name for path in files_of(load_story(folder))} == {
        "series.yaml", "one.yaml", "homes.csv", "figures.lock.json",
    }  # fmt: skip


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory):
    """The series with its figures, computed as the command computes them."""
    from exitline.api.filming import services
    from exitline.publish.film import bind
    from exitline.stats.engine.session import session

    story = load_story(SERIES)
    work = tmp_path_factory.mktemp("work")
    with session() as engine:
        return story, {e.name: bind(e, engine, work / e.name, services()) for e in story.episodes}


def test_the_series_has_the_figures_that_are_known(shipped) -> None:
    _, bound = shipped
    trial = bound["does-it-last"].figures
    known = {"homes": 854, "poor": 198, "out_out": 68, "out_in": 45}
    assert {name: trial[name].value for name in known} == known
    # R: prop.test(c(223, 167), c(446, 408), correct = FALSE), estimates and conf.int
    never = ("never_offered", "never_not_offered", "never_apart", "never_apart_low",
             "never_apart_high")  # fmt: skip
    assert [trial[name].value for name in never] == pytest.approx(
        [0.5, 0.4093137, 0.0906863, 0.02413038, 0.15724217], abs=5e-8
    )
    sentence = bound["a-published-sentence"].figures
    assert [sentence[n].value for n in ("households", "people", "villages")] == [2567, 12933, 45]
    assert [sentence[n].written("en") for n in ("size", "last", "counties")] == [
        "5.04", "52", "832",
    ]  # fmt: skip
    assert [line.value for line in (bound["the-line"].figures[n] for n in ("low", "new"))] == [
        2.15, 3.0,
    ]  # fmt: skip
    listed = bound["the-list"]
    left = [p.value for p in listed.points["left_over"].points]
    assert [832 - left[0], *(a - b for a, b in pairwise(left))] == [
        28, 125, 283, 344, 52,
    ]  # fmt: skip
    albania = bound["one-in-seven"].figures
    assert albania["share"].value == pytest.approx(0.14273886, abs=5e-9)
    assert albania["one_in"].written("en") == "seven"
    assert albania["poor"].written("en") == "14.3\u00a0%"
    # published by the World Bank's PIP: 83.7 % in 1990 and 0.26 % in 2019, below $2.15
    line = bound["the-line"].figures
    assert (line["poor_1990"].written("en"), line["poor_2019"].written("en")) == (
        "83.7\u00a0%", "0.3\u00a0%",
    )  # fmt: skip


def test_the_series_is_as_recorded_and_begins_with_what_it_found(shipped) -> None:
    from exitline.publish.film.bound.binding import changes
    from exitline.publish.film.paint.base import PaintStage
    from exitline.publish.film.paint.registry import painter
    from exitline.publish.film.theme import HOLD, Size

    story, bound = shipped
    assert changes(story, bound) == ()
    assert story.languages == ("en", "zh")
    assert len(story.episodes) == 5
    for episode in story.episodes:
        assert 40 <= episode.seconds <= 60
        first, last = episode.scenes[0], episode.scenes[-1]
        assert first.finding
        assert first.seconds - HOLD <= 8.0
        assert last.kind == "closing"
        assert last.seconds <= 8.0
        assert not {"method", "sources", "credits"} & {s.kind for s in episode.scenes}
        stage = PaintStage(Size(1920, 1080), "en", bound[episode.name], episode.sources)
        moving = sum(painter(scene, stage).move_seconds for scene in episode.scenes)
        assert moving >= 0.6 * episode.seconds


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("upright", [False, True])
def test_every_picture_of_the_series_is_legible(shipped, language: str, upright: bool) -> None:
    from exitline.publish.film.making.options import UPRIGHT, WIDE
    from exitline.publish.film.making.prepare import check, prepare

    story, bound = shipped
    for episode in story.episodes:
        try:
            ready = prepare(story, episode, bound[episode.name], language)
        except StoryError as reason:
            if "no font" in reason.what:
                pytest.skip(str(reason.remedy))
            raise
        check(ready, (UPRIGHT if upright else WIDE,))


def test_the_list_says_on_screen_that_it_is_no_evidence(shipped) -> None:
    story, bound = shipped
    episode = next(e for e in story.episodes if e.name == "the-list")
    known = bound["the-list"].figures
    noted = [
        s for s in episode.scenes
        if s.note is not None and "not evidence" in s.note.say("en", known)
    ]  # fmt: skip
    assert {s.kind for s in noted} >= {"map", "tiles", "waffle", "journey", "text"}


@pytest.mark.parametrize("word", ["success", "victory", "failure", "miracle", "heroic", "great"])
def test_the_series_praises_nobody(word: str) -> None:
    for file in SERIES.glob("*.yaml"):
        assert word not in file.read_text("utf-8").lower()


def test_a_build_that_fails_leaves_no_file_and_no_record(tmp_path, monkeypatch):
    """The record of figures and the films are one set."""
    import shutil

    from exitline.errors import ExitlineError
    from exitline.publish.film import build
    from exitline.publish.film.making import make
    from exitline.publish.film.making.options import FilmOptions

    story = tmp_path / "examples" / "series-out-of-poverty"
    shutil.copytree("examples", tmp_path / "examples", ignore=shutil.ignore_patterns("out*"))
    lock = (story / "figures.lock.json").read_text()
    (story / "figures.lock.json").unlink()
    calls = []

    def failing(*arguments):
        calls.append(arguments)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(make, "make_sheet", failing)
    options = FilmOptions(languages=("en",), episodes=("the-line",), preview=True, record=True)
    with pytest.raises(ExitlineError, match="cannot be written"):
        build(story, tmp_path / "films", options)
    assert calls
    assert not (story / "figures.lock.json").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["examples"]
    monkeypatch.undo()
    (story / "figures.lock.json").write_text(lock)
    made = build(story, tmp_path / "films", options)
    assert [one.path.is_file() for one in made.made] == [True] * 2
    assert not list(tmp_path.rglob(".*"))
