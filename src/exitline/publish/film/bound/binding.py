"""Binding a story's figures: each is computed now and checked against what was recorded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.publish.film.bound.claims import ClaimProvider
from exitline.publish.film.bound.figures import EpisodeFigures, Provider, StoryFigure, StoryPoints
from exitline.publish.film.bound.queries import QueryProvider
from exitline.publish.film.bound.references import ClaimRef, Computed, DeclaredQuery, FigureRef, Of
from exitline.publish.film.bound.runs import RunProvider
from exitline.publish.film.errors import FigureChangedError, StoryError
from exitline.publish.film.model import Episode, Story
from exitline.records import RecordError, read_json

if TYPE_CHECKING:
    from exitline.proof.claim import Recompute
    from exitline.publish.film.bound.runs import StudyRunner
    from exitline.stats.engine.base import Engine

TOLERANCE = 1e-9
"""Relative: a float sum on several threads changes in its last digits."""


@dataclass(frozen=True)
class Services:
    """What a story needs from the rooms above it.

    Parameters
    ----------
    run_study : callable, optional
        Runs the study of a file into a folder.
    recompute : callable, optional
        Computes a claim's figure again.

    Examples
    --------
    >>> Services().run_study is None
    True
    """

    run_study: StudyRunner | None = None
    recompute: Recompute | None = None


@dataclass(frozen=True)
class _Providers:
    """Who resolves which kind of reference."""

    queries: QueryProvider
    runs: RunProvider
    claims: ClaimProvider

    def of(self, reference: Of) -> Provider:
        """The provider of a reference."""
        if isinstance(reference, DeclaredQuery):
            return self.queries
        return self.claims if isinstance(reference, ClaimRef) else self.runs


@dataclass(frozen=True)
class ChangedFigure:
    """A figure that is not what was recorded.

    Parameters
    ----------
    episode, scene, figure : str
        Where it is used, and its name.
    old, new : str
        As recorded ("" when it never was), and as computed now.

    Examples
    --------
    >>> ChangedFigure("the-line", "scene 2 (number)", "poor", "0.5", "0.6").new
    '0.6'
    """

    episode: str
    scene: str
    figure: str
    old: str
    new: str


def bind(
    episode: Episode, engine: Engine, work: Path, services: Services = Services()
) -> EpisodeFigures:
    """Compute every figure of an episode.

    Parameters
    ----------
    episode : Episode
    engine : Engine
        Runs the declared queries.
    work : Path
        For runs that are given as a study.
    services : Services
        What the rooms above lend: running a study, recomputing a claim.

    Returns
    -------
    EpisodeFigures

    Raises
    ------
    StoryError, ConditionError, DataError
        For a figure that cannot be computed, with its place in the story.
    """
    queries = QueryProvider(episode.data, engine)
    runs = RunProvider(episode.runs, work, services.run_study)
    providers = _Providers(queries, runs, ClaimProvider(runs, services.recompute))
    figures: dict[str, StoryFigure] = {}
    for name, ref in episode.figures.items():
        if isinstance(ref.of, Computed):
            _check_parts(ref, figures)
            figures[name] = queries.compute(ref, figures)
        else:
            figures[name] = providers.of(ref.of).resolve(ref)
    points = {
        name: (queries if isinstance(ref.of, DeclaredQuery) else runs).resolve_points(ref)
        for name, ref in episode.points.items()
    }
    return EpisodeFigures(figures, points)


def _check_parts(ref: FigureRef, figures: Mapping[str, StoryFigure]) -> None:
    """A computed figure stands below the ones it is made of."""
    from exitline.rules.condition import parse

    for name in sorted(parse(ref.of.words, where=ref.where).columns):
        if name not in figures:
            raise StoryError(
                f"a computed figure needs '{name}', which is not declared above it",
                where=ref.where,
                expected=", ".join(figures) or "figures declared above",
                got=name,
                remedy="declare it first",
            )


def record_text(story: Story, bound: Mapping[str, EpisodeFigures]) -> str:
    """What every figure is now, for later builds to check against; it stands beside the story."""
    content = {name: _recorded(figures) for name, figures in bound.items()}
    old = {name: known for name, known in _read_lock(story.lock).items() if name not in content}
    return _lock_text(story, old | content)


def changes(story: Story, bound: Mapping[str, EpisodeFigures]) -> tuple[ChangedFigure, ...]:
    """Figures that differ from the record, or are not in it.

    Raises
    ------
    StoryError
        When the record cannot be read.
    """
    recorded = _read_lock(story.lock)
    found: list[ChangedFigure] = []
    for episode in story.episodes:
        if episode.name not in bound:
            continue
        old = recorded.get(episode.name, {})
        new = _recorded(bound[episode.name])
        for kind in ("figures", "points"):
            for name, value in new[kind].items():
                before = old.get(kind, {}).get(name)
                if not _same(before, value):
                    found.append(_change(episode, kind, name, before, value))
    return tuple(found)


def refuse_changes(found: tuple[ChangedFigure, ...], story: Story) -> None:
    """Stop a build whose figures are not the recorded ones.

    Raises
    ------
    FigureChangedError
        Naming the first one's scene, old and new value.
    """
    if not found:
        return
    first = found[0]
    more = len(found) - 1
    raise FigureChangedError(
        (
            f"the figure '{first.figure}' changed from {first.old} to {first.new}"
            if first.old
            else f"the figure '{first.figure}' was never recorded"
        )
        + (f" (and {more} more)" if more else ""),
        where=f"{first.episode}, {first.scene}",
        expected=first.old or f"a value in {story.lock.name}",
        got=first.new,
        remedy="look at the figures; when they are right, record them: "
        "exitline story build STORY --record",
    )


def _change(episode: Episode, kind: str, name: str, old: Any, new: Any) -> ChangedFigure:
    """A difference in words: for a row of figures, its first point that differs."""
    scenes = [s.name for s in episode.scenes if name in (s.used_figures | s.used_points)]
    place = ", ".join(scenes) or "declared, in no scene"
    if kind == "figures":
        return ChangedFigure(episode.name, place, name, "" if old is None else repr(old), repr(new))
    before = {tuple(row[0]): row[1:] for row in old or ()}
    after = {tuple(row[0]): row[1:] for row in new}
    for keys in (*after, *before):
        if not _same(before.get(keys), after.get(keys)):
            label = " ".join(str(key) for key in keys)
            was, now = (side.get(keys, ["nothing"])[0] for side in (before, after))
            return ChangedFigure(
                episode.name, place, name, f"{label}: {was}" if old else "", f"{label}: {now}"
            )
    return ChangedFigure(episode.name, place, name, "another order", "this order")


def _recorded(bound: EpisodeFigures) -> dict[str, Any]:
    """Values as they are kept."""
    return {
        "figures": {name: figure.value for name, figure in sorted(bound.figures.items())},
        "points": {name: _rows(points) for name, points in sorted(bound.points.items())},
    }


def _lock_text(story: Story, episodes: Mapping[str, Any]) -> str:
    """The record as JSON, one figure or point a line, for differences that can be read."""
    parts = []
    order = [e.name for e in story.episodes if e.name in episodes]
    for name in order:
        figures = ",\n".join(
            f"   {_json(k)}: {_json(v)}" for k, v in episodes[name]["figures"].items()
        )
        points = ",\n".join(
            f"   {_json(k)}: [\n" + ",\n".join(f"    {_json(row)}" for row in rows) + "\n   ]"
            for k, rows in episodes[name]["points"].items()
        )
        parts.append(
            f'  {_json(name)}: {{\n   "figures": {{\n{figures}\n   }},\n'
            f'   "points": {{\n{points}\n   }}\n  }}'
        )
    body = ",\n".join(parts)
    return f'{{\n "series": {_json(story.name)},\n "episodes": {{\n{body}\n }}\n}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(points: StoryPoints) -> list[list[Any]]:
    return [[list(p.keys), p.value, p.low, p.high] for p in points.points]


def _same(old: Any, new: Any) -> bool:
    """Whether two recorded values are equal but for the last digits of a float."""
    if isinstance(old, float | int) and isinstance(new, float | int):
        return math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=1e-12)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_same(a, b) for a, b in zip(old, new, strict=True))
    return bool(old == new)


def _read_lock(path: Path) -> dict[str, Any]:
    """The record, or nothing when there is none yet."""
    if not path.is_file():
        return {}
    try:
        episodes = read_json(path, what="the record", shape={"episodes": dict})["episodes"]
    except RecordError as reason:
        raise StoryError(
            "the record of figures cannot be read", where=str(path),
            expected="the file that --record wrote", remedy="record the figures again",
        ) from reason  # fmt: skip
    return dict(episodes)
