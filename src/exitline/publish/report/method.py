"""The study and its design, warnings about the data, and how to recompute the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.publish.report.rules import used_lines
from exitline.words.intervals import SHARES
from exitline.words.numbers import count, plural, rounded

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.stats.data.studies.study import Study
    from exitline.stats.data.table_ref import TableRef

_SEVERITIES = ("error", "warning", "note")
_SHOWN_APART = ("recompute", "verify", "command", "seconds", "timings", "study")


@dataclass(frozen=True)
class Fact:
    """A term and what is to be said of it."""

    term: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Warned:
    """A finding of the quality report."""

    severity: str
    message: str
    where: str
    count: str
    remedy: str


@dataclass(frozen=True)
class Recorded:
    """A part of the run's record: names and values."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Method:
    """The last part of the page."""

    facts: tuple[Fact, ...]
    outside: tuple[str, ...]
    warnings: tuple[Warned, ...]
    notes: tuple[str, ...]
    commands: tuple[str, ...]
    record: tuple[Recorded, ...]
    seconds: str
    study: str = ""
    """The study file as it is written; "" where it is not shown."""
    verifiable: bool = True
    """Whether claims can be verified from files."""


def method(content: ReportInput) -> Method:
    """The study, its data and the record of its run.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    Method
    """
    notes = tuple(dict.fromkeys([*content.notes, *content.estimates.notes]))
    return Method(
        tuple(f for f in _facts(content) if f.details), content.study.outside_folder,
        _warnings(content), notes, _commands(content), tuple(_record(content.provenance)),
        _seconds(content.provenance), _written_study(content.provenance),
        content.provenance.get("verify") != "",
    )  # fmt: skip


def _facts(content: ReportInput) -> Iterable[Fact]:
    """What the study is, in the words of its file."""
    study = content.study
    yield Fact("Study", (study.title, *([f"year {study.year}"] if study.year else [])))
    yield Fact("Data", tuple(_data(study)))
    yield Fact("Unit", (f"one row is one {study.unit}",))
    if study.subpopulation:
        yield Fact("Subpopulation", (f"estimates speak of rows where {study.subpopulation}",))
    yield Fact("Welfare", tuple(_welfare(study)))
    yield Fact("Lines", used_lines(content))
    yield Fact("Design", tuple(_design(content)))
    yield Fact("Intervals", tuple(_intervals(content)))
    yield Fact("Areas", tuple(" × ".join(area) for area in study.areas))
    named = study.levels.named()
    yield Fact("Levels", tuple(f"{role.replace('_', ' ')}: {text}" for role, text in named.items()))
    yield Fact("Stated population", tuple(_population(study)))


def _data(study: Study) -> Iterable[str]:
    """Names of the tables."""
    yield f"households: {_table(study.households)}"
    if study.persons is not None:
        yield f"persons: {_table(study.persons)}"
    for name, facts in (("villages", study.villages), ("counties", study.counties)):
        if facts is not None:
            yield f"facts on {name}: {_table(facts.table)}"


def _table(table: TableRef) -> str:
    return table.name + (" (by a query)" if table.sql is not None else "")


def _welfare(study: Study) -> Iterable[str]:
    """Where welfare comes from, and what was done to it."""
    if "welfare" in study.columns:
        yield f"column or expression: {study.columns['welfare']}"
    if study.equivalence is not None:
        yield f"equivalence scale: {study.equivalence.scale}"
    prices = study.prices
    if prices is not None and prices.from_year is not None:
        yield (
            f"prices of {prices.from_year} brought to {prices.to_year} by a factor of "
            f"{prices.factor:.6g} ({prices.direction})"
        )
    if prices is not None and prices.regional is not None:
        yield f"divided by the regional price index {prices.regional}"
    if study.ppp is not None:
        yield f"{study.ppp:g} local currency units for one international dollar"
    if study.missing_welfare == "exclude":
        yield "households without welfare are left out"


def _design(content: ReportInput) -> Iterable[str]:
    """How the sample was drawn."""
    from exitline.stats.data.roles import design_columns

    design, named = content.study.design, design_columns(content.study)
    if design.exact:
        yield from design.sampling.said
        return
    if not named:
        yield "no design declared: simple random sampling is assumed, every household counts once"
        return
    for role, text in named.items():
        if not role.startswith("replicate_"):
            yield f"{_role(role)}: {content.study.columns.get(text, text)}"
    yield from design.sampling.said
    known = content.study.calibrated_to
    if known is not None:
        how = f" by {known.method}" if known.made else ""
        yield f"weights calibrated{how} to the totals of {Path(known.totals).name}"
    sampled = content.estimates.variance.clusters
    if sampled is not None:
        clusters = plural(int(sampled.sum()), "cluster")
        yield f"{clusters} in {plural(len(sampled), 'stratum', 'strata')}"


def _role(role: str) -> str:
    words = {"psu": "cluster (PSU)", "fpc": "finite population", "size": "household size"}
    stem, _, stage = role.partition("_")
    return words.get(stem, stem) + (f", stage {stage}" if stage else "")


def _intervals(content: ReportInput) -> Iterable[str]:
    """How intervals are made, and how they may be read together."""
    if not content.sampled:
        yield "none: a full count has no sampling error"
        return
    level = 100 * content.estimates.level
    yield content.estimates.variance.words + (
        f"; {level:g} % confidence, t distribution on the design's degrees of freedom; "
        f"{SHARES[content.study.interval]}"
    )
    yield (
        "each interval holds for one figure at a time: among many areas, about one in "
        f"{1 / (1 - content.estimates.level):.0f} misses"
    )
    yield "intervals of numbers of people and of indices are cut off at zero"


def _population(study: Study) -> Iterable[str]:
    if study.population is not None and study.population.persons is not None:
        yield f"{rounded(study.population.persons, 0)} persons"
    if study.population is not None and study.population.households is not None:
        yield f"{rounded(study.population.households, 0)} households"


def _warnings(content: ReportInput) -> tuple[Warned, ...]:
    """Findings, errors first."""
    rank = {severity: i for i, severity in enumerate(_SEVERITIES)}
    ordered = sorted(content.findings, key=lambda f: rank.get(f.severity, len(rank)))
    return tuple(
        Warned(f.severity, f.message, f.where, count(f.count) if f.count else "", f.remedy)
        for f in ordered
    )


def _commands(content: ReportInput) -> tuple[str, ...]:
    """The commands that make this page again and check its inputs."""
    record = content.provenance
    given = record.get("recompute") or record.get("command") or ()
    commands = [given] if isinstance(given, str) else [str(g) for g in given]
    verify = record.get("verify")
    if verify:
        commands += [verify] if isinstance(verify, str) else [str(v) for v in verify]
    return tuple(commands)


def _written_study(record: Mapping[str, Any]) -> str:
    """The study file to the letter, so that it can be copied out of the page."""
    study = record.get("study")
    text = study.get("text") if isinstance(study, Mapping) else None
    return text if isinstance(text, str) else ""


def _record(record: Mapping[str, Any]) -> Iterable[Recorded]:
    """The run's record, part by part, without what is shown elsewhere."""
    loose: list[tuple[str, str]] = []
    parts: list[Recorded] = []
    for name, value in record.items():
        if name in _SHOWN_APART and name != "study":
            continue
        if isinstance(value, Mapping) and any(
            isinstance(v, str | int | float) for v in value.values()
        ):
            parts.append(Recorded(_title(name), tuple(_pairs(value))))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            parts.append(Recorded(_title(name), tuple(p for v in value for p in _item(v))))
        elif value is not None or name == "seed":
            loose.append((_title(name), _plain(name, value)))
    first = (Recorded("Run", tuple(loose)),) if loose else ()
    return (*first, *(part for part in parts if part.rows))


def _pairs(value: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Names and values of a mapping, empty ones left out."""
    for name, item in value.items():
        if item not in (None, "", [], ()) and name not in ("outside_folder", "text"):
            yield _title(name), _plain(name, item)


def _item(value: Any) -> Iterable[tuple[str, str]]:
    """An entry of a list: an input with its digest, or a text."""
    if not isinstance(value, Mapping):
        yield "", str(value)
        return
    rest = {k: v for k, v in value.items() if k != "name"}
    for key, item in rest.items():
        said = "not a file: no digest" if item is None else str(item)
        yield f"{value.get('name', '')} ({_title(key)})".strip(), said


def _plain(name: str, value: Any) -> str:
    """A value in words."""
    if name == "seed" and value is None:
        return "none: nothing is drawn at random"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _title(name: str) -> str:
    return {"sha256": "SHA-256", "digest": "SHA-256"}.get(name, name.replace("_", " "))


def _seconds(record: Mapping[str, Any]) -> str:
    """The steps' wall times."""
    times = record.get("seconds") or record.get("timings") or {}
    if not isinstance(times, Mapping) or not times:
        return ""
    parts = [f"{name} {float(seconds):.2f} s" for name, seconds in times.items()]
    return ", ".join(parts)
