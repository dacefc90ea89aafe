"""Curves of methods: their points are the figures of each quota, in order."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.exits.target.counting import SAMPLE, coarse

import exitline as xl
from exitline.cli import main
from exitline.exits.target.errors import TargetError

DESIGN = xl.Design(weight="hhweight", size="hhsize", psu="ea")


@pytest.fixture(scope="module")
def found():
    return xl.target.evaluate(
        SAMPLE, {"crowded": "rooms - hhsize", "small": "hhsize"}, welfare="pc_exp", line=1500,
        design=DESIGN, quota=[0.1, 0.3, 0.5, 0.7, 0.9],
    )  # fmt: skip


def test_a_roc_curve_goes_through_the_coverages_and_has_the_area(found):
    table = found.curve("roc")
    for name in ("crowded", "small"):
        one = table[table["curve"] == name]
        assert len(one) == 7
        assert one[["x", "estimate"]].iloc[0].tolist() == [0.0, 0.0]
        assert one[["x", "estimate"]].iloc[-1].tolist() == [1.0, 1.0]
        assert (np.diff(one["estimate"]) >= -1e-12).all()
        at = found.find(name, "nonpoor_coverage", 0.3).estimate
        point = one.iloc[(one["x"] - at).abs().argmin()]
        poor = found.find(name, "poor_coverage", 0.3)
        assert point["estimate"] == poor.estimate
        assert (point["band_low"], point["band_high"]) == (poor.ci_low, poor.ci_high)
        area = np.trapezoid(one["estimate"], one["x"])
        assert area == pytest.approx(found.find(name, "roc_area").estimate, abs=0.03)


def test_precision_is_what_the_inclusion_error_leaves(found):
    table = found.curve("precision_recall")
    one = table[table["curve"] == "crowded"]
    assert len(one) == 5
    recall = found.find("crowded", "poor_coverage", 0.5).estimate
    point = one.iloc[(one["x"] - recall).abs().argmin()]
    error = found.find("crowded", "inclusion_error", 0.5)
    assert point["estimate"] == 1 - error.estimate
    assert point["band_low"] == 1 - error.ci_high


def test_budgets_leave_less_and_curves_are_drawn(found):
    left = xl.target.evaluate(
        SAMPLE, {"crowded": "rooms - hhsize"}, welfare="pc_exp", line=1500, design=DESIGN,
        quota=0.4, tables=["budget"], budgets=[0.5, 1.0, 2.0],
    )  # fmt: skip
    table = left.curve("budget")
    assert table["curve"].unique().tolist() == [
        "crowded, 40 %: headcount", "crowded, 40 %: poverty gap",
    ]  # fmt: skip
    for _, one in table.groupby("curve"):
        assert (np.diff(one["estimate"]) < 0).all()
    for evaluation, kind in ((found, "roc"), (found, "precision_recall"), (left, "budget")):
        drawing = evaluation.plot(kind)
        said = next(iter(drawing.to_dict()["datasets"].values()))
        assert len(said) == len(evaluation.curve(kind))
    with pytest.raises(TargetError, match="too few points"):
        left.curve("roc")
    with pytest.raises(TargetError, match="there is no curve 'rok'"):
        found.plot("rok")


def test_the_command_draws_them_side_by_side(tmp_path):
    page = tmp_path / "curves.json"
    coarse().to_csv(tmp_path / "homes.csv", index=False)
    with pytest.raises(SystemExit) as ended:
        main(["target", str(tmp_path / "homes.csv"), "--method", "score", "--welfare", "y",
              "--line", "2.5", "--weight", "w", "--quota", "0.3", "--table", "budget",
              "--plot", str(page)])  # fmt: skip
    assert ended.value.code == 0
    text = page.read_text()
    drawn = json.loads(text)["datasets"].values()
    assert sorted(map(len, drawn)) == [16, 19, 21]
    for title in ("(ROC)", "Precision and recall", "What is left of poverty"):
        assert title in text
