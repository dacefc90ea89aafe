"""What must hold of effects on any data, on every engine, and what cannot be compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import ArgumentError, ExitlineError
from exitline.stats.effect.errors import EffectError

COLUMNS = {"outcome": "y", "unit": "village", "time": "year", "first": "first"}


def panel(villages=60, years=5, seed=3):
    random = np.random.default_rng(seed)
    first = random.choice([0, 3, 4], villages)
    rows = pd.DataFrame({
        "village": np.repeat(np.arange(villages), years), "year": np.tile(np.arange(1, years + 1),
        villages),
        "first": np.repeat(first, years), "w": np.repeat(random.uniform(0.5, 3, villages), years),
        "county": np.repeat(np.arange(villages) // 5, years),
        "region": np.repeat(np.arange(villages) // 30, years),
        "x": np.repeat(random.normal(size=villages), years),
    })  # fmt: skip
    under = (rows["first"] > 0) & (rows["year"] >= rows["first"])
    return rows.assign(y=rows["year"] + 2.0 * under + random.normal(size=len(rows)))


def effects(data, **options):
    return xl.effect.difference_in_differences(data, **{**COLUMNS, **options})


def test_two_periods_are_the_difference_of_mean_changes_by_hand():
    rows = panel(years=2).assign(first=lambda t: np.where(t["village"] < 20, 2, 0))
    change = rows.pivot(index="village", columns="year", values="y").diff(axis=1)[2]
    treated, others = change[:20], change[20:]
    found = effects(rows)
    assert found.estimate == pytest.approx([treated.mean() - others.mean()], rel=1e-12)
    se = np.sqrt(treated.var(ddof=0) / 20 + others.var(ddof=0) / 40)
    assert found.to_pandas()["se"].tolist() == pytest.approx([se], rel=1e-12)


def test_order_and_scale_do_not_matter():
    rows = panel()
    one = effects(rows, design=xl.Design(weight="w", psu="county", strata="region"))
    other = effects(
        rows.sample(frac=1, random_state=1).assign(
            w=lambda t: 7 * t["w"], y=lambda t: t["y"] * 100
        ),
        design=xl.Design(weight="w", psu="county", strata="region"),
    )
    np.testing.assert_allclose(other.estimate, 100 * one.estimate, rtol=1e-9)
    np.testing.assert_allclose(other.covariance, 1e4 * one.covariance, rtol=1e-9)
    assert one.sample.df == 12 - 2


def test_whole_weights_are_units_that_stand_so_often():
    rows = panel(villages=12).assign(w=lambda t: 1 + t["village"] % 3)
    many = pd.concat([rows[rows["w"] > k].assign(village=lambda t, k=k: t["village"] + 100 * k)
                      for k in range(3)])  # fmt: skip
    np.testing.assert_allclose(
        effects(rows, design=xl.Design(weight="w")).estimate, effects(many).estimate, rtol=1e-12
    )


def test_clusters_have_the_variance_of_their_sums():
    rows, design = panel(), xl.Design(psu="county")
    found = effects(rows, design=design)
    each = effects(rows)
    code = rows.drop_duplicates("village").set_index("village")["county"]
    sums = pd.DataFrame(each.influence).groupby(code.to_numpy()).sum().to_numpy()
    wanted = sums.T @ sums * 12 / 11
    np.testing.assert_allclose(found.covariance, wanted, rtol=1e-9, atol=1e-12)


def test_one_covariate_that_is_constant_changes_nothing():
    rows = panel().assign(c=1.0)
    for method in ("doubly_robust", "regression", "weighting"):
        adjusted = effects(rows, covariates="1", method=method)
        np.testing.assert_allclose(adjusted.estimate, effects(rows).estimate, rtol=1e-9)
        np.testing.assert_allclose(
            adjusted.covariance, effects(rows).covariance, rtol=1e-8, atol=1e-12
        )


def test_influence_is_the_derivative_in_a_units_weight():
    rows = panel(villages=40).assign(w=1.0)
    found = effects(rows, covariates="x", design=xl.Design(weight="w"))
    step = 1e-5
    moved = rows.assign(w=np.where(rows["village"] == 7, 1 + step, 1.0))
    other = effects(moved, covariates="x", design=xl.Design(weight="w"))
    at = list(range(40)).index(7)
    order = found.influence[at]
    np.testing.assert_allclose(
        (other.estimate - found.estimate) / step, order, rtol=2e-3, atol=1e-6
    )


def test_every_engine_gives_the_same(engine):
    rows = panel()
    design = xl.Design(weight="w", psu="county", strata="region")
    found = effects(rows, design=design, engine=engine)
    np.testing.assert_allclose(found.estimate, effects(rows, design=design).estimate, rtol=1e-10)
    np.testing.assert_allclose(found.covariance, effects(rows, design=design).covariance, rtol=1e-9)


def test_what_is_left_out_is_counted():
    rows = panel()
    rows.loc[(rows["village"] == 2) & (rows["year"] == 4), "y"] = np.nan
    rows = rows[~((rows["village"] == 3) & (rows["year"] == 5))]
    rows.loc[rows["village"] == 4, "first"] = 1
    rows.loc[rows["village"] == 5, "first"] = 9
    notes = " ".join(effects(rows).notes)
    assert "units without an outcome in every period: 2 left out" in notes
    assert "units under treatment from the first period (1) on: 1 left out" in notes
    assert "units first treated after the last period (5): 1, not yet" in notes


def test_no_one_never_treated_leaves_those_not_yet_treated():
    rows = panel().assign(first=lambda t: np.where(t["first"] == 0, 5, t["first"]))
    with pytest.raises(EffectError, match="no unit was never treated") as refused:
        effects(rows, controls="never")
    assert "not_yet" in refused.value.remedy
    notes = effects(rows, controls="not_yet").notes
    assert any("nobody is left to compare with: group 3 in 5" in note for note in notes)


def test_one_treated_village_has_an_effect_and_no_standard_error():
    rows = panel().assign(first=lambda t: np.where(t["village"] == 1, 3, 0))
    table = effects(rows).to_pandas()
    assert table["estimate"].notna().all()
    assert table["se"].isna().all()
    assert any("one unit alone in group 3" in note for note in effects(rows).notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: pd.concat([t, t.head(1)]), "several rows in a period"),
        (lambda t: t.assign(first=t["first"] + (t.index == 3)), "first period changes"),
        (lambda t: t.assign(first=0), "nobody is treated"),
        (lambda t: t[t["year"] == 3], "no column of periods"),
        (lambda t: t.assign(village=None), "rows without a unit"),
        (lambda t: t.assign(y=np.nan), "no unit is left to compare"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_its_reason(change, said):
    with pytest.raises(ExitlineError) as refused:
        effects(change(panel()))
    assert said in str(refused.value)


def test_treatment_that_ends_and_weights_that_change_are_refused_at_once():
    rows = panel().assign(under=lambda t: (t["year"] == 3) & (t["first"] == 3))
    rows = rows.assign(under=rows["under"].astype(int), w=rows["w"] + rows["year"])
    with pytest.raises(EffectError) as refused:
        effects(rows, first=None, treated="under", design=xl.Design(weight="w"))
    assert "untreated again" in str(refused.value)
    assert "weight changes" in str(refused.value)


def test_wrong_words_and_columns_are_answered_with_near_ones():
    with pytest.raises(ExitlineError, match="villag"):
        effects(panel(), unit="villag")
    with pytest.raises(EffectError, match="nevr"):
        effects(panel(), controls="nevr")
    with pytest.raises(ArgumentError, match="in one way"):
        effects(panel(), treated="x")
    with pytest.raises(EffectError, match="put effects together"):
        effects(panel()).aggregate("evnt")
    with pytest.raises(EffectError, match="replicates"):
        effects(panel(), design=xl.Design(replicates=["w"], weight="w", kind="bootstrap"))


def test_collinear_covariates_are_refused_by_group():
    with pytest.raises(ExitlineError):
        effects(panel().assign(z=lambda t: 2 * t["x"]), covariates="x + z")


def test_how_many_units_would_tell():
    series = effects(panel()).aggregate("simple")
    se = series.overall[1]
    assert series.needed(se * (1.959964 + 0.841621)) == pytest.approx(60, abs=1)
    assert series.verdict == "higher"
    noise = panel().assign(y=lambda t: np.random.default_rng(1).normal(size=len(t)))
    assert effects(noise).aggregate("simple").verdict == "cannot tell yet"
    with pytest.raises(EffectError, match="no number of units"):
        series.needed(0.0)


def test_few_units_keep_the_level_of_the_test_before_treatment():
    """Ten of a group: Hotelling's test rejects true hypotheses seldom, Wald's far too often."""
    from scipy import stats

    from exitline.stats.effect.cells import cells, differences
    from exitline.stats.effect.result import GroupTimeEffects
    from exitline.stats.effect.sample import EffectSample

    random, ours, wald, few = np.random.default_rng(5), [], [], []
    for size in [10] * 300 + [8] * 5:
        group = np.repeat([4.0, 6.0, np.inf], [size, size, 40])
        ones = np.ones(group.size)
        sample = EffectSample(
            tuple(map(float, range(1, 9))), group, ones, random.normal(size=(group.size, 8)),
            ones.astype(int), np.arange(group.size), np.zeros(group.size, dtype=int), False,
        )  # fmt: skip
        found, _ = cells(sample.times, [4.0, 6.0, np.inf])
        result = GroupTimeEffects(sample, tuple(found), *differences(sample, found), 0.95)
        test = result.pretest()
        if size == 8:  # four comparisons: too few to tell
            few.append(test.verdict)
            continue
        ours.append(test.p < 0.05)
        wald.append(stats.chi2.sf(test.statistic, test.df) < 0.05)
    assert np.mean(ours) < 0.09
    assert np.mean(wald) > 0.15
    assert set(few) == {"cannot tell yet"}


def test_groups_whose_sizes_are_what_they_are_add_no_error_of_shares():
    found = xl.effect.difference_in_differences(
        "tests/stats/effect/reference/mpdta.csv", "lemp", unit="countyreal", time="year",
        first="first.treat",
    )  # fmt: skip
    since = np.array([found.sample.times[c.time] - c.group for c in found.cells])
    size = np.array([(found.sample.group == c.group).sum() for c in found.cells])
    series = found.aggregate("event", shares="fixed").to_pandas().set_index("since")
    for e in (0, 1):
        weight = np.where(since == e, size, 0) / size[since == e].sum()
        moved = found.influence @ weight
        assert series.loc[f"{e}", "se"] == pytest.approx(np.sqrt(moved @ moved), rel=1e-12)
        assert series.loc[f"{e}", "estimate"] == pytest.approx(found.estimate @ weight, rel=1e-12)
    with pytest.raises(ExitlineError, match="there is no kind of shares 'none'"):
        found.aggregate("event", shares="none")
