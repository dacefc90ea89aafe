"""Data-quality and design checks: each bad input with its message, and no id in any."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.errors import StudyError
from exitline.rules.standard import load
from exitline.stats.data import open_source, parse_study
from exitline.stats.data.checking.design_checks import DesignCells, design_findings, straddling_psus
from exitline.stats.data.checking.findings import Finding
from exitline.stats.data.checking.standard_checks import choose_readings, standard_findings
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.measure.quality.report import inspect

ROOT = Path(__file__).parents[3]
BASIC = """
study: small
data: {households: small.parquet}
columns: {household: hid, welfare: y, size: n}
design: {weight: w, strata: s, psu: p}
areas: [region]
lines: [100]
"""
Checked = Callable[..., tuple[Finding, ...]]
Spoil = Callable[[pd.DataFrame], object]


def _only(found: tuple[Finding, ...], check: str) -> Finding:
    matching = [finding for finding in found if finding.check == check]
    assert len(matching) == 1, found
    return matching[0]


def test_a_survey_without_fault_has_no_findings(small: pd.DataFrame, checked: Checked) -> None:
    assert checked(small) == ()


def _set(column: str, value: object, rows: slice = slice(2, 4)) -> Spoil:
    def spoil(data: pd.DataFrame) -> None:
        if isinstance(value, float):
            data[column] = data[column].astype("float64")
        data.loc[data.index[rows], column] = value

    return spoil


CASES = [
    # spoil, severity, check, message
    (_set("y", None), "error", "missing", "2 of 16 rows have no welfare"),
    (_set("y", float("nan")), "error", "missing", "2 of 16 rows have no welfare"),
    (_set("y", float("inf")), "error", "not finite", "2 of 16 rows have an infinite welfare"),
    (_set("y", -5.0), "warning", "zero or negative", "2 of 16 rows have negative welfare"),
    (_set("y", 0.0), "warning", "zero or negative", "2 of 16 rows have zero welfare"),
    (_set("w", None), "error", "missing", "2 of 16 rows have no weight"),
    (_set("w", float("-inf")), "error", "not finite", "2 of 16 rows have an infinite weight"),
    (_set("w", -1.0), "error", "zero or negative", "2 of 16 rows have a negative weight"),
    (_set("w", 0.0), "warning", "zero or negative", "2 of 16 rows have a weight of zero"),
    (_set("n", None), "error", "missing", "2 of 16 rows have no household size"),
    (_set("n", 0), "error", "zero or negative", "2 of 16 rows have a size of zero"),
    (_set("n", -2), "error", "zero or negative", "2 of 16 rows have a negative size"),
    (_set("n", 2.5), "warning", "household size", "2 sizes are not whole numbers"),
    (_set("n", 60), "warning", "household size", "2 households have more than 30 persons, up"),
    (_set("s", None), "error", "missing", "2 of 16 rows have no stratum"),
    (_set("p", None), "error", "missing", "2 of 16 rows have no PSU"),
    (_set("region", None), "warning", "missing", "2 of 16 rows have no region"),
    (_set("hid", "KX-0001"), "error", "duplicates", "1 household key occurs more than once, on 3"),
    (_set("p", 0, slice(8, 12)), "error", "PSUs across strata", "1 PSU id is used in more"),
    (_set("p", 9, slice(8, 16)), "error", "single-PSU strata", "1 stratum has one PSU alone: b"),
    (_set("y", 100.0), "note", "exactly on the line", "2 households lie exactly on the line '100'"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "severity", "check", "message"), CASES)
def test_a_fault_is_found_once_with_its_count(
    small: pd.DataFrame, checked: Checked, spoil: Spoil, severity: str, check: str, message: str
) -> None:
    spoil(small)
    found = checked(small)
    finding = _only(found, check)
    assert finding.severity == severity
    assert message in finding.message
    assert finding.count > 0
    assert finding.remedy
    assert finding.where
    assert "KX-" not in json.dumps([vars(f) for f in found])


def test_nan_in_a_file_is_missing_and_not_a_number(small: pd.DataFrame, checked: Checked) -> None:
    """Arrow and Parquet tell NaN from missing; neither can be measured."""
    table = pa.Table.from_pandas(small, preserve_index=False)
    values = np.where(small.index < 3, np.nan, small.y)
    table = table.set_column(1, "y", pa.array(values))
    assert table["y"].null_count == 0
    assert _only(checked(table), "missing").message == "3 of 16 rows have no welfare"


def test_thin_areas_warn(small: pd.DataFrame, checked: Checked) -> None:
    small["region"] = ["a"] * 4 + ["b"] * 12
    finding = _only(checked(small), "thin areas")
    assert finding.message.startswith("1 of 2 areas of 'region' has one PSU alone")


def test_what_the_study_tolerates_is_no_error(small: pd.DataFrame, checked: Checked) -> None:
    small.loc[2, "y"] = None
    small["p"] = [0] * 4 + [1] * 4 + [0] * 8
    text = BASIC.replace("psu: p}", "psu: p, nest: true, lonely: adjust}") + "missing: exclude\n"
    found = checked(small, text)
    assert {finding.severity for finding in found} == {"warning", "note"}
    assert "left out" in _only(found, "missing").remedy
    assert "adjust" in _only(found, "single-PSU strata").remedy


def test_a_census_has_no_sampling_design_to_check(small: pd.DataFrame, checked: Checked) -> None:
    text = BASIC.replace("design: {weight: w, strata: s, psu: p}", "design: {census: true}")
    small["region"] = ["a"] + ["b"] * 15
    assert checked(small, text) == ()


def test_households_as_their_own_clusters(small: pd.DataFrame, checked: Checked) -> None:
    small["s"] = ["a"] + ["b"] * 15
    found = checked(small, BASIC.replace(", psu: p", ""))
    assert "one household alone: a" in _only(found, "single-PSU strata").message


def test_no_weight_and_no_key_are_noted(small: pd.DataFrame, checked: Checked) -> None:
    text = BASIC.replace("weight: w, ", "").replace("household: hid, ", "")
    assert {(f.severity, f.check) for f in checked(small, text)} == {
        ("note", "weights"), ("note", "duplicates"),
    }  # fmt: skip


def test_an_empty_table_is_an_error(small: pd.DataFrame, checked: Checked) -> None:
    found = checked(small.iloc[:0])
    assert ("error", "rows") in {(f.severity, f.check) for f in found}


def test_weights_that_do_not_fit_the_stated_population(
    small: pd.DataFrame, checked: Checked
) -> None:
    persons, households = (small.w * small.n).sum(), small.w.sum()
    fitting = BASIC + f"population: {{persons: {persons * 1.04}, households: {households}}}\n"
    assert checked(small, fitting) == ()
    wrong = BASIC + f"population: {{persons: {persons * 2}, households: {households / 2}}}\n"
    messages = sorted(f.message for f in checked(small, wrong))
    assert "100.0 % above the stated" in messages[0]
    assert "50.0 % below the stated" in messages[1]


def test_a_path_outside_the_folder_is_noted(small: pd.DataFrame, checked: Checked) -> None:
    found = checked(small, BASIC.replace("small.parquet", "../small.parquet"))
    assert _only(found, "paths").message == "'../small.parquet' lies outside the study's folder"


def test_persons_and_households_that_do_not_fit(engine: DuckDB) -> None:
    from exitline.stats.data import bind

    study = parse_study(
        "study: a\ndata: {households: h.parquet, persons: p.parquet, on: hid}\n"
        "columns: {household: hid, size: n}"
    )
    households = pd.DataFrame({"hid": ["a", "b", "c", "d"], "n": [2, 1, 3, 1]})
    persons = pd.DataFrame({"hid": ["a", "a", "b", "b", "x", "y"]})
    table = engine.attach(open_source(households), "households")
    other = engine.attach(open_source(persons), "persons")
    bound = bind(table, study, persons=other)
    found = inspect(bound, study, (), engine.run, households=table, persons=other)
    counts = {f.message.partition(" ")[2][:30]: f.count for f in found if f.check == "persons"}
    assert sorted(counts.values()) == [1, 2, 2]
    assert sum("not in the households table" in f.message for f in found) == 1


def test_counts_agree_with_pandas_on_a_real_survey(engine: DuckDB) -> None:
    """Albania 2012 with faults put in at known places."""
    from exitline.stats.data import bind

    data = pd.read_parquet(ROOT / "examples/albania-2012/lival.parquet")
    chance = np.random.default_rng(7)
    data.loc[chance.choice(6671, 40, replace=False), "rcons"] = np.nan
    data.loc[chance.choice(6671, 25, replace=False), "weight"] = 0.0
    data.loc[chance.choice(6671, 10, replace=False), "psu"] = 1
    study = parse_study(
        "study: a\ndata: {households: a.parquet}\ncolumns: {household: hhid, welfare: rcons}\n"
        "design: {weight: weight, strata: strat, psu: psu}\nareas: [[prefectu, urban]]"
    )
    table = engine.attach(open_source(data), "households")
    found = inspect(bind(table, study), study, (), engine.run, households=table)
    counts = {f.check: f.count for f in found}
    assert counts["missing"] == data.rcons.isna().sum() == 40
    assert counts["zero or negative"] == (data.weight == 0).sum() == 25
    each = data.groupby("psu").strat.nunique()
    assert counts["PSUs across strata"] == (each > 1).sum() == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30
    )
)  # fmt: skip
def test_straddling_psus_are_those_that_pandas_groups_find(pairs: list[tuple[int, int]]) -> None:
    frame = pd.DataFrame(pairs, columns=["s", "p"])
    assert straddling_psus(frame.s.to_numpy(), frame.p.to_numpy()) == int(
        (frame.groupby("p").s.nunique() > 1).sum()
    )


def test_nested_ids_make_different_clusters() -> None:
    study = parse_study(
        "{study: a, data: {households: a.csv}, design: {strata: s, psu: p, nest: true}, areas: [r]}"
    )
    half, each = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    clusters = DesignCells(half, each, [half], np.full(4, 5), "ab")
    assert design_findings(study, clusters) == tuple(
        finding for finding in design_findings(study, clusters) if finding.check == "weights"
    )


# --- the study under a standard ----------------------------------------------------------


def test_a_study_is_held_against_its_standard() -> None:
    standard = load("albania-2012")
    head = "study: a\nstandard: albania-2012\ndata: {households: a.csv}\n"

    def found(text: str) -> set[tuple[str, str]]:
        study = parse_study(head + text)
        return {(f.severity, f.check) for f in standard_findings(study, standard, ())}

    assert ("warning", "prices") in found("year: 2012")
    assert ("note", "unit") in found("year: 2012")
    assert found("year: 2012\nprices: 2002\nperiod: month") == set()
    uprated = "prices: {cpi: {2002: 100, 2012: 131}, from: 2002, to: 2012, direction: DIRECTION}"
    good = uprated.replace("DIRECTION", "uprate the line")
    assert found("year: 2012\nperiod: month\n" + good) == set()
    wrong = uprated.replace("DIRECTION", "deflate welfare")
    assert found("year: 2012\nperiod: month\n" + wrong) == {("warning", "prices")}


def test_a_year_and_levels_that_the_standard_needs() -> None:
    standard = load("china-2011-2020")
    study = parse_study("{study: a, data: {households: a.csv}, year: 2023, period: year}")
    found = standard_findings(study, standard, ())
    assert any(f.check == "year" and "2023" in f.message for f in found)
    assert {f.message.split(",")[0] for f in found if f.check == "levels"} >= {
        "the standard decides by village", "the standard decides by county",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("readings", "what", "remedy"),
    [
        ("{county: {missed-treshold: one-percent}}", "no option", "'missed-threshold'"),
        ("{county: {missed-threshold: one-procent}}", "no reading", "'one-percent'"),
    ],
)
def test_readings_that_the_standard_has_not(readings: str, what: str, remedy: str) -> None:
    study = parse_study(f"study: a\ndata: {{households: a.csv}}\nreadings: {readings}\n")
    with pytest.raises(StudyError) as raised:
        choose_readings(study, load("china-2011-2020"))
    assert what in raised.value.what
    assert remedy in (raised.value.remedy or "")
    assert (raised.value.where or "").startswith("study.yaml:3, key readings.county")


def test_readings_for_a_level_without_a_rule() -> None:
    study = parse_study("{study: a, data: {households: a.csv}, readings: {county: {a: b}}}")
    with pytest.raises(StudyError, match="has no rule for a county"):
        choose_readings(study, load("albania-2012"))
