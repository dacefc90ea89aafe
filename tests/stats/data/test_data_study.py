"""Study files: what is read, and every fault with file, line, key, expected, got, remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from exitline.errors import StudyError
from exitline.stats.data import load_study, parse_study
from exitline.stats.data.studies.lines_and_prices import LineUse
from exitline.stats.data.studies.loader import KEYS
from exitline.stats.data.studies.study import DEFAULT_MEASURES

FULL = """
study: Albania 2012
standard: rules/albania.yaml
data:
  households: {path: lival.csv, encoding: latin-1, delimiter: ";", decimal: ",", missing: [NA, .]}
  persons: persons.dta
  on: {households: hhid, persons: hid}
columns: {household: hhid, welfare: rcons, size: "round(0.07527689 * totcons / rcons)"}
design: {weight: weight, strata: strat, psu: [psu, hh], fpc: [nph, mphi], nest: yes, lonely: adjust}
areas: [urban, [region, urban]]
labels: {urban: {title: Residence, values: {0: Rural, 1: Urban}}}
levels: {village: psu, county: prefectu, area_class: class}
lines: [national, 4891, {value: 3047, label: extreme, boundary: "<="}, {relative: 0.6, of: mean}]
period: month
year: 2012
measures: [headcount, fgt(1.5)]
prices: {cpi: {2002: 100, 2012: 131.5}, from: 2002, to: 2012, direction: uprate the line}
ppp: 57.5
equivalence: {scale: oecd-modified, age: age}
missing: {welfare: exclude}
confidence: 0.9
interval: beta
population: {persons: 2800138, tolerance: 0.1}
villages: {table: villages.csv, on: vid, columns: {road: km < 2}}
readings: {county: {missed: surveyed}}
where: "urban = 1"
panel: {data: waves.csv, wave: t, welfare: y, household: id, watch: {clue_date: 2015-11-30}}
assessment: {visits: visits.csv, counts: counts.csv, icc: 0.02}
small_areas: {area: county, formula: headcount ~ road, covariates: counties.csv}
scenario: {rural: {to: "urban = 0", amount: 300}}
min_count: 5
outputs: {folder: results, household_decisions: no}
"""


def test_every_key_is_read() -> None:
    study = parse_study(FULL, "examples/albania-2012/study.yaml")
    assert study.title == "Albania 2012"
    assert study.households.options["missing"] == ("NA", ".")
    assert study.households.options["decimal"] == ","
    assert study.persons is not None
    assert study.key is not None
    assert (study.key.households, study.key.persons) == ("hhid", "hid")
    assert study.design.stages == ("psu", "hh")
    assert (study.design.fpcs, study.design.sampling.nest) == (("nph", "mphi"), True)
    assert study.areas == (("urban",), ("region", "urban"))
    assert study.levels.named() == {"village": "psu", "county": "prefectu", "area_class": "class"}
    assert [(line.name, line.value, line.share) for line in study.lines] == [
        ("national", None, None), (None, 4891.0, None), (None, 3047.0, None), (None, None, 0.6),
    ]  # fmt: skip
    assert (study.lines[2].boundary, study.lines[3].of) == ("<=", "mean")
    assert study.prices is not None
    assert study.prices.factor == pytest.approx(1.315)
    assert (study.ppp, study.period, study.year) == (57.5, "month", 2012)
    assert study.measures == ("headcount", "fgt(1.5)")
    assert study.missing_welfare == "exclude"
    assert (study.confidence, study.interval, study.min_count) == (0.9, "beta", 5)
    assert study.villages is not None
    assert study.villages.columns["road"] == "km < 2"
    assert study.subpopulation == "urban = 1"
    assert study.readings["county"]["missed"] == "surveyed"
    assert study.small_areas[0].kind == "fay_herriot"
    assert study.small_areas[0].options["formula"] == "headcount ~ road"
    assert study.scenario == {"rural": {"to": "urban = 0", "amount": 300.0}}
    assert study.outputs.folder == "results"
    assert not study.outputs.household_decisions


def test_the_full_example_has_every_key_but_one() -> None:
    """So that a new key cannot be added without its line above."""
    written = {line.split(":")[0] for line in FULL.splitlines() if line and line[0].isalpha()}
    assert set(KEYS) - written == {"counties"}


def test_what_is_left_out_has_a_declared_default() -> None:
    study = parse_study("{study: a, data: {households: a.csv}}")
    assert study.measures == DEFAULT_MEASURES
    assert study.missing_welfare == "error"
    assert study.unit == "household"
    assert study.lines == ()
    assert study.design.weight is None


def test_one_value_stands_for_a_list_of_one() -> None:
    study = parse_study("{study: a, data: {households: a.csv}, areas: region, lines: 4891}")
    assert study.areas == (("region",),)
    assert study.lines == (LineUse(value=4891.0, where="study.yaml:1, key lines"),)


def test_the_digest_sees_content_and_not_layout() -> None:
    one = parse_study("study: a\ndata: {households: a.csv}\n")
    same = parse_study("# comment\ndata:\n  households: a.csv\nstudy: a\n")
    other = parse_study("study: a\ndata: {households: b.csv}\n")
    assert one.digest == same.digest
    assert one.digest != other.digest
    assert len(one.digest) == 64


def test_paths_that_lead_out_of_the_folder_are_allowed_and_remembered(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    text = (
        "study: a\nstandard: ../rules.yaml\n"
        "data: {households: sub/a.csv, persons: /data/p.csv, on: hid}\n"
    )
    (folder / "study.yaml").write_text(text)
    study = load_study(folder / "study.yaml")
    assert set(study.outside_folder) == {"../rules.yaml", "/data/p.csv"}
    assert study.folder == folder


def test_a_link_that_leads_out_of_the_folder_counts_as_outside(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    (tmp_path / "real.csv").write_text("a\n1\n")
    (folder / "a.csv").symlink_to(tmp_path / "real.csv")
    study = parse_study("{study: a, data: {households: a.csv}}", folder / "study.yaml")
    assert study.outside_folder == ("a.csv",)


def test_a_standard_is_a_path_where_the_file_is_there(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("standard: own\n")
    text = "{{study: a, standard: {}, data: {{households: a.csv}}}}"
    path = tmp_path / "study.yaml"
    assert parse_study(text.format("own.yaml"), path).standard_reference == tmp_path / "own.yaml"
    assert parse_study(text.format("china-2011-2020"), path).standard_reference == "china-2011-2020"


HEAD = "study: a\ndata: {households: a.csv}\n"
FAULTS = [
    # text, what, where, expected, remedy
    ("data: {households: a.csv}", "the key 'study' is missing", ":1", "study", "add"),
    ("study: a", "the key 'data' is missing", ":1", "data", "add"),
    ("study: a\ndata: {persons: a.csv}", "'households' is missing", ":2, key data", "", "add"),
    (HEAD + "desing: {weight: w}", "no key 'desing'", ":3, key desing", "design", "'design'"),
    (HEAD + "design: {wieght: w}", "no key 'wieght'", ":3, key design.wieght", "", "'weight'"),
    (HEAD + "design: {lonely: ajust}", "not known", ":3, key design.lonely", "fail", "'adjust'"),
    (HEAD + "design: {psu: p, fpc: [a, b]}", "more population sizes", ":3, key design", "1", "fpc"),
    (HEAD + "design: {replicates: [a]}", "without their kind", ":3, key design", "JK1", "kind"),
    (HEAD + "design: {census: true, weight: w}", "full count has no", ":3", "without", "remove"),
    (HEAD + "design: {nest: perhaps}", "not true or false", ":3, key design.nest", "true", "write"),
    (HEAD + "year: twelve", "not a whole number", ":3, key year", "whole", "digits"),
    (HEAD + "year: 212", "not a year", ":3, key year", "a year", "2012"),
    (HEAD + "period: week", "not known", ":3, key period", "'month'", ""),
    (HEAD + "ppp: -3", "not a number above zero", ":3, key ppp", "above zero", ""),
    (HEAD + "ppp: 5 lek", "not a number", ":3, key ppp", "number", "without quotes or unit"),
    (HEAD + "lines: [0]", "not a number above zero", ":3, key lines[1]", "above zero", ""),
    (HEAD + "lines: [{value: 1, relative: 0.6}]", "not clear which", "lines[1]", "one of", "keep"),
    (HEAD + "lines: [{value: 1, boundary: '>'}]", "not known", "boundary", "'<'", ""),
    (HEAD + "missing: {welfare: drop}", "not known", "missing.welfare", "'exclude'", ""),
    (HEAD + "equivalence: {scale: oecd}", "not known", "equivalence.scale", "'oecd-modified'", ""),
    (HEAD + "equivalence: {scale: per person, age: a}", "does not look at ages", "", "", "remove"),
    (HEAD + "prices: {cpi: {2010: 1}}", "an index needs the years", "prices", "from and to", ""),
    (HEAD + "prices: {cpi: {2010: 1}, from: 2010, to: 2012}", "no value for 2012", "prices.to",
     "2010", "add the year"),
    (HEAD + "prices: {cpi: {early: 1}, from: 2010, to: 2012}", "goes by year", "cpi.early", "", ""),
    (HEAD + "prices: {cpi: no.csv, from: 2010, to: 2012}", "index cannot be read", "prices.cpi",
     "year and cpi", "write the index out"),
    (HEAD + "population: {tolerance: 0.1}", "not a number of persons", "population", "", "persons"),
    (HEAD + "villages: {table: v.csv}", "'on' is missing", "villages", "", "add"),
    (HEAD + "readings: {town: {a: b}}", "no key 'town'", "readings.town", "county", ""),
    (HEAD + "columns: [welfare]", "columns is not keys with values", ":3", "key: value", ""),
    (HEAD + "columns: {size: a}\ndesign: {size: b}", "'size' is declared twice", ":4", "one", ""),
    ("study: a\ndata: {households: {path: a.csv, encodign: x}}", "no key 'encodign'", "",
     "encoding", "'encoding'"),
    ("study: a\ndata: {households: {encoding: x}}", "no data are named", "", "path", "add 'path'"),
    ("study: a\ndata: {households: {sql: SELECT 1}}", "needs its connection", "", "", "database"),
    ("study: a\ndata: {households: {sql: SELECT 1, connection: {env: EXITLINE_NOT_SET}}}",
     "connection is not set", "connection", "EXITLINE_NOT_SET", "export"),
    ("study: a\ndata: {households: a.csv, persons: b.csv}", "cannot be joined", "", "on", "hhid"),
    ("study: a\ndata: {households: a.csv, unit: person}", "needs a persons table", "data.unit",
     "data.persons", "name"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "where", "expected", "remedy"), FAULTS)
def test_a_fault_names_its_place_and_its_remedy(
    text: str, what: str, where: str, expected: str, remedy: str
) -> None:
    with pytest.raises(StudyError) as raised:
        parse_study(text, "my-study.yaml")
    error = raised.value
    assert what in error.what
    assert (error.where or "").startswith("my-study.yaml:")
    assert where in (error.where or "")
    assert expected in (error.expected or "")
    assert remedy in (error.remedy or "")
    assert error.got


def test_a_price_index_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "cpi.csv").write_text("year,cpi\n2010,100\n2012,105.5\n")
    text = HEAD + "prices: {cpi: cpi.csv, from: 2012, to: 2010}\n"
    study = parse_study(text, tmp_path / "study.yaml")
    assert study.prices is not None
    assert study.prices.factor == pytest.approx(100 / 105.5)
    (tmp_path / "cpi.csv").write_text("year,cpi\n2010,-5\n")
    with pytest.raises(StudyError, match="not above zero"):
        parse_study(text, tmp_path / "study.yaml")
