"""Villages and counties of a labelled census: codes are the keys, labels are what is shown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import exitline.api as xl
from exitline.cli import exitline as main
from exitline.errors import DataError, MeasureError
from exitline.proof.claim import ClaimError, claim_decision

RULE = """
standard: roads
title: Roads
jurisdiction: here
valid: {from: 2000-01-01, to: 2099-12-31}
sources: {own: {title: Written for this test, publisher: exitline, date: "2026"}}
columns:
  welfare: {meaning: consumption, unit: USD per person per year, type: number}
  road: {meaning: a road, type: text, level: village}
lines:
  basic: {label: Basic, unit: USD per person per year, boundary: "<", value: 5, source: own}
household:
  source: own
  poor: welfare < line('basic')
  exits: {consumption: {label: Not poor, condition: NOT poor}}
village:
  source: own
  exits: {road: {label: A road, condition: "road = 'yes'"}}
county:
  source: own
  exits: {share: {label: Poor, share: {of: households, where: poor}, below: 0.3}}
"""
AREA_CLASSES = """  side: {meaning: a class, type: text, values: [west, other]}
area_classes:
  column: side
  classes: {west: West, other: Elsewhere}
"""
STUDY = """
study: Labelled
standard: rule.yaml
period: year
year: 2020
data: {households: homes.dta}
columns: {household: hid, welfare: y}
design: {census: true}
levels: {village: vid, county: cid}
villages: {table: facts.csv, on: vid, columns: {road: road}}
areas: [cid]
lines: [basic]
measures: [headcount]
"""


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Three counties, two of one name; six villages whose labels repeat."""
    villages = [11, 12, 21, 22, 31, 32]
    homes = pd.DataFrame(
        {
            "hid": range(72),
            "cid": [v // 10 for v in villages for _ in range(12)],
            "vid": [v for v in villages for _ in range(12)],
            "y": [3.0 if i < (6 if v < 20 else 0) else 9.0 for v in villages for i in range(12)],
        }
    )
    names = {
        "cid": {1: "North", 2: "Other", 3: "Other"},
        "vid": {11: "Hill", 12: "Mill", 21: "Hill", 22: "Lake", 31: "Ford"},
    }
    homes.to_stata(tmp_path / "homes.dta", write_index=False, version=118, value_labels=names)
    pd.DataFrame({"vid": villages, "road": ["yes", "no"] * 3}).to_csv(
        tmp_path / "facts.csv", index=False
    )
    (tmp_path / "rule.yaml").write_text(RULE)
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path


def test_a_run_of_labelled_areas_says_one_name_for_each(labelled: Path) -> None:
    found = xl.run(labelled / "study.yaml", labelled / "out")
    decided = pd.read_parquet(labelled / "out" / "decisions.parquet")
    counties = decided[(decided["level"] == "county") & (decided["criterion"] == "")]
    assert counties["unit"].tolist() == ["North", "Other (2)", "Other (3)"]
    assert counties["unit_code"].tolist() == ["1", "2", "3"]
    roads = decided[decided["criterion"] == "road"].set_index("unit_code")
    assert roads["unit"].tolist() == ["Hill (11)", "Mill", "Hill (21)", "Lake", "Ford", "32"]
    assert roads["outcome"].tolist() == ["met", "not met"] * 3, "facts are joined by code"
    assert roads["parent"].tolist() == [c for c in counties["unit"] for _ in range(2)]
    assert roads["parent_code"].tolist() == ["1", "1", "2", "2", "3", "3"]
    shares = found.estimates.to_pandas(code=True)
    assert shares["domain"].tolist()[1:] == counties["unit"].tolist()
    assert shares["code"].tolist()[1:] == ["1", "2", "3"]
    homes = pd.read_parquet(labelled / "out" / "household_decisions.parquet")
    assert homes["household"].tolist() == list(range(72))
    assert set(zip(homes["county"], homes["county_code"], strict=True)) == set(
        zip(counties["unit"], [1, 2, 3], strict=True)
    )
    assert set(homes["village"]) == set(roads["unit"])


def test_duckdb_and_spark_write_the_same_names(labelled: Path) -> None:
    for engine in ("duckdb", "spark"):
        xl.run(labelled / "study.yaml", labelled / engine, engine=engine)
    for name in ("decisions", "household_decisions"):
        one, other = (
            pd.read_parquet(labelled / engine / f"{name}.parquet") for engine in ("duckdb", "spark")
        )
        keys = [c for c in ("household", "level", "criterion", "unit_code") if c in one]
        pd.testing.assert_frame_equal(
            one.sort_values(keys, ignore_index=True), other.sort_values(keys, ignore_index=True)
        )


def test_a_table_of_a_labelled_run_hides_what_the_run_hides(labelled: Path) -> None:
    """The run's small counts are found again by name, in its households' decisions."""
    out = labelled / "out"
    xl.run(labelled / "study.yaml", out, min_count=20)
    rows = pd.read_parquet(out / "estimates.parquet")
    assert rows[rows["domain"] == "North"]["release"].tolist() != ["shown"]
    asked = ["table", str(out), "--rows", "county", "--columns", "poor", "--min-count", "5"]
    said = CliRunner().invoke(main, asked)
    assert said.exit_code == 0, said.output
    (north,) = (line for line in said.output.splitlines() if line.strip().startswith("North"))
    assert "12" not in north.split(), north


def test_claims_take_the_name_or_the_code_and_verify(labelled: Path) -> None:
    out, data = labelled / "out", ["homes.dta", "facts.csv"]
    xl.run(labelled / "study.yaml", out)
    given = [word for name in data for word in ("--data", str(labelled / name))]
    given += ["--standard", str(labelled / "rule.yaml")]
    for asked, shown in (
        (["--measure", "headcount", "--by", "cid", "--domain", "3"], '"Other (3)"'),
        (["--measure", "headcount", "--by", "cid", "--domain", "Other (3)"], '"Other (3)"'),
        (["--level", "county", "--unit", "2"], '"Other (2)"'),
        (["--level", "village", "--unit", "21", "--parent", "2"], '"Hill (21)" in "Other (2)"'),
    ):
        file = labelled / f"claim{len(asked)}{asked[-1]}.json"
        made = CliRunner().invoke(main, ["claim", str(out), *asked, "--out", str(file)])
        assert made.exit_code == 0, made.output
        assert shown in " ".join(made.output.split())
        checked = CliRunner().invoke(main, ["verify", str(file), *given])
        assert checked.exit_code == 0, checked.output
        assert "match" in checked.output
    with pytest.raises(ClaimError, match="no row"):
        claim_decision(out, "county", "Other")


def test_an_estimate_is_found_by_name_or_code() -> None:
    from dataclasses import replace

    from exitline.stats.data.source import open_source

    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0, 9.0, 9.0], "r": [1, 1, 2, 2, 3, 3]})
    source = replace(open_source(frame), labels={"r": {1: "2", 2: "Hill", 3: "Hill"}})
    found = xl.estimate(source, "mean", welfare="y", by="r")
    assert found.find(domain="2").domain == "Hill (2)", "a code is never taken for a label"
    assert found.find(r=1).domain == found.find(domain="2 (1)").domain == "2 (1)"
    assert found.find(r="Hill (3)").estimate == 9.0
    with pytest.raises(MeasureError):
        found.find(domain="Hill")


def test_a_single_criterion_is_named_and_several_are_counted(labelled: Path) -> None:
    very = "below: 0.3}, very: {label: Very poor, share: {of: households, where: welfare < 1}, "
    two = RULE.replace("below: 0.3}", very + "below: 0.3}")
    said = {}
    for rule in (RULE, two):
        (labelled / "rule.yaml").write_text(rule)
        found = xl.run(labelled / "study.yaml").decisions.to_pandas()
        said[rule] = found[(found.level == "county") & (found.criterion == "")].reason.tolist()
    assert "Poor: met" in said[RULE]
    assert "all 2 criteria are met" in said[two]


def test_an_area_in_two_area_classes_is_refused(labelled: Path) -> None:
    """And a class without a threshold is said, in the report as well."""
    by_class = RULE.replace("below: 0.3", "below: {west: 0.3, other: 0.2}")
    rule = by_class.replace("lines:", AREA_CLASSES + "lines:")
    (labelled / "rule.yaml").write_text(rule)
    homes = pd.read_stata(labelled / "homes.dta", convert_categoricals=False)
    homes["side"] = ["west" if v < 20 else "none" if v < 30 else "other" for v in homes["vid"]]
    study = STUDY.replace("homes.dta", "homes.parquet").replace("cid}", "cid, area_class: side}")
    (labelled / "study.yaml").write_text(study)
    homes.to_parquet(labelled / "homes.parquet")
    found = xl.run(labelled / "study.yaml", labelled / "out").decisions.to_pandas()
    counties = found[(found.level == "county") & (found.criterion == "share")]
    assert counties.threshold.fillna(-1).tolist() == [0.3, -1, 0.2]
    assert "no threshold for this unit's area class" in counties.reason.iloc[1]
    assert "no threshold for this unit" in (labelled / "out/report.html").read_text()
    homes.loc[[3, 40], "side"] = ["other", "west"]  # one household of two counties
    homes.to_parquet(labelled / "homes.parquet")
    with pytest.raises(DataError, match="level 'county': 2 units lie in more than one"):
        xl.run(labelled / "study.yaml")
