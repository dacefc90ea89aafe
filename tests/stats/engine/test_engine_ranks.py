"""Measures of ranks: windows within windows, ties and first passes, the same on every engine."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.measure.passes import repeated

MEASURES = [
    "gini", "concentration(x)", "kolm(0.5)", "zenga", "wolfson", "pay_gap(x, g)", "sen", "takayama",
    "richness(0.5)", "theil", "renyi(2)", "bourguignon(x + g)", "zenga_curve(0.4)",
    "amato", "clark(0.4)", "bourguignon_chakravarty(x < 2 + g < 1: 2, 2, 3)",
]  # fmt: skip


def test_ranks_are_the_same_on_every_engine(engine):
    rng = np.random.default_rng(4)
    n = 80
    homes = pd.DataFrame({"psu": np.arange(n) % 8, "y": rng.lognormal(0, 0.8, n).round(1)})
    homes["w"] = rng.uniform(1, 5, n)
    homes["x"] = homes.y * rng.uniform(0.2, 1.0, n)
    homes["g"] = rng.integers(0, 2, n)
    homes["region"] = np.where(homes.psu % 2 == 0, "north", "south")
    options = {
        "welfare": "y", "by": "region", "design": xl.Design(weight="w", psu="psu"),
        "line": {"fixed": 1.2},
    }  # fmt: skip
    duck = DuckDB(threads=1)
    wanted = xl.estimate(homes, MEASURES, engine=duck, **options).to_pandas()
    duck.close()
    found = xl.estimate(homes, MEASURES, engine=engine, **options).to_pandas()
    assert wanted.estimate.notna().all()
    for column in ("estimate", "se"):
        np.testing.assert_allclose(found[column], wanted[column], rtol=1e-10)


def _repeating(n: int = 400) -> pd.DataFrame:
    """Households of few values of welfare, in two regions, some of which cannot be used."""
    rng = np.random.default_rng(11)
    homes = pd.DataFrame({"psu": np.arange(n) % 20, "y": rng.integers(-2, 30, n) / 4.0})
    homes["w"] = rng.uniform(1, 5, n)
    homes["size"] = rng.integers(1, 6, n)
    homes["x"] = (homes.y * rng.uniform(0.2, 1.0, n)).round(1)
    homes["urban"] = rng.random(n) < 0.6
    homes["region"] = np.where(homes.psu % 2 == 0, "north", "south")
    homes.loc[::50, "y"] = np.nan
    return homes


@pytest.mark.parametrize("where", [None, "urban"])
def test_ranks_of_values_are_those_of_rows(engine, monkeypatch, where):
    measures = ["gini", "gini(x)", "concentration(x)", "kakwani(x)", "wolfson", "mean"]
    options = {
        "welfare": "y", "by": "region", "engine": engine, "where": where, "missing": "exclude",
        "design": xl.Design(weight="w", size="size", psu="psu"),
    }  # fmt: skip
    wanted = xl.estimate(_repeating(), measures, **options).to_pandas()
    asked = []
    monkeypatch.setattr(repeated, "MANY", 1)
    monkeypatch.setattr(repeated, "_joined", _noted(repeated._joined, asked))
    found = xl.estimate(_repeating(), measures, **options).to_pandas()
    # concentration ranks by welfare what gini(x) ranks by itself
    assert len(asked) >= 3
    assert wanted.estimate.notna().all()
    for column in ("estimate", "se", "df", "n"):
        np.testing.assert_allclose(found[column], wanted[column], rtol=1e-10)


def _noted(function, asked):
    def called(*args):
        asked.append(args)
        return function(*args)

    return called


def test_rows_are_ranked_where_values_hardly_repeat(monkeypatch):
    homes = _repeating().assign(y=lambda d: d.y + np.arange(len(d)) / 1e4)
    asked = []
    monkeypatch.setattr(repeated, "MANY", 1)
    monkeypatch.setattr(repeated, "_joined", _noted(repeated._joined, asked))
    options = {"welfare": "y", "design": xl.Design(weight="w", psu="psu"), "missing": "exclude"}
    xl.estimate(homes, "gini", **options)
    assert not asked


def test_gini_with_its_errors_does_not_depend_on_the_order_of_rows(engine, monkeypatch):
    homes = _repeating()
    options = {
        "welfare": "y", "by": "region", "engine": engine, "missing": "exclude",
        "design": xl.Design(weight="w", size="size", psu="psu"),
    }  # fmt: skip
    wanted = xl.estimate(homes, "gini", **options).to_pandas()
    for many in (1, 10**6):
        monkeypatch.setattr(repeated, "MANY", many)
        mixed = homes.sample(frac=1.0, random_state=many)
        found = xl.estimate(mixed, "gini", **options).to_pandas()
        np.testing.assert_allclose(found.estimate, wanted.estimate, rtol=1e-12)
        np.testing.assert_allclose(found.se, wanted.se, rtol=1e-11)


def test_gini_by_pairs_in_exact_arithmetic(monkeypatch):
    homes = _repeating(60).dropna()
    homes["w"] = homes.w.round(2)
    w = [Fraction(str(a)) * int(b) for a, b in zip(homes.w, homes["size"], strict=True)]
    y = [Fraction(a) for a in homes.y]
    rows = list(zip(w, y, strict=True))
    pairs = sum(a * b * abs(s - t) for a, s in rows for b, t in rows)
    total, welfare = sum(w), sum(a * s for a, s in rows)
    for many in (1, 10**6):
        monkeypatch.setattr(repeated, "MANY", many)
        design = xl.Design(weight="w", size="size", psu="psu")
        found = xl.estimate(homes, "gini", welfare="y", design=design).find().estimate
        assert found == pytest.approx(float(pairs / (2 * total * welfare)), rel=1e-13)
