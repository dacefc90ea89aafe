"""Domain experts' cases beside each rule file, run on DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import ibis
import numpy as np
import pyarrow as pa
import pytest

from exitline.errors import RuleFileError
from exitline.exits.decide.chain import decide_units
from exitline.exits.decide.units import Facts, Units
from exitline.rules.standard import load, shipped
from exitline.rules.standard.apply import household_status
from exitline.rules.standard.cases import Case, cases_path, load_cases
from exitline.rules.standard.loader import CASES
from exitline.rules.standard.model import Standard

if TYPE_CHECKING:
    from exitline.stats.infer.estimates import Estimates

TYPES = {"number": pa.float64(), "truth": pa.bool_(), "text": pa.string()}
WORDS = {True: "met", False: "not met", None: "cannot tell"}


def _all_cases() -> list[tuple[Standard, Case]]:
    found = []
    for name in shipped():
        standard = load(name)
        path = cases_path(standard)
        assert path is not None
        found += [(standard, case) for case in load_cases(standard, path)]
    return found


ALL = _all_cases()


@cache
def _engine() -> Any:
    return ibis.duckdb.connect()


def _row(standard: Standard, case: Case) -> pa.Table:
    """One household. A case that gives the parts of a derived column leaves it out."""
    columns = dict(standard.columns)
    for name, column in standard.columns.items():
        if column.derived is not None and set(column.derived.columns) & set(case.given):
            columns |= column.derived.columns
            del columns[name]
    kinds = {name: TYPES[column.kind] for name, column in columns.items()}
    values = {name: [case.given.get(name)] for name in columns}
    return pa.table({name: pa.array(values[name], kind) for name, kind in kinds.items()})


def _lines(standard: Standard, case: Case, needed: set[str]) -> dict[str, float]:
    found = dict(case.lines)
    for name in needed - set(found):
        assert case.year is not None, f"{case.where}: no year and no figure for {name}"
        found[name] = standard.line(name).figure(case.year).value
    return found


def _household(standard: Standard, case: Case) -> dict[str, Any]:
    rule = case.rule(standard)
    conditions = [i.deprived for i in standard.indicators.values()]
    if rule is not None:
        conditions += [c for c in (rule.poor, *(c.condition for c in rule.criteria)) if c]
    lines = _lines(standard, case, {name for c in conditions for name in c.lines})
    table = ibis.memtable(_row(standard, case))
    status = household_status(standard, table, lines=lines, rule=rule)
    values: dict[str, Any] = {f"i_{k}": v for k, v in status.indicators.items()}
    values |= {f"s_{k}": v for k, v in status.scores.items()}
    values |= {f"c_{k}": v for k, v in status.criteria.items()}
    if status.poor is not None:
        values |= {"poor": status.poor, "outcome": status.outcome}
    (row,) = _engine().to_pyarrow(table.select(**values)).to_pylist()
    found = {key.removeprefix("i_"): value for key, value in row.items() if key.startswith("i_")}
    found |= {key.removeprefix("s_"): row[key] for key in row if key.startswith("s_")}
    found |= {key.removeprefix("c_"): WORDS[row[key]] for key in row if key.startswith("c_")}
    return found | {key: row[key] for key in ("poor", "outcome") if key in row}


def _area(standard: Standard, case: Case) -> dict[str, Any]:
    """What is decided on a village or county of which a census found these rates."""
    rule = case.rule(standard)
    assert rule is not None
    assert all(c.comparison for c in rule.criteria)
    known = {
        c.name: case.given[c.name] for c in rule.criteria if case.given.get(c.name) is not None
    }
    criteria = [replace(c, kind="share") if c.name in known else c for c in rule.criteria]
    levels, names = [rule.level], [str(case.given.get("class", ""))]
    units = Units(rule.level, rule.level, levels, [""], names, levels, [""], names)
    decided = decide_units(
        cast("Estimates", SimpleNamespace(blocks=[
            _block(f"{part}_{rule.level}_{name}", rule.level, 0.0 if part == "gap" else rate)
            for name, rate in known.items()
            for part in ("low", "high", "gap")
        ])),
        replace(rule, criteria=tuple(criteria)), units, Facts({}), census=True,
    )  # fmt: skip
    outcomes = zip(decided.columns["criterion"], decided.columns["outcome"], strict=True)
    return {name or "outcome": outcome for name, outcome in outcomes}


def _block(measure: str, by: str, rate: float) -> SimpleNamespace:
    """A rate of one area, among a thousand households, without error."""
    rates, zeros, many = np.array([rate]), np.zeros(1), np.array([1000])
    return SimpleNamespace(
        measure=measure, by=by, estimate=rates, se=zeros, df=zeros, n=many, population=many,
        effect=None,
    )  # fmt: skip


def _line(standard: Standard, case: Case) -> Mapping[str, Any]:
    figure = standard.line(str(case.given["line"])).figure(int(case.given["year"]))
    return {"value": figure.value, "verified": figure.verified}


def _band(standard: Standard, case: Case) -> Mapping[str, Any]:
    bands = standard.bands[str(case.given["bands"])]
    value = float(case.given["value"])
    table = ibis.memtable({"x": [value]})
    (built,) = _engine().to_pyarrow(table.select(b=bands.build(table.x))).to_pylist()
    found = bands.band(value)
    assert built["b"] == (found.name if found else None)
    figure = found.figure.value if found and found.figure else None
    return {"band": found.name if found else None, "figure": figure}


RUN = {"household": _household, "village": _area, "county": _area, "line": _line, "band": _band}


@pytest.mark.parametrize(("standard", "case"), ALL, ids=[f"{s.name}: {c.name}" for s, c in ALL])
def test_case(standard: Standard, case: Case) -> None:
    found = RUN[case.level](standard, case)
    assert {key: found[key] for key in case.expect} == dict(case.expect), case.where


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_standard_has_cases_beside_it(name: str) -> None:
    path = cases_path(load(name))
    assert path is not None
    assert path.name.endswith(CASES)
    assert path.is_file()


def test_every_criterion_of_every_standard_is_met_and_not_met_in_some_case() -> None:
    seen: dict[str, set[str]] = {}
    for standard, case in ALL:
        rule = case.rule(standard)
        if rule is None:
            continue
        found = RUN[case.level](standard, case)
        cohort = case.cohort.name if case.cohort else ""
        for criterion in rule.criteria:
            key = f"{standard.name} {case.level} {cohort} {criterion.name}"
            seen.setdefault(key, set()).add(found[criterion.name])
    lacking = {key: {"met", "not met"} - values for key, values in seen.items()}
    assert {key: values for key, values in lacking.items() if values} == {}


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("standard: eu-arope\ncases: {}", "standard", "x.cases.yaml:1"),
        (
            "standard: albania-2012\ncases:\n  a: {given: {wellfare: 3}, expect: {}}",
            "wellfare",
            "x.cases.yaml:3",
        ),
        (
            "standard: albania-2012\ncases:\n  a: {given: {}, expcet: {}}",
            "expcet",
            "x.cases.yaml:3",
        ),
    ],
)
def test_a_faulty_case_file_is_refused(tmp_path: Path, text: str, what: str, where: str) -> None:
    path = tmp_path / "x.cases.yaml"
    path.write_text(text)
    with pytest.raises(RuleFileError) as raised:
        load_cases(load("albania-2012"), path)
    assert what in str(raised.value)
    assert str(raised.value.where).startswith(where)
