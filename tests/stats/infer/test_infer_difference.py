"""Differences between figures of one sample: SE, df, p and interval as R's svycontrast."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exitline as xl

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "stats" / "estimate" / "reference"
FIGURES = pd.read_csv(REFERENCE / "survey_differences.csv", keep_default_na=False)
TOLERANCE = 1e-9


def _albania() -> xl.Estimates:
    homes = pd.read_parquet(ROOT / "examples" / "albania-2012" / "lival.parquet")
    homes = homes.assign(capita=(0.07527689 * homes.totcons / homes.rcons).round())
    return xl.estimate(
        homes, ["headcount", "mean", "poor_count"], welfare="rcons", line=4891,
        design=xl.Design(weight="weight", size="capita", strata="strat", psu="psu"),
        by=["urban", "region", "prefectu"],
    )  # fmt: skip


def _schools(case: str) -> xl.Estimates:
    lonely = case.partition("-")[2] or "fail"
    file = {"clus2": "apiclus2.csv", "strat": "apistrat.csv"}.get(case, "lonely_psu_input.csv")
    data = pd.read_csv(REFERENCE / file)
    if case == "clus2":
        data["half"] = ["odd" if n % 2 else "even" for n in data["snum"]]
        design = xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))
    else:
        design = xl.Design(weight="pw", strata="stype", fpc="fpc", lonely=lonely)
    by = {"clus2": "half", "strat": "stype"}.get(case, "comp.imp")
    return xl.estimate(data, ["mean", "total"], welfare="api00", design=design, by=by)


@pytest.fixture(scope="module")
def found() -> dict[str, xl.Estimates]:
    return {
        case: _albania() if case == "albania" else _schools(case)
        for case in FIGURES["case"].unique()
    }


@pytest.mark.parametrize(
    "figure", FIGURES.to_dict("records"), ids=lambda f: "-".join(str(f[k]) for k in list(f)[:5])
)
def test_as_svycontrast(found, figure):
    side = {"measure": figure["measure"], "by": figure["by"]}
    got = found[figure["case"]].difference(
        {**side, "domain": figure["a"]}, {**side, "domain": figure["b"]}
    )
    assert got.df == figure["df"]
    assert got.estimate == pytest.approx(figure["estimate"], rel=TOLERANCE)
    assert got.se == pytest.approx(figure["se"], rel=TOLERANCE)
    assert got.p == pytest.approx(figure["p"], rel=1e-8)
    assert got.ci_low == pytest.approx(figure["low"], rel=TOLERANCE)
    assert got.ci_high == pytest.approx(figure["high"], rel=TOLERANCE)


def test_no_difference_from_a_side_without_a_standard_error():
    homes = pd.DataFrame({"y": [1.0, 2, 3, 9, 5, 4], "r": list("aabbcc"), "p": [1, 1, 2, 3, 4, 5]})
    found = xl.estimate(homes, "mean", welfare="y", design=xl.Design(psu="p"), by="r")
    gap = found.difference({"domain": "a"}, {"domain": "b"})
    assert gap.estimate == pytest.approx(-4.5)
    assert pd.isna(gap.se)
    assert pd.isna(gap.p)
    assert "one PSU" in gap.reason
