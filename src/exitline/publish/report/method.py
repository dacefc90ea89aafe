"""The study and its design, warnings about the data, and how to recompute the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.publish.report import blocks as b
from exitline.publish.report.rules import used_lines
from exitline.words.intervals import FIGURES, SHARES
from exitline.words.numbers import count, rounded

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.stats.data.studies.study import Study
    from exitline.stats.data.table_ref import TableRef
    from exitline.words.catalogue import Language

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
    name: str
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
    t = content.t
    notes = tuple(t.of(note) for note in dict.fromkeys([*content.notes, *content.estimates.notes]))
    return Method(
        tuple(f for f in _facts(content) if f.details), content.study.outside_folder,
        _warnings(content), notes, _commands(content), tuple(_record(content.provenance, t)),
        _seconds(content.provenance, t), _written_study(content.provenance),
        content.provenance.get("verify") != "",
    )  # fmt: skip


def _facts(content: ReportInput) -> Iterable[Fact]:
    """What the study is, in the words of its file."""
    study, t = content.study, content.t
    year = [t("year {when}", when=str(study.year))] if study.year else []
    yield Fact(t("Study"), (study.title, *year))
    yield Fact(t("Data"), tuple(_data(study, t)))
    one = t("one row is one person") if study.unit == "person" else t("one row is one household")
    yield Fact(t("Unit"), (one,))
    if study.subpopulation:
        rows = t("estimates refer to rows where {condition}", condition=study.subpopulation)
        yield Fact(t("Subpopulation"), (rows,))
    yield Fact(t("Welfare"), tuple(_welfare(study, t)))
    yield Fact(t("Lines"), used_lines(content))
    yield Fact(t("Design"), tuple(_design(content)))
    yield Fact(t("Intervals"), tuple(_intervals(content)))
    yield Fact(t("Areas"), tuple(" × ".join(map(content.area_title, area)) for area in study.areas))
    named = {t.of(role.replace("_", " ")): text for role, text in study.levels.named().items()}
    colon = t.in_context("sign", ": ")
    yield Fact(t("Levels"), tuple(f"{role}{colon}{text}" for role, text in named.items()))
    yield Fact(t("Stated population"), tuple(_population(study, t)))


def _data(study: Study, t: Language) -> Iterable[str]:
    """Names of the tables."""
    yield t("households: {table}", table=_table(study.households, t))
    if study.persons is not None:
        yield t("persons: {table}", table=_table(study.persons, t))
    if study.villages is not None:
        yield t("facts on villages: {table}", table=_table(study.villages.table, t))
    if study.counties is not None:
        yield t("facts on counties: {table}", table=_table(study.counties.table, t))


def _table(table: TableRef, t: Language) -> str:
    return t("{table} (by a query)", table=table.name) if table.sql is not None else table.name


def _welfare(study: Study, t: Language) -> Iterable[str]:
    """Where welfare comes from, and what was done to it."""
    if "welfare" in study.columns:
        yield t("column or expression: {text}", text=study.columns["welfare"])
    if study.equivalence is not None:
        yield t("equivalence scale: {scale}", scale=study.equivalence.scale)
    prices = study.prices
    if prices is not None and prices.from_year is not None:
        yield t(
            "prices of {first} brought to {last} by a factor of {n} ({direction})",
            first=str(prices.from_year), last=str(prices.to_year),
            n=t.figure(f"{prices.factor:.6g}"), direction=t.of(prices.direction),
        )  # fmt: skip
    if prices is not None and prices.regional is not None:
        yield t("divided by the regional price index {column}", column=prices.regional)
    if study.ppp is not None:
        ppp = t.figure(f"{study.ppp:g}")
        yield t("{n} local currency units for one international dollar", n=ppp)
    if study.missing_welfare == "exclude":
        yield t("households without welfare are left out")


def _design(content: ReportInput) -> Iterable[str]:
    """How the sample was drawn."""
    from exitline.stats.data.roles import design_columns

    t, design, named = content.t, content.study.design, design_columns(content.study)
    said = [t.of(text) for text in design.sampling.said]
    if design.exact:
        yield from said
        return
    if not named:
        yield t(
            "no design declared: simple random sampling is assumed, every household counts once"
        )
        return
    for role, text in named.items():
        if not role.startswith("replicate_"):
            yield (
                _role(role, t) + t.in_context("sign", ": ") + content.study.columns.get(text, text)
            )
    yield from said
    yield from _weights_made(content)
    sampled = content.estimates.variance.clusters
    if sampled is not None:
        clusters = t.plural("{n} cluster", "{n} clusters", int(sampled.sum()))
        yield t.plural("{clusters} in {n} stratum", "{clusters} in {n} strata", len(sampled),
                       clusters=clusters)  # fmt: skip


def _weights_made(content: ReportInput) -> Iterable[str]:
    """How weights came about, where the study says it."""
    t = content.t
    known, responding = content.study.calibrated_to, content.study.responding
    if responding is not None and responding.classes:
        yield t("weights of those who did not respond passed on within classes of {columns}",
                columns=t.joined(responding.classes, ", "))  # fmt: skip
    elif responding is not None:
        named = (*(" x ".join(one) for one in responding.levels), *responding.numeric)
        yield t("weights divided by propensities to respond, by a logit of {columns}",
                columns=t.joined(named, ", "))  # fmt: skip
    if known is not None and known.totals is None:
        yield t("weights of the second phase calibrated by {method} to the first",
                method=known.method)  # fmt: skip
    elif known is not None:
        totals = Path(str(known.totals)).name
        if known.made:
            yield t("weights calibrated by {method} to the totals of {file}", method=known.method,
                    file=totals)  # fmt: skip
        else:
            yield t("weights calibrated to the totals of {file}", file=totals)


def _role(role: str, t: Language) -> str:
    words = {"psu": t("cluster (PSU)"), "fpc": t("finite population"), "size": t("household size"),
             "weight": t("weight"), "strata": t("strata")}  # fmt: skip
    stem, _, stage = role.partition("_")
    name = words.get(stem, stem)
    return t("{name}, stage {n}", name=name, n=stage) if stage else name


def _intervals(content: ReportInput) -> Iterable[str]:
    """How intervals are made, and how they may be read together."""
    t = content.t
    if not content.sampled:
        yield t("none: a full count has no sampling error")
        return
    sure = t("{sure} confidence, t distribution on the design's degrees of freedom",
             sure=b.confidence(content))  # fmt: skip
    made = [t.of(content.estimates.variance.words), sure, t.of(SHARES[content.study.interval])]
    if corrected := FIGURES[content.study.figure_interval]:
        made.append(t.of(corrected))
    yield t.joined(made)
    yield t(
        "each interval is for one figure at a time: among many areas, about one in {n} misses",
        n=f"{1 / (1 - content.estimates.level):.0f}",
    )
    yield t("intervals of numbers of people and of indices are cut off at zero")


def _population(study: Study, t: Language) -> Iterable[str]:
    stated = study.population
    if stated is not None and stated.persons is not None:
        yield t("{figure} persons", figure=rounded(stated.persons, 0, t=t))
    if stated is not None and stated.households is not None:
        yield t("{figure} households", figure=rounded(stated.households, 0, t=t))


def _warnings(content: ReportInput) -> tuple[Warned, ...]:
    """Findings, errors first."""
    rank = {severity: i for i, severity in enumerate(_SEVERITIES)}
    ordered = sorted(content.findings, key=lambda f: rank.get(f.severity, len(rank)))
    t = content.t
    names = {"error": t("error"), "warning": t("warning"), "note": t("note")}
    return tuple(
        Warned(f.severity, names[f.severity], t.of(f.message), t.of(f.where),
               count(f.count, t) if f.count else "", t.of(f.remedy))
        for f in ordered
    )  # fmt: skip


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


def _record(record: Mapping[str, Any], t: Language) -> Iterable[Recorded]:
    """The run's record, part by part, without what is shown elsewhere."""
    loose: list[tuple[str, str]] = []
    parts: list[Recorded] = []
    for name, value in record.items():
        if name in _SHOWN_APART and name != "study":
            continue
        if isinstance(value, Mapping) and any(
            isinstance(v, str | int | float) for v in value.values()
        ):
            parts.append(Recorded(_title(name, t), tuple(_pairs(value, t))))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            parts.append(Recorded(_title(name, t), tuple(p for v in value for p in _item(v, t))))
        elif value is not None or name == "seed":
            loose.append((_title(name, t), _plain(name, value, t)))
    first = (Recorded(t("Run"), tuple(loose)),) if loose else ()
    return (*first, *(part for part in parts if part.rows))


def _pairs(value: Mapping[str, Any], t: Language) -> Iterable[tuple[str, str]]:
    """Names and values of a mapping, empty ones left out."""
    for name, item in value.items():
        if item not in (None, "", [], ()) and name not in ("outside_folder", "text"):
            yield _title(name, t), _plain(name, item, t)


def _item(value: Any, t: Language) -> Iterable[tuple[str, str]]:
    """An entry of a list: an input with its digest, or a text."""
    if not isinstance(value, Mapping):
        yield "", str(value)
        return
    rest = {k: v for k, v in value.items() if k != "name"}
    for key, item in rest.items():
        said = t("not a file: no digest") if item is None else str(item)
        yield f"{value.get('name', '')} ({_title(key, t)})".strip(), said


def _plain(name: str, value: Any, t: Language) -> str:
    """A value in words."""
    if name == "seed" and value is None:
        return t("none: nothing is drawn at random")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _title(name: str, t: Language) -> str:
    return {"sha256": "SHA-256", "digest": "SHA-256"}.get(name, t.of(name.replace("_", " ")))


def _seconds(record: Mapping[str, Any], t: Language) -> str:
    """The steps' wall times."""
    times = record.get("seconds") or record.get("timings") or {}
    if not isinstance(times, Mapping) or not times:
        return ""
    parts = [f"{t.of(name)} {t.number(float(took), 2)} s" for name, took in times.items()]
    return t.joined(parts, ", ")
