"""Every curve: its figures against sums over many people, closed forms, and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from exitline.stats.grouped_data import figures
from exitline.stats.grouped_data.families import GB2, Lognormal
from exitline.stats.grouped_data.pooled import Pooled
from exitline.stats.grouped_data.povcal import Beta, Quadratic

CURVES = (
    Quadratic(0.88, -1.45, 0.2), Quadratic(0.738, -0.911, 0.333), Quadratic(1.1, 0.3, 0.4),
    Beta(0.6, 1.0, 0.5), Beta(0.72, 0.9873, 0.567), Lognormal(0.3), Lognormal(1.2),
    GB2(2.5, 1.7, 1.0), GB2(1.0, 3.0, 3.0),
)  # fmt: skip
NODES, WEIGHTS = special.roots_legendre(4000)


def _people() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People from poorest to richest, closer together at both ends: p, 1 - p, weight."""
    t = (NODES + 1) / 2
    p = special.betainc(6, 6, t)
    q = special.betainc(6, 6, 1 - t)
    density = t**5 * (1 - t) ** 5 / special.beta(6, 6)
    return p, q, WEIGHTS / 2 * density


@pytest.mark.parametrize("curve", CURVES, ids=str)
def test_figures_are_integrals_over_people(curve):
    p, q, weight = _people()
    x = curve.slope(p, q)
    assert weight @ x == pytest.approx(1, rel=1e-7)
    assert figures.gini(curve).value == pytest.approx(weight @ (x * (2 * p - 1)), rel=1e-6)
    positive = x > 0
    logs = np.log(x[positive])
    assert figures.mld(curve).value == pytest.approx(-(weight[positive] @ logs), rel=1e-6)
    assert figures.theil(curve).value == pytest.approx(
        weight[positive] @ (x[positive] * logs), rel=1e-5
    )


@pytest.mark.parametrize("curve", CURVES, ids=str)
@pytest.mark.parametrize("ratio", [0.4, 0.8, 1.7])
def test_the_headcount_inverts_the_slope(curve, ratio):
    h = curve.headcount(ratio)
    if 0 < h < 1:
        assert float(curve.slope(np.array(h), np.array(1 - h))) == pytest.approx(ratio, rel=1e-10)
    gap = figures.poverty_gap(curve, ratio).value
    severity = figures.fgt(curve, ratio, 2).value
    watts = figures.watts(curve, ratio).value
    assert 0 <= severity <= gap <= h <= 1
    assert watts >= gap


def test_closed_forms_of_datt():
    """Datt (1998): severity of the quadratic, and Gini of the beta curve by its function."""
    c = CURVES[0]
    z = 0.6
    h, gap = c.headcount(z), figures.poverty_gap(c, z).value
    r = np.sqrt(c.discriminant)
    s1, s2 = (r - c.n) / (2 * c.m), -(r + c.n) / (2 * c.m)
    inner = c.a * h + c.b * float(c.lorenz(np.array(h)))
    severity = 2 * gap - h - (inner - r / 16 * np.log((1 - h / s1) / (1 - h / s2))) / z**2
    assert figures.fgt(c, z, 2).value == pytest.approx(severity, rel=1e-10)
    for b in (CURVES[3], CURVES[4]):
        gini = 2 * b.theta * special.beta(1 + b.gamma, 1 + b.delta)
        assert figures.gini(b).value == pytest.approx(gini, rel=1e-12)


def test_closed_forms_of_the_lognormal():
    """Gini 2 Phi(s / sqrt 2) - 1; both entropies s^2 / 2; Atkinson 1 - exp(-e s^2 / 2)."""
    for sigma in (0.1, 0.6785, 1.5):
        c = Lognormal(sigma)
        assert figures.gini(c).value == pytest.approx(special.erf(sigma / 2), rel=1e-11)
        assert figures.mld(c).value == pytest.approx(sigma**2 / 2, rel=1e-11)
        assert figures.theil(c).value == pytest.approx(sigma**2 / 2, rel=1e-10)
        for e in (0.5, 1.0, 2.0):
            found = figures.atkinson(c, e).value
            assert found == pytest.approx(1 - np.exp(-e * sigma**2 / 2), rel=1e-9)


def test_gb2_holds_its_special_cases():
    """Dagum and Singh-Maddala have closed quantiles; F(x) = (1 + (x/b)^-a)^-p."""
    p = np.array([0.05, 0.3, 0.9])
    dagum = GB2(2.5, 1.7, 1.0)
    x = dagum.slope(p, 1 - p) / dagum.scale
    assert (1 + x**-2.5) ** -1.7 == pytest.approx(p, rel=1e-10)
    singh = GB2(2.5, 1.0, 1.4)
    x = singh.slope(p, 1 - p) / singh.scale
    assert 1 - (1 + x**2.5) ** -1.4 == pytest.approx(p, rel=1e-10)


def test_populations_together_are_their_sums():
    """Two equal halves are one; different ones have the mean, gap and entropy of the mixture."""
    one = CURVES[0]
    twice = Pooled(((0.3, one, 1.0), (0.7, one, 1.0)))
    for name in (figures.gini, figures.mld, figures.theil):
        assert name(twice).value == pytest.approx(name(one).value, rel=1e-10)
    p = np.array([0.1, 0.5, 0.93])
    assert twice.slope(p, 1 - p) == pytest.approx(one.slope(p, 1 - p), rel=1e-9)
    assert twice.lorenz(p) == pytest.approx(one.lorenz(p), rel=1e-9)
    a, b = Lognormal(0.5), Lognormal(0.8)
    both = Pooled(((0.6, a, 0.75), (0.4, b, 1.375)))
    for name in (figures.headcount, figures.poverty_gap, figures.watts):
        parts = 0.6 * name(a, 0.8 / 0.75).value + 0.4 * name(b, 0.8 / 1.375).value
        assert name(both, 0.8).value == pytest.approx(parts, rel=1e-12)
    squared = 0.6 * figures.fgt(a, 0.8 / 0.75, 2).value + 0.4 * figures.fgt(b, 0.8 / 1.375, 2).value
    assert figures.fgt(both, 0.8, 2).value == pytest.approx(squared, rel=1e-12)
    within = 0.6 * 0.5**2 / 2 + 0.4 * 0.8**2 / 2
    between = -0.6 * np.log(0.75) - 0.4 * np.log(1.375)
    assert figures.mld(both).value == pytest.approx(within + between, rel=1e-10)
    rng = np.random.default_rng(4)
    shuffled = rng.random(400_000)
    x = np.concatenate([
        0.75 * a.slope(shuffled[:240_000], 1 - shuffled[:240_000]),
        1.375 * b.slope(shuffled[240_000:], 1 - shuffled[240_000:]),
    ])  # fmt: skip
    x.sort()
    rank = (np.arange(x.size) + 0.5) / x.size
    assert figures.gini(both).value == pytest.approx(
        np.mean(x * (2 * rank - 1)) / x.mean(), rel=0.01
    )
    assert both.headcount(0.6) == pytest.approx(np.mean(x < 0.6), abs=0.004)


def test_faults_in_words():
    assert Quadratic(0.88, -1.45, 0.2).faults() == ()
    assert "negative welfare" in Quadratic(0.9, -0.5, -0.02).faults()[-1]
    assert "ends at 0.8" in Quadratic(0.5, -0.5, 0.3).faults()[0]
    assert "does not bend upwards" in Beta(0.6, 1.2, 0.5).faults()[0]
    assert "richest" in Beta(0.6, 1.0, 1.3).faults()[0]
    assert "does not end" in Beta(0.6, 1.0, -0.1).faults()[0]
    assert "5.3 %" in Beta(1.02, 0.97, 0.4).faults()[0] or Beta(1.02, 0.97, 0.4).negative > 0.01
    assert "mean does not exist" in GB2(1.0, 2.0, 0.9).faults()[0]


def test_a_missing_figure_has_its_reason():
    curve = Beta(1.0, 0.9, 0.4)
    assert "negative welfare" in figures.watts(curve, 0.5).reason
    assert np.isnan(figures.mld(curve).value)


@given(
    sigma=st.floats(0.1, 1.5), ratio=st.floats(0.05, 5), shift=st.floats(-0.05, 0.05)
)  # fmt: skip
def test_a_lognormal_population_is_found_again(sigma, ratio, shift):
    """Deciles of a lognormal give back its parameter and its headcount, at any line."""
    import exitline as xl

    p = np.arange(1, 10) / 10 + shift
    truth = Lognormal(sigma)
    found = xl.grouped(
        population=p, lorenz=truth.lorenz(p), mean=100.0, curves="lognormal"
    ).estimate("headcount", 100 * ratio)
    assert found.estimate == pytest.approx(truth.headcount(ratio), abs=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_no_figure_is_missing_without_a_reason(seed):
    """Classes of many shapes: finite figures or reasons, headcounts that rise with the line."""
    import exitline as xl

    rng = np.random.default_rng(seed)
    size = int(rng.integers(4, 12))
    means = (
        rng.lognormal(0, rng.uniform(0.05, 2.5), size),
        rng.pareto(rng.uniform(0.6, 3), size),
        rng.random(size) ** rng.uniform(0.2, 6),
        np.where(np.arange(size) < size // 3, 0, rng.random(size)),
    )[seed % 4]
    data = xl.grouped(counts=rng.integers(1, 9, size), means=np.sort(means))
    lines = data.points.mean * np.array([0.01, 0.3, 1.0, 5.0])
    asked = ["headcount", "poverty_gap", "severity", "watts", "gini", "mld", "median", "palma"]
    for curve in ("quadratic", "beta"):
        found = data.figures(asked, lines, curve=curve)
        assert all(np.isfinite(f.estimate) or f.note for f in found)
        rates = [f.estimate for f in found if f.measure == "headcount"]
        assert all(0 <= r <= 1 for r in rates)
        if data.fits[curve].valid:
            assert rates == sorted(rates)
