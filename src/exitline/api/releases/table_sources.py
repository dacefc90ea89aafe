"""What a table is made from: a study, the folder of a run, or a data file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.releases.counted import Counted
from exitline.publish.tables.content import CANNOT_TELL, TableFacts

if TYPE_CHECKING:
    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.studies.study import Study
    from exitline.stats.engine.base import Engine

HOUSEHOLDS = "household_decisions.parquet"
NOBODY = "not poor before"
_OUTCOME = {"met": "met", "not met": "not met", "cannot tell": CANNOT_TELL}
_POOR = {"True": "poor", "False": "not poor", "(missing)": CANNOT_TELL}
_CRITERION = {"True": "met", "False": "not met", "(missing)": CANNOT_TELL}


@contextmanager
def opened(
    source: str | Path,
    engine: str | Engine,
    given: Mapping[str, Any],
    shown: Sequence[str] = (),
) -> Iterator[Counted]:
    """The rows of a source on a running engine.

    Parameters
    ----------
    source : path
    engine : {"duckdb", "spark"} or Engine
    given : mapping
        weight, size, welfare, line, and options of the reader: for a data file only.
    shown : sequence of str
        Areas and categories: columns of a data file that are compared as they are written.

    Yields
    ------
    Counted
    """
    path = Path(source)
    if path.is_dir():
        _only_data(given, "the folder of a run")
        with _run(path, engine) as counted:
            yield counted
    elif path.suffix.lower() in (".yaml", ".yml"):
        _only_data(given, "a study")
        with _study(path, engine) as counted:
            yield counted
    else:
        with _data(path, engine, given, shown) as counted:
            yield counted


@contextmanager
def _study(path: Path, engine: str | Engine) -> Iterator[Counted]:
    """A study's rows, with the status of every household where its standard has a rule."""
    from exitline.api.figures.lines import line_figures
    from exitline.api.runs.prepare import ready
    from exitline.publish.content.households import household_words
    from exitline.stats.infer.intake.codes import as_text
    from exitline.stats.measure import chain

    with ready(path, engine, whole=True) as opened_study:
        table, standard = opened_study.table, opened_study.standard
        labels: dict[str, dict[str, str]] = {}
        if standard is not None and standard.household is not None:
            status = chain.household_status(
                table, standard, line_figures(opened_study), opened_study.was_poor
            )
            areas = [name for area in opened_study.study.areas for name in area]
            made = {"poor": chain.POOR, "outcome": chain.OUTCOME}
            made |= {
                shown: chain.criterion_column(name)
                for name, shown in chain.criterion_names(standard, areas).items()
            }
            new = {k: status[v] for k, v in made.items() if v in status.columns}
            table = status.mutate(**new)
            said = household_words(opened_study.study, standard).outcomes
            labels = dict.fromkeys(new, _CRITERION) | {"poor": _POOR, "outcome": _outcome(said)}
        for name in table.columns:
            words = opened_study.data.labels(name)
            if words and name not in labels:
                labels[name] = {as_text(value): word for value, word in words.items()}
        design = opened_study.design
        yield Counted(
            table,
            opened_study.engine,
            design.weight,
            design.size,
            labels,
            _study_facts(opened_study),
            opened_study.study.unit,
            _keys(opened_study.study),
            titles=opened_study.study.area_titles,
            design=design,
            level=opened_study.study.confidence,
            interval=opened_study.study.interval,
        )


def _keys(study: Study) -> tuple[str, ...]:
    """Columns that the study declares as keys of households or persons."""
    declared = [study.columns.get("household"), "household"]
    if study.key is not None:
        declared += [study.key.households, study.key.persons]
    return tuple(name for name in declared if name is not None)


def _outcome(said: Mapping[str, str]) -> dict[str, str]:
    """Words of the outcomes; who was not poor before has none."""
    return {**said, "(missing)": NOBODY}


def _study_facts(opened_study: Ready) -> TableFacts:
    """What a study says about itself."""
    from exitline.publish.content.lines import of_line

    study, standard = opened_study.study, opened_study.standard
    lines = "; ".join(of_line(line, study)() for line in opened_study.data.lines)
    return TableFacts(
        title=study.title, unit="", rule="", line=lines,
        standard=f"{standard.title} ({standard.name})" if standard is not None else "",
        year=str(study.year or ""), source=f"{study.title}, {study.households.name}",
    )  # fmt: skip


@contextmanager
def _run(folder: Path, engine: str | Engine) -> Iterator[Counted]:
    """A finished run's household decisions; censuses only."""
    from exitline.errors import DataError
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.source import open_source
    from exitline.stats.engine.session import session

    record = _record(folder)
    if not (folder / HOUSEHOLDS).is_file():
        raise DataError(
            "the run has no household decisions", where=str(folder), expected=HOUSEHOLDS,
            remedy="give the study file instead, or run it with household_decisions: true",
        )  # fmt: skip
    about = record["about"]
    if not about["census"]:
        raise DataError(
            "the household decisions of a sample cannot be counted without their weights",
            where=str(folder), expected="a run of a full count (design: census: true)",
            got="a run of a sample", remedy="give the study file instead of the run's folder",
        )  # fmt: skip
    facts = TableFacts(
        title=str(record["study"]["title"]), unit="", rule="",
        standard=str((about["standard"] or {}).get("title", "")),
        year=str(about["year"] or ""), source=f"{record['study']['title']}, a finished run",
    )  # fmt: skip
    with session(engine) as running:
        table = running.attach(open_source(folder / HOUSEHOLDS), "households")
        flags = [n for n in table.columns if table[n].type().is_boolean()]
        said = about.get("outcomes", _OUTCOME)
        labels = dict.fromkeys(flags, _CRITERION) | {"poor": _POOR, "outcome": _outcome(said)}
        yield Counted(
            table, running, None, None, labels, facts, hidden=_hidden(folder, about["levels"]),
            told=_told(folder, record), design=Design(census=True),
        )  # fmt: skip


def _hidden(folder: Path, levels: Mapping[str, str]) -> dict[str, set[str]]:
    """Areas whose figures the run hides, by the column that household decisions name them in."""
    import pyarrow.parquet as pq

    columns = ["by", "domain", "release"]
    found: dict[str, set[str]] = {}
    rows = pq.read_table(folder / "estimates.parquet", columns=columns).to_pylist()
    named = {column: level for level, column in levels.items()}
    for row in rows:
        if row["release"] != "shown" and row["by"]:
            found.setdefault(named.get(row["by"], row["by"]), set()).add(row["domain"])
    return found


def _told(folder: Path, record: Mapping[str, Any]) -> dict[str, dict[str, set[tuple[str, ...]]]]:
    """Areas of which the run itself publishes how many households a category holds.

    Shares and numbers at a line tell the poor, a criterion that is a share of households tells who
    meets it, and the page tells the outcomes of all together.
    """
    import pyarrow.parquet as pq

    from exitline.proof.disclose.counts import counts_of

    about = record["about"]
    found: dict[str, dict[str, set[tuple[str, ...]]]] = {}
    levels = {column: level for level, column in about["levels"].items()}
    columns = ["measure", "by", "domain", "release"]
    for row in pq.read_table(folder / "estimates.parquet", columns=columns).to_pylist():
        form, of = counts_of(row["measure"], about)
        if form and of == "households" and row["release"] == "shown":
            areas = found.setdefault("poor", {}).setdefault(levels.get(row["by"], row["by"]), set())
            areas.add((row["domain"],) if row["by"] else ())
    if record["release"].get("outcomes") == "shown":
        found["outcome"] = {"": {()}}
    columns = ["level", "parent", "unit", "criterion", "evidence", "release"]
    rows = pq.read_table(folder / "decisions.parquet", columns=columns).to_pylist()
    names = Counter((row["level"], row["criterion"], row["unit"]) for row in rows)
    for row in rows:
        level, name, unit = row["level"], row["criterion"], row["unit"]
        asked = (about["standard"] or {}).get("criteria", {}).get(level, {}).get(name, {})
        if asked.get("kind") != "share" or asked.get("of") or row["release"] != "shown":
            continue
        areas = found.setdefault(name, {}).setdefault(level, set())
        areas.add((row["parent"], unit))
        if names[level, name, unit] == 1:
            areas.add((unit,))
    return found


def _record(folder: Path) -> dict[str, Any]:
    """What run.json says."""
    from exitline.errors import DataError
    from exitline.records import RecordError
    from exitline.records.run import read_run_record

    try:
        return read_run_record(folder)
    except RecordError as reason:
        raise DataError(
            "this folder is not that of a finished run", where=str(folder),
            expected="run.json, as `exitline run` of this version writes it", got=reason.got,
            remedy="give the folder that `exitline run` named",
        ) from reason  # fmt: skip


@contextmanager
def _data(
    path: Path, engine: str | Engine, given: Mapping[str, Any], shown: Sequence[str]
) -> Iterator[Counted]:
    """A data file as it is, with "poor" where a welfare column and a line are given."""
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import narrowed, role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.infer.intake.codes import as_text
    from exitline.stats.measure.passes.plan import require_usable

    roles = ("weight", "size", "welfare", "line")
    welfare, line = given["welfare"], given["line"]
    uses = role_uses(numeric=(given["weight"], given["size"], welfare), code=shown)
    source = open_source(path, **{k: v for k, v in given.items() if k not in roles}).using(uses)
    used = (given["weight"], given["size"], welfare, *shown)
    source = narrowed(source, [name for name in used if name])
    with session(engine) as running:
        table = running.attach(source, "households")
        require_usable([n for n in (given["weight"], given["size"], welfare) if n], table)
        labels = {
            name: {as_text(value): word for value, word in words.items()}
            for name, words in source.labels.items()
        }
        said = ""
        if welfare and line is not None:
            table = table.mutate(poor=table[welfare].cast("float64") < line)
            labels["poor"] = dict(_POOR)
            said = f"poor: {welfare} below {line:,.10g}"
        facts = TableFacts(title=path.stem, unit="", rule="", line=said, source=path.name)
        weight, size = given["weight"], given["size"]
        design = Design(weight, size) if weight else None
        yield Counted(table, running, weight, size, labels, facts, design=design)


def _only_data(given: Mapping[str, Any], what: str) -> None:
    """Refuse roles that a study or a run has itself."""
    from exitline.errors import DataError
    from exitline.stats.data.readers.declaring import FLAGS

    named = [f"--{FLAGS.get(name, name)}" for name, value in given.items() if value is not None]
    if named:
        raise DataError(
            f"{what} says itself which columns play which role", got=", ".join(named),
            expected="these options with a data file only", remedy="leave them out",
        )  # fmt: skip
