"""Figures of a model decide only what the standard lets them, and say so everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scipy.stats import norm

import exitline as xl
from exitline.api.claims.recompute import recompute_claim
from exitline.errors import ExitlineError
from exitline.exits.decide.decision import judge
from exitline.exits.decide.settling import Evidence
from exitline.proof.claim import Query, read_claims
from exitline.rules.standard import load

EXAMPLE = Path("examples/imaginary-country").resolve()

STANDARD = """
standard: model-exit
title: Exit of districts, which a model may decide
jurisdiction: Imaginary country
valid: {from: 2023-01-01, to: 2023-12-31}
sources: {example: {title: Written for a test, publisher: exitline, date: "2026"}}
columns:
  welfare: {meaning: Expenditure per person, unit: units per person per year, type: number}
lines:
  basic:
    {label: Basic line, unit: XXX per person per year, boundary: "<", value: 2500, source: example}
household:
  source: example
  poor: welfare < line('basic')
  exits: {welfare: {label: Not below the line, condition: NOT poor}}
county:
  source: example
  evidence: EVIDENCE
  exits:
    incidence:
      label: Share of persons in poor households
      share: {of: persons, where: poor}
      below: 0.75
"""

STUDY = """
study: Districts by a model
year: 2023
standard: standard.yaml
data: {households: EXAMPLE/hld_sample_wb_2023.parquet}
columns: {household: hid, welfare: pc_exp, size: hhsize}
design: {weight: hhweight, psu: ea}
levels: {county: geo2}
measures: [headcount]
small_areas:
  - kind: fay_herriot
    area: geo2
    formula: headcount ~ toilet + rooms
    covariates: EXAMPLE/districts.csv
    smooth: pooled
    method: amrl_yl
    decides: incidence
"""


def study(folder, evidence="model", **changes):
    text = STUDY
    for old, new in changes.items():
        text = text.replace(old.replace("_is_", ": "), new)
    folder.joinpath("standard.yaml").write_text(STANDARD.replace("EVIDENCE", evidence))
    path = folder / "study.yaml"
    path.write_text(text.replace("EXAMPLE", str(EXAMPLE)))
    return path


def test_a_model_decides_with_the_bounds_of_its_errors(tmp_path):
    path = study(tmp_path)
    xl.run(path, tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "decisions.parquet")
    own = rows[rows["criterion"] == "incidence"].set_index("unit_code")
    assert set(own["evidence"]) == {"model"}
    assert set(rows.loc[rows["criterion"] == "", "evidence"]) == {"model"}
    model = pd.read_parquet(tmp_path / "out" / "small_areas.parquet").set_index("area")
    model = model.loc[own.index]
    assert own["value"].to_numpy() == pytest.approx(model["estimate"].to_numpy(), rel=1e-12)
    p, se = model["estimate"], model["rmse"] / (model["estimate"] * (1 - model["estimate"]))
    high = expit(logit(p) + norm.ppf(0.95) * se)
    low = expit(logit(p) - norm.ppf(0.95) * se)
    assert own["high"].to_numpy() == pytest.approx(high.to_numpy(), rel=1e-12)
    outcome = np.where(high < 0.75, "met", np.where(low >= 0.75, "not met", "cannot tell"))
    assert own["outcome"].tolist() == outcome.tolist()
    assert len(set(outcome)) > 1
    assert own["reason"].str.contains("by a model, not a measurement").all()
    report = (tmp_path / "out" / "report.html").read_text()
    assert "by a model, not a measurement" in report
    made = tmp_path / "claim.json"
    xl.claim(tmp_path / "out", level="county", outcome="met", criterion="incidence", out=made)
    claim = read_claims(made)[0][0].claim
    assert ", by figures of a model, 2023: " in claim.sentence
    data = [EXAMPLE / "hld_sample_wb_2023.parquet", EXAMPLE / "districts.csv"]
    given = {"data": data, "standard": tmp_path / "standard.yaml", "study": path}
    assert xl.verify(made, **given).match
    hidden = replace(claim, query=Query(
        kind="decision count", level="county", outcome="met", criterion="incidence", year="2023"
    ))  # fmt: skip
    found = recompute_claim(hidden, {one.name: one for one in data},
                            standard=load(given["standard"]), study=path)  # fmt: skip
    assert found.value is None


@pytest.mark.parametrize(
    ("evidence", "changes", "said"),
    [
        ("sample", {}, "the standard does not let a model decide 'incidence'"),
        ("either", {}, "the standard does not let a model decide 'incidence'"),
        ("model", {"decides_is_incidence": "decides: incidense"}, "no criterion 'incidense'"),
        ("model", {"county_is_geo2": "county: geo1"}, "decides nothing on these areas"),
        ("model", {"headcount ~": "mean ~"}, "'mean' is no share"),
    ],
)
def test_what_a_model_may_not_decide_is_refused(tmp_path, evidence, changes, said):
    path = study(tmp_path, evidence, **changes)
    with pytest.raises(ExitlineError, match=said) as caught:
        xl.decisions(path)
    assert "study.yaml" in str(caught.value)


def test_a_model_without_an_error_or_a_figure_tells_nothing():
    nan = float("nan")
    p, se = np.array([0.1, 0.1, nan, 0.4]), np.array([0.02, nan, nan, 0.2])
    none = np.zeros(4)
    one = Evidence("model", p, p, se, none + np.inf, none, none, none)
    found = judge(one, none + 0.2, "below")
    assert found.outcome.tolist() == ["met", "cannot tell", "cannot tell", "cannot tell"]
    chance = norm.cdf((logit(0.1) - logit(0.2)) / (0.02 / 0.09))
    assert found.error_probability[0] == pytest.approx(chance, rel=1e-12)
    point = judge(one, none + 0.2, "below", rule="point")
    assert point.outcome.tolist() == ["met", "met", "cannot tell", "not met"]
