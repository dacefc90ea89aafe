"""PPS designs without replacement, by function, study and command: R's figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli.estimate import command as estimate_command
from exitline.errors import DesignError
from exitline.stats.data.sampling.pps import Pps

HERE = Path(__file__).parent
R = pd.read_csv(HERE / "reference" / "pps.csv", keep_default_na=False)  # by pps.R
P = np.array([0.6, 0.3, 0.45, 0.25, 0.4, 0.5, 0.7, 0.3])
S = np.array([0, 0, 0, 0, 0, 1, 1, 1])
DATA = pd.DataFrame({
    "id": [f"v{i}" for i in range(8)], "p": P, "s": S, "w": 1 / P, "g": list("ababaabb"),
    "y": [12, 5, 9, 4, 11, 20, 31, 9.0], "x": [10, 6, 8, 5, 9, 19, 29, 12.0],
})  # fmt: skip
APART = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
JOINT = np.outer(P, P) * np.where(np.equal.outer(S, S), 0.82 + 0.01 * APART, 1.0)
np.fill_diagonal(JOINT, P)
SQUARE = pd.DataFrame(JOINT, columns=DATA["id"]).assign(id=DATA["id"])[["id", *DATA["id"]]]
MIXED = SQUARE.iloc[::-1]
LONG = pd.DataFrame(
    [(DATA["id"][i], DATA["id"][j], JOINT[i, j]) for i in range(8) for j in range(i, 8)
     if S[i] == S[j]],
    columns=["psu", "other", "probability"],
)  # fmt: skip
ESTIMATORS = {"HT": "horvitz-thompson", "YG": "yates-grundy"}
MEASURES = {"total": "total(y)", "mean": "mean(y)", "ratio": "ratio(y, x)"}


def design(way: str, estimator: str = "HT", joint=SQUARE, **more) -> xl.Design:
    method = way.replace(".", "-")
    pps = Pps(method, ESTIMATORS[estimator], joint=joint if way == "joint" else None, **more)
    return xl.Design(weight="w", strata="s", psu="id", fpc="p", pps=pps)


def close(one, row) -> None:
    assert one.estimate == pytest.approx(row.estimate, rel=1e-9)
    if row.se == "NaN":  # the estimate of the variance is negative
        assert np.isnan(one.se)
        assert "below zero" in one.reason
    else:
        assert one.se == pytest.approx(float(row.se), rel=1e-9)


@pytest.mark.parametrize(
    ("way", "estimator"), R[["way", "estimator"]].drop_duplicates().itertuples(index=False)
)
def test_figures_are_those_of_r(engine, way, estimator):
    found = xl.estimate(DATA, list(MEASURES.values()), design=design(way, estimator), by="g",
                        engine=engine)  # fmt: skip
    rows = R[(R["way"] == way) & (R["estimator"] == estimator)]
    for row in rows.itertuples():
        close(found.find(measure=MEASURES[row.figure], domain=row.domain), row)
    assert found.find(measure="mean(y)", domain="").df == 6


@pytest.mark.parametrize("joint", [MIXED, LONG])
def test_joint_probabilities_are_found_by_id_in_either_form(joint):
    both = [xl.estimate(DATA, "mean(y)", design=design("joint", "YG", table)).find()
            for table in (SQUARE, joint)]  # fmt: skip
    assert both[0].se == both[1].se


@pytest.mark.parametrize("way", ["brewer", "hartley.rao", "joint"])
def test_variances_and_covariances_of_areas_make_that_of_all(way):
    """The total of all is the sum of the areas' totals: so are variances and covariances."""
    found = xl.estimate(DATA, "total(y)", design=design(way), by="g")
    whole, parts = found.blocks
    a, b = parts.se
    apart = found.difference({"domain": "a"}, {"domain": "b"}).se ** 2
    covariance = (a**2 + b**2 - apart) / 2
    assert a**2 + b**2 + 2 * covariance == pytest.approx(whole.se[0] ** 2, rel=1e-12)


def test_a_relative_line_moves_with_the_sample():
    """Its error is in: the same as at the line given as a measure's own threshold."""
    line = xl.relative_line(0.9, of="mean")
    one = xl.estimate(DATA, "poverty_gap", welfare="y", line=line, design=design("brewer")).find()
    fixed = 0.9 * xl.estimate(DATA, "mean", welfare="y", design=design("brewer")).find().estimate

    def gap(weights: np.ndarray) -> float:
        z = 0.9 * weights @ DATA["y"] / weights.sum()
        return float(weights @ np.maximum(1 - DATA["y"] / z, 0) / weights.sum())

    w = DATA["w"].to_numpy()
    steps = [gap(w * np.where(np.arange(8) == i, 1 + 1e-6, 1)) - gap(w * np.where(
        np.arange(8) == i, 1 - 1e-6, 1)) for i in range(8)]  # fmt: skip
    influence = np.array(steps) / 2e-6
    from exitline.stats.infer.designs import unequal

    expected = unequal.brewer(influence[:, None], unequal.Unequal(P, S))[0, 0] ** 0.5
    assert fixed > 0
    assert one.se == pytest.approx(expected, rel=1e-6)


def test_with_replacement_forgets_the_probabilities():
    plain = xl.Design(weight="w", strata="s", psu="id")
    again = xl.Design(weight="w", strata="s", psu="id", fpc="p", pps="with-replacement")
    both = [xl.estimate(DATA, "mean(y)", design=one).find() for one in (plain, again)]
    assert (both[0].se, both[0].df) == (both[1].se, both[1].df)


def test_a_study_and_the_command_take_pps(tmp_path):
    DATA.to_csv(tmp_path / "data.csv", index=False)
    SQUARE.to_csv(tmp_path / "pairs.csv", index=False)
    wanted = xl.estimate(DATA, "mean(y)", design=design("joint", "YG")).find()
    argv = [str(tmp_path / "data.csv"), "--measure", "mean(y)", "--weight", "w", "--strata", "s",
            "--psu", "id", "--fpc", "p", "--pps", "joint", "--pps-estimator", "yates-grundy",
            "--joint", str(tmp_path / "pairs.csv"), "--json"]  # fmt: skip
    (row,) = json.loads(CliRunner().invoke(estimate_command, argv).stdout)
    assert row["se"] == pytest.approx(wanted.se, rel=1e-12)
    (tmp_path / "study.yaml").write_text("""
study: PPS
data: {households: data.csv}
columns: {welfare: y}
design: {weight: w, strata: s, psu: id, fpc: p,
         pps: {method: joint, estimator: yates-grundy, joint: pairs.csv}}
measures: [mean]
""")
    one = xl.run(tmp_path / "study.yaml").estimates.find()
    assert one.se == pytest.approx(wanted.se, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pps": "poisson"}, "design.pps.method is not known"),
        ({"pps": "brewer", "fpc": None}, "needs its weights"),
        ({"pps": "brewer", "weight": None}, "needs its weights"),
        ({"pps": "brewer", "census": True}, "a census and strata, psu, fpc, pps in one design"),
        ({"pps": "joint"}, "go together"),
        ({"pps": "brewer", "fpc": "w"}, "out of range"),
        ({"pps": "brewer", "psu": "g", "strata": None}, "varies within a PSU"),
        ({"pps": "brewer", "strata": "id"}, "single PSU"),
    ],
)
def test_what_cannot_be_is_refused(given, words):
    with pytest.raises(DesignError, match=words):
        xl.estimate(DATA, "mean(y)", design=xl.Design(
            **{"weight": "w", "strata": "s", "psu": "id", "fpc": "p", **given}
        ))  # fmt: skip


def test_psus_without_joint_probabilities_are_named():
    with pytest.raises(DesignError, match="1 sampled PSUs have no joint") as said:
        xl.estimate(DATA, "mean(y)", design=design("joint", joint=SQUARE.iloc[:-1, :-1]))
    assert "v7" in str(said.value)
    with pytest.raises(DesignError, match="cannot be read"):
        xl.estimate(DATA, "mean(y)", design=design("joint", joint=SQUARE.iloc[:, 1:]))


def test_replicates_are_not_made_of_it():
    with pytest.raises(DesignError, match="made from strata and PSUs"):
        xl.replicate_weights(DATA, design("brewer"), "JKn")
