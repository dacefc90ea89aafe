"""R's school samples, and the calibrations that R was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

REFERENCE = Path(__file__).parent / "reference"
STYPE = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
API99 = 3914069
CALLS: dict[str, tuple[dict[Any, Any], dict[str, Any]]] = {
    "post": ({"stype": STYPE}, {"method": "poststratify"}),
    "rake": ({"stype": STYPE, "sch.wide": WIDE}, {}),
    "lin_stype": ({"stype": STYPE}, {"method": "linear"}),
    "lin_api99": ({"stype": STYPE, "api99": API99}, {"method": "linear"}),
    "raking_api99": ({"stype": STYPE, "api99": API99}, {"method": "raking"}),
    "logit_api99": ({"stype": STYPE, "api99": API99}, {"method": "logit", "bounds": (0.5, 2)}),
    "linbound_api99": (
        {"stype": STYPE, "api99": API99},
        {"method": "linear", "bounds": (0.7, 1.6)},
    ),
}


@pytest.fixture(params=["clus1", "strat"])
def school_sample(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A sample with R's calibrated weights of it, row by row."""
    sample = pd.read_csv(REFERENCE / f"api{request.param}.csv")
    weights = pd.read_csv(REFERENCE / f"calibrated_weights_{request.param}.csv")
    return sample, weights.set_index("snum").reindex(sample["snum"]).reset_index()
