"""The sections of a study file, one reader each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast, get_args

from exitline.errors import DesignError, StudyError
from exitline.stats.data.design import Design, LonelyPsu, ReplicateKind
from exitline.stats.data.study import (
    DEFAULT_MEASURES,
    Facts,
    Key,
    Levels,
    Outputs,
    Study,
    TableRef,
    Unit,
)

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree

_TEXT_OPTIONS = ("encoding", "delimiter", "decimal", "comment", "sheet")
_LIST_OPTIONS = ("missing", "text", "number")


@dataclass
class GivenFiles:
    """The only files that the study of a stranger may read.

    Parameters
    ----------
    files : mapping of str to Path
        By the name, or the last folders and name, that the study knows each by.
    used : set of str
        Names that the study has asked for.

    Examples
    --------
    >>> given = GivenFiles({"b/d.csv": Path("/tmp/1.csv"), "p.csv": Path("/tmp/2.csv")})
    >>> given.read("../a/b/d.csv").name, sorted(given.used)
    ('1.csv', ['b/d.csv'])
    """

    files: Mapping[str, Path]
    used: set[str] = field(default_factory=set)

    def read(self, written: str) -> Path:
        """The file that stands for a path: the longest name that the path ends in.

        Raises
        ------
        StudyError
            When there is none.
        """
        parts = PurePath(written).parts
        names = [n for n in self.files if (tail := PurePath(n).parts) == parts[-len(tail) :]]
        if not names:
            raise StudyError(
                "the study reads a file that was not given",
                where=PurePath(written).name or None,
                expected="one of " + (", ".join(self.files) or "the data files"),
                got=written,
                remedy="name the file among the data",
            )
        name = max(names, key=len)
        self.used.add(name)
        return self.files[name]


@dataclass
class Paths:
    """Reads paths from the study's folder and remembers those that lead out of it.

    With `given`, paths are only names: they stand for one of these files.
    """

    folder: Path
    outside: list[str] = field(default_factory=list)
    given: GivenFiles | None = None

    def read(self, written: str) -> Path:
        """The path that was written, from the study's folder."""
        if self.given is not None:
            return self.given.read(written)
        path = self.folder / Path(written).expanduser()
        if not path.resolve().is_relative_to(self.folder.resolve()) and written not in self.outside:
            self.outside.append(written)
        return path


@dataclass(frozen=True)
class Data:
    """The section `data`."""

    households: TableRef
    persons: TableRef | None
    key: Key | None
    unit: Unit


def data(tree: Tree, paths: Paths) -> Data:
    """Which tables, and how they are joined."""
    found = tree.fields(("households", "persons", "on", "unit"), required=("households",))
    persons = table(found["persons"], paths) if "persons" in found else None
    unit = found["unit"].choice(get_args(Unit)) if "unit" in found else "household"
    if persons is not None and "on" not in found:
        raise tree.fault(
            "persons cannot be joined to households",
            expected="on: the column with the household's key in both tables",
            got="no key 'on'",
            remedy="add it, for instance 'on: hhid', or {households: hhid, persons: hid}",
        )
    if unit == "person" and persons is None:
        raise found["unit"].fault(
            "a study of persons needs a persons table",
            expected="data.persons",
            got="households alone",
            remedy="name the persons table, or drop 'unit: person'",
        )
    key = _key(found["on"]) if "on" in found else None
    return Data(table(found["households"], paths), persons, key, cast(Unit, unit))


def _key(tree: Tree) -> Key:
    if not tree.is_mapping:
        return Key(tree.text(), tree.text())
    found = tree.fields(("households", "persons"), required=("households", "persons"))
    return Key(found["households"].text(), found["persons"].text())


def table(tree: Tree, paths: Paths) -> TableRef:
    """A path, {path, options...} or {sql, connection}."""
    if not tree.is_mapping:
        return TableRef(path=paths.read(tree.text()), where=tree.where)
    found = tree.fields(("path", *_TEXT_OPTIONS, *_LIST_OPTIONS, "sql", "connection"))
    if "sql" in found and paths.given is not None:
        raise tree.fault(
            "the study asks a database",
            expected="files, which can be given",
            got="sql",
            remedy="export the rows to a Parquet file and run the study on it",
        )
    if "sql" in found:
        return _query(tree, found, paths)
    if "path" not in found:
        raise tree.fault(
            "no data are named",
            expected="path: a file, or sql: a query with its connection",
            got="keys " + (", ".join(found) or "none"),
            remedy="add 'path'",
        )
    options: dict[str, Any] = {name: found[name].text() for name in _TEXT_OPTIONS if name in found}
    options |= _lists(found)
    if "decimal" in found:
        found["decimal"].choice((".", ","))
    return TableRef(
        path=paths.read(found["path"].text()), options=MappingProxyType(options), where=tree.where
    )


def _query(tree: Tree, found: Mapping[str, Tree], paths: Paths) -> TableRef:
    """A query and the database it is put to."""
    if "connection" not in found or set(found) - {"sql", "connection", *_LIST_OPTIONS}:
        raise tree.fault(
            "a query needs its connection, and nothing but missing, text and number beside it",
            expected="sql and connection",
            got=", ".join(found),
            remedy="name the database file, postgresql://host/database, or {env: NAME}",
        )
    written = found["connection"]
    text = _from_environment(written) if written.is_mapping else written.text()
    if "://" not in text:
        text = str(paths.read(text))
    return TableRef(
        sql=found["sql"].text(), connection=text, options=_lists(found), where=tree.where
    )


def _lists(found: Mapping[str, Tree]) -> Mapping[str, Any]:
    """Marks for missing values, and columns that are text or numbers, where they are declared."""
    named = {n: found[n].one_or_many() for n in _LIST_OPTIONS if n in found}
    return MappingProxyType({name: tuple(t.text() for t in many) for name, many in named.items()})


def _from_environment(tree: Tree) -> str:
    """A connection that is kept in an environment variable, not in the file."""
    name = tree.fields(("env",), required=("env",))["env"].text()
    if not os.environ.get(name):
        raise tree.fault(
            "the connection is not set",
            expected=f"the environment variable {name}",
            got="nothing under this name",
            remedy=f"set it before the run: export {name}=postgresql://host/database",
        )
    return os.environ[name]


def standard(tree: Tree, paths: Paths) -> str:
    """A shipped name, or a path from the study's folder."""
    text = tree.text()
    if text.endswith((".yaml", ".yml")) and paths.given is None:
        paths.read(text)
    return text


def columns(tree: Tree) -> Mapping[str, str]:
    """Names and the columns or expressions they stand for."""
    return MappingProxyType({name: below.text() for name, below in tree.items()})


def design(tree: Tree) -> Design:
    """The sampling design, as written."""
    texts = ("weight", "size", "strata")
    lists = ("psu", "fpc", "replicates")
    truths = ("nest", "mse", "census")
    numbers = ("scale", "rho", "df")
    found = tree.fields((*texts, *lists, *truths, *numbers, "lonely", "kind", "rscales"))
    given: dict[str, Any] = {name: found[name].text() for name in texts if name in found}
    given |= {name: found[name].truth() for name in truths if name in found}
    for name in lists:
        if name in found:
            many = tuple(t.text() for t in found[name].some())
            given[name] = many if name == "replicates" or len(many) > 1 else many[0]
    if "lonely" in found:
        given["lonely"] = found["lonely"].choice(get_args(LonelyPsu))
    if "kind" in found:
        given["kind"] = found["kind"].choice(get_args(ReplicateKind))
    given |= {name: found[name].number() for name in numbers if name in found}
    if "rscales" in found:
        given["rscales"] = tuple(t.number() for t in found["rscales"].some())
    try:
        return Design(**given)
    except DesignError as reason:
        raise StudyError(
            reason.what,
            where=tree.where,
            expected=reason.expected,
            got=reason.got,
            remedy=reason.remedy,
        ) from reason


def areas(tree: Tree) -> tuple[tuple[str, ...], ...]:
    """Columns, and lists of columns that are crossed."""
    return tuple(tuple(t.text() for t in entry.some()) for entry in tree.one_or_many())


def levels(tree: Tree) -> Levels:
    """Village, county, area class."""
    found = tree.fields(("village", "county", "area_class"))
    return Levels(**{name: below.text() for name, below in found.items()})


def measures(tree: Tree) -> tuple[str, ...]:
    """Measures by name; the catalogue is asked for them when the study is run."""
    return tuple(entry.text() for entry in tree.one_or_many()) or DEFAULT_MEASURES


def missing(tree: Tree) -> str:
    """What missing welfare means."""
    if not tree.is_mapping:
        return tree.choice(("error", "exclude"))
    found = tree.fields(("welfare",), required=("welfare",))
    return found["welfare"].choice(("error", "exclude"))


def readings(tree: Tree) -> Mapping[str, Mapping[str, str]]:
    """Readings of the standard's open points, by level and option."""
    found = tree.fields(("household", "village", "county"))
    return MappingProxyType({level: columns(below) for level, below in found.items()})


def facts(tree: Tree, paths: Paths) -> Facts:
    """A table of villages or counties."""
    found = tree.fields(("table", "on", "columns"), required=("table", "on"))
    named = columns(found["columns"]) if "columns" in found else MappingProxyType({})
    return Facts(table(found["table"], paths), found["on"].text(), named)


def confidence(tree: Tree) -> float:
    """Two-sided confidence of intervals."""
    number = tree.number()
    if not 0.5 <= number < 1:
        raise tree.unlike("a number from 0.5 to below 1", "write 95 % as 0.95")
    return number


def min_count(tree: Tree) -> float:
    """Below which number a count is small."""
    number = tree.number()
    if number < 0:
        raise tree.unlike("a number of zero or more", "write 10, or 0 to hide no small counts")
    return number


def scenario(tree: Tree) -> dict[str, dict[str, float | str]]:
    """Transfers by name: amount, to, score, quota."""
    found: dict[str, dict[str, float | str]] = {}
    for name, below in tree.items():
        keys = below.fields(("amount", "to", "score", "quota"), required=("amount",))
        found[name] = {
            key: one.number() if key in ("amount", "quota") else one.text()
            for key, one in keys.items()
        }
    return found


def outputs(tree: Tree) -> Outputs:
    """What a run leaves behind, and where."""
    found = tree.fields(("folder", "household_decisions"))
    given: dict[str, Any] = {}
    if "folder" in found:
        given["folder"] = found["folder"].text()
    if "household_decisions" in found:
        given["household_decisions"] = found["household_decisions"].truth()
    return Outputs(**given)


def check_together(study: Study) -> None:
    """Sections that contradict each other."""
    twice = [
        name
        for name in ("weight", "size", "strata")
        if name in study.columns and getattr(study.design, name) not in (None, name)
    ]
    if twice:
        raise StudyError(
            f"'{twice[0]}' is declared twice",
            where=study.where(f"design.{twice[0]}"),
            expected="one place: columns or design",
            got=f"also {study.where('columns.' + twice[0])}",
            remedy="remove one of them",
        )
    if study.design.census and (study.design.weight or study.design.replicates):
        raise StudyError(
            "a full count has no sampling weights",
            where=study.where("design.census"),
            expected="census: true without weight and replicates",
            got="both",
            remedy="remove 'census: true' if the data are a sample",
        )
