"""Reading a story: the series file, and one file per episode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from exitline.errors import Faults, nearest
from exitline.publish.film import readers
from exitline.publish.film.bound.references import DataRef, RunRef
from exitline.publish.film.errors import StoryError
from exitline.publish.film.keys import EpisodeKeys, RunKeys, SeriesKeys, SoundBedKeys, StoryDataKeys
from exitline.publish.film.kinds import AS_TREE, AnyScene, read_scene
from exitline.publish.film.model import Episode, Scene, SourceNote, Story, StoryText
from exitline.publish.film.readers import StoryReader
from exitline.rules.yamlfile.declared import LIST
from exitline.rules.yamlfile.tree import Tree, read_file

K = TypeVar("K")
V = TypeVar("V")


class EpisodeFile(EpisodeKeys):
    """An episode of a series, in a file of its own or in place."""

    scenes: Annotated[tuple[AnyScene, ...], LIST] = ()

    def check(self) -> None:
        if not self.scenes:
            place = self.at("scenes") if "scenes" in self.given else self.tree
            raise place.fault(
                "an episode without scenes",
                expected="at least one scene",
                got="none",
                remedy="add scenes, or take the episode out of the series",
            )


class SeriesFile(SeriesKeys):
    """A series of episodes."""

    episodes: Annotated[tuple[Annotated[EpisodeFile | str, AS_TREE], ...], LIST]

    def check(self) -> None:
        if not self.episodes:
            raise self.at("episodes").fault(
                "a series without episodes", expected="at least one file"
            )


def load_story(path: str | Path) -> Story:
    """Read a series with all its episodes.

    Parameters
    ----------
    path : str or Path
        The series file, or the folder that holds ``series.yaml``.

    Returns
    -------
    Story
        Nothing is computed yet: see `bind`.

    Raises
    ------
    StoryError
        For anything that cannot be used, with file, line and key.

    Examples
    --------
    >>> load_story("no/such/story")
    Traceback (most recent call last):
    ...
    exitline.publish.film.errors.StoryError: there is no such file
      where:    no/such/story
      ...
    """
    file = Path(path)
    file = file / "series.yaml" if file.is_dir() else file
    keys = SeriesFile.read(read_file(file, StoryError))
    reading = StoryReader(keys.languages, file.parent)
    faults = Faults()
    episodes: list[Episode] = []
    for member in cast("tuple[Tree, ...]", keys.episodes):
        with faults.kept():
            episodes.append(_episode(member, keys.languages, file))
    faults.raise_all()
    _names_once(tuple(episodes), keys.at("episodes"))
    return Story(
        name=keys.series,
        title=readers.text(keys.title, reading),
        summary=readers.text(keys.summary or keys.title, reading),
        languages=keys.languages,
        episodes=tuple(episodes),
        path=file,
    )


def _episode(member: Tree, languages: tuple[str, ...], series: Path) -> Episode:
    """An episode: a file of its own, or written in place."""
    if member.is_mapping:
        return read_episode(member, StoryReader(languages, series.parent), series)
    file = series.parent / member.text()
    if not file.is_file():
        beside = [str(p.relative_to(series.parent)) for p in series.parent.rglob("*.yaml")]
        raise member.fault(
            "there is no such episode file",
            expected=f"a file, from the folder of {series.name}",
            got=member.text(),
            remedy=nearest(member.text(), beside) or "check the path",
        )
    return read_episode(read_file(file, StoryError), StoryReader(languages, file.parent), file)


def read_episode(tree: Tree, reading: StoryReader, file: Path) -> Episode:
    """An episode from its tree: declarations first, then scenes in order.

    Raises
    ------
    StoryError
        For anything that cannot be used, an episode of no scenes included.
    """
    keys = EpisodeFile.read(tree)
    _declarations(keys, reading)
    faults = Faults()
    scenes: list[Scene] = []
    for number, scene in enumerate(keys.scenes, start=1):
        with faults.kept():
            scenes.append(read_scene(scene, number, reading))
    faults.raise_all()
    return Episode(
        name=keys.episode, title=readers.text(keys.title, reading),
        summary=readers.text(keys.summary, reading), scenes=tuple(scenes), data=reading.data,
        runs=reading.runs, figures=reading.figures, points=reading.points,
        sources=reading.sources, folder=reading.folder, file=file,
        **_sound(keys, reading),
    )  # fmt: skip


def _sound(keys: EpisodeFile, reading: StoryReader) -> dict[str, Any]:
    """A track of the user's, or the row of figures from which one is made."""
    if keys.sound is None:
        return {}
    if not keys.sound.is_mapping:
        return {"sound": readers.existing(keys.sound, reading)}
    bed = SoundBedKeys.read(keys.sound)
    return {"bed": bed.points.known(reading.points, "row of figures")}


def _declarations(keys: EpisodeFile, reading: StoryReader) -> None:
    """Sources, files, runs, figures and rows of figures, each of which may name those before."""
    faults = Faults()

    def each(names: Mapping[str, K], into: dict[str, V], read: Callable[[str, K], V]) -> None:
        for name, below in names.items():
            with faults.kept():
                into[name] = read(name, below)
        faults.raise_all()

    def citation(tree: Tree) -> StoryText:
        return readers.citation(tree, reading)

    each(
        keys.sources,
        reading.sources,
        lambda name, k: SourceNote(name, citation(k.brief), citation(k.full), k.url),
    )
    each(keys.data, reading.data, lambda name, k: _data(name, k, reading))
    each(keys.runs, reading.runs, lambda name, k: _run(name, k, reading))
    each(
        keys.figures,
        reading.figures,
        lambda name, k: readers.figure_reference(k.tree, name, reading),
    )
    each(keys.points, reading.points,
         lambda name, k: readers.points_reference(k.tree, name, reading))  # fmt: skip


def _data(name: str, keys: StoryDataKeys, reading: StoryReader) -> DataRef:
    """A file of rows, with a second one joined to it if wanted."""
    source = keys.source.known(reading.sources, "source")
    path, where = readers.existing(keys.file, reading), keys.tree.where
    if keys.join is None:
        return DataRef(name, path, source, where=where)
    joined = readers.existing(keys.join.file, reading)
    return DataRef(name, path, source, joined, tuple(keys.join.on.items()), where)


def _run(name: str, keys: RunKeys, reading: StoryReader) -> RunRef:
    """A finished run, or the study that makes it."""
    study = None if keys.study is None else readers.existing(keys.study, reading)
    folder = None if keys.folder is None else reading.folder / keys.folder
    source = keys.source.known(reading.sources, "source")
    return RunRef(name, folder, study, source, keys.tree.where)


def _names_once(episodes: tuple[Episode, ...], tree: Tree) -> None:
    """Two episodes of one name would overwrite each other."""
    names = [episode.name for episode in episodes]
    for name in names:
        if names.count(name) > 1:
            raise tree.fault(
                f"two episodes have the name '{name}'", expected="names of their own",
                got=name, remedy="rename one of them",
            )  # fmt: skip
