"""Films of earlier builds in the same folder: the page shows them too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from exitline.publish.film import records
from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.making.prepare import ReadyEpisode, prepare
from exitline.publish.film.model import Episode, Story

Bind = Callable[[Sequence[Episode]], Mapping[str, EpisodeFigures]]


def beside_others(
    story: Story, ready: Sequence[ReadyEpisode], final: Path, bind: Bind
) -> list[ReadyEpisode]:
    """What a page shows: the episodes of this build, and those whose films lie there already.

    Parameters
    ----------
    story : Story
    ready : sequence of ReadyEpisode
        Of this build.
    final : Path
        The folder of the results.
    bind : callable
        Computes the figures of episodes.

    Returns
    -------
    list of ReadyEpisode
        In the order of the story. An earlier film whose figures are other ones now is left out.
    """
    here = {(one.episode.name, one.language): one for one in ready}
    missing = [pair for pair in _built(story, final) if pair not in here]
    bound = {one.episode.name: one.bound for one in ready}
    needed = {name for name, _ in missing} - bound.keys()
    bound |= bind([episode for episode in story.episodes if episode.name in needed])
    episodes = {episode.name: episode for episode in story.episodes}
    for name, code in missing:
        if name not in needed or _same(story, episodes[name], bound[name], final):
            here[name, code] = prepare(story, episodes[name], bound[name], code)
    return [here[pair] for pair in _pairs(story) if pair in here]


def _pairs(story: Story) -> Iterator[tuple[str, str]]:
    """Each episode in each language, in the order of the story."""
    for episode in story.episodes:
        for code in story.languages:
            yield episode.name, code


def _built(story: Story, final: Path) -> list[tuple[str, str]]:
    """Episodes and languages that have a film and all that stands beside it."""
    return [
        (name, code)
        for name, code in _pairs(story)
        if any((final / name).glob(f"{name}.{code}.*x*.mp4"))
        and (final / name / f"{name}.{code}.poster.png").is_file()
        and (final / name / f"{name}.figures.json").is_file()
    ]


def _same(story: Story, episode: Episode, bound: EpisodeFigures, final: Path) -> bool:
    """Whether an earlier film shows what the figures are now."""
    path = final / episode.name / f"{episode.name}.figures.json"
    try:
        then = json.loads(path.read_text(encoding="utf-8"))
        return bool(_values(then) == _values(records.figure_list(story, episode, bound)))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _values(listed: Mapping[str, Any]) -> Any:
    """What is shown when, as JSON has it."""
    return json.loads(json.dumps([listed["scenes"], listed["figures"], listed["rows"]]))
