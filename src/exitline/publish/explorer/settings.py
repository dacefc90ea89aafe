"""What an explorer file says: from what the page is made, and how areas are called and placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from exitline.publish.explorer.errors import ExplorerError
from exitline.publish.explorer.texts import LANGUAGES, Translations
from exitline.rules.yamlfile.tree import Tree, read_file
from exitline.words.said import Text
from exitline.words.texts import languages

_EMPTY: Mapping[str, Any] = MappingProxyType({})
RECORD_FIGURES = ("left", "share", "in_year", "listed")
"""Units that have left, their share, those that left in the year, those still listed."""
_RECORD_TEXTS = ("unit", "units", "left", "listed", "source")
_KEYS = ("explorer", "summary", "notice", "opens", "languages", "runs", "record", "areas",
         "min_count", "translations")  # fmt: skip


@dataclass(frozen=True)
class ShapeSettings:
    """Boundaries that the user brings.

    Parameters
    ----------
    file : Path
    key : str
        The property that names each shape.
    source : str
        Whose they are, and under which terms: it stands on the page.
    """

    file: Path
    key: str
    source: str = ""


@dataclass(frozen=True)
class AreaSettings:
    """How one kind of area is called and where its areas stand.

    Parameters
    ----------
    title, many : text, optional
        One, and several of them.
    within : str, optional
        The kind of area it lies in, where the data cannot tell.
    places : Path, optional
        A table with columns key, and label, label_zh, column and row, or longitude and
        latitude.
    boundaries : ShapeSettings, optional
    """

    title: Text | None = None
    many: Text | None = None
    within: str | None = None
    places: Path | None = None
    boundaries: ShapeSettings | None = None


@dataclass(frozen=True)
class RunUse:
    """A run: a study that is run while the page is made, or a run's folder."""

    study: Path | None = None
    folder: Path | None = None


@dataclass(frozen=True)
class RecordUse:
    """A record of decisions that others took and announced.

    Parameters
    ----------
    file : Path
    key, name, year : str
        Columns: what tells units apart (empty where unknown), the name, the year.
    levels : tuple of str
        Columns of the areas that units lie in, from the top down.
    unit, units : text
        What one unit is, and several.
    before : int
        The year before the first decision, in which nobody had left.
    left, listed : text
        Words for a unit that has left, and for one that has not.
    labels : mapping of str to text
        Names of the figures left, share, in_year and listed, instead of the usual ones.
    published : mapping of int to int
        Units by year as they were announced; the record must agree.
    positions : Path, optional
        A table with the key, longitude and latitude.
    source : text
    url : str
    romanised : Path, optional
        A table with the columns name and latin: names in Latin letters, made by a machine.
    """

    file: Path
    key: str
    name: str
    year: str
    levels: tuple[str, ...]
    unit: Text
    units: Text
    before: int
    left: Text
    listed: Text
    published: Mapping[int, int]
    positions: Path | None
    source: Text
    url: str = ""
    labels: Mapping[str, Text] = field(default_factory=lambda: _EMPTY)
    romanised: Path | None = None


@dataclass(frozen=True)
class Settings:
    """An explorer file, read and checked for form.

    Parameters
    ----------
    title, summary, notice : text, optional
    opens : str
        The address of the view that the page opens on, after its #.
    languages : tuple of str
    runs : tuple of RunUse
    record : RecordUse, optional
        Instead of runs.
    areas : mapping of str to AreaSettings
        By column.
    min_count : float, optional
        More than the runs themselves hide.
    translations : mapping of str to mapping of str to str
        Language: for texts of the study and the standard.
    path : Path, optional
    """

    title: Text | None = None
    summary: Text | None = None
    notice: Text | None = None
    opens: str = ""
    languages: tuple[str, ...] = LANGUAGES
    runs: tuple[RunUse, ...] = ()
    record: RecordUse | None = None
    areas: Mapping[str, AreaSettings] = field(default_factory=lambda: _EMPTY)
    min_count: float | None = None
    translations: Translations = field(default_factory=lambda: _EMPTY)
    path: Path | None = None


def load_settings(path: str | Path) -> Settings:
    """Read an explorer file.

    Parameters
    ----------
    path : path
        YAML; paths in it are read from its folder.

    Returns
    -------
    Settings

    Raises
    ------
    ExplorerError
        With file, line and key.

    Examples
    --------
    >>> load_settings("examples/china-832/explorer.yaml").record.year
    'exit_year'
    """
    file = Path(path)
    tree = read_file(file, ExplorerError)
    keys = tree.fields(_KEYS, ("explorer",))
    if ("runs" in keys) == ("record" in keys):
        raise tree.fault(
            "an explorer shows runs or a record", expected="one of the keys runs and record",
            got="both" if "runs" in keys else "neither", remedy="keep one of them",
        )  # fmt: skip
    folder = file.parent
    opens = keys["opens"].text() if "opens" in keys else ""
    texts = {name: _text(keys[name]) for name in ("summary", "notice") if name in keys}
    return Settings(
        title=_text(keys["explorer"]),
        languages=_languages(keys.get("languages")),
        runs=tuple(_run(t, folder) for t in keys["runs"].one_or_many()) if "runs" in keys else (),
        record=_record(keys["record"], folder) if "record" in keys else None,
        areas={n: _area(t, folder) for n, t in keys["areas"].items()} if "areas" in keys else {},
        min_count=keys["min_count"].number() if "min_count" in keys else None,
        translations=_translations(keys.get("translations")),
        path=file,
        opens=opens,
        **texts,
    )


def _languages(tree: Tree | None) -> tuple[str, ...]:
    """Languages of the page, the first one first."""
    if tree is None:
        return LANGUAGES
    return tuple(dict.fromkeys(t.choice(languages()) for t in tree.one_or_many()))


def _text(tree: Tree) -> Text:
    """A text, or one for each language."""
    if not tree.is_mapping:
        return tree.text()
    return {name: below.text() for name, below in tree.fields(languages(), ("en",)).items()}


def _translations(tree: Tree | None) -> dict[str, dict[str, str]]:
    """For texts of the run, by language."""
    there = tree.fields(languages()[1:]) if tree is not None else {}
    return {
        code: {name: below.text() for name, below in texts.items()} for code, texts in there.items()
    }


def _run(tree: Tree, folder: Path) -> RunUse:
    """A run, by its study or its folder."""
    keys = tree.fields(("study", "folder"))
    if len(keys) != 1:
        raise tree.fault("a run is a study or a folder", expected="one of study and folder",
                         got=", ".join(keys) or "neither", remedy="keep one of them")  # fmt: skip
    return RunUse(**{name: folder / below.text() for name, below in keys.items()})


def _area(tree: Tree, folder: Path) -> AreaSettings:
    """How one kind of area is shown."""
    keys = tree.fields(("title", "many", "within", "places", "boundaries"))
    return AreaSettings(
        _text(keys["title"]) if "title" in keys else None,
        _text(keys["many"]) if "many" in keys else None,
        keys["within"].text() if "within" in keys else None,
        folder / keys["places"].text() if "places" in keys else None,
        _shapes(keys["boundaries"], folder) if "boundaries" in keys else None,
    )


def _shapes(tree: Tree, folder: Path) -> ShapeSettings:
    """Boundaries: their file, the property that names each, whose they are."""
    keys = tree.fields(("file", "key", "source"), ("file", "key"))
    source = keys["source"].text() if "source" in keys else ""
    return ShapeSettings(folder / keys["file"].text(), keys["key"].text(), source)


def _record(tree: Tree, folder: Path) -> RecordUse:
    """A record of decisions."""
    required = (
        "file",
        "key",
        "name",
        "year",
        "unit",
        "units",
        "before",
        "left",
        "listed",
        "source",
    )
    optional = ("levels", "published", "positions", "url", "labels", "romanised")
    keys = tree.fields((*required, *optional), required)
    labels = keys["labels"].fields(RECORD_FIGURES).items() if "labels" in keys else ()
    published = keys["published"].items() if "published" in keys else ()
    return RecordUse(
        file=folder / keys["file"].text(),
        key=keys["key"].text(),
        name=keys["name"].text(),
        year=keys["year"].text(),
        **{name: _text(keys[name]) for name in _RECORD_TEXTS},
        levels=tuple(t.text() for t in keys["levels"].one_or_many()) if "levels" in keys else (),
        before=keys["before"].integer(),
        published={_year(name, below): below.integer() for name, below in published},
        positions=folder / keys["positions"].text() if "positions" in keys else None,
        url=keys["url"].text() if "url" in keys else "",
        labels={name: _text(below) for name, below in labels},
        romanised=folder / keys["romanised"].text() if "romanised" in keys else None,
    )


def _year(name: str, below: Tree) -> int:
    """A year as a key."""
    if not name.isdigit():
        raise below.fault(f"'{name}' is not a year", expected="a year in digits", got=repr(name),
                          remedy="write year: number of units")  # fmt: skip
    return int(name)
