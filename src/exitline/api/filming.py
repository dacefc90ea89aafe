"""Short films and page series whose every figure is recomputed when they are built."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import ArgumentError, ExitlineError

if TYPE_CHECKING:
    from exitline.proof.claim import Claim, Recomputed
    from exitline.publish.film import Report, Services
    from exitline.publish.film.model import Story
    from exitline.rules.standard import Standard


def story(
    story: str | Path,
    out: str | Path | None = None,
    *,
    languages: Sequence[str] = (),
    episodes: Sequence[str] = (),
    sizes: Sequence[str] = (),
    preview: bool = False,
    record: bool = False,
    burn_captions: bool = False,
    reduced_motion: bool = False,
    narration: bool = False,
    sound: str | Path | None = None,
) -> Report:
    """Build a series into films, captions, transcripts, lists of figures and a page.

    Parameters
    ----------
    story : path
        The series file, or its folder.
    out : path, optional
        Folder of the results; ``out`` beside the story unless given.
    languages, episodes : sequence of str
        Only these; all of the story unless given.
    sizes : sequence of str
        Such as ``"1920x1080"``; that and the upright one unless given.
    preview : bool
        Contact sheets only.
    record : bool
        Write the figures as they are now into the story's record.
    burn_captions, reduced_motion : bool
        Draw captions into the picture; make the version in which nothing moves.
    narration : bool
        Let a local speech engine read the captions.
    sound : path, optional
        A sound track, instead of narration.

    Returns
    -------
    Report
        `made` (each file), `pages`, `recorded` (figures that changed).

    Raises
    ------
    StoryError
        For a story that cannot be used, all its faults with file, line and key.
    FigureChangedError
        For a figure that is not the recorded one.
    ArgumentError
        For `narration` and `sound` together.

    Examples
    --------
    >>> story("no/such/story", languages=["en"], preview=True)
    Traceback (most recent call last):
    ...
    exitline.publish.film.errors.StoryError: there is no such file
      where:    no/such/story
      ...
    """
    from exitline.publish.film import FilmOptions, build
    from exitline.publish.film.making.look import FilmLook
    from exitline.publish.film.making.options import UPRIGHT, WIDE, read_size

    if narration and sound is not None:
        raise ArgumentError("--narration and --sound exclude each other.")
    options = FilmOptions(
        languages=tuple(languages),
        episodes=tuple(episodes),
        sizes=tuple(read_size(size) for size in sizes) or (WIDE, UPRIGHT),
        look=FilmLook(reduced_motion, burn_captions),
        narration=narration,
        sound=None if sound is None else Path(sound),
        preview=preview,
        record=record,
    )
    home = Path(story)
    folder = Path(out) if out is not None else (home if home.is_dir() else home.parent) / "out"
    return build(home, folder, options, services=services())


def services() -> Services:
    """Running studies and recomputing claims, which lie above the room of films."""
    from exitline.api.claims.recompute import recompute_claim
    from exitline.api.runs.running import run
    from exitline.publish.film import Services

    def run_study(study: Path, folder: Path) -> None:
        run(study, folder)

    def recompute(claim: Claim, data: Mapping[str, Any], standard: Standard | None) -> Recomputed:
        return recompute_claim(claim, data, standard=standard)

    return Services(run_study, recompute)


def files_of(story: Story) -> tuple[Path, ...]:
    """Every file that a story is made from.

    Examples
    --------
    >>> from exitline.publish.film.load import load_story
    >>> story = load_story("examples/series-out-of-poverty")
    >>> "headcounts.csv" in {path.name for path in files_of(story)}
    True
    """
    from exitline.publish.film.kinds import JourneyScene, MapScene, PhotographScene

    found = {story.path, story.lock}
    for episode in story.episodes:
        found.add(episode.file)
        found |= {ref.path for ref in episode.data.values()}
        found |= {ref.join_path for ref in episode.data.values() if ref.join_path is not None}
        found |= {run.study for run in episode.runs.values() if run.study is not None}
        found |= {s.file for s in episode.scenes if isinstance(s, PhotographScene)}
        for scene in episode.scenes:
            ground = scene.ground if isinstance(scene, MapScene | JourneyScene) else None
            if ground is not None:
                found |= {f for f in (ground.land, ground.water, ground.shapes) if f is not None}
        if episode.sound is not None:
            found.add(episode.sound)
    return tuple(sorted(found))


def watch_story(
    path: str | Path,
    rebuild: Callable[[], None],
    complain: Callable[[ExitlineError], None],
    *,
    again: Callable[[], bool] = lambda: True,
    pause: float = 0.5,
) -> None:
    """Build a series, then again after each change of a file, until interrupted.

    Parameters
    ----------
    path : str or Path
        The series file or its folder.
    rebuild : callable
        Builds once.
    complain : callable
        Told why a build failed; watching goes on.
    again : callable
        Asked before each look at the files; watching ends when it says no.
    pause : float
        Seconds between two looks.
    """
    seen: dict[Path, int] = {}
    while again():
        now = _times(path)
        if now != seen:
            seen = now
            try:
                rebuild()
            except ExitlineError as reason:
                complain(reason)
            seen = _times(path) if seen.keys() else seen
        time.sleep(pause)


def _times(path: str | Path) -> dict[Path, int]:
    """When each file last changed; of the story's folder alone while it cannot be read."""
    from exitline.publish.film.load import load_story

    home = Path(path)
    try:
        files = files_of(load_story(path))
    except ExitlineError:
        folder = home if home.is_dir() else home.parent
        files = tuple(sorted(folder.glob("*.yaml")))
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}
