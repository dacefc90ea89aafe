"""Quantiles and Gini of areas whose sampled households stand for themselves, by simulation."""

from __future__ import annotations

import numpy as np
import pytest

import exitline as xl
from exitline.stats.smallarea.unit.cells import CensusCells, Places
from exitline.stats.smallarea.unit.figures import indicators, mixture
from exitline.stats.smallarea.unit.own_values import Known, predicted, shape_variance
from exitline.stats.smallarea.unit.predict import Predictor
from exitline.stats.smallarea.unit.transform import Transform

WANTED = ("gini", "quantile(0.1)", "median", "quantile(0.9)")
REPLICATES = 3000


def gini(y):
    """Of each column of sorted welfare."""
    n = len(y)
    rank = np.arange(1, n + 1) - 0.5
    return 2 * (rank[:, None] * y).sum(axis=0) / (n * y.sum(axis=0)) - 1


@pytest.mark.parametrize(("rest", "own"), [(60, 20), (40, 40), (200, 15)])
def test_both_kinds_of_households_count_as_they_are_drawn(rest, own):
    random = np.random.default_rng(rest)
    effect, effect_var, sigma2_e = 0.1, 0.04, 0.3
    mu, y = random.normal(1, 0.5, rest), np.exp(random.normal(1.1, 0.9, own))
    one = np.ones(rest)
    cells = CensusCells(np.zeros(rest, int), one, one, mu, np.zeros(rest))
    total = np.array([float(rest + own)])
    places = Places(
        np.zeros(1, int),
        ("a",),
        {"d": np.zeros(1, int)},
        {"d": (("a",),)},
        total.astype(int),
        total,
    )
    given = Predictor(Transform("log"), sigma2_e, np.array([effect]), np.array([effect_var]))
    known = Known(np.zeros(own, int), np.ones(own), y)
    found = predicted(indicators(WANTED), cells, places, given, 2.0, known)["d"][0]
    drawn = np.exp(
        mu[:, None] + effect + random.normal(0, np.sqrt(effect_var), REPLICATES)
        + random.normal(0, np.sqrt(sigma2_e), (rest, REPLICATES))
    )  # fmt: skip
    whole = np.sort(np.concatenate([drawn, np.tile(y[:, None], REPLICATES)]), axis=0)
    values = np.vstack([gini(whole), np.quantile(whole, [0.1, 0.5, 0.9], axis=0)])
    error = values.std(axis=1) / np.sqrt(REPLICATES)
    away = np.abs(found - values.mean(axis=1))
    # the distribution of order statistics is taken to the second order
    allowed = 4 * error + np.array([0.003, 0.01, 0.005, 0.012]) * found
    assert (away <= allowed).all()
    # a replicate's truth: the effect is what it is, only the households that are predicted scatter
    here = Predictor(Transform("log"), sigma2_e, np.array([effect]), np.zeros(1))
    of, few = mixture(cells, places, "d", here, drawn=True)
    domain = np.zeros(own, int)
    scatter = [float(shape_variance(of, few, one.p, known, domain)[0])
               for one in indicators(WANTED)]  # fmt: skip
    rows = mu[:, None] + effect + random.normal(0, np.sqrt(sigma2_e), (rest, REPLICATES))
    whole = np.sort(np.concatenate([np.exp(rows), np.tile(y[:, None], REPLICATES)]), axis=0)
    worlds = np.vstack([gini(whole), np.quantile(whole, [0.1, 0.5, 0.9], axis=0)])
    # to the first order; a tenth percentile of 80 depends on a few households
    for found_one, of_worlds, near in zip(
        scatter, worlds.var(axis=1), (0.1, 0.3, 0.05, 0.1), strict=True
    ):
        assert found_one == pytest.approx(of_worlds, rel=near)
    assert np.mean(scatter / worlds.var(axis=1)) == pytest.approx(1.0, abs=0.1)
    alone = predicted(indicators(WANTED), cells, places, given, 2.0)["d"][0]
    if own >= 20:
        assert (np.abs(alone - values.mean(axis=1)) > allowed).any()


def test_with_few_known_households_figures_are_those_of_the_census(unit_sample, unit_census):
    given = {"area": "geo2", "line": 2500, "measures": ["gini", "median"]}
    model = ("pc_exp ~ hhsize + rooms", unit_sample, unit_census)
    own = xl.small_area.ebp(*model, **given, own_values=True).to_pandas()
    every = xl.small_area.ebp(*model, **given).to_pandas()
    out = ~own["sampled"].to_numpy()
    assert own["estimate"].to_numpy() == pytest.approx(every["estimate"].to_numpy(), rel=0.05)
    assert own["estimate"][out].to_numpy() == pytest.approx(
        every["estimate"][out].to_numpy(), rel=1e-4
    )
