"""Where there is no figure there is no standard error, whatever the measure and the welfare."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli.estimate import command
from exitline.stats.infer.blocks import COLUMNS

MEASURES = (
    "headcount", "shortfall", "sen", "takayama", "growth_elasticity(1)", "mld", "atkinson(2)",
    "zenga", "wolfson", "correlation(y, g)", "lorenz(0.4)", "quintile_ratio", "richness(2)",
)  # fmt: skip
RELATIVE = ("median_of_poor", "relative_median_gap")
WELFARE = {
    "all zero": lambda y: y * 0,
    "negative": lambda y: -y,
    "nobody poor": lambda y: y / y.max() + 1e4,
}


def homes(kind: str) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    n = 60
    data = pd.DataFrame({
        "y": WELFARE[kind](np.exp(rng.normal(3, 0.8, n))), "g": rng.integers(0, 2, n).astype(float),
        "w": rng.uniform(1, 3, n), "a": np.repeat(list("abc"), 20), "p": np.repeat(range(15), 4),
    })  # fmt: skip
    for i in range(5):
        data[f"r{i}"] = np.where(data.p % 5 == i, 0, data.w * 1.25)
    return data


@pytest.mark.parametrize("design", [
    xl.Design(weight="w", psu="p"),
    xl.Design(weight="w", replicates=[f"r{i}" for i in range(5)], kind="JK1"),
], ids=["PSUs", "replicates"])  # fmt: skip
@pytest.mark.parametrize("kind", WELFARE)
def test_no_figure_no_error(kind, design):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        measures = (*MEASURES, *(RELATIVE if kind == "nobody poor" else ()))
        found = xl.estimate(homes(kind), measures, welfare="y", line=15.0, design=design, by="a")
    table = found.to_pandas()
    assert table.estimate.isna().any()
    assert not np.isinf(table[["estimate", "se", "ci_low", "ci_high"]]).any(axis=None)
    assert table.se[table.estimate.isna()].isna().all()
    known = table.dropna(subset=["ci_low", "ci_high"])
    assert (known.ci_low <= known.estimate + 1e-9).all()
    assert (known.ci_high >= known.estimate - 1e-9).all()


HOMES = pd.DataFrame({"y": [0.0, 0.0, 0.0, 4.0, 5.0, 9.0], "a": list("zzzfff")})


def test_a_table_with_a_gap_says_why(tmp_path):
    """No empty cell without its reason, in files too; whole tables stay as they are."""
    found = xl.estimate(HOMES, "gini", welfare="y", by="a")
    table = found.to_pandas()
    assert list(table.columns) == [*COLUMNS, "reason"]
    assert table.reason.tolist() == ["", "", "the mean is not above zero"]
    found.save(tmp_path / "gini.csv")
    assert pd.read_csv(tmp_path / "gini.csv").reason[2] == "the mean is not above zero"
    assert list(found.to_pandas(reason=False).columns) == list(COLUMNS)
    whole = xl.estimate(HOMES, "mean", welfare="y")
    assert list(whole.to_pandas().columns) == list(COLUMNS)


def test_what_is_asked_for_beside_the_figures_is_in_every_form(tmp_path):
    """`--cv --deff --save`: the file and the readable table have them, as the terminal has."""
    data = tmp_path / "homes.csv"
    HOMES.to_csv(data, index=False)
    files = [str(tmp_path / f"out.{kind}") for kind in ("csv", "md")]
    given = ["--measure", "mean", "--welfare", "y", "--deff", "--cv"]
    result = CliRunner().invoke(
        command, [str(data), *given, "--save", files[0], "--save", files[1]], catch_exceptions=False
    )
    assert result.exit_code == 0
    found = xl.estimate(HOMES, "mean", welfare="y", deff=True)
    row = pd.read_csv(files[0]).iloc[0]
    assert row.cv == pytest.approx(found.find().se / 3.0, rel=1e-12)
    assert row.deff == pytest.approx(found.find().deff, rel=1e-12)
    assert "| CV | deff |" in Path(files[1]).read_text()
    assert "deff" in found.to_pandas()
    assert "cv" not in found.to_pandas()


@pytest.mark.parametrize("welfare", [-5.0, 0.0, 1500.0])
def test_nothing_is_said_in_passing(welfare):
    """Where a figure cannot be had it has a reason, and NumPy does not warn."""
    homes = pd.DataFrame({"y": [welfare] * 8, "p": [1, 1, 2, 2, 3, 3, 4, 4]})
    lines = [1500, xl.relative_line(0.6)] if welfare > 0 else [1500]
    measures = ["amato", "headcount", "poverty_gap", "renyi(0.5)", "zenga", "wolfson"]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        found = xl.estimate(homes, measures, welfare="y", line=lines, design=xl.Design(psu="p"))
    for one in found:
        assert one.reason or not math.isnan(one.estimate + one.se), one.measure


@pytest.mark.parametrize(
    ("change", "missing", "said"),
    [
        ({"y": np.nan}, "error", "6 households have missing welfare"),
        ({"y": np.nan}, "exclude", "no household can be used"),
        ({"w": 0.0}, "error", "no household can be used"),
    ],
)
def test_where_nothing_can_be_used_every_line_says_so_alike(change, missing, said):
    data = HOMES.assign(w=1.0).assign(**change)
    design = xl.Design(weight="w")
    for measure, line in (
        ("headcount", 3), ("headcount", xl.relative_line(0.6)), ("at_risk_rate", None),
        ("headcount", xl.relative_line(0.5, of="mean")), ("mean", None),
    ):  # fmt: skip
        with pytest.raises(xl.ExitlineError) as caught:
            xl.estimate(data, measure, welfare="y", line=line, design=design, missing=missing)
        assert caught.value.what == said, measure


def test_columns_that_were_added_are_offered_to_nobody():
    """The shares of `proportion` stand in columns of our own while a condition is read."""
    with pytest.raises(xl.ExitlineError) as caught:
        xl.estimate(HOMES, ["proportion(a)", "mean"], welfare="y", where="nothing > 1")
    assert caught.value.expected == "one of a, y"
    with pytest.raises(xl.ExitlineError) as caught:
        xl.estimate(HOMES, ["proportion(a)", "mean"], welfare="nothing")
    assert caught.value.expected == "one of y, a"


def test_a_line_that_is_refused_is_not_also_called_missing():
    with pytest.raises(xl.ExitlineError) as caught:
        xl.estimate(HOMES, ["headcount", "watts"], welfare="y", line=-5)
    assert str(caught.value).count("expected:") == 1
    assert caught.value.what == "a poverty line must be a finite number above zero"
    with pytest.raises(xl.ExitlineError, match="'watts' needs a poverty line"):
        xl.estimate(HOMES, "watts", welfare="y", line=[])


def test_replicates_without_degrees_of_freedom_are_not_called_psus():
    """Two replicate weights have rank 1 at the most beside their mean: R's degf() is 0."""
    data = HOMES.assign(w=1.0, r1=[1.0, 1, 1, 1, 1, 2])
    data["r2"] = data.r1
    design = xl.Design(weight="w", replicates=["r1", "r2"], kind="BRR")
    found = xl.estimate(data, "mean", welfare="y", design=design).find()
    told = "the replicate weights leave no degrees of freedom: no interval can be given"
    assert (found.reason, found.df) == (told, 0)
    table = xl.tabulate(data, "a", design=design).to_pandas()
    assert set(table.reason) == {told}
