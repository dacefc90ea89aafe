"""Decompositions: their parts add up, their derivatives are right, and R's figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import MeasureError
from exitline.stats.curves.groups import _PARTS, _GroupTotals
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.dual import Dual

DESIGN = xl.Design(weight="w", psu="psu")


def _homes(seed: int = 3, n: int = 90) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    homes = pd.DataFrame({"psu": np.arange(n) % 9, "wage": rng.lognormal(0, 1, n)})
    homes["transfer"] = rng.uniform(0, 1, n)
    homes["y"] = homes.wage + homes.transfer
    homes["w"] = rng.uniform(1, 5, n)
    homes["region"] = rng.choice(["a", "b", "c"], n)
    return homes


@pytest.mark.parametrize("measure", ["mld", "theil", "ge(2)", "j_divergence", "gini"])
def test_within_and_between_add_up_to_the_whole(measure):
    homes = _homes()
    parts = xl.decompose(homes, measure, groups="region", welfare="y", design=DESIGN)
    plain = xl.estimate(homes, measure, welfare="y", design=DESIGN).find()
    by = {one.component: one for one in parts.components if not one.group}
    assert by["total"].estimate == pytest.approx(plain.estimate, rel=1e-12)
    assert by["total"].se == pytest.approx(plain.se, rel=1e-10)
    rest = sum(by[name].estimate for name in ("within", "between", "overlap") if name in by)
    assert rest == pytest.approx(plain.estimate, rel=1e-12)
    table = parts.to_pandas()
    within = table[table.component == "contribution"].estimate.sum()
    assert within == pytest.approx(by["within"].estimate, rel=1e-12)
    assert table[table.component == "population_share"].estimate.sum() == pytest.approx(1.0)
    regions = xl.estimate(homes, measure, welfare="y", design=DESIGN, by="region")
    own = parts.find("index", "b")
    assert own.estimate == pytest.approx(regions.find(region="b").estimate, rel=1e-12)
    assert own.se == pytest.approx(regions.find(region="b").se, rel=1e-9)


@pytest.mark.parametrize(("measure", "mse"), [("theil", True), ("gini", False)])
def test_parts_with_replicates_are_computed_again_with_each(measure, mse):
    """As convey's svygeidec on a svrepdesign: not linear in the replicates of totals."""
    homes = _homes()
    weights = homes.w.to_numpy()[:, None] * np.random.default_rng(1).uniform(0, 2, (len(homes), 6))
    homes = pd.concat([homes, pd.DataFrame(weights, columns=[f"rep{i}" for i in range(6)])], axis=1)
    own = {"kind": "other", "scale": 0.3, "mse": mse}
    parts = xl.decompose(homes, measure, groups="region", welfare="y",
                         design=xl.Design(weight="w", replicates="rep*", **own))  # fmt: skip
    plain = xl.estimate(homes, measure, welfare="y", by="region",
                        design=xl.Design(weight="w", replicates="rep*", **own))  # fmt: skip
    assert parts.find("total").se == pytest.approx(plain.find(domain="").se, rel=1e-12)
    assert parts.find("index", "b").se == pytest.approx(plain.find(region="b").se, rel=1e-12)
    each = [
        xl.decompose(homes, measure, groups="region", welfare="y", design=xl.Design(weight=w))
        .find("within").estimate
        for w in ("w", *(f"rep{i}" for i in range(6)))
    ]  # fmt: skip
    away = np.array(each[1:]) - (each[0] if mse else np.mean(each[1:]))
    assert parts.find("within").se == pytest.approx(np.sqrt(0.3 * (away**2).sum()), rel=1e-12)


@pytest.mark.parametrize("measure", ["mld", "theil", "ge(2)", "j_divergence", "headcount"])
def test_derivatives_by_totals_are_those_of_differences(measure):
    """Each group's totals a little larger: all parts move as their gradients say."""
    made = named(measure)
    count, size = len(made.terms), 3
    rng = np.random.default_rng(5)
    homes = [rng.lognormal(0, 1, 20) for _ in range(size)]
    kinds = {
        "one": np.ones_like, "welfare": np.array, "log_welfare": np.log, "power": np.square,
        "welfare_log": lambda y: y * np.log(y), "poor": lambda y: (y < 1) * 1.0,
    }  # fmt: skip
    own = np.array([[kinds[t.kind](y).sum() for t in made.terms] for y in homes])

    def parts(own: np.ndarray) -> dict[str, Dual]:
        unit = np.eye(size * count + count)
        return _PARTS[made.rule](
            _GroupTotals(
                tuple(Dual(own[:, k], unit[k * size : (k + 1) * size]) for k in range(count)),
                tuple(
                    Dual(np.full(size, own[:, k].sum()), np.tile(unit[size * count + k], (size, 1)))
                    for k in range(count)
                ),
                made,
            )
        )

    step = 1e-6
    at = parts(own)
    for g in range(size):
        for k in range(count):
            moved = own.copy()
            moved[g, k] += step
            low = own.copy()
            low[g, k] -= step
            up, down = parts(moved), parts(low)
            for name, part in at.items():
                slope = (up[name].value - down[name].value) / (2 * step)
                said = part.gradient[:, k * size + g] + part.gradient[:, size * count + k]
                np.testing.assert_allclose(said, slope, rtol=1e-5, atol=1e-8, err_msg=name)


def test_what_groups_contribute_to_poverty():
    homes = _homes()
    parts = xl.decompose(
        homes, "poverty_gap", groups="region", welfare="y", line=1.5, design=DESIGN
    )
    table = parts.to_pandas().set_index(["component", "group"])
    assert table.loc["contribution_share"].estimate.sum() == pytest.approx(1.0)
    homes["gap"] = np.maximum(1.5 - homes.y, 0) / 1.5
    homes["in_a"] = homes.gap * (homes.region == "a")
    ratio = xl.estimate(homes, "ratio(in_a, gap)", design=DESIGN).find()
    share = parts.find("contribution_share", "a")
    assert share.estimate == pytest.approx(ratio.estimate, rel=1e-12)
    assert share.se == pytest.approx(ratio.se, rel=1e-10)


def test_how_many_how_deep_how_unequal():
    homes = _homes()
    parts = xl.decompose(homes, "fgt(3)", welfare="y", line=1.5, design=DESIGN)
    got = {one.component: one.estimate for one in parts.components}
    again = got["headcount"] * got["income_gap_ratio"] ** 3 * (1 + 6 * got["inequality"])
    assert again == pytest.approx(got["fgt(3)"], rel=1e-12)
    parts = xl.decompose(homes, "watts", welfare="y", line=1.5, design=DESIGN)
    got = {one.component: one.estimate for one in parts.components}
    again = got["headcount"] * (got["watts_gap_ratio"] + got["inequality"])
    assert again == pytest.approx(got["watts"], rel=1e-12)


def test_sources_add_up_to_the_gini_index():
    homes = _homes()
    parts = xl.decompose(homes, "gini", sources=["wage", "transfer"], welfare="y", design=DESIGN)
    table = parts.to_pandas().set_index(["component", "group"]).estimate
    total = xl.estimate(homes, "gini", welfare="y", design=DESIGN).find()
    assert table["total"].iloc[0] == pytest.approx(total.estimate, rel=1e-12)
    assert table["contribution"].sum() == pytest.approx(total.estimate, rel=1e-12)
    assert table["contribution_share"].sum() == pytest.approx(1.0)
    assert table["elasticity"].sum() == pytest.approx(0.0, abs=1e-12)
    product = table["share"] * table["gini"] * table["correlation"]
    np.testing.assert_allclose(product, table["contribution"], rtol=1e-12)


def test_growth_and_redistribution_leave_nothing():
    before, after = _homes(1), _homes(2).assign(y=lambda t: 1.3 * t.y)
    parts = xl.decompose_change(before, after, "poverty_gap", line=1.5, welfare="y",
                                design=DESIGN, shared=False)  # fmt: skip
    got = {one.component: one for one in parts.components}
    change = got["change"].estimate
    assert got["growth"].estimate + got["redistribution"].estimate == pytest.approx(change)
    for base in ("before", "after"):
        names = (f"{part} (base {base})" for part in ("growth", "redistribution", "residual"))
        assert sum(got[name].estimate for name in names) == pytest.approx(change)
    plain = [xl.estimate(t, "poverty_gap", welfare="y", line=1.5, design=DESIGN)
             for t in (before, after)]  # fmt: skip
    assert change == pytest.approx(plain[1].find().estimate - plain[0].find().estimate)
    assert got["change"].se == pytest.approx(np.hypot(*(p.find().se for p in plain)), rel=1e-9)


def test_scaled_incomes_are_growth_alone_and_its_error_is_that_of_differences():
    """Incomes of one sample times a factor: no redistribution. Then the weights of each PSU of
    one sample a little larger: squared differences make up its part of the variance."""
    before = _homes(1)
    scaled = xl.decompose_change(
        before, before.assign(y=2 * before.y), "severity", line=1.5, welfare="y", design=DESIGN
    )
    assert scaled.find("redistribution").estimate == pytest.approx(0.0, abs=1e-14)
    assert scaled.find("growth").estimate == pytest.approx(scaled.find("change").estimate)
    after, census = _homes(2), xl.Design(weight="w", census=True)

    def growth(old: pd.DataFrame, new: pd.DataFrame) -> float:
        found = xl.decompose_change(
            old, new, "severity", line=1.5, welfare="y", design=(census, census)
        )
        return found.find("growth").estimate

    def moved(table: pd.DataFrame, psu: int, factor: float) -> pd.DataFrame:
        return table.assign(w=table.w * np.where(table.psu == psu, factor, 1.0))

    for design, shared in (((DESIGN, census), None), (DESIGN, True)):
        moves = []  # PSUs of the first sample alone, or of both at once
        for psu in range(9):
            up, down = (
                growth(moved(before, psu, f), moved(after, psu, f) if shared else after)
                for f in (1 + 1e-4, 1 - 1e-4)
            )
            moves.append((up - down) / 2e-4)
        wanted = np.sqrt(9 / 8 * np.sum(np.square(np.array(moves) - np.mean(moves))))
        found = xl.decompose_change(before, after, "severity", line=1.5, welfare="y",
                                    design=design, shared=shared)  # fmt: skip
        assert found.find("growth").se == pytest.approx(wanted, rel=1e-5)
        assert found.find("growth").df == 8


def test_what_cannot_be_taken_apart_is_refused():
    homes = _homes()
    with pytest.raises(MeasureError, match="no decomposition by group"):
        xl.decompose(homes, "zenga", groups="region", welfare="y")
    with pytest.raises(MeasureError, match="headcount, gap and inequality"):
        xl.decompose(homes, "poverty_gap", welfare="y", line=1)
    with pytest.raises(MeasureError, match="no decomposition by sources"):
        xl.decompose(homes, "theil", sources=["wage"], welfare="y")
    with pytest.raises(MeasureError, match="no parts of growth"):
        xl.decompose_change(homes, homes, "mean", line=1, welfare="y")
    with pytest.raises(MeasureError, match="a mean is not above zero"):
        xl.decompose_change(homes, homes.assign(y=-homes.y), "headcount", line=1, welfare="y")


def test_polarisation_between_groups_is_what_its_definition_says():
    """Also its standard error: one PSU's weights a little larger and smaller, squared."""
    homes = _homes()

    def exact(homes: pd.DataFrame, alpha: float) -> float:
        people = homes.groupby("region").w.sum() / homes.w.sum()
        means = homes.assign(t=homes.w * homes.y).groupby("region").t.sum() / homes.w.sum() / people
        apart = np.abs(means.to_numpy()[:, None] - means.to_numpy()[None, :])
        s = people.to_numpy()
        mean = (s * means).sum()
        return float((s[:, None] ** (1 + alpha) * s[None, :] * apart).sum() / mean)

    found = xl.esteban_ray(homes, groups="region", welfare="y", design=DESIGN)
    total = found.find("total")
    assert total.estimate == pytest.approx(exact(homes, 1.3), rel=1e-12)
    moves = [
        (exact(homes.assign(w=homes.w * np.where(homes.psu == p, 1 + 1e-5, 1)), 1.3)
         - exact(homes.assign(w=homes.w * np.where(homes.psu == p, 1 - 1e-5, 1)), 1.3)) / 2e-5
        for p in range(9)
    ]  # fmt: skip
    wanted = np.sqrt(9 / 8 * np.sum(np.square(np.array(moves) - np.mean(moves))))
    assert total.se == pytest.approx(wanted, rel=1e-6)
    parts = found.to_pandas()
    assert parts[parts.component == "contribution"].estimate.sum() == pytest.approx(total.estimate)
    with pytest.raises(MeasureError, match="not defined for this alpha"):
        xl.esteban_ray(homes, groups="region", welfare="y", alpha=2)


@pytest.mark.parametrize("measure", ["mld", "theil", "gini"])
def test_a_group_that_has_nothing_adds_nothing(measure):
    """All of its households at zero: no index of its own, said in a note; the parts add up."""
    homes = _homes().assign(y=lambda t: np.where(t.region == "c", 0.0, t.y))
    parts = xl.decompose(homes, measure, groups="region", welfare="y", design=DESIGN)
    plain = xl.estimate(homes, measure, welfare="y", design=DESIGN).find()
    by = {one.component: one for one in parts.components if not one.group}
    rest = sum(by[name].estimate for name in ("within", "between", "overlap") if name in by)
    assert rest == pytest.approx(plain.estimate, rel=1e-12)
    assert by["within"].se > 0
    assert parts.find("contribution", "c").estimate == 0
    assert np.isnan(parts.find("index", "c").estimate)
    assert any(note.startswith("no index of c: nobody takes part") for note in parts.notes)
