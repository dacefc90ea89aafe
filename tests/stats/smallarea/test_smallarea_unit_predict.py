"""Empirical best prediction: against its formulas row by row, a simulation, and emdi."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import exitline as xl

CASES = Path(__file__).parent / "cases"
MODEL = "pc_exp ~ log(hhsize) + proom + elec + water + toilet + urban"
MEASURES = (
    "mean", "headcount", "poverty_gap", "gini", "quantile(0.1)", "quantile(0.25)", "median",
    "quantile(0.75)", "quantile(0.9)",
)  # fmt: skip
OF_EMDI = (
    "Mean", "Head_Count", "Poverty_Gap", "Gini", "Quantile_10", "Quantile_25", "Median",
    "Quantile_75", "Quantile_90",
)  # fmt: skip
LINE = 2500.0


def matrix(homes):
    columns = [np.ones(len(homes)), np.log(homes.hhsize)]
    columns += [homes[c] for c in ("proom", "elec", "water", "toilet", "urban")]
    return np.column_stack(columns)


def by_hand(found, census):
    """Mean and variance of each household's transformed welfare, from the model's own words."""
    effects = found.effects().set_index("area")
    u = census.geo2.map(effects["effect"]).fillna(0.0).to_numpy()
    own = census.geo2.map(effects["se"] ** 2).fillna(found.fitted.sigma2_u).to_numpy()
    return matrix(census) @ found.fitted.beta + u, own


def test_every_level_is_the_sum_over_its_households(unit_sample, unit_census):
    measures = ["headcount", "poverty_gap", "severity", "watts", "mean", "total", "poor_count"]
    found = xl.small_area.ebp(
        MODEL, unit_sample, unit_census, area="geo2", measures=measures, line=LINE,
        by=["ea", "geo1", ("geo1", "urbrur")], size="hhsize",
    )  # fmt: skip
    m, own = by_hand(found, unit_census)
    s = np.sqrt(own + found.fitted.sigma2_e)
    a = (np.log(LINE) - m) / s
    first = np.exp(m + s**2 / 2) * norm.cdf(a - s) / LINE
    second = np.exp(2 * m + 2 * s**2) * norm.cdf(a - 2 * s) / LINE**2
    share = norm.cdf(a)
    rows = pd.DataFrame(
        {"headcount": share, "poverty_gap": share - first, "severity": share - 2 * first + second,
         "watts": s * (a * share + norm.pdf(a)), "mean": np.exp(m + s**2 / 2)}
    )  # fmt: skip
    size = unit_census.hhsize.to_numpy()
    for level in found.levels:
        keys = [unit_census[c].to_numpy() for c in level.by.split(", ")]
        total = rows.mul(size, axis=0).groupby(keys).sum()
        persons = pd.Series(size).groupby(keys).sum()
        assert level.population == pytest.approx(persons.to_numpy())
        for one in level.figures:
            if one.measure in rows:
                right = total[one.measure] / persons
            else:
                right = total[{"total": "mean", "poor_count": "headcount"}[one.measure]]
            assert one.estimate == pytest.approx(right.to_numpy(), rel=2e-9), one.measure
    assert [level.by for level in found.levels] == ["geo2", "ea", "geo1", "geo1, urbrur"]


def simulated(found, census, draws):
    """A Monte-Carlo EBP, as Molina and Rao (2010) write it: mean and spread of each indicator."""
    m, own = by_hand(found, census)
    area, names = pd.factorize(census.geo2, sort=True)
    random = np.random.default_rng(7)
    where = [np.flatnonzero(area == k) for k in range(len(names))]
    spread = np.array([own[rows[0]] for rows in where]) ** 0.5
    all_draws = np.empty((draws, len(names), len(MEASURES)))
    for d in range(draws):
        v = random.normal(0.0, spread)[area]
        t = m + v + random.normal(0, found.fitted.sigma2_e**0.5, len(m))
        welfare = found.fitted.how.back(t)
        for k, rows in enumerate(where):
            y = np.sort(welfare[rows])
            n = len(y)
            gap = np.maximum(1 - y / LINE, 0.0)
            g = 2 * (np.arange(1, n + 1) @ y) / (n * y.sum()) - (n + 1) / n
            q = np.quantile(y, [0.1, 0.25, 0.5, 0.75, 0.9])
            all_draws[d, k] = [y.mean(), (y < LINE).mean(), gap.mean(), g, *q]
    return names, all_draws.mean(axis=0), all_draws.std(axis=0)


@pytest.mark.parametrize(
    ("transform", "emdi"), [("log", "log"), ("box-cox", "box.cox"), ("log-shift", "")]
)
def test_closed_forms_are_the_limit_of_simulations(unit_sample, unit_census, transform, emdi):
    found = xl.small_area.ebp(
        MODEL, unit_sample, unit_census, area="geo2", measures=MEASURES, line=LINE,
        transform=transform,
    )  # fmt: skip
    if transform == "box-cox":
        assert found.variances()["parameter"] == pytest.approx(-0.13468181638663812, rel=1e-9)
    mine = np.column_stack([one.estimate for one in found.levels[0].figures])
    names, mean, spread = simulated(found, unit_census, 100)
    assert found.levels[0].figures[0].areas == tuple(names)
    # with a negative power welfare has no finite mean: what draws show of it never settles
    settles = [k for k, name in enumerate(MEASURES) if transform != "box-cox" or name != "gini"]
    away = ((mine - mean) / (spread / np.sqrt(100)))[:, settles]
    assert np.abs(away).max() < 4.0
    assert np.abs(away.mean(axis=0)).max() < 4.0 / np.sqrt(len(names))
    if emdi:
        r = pd.read_csv(CASES / f"emdi_ebp_{emdi}_L1000.csv").set_index("Domain").loc[names]
        away = ((mine - r[list(OF_EMDI)].to_numpy()) / (spread / np.sqrt(1000)))[:, settles]
        assert np.abs(away).max() < 4.0
