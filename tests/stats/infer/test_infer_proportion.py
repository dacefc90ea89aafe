"""Shares of each value of a column, by name: proportion(column)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import ExitlineError

HERE = Path(__file__).parent
DESIGN = xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))
FIGURES = pd.read_csv(HERE / "reference" / "tabulate.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    return pd.read_csv(HERE.parent / "estimate" / "reference" / "apiclus2.csv")


def test_each_value_as_svymean_of_a_factor(engine, schools):
    found = xl.estimate(
        schools, ["proportion(stype)", "mean"], welfare="api00", design=DESIGN, by="sch.wide",
        engine=engine,
    )  # fmt: skip
    wanted = FIGURES[(FIGURES["case"] == "clus2") & (FIGURES["row"] != "")]
    for row in wanted[wanted["share"] == "column"].itertuples():
        got = found.find(measure=f"proportion(stype, {row.row})", domain=row.column)
        assert got.estimate == pytest.approx(row.estimate, rel=1e-9)
        assert got.se == pytest.approx(row.se, rel=1e-9)
    assert found.find(measure="mean", by="").n == len(schools)


def test_it_speaks_of_those_whose_value_is_known(schools):
    schools = schools.assign(stype=schools["stype"].where(schools.index % 3 > 0))
    found = xl.estimate(schools, "proportion(stype)", design=DESIGN)
    assert [one.n for one in found] == [int(schools["stype"].notna().sum())] * 3
    assert sum(one.estimate for one in found) == pytest.approx(1)


def test_a_wald_test_of_several_shares(schools):
    found = xl.estimate(schools, "proportion(stype)", design=DESIGN)
    test = found.wald([{"measure": f"proportion(stype, {one})"} for one in "EH"], values=1 / 3)
    assert test.df == 2
    with pytest.raises(ExitlineError, match="follows from the others"):
        found.wald({"by": ""}, values=1 / 3)


@pytest.mark.parametrize("value", [1, 1.0, np.int64(1), "1"])
def test_a_value_may_be_a_number(value):
    homes = pd.DataFrame({"race": [1, 2, 1, 1]})
    found = xl.estimate(homes, xl.measure.proportion("race", value)).find()
    assert (found.measure, found.estimate) == ("proportion(race, 1)", 0.75)


@pytest.mark.parametrize("value", ["tin, new", 'a "b"', "x = 3", "it's", "(missing)"])
def test_a_name_asks_for_its_figure_again(value):
    homes = pd.DataFrame({"roof": [value, value, "other", None]})
    found = next(iter(xl.estimate(homes, "proportion(roof)")))
    shown = found if found.estimate > 0.5 else list(xl.estimate(homes, "proportion(roof)"))[1]
    again = xl.estimate(homes, shown.measure).find()
    assert (again.measure, again.estimate) == (shown.measure, pytest.approx(2 / 3))


@pytest.mark.parametrize(("measure", "said"), [
    ("proportion(nosuch)", "no column 'nosuch'"),
    ("proportion", "cannot be made"),
    ("proportion(empty)", "is empty"),
    ("proportion(many)", "too many values"),
    ("proportion(few, x)", "no value 'x'"),
])  # fmt: skip
def test_what_has_no_shares_says_why(measure, said):
    homes = pd.DataFrame({"few": [1, 2, 3] * 100, "many": range(300), "empty": [None] * 300})
    with pytest.raises(ExitlineError, match=said):
        xl.estimate(homes, measure)
