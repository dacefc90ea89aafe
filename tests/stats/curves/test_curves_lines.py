"""Lorenz, TIP, deficit and growth incidence curves, dominance, bands and drawings."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import MeasureError
from exitline.stats.curves.bands import critical

DESIGN = xl.Design(weight="w", psu="psu")


def _homes(seed: int = 3, n: int = 90) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    homes = pd.DataFrame({"psu": np.arange(n) % 9, "y": rng.lognormal(0, 1, n).round(1) + 0.1})
    return homes.assign(w=rng.uniform(1, 5, n))


def test_ordinates_are_cumulative_sums_linear_between_households():
    homes = _homes().sort_values("y")
    share = np.append(0, np.cumsum(homes.w)) / homes.w.sum()
    welfare = np.append(0, np.cumsum(homes.w * homes.y)) / homes.w.sum()
    gaps = np.append(0, np.cumsum(homes.w * np.maximum(1.5 - homes.y, 0) / 1.5)) / homes.w.sum()
    at = [0.2, 0.35, 0.77]
    options = {"welfare": "y", "at": at, "design": DESIGN}
    for curve, exact in (
        (xl.lorenz(homes, **options), welfare / welfare[-1]),
        (xl.lorenz(homes, generalised=True, **options), welfare),
        (xl.tip(homes, line=1.5, **options), gaps),
    ):
        found = curve.to_pandas()
        np.testing.assert_allclose(found.estimate, np.interp(at, share, exact), rtol=1e-12)
        assert (found.se > 0).all()
        assert (found.band_low < found.ci_low).all()
        assert (found.band_high > found.ci_high).all()


def test_the_tip_curve_ends_at_the_poverty_gap():
    homes = _homes()
    curve = xl.tip(homes, welfare="y", line=1.5, at=[0.9999], design=DESIGN)
    gap = xl.estimate(homes, "poverty_gap", welfare="y", line=1.5, design=DESIGN).find()
    assert curve.points[0].estimate == pytest.approx(gap.estimate, rel=1e-12)
    assert curve.points[0].se == pytest.approx(gap.se, rel=1e-9)


def test_deficit_curves_are_each_others_integrals():
    homes = _homes()
    options = {"welfare": "y", "lines": [0.5, 1.0, 2.0], "design": DESIGN}
    w = homes.w / homes.w.sum()
    for order in (1, 2, 3):
        found = xl.deficit(homes, order=order, **options).to_pandas()
        short = {
            1: lambda z: homes.y <= z, 2: lambda z: np.maximum(z - homes.y, 0),
            3: lambda z: np.maximum(z - homes.y, 0) ** 2 / 2,
        }[order]  # fmt: skip
        exact = [(w * short(z)).sum() for z in options["lines"]]
        np.testing.assert_allclose(found.estimate, exact, rtol=1e-12)


def test_dominance_is_seen_and_doubt_is_said():
    poor = _homes(1, 400)
    rich = poor.assign(y=3 * poor.y + 1)
    options = {"welfare": "y", "lines": [1.0, 1.5, 2.0], "design": DESIGN}
    assert xl.dominance(poor, rich, **options).verdict == "less afterwards at every line"
    assert xl.dominance(rich, poor, **options).verdict == "more afterwards at every line"
    assert xl.dominance(poor, _homes(2, 400), **options).verdict.startswith("not decided")
    full = {**options, "design": xl.Design(weight="w", census=True)}
    assert xl.dominance(poor, poor, **full).verdict == "the two are the same"
    apart = xl.dominance(poor, rich, order=2, shared=False, **options).points
    gaps = [
        xl.estimate(t, "poverty_gap", welfare="y", line=2.0, design=DESIGN).find()
        for t in (poor, rich)
    ]
    difference = gaps[1].estimate - gaps[0].estimate
    assert apart[2].estimate == pytest.approx(2.0 * difference, rel=1e-12)
    assert apart[2].se == pytest.approx(2.0 * np.hypot(gaps[0].se, gaps[1].se), rel=1e-9)


def test_the_concentration_curve_is_what_the_poorest_have():
    homes = _homes().assign(aid=lambda t: np.where(t.y < 1, 2.0, 0.5))
    at = [0.2, 0.5, 0.8]
    found = xl.concentration_curve(homes, "aid", welfare="y", at=at, design=DESIGN)
    means = homes.assign(a=homes.w * homes.aid).groupby("y")[["w", "a"]].sum()
    share, aid = (np.append(0, means[c].cumsum()) / means[c].sum() for c in ("w", "a"))
    np.testing.assert_allclose([p.estimate for p in found.points], np.interp(at, share, aid))
    own = xl.concentration_curve(homes, "y", welfare="y", at=at, design=DESIGN).to_pandas()
    lorenz = xl.lorenz(homes, welfare="y", at=at, design=DESIGN).to_pandas()
    np.testing.assert_allclose(own.estimate, lorenz.estimate, rtol=1e-12)
    assert own.se.to_numpy() == pytest.approx(lorenz.se.to_numpy(), rel=0.25)  # densities differ
    with pytest.raises(MeasureError, match="no ordinate"):
        xl.concentration_curve(homes, "aid", welfare="y", at=[1.0], design=DESIGN)


def test_curves_of_two_samples_that_share_psus():
    """The stacked sample's differences: R's svycontrast on svyby(covmat = TRUE)."""
    old, new = _homes(1), _homes(2)
    both = pd.concat([old.assign(wave="a"), new.assign(wave="b")], ignore_index=True)
    lines = [1.05, 1.55]
    apart = xl.dominance(old, new, welfare="y", lines=lines, design=DESIGN)
    for line, point in zip(lines, apart.points, strict=True):
        stacked = xl.estimate(both, "headcount", welfare="y", line=line, design=DESIGN, by="wave")
        wanted = stacked.difference({"wave": "b"}, {"wave": "a"})
        assert (point.estimate, point.se) == pytest.approx((wanted.estimate, wanted.se), rel=1e-10)
        assert point.ci_high == pytest.approx(wanted.ci_high, rel=1e-10)
    assert any("9 PSUs are in both" in note for note in apart.notes)
    grown = xl.growth_incidence(old, new, welfare="y", at=[0.5], design=DESIGN)
    stacked = xl.estimate(both, "median", welfare="y", design=DESIGN, by="wave")
    wanted = stacked.ratio({"wave": "b"}, {"wave": "a"})
    assert grown.points[0].estimate == pytest.approx(wanted.estimate - 1, rel=1e-10)
    assert grown.points[0].se == pytest.approx(wanted.se, rel=1e-10)
    alone = xl.growth_incidence(old, new, welfare="y", at=[0.5], design=DESIGN, shared=False)
    each = [xl.estimate(t, "median", welfare="y", design=DESIGN).find() for t in (old, new)]
    relative = np.hypot(each[0].se / each[0].estimate, each[1].se / each[1].estimate)
    assert alone.points[0].se == pytest.approx(wanted.estimate * relative, rel=1e-10)


def test_growth_of_quantiles_as_a_whole_and_by_year():
    old, new = _homes(1), _homes(1).assign(y=lambda t: 1.21 * t.y)
    options = {"welfare": "y", "at": [0.1, 0.5, 0.9], "design": DESIGN, "shared": False}
    whole = xl.growth_incidence(old, new, **options).to_pandas()
    yearly = xl.growth_incidence(old, new, years=2, **options).to_pandas()
    np.testing.assert_allclose(whole.estimate, 0.21, rtol=1e-9)
    np.testing.assert_allclose(yearly.estimate, 0.1, rtol=1e-9)
    np.testing.assert_allclose(yearly.se, whole.se * 0.5 / 1.21 * 1.1, rtol=1e-9)
    same = xl.growth_incidence(old, new, **{**options, "shared": True}).to_pandas()
    assert (same.se == 0).all()  # each quantile grew as much as all, whichever PSUs are drawn
    with pytest.raises(MeasureError, match="no growth"):
        xl.growth_incidence(old, new.assign(y=new.y - 100), **options)
    with pytest.raises(MeasureError, match="years between"):
        xl.growth_incidence(old, new, years=0, **options)


def test_the_critical_value_of_one_point_is_students_and_of_many_below_bonferronis():
    from scipy.stats import norm, t

    assert critical(np.array([[4.0]]), 20, 0.95) == pytest.approx(t.ppf(0.975, 20), rel=0.02)
    assert critical(np.eye(5), np.inf, 0.95) == pytest.approx(
        norm.ppf(0.5 + 0.5 * 0.95 ** (1 / 5)), rel=0.02
    )
    same = np.ones((5, 5))
    assert critical(same, np.inf, 0.95) == pytest.approx(norm.ppf(0.975), rel=0.02)
    assert np.isnan(critical(np.zeros((2, 2)), 10, 0.95))


def test_bands_cover_the_curve_of_the_population():
    """95 % bands of the Lorenz curve over 40 samples: 0.95 within three standard errors."""
    rng = np.random.default_rng(8)
    people = rng.lognormal(0, 0.7, 20_000)
    at = [0.2, 0.4, 0.6, 0.8]
    order = np.sort(people)
    truth = [order[: int(p * len(order))].sum() / order.sum() for p in at]
    inside = 0
    from exitline.stats.engine.duckdb import DuckDB

    engine = DuckDB(threads=1)
    for _ in range(40):
        homes = pd.DataFrame({"y": rng.choice(people, 300)})
        found = xl.lorenz(homes, welfare="y", at=at, engine=engine).to_pandas()
        inside += bool(((found.band_low <= truth) & (truth <= found.band_high)).all())
    engine.close()
    assert 0.95 - 3 * 0.035 <= inside / 40 <= 1.0


def test_a_curve_at_no_share_or_no_line_is_refused():
    homes = _homes()
    with pytest.raises(MeasureError, match="no ordinate"):
        xl.lorenz(homes, welfare="y", at=[1.2])
    with pytest.raises(MeasureError, match="third order"):
        xl.deficit(homes, welfare="y", lines=[1], order=4)
    with pytest.raises(MeasureError, match="fixed lines"):
        xl.tip(homes, welfare="y", line="y")


def test_drawings_hold_every_point_and_name(tmp_path):
    pytest.importorskip("altair")
    curve = xl.lorenz(_homes(), welfare="y")
    root = ElementTree.fromstring(curve.plot().save(tmp_path / "curve.svg").read_text())
    assert curve.title in "".join(root.itertext())
    rows = next(iter(curve.plot().to_dict()["datasets"].values()))
    assert [row["estimate"] for row in rows] == [point.estimate for point in curve.points]
    parts = xl.decompose(_homes().assign(r=lambda t: t.psu % 2), "mld", welfare="y", groups="r")
    drawn = "".join(
        ElementTree.fromstring(parts.plot().save(tmp_path / "a.svg").read_text()).itertext()
    )
    assert "within" in drawn
    rows = next(iter(parts.plot("index").to_dict()["datasets"].values()))
    assert {row["row"] for row in rows} == {"0", "1"}


# R 4.2.2, survey 4.1.1; apiclus2$grow <- apiclus2$api00 - apiclus2$api99 and d of ids=~dnum+snum,
# fpc=~fpc1+fpc2, weights=~pw: svycdf(~grow, d)[[1]](z), SE(svymean(~I(as.numeric(grow <= z)), d))
SVYCDF = [
    (-12, 0.1047970479704797, 0.03472528827290941), (-1, 0.15276752767527674, 0.031661926721268288),
    (0, 0.15645756457564575, 0.03180251172725973), (10, 0.28634686346863464, 0.047044039360879746),
]  # fmt: skip


def test_the_distribution_function_reaches_zero_and_below():
    schools = pd.read_csv(Path(__file__).parents[1] / "estimate" / "reference" / "apiclus2.csv")
    schools["grow"] = schools.api00 - schools.api99
    design = xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))
    found = xl.deficit(schools, welfare="grow", lines=[z for z, *_ in SVYCDF], order=1,
                       design=design)  # fmt: skip
    for point, (z, share, se) in zip(found.points, SVYCDF, strict=True):
        assert (point.x, point.estimate, point.se) == pytest.approx((z, share, se), rel=1e-9)
    same = xl.dominance(schools, schools, welfare="grow", lines=[-12, 0], order=1, design=design)
    assert [(p.estimate, p.se) for p in same.points] == [(0, 0), (0, 0)]


@pytest.mark.parametrize(
    ("order", "line", "said"),
    [
        (1, float("nan"), "at finite numbers"), (1, float("inf"), "at finite numbers"),
        (2, 0, "finite number above zero"), (3, -1, "finite number above zero"),
    ],
)  # fmt: skip
def test_gaps_have_no_line_at_zero_and_no_curve_one_without_end(order, line, said):
    homes = pd.DataFrame({"y": [-1.0, 0.0, 2.0]})
    with pytest.raises(MeasureError, match=said):
        xl.deficit(homes, welfare="y", lines=[line], order=order)
