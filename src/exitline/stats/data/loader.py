"""Reading a study file: every fault names file, line, key, expected, got and remedy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.errors import StudyError
from exitline.stats.data import sections
from exitline.stats.data import sections_money as money
from exitline.stats.data.study import DEFAULT_MEASURES, Study

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree
    from exitline.stats.data.sections import GivenFiles

KEYS = (
    "study",
    "standard",
    "data",
    "columns",
    "design",
    "areas",
    "levels",
    "lines",
    "period",
    "year",
    "measures",
    "prices",
    "ppp",
    "equivalence",
    "missing",
    "confidence",
    "interval",
    "population",
    "villages",
    "counties",
    "readings",
    "where",
    "min_count",
    "scenario",
    "outputs",
)
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
    found = tree.fields(KEYS, required=("study", "data"))
    paths = sections.Paths(path.parent, given=given)
    data = sections.data(found["data"], paths)
    study = Study(
        title=found["study"].text(),
        households=data.households,
        persons=data.persons,
        key=data.key,
        unit=data.unit,
        path=path,
        digest=_digest(tree),
        places=MappingProxyType(dict(_places(tree))),
        **_optional(found, paths),
    )
    sections.check_together(study)
    return _with_outside(study, paths)


def _optional(found: Mapping[str, Tree], paths: sections.Paths) -> dict[str, Any]:
    """The sections that may be left out, those that are there."""
    readers: dict[str, tuple[str, Any]] = {
        "standard": ("standard", lambda t: sections.standard(t, paths)),
        "columns": ("columns", sections.columns),
        "design": ("design", sections.design),
        "areas": ("areas", sections.areas),
        "levels": ("levels", sections.levels),
        "lines": ("lines", money.lines),
        "period": ("period", lambda t: t.choice(("day", "month", "year"))),
        "year": ("year", money.year),
        "measures": ("measures", sections.measures),
        "prices": ("prices", lambda t: money.prices(t, paths)),
        "ppp": ("ppp", money.positive),
        "equivalence": ("equivalence", money.equivalence),
        "missing": ("missing_welfare", sections.missing),
        "confidence": ("confidence", sections.confidence),
        "interval": ("interval", lambda t: t.choice(("logit", "beta"))),
        "population": ("population", money.population),
        "villages": ("villages", lambda t: sections.facts(t, paths)),
        "counties": ("counties", lambda t: sections.facts(t, paths)),
        "readings": ("readings", sections.readings),
        "where": ("subpopulation", lambda t: t.text()),
        "min_count": ("min_count", sections.min_count),
        "scenario": ("scenario", sections.scenario),
        "outputs": ("outputs", sections.outputs),
    }
    return {name: read(found[key]) for key, (name, read) in readers.items() if key in found}


def _with_outside(study: Study, paths: sections.Paths) -> Study:
    return replace(study, outside_folder=tuple(paths.outside))


def _digest(tree: Tree) -> str:
    """SHA-256 of what the file says, in a fixed order of keys."""
    said = json.dumps(tree.plain(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8")).hexdigest()


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
