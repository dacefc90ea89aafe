"""Village criteria may ask for the share of a deprivation or of a score."""

from __future__ import annotations

import pandas as pd

import exitline as xl

STANDARD = """
standard: two-indicators
title: Two indicators
jurisdiction: XXX
valid: {from: 2020-01-01, to: 2020-12-31}
sources: {s: {title: Written for this test}}
columns:
  welfare: {meaning: Welfare, unit: money, type: number}
  water: {meaning: Safe water, type: boolean}
  light: {meaning: Electricity, type: boolean}
lines: {z: {label: z, unit: XXX per person per year, boundary: "<", value: 10, source: s}}
indicators:
  water: {label: Water, deprived: NOT water, missing: excluded, weight: 1/2, source: s}
  light: {label: Light, deprived: NOT light, missing: deprived, weight: 1/2, source: s}
household:
  source: s
  poor: welfare < line('z')
  exits: {score: {label: Less than half deprived, condition: score() < 0.5}}
village:
  source: s
  exits:
    dark: {label: Dark, share: {of: households, where: deprived('light')}, at_most: 0.5}
    both: {label: Both, share: {of: households, where: score() >= 1}, below: 0.25}
"""
STUDY = """
study: Two indicators
standard: standard.yaml
year: 2020
data: {households: homes.parquet}
columns: {household: id, size: n}
design: {census: true}
levels: {village: v}
"""


def test_deprivations_and_scores_by_village(tmp_path):
    homes = pd.DataFrame({
        "id": range(8), "n": 1, "v": ["a"] * 4 + ["b"] * 4, "welfare": 5.0,
        "water": [True, False, True, None, True, True, True, True],
        "light": [True, False, None, True, False, False, False, True],
    })  # fmt: skip
    homes.astype({"water": "boolean", "light": "boolean"}).to_parquet(tmp_path / "homes.parquet")
    (tmp_path / "standard.yaml").write_text(STANDARD)
    (tmp_path / "study.yaml").write_text(STUDY)
    found = {
        (d.unit, d.criterion): (d.outcome, d.value, d.high)
        for d in xl.decisions(tmp_path / "study.yaml")
    }
    assert found["a", "dark"] == ("met", 0.5, 0.5)  # missing counts as deprived
    assert found["b", "dark"] == ("not met", 0.75, 0.75)
    assert found["a", "both"] == ("not met", 0.25, 0.5)  # one known, one not known
    assert found["b", "both"] == ("met", 0.0, 0.0)
