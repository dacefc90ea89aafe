"""Spells, Kaplan-Meier, hazards, attrition weights and the logistic fit, against other code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.errors import DataError, MeasureError
from exitline.stats.data.sampling.design import Design
from exitline.stats.infer.logistic import fit_logit
from exitline.stats.panel import (
    hazards,
    kaplan_meier,
    panel_spec,
    read_panel,
    response_model,
    spells,
    spells_from_table,
    transitions,
    weighted_rates,
)
from exitline.stats.panel.durations.hazard import household_periods

# Freireich et al. (1963), 21 children on 6-MP: weeks in remission, and whether it ended.
# The survival table is the one of Kleinbaum and Klein, Survival Analysis, table 2.2, with the
# standard errors and log-log limits of R: summary(survfit(Surv(t, d) ~ 1, conf.type="log-log")).
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
TABLE = [  # time, at risk, survival, standard error, lower, upper
    (6, 21, 0.857, 0.0764, 0.620, 0.952),
    (7, 17, 0.807, 0.0869, 0.563, 0.923),
    (10, 15, 0.753, 0.0963, 0.503, 0.889),
    (13, 12, 0.690, 0.1068, 0.432, 0.849),
    (16, 11, 0.627, 0.1141, 0.368, 0.805),
    (22, 7, 0.538, 0.1282, 0.268, 0.747),
    (23, 6, 0.448, 0.1346, 0.188, 0.680),
]


def freireich(**more: Any) -> Any:
    n = len(WEEKS)
    return spells_from_table(
        np.arange(n), np.zeros(n), np.array(WEEKS, float), np.array(ENDED, bool), **more
    )


def test_the_six_mp_survival_table() -> None:
    found = kaplan_meier(freireich(), variance="greenwood")
    assert found.median == 23
    for i, (time, at_risk, survival, se, low, high) in enumerate(TABLE):
        assert found.time[i] == time
        assert found.at_risk[i] == at_risk
        assert found.survival[i] == pytest.approx(survival, abs=5e-4)
        assert found.se[i] == pytest.approx(se, abs=5e-5)
        assert found.ci_low[i] == pytest.approx(low, abs=5e-4)
        assert found.ci_high[i] == pytest.approx(high, abs=5e-4)


def test_the_linearised_variance_is_greenwoods_for_independent_spells() -> None:
    design, greenwood = kaplan_meier(freireich()), kaplan_meier(freireich(), variance="greenwood")
    np.testing.assert_allclose(design.se, greenwood.se * np.sqrt(21 / 20), rtol=1e-12)


def test_clusters_of_copies_have_the_error_of_the_originals() -> None:
    home = np.arange(63)
    copies = spells_from_table(
        home, np.zeros(63), np.tile(np.array(WEEKS, float), 3), np.tile(np.array(ENDED, bool), 3),
        psu=home % 21,
    )  # fmt: skip
    np.testing.assert_allclose(kaplan_meier(copies).se, kaplan_meier(freireich()).se, rtol=1e-12)


def test_weights_count_like_repeated_spells() -> None:
    weight = 1.0 + np.arange(21) % 3
    weighted = kaplan_meier(freireich(weight=weight))
    times = int(weight.sum())
    repeat = np.repeat(np.arange(21), weight.astype(int))
    repeated = kaplan_meier(
        spells_from_table(
            np.arange(times), np.zeros(times), np.array(WEEKS, float)[repeat],
            np.array(ENDED, bool)[repeat],
        )
    )  # fmt: skip
    np.testing.assert_allclose(weighted.survival, repeated.survival, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 8), st.booleans()), min_size=3, max_size=60).filter(
        lambda spans: any(end for _, end in spans)
    )
)
def test_survival_agrees_with_statsmodels(spans: list[tuple[int, bool]]) -> None:
    time, ended = np.array([s[0] for s in spans], float), np.array([s[1] for s in spans])
    n = len(spans)
    found = kaplan_meier(
        spells_from_table(np.arange(n), np.zeros(n), time, ended), variance="greenwood"
    )
    other = sm.SurvfuncRight(time, ended)
    np.testing.assert_allclose(found.survival, other.surv_prob, atol=1e-12)
    alive = found.survival > 0
    np.testing.assert_allclose(found.se[alive], other.surv_prob_se[alive], rtol=1e-9)


def test_who_enters_at_the_time_of_an_end_is_not_yet_at_risk() -> None:
    """Left truncation: at risk are those with entry < t <= end, as R's survfit(Surv(a, b, d)).

    Entries 0, 0, 2, 1 and ends 2, 4, 4, 3: the spell that enters at 2 is not at risk at the end
    at 2 (3 are, of four), but at that at 4.
    """
    entry, end = np.array([0.0, 0, 2, 1]), np.array([2.0, 4, 4, 3])
    ended = np.array([True, True, False, True])
    whole = spells_from_table(np.arange(4), np.zeros(4), end, ended)
    found = kaplan_meier(replace(whole, entry=entry))
    assert found.time.tolist() == [2, 3, 4]
    assert found.at_risk.tolist() == [3, 3, 2]
    assert found.survival.tolist() == pytest.approx([2 / 3, 4 / 9, 2 / 9], rel=1e-15)


def long_panel(seed: int = 2, homes: int = 300, waves: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=homes)
    state = rng.random(homes) < 0.5
    rows = []
    for t in range(waves):
        flip = rng.random(homes) < 1 / (1 + np.exp(0.5 - 0.8 * x))
        state = np.where(flip, ~state, state)
        rows.append(
            pd.DataFrame(
                {"id": np.arange(homes), "t": t, "poor": state.astype(int), "x": x,
                 "village": np.arange(homes) % 30, "w": 1.0 + np.arange(homes) % 2}
            )
        )  # fmt: skip
    data = pd.concat(rows, ignore_index=True)
    return data[rng.random(len(data)) > 0.05]


def plain_spells(data: pd.DataFrame, waves: int = 6) -> list[tuple[int, int, int, bool]]:
    """Spells in poverty by a plain loop: household, first wave, duration, ended."""
    found = []
    for home, group in data.groupby("id"):
        states = {int(t): bool(p) for t, p in zip(group.t, group.poor, strict=True)}
        for t in range(1, waves):
            if states.get(t - 1) is False and states.get(t) is True:
                last, ended = t, False
                for u in range(t + 1, waves):
                    if u not in states:
                        break
                    last = u
                    if not states[u]:
                        ended = True
                        break
                if last > t:
                    found.append((int(home), t, last - t, ended))
    return found


def test_spells_of_a_panel_are_those_of_a_plain_loop() -> None:
    data = long_panel()
    panel = read_panel(data, panel_spec(household="id", state="poor", wave="t"))
    found = spells(panel, "poor")
    mine = sorted(
        (int(panel.household[int(h)].as_py()), int(s), int(d), bool(e))
        for h, s, d, e in zip(
            found.household, found.start, found.duration, found.ended, strict=True
        )
    )
    assert mine == sorted(plain_spells(data))
    assert found.ongoing > 0


def test_hazards_agree_with_statsmodels_and_its_clustered_errors() -> None:
    data = long_panel()
    spec = panel_spec(
        household="id", state="poor", wave="t", extras=["x"], design=Design(psu="village")
    )
    panel = read_panel(data, spec)
    poor = spells(panel, "poor")
    rows = household_periods(panel, poor)
    assert len(rows.spell) == int(poor.duration.sum())
    assert rows.ended.sum() == poor.ended.sum()
    for link in ("cloglog", "logit"):
        found = hazards(panel, poor, ["x"], link=link)
        x = np.column_stack(
            [rows.period == p for p in np.unique(rows.period)]
            + [panel.extras["x"][poor.household[rows.spell], rows.wave]]
        ).astype(float)
        family = sm.families.Binomial(
            link=sm.families.links.CLogLog() if link == "cloglog" else None
        )
        groups = poor.psu[rows.spell]
        other = sm.GLM(rows.ended, x, family=family).fit(
            cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}, tol=1e-12
        )
        G = len(np.unique(groups))
        np.testing.assert_allclose([t.coefficient for t in found.terms], other.params, rtol=1e-6)
        if link == "logit":  # canonical: observed and expected information agree
            np.testing.assert_allclose(
                [t.se for t in found.terms], other.bse * np.sqrt(G / (G - 1)), rtol=1e-5
            )
        assert found.term("x").ratio == pytest.approx(np.exp(found.term("x").coefficient))
    with pytest.raises(DataError, match="the predictor 'z' was not read"):
        hazards(panel, poor, ["z"])


def test_the_logistic_fit_agrees_with_statsmodels() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)) * [1, 10, 0.1] + [0, 5, 1]
    y = (rng.random(200) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    w = rng.integers(1, 4, 200).astype(float)
    found = fit_logit(x, y, w)
    other = sm.GLM(y, sm.add_constant(x), family=sm.families.Binomial(), freq_weights=w).fit(
        tol=1e-12
    )
    np.testing.assert_allclose([found.intercept, *found.slopes], other.params, rtol=1e-6)
    shrunk = fit_logit(x, y, w, penalty=50.0)
    assert (np.abs(shrunk.slopes * x.std(axis=0)) < np.abs(found.slopes * x.std(axis=0))).all()


def test_perfect_separation_is_refused_without_a_penalty() -> None:
    x, y = np.arange(10.0)[:, None], (np.arange(10) > 4).astype(float)
    with pytest.raises(MeasureError, match="separate the outcome perfectly"):
        fit_logit(x, y)
    assert np.isfinite(fit_logit(x, y, penalty=1.0).slopes).all()
    with pytest.raises(MeasureError, match="the same for all households"):
        fit_logit(x, np.ones(10))


def lossy(seed: int, homes: int = 600) -> pd.DataFrame:
    """Exits and losses both depend on x; villages differ."""
    rng = np.random.default_rng(seed)
    village = np.repeat(np.arange(60), homes // 60)
    effect = rng.normal(size=60)[village]
    x = rng.normal(size=homes) + 0.5 * effect
    poor = rng.random(homes) < 0.5
    out = rng.random(homes) < 1 / (1 + np.exp(-(0.3 * effect + x)))
    later = np.where(out, 3.0, 1.0)
    later[rng.random(homes) > 1 / (1 + np.exp(-(0.7 + x)))] = np.nan
    return pd.DataFrame(
        {"id": np.arange(homes), "village": village, "x": x, "region": village % 2,
         "y_a": np.where(poor, 1.0, 3.0), "y_b": later}
    )  # fmt: skip


def test_attrition_weights_remove_the_bias_and_their_error_is_right() -> None:
    got, errors, naive = [], [], []
    spec = panel_spec(
        household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0,
        design=Design(psu="village"), extras=["x"],
    )  # fmt: skip
    for seed in range(40):
        data = lossy(seed)
        panel = read_panel(data, spec)
        found = weighted_rates(panel, response_model(panel, "a", "b"))
        estimate = found.find(measure="exit_rate(a>b)")
        got.append(estimate.estimate)
        errors.append(estimate.se)
        seen = (panel.poor[:, 0] == 1) & ~np.isnan(panel.poor[:, 1])
        naive.append(1 - panel.poor[seen, 1].mean())
    assert abs(np.mean(naive) - 0.5) > 0.06  # the truth is one half by symmetry
    assert abs(np.mean(got) - 0.5) < 3 * np.std(got) / np.sqrt(40)
    assert np.mean(errors) == pytest.approx(np.std(got), rel=0.3)


def test_a_response_model_of_the_state_alone_changes_no_conditional_rate() -> None:
    data = lossy(1)
    spec = panel_spec(
        household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0, by="region",
        design=Design(psu="village"),
    )  # fmt: skip
    panel = read_panel(data, spec)
    weighted = weighted_rates(panel, response_model(panel, "a", "b"))
    plain = transitions(data, spec).estimates
    for measure in ("exit_rate(a>b)", "entry_rate(a>b)"):
        a, b = (e.find(measure=measure, domain="") for e in (weighted, plain))
        assert a.estimate == pytest.approx(b.estimate, rel=1e-8)
        assert a.se == pytest.approx(b.se, rel=1e-6)


def test_where_nobody_is_lost_the_weights_change_nothing() -> None:
    data = lossy(1).fillna({"y_b": 1.0})
    spec = panel_spec(
        household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0, by="region",
        design=Design(psu="village"), extras=["x"],
    )  # fmt: skip
    panel = read_panel(data, spec)
    model = response_model(panel, "a", "b")
    assert model.statement == "nobody was lost between a and b"
    weighted = weighted_rates(panel, model).to_pandas().set_index(["measure", "domain"])
    plain = transitions(data, spec).to_pandas().set_index(["measure", "domain"])
    shared = weighted.index
    np.testing.assert_allclose(weighted.se, plain.loc[shared].se, rtol=1e-9)
    assert (weighted.df == plain.loc[shared].df).all()
