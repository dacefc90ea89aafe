"""Panels: movements in and out of poverty, spells, chronic poverty, growth, survival.

Panels are read by `open_panel` (queries) and `read_panel` (arrays); everything else takes one
of the two. May import data, measure, engine and infer. Provides movements, spells, survival.
Names load when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "CrossSection": "modelled.synthetic",
    "Panel": "panel",
    "PanelSpec": "spec",
    "cohort_rho": "modelled.synthetic",
    "dynamics": "report",
    "duration_adjusted": "chronic",
    "hazards": "durations.hazard",
    "jalan_ravallion": "chronic",
    "kaplan_meier": "durations.survival",
    "lasting_exits": "durations.lasting",
    "misclassification_bounds": "modelled.error_bounds",
    "mobility": "growth",
    "open_panel": "sources",
    "panel_spec": "spec",
    "persistent_risk": "persistent",
    "read_panel": "panel",
    "reliability_bounds": "modelled.error_bounds",
    "response_model": "modelled.attrition",
    "sequences": "durations.histories",
    "spells": "durations.spell",
    "spells_from_table": "durations.spell",
    "synthetic_panel": "modelled.synthetic",
    "transitions": "rates",
    "vulnerability": "modelled.expected_poverty",
    "weighted_rates": "modelled.attrition",
}
"""Public name: the module that defines it. No module has the name of a function."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
