"""What stands beside the films: captions, transcripts, posters, lists of figures, pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from exitline.files import OutputError, whole_file
from exitline.publish.film import records
from exitline.publish.film.errors import StoryError
from exitline.publish.film.frames import Canvas, compose
from exitline.publish.film.making.look import FilmLook
from exitline.publish.film.making.options import FilmOptions, read_size
from exitline.publish.film.making.prepare import ReadyEpisode
from exitline.publish.film.media.captions import subrip, webvtt
from exitline.publish.film.model import Story
from exitline.publish.film.page import Entry, series_page
from exitline.publish.film.paint.registry import painter
from exitline.publish.film.theme import Size


def film_path(folder: Path, episode: str, language: str, size: Size, look: FilmLook) -> Path:
    """Where a film is written.

    Examples
    --------
    >>> film_path(Path("out"), "the-line", "en", Size(1920, 1080), FilmLook()).name
    'the-line.en.1920x1080.mp4'
    """
    still = ".still" if look.reduced_motion else ""
    burned = ".captioned" if look.burn_captions else ""
    return folder / episode / f"{episode}.{language}.{size.name}{still}{burned}.mp4"


def write_beside(story: Story, ready: ReadyEpisode, folder: Path, options: FilmOptions) -> None:
    """Captions, transcript, descriptions, poster and list of figures."""
    name, code = ready.episode.name, ready.language
    home, stage = folder / name, ready.stage(options.sizes[0])
    shown = records.descriptions(ready.episode, stage)
    write(home / f"{name}.{code}.vtt", webvtt(ready.cues, code).encode())
    write(home / f"{name}.{code}.srt", subrip(ready.cues).encode())
    text = records.transcript(ready.episode, stage, ready.cues, shown)
    write(home / f"{name}.{code}.transcript.txt", text.encode())
    numbered = [f"{i}. {words}" for i, words in enumerate(shown, start=1)]
    write(home / f"{name}.{code}.alt.txt", ("\n".join(numbered) + "\n").encode())
    told = records.description(ready.episode, stage)
    write(home / f"{name}.{code}.description.txt", told.encode())
    canvas = Canvas(options.sizes[0])
    compose(painter(ready.episode.finding, stage), canvas, ready.fonts)
    write(home / f"{name}.{code}.poster.png", canvas.png())
    listed = records.figure_list(story, ready.episode, ready.bound)
    write(
        home / f"{name}.figures.json",
        (json.dumps(listed, indent=1, ensure_ascii=False) + "\n").encode(),
    )


def write_pages(
    story: Story,
    ready: Sequence[ReadyEpisode],
    folders: tuple[Path, Path],
    options: FilmOptions,
) -> tuple[Path, ...]:
    """The page of the series in each language; index.html in the story's first of them."""
    there = {one.language for one in ready}
    languages = [code for code in story.languages if code in there]
    names = {
        code: "index.html" if code == languages[0] else f"index.{code}.html" for code in languages
    }
    made = []
    for code in languages:
        entries = [_entry(one, folders, options) for one in ready if one.language == code]
        page = series_page(story, code, entries, names)
        write(folders[0] / names[code], page.encode())
        made.append(folders[0] / names[code])
    return tuple(made)


def _entry(ready: ReadyEpisode, folders: Sequence[Path], options: FilmOptions) -> Entry:
    """One episode on the page, with the films of this build and those that were there."""
    name, code = ready.episode.name, ready.language
    films: dict[str, str] = {}
    for size in (*options.sizes, *_sizes_there(name, code, folders)):
        for still in (False, True):
            look = FilmLook(still, options.look.burn_captions)
            path = film_path(Path(), name, code, size, look)
            if any((folder / path).is_file() for folder in folders):
                kind = "still" if still else "upright" if size.is_upright else "wide"
                films.setdefault(kind, path.as_posix())
    stage = ready.stage(options.sizes[0])
    shown = records.descriptions(ready.episode, stage)
    return Entry(
        episode=ready.episode, bound=ready.bound, films=films,
        poster=f"{name}/{name}.{code}.poster.png",
        captions=[(code, webvtt(ready.cues, code))],
        transcript=records.transcript(ready.episode, stage, ready.cues, shown),
        figures=f"{name}/{name}.figures.json",
    )  # fmt: skip


def _sizes_there(name: str, code: str, folders: Sequence[Path]) -> list[Size]:
    """Sizes of films that were built before, the largest first."""
    found = set()
    for folder in folders:
        for path in (folder / name).glob(f"{name}.{code}.*x*.mp4"):
            with suppress(StoryError):
                found.add(read_size(path.name.split(".")[2]))
    return sorted(found, key=lambda size: (-size.width * size.height, size.width))


def folder_for(path: Path) -> Path:
    """A folder for results, made where it is missing."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise OutputError(
            "the results cannot be written", where=str(path), expected="a folder",
            got=reason.strerror or type(reason).__name__, remedy="choose another one with --out",
        ) from reason  # fmt: skip
    return path


def write(path: Path, content: bytes) -> None:
    """Write one whole file."""
    folder_for(path.parent)
    with whole_file(path) as partial:
        partial.write_bytes(content)
