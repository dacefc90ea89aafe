"""Building a series: figures first, then every picture is checked, then films and what goes
with them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from exitline.errors import unknown
from exitline.files import whole_file
from exitline.folders import filled_folder
from exitline.publish.film.bound.binding import (
    ChangedFigure,
    Services,
    bind,
    changes,
    record_text,
    refuse_changes,
)
from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.fonts import Fonts
from exitline.publish.film.frames import Canvas, Reel, compose
from exitline.publish.film.lettering import Style
from exitline.publish.film.load import load_story
from exitline.publish.film.making.options import FilmOptions, Made, Report
from exitline.publish.film.making.prepare import ReadyEpisode, check, painters, prepare
from exitline.publish.film.making.sidecar import (
    beside_others,
    film_path,
    folder_for,
    write,
    write_beside,
    write_pages,
)
from exitline.publish.film.media.captions import subrip
from exitline.publish.film.media.encode import Film, encoding, tracks_of
from exitline.publish.film.media.mp4 import tracks
from exitline.publish.film.media.sound import narrate, write_bed
from exitline.publish.film.model import Episode, Story
from exitline.publish.film.paint.base import Painter
from exitline.publish.film.theme import Size
from exitline.stats.engine.session import session

Say = Callable[[str], None]

AT_A_TIME = 2
"""Films that are made at once; each takes about 400 MB at 1920x1080."""


def build(
    path: str | Path,
    out: str | Path,
    options: FilmOptions | None = None,
    *,
    services: Services | None = None,
    say: Say = lambda _: None,
) -> Report:
    """Build a series: films, captions, transcripts, lists of figures and a page.

    Parameters
    ----------
    path : str or Path
        The series file or its folder.
    out : str or Path
        Folder of the results; all files of a build appear, or none. Others stay.
    options : FilmOptions, optional
    services : Services, optional
        For figures from studies and from claim files.
    say : callable
        Told, in a few words, what is being done.

    Returns
    -------
    Report

    Raises
    ------
    FigureChangedError
        When a figure is not what was recorded.
    StoryError, OutputError
        For whatever cannot be told, drawn, read in its time or written.
    """
    options = options or FilmOptions()
    story = load_story(path)
    chosen = _chosen(story, options)
    languages = _languages(story, options)
    final = Path(out)
    with tempfile.TemporaryDirectory() as work, filled_folder(final) as (folder, elsewhere):
        bind_all = partial(_bind, work=Path(work), services=services or Services(), say=say)
        bound = bind_all(chosen)
        recorded = _held_against_record(story, bound, options)
        if options.record:
            elsewhere[story.lock] = record_text(story, bound).encode()
        ready = [
            prepare(story, episode, bound[episode.name], language)
            for episode in chosen
            for language in languages
        ]
        for one in ready:
            check(one, options.sizes)
        pages: tuple[Path, ...] = ()
        if options.preview:
            made = tuple(make_sheet(one, size, folder) for one in ready for size in options.sizes)
        else:
            made = _films(ready, folder, options, Path(work), say)
            for one in ready:
                write_beside(story, one, folder, options)
            shown = beside_others(
                story, ready, final, lambda others: _held(story, others, bind_all)
            )
            pages = write_pages(story, shown, (folder, final), options)
    return Report(
        story,
        tuple(replace(one, path=final / one.path.relative_to(folder)) for one in made),
        recorded,
        tuple(final / page.relative_to(folder) for page in pages),
    )


def _films(
    ready: Sequence[ReadyEpisode], folder: Path, options: FilmOptions, work: Path, say: Say
) -> tuple[Made, ...]:
    """Every film: two at a time, so that one is drawn while another is encoded."""
    sounds = {id(one): sound_of(one, options, work) for one in ready}

    def film(job: tuple[ReadyEpisode, Size]) -> Made:
        one, size = job
        say(f"{one.episode.name}, {one.language}, {size.name}: {one.episode.frames} frames")
        return make_film(one, size, folder, options, sounds[id(one)])

    jobs = [(one, size) for one in ready for size in options.sizes]
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        futures = [pool.submit(film, job) for job in jobs]
        try:
            return tuple(future.result() for future in futures)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _chosen(story: Story, options: FilmOptions) -> tuple[Episode, ...]:
    """The episodes asked for."""
    known = {episode.name: episode for episode in story.episodes}
    for name in options.episodes:
        if name not in known:
            raise unknown("episode", name, known, error=StoryError, where=str(story.path))
    return tuple(e for e in story.episodes if not options.episodes or e.name in options.episodes)


def _languages(story: Story, options: FilmOptions) -> tuple[str, ...]:
    """The languages asked for."""
    for code in options.languages:
        if code not in story.languages:
            raise StoryError(
                f"the story is not told in '{code}'", where=str(story.path),
                expected=", ".join(story.languages), got=code, remedy="choose one of these",
            )  # fmt: skip
    return options.languages or story.languages


def _bind(
    episodes: Sequence[Episode], work: Path, services: Services, say: Say
) -> dict[str, EpisodeFigures]:
    """Compute the figures of each episode."""
    bound = {}
    with session() as engine:
        for episode in episodes:
            say(f"{episode.name}: computing {len(episode.figures)} figures")
            bound[episode.name] = bind(episode, engine, work / episode.name, services)
    return bound


def _held(
    story: Story,
    others: Sequence[Episode],
    bind_all: Callable[[Sequence[Episode]], dict[str, EpisodeFigures]],
) -> dict[str, EpisodeFigures]:
    """Figures of films that were built before; one that changed stops the build."""
    bound = bind_all(others) if others else {}
    refuse_changes(changes(story, bound), story)
    return bound


def _held_against_record(
    story: Story, bound: Mapping[str, EpisodeFigures], options: FilmOptions
) -> tuple[ChangedFigure, ...]:
    """Refuse figures that changed, unless they are to be recorded."""
    found = changes(story, bound)
    if options.record:
        return found
    refuse_changes(found, story)
    return ()


def make_sheet(ready: ReadyEpisode, size: Size, folder: Path) -> Made:
    """A contact sheet."""
    episode = ready.episode
    path = folder / f"{episode.name}.{ready.language}.{size.name}.sheet.png"
    heading = f"{episode.name} · {ready.language} · {size.name} · {episode.seconds:g} s"
    write(path, contact_sheet(painters(ready, size), ready.fonts, heading))
    return Made(
        episode.name, ready.language, "contact sheet", path, episode.seconds, episode.frames
    )


def make_film(
    ready: ReadyEpisode, size: Size, folder: Path, options: FilmOptions, sound: Path | None
) -> Made:
    """Draw and encode one film, and look into what came out.

    Parameters
    ----------
    ready : ReadyEpisode
    size : Size
    folder : Path
        Of all results.
    options : FilmOptions
    sound : Path, optional
        As `sound_of` gave it.

    Raises
    ------
    OutputError
        When it cannot be written whole; then nothing stands under its name.
    """
    episode = ready.episode
    path = film_path(folder, episode.name, ready.language, size, options.look)
    folder_for(path.parent)
    own_first = sorted(ready.captions.items(), key=lambda item: item[0] != ready.language)
    captions = tracks_of([(code, subrip(cues)) for code, cues in own_first])
    spoken = ready.language if options.narration else ""
    stage = ready.stage(size)
    reel = Reel(episode, stage, Canvas(size), ready.fonts, ready.cues, options.look)
    with whole_file(path) as partial:
        film = Film(partial, size, episode.frames, captions, sound, spoken)
        with encoding(film) as video:
            for picture in reel.pictures():
                video.picture(picture.frame, picture.pixels)
        _look_into(film, path)
    return Made(episode.name, ready.language, "film", path, episode.seconds, episode.frames)


def sound_of(ready: ReadyEpisode, options: FilmOptions, work: Path) -> Path | None:
    """The sound of an episode in one language: spoken captions, a given track, or
    one made from figures."""
    if options.narration and ready.cues:
        path = work / f"{ready.episode.name}.{ready.language}.wav"
        narrate(ready.cues, ready.language, ready.episode.frames, path)
        return path
    if options.sound is None and ready.episode.bed:
        path = work / f"{ready.episode.name}.{ready.language}.bed.wav"
        row = ready.bound.points[ready.episode.bed]
        write_bed([point.value for point in row.points], ready.episode.frames, path)
        return path
    return options.sound or ready.episode.sound


def _look_into(film: Film, path: Path) -> None:
    """Refuse a film that is not what was asked for."""
    found = tracks(film.path)
    picture = [t for t in found if t.kind == "vide"]
    captions = [t for t in found if t.codec == "tx3g"]
    fits = (
        len(picture) == 1
        and picture[0].samples == film.frames
        and (picture[0].width, picture[0].height) == (film.size.width, film.size.height)
        and len(captions) == len(film.tracks)
        and any(t.kind == "soun" for t in found) == (film.sound is not None)
    )
    if not fits:
        raise StoryError(
            "the film is not what was asked for",
            where=path.name,
            expected=f"{film.frames} frames of {film.size.name}, {len(film.tracks)} captions",
            got=", ".join(f"{t.codec} {t.samples}" for t in found),
            remedy="build it again; report it if it stays",
        )


_GROUND = "#6E6E6E"
_EDGE = 24


def contact_sheet(painted: Sequence[Painter[Any]], fonts: Fonts, heading: str) -> bytes:
    """Draw the scenes of an episode side by side.

    Parameters
    ----------
    painted : sequence of Painter
        In order.
    fonts : Fonts
    heading : str
        Episode, language, size.

    Returns
    -------
    bytes
        A PNG.
    """
    stage = painted[0].stage
    upright = stage.size.is_upright
    columns, wide = (6, 300) if upright else (3, 600)
    picture = Canvas(Size(wide, 2 * (wide * stage.size.height // stage.size.width // 2)))
    step_x, step_y = wide + _EDGE, picture.size.height + _EDGE + 44
    rows = -(-len(painted) // columns)
    sheet = Canvas(Size(columns * step_x + _EDGE, rows * step_y + _EDGE + 70))
    sheet.skia.resetMatrix()
    sheet.clear(_GROUND)
    unit = Ink(sheet.skia, Size(1080, 1080), stage.language, fonts, paper=_GROUND)
    unit.text(heading, _EDGE, 16, Style(40, bold=True, colour="#FFFFFF"))
    for i, one in enumerate(painted):
        compose(one, picture, fonts)
        x = _EDGE + i % columns * step_x
        y = 70 + _EDGE + i // columns * step_y
        sheet.stamp(picture.image(), x, y)
        label = f"{one.scene.number} {one.scene.kind}, {one.scene.seconds:g} s"
        unit.text(label, x, y + picture.size.height + 4, Style(26, colour="#FFFFFF"))
    return sheet.png()
