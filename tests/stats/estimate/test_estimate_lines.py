"""Lines: who stands exactly on one, and what a line that is estimated adds to an error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import MeasureError
from exitline.rules.standard import load as load_standard
from exitline.stats.measure.catalogue import MEASURES, named
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.pages import example

ON_THE_LINE = pd.DataFrame({"y": [1.0, 2.0, 2.0, 5.0], "z": [1.0, 2.0, 3.0, 4.0]})
STANDARD = """
standard: on-the-line
title: Who stands on the line is poor
jurisdiction: XXX
valid: {from: 2020-01-01, to: 2020-12-31}
sources: {s: {title: Written for this test}}
columns: {welfare: {meaning: Welfare, unit: money, type: number}}
lines: {limit: {label: z, unit: XXX per person per year, boundary: "<=", value: 2, source: s}}
household:
  source: s
  poor: welfare <= line('limit')
  exits: {income: {label: Not poor, condition: NOT poor}}
"""
STUDY = """
study: On the line
standard: standard.yaml
year: 2020
data: {households: homes.csv}
columns: {household: id, welfare: y}
design: {census: true}
measures: [headcount]
"""


@pytest.mark.parametrize(
    ("value", "boundary", "poor"), [(2.0, "<", 1), (2.0, "<=", 3), ("z", "<", 1), ("z", "<=", 3)]
)
def test_who_stands_on_the_line_is_poor_where_the_boundary_says_so(value, boundary, poor, engine):
    """A number and a column of lines: y = 1, 2, 2, 5 at 2, and at 1, 2, 3, 4."""
    line = PovertyLine("line", value, boundary)
    found = xl.estimate(ON_THE_LINE, "poor_count", welfare="y", line=line, engine=engine)
    assert found.find().estimate == poor


@pytest.mark.parametrize(("boundary", "poor"), [("<", 1), ("<=", 3)])
def test_a_relative_line_keeps_its_boundary(boundary, poor):
    """0.8 of the mean of 2.5 is 2."""
    line = xl.relative_line(0.8, "mean", boundary=boundary)
    assert xl.estimate(ON_THE_LINE, "poor_count", welfare="y", line=line).find().estimate == poor


def _headcount(tmp_path, lines: str) -> float:
    """The headcount of a study whose standard says `<=` at 2."""
    ON_THE_LINE.assign(id=range(4)).to_csv(tmp_path / "homes.csv", index=False)
    (tmp_path / "standard.yaml").write_text(STANDARD)
    (tmp_path / "study.yaml").write_text(STUDY + lines)
    run = xl.run(tmp_path / "study.yaml", out=tmp_path / "out")
    return float(run.estimates.find(measure="headcount").estimate)


@pytest.mark.parametrize(
    ("lines", "share"),
    [
        ("", 0.75),  # the boundary of the standard's line
        ("lines: [{name: limit, boundary: '<'}]", 0.25),  # the study's own
        ("lines: [{column: z, label: own}]", 0.25),
        ("lines: [{column: z, label: own, boundary: '<='}]", 0.75),
        ("lines: [{value: 2, label: two}]", 0.25),
        ("lines: [{value: 2, label: two, boundary: '<='}]", 0.75),
        ("lines: [{relative: 0.8, of: mean, label: r}]", 0.25),
        ("lines: [{relative: 0.8, of: mean, label: r, boundary: '<='}]", 0.75),
    ],
)
def test_every_line_of_a_study_keeps_its_boundary(tmp_path, lines, share):
    assert _headcount(tmp_path, lines) == share


def test_a_line_of_a_standard_in_a_call_keeps_its_boundary(tmp_path):
    (tmp_path / "standard.yaml").write_text(STANDARD)
    line = load_standard(tmp_path / "standard.yaml").lines["limit"]
    found = xl.estimate(ON_THE_LINE, "headcount", welfare="y", line=line, year=2020)
    assert found.find().estimate == 0.75


def test_the_average_shortfall_is_in_money():
    """Poor at 4: y = 1, 2, 2; they lack 3, 2, 2, on average 7/3."""
    found = xl.estimate(ON_THE_LINE, ["shortfall", "total_shortfall"], welfare="y", line=4)
    assert found.find(measure="shortfall").estimate == pytest.approx(7 / 3, rel=1e-15)
    assert found.find(measure="total_shortfall").estimate == 7.0


def _survey() -> pd.DataFrame:
    """Three strata of six PSUs of five households."""
    rng = np.random.default_rng(9)
    homes = pd.DataFrame({"psu": np.repeat(np.arange(18), 5)})
    homes["stratum"] = homes["psu"] // 6
    homes["w"] = rng.uniform(1, 3, len(homes))
    level = rng.normal(0, 0.4, 18)[homes["psu"]]
    return homes.assign(y=np.exp(rng.normal(1, 0.6, len(homes)) + level))


FIGURES = {
    "poverty_gap": lambda w, y, z: (w * np.maximum(z - y, 0) / z).sum() / w.sum(),
    "severity": lambda w, y, z: (w * np.maximum((z - y) / z, 0) ** 2).sum() / w.sum(),
    "watts": lambda w, y, z: (w * np.maximum(np.log(z / y), 0)).sum() / w.sum(),
    "total_shortfall": lambda w, y, z: (w * np.maximum(z - y, 0)).sum(),
}


@pytest.mark.parametrize("measure", FIGURES)
def test_a_line_of_the_mean_adds_its_own_error(measure):
    """Against the definition, differentiated numerically in each PSU's weight (Binder 1983).

    All of these are continuous in the line, so that no density is needed.
    """
    homes, step = _survey(), 1e-6

    def at(psu: int, factor: float) -> float:
        w = np.where(homes["psu"] == psu, factor, 1.0) * homes["w"]
        z = 0.7 * (w * homes["y"]).sum() / w.sum()
        return float(FIGURES[measure](w, homes["y"], z))

    moves = [(at(p, 1 + step) - at(p, 1 - step)) / (2 * step) for p in range(18)]
    influence = np.reshape(moves, (3, 6))
    variance = 6 * influence.var(axis=1, ddof=1).sum()
    found = xl.estimate(
        homes, measure, welfare="y", line=xl.relative_line(0.7, "mean"),
        design=xl.Design(weight="w", strata="stratum", psu="psu"),
    ).find()  # fmt: skip
    assert found.estimate == pytest.approx(at(-1, 1.0), rel=1e-12)
    assert found.se == pytest.approx(np.sqrt(variance), rel=1e-7)


@pytest.mark.parametrize("within", [False, True])
def test_the_rich_and_the_poor_have_one_error(within):
    """Above the line are all that are not at or below it; R has the latter's error (svyfgt)."""
    homes = _survey()
    found = xl.estimate(
        homes, ["headcount", "rich_headcount"], welfare="y", by="stratum",
        line=xl.relative_line(0.7, "mean", boundary="<=", within=within),
        design=xl.Design(weight="w", strata="stratum", psu="psu"),
    )  # fmt: skip
    for area in ("", "0", "1", "2"):
        poor, rich = (found.find(measure=m, domain=area) for m in ("headcount", "rich_headcount"))
        assert poor.estimate + rich.estimate == pytest.approx(1.0, rel=1e-14)
        assert rich.se == pytest.approx(poor.se, rel=1e-12)


@pytest.mark.parametrize("alpha", [1, 2])
def test_the_elasticity_of_poverty_is_made_of_two_indices(alpha):
    """Kakwani (1993, eq. 14): a (1 - P(a-1) / P(a)); and what growth of a millionth does."""
    homes, names = _survey(), {0: "headcount", 1: "poverty_gap", 2: "severity"}
    measure = f"growth_elasticity({alpha})"
    found = xl.estimate(homes, [measure, names[alpha], names[alpha - 1]], welfare="y", line=2.5)
    above, below = (found.find(measure=names[a]).estimate for a in (alpha, alpha - 1))
    wanted = alpha * (1 - below / above)
    assert found.find(measure=measure).estimate == pytest.approx(wanted, rel=1e-13)
    grown = xl.estimate(
        homes.assign(y=homes["y"] * (1 + 1e-6)), names[alpha], welfare="y", line=2.5
    )
    moved = (grown.find().estimate / above - 1) / 1e-6
    assert wanted == pytest.approx(moved, rel=1e-4)


@pytest.mark.parametrize("measure", ["at_risk_rate", "at_risk_rate(threshold='area')"])
def test_a_line_of_values_that_are_all_equal_has_no_density(measure):
    """The threshold cannot be linearised there, and the result says why it has no error."""
    homes = pd.DataFrame({"y": [2.0] * 12, "psu": [1, 2, 3, 4] * 3})
    found = xl.estimate(homes, measure, welfare="y", design=xl.Design(psu="psu")).find()
    assert found.estimate == 0
    assert np.isnan(found.se)
    assert found.reason.startswith("all values are equal")


def test_a_threshold_of_each_area_says_so():
    whole, own = (named(m).label for m in ("at_risk_rate(0.5)", "at_risk_rate(0.5, 0.3, 'area')"))
    assert "0.5 of the median" in whole
    assert "each area" not in whole
    assert "0.5 of quantile 0.3 of each area" in own


def test_an_error_about_a_measure_gives_an_example_that_can_be_asked_for():
    for name in MEASURES:
        named(example(name))
    with pytest.raises(MeasureError, match=r"for instance bourguignon\(pc_exp \+ rooms\)"):
        named("bourguignon()")


def test_what_is_no_number_is_no_parameter():
    homes = pd.DataFrame({"y": [2.0] * 12})
    for name in ("ge(nan)", "ge(inf)", "atkinson(nan)", "fgt(inf)", "quantile(nan)"):
        with pytest.raises(MeasureError):
            xl.estimate(homes, name, welfare="y", line=1)


def test_a_column_without_spread_has_no_test():
    pytest.importorskip("formulaic")
    homes = pd.DataFrame({"y": [2.0] * 12, "g": ["a", "b"] * 6})
    with pytest.raises(MeasureError, match="the same on every row"):
        xl.t_test(homes, "y", "g")
