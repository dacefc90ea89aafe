"""Replicate weights: R's figures on Albania, and what must hold of any replicates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import DataError, DesignError
from exitline.stats.infer.designs import replicates

REFERENCE = Path(__file__).parent / "reference"
ALBANIA = Path("examples/albania-2012/lival.parquet")
RELATIVE = xl.relative_line(0.6, boundary="<=", label="relative")
STATS = {
    "mean rcons": ("mean", ""),
    "headcount 4891": ("headcount", "4891"),
    "total poor": ("poor_count", "4891"),
    "fgt1 4891": ("poverty_gap", "4891"),
    "arpr": ("headcount", "relative"),
    "arpt": ("at_risk_threshold", ""),
    "headcount 4891 by urban": ("headcount", "4891"),
}
REFERENCES = pd.read_csv(REFERENCE / "albania_replicates.csv")
REFERENCES = REFERENCES[REFERENCES["stat"].isin(STATS)]


def jackknifed() -> tuple[pd.DataFrame, xl.Design]:
    """Albania with delete-one-PSU weights: 0 for the PSU left out, n/(n-1) for the others."""
    homes = pd.read_parquet(ALBANIA)
    homes["capita"] = (0.07527689 * homes["totcons"] / homes["rcons"]).round()
    psus = homes[["strat", "psu"]].drop_duplicates().reset_index(drop=True)
    n = psus.groupby("strat")["psu"].transform("count").to_numpy()
    strata = psus["strat"].to_numpy()
    times = np.where(strata[:, None] == strata[None, :], (n / (n - 1.0))[:, None], 1.0)
    np.fill_diagonal(times, 0.0)
    place = homes.merge(psus.reset_index(), on=["strat", "psu"], how="left")["index"].to_numpy()
    weights = homes["weight"].to_numpy()[:, None] * times[place]
    names = [f"rw{i}" for i in range(len(psus))]
    table = pd.concat([homes, pd.DataFrame(weights, columns=names)], axis=1)
    design = xl.Design(
        weight="weight",
        size="capita",
        replicates="rw*",
        kind="JKn",
        rscales=((n - 1.0) / n).tolist(),
    )
    return table, design


@pytest.fixture(scope="module")
def albania():
    table, design = jackknifed()
    found = {}
    for name, mse in (("JKn", False), ("JKn mse", True)):
        declared = xl.Design(**{**vars(design), "mse": mse})
        found[name] = xl.estimate(
            table, ["mean", "headcount", "poor_count", "poverty_gap", "at_risk_threshold", "gini"],
            welfare="rcons", line={"4891": 4891, "relative": RELATIVE}, design=declared, by="urban",
        )  # fmt: skip
    return found


@pytest.mark.parametrize(
    "row",
    REFERENCES.to_dict("records"),
    ids=lambda r: f"{r['replicates']}-{r['stat']}-{r['domain']}",
)
def test_replicates_as_survey(albania, row):
    measure, line = STATS[row["stat"]]
    domain = row["domain"] if row["stat"].endswith("by urban") else ""
    one = albania[row["replicates"]].find(
        measure=measure, line=line, by="urban" if domain else "", domain=domain
    )
    assert one.estimate == pytest.approx(row["estimate"], rel=1e-9)
    assert one.se == pytest.approx(row["se"], rel=1e-9)
    if not domain:  # svyby's column has the whole design's
        assert one.df == row["df"]


def test_the_jackknife_is_near_to_linearisation(albania):
    table, _ = jackknifed()
    design = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")
    taylor = xl.estimate(table, "gini", welfare="rcons", design=design, by="urban")
    for one in taylor:
        other = albania["JKn"].find(measure="gini", by=one.by, domain=one.domain)
        assert other.estimate == pytest.approx(one.estimate, rel=1e-12)
        assert other.se == pytest.approx(one.se, rel=0.01)


def made(rows: int = 40, replicates: int = 6) -> tuple[pd.DataFrame, list[str]]:
    """A small table with replicate weights at random."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"y": rng.integers(1, 9, rows) * 1.0, "r": list("ab") * (rows // 2)})
    names = [f"w{i}" for i in range(replicates)]
    for name in names:
        table[name] = rng.uniform(0, 2, rows)
    return table.assign(w=1.0), names


@pytest.mark.parametrize(
    ("factor", "said"), [(0.001, "0.001 times"), (1000, "1,000 times"), (1, ""), (1.9, "")]
)
@pytest.mark.parametrize("at_once", [4_000_000, 80])  # all rows, or some at a time
def test_replicates_on_another_scale_than_the_weight_are_said(
    tmp_path, monkeypatch, factor, said, at_once
):
    """R's svrepdesign warns of factors ("Data do not look like combined weights")."""
    monkeypatch.setattr("exitline.stats.infer.designs.replicates.AT_ONCE", at_once)
    table, names = made()
    table[names] *= factor / (table[names].sum().mean() / len(table))
    design = xl.Design(weight="w", replicates=names, kind="BRR")
    found = xl.estimate(table, ["mean", "headcount"], welfare="y", line=4, design=design, by="r")
    notes = [str(note) for note in found.notes]
    assert [f"6 replicate weights sum to {said}" in note for note in notes] == [True] * bool(said)
    table.to_csv(tmp_path / "homes.csv", index=False)
    (tmp_path / "study.yaml").write_text(
        "study: T\ndata: {households: homes.csv}\ncolumns: {welfare: y}\nlines: [4]\n"
        f"design: {{weight: w, replicates: {names}, kind: BRR}}\n"
    )
    checked = [one for one in xl.check(tmp_path / "study.yaml") if "sum to" in one.message]
    assert [(one.severity, one.count) for one in checked] == [("warning", 6)] * bool(said)


def test_a_pattern_means_numbers_and_never_takes_a_column_that_is_used():
    table, names = made(rows=8, replicates=2)
    table = table.rename(columns={"r": "wide"}).assign(wsize=2.0)
    own = {"kind": "other", "scale": 0.3}
    found, same = (
        xl.estimate(table, "mean", welfare="y", by="wide",
                    design=xl.Design(weight="w", size="wsize", replicates=one, **own))
        for one in ("w*", names)
    )  # fmt: skip
    assert [one.se for one in found] == [one.se for one in same]
    for bad in ("y", "wsize"):
        design = xl.Design(weight="w", size="wsize", replicates=[*names, bad], **own)
        with pytest.raises(DesignError, match=f"'{bad}' is used as a replicate weight"):
            xl.estimate(table, "mean", welfare="y", design=design)


def test_woodruff_intervals_as_svyquantile():
    """The share at or below the quantile varies as the replicates say; the quantile stays."""
    table, design = jackknifed()
    reference = pd.read_csv(REFERENCE / "albania_replicate_quantiles.csv", keep_default_na=False)
    asked = reference[["p", "rule", "interval"]].drop_duplicates().itertuples(index=False)
    found = xl.estimate(
        table, [f"quantile({p}, '{rule}', '{interval}')" for p, rule, interval in asked],
        welfare="rcons", design=design, by="urban",
    )  # fmt: skip
    for row in reference.itertuples():
        name = xl.measure.named(f"quantile({row.p}, '{row.rule}', '{row.interval}')").name
        one = found.find(measure=name, domain=row.urban)
        got = (one.estimate, one.ci_low, one.ci_high)
        assert got == pytest.approx((row.estimate, row.low, row.high), rel=1e-9), row
        assert one.df == row.df


OF_REPLICATES = (
    "mean", "headcount", "gini", "median", "theil", "watts", "quintile_ratio", "palma",
    "top_share(0.3)", "bottom_sum(0.4)", "at_risk_rate(0.8, threshold='area')",
    "median_of_poor(0.8, threshold='area')", "quantile(0.3, 'hf2')", "quantile(0.35, 'hf3')",
    "quantile(0.35, 'hf4')", "quantile(0.35, 'hf5')", "quantile(0.35, 'hf6')",
    "quantile(0.35, 'hf7')", "quantile(0.35, 'hf8')",
)  # fmt: skip


@pytest.fixture(scope="module")
def with_each_weight():
    """All figures with the errors of replicates, and by each replicate's weights alone."""
    table, names = made()
    table["y"] += np.arange(len(table)) / 100  # no ties: quantiles of every rule move
    replicated = xl.Design(weight="w", replicates=names, kind="BRR")
    return [
        xl.estimate(table, OF_REPLICATES, welfare="y", line=4, design=design, by="r")
        for design in (replicated, *(xl.Design(weight=name, census=True) for name in names))
    ]


@pytest.mark.parametrize("measure", OF_REPLICATES)
def test_variance_is_the_scaled_squares_of_each_replicates_own_figure(with_each_weight, measure):
    found, *alone = with_each_weight
    name = xl.measure.named(measure).name
    for domain in ("", "a"):
        each = np.array([one.find(measure=name, domain=domain).estimate for one in alone])
        assert len(np.unique(each)) > 1
        se = np.sqrt(np.mean((each - each.mean()) ** 2))
        assert found.find(measure=name, domain=domain).se == pytest.approx(se, rel=1e-9)


def test_a_half_that_a_replicate_reaches_exactly_is_one():
    """A bootstrap of R's mu284 by half: at 41 the weights of a replicate come to 1/2, which R's
    running sum misses by 5e-17, so that it takes 49 (convey 1.0.1 `svyiqalpha`: se 0)."""
    homes = pd.DataFrame({
        "y": [41.0, 49, 31, 39, 49, 49, 49, 31, 41, 51],
        "w": np.array([50, 80, 50, 90, 70, 50, 80, 50, 90, 70]) / 3,
        "rw": [0, 0, 20.833333333333336, 37.5, 58.333333333333343, 0, 0, 20.833333333333336, 37.5,
               58.333333333333343],
    })  # fmt: skip
    design = xl.Design(weight="w", replicates=["rw", "same"], kind="other", scale=1.0, mse=True)
    found = xl.estimate(homes.assign(same=homes.w), "median", welfare="y", design=design).find()
    assert (found.estimate, found.se) == (49.0, 8.0)


def test_differences_and_blocks_of_weights_do_not_matter(monkeypatch):
    table, names = made()
    design = xl.Design(weight="w", replicates=names, kind="JK1")
    whole = xl.estimate(table, ["gini", "mean"], welfare="y", design=design, by="r")
    gap = whole.difference({"measure": "mean", "domain": "a"}, {"measure": "mean", "domain": "b"})
    figures = [
        [np.average(t["y"], weights=t[name]) for t in (table[table["r"] == d] for d in "ab")]
        for name in names
    ]
    each = np.array([a - b for a, b in figures])
    scale = (len(names) - 1) / len(names)
    assert gap.se == pytest.approx(np.sqrt(scale * ((each - each.mean()) ** 2).sum()), rel=1e-9)
    monkeypatch.setattr("exitline.stats.infer.designs.replicates.AT_ONCE", 80)
    blocked = xl.estimate(table, ["gini", "mean"], welfare="y", design=design, by="r")
    pd.testing.assert_frame_equal(whole.to_pandas(), blocked.to_pandas(), rtol=1e-12)


def test_figures_of_sums_are_the_same_from_a_few_rows_at_a_time(monkeypatch):
    """They need no other rows, so that rows are read once, whatever the number of weights."""
    table, names = made()
    table["z"] = 3.0 + table["y"] % 2
    design = xl.Design(weight="w", replicates=names, kind="BRR")

    def found(*more):
        return xl.estimate(
            table, ["mean", "poverty_gap", "watts", "atkinson(0.5)", *more], welfare="y",
            line=["z", 4], design=design, by=["r"], where="y > 1",
        ).to_pandas()  # fmt: skip

    whole = found()
    monkeypatch.setattr("exitline.stats.infer.designs.replicates.AT_ONCE", 80)
    seen = []
    summed = replicates._summed
    monkeypatch.setattr(replicates, "_summed", lambda *a: seen.append(1) or summed(*a))
    pd.testing.assert_frame_equal(whole, found(), rtol=1e-12)
    assert seen == [1]
    found("median")
    assert seen == [1]  # a quantile needs all rows


def test_both_engines_agree(engine):
    table, names = made()
    design = xl.Design(weight="w", replicates=names, kind="SDR")
    measures = ["gini", "median", "headcount"]
    found = xl.estimate(
        table, measures, welfare="y", line=4, design=design, by="r", where="y > 1", engine=engine
    )
    again = xl.estimate(table, measures, welfare="y", line=4, design=design, by="r", where="y > 1")
    pd.testing.assert_frame_equal(found.to_pandas(), again.to_pandas(), rtol=1e-10)


def test_df_may_be_declared():
    table, names = made()
    design = xl.Design(weight="w", replicates=names, kind="JK1", df=33)
    found = xl.estimate(table, "mean", welfare="y", design=design, by="r")
    assert {one.df for one in found} == {33.0}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": None}, "without their kind"),
        ({"kind": "brr"}, "named 'brr'"),
        ({"kind": "JKn"}, "rscales"),
        ({"kind": "Fay"}, "rho"),
        ({"kind": "other"}, "scale"),
        ({"kind": "BRR", "psu": "r"}, "one design"),
        ({"kind": "BRR", "census": True}, "one design"),
        ({"kind": "JK1", "df": 0}, "degrees of freedom"),
    ],
)
def test_designs_that_contradict_themselves_are_refused(given, said):
    with pytest.raises(DesignError, match=said):
        xl.Design(weight="w", replicates=["w1", "w2"], **given)


def test_missing_weights_patterns_and_scales_are_refused_with_their_place():
    table, names = made()
    with pytest.raises(DesignError, match="rep"):
        xl.estimate(table, "mean", welfare="y", design=xl.Design(replicates="rep*", kind="BRR"))
    design = xl.Design(replicates=names, kind="JKn", rscales=[1, 1])
    with pytest.raises(DesignError, match="match the replicate weights"):
        xl.estimate(table, "mean", welfare="y", design=design)
    table.loc[3, "w2"] = np.nan
    with pytest.raises(DataError, match="missing values") as caught:
        xl.estimate(table, "mean", welfare="y", design=xl.Design(replicates=names, kind="BRR"))
    assert "'w2'" in str(caught.value)


@pytest.mark.parametrize(("size", "rank"), [(5, 5), (6, 5), (8, 6), (9, 6)])
def test_degrees_of_freedom_are_of_rs_rank(size, rank):
    """qr(1 / outer(1:n, 1:n, function(i, j) i + j - 1), tol = 1e-5)$rank in R 4.2.2.

    The singular values above 1e-5 of the largest are fewer: 4, 4, 5 and 5.
    """
    steps = np.arange(1, size + 1)
    weights = 1 / (np.add.outer(steps, steps) - 1.0)
    names = [f"r{i}" for i in range(size)]
    homes = pd.DataFrame(weights, columns=names).assign(w=1.0, y=np.arange(size) + 1.0)
    design = xl.Design(weight="w", replicates=names, kind="bootstrap")
    found = xl.estimate(homes, "mean", welfare="y", design=design).find(measure="mean")
    assert found.df == rank - 1


def test_replicates_without_a_figure_are_counted():
    """R's svrVar leaves them out with a warning; of one replicate alone there is no spread."""
    homes = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0], "w": 1.0, "r1": 0.0, "r2": 2.0,
                          "r3": [1.0, 2.0, 1.0, 0.0], "r4": [0.0, 1.0, 2.0, 1.0]})  # fmt: skip
    design = xl.Design(weight="w", replicates=["r1", "r2", "r3", "r4"], kind="bootstrap")
    found = xl.estimate(homes, "mean", welfare="y", design=design)
    assert "1 replicate gives no figure in some area" in " ".join(map(str, found.notes))
    means = np.array([3.5, 2.25, 4.25])
    squares = ((means - means.mean()) ** 2).sum()
    assert found.find().se == pytest.approx(np.sqrt(squares / 3), rel=1e-12)  # scale 1 / (R - 1)
    alone = xl.Design(weight="w", replicates=["r1", "r2"], kind="bootstrap")
    one = xl.estimate(homes, "mean", welfare="y", design=alone).find()
    assert np.isnan(one.se)
    assert one.reason == "fewer than two replicates have a figure: no standard error"
