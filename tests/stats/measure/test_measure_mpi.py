"""Multidimensional poverty checked against exact arithmetic, by its identities and on bad input."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exitline as xl
from exitline.stats.measure.deprivation.exact_weights import exact

NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"]
SIXTHS = dict.fromkeys("ab", "1/6") | {"c": "1/3"} | dict.fromkeys("defg", "1/18") | {"h": "1/9"}


def _homes(rows: int = 400, seed: int = 1, missing: float = 0.0) -> pd.DataFrame:
    """Homes in 20 clusters of two strata and three regions."""
    draw = np.random.default_rng(seed)
    homes = pd.DataFrame({name: (draw.random(rows) < 0.4).astype(float) for name in NAMES})
    for name in NAMES:
        homes.loc[draw.random(rows) < missing, name] = np.nan
    homes["ea"] = np.arange(rows) // (rows // 20)
    homes["stratum"] = homes.ea % 2
    homes["region"] = np.array(["x", "y", "z"])[homes.ea % 3]
    homes["w"] = draw.integers(1, 9, rows)
    homes["size"] = draw.integers(1, 7, rows)
    return homes


DESIGN = xl.Design(weight="w", size="size", strata="stratum", psu="ea")


def _exact(homes: pd.DataFrame, weights: dict[str, str], k: Fraction) -> dict[str, Fraction]:
    """H, A, M0 and censored headcounts, household by household, in fractions."""
    total = poor = amount = Fraction(0)
    censored = dict.fromkeys(weights, Fraction(0))
    for row in homes.to_dict("records"):
        w = Fraction(int(row["w"]) * int(row["size"]))
        score = sum((Fraction(weights[n]) for n in weights if row[n] == 1), Fraction(0))
        total += w
        if score >= k:
            poor, amount = poor + w, amount + w * score
            for name in weights:
                censored[name] += w * int(row[name] == 1)
    found = {"H": poor / total, "A": amount / poor, "M0": amount / total}
    return found | {name: c / total for name, c in censored.items()}


@pytest.mark.parametrize("k", ["1/18", "1/6", "1/3", "1/2", "2/3", "5/6"])
def test_figures_are_those_of_exact_arithmetic(k):
    """Also where scores tie with the cut-off: 3/18, 12/18."""
    homes = _homes()
    found = xl.mpi(homes, SIXTHS, k=k, design=DESIGN)
    for name, value in _exact(homes, SIXTHS, Fraction(k)).items():
        one = (
            {"measure": name} if name in ("H", "A", "M0")
            else {"measure": "censored", "indicator": name}
        )  # fmt: skip
        assert found.find(**one).estimate == pytest.approx(float(value), rel=1e-13), (name, k)


@pytest.mark.parametrize("whole", [3, 7, 18, 126, 999, 99_991])
def test_a_number_stands_for_the_fraction_that_it_comes_from(whole):
    """Also where arithmetic left it a bit off: a third of a seventh, three halves of two thirds."""
    assert exact(1 / whole, "weight", "") == Fraction(1, whole)
    assert exact(1 / whole / 3 * 3, "weight", "") == Fraction(1, whole)
    assert exact(np.float64(2 / whole), "weight", "") == Fraction(2, whole)
    assert exact(0.1 + 0.2, "k", "") == Fraction(3, 10)
    assert exact(0.123456789, "k", "") == Fraction(123456789, 10**9)


def test_where_nobody_is_poor_there_is_no_intensity():
    found = xl.mpi(_homes(), SIXTHS, k=1, design=DESIGN)
    assert found.find(measure="H").estimate == found.find(measure="M0").estimate == 0
    for one in (found.find(measure="A"), found.find(measure="contribution_share", indicator="a")):
        assert np.isnan(one.estimate)
        assert one.n == 0
        assert one.reason == "no household of the kind the measure averages over"


@pytest.mark.parametrize(
    ("k", "deprived"),
    [
        (2 / 3, "abc"), (0.67, ""), ("2/3", "abc"), (Fraction(2, 3), "abc"), (1 / 6, "a"),
        (0.17, ""), (5 / 6, "abcdefg"), (np.float64(1 / 3), "ab"), (1, "abcdefgh"),
    ],
)  # fmt: skip
def test_a_score_at_the_cut_off_is_poor(k, deprived):
    """One home is deprived in exactly k; whole per cent would miss it, or take it in."""
    share = sum((Fraction(SIXTHS[name]) for name in deprived), Fraction(0))
    homes = pd.DataFrame([{name: int(name in deprived) for name in NAMES}, dict.fromkeys(NAMES, 0)])
    found = xl.mpi(homes, SIXTHS, k=k, measures="H").find()
    assert found.estimate == (0.5 if deprived and share >= Fraction(k).limit_denominator(18) else 0)


@settings(max_examples=5)
@given(
    seed=st.integers(0, 10**6),
    scale=st.sampled_from([3, 0.25, 1e4]),
    k=st.sampled_from(["1/3", "1/2"]),
)
def test_identities(seed, scale, k):
    """H A = M0; contributions sum to M0 and their shares to 1; scales and order do not matter."""
    homes = _homes(seed=seed)
    first = xl.mpi(homes, SIXTHS, k=k, design=DESIGN, by="region").to_pandas()
    by = first.set_index(["measure", "by", "domain"]).estimate
    for area in [("", ""), *(("region", r) for r in "xyz")]:
        M0 = by["M0", *area].item()
        assert by["H", *area].item() * by["A", *area].item() == pytest.approx(M0, rel=1e-12)
        assert by["contribution", *area].sum() == pytest.approx(M0, rel=1e-12)
        assert by["contribution_share", *area].sum() == pytest.approx(1, rel=1e-12)
    weights = {name: Fraction(weight) * Fraction(scale) for name, weight in SIXTHS.items()}
    again = homes.sample(frac=1, random_state=seed).assign(w=homes.w * scale)
    second = xl.mpi(again, weights, k=k, design=DESIGN, by="region").to_pandas()
    same = ["estimate", "se", "ci_low", "ci_high", "df", "n"]
    assert np.allclose(first[same], second[same], rtol=1e-9, atol=1e-12, equal_nan=True)


def test_regions_that_are_merged_give_the_figures_of_both():
    homes = _homes()
    both = homes.assign(region=homes.region.replace("y", "x"))
    found, merged = (xl.mpi(d, SIXTHS, k="1/3", design=DESIGN, by="region") for d in (homes, both))
    parts = [found.find(measure="M0", domain=r, by="region") for r in "xy"]
    expected = sum(p.estimate * p.population for p in parts) / sum(p.population for p in parts)
    whole = merged.find(measure="M0", domain="x", by="region")
    assert whole.estimate == pytest.approx(expected, rel=1e-12)
    assert whole.n == sum(p.n for p in parts)


def test_every_engine_gives_the_same(engine):
    homes = _homes(missing=0.02)
    asked = {
        "k": ["1/3", "1/2"], "design": DESIGN, "by": ["region", ("region", "stratum")],
        "bands": {"vulnerable": ("1/5", "1/3")}, "destitution": {"a": 1, "c": 1},
    }  # fmt: skip
    here = xl.mpi(homes, SIXTHS, **asked).to_pandas()
    there = xl.mpi(homes, SIXTHS, **asked, engine=engine).to_pandas()
    numbers = ["estimate", "se", "ci_low", "ci_high", "df", "n", "population"]
    assert np.allclose(here[numbers], there[numbers], rtol=1e-10, atol=1e-14, equal_nan=True)
    assert here.indicator.equals(there.indicator)


def test_missing_indicators_are_left_out_and_counted():
    """A domain of the design, as R's subset: the figures, not the design, lose the rows."""
    homes = _homes(missing=0.05)
    kept = homes[NAMES].notna().all(axis=1)
    found = xl.mpi(homes, SIXTHS, k="1/3", design=DESIGN)
    assert found.find(measure="M0").n == kept.sum()
    assert found.excluded == {"missing_indicator": (~kept).sum()}
    persons = homes.w * homes["size"]
    share = 100 * persons[kept].sum() / persons.sum()
    assert found.notes[0] == (
        f"retained sample: {kept.sum()} of 400 households, {share:.1f} "
        "% of the weighted population; left out for a missing indicator: "
        + ", ".join(f"{name} {homes[name].isna().sum()}" for name in NAMES)
    )
    whole = xl.mpi(homes[kept], SIXTHS, k="1/3", design=DESIGN)
    keys = [{"measure": name} for name in ("H", "A", "M0")]
    keys += [{"measure": m, "indicator": n} for m in ("uncensored", "censored") for n in NAMES]
    for key in keys:
        one, other = found.find(**key), whole.find(**key)
        assert (one.estimate, one.n) == pytest.approx((other.estimate, other.n), rel=1e-13)


def test_a_subpopulation_stays_in_the_design():
    """As the domain of a set: the same standard error and degrees of freedom."""
    homes = _homes(missing=0.05)
    by = xl.mpi(homes, SIXTHS, k="1/3", design=DESIGN, by="region")
    one = xl.mpi(homes, SIXTHS, k="1/3", design=DESIGN, where="region = 'x'")
    for measure in ("H", "A", "M0"):
        domain, part = by.find(measure=measure, domain="x"), one.find(measure=measure)
        assert (part.estimate, part.se) == pytest.approx((domain.estimate, domain.se), rel=1e-12)
        assert (part.df, part.n) == (domain.df, domain.n)
    inside = homes[homes.region == "x"]
    assert f"of {len(inside)} households" in one.notes[0]
    assert one.excluded["missing_indicator"] == inside[NAMES].isna().any(axis=1).sum()


def test_replicate_weights_measure_every_figure_again():
    """A share of M0 under the jackknife, against the formula."""
    homes = _homes()
    count = homes.ea.nunique()
    for r in range(count):
        homes[f"rw{r}"] = np.where(homes.ea == r, 0, homes.w * count / (count - 1))
    design = xl.Design(
        weight="w", size="size", replicates=[f"rw{r}" for r in range(count)], kind="JK1",
        scale=(count - 1) / count,
    )  # fmt: skip
    found = xl.mpi(homes, SIXTHS, k="1/3", design=design)
    score = sum(homes[name] * float(Fraction(w) * 18) for name, w in SIXTHS.items())
    poor = score > 5.9
    share = [
        (homes[w] * homes["size"] * poor * homes.c).sum() * 6
        / (homes[w] * homes["size"] * poor * score).sum()
        for w in design.replicates
    ]  # fmt: skip
    expected = np.sqrt((count - 1) / count * np.square(share - np.mean(share)).sum())
    one = found.find(measure="contribution_share", indicator="c")
    assert one.se == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("rule", "value"), [("deprived", 1.0), ("not deprived", 0.0)])
def test_missing_indicators_can_count(rule, value):
    homes = _homes(missing=0.05)
    found = xl.mpi(homes, SIXTHS, k="1/3", design=DESIGN, missing=rule)
    filled = xl.mpi(homes.fillna(dict.fromkeys(NAMES, value)), SIXTHS, k="1/3", design=DESIGN)
    pd.testing.assert_frame_equal(found.to_pandas(), filled.to_pandas())
    assert len(found.notes) == len(NAMES)
    assert rule in found.notes[0]


def test_each_indicator_may_have_a_rule_of_its_own():
    homes = pd.DataFrame({"a": [1, np.nan, 0, 0], "b": [1, 0, np.nan, 1]})
    indicators = {"a": {"weight": 0.5, "missing": "deprived"}, "b": {"weight": 0.5}}
    found = xl.mpi(homes, indicators, k="1/2")
    assert found.find(measure="H").n == 3
    assert found.find(measure="H").estimate == 1.0
    assert "3 of 4 households" in found.notes[0]
    assert "missing a counts as deprived" in found.notes[1]


def test_cardinal_indicators_give_gaps():
    homes = pd.DataFrame(
        {"years": [0.0, 3, 6, 9, 2], "rooms": [1.0, 1, 2, 3, 2], "w": [1, 2, 3, 4, 5]}
    )
    indicators = {
        "school": {"achievement": "years", "below": 6, "weight": "2/3"},
        "room": {"achievement": "rooms", "below": 2, "weight": "1/3"},
    }
    found = xl.mpi(homes, indicators, k="1/2", design=xl.Design(weight="w"))
    gaps = np.column_stack([
        np.clip((6 - homes.years) / 6, 0, None) * 2 / 3, np.clip((2 - homes.rooms) / 2, 0, None) / 3
    ])  # fmt: skip
    poor = homes.years < 6
    for measure, power in (("M1", 1), ("M2", 2)):
        scaled = (gaps / [2 / 3, 1 / 3]) ** power * [2 / 3, 1 / 3]
        expected = np.average(scaled.sum(axis=1) * poor, weights=homes.w)
        assert found.find(measure=measure).estimate == pytest.approx(expected, rel=1e-13)


def test_bands_and_destitution():
    homes = _homes()
    strict = {"a": "1/2", "b": "1/2"}
    found = xl.mpi(
        homes, SIXTHS, k="1/3", design=DESIGN, destitution=strict,
        bands={"vulnerable": ("1/5", "1/3"), "severe": ("1/2", None)},
    )  # fmt: skip
    score = sum(homes[name] * float(Fraction(w) * 18) for name, w in SIXTHS.items())
    persons = homes.w * homes["size"]
    share = lambda true: np.average(true, weights=persons)  # noqa: E731
    assert found.find(measure="severe").estimate == pytest.approx(share(score >= 8.9))
    inside = (score >= 3.6) & (score < 5.9)
    assert found.find(measure="vulnerable").estimate == pytest.approx(share(inside))
    destitute = (score >= 5.9) & ((homes.a == 1) | (homes.b == 1))
    assert found.find(measure="destitute").estimate == pytest.approx(share(destitute))
    of_poor = destitute.mul(persons).sum() / persons[score >= 5.9].sum()
    assert found.find(measure="destitute_of_poor").estimate == pytest.approx(of_poor)


THIRDS = {"a": "1/3", "b": "1/6", "c": "1/6", "d": "1/3"}


@pytest.mark.parametrize(
    "written",
    [
        [("a", "1/3"), ("b", "1/6"), ("c", 1 / 6), ("d", Fraction(1, 3))],
        {"a": ("a = 1", 2), "b": ("b", 1), "c": {"deprived": "c > 0", "weight": 1}, "d": 2},
        {"first": ["a"], "second": ["b", "c"], "third": ["d"]},
        {"first": {"a": "1/3", "d": 1 / 3}, "second": {"b": ("b = 1", "1/6"), "c": 1 / 6}},
        [{"name": n, "deprived": n, "weight": w} for n, w in THIRDS.items()],
        {"a": {"weight": 4, "dimension": "first"}, "b": 2, "c": 2, "d": 4},
    ],
)  # fmt: skip
def test_indicators_can_be_written_in_many_ways(written):
    told = ["measure", "indicator", "estimate", "se"]
    expected, found = (
        xl.mpi(_homes(), one, k="1/2", measures=["H", "M0", "contribution"]).to_pandas()[told]
        for one in (THIRDS, written)
    )
    found, expected = (x.sort_values(["measure", "indicator"], ignore_index=True)
                       for x in (found, expected))  # fmt: skip
    pd.testing.assert_frame_equal(found, expected)


def test_indicators_of_a_rule_file_can_be_taken_one_by_one():
    own = xl.load_standard("global-mpi").indicators
    homes = pd.DataFrame({"undernourished": [1, 0, 1], "child_died": [1, 0, 0]})
    found = xl.mpi(homes, {name: own[name] for name in ("nutrition", "child-mortality")}, k="1/2")
    assert found.find(measure="H").estimate == pytest.approx(2 / 3)
    assert found.find(measure="M0").estimate == pytest.approx(0.5)


def test_tables_have_the_same_columns_whatever_is_asked_for():
    for measures in ("H", "censored", None):
        told = xl.mpi(_homes(), SIXTHS, k="1/3", design=DESIGN, measures=measures).to_pandas()
        assert list(told.columns[-2:]) == ["indicator", "k"]
        assert told.indicator.map(type).eq(str).all()
        assert told.k.dtype == float


def test_two_indicators_can_be_compared():
    found = xl.mpi(_homes(), SIXTHS, k="1/3", design=DESIGN)
    one, other = ({"measure": "censored", "indicator": name} for name in "ab")
    gap = found.difference(one, other)
    assert gap.more["indicator"] == "a - b"
    assert gap.estimate == found.find(**one).estimate - found.find(**other).estimate
    assert gap.se > 0


def test_change_between_two_waves_is_that_of_each_indicator():
    then, now = _homes(seed=1), _homes(seed=2)
    now["stratum"] += 10
    before, after = (
        xl.mpi(d, SIXTHS, k=["1/3", "1/2"], design=DESIGN, by="region") for d in (then, now)
    )
    moved = xl.change(before, after, years=4)
    assert len(moved) == 4 * len(before)
    key = {
        "measure": "contribution_share",
        "indicator": "c",
        "k": 0.5,
        "domain": "x",
        "by": "region",
    }
    one, two = before.find(**key), after.find(**key)
    found = moved.find(kind="annual", **key)
    assert found.estimate == pytest.approx((two.estimate - one.estimate) / 4, rel=1e-12)
    assert found.se == pytest.approx(np.hypot(one.se, two.se) / 4, rel=1e-12)
    assert 0 < found.p < 1
    assert set(moved.to_pandas().indicator) == {"", *NAMES}


def test_a_full_count_has_no_error():
    found = xl.mpi(_homes(), SIXTHS, k="1/3", design=xl.Design(weight="w", census=True))
    told = found.to_pandas()
    assert (told.se == 0).all()
    assert (told.ci_low == told.estimate).all()


BAD = [
    ({"indicators": {"a": 1}}, "it is not said who is poor"),
    ({"indicators": {"a": 1}, "k": 33}, 'write 33 % as "0.33"'),
    ({"indicators": {"a": 1}, "k": 0}, "can never be reached"),
    ({"indicators": {"a": 1}, "k": "x"}, "this is no cut-off"),
    ({"indicators": {}, "k": 1}, "these are no indicators"),
    ({"indicators": {"a": -1}, "k": 1}, "above zero"),
    ({"indicators": {"a": float("nan")}, "k": 1}, "this is no weight"),
    ({"indicators": {"a": 1, "b": {"missing": "deprived"}}, "k": 1}, "none for b"),
    ({"indicators": {"a": {"weigth": 1}}, "k": 1}, "did you mean 'weight'"),
    ({"indicators": {"aa": 1}, "k": 1}, "there is no column 'aa'"),
    ({"indicators": ["a", "a"], "k": 1}, "two indicators are called 'a'"),
    ({"indicators": {"w": 1}, "k": 1}, "more than true and false"),
    ({"indicators": {"region": 1}, "k": 1}, "text"),
    ({"indicators": {"a": ("w >", 1)}, "k": 1}, "condition"),
    ({"indicators": {"a": 1}, "k": 1, "missing": "drop"}, "missing indicators"),
    ({"indicators": {"a": 1}, "k": 1, "measures": "M1"}, "achievement"),
    ({"indicators": {"a": 1}, "k": 1, "measures": "h"}, "cannot be had"),
    ({"indicators": {"a": 1}, "k": 1, "bands": {"v": ("1/2", "1/3")}}, "end above its beginning"),
    ({"indicators": {"a": 1}, "k": 1, "bands": {"v": "1/2"}}, "two ends"),
    ({"indicators": {"a": 1}, "k": 1, "by": "nowhere"}, "there is no column 'nowhere'"),
    ({"indicators": {"a": {"achievement": "w"}}, "k": 1}, "an achievement and a cut-off"),
    ({"indicators": {"a": {"achievement": "w", "below": 0}}, "k": 1}, "above zero"),
    ({"indicators": "albania-2012"}, "has no indicators"),
    ({"indicators": "global-mp"}, "global-mpi"),
    ({"indicators": 7, "k": 1}, "these are no indicators"),
    ({"indicators": {n: 1 / (i + 1.0000001**i + np.pi) for i, n in enumerate(NAMES)}, "k": 1}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), BAD)
def test_what_cannot_be_used_is_refused_in_words(asked, said):
    if not said:
        assert 0 < xl.mpi(_homes(), **{**asked, "k": 0.3}, measures="H").find().estimate < 1
        return
    with pytest.raises(xl.ExitlineError) as refused:
        xl.mpi(_homes(), **asked)
    assert said in str(refused.value)
    assert refused.value.remedy


def test_a_sample_without_one_complete_household_is_refused():
    homes = _homes()
    homes["a"] = np.nan
    with pytest.raises(xl.ExitlineError, match="each has a missing indicator"):
        xl.mpi(homes, SIXTHS, k="1/3")
