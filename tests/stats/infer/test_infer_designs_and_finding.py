"""Lists in a design, areas by their columns, numbers of any type: all of them are understood."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import DesignError, MeasureError


@pytest.fixture(scope="module")
def homes() -> pd.DataFrame:
    rows = np.arange(96)
    return pd.DataFrame(
        {"a": np.where(rows < 48, "x", "xy"), "b": np.where(rows // 24 % 2, "yz", "z"),
         "ea": rows // 4, "hh": rows, "y": 1.0 + rows * 7 % 13, "year": 2016 + rows % 2,
         "big": 40, "more": 20, "region": np.where(rows % 3, "north", "south")}
    )  # fmt: skip


def _se(homes: pd.DataFrame, design: xl.Design, engine: str = "duckdb") -> tuple[float, float]:
    found = xl.estimate(homes, "mean", welfare="y", design=design, engine=engine).find()
    return found.se, found.df


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_strata_of_several_columns_are_crossed(homes: pd.DataFrame, engine: str) -> None:
    """("x", "yz") and ("xy", "z") read the same one after the other, and are two strata."""
    ours = _se(homes, xl.Design(strata=["a", "b"], psu="ea"), engine)
    one = homes.assign(ab=homes.a + "/" + homes.b)
    assert ours == pytest.approx(_se(one, xl.Design(strata="ab", psu="ea")), rel=1e-12)
    assert ours[1] == 20


def test_lists_are_tuples(homes: pd.DataFrame) -> None:
    lists = xl.Design(psu=["ea", "hh"], fpc=["big", "more"], strata=["a"])
    tuples = xl.Design(psu=("ea", "hh"), fpc=("big", "more"), strata=("a",))
    assert lists == tuples
    assert hash(lists) == hash(tuples)
    assert lists.columns == ("a", "ea", "hh", "big", "more")
    assert _se(homes, lists) == _se(
        homes, xl.Design(psu=("ea", "hh"), fpc=("big", "more"), strata="a")
    )


@pytest.mark.parametrize(
    "roles",
    [{"strata": 3}, {"psu": ["ea", 4]}, {"psu": []}, {"weight": ["w"]}, {"size": 2.0},
     {"psu": ["ea", "ea"]}, {"fpc": {"a": 1}}, {"strata": [["a"]]}],
    ids=str,
)  # fmt: skip
def test_what_names_no_columns_is_refused(roles: dict[str, object]) -> None:
    with pytest.raises(DesignError) as error:
        xl.Design(**roles)
    assert f"design.{next(iter(roles))}" in str(error.value)


def test_no_areas(homes: pd.DataFrame) -> None:
    found = xl.estimate(homes, "mean", welfare="y", by=None)
    assert [e.by for e in found] == [""]
    assert found.find(by=None).estimate == found.find(by="").estimate


def test_areas_are_found_by_their_columns_and_by_numbers(homes: pd.DataFrame) -> None:
    found = xl.estimate(homes, ["mean", "headcount"], welfare="y", line=np.int64(6),
                        by=["year", ("region", "year")])  # fmt: skip
    mean = homes[homes.year == 2017].y.mean()
    assert found.find(measure="mean", year=2017).estimate == pytest.approx(mean)
    assert found.find(measure="mean", by="year", domain=2017).estimate == pytest.approx(mean)
    assert found.find(measure="mean", year=np.int64(2017)).domain == "2017"
    assert found.find(measure="headcount", line=6, year=2016.0).line == "6"
    both = homes[(homes.year == 2016) & (homes.region == "south")].y.mean()
    got = found.find(measure="mean", region="south", year=2016)
    assert (got.domain, got.estimate) == ("south, 2016", pytest.approx(both))
    gap = found.difference({"measure": "mean", "year": 2016}, {"measure": "mean", "year": 2017})
    assert gap.domain == "2016 - 2017"


def test_what_is_not_there_is_said_without_offering_what_was_typed(homes: pd.DataFrame) -> None:
    found = xl.estimate(homes, "mean", welfare="y", by=["year", "region"])
    for wanted, hint in (({"region": "nort"}, "'north'"), ({"yaer": 2016}, "'year'"),
                         ({"domain": "north", "measure": "median"}, None)):  # fmt: skip
        with pytest.raises(MeasureError) as error:
            found.find(**wanted)
        assert "fits 0" in str(error.value)
        assert hint is None or hint in str(error.value)
        assert "did you mean 'north'?" not in str(error.value) or wanted.get("domain") != "north"


@pytest.mark.parametrize(
    "line",
    [20, 20.0, np.int64(20), np.int32(20), np.uint8(20), np.float32(20), np.float64(20),
     Decimal(20), [np.int64(20)], np.array([20]), np.array(20), pd.Series([20])],
    ids=lambda x: f"{type(x).__name__}-{x}".replace("\n", " "),
)  # fmt: skip
def test_numbers_of_any_type_are_lines(homes: pd.DataFrame, line: object) -> None:
    found = xl.estimate(homes.assign(y=homes.y * 4), "headcount", welfare="y", line=line)
    assert [(e.line, e.estimate) for e in found] == [("20", pytest.approx((homes.y < 5).mean()))]


@pytest.mark.parametrize("line", [True, np.bool_(True), object(), float("nan"), -1])
def test_other_things_are_not(homes: pd.DataFrame, line: object) -> None:
    with pytest.raises(MeasureError):
        xl.estimate(homes, "headcount", welfare="y", line=line)
