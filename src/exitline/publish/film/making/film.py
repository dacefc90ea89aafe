"""One film: drawn, encoded, looked into; and the contact sheet that stands for it."""

from __future__ import annotations

from pathlib import Path

from exitline.files import whole_file
from exitline.publish.film.errors import StoryError
from exitline.publish.film.frames import Canvas, Reel
from exitline.publish.film.making.options import FilmOptions, Made
from exitline.publish.film.making.prepare import ReadyEpisode, painters
from exitline.publish.film.making.sheet import contact_sheet
from exitline.publish.film.making.sidecar import film_path, folder_for, write
from exitline.publish.film.media.bed import write_bed
from exitline.publish.film.media.captions import subrip
from exitline.publish.film.media.encode import Film, encoding, tracks_of
from exitline.publish.film.media.mp4 import tracks
from exitline.publish.film.media.sound import narrate
from exitline.publish.film.theme import Size


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
