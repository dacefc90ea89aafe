"""Measures that rest on quantiles, beside R's survey and convey, to a relative 1e-9."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exitline as xl
from exitline.errors import ExitlineError, MeasureError
from exitline.stats.infer.woodruff import NO_LIMIT

REFERENCE = Path(__file__).parent / "reference"
ALBANIA = Path(__file__).parents[3] / "examples" / "albania-2012" / "lival.parquet"
DESIGN = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")
SHARES = pd.read_csv(
    REFERENCE / "albania_shares.csv", keep_default_na=False, na_values={"se": [""]}
)
QUANTILES = pd.read_csv(REFERENCE / "albania_quantiles.csv", keep_default_na=False)
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def albania() -> pd.DataFrame:
    homes = pd.read_parquet(ALBANIA)
    return homes.assign(
        capita=(0.07527689 * homes.totcons / homes.rcons).round(),
        round=(homes.rcons / 500).round() * 500, food=homes.rfood / homes.rfood.max(),
        rest=homes.rtotnfoo / homes.rtotnfoo.max(), util=homes.rtotutil / homes.rtotutil.max(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def shares(albania) -> pd.DataFrame:
    measures = list(dict.fromkeys(SHARES.stat))
    found = xl.estimate(
        albania, measures, welfare="rcons", design=DESIGN, by=["urban", "region"]
    ).to_pandas()
    named = {xl.measure.named(m).name: m for m in measures}
    return found.assign(measure=found.measure.map(named)).set_index(["measure", "by", "domain"])


def test_the_reference_covers_every_measure_and_domain():
    assert len(SHARES) == 25 * 7
    assert len(QUANTILES) == 2 * 3 * 6 * 17


@pytest.mark.parametrize("measure", list(dict.fromkeys(SHARES.stat)))
def test_shares_and_thresholds_as_convey(shares, measure):
    for row in SHARES[SHARES.stat == measure].itertuples():
        found = shares.loc[measure, row.by, row.domain]
        assert found.estimate == pytest.approx(row.estimate, rel=TOLERANCE), row
        if not np.isnan(row.se):
            assert found.se == pytest.approx(row.se, rel=TOLERANCE), row


def test_older_measures_as_convey(albania):
    older = pd.read_csv(REFERENCE / "albania_older.csv", keep_default_na=False)
    lines = {"abs4891": 4891.0, "0.6 median": xl.relative_line(0.6),
             "0.5 mean": xl.relative_line(0.5, "mean"), "": None}  # fmt: skip
    assert len(older) == 66
    for line, rows in older.groupby("line"):
        found = xl.estimate(albania, list(dict.fromkeys(rows.stat)), welfare="rcons",
                            line=lines[line], design=DESIGN, by=["urban", "region"])  # fmt: skip
        for row in rows.itertuples():
            name = xl.measure.named(row.stat).name
            one = found.find(measure=name, by=row.by, domain=row.domain)
            got = (one.estimate, one.se)
            assert got == pytest.approx((row.estimate, row.se), rel=TOLERANCE), row


def test_the_length_of_the_lorenz_curve_and_gaps_by_hand():
    homes = pd.DataFrame({"a": [1.0, 0.0, 3.0], "b": [0.0, 2.0, 2.0]})
    asked = ["amato", "amato('unit')", "bourguignon_chakravarty(a < 2 + b < 1: 3, 2, 1)"]
    found = xl.estimate(homes, asked, welfare="a")
    length = (np.hypot(1, 3 / 4) + np.hypot(1, 0) + np.hypot(1, 9 / 4)) / 3
    gaps = np.sqrt(0.25 * 0.5**2 + 0.75) + np.sqrt(0.25)
    wanted = (length, (length - np.sqrt(2)) / (2 - np.sqrt(2)), gaps / 3)
    assert [one.estimate for one in found] == pytest.approx(wanted, rel=1e-12)
    for bad in ("amato(long)", "clark(1.5)", "bourguignon_chakravarty(a < 2)",
                "bourguignon_chakravarty(a < 2 + b)", "bourguignon_chakravarty(a < 0 + b < 1)",
                "bourguignon_chakravarty(a < 2 + b < 1, 0)"):  # fmt: skip
        with pytest.raises(MeasureError):
            xl.measure.named(bad)


KINDS = list(QUANTILES.groupby(["variable", "rule", "interval"]).groups)
BELOW_THE_FIRST = ("round", "Tirana", "hf3", 0.05)
"""Here the lower limit of the share is below the weight of the lowest value, of which R takes the
second value; by definition it is the lowest."""


@pytest.fixture(scope="module")
def quantiles(albania) -> dict[str, dict]:
    """Every quantile of the reference, by variable: two calls for each."""
    found = {}
    for (variable, level), rows in QUANTILES.groupby(["variable", "level"]):
        kinds = rows[["p", "rule", "interval"]].drop_duplicates().itertuples(index=False)
        measures = [f"quantile({p}, '{rule}', '{interval}')" for p, rule, interval in kinds]
        for one in xl.estimate(
            albania, measures, welfare=variable, design=DESIGN, by="region", level=level
        ):
            found[variable, one.measure, level, one.domain] = one
    return found


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_quantiles_and_woodruff_intervals_as_svyquantile(quantiles, kind):
    variable, rule, interval = kind
    of_kind = (QUANTILES[["variable", "rule", "interval"]] == list(kind)).all(axis=1)
    for row in QUANTILES[of_kind].itertuples():
        name = xl.measure.named(f"quantile({row.p}, '{rule}', '{interval}')").name
        figure = quantiles[variable, name, row.level, row.region]
        low = row.low
        if (variable, row.region, rule, row.p) == BELOW_THE_FIRST:
            low = 2500.0
        got = (figure.estimate, figure.ci_low, figure.ci_high)
        assert got == pytest.approx((row.estimate, low, row.high), rel=TOLERANCE), row
        assert figure.df == row.df


def _plain(values, weights=None, **more) -> pd.DataFrame:
    many = len(values)
    return pd.DataFrame({"y": values, "w": weights or [1.0] * many, "c": range(many)} | more)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [("math", 2.0), ("hf1", 2.0), ("school", 2.5), ("hf2", 2.5), ("hf3", 2.0), ("hf4", 2.0),
     ("hf5", 2.5), ("hf6", 2.5), ("hf7", 2.5), ("hf8", 2.5), ("hf9", 2.5)],
)  # fmt: skip
def test_the_median_of_four_by_each_rule(rule, wanted):
    found = xl.estimate(
        _plain([4.0, 1.0, 3.0, 2.0]), f"quantile(0.5, '{rule}')", welfare="y",
        design=xl.Design(weight="w", psu="c"),
    )  # fmt: skip
    assert found.find().estimate == pytest.approx(wanted, rel=1e-12)


def test_eurostats_ratio_is_of_means_and_the_palma_ratio_of_sums(albania):
    homes = albania.sort_values("rcons")
    w, y = (homes.weight * homes.capita).to_numpy(), homes.rcons.to_numpy()
    upto = np.cumsum(w)
    low, high = (y[np.searchsorted(upto, p * upto[-1])] for p in (0.2, 0.8))
    poor, rich = y <= low, y > high
    means = np.average(y[rich], weights=w[rich]) / np.average(y[poor], weights=w[poor])
    curve = np.interp([0.4, 0.9, 0.95], upto / upto[-1], np.cumsum(w * y) / (w @ y))
    found = xl.estimate(
        albania, ["quintile_ratio", "palma", "lorenz(0.4)", "top_share(0.05)"], welfare="rcons",
        design=DESIGN,
    )  # fmt: skip
    wanted = [means, (1 - curve[1]) / curve[0], curve[0], 1 - curve[2]]
    assert [e.estimate for e in found] == pytest.approx(wanted, rel=1e-12)


def test_shares_of_all_tenths_add_up_to_one(albania):
    tenths = [f"quantile_share({i / 10:g}, {(i + 1) / 10:g})" for i in range(10)]
    found = xl.estimate(albania, tenths, welfare="rcons", design=DESIGN, by="region").to_pandas()
    for _, part in found.groupby("domain"):
        assert part.estimate.sum() == pytest.approx(1.0, rel=1e-12)
        assert (part.estimate.diff().dropna() > 0).all()


def test_shares_move_as_the_lorenz_ordinates_they_are_made_of(albania):
    """Differences and ratios of ordinates, linearised jointly (as R's svycontrast)."""
    measures = [
        "lorenz(0.2)", "lorenz(0.4)", "top_share(0.1)", "quantile_share(0.2, 0.4)",
        "quantile_share(0, 0.4)", "palma", "quantile_share_ratio(0.4, 0.9)", "quintile_ratio",
        "quintile_ratio('convey')", "zenga_curve(0.4)",
    ]  # fmt: skip
    found = xl.estimate(albania, measures, welfare="rcons", design=DESIGN)

    def of(name):
        return found.find(measure=name)

    def named(name):
        return {"measure": name}

    between = found.difference(named("lorenz(0.4)"), named("lorenz(0.2)"))
    assert of("quantile_share(0.2, 0.4)").estimate == pytest.approx(between.estimate, rel=1e-9)
    assert of("quantile_share(0.2, 0.4)").se == pytest.approx(between.se, rel=1e-9)
    assert of("quantile_share(0, 0.4)").se == of("lorenz(0.4)").se
    ratio = found.ratio(named("top_share(0.1)"), named("lorenz(0.4)"))
    for name in ("palma", "quantile_share_ratio(0.4, 0.9)"):
        assert of(name).estimate == pytest.approx(ratio.estimate, rel=1e-9)
        assert of(name).se == pytest.approx(ratio.se, rel=1e-9)
    assert of("quintile_ratio").se == of("quintile_ratio('convey')").se
    low = of("lorenz(0.4)")
    slope = 0.6 / (0.4 * (1 - low.estimate) ** 2)
    assert of("zenga_curve(0.4)").se == pytest.approx(slope * low.se, rel=1e-12)


def test_inequality_of_several_columns_is_refused_where_it_is_none():
    homes = pd.DataFrame({"a": [1.0, 0.0, 2.0], "b": [1.0, 3.0, 2.0], "c": [-1.0, 1.0, 1.0]})
    one = xl.estimate(homes, ["bourguignon(a + b, 1, -1)", "bourguignon(a + c)"])
    expected = 1 - np.mean([0.5, 0, 1]) / (1 / (1 + 1 / 2))  # x = 0 in one: no well-being
    assert one.find(measure="bourguignon(a + b, 1, -1)").estimate == pytest.approx(expected)
    lost = one.find(measure="bourguignon(a + c, 0.5, -2)")
    assert np.isnan(lost.estimate)
    assert "below it" in lost.reason
    for bad in ("bourguignon(a)", "bourguignon(a + a)", "bourguignon(a + b, 2)", "renyi(0)"):
        with pytest.raises(MeasureError):
            xl.measure.named(bad)


def test_an_own_line_is_that_of_a_relative_line(albania):
    found = xl.estimate(
        albania, ["at_risk_rate(0.5)", "headcount"], welfare="rcons", design=DESIGN, by="urban",
        line=xl.relative_line(0.5, label="half"),
    ).to_pandas()  # fmt: skip
    own, given = (found[found.measure == m] for m in ("at_risk_rate(0.5)", "headcount"))
    assert set(own.line) == {""}
    assert set(given.line) == {"half"}
    columns = ["estimate", "se", "ci_low", "ci_high", "df"]
    np.testing.assert_array_equal(own[columns], given[columns])


def test_a_measure_with_its_own_line_leaves_others_without_one(albania):
    with pytest.raises(MeasureError, match="'headcount' needs a poverty line"):
        xl.estimate(albania, ["at_risk_rate", "headcount"], welfare="rcons", design=DESIGN)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("quantile(1.2)", "no quantile of this probability"),
        ("quantile(0.5, 'shahvaish')", "the rule of a quantile is not known"),
        ("quantile(0.5, interval='wald')", "the kind of a quantile's interval is not known"),
        ("quantile_share(0.4, 0.2)", "no part of the population between"),
        ("quantile_share_ratio(0.8, 0.2)", "upper quantile of a share ratio lies below"),
        ("quintile_ratio('vardpoor')", "the rule of a share ratio is not known"),
        ("palma('eurostat')", "the rule of the Palma ratio is not known"),
        ("at_risk_rate(0)", "threshold is a share of a quantile"),
        ("at_risk_rate(threshold='county')", "threshold of a measure is not known"),
    ],
)
def test_what_there_is_no_measure_of_is_refused(asked, said):
    with pytest.raises(ExitlineError, match=said):
        xl.measure.named(asked)


SHARE_MEASURES = ["quintile_ratio", "quintile_ratio('convey')", "palma", "lorenz(0.2)"]


RULES = ("math", "school", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")
MOVED = ["median", "quintile_ratio", "palma", "lorenz(0.3)", "at_risk_rate", "relative_median_gap"]


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Twelve PSUs in three strata, values with ties, zeros and debts or none."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    size = draw(st.integers(30, 60))
    digits, low = draw(st.integers(0, 2)), draw(st.sampled_from([0.0, 0.5]))
    values = (rng.lognormal(1, 0.8, size) + low).round(digits)
    return pd.DataFrame({
        "y": values, "w": rng.uniform(1, 9, size).round(1), "n": rng.integers(1, 6, size),
        "p": np.arange(size) % 12, "s": np.arange(size) % 3, "area": np.arange(size) % 2,
    })  # fmt: skip


SURVEY = xl.Design(weight="w", size="n", strata="s", psu="p")
QUICK = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


def _found(homes: pd.DataFrame, measures, **more) -> pd.DataFrame:
    found = xl.estimate(homes, measures, welfare="y", design=SURVEY, by="area", **more)
    return found.to_pandas().set_index(["measure", "domain"])[["estimate", "se", "ci_low"]]


TWO_RULES = st.lists(st.sampled_from(RULES), min_size=2, max_size=2, unique=True)


@given(surveys(), st.integers(0, 1000), st.sampled_from([-3, -1, 2, 5]), TWO_RULES)
@QUICK
def test_neither_row_order_nor_the_currency_matters(homes, seed, power, rules):
    """A rate that is a power of two changes no digit, so that both must agree closely."""
    measures = [*MOVED, *(f"quantile(0.35, '{rule}')" for rule in rules)]
    plain = _found(homes, measures)
    moved = homes.assign(y=homes.y * 2.0**power).sample(frac=1, random_state=seed)
    money = plain.index.get_level_values(0).str.contains("median$|quantile")
    plain[money] *= 2.0**power
    pd.testing.assert_frame_equal(plain, _found(moved, measures), rtol=1e-9, atol=1e-12)


@given(surveys(), st.sampled_from(RULES), st.floats(0.03, 0.97))
@QUICK
def test_a_quantile_lies_between_its_neighbours_and_the_step_rule_is_the_definition(homes, rule, p):
    weights = (homes.w * homes.n).groupby(homes.y).sum()  # tied values are one value
    values, w = weights.index.to_numpy(), weights.to_numpy()
    upto = np.cumsum(w) / w.sum()
    at = int(np.searchsorted(upto, p - 1e-12))
    one = xl.estimate(homes, f"quantile({p}, '{rule}')", welfare="y", design=SURVEY).find()
    assert values[max(at - 1, 0)] <= one.estimate <= values[min(at + 1, len(values) - 1)]
    if rule == "math":
        assert one.estimate == values[at]


def test_zeros_at_the_bottom_leave_no_ratio_and_say_so():
    homes = _plain([0.0] * 5 + [1.0, 2.0, 3.0, 4.0])
    design = xl.Design(weight="w", psu="c")
    for one in xl.estimate(homes, SHARE_MEASURES, welfare="y", design=design):
        if one.measure == "lorenz(0.2)":
            assert one.estimate == 0.0
        else:
            assert np.isnan(one.estimate)
            assert "the poorest have no welfare above zero" in one.reason


def test_no_welfare_at_all_and_debts_say_so():
    design = xl.Design(weight="w", psu="c")
    for values in ([0.0] * 6, [-3.0, -1.0, 0.0, 1.0, 1.0, 1.0]):
        found = xl.estimate(_plain(values), ["lorenz(0.5)", "palma"], welfare="y", design=design)
        assert all(np.isnan(e.estimate) and "above zero" in e.reason for e in found)


def test_equal_values_have_no_density_and_say_so():
    homes = _plain([5.0] * 8, area=["a"] * 4 + ["b"] * 4)
    found = xl.estimate(
        homes, ["median", "quintile_ratio", "palma"], welfare="y", by="area",
        design=xl.Design(weight="w", psu="c"),
    )  # fmt: skip
    for one in found:
        if one.measure == "median":
            assert one.estimate == 5.0
            assert np.isnan(one.se)
            assert "all values are equal" in one.reason
        elif one.measure == "palma":
            assert one.estimate == pytest.approx(0.25)
            assert one.se == pytest.approx(0.0, abs=1e-15)


def test_nobody_below_the_threshold_says_so():
    found = xl.estimate(
        _plain([9.0, 10.0, 11.0, 12.0]), ["at_risk_rate", "median_of_poor", "relative_median_gap"],
        welfare="y", design=xl.Design(weight="w", psu="c"),
    )  # fmt: skip
    rate, *medians = found
    assert rate.estimate == 0.0
    assert all(np.isnan(e.estimate) and "nobody is below" in e.reason for e in medians)


def test_a_limit_beyond_the_sample_is_missing_and_says_so():
    homes = _plain([float(i) for i in range(1, 13)])
    one = xl.estimate(
        homes, "quantile(0.05)", welfare="y", design=xl.Design(weight="w", psu="c")
    ).find()
    assert one.estimate == 1.0
    assert np.isnan(one.ci_low)
    assert one.reason == NO_LIMIT


def test_one_household_in_an_area_and_none():
    homes = _plain([1.0, 2.0, 3.0, 4.0, 5.0], area=["a", "a", "a", "a", "b"])
    found = xl.estimate(
        homes, ["median", "palma", "at_risk_rate"], welfare="y", by="area",
        design=xl.Design(weight="w", psu="c"),
    )  # fmt: skip
    for one in found:
        if one.domain == "b":
            assert one.reason.startswith("one PSU in the domain")
            assert np.isnan(one.se)


def test_a_full_count_is_its_own_interval():
    homes = _plain([1.0, 2.0, 3.0, 4.0])
    one = xl.estimate(homes, "median", welfare="y", design=xl.Design(census=True)).find()
    assert (one.estimate, one.se, one.ci_low, one.ci_high) == (2.0, 0.0, 2.0, 2.0)
