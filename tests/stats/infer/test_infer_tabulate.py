"""Tables of categories, tests of independence and intervals of shares as R: tabulate.R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import DataError, ExitlineError, MeasureError
from exitline.stats.infer.cross_tables.association import tail_of_sum
from exitline.stats.infer.intervals import share

HERE = Path(__file__).parent
DATA = HERE.parent / "estimate" / "reference"


def _reference(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "reference" / name, keep_default_na=False, na_values=["NA"])


FIGURES, TESTS = _reference("tabulate.csv"), _reference("tabulate_tests.csv")
INTERVALS = _reference("share_intervals.csv")
TWO_STAGES = xl.Design(weight="pw", psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))
DESIGNS = {
    "strat": xl.Design(weight="pw", strata="stype", fpc="fpc"),
    "clus1": xl.Design(weight="pw", psu="dnum", fpc="fpc"),
    "clus2": TWO_STAGES,
    "missing": TWO_STAGES,
}


def _schools(case: str) -> pd.DataFrame:
    data = pd.read_csv(DATA / f"api{'clus2' if case == 'missing' else case}.csv")
    if case == "missing":
        k = np.arange(1, len(data) + 1)
        data.loc[k % 7 == 0, "stype"] = None
        data.loc[k % 11 == 0, "sch.wide"] = None
    return data


@pytest.fixture(scope="module", params=DESIGNS)
def case(request):
    data = _schools(request.param)
    return request.param, xl.tabulate(data, "stype", "sch.wide", design=DESIGNS[request.param])


def test_shares_and_numbers(case):
    name, table = case
    found = table.to_pandas().set_index(["share", "row", "column"])
    wanted = FIGURES[FIGURES["case"] == name]
    for row in wanted.itertuples():
        got = found.loc[row.share, row.row, row.column]
        assert got["estimate"] == pytest.approx(row.estimate, rel=1e-9)
        small = 1e-12 * max(1, row.estimate)
        assert got["se"] == pytest.approx(row.se, rel=1e-9, abs=small)
    assert len(found) == len(wanted) + 3  # R's has no margin of numbers by column, nor the sum


@pytest.mark.parametrize("statistic", TESTS["statistic"].unique())
def test_tests_of_independence(case, statistic):
    name, table = case
    wanted = TESTS[(TESTS["case"] == name) & (TESTS["statistic"] == statistic)].iloc[0]
    got = table.test(statistic)
    value = wanted["value"]
    if statistic in ("Chisq", "saddlepoint"):  # R's counts the rows outside the table in N, too
        value *= wanted["n"] / wanted["all"]
    assert got.value == pytest.approx(value, rel=1e-9)
    assert got.df == pytest.approx(wanted["df"], rel=1e-9, nan_ok=True)
    assert got.ddf == pytest.approx(wanted["ddf"], rel=1e-9, nan_ok=True)
    # R finds its saddlepoint to 1e-8 only.
    assert got.p == pytest.approx(wanted["p"], rel=1e-7 if statistic == "saddlepoint" else 1e-9)


def test_lincom_is_the_saddlepoint_as_in_r_without_compquadform(case):
    _, table = case
    assert table.test("lincom").p == table.test("saddlepoint").p


def test_the_saddlepoint_is_near_the_tail_that_simulation_gives():
    draws = np.random.default_rng(1).chisquare(1, (1_000_000, 3)) @ [3.0, 1.5, 0.5]
    simulated = float((draws > 15).mean())
    assert tail_of_sum(15.0, np.array([3.0, 1.5, 0.5])) == pytest.approx(simulated, rel=0.02)


# R's logit goes through glm (1e-8), its likelihood interpolates a profile with n / (n - 1).
LOOSE = {"logit": 1e-7, "likelihood": 3e-3}


@pytest.mark.parametrize("row", INTERVALS.to_dict("records"), ids=lambda r: "-".join(
    str(r[k]) for k in ("case", "method", "level")
))  # fmt: skip
def test_intervals_of_shares_as_svyciprop(row, shares):
    method = {"xlogit": "logit"}.get(row["method"], row["method"])
    p, se, n, df = (
        np.array([float(shares[row["case"]][k])]) for k in ("estimate", "se", "n", "df")
    )
    got = share(p, se, n, df, row["level"], method)
    for name in ("low", "high"):
        close = pytest.approx(row[name], rel=LOOSE.get(row["method"], 1e-9))
        assert getattr(got, name)[0] == close


@pytest.fixture(scope="module")
def shares():
    """The share of schools with sch.wide "Yes", by case."""
    return {
        case: xl.tabulate(_schools(case), "sch.wide", design=DESIGNS[case]).to_pandas("cell").loc[1]
        for case in ("strat", "clus1", "clus2")
    }


def test_the_interval_is_that_which_was_asked_for():
    found = [
        xl.tabulate(_schools("clus1"), "sch.wide", interval=one).to_pandas("cell")["ci_low"][0]
        for one in ("logit", "wilson")
    ]
    assert found[0] != found[1]


def test_wilson_is_the_score_interval_at_the_effective_size():
    """Both limits solve (p - x)^2 = t^2 x (1 - x) / n with n = p (1 - p) / se^2."""
    from exitline.stats.infer.intervals import t_quantile, wilson_share

    p, se, df = np.array([0.12, 0.5]), np.array([0.03, 0.06]), np.array([14.0, 500.0])
    found = wilson_share(p, se, df, 0.9)
    n = p * (1 - p) / se**2
    for x in (found.low, found.high):
        np.testing.assert_allclose((p - x) ** 2, t_quantile(0.95, df) ** 2 * x * (1 - x) / n)


def test_degrees_of_freedom_and_n_speak_of_the_denominator():
    data, design = _schools("clus1"), DESIGNS["clus1"]
    found = xl.tabulate(data, "stype", "sch.wide", design=design).to_pandas()
    high = data[data["stype"] == "H"]
    of_row = found[(found["share"] == "row") & (found["row"] == "H")]
    assert set(of_row["n"]) == {len(high)}
    assert set(of_row["df"]) == {high["dnum"].nunique() - 1}
    assert of_row["estimate"].sum() == pytest.approx(1)


def test_rows_without_a_category_stand_outside(case):
    name, table = case
    said = ("28 households outside the table: 'stype' or 'sch.wide' missing",)
    assert table.notes == (said if name == "missing" else ())


def test_cells_without_households_are_zero_and_codes_are_labelled():
    homes = pd.DataFrame({"a": [1, 1, 2, 2, 2, 3], "b": [0, 1, 0, 0, 0, 1]})
    table = xl.tabulate(homes, "a", "b")
    found = table.to_pandas("row").set_index(["row", "column"])
    assert list(found.index[:2]) == [("1", "0"), ("1", "1")]
    assert found.loc[("2", "1"), ["estimate", "se"]].tolist() == [0.0, 0.0]
    assert found.loc[("2", "0"), ["estimate", "se"]].tolist() == [1.0, 0.0]
    assert found.loc[("2", "1"), "ci_high"] > 0.5  # Korn and Graubard's
    assert np.isnan(found.loc[("3", "1"), "se"])
    assert "one PSU" in found.loc[("3", "1"), "reason"]


def test_persons_or_households():
    homes = pd.DataFrame({"a": list("xxy"), "size": [1, 2, 5]})
    design = xl.Design(size="size")
    shares = {
        unit: xl.tabulate(homes, "a", design=design, unit=unit).to_pandas("cell")["estimate"][0]
        for unit in ("persons", "households")
    }
    assert shares == {"persons": pytest.approx(3 / 8), "households": pytest.approx(2 / 3)}


def test_a_full_count_is_exact_and_not_tested():
    homes = pd.DataFrame({"a": list("xxyy"), "b": list("pqpp")})
    table = xl.tabulate(homes, "a", "b", design=xl.Design(census=True))
    assert set(table.to_pandas()["se"]) == {0.0}
    with pytest.raises(MeasureError, match="full count"):
        table.test()


def test_same_values_on_every_engine(engine):
    data = _schools("missing")
    found = xl.tabulate(data, "stype", "sch.wide", design=TWO_STAGES, engine=engine)
    wanted = FIGURES[(FIGURES["case"] == "missing") & (FIGURES["share"] == "row")]
    got = found.to_pandas("row").set_index(["row", "column"])
    for row in wanted.itertuples():
        assert got.loc[(row.row, row.column), "se"] == pytest.approx(row.se, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"row": "nosuch"}, DataError, "no column"),
        ({"row": "a", "column": "a"}, DataError, "two different ones"),
        ({"row": ["a", "b"]}, DataError, "two different ones"),
        ({"row": "empty"}, DataError, "no household is in the table"),
        ({"row": "a", "interval": "wald"}, MeasureError, "no interval"),
        ({"row": "a", "unit": "people"}, MeasureError, "cannot count"),
        ({"row": "a", "level": 95}, MeasureError, "level"),
    ],
)
def test_what_cannot_be_tabulated_says_why(arguments, error, said):
    homes = pd.DataFrame({"a": list("xxyy"), "b": list("pqpp"), "empty": [None] * 4})
    with pytest.raises(error, match=said):
        xl.tabulate(homes, **arguments)


@pytest.mark.parametrize(("columns", "statistic", "said"), [
    (("one", "a"), "F", "single row or column"),
    (("a", "b"), "chi2", "no statistic"),
    (("a", "copy"), "Wald", "cannot be tested together"),
])  # fmt: skip
def test_what_cannot_be_tested_says_why(columns, statistic, said):
    homes = pd.DataFrame({"a": list("xxyyz"), "b": list("pqppq"), "one": ["u"] * 5})
    homes["copy"] = homes["a"]
    with pytest.raises(ExitlineError, match=said):
        xl.tabulate(homes, *columns).test(statistic)


REPLICATED = _reference("replicated_tables.csv")


@pytest.mark.parametrize("pairs", ["aa bb cc dd", "ax ay bx by cz dz cw dw"])
def test_a_table_of_mostly_empty_cells_is_shown_and_not_tested(pairs):
    """A number for a category, or blocks that never meet: it was a fault of status 70."""
    homes = pd.DataFrame([list(pair) for pair in pairs.split()] * 3, columns=["row", "column"])
    table = xl.tabulate(homes, "row", "column")
    assert table.to_pandas("cell").estimate.notna().all()
    with pytest.raises(MeasureError, match="so many cells are empty"):
        table.test()


def test_a_table_of_numbers_that_memory_cannot_hold_is_refused():
    homes = pd.DataFrame({"income": np.arange(120), "spent": np.arange(120)})
    with pytest.raises(MeasureError, match="14,400 cells is too large"):
        xl.tabulate(homes, "income", "spent")


@pytest.mark.parametrize("mse", [False, True])
def test_replicate_weights_count_every_figure_again(mse):
    schools = pd.read_csv(HERE / "cases" / "api_models_clus2.csv")
    districts = schools["dnum"].unique()
    k = len(districts)
    for i, one in enumerate(districts):
        schools[f"r{i}"] = schools["pw"] * np.where(schools["dnum"] == one, 0, k / (k - 1))
    design = xl.Design(weight="pw", replicates=[f"r{i}" for i in range(k)], kind="JK1", mse=mse)
    table = xl.tabulate(schools, "stype", "sch.wide", design=design)
    found = table.to_pandas().set_index(["share", "row", "column"])["se"]
    for row in REPLICATED[REPLICATED["mse"] == mse].itertuples():
        got = table.test(row.what).p if row.row == "" else found[row.what, row.row, row.column]
        assert got == pytest.approx(row.value, rel=1e-9), row
