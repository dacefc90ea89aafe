"""Strata that are counted in full, and single PSUs in covariances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import DesignError, MeasureError
from exitline.stats.infer.comparing.joint import InfluenceColumns
from exitline.stats.infer.designs.frame import Stage
from exitline.stats.infer.designs.variances import Taylor
from exitline.stats.infer.intake.cells import Rows, no_kinds


def _two_strata(fraction: float, others: float = 0.5) -> pd.DataFrame:
    """One stratum of three PSUs at a sampling fraction, one at another."""
    return pd.DataFrame(
        {"s": [0] * 3 + [1] * 3, "p": range(6), "y": [1.0, 2.0, 6.0, 1.0, 4.0, 4.0],
         "f": [fraction] * 3 + [others] * 3}
    )  # fmt: skip


def _se(homes: pd.DataFrame, **more) -> float:
    design = xl.Design(strata="s", psu="p", fpc="f", **more)
    return xl.estimate(homes, "total", welfare="y", design=design).find().se


@pytest.mark.parametrize("in_full", [1.0, 3.0])
def test_a_stratum_in_full_adds_no_variance(in_full):
    """A fraction of exactly 1, or as many PSUs in the population as in the sample: only the
    other stratum's (1 - 1/2) x 3 x s^2 is left, s^2 = 3."""
    others = 0.5 if in_full == 1.0 else 6.0
    assert _se(_two_strata(in_full, others)) == pytest.approx(np.sqrt(0.5 * 3 * 3.0), rel=1e-14)


@pytest.mark.parametrize("in_full", [1.0, 3.0])
def test_a_sample_in_full_has_no_error(in_full):
    assert _se(_two_strata(in_full, in_full)) == 0.0


def test_what_is_left_unsampled_by_rounding_is_nothing():
    """As R: 1 - f below 1e-7 is none, in variances and in covariances."""
    homes = _two_strata(1.0 - 5e-8, 1.0 - 5e-8).assign(r=list("abcabc"))
    assert _se(homes) == 0.0
    design = xl.Design(strata="s", psu="p", fpc="f")
    found = xl.estimate(homes, "total", welfare="y", design=design, by="r")
    assert found.difference({"domain": "a"}, {"domain": "b"}).se == 0.0


def test_a_single_psu_in_full_is_no_single_psu():
    """A certainty PSU: nothing to refuse, nothing to add, whatever the treatment of others."""
    homes = _two_strata(1.0).iloc[2:]
    for lonely in ("fail", "adjust", "average", "remove"):
        assert _se(homes, lonely=lonely) == pytest.approx(np.sqrt(0.5 * 3 * 3.0), rel=1e-14)


def test_a_single_psu_in_full_is_at_no_distance_from_others():
    """As above, in a difference: the joint covariances know certainty, too."""
    homes = _two_strata(1.0).iloc[2:].assign(r=list("abab"))
    design = xl.Design(strata="s", psu="p", fpc="f", lonely="adjust")
    found = xl.estimate(homes, "total", welfare="y", design=design, by="r")
    gap = found.difference({"domain": "a"}, {"domain": "b"})
    values = np.array([-1.0, 4.0, -4.0])  # a counts, b against it; the first PSU is in full
    assert gap.se == pytest.approx(np.sqrt(0.5 * 3 * values.var(ddof=1)), rel=1e-13)


def _stages(rng: np.random.Generator, *, later: bool) -> tuple[np.ndarray, ...]:
    """Strata (the last with one PSU), PSUs and second-stage units; the stages' frames."""
    stratum_of = np.array([0, 0, 0, 1, 1, 2])
    psu = np.repeat(np.arange(6), [3, 2, 1, 2, 3, 2])
    unit = np.arange(len(psu))
    ones = np.ones(3)
    first = Stage(np.bincount(stratum_of), np.array([0.7, 0.9, 0.8]), ones)
    second = Stage(np.bincount(psu), np.full(6, 0.6), np.array([0.3, 0.1, 0.2])[stratum_of])
    return stratum_of[psu], psu, unit, rng.normal(size=len(psu)), (first, second)[: 1 + later]


@pytest.mark.parametrize("lonely", ["remove", "certainty", "adjust", "average"])
@pytest.mark.parametrize("later", [False, True])
def test_covariances_and_variances_are_one_form(lonely, later):
    """Cov(a, b) = (Var(a + b) - Var(a) - Var(b)) / 2, in which variances are those that R has.

    For all together, by the covariance with a line and by the joint matrix alike.
    """
    rng = np.random.default_rng(5)
    stratum, psu, unit, a, stages = _stages(rng, later=later)
    if later and lonely == "average":
        pytest.skip("a PSU with one unit has no variance under 'average'")
    b = rng.normal(size=len(a)) + 0.5
    none = np.zeros(len(a), dtype=np.int64)
    rows = Rows(none, ((),), stratum, (psu, unit), none + 1, no_kinds(none), a[:, None])
    taylor = Taylor(stages, lonely)

    def variance(values: np.ndarray) -> float:
        return float(taylor.of(rows, values[:, None])[0, 0])

    half = (variance(a + b) - variance(a) - variance(b)) / 2
    assert taylor.shared(rows, a, rows, b)[0] == pytest.approx(half, rel=1e-12)
    joint = taylor.joint([InfluenceColumns(rows, none, v, 1) for v in (a, b)])
    assert joint.row(0) == pytest.approx([variance(a), half], rel=1e-12)
    assert joint.matrix() == pytest.approx(
        np.array([[variance(a), half], [half, variance(b)]]), rel=1e-12
    )


def test_adjust_centres_a_difference_at_the_mean_of_all_psus():
    """By hand: PSUs' totals of a - b are 1, 3, 8 (alone), 2, 4; their mean is 18/5."""
    homes = pd.DataFrame({"s": [0, 0, 1, 2, 2], "p": range(5), "y": [1.0, 3.0, 8.0, 2.0, 4.0]})
    both = pd.concat([homes.assign(r="a", y=homes["y"] + 1), homes.assign(r="b", y=1.0)])
    design = xl.Design(strata="s", psu="p", lonely="adjust")
    found = xl.estimate(both, "total", welfare="y", design=design, by="r")
    gap = found.difference({"domain": "a"}, {"domain": "b"})
    variance = 2 * 2 * 1.0 + 2 * 2 * 1.0 + (8 - 18 / 5) ** 2
    assert gap.estimate == 18.0
    assert gap.se == pytest.approx(np.sqrt(variance), rel=1e-13)


def test_areas_without_degrees_of_freedom_have_differences():
    """Each area has one PSU in each stratum: no interval of its own, but a standard error.

    The difference is one of the whole design, whose df are 6 - 2: in strata of three PSUs with
    totals 1, -4, 0 and 3, -1, 0, as R's svycontrast(svyby(~y, ~r, svytotal, covmat = TRUE)).
    """
    homes = pd.DataFrame({"s": [0] * 3 + [1] * 3, "p": range(6), "y": [1.0, 4, 2, 3, 1, 5],
                          "r": list("abcabc")})  # fmt: skip
    found = xl.estimate(homes, "total", welfare="y", design=xl.Design(strata="s", psu="p"), by="r")
    assert found.find(domain="a").df == 0
    gap = found.difference({"domain": "a"}, {"domain": "b"})
    variance = 3 * np.var([1.0, -4, 0], ddof=1) + 3 * np.var([3.0, -1, 0], ddof=1)
    assert gap.se == pytest.approx(np.sqrt(variance), rel=1e-13)
    assert gap.df == 4
    assert np.isfinite([gap.ci_low, gap.p]).all()
    assert gap.reason == ""


def test_adjust_centres_totals_at_the_mean_of_all_psus():
    """By hand: PSUs' totals 2, 4 | 9 (alone); their mean is 5, so (9 - 5)^2 beside 2 x 2 x 1.

    R's help page says so ("center the stratum at the population mean"), and survey 4.5 does
    (regen, regenfpc, syc: all 132 figures of means and totals, by sex, to 1e-14). survey 4.1.1
    does not centre at all: it has 9^2, which moves with the origin of y. Means agree, because
    their influences add up to zero; totals differ there by 5 to 32 %, and means with single
    second-stage units, which it squares, too, by 22 to 30 %.
    """
    homes = pd.DataFrame({"s": [0, 0, 1], "p": range(3), "y": [2.0, 4.0, 9.0]})
    design = xl.Design(strata="s", psu="p", lonely="adjust")
    found = xl.estimate(homes, "total", welfare="y", design=design).find()
    assert found.se == pytest.approx(np.sqrt(2 * 2 * 1.0 + (9 - 5) ** 2), rel=1e-14)


@pytest.mark.parametrize("size", [0, -4])
def test_a_population_size_of_zero_or_below_is_called_what_it_is(size):
    homes = pd.DataFrame({"y": [1.0, 2, 3, 4], "s": [1, 1, 2, 2], "p": range(4), "f": size})
    design = xl.Design(strata="s", psu="p", fpc="f")
    with pytest.raises(DesignError, match=r"size \(fpc\) is zero or negative") as refused:
        xl.estimate(homes, "mean", welfare="y", design=design)
    assert "2 strata where it is not so" in str(refused.value)


def test_the_only_stratum_with_one_psu_is_called_so():
    homes = pd.DataFrame({"y": [1.0, 2], "s": 1, "p": 1})
    with pytest.raises(DesignError, match="the only stratum has a single PSU"):
        xl.estimate(homes, "mean", welfare="y", design=xl.Design(strata="s", psu="p"))


def test_arguments_out_of_range_are_said_in_the_readers_words():
    homes = pd.DataFrame({"y": [1.0, 2, 3, 4]})
    with pytest.raises(MeasureError, match="needs lines"):
        xl.deficit(homes, welfare="y", lines=[])
    for quota in (3, -1, float("nan")):
        with pytest.raises(MeasureError, match="a quota is a share of persons"):
            xl.target.score(homes, "y", quota=quota)
