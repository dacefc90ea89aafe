"""Transition rates and histories against plain counts and hand-made variances."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exitline.stats.data.sampling.design import Design
from exitline.stats.data.source import open_source
from exitline.stats.measure.lines import PovertyLine
from exitline.stats.measure.over_time import dynamics, panels
from exitline.stats.measure.over_time.panels import PanelColumns, WaveLines, wave_tables
from exitline.stats.panel import pairs as pairs_module
from exitline.stats.panel import panel_spec, sequences, transitions

PAKISTAN = Path("examples/pakistan-graduation/graduation.parquet")
LINE = 2 * 365 / 12
WAVES = ("bsl", "end", "fup")


def pakistan_spec(**more: Any) -> Any:
    return panel_spec(
        household="id_hh", welfare="ctotal_pcmonth_{wave}", waves=WAVES, line=LINE, **more
    )


def panel(seed: int = 1, homes: int = 400, villages: int = 40, waves: int = 3) -> pd.DataFrame:
    """A clustered, weighted panel with attrition, in long form."""
    rng = np.random.default_rng(seed)
    village = np.repeat(np.arange(villages), homes // villages)
    effect = rng.normal(size=villages)[village]
    rows = []
    for t in range(waves):
        welfare = np.exp(0.6 * effect + rng.normal(size=homes)) * 2
        frame = pd.DataFrame(
            {
                "id": np.arange(homes) + 1000, "t": t, "village": village,
                "stratum": village % 2, "region": np.where(village % 4 < 2, "a", "b"),
                "w": 1.0 + village % 3, "size": 1 + np.arange(homes) % 5, "y": welfare,
            }
        )  # fmt: skip
        rows.append(frame[rng.random(homes) > (0.1 if t else 0.0)])
    return pd.concat(rows, ignore_index=True)


DESIGN = Design(weight="w", size="size", strata="stratum", psu="village")


def long_spec(**more: Any) -> Any:
    given = {"by": "region", "design": DESIGN, "line": 2.0} | more
    return panel_spec(household="id", welfare="y", wave="t", **given)


def plain(data: pd.DataFrame, t: int, line: float = 2.0) -> pd.DataFrame:
    """One row per household of wave t, beside its state in wave t + 1."""
    first, second = data[data.t == t].copy(), data[data.t == t + 1][["id", "y"]]
    both = first.merge(second, on="id", how="left", suffixes=("", "_later"))
    both["poor"] = both.y < line
    both["later"] = (both.y_later < line).where(both.y_later.notna())
    both["weight"] = both.w * both["size"]
    return both


def by_hand(rows: pd.DataFrame, top: pd.Series, bottom: pd.Series) -> tuple[float, float]:
    """A ratio and its standard error: residuals summed to villages, centred in strata."""
    n, d = rows.weight * top, rows.weight * bottom
    ratio = n.sum() / d.sum()
    z = ((n - ratio * d) / d.sum()).groupby([rows.stratum, rows.village]).sum()
    variance = 0.0
    for _, sums in z.groupby(level=0):
        variance += len(sums) / (len(sums) - 1) * ((sums - sums.mean()) ** 2).sum()
    return float(ratio), float(np.sqrt(variance))


def test_pakistan_has_every_cell_of_the_plain_count() -> None:
    found = sequences(PAKISTAN, pakistan_spec())
    data = pd.read_parquet(PAKISTAN)
    poor = pd.DataFrame({w: data[f"ctotal_pcmonth_{w}"] < LINE for w in WAVES})
    for states in product(["poor", "out"], repeat=3):
        mask = np.ones(len(data), dtype=bool)
        for wave, state in zip(WAVES, states, strict=True):
            mask &= (poor[wave] == (state == "poor")).to_numpy()
        assert found.counts[states] == int(mask.sum()), states
    assert found.counts[("poor", "out", "out")] == 68
    assert found.counts[("poor", "out", "poor")] == 45
    assert found.counts[("out", "poor", "out")] == 82
    assert sum(n for s, n in found.counts.items() if s[0] == "poor") == 198
    assert found.left_out == 0


def test_pakistan_treated_against_control_is_the_difference_of_two_proportions() -> None:
    found = transitions(PAKISTAN, pakistan_spec(by="treatment")).estimates
    data = pd.read_parquet(PAKISTAN)
    poor = data.ctotal_pcmonth_bsl < LINE
    out = data.ctotal_pcmonth_end >= LINE
    arms = [out[poor & (data.treatment == a)] for a in (1, 0)]
    name = {"measure": "exit_rate(bsl>end)", "by": "treatment"}
    got = found.difference({**name, "domain": "1"}, {**name, "domain": "0"})
    assert got.estimate == pytest.approx(arms[0].mean() - arms[1].mean(), abs=1e-12)
    # households are the clusters: n/(n-1) of the whole sample of 854 instead of each arm
    plain = np.sqrt(sum(a.mean() * (1 - a.mean()) / len(a) for a in arms))
    assert got.se == pytest.approx(plain * np.sqrt(854 / 853), rel=1e-10)


@pytest.mark.parametrize("t", [0, 1])
def test_rates_and_errors_are_those_by_hand(t: int) -> None:
    data = panel()
    found = transitions(data, long_spec()).estimates
    rows = plain(data, t)
    known = rows.later.notna()
    later = rows.later.fillna(False).astype(bool)
    for measure, top, bottom in (
        ("exit_rate", known & rows.poor & ~later, known & rows.poor),
        ("entry_rate", known & ~rows.poor & later, known & ~rows.poor),
        ("share_poor_out", known & rows.poor & ~later, known),
        ("attrition_rate", ~known, known | True),
    ):
        estimate, se = by_hand(rows, top.astype(float), bottom.astype(float))
        got = found.find(measure=f"{measure}({t}>{t + 1})", domain="")
        assert got.estimate == pytest.approx(estimate, rel=1e-10)
        assert got.se == pytest.approx(se, rel=1e-9)
        # a domain keeps the clusters outside of it, as zeros
        here = (rows.region == "a").astype(float)
        estimate, se = by_hand(rows, top * here, bottom * here)
        got = found.find(measure=f"{measure}({t}>{t + 1})", by="region", domain="a")
        assert got.estimate == pytest.approx(estimate, rel=1e-10)
        assert got.se == pytest.approx(se, rel=1e-9)


def test_a_difference_of_pairs_counts_the_covariance_of_shared_clusters() -> None:
    data = panel(seed=3)
    result = transitions(data, long_spec())
    first, second = {"measure": "entry_rate(0>1)"}, {"measure": "entry_rate(1>2)"}
    a, b = ({**s, "by": "", "domain": ""} for s in (first, second))
    got = result.estimates.difference(a, b)
    totals = []
    for t in (0, 1):
        rows = plain(data, t)
        known = rows.later.notna()
        later = rows.later.fillna(False).astype(bool)
        n = rows.weight * (known & ~rows.poor & later)
        d = rows.weight * (known & ~rows.poor)
        z = (n - n.sum() / d.sum() * d) / d.sum()
        totals.append(z.groupby([rows.stratum, rows.village]).sum())
    z = totals[0].sub(totals[1], fill_value=0.0)
    variance = sum(
        len(s) / (len(s) - 1) * ((s - s.mean()) ** 2).sum() for _, s in z.groupby(level=0)
    )
    assert got.se == pytest.approx(np.sqrt(variance), rel=1e-9)
    apart = np.hypot(result.estimates.find(**a).se, result.estimates.find(**b).se)
    assert abs(got.se - apart) > 1e-4  # adding variances would say something else


def test_counts_of_lost_and_new_households_are_exact() -> None:
    data = panel()
    found = transitions(data, long_spec())
    for t, pair in enumerate(found.pairs):
        before, after = set(data[data.t == t].id), set(data[data.t == t + 1].id)
        assert pair.lost == len(before - after)
        assert pair.entrants == len(after - before)
    assert any("none at 1" in note for note in found.notes)


def test_three_forms_of_one_panel_give_the_same(tmp_path: Path) -> None:
    data = panel()
    paths = []
    for t in (0, 1, 2):
        paths.append(tmp_path / f"{t}.parquet")
        data[data.t == t].drop(columns="t").to_parquet(paths[-1])
    fixed = data.groupby("id")[["village", "stratum", "region", "w", "size"]].first()
    wide = fixed.join(data.pivot(index="id", columns="t", values="y").add_prefix("y_"))
    shared = {"by": "region", "design": DESIGN, "line": 2.0}
    results = [
        transitions(data, long_spec()),
        transitions(paths, panel_spec(household="id", welfare="y", **shared)),
        transitions(
            wide.reset_index(),
            panel_spec(household="id", welfare="y_{wave}", waves=("0", "1", "2"), **shared),
        ),
    ]
    tables = [r.to_pandas() for r in results]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0], rtol=1e-12)


def test_joining_range_by_range_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = panel(homes=240, villages=24)
    paths = []
    for t in (0, 1, 2):
        paths.append(tmp_path / f"w{t}.parquet")
        data[data.t == t].sort_values("id").to_parquet(paths[-1])
    spec = panel_spec(household="id", welfare="y", by="region", design=DESIGN, line=2.0)
    whole, histories = transitions(paths, spec).to_pandas(), sequences(paths, spec)
    monkeypatch.setattr(pairs_module, "SPAN", 37)
    by_range = transitions(paths, spec)
    assert len(pairs_module.ranges(by_range.reports)) > 5
    again = sequences(paths, spec)
    assert again.counts == histories.counts
    pd.testing.assert_frame_equal(again.to_pandas(), histories.to_pandas(), rtol=1e-12)
    pd.testing.assert_frame_equal(by_range.to_pandas(), whole, rtol=1e-12)


def test_every_query_says_the_same_on_every_engine(engine: Any) -> None:
    data = panel(homes=60, villages=6, waves=2)
    newcomer = data[data.t == 1].head(1).assign(id=99999)
    data = pd.concat([data, newcomer, newcomer])  # one household twice in wave 1
    columns = PanelColumns("id", welfare="y", wave="t", design=DESIGN, domains=("region",))
    table = engine.attach(open_source(data), "panel_in_tests")
    waves = wave_tables([table], ["0", "1"], columns, WaveLines(PovertyLine("z", 2.0)))
    rows = plain(data, 0)
    known, later = rows.later.notna(), rows.later.fillna(False).astype(bool)
    found = engine.run(dynamics.transition_totals(*waves, "persons")).to_pandas()
    expected = rows.weight[known & rows.poor & ~later].sum()
    assert found.sum_poor_out.sum() == pytest.approx(expected)
    assert found.n_out_poor.sum() == int((known & ~rows.poor & later).sum())
    assert found.found.sum() == int(known.sum())
    start = engine.run(dynamics.opening_totals(waves[0], "persons")).to_pandas()
    assert start.sum_poor.sum() == pytest.approx(rows.weight[rows.poor].sum())
    assert engine.run(panels.duplicates(waves[1])).to_pylist() == [{"households": 1}]
    assert engine.run(panels.faults(waves[1])).to_pylist()[0]["rows"] == int((data.t == 1).sum())
    codes = engine.run(dynamics.sequence_totals(waves, "households")).to_pandas()
    assert codes[codes.sequence == 0b10].n.sum() == int((known & rows.poor & ~later).sum())


def test_a_column_of_states_and_a_full_count() -> None:
    data = panel().assign(poor=lambda d: d.y < 2.0)
    spec = panel_spec(household="id", state="poor", wave="t", design=Design(census=True))
    found = transitions(data, spec)
    table = found.to_pandas()
    assert (table.se == 0).all()
    assert (table.ci_low == table.estimate).all()
    rows = plain(data, 0)
    both = rows[rows.poor & rows.later.notna()]
    expected = 1 - both.later.astype(float).mean()
    assert found.matrix("0", "1")[0, 1] == pytest.approx(expected)


def test_re_entry_and_lasting_exits_come_from_the_histories() -> None:
    data = panel(seed=9, waves=4)
    found = sequences(data, long_spec(by=()))
    wide = data.pivot(index="id", columns="t", values="y").dropna() < 2.0
    weight = data[data.t == 0].set_index("id").eval("w * size").loc[wide.index]
    exited = (wide[0] | wide[1]) & ~wide[2]
    expected = (weight * (exited & wide[3])).sum() / (weight * exited).sum()
    assert found.estimates.find(measure="re_entry_rate(2>3)").estimate == pytest.approx(expected)
    left = wide[0] & ~wide[1]
    expected = (weight * (left & ~wide[2] & ~wide[3])).sum() / (weight * left).sum()
    got = found.estimates.find(measure="lasting_exit_rate(0>1)")
    assert got.estimate == pytest.approx(expected)
    assert got.n == int(left.sum())
    assert found.left_out == int((data.t == 0).sum()) - len(wide)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    states=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=6, max_size=40),
    factor=st.floats(0.01, 1000.0),
)
def test_rows_of_a_matrix_sum_to_one_and_weights_scale_away(
    states: list[tuple[bool, bool]], factor: float
) -> None:
    n = len(states)
    data = pd.DataFrame(
        {"id": range(n), "s_a": [s[0] for s in states], "s_b": [s[1] for s in states],
         "w": [1.0 + i % 4 for i in range(n)], "psu": [i % 3 for i in range(n)]}
    )  # fmt: skip

    def run(frame: pd.DataFrame) -> Any:
        spec = panel_spec(
            household="id", state="s_{wave}", waves=("a", "b"),
            design=Design(weight="w", psu="psu"),
        )  # fmt: skip
        return transitions(frame, spec)

    found = run(data)
    matrix = found.matrix("a", "b")
    for row in matrix:
        assert np.isnan(row).all() or row.sum() == pytest.approx(1.0)
    shares = [
        found.estimates.find(measure=f"share_{a}_{b}(a>b)").estimate
        for a in ("poor", "out")
        for b in ("poor", "out")
    ]
    assert sum(shares) == pytest.approx(1.0)
    scaled = run(data.assign(w=data.w * factor)).to_pandas()
    table = found.to_pandas()
    np.testing.assert_allclose(scaled.estimate, table.estimate, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(scaled.se, table.se, rtol=1e-6, atol=1e-9)
