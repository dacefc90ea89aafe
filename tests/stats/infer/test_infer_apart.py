"""Which areas stand apart: one rule, checked against the definition and against chance."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exitline as xl
from exitline.stats.infer.comparing.apart import apart, p_against, skewed_df
from exitline.stats.infer.comparing.compare import differences, holm, p_value

DESIGN = xl.Design(weight="w", strata="s", psu="p")


def _survey(seed: int, areas: int = 6, shift: float = 0.0) -> pd.DataFrame:
    """Areas across two strata, eight PSUs each of six households; the last area poorer."""
    rng = np.random.default_rng(seed)
    area = np.repeat(np.arange(areas), 8 * 6)
    psu = np.repeat(np.arange(areas * 8), 6)
    level = rng.normal(0, 0.3, areas * 8)[psu] - shift * (area == areas - 1)
    return pd.DataFrame(
        {"y": np.exp(level + rng.normal(0, 1, len(area))), "w": rng.uniform(1, 3, len(area)),
         "s": psu % 2, "p": psu, "area": [f"a{i}" for i in area]}
    )  # fmt: skip


def _found(data: pd.DataFrame, measure: str = "headcount", **options) -> xl.Estimates:
    chosen = {"design": DESIGN, "by": "area", "welfare": "y", "line": 1.0, **options}
    return xl.estimate(data, measure, **chosen)


@pytest.mark.parametrize("line", [1.0, xl.relative_line(0.6), xl.relative_line(0.5, of="mean")])
@pytest.mark.parametrize("lonely", ["fail", "adjust", "average"])
def test_many_differences_at_once_are_the_differences_one_by_one(line, lonely):
    data = _survey(3)
    if lonely != "fail":
        data = data[(data.s == 0) | (data.p == 1)]
    design = xl.Design(weight="w", strata="s", psu="p", lonely=lonely)
    found = _found(data, line=line, design=design)
    whole, block = found.blocks
    for reference in ((whole, 0), (block, 2)):
        many = differences(found, block, reference)
        for i, name in enumerate(block.rows.labels):
            one = found.difference(
                {"by": "area", "domain": name},
                {"by": reference[0].by, "domain": reference[0].rows.labels[reference[1]]},
            )
            assert many.value[i] == pytest.approx(one.estimate, rel=1e-12)
            if reference[0] is block and i == 2:
                assert np.isnan(many.p[i])
                continue
            assert many.se[i] == pytest.approx(one.se, rel=1e-9)
            assert many.p[i] == pytest.approx(one.p, rel=1e-7)
            assert many.df == one.df


def test_all_covariances_are_those_read_off_row_by_row():
    from exitline.stats.infer.comparing.parts import of_areas

    for lonely in ("adjust", "average"):
        data = _survey(5)
        data = data[(data.s == 0) | (data.p == 1)]
        design = xl.Design(weight="w", strata="s", psu="p", lonely=lonely)
        found = _found(data, "mean", design=design)
        joint = found.variance.joint([of_areas(found.blocks[1])])
        whole = joint.matrix()
        np.testing.assert_allclose(np.diag(whole), joint.variances(), rtol=1e-9)
        for i in range(joint.size):
            np.testing.assert_allclose(whole[i], joint.row(i), rtol=1e-9, atol=1e-18)


def test_area_against_all_is_the_test_of_area_against_the_rest():
    """area - all = (1 - share) (area - rest), so both have about the same t."""
    data = _survey(7, shift=0.5)
    data["rest"] = np.where(data.area == "a5", "a5", "others")
    found = _found(data, "mean", by=["area", "rest"])
    with_all = found.difference({"by": "area", "domain": "a5"}, {"by": ""})
    rest = found.difference({"by": "rest", "domain": "a5"}, {"by": "rest", "domain": "others"})
    assert with_all.estimate / with_all.se == pytest.approx(rest.estimate / rest.se, rel=0.02)


def test_holm_by_definition():
    rng = np.random.default_rng(1)
    for _ in range(50):
        p = rng.uniform(0, 0.2, 7)
        adjusted = holm(p)
        for alpha in (0.01, 0.05, 0.2):
            rejected = set()
            for step, i in enumerate(np.argsort(p)):
                if p[i] > alpha / (7 - step):
                    break
                rejected.add(int(i))
            assert rejected == {int(i) for i in np.flatnonzero(adjusted <= alpha)}
    assert np.isnan(holm(np.array([np.nan, 0.5]))[0])


def _p_one_by_one(found: xl.Estimates, a: dict[str, str], b: dict[str, str]) -> float:
    """p of two shares: the logits' difference on the smaller df, from the SE of `difference`."""
    one, two = found.find(**a), found.find(**b)
    gap = found.difference(a, b)
    slope = [1 / (e.estimate * (1 - e.estimate)) for e in (one, two)]
    covariance = (one.se**2 + two.se**2 - gap.se**2) / 2
    variance = (slope[0] * one.se) ** 2 + (slope[1] * two.se) ** 2
    variance -= 2 * slope[0] * slope[1] * covariance
    value = np.log(one.estimate / (1 - one.estimate)) - np.log(two.estimate / (1 - two.estimate))
    return float(2 * stats.t.sf(abs(value) / variance**0.5, min(one.df, two.df)))


def _against_all(found: xl.Estimates) -> np.ndarray:
    labels = found.blocks[1].rows.labels
    return np.array([_p_one_by_one(found, {"by": "area", "domain": d}, {"by": ""}) for d in labels])


def test_an_area_that_differs_is_found_with_holms_control():
    found = _found(_survey(11, shift=2.0))
    block = found.blocks[1]
    got = apart(found, block)
    assert list(got.p.values()) == pytest.approx(list(holm(_against_all(found))))
    assert got.above == (5,)
    assert got.highest == (5,)
    assert got.differ
    assert not got.exact


def test_hidden_areas_are_left_out_before_control():
    found = _found(_survey(11, shift=2.0))
    block = found.blocks[1]
    p = _against_all(found)
    got = apart(found, block, shown=[0, 2, 4])
    assert set(got.p) == {0, 2, 4}
    assert list(got.p.values()) == pytest.approx(list(holm(p[[0, 2, 4]])))
    assert got.left_out == (1, 3, 5)
    assert got.highest != (5,)


def _hand(rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area", "p", "y"]).assign(w=1.0, s=0)


def test_areas_without_a_standard_error_enter_no_claim():
    rows = [("one", 0, 0.5)] * 9
    for k, area in enumerate(("b", "c", "d"), 1):
        rows += [(area, 10 * k + j, 0.5 if j < k + 2 else 2.0) for j in range(10) for _ in "four"]
    found = _found(_hand(rows))
    block = found.blocks[1]
    at = block.rows.labels.index("one")
    assert block.estimate[at] == 1.0
    got = apart(found, block)
    assert at in got.left_out
    assert got.highest == ()
    assert at not in got.p


def test_zero_poor_of_fifty_is_below_only_where_its_limit_says_so():
    """All other areas at 10 %: nought of 50 has the upper limit 7 %, nought of 900 0.4 %."""

    def survey(size: int) -> pd.DataFrame:
        rows = [("none", k, 2.0) for k in range(size)]
        rows += [(a, 1000 + 400 * i + j, 0.5 if j % 10 == 0 else 2.0)
                 for i, a in enumerate(("b", "c", "d")) for j in range(400)]  # fmt: skip
        return _hand(rows)

    few, many = (_found(survey(n)) for n in (20, 900))
    for found, below in ((few, ()), (many, ("none",))):
        block = found.blocks[1]
        got = apart(found, block)
        assert tuple(block.rows.labels[i] for i in got.below) == below
        assert got.above == () or below


def test_zero_poor_without_an_interval_is_not_below():
    rows = [("none", 0, 2.0)] * 50
    rows += [(a, 10 * i + j, 0.5 if (j + h) % 3 else 2.0)
             for i, a in enumerate(("b", "c"), 1) for j in range(10) for h in range(5)]  # fmt: skip
    found = _found(_hand(rows))
    block = found.blocks[1]
    assert block.estimate[block.rows.labels.index("none")] == 0
    got = apart(found, block)
    assert got.below == ()
    assert got.lowest == ()


def test_numbers_of_persons_are_no_rates():
    found = _found(_survey(11, shift=2.0), "poor_count")
    got = apart(found, found.blocks[1])
    assert got.above == got.below == ()
    assert got.p == {}


def test_full_counts_are_compared_exactly():
    data = pd.DataFrame({"y": [1, 3, 1, 3, 1, 1, 3, 3, 1, 3], "area": list("aabbccddee")})
    found = _found(data, line=2.0, design=xl.Design(census=True))
    got = apart(found, found.blocks[1])
    assert got.exact
    assert (got.above, got.below, got.alike) == ((2,), (3,), (0, 1, 4))
    assert (got.highest, got.lowest, got.differ) == ((2,), (3,), True)
    same = apart(found, found.blocks[1], shown=[0, 1, 4])
    assert same.highest == same.lowest == ()
    assert not same.differ


def test_a_single_area_is_nothing_to_compare():
    data = _survey(2, areas=1)
    found = _found(data)
    got = apart(found, found.blocks[1])
    assert got.nothing


@pytest.mark.parametrize("seed", range(6))
def test_no_area_is_highest_against_another_that_is_as_high(seed):
    """Highest is claimed only where every pair is told apart, by Holm over these pairs."""
    found = _found(_survey(seed, shift=1.4))
    block = found.blocks[1]
    got = apart(found, block)
    labels = block.rows.labels
    for name, end in (
        ("highest", np.argmax(block.estimate)),
        ("lowest", np.argmin(block.estimate)),
    ):
        p = [
            _p_one_by_one(
                found, {"by": "area", "domain": labels[end]}, {"by": "area", "domain": other}
            )
            for other in labels
            if other != labels[end]
        ]
        assert bool(getattr(got, name)) == bool(np.all(holm(np.array(p)) <= 0.05))


PAIRS = pd.read_csv(
    Path(__file__).parents[1] / "estimate" / "reference" / "survey_pairs.csv", keep_default_na=False
)


@pytest.mark.parametrize("by", ["region", "prefectu"])
@pytest.mark.parametrize("measure", ["headcount", "mean"])
def test_pairs_as_svycontrast_and_p_adjust(albania, by, measure):
    block = next(b for b in albania.blocks if (b.by, b.measure) == (by, measure))
    got = np.array([p_against(albania, block, (block, i)) for i in range(block.rows.size)])
    upper = np.triu_indices(block.rows.size, 1)
    np.testing.assert_allclose(got[upper], got.T[upper], rtol=1e-7)
    got[upper] = holm(got[upper])
    figures = PAIRS[(PAIRS.by == by) & (PAIRS.measure == measure)]
    assert len(figures) == block.rows.size * (block.rows.size - 1) / 2
    if measure == "mean":  # R's t, on the degrees of freedom of skewed totals
        p = p_value(figures.t.to_numpy(), 1.0, skewed_df(figures.df.to_numpy(dtype=float)))
        figures = figures.assign(holm=holm(p))
    for figure in figures.to_dict("records"):
        i, j = (block.rows.labels.index(figure[side]) for side in ("a", "b"))
        assert got[min(i, j), max(i, j)] == pytest.approx(figure["holm"], rel=1e-7)


@pytest.fixture(scope="module")
def albania() -> xl.Estimates:
    homes = pd.read_parquet(Path(__file__).parents[3] / "examples/albania-2012/lival.parquet")
    homes = homes.assign(capita=(0.07527689 * homes.totcons / homes.rcons).round())
    return xl.estimate(
        homes, ["headcount", "mean"], welfare="rcons", line=4891,
        design=xl.Design(weight="weight", size="capita", strata="strat", psu="psu"),
        by=["region", "prefectu"],
    )  # fmt: skip


def test_chance_alone_seldom_sets_an_area_apart():
    """Twelve areas of three PSUs or 23, one rate for all: at most 5 % of samples say something.

    With R's difference on the design's df, some 20 to 60 % would; 60 samples here, 300 in docs.
    """
    rng = np.random.default_rng(20)
    for psus in (3, 23):
        said = differs = 0
        for _ in range(30):
            p = rng.beta(0.14 / 0.15 * 0.85, 0.86 / 0.15 * 0.85, 12 * psus)
            poor = rng.random((12 * psus, 8)) < p[:, None]
            psu = np.repeat(np.arange(12 * psus), 8)
            data = pd.DataFrame({"y": np.where(poor, 0.5, 2.0).ravel(), "p": psu})
            data = data.assign(area=psu // psus, s=psu // psus % 4, w=1.0)
            found = _found(data)
            got = apart(found, found.blocks[1])
            said += not got.nothing
            p_all = differences(found, found.blocks[1], (found.blocks[0], 0)).p
            differs += bool(np.nanmin(holm(p_all)) <= 0.05)
        assert said <= 4  # P(more | 5 %) < 0.2 %
        assert differs > said


def test_p_of_nought_comes_from_exact_limits():
    """With the overall figure known almost exactly, p is that of the binomial: 2 (1 - P)^n."""
    rows = [("none", k, 2.0) for k in range(30)]
    rows += [("many", 100 + j, 0.5 if j % 10 == 0 else 2.0) for j in range(60_000)]
    found = _found(_hand(rows))
    block = found.blocks[1]
    at = block.rows.labels.index("none")
    got = apart(found, block, shown=[at])
    share = float(found.blocks[0].estimate[0])
    expected = 2 * (1 - share) ** 30
    assert got.p[at] == pytest.approx(expected, rel=0.02)


def test_the_sample_that_would_tell_is_where_the_p_value_equals_the_level():
    """The same PSUs drawn several times over: the p-value passes the level at that factor."""
    rng = np.random.default_rng(5)
    area = np.repeat(["a", "b", "c", "d"], 200)
    shift = np.repeat([0.0, 0.0, 0.0, 0.22], 200)
    homes = pd.DataFrame({"y": rng.normal(10.0 + shift, 1.0), "r": area, "psu": np.arange(800)})

    def found(times):
        rows = pd.concat(
            [homes.assign(psu=homes["psu"] + 1_000 * k) for k in range(times)], ignore_index=True
        )
        made = xl.estimate(rows, "mean", welfare="y", by="r", design=xl.Design(psu="psu"))
        return apart(made, made.blocks[1])

    place, times = found(1).nearest
    assert 1 < times < 12
    assert place in found(math.floor(times)).alike
    now = found(math.ceil(1.1 * times))
    assert place in {*now.above, *now.below}


def test_none_is_highest_beside_a_higher_one_that_enters_no_claim():
    """The next ones differ from each other; the highest shown has no standard error."""
    rows = [("one", 0, 0.5)] * 9
    for k, (area, poor) in enumerate((("b", 1), ("c", 9)), 1):
        rows += [(area, 20 * k + j, 0.5 if (i * j + j) % 11 < poor else 2.0)
                 for j in range(20) for i in range(10)]  # fmt: skip
    found = _found(_hand(rows))
    block = found.blocks[1]
    got = apart(found, block)
    assert block.rows.labels[int(np.argmax(block.estimate))] == "one"
    assert got.highest == ()
    assert [block.rows.labels[i] for i in got.lowest] == ["b"]
