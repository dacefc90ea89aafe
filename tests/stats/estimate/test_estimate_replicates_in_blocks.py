"""Replicate weights that are read in several queries, each with its rows in another order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.infer.designs import replicates

DESIGN = xl.Design(weight="w", replicates="rw*", kind="bootstrap")
PSUS, COUNT, SIZE = 9, 24, 300


@pytest.fixture(scope="module")
def homes() -> pd.DataFrame:
    """Homes with equal weights and few values, which no column tells apart."""
    rng = np.random.default_rng(3)
    psu = np.arange(SIZE) * PSUS // SIZE
    table = pd.DataFrame({
        "w": 10.0, "y": rng.integers(1, 9, SIZE).astype(float), "r": rng.choice(["a", "b"], SIZE)
    })  # fmt: skip
    times = rng.poisson(1.0, (PSUS, COUNT))[psu]
    return table.assign(**{f"rw{i + 1}": 10.0 * times[:, i] for i in range(COUNT)})


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five weights at a time, and rows in an order of its own from every query."""
    rng = np.random.default_rng(11)
    run, batches = DuckDB.run, DuckDB.batches

    def shuffled(found):
        moved = any(name.startswith("replicate") for name in found.column_names)
        return found.take(rng.permutation(found.num_rows)) if moved else found

    monkeypatch.setattr(replicates, "AT_ONCE", 5 * SIZE)
    monkeypatch.setattr(replicates, "READ_AT_ONCE", 5 * SIZE)
    monkeypatch.setattr(DuckDB, "run", lambda self, one: shuffled(run(self, one)))
    monkeypatch.setattr(
        DuckDB, "batches", lambda self, one, rows: map(shuffled, batches(self, one, rows))
    )


@pytest.mark.usefixtures("in_blocks")
def test_the_order_of_rows_does_not_matter(homes):
    """By hand; before, a block of weights was taken for rows in the order of the first block."""
    found = xl.estimate(homes, ["mean", "headcount"], welfare="y", line=4, design=DESIGN, by="r")
    weights = homes[[f"rw{i + 1}" for i in range(COUNT)]].to_numpy()
    for domain in ("", "a", "b"):
        own = np.ones(SIZE, bool) if not domain else (homes["r"] == domain).to_numpy()
        w = weights[own]
        for measure, x in (("mean", homes["y"]), ("headcount", (homes["y"] < 4) * 1.0)):
            again = (x.to_numpy()[own] @ w) / w.sum(axis=0)
            one = found.find(measure=measure, domain=domain)
            assert one.se == pytest.approx(np.std(again, ddof=1), rel=1e-12)
            assert one.df == np.linalg.matrix_rank(w) - 1 == PSUS - 1


@pytest.mark.usefixtures("in_blocks")
def test_more_different_rows_than_are_kept_have_the_same_rank(homes, monkeypatch):
    """Every row has weights of its own: the rank is that of all, from a part of them."""
    monkeypatch.setattr(replicates, "ENOUGH", 2)
    rng = np.random.default_rng(5)
    names = [f"rw{i + 1}" for i in range(COUNT)]
    moved = homes.assign(**{n: rng.uniform(1, 2, SIZE) for n in names})
    moved[names[-1]] = moved[names[0]] + moved[names[1]]
    found = xl.estimate(moved, "mean", welfare="y", design=DESIGN).find()
    assert found.df == COUNT - 2
