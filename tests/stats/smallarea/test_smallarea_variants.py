"""Variants of the area-level model on other scales, benchmarked: errors held against the truth."""

from __future__ import annotations

import numpy as np
import pytest

from exitline.stats.smallarea.area.model import model
from exitline.stats.smallarea.area.result import Areas
from exitline.stats.smallarea.area.variants import Options
from exitline.stats.smallarea.errors import SmallAreaError

M, OUT, RHO, NOISE, PSI = 24, 4, 0.6, 0.3, np.repeat([0.04, 0.08], 14)
NAMES = tuple(f"a{i}" for i in range(M + OUT))


def ring():
    """Each area beside two others, in a ring."""
    near = np.zeros((M + OUT, M + OUT))
    for i in range(M + OUT):
        near[i, i - 1] = near[i - 1, i] = 0.5
    return near


def draw(random, kind, x):
    """The truth of all areas, and what is known of them; the last have no direct estimate."""
    effect = random.normal(0, 0.25, M + OUT)
    if kind == "spatial":
        effect = np.linalg.solve(np.eye(M + OUT) - RHO * ring(), effect)
    truth = 1.0 + 0.5 * x[:, 1] + effect
    y = truth + random.normal(0, 1, M + OUT) * np.sqrt(PSI)
    seen = x.copy()
    errors = np.zeros((M + OUT, 2, 2))
    if kind == "measured":
        seen[:, 1] += random.normal(0, NOISE, M + OUT)
        errors[:, 1, 1] = NOISE**2
    y[M:] = np.nan
    return truth, Areas(
        NAMES, y, np.where(np.isnan(y), np.nan, PSI), seen, np.ones(M + OUT, bool), ("one", "x"),
        neighbours=ring() if kind == "spatial" else None,
        errors=errors if kind == "measured" else None,
    )  # fmt: skip


def on_logarithms(truth, areas):
    """The same as amounts whose logarithms these are."""
    from dataclasses import replace

    direct = np.exp(areas.direct)
    return np.exp(truth), replace(areas, direct=direct, variance=areas.variance * direct**2)


def given(kind, **options):
    """A model of one draw, on logarithms where these are asked for."""
    random = np.random.default_rng(3)
    x = np.column_stack([np.ones(M + OUT), random.normal(0, 1, M + OUT)])
    truth, areas = draw(random, kind, x)
    if options.get("transform"):
        truth, areas = on_logarithms(truth, areas)
    return model(areas, Options(robust=kind == "robust", **options))


@pytest.mark.parametrize(("kind", "formula"), [
    ("spatial", "analytic"), ("measured", "jackknife"), ("robust", "analytic"),
])  # fmt: skip
def test_errors_of_a_variant_by_bootstrap_are_about_those_by_formula(kind, formula):
    boot = given(kind, mse="bootstrap", replicates=60).figures
    known = given(kind, mse=formula).figures
    assert boot.estimate == pytest.approx(known.estimate)
    assert np.mean(boot.mse[:M] / known.mse[:M]) == pytest.approx(1.0, abs=0.25)
    # areas without a direct estimate: only the bootstrap knows, and they are less sure
    assert np.isnan(known.mse[M:]).all()
    assert boot.mse[M:].mean() > boot.mse[:M].mean()
    assert (boot.low < boot.estimate).all()
    assert (boot.estimate < boot.high).all()


def test_a_robust_model_that_holds_nobody_back_errs_as_the_plain_one():
    plain = given("plain", mse="bootstrap", replicates=3000, method="ml", transform="log")
    robust = given("robust", mse="bootstrap", replicates=150, k=50.0, transform="log")
    assert robust.variance == pytest.approx(plain.variance, rel=1e-6)
    assert robust.figures.estimate == pytest.approx(plain.figures.estimate, rel=1e-6)
    ratio = robust.figures.mse / plain.figures.mse  # 150 draws: 12 % each, 2 % on average
    assert np.mean(ratio) == pytest.approx(1.0, abs=0.10)


@pytest.mark.parametrize("kind", ["spatial", "measured", "robust"])
@pytest.mark.parametrize("transform", ["none", "log"])
def test_variants_are_benchmarked_with_errors_of_their_own(kind, transform):
    found = given(kind, mse="bootstrap", replicates=8, transform=transform)
    weights = np.arange(1.0, M + OUT + 1)
    share = weights / weights.sum()
    for how in ("ratio", "difference", "mse"):
        moved = found.benchmark(list(weights), 1.1 * float(share @ found.figures.estimate),
                                target_se=2.0, how=how, replicates=8).figures  # fmt: skip
        assert share @ moved.estimate == pytest.approx(1.1 * (share @ found.figures.estimate))
        # a target that errs by 2 leaves no figures surer than that
        assert np.sqrt(np.mean(moved.mse)) > 1.0


def test_errors_that_are_not_known_do_not_move_figures():
    found = given("robust")
    with pytest.raises(SmallAreaError, match="errors that are not known"):
        found.benchmark([1.0] * (M + OUT), 1.0, how="mse", replicates=2)
