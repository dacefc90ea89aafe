"""Reading a study file: every fault names file, line, key, expected, got and remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from exitline.digest import digest_of
from exitline.errors import StudyError
from exitline.stats.data.studies.made import check_together, made
from exitline.stats.data.studies.paths import Paths
from exitline.stats.data.studies.study import DEFAULT_MEASURES, Study
from exitline.stats.data.studies.study_file import StudyFile

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree
    from exitline.stats.data.studies.paths import GivenFiles

KEYS = tuple(StudyFile.keys())
"""The keys of a study file, in the order in which they are best written."""


def load_study(path: str | Path) -> Study:
    """Read a study file.

    Parameters
    ----------
    path : path
        A YAML file; docs/study.md explains its keys.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        For anything in the file that cannot be used, with file, line and key.

    Examples
    --------
    >>> load_study("examples/no-such-study.yaml")
    Traceback (most recent call last):
    ...
    exitline.errors.StudyError: there is no such file
      where:    examples/no-such-study.yaml
      expected: a YAML file
      got:      nothing under this name
      remedy:   check the path
    """
    from exitline.rules.yamlfile.tree import file_text

    return parse_study(file_text(path, StudyError), path)


def parse_study(
    text: str, path: str | Path = "study.yaml", *, given: GivenFiles | None = None
) -> Study:
    """Read a study from text, as if it stood in a file at `path`.

    Parameters
    ----------
    text : str
        YAML.
    path : path
        Where the file would be; relative paths are read from its folder.
    given : GivenFiles, optional
        The only files that the study may read. It then opens nothing else, and asks no
        database.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        As `load_study`.

    Examples
    --------
    >>> study = parse_study("study: Albania\\ndata: {households: lival.parquet}")
    >>> study.title, study.households.name
    ('Albania', 'lival.parquet')
    """
    from exitline.rules.yamlfile.tree import read_text

    study = _study(read_text(text, Path(path).name, StudyError), Path(path), given)
    return replace(study, text=text)


def study_digest(path: str | Path) -> str:
    """The digest of what a study file says, without opening any file that it names.

    Raises
    ------
    StudyError
        When the file cannot be read, or is not plain YAML.

    Examples
    --------
    >>> study_digest("examples/albania-2012/study.yaml") == load_study(
    ...     "examples/albania-2012/study.yaml"
    ... ).digest
    True
    """
    from exitline.rules.yamlfile.tree import read_file

    return _digest(read_file(path, StudyError))


def _study(tree: Tree, path: Path, given: GivenFiles | None = None) -> Study:
    """The whole study from the tree of its file."""
    paths = Paths(path.parent, given=given)
    study = Study(
        path=path,
        digest=_digest(tree),
        places=MappingProxyType(dict(_places(tree))),
        **made(StudyFile.read(tree), paths),
    )
    check_together(study)
    return replace(study, outside_folder=tuple(paths.outside))


def _digest(tree: Tree) -> str:
    """SHA-256 of what the file says, in a fixed order of keys."""
    return digest_of(tree.plain())


def _places(tree: Tree) -> list[tuple[str, str]]:
    """Key and place of everything in the file."""
    below = (
        [t for _, t in tree.items()]
        if tree.is_mapping
        else list(tree.sequence())
        if tree.is_sequence
        else []
    )
    here = [(tree.key, tree.where)] if tree.key else []
    return here + [place for t in below for place in _places(t)]


__all__ = ["DEFAULT_MEASURES", "KEYS", "load_study", "parse_study"]
