"""Expected values of transformed normal variables, against numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.unit.expected import Moment, expected
from exitline.stats.smallarea.unit.transform import Transform, interval, named, rank_order

HOWS = [
    Transform("none"), Transform("log"), Transform("log", shift=0.7), Transform("log-shift", 2.0),
    Transform("box-cox", 0.4), Transform("box-cox", -0.1), Transform("box-cox", 0.0),
    Transform("dual", 0.3), Transform("box-cox", 0.5, 1.0),
]  # fmt: skip
MOMENTS = [
    Moment("gap", 0), Moment("gap", 1), Moment("gap", 2), Moment("gap", 4), Moment("gap", 1.5),
    Moment("watts"), Moment("watts", 2),
]  # fmt: skip


@pytest.mark.parametrize("how", HOWS, ids=str)
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_moments_below_a_line_are_integrals(how, moment):
    line, m, s = 3.0, np.array([0.4, 1.3, 4.0]), np.array([0.5, 0.9, 0.6])
    found = expected(how, [moment], line, m, s)[0]
    top = float(how.forward(np.array([line]))[0])
    for k in range(3):
        low = m[k] - 9 * s[k]
        if moment.kind == "watts" and (how.lowest < 0 or how.name == "box-cox"):
            low = max(low, float(how.forward(np.array([1e-250]))[0]))  # welfare above zero only

        def density(t, k=k):
            value = moment.of(how.back(np.array([t])), line)[0]
            return value * norm.pdf(t, m[k], s[k])

        points = [p for p in (m[k], -1 / how.parameter if how.name == "box-cox"
                  and how.parameter else m[k]) if low < p < top]  # fmt: skip
        whole = quad(density, low, top, epsabs=1e-12, limit=400, points=points or None)[0]
        assert found[k] == pytest.approx(whole, abs=2e-6 if moment.kind == "watts" else 1e-8)


@pytest.mark.parametrize("how", [one for one in HOWS if one.parameter != -0.1], ids=str)
@pytest.mark.parametrize("power", [1, 2])
def test_means_are_integrals(how, power):
    m, s = np.array([1.5, 4.0]), np.array([0.4, 0.6])
    found = expected(how, [Moment("mean", power)], 1.0, m, s)[0]
    for k in range(2):
        whole = quad(
            lambda t, k=k: how.back(np.array([t]))[0] ** power * norm.pdf(t, m[k], s[k]),
            m[k] - 9 * s[k], m[k] + 9 * s[k], epsabs=1e-11, limit=400,
        )[0]  # fmt: skip
        assert found[k] == pytest.approx(whole, rel=1e-7)


def test_the_rank_order_is_that_of_the_sample_and_expects_what_its_draws_show():
    random = np.random.default_rng(1)
    welfare = np.exp(random.normal(1.0, 0.6, 400))
    how = rank_order(welfare)
    score = how.forward(welfare)
    assert how.back(score) == pytest.approx(welfare)
    assert np.argsort(score).tolist() == np.argsort(welfare).tolist()
    assert score.std() == pytest.approx(1.0, abs=0.02)
    drawn = how.back(random.normal(0.2, 0.8, 400_000))
    m, s = np.array([0.2]), np.array([0.8])
    for moment in (Moment("gap", 0), Moment("gap", 1), Moment("gap", 2), Moment("mean")):
        values = moment.of(drawn, 2.5)
        error = values.std() / np.sqrt(len(values))
        assert expected(how, [moment], 2.5, m, s)[0][0] == pytest.approx(
            values.mean(), abs=4 * error
        )


@pytest.mark.parametrize("how", HOWS, ids=str)
def test_transformations_go_back_and_their_slopes_are_derivatives(how):
    y = np.array([0.5, 1.0, 3.0, 20.0])
    assert how.back(how.forward(y)) == pytest.approx(y, rel=1e-12)
    if how.name != "none":
        step = 1e-6 * y
        numeric = (how.forward(y + step) - how.forward(y - step)) / (2 * step)
        assert np.exp(how.slope(y)) == pytest.approx(numeric, rel=1e-8)


def test_welfare_without_a_logarithm_is_refused_or_lifted_as_asked():
    y = np.array([-2.0, 0.0, 5.0])
    for name in ("log", "box-cox", "dual"):
        with pytest.raises(SmallAreaError, match="not above zero") as caught:
            named(name, y)
        assert "2 of 3 rows" in str(caught.value)
        assert named(name, y, shift="auto").shift == 3.0
        assert named(name, y, shift=10).shift == 10.0
    assert interval("log-shift", y) == (3.0, 3.5)
    with pytest.raises(SmallAreaError, match="no transformation 'box_cox'"):
        named("box_cox", y)
    with pytest.raises(SmallAreaError, match="negative"):
        named("dual", np.abs(y) + 1, parameter=-1.0)
