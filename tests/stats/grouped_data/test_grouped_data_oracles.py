"""Curves and figures against exact solutions, Datt's example, wbpip and GB2group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl

CASES = Path(__file__).parent / "cases"
FITS = {"lq": "quadratic", "lb": "beta"}
PARAMETERS = {"A": "a", "B": "b", "C": "c", "theta": "theta", "gamma": "gamma", "delta": "delta"}


@pytest.fixture(scope="module")
def fitted() -> dict[str, xl.api.grouped.Grouped]:
    """Every table of points.csv with its curves."""
    return {
        str(name): xl.grouped(
            population=rows["P"], lorenz=rows["L"], mean=rows["mean"].iloc[0],
            curves=("quadratic", "beta", "lognormal", "gb2", "singh_maddala", "dagum", "beta2"),
        )
        for name, rows in pd.read_csv(CASES / "points.csv").groupby("table")
    }  # fmt: skip


def _value(data, curve, stat, ratio):
    fit = data.fits[curve]
    if stat in PARAMETERS:
        return fit.curve.parameters[PARAMETERS[stat]]
    if stat.startswith("deciles"):
        k = int(stat.removeprefix("deciles"))
        return data.estimate(f"share({(k - 1) / 10}, {k / 10})", curve=curve).estimate
    name = "severity" if stat == "poverty_severity" else stat
    line = None if np.isnan(ratio) else ratio * fit.mean
    return data.estimate(name, line, curve=curve).estimate


def test_exact_solutions(fitted):
    """exact.csv, relative 1e-9; beta's Watts 1e-8: they differ in where the integral begins."""
    reference = pd.read_csv(CASES / "exact.csv")
    reference = reference[~reference["stat"].str.contains("is_|slope")]
    assert len(reference) > 200
    for row in reference.itertuples():
        found = _value(fitted[row.table], FITS[row.fit], row.stat, row.z_over_mean)
        loose = 1e-8 if (row.fit, row.stat) == ("lb", "watts") else 1e-9
        assert found == pytest.approx(row.value, rel=loose), row


def test_slopes_below_zero_make_a_curve_invalid(fitted):
    """exact.csv says of each beta curve whether its slope is negative anywhere above p = 1e-7."""
    reference = pd.read_csv(CASES / "exact.csv")
    said = reference[reference["stat"].str.startswith("slope negative")]
    assert len(said) == 4
    for row in said.itertuples():
        fit = fitted[row.table].fits["beta"]
        assert fit.valid == (row.value == 0)
        assert ("negative welfare" in " ".join(fit.faults)) == (row.value == 1)


def test_the_world_banks_errors_of_fit(fitted):
    """wbpip (2021 snapshot), gd_compute_pip_stats_lq and _lb: sse over all points, and to z."""
    data = fitted["vietnam deciles"]
    quadratic, beta = data.fits["quadratic"], data.fits["beta"]
    wolfson = data.estimate("wolfson", curve="quadratic").estimate
    assert wolfson == pytest.approx(0.30631745868893506, rel=1e-9)
    assert quadratic.sse == pytest.approx(2.5821557942511896e-05, rel=1e-9)
    assert beta.sse == pytest.approx(4.3574053282241398e-05, rel=1e-9)
    to_line = {
        (0.3, "quadratic"): 5.1036408974924067e-06, (0.3, "beta"): 5.4359167674941955e-07,
        (0.5, "quadratic"): 6.4416219393843568e-06, (0.5, "beta"): 5.0247857072403834e-06,
    }  # fmt: skip
    for (ratio, curve), value in to_line.items():
        fit = data.fits[curve]
        assert fit.sse_to(fit.curve.headcount(ratio)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("curve", "measure", "published"),
    [("quadratic", "headcount", 45.06), ("quadratic", "poverty_gap", 12.47),
     ("quadratic", "severity", 4.75)],
)  # fmt: skip
def test_datts_example(curve, measure, published):
    """Datt (1998), rural India 1983 at 89 rupees."""
    points = pd.read_csv(CASES / "datt1998.csv")
    data = xl.grouped(population=points["P"], lorenz=points["L"], mean=109.9)
    assert round(100 * data.estimate(measure, 89, curve=curve).estimate, 2) == published


def test_datts_points_in_wbpip():
    """wbpip (2021 snapshot) on the same points: quadratic's coefficients, Gini, headcount at 60."""
    points = pd.read_csv(CASES / "datt1998.csv")
    data = xl.grouped(population=points["P"], lorenz=points["L"], mean=109.9)
    found = list(data.fits["quadratic"].curve.parameters.values())
    assert found == pytest.approx(
        [0.8877478436239904, -1.4514459181271309, 0.20264004773877856], rel=1e-9
    )
    for measure, line, value in (
        ("gini", None, 0.28901711934045915), ("headcount", 60, 0.1772235451304412),
        ("poverty_gap", 60, 0.034408748135825784), ("severity", 60, 0.0092306667277186338),
    ):  # fmt: skip
        found = data.estimate(measure, line, curve="quadratic").estimate
        assert found == pytest.approx(value, rel=1e-9), measure


def test_a_quadratic_by_its_parameters():
    """A fixture of wbpip's tests: a, b, c, mean and line; headcount, gap, severity, Gini.

    Its Watts index, .390883634, is a coarse sum; a sum over a million people is beside ours.
    """
    from exitline.stats.grouped_data import figures
    from exitline.stats.grouped_data.povcal import Quadratic

    curve = Quadratic(0.795981535745657, -1.4445933880119242, 0.14728191995919815)
    ratio = 57.7916667 / 51.5660557757944
    for found, value in (
        (figures.headcount(curve, ratio), 0.760058105),
        (figures.poverty_gap(curve, ratio), 0.276176060),
        (figures.fgt(curve, ratio, 2), 0.128328874),
        (figures.gini(curve), 0.321264642),
    ):
        assert found.value == pytest.approx(value, rel=2e-7)
    poor = (np.arange(1_000_000) + 0.5) / 1_000_000 * curve.headcount(ratio)
    summed = np.mean(np.log(ratio / curve.slope(poor, 1 - poor))) * curve.headcount(ratio)
    assert figures.watts(curve, ratio).value == pytest.approx(summed, rel=1e-9)


def test_lognormal_as_gb2group_fits_it(fitted):
    """GB2group fitgroup.ln (EWMD), vietnam deciles: sigma and rss; its search stops early."""
    fit = fitted["vietnam deciles"].fits["lognormal"]
    assert fit.curve.parameters["sigma"] == pytest.approx(0.67853850495561097, rel=1e-3)
    assert fit.sse == pytest.approx(0.0012788959558921863, rel=1e-3)


@pytest.mark.parametrize(
    ("curve", "parameters", "rss"),
    [("singh_maddala", {"a": 3.2287777806986391, "q": 0.74654118709388129}, 9.3322712308400522e-05),
     ("dagum", {"a": 2.4925968017167142, "p": 1.7312676235696576}, 5.2345649798807631e-05),
     ("beta2", {"q": 3.1117640087233309}, 1.0199331804738192e-05)],
)  # fmt: skip
def test_special_cases_as_gb2group_fits_them(fitted, curve, parameters, rss):
    """GB2group fitgroup.sm, .da, .b2 (EWMD), vietnam deciles; beta2's p runs to its limit."""
    fit = fitted["vietnam deciles"].fits[curve]
    for name, value in parameters.items():
        assert fit.curve.parameters[name] == pytest.approx(value, rel=1e-3)
    assert fit.sse == pytest.approx(rss, rel=1e-3)
    assert fitted["vietnam deciles"].fits["gb2"].sse <= fit.sse * (1 + 1e-6)


def test_the_truth_below_the_first_decile_is_marked(fitted):
    """Vietnam at 0.3 of the mean: 3.80 % of persons in the micro data; a figure is extrapolated."""
    data = fitted["vietnam deciles"]
    found = data.estimate("headcount", 0.3 * data.points.mean, curve="quadratic")
    assert abs(found.estimate - 0.038) > 0.02
    assert "below the first class" in found.note
