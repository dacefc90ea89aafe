"""A study that calibrates its weight, and one whose weight comes calibrated, against R.

Figures: R survey 4.5 on its own school samples (reference/calibration_estimates.csv; calls in
reference/README.md).
"""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
from tests.stats.weighting.conftest import CALLS, REFERENCE, STYPE

import exitline as xl
from exitline.errors import ExitlineError

R = pd.read_csv(REFERENCE / "calibration_estimates.csv")


def _study(folder, design: str, **totals) -> str:
    shutil.copy(REFERENCE / "apiclus1.csv", folder / "schools.csv")
    levels = {n: each if isinstance(each, dict) else {"": each} for n, each in totals.items()}
    rows = [(name, level, total) for name, each in levels.items() for level, total in each.items()]
    pd.DataFrame(rows, columns=["margin", "level", "total"]).to_csv(
        folder / "totals.csv", index=False
    )
    (folder / "study.yaml").write_text(
        "study: schools\ndata: {households: schools.csv}\n"
        "columns: {household: snum, welfare: api00}\n"
        f"design: {{weight: pw, psu: dnum, fpc: fpc, {design}}}\nmeasures: [mean, total]\n"
    )
    return str(folder / "study.yaml")


def _of_r(name: str, stat: str) -> tuple[float, float]:
    at = R[(R["params"] == f"clus1;{name}") & (R["stat"] == stat) & (R["component"] == "api00")]
    return float(at["estimate"].iloc[0]), float(at["se"].iloc[0])


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("post", "method: poststratify"),
        ("lin_stype", "method: linear"),
        ("raking_api99", "method: raking"),
        ("logit_api99", "method: logit, bounds: [0.5, 2]"),
        ("linbound_api99", "method: linear, bounds: [0.7, 1.6]"),
    ],
)
def test_a_study_calibrates_its_weight_as_r_does(tmp_path, name, how):
    totals, _ = CALLS[name]
    study = _study(tmp_path, f"calibration: {{totals: totals.csv, {how}}}", **totals)
    found = xl.run(study, out=tmp_path / "out").estimates
    for stat in ("mean", "total"):
        value, se = _of_r(name, stat)
        assert found.find(measure=stat).estimate == pytest.approx(value, rel=1e-9)
        assert found.find(measure=stat).se == pytest.approx(se, rel=1e-9)
    assert "totals of totals.csv" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize("options", ["", ", count: persons", ", within: dnum",
                                     ", variance: enroll", ", regression: unweighted"])  # fmt: skip
def test_a_weight_that_comes_calibrated_is_told_as_it_was_made(tmp_path, options):
    """The run's own calibration and the same weights from a file have the same errors."""
    own = ", size: n" if "persons" in options else ""
    made = _study(tmp_path, f"calibration: {{totals: totals.csv{options}}}{own}", stype=STYPE)
    schools = pd.read_csv(tmp_path / "schools.csv").assign(n=2.0)
    schools.to_csv(tmp_path / "schools.csv", index=False)
    want = xl.run(made).estimates.find(measure="mean")
    how = dict(one.split(": ") for one in options.strip(", ").split(", ") if one)
    design = xl.Design(weight="pw", size="n" if own else None)
    given = xl.calibrate(schools, design, {"stype": STYPE}, name="cw", **how)
    given.to_pandas().to_csv(tmp_path / "schools.csv", index=False)
    text = (tmp_path / "study.yaml").read_text().replace("weight: pw", "weight: cw")
    (tmp_path / "study.yaml").write_text(
        text.replace("calibration:", "base_weight: pw, calibrated_to:")
    )
    got = xl.run(tmp_path / "study.yaml").estimates.find(measure="mean")
    assert got.estimate == pytest.approx(want.estimate, rel=1e-12)
    assert got.se == pytest.approx(want.se, rel=1e-11)


def test_a_claim_is_verified_with_the_totals(tmp_path):
    """A run names the file of totals among its inputs; other totals are other inputs."""
    study = _study(tmp_path, "calibration: totals.csv", stype=STYPE)
    xl.run(study, out=tmp_path / "out")
    data, claims = [tmp_path / "schools.csv", tmp_path / "totals.csv"], tmp_path / "out/claims.json"
    assert xl.verify(claims, data=data).match
    other = "margin,level,total\nstype,E,4000\nstype,H,755\nstype,M,1018\n"
    (tmp_path / "totals.csv").write_text(other)
    assert not xl.verify(claims, data=data).match


@pytest.mark.parametrize(
    ("design", "totals", "words"),
    [
        ("calibration: totals.csv", {"stype": {"E": 4421, "H": 755}}, "without a total|no total"),
        ("calibration: {totals: totals.csv, bounds: [0.5]}", {"stype": STYPE}, "two numbers"),
        ("calibration: {totals: totals.csv, count: persons}", {"stype": STYPE}, "count"),
        ("calibration: totals.csv, calibrated_to: totals.csv", {"stype": STYPE},
         "cannot be calibrated here"),
        ("calibration: {totals: totals.csv, method: logit, bounds: [0.9, 1.1]}",
         {"stype": STYPE}, "bounds"),
    ],
)  # fmt: skip
def test_totals_that_no_weights_reach_are_refused(tmp_path, design, totals, words):
    study = _study(tmp_path, design, **totals)
    with pytest.raises(ExitlineError, match=words):
        xl.run(study)
    assert not (tmp_path / "out").exists()
