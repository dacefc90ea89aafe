"""From the records of a study file to the parts of a `Study`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from exitline.errors import StudyError
from exitline.stats.data.sampling.sampling import ClusterSampling
from exitline.stats.data.studies.lines_and_prices import (
    Equivalence,
    LineUse,
    Prices,
    check_years,
    price_index,
)
from exitline.stats.data.studies.panels import AssessmentUse, PanelUse
from exitline.stats.data.studies.small_areas import SmallAreaUse
from exitline.stats.data.studies.study import (
    DEFAULT_MEASURES,
    AreaBoundaries,
    FactsTable,
    Key,
    Levels,
    Outputs,
    Population,
    Study,
)
from exitline.stats.data.studies.study_file import SCALES, AreaKeys
from exitline.stats.data.studies.table_keys import TableKeys
from exitline.stats.data.studies.weights import CalibratedTo, Responding
from exitline.stats.data.table_ref import TableRef

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.studies.design_keys import DesignKeys
    from exitline.stats.data.studies.panel_keys import AssessmentKeys, PanelKeys
    from exitline.stats.data.studies.paths import Paths
    from exitline.stats.data.studies.small_area_keys import ModelKeys
    from exitline.stats.data.studies.study_file import (
        DataKeys,
        EquivalenceKeys,
        FactKeys,
        KeyKeys,
        PriceKeys,
        StudyFile,
        StudyLineKeys,
    )

_BESIDE_SQL = ("missing", "text", "number")
_OPTIONS = ("encoding", "delimiter", "decimal", "comment", "sheet", *_BESIDE_SQL)


def made(file: StudyFile, paths: Paths) -> dict[str, Any]:
    """The parts of a study, by the names of its attributes; those that were written.

    Parameters
    ----------
    file : StudyFile
    paths : Paths
    """
    taken = ("title", "period", "year", "ppp", "confidence", "min_count")
    given = file.given
    parts: dict[str, Any] = {name: given[name] for name in taken if name in given}
    parts |= _data(file.data, paths)
    readers: dict[str, Callable[[Any], Any]] = {
        "standard": lambda name: _standard(name, paths),
        "columns": MappingProxyType,
        "design": lambda keys: _design(keys, paths),
        "areas": lambda areas: tuple(_columns_of(keys) for _, keys in areas),
        "levels": lambda keys: Levels(**keys.given),
        "lines": lambda lines: tuple(_line(line) for line in lines),
        "measures": lambda names: names or DEFAULT_MEASURES,
        "prices": lambda keys: _prices(keys, paths),
        "equivalence": _equivalence,
        "population": lambda keys: Population(**keys.given),
        "villages": lambda keys: _facts(keys, paths),
        "counties": lambda keys: _facts(keys, paths),
        "readings": _readings,
        "small_areas": lambda entries: tuple(_small_area(keys, paths) for keys in entries),
        "scenario": lambda named: {name: dict(keys.given) for name, keys in named.items()},
        "panel": lambda keys: _panel(keys, paths),
        "assessment": lambda keys: _assessment(keys, paths),
        "outputs": lambda keys: Outputs(**keys.given),
    }
    parts |= {name: read(given[name]) for name, read in readers.items() if name in given}
    labels = given.get("labels") or {}
    parts |= _drawn(given.get("areas", ()), labels, paths)
    if labels:
        parts["labels"] = MappingProxyType(
            {column: MappingProxyType(dict(keys.values or {})) for column, keys in labels.items()}
        )
    if "missing" in given:
        parts["missing_welfare"] = given["missing"].welfare
    if "design" in given:
        parts["calibrated_to"] = _calibrated_to(given["design"], paths)
        parts["responding"] = _responding(given["design"])
    if "interval" in given:
        parts["interval"] = given["interval"].shares
        parts["quantile_interval"] = given["interval"].quantiles
        parts["figure_interval"] = given["interval"].figures
    if "where" in given:
        parts["subpopulation"] = given["where"]
    return parts


def _data(keys: DataKeys, paths: Paths) -> dict[str, Any]:
    """The tables, and how they are joined."""
    persons = None if keys.persons is None else _table(keys.persons, paths)
    return {
        "households": _table(keys.households, paths),
        "persons": persons,
        "key": None if keys.on is None else _key(keys.on),
        "unit": keys.unit,
    }


def _design(keys: DesignKeys, paths: Paths) -> Design:
    """The design, with the table of joint probabilities found from the study's folder."""
    design = keys.made()
    drawn = design.sampling
    if not isinstance(drawn, ClusterSampling) or drawn.pps is None or drawn.pps.joint is None:
        return design
    pps = replace(drawn.pps, joint=paths.read(drawn.pps.joint))
    return replace(design, sampling=replace(drawn, pps=pps))


def _calibrated_to(design: DesignKeys, paths: Paths) -> CalibratedTo | None:
    """What the weight was calibrated to, or is."""
    keys = design.calibration or design.calibrated_to
    if keys is None:
        return None
    given = {**keys.given, "totals": keys.totals and paths.read(keys.totals)}
    made = design.calibration is not None
    return CalibratedTo(**given, weight=design.base_weight, made=made, where=keys.tree.where)


def _responding(design: DesignKeys) -> Responding | None:
    """How respondents stand for others, if they do."""
    keys = design.nonresponse
    return None if keys is None else Responding(**keys.given, where=keys.tree.where)


def _key(on: KeyKeys | str) -> Key:
    return Key(on, on) if isinstance(on, str) else Key(on.households, on.persons)


def _table(keys: TableKeys, paths: Paths) -> TableRef:
    """A path with its options, or a query with its connection."""
    options = {name: keys.given[name] for name in _OPTIONS if name in keys.given}
    where = keys.tree.where
    if keys.sql is None:
        path = paths.read(cast(str, keys.path))
        return TableRef(path=path, options=MappingProxyType(options), where=where)
    if paths.given is not None:
        raise keys.tree.fault(
            "the study asks a database",
            expected="files, which can be given",
            got="sql",
            remedy="export the rows to a Parquet file and run the study on it",
        )
    connection = _connection(keys)
    if "://" not in connection:
        connection = str(paths.read(connection))
    return TableRef(
        sql=keys.sql, connection=connection, options=MappingProxyType(options), where=where
    )


def _connection(keys: TableKeys) -> str:
    """The connection, or what the environment variable holds."""
    if isinstance(keys.connection, str):
        return keys.connection
    assert keys.connection is not None
    name = keys.connection.env
    if not os.environ.get(name):
        raise keys.at("connection").fault(
            "the connection is not set",
            expected=f"the environment variable {name}",
            got="nothing under this name",
            remedy=f"set it before the run: export {name}=postgresql://host/database",
        )
    return os.environ[name]


def _standard(name: str, paths: Paths) -> str:
    """A shipped name, or a path from the study's folder."""
    if name.endswith((".yaml", ".yml")) and paths.given is None:
        paths.read(name)
    return name


def _line(keys: StudyLineKeys) -> LineUse:
    named = keys.name or keys.column
    return LineUse(
        name=named, value=keys.value, share=keys.relative, of=keys.of, within=keys.within,
        boundary=cast(Any, keys.boundary), label=keys.label, where=keys.tree.where,
    )  # fmt: skip


def _prices(keys: PriceKeys | int, paths: Paths) -> Prices:
    """The year of welfare's prices; or deflation of welfare, or uprating of the line."""
    if isinstance(keys, int):
        return Prices(welfare_year=keys)
    index = Prices()
    if keys.cpi is not None:
        index = price_index(keys.cpi, keys.at("cpi"), paths)
        years = {"from": keys.from_year, "to": keys.to_year}
        check_years(index, cast(Any, years), keys.at)
    return replace(
        index, from_year=keys.from_year, to_year=keys.to_year, direction=keys.direction,
        regional=keys.regional,
    )  # fmt: skip


def _equivalence(keys: EquivalenceKeys | str) -> Equivalence:
    """One of the named scales, or a column with the number of equivalent adults."""
    if not isinstance(keys, str):
        return Equivalence(**keys.given)
    if keys in SCALES:
        return Equivalence(scale=cast(Any, keys))
    return Equivalence(scale="column", column=keys)


def _facts(keys: FactKeys, paths: Paths) -> FactsTable:
    columns = MappingProxyType(keys.columns or {})
    return FactsTable(_table(keys.table, paths), keys.on, columns, keys.as_of)


def _columns_of(keys: AreaKeys | tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a set of areas."""
    return keys.column if isinstance(keys, AreaKeys) else keys


def _drawn(
    areas: Sequence[tuple[str, Any]], labels: Mapping[str, Any], paths: Paths
) -> dict[str, Any]:
    """What sets of areas are called, and the boundaries that they are drawn on."""
    named = {", ".join(keys.column): (name, keys) for name, keys in areas
             if isinstance(keys, AreaKeys)}  # fmt: skip
    boundaries = {
        by: AreaBoundaries(paths.read(keys.boundaries), keys.key or "", keys.source or "",
                           MappingProxyType(keys.names or {}))
        for by, (_, keys) in named.items()
        if keys.boundaries is not None and paths.given is None
    }  # fmt: skip
    titles = {
        columns[0]: name for name, keys in areas if name and len(columns := _columns_of(keys)) == 1
    }
    titles |= {column: keys.title for column, keys in labels.items() if keys.title}
    return {"boundaries": MappingProxyType(boundaries), "area_titles": MappingProxyType(titles)}


def _small_area(keys: ModelKeys, paths: Paths) -> SmallAreaUse:
    """A model of areas: its tables apart from its other keys."""
    own = {k: v for k, v in keys.given.items() if k not in ("kind", "area", "line")}
    tables = {k: _table(v, paths) for k, v in own.items() if isinstance(v, TableKeys)}
    options = {k: v for k, v in own.items() if k not in tables}
    return SmallAreaUse(
        keys.kind, keys.area, keys.line, MappingProxyType(tables), MappingProxyType(options),
        keys.tree.where,
    )  # fmt: skip


def _panel(keys: PanelKeys, paths: Paths) -> PanelUse:
    """A panel: its tables, its design, and the watch apart from its other keys."""
    options = {k: v for k, v in keys.given.items() if k not in ("data", "watch")}
    if keys.design is not None:
        options["design"] = _design(keys.design, paths)
    tables = tuple(_table(table, paths) for table in keys.data or ())
    if keys.waves:
        options["waves"] = tuple(name for name, _ in keys.waves)
    watch = None if keys.watch is None else MappingProxyType(keys.watch.given)
    called = MappingProxyType(dict(keys.waves))
    return PanelUse(tables, MappingProxyType(options), watch, called, keys.tree.where)


def _assessment(keys: AssessmentKeys, paths: Paths) -> AssessmentUse:
    """An assessment: its two tables apart from its other keys."""
    options = {k: v for k, v in keys.given.items() if k not in ("visits", "counts", "standard")}
    standard = None if keys.standard is None else _standard(keys.standard, paths)
    return AssessmentUse(
        _table(keys.visits, paths), _table(keys.counts, paths), standard,
        MappingProxyType(options), keys.tree.where,
    )  # fmt: skip


def _readings(keys: Any) -> Mapping[str, Mapping[str, str]]:
    return MappingProxyType({level: MappingProxyType(of) for level, of in keys.given.items()})


def check_together(study: Study) -> None:
    """Sections that contradict each other."""
    design = study.design
    single = {"weight": design.weight, "size": design.size, "strata": design.stratum}
    twice = [n for n, text in single.items() if n in study.columns and text not in (None, n)]
    if twice:
        raise StudyError(
            f"'{twice[0]}' is declared twice",
            where=study.where(f"design.{twice[0]}"),
            expected="one place: columns or design",
            got=f"also {study.where('columns.' + twice[0])}",
            remedy="remove one of them",
        )
    if design.exact and design.weight:
        raise StudyError(
            "a full count has no sampling weights",
            where=study.where("design.census"),
            expected="census: true without weight",
            got="both",
            remedy="remove 'census: true' if the data are a sample",
        )
