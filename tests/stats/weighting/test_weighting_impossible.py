"""Calibrations that have no solution: refused in words, with the margin that fails."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.stats.weighting.conftest import API99, REFERENCE, STYPE, WIDE

import exitline as xl

DESIGN = xl.Design(weight="pw")


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    """R's cluster sample of schools."""
    return pd.read_csv(REFERENCE / "apiclus1.csv")


def refused(data: pd.DataFrame, totals: object, *said: str, **options: object) -> None:
    """A calibration is refused, and its words say where."""
    with pytest.raises(xl.ExitlineError) as caught:
        xl.calibrate(data, DESIGN, totals, **options)
    for text in said:
        assert text in str(caught.value), str(caught.value)


@pytest.mark.parametrize("method", ["poststratify", "raking", "linear"])
def test_a_level_without_rows(schools, method):
    refused(schools, {"stype": STYPE | {"X": 40}}, "totals: stype", "'X'", "without rows",
            method=method)  # fmt: skip


def test_a_level_without_a_total(schools):
    refused(schools, {"stype": {"E": 4421, "H": 755}}, "totals: stype", "'M'", "without a total")


def test_names_decide_and_never_the_order(schools):
    refused(schools, {"stype": {"e": 4421, "h": 755, "m": 1018}}, "totals: stype", "'e', 'h', 'm'")
    refused(schools, [4421, 755, 1018], "totals have no names")
    refused(schools, {"type": STYPE}, "no column 'type'", "stype")


def test_a_crossing_without_rows(schools):
    cells = schools.groupby(["stype", "sch.wide"])["pw"].sum().to_dict()
    refused(schools, {("stype", "sch.wide"): cells | {("E", "Maybe"): 3.0}}, "'E, Maybe'")


def test_margins_that_add_up_to_different_numbers(schools):
    refused(schools, {"stype": STYPE, "sch.wide": WIDE | {"Yes": 5000}}, "contradict", "6,194",
            "6,072", "multiply")  # fmt: skip
    refused(schools, {"stype": STYPE, "(all)": 6200}, "contradict", "(all)")


def test_totals_that_contradict_others_in_this_sample(schools):
    schools = schools.assign(double=2 * schools["api99"])
    refused(schools, {"stype": STYPE, "api99": API99, "double": API99}, "contradicts",
            "7,828,138", "'api99'")  # fmt: skip


@pytest.mark.parametrize("method", ["raking", "linear"])
def test_collinear_margins(schools, method):
    schools = schools.assign(double=2 * schools["api99"], again=schools["stype"])
    refused(schools, {"stype": STYPE, "api99": API99, "double": 2 * API99}, "collinear",
            "'double'", method=method)  # fmt: skip
    refused(schools, {"stype": STYPE, "again": STYPE}, "collinear", "'again'", method=method)


def test_bounds_that_one_total_alone_breaks(schools):
    """R: calibrate(calfun = "logit") says "missing value where TRUE/FALSE needed"."""
    for method in ("logit", "linear", "raking"):
        refused(schools, {"stype": STYPE, "api99": API99 * 1.3}, "totals: api99", "between",
                method=method, bounds=(0.9, 1.2))  # fmt: skip


def test_bounds_that_all_totals_together_break(schools):
    """Each total can be reached alone within these bounds, all three together cannot."""
    for method in ("logit", "linear", "raking"):
        refused(schools, {"stype": STYPE, "api99": API99}, "all totals at once", "totals: ",
                "at best", method=method, bounds=(0.8, 1.65))  # fmt: skip


def test_weights_above_zero_that_would_have_to_be_below(schools):
    refused(schools, {"(all)": 6194, "api99": 6194 * 300}, "above zero", "all totals at once")
    refused(schools, {"api99": -5}, "above zero", "totals: api99")


def test_bounds_beside_the_weights(schools):
    refused(schools, {"stype": STYPE}, "needs bounds", method="logit")
    refused(schools, {"stype": STYPE}, "around 1", method="logit", bounds=(1.1, 2))
    refused(schools, {"stype": STYPE}, "around 1", method="raking", bounds=(2, 0.5))
    refused(schools, {"stype": STYPE}, "needs bounds", "above the largest", method="logit",
            bounds=(1, 30), bounds_of="weights")  # fmt: skip


def test_methods_and_counts_that_do_not_fit(schools):
    refused(schools, {"stype": STYPE, "api99": API99}, "one margin", method="poststratify")
    refused(schools, {"stype": STYPE}, "one of poststratify", method="rake")
    refused(schools, {"stype": STYPE}, "design.size", count="persons")


@pytest.mark.parametrize("total", [float("nan"), float("inf"), None, "many", True, -3, 0])
def test_totals_that_are_no_totals(schools, total):
    refused(schools, {"stype": STYPE | {"H": total}}, "stype")


def test_values_that_are_missing(schools):
    gaps = schools.copy()
    gaps.loc[[3, 5], "stype"] = None
    gaps.loc[7, "api99"] = float("nan")
    refused(gaps, {"stype": STYPE, "api99": API99}, "2 rows", "column 'stype'", "1 row cannot",
            "column 'api99'")  # fmt: skip
    for bad in (0.0, -1.0, float("inf"), None):
        refused(schools.assign(pw=[bad, *schools["pw"][1:]]), {"stype": STYPE}, "column 'pw'",
                "above zero")  # fmt: skip


def test_a_number_that_is_zero_throughout(schools):
    refused(schools.assign(none=0.0), {"stype": STYPE, "none": 5}, "zero on every row")


def test_a_column_that_is_there_already(schools):
    refused(schools, {"stype": STYPE}, "already", name="Enroll")


def test_too_few_steps_are_said(schools):
    refused(schools, {"stype": STYPE, "sch.wide": WIDE}, "did not converge in 1 step",
            "farthest off", iterations=1)  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [("stype", "E", 1), ("stype", "E", 2)],
        [("api99", None, 1), ("api99", None, 2)],
        [("api99", None, 1), ("api99", "5", 2)],
        [(None, "E", 1)],
        [("stype", "E", None)],
    ],
)
def test_tables_of_totals_that_cannot_be_read(schools, rows):
    refused(schools, pd.DataFrame(rows, columns=["margin", "level", "total"]), "total")


def test_ids_that_are_taken_for_levels_are_not_shown(schools):
    with pytest.raises(xl.ExitlineError) as caught:
        xl.calibrate(schools, DESIGN, {"snum": {"1": 5, "2": 6}})
    assert not any(f"'{number}'" in str(caught.value) for number in schools["snum"])
