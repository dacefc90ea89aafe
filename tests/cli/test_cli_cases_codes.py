"""Codes stay as written where they are keys or waves; the area "(missing)" can be claimed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exitline as xl
from exitline.api.releases.release import ReleasePlan, release


@pytest.fixture
def homes() -> pd.DataFrame:
    """Five homes without a zone (all poor), five whose zone is called "(missing)" (none)."""
    zones = [None] * 5 + ["(missing)"] * 5
    return pd.DataFrame({"zone": zones, "y": [1.0] * 5 + [9.0] * 5})


def test_a_missing_area_is_found_by_the_name_it_is_shown_by(homes: pd.DataFrame) -> None:
    found = xl.estimate(homes, "headcount", welfare="y", line=5, by="zone")
    assert found.find(by="zone", domain="(missing)").estimate == 1.0
    assert found.find(by="zone", domain='"(missing)"').estimate == 0.0


def test_the_keys_of_a_release_are_codes(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("reg,y\n" + "".join(f"{['1.1', '1.10'][i % 2]},{i}\n" for i in range(20)))
    assert release(path, ReleasePlan(keys=("reg",))).anonymity.classes == 2
