"""Transfers: plain counts, numerical derivatives, a bootstrap where sums jump, engines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.exits.target.counting import SAMPLE, chosen, coarse

import exitline as xl

LINE = 2.5
MEASURES = [
    "poverty_after(0, gets, 0.7)", "poverty_after(1, benefit, 0.7)", "poverty_after(2, gets, 0.7)",
    "poverty_after(0, benefit, -0.7)", "poverty_after(1, benefit, -0.7)",
    "poverty_after(1, score, 0.7, 0.3)", "poverty_after(0, score, 0.7, 0.3)",
    "poverty_left(1, gets, 0.6)", "poverty_left(2, benefit, 1.5)", "poverty_left(1, score, 1, 0.3)",
    "poverty_left(0, benefit, 1)", "poverty_left(0, score, 1, 0.3)",
    "gini_after(benefit, 0.7)", "transfer_cost(benefit, 0.7)", "transfer_cost(score, 0.7, 0.3)",
    "cost_of_gap(gets, 0.7)", "cost_of_gap(score, 0.7, 0.3)",
]  # fmt: skip


def fgt(y: pd.Series, w: pd.Series, alpha: float) -> float:
    """By its definition."""
    poor = y < LINE
    return float((w * poor * np.where(poor, 1 - y / LINE, 0.0) ** alpha).sum() / w.sum())


def gini(y: pd.Series, w: pd.Series) -> float:
    """Mean absolute difference over twice the mean."""
    apart = np.abs(y.to_numpy()[:, None] - y.to_numpy()[None, :])
    return float((np.outer(w, w) * apart).sum() / w.sum() ** 2 / (2 * np.average(y, weights=w)))


def counted(d: pd.DataFrame) -> dict[str, float]:
    """Every figure by its definition; at a cut-off a household is two, one that gets a place."""
    y, w = d.y, d.w
    s = chosen(d.score, w, 0.3)
    gap = (w * (LINE - y).clip(lower=0)).sum()

    def split(money: float, alpha: float) -> float:
        inside, outside = (fgt(y + m, w * p, alpha) * (w * p).sum()
                           for m, p in ((money, s), (0.0, 1 - s)))  # fmt: skip
        return (inside + outside) / w.sum()

    def per(units: pd.Series, budget: float) -> float:
        return float(budget * gap / (w * units).sum())

    def closed(part: pd.Series, money: float) -> float:
        short = (LINE - y).clip(lower=0) - (LINE - y - money).clip(lower=0)
        return float((w * part * short).sum())

    at = per(s, 1)
    return {
        "poverty_after(0, gets, 0.7)": fgt(y + 0.7 * d.gets, w, 0),
        "poverty_after(1, benefit, 0.7)": fgt(y + 0.7 * d.benefit, w, 1),
        "poverty_after(2, gets, 0.7)": fgt(y + 0.7 * d.gets, w, 2),
        "poverty_after(0, benefit, -0.7)": fgt(y - 0.7 * d.benefit, w, 0),
        "poverty_after(1, benefit, -0.7)": fgt(y - 0.7 * d.benefit, w, 1),
        "poverty_after(1, score, 0.7, 0.3)": split(0.7, 1),
        "poverty_after(0, score, 0.7, 0.3)": split(0.7, 0),
        "poverty_left(1, gets, 0.6)": fgt(y + per(d.gets, 0.6) * d.gets, w, 1) / fgt(y, w, 1),
        "poverty_left(2, benefit, 1.5)": fgt(y + per(d.benefit, 1.5) * d.benefit, w, 2)
        / fgt(y, w, 2),
        "poverty_left(1, score, 1, 0.3)": split(at, 1) / fgt(y, w, 1),
        "poverty_left(0, benefit, 1)": fgt(y + per(d.benefit, 1) * d.benefit, w, 0) / fgt(y, w, 0),
        "poverty_left(0, score, 1, 0.3)": split(at, 0) / fgt(y, w, 0),
        "gini_after(benefit, 0.7)": gini(y + 0.7 * d.benefit, w),
        "transfer_cost(benefit, 0.7)": 0.7 * (w * d.benefit).sum(),
        "transfer_cost(score, 0.7, 0.3)": 0.7 * 0.3 * w.sum(),
        "cost_of_gap(gets, 0.7)": 0.7 * (w * d.gets).sum() / closed(d.gets, 0.7),
        "cost_of_gap(score, 0.7, 0.3)": 0.7 * (w * s).sum() / closed(s, 0.7),
    }


def test_every_figure_is_a_plain_count():
    table = coarse()
    found = xl.estimate(
        table, MEASURES, welfare="y", line=LINE, design=xl.Design(weight="w", census=True)
    )
    wanted = counted(table)
    assert [e.measure for e in found] == list(wanted) == MEASURES
    for one in found:
        assert one.estimate == pytest.approx(wanted[one.measure], rel=1e-11), one.measure


def test_errors_move_with_every_weight():
    """But for those of the headcount at a budget: persons jump over the line, which a kernel
    smooths (tried against a bootstrap below)."""
    table = coarse()
    found = xl.estimate(
        table, MEASURES, welfare="y", line=LINE, design=xl.Design(weight="w", psu="psu")
    )
    step = 1e-5
    moved = []
    for psu in range(24):
        up, down = (counted(table.assign(w=table.w * (1 + sign * step * (table.psu == psu))))
                    for sign in (1, -1))  # fmt: skip
        moved.append({k: (up[k] - down[k]) / (2 * step) for k in up})
    influence = pd.DataFrame(moved)
    tried = 0
    for one in found:
        if one.measure.startswith("poverty_left(0"):
            continue
        wanted = np.sqrt(24 * influence[one.measure].var(ddof=1))
        assert one.se == pytest.approx(wanted, rel=1e-6), one.measure
        tried += 1
    assert tried == len(MEASURES) - 2


def test_replicates_share_the_budget_anew_and_agree_with_the_linearisation():
    rng = np.random.default_rng(2)
    n, psus, draws = 2000, 50, 600
    table = pd.DataFrame({"psu": np.arange(n) % psus, "y": rng.lognormal(1, 0.6, n), "w": 1.0})
    table["y"] *= np.exp(rng.normal(0, 0.2, psus))[table.psu]
    table["score"] = np.log(table.y) + rng.normal(0, 0.5, n)
    table["gets"] = (table.score < 0.8 + rng.normal(0, 0.3, n)) * 1.0
    table["benefit"] = table.gets * rng.uniform(1, 2, n)
    some = [m for m in MEASURES if not m.startswith("gini")]
    times = rng.multinomial(psus - 1, np.full(psus, 1 / psus), draws).T * (psus / (psus - 1))
    columns = [f"r{i}" for i in range(draws)]
    drawn = pd.DataFrame(times[table.psu], columns=columns)
    taylor = xl.estimate(table, some, welfare="y", line=LINE,
                         design=xl.Design(weight="w", psu="psu"))  # fmt: skip
    other = xl.estimate(
        pd.concat([table, drawn], axis=1), some, welfare="y", line=LINE,
        design=xl.Design(weight="w", replicates=columns, kind="bootstrap", mse=True),
    )  # fmt: skip
    one_draw = counted(table.assign(w=times[table.psu, 0]))
    alone = xl.estimate(
        table.assign(w1=times[table.psu, 0])[times[table.psu, 0] > 0], some, welfare="y",
        line=LINE, design=xl.Design(weight="w1", census=True),
    )  # fmt: skip
    for one, two, three in zip(taylor, other, alone, strict=True):
        assert three.estimate == pytest.approx(one_draw[one.measure], rel=1e-10), one.measure
        jumps = one.measure.startswith("poverty_left(0")  # at cut-off and line: a kernel smooths
        assert one.se == pytest.approx(two.se, rel=0.3 if jumps else 0.2, abs=1e-9), one.measure


def test_transfers_are_the_same_on_every_engine(engine):
    table = coarse(96).assign(area=np.where(np.arange(96) % 2 == 0, "a", "b"))
    options = {
        "welfare": "y", "line": LINE, "by": "area", "design": xl.Design(weight="w", psu="psu"),
    }  # fmt: skip
    some = [MEASURES[i] for i in (0, 4, 6, 9, 10, 14)]
    wanted = xl.estimate(table, some, **options).to_pandas()
    found = xl.estimate(table, some, engine=engine, **options).to_pandas()
    assert wanted.estimate.notna().all()
    for column in ("estimate", "se"):
        np.testing.assert_allclose(found[column], wanted[column], rtol=1e-9)


def test_perfect_targeting_ends_poverty_at_a_budget_of_the_gap():
    table = pd.read_parquet(SAMPLE)
    table["gap"] = (2000 - table.pc_exp).clip(lower=0)
    found = xl.estimate(
        table, ["poverty_left(1, gap, 1)", "poverty_left(1, gap, 0.25)"], welfare="pc_exp",
        line=2000, design=xl.Design(weight="hhweight", size="hhsize", psu="ea"),
    )  # fmt: skip
    whole, quarter = found
    assert whole.estimate == pytest.approx(0.0, abs=1e-12)
    assert quarter.estimate == pytest.approx(0.75, rel=1e-12)
    assert quarter.se == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "asked",
    [
        "poverty_after(0.5, gets, 1)",
        "poverty_after(0, score, -1, 0.3)",
        "poverty_after(0, gets, 0)",
        "poverty_left(0, gets, 0)",
    ],
)
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(xl.ExitlineError) as refused:
        xl.estimate(coarse(20), asked, welfare="y", line=LINE)
    assert refused.value.remedy
