"""Paths that a study names: read from its folder, or stood for by files that were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from exitline.errors import StudyError


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
