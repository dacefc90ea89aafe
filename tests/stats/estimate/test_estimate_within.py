"""Measures that depend on the domain's distribution; subpopulations; lines of each area."""

from __future__ import annotations

import html
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli.run import command as run_command
from exitline.cli.verify import command as verify_command
from exitline.errors import DataError, ExitlineError

ALBANIA = "examples/albania-2012/lival.parquet"
R = pd.read_csv("tests/stats/estimate/reference/albania_convey.csv")
LAEKEN_GINI = 0.27115283
"""laeken 0.5.3, gini(rcons, weights = pw) / 100 on Albania 2012 (shown to eight digits)."""


@pytest.fixture(scope="module")
def albania() -> tuple[pd.DataFrame, xl.Design]:
    homes = pd.read_parquet(ALBANIA)
    homes["capita"] = (0.07527689 * homes["totcons"] / homes["rcons"]).round()
    return homes, xl.Design(weight="weight", size="capita", strata="strat", psu="psu")


def small(seed: int = 1, rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "y": rng.integers(1, 12, rows) * 1.0,
            "w": rng.uniform(1, 3, rows),
            "s": np.repeat([1, 2, 3], rows // 3),
            "p": np.repeat(np.arange(rows // 5), 5),
            "r": rng.choice(list("ab"), rows),
        }
    )


DESIGN = xl.Design(weight="w", strata="s", psu="p")


def population_gini(y: np.ndarray, w: np.ndarray) -> float:
    """Mean absolute difference over twice the mean, written out over all pairs."""
    apart = np.abs(y[:, None] - y[None, :]) * w[:, None] * w[None, :]
    return float(apart.sum() / (2.0 * w.sum() * (w * y).sum()))


def test_gini_is_the_mean_difference_over_twice_the_mean(engine):
    table = small()
    found = xl.estimate(table, "gini", welfare="y", design=DESIGN, by="r", engine=engine)
    for one in found:
        mine = table if not one.domain else table[table["r"] == one.domain]
        exact = population_gini(mine["y"].to_numpy(), mine["w"].to_numpy())
        assert one.estimate == pytest.approx(exact, rel=1e-12)


def test_gini_of_albania_is_laekens(albania):
    homes, design = albania
    found = xl.estimate(homes, "gini", welfare="rcons", design=design)
    assert found.find().estimate == pytest.approx(LAEKEN_GINI, abs=5e-9)


@pytest.mark.parametrize("measure", ["gini", "gini(y)", "mean", "theil", "j_divergence", "ge(2)"])
def test_influence_is_the_derivative_in_the_weight_of_a_psu(measure):
    table = small(3)
    found = xl.estimate(table, measure, welfare="y", design=DESIGN)
    block = found.blocks[0]
    step = 1e-6
    for psu in (0, 4, 11):
        moved = table.assign(w=table["w"] * np.where(table["p"] == psu, 1 + step, 1 - 0.0))
        back = table.assign(w=table["w"] * np.where(table["p"] == psu, 1 - step, 1.0))
        values = [
            xl.estimate(t, measure, welfare="y", design=DESIGN).blocks[0].estimate[0]
            for t in (moved, back)
        ]
        slope = (values[0] - values[1]) / (2 * step)
        assert block.influence[block.rows.stages[0] == psu].sum() == pytest.approx(slope, rel=2e-6)


def test_scale_order_and_ties_do_not_matter():
    table = small(7)
    measures = ["gini", "median", "quantile(0.2)"]
    first = xl.estimate(table, measures, welfare="y", design=DESIGN, by="r").to_pandas()
    shuffled = table.sample(frac=1, random_state=2)
    again = xl.estimate(shuffled, measures, welfare="y", design=DESIGN, by="r").to_pandas()
    pd.testing.assert_frame_equal(first, again, rtol=1e-12)
    split = pd.concat([table.assign(w=table["w"] / 4), table.assign(w=table["w"] * 3 / 4)])
    halves = xl.estimate(split, measures, welfare="y", design=DESIGN, by="r").to_pandas()
    columns = ["estimate", "se", "df"]
    pd.testing.assert_frame_equal(first[columns], halves[columns], rtol=1e-10)
    scaled = xl.estimate(table.assign(w=table["w"] * 1000), "gini", welfare="y", design=DESIGN)
    one = xl.estimate(table, "gini", welfare="y", design=DESIGN)
    assert scaled.find().se == pytest.approx(one.find().se, rel=1e-10)


@pytest.mark.parametrize("domain", ["", "Rural", "Urban", "Central", "Tirana"])
def test_thresholds_of_each_area_as_convey(albania, domain):
    homes, design = albania
    found = xl.estimate(
        homes, "at_risk_threshold", welfare="rcons", design=design, by=["urban", "region"]
    )
    (row,) = R[(R["stat"] == "arpt") & (R["domain"].fillna("") == domain)].to_dict("records")
    one = found.find(domain=domain, by=row["by"] if domain else "")
    assert one.estimate == pytest.approx(row["estimate"], rel=1e-9)
    assert one.se == pytest.approx(row["se"], rel=1e-9)
    assert one.df == row["df"]


def test_a_line_of_each_area_is_that_of_the_areas_own_survey(albania):
    homes, design = albania
    own = [
        xl.relative_line(0.6, within=True, boundary="<=", label="q"),
        xl.relative_line(0.5, of="mean", within=True, boundary="<=", label="m"),
        xl.relative_line(0.4, of=0.75, within=True, boundary="<=", label="q3"),
    ]
    whole = [
        xl.relative_line(0.6, boundary="<=", label="q"),
        xl.relative_line(0.5, of="mean", boundary="<=", label="m"),
        xl.relative_line(0.4, of=0.75, boundary="<=", label="q3"),
    ]
    measures = ["headcount", "poverty_gap", "watts", "shortfall"]
    found = xl.estimate(homes, measures, welfare="rcons", line=own, design=design, by="urban")
    rural = homes[homes["urban"] == "Rural"]
    alone = xl.estimate(rural, measures, welfare="rcons", line=whole, design=design)
    for one in alone:
        mine = found.find(measure=one.measure, line=one.line, domain="Rural")
        assert mine.estimate == pytest.approx(one.estimate, rel=1e-12)
        assert mine.se == pytest.approx(one.se, rel=1e-9)


def test_a_subpopulation_is_a_domain(albania, engine):
    homes, design = albania
    asked = ["headcount", "gini", "median", "poor_count", "shortfall"]
    lines = [4891, xl.relative_line(0.6)]
    how = {"welfare": "rcons", "line": lines, "design": design, "engine": engine}
    domains = xl.estimate(homes, asked, by="urban", **how)
    alone = xl.estimate(homes, asked, where="urban = 'Rural'", **how)
    for one in alone:
        other = domains.find(measure=one.measure, line=one.line, domain="Rural")
        for name in ("estimate", "se", "df", "n", "population", "ci_low", "ci_high"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-10), name


def test_missing_welfare_outside_of_the_subpopulation_is_no_fault():
    table = small(5)
    table.loc[table["r"] == "b", "y"] = np.nan
    how = {"welfare": "y", "design": DESIGN}
    found = xl.estimate(table, "mean", where="r = 'a'", **how)
    assert found.find().n == (table["r"] == "a").sum()
    with pytest.raises(DataError, match="missing welfare"):
        xl.estimate(table, "mean", **how)


@pytest.mark.parametrize(
    ("where", "said"), [("r = 'zzz'", "fulfils"), ("q = 1", "'q'"), ("r", "condition"), ("y >", "")]
)
def test_conditions_that_cannot_be_used_are_refused(where, said):
    with pytest.raises(ExitlineError, match=said):
        xl.estimate(small(), "mean", welfare="y", design=DESIGN, where=where)


def test_measures_of_other_columns_need_every_value():
    table = small().assign(a=1.0, b=2.0)
    found = xl.estimate(table, ["mean(a)", "mean(b)", "ratio(a, b)", "total(b)"], design=DESIGN)
    assert [round(one.estimate, 12) for one in found][:3] == [1.0, 2.0, 0.5]
    table.loc[0, "b"] = np.nan
    with pytest.raises(DataError, match="amounts"):
        xl.estimate(table, "mean(b)", design=DESIGN)
    left = xl.estimate(table, "mean(b)", design=DESIGN, missing="exclude")
    assert left.find().n == len(table) - 1


STUDY = """study: A part of Albania
standard: albania-2012
data: {households: lival.parquet}
columns: {household: hhid, welfare: rcons, size: "round(0.07527689 * totcons / rcons)"}
design: {weight: weight, strata: strat, psu: psu}
areas: [urban]
measures: [headcount]
where: "region != 'Tirana'"
year: 2012
"""


def test_whatever_a_run_writes_says_the_part_it_speaks_of(tmp_path):
    study = tmp_path / "study.yaml"
    (tmp_path / "lival.parquet").write_bytes(Path(ALBANIA).read_bytes())
    study.write_text(STUDY)
    out = tmp_path / "out"
    ran = CliRunner().invoke(run_command, [str(study), "--out", str(out)], catch_exceptions=False)
    assert "region != 'Tirana'" in " ".join(ran.output.split())
    claims = json.loads((out / "claims.json").read_text())["claims"]
    of_estimates = [c for c in claims if c["query"]["kind"] == "estimate"]
    assert of_estimates
    assert all("where \"region != 'Tirana'\"" in c["statement"] for c in of_estimates)
    page = html.unescape((out / "report.html").read_text())
    assert page.count("where region != 'Tirana'") >= 3  # question, sources of tables, method
    checked = CliRunner().invoke(
        verify_command, [str(out / "claims.json"), "--data", str(tmp_path / "lival.parquet")]
    )
    assert checked.exit_code == 0, checked.output
