"""Panels: movements in and out of poverty, spells, chronic poverty, growth, survival.

Panels are read by `open_panel` (queries) and `read_panel` (arrays); everything else takes
one of the two. May import data, measure, engine and infer. Names load when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "CrossSection": "synthetic",
    "Panel": "panel",
    "PanelSpec": "sources",
    "cohort_rho": "synthetic",
    "dynamics": "report",
    "duration_adjusted": "chronic",
    "hazards": "hazard",
    "jalan_ravallion": "chronic",
    "kaplan_meier": "survival",
    "lasting_exits": "lasting",
    "misclassification_bounds": "error_bounds",
    "mobility": "growth",
    "open_panel": "sources",
    "panel_spec": "sources",
    "read_panel": "panel",
    "reliability_bounds": "error_bounds",
    "response_model": "attrition",
    "sequences": "histories",
    "spells": "spell",
    "spells_from_table": "spell",
    "synthetic_panel": "synthetic",
    "transitions": "rates",
    "vulnerability": "expected_poverty",
    "weighted_rates": "attrition",
}
"""Public name: the module that defines it. No module has the name of a function."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
