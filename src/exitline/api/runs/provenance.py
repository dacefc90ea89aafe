"""What run.json says: versions, digests and timings, so that a run can be recomputed."""

from __future__ import annotations

import os
import platform
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.stats.data.held import HeldFile

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.scannable import Source
    from exitline.stats.data.studies.study import Study

LIBRARIES = ("duckdb", "ibis-framework", "numpy", "scipy", "pyarrow", "sqlglot", "pyspark")


@dataclass
class StepTimes:
    """Wall seconds of each step, told to the user as they begin."""

    say: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say what begins and keep how long it took."""
        self.say(name)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - start, 3)


def provenance(ready: Ready, clock: StepTimes) -> dict[str, Any]:
    """The record of a run, without its date: the same inputs give the same record.

    Parameters
    ----------
    ready : Ready
    clock : StepTimes

    Returns
    -------
    dict
        software, libraries, engine, study, standard, inputs (name and SHA-256), seed (none:
        nothing is drawn), timings.
    """
    from exitline.version import __version__

    study, standard = ready.study, ready.standard
    names = input_names(study)
    file = study.path.name if study.path else "study.yaml"
    return {
        "software": {"name": "exitline", "version": __version__},
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "engine": ready.engine.name,
        "study": {
            "title": study.title,
            "file": file if study.path else None,
            "digest": study.digest,
            "text": _study_text(study),
            "outside_folder": list(study.outside_folder),
        },
        "standard": (
            {"name": standard.name, "digest": standard.digest} if standard is not None else None
        ),
        "inputs": inputs_of(study, ready.data.sources),
        "csv": [
            {"name": names[role], "rows": ready.engine.rows[role], **dialect.said()}
            for role, source in ready.data.sources.items()
            if (dialect := source.options.get("dialect")) is not None
        ],
        "seed": None,
        **commands(study),
        "seconds": clock.seconds,
    }


def commands(
    study: Study, out: str | Path | None = None, *, engine: str = "duckdb",
    min_count: float | None = None, language: str = "en",
) -> dict[str, str]:  # fmt: skip
    """The commands that make a run again and check its claims, from the study's folder.

    Parameters
    ----------
    study : Study
    out : path, optional
        Folder of the results, where it is not the study's own.
    engine : str
    min_count : float, optional
    language : str
        As they were given with the run.

    Returns
    -------
    dict
        recompute and verify; the second is "" where rows come from a database, of which there
        is no digest that a claim could be bound to.

    Examples
    --------
    >>> from exitline.stats.data import parse_study
    >>> study = parse_study("{study: Homes, data: {households: in/h 1.csv}}", "a/study.yaml")
    >>> commands(study, "b/run")["verify"]
    "exitline verify ../b/run/claims.json --study study.yaml --data 'in/h 1.csv'"
    """
    file = study.path.name if study.path else "study.yaml"
    folder = _from(study.folder, Path(out)) if out is not None else study.outputs.folder
    again = ["exitline", "run", file]
    again += ["--out", folder] if out is not None else []
    again += ["--engine", engine] if engine != "duckdb" else []
    again += ["--min-count", f"{min_count:g}"] if min_count is not None else []
    again += ["--language", language] if language != "en" else []
    if {**study.tables, **study.tables_beside}.keys() - study.files.keys():
        return {"recompute": shlex.join(again), "verify": ""}
    checked = ["exitline", "verify", f"{folder}/claims.json", "--study", file]
    for path in dict.fromkeys(study.files.values()):
        checked += ["--data", _from(study.folder, path)]
    return {"recompute": shlex.join(again), "verify": shlex.join(checked)}


def _from(folder: Path, path: Path) -> str:
    """A path as it is reached from a folder; with a leading ./ where it would be an option."""
    way = os.path.relpath(path.absolute(), folder.absolute())
    return f"./{way}" if way.startswith("-") else Path(way).as_posix()


def input_names(study: Study) -> dict[str, str]:
    """What the data files of a study are called in its claims, by role.

    A file's own name; where two files have the same one, as many of the folders above them
    as tell them apart.

    Examples
    --------
    >>> from exitline.stats.data import parse_study
    >>> text = "{study: a, data: {households: a/d.csv, persons: b/d.csv, on: id}}"
    >>> input_names(parse_study(text))
    {'households': 'a/d.csv', 'persons': 'b/d.csv'}
    """
    files = study.files
    paths = {path: path.parts for path in files.values()}

    def tail(path: Path) -> str:
        for length in range(1, len(path.parts)):
            end = path.parts[-length:]
            if sum(parts[-length:] == end for parts in paths.values()) == 1:
                return "/".join(end)
        return path.as_posix()

    return {role: tail(path) for role, path in files.items()}


def inputs_of(study: Study, sources: Mapping[str, Source]) -> list[dict[str, str | None]]:
    """Each input of a study once: its name and the SHA-256 of the bytes that were read.

    Rows of a database have the database's name and no digest.

    Parameters
    ----------
    study : Study
    sources : mapping of str to Source
        By role, as they were read.
    """
    names, files = input_names(study), study.files
    found: dict[str, str | None] = {}
    for role, table in study.tables.items():
        if role not in files:
            found[table.name] = None
        elif names[role] not in found:
            held = sources[role].held
            found[names[role]] = held.digest if held is not None else HeldFile(files[role]).digest
    if "prices" in files and study.prices is not None:
        found.setdefault(names["prices"], study.prices.file_sha256)
    for role, path in files.items():
        if role not in study.tables and role != "prices" and names[role] not in found:
            found[names[role]] = HeldFile(path).digest
    return [{"name": name, "sha256": digest} for name, digest in found.items()]


def _study_text(study: Study) -> str | None:
    """The study file verbatim, so that a claim can be recomputed from itself; never one
    that names a database, whose address may hold a password."""
    if study.path is None or any(
        t.connection is not None for t in (*study.tables.values(), *study.tables_beside.values())
    ):
        return None
    return study.text


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
