"""PovcalNet's own output: figures that the World Bank's tests of wbpip hold against its fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl

POINTS = pd.read_csv(Path(__file__).parent / "cases" / "povcalnet.csv")
# PIP-Technical-Team/wbpip (MIT), 2021-05-12: tests/testthat/test-gd_compute_pip_stats.R and
# test-gd_compute_dist_stats.R, each to the digits printed there. Coarse sums of
# PovcalNet's are named below.
PRINTED = {
    "no line": (330.5371, {
        "median": 201.4286, "gini": 0.5135977, "wolfson": 0.4212645,
        "deciles": (0.01609, 0.02702, 0.03577, 0.04492, 0.05522, 0.0675, 0.0832, 0.1056, 0.1452,
                    0.4195),
    }),
    "line at 1.9": (2.911786, {
        "median": 2.29062, "gini": 0.3466288, "mld": 0.1965911, "wolfson": 0.2920545,
        "headcount": 0.3713033, "poverty_gap": 0.1002854, "severity": 0.03617225,
        "watts": 0.1287745,
        "deciles": (0.03462, 0.04439, 0.05376, 0.06321, 0.07327, 0.08465, 0.09856, 0.1176, 0.1499,
                    0.28),
    }),
    "CAF 1992": (1.180057, {"gini": 0.61330745577995316}),
}  # fmt: skip
AT_LINE = {"headcount", "poverty_gap", "severity", "watts"}
COARSE = {("line at 1.9", "mld"): 0.02, ("line at 1.9", "watts"): 0.025}
"""Coarse sums, in which the smallest incomes decide: the integrals are 2 % lower."""
SIMPSON = ("no line", ("gini", "wolfson"))
"""Of a beta curve PovcalNet sums 500 slices for the Gini index: see the second test."""
CASES = [
    (table, measure, value)
    for table, (_, figures) in PRINTED.items()
    for measure, value in figures.items()
    if (table, measure) not in {(SIMPSON[0], one) for one in SIMPSON[1]}
]


@pytest.fixture(scope="module")
def fitted() -> dict[str, xl.api.grouped.Grouped]:
    return {
        str(table): xl.grouped(population=rows["P"], lorenz=rows["L"], mean=PRINTED[table][0])
        for table, rows in POINTS.groupby("table")
    }


@pytest.mark.parametrize(("table", "measure", "value"), CASES)
def test_as_povcalnet_printed(fitted, table, measure, value):
    data = fitted[table]
    if measure == "deciles":
        for k, printed in enumerate(value):
            found = data.estimate(f"share({k / 10}, {(k + 1) / 10})").estimate
            digits = 5 if printed < 0.1 else 4
            assert found == pytest.approx(printed, abs=0.51 * 10**-digits), k
        return
    found = data.estimate(measure, 1.9 if measure in AT_LINE else None).estimate
    loose = COARSE.get((table, measure), 1.5e-6)
    assert found == pytest.approx(value, rel=loose)
    assert loose == 1.5e-6 or found < value


def test_the_gini_of_a_beta_curve_as_povcalnet_sums_it(fitted):
    """Simpson's rule over 500 slices of our curve gives its figure; polarisation follows."""
    data = fitted["no line"]
    mean, printed = PRINTED["no line"]
    fit = data.fits["beta"].curve.parameters
    p = np.arange(1, 1001) / 1000
    lorenz = p - fit["theta"] * p ** fit["gamma"] * (1 - p) ** fit["delta"]
    summed = 1 - (4 * lorenz[::2].sum() + 2 * lorenz[1::2].sum() - 1) / 1500
    assert summed == pytest.approx(printed["gini"], rel=1.5e-7)
    gini, polar = (data.estimate(one).estimate for one in ("gini", "wolfson"))
    assert gini == pytest.approx(summed, rel=5e-5)
    moved = polar - 2 * (summed - gini) * mean / data.estimate("median").estimate
    assert moved == pytest.approx(printed["wolfson"], rel=1.5e-6)
