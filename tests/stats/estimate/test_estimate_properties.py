"""What must always hold, whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exitline as xl
from exitline.stats.engine.duckdb import DuckDB

MEASURES = ["headcount", "poverty_gap", "severity", "watts", "mean", "poor_count", "theil"]
DESIGN = xl.Design(weight="w", size="n", strata="s", psu="p")
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def duck():
    opened = DuckDB(threads=1)
    yield opened
    opened.close()


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Two to four strata, two to four PSUs in each, one to five households in each."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    rows = []
    psu = 0
    for stratum in range(draw(st.integers(2, 4))):
        for _ in range(draw(st.integers(2, 4))):
            psu += 1
            rows += [(stratum, psu)] * draw(st.integers(1, 5))
    table = pd.DataFrame(rows, columns=["s", "p"])
    size = len(table)
    table["y"] = rng.lognormal(0, 1, size).round(3) + 0.001
    table["w"] = rng.uniform(0.5, 20, size).round(2)
    table["n"] = rng.integers(1, 9, size)
    table["region"] = np.where(table.s % 2 == 0, "even", "odd")
    return table


def _estimate(table: pd.DataFrame, engine: DuckDB, **options) -> pd.DataFrame:
    found = xl.estimate(
        table, MEASURES, welfare="y", line=1.0, design=DESIGN, engine=engine, **options
    )
    return found.to_pandas()


def _same(a: pd.DataFrame, b: pd.DataFrame, columns=("estimate", "se", "df", "n")) -> None:
    for column in columns:
        np.testing.assert_allclose(
            a[column].astype(float), b[column].astype(float), rtol=1e-9, atol=1e-12
        )


@given(surveys(), st.integers(0, 1000))
@QUICK
def test_shuffled_rows_change_nothing(duck, table, seed):
    shuffled = table.sample(frac=1, random_state=seed)
    _same(_estimate(table, duck, by="region"), _estimate(shuffled, duck, by="region"))


@given(surveys(), st.floats(0.01, 1000))
@QUICK
def test_scaled_weights_scale_totals_alone(duck, table, factor):
    scaled = _estimate(table.assign(w=table.w * factor), duck)
    plain = _estimate(table, duck)
    totals = plain.measure == "poor_count"
    for column in ("estimate", "se"):
        plain[column] = np.where(totals, plain[column] * factor, plain[column])
    _same(plain, scaled)


@given(surveys(), st.floats(0.01, 1000))
@QUICK
def test_another_currency_changes_no_index(duck, table, rate):
    options = {"welfare": "y", "design": DESIGN, "engine": duck}
    measures = ["headcount", "poverty_gap", "severity", "watts", "theil", "mld"]
    plain = xl.estimate(table, measures, line=1.0, **options).to_pandas()
    other = xl.estimate(table.assign(y=table.y * rate), measures, line=rate, **options)
    for column in ("estimate", "se"):
        np.testing.assert_allclose(plain[column], other.to_pandas()[column], rtol=1e-6, atol=1e-9)


@given(surveys())
@QUICK
def test_merged_regions_add_up(duck, table):
    found = _estimate(table, duck, by="region")
    counts = found[found.measure == "poor_count"]
    parts = counts[counts.by == "region"]
    assert parts.estimate.sum() == pytest.approx(counts[counts.by == ""].estimate.iloc[0])
    head = found[found.measure == "headcount"]
    weights = head[head.by == "region"]
    mixed = (weights.estimate * weights.population).sum() / weights.population.sum()
    assert mixed == pytest.approx(head[head.by == ""].estimate.iloc[0])


@given(surveys())
@QUICK
def test_one_label_for_all_is_all_together(duck, table):
    found = _estimate(table.assign(region="all"), duck, by="region")
    _same(found[found.by == ""], found[found.by == "region"])


@given(surveys(), st.floats(2, 1e6))
@QUICK
def test_one_more_rich_person_lowers_every_poverty_index(duck, table, riches):
    rich = pd.concat([table, table.iloc[[0]].assign(y=riches)], ignore_index=True)
    before = _estimate(table, duck).set_index("measure").estimate
    after = _estimate(rich, duck).set_index("measure").estimate
    for measure in ("headcount", "poverty_gap", "severity", "watts"):
        assert after[measure] <= before[measure] + 1e-12
    assert after["poor_count"] == pytest.approx(before["poor_count"])


@given(surveys())
@QUICK
def test_indices_are_ordered_and_in_range(duck, table):
    found = _estimate(table, duck, by="region").set_index(["measure", "by", "domain"])
    for by, domain in {key[1:] for key in found.index}:
        gap, severity = (found.estimate[m, by, domain] for m in ("poverty_gap", "severity"))
        head, watts = (found.estimate[m, by, domain] for m in ("headcount", "watts"))
        assert 0 <= severity <= gap + 1e-12 <= head + 2e-12 <= 1 + 3e-12
        assert watts >= gap - 1e-12
    shares = found.loc["headcount"].dropna(subset=["ci_low"])
    assert ((shares.ci_low >= 0) & (shares.ci_high <= 1)).all()
    assert (shares.ci_low <= shares.estimate + 1e-12).all()


@given(surveys())
@QUICK
def test_a_difference_of_disjoint_strata_adds_variances(duck, table):
    """Regions are made of whole strata: independent, so that variances add."""
    found = xl.estimate(
        table, "headcount", welfare="y", line=1.0, design=DESIGN, by="region", engine=duck
    )
    a, b = found.find(domain="even"), found.find(domain="odd")
    gap = found.difference({"domain": "even"}, {"domain": "odd"})
    assert gap.estimate == pytest.approx(a.estimate - b.estimate)
    assert gap.se == pytest.approx(np.hypot(a.se, b.se), abs=1e-9)


def test_nothing_loops_over_domains(duck):
    """The query and its result grow with clusters, not with the number of domain sets."""
    from exitline.stats.measure.passes.plan import make_plan
    from exitline.stats.measure.passes.totals import totals

    table = pd.DataFrame({
        "y": 1.0, "w": 1.0, "n": 1, "s": np.repeat(np.arange(50), 40),
        "p": np.repeat(np.arange(500), 4), "few": 0, "many": np.repeat(np.arange(500), 4),
    })  # fmt: skip
    from exitline.stats.data.source import open_source

    attached = duck.attach(open_source(table), "loops")
    for by, rows in (("few", 500), ("many", 500)):
        plan = make_plan(
            attached.columns, "headcount", welfare="y", line=2.0, design=DESIGN, by=by
        ).plan
        assert duck.run(totals(attached, plan)).num_rows == rows
