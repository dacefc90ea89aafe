"""Lines, thresholds, readings and bands: figures by date, and what is not held."""

from __future__ import annotations

import csv
import math
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.errors import RuleFileError
from exitline.rules.standard import Band, Bands, Gap, Line, load, read_standard, shipped
from exitline.rules.standard.apply import deprivation_scores
from exitline.rules.standard.describe import describe, unverified
from exitline.rules.standard.phrases import UNVERIFIED

REFERENCE = Path(__file__).parent / "reference"
CHINA = load("china-2011-2020")


@cache
def _engine() -> Any:
    return ibis.duckdb.connect()


def _line(body: str, name: str = "line") -> Line:
    text = (
        "standard: x\ntitle: X\njurisdiction: ALB\nsources: {law: {title: Law}}\nlines:\n"
        f"  {name}: {{label: L, unit: ALL per person per month, boundary: '<', source: law,"
        f" {body}}}"
    )
    return read_standard(text, "x.yaml").line(name)


def test_the_2010_line_uprated_by_rural_prices_gives_the_published_figures_to_2016() -> None:
    """Yunnan Survey Yearbook 2017, notes of table 4-2."""
    published = {2011: 2536, 2012: 2625, 2013: 2736, 2014: 2800, 2015: 2855, 2016: 2952}
    uprated, national = CHINA.line("national-uprated"), CHINA.line("national")
    for year, figure in published.items():
        assert uprated.figure(year).value == figure
        assert national.figure(year).value == figure
        assert uprated.figure(year).verified
    assert {y for y in (2017, 2018, 2019) if uprated.figure(y).value != national.figure(y).value}


def test_the_price_index_in_the_rule_file_is_the_world_banks() -> None:
    with (REFERENCE / "china-rural-cpi.csv").open() as handle:
        wanted = {int(row["year"]): float(row["cpi2011"]) for row in csv.DictReader(handle)}
    assert CHINA.upratings["rural-cpi"].index == wanted


def test_what_the_facts_mark_as_unread_is_never_shown_as_verified() -> None:
    assert [CHINA.line("national").figure(y).verified for y in range(2011, 2021)] == [True] * 6 + [
        False
    ] * 4
    india = load("india-national-mpi")
    weights = {i.name: i for i in india.indicators.values()}
    assert sum(i.weight for i in weights.values() if i.weight) == 1
    assert all(not i.verified for i in weights.values() if i.weight == Fraction(1, 21))
    assert not load("bolsa-familia-2025").line("protection-before").figure(2025).verified
    assert not load("pantawid-swdi").bands["level"].verified


@pytest.mark.parametrize("name", shipped())
def test_everything_unverified_carries_its_mark_in_words(name: str) -> None:
    standard = load(name)
    words = " ".join(s for section in describe(standard) for s in section.sentences)
    listed = [s for section in describe(standard) for s in section.sentences
              if section.title == "Not verified"]  # fmt: skip
    assert tuple(listed) == unverified(standard)
    assert (UNVERIFIED in words) == bool(
        unverified(standard) or [s for s in standard.sources.values() if not s.verified]
    )
    for source in standard.sources.values():
        assert source.title in words


def test_a_year_that_is_not_held_names_those_that_are() -> None:
    with pytest.raises(RuleFileError) as raised:
        CHINA.line("national").figure(2010)
    assert "2010" in raised.value.what
    assert "2011; 2012" in str(raised.value.expected)
    with pytest.raises(RuleFileError, match="no value for 2021") as raised:
        CHINA.line("national-uprated").figure(2021)
    assert "2010-2020" in str(raised.value.expected)


def test_a_line_that_changes_within_a_year_asks_for_a_day() -> None:
    line = _line("values: [{from: 2024-01, to: 2024-05, value: 10}, {from: 2024-06, value: 11}]")
    with pytest.raises(RuleFileError, match="changes within 2024"):
        line.figure(2024)
    assert line.figure(date(2024, 5, 31)).value == 10
    assert line.figure(date(2024, 6, 1)).value == 11
    assert line.figure(2031).value == 11
    with pytest.raises(RuleFileError, match="no figure for 2023"):
        line.figure(date(2023, 12, 31))


def test_a_relative_line_has_no_figure_of_its_own() -> None:
    line = load("eu-arope").line("at-risk-of-poverty")
    assert line.relative is not None
    assert (line.relative.share.value, line.relative.of) == (0.6, "median")
    with pytest.raises(RuleFileError, match="no figure of its own"):
        line.figure(2020)


def test_both_vintages_of_the_world_banks_lines() -> None:
    lines = load("world-bank-lines").lines
    held = {name: (line.figure(2020).value, line.price_base) for name, line in lines.items()}
    assert held == {
        "extreme-2017": (2.15, 2017), "lower-middle-2017": (3.65, 2017),
        "upper-middle-2017": (6.85, 2017), "extreme-2021": (3.00, 2021),
        "lower-middle-2021": (4.20, 2021), "upper-middle-2021": (8.30, 2021),
    }  # fmt: skip
    assert {line.currency for line in lines.values()} == {"PPP"}
    assert not lines["extreme-2017"].in_use.holds(date(2025, 6, 1))
    assert lines["extreme-2021"].in_use.holds(date(2025, 6, 1))


def test_thresholds_depend_on_the_area_class_and_the_reading() -> None:
    village, county = CHINA.village, CHINA.county
    assert village is not None
    assert county is not None
    incidence = village.criterion("incidence")
    assert (incidence.threshold("west").value, incidence.threshold("other").value) == (0.03, 0.02)
    with pytest.raises(RuleFileError, match="area class 'north'"):
        incidence.threshold("north")
    assert county.criterion("missed").threshold("anything").value == 0.02
    lenient = county.choose({"boundary": "above-fails", "missed-threshold": "one-percent"})
    assert lenient.criterion("wrong").comparison == "at_most"
    assert lenient.criterion("recognition").comparison == "at_least"
    assert lenient.criterion("missed").threshold().value == 0.01
    assert not lenient.criterion("missed").verified
    surveyed = county.choose({"missed-denominator": "surveyed-unregistered"})
    assert surveyed.criterion("missed").denominator == "surveyed unregistered people"
    with pytest.raises(RuleFileError, match="no reading 'soft'"):
        county.choose({"boundary": "soft"})
    with pytest.raises(RuleFileError, match="no option 'border'"):
        county.choose({"border": "above-fails"})


def test_a_cohort_belongs_to_its_days() -> None:
    brazil = load("bolsa-familia-2025")
    names = [
        cohort.name if (cohort := brazil.cohort(day)) else None
        for day in (date(2024, 1, 1), date(2025, 5, 31), date(2025, 6, 1), date(2026, 1, 1))
    ]
    assert names == ["before-june-2025"] * 2 + ["from-june-2025"] * 2


def test_the_digest_follows_the_content_and_not_the_layout() -> None:
    text = CHINA.text
    same = "# another comment\n" + text.replace("jurisdiction: CHN\n", "jurisdiction:   CHN\n", 1)
    moved = text.replace("standard: china-2011-2020\n", "") + "standard: china-2011-2020\n"
    assert read_standard(same, "x.yaml").digest == CHINA.digest
    assert read_standard(moved, "x.yaml").digest == CHINA.digest
    assert (
        read_standard(text.replace("2015: 2855", "2015: 2855.0"), "x.yaml").digest == CHINA.digest
    )
    assert read_standard(text.replace("2015: 2855", "2015: 2856"), "x.yaml").digest != CHINA.digest
    assert (
        read_standard(text.replace("at_least: 0.90", "at_least: 0.9"), "x").digest == CHINA.digest
    )
    assert (
        read_standard(text.replace("at_least: 0.90", "at_least: 0.91"), "x").digest != CHINA.digest
    )


def test_bands_and_their_expression_agree_at_every_edge() -> None:
    bands = Bands(
        "b",
        "B",
        "x",
        "upper",
        (Band("low", "L", 1.0, 2.0), Band("mid", "M", 2.0, 3.0), Band("high", "H", 4.0, None)),
        (Gap(3.0, 4.0, "open"),),
    )
    values = [0.9, 1.0, 1.5, 2.0, 2.1, 3.0, 3.5, 4.0, 4.1, 1e9]
    wanted = [None, "low", "low", "low", "mid", "mid", None, None, "high", "high"]
    assert [band.name if (band := bands.band(v)) else None for v in values] == wanted
    t = ibis.memtable(pa.table({"i": range(len(values)), "x": values}))
    built = _engine().to_pyarrow(t.select("i", b=bands.build(t.x)).order_by("i"))
    assert built["b"].to_pylist() == wanted


@given(st.sets(st.integers(0, 11)))
def test_a_score_at_a_cutoff_is_exact_whatever_the_weights(chosen: set[int]) -> None:
    """Against exact fractions; adding weights of 1/10 as doubles would miss some cut-offs."""
    weights = [Fraction(1, 10)] * 6 + [Fraction(1, 30)] * 6 + [Fraction(1, 5)]
    names = [f"i{n}" for n in range(len(weights))]
    entries = "\n".join(
        f"  {name}: {{label: {name}, deprived: x{name}, missing: excluded, weight: {w}, source: s}}"
        for name, w in zip(names, weights, strict=True)
    )
    columns = "\n".join(f"  x{name}: {{meaning: m, type: boolean}}" for name in names)
    standard = read_standard(
        "standard: s\ntitle: t\njurisdiction: j\nsources: {s: {title: t}}\n"
        f"columns:\n{columns}\nindicators:\n{entries}\n", "s.yaml",
    )  # fmt: skip
    states = {name: ibis.literal(n in chosen) for n, name in enumerate(names)}
    score = deprivation_scores(standard.indicators, states)["score"]
    wanted = sum((weights[n] for n in chosen), Fraction(0))
    assert _engine().to_pyarrow(score).as_py() == wanted.numerator / wanted.denominator


def test_no_figure_is_anything_but_finite() -> None:
    for name in shipped():
        for line in load(name).lines.values():
            assert all(math.isfinite(figure.value) for figure in line.values.values())


@pytest.mark.parametrize(("name", "end"), [("pantawid-swdi", "upper"), ("hsnp-trigger", "lower")])
def test_which_end_belongs_to_a_band_is_said(name: str, end: str) -> None:
    said = " ".join(text for section in describe(load(name)) for text in section.sentences)
    assert [f"the {one} end of a band belongs to it" in said for one in ("lower", "upper")] == [
        end == "lower", end == "upper"
    ]  # fmt: skip
