"""Building again whenever a file of a story changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from exitline.errors import ExitlineError
from exitline.publish.film.kinds import JourneyScene, MapScene, PhotographScene
from exitline.publish.film.load import load_story
from exitline.publish.film.model import Story


def files_of(story: Story) -> tuple[Path, ...]:
    """Every file that a story is made from.

    Examples
    --------
    >>> story = load_story("examples/series-out-of-poverty")
    >>> "headcounts.csv" in {path.name for path in files_of(story)}
    True
    """
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


def watch(
    path: str | Path,
    rebuild: Callable[[], None],
    *,
    complain: Callable[[ExitlineError], None],
    again: Callable[[], bool] = lambda: True,
    pause: float = 0.5,
) -> None:
    """Build, then build again after each change, until interrupted.

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
    home = Path(path)
    try:
        files = files_of(load_story(path))
    except ExitlineError:
        folder = home if home.is_dir() else home.parent
        files = tuple(sorted(folder.glob("*.yaml")))
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}
