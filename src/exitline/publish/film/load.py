"""Reading a story: the series file, and one file per episode."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from exitline.errors import nearest
from exitline.publish.film import readers
from exitline.publish.film.bound.references import DataRef, RunRef
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import read_scene
from exitline.publish.film.model import Episode, SourceNote, Story
from exitline.publish.film.readers import StoryReader
from exitline.rules.yamlfile.tree import Tree, read_file

SERIES_KEYS = ("series", "title", "summary", "languages", "episodes")
EPISODE_KEYS = ("episode", "title", "summary", "sources", "data", "runs", "figures", "points",
                "scenes", "sound")  # fmt: skip

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")


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
    tree = read_file(file, StoryError)
    keys = tree.fields(SERIES_KEYS, ("series", "title", "languages", "episodes"))
    languages = tuple(_language(member) for member in keys["languages"].one_or_many())
    reading = StoryReader(languages, file.parent)
    members = keys["episodes"].sequence()
    if not members:
        raise keys["episodes"].fault("a series without episodes", expected="at least one file")
    episodes = tuple(_episode(member, languages, file) for member in members)
    _names_once(episodes, keys["episodes"])
    return Story(
        name=_name(keys["series"]),
        title=readers.text(keys["title"], reading),
        summary=readers.text(keys.get("summary", keys["title"]), reading),
        languages=languages,
        episodes=episodes,
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
    keys = tree.fields(EPISODE_KEYS, ("episode", "title", "summary"))
    _declarations(keys, reading)
    title = readers.text(keys["title"], reading)
    summary = readers.text(keys["summary"], reading)
    scenes = keys["scenes"].sequence() if "scenes" in keys else ()
    if not scenes:
        raise keys.get("scenes", tree).fault(
            "an episode without scenes",
            expected="at least one scene",
            got="none",
            remedy="add scenes, or take the episode out of the series",
        )
    read = tuple(read_scene(scene, i, reading) for i, scene in enumerate(scenes, start=1))
    episode = Episode(
        name=_name(keys["episode"]), title=title, summary=summary, scenes=read,
        data=reading.data, runs=reading.runs, figures=reading.figures, points=reading.points,
        sources=reading.sources, folder=reading.folder, file=file,
    )  # fmt: skip
    sound = readers.existing(keys["sound"], reading) if "sound" in keys else None
    return replace(episode, sound=sound)


def _declarations(keys: dict[str, Tree], reading: StoryReader) -> None:
    """Sources, files, runs, figures and rows of figures."""
    for name, below in keys["sources"].items() if "sources" in keys else ():
        reading.sources[name] = _source(name, below, reading)
    for name, below in keys["data"].items() if "data" in keys else ():
        reading.data[name] = _data(name, below, reading)
    for name, below in keys["runs"].items() if "runs" in keys else ():
        reading.runs[name] = _run(name, below, reading)
    for name, below in keys["figures"].items() if "figures" in keys else ():
        reading.figures[name] = readers.figure_reference(below, name, reading)
    for name, below in keys["points"].items() if "points" in keys else ():
        reading.points[name] = readers.points_reference(below, name, reading)


def _source(name: str, tree: Tree, reading: StoryReader) -> SourceNote:
    """A source: a short form for the foot of a scene, a full one for the list."""
    keys = tree.fields(("short", "full", "url"), ("short", "full"))
    return SourceNote(
        name,
        readers.citation(keys["short"], reading),
        readers.citation(keys["full"], reading),
        keys["url"].text() if "url" in keys else "",
    )


def _data(name: str, tree: Tree, reading: StoryReader) -> DataRef:
    """A file of rows, with a second one joined to it if wanted."""
    keys = tree.fields(("file", "source", "join"), ("file", "source"))
    source = keys["source"].known(reading.sources, "source")
    path = readers.existing(keys["file"], reading)
    if "join" not in keys:
        return DataRef(name, path, source, where=tree.where)
    join = keys["join"].fields(("file", "on"), ("file", "on"))
    on = tuple((left, right.text()) for left, right in join["on"].items())
    return DataRef(name, path, source, readers.existing(join["file"], reading), on, tree.where)


def _run(name: str, tree: Tree, reading: StoryReader) -> RunRef:
    """A finished run, or the study that makes it."""
    keys = tree.fields(("folder", "study", "source"), ("source",))
    if ("folder" in keys) == ("study" in keys):
        raise tree.fault(
            "a run is either a folder of results or a study",
            expected="folder: ... or study: ...",
            got="both" if "folder" in keys else "neither",
            remedy="keep one of them",
        )
    study = readers.existing(keys["study"], reading) if "study" in keys else None
    folder = reading.folder / keys["folder"].text() if "folder" in keys else None
    return RunRef(name, folder, study, keys["source"].known(reading.sources, "source"), tree.where)


def _name(tree: Tree) -> str:
    """A name that can be a file's name on every system."""
    name = tree.text()
    if not _NAME.fullmatch(name):
        raise tree.unlike("small letters, digits and hyphens", "use a name such as 'the-line'")
    return name


def _language(tree: Tree) -> str:
    """A language code."""
    code = tree.text()
    if not _LANGUAGE.fullmatch(code):
        raise tree.unlike("a language code such as en, zh or pt-BR")
    return code


def _names_once(episodes: tuple[Episode, ...], tree: Tree) -> None:
    """Two episodes of one name would overwrite each other."""
    names = [episode.name for episode in episodes]
    for name in names:
        if names.count(name) > 1:
            raise tree.fault(
                f"two episodes have the name '{name}'", expected="names of their own",
                got=name, remedy="rename one of them",
            )  # fmt: skip
