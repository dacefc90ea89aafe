"""missing="exclude": a row is left out of the measures that need what it lacks, of no others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import MeasureError


def homes(rows: int = 60) -> pd.DataFrame:
    """Ten PSUs in two strata; `a`, `b` and welfare miss different rows."""
    rng = np.random.default_rng(4)
    number = np.arange(rows)
    data = pd.DataFrame({
        "y": rng.lognormal(2, 0.6, rows), "a": rng.normal(50, 9, rows), "b": rng.normal(9, 2, rows),
        "w": rng.uniform(1, 3, rows), "s": number // (rows // 2), "p": number // (rows // 10),
        "r": np.where(number % 3, "north", "south"),
    })  # fmt: skip
    data.loc[number % 7 == 0, "a"] = np.nan
    data.loc[number % 11 == 3, "b"] = np.nan
    data.loc[number % 13 == 5, "y"] = np.nan
    return data


DESIGNS = {
    "PSUs": xl.Design(weight="w", strata="s", psu="p"),
    "households": xl.Design(weight="w"),
    "full count": xl.Design(census=True),
}
MEASURES = ("mean(a)", "headcount", "ratio(a, b)", "mean(b)", "mean")


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_each_measure_is_as_if_it_were_asked_alone(design):
    asked = {"welfare": "y", "line": 7.0, "design": design, "by": "r", "missing": "exclude"}
    together = xl.estimate(homes(), MEASURES, **asked)
    assert [b.measure for b in together.blocks] == [*MEASURES] * 2
    for name in MEASURES:
        own = dict(asked)
        if name not in ("headcount", "mean"):
            own |= {"welfare": None, "line": None}
        alone = xl.estimate(homes(), name, **own)
        for domain in ("", "north", "south"):
            one = together.find(measure=name, domain=domain, by="r" if domain else "")
            other = alone.find(domain=domain, by="r" if domain else "")
            assert (one.estimate, one.n, one.df) == (other.estimate, other.n, other.df)
            assert one.se == pytest.approx(other.se, nan_ok=True, rel=1e-12)
    said = " ".join(together.notes)
    assert "9 households left out of mean(a): a missing or infinite value" in said
    assert "5 households left out of headcount, mean: missing welfare" in said
    assert together.excluded["missing_value (a)"] == 9
    assert together.excluded["missing_welfare"] == 5


@pytest.mark.parametrize("name", ["mean(a)", "proportion(r, north)", "count", "ratio(a, b)"])
def test_welfare_or_a_line_that_it_does_not_need_changes_nothing(name):
    data = homes().assign(z=np.where(np.arange(60) % 5 == 1, np.nan, 7.0))
    asked = {"design": DESIGNS["PSUs"], "missing": "exclude"}
    plain = xl.estimate(data, name, **asked).find()
    given = xl.estimate(data, name, welfare="y", line="z", **asked)
    one = given.find()
    assert (one.estimate, one.se, one.df, one.n) == (plain.estimate, plain.se, plain.df, plain.n)
    assert not any("welfare" in str(note) or "line" in str(note) for note in given.notes)


def test_a_missing_line_leaves_nobody_out_of_a_mean():
    data = homes().assign(z=np.where(np.arange(60) % 5 == 1, np.nan, 7.0))
    mean = xl.estimate(data, "mean", welfare="y", line="z", missing="exclude").find()
    assert mean.n == int(data["y"].notna().sum())
    assert mean.estimate == pytest.approx(data["y"].mean(), rel=1e-12)


def test_measures_of_one_sample_still_covary():
    """R: the subsets of both means are domains of one design; their difference is svycontrast's.

    Exactly: the covariance of two linear figures is half of what the variance of their sum has
    beyond those of the two.
    """
    data = homes()
    found = xl.estimate(data, ["mean(a)", "mean(b)"], design=DESIGNS["PSUs"], missing="exclude")
    gap = found.difference({"measure": "mean(a)"}, {"measure": "mean(b)"})
    known = {c: data[c].notna() for c in "ab"}
    share = {c: data.w / data.w[known[c]].sum() for c in "ab"}
    mean = {c: (share[c] * data[c]).sum() for c in "ab"}
    parts = {c: (share[c] * (data[c] - mean[c])).where(known[c], 0.0) for c in "ab"}
    totals = (parts["a"] - parts["b"]).groupby([data.s, data.p]).sum()
    variance = sum(5 / 4 * ((z - z.mean()) ** 2).sum() for _, z in totals.groupby(level=0))
    assert gap.estimate == pytest.approx(mean["a"] - mean["b"], rel=1e-12)
    assert gap.se == pytest.approx(variance**0.5, rel=1e-10)


def test_households_that_cannot_be_told_apart_are_not_compared():
    found = xl.estimate(homes(), ["mean(a)", "mean(b)"], design=xl.Design(), missing="exclude")
    with pytest.raises(MeasureError, match="leave out different households"):
        found.difference({"measure": "mean(a)"}, {"measure": "mean(b)"})


def test_rows_that_all_lack_something_else_can_be_used():
    data = pd.DataFrame({"a": [1.0, 2.0, None, None], "b": [None, None, 3.0, 5.0]})
    found = xl.estimate(data, ["mean(a)", "mean(b)"], missing="exclude")
    assert [(one.estimate, one.n) for one in found] == [(1.5, 2), (4.0, 2)]


STUDY = """
study: Two columns
data: {households: {path: d.csv, missing: [NA]}}
columns: {welfare: y}
lines: [7]
measures: [mean(a), headcount, mean(b)]
missing: exclude
"""


def test_a_study_asks_for_means_of_several_columns(tmp_path):
    """Numbers as such a column may hold them (5E1), and rows left out of each measure alone."""
    data = homes().drop(columns=["r"])
    data["b"] = data["b"].map("{:.9E}".format, na_action="ignore")
    data.to_csv(tmp_path / "d.csv", index=False, na_rep="NA")
    (tmp_path / "s.yaml").write_text(STUDY)
    found = xl.run(tmp_path / "s.yaml", tmp_path / "out").estimates
    assert {one.measure: one.n for one in found} == {"mean(a)": 51, "headcount": 55, "mean(b)": 54}
    assert found.find(measure="mean(a)").estimate == pytest.approx(homes().a.mean(), rel=1e-12)
    (tmp_path / "s.yaml").write_text(STUDY.replace("mean(b)", "mean(bb)"))
    said = [f.message for f in xl.check(tmp_path / "s.yaml") if f.severity == "error"]
    assert any("there is no column 'bb'" in message for message in said)
