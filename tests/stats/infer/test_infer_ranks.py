"""Rank tests as R's svyranktest (reference/ranks.R), whatever the order of rows and the ties."""

from __future__ import annotations

from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

import exitline as xl
from exitline.errors import MeasureError
from exitline.stats.measure.modelling.rank_scores import with_rank_scores
from exitline.stats.measure.modelling.regression_sums import KNOWN, RESPONSE

HERE = Path(__file__).parent
FIGURES = pd.read_csv(HERE / "reference" / "ranks.csv")
STRAT = pd.read_csv(HERE / "cases" / "api_models_strat.csv")
CLUS2 = pd.read_csv(HERE / "cases" / "api_models_clus2.csv")
LESS = {"large": ["wilcoxon"], "jk": ["vanderWaerden"], "plain": ["median", "KruskalWallis"]}
"""Of these designs only some tests are run, for time."""
STAGES = xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))


def _untied(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(place=rows["api00"] + np.arange(1, len(rows) + 1) / 1000)


def _asked(case: str) -> dict:
    """Data, design and subpopulation of a case."""
    if case == "strat":
        return {"data": _untied(STRAT), "design": xl.Design(weight="pw", strata="stype", fpc="fpc")}
    if case == "plain":
        return {"data": STRAT.assign(place=STRAT["api00"])}
    if case == "jk":
        one = xl.Design(weight="pw", psu="dnum")
        made = xl.replicate_weights(_untied(CLUS2), one, kind="JK1")
        return {"data": made.to_pandas(), "design": made.design}
    where = "enroll > 400" if case == "large" else None
    return {"data": _untied(CLUS2), "design": STAGES, "where": where}


def _agrees(got, wanted: pd.Series) -> None:
    assert got.df == got.wald.ddf == wanted["ddf"]
    assert got.p == pytest.approx(wanted["p"], rel=1e-8)
    if wanted["by"] == "sch.wide":
        assert got.t == pytest.approx(wanted["value"], rel=1e-9)
        assert got.estimate == pytest.approx(wanted["estimate"], rel=1e-9)
    else:
        assert got.wald.f == pytest.approx(wanted["value"], rel=1e-9)
        assert len(got.to_pandas()) == 2


@pytest.mark.parametrize("case", ["strat", "clus2", "large", "jk", "plain"])
def test_rank_tests_as_svyranktest(case):
    asked = _asked(case)
    wanted_all = FIGURES[FIGURES["case"] == case]
    if case in LESS:
        wanted_all = wanted_all[wanted_all["test"].isin(LESS[case])]
    for _, wanted in wanted_all.iterrows():
        _agrees(xl.rank_test(**asked, column="place", by=wanted["by"], test=wanted["test"]), wanted)


def test_same_on_every_engine(engine):
    wanted = FIGURES[(FIGURES["case"] == "clus2") & (FIGURES["test"] == "vanderWaerden")].iloc[0]
    asked = _asked("clus2")
    _agrees(xl.rank_test(**asked, column="place", by="sch.wide", test=wanted["test"],
                         engine=engine), wanted)  # fmt: skip


def test_ties_rows_and_split_weights_do_not_matter():
    """A row of weight 3 ranks as three of weight 1; R's ranks depend on the order of rows."""
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"y": rng.integers(1, 6, 60), "w": rng.integers(1, 4, 60)})
    rows["g"] = np.where(rng.random(60) + rows["y"] / 10 > 0.8, "b", "a")
    for test in ("wilcoxon", "median"):
        one = xl.rank_test(rows, "y", "g", test=test, design=xl.Design(weight="w"))
        mixed = rows.sample(frac=1, random_state=1)
        again = xl.rank_test(mixed, "y", "g", test=test, design=xl.Design(weight="w"))
        apart = xl.rank_test(rows.loc[rows.index.repeat(rows["w"])], "y", "g", test=test)
        assert again.t == pytest.approx(one.t, rel=1e-10)
        assert apart.estimate == pytest.approx(one.estimate, rel=1e-10)


def test_normal_scores_are_quantiles_far_out_too():
    """Wichura's algorithm against SciPy's, down to shares of 1e-17."""
    weight = np.concatenate([10.0 ** np.arange(-17, 0), np.full(40, 0.5)])
    rows = pd.DataFrame({RESPONSE: np.arange(float(len(weight))), KNOWN: 1.0, "w": weight})
    table = ibis.memtable(rows)
    found = ibis.duckdb.connect().to_pyarrow(with_rank_scores(table, table.w, "vanderWaerden"))
    got = found.to_pandas().sort_values("w", kind="stable")
    share = (np.cumsum(weight) - weight / 2) / weight.sum()
    np.testing.assert_allclose(np.sort(got[RESPONSE]), ndtri(share), rtol=1e-12, atol=1e-14)


def test_what_cannot_be_ranked_is_refused():
    rows = pd.DataFrame({"y": [2.0, 2.0, 2.0, 2.0], "g": ["a", "a", "b", "b"], "one": 1})
    with pytest.raises(MeasureError, match="same value"):
        xl.rank_test(rows, "y", "g")
    with pytest.raises(MeasureError, match="a single level"):
        xl.rank_test(rows.assign(y=[1, 2, 3, 4]), "y", "one")
    with pytest.raises(MeasureError, match="no rank test 'wilcox'"):
        xl.rank_test(rows, "y", "g", test="wilcox")
