"""The watch: learnt from the past alone, tried honestly, explained in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.errors import DataError, MeasureError, RuleFileError
from exitline.exits.register import load_procedure
from exitline.exits.watch import evaluate, watch
from exitline.exits.watch import evaluation as evaluation_module
from exitline.exits.watch.ranking import area_under_curve, chosen, fall_since
from exitline.exits.watch.risk import fit_risk, training_pairs
from exitline.exits.watch.rules import WatchRules, adjusted_rules, shipped_rules
from exitline.stats.data.sampling.design import Design
from exitline.stats.panel import panel_spec, read_panel

PAKISTAN = Path("examples/pakistan-graduation/graduation.parquet")
LINE = 2 * 365 / 12
DAY = date(2024, 5, 2)


def pakistan(extras: tuple[str, ...] = ("percep_econ_{wave}",)) -> Any:
    return panel_spec(
        household="id_hh", welfare="ctotal_pcmonth_{wave}", waves=("bsl", "end", "fup"),
        line=LINE, extras=extras,
    )  # fmt: skip


def simulated(seed: int, strength: float, homes: int = 1500, waves: int = 4) -> pd.DataFrame:
    """Welfare with a shock that a signal announces (or not: strength 0)."""
    rng = np.random.default_rng(seed)
    village = np.arange(homes) % 50
    level = rng.normal(0.6, 0.3, homes) + rng.normal(0, 0.1, 50)[village]
    data: dict[str, Any] = {"id": np.arange(homes), "village": village}
    signal = np.zeros(homes)
    for t in range(waves):
        shock = strength * signal
        data[f"y_{t}"] = np.exp(level - shock + rng.normal(0, 0.35, homes))
        signal = (rng.random(homes) < 0.2).astype(float)
        data[f"signal_{t}"] = signal
    return pd.DataFrame(data)


def spec(waves: int = 4, **more: Any) -> Any:
    given = {"design": Design(psu="village"), "extras": ("signal_{wave}",)} | more
    return panel_spec(
        household="id", welfare="y_{wave}", waves=tuple(str(t) for t in range(waves)), line=1.3,
        **given,
    )  # fmt: skip


def test_pakistan_is_tried_on_the_round_it_has_not_seen() -> None:
    panel = read_panel(PAKISTAN, pakistan())
    found = evaluate(panel, ["percep_econ"], shipped_rules(), capacity=0.2)
    assert found.trained_on == (("bsl", "end"),)
    assert (found.scored_at, found.outcome_at) == ("end", "fup")
    data = pd.read_parquet(PAKISTAN)
    out = data[data.ctotal_pcmonth_end >= LINE]
    fell = out.ctotal_pcmonth_fup < LINE
    assert (found.at_risk, found.fell) == (len(out), int(fell.sum())) == (615, 157)
    nearest = out.ctotal_pcmonth_end.nsmallest(found.capacity).index
    near = next(s for s in found.scores if s.rule == "nearest to the line")
    assert near.found == fell[nearest].sum()
    assert near.recall.estimate == pytest.approx(fell[nearest].sum() / 157)
    assert near.precision.estimate == pytest.approx(fell[nearest].mean())
    below = next(s for s in found.scores if s.rule == "everyone below 1.5 x the line")
    flagged = out.ctotal_pcmonth_end < 1.5 * LINE
    assert (below.visits, below.found) == (flagged.sum(), (flagged & fell).sum())
    lost = next(s for s in found.scores if s.rule.startswith("everyone who lost 30"))
    sudden = out.ctotal_pcmonth_end <= 0.7 * out.ctotal_pcmonth_bsl
    assert lost.visits == (sudden & (out.ctotal_pcmonth_bsl > 0)).sum()
    assert found.scores[0].gain.estimate == 0


def test_the_gain_is_the_paired_difference_with_its_own_error() -> None:
    panel = read_panel(PAKISTAN, pakistan())
    found = evaluate(panel, ["percep_econ"], shipped_rules(), capacity=0.2)
    model, near = found.scores[0], found.scores[1]
    gain = model.recall.estimate - near.recall.estimate
    assert near.gain.estimate == pytest.approx(gain)
    assert near.gain.se < np.hypot(model.recall.se, near.recall.se)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_nothing_is_learnt_from_what_comes_later(cut: int) -> None:
    data = simulated(1, 1.0)
    changed = data.copy()
    rng = np.random.default_rng(9)
    for t in range(cut + 1, 4):
        changed[f"y_{t}"] = np.exp(rng.normal(size=len(data)))
        changed[f"signal_{t}"] = rng.normal(size=len(data))
    fits = [fit_risk(read_panel(d, spec()), cut, ["signal"]).fit for d in (data, changed)]
    assert fits[0].intercept == fits[1].intercept
    np.testing.assert_array_equal(fits[0].slopes, fits[1].slopes)
    pairs, _ = training_pairs(4, until=cut)
    assert max(pairs) + 1 <= cut


def test_a_household_is_scored_by_a_model_that_has_not_seen_its_village(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel = read_panel(simulated(2, 1.0), spec())
    learnt_from: list[Any] = []
    real = evaluation_module.fit_risk

    def spy(*given: Any, **named: Any) -> Any:
        learnt_from.append(named.get("households"))
        return real(*given, **named)

    monkeypatch.setattr(evaluation_module, "fit_risk", spy)
    found = evaluate(panel, ["signal"], shipped_rules())
    assert len(learnt_from) == 11  # once on all, then for ten folds
    left_out = [set(panel.psu[~seen]) for seen in learnt_from[1:]]
    for seen, out in zip(learnt_from[1:], left_out, strict=True):
        assert not set(panel.psu[seen]) & out
    assert set().union(*left_out) == set(panel.psu)
    assert found.notes == ("new places: 10 folds of PSUs, drawn with seed 0",)


def test_a_telling_signal_makes_the_model_win_and_rank_the_list() -> None:
    found = watch(simulated(3, 1.2), spec(), capacity=0.2, clue_date=DAY)
    assert found.evaluation is not None
    near = found.evaluation.scores[1]
    assert near.gain.ci_low > 0
    assert "the model finds more" in found.evaluation.verdict
    assert found.ranked_by.startswith("the model, which found more")
    risk = found.table.column("risk").to_numpy()
    assert (np.diff(risk) <= 0).all()
    assert found.evaluation.area > found.evaluation.area_line


def walking(seed: int, homes: int = 1500) -> pd.DataFrame:
    """Welfare of which the next value depends on the present one alone."""
    rng = np.random.default_rng(seed)
    data: dict[str, Any] = {"id": np.arange(homes), "village": np.arange(homes) % 50}
    log = rng.normal(0.6, 0.5, homes)
    for t in range(4):
        data[f"y_{t}"] = np.exp(log)
        data[f"signal_{t}"] = rng.normal(size=homes)
        log = 0.2 + 0.7 * log + rng.normal(0, 0.35, homes)
    return pd.DataFrame(data)


def test_without_a_signal_the_simple_rule_ranks_the_list() -> None:
    found = watch(walking(4), spec(), capacity=0.2, clue_date=DAY)
    assert found.ranked_by == "nearest to the line: the model was not shown to find more"
    ratio = found.table.column("welfare_over_line").to_numpy()
    assert (np.diff(ratio) >= 0).all()
    assert (ratio >= 1).all()
    asked = watch(walking(4), spec(), capacity=0.2, clue_date=DAY, rank_by="model")
    assert asked.ranked_by == "the model, as asked for"


def test_kinds_reasons_and_due_dates() -> None:
    data = pd.DataFrame(
        {"id": range(44), "y_a": [1.5, 2.5, 6.0, 2.2] * 11, "y_b": [1.8, 2.1, 6.0, 2.3] * 11,
         "y_c": [2.2, 2.1, 2.4, 2.3] * 11, "ill_a": 0, "ill_b": 0, "ill_c": [0, 0, 0, 1] * 11}
    )  # fmt: skip
    data.loc[40:, "y_b"] = [2.5, 1.5, 6.0, 1.5]
    wide = panel_spec(
        household="id", welfare="y_{wave}", waves=tuple("abc"), line=2.0, extras=("ill_{wave}",)
    )
    found = watch(
        data, wide, capacity=44, clue_date=DAY, shock="ill",
        labels={"ill": "someone fell ill", "welfare": "consumption"},
    )  # fmt: skip
    rows = {r["household"]: r for r in found.table.to_pylist()}
    assert rows[0]["category"] == "unstable"
    assert rows[0]["reason"] == "consumption is 1.10 x the line; was poor at a and b"
    assert rows[1]["category"] == "marginal"
    assert rows[2]["category"] == "sudden hardship"
    assert rows[2]["reason"] == "consumption is 1.20 x the line; lost 60 % since b"
    assert rows[3]["category"] == "sudden hardship"
    assert rows[3]["reason"] == "consumption is 1.15 x the line; someone fell ill"
    days = load_procedure("china-2020-monitoring", rules=False).clocks["clue to decision"].days
    assert {r["due_date"] for r in rows.values()} == {date(2024, 5, 2 + days)}
    assert found.categories == {"unstable": 13, "sudden hardship": 21, "marginal": 10}
    assert found.evaluation is None  # nobody fell between b and c: a list, and no claim for it
    assert "all households fared alike" in found.notes[0]


def test_reasons_name_the_predictors_that_speak_for_a_visit() -> None:
    found = watch(
        simulated(3, 1.2), spec(), capacity=50, clue_date=DAY, rank_by="model",
        labels={"signal": "the warning sign"},
    )  # fmt: skip
    top = found.table.column("reason").to_pylist()
    assert sum("the warning sign is high (1, average" in reason for reason in top) > 40


def test_two_waves_make_a_list_and_no_claim_about_it() -> None:
    data = simulated(5, 1.0, waves=2)
    found = watch(data, spec(waves=2), capacity=10, clue_date=DAY)
    assert found.evaluation is None
    assert found.ranked_by == "nearest to the line: no model could be tried"
    assert "two waves are not enough to train a watch and to try it" in found.notes[0]
    assert found.table.num_rows == 10
    with pytest.raises(MeasureError, match="two waves are not enough"):
        evaluate(read_panel(data, spec(waves=2)), [], shipped_rules())


def test_households_of_unknown_state_are_counted_and_missing_predictors_stated() -> None:
    data = simulated(6, 1.0)
    data.loc[:9, "y_3"] = np.nan
    data.loc[:99, "signal_2"] = np.nan
    found = watch(data, spec(), capacity=0.1, clue_date=DAY)
    assert found.unknown == 10
    assert any("values of 'signal' were missing in training" in note for note in found.notes)


def test_weights_and_clusters_reach_the_intervals() -> None:
    data = simulated(7, 1.0).assign(w=lambda d: 1.0 + d.id % 4)
    plain = evaluate(read_panel(data, spec()), ["signal"], shipped_rules())
    weighted = evaluate(
        read_panel(data, spec(design=Design(psu="village", weight="w"))), ["signal"],
        shipped_rules(),
    )  # fmt: skip
    assert plain.scores[1].recall.df <= 49
    assert plain.scores[1].recall.estimate != weighted.scores[1].recall.estimate


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.integers(1, 40), st.randoms())
def test_the_chosen_fill_the_capacity_whatever_the_ties(
    keys: list[int], visits: int, random: Any
) -> None:
    visits = min(visits, len(keys))
    key = np.array(keys, dtype=float)
    used = np.ones(len(keys), dtype=bool)
    taken = chosen(key, used, visits)
    assert taken.sum() == pytest.approx(visits)
    assert ((taken >= 0) & (taken <= 1)).all()
    order = list(range(len(keys)))
    random.shuffle(order)
    np.testing.assert_allclose(chosen(key[order], used, visits), taken[order])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(1, 3)), min_size=2))
def test_the_area_is_the_share_of_pairs_in_the_right_order(
    rows: list[tuple[int, bool, int]],
) -> None:
    risk, fell, w = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    if fell.all() or not fell.any():
        return
    right = total = 0.0
    for i in np.nonzero(fell)[0]:
        for j in np.nonzero(fell == 0)[0]:
            total += w[i] * w[j]
            right += w[i] * w[j] * ((risk[i] > risk[j]) + 0.5 * (risk[i] == risk[j]))
    assert area_under_curve(risk, fell, w) == pytest.approx(right / total)


def test_a_fall_from_nothing_is_no_fall() -> None:
    data = pd.DataFrame({"id": [1, 2, 3], "y_a": [0.0, 4.0, np.nan], "y_b": [2.0, 3.0, 2.0]})
    panel = read_panel(
        data, panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=1.0)
    )
    np.testing.assert_allclose(fall_since(panel, 1), [0.0, 0.25, 0.0])


def test_what_a_watch_cannot_do_it_says() -> None:
    data = simulated(8, 1.0)
    with pytest.raises(MeasureError, match="the capacity cannot be used"):
        watch(data, spec(), capacity=0)
    with pytest.raises(DataError, match="the predictor 'sginal' was not read"):
        watch(data, spec(), predictors=["sginal"])
    with pytest.raises(MeasureError, match="nobody is known to be out of poverty"):
        watch(data.assign(y_3=0.1), spec())
    many = data.assign(**{f"x{i}_{t}": 0.0 for i in range(9) for t in range(4)})
    with pytest.raises(MeasureError, match="9 predictors are more than a watch can explain"):
        watch(many, spec(extras=tuple(f"x{i}_{{wave}}" for i in range(9))))
    states = data.assign(**{f"s_{t}": data[f"y_{t}"] < 1.3 for t in range(4)})
    with pytest.raises(DataError, match="this panel contains states"):
        watch(states, panel_spec(household="id", state="s_{wave}", waves=tuple("0123")))
    with pytest.raises(RuleFileError, match="the rules of the watch cannot be used"):
        WatchRules(0.9, 0.3, 15)
    assert adjusted_rules(days=5).days == 5
