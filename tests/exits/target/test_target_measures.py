"""Measures of targeting: plain counts, numerical derivatives, replicates, engines, R."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.exits.target.counting import CENSUS, chosen, coarse

import exitline as xl
from exitline.stats.measure.programmes.programme import Programme
from exitline.stats.measure.programmes.targeting import of_programme

QUOTA = [
    "coverage(score, 0.3)", "poor_coverage(score, 0.3)", "nonpoor_coverage(score, 0.3)",
    "exclusion_error(score, 0.3)", "inclusion_error(score, 0.3)",
    "targeting_differential(score, 0.3)", "benefit_incidence(score, 0.2, 0.4, 0.3)",
    "quantile_coverage(score, 0, 0.2, 0.3)", "coady_grosh_hoddinott(score, 0.4, 0.3)",
    "marginal_incidence(score, 0, 0.4, 0.2, 0.45)",
    "distributional_characteristic(score, 1, 0.3)", "roc_area(score)",
]  # fmt: skip
COLUMN = [
    "coverage(gets)", "exclusion_error(gets)", "inclusion_error(benefit)",
    "benefit_incidence(benefit, 0, 0.2)", "generosity(benefit, 0, 0.2)",
    "average_transfer(benefit, 0, 0.2)", "overlap(benefit, other)",
    "coady_grosh_hoddinott(benefit, 0.4)", "distributional_characteristic(benefit, 2)",
]  # fmt: skip


def counted(d: pd.DataFrame, line: float) -> dict[str, float]:
    """Every figure, counted in pandas by its definition; `w` is the weight of persons."""
    w, y, poor = d.w, d.y, (d.y < line) * 1.0
    N, Q = w.sum(), (w * poor).sum()
    s, gets, benefit = chosen(d.score, w, 0.3), d.gets, d.benefit

    def band(low: float, high: float) -> pd.Series:
        return chosen(y, w, high) - (chosen(y, w, low) if low else 0.0)

    grown = chosen(d.score, w, 0.45) - chosen(d.score, w, 0.2)
    of_poor, of_all = w[poor == 1].groupby(d.score).sum(), w.groupby(d.score).sum()
    rich = (of_all - of_poor.reindex(of_all.index, fill_value=0.0)).sort_index()
    lower = rich.cumsum() - rich / 2
    below = (of_poor * lower.reindex(of_poor.index)).sum()
    social = (w * y).sum() / N
    poor_s, rich_s = (w * s * poor).sum(), (w * s * (1 - poor)).sum()
    return {
        "coverage(score, 0.3)": 0.3,
        "poor_coverage(score, 0.3)": poor_s / Q,
        "nonpoor_coverage(score, 0.3)": rich_s / (N - Q),
        "exclusion_error(score, 0.3)": 1 - poor_s / Q,
        "inclusion_error(score, 0.3)": rich_s / (w * s).sum(),
        "targeting_differential(score, 0.3)": poor_s / Q - rich_s / (N - Q),
        "benefit_incidence(score, 0.2, 0.4, 0.3)": (w * s * band(0.2, 0.4)).sum() / (0.3 * N),
        "quantile_coverage(score, 0, 0.2, 0.3)": (w * s * band(0, 0.2)).sum() / (0.2 * N),
        "coady_grosh_hoddinott(score, 0.4, 0.3)": (w * s * band(0, 0.4)).sum() / (0.12 * N),
        "marginal_incidence(score, 0, 0.4, 0.2, 0.45)": (w * grown * band(0, 0.4)).sum()
        / (0.25 * N),
        "distributional_characteristic(score, 1, 0.3)": social * (w * s / y).sum() / (w * s).sum(),
        "roc_area(score)": 1 - below / (Q * (N - Q)),
        "coverage(gets)": (w * gets).sum() / N,
        "exclusion_error(gets)": 1 - (w * gets * poor).sum() / Q,
        "inclusion_error(benefit)": (w * benefit * (1 - poor)).sum() / (w * benefit).sum(),
        "benefit_incidence(benefit, 0, 0.2)": (w * benefit * band(0, 0.2)).sum()
        / (w * benefit).sum(),
        "generosity(benefit, 0, 0.2)": (w * benefit * band(0, 0.2)).sum()
        / (w * y * gets * band(0, 0.2)).sum(),
        "average_transfer(benefit, 0, 0.2)": (w * benefit * band(0, 0.2)).sum()
        / (w * gets * band(0, 0.2)).sum(),
        "overlap(benefit, other)": (w * gets * (d.other > 0)).sum() / (w * gets).sum(),
        "coady_grosh_hoddinott(benefit, 0.4)": (w * benefit * band(0, 0.4)).sum()
        / (w * benefit).sum() / 0.4,
        "distributional_characteristic(benefit, 2)": social**2 * (w * benefit / y**2).sum()
        / (w * benefit).sum(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def census() -> pd.DataFrame:
    """The census with a coarse score and a programme."""
    found = pd.read_parquet(CENSUS)
    found["score"] = found["rooms"] * 2.0 - found["hhsize"] + 3.0 * (found["electricity"] == "Yes")
    found["gets"] = ((found["urbrur"] == "Rural") & (found["hhsize"] > 4)) * 1.0
    found["benefit"] = found["gets"] * 50.0 * found["hhsize"]
    found["other"] = (found["rooms"] > 1) * 7.0
    return found


def test_every_figure_is_a_plain_count(census):
    design = xl.Design(size="hhsize", census=True)
    found = xl.estimate(census, [*QUOTA, *COLUMN], welfare="pc_exp", line=1500, design=design)
    wanted = counted(census.assign(w=census.hhsize * 1.0, y=census.pc_exp), 1500)
    assert {e.measure for e in found} == set(wanted)
    for one in found:
        assert one.estimate == pytest.approx(wanted[one.measure], rel=1e-10), one.measure
        assert one.se == 0.0


def test_each_area_fills_a_quota_of_its_own(census):
    design = xl.Design(size="hhsize", census=True)
    found = xl.estimate(
        census, QUOTA, welfare="pc_exp", line=1500, design=design, by="geo1", where="hhsize > 1"
    )
    asked = census[census.hhsize > 1]
    for name, part in asked.groupby("geo1"):
        wanted = counted(part.assign(w=part.hhsize * 1.0, y=part.pc_exp), 1500)
        for measure in QUOTA:
            got = found.find(measure=measure, by="geo1", domain=name).estimate
            assert got == pytest.approx(wanted[measure], rel=1e-10), (measure, name)


def test_errors_move_with_every_weight():
    """SEs are the design's variance of numerical derivatives in each PSU's weight."""
    table = coarse()
    found = xl.estimate(
        table, [*QUOTA, *COLUMN], welfare="y", line=2.5,
        design=xl.Design(weight="w", psu="psu", strata="stratum"),
    )  # fmt: skip
    step, psus = 1e-5, np.arange(24)
    moved = []
    for psu in psus:
        up, down = (
            counted(table.assign(w=table.w * (1 + sign * step * (table.psu == psu))), 2.5)
            for sign in (1, -1)
        )
        moved.append({k: (up[k] - down[k]) / (2 * step) for k in up})
    influence = pd.DataFrame(moved)
    for one in found:
        z = influence[one.measure].to_numpy()
        total = sum(8 * z[psus % 3 == s].var(ddof=1) for s in range(3))
        assert one.se == pytest.approx(np.sqrt(total), rel=1e-6, abs=1e-12), one.measure


def test_replicates_are_the_figure_with_each_weight():
    rng = np.random.default_rng(3)
    table = coarse(160).assign(w=rng.uniform(1, 4, 160), score=rng.normal(size=160))
    table["score"] = table.score + table.y / 2
    weights = [f"r{i}" for i in range(20)]
    for name in weights:
        table[name] = table.w * rng.poisson(1.0, 24)[table.psu]
    design = xl.Design(weight="w", replicates=weights, kind="bootstrap", mse=True)
    found = xl.estimate(table, [*QUOTA, *COLUMN], welfare="y", line=2.5, design=design)
    whole = counted(table, 2.5)
    each = pd.DataFrame([counted(table.assign(w=table[name]), 2.5) for name in weights])
    for one in found:
        deviation = each[one.measure] - whole[one.measure]
        wanted = np.sqrt((deviation**2).sum() / 19)
        assert one.estimate == pytest.approx(whole[one.measure], rel=1e-12), one.measure
        assert one.se == pytest.approx(wanted, rel=1e-9, abs=1e-12), one.measure


POOR = [
    of_programme(kind, Programme("score", float("nan")))
    for kind in ("exclusion_error", "inclusion_error", "coverage")
]


def test_both_errors_are_equal_at_a_quota_of_as_many_as_are_poor():
    """Also with replicates, in which the share of the poor is another one each time."""
    table = coarse(160)
    rng = np.random.default_rng(8)
    weights = [f"r{i}" for i in range(12)]
    for name in weights:
        table[name] = table.w * rng.poisson(1.0, 24)[table.psu]
    for design in (
        xl.Design(weight="w", psu="psu"),
        xl.Design(weight="w", replicates=weights, kind="bootstrap"),
    ):
        found = xl.estimate(table, POOR, welfare="y", line=2.5, design=design, by="stratum")
        head = xl.estimate(table, "headcount", welfare="y", line=2.5, design=design, by="stratum")
        out, into, reached = (
            [e for e in found if e.measure == measure.name] for measure in POOR
        )  # fmt: skip
        for one, other, all_reached, rate in zip(out, into, reached, head, strict=True):
            assert one.estimate == pytest.approx(other.estimate, rel=1e-12)
            assert one.se == pytest.approx(other.se, rel=1e-9)
            assert all_reached.estimate == pytest.approx(rate.estimate, rel=1e-12)
            assert all_reached.se == pytest.approx(rate.se, rel=1e-9)


@pytest.mark.parametrize("within", [False, True])
def test_a_quota_at_a_relative_line_moves_with_the_line(within):
    """Against a bootstrap: the line's error is part of the errors of who is reached."""
    rng = np.random.default_rng(12)
    n, psus, draws = 3000, 60, 200
    table = pd.DataFrame({"psu": np.arange(n) % psus, "y": rng.lognormal(0, 0.6, n)})
    table["y"] *= np.exp(rng.normal(0, 0.3, psus))[table.psu]
    table["score"] = np.log(table.y) + rng.normal(0, 0.5, n)
    table["gets"] = (table.score < -0.2 + rng.normal(0, 0.5, n)) * 1.0
    kinds = (
        "poor_coverage", "nonpoor_coverage", "exclusion_error", "inclusion_error",
        "targeting_differential",
    )  # fmt: skip
    names = [f"{kind}({of})" for kind in kinds for of in ("score, 0.3", "gets")]
    asked = [*names, "roc_area(score)", *POOR[:1]]
    options = {"welfare": "y", "line": xl.relative_line(0.6, within=within)}
    taylor = xl.estimate(table, asked, design=xl.Design(psu="psu"), **options)
    columns = [f"r{i}" for i in range(draws)]
    times = rng.multinomial(psus - 1, np.full(psus, 1 / psus), draws).T * (psus / (psus - 1))
    drawn = pd.DataFrame(times[table.psu], columns=columns)
    design = xl.Design(replicates=columns, kind="bootstrap")
    other = xl.estimate(pd.concat([table, drawn], axis=1), asked, design=design, **options)
    line = 0.6 * table.y.median()
    fixed = xl.estimate(table, names, welfare="y", line=line, design=xl.Design(psu="psu"))
    for one, two in zip(taylor, other, strict=True):
        assert one.estimate == pytest.approx(two.estimate, rel=1e-12)
        assert one.se == pytest.approx(two.se, rel=0.17), one.measure
    apart = [abs(taylor.find(measure=m).se / fixed.find(measure=m).se - 1) for m in names]
    assert max(apart) > 0.1


def test_targeting_is_the_same_on_every_engine(engine):
    table = coarse(120).assign(area=np.where(np.arange(120) % 2 == 0, "a", "b"))
    options = {
        "welfare": "y", "line": 2.5, "by": "area", "design": xl.Design(weight="w", psu="psu"),
    }  # fmt: skip
    some = [QUOTA[3], QUOTA[8], QUOTA[9], QUOTA[10], QUOTA[11], COLUMN[4], POOR[0]]
    wanted = xl.estimate(table, some, **options).to_pandas()
    found = xl.estimate(table, some, engine=engine, **options).to_pandas()
    assert wanted.estimate.notna().all()
    for column in ("estimate", "se"):
        np.testing.assert_allclose(found[column], wanted[column], rtol=1e-10)


def test_scale_of_weights_and_order_of_rows_do_not_matter():
    table = coarse(120)
    shuffled = table.sample(frac=1, random_state=1).assign(w=table.w * 7)
    design = xl.Design(weight="w", psu="psu")
    one, other = (
        xl.estimate(t, [*QUOTA, *COLUMN], welfare="y", line=2.5, design=design).to_pandas()
        for t in (table, shuffled)
    )
    np.testing.assert_allclose(one.estimate, other.estimate, rtol=1e-12)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-6)


@pytest.mark.parametrize(
    "asked",
    ["coverage(score, 1.2)", "benefit_incidence(score, 0.4, 0.2)", "coverage(score, 30)",
     "marginal_incidence(score, 0, 0.2, 0.3, 0.2)", "coady_grosh_hoddinott(score, 0)",
     "distributional_characteristic(score, -1)"],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(xl.ExitlineError) as refused:
        xl.estimate(coarse(20), asked, welfare="y", line=2.5)
    assert refused.value.remedy


def test_nobody_chosen_or_nobody_poor_is_said():
    table = coarse(40).assign(gets=0.0)
    found = xl.estimate(
        table, ["inclusion_error(gets)", "exclusion_error(gets)", "roc_area(score)"], welfare="y",
        line=0.5,
    )  # fmt: skip
    assert all(np.isnan(one.estimate) and one.reason for one in found)
