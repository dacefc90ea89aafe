"""A household criterion without a veto is reported and decides nothing."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from exitline.rules.standard import load
from exitline.rules.standard.apply import household_status

STANDARD = """
standard: reported-only
title: One criterion decides, one is reported
jurisdiction: XXX
valid: {{from: 2020-01-01, to: 2020-12-31}}
sources: {{s: {{title: Written for this test}}}}
columns:
  fed: {{meaning: Enough food, type: boolean}}
  heard: {{meaning: Was heard, type: boolean}}
household:
  source: s
  poor: NOT fed
  exits:
    food: {{label: Food, condition: fed}}
    heard: {{label: Heard, condition: heard{veto}}}
"""
HOMES = pd.DataFrame({"fed": [True, True, True, False], "heard": [True, False, None, True]},
                     dtype="boolean")  # fmt: skip


@pytest.mark.parametrize(
    ("veto", "outcomes"),
    [
        ("", ["met", "not met", "cannot tell", "not met"]),
        (", veto: false", ["met", "met", "met", "not met"]),
    ],
)
def test_only_criteria_with_a_veto_decide(tmp_path, veto, outcomes):
    path = tmp_path / "standard.yaml"
    path.write_text(STANDARD.format(veto=veto))
    table = ibis.memtable(HOMES)
    status = household_status(load(path), table)
    found = table.select(out=status.outcome, **status.criteria).to_pyarrow().to_pydict()
    assert found["out"] == outcomes
    assert found["heard"] == [True, False, None, True]  # reported as it is
