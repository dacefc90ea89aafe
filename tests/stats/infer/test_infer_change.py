"""Change between two samples as R on stacked data (reference/change.R), and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import DesignError, MeasureError

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FIGURES = pd.read_csv(HERE / "reference" / "change.csv", keep_default_na=False)
NUMBERS = ["before", "after", "estimate", "se", "df", "p"]
FIGURES[NUMBERS] = FIGURES[NUMBERS].astype(float)
WAVES = FIGURES[FIGURES["case"].isin(["shared", "independent"])]


def _homes() -> tuple[pd.DataFrame, pd.DataFrame]:
    homes = pd.read_parquet(ROOT / "examples" / "albania-2012" / "lival.parquet")
    homes = homes.assign(capita=(0.07527689 * homes.totcons / homes.rcons).round())
    row = np.arange(1, len(homes) + 1)
    second = row % 2 == 0
    homes["y"] = homes.rcons * np.where(second & (row % 3 == 0), 1.07, 1)
    return homes[~second], homes[second]


def _waves(measures=("headcount", "poverty_gap", "mean"), line=4891, **also):
    design = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")
    return [
        xl.estimate(wave, list(measures), welfare="y", line=line, design=design, by="urban", **also)
        for wave in _homes()
    ]


@pytest.fixture(scope="module")
def changes() -> dict[str, object]:
    waves = _waves()
    return {
        "shared": xl.change(*waves, years=3),
        "independent": xl.change(*waves, years=3, shared=False),
    }


@pytest.mark.parametrize("wanted", WAVES.to_dict("records"), ids=lambda w: "-".join(
    str(w[k]) for k in ("case", "measure", "domain", "kind")
))  # fmt: skip
def test_as_svycontrast_on_stacked_data(changes, wanted):
    got = changes[wanted["case"]].find(
        measure=wanted["measure"], domain=wanted["domain"], kind=wanted["kind"]
    )
    for name in NUMBERS:
        assert getattr(got, name) == pytest.approx(wanted[name], rel=1e-9), name


@pytest.mark.parametrize("lonely", ["adjust", "average", "remove"])
def test_strata_with_a_single_shared_psu(lonely):
    data = pd.read_csv(HERE.parent / "estimate" / "reference" / "lonely_psu_input.csv")
    design = xl.Design(weight="pw", strata="stype", psu="snum", fpc="fpc", lonely=lonely)
    waves = [xl.estimate(data, "mean", welfare=y, design=design) for y in ("api99", "api00")]
    got = xl.change(*waves).find(kind="absolute")
    wanted = FIGURES[FIGURES["case"] == lonely].iloc[0]
    for name in NUMBERS:
        assert getattr(got, name) == pytest.approx(wanted[name], rel=1e-9), name


def test_a_part_of_the_psus_shared():
    """The covariance written out: c / (c - 1) x products of the shared PSUs, by stratum."""
    rng = np.random.default_rng(9)
    rows = pd.DataFrame({"h": np.repeat(["a", "b"], 60), "psu": np.tile(np.arange(12), 10)})
    rows["psu"] += 100 * (rows["h"] == "b")
    rows["y"] = rng.normal(10, 2, 120) + rows["psu"] % 5
    first, second = rows[rows["psu"] % 100 < 9], rows[rows["psu"] % 100 >= 4]
    second = second.assign(y=second["y"] + rng.normal(1, 1, len(second)))
    design = xl.Design(strata="h", psu="psu")
    waves = [xl.estimate(d, "mean", welfare="y", design=design) for d in (first, second)]
    found = xl.change(*waves)
    one, two = (
        d.assign(z=(d["y"] - d["y"].mean()) / len(d)).groupby(["h", "psu"])["z"].sum()
        for d in (first, second)
    )
    both = pd.concat({"a": one, "b": two}, axis=1).dropna()
    covariance = sum(
        len(part) * np.cov(part["a"], part["b"])[0, 1] for _, part in both.groupby("h")
    )
    variance = sum(w.find().se ** 2 for w in waves) - 2 * covariance
    got = found.find(kind="absolute")
    assert found.shared == 10
    assert got.se == pytest.approx(variance**0.5, rel=1e-12)
    assert got.df == (18 + 16 - 10) - 2
    assert "10 PSUs are in both samples (of 18 and 16)" in found.notes[0]


def test_relative_lines_carry_their_errors_in_both_waves():
    """The same figures as in one sample of both waves, each with a line of its own wave."""
    line = xl.relative_line(0.9, of="mean")
    first, second = _homes()
    design = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")
    waves = [
        xl.estimate(d, "poverty_gap", welfare="y", line=line, design=design, by="urban")
        for d in (first, second)
    ]
    got = xl.change(*waves).find(by="", kind="absolute")
    # By hand: influence of the mean and of the gap at it, by PSU, of both waves.
    influence = []
    for d in (first, second):
        w, y = d["weight"] * d["capita"], d["y"]
        mean = np.average(y, weights=w)
        z = 0.9 * mean
        gap = np.where(y < z, (z - y) / z, 0.0)
        value = np.average(gap, weights=w)
        slope = np.average(np.where(y < z, y / z**2, 0.0), weights=w)
        u = w * (gap - value + slope * 0.9 * (y - mean)) / w.sum()
        influence.append(u.groupby([d["strat"], d["psu"]]).sum())
    moved = (influence[1].sub(influence[0], fill_value=0)).rename("z").reset_index()
    by = moved.groupby("strat")["z"]
    n = by.transform("size")
    variance = (n / (n - 1) * (moved["z"] - by.transform("mean")) ** 2).sum()
    assert got.se == pytest.approx(variance**0.5, rel=1e-9)


def test_satterthwaite_takes_each_figures_own_degrees_of_freedom():
    waves = _waves(["mean"])
    found = xl.change(*waves, shared=False, df="satterthwaite").find(by="", kind="absolute")
    one, two = (w.find(by="") for w in waves)
    v, w = one.se**2, two.se**2
    assert found.df == pytest.approx((v + w) ** 2 / (v**2 / one.df + w**2 / two.df), rel=1e-12)
    assert found.se == pytest.approx((v + w) ** 0.5, rel=1e-12)


def test_a_sample_against_a_full_count_stands_on_the_samples_degrees_of_freedom():
    first, second = _homes()
    count = xl.estimate(first, "mean", welfare="y", design=xl.Design(census=True))
    sample = xl.estimate(second, "mean", welfare="y", design=xl.Design(strata="strat", psu="psu"))
    found = xl.change(count, sample).find(kind="absolute")
    assert (found.se, found.df) == (sample.find().se, sample.variance.df)


def test_lines_of_two_years_are_compared_where_each_sample_has_one():
    first, second = _homes()
    waves = [
        xl.estimate(d, ["headcount", "mean"], welfare="y", line=z)
        for d, z in ((first, 4891), (second, 5000))
    ]
    found = xl.change(*waves)
    assert {row.line for row in found} == {"4891 -> 5000", ""}
    assert len(found.to_pandas()) == len(found) == 4


def test_households_without_psus_are_never_the_same():
    first, second = _homes()
    waves = [xl.estimate(d, "mean", welfare="y") for d in (first, second)]
    assert xl.change(*waves).shared == 0
    with pytest.raises(DesignError, match="without declared PSUs"):
        xl.change(*waves, shared=True)


def test_the_same_sample_twice_has_not_changed():
    one, _ = _waves(["mean"])
    found = xl.change(one, one).find(by="", kind="absolute")
    assert (found.estimate, found.se) == (0.0, 0.0)


def test_no_relative_change_from_zero_says_why():
    homes = pd.DataFrame({"y": [5.0, 6.0, 7.0, 9.0]})
    waves = [xl.estimate(homes, "headcount", welfare="y", line=z) for z in (4, 6.5)]
    found = xl.change(*waves, years=2, shared=False)
    for kind in ("relative", "annual relative"):
        row = found.find(kind=kind)
        assert np.isnan(row.estimate)
        assert "zero" in row.reason
    assert found.find(kind="annual").estimate == 0.25
    fallen = xl.change(*waves[::-1], years=2).find(kind="annual relative")
    assert fallen.estimate == -1
    assert "to zero" in fallen.reason


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda a, b: xl.change(a, b, years=0), "above zero"),
        (lambda a, b: xl.change(a, b, df="welch"), "no degrees of freedom"),
        (lambda a, b: xl.change(a, b, df="satterthwaite"), "independent samples"),
        (lambda a, b: xl.change(a, b).find(kind="absolut"), "no single change"),
        (lambda a, _: xl.change(a, _waves(["mean"], level=0.9)[0]), "other confidence levels"),
        (lambda a, _: xl.change(a, _waves(["total"])[0]), "no figure in common"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_says_why(call, said):
    with pytest.raises(MeasureError, match=said):
        call(*_waves(["mean"]))


def test_psu_ids_in_other_strata_are_said():
    first, second = _homes()
    second = second.assign(strat=[f"{s}b" for s in second["strat"]])
    design = xl.Design(strata="strat", psu="psu")
    waves = [xl.estimate(d, "mean", welfare="y", design=design) for d in (first, second)]
    assert "in different strata: taken as different PSUs" in xl.change(*waves).notes[0]
    with pytest.raises(DesignError, match="in other strata"):
        xl.change(*waves, shared=True)
