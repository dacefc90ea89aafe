"""Replicate weights: R's multipliers where they follow from the design, moments where drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.stats.weighting.conftest import REFERENCE

import exitline as xl
from exitline.stats.infer.weighting.replicates import hadamard

CLUSTERS = pd.read_csv(REFERENCE / "clusters.csv")
R = pd.read_csv(REFERENCE / "multipliers.csv")


def variance(found: object, y: np.ndarray) -> float:
    """V = scale x sum of rscales x squared deviations of the replicates of a total."""
    frame = found.to_pandas()
    thetas = y @ frame[list(found.replicates)].to_numpy()
    return float(found.scale * np.sum(np.array(found.rscales) * (thetas - thetas.mean()) ** 2))


@pytest.mark.parametrize("case", sorted(R["case"].unique()))
def test_multipliers_are_those_of_r(case):
    """R survey 4.1.1, as.svrepdesign; columns may come in another order."""
    kind, *rest = case.split(";")
    expected = R[R["case"] == case]
    data = CLUSTERS[CLUSTERS["psu"].isin(expected["psu"])].assign(all=60)
    lonely = next((word for word in rest if word != "fpc"), "fail")
    fpc = ("all" if kind == "JK1" else "big") if "fpc" in rest else None
    design = xl.Design(
        weight="w", strata=None if kind == "JK1" else "stratum", psu="psu", fpc=fpc, lonely=lonely
    )
    found = xl.replicate_weights(data, design, kind, rho=0.3 if kind == "Fay" else None)
    ours = found.to_pandas()[list(found.replicates)].to_numpy() / data[["w"]].to_numpy()
    theirs = expected.pivot(index="psu", columns="replicate", values="multiplier")
    theirs = theirs.to_numpy(copy=True)
    scales = expected.groupby("replicate")["rscale"].first().to_numpy()
    assert ours.shape == theirs.shape
    if case == "JKn;fpc;adjust":  # R lets stratum B, taken whole, vary, and leaves its rows out
        b = data["stratum"].to_numpy() == "B"
        assert (ours[b] == 1).all()
        theirs[b] = 1
    mine, yours = np.lexsort(ours.round(9)), np.lexsort(theirs.round(9))
    np.testing.assert_allclose(ours[:, mine], theirs[:, yours], rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(np.array(found.rscales)[mine], scales[yours], rtol=1e-14)
    assert found.scale == pytest.approx(expected["scale"].iloc[0], rel=1e-14)
    assert variance(found, data["y"].to_numpy()) == pytest.approx(
        expected["variance"].iloc[0], rel=1e-9
    )


def test_balanced_replicates_keep_r_s_order():
    """Strata by name, first PSU of a pair where Paley's matrix has 1: R's brrweights."""
    expected = R[R["case"] == "BRR"].pivot(index="psu", columns="replicate", values="multiplier")
    data = CLUSTERS[CLUSTERS["psu"].isin(expected.index)]
    design = xl.Design(weight="w", strata="stratum", psu="psu")
    found = xl.replicate_weights(data, design, "BRR").to_pandas()
    ours = found.filter(regex="^rw").to_numpy() / found[["w"]].to_numpy()
    np.testing.assert_array_equal(ours, expected.to_numpy())


@pytest.mark.parametrize("above", [1, 3, 4, 11, 15, 19, 27, 35, 51, 67, 87, 139])
def test_hadamard_matrices_are_hadamard(above):
    h = hadamard(above).astype(int)
    assert len(h) > above
    np.testing.assert_array_equal(h @ h.T, len(h) * np.eye(len(h)))
    assert (h[0] == 1).all()
    assert (h[:, 0] == 1).all()


@pytest.mark.parametrize("n", [5, 8, 15])
def test_successive_differences_of_all_clusters(n):
    """Half the sum of squared successive differences around the circle (Fay and Train 1995)."""
    rng = np.random.default_rng(n)
    data = pd.DataFrame({"ea": rng.permutation(n), "place": range(n), "y": rng.normal(size=n)})
    found = xl.replicate_weights(data, xl.Design(psu="ea"), "SDR", order="place")
    y = data["y"].to_numpy()
    assert variance(found, y) == pytest.approx(np.sum((y - np.roll(y, 1)) ** 2) / 2, rel=1e-12)


def test_successive_differences_start_anew_in_each_stratum():
    y = np.array([1.0, 4.0, 2.0, 9.0, 7.0])
    data = pd.DataFrame({"s": [1, 1, 2, 2, 2], "ea": range(5), "y": y})
    found = xl.replicate_weights(data, xl.Design(strata="s", psu="ea"), "SDR")
    circles = (y[0] - y[1]) ** 2 + (
        (y[2] - y[3]) ** 2 + (y[3] - y[4]) ** 2 + (y[4] - y[2]) ** 2
    ) / 2
    assert variance(found, y) == pytest.approx(circles, rel=1e-12)
    few = xl.replicate_weights(data, xl.Design(strata="s", psu="ea"), "SDR", replicates=4)
    assert len(few.replicates) == 4


SIZES = {"a": 3, "b": 5, "c": 8}


@pytest.fixture(scope="module")
def drawn() -> pd.DataFrame:
    """Strata of clusters with weights and values."""
    rng = np.random.default_rng(8)
    stratum = [s for s, n in SIZES.items() for _ in range(n)]
    n = len(stratum)
    return pd.DataFrame(
        {"s": stratum, "ea": range(n), "w": rng.uniform(1, 4, n), "y": rng.normal(5, 2, n)}
    )


def linear(data: pd.DataFrame, unsampled: float = 1.0) -> float:
    """The variance of a weighted total, stratum by stratum."""
    z = data["w"] * data["y"]
    by = z.groupby(data["s"])
    return float(unsampled * (by.count() * by.var()).sum())


@pytest.mark.parametrize("kind", ["subbootstrap", "mrbbootstrap"])
def test_bootstraps_have_the_linear_moments(drawn, kind):
    """E of the multipliers is 1, and the variance of a total that of linearisation."""
    design = xl.Design(weight="w", strata="s", psu="ea")
    found = xl.replicate_weights(drawn, design, kind, replicates=2000, seed=1)
    multipliers = found.to_pandas()[list(found.replicates)].to_numpy() / drawn[["w"]].to_numpy()
    np.testing.assert_allclose(multipliers.mean(axis=1), 1.0, atol=6 * 1.5 / np.sqrt(2000))
    expected = linear(drawn)
    assert variance(found, drawn["y"].to_numpy()) == pytest.approx(expected, rel=0.08)


def test_the_rescaled_bootstrap_knows_population_sizes(drawn):
    """Rao, Wu and Yue (1992): multipliers of mean 1, the variance that of linearisation with fpc;
    nothing varies in a stratum that was taken whole, and no multiplier is below zero."""
    sizes = drawn["s"].map({"a": 3, "b": 10, "c": 20})
    design = xl.Design(weight="w", strata="s", psu="ea", fpc="N")
    data = drawn.assign(N=sizes)
    found = xl.replicate_weights(data, design, "rescaled", replicates=2000, seed=1)
    multipliers = found.to_pandas()[list(found.replicates)].to_numpy() / drawn[["w"]].to_numpy()
    assert (multipliers[drawn["s"] == "a"] == 1).all()
    assert multipliers.min() >= 0
    np.testing.assert_allclose(multipliers.mean(axis=1), 1.0, atol=6 * 1.5 / np.sqrt(2000))
    z = (drawn["w"] * drawn["y"]).groupby(drawn["s"])
    left = 1 - pd.Series({"a": 3 / 3, "b": 5 / 10, "c": 8 / 20})
    expected = float((left * z.count() * z.var()).sum())
    assert variance(found, drawn["y"].to_numpy()) == pytest.approx(expected, rel=0.08)
    assert found.design.sampling.kind == "other"
    few = xl.replicate_weights(data, design, "rescaled", replicates=50, seed=1)
    with_se = xl.estimate(few.to_pandas(), "total", welfare="y", design=few.design).find().se
    assert with_se == pytest.approx(np.sqrt(variance(few, drawn["y"].to_numpy())), rel=1e-9)


def test_canty_davison_has_the_linear_variance_where_strata_are_alike():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"s": np.repeat([1, 2, 3], 4), "ea": range(12), "w": 2.0})
    data["y"] = rng.normal(5, 2, 12)
    design = xl.Design(weight="w", strata="s", psu="ea")
    found = xl.replicate_weights(data, design, "bootstrap", replicates=2000, seed=2)
    assert variance(found, data["y"].to_numpy()) == pytest.approx(linear(data), rel=0.08)
    finite = xl.Design(weight="w", strata="s", psu="ea", fpc="N")
    found = xl.replicate_weights(
        data.assign(N=16), finite, "bootstrap", replicates=2000, seed=2
    )  # without replacement: (N - n) / (N - 1) instead of (N - n) / N
    expected = linear(data, (16 - 4) / (16 - 1)) * (4 - 1) / 4 * 4 / 3
    assert variance(found, data["y"].to_numpy()) == pytest.approx(expected, rel=0.08)


def test_preston_s_bootstrap_adds_the_stages():
    """As R's svytotal of the two-stage school sample with fpc at both stages."""
    sample = pd.read_csv(REFERENCE / "apiclus2.csv")
    design = xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2"), lonely="certainty")
    found = xl.replicate_weights(sample, design, "mrbbootstrap", replicates=2000, seed=5)
    y = sample["api00"].to_numpy(dtype=float)
    expected = xl.estimate(sample, "total", welfare="api00", design=design).find().se
    assert np.sqrt(variance(found, y)) == pytest.approx(expected, rel=0.05)
    one = xl.Design(weight="pw", psu="dnum", fpc="fpc1")
    first = xl.estimate(sample, "total", welfare="api00", design=one).find().se
    assert expected > first


def test_preston_s_multipliers_of_many_stages_are_exact():
    """Every half sample of 4 clusters taken alike gives the linear variance exactly."""
    from itertools import combinations

    y = np.array([3.0, 1.0, 7.0, 4.0])
    f = 4 / 10
    rate = np.sqrt(2 * (1 - f) / (4 - 2))
    thetas = [
        sum(y[i] * (1 - rate + rate * 2 * (i in kept)) for i in range(4))
        for kept in combinations(range(4), 2)
    ]
    expected = 4 * (1 - f) * y.var(ddof=1)
    assert np.var(thetas) == pytest.approx(expected, rel=1e-12)
    data = pd.DataFrame({"ea": range(4), "N": 10, "y": y})
    found = xl.replicate_weights(
        data, xl.Design(psu="ea", fpc="N"), "mrbbootstrap", replicates=200, seed=3
    )
    seen = set(np.round(y @ found.to_pandas()[list(found.replicates)].to_numpy(), 9))
    assert seen == set(np.round(thetas, 9))


def test_a_seed_gives_the_same_weights_on_both_engines(engine, drawn):
    design = xl.Design(weight="w", strata="s", psu="ea")
    one, other = (
        xl.replicate_weights(drawn, design, "subbootstrap", replicates=9, seed=7, engine=e)
        for e in (engine, "duckdb")
    )
    pd.testing.assert_frame_equal(one.to_pandas(), other.to_pandas())


def test_rows_without_a_psu_are_clusters(tmp_path):
    data = pd.DataFrame({"w": [1.0, 2.0, 3.0], "y": [1.0, 5.0, 2.0]})
    path = tmp_path / "rows.parquet"
    data.to_parquet(path)
    for source in (data, path):
        found = xl.replicate_weights(source, xl.Design(weight="w"), "JK1").to_pandas()
        expected = 1.5 * data[["w"]].to_numpy() * (1 - np.eye(3))
        np.testing.assert_allclose(found.filter(regex="^rw"), expected)


def test_several_columns_of_strata_and_nested_ids():
    data = pd.DataFrame({"a": [1, 1, 1, 1], "b": [1, 1, 2, 2], "ea": [1, 2, 1, 2], "w": 1.0})
    crossed = xl.Design(weight="w", strata=("a", "b"), psu="ea", nest=True)
    found = xl.replicate_weights(data, crossed, "JKn").to_pandas().filter(regex="^rw")
    block = np.array([[0, 2], [2, 0]])
    one = np.ones((2, 2))
    np.testing.assert_array_equal(found, np.block([[block, one], [one, block]]))


@pytest.mark.parametrize(
    ("design", "options", "said"),
    [
        ({"strata": "stratum", "psu": "psu"}, {}, "single PSU"),
        (
            {"strata": "y", "psu": "psu", "lonely": "adjust"},
            {"kind": "JK1"},
            "JK1 is for samples without",
        ),
        ({"psu": "psu"}, {"kind": "jackknife"}, "no replicates of the kind"),
        ({"psu": "psu"}, {"kind": "JK1", "replicates": 5}, "cannot be chosen"),
        ({"psu": "psu"}, {"kind": "bootstrap", "replicates": 1}, "too few"),
        ({"psu": "psu"}, {"kind": "Fay"}, "rho"),
        ({"psu": "psu"}, {"kind": "BRR", "rho": 0.5}, "rho"),
        ({"strata": "stratum", "psu": "psu", "lonely": "adjust"}, {"kind": "BRR"}, "pairs"),
        ({"strata": "stratum", "psu": "psu", "lonely": "remove"}, {"kind": "BRR"}, "pairs"),
        ({"strata": "y", "psu": "stratum"}, {}, "more than one stratum"),
        ({"psu": "ea"}, {}, "no column 'ea'"),
        ({"psu": "psu"}, {"kind": "JK1", "prefix": "y"}, "already"),
        ({"census": True}, {}, "strata and PSUs"),
        ({"psu": "psu", "fpc": "w"}, {"kind": "JK1"}, "fpc"),
    ],
)
def test_what_a_design_does_not_allow(design, options, said):
    data = CLUSTERS.assign(y1=1.0)
    with pytest.raises(xl.ExitlineError, match=said):
        xl.replicate_weights(data, xl.Design(**{"weight": "w"} | design), **options)


FIGURES = pd.read_csv(REFERENCE / "replicate_estimates.csv")


@pytest.mark.parametrize("params", sorted(FIGURES["params"].unique()))
def test_estimates_with_replicates_made_here_are_r_s(params):
    """R survey 4.5: svymean, svytotal of as.svrepdesign; strata of 100 PSUs split into pairs."""
    name, kind = params.split(";")
    own = {"clus1": {"psu": "dnum"}, "strat": {"strata": "stype"}}[name.split("_")[0]]
    fpc = None if name.endswith("_nofpc") or kind in ("BRR", "Fay") else "fpc"
    design = xl.Design(weight="pw", fpc=fpc, **own)
    sample = pd.read_csv(REFERENCE / f"api{name.split('_')[0]}.csv")
    made = xl.replicate_weights(sample, design, kind, rho=0.3 if kind == "Fay" else None)
    data = made.to_pandas()
    for row in FIGURES[FIGURES["params"] == params].itertuples():
        if row.component == "enroll" and data["enroll"].isna().any():
            continue  # R leaves rows out of the replicates too; said where they are missing
        ours = xl.estimate(data, row.stat, welfare=row.component, design=made.design).find()
        assert ours.estimate == pytest.approx(row.estimate, rel=1e-9)
        assert ours.se == pytest.approx(row.se, rel=1e-9)


def test_designs_of_every_kind_can_be_used():
    sample = pd.read_csv(REFERENCE / "apiclus2.csv")
    for kind, rho, fpc in (("Fay", 0.3, None), ("mrbbootstrap", None, "fpc1"), ("SDR", None, None)):
        psu = xl.Design(weight="pw", psu="dnum", fpc=fpc)
        made = xl.replicate_weights(sample, psu, kind, rho=rho, seed=1)
        found = xl.estimate(made.to_pandas(), "mean", welfare="api00", design=made.design).find()
        linear = xl.estimate(sample, "mean", welfare="api00", design=psu).find()
        assert 0.5 * linear.se < found.se < 2 * linear.se
