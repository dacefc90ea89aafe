"""What goes with a film: transcript, description of its pictures, list of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.kinds import ClosingScene, JourneyScene, MapScene
from exitline.publish.film.media.captions import Cue
from exitline.publish.film.model import FPS, Episode, Story
from exitline.publish.film.paint.base import PaintStage
from exitline.publish.film.paint.registry import painter
from exitline.words.catalogue import closest


def descriptions(episode: Episode, stage: PaintStage) -> tuple[str, ...]:
    """What each scene shows, in words: the author's description, or one made from the figures."""
    return tuple(
        stage.say(scene.alt) if scene.alt is not None else painter(scene, stage).describe()
        for scene in episode.scenes
    )


def transcript(
    episode: Episode, stage: PaintStage, cues: Sequence[Cue], shown: Sequence[str]
) -> str:
    """An episode as text: when, what is seen, what is said, and the sources.

    Parameters
    ----------
    episode : Episode
    stage : PaintStage
    cues : sequence of Cue
    shown : sequence of str
        As `descriptions` made them.
    """
    t = closest(stage.language)
    lines = [stage.say(episode.title), stage.say(episode.summary), ""]
    start = 0
    for scene, words in zip(episode.scenes, shown, strict=True):
        seconds = start // FPS
        seen = t("On screen: {what}", what=words)
        lines.append(f"[{seconds // 60}:{seconds % 60:02}] {seen}")
        spoken = t.sentences(*(c.text for c in cues if c.scene == scene.number))
        if spoken:
            lines.append("       " + t("Said: {what}", what=spoken))
        start += scene.frames
    lines += ["", t("Sources")]
    lines += [f"- {stage.say(n.full)} {n.url}".rstrip() for n in stage.sources.values()]
    return "\n".join(lines) + "\n"


def description(episode: Episode, stage: PaintStage) -> str:
    """What is told beside a film where it is shown: all that its last card leaves out.

    Parameters
    ----------
    episode : Episode
    stage : PaintStage
    """
    t, parts = closest(stage.language), [stage.say(episode.title), stage.say(episode.summary)]
    closing = [scene for scene in episode.scenes if isinstance(scene, ClosingScene)]
    rows = [row for scene in closing for row in (*scene.rows, *scene.more)]
    if rows:
        how = [f"- {stage.say(row.label)}: {stage.say(row.text)}" for row in rows]
        parts.append("\n".join([t("How the figures were made"), *how]))
    notes = [f"- {stage.say(n.full)} {n.url}".rstrip() for n in episode.sources.values()]
    maps = dict.fromkeys(
        stage.say(scene.ground.credit)
        for scene in episode.scenes
        if isinstance(scene, MapScene | JourneyScene) and scene.ground is not None
    )
    notes += ["- " + t("Map: {what}", what=credit) for credit in maps]
    parts.append("\n".join([t("Sources"), *notes]))
    parts += [stage.say(scene.credit) for scene in closing]
    return "\n\n".join(parts) + "\n"


def timeline(episode: Episode) -> list[dict[str, Any]]:
    """When each scene begins, and which of them is the finding."""
    made, start = [], 0
    for scene in episode.scenes:
        made.append({
            "scene": scene.number, "kind": scene.kind, "start": start / FPS,
            "seconds": scene.frames / FPS, "finding": scene.finding,
        })  # fmt: skip
        start += scene.frames
    return made


def figure_list(story: Story, episode: Episode, bound: EpisodeFigures) -> dict[str, Any]:
    """Every figure of an episode with what it takes to check it, ready for JSON.

    Returns
    -------
    dict
        `scenes`, when each begins; `figures`, one entry each: value, as written in each
        language, reference, source, files with their SHA-256, and the scenes that use it;
        `rows` likewise.
    """
    return {
        "series": story.name,
        "episode": episode.name,
        "scenes": timeline(episode),
        "figures": [
            {
                "name": figure.name, "value": figure.value,
                "written": {code: figure.written(code) for code in story.languages},
                "reference": figure.how, "sources": _sources(figure.source, episode),
                "files": [{"name": n, "sha256": d} for n, d in figure.files],
                "scenes": _scenes(episode, figure.name),
            }
            for figure in bound.figures.values()
        ],
        "rows": [
            {
                "name": row.name, "reference": row.how,
                "values": [
                    {"key": list(p.keys), "value": p.value} | _interval(p.low, p.high)
                    for p in row.points
                ],
                "sources": _sources(row.source, episode),
                "files": [{"name": n, "sha256": d} for n, d in row.files],
                "scenes": _scenes(episode, row.name),
            }
            for row in bound.points.values()
        ],
    }  # fmt: skip


def _interval(low: float | None, high: float | None) -> dict[str, float]:
    """An interval's ends, where there is one."""
    return {} if low is None or high is None else {"low": low, "high": high}


def _sources(names: str, episode: Episode) -> list[str]:
    """Sources in full, in the first language."""
    notes: Mapping[str, Any] = episode.sources
    return [
        next(iter(notes[n].full.pieces.values()))[0].text for n in names.split(",") if n in notes
    ]


def _scenes(episode: Episode, name: str) -> list[int]:
    """Numbers of the scenes that use a figure."""
    return [s.number for s in episode.scenes if name in (s.used_figures | s.used_points)]
